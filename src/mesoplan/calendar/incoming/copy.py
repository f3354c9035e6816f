"""One copy of a visit's entry, as a calendar program wrote it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from icalendar import vDuration
from icalendar.parser import Contentline
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from mesoplan.calendar.incoming.components import Component
from mesoplan.plan.finding_codes import FindingCode
from mesoplan.values.english import say_moment
from mesoplan.values.errors import shown

_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_STAMP = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_YEARS = range(1900, 9999)
_MANY = 100
_SERIES = frozenset({"RRULE", "RDATE", "RECURRENCE-ID"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """A time whose meaning is uncertain: the code of the finding, and what to say about it."""

    code: FindingCode
    message: str


When: TypeAlias = datetime | date | Doubt
"""An aware moment, a day without a time, or a doubt."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What is compared with the plan: times and status, never texts, which belong to the owner."""

    uid: str
    sequence: int
    numbered: bool
    """Whether it has a SEQUENCE; without one, RFC 5545, 3.8.7.4 says 0."""
    stamp: str
    start: When
    end: When | timedelta | None
    """As written: the end, the length, or nothing."""
    called_off: bool
    declined: bool
    repeats: bool

    @property
    def length(self) -> timedelta | None:
        """How long it takes, or None if one end is uncertain."""
        if isinstance(self.end, timedelta):
            return self.end
        if isinstance(self.start, datetime) and isinstance(self.end, datetime):
            return self.end - self.start
        return None


def uid_in(component: Component) -> str:
    """Return the UID of an entry in lower case, as ours are, or "" if it has none."""
    return _value(component, "UID").lower()


def copy_of(component: Component) -> Copy:
    """Read an entry; what cannot be read becomes a doubt, never an error."""
    start, end = component.first("DTSTART"), component.first("DTEND")
    number = _value(component, "SEQUENCE")
    stamp = _value(component, "DTSTAMP")
    return Copy(
        uid=uid_in(component),
        sequence=int(number) if _NUMBER.fullmatch(number) else 0,
        numbered=bool(number),
        stamp=stamp if _STAMP.fullmatch(stamp) else "",
        start=_time(start) if start else Doubt("unreadable-time", "has no start"),
        end=_time(end) if end else _length(component),
        called_off="CANCEL" in {component.method, _value(component, "STATUS")[:6].upper()},
        declined="DECLINED" in _answers(component),
        repeats=not _SERIES.isdisjoint(component.lines),
    )


def _parts(line: str) -> tuple[dict[str, str], str]:
    """Let icalendar take a property apart; one that it refuses has no value."""
    try:
        _, parameters, value = Contentline(line).parts()  # type: ignore[no-untyped-call]
    except ValueError:
        return {}, ""
    return {name.upper(): str(text) for name, text in parameters.items()}, value.strip()


def _value(component: Component, name: str) -> str:
    return _parts(component.first(name) or "")[1]


def _answers(component: Component) -> Iterator[str]:
    for line in component.lines.get("ATTENDEE", [])[:_MANY]:
        yield _parts(line)[0].get("PARTSTAT", "").upper()


def _length(component: Component) -> timedelta | None:
    try:
        length: timedelta = vDuration.from_ical(_value(component, "DURATION"))  # type: ignore[no-untyped-call]
    except (OverflowError, ValueError):
        return None
    return length


def _time(line: str) -> When:
    """Read a day, a time in UTC, or one on the clock that its TZID names."""
    parameters, value = _parts(line)
    found = _TIME.fullmatch(value)
    if found is None or int(found[1]) not in _YEARS:
        return Doubt("unreadable-time", f"has a time that cannot be read: {shown(value)}")
    numbers = [int(number) for number in found.groups()[:6] if number is not None]
    try:
        moment = datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001 - zoned below
    except ValueError:
        return Doubt("unreadable-time", f"has a time that does not exist: {shown(value)}")
    if found[4] is None:
        return moment.date()
    return moment.replace(tzinfo=UTC) if found[7] else _zoned(moment, parameters.get("TZID"))


def _zoned(clock: datetime, tzid: str | None) -> When:
    if tzid is None:
        return Doubt("no-zone", f"stands on {say_moment(clock)} without a time zone")
    zone = zone_of(tzid)
    if zone is None:
        at = f"stands on {say_moment(clock)} in an unknown time zone, {shown(tzid)}"
        return Doubt("unknown-zone", at)
    return clock.replace(tzinfo=zone).astimezone(UTC)


_OFFSET = re.compile(r"(?:UTC|GMT)(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d))?")
_HOURS = range(15)
_NOWHERE = frozenset({"Factory", "localtime"})


def zone_of(tzid: str) -> tzinfo | None:
    """Return the time zone that a name means, or None if no program calls one so.

    An IANA name, alone or behind a maker's prefix as Evolution writes it, a Windows name as Outlook
    does, or an offset from UTC as Apple does. A name that only the file's own VTIMEZONE explains
    means none: programs disagree on whether to believe such a block.

    >>> str(zone_of("/freeassociation.sourceforge.net/Europe/Istanbul"))
    'Europe/Istanbul'
    >>> str(zone_of("Turkey Standard Time")), str(zone_of("GMT+0300"))
    ('Europe/Istanbul', 'UTC+03:00')
    """
    names = _names()
    parts = tzid.strip("/ ").split("/")[-6:]
    tails = ["/".join(parts[number:]) for number in range(len(parts))]
    known = [name for name in (*tails, WINDOWS_TO_OLSON.get(tzid)) if name in names]
    return ZoneInfo(known[0]) if known else _offset(tzid)


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    """List the known names; a name from a file is looked up here and never opened as a path."""
    return frozenset(available_timezones() - _NOWHERE)


def _offset(tzid: str) -> tzinfo | None:
    found = _OFFSET.fullmatch(tzid)
    if found is None or int(found["hours"]) not in _HOURS:
        return None
    east = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    return timezone(east if found["sign"] == "+" else -east)
