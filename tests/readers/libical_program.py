"""Reads a JSON list of calendars from standard input and answers what libical makes of each.

Runs under the system's Python, which has libical's GObject bindings; nothing else imports it.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from typing import Any

gi: Any = importlib.import_module("gi")
gi.require_version("ICalGLib", "3.0")
ical: Any = importlib.import_module("gi.repository.ICalGLib")


def _children(component: Any, kind: Any) -> Iterator[Any]:
    child = component.get_first_component(kind)
    while child is not None:
        yield child
        child = component.get_next_component(kind)


def _properties(component: Any, kind: Any) -> Iterator[Any]:
    found = component.get_first_property(kind)
    while found is not None:
        yield found
        found = component.get_next_property(kind)


def _moment(time: Any) -> str:
    """Write ISO 8601 in UTC; a time whose zone libical does not know floats, without an offset."""
    if time.is_date():
        return f"{time.get_year():04}-{time.get_month():02}-{time.get_day():02}"
    floats = time.get_timezone() is None and not time.is_utc()
    utc = time if floats else time.convert_to_zone(ical.Timezone.get_utc_timezone())
    day = f"{utc.get_year():04}-{utc.get_month():02}-{utc.get_day():02}"
    clock = f"{utc.get_hour():02}:{utc.get_minute():02}:{utc.get_second():02}"
    return f"{day}T{clock}" + ("" if floats else "Z")


def _triggers(event: Any) -> Iterator[Any]:
    """Walk the triggers libical kept: one it cannot read, it takes out of its alarm."""
    for alarm in _children(event, ical.ComponentKind.VALARM_COMPONENT):
        for found in _properties(alarm, ical.PropertyKind.TRIGGER_PROPERTY):
            yield found.get_trigger()


def _seconds(trigger: Any, start: Any) -> int:
    time = trigger.get_time()
    if time is None or time.is_null_time():
        return int(trigger.get_duration().as_int())
    utc = ical.Timezone.get_utc_timezone()
    return int(time.as_timet_with_zone(utc) - start.as_timet_with_zone(start.get_timezone()))


def _text(component: Any, kind: Any) -> str:
    found = component.get_first_property(kind)
    return "" if found is None else str(found.get_value().as_ical_string())


def _entry(event: Any) -> dict[str, Any]:
    start = event.get_dtstart()
    return {
        "uid": event.get_uid(),
        "start": _moment(start),
        "end": _moment(event.get_dtend()),
        "summary": event.get_summary() or "",
        "status": _text(event, ical.PropertyKind.STATUS_PROPERTY),
        "sequence": event.get_sequence(),
        "description": event.get_description() or "",
        "alarms": [_seconds(trigger, start) for trigger in _triggers(event)],
    }


def _complaints(component: Any) -> Iterator[str]:
    for error in _properties(component, ical.PropertyKind.XLICERROR_PROPERTY):
        yield str(error.get_xlicerror())
    for child in _children(component, ical.ComponentKind.ANY_COMPONENT):
        yield from _complaints(child)


def _read(text: str) -> dict[str, Any]:
    calendar = _parse(text)
    if calendar is None:
        return {"refused": "no component", "complaints": ["no component"]}
    entries = [_entry(e) for e in _children(calendar, ical.ComponentKind.VEVENT_COMPONENT)]
    calendar.check_restrictions()
    return {"entries": entries, "complaints": list(_complaints(calendar))}


def _parse(text: str) -> Any:
    """Parse, or answer None: the bindings report a NULL from C as a TypeError."""
    try:
        return ical.Component.new_from_string(text)
    except TypeError:
        return None


if __name__ == "__main__":
    json.dump([_read(text) for text in json.load(sys.stdin)], sys.stdout)
