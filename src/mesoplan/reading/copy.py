"""One copy of a visit's entry, as a calendar program wrote it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from icalendar import vDuration
from icalendar.parser import Contentline

from mesoplan.ground.errors import shown
from mesoplan.plan.saying import say_moment
from mesoplan.reading.outline import Outline
from mesoplan.reading.zones import zone_of

_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_STAMP = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_YEARS = range(1900, 9999)
_MANY = 100
_SERIES = frozenset({"RRULE", "RDATE", "RECURRENCE-ID"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """A time that means nothing certain: the code of the finding, and what to say of it."""

    code: str
    message: str


Time: TypeAlias = datetime | date | Doubt
"""An aware moment, a day without a time, or a doubt."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What of an entry can differ from the plan; its texts cannot."""

    uid: str
    sequence: int
    numbered: bool
    """Whether it says its SEQUENCE; without one RFC 5545, 3.8.7.4 takes 0."""
    stamp: str
    start: Time
    end: Time | timedelta | None
    """As written: the end, the length, or nothing."""
    called_off: bool
    declined: bool
    repeats: bool

    @property
    def length(self) -> timedelta | None:
        """How long it takes, where both ends are certain."""
        if isinstance(self.end, timedelta):
            return self.end
        if isinstance(self.start, datetime) and isinstance(self.end, datetime):
            return self.end - self.start
        return None


def uid_in(outline: Outline) -> str:
    """Give the UID of an entry in lower case, as ours are; empty where it has none."""
    return _value(outline, "UID").lower()


def copy_of(outline: Outline) -> Copy:
    """Read an entry; whatever cannot be read becomes a doubt, and none of it an error."""
    start, end = outline.first("DTSTART"), outline.first("DTEND")
    number = _value(outline, "SEQUENCE")
    stamp = _value(outline, "DTSTAMP")
    return Copy(
        uid=uid_in(outline),
        sequence=int(number) if _NUMBER.fullmatch(number) else 0,
        numbered=bool(number),
        stamp=stamp if _STAMP.fullmatch(stamp) else "",
        start=_time(start) if start else Doubt("unreadable-time", "has no start"),
        end=_time(end) if end else _length(outline),
        called_off="CANCEL" in {outline.method, _value(outline, "STATUS")[:6].upper()},
        declined="DECLINED" in _answers(outline),
        repeats=not _SERIES.isdisjoint(outline.lines),
    )


def _parts(line: str) -> tuple[dict[str, str], str]:
    """Let icalendar take a property apart; what it refuses has no value."""
    try:
        _, parameters, value = Contentline(line).parts()  # type: ignore[no-untyped-call]
    except ValueError:
        return {}, ""
    return {name.upper(): str(text) for name, text in parameters.items()}, value.strip()


def _value(outline: Outline, name: str) -> str:
    return _parts(outline.first(name) or "")[1]


def _answers(outline: Outline) -> Iterator[str]:
    for line in outline.lines.get("ATTENDEE", [])[:_MANY]:
        yield _parts(line)[0].get("PARTSTAT", "").upper()


def _length(outline: Outline) -> timedelta | None:
    try:
        length: timedelta = vDuration.from_ical(_value(outline, "DURATION"))  # type: ignore[no-untyped-call]
    except (OverflowError, ValueError):
        return None
    return length


def _time(line: str) -> Time:
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


def _zoned(clock: datetime, tzid: str | None) -> Time:
    if tzid is None:
        return Doubt("no-zone", f"stands on {say_moment(clock)} without a time zone")
    zone = zone_of(tzid)
    if zone is None:
        at = f"stands on {say_moment(clock)} in an unknown time zone, {shown(tzid)}"
        return Doubt("unknown-zone", at)
    return clock.replace(tzinfo=zone).astimezone(UTC)
