"""A patient becomes pregnant before session 9 and goes on ten months later."""

import itertools
from datetime import date

from mesoplan import Paused, Resumed
from stories.telling import Story, begins, sessions, when

HELD, BACK = date(2027, 1, 27), date(2027, 11, 29)


def on_hold() -> Story:
    """Eight sessions took place; then a medical hold without an end in sight."""
    life = begins("A pregnancy at session 9").attended(*sessions(1, 8), on="2027-01-23")
    return life.then(Paused(on=HELD), on="2027-01-27")


def story() -> Story:
    """Ten months later the practitioner agrees to go on."""
    return on_hold().then(Resumed(on=BACK), on="2027-11-20")


def test_during_the_hold_no_session_is_planned() -> None:
    """All that were announced wait where they stand, and each says so; reviews go on."""
    life = on_hold()
    assert life.after.next_session(life.after.as_of) is None
    for key in sessions(9, 16):
        visit = life.after.visit(key)
        assert visit.status == "on_hold"
        assert visit.start == life.before.visit(key).start
        assert [reason.code for reason in visit.reasons] == ["on-hold"]
    assert life.after.visit("month-3").upcoming
    assert life.after.visit("month-3").reasons[0].code != "joined"


def test_the_course_goes_on_with_session_nine() -> None:
    """What was done is not repeated: sessions 9 to 16 from the first Friday after the agreed day on."""
    after = story().after
    found = [visit for visit in after.sessions if visit.phase == "induction" and visit.upcoming]
    assert [visit.number for visit in found] == list(range(9, 17))
    assert when(found[0]) == "Fri 2027-12-03 17:30"
    assert {(b.day - a.day).days for a, b in itertools.pairwise(found)} == {7}


def test_the_sessions_keep_their_keys() -> None:
    """The entries of a calendar move, and none is called off and sent anew."""
    after = story().after
    assert [v.key for v in after.sessions if v.phase == "induction"] == sessions(1, 16)
    assert not [v for v in after.visits if v.lost]


def test_the_maintenance_follows_three_months_after_the_new_end() -> None:
    """It counts from the last session, whenever that is."""
    assert when(story().after.visit("maintenance-1")) == "Fri 2028-04-21 17:30"


def test_the_break_shows_in_the_adherence() -> None:
    """From 22 January to 29 November nothing took place, and nothing was missed."""
    found = story().after.adherence(date(2027, 11, 28))
    assert (found.attended, found.missed, found.left) == (8, 0, 8)
    assert found.longest_gap == 310
