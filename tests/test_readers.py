from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from readers import Entry, Reader, Refused, libical_restrictions

HEAD = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//mesoplan//tests//EN\n"
VISIT = """\
BEGIN:VEVENT
UID:visit
DTSTAMP:20260101T000000Z
DTSTART:20260302T100000Z
DTEND:20260302T101500Z
SUMMARY:Ağrı\\, a\\;b\\\\c
DESCRIPTION:one\\ntwo
STATUS:CANCELLED
SEQUENCE:3
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:x
TRIGGER:-P1D
END:VALARM
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:x
TRIGGER;VALUE=DATE-TIME:20260302T093000Z
END:VALARM
END:VEVENT
"""
ALL_DAY = """\
BEGIN:VEVENT
UID:day
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260301
DTEND;VALUE=DATE:20260303
END:VEVENT
"""
FLOATING = """\
BEGIN:VEVENT
UID:floating
DTSTAMP:20260101T000000Z
DTSTART;TZID=X-Undeclared:20260303T100000
DTEND;TZID=X-Undeclared:20260303T110000
END:VEVENT
"""


def _file(*events: str, head: str = HEAD) -> bytes:
    return f"{head}{''.join(events)}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def test_readers_tell_an_entry_in_the_same_words(reader: Reader) -> None:
    """Each reader decodes text, converts to UTC, measures alarms and orders entries by start."""
    assert reader.read(_file(FLOATING, VISIT, ALL_DAY)) == [
        Entry("day", date(2026, 3, 1), date(2026, 3, 3)),
        Entry(
            uid="visit",
            start=datetime(2026, 3, 2, 10, tzinfo=UTC),
            end=datetime(2026, 3, 2, 10, 15, tzinfo=UTC),
            summary="Ağrı, a;b\\c",
            status="CANCELLED",
            sequence=3,
            description="one\ntwo",
            alarms=(-86400, -1800),
        ),
        Entry("floating", datetime(2026, 3, 3, 10), datetime(2026, 3, 3, 11)),
    ]


def test_many_calendars_come_back_in_their_order(reader: Reader) -> None:
    """A batch answers calendar by calendar, so that one process reads a whole sweep."""
    days, visits = reader.read_many([_file(ALL_DAY), _file(VISIT)])
    assert [entry.uid for entry in (*days, *visits)] == ["day", "visit"]


def test_rubbish_is_refused(reader: Reader) -> None:
    """What is no calendar raises, and never reads as an empty one."""
    with pytest.raises(Refused):
        reader.read(b"rubbish")


def test_libical_restrictions_are_listed(libical: Reader) -> None:
    """A clean file has no complaints; PUBLISH without ORGANIZER has one (RFC 5546, 3.2.1)."""
    assert libical.missing() == ""
    assert libical_restrictions(_file(VISIT, ALL_DAY)) == []
    complaints = libical_restrictions(_file(VISIT, head=f"{HEAD}METHOD:PUBLISH\n"))
    assert any("ORGANIZER" in complaint for complaint in complaints)
    assert libical_restrictions(b"rubbish") == ["no component"]
