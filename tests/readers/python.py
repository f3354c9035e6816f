"""icalendar and recurring-ical-events, which live in the tests' own process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

import icalendar
import recurring_ical_events
from icalendar.timezone import tzp

from readers.model import Entry, Reader, Refused, ordered


def _parse(calendar: bytes) -> icalendar.Calendar:
    """Parse with an empty zone cache: icalendar keeps the first VTIMEZONE of a name for good."""
    tzp.use_default()
    return icalendar.Calendar.from_ical(calendar)


def _events(calendar: bytes) -> list[icalendar.Event]:
    return _parse(calendar).events


def _occurrences(calendar: bytes) -> list[icalendar.Event]:
    return list(recurring_ical_events.of(_parse(calendar)).all())


def _entries(calendar: bytes, events: Callable[[bytes], list[icalendar.Event]]) -> list[Entry]:
    try:
        return ordered([_entry(event) for event in events(calendar)])
    except (KeyError, ValueError) as error:
        raise Refused(str(error)) from error


def _icalendar(calendars: Sequence[bytes]) -> list[list[Entry]]:
    return [_entries(calendar, _events) for calendar in calendars]


def _recurring(calendars: Sequence[bytes]) -> list[list[Entry]]:
    return [_entries(calendar, _occurrences) for calendar in calendars]


def _entry(event: icalendar.Event) -> Entry:
    return Entry(
        uid=str(event["UID"]),
        start=_in_utc(event.start),
        end=_in_utc(event.end),
        summary=str(event.get("SUMMARY", "")),
        status=str(event.get("STATUS", "")),
        sequence=event.sequence,
        description=str(event.get("DESCRIPTION", "")),
        alarms=tuple(_seconds(alarm, event.start) for alarm in _alarms(event)),
    )


def _in_utc(moment: date) -> date:
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment.astimezone(UTC)
    return moment


def _alarms(event: icalendar.Event) -> list[icalendar.Alarm]:
    return [part for part in event.subcomponents if isinstance(part, icalendar.Alarm)]


def _seconds(alarm: icalendar.Alarm, start: date) -> int:
    trigger = alarm.TRIGGER
    assert trigger is not None
    before = trigger if isinstance(trigger, timedelta) else trigger - _midnight(start)
    return int(before.total_seconds())


def _midnight(start: date) -> datetime:
    return start if isinstance(start, datetime) else datetime.combine(start, time(), UTC)


def _nothing() -> str:
    return ""


ICALENDAR = Reader("icalendar", _nothing, _icalendar)
RECURRING = Reader("recurring-ical-events", _nothing, _recurring)
