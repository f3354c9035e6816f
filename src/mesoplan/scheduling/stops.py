"""What the placement works on: a stop is one day on which a person comes, and what binds it.

Days are proleptic ordinals (`date.toordinal`), so that the arithmetic of the search is on integers.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

from mesoplan.plan.intervals import Intervals, Spot, excluded
from mesoplan.protocol.phase import Phase
from mesoplan.scheduling.days import nearest
from mesoplan.scheduling.room import Pieces
from mesoplan.values.period import Period

Possible = Callable[[int, Pieces], bool]
"""Whether all that a person comes for can take place on a day."""

Liked = Callable[[int], bool]
"""Whether a day is a preferred weekday, or none is preferred."""


_Settled = tuple[int, int, Spot]
"""The day of a session, a number that no other one has, and the session."""


class Settled:
    """The sessions whose day is settled: what happened, what a person fixed, what was announced.

    No free session stands too close to one of them, before it or after it.
    """

    def __init__(self, intervals: Intervals, chosen: Collection[str] = ()) -> None:
        """Begin with none; of those that are chosen a person fixed the time."""
        self.intervals, self.chosen = intervals, chosen
        self._tracks: dict[str, list[_Settled]] = {}
        self._count = 0
        self.with_most: set[str] = set()
        """The treatments of which a session has a maximum interval."""

    def copy(self) -> "Settled":
        """Return one to which more can be added, for a trial."""
        other = Settled(self.intervals, self.chosen)
        other._tracks = {track: list(row) for track, row in self._tracks.items()}
        other._count, other.with_most = self._count, set(self.with_most)
        return other

    def add(self, spot: Spot) -> None:
        """Settle the day of a session."""
        self._count += 1
        if spot.phase.max_interval is not None:
            self.with_most.add(spot.track)
        insort(self._tracks.setdefault(spot.track, []), (spot.day, self._count, spot))

    def release(self, spot: Spot) -> None:
        """Take back that the day of a session is settled."""
        row = self._tracks.get(spot.track, [])
        row[:] = [each for each in row if each[2].key != spot.key]

    def keeps(self, spot: Spot) -> bool:
        """Whether a session on a day keeps every minimum to those that are settled."""
        return not self._tracks or self.too_close(spot) is None

    def too_close(self, spot: Spot) -> Spot | None:
        """Return the settled session that a day is too close to, or None."""
        return self.neighbour(spot) or self._named(spot)

    def lets_stay(self, spot: Spot) -> bool:
        """Whether what was announced keeps its day: a minimum belongs to the later session (M5).

        What a person fixed too close behind it stands with a Finding, and moves nothing before it.
        """
        later = (other.key in self.chosen and other.day > spot.day for other in self._near(spot))
        return all(later) and self._named(spot) is None

    def _named(self, spot: Spot) -> Spot | None:
        """Return a settled session from which a minimum is named that a day does not keep, or None."""
        if not spot.phase.minimums_from(spot.number):
            return None
        named = self.intervals.named
        every = (other for row in self._tracks.values() for _, _, other in row)
        return next((o for o in every if any(m.day > spot.day for m in named(spot, (o,)))), None)

    def neighbour(self, spot: Spot) -> Spot | None:
        """Return the settled session near a day that this is too close to, or None."""
        return next(self._near(spot), None)

    def _near(self, spot: Spot) -> Iterator[Spot]:
        """Yield the settled sessions near a day that this is too close to.

        Of each treatment the last before the day counts, the first after it and all on it, and the
        nearest of the same phase: a minimum is held to the sessions before, and a spacing that holds to
        the nearest one, in months too, holds to those farther away.
        """
        day, own, widest = spot.day, spot.track, self.intervals.widest
        for track, row in self._tracks.items():
            first = bisect_left(row, (day - widest + 1, 0))
            if first == len(row) or row[first][0] >= day + widest:
                continue  # as for most days: nothing is near
            if track != own and frozenset((track, own)) not in self.intervals.spacing:
                continue
            at, behind = bisect_left(row, (day, 0)), bisect_left(row, (day + 1, 0))
            last = bisect_left(row, (day + widest, 0))
            for numbers in (range(at - 1, first - 1, -1), range(at, behind), range(behind, last)):
                for other in _nearest(row, numbers, spot.phase):
                    if self._is_too_close(spot, other):
                        yield other

    def _is_too_close(self, spot: Spot, other: Spot) -> bool:
        if other.day > spot.day:
            return other.day < self.intervals.first_after(spot, other)
        return spot.day < self.intervals.first_after(other, spot)

    def held(self, phase: Phase) -> "Held":
        """Return the settled days of a phase's treatment that count beside it, for maximum intervals."""
        row = self._tracks.get(phase.label or "", [])
        spots = [spot for _, _, spot in row if not excluded(spot.phase, phase)]
        exceeded = [0, *accumulate(self._exceeds(*pair) for pair in pairwise(spots))]
        return Held(
            [spot.day for spot in spots], [spot.phase.max_interval for spot in spots], exceeded
        )

    def _exceeds(self, before: Spot, later: Spot) -> int:
        last = self.intervals.last_after(before, later)
        return int(last is not None and later.day > last)


class Held(NamedTuple):
    """The settled days of a treatment, in order, with what maximum intervals say of them."""

    days: list[int]
    most: list[Period | None]
    """The maximum interval that ends at each."""
    exceeded: list[int]
    """How many up to each are exceeded."""


def _nearest(row: Sequence[_Settled], numbers: Iterable[int], phase: Phase) -> Iterator[Spot]:
    """Yield the sessions, in an order, up to the first day on which one of the same phase stands.

    Of other phases only those of the first day on which one binds the phase at all.
    """
    found: int | None = None
    own: int | None = None
    for number in numbers:
        day, _, other = row[number]
        if own is not None and day != own:
            return
        if excluded(other.phase, phase):
            continue
        if other.phase.id == phase.id:
            own = day
        if own == day or found in {None, day}:
            found = day if found is None else found
            yield other


class Stop(NamedTuple):
    """One day of one treatment on which a person comes, and what the protocol asks of it."""

    phase: Phase
    target: int
    pieces: Pieces
    """What the person comes for."""
    first: int | None = None
    """First day of the window; None when the protocol gives no window."""
    last: int | None = None
    earliest: int = 1
    """No day before this one is possible, whatever the window says."""
    chain: Period | None = None
    """Its target counts from where the stop before stands, not from the grid."""
    number: int = 0
    """Which session of its phase it is; 0 where that does not matter."""
    announced: int | None = None
    """The day on which people were told that it stands, where it could not simply stay there."""

    @property
    def track(self) -> str:
        """The treatment that it belongs to."""
        return self.phase.label or ""

    def leaves(self, day: int) -> bool:
        """Whether people would have to be told another day."""
        return self.announced is not None and self.announced != day

    def spot(self, day: int, target: int | None = None) -> Spot:
        """Return the stop on a day."""
        target = self.target if target is None else target
        return Spot("", self.phase, target, day, self.number)


class Group:
    """Stops without a day, in the order of their targets, and what binds them.

    `liked` says whether a day is a preferred weekday, or none is preferred. What was asked once is remembered.
    """

    def __init__(
        self,
        stops: Sequence[Stop],
        possible: Possible,
        settled: Settled,
        liked: Liked,
    ) -> None:
        """Gather the stops; they are not changed."""
        self.stops, self.possible, self.settled = stops, possible, settled
        self.liked = liked
        self._allowed: dict[tuple[int, int, int], bool] = {}
        self._calm: dict[tuple[int, int | None], int | None] = {}
        self._settled: dict[str, Held] = {}

    @property
    def intervals(self) -> Intervals:
        """What must lie between two sessions."""
        return self.settled.intervals

    @cached_property
    def tracks(self) -> tuple[str, ...]:
        """The treatments, in the order of the places in a state of the search."""
        return tuple(dict.fromkeys(stop.track for stop in self.stops))

    @cached_property
    def slots(self) -> tuple[int, ...]:
        """For each stop the place of its treatment."""
        return tuple(self.tracks.index(stop.track) for stop in self.stops)

    @cached_property
    def apart(self) -> dict[str, dict[str, Period]]:
        """For each treatment the others here that keep apart from it, and how far."""
        found: dict[str, dict[str, Period]] = {track: {} for track in self.tracks}
        for pair, least in self.intervals.spacing.items():
            if len(pair) == len(pair & found.keys()) == 2:  # noqa: PLR2004 - two treatments
                one, other = pair
                found[one][other] = found[other][one] = least
        return found

    @cached_property
    def widest(self) -> int:
        """No two stops that lie so many days apart are too close for a spacing."""
        periods = (least for others in self.apart.values() for least in others.values())
        return max((31 * each.months + each.whole_days for each in periods), default=0)

    @cached_property
    def named(self) -> tuple[tuple[tuple[int, Period], ...], ...]:
        """For each stop those farther back to which it keeps a minimum, with that minimum.

        It names them, or is of their phase, where a session of another one stands between.
        """
        numbered: dict[tuple[str | None, int], int] = {}
        last: dict[str, int] = {}
        found = []
        for index, stop in enumerate(self.stops):
            anchors = stop.phase.minimums_from(stop.number)
            earlier = [(numbered.get((a.phase, a.number)), a.offset) for a in anchors]
            own = last.get(stop.phase.id)
            if own != self.before[index]:
                earlier.append((own, stop.phase.minimum))
            found.append(tuple((one, least) for one, least in earlier if one is not None))
            numbered[stop.phase.id, stop.number] = last[stop.phase.id] = index
        return tuple(found)

    @cached_property
    def are_named(self) -> bool:
        """Whether any stop names a minimum from another one here."""
        return any(self.named)

    @cached_property
    def before(self) -> tuple[int | None, ...]:
        """For each stop the index of the one before it of its treatment."""
        last: dict[str, int] = {}
        found = []
        for index, stop in enumerate(self.stops):
            found.append(last.get(stop.track))
            last[stop.track] = index
        return tuple(found)

    def allowed(self, index: int, day: int, target: int) -> bool:
        """Whether a stop can stand on a day, as far as that day and what is settled tell.

        In a chain its target moves; how far it lies from those of other phases bounds a minimum.
        """
        known = self._allowed.get((index, day, target))
        if known is None:
            stop = self.stops[index]
            known = (
                day >= stop.earliest
                and self.possible(day, stop.pieces)
                and self.settled.keeps(stop.spot(day, target))
            )
            self._allowed[index, day, target] = known
        return known

    def calm_day(self, index: int, before: int | None) -> int | None:
        """Return the day that costs a stop nothing, given where the one before stands, or None."""
        if self.stops[index].chain is None and self.before[index] is not None:
            before = 0  # on a grid it does not matter where that stands
        try:
            return self._calm[index, before]
        except KeyError:
            found = self._calm[index, before] = self._calm_day(index, before)
            return found

    def _calm_day(self, index: int, before: int | None) -> int | None:
        day = self.target(index, before)
        if self.stops[index].leaves(day) or not self.liked(day):
            return None
        if not self.allowed(index, day, day) or self.beyond_behind(index, day):
            return None
        return None if self.before[index] is None and self.beyond(index, day, None) else day

    def closest(self, index: int, target: int, lowest: int = 1) -> int:
        """Return the nearest allowed day after the window, or from the target on where it has none."""
        _, last = self.window(index, target)
        beyond = target if last is None else last + 1
        floor = max(beyond, lowest, self.stops[index].earliest)
        if self.allowed(index, floor, target):
            return floor
        return nearest(floor, lambda day: self.allowed(index, day, target))

    def target(self, index: int, before: int | None) -> int:
        """Return the target's day, given where the stop before stands."""
        stop = self.stops[index]
        if stop.chain is None or before is None:
            return stop.target
        return self.intervals.after(before, stop.chain)

    def window(self, index: int, target: int) -> tuple[int | None, int | None]:
        """Return the first and last day of the window; in a chain it moves with the target."""
        stop, shift = self.stops[index], target - self.stops[index].target
        first = None if stop.first is None else stop.first + shift
        return first, None if stop.last is None else stop.last + shift

    def first_after(self, one: int, day: int, other: int) -> int:
        """Return the first day on which a stop may follow another one that stands on a day."""
        gap = self._gaps[other] if self.before[other] == one else None
        if gap is not None:
            return day + gap
        before, later = self.stops[one], self.stops[other]
        return self.intervals.first_after(before.spot(day), later.spot(day))

    @cached_property
    def _gaps(self) -> tuple[int | None, ...]:
        """For each stop its minimum to the one before in days, where that is one number."""
        return tuple(
            None if before is None else self._gap(self.stops[before], stop)
            for before, stop in zip(self.before, self.stops, strict=True)
        )

    def _gap(self, before: Stop, stop: Stop) -> int | None:
        if before.target == stop.target or excluded(before.phase, stop.phase):
            return None
        least = self.intervals.minimum(before.phase, stop.phase, stop.target - before.target)
        return None if least.months else max(least.whole_days, 1)

    def beyond(self, index: int, day: int, before: int | None) -> int:
        """Count the maximum intervals exceeded at a stop and at all settled ones since that before it.

        `before` is the day of the stop before it of its treatment; None where there is none.
        """
        stop = self.stops[index]
        if stop.track not in self.with_most:
            return 0
        held = self._held(stop.track)
        end = bisect_left(held.days, day)
        begin = 0 if before is None else bisect_right(held.days, before)
        count = self._among_held(held, before, begin, end)
        last = held.days[end - 1] if end > begin else before
        most = stop.phase.max_interval
        own = most is not None and last is not None and day > self.intervals.after(last, most)
        return count + own

    def beyond_behind(self, index: int, day: int) -> int:
        """Count those exceeded at what is settled behind the last stop of its treatment, else 0."""
        stop = self.stops[index]
        if stop.track not in self.settled.with_most or index not in self._lasts:
            return 0
        held = self._held(stop.track)
        return self._among_held(held, day, bisect_right(held.days, day), len(held.days))

    def _among_held(self, held: Held, before: int | None, begin: int, end: int) -> int:
        """Count the intervals exceeded at settled days: the first counts from the stop before."""
        if begin >= end:
            return 0
        most, count = held.most[begin], held.exceeded[end - 1] - held.exceeded[begin]
        if before is not None and most is not None:
            count += held.days[begin] > self.intervals.after(before, most)
        return count

    def _held(self, track: str) -> Held:
        known = self._settled.get(track)
        if known is None:
            phase = next(stop.phase for stop in self.stops if stop.track == track)
            known = self._settled[track] = self.settled.held(phase)
        return known

    @cached_property
    def with_most(self) -> frozenset[str]:
        """The treatments of which a session has a maximum interval."""
        own = {stop.track for stop in self.stops if stop.phase.max_interval is not None}
        return frozenset(own | self.settled.with_most)

    @cached_property
    def _lasts(self) -> frozenset[int]:
        """The last stop of each treatment."""
        return frozenset({stop.track: n for n, stop in enumerate(self.stops)}.values())
