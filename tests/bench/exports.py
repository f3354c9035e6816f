"""Calendar files as to_ics writes them, and as plain icalendar writes the same entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import weekly
from icalendar import Alarm, Calendar, Event, Timezone, vText

from mesoplan import Plan, to_ics

_COPIED = ("summary", "description", "location", "sequence", "status", "transparency")
_ZONE = Timezone.from_tzid(weekly.CLINIC.timezone, first_date=date(2026, 1, 1))
Entries = list[list[dict[str, Any]]]


def plans() -> list[Plan]:
    """Plan the courses, outside the time that writing takes."""
    return weekly.ours(weekly.courses())


def ours(fresh: list[Plan]) -> list[bytes]:
    """Write every plan with mesoplan."""
    return [to_ics(plan) for plan in fresh]


def with_prebuilt_zone(told: Entries) -> list[bytes]:
    """Write the same entries with icalendar, the time zone built once outside."""
    return [_calendar(entries, _ZONE).to_ical() for entries in told]


def with_missing_zones_added(told: Entries) -> list[bytes]:
    """Write the same entries with icalendar, which adds the time zones that it finds."""
    return [_completed(_calendar(entries)).to_ical() for entries in told]


def entries() -> Entries:
    """Return the entries of every plan as what one would hand to icalendar, made once."""
    return _ENTRIES


def _completed(calendar: Calendar) -> Calendar:
    calendar.add_missing_timezones()
    return calendar


def _calendar(entries: Sequence[dict[str, Any]], *zones: Timezone) -> Calendar:
    events = [_event(**entry) for entry in entries]
    return Calendar.new(
        name=vText(weekly.PROTOCOL.title), prodid="-//bench//EN", subcomponents=[*zones, *events]
    )


def _event(alarms: Sequence[tuple[str, Any]], **fields: Any) -> Event:
    return Event.new(subcomponents=[Alarm.new_display(*alarm) for alarm in alarms], **fields)


def _entry(event: Any) -> dict[str, Any]:
    """Return an entry of ours as what one would hand to icalendar: texts, times and alarms."""
    zone = weekly.CLINIC.zone
    return {name: getattr(event, name) for name in _COPIED} | {
        "uid": str(event.uid),
        "stamp": event.stamp,
        "last_modified": event.last_modified,
        "start": event.start.astimezone(zone),
        "end": event.end.astimezone(zone),
        "alarms": [(str(a["DESCRIPTION"]), a.TRIGGER) for a in event.walk("VALARM")],
    }


_ENTRIES = [[_entry(event) for event in Calendar.from_ical(data).events] for data in ours(plans())]
