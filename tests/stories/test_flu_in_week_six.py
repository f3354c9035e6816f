"""A patient has the flu in week 6 and does not come."""

from datetime import date

from mesoplan import Missed
from stories.telling import Story, begins, sessions, when


def story() -> Story:
    """Five sessions took place, the sixth did not."""
    life = begins("Flu in week 6").attended(*sessions(1, 5), on="2027-01-04")
    return life.then(Missed(visit="induction-6", note="flu"), on="2027-01-09")


def test_the_sessions_after_it_keep_their_days_and_close_the_count() -> None:
    """Nobody has to come on another day because of one missed session, and none is called 7 of 16."""
    life = story()
    for old, new in zip(sessions(7, 16), range(6, 16), strict=True):
        assert life.after.visit(old).start == life.before.visit(old).start
        assert life.after.visit(old).number == new


def test_the_missed_session_is_made_up_a_week_after_the_last_one() -> None:
    """Sixteen sessions stay sixteen: the lost one is added at the end under a key of its own."""
    made_up = story().after.visit("induction-6.2")
    assert (when(made_up), made_up.number, made_up.of) == ("Fri 2027-03-26 17:30", 16, 16)


def test_the_maintenance_counts_from_the_new_last_session_and_keeps_its_day() -> None:
    """Its target is a week later now; the announced day is still inside the window, so it stays."""
    first = story().after.visit("maintenance-1")
    assert first.target == date(2027, 6, 26)
    assert when(first) == "Sat 2027-06-19 13:30"


def test_people_are_told_so() -> None:
    """The missed session, the renamed ones and the new one, each in one sentence."""
    told = story().told()
    assert told[0] == "Session 6 of 16 (induction-6) missed on Fri 8 Jan 2027 17:30"
    assert told[1].startswith(
        "Session 6 of 16 (induction-7) stays on Fri 15 Jan 2027 17:30, so far"
    )
    assert told[-1].startswith("Session 16 of 16 (induction-6.2) added on Fri 26 Mar 2027 17:30")
