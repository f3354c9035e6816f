"""How far a protocol wants a session from the sessions before it.

Days count; hours are taken for begun days. Only sessions at the clinic that take place count, and
those that a protocol puts on one day keep no interval between them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mesoplan.ground.period import Period
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.protocol import Protocol
from mesoplan.scheduling.stops import reach
from mesoplan.scheduling.visit import Visit

_Before = Mapping[str | None, Visit]
"""The last session before another one, by the label of its treatment."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A day that an interval to another session gives, and the interval in words."""

    day: date
    absolute: date
    """The same, with the grace that judges what has happened."""
    why: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What all intervals to the sessions before leave open for a session."""

    first: tuple[Limit, ...] = ()
    """The first day after each minimum interval."""
    last: Limit | None = None
    """The last day of the maximum interval."""


def counting(visits: Iterable[Visit]) -> list[Visit]:
    """Give the sessions that count, in time order: at the clinic, neither missed nor called off."""
    found = (v for v in visits if v.kind == "session" and v.place == "clinic")
    kept = (visit for visit in found if visit.status not in {"missed", "cancelled"})
    return sorted(kept, key=lambda visit: (visit.start, visit.key))


def limits(visits: Iterable[Visit], protocol: Protocol) -> dict[str, Limits]:
    """Give for each session that counts, by its key, what the sessions before it leave open."""
    found: dict[str, Limits] = {}
    last: dict[str | None, Visit] = {}
    for visit in counting(visits):
        phase = phase_of(visit, protocol)
        if phase is None:
            found[visit.key] = Limits()
            continue
        same = last.get(phase.label)
        if same is not None and (same.phase, same.target) == (visit.phase, visit.target):
            found[visit.key] = found[same.key]
        else:
            first = tuple(_minimums(phase, last, protocol))
            found[visit.key] = Limits(first, _maximum(phase, last, protocol))
        last[phase.label] = visit
    return found


def phase_of(visit: Visit, protocol: Protocol) -> Phase | None:
    """Find a visit's phase; another version of the protocol may have none of that name."""
    return next((phase for phase in protocol.phases if phase.id == visit.phase), None)


def _minimums(phase: Phase, before: _Before, protocol: Protocol) -> Iterator[Limit]:
    same = before.get(phase.label)
    if same is not None and phase.min_interval is not None:
        day = _after(same, phase.min_interval, protocol)
        absolute = day if phase.grace is None else phase.grace.after(day, -1)
        yield Limit(day, absolute, f"{phase.min_interval.words} after {same.key}")
    for spacing in protocol.spacing:
        for own, other in (spacing.between, spacing.between[::-1]):
            if own == phase.label and other in before:
                day = _after(before[other], spacing.at_least, protocol)
                yield Limit(day, day, f"{spacing.at_least.words} after {before[other].key}")


def _maximum(phase: Phase, before: _Before, protocol: Protocol) -> Limit | None:
    same = before.get(phase.label)
    if phase.max_interval is None or same is None:
        return None
    day = _after(same, phase.max_interval, protocol)
    return Limit(day, day, f"{phase.max_interval.words} after {same.key}")


def _after(visit: Visit, period: Period, protocol: Protocol) -> date:
    return date.fromordinal(reach(visit.day.toordinal(), period, protocol.month_end))
