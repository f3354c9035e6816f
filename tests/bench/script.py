"""What a clinic's developer writes without mesoplan: rrule, relativedelta and a loop that skips.

It is meant to be the good, plain script: it keeps a minimum interval, opening hours, the zone and the
reason for nothing. Dates that are the same for every course are worked out once, outside.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import WEEKLY, rrule

DAY = timedelta(days=1)
LENGTH = timedelta(minutes=30)


@dataclass(frozen=True)
class Place:
    """A clinic, as a script holds it."""

    zone: ZoneInfo
    hours: dict[int, tuple[time, time]]
    """Weekday, Monday is 0, to opening and closing."""
    holidays: Container[date]
    closures: Sequence[tuple[date, date]]


def plan(start: datetime, place: Place, away: Sequence[tuple[date, date]]) -> list[dict[str, Any]]:
    """Give the entries of the default course: title, start and end, in time order."""
    off = [*place.closures, *away]
    entries = [_entry("Consultation", start - timedelta(weeks=1), None, place, off)]
    earliest = None
    weekly = list(rrule(WEEKLY, dtstart=start, count=16))
    for number, target in enumerate(weekly, 1):
        entry = _entry(f"Mesotherapy session {number} of 16", target, earliest, place, off)
        entries.append(entry)
        earliest = entry["start"].date() + timedelta(days=5)
    for number, target in enumerate(_maintenance(weekly[-1], start + relativedelta(years=1)), 1):
        entries.append(_entry(f"Maintenance session {number}", target, earliest, place, off))
    for months in (3, 6, 12):
        target = start + relativedelta(months=months)
        entries.append(_entry(f"Review at {months} months", target, None, place, off))
    return sorted(entries, key=lambda entry: entry["start"])


def _maintenance(last: datetime, horizon: datetime) -> Iterator[datetime]:
    number = 1
    while (target := last + relativedelta(months=3 * number)) <= horizon:
        yield target
        number += 1


def _entry(
    title: str,
    target: datetime,
    earliest: date | None,
    place: Place,
    off: Sequence[tuple[date, date]],
) -> dict[str, Any]:
    day = target.date()
    if earliest is not None and day < earliest:
        day = earliest
    while (
        day.weekday() not in place.hours
        or day in place.holidays
        or any(first <= day <= last for first, last in off)
    ):
        day += DAY
    opens, closes = place.hours[day.weekday()]
    begin = max(datetime.combine(day, target.time()), datetime.combine(day, opens))
    begin = min(begin, datetime.combine(day, closes) - LENGTH).replace(tzinfo=place.zone)
    return {"title": title, "start": begin, "end": begin + LENGTH}
