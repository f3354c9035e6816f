"""The flu becomes a pneumonia: for five weeks the patient of a weekly course cannot come."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from mesoplan import Away, Cancelled, Clinic, Closure, Phase, Protocol
from stories.telling import CLINIC, Story, begins, sessions, when

WEEKLY = Protocol(
    id="weekly",
    title="A weekly course",
    phases=[
        Phase(id="induction", title="Session", every="P1W", sessions=12, window="P2D"),
        Phase(id="maintenance", title="Maintenance", every="P2M", sessions=2, window="P1W"),
    ],
)
"""Nobody has written a minimum interval."""

FIRST, LAST = date(2027, 1, 9), date(2027, 2, 18)
"""From the day after session 6 to a Thursday: the five Fridays from 15 January to 12 February are lost."""

SHUT: Clinic = CLINIC.replace(closures=[Closure(first=FIRST, last=LAST, reason="Repairs")])


def ill() -> Story:
    """Six sessions took place; the patient rings on 9 January."""
    life = begins("Flu for five weeks", WEEKLY).attended(*sessions(1, 6), on="2027-01-09")
    return life.then(Away(first=FIRST, last=LAST, note="pneumonia"), on="2027-01-09")


def called_off() -> Story:
    """The same, told as five visits called off."""
    life = begins("Flu for five weeks", WEEKLY).attended(*sessions(1, 6), on="2027-01-09")
    return life.then(*(Cancelled(visit=key) for key in sessions(7, 11)), on="2027-01-09")


def closed() -> Story:
    """The same, told as a closure of the clinic."""
    life = begins("Flu for five weeks", WEEKLY).attended(*sessions(1, 6), on="2027-01-09")
    return life.then(on="2027-01-09", clinic=SHUT)


story = ill


def _days(life: Story) -> list[date]:
    return [visit.day for visit in life.after.sessions if visit.upcoming]


def test_nothing_rushes_after_it() -> None:
    """Each Friday a session, as ever: six of them, from the first Friday on which the patient is well."""
    days = _days(ill())[:6]
    assert days == [date(2027, 2, 19) + timedelta(weeks=n) for n in range(6)]


@pytest.mark.parametrize("told", [called_off, closed])
def test_it_is_the_same_however_it_is_told(told: Callable[[], Story]) -> None:
    """As days away, as visits called off, as a closure: one absence, the same days."""
    assert _days(told()) == _days(ill())


def test_no_session_is_lost_and_none_is_called_off() -> None:
    """Twelve stay twelve, under their keys; the one announced for the first Friday back stays there."""
    before, after = ill().before, ill().after
    assert {visit.key for visit in after.visits} == {visit.key for visit in before.visits}
    assert [visit.number for visit in after.sessions if visit.phase == "induction"] == [
        *range(1, 13)
    ]
    assert when(after.visit("induction-12")) == when(before.visit("induction-12"))
    assert not [
        change for change in ill().after.changes_since(before) if change.kind == "cancelled"
    ]


def test_nothing_is_left_to_look_at() -> None:
    """Every session stands inside its window."""
    assert [str(finding) for finding in ill().after.findings] == []


def test_the_maintenance_follows_the_new_end() -> None:
    """Two months after 26 March."""
    assert when(ill().after.visit("maintenance-1")) == "Wed 2027-05-26 17:30"
