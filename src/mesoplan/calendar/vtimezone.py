"""The VTIMEZONE a calendar file carries: a zone's clock, for the years the file speaks of.

Nearly a third of calendar programs believe the block and not their own zone data, so it has to be
right. icalendar writes one too, but as lists of RDATE values, which Outlook ignores and others
read in part, and it misses clock changes a few weeks apart.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from mesoplan.values.errors import CalendarError, Fault

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NOWHERE = ("Factory", "localtime", "posixrules", "posix/", "right/")


@dataclass(frozen=True)
class _Onset:
    """The clock shows `wall` and goes to another offset; yearly if on the nth `week` day."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    week: int | None = None


def vtimezone(tzid: str, first: date, last: date) -> Timezone:
    """Describe a zone's clock from `first` to `last`, both included (RFC 5545, 3.6.5).

    Whole years are described. A zone that keeps one offset gets a single STANDARD. One whose two
    changes fall on the same nth weekday in each year gets one STANDARD and one DAYLIGHT with a
    yearly rule, all that Outlook understands (MS-OXCICAL, 2.1.3.1.1.19.2.2); outside the range
    that rule is a guess. Any other zone gets one part for each change.

    Args:
        tzid: An IANA name, such as `Europe/Berlin`.
        first: A local day no later than any in the file.
        last: A local day no earlier than any in the file.

    Raises:
        CalendarError: The name is not in the IANA database or belongs to no place (`Factory`, the
            machine's `localtime`), or the range ends before it begins.
    """
    if last < first:
        what = f"vtimezone of {tzid}: {first} to {last} ends before it begins; swap them"
        raise CalendarError(Fault("", what, code="ends-before-it-begins"))
    onsets = _onsets(tzid, first.year, last.year)
    winter = min(onset.after for onset in onsets)
    component = Timezone()
    component.add("TZID", tzid)
    for onset in onsets:
        component.add_component(_part(onset, daylight=onset.after > winter))
    return component


def _part(onset: _Onset, *, daylight: bool) -> TimezoneStandard | TimezoneDaylight:
    """Name the larger offset DAYLIGHT, as Outlook wants it, though Dublin's law has it reversed."""
    part = TimezoneDaylight() if daylight else TimezoneStandard()
    part.add("DTSTART", onset.wall)
    part.add("TZOFFSETFROM", onset.before)
    part.add("TZOFFSETTO", onset.after)
    part.add("TZNAME", onset.name)
    if onset.week is not None:
        day = f"{onset.week}{_WEEKDAYS[onset.wall.weekday()]}"
        part.add("RRULE", {"FREQ": "YEARLY", "BYMONTH": onset.wall.month, "BYDAY": day})
    return part


# A description is cached, not the component: that is mutable, and each caller gets its own.
@lru_cache(maxsize=256)
def _onsets(tzid: str, first: int, last: int) -> tuple[_Onset, ...]:
    zone = _zone(tzid)
    changes = tuple(_changes(zone, first, last))
    return _yearly(changes, first, last) or (_opening(zone, first), *changes)


def _zone(tzid: str) -> ZoneInfo:
    remedy = "pass a name such as 'Europe/Berlin'"
    problem = CalendarError(
        Fault("tzid", "is not an IANA time zone", repr(tzid), remedy, code="unknown-time-zone")
    )
    if tzid.startswith(_NOWHERE):
        raise problem
    try:
        return ZoneInfo(tzid)
    except (KeyError, OSError, ValueError) as error:
        raise problem from error


def _changes(zone: ZoneInfo, first: int, last: int) -> Iterator[_Onset]:
    """Find each change of offset, day by day: around Ramadan two are four weeks apart."""
    day = datetime(first, 1, 1, tzinfo=zone).astimezone(UTC)
    end = datetime(last, 12, 31, 23, 59, 59, tzinfo=zone).astimezone(UTC)
    offset = _offset(zone, day)
    while day < end:
        following = min(day + _DAY, end)
        if _offset(zone, following) != offset:
            yield (change := _change(zone, day, following))
            offset = change.after
        day = following


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> _Onset:
    """Halve the day down to the old offset's last second and the new one's first."""
    before, after = _offset(zone, low), _offset(zone, high)
    while high - low > _SECOND:
        middle = low + (high - low) // (2 * _SECOND) * _SECOND
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return _Onset((high + before).replace(tzinfo=None), before, after, _name(zone, high))


def _opening(zone: ZoneInfo, first: int) -> _Onset:
    """Open a year early with the offset in force: before the first onset ical.js reads UTC."""
    instant = datetime(first, 1, 1, tzinfo=zone)
    offset, wall = _offset(zone, instant), instant.replace(year=first - 1, tzinfo=None)
    return _Onset(wall, offset, offset, _name(zone, instant))


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _name(zone: ZoneInfo, instant: datetime) -> str:
    return instant.astimezone(zone).strftime("%Z")


def _yearly(changes: tuple[_Onset, ...], first: int, last: int) -> tuple[_Onset, ...]:
    """Read two yearly rules out of the changes, the second undoing the first, or none."""
    years = [[c for c in changes if c.wall.year == year] for year in range(first, last + 1)]
    if {len(year) for year in years} != {2} or years[0][0].before != years[0][1].after:
        return ()
    rules = [_rule(onsets) for onsets in zip(*years, strict=True)]
    return tuple(rule for rule in rules if rule) if all(rules) else ()


def _rule(onsets: tuple[_Onset, ...]) -> _Onset | None:
    """Find the nth weekday all share, and start it in the year before for January's sake."""
    week = _week([onset.wall for onset in onsets])
    habits = {(o.wall.month, o.wall.weekday(), o.wall.time(), o.before, o.after) for o in onsets}
    if week is None or len(habits) > 1:
        return None
    return replace(onsets[0], wall=_year_before(onsets[0].wall, week), week=week)


def _year_before(wall: datetime, week: int) -> datetime:
    """Find the same nth weekday of the same month, a year earlier."""
    year, month = wall.year - 1, wall.month
    days = range(1, monthrange(year, month)[1] + 1)
    same = [d for d in days if date(year, month, d).weekday() == wall.weekday()]
    return wall.replace(year=year, day=same[week if week < 0 else week - 1])


def _week(days: list[datetime]) -> int | None:
    """Number the week of the month all days share; -1, the last, wherever that is true too."""
    if all(day.day + 7 > monthrange(day.year, day.month)[1] for day in days):
        return -1
    weeks = {(day.day + 6) // 7 for day in days}
    return weeks.pop() if len(weeks) == 1 else None
