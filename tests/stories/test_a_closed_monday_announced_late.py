"""The clinic closes on a Monday, and says so three days before."""

from datetime import date, datetime

from mesoplan import Closure
from stories.telling import CLINIC, Story, begins, sessions, when

MONDAY = date(2027, 1, 11)
BURST = CLINIC.replace(closures=[Closure(first=MONDAY, last=MONDAY, reason="Burst pipe")])


def story() -> Story:
    """A course on Mondays; five sessions took place."""
    life = begins("A closed Monday announced late", start=datetime(2026, 12, 7, 17, 30))
    return life.attended(*sessions(1, 5), on="2027-01-05").then(on="2027-01-08", clinic=BURST)


def test_one_visit_moves_by_one_day_and_no_other() -> None:
    """Whoever was not booked on that Monday hears nothing."""
    assert story().told() == [
        (
            "Session 6 of 16 (induction-6) moved from Mon 11 Jan 2027 17:30 to Tue 12 Jan 17:30: "
            "target 2027-01-11 is closed (Burst pipe); placed on 2027-01-12, 1 day later, "
            "inside the window"
        )
    ]


def test_only_its_calendar_entry_is_sent_again() -> None:
    """The moved visit gets a revision, every other one keeps revision and stamp (M8)."""
    life = story()
    for visit in life.after.visits:
        before = life.before.visit(visit.key)
        moved = visit.key == "induction-6"
        assert visit.revision == before.revision + moved
        assert (visit.stamp == before.stamp) is not moved


def test_it_stays_where_it_was_moved_when_the_pipe_is_mended_early() -> None:
    """What people were told last holds, although the Monday is free again."""
    life = story().then(on="2027-01-09", clinic=CLINIC)
    assert when(life.after.visit("induction-6")) == "Tue 2027-01-12 17:30"
    assert life.told() == []
