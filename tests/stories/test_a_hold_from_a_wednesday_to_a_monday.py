"""A medical hold begins on a Wednesday and ends on a Monday; the sessions are on Fridays."""

from datetime import date, timedelta

from mesoplan import Paused, Resumed, to_ics
from stories.telling import Story, begins, sessions, when

BEGIN, END = date(2027, 1, 20), date(2027, 3, 1)
"""A Wednesday and a Monday."""


def waiting() -> Story:
    """Seven sessions took place; the hold is open."""
    life = begins("A hold from a Wednesday to a Monday")
    life = life.attended(*sessions(1, 7), on="2027-01-19")
    return life.then(Paused(on=BEGIN, note="antibiotics"), on="2027-01-20")


def story() -> Story:
    """It ends six weeks later."""
    return waiting().then(Resumed(on=END), on="2027-02-25")


def at_once() -> Story:
    """The same, told when everything is over."""
    life = begins("A hold from a Wednesday to a Monday")
    life = life.attended(*sessions(1, 7), on="2027-01-19")
    return life.then(Paused(on=BEGIN), Resumed(on=END), on="2027-02-25")


def test_while_it_is_open_the_sessions_wait_where_they_stand() -> None:
    """Nobody is told that anything is called off; a calendar shows them as tentative."""
    life = waiting()
    for key in sessions(8, 16):
        visit = life.after.visit(key)
        assert visit.status == "on_hold"
        assert visit.start == life.before.visit(key).start
    assert b"STATUS:CANCELLED" not in to_ics(life.after)


def test_it_goes_on_on_a_friday_a_week_apart() -> None:
    """On the first Friday from that Monday on, at the hour that the patient knows."""
    days = [story().after.visit(key) for key in sessions(8, 16)]
    fridays = [date(2027, 3, 5) + timedelta(weeks=n) for n in range(9)]
    assert [visit.day for visit in days] == fridays
    assert {f"{visit.start:%H:%M}" for visit in days} == {"17:30"}


def test_the_calendar_keeps_its_entries() -> None:
    """The same visits under the same keys: they move, and none is called off and sent anew."""
    plans = story().plans
    assert {visit.key for visit in plans[-1].visits} == {visit.key for visit in plans[0].visits}
    kinds = {change.kind for change in plans[-1].changes_since(plans[1])}
    assert "cancelled" not in kinds
    assert "added" not in kinds


def test_told_at_once_or_day_by_day_it_ends_in_the_same_plan() -> None:
    """The days, the keys and the numbers of all sessions."""
    apart, once = story().after, at_once().after
    told = [(v.key, when(v), v.number, v.of) for v in apart.sessions if v.phase == "induction"]
    assert told == [
        (v.key, when(v), v.number, v.of) for v in once.sessions if v.phase == "induction"
    ]


def test_the_maintenance_follows_three_months_after_the_new_end() -> None:
    """It moves with the rest."""
    assert story().after.visit("maintenance-1").target == date(2027, 7, 30)
