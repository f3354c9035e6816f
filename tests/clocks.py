"""The zones' true clocks, by zoneinfo, and calendars full of times at which to doubt a VTIMEZONE."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from mesoplan.calendar.vtimezone import vtimezone
from readers import Entry

Clock = tuple[tuple[datetime, datetime], ...]
"""Local times, each with the UTC time it is."""

FIRST, LAST = date(2026, 1, 1), date(2036, 12, 31)
ZONES = sorted(available_timezones() - {"Factory", "localtime"})
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_BEFORE = (-25 * _HOUR, -_HOUR, -_MINUTE)
_AFTER = (timedelta(0), _MINUTE, _HOUR, 25 * _HOUR)


def block(tzid: str, first: date, last: date) -> str:
    """Build the zone's VTIMEZONE as text."""
    return bytes(vtimezone(tzid, first, last).to_ical()).decode()


def clock(tzid: str, first: date, last: date) -> Clock:
    """List the local times of the range that a wrong VTIMEZONE would betray, with the truth."""
    zone = ZoneInfo(tzid)
    walls = {*_midseason(first, last), *_around_changes(zone, first, last)}
    within = (wall for wall in sorted(walls) if first <= wall.date() <= last)
    return tuple((wall, _utc(zone, wall)) for wall in within if _exists_once(zone, wall))


def _midseason(first: date, last: date) -> Iterator[datetime]:
    yield datetime.combine(first, time())
    yield datetime.combine(last, time(23, 59))
    for year in range(first.year, last.year + 1):
        yield from (datetime(year, month, 15, 9) for month in range(1, 13))


def _around_changes(zone: ZoneInfo, first: date, last: date) -> Iterator[datetime]:
    """Step up to the hours the clock jumps over or shows twice, and away from them again."""
    for instant, before, after in _changes(zone, first, last):
        walls = sorted(((instant + before), (instant + after)))
        yield from (walls[0].replace(tzinfo=None) + step for step in _BEFORE)
        yield from (walls[1].replace(tzinfo=None) + step for step in _AFTER)


def _changes(
    zone: ZoneInfo, first: date, last: date
) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    """Find the changes by six-hour steps and then minute by minute."""
    steps = _steps(first, last)
    offsets = [instant.astimezone(zone).utcoffset() for instant in steps]
    for low, before, after in zip(steps, offsets, offsets[1:], strict=False):
        if before != after:
            assert before is not None
            assert after is not None
            yield _first_minute(zone, low, before), before, after


@cache
def _steps(first: date, last: date) -> tuple[datetime, ...]:
    start = datetime.combine(first, time(), UTC) - 48 * _HOUR
    return tuple(start + 6 * step * _HOUR for step in range(((last - first).days + 5) * 4))


def _first_minute(zone: ZoneInfo, low: datetime, before: timedelta) -> datetime:
    minutes = (low + minute * _MINUTE for minute in range(361))
    return next(m for m in minutes if m.astimezone(zone).utcoffset() != before)


def _utc(zone: ZoneInfo, wall: datetime) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _exists_once(zone: ZoneInfo, wall: datetime) -> bool:
    return _utc(zone, wall) == _utc(zone, wall.replace(fold=1))


def calendar(tzid: str, vtimezone_text: str, walls: list[datetime]) -> bytes:
    """Write the times as events under a private TZID, so that readers must believe the block."""
    renamed = vtimezone_text.replace(f"TZID:{tzid}\r\n", f"TZID:X-{tzid}\r\n")
    lines = [_event(tzid, number, wall) for number, wall in enumerate(walls)]
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//mesoplan//tests//EN\r\n{renamed}"
        f"{''.join(lines)}END:VCALENDAR\r\n"
    ).encode()


def _event(tzid: str, number: int, wall: datetime) -> str:
    return (
        f"BEGIN:VEVENT\r\nUID:{number:06}\r\nDTSTAMP:20260101T000000Z\r\n"
        f"DTSTART;TZID=X-{tzid}:{wall:%Y%m%dT%H%M%S}\r\n"
        f"DTEND;TZID=X-{tzid}:{wall:%Y%m%dT%H%M%S}\r\nEND:VEVENT\r\n"
    )


@dataclass(frozen=True)
class Case:
    """Zones that share one block and one clock over a range, so that reading one reads all."""

    zones: tuple[str, ...]
    block: str
    clock: Clock

    @property
    def file(self) -> bytes:
        """The calendar of the first zone, which stands for the others."""
        return calendar(self.zones[0], self.block, [wall for wall, _ in self.clock])


@cache
def cases(first: date, last: date) -> tuple[Case, ...]:
    """Build every zone's block and gather the zones that agree in block and clock."""
    return gathered(ZONES, first, last)


def gathered(zones: Sequence[str], first: date, last: date) -> tuple[Case, ...]:
    """Gather zones whose blocks differ in the TZID line only and whose clocks are the same."""
    groups: dict[tuple[str, Clock], list[str]] = defaultdict(list)
    for tzid in zones:
        text = block(tzid, first, last).replace(f"TZID:{tzid}\r\n", "")
        groups[text, clock(tzid, first, last)].append(tzid)
    return tuple(
        Case(tuple(names), block(names[0], first, last), instants)
        for (_, instants), names in groups.items()
    )


def readings(case: Case, entries: list[Entry]) -> Clock:
    """Pair the case's local times with what a reader made of them."""
    starts = {entry.uid: entry.start for entry in entries}
    read = [(wall, starts[f"{number:06}"]) for number, (wall, _) in enumerate(case.clock)]
    return tuple((wall, start) for wall, start in read if isinstance(start, datetime))
