"""Calendars as each program is known to export them; simulated, see tests/golden/incoming/README.md."""

from __future__ import annotations

import pytest

import calendars
from mesoplan import CalendarReading, facts_from_ics, schedule

INCOMING = calendars.GOLDEN / "incoming"


def _read(name: str) -> CalendarReading:
    return facts_from_ics((INCOMING / name).read_bytes(), calendars.istanbul())


PROPOSED: dict[str, list[tuple[str, str, str]]] = {
    # all times in UTC; moved by an hour and a day; deleted without a trace
    "google.ics": [("moved", "induction-6", "2027-01-07 16:30"), ("removed", "induction-9", "")],
    # Windows zone names; moved by a quarter of an hour; made all-day on another day
    "outlook.ics": [
        ("moved", "induction-7", "2027-01-15 17:45"),
        ("moved", "induction-8", "2027-01-23 17:30"),
    ],
    # upper-case UIDs, offsets for zones, an acknowledged alarm, a to-do
    "apple.ics": [("moved", "induction-10", "2027-02-18 17:30")],
    # its own zone prefix, DURATION, a far-off zone, STATUS
    "thunderbird.ics": [
        ("cancelled", "induction-14", ""),
        ("moved", "induction-15", "2027-03-20 17:30"),
    ],
    # a calendar per entry, line feeds, entries twice
    "caldav.ics": [
        ("moved", "induction-5", "2027-01-02 10:30"),
        ("moved", "induction-6", "2027-01-12 17:30"),
    ],
}
FOUND: dict[str, list[tuple[str, str]]] = {
    "google.ics": [],  # somebody's birthday and a changed title are no one's concern
    "outlook.ics": [("unknown-zone", "induction-11"), ("no-time", "induction-12")],
    "apple.ics": [("length-changed", "induction-13")],
    "thunderbird.ics": [("repeats", "induction-4")],
    "caldav.ics": [
        ("no-zone", "induction-3"),
        ("length-changed", "induction-5"),  # its start was dragged, its end was not
        ("duplicated", "induction-6"),
        ("copies-differ", "induction-8"),  # and induction-7 stands there twice the same
    ],
}


@pytest.mark.parametrize("name", PROPOSED)
def test_what_people_did_is_proposed(name: str) -> None:
    """Exactly the moves, cancellations and removals that were made, at the clinic's own time."""
    read = _read(name)
    zone = calendars.istanbul().clinic.zone
    told = [
        (one.how, one.fact.visit, f"{one.fact.to.astimezone(zone):%Y-%m-%d %H:%M}")
        if one.fact.fact == "moved"
        else (one.how, one.fact.visit, "")
        for one in read.proposals
    ]
    assert told == PROPOSED[name]


@pytest.mark.parametrize("name", FOUND)
def test_what_cannot_be_understood_is_found(name: str) -> None:
    """Each doubt names its kind and its visit, and nothing else is doubted."""
    assert [(finding.code, finding.visit) for finding in _read(name).findings] == FOUND[name]


def test_every_incoming_file_is_held_against_both_tables() -> None:
    """A file that is added without being read proves nothing."""
    files = {path.name for path in INCOMING.glob("*.ics")}
    assert files == PROPOSED.keys() == FOUND.keys()


@pytest.mark.parametrize("name", PROPOSED)
def test_the_proposals_can_be_recorded_as_they_are(name: str) -> None:
    """Taken over and planned again, what was moved stands where the person put it."""
    plan, read = calendars.istanbul(), _read(name)
    course = plan.course.record(*read.facts)
    later = schedule(course, plan.clinic, as_of=calendars.STAMP, previous=plan)
    for fact in read.facts:
        visit = later.visit(fact.visit)
        if fact.fact == "moved":
            assert visit.start == fact.to
        else:
            assert visit.status == "cancelled"
