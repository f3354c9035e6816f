"""What must lie between two sessions: the one place that knows minimum, grace, maximum and spacing.

Days are proleptic ordinals (`date.toordinal`); hours are taken for begun days. A minimum belongs to the
later session. Only sessions at the clinic that take place count, and those that a protocol puts on one
day keep no interval between them (M5).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

from mesoplan.plan.visit import Visit
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.protocol import Protocol
from mesoplan.values.period import Period, reach


class Spot(NamedTuple):
    """A session at the clinic on a day."""

    key: str
    phase: Phase
    target: int
    """The day that the protocol asks for."""
    day: int
    """The day on which it stands."""
    number: int = 0
    """Which session of its phase it is; 0 where that does not matter."""

    @property
    def track(self) -> str:
        """The treatment that it belongs to; phases without a label are all one."""
        return self.phase.label or ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A day that an interval to another session gives, and the interval in words."""

    day: int
    absolute: int
    """The same, with the grace that judges what has happened."""
    interval: Period
    other: str
    """The key of the other session."""
    since: int
    """The day on which that stands."""
    spaced: bool = False
    """Whether the other session belongs to another treatment."""

    @property
    def why(self) -> str:
        """The interval and the session that it counts from, in words."""
        return f"{self.interval.words} after {self.other}"

    def broken_on(self, day: int) -> str:
        """Say how a day does not keep it as a minimum; what names the other may stand before it."""
        if day < self.since:
            return f"before {self.other}, and {self.interval.words} after it at the soonest is asked for"
        return f"less than {self.why}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What all intervals to the sessions before leave open for a session."""

    first: tuple[Limit, ...] = ()
    """The first day after each minimum interval."""
    last: Limit | None = None
    """The last day of the maximum interval."""

    def broken(self, day: int) -> Iterator[Limit]:
        """Yield every minimum that a day does not keep."""
        return (limit for limit in self.first if day < limit.day)


@dataclass(frozen=True)
class Intervals:
    """The intervals that a protocol asks for."""

    protocol: Protocol

    @cached_property
    def spacing(self) -> dict[frozenset[str], Period]:
        """The minimum between two treatments, by their labels."""
        return {frozenset(rule.between): rule.at_least for rule in self.protocol.spacing}

    @cached_property
    def spaced(self) -> frozenset[str]:
        """The labels of the treatments that keep apart from another one."""
        return frozenset(label for pair in self.spacing for label in pair)

    @cached_property
    def binding(self) -> dict[str, int]:
        """For each phase the days within which a session before can be too close, whatever it is of.

        It is more than enough, and cheap to compare: most sessions lie farther apart.
        """
        widest = max((_most_days(rule) for rule in self.spacing.values()), default=1)
        phases = self.protocol.phases
        return {phase.id: max(_most_days(phase.minimum), widest, 1) for phase in phases}

    @cached_property
    def widest(self) -> int:
        """No two sessions that lie so many days apart are too close."""
        return max(self.binding.values())

    def after(self, day: int, period: Period) -> int:
        """Return the day one period after another."""
        return reach(day, period, self.protocol.month_end)

    def minimum(self, before: Phase, later: Phase, apart: int) -> Period:
        """Return the least time from a session of one phase to one of another of its treatment.

        `apart` is how many days their targets lie apart: a default minimum is never more than the gap
        that is published between two phases.
        """
        if before.id == later.id or later.min_interval is not None:
            return later.minimum
        return Period(days=max(min(later.minimum.days, apart), 0))

    def first_after(self, before: Spot, later: Spot) -> int:
        """Return the first day on which a session may follow another; that day where both share one.

        Two treatments may share a day unless a spacing is written.
        """
        if before.track != later.track:
            apart = self.spacing.get(frozenset((before.track, later.track)))
            return before.day if apart is None else self.after(before.day, apart)
        if excluded(before.phase, later.phase) or same_block(before, later):
            return before.day
        minimum = self.minimum(before.phase, later.phase, later.target - before.target)
        return max(before.day + 1, self.after(before.day, minimum))

    def last_after(self, before: Spot, later: Spot) -> int | None:
        """Return the last day that the maximum interval leaves, or None where there is none."""
        most = later.phase.max_interval
        if most is None or before.track != later.track:
            return None
        return self.after(before.day, most)

    def named(self, later: Spot, others: Sequence[Spot]) -> Iterator[Limit]:
        """Yield the minimums that a session names from others, which need not be the one before it.

        Where several have the number that is named, the last of them counts.
        """
        for anchor in later.phase.minimums_from(later.number):
            counted = (
                other
                for other in others
                if other.phase.id == anchor.phase and anchor.number in {-1, other.number}
            )
            before = max(counted, key=lambda other: other.day, default=None)
            if before is not None:
                day = self.after(before.day, anchor.offset)
                yield self._least(later, day, anchor.offset, before)

    def may_be_broken(self, spots: Sequence[Spot]) -> bool:
        """Whether an interval could be broken: false only where all are far apart and none has a most.

        The sessions are given in the order of their days. A look at neighbours is enough, and spares
        most plans the rest.
        """
        if any(spot.phase.max_interval or spot.phase.named_minimums for spot in spots):
            return True
        return any(
            later.day - before.day < self.binding[later.phase.id]
            for before, later in pairwise(spots)
        )

    def limits(self, spots: Sequence[Spot]) -> dict[str, Limits]:
        """Return for each session, by its key, what the sessions before it leave open.

        The sessions are given in the order of their days.
        """
        found: dict[str, Limits] = {}
        last: dict[tuple[str, str], Spot] = {}
        for spot in spots:
            before = self._before(spot, last.values())
            same = before.get(spot.track)
            if same is not None and same_block(same, spot):
                found[spot.key] = found[same.key]
            else:
                own = last.get((spot.track, spot.phase.id))
                limits = (*self._minimums(spot, before, own), *self.named(spot, spots))
                found[spot.key] = Limits(limits, self._most(spot, same))
            last[spot.track, spot.phase.id] = spot
        return found

    def _before(self, spot: Spot, last: Iterable[Spot]) -> dict[str, Spot]:
        """Return the last session of each treatment, passing over what the session excludes."""
        found: dict[str, Spot] = {}
        for each in last:
            known = found.get(each.track)
            latest = known is None or each.day >= known.day
            if latest and not excluded(each.phase, spot.phase):
                found[each.track] = each
        return found

    def _minimums(self, spot: Spot, last: dict[str, Spot], own: Spot | None) -> Iterator[Limit]:
        """Yield the minimums to the last session of each treatment, and to the last of its phase.

        Where phases of a treatment take turns, another one may stand between two sessions of a phase.
        """
        same = last.get(spot.track)
        between = own is not None and same is not None and own.key != same.key
        pairs = [*last.items(), *([(spot.track, own)] if own is not None and between else ())]
        for track, before in pairs:
            if track != spot.track:
                apart = self.spacing.get(frozenset((track, spot.track)))
                if apart is not None:
                    day = self.after(before.day, apart)
                    yield Limit(day, day, apart, before.key, before.day, spaced=True)
            else:
                day = self.first_after(before, spot)
                least = self.minimum(before.phase, spot.phase, spot.target - before.target)
                yield self._least(spot, day, least or _DAY, before)

    def _least(self, spot: Spot, day: int, interval: Period, before: Spot) -> Limit:
        """Return the minimum of a session, with the grace that judges it afterwards."""
        grace = spot.phase.grace
        absolute = day if grace is None else grace.after(date.fromordinal(day), -1).toordinal()
        return Limit(day, absolute, interval, before.key, before.day)

    def _most(self, spot: Spot, before: Spot | None) -> Limit | None:
        day = None if before is None else self.last_after(before, spot)
        if before is None or day is None or spot.phase.max_interval is None:
            return None
        return Limit(day, day, spot.phase.max_interval, before.key, before.day)


_DAY = Period("P1D")
_LONGEST_MONTH = 31  # days


def _most_days(period: Period) -> int:
    return _LONGEST_MONTH * period.months + period.whole_days


def same_block(one: Spot, other: Spot) -> bool:
    """Whether a protocol puts two sessions of one phase on one day: by its rhythm, or by another's."""
    phase = one.phase
    same = phase.id == other.phase.id and (phase.several_a_day or phase.each_of_another)
    return same and one.target == other.target and one.day == other.day


def excluded(one: Phase, other: Phase) -> bool:
    """Whether two phases require different outcomes of one review, so that only one takes place."""
    first, second = one.gate, other.gate
    if first is None or second is None:
        return False
    return first.review == second.review and first.outcome != second.outcome


def counting(visits: Iterable[Visit]) -> list[Visit]:
    """Return the sessions that count, in time order: at the clinic, neither missed nor called off."""
    found = (v for v in visits if v.kind == "session" and v.place == "clinic" and not v.lost)
    return sorted(found, key=lambda visit: (visit.start, visit.key))


class BrokenGap(NamedTuple):
    """A gap between two sessions of one day that lies outside the range that is published (M5)."""

    code: Literal["interval-too-short", "interval-too-long"]
    interval: Period
    """The end of the range that it does not keep."""
    other: str
    """The key of the session before."""

    @property
    def why(self) -> str:
        """What it is less or more than, in words."""
        word = "less" if self.code == "interval-too-short" else "more"
        return f"{word} than {self.interval.words} after {self.other}"


def broken_gaps(visits: Iterable[Visit], protocol: Protocol) -> dict[str, BrokenGap]:
    """Return the gaps within days that are not kept, by the key of the later session.

    They count from begin to begin. Sessions of other days that came to stand on one keep intervals.
    """
    found: dict[str, BrokenGap] = {}
    for phase in protocol.phases:
        if phase.min_gap is None and phase.max_gap is None:
            continue
        own = (visit for visit in counting(visits) if visit.phase == phase.id)
        for before, later in pairwise(own):
            if (before.day, before.target) == (later.day, later.target):
                found |= _broken_gap(before, later, phase)
    return found


def _broken_gap(before: Visit, later: Visit, phase: Phase) -> dict[str, BrokenGap]:
    low, high = phase.min_gap, phase.max_gap
    begun, begins = (visit.start.replace(tzinfo=None) for visit in (before, later))  # as offsets
    if low is not None and begins < low.after(begun):
        return {later.key: BrokenGap("interval-too-short", low, before.key)}
    if high is not None and begins > high.after(begun):
        return {later.key: BrokenGap("interval-too-long", high, before.key)}
    return {}


def spots_of(visits: Sequence[Visit], protocol: Protocol) -> Iterator[Spot]:
    """Yield where the sessions that count stand; one whose phase is gone keeps no interval."""
    phases = {phase.id: phase for phase in protocol.phases}
    for visit in counting(visits):
        phase = phases.get(visit.phase or "")
        if phase is not None:
            target, day = visit.target.toordinal(), visit.day.toordinal()
            yield Spot(visit.key, phase, target, day, visit.number or 0)
