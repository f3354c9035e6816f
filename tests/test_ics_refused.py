from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from calendars import by_hand, unchecked, visit
from mesoplan import CalendarError, Plan, to_ics
from mesoplan.calendar.lines import Lines
from mesoplan.calendar.validation import check_entries

START = datetime(2027, 1, 4, 7, tzinfo=UTC)
SOUND = (
    "BEGIN:VEVENT",
    "UID:1",
    "SUMMARY:Visit:",
    "DTSTART;TZID=Europe/Istanbul:20270104T100000",
    "DTEND:20270104T073000Z",
    "SEQUENCE:0",
    "DTSTAMP:20261120T090000Z",
    "LAST-MODIFIED:20261120T090000Z",
    "STATUS:CONFIRMED",
    "BEGIN:VALARM",
    "DESCRIPTION:Reminder",
    "END:VALARM",
    "END:VEVENT",
)


def _tampered(**fields: Any) -> Plan:
    """Give a plan whose second visit was changed behind the model's back."""
    plan = by_hand([visit("a", 3), visit("b", 4)])
    first, second = plan.visits
    return unchecked(plan, visits=(first, unchecked(second, **fields)))


def _replaced(old: str, new: str | None) -> Lines:
    return tuple(line for part in SOUND if (line := new if part.startswith(old) else part))


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"end": START}, "b.end: is not after start"),  # Outlook says it ends before it starts
        ({"end": START - timedelta(hours=1)}, "b.end: is not after start"),
        ({"start": START, "end": START + timedelta(milliseconds=9)}, "b.end: is not after start"),
        ({"start": datetime(2027, 1, 4)}, "b.start: has no time zone"),  # Google takes it as UTC
        ({"end": datetime(2027, 1, 5)}, "b.end: has no time zone"),
        ({"stamp": datetime(2027, 1, 5)}, "b.stamp: has no time zone"),
        ({"start": START.replace(year=1899)}, "b.start: lies outside 1900 to 9998"),
        ({"end": START.replace(year=9999)}, "b.end: lies outside 1900 to 9998"),
        ({"name": "\x07\u202e"}, "b: has an empty SUMMARY"),  # nothing is left of it
        ({"key": "a"}, "a: has the UID of another entry"),
    ],
)
def test_visits_that_no_calendar_can_hold_are_refused(fields: dict[str, Any], fault: str) -> None:
    """The error names the visit; nothing half right leaves."""
    with pytest.raises(CalendarError) as caught:
        to_ics(_tampered(**fields))
    assert fault in str(caught.value)
    assert "a.start" not in str(caught.value)


def test_every_fault_is_told_at_once() -> None:
    """Two visits with three faults are one error with three lines."""
    naive = datetime(2027, 1, 4)
    first = unchecked(visit("a", 3), start=naive, end=naive)
    second = unchecked(visit("b", 4), end=START)
    plan = unchecked(by_hand([]), visits=(first, second))
    with pytest.raises(CalendarError, match="3 faults in calendar"):
        to_ics(plan)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("UID", None, "has 0 UID"),
        ("DTSTAMP", None, "has 0 DTSTAMP"),
        ("DTEND", None, "has 0 DTEND"),
        ("LAST-MODIFIED", "DTSTAMP:20261120T090000Z", "has 2 DTSTAMP"),
        ("STATUS", "STATUS:", "has an empty STATUS"),
        ("DTSTART", "DTSTART:20270104T100000", "has a time neither in"),  # floats
        ("DTSTART", "DTSTART;TZID=Europe/Berlin:20270104T100000", "has a time neither in"),
        ("DTSTART", "DTSTART;TZID=Europe/Istanbul:20270104T100000Z", "has a time neither in"),
        ("DTEND", "DTEND;VALUE=DATE:20270104", "has a time neither in"),
    ],
)
def test_entries_are_looked_over_before_they_leave(old: str, new: str | None, fault: str) -> None:
    """What icalendar would let pass is found, should the writing ever go wrong."""
    with pytest.raises(CalendarError, match=f"b: {fault}"):
        check_entries([("b", _replaced(old, new))], "Europe/Istanbul")


def test_sound_entries_pass() -> None:
    """The table above starts from an entry without a fault, whose title ends in a colon."""
    check_entries([("a", SOUND), ("b", _replaced("UID", "UID:2"))], "Europe/Istanbul")


def test_two_entries_with_one_uid_are_both_named() -> None:
    """Which of the two is wrong cannot be known."""
    with pytest.raises(CalendarError) as caught:
        check_entries([("a", SOUND), ("b", SOUND)], "Europe/Istanbul")
    assert [fault.path for fault in caught.value.faults] == ["a", "b"]
