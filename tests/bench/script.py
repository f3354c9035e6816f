"""What a clinic's developer writes without mesoplan: rrule, relativedelta and a loop that skips.

It is meant to be the good, plain script: it keeps a minimum interval, opening hours, the zone and the
reason for nothing. Dates that are the same for every course are worked out once, outside.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, islice
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
    """Return the entries of the default course: title, start and end, in time order.

    A week in which the person is away is skipped, and made up at the end.
    """
    off = [*place.closures, *away]
    entries = [_entry("Consultation", start - timedelta(weeks=1), None, place, off)]
    earliest = None
    weeks = (
        week
        for week in rrule(WEEKLY, dtstart=start)
        if not any(first <= week.date() <= last for first, last in away)
    )
    weekly = list(islice(weeks, 16))
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
    day = next(
        day
        for distance in count()
        for day in (target.date() + distance * DAY, target.date() - distance * DAY)
        if day.weekday() in place.hours
        and day not in place.holidays
        and (earliest is None or day >= earliest)
        and not any(first <= day <= last for first, last in off)
    )
    opens, closes = place.hours[day.weekday()]
    begin = max(datetime.combine(day, target.time()), datetime.combine(day, opens))
    begin = min(begin, datetime.combine(day, closes) - LENGTH).replace(tzinfo=place.zone)
    return {"title": title, "start": begin, "end": begin + LENGTH}
