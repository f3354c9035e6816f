"""The places that a phase's rhythm lays on the calendar, before anything is known to be in the way.

Moments are naive local datetimes. The k-th place is computed once from where the phase is anchored,
never from the place before (M1).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain, count, islice, takewhile

from mesoplan.protocol.phase import MOST_SESSIONS, Phase
from mesoplan.values.period import MonthEnd, Period
from mesoplan.values.weekdays import WEEKDAYS

_WEEK = Period("P1W")
_NOTHING = Period("P0D")
_INSTANT = timedelta(microseconds=1)


def places(
    phase: Phase, anchor: datetime, offset: Period, month_end: MonthEnd
) -> Iterator[datetime]:
    """Yield the places of a phase in time order, without end where the rhythm has none.

    `anchor` is the moment that the phase counts from and `offset` how far from there it starts.
    Whole months of the offset and of the rhythm are added at once, so that the end of a month is
    clipped once.
    """
    if offset.days or offset.minutes:
        anchor, offset = offset.after(anchor, month_end=month_end), _NOTHING
    if phase.weekdays:
        anchor, offset = _first_weekday(phase, offset.after(anchor, month_end=month_end)), _NOTHING
    steps = _steps(phase, anchor, offset, month_end)
    if not phase.weekdays and not phase.offsets:
        return steps
    inside = _inside(phase, anchor)
    return (place.after(step, month_end=month_end) for step in steps for place in inside)


def _steps(
    phase: Phase, anchor: datetime, offset: Period, month_end: MonthEnd
) -> Iterator[datetime]:
    """Yield the steps of the rhythm, each computed from the anchor."""
    if phase.at:
        return ((offset + place).after(anchor, month_end=month_end) for place in phase.at)
    every = phase.every or _WEEK
    if every.months:
        return ((offset + every * k).after(anchor, month_end=month_end) for k in count())
    first = offset.after(anchor, month_end=month_end)
    length = timedelta(days=every.days, minutes=every.minutes)
    return (first + k * length for k in count())


def _first_weekday(phase: Phase, moment: datetime) -> datetime:
    wanted = {WEEKDAYS.index(name) for name in phase.weekdays}
    days = next(n for n in range(7) if (moment.weekday() + n) % 7 in wanted)
    return moment + timedelta(days=days)


def _inside(phase: Phase, first: datetime) -> list[Period]:
    """Return the places inside one step: the weekdays from the first one on, each with the offsets."""
    days = sorted((WEEKDAYS.index(name) - first.weekday()) % 7 for name in phase.weekdays) or [0]
    return [Period(days=day) + place for day in days for place in phase.offsets or (_NOTHING,)]


def counted(
    phase: Phase, laid: Iterator[datetime], so_far: int, horizon: datetime
) -> list[datetime]:
    """Return the phase's own places: by count, total, `until` or the horizon (inclusive).

    Stops one place beyond `MOST_SESSIONS`.
    """
    limit = MOST_SESSIONS + 1 if phase.sessions is None else phase.sessions
    if phase.total is not None:
        limit = min(limit, max(phase.total - so_far, 0))
    found = list(islice(laid, 1))
    end = horizon + _INSTANT if phase.is_open else datetime.max  # noqa: DTZ901 - local
    if phase.until is not None and found:
        end = min(end, phase.until.after(found[0]))
    return list(takewhile(lambda place: place < end, islice(chain(found, laid), limit)))
