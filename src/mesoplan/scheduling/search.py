"""The days of one run of stops that cost least: an exact dynamic program over candidate days.

The idea: stops are taken in the order of their targets. A state is where the last stops of each
treatment stand, as far back as a later stop could still be too close to them; two ways that lead to
the same state differ in their past only, and the cheaper one wins. Costs are compared in the order of
M6: stops outside their window, maximum intervals exceeded, announced days that are left, unwished
weekdays, days from targets;
of ways that cost the same the later day wins, from the first stop on.

What holds: every minimum is kept; a stop stands in its window or on the nearest possible day after it,
given the stops before. A run is searched as if it were alone: what lies before it and behind it costs
nothing here and forbids nothing, so that its cost is never more than its share of the whole.

How it stays small: only ways within a limit are followed, first within a few days of the least that is
thinkable, then within ever more, up to what the simplest way costs (each stop in turn where it costs
least). The first limit within which a way exists has the best one in it, so that a disturbance costs as
much as it spreads, not as much as windows are wide or the course is long. In a chain every later target
moves with a stop, so that a closure far ahead could be met anywhere: there `_Outlook` says beforehand
what is still to be paid between a day and the end of the run, and a way that cannot be paid is left.

What is weighed is counted, inside a layer too. Beyond `MOST_MOVES` the simplest way is taken, and it is
said that this is not proved: time and memory have an end, whatever a protocol asks for.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from operator import add
from typing import NamedTuple

from mesoplan.scheduling.days import FARTHEST, nearest
from mesoplan.scheduling.stops import Group, Stop

MOST_MOVES = 200_000
"""So many days are weighed in one run; beyond that the simplest way is taken, and is not proved."""

# A cost is one number. Each part stays below the unit of the next one: a protocol has at most 200 phases
# of 5,000 sessions, each stands outside or not, on an unwished weekday or not, where it was announced
# or not, and ends one maximum interval at most (1,000,000 < 2**24); and none can lie farther from its target than the calendar is
# long (1,000,000 * 3,652,059 < 2**48).
_COUNT = 1 << 24
_DISTANCE = 1 << 48
_CHANGED = _COUNT * _DISTANCE
_BEYOND = _COUNT * _CHANGED
_OUTSIDE = _COUNT * _BEYOND
_ANY = _COUNT * _OUTSIDE  # more than any way costs
_WEEK = 7
_FIRST_LIMIT = (
    4  # days from targets, beyond the least that is thinkable; most disturbances cost less
)
_WIDER = 8  # so many times further with each limit, so that little is searched twice


class Found(NamedTuple):
    """The days of a run, and whether nothing costs less."""

    days: list[int]
    proved: bool


State = tuple[tuple[int, ...], ...]
"""For each treatment the days of its last stops, oldest first; then, if any names a minimum from one
farther back, the days of those from which a later one does."""


class _Way(NamedTuple):
    """The best way to a state."""

    cost: int
    order: int
    """Its place among the ways of its layer: of equal costs the smaller order wins."""
    day: int
    before: "_Way | None"


def cost(*, outside: bool, beyond: int, changed: bool, unwished: bool, distance: int) -> int:
    """Return one number that orders as M6 does; each part stays below the next one's unit."""
    kept = outside * _OUTSIDE + beyond * _BEYOND + changed * _CHANGED
    return kept + unwished * _DISTANCE + distance


def search(group: Group, first: int, stop: int, *, most_moves: int = MOST_MOVES) -> Found:
    """Find the least costly days of a run of stops, as if it were alone."""
    run = _Run(group, first, stop, most_moves)
    simple, most = run.simplest()
    if not most_moves:
        return Found(simple, proved=False)
    if stop - first == 1:
        return Found(simple, proved=True)  # of one stop every day was weighed already
    limit, step = run.least() + _FIRST_LIMIT, _FIRST_LIMIT
    try:
        while (best := run.best_within(min(limit, most))) is None:
            step *= _WIDER
            limit = limit + step if step < FARTHEST else most
    except _TooManyError:
        return Found(simple, proved=False)
    return Found(_unwound(best), proved=True)


class _TooManyError(Exception):
    """More days would be weighed than `MOST_MOVES`."""


class _Run:
    """A run of stops under search."""

    def __init__(self, group: Group, first: int, stop: int, most_moves: int) -> None:
        self.group, self.first, self.stop, self.most_moves = group, first, stop, most_moves
        self.needed = self._needed() if group.are_named else ()
        self.start: State = ((),) * (len(group.tracks) + bool(self.needed))
        self.keep_from = self._binding_days()
        self.looked_at = 0
        self.apart = [
            [(group.tracks.index(other), least) for other, least in group.apart[track].items()]
            for track in group.tracks
        ]

    @cached_property
    def outlook(self) -> "_Outlook":
        """What is still to be paid, where the run is a chain."""
        return _Outlook(self.group, self.first, self.stop)

    def simplest(self) -> tuple[list[int], int]:
        """Take the cheapest day for each stop in turn; return the days and what they cost."""
        state, total, days = self.start, 0, []
        for index in range(self.first, self.stop):
            day, price = min(self._moves(index, state, _ANY), key=lambda move: (move[1], -move[0]))
            total += price
            days.append(day)
            state = self._after(index, state, day)
        self.looked_at = 0
        return days, total

    def least(self) -> int:
        """Return what no way costs less than."""
        moves = self._moves(self.first, self.start, _ANY)
        return min(price + self.outlook.ahead(self.first, day, _ANY) for day, price in moves)

    def best_within(self, limit: int) -> _Way | None:
        """Return the best way that costs no more than a limit, or None where there is none."""
        layer = {self.start: _Way(0, 0, 0, None)}
        for index in range(self.first, self.stop):
            steps: dict[State, _Way] = {}
            ordered = sorted(layer.items(), key=lambda item: item[1].order)
            for rank, (state, way) in enumerate(ordered):
                room = limit - way.cost
                for day, price in self._moves(index, state, room):
                    if price > room or price + self.outlook.ahead(index, day, room - price) > room:
                        continue
                    after = self._after(index, state, day)
                    total, order = way.cost + price, (rank << 32) - day
                    known = steps.get(after)
                    if known is None or (total, order) < (known.cost, known.order):
                        steps[after] = _Way(total, order, day, way)
                if self.looked_at > self.most_moves:
                    raise _TooManyError
            layer = steps
        return min(layer.values(), key=lambda way: (way.cost, way.order), default=None)

    def _after(self, index: int, state: State, day: int) -> State:
        """Return the state after a stop; of what no later stop can be too close to, the last stays."""
        if self.needed:
            *tracks, named = state
            return (*self._tracks_after(index, tuple(tracks), day), self._named(index, named, day))
        return self._tracks_after(index, state, day)

    def _named(self, index: int, row: tuple[int, ...], day: int) -> tuple[int, ...]:
        """Return the days of the stops from which a later one names a minimum, after one more."""
        known = dict(zip(self._needed_before(index), row, strict=True)) | {index: day}
        return tuple(known[one] for one in self.needed[index - self.first])

    def _needed_before(self, index: int) -> tuple[int, ...]:
        return self.needed[index - self.first - 1] if index > self.first else ()

    def _needed(self) -> tuple[tuple[int, ...], ...]:
        """For each stop those up to it from which one after it, in this run, names a minimum."""
        found: list[tuple[int, ...]] = []
        needed: set[int] = set()
        for index in range(self.stop - 1, self.first - 1, -1):
            needed = {one for one in needed if self.first <= one <= index}
            found.append(tuple(sorted(needed)))
            needed |= {one for one, _ in self.group.named[index]}
        return tuple(reversed(found))

    def _lowest(self, index: int, state: State) -> int:
        """Return the first day that the minimums leave which a stop names from others of this run."""
        if not self.needed:
            return 1
        days = dict(zip(self._needed_before(index), state[-1], strict=True))
        return max(
            (
                self.group.intervals.after(days[one], least)
                for one, least in self.group.named[index]
                if one in days
            ),
            default=1,
        )

    def _tracks_after(self, index: int, state: State, day: int) -> State:
        if len(state) == 1:
            return ((day,),)
        slot, keep_from = self.group.slots[index], self.keep_from[index - self.first]
        rows = []
        for number, row in enumerate(state):
            longer = (*row, day) if number == slot else row
            cut = min(bisect_left(longer, keep_from), max(len(longer) - 1, 0))
            rows.append(longer[cut:])
        return tuple(rows)

    def _binding_days(self) -> list[int]:
        """For each stop the day before which nothing binds the stops after it to another treatment."""
        group = self.group
        earliest: list[int] = []
        for index in range(self.first, self.stop):
            stop, before = group.stops[index], group.before[index]
            lowest = stop.target if stop.first is None else min(stop.first, stop.target)
            if stop.chain is not None and before is not None and before >= self.first:
                moved = group.intervals.after(earliest[before - self.first], stop.chain)
                lowest = min(lowest, moved - (stop.target - lowest))
            earliest.append(lowest)
        found, least = [], 1 << 62
        for day in reversed(earliest):
            found.append(least - group.widest)
            least = min(least, day)
        return found[::-1]

    def _moves(self, index: int, state: State, room: int) -> Iterator[tuple[int, int]]:
        """Yield every day that can be best for a stop after a state, with what it costs.

        Those are the days of the window, and the nearest possible one after it. Without a window it is
        the nearest from the target on; where that is an unwished weekday, the six days after it as well.
        Days that cost more than there is room for may be left out.
        """
        group = self.group
        row = state[group.slots[index]]
        before = row[-1] if row else None
        target = group.target(index, before)
        previous = group.before[index]
        lowest = self._lowest(index, state)
        if before is not None and previous is not None:
            lowest = max(lowest, group.first_after(previous, before, index))
        first, last = group.window(index, target)
        if first is not None and last is not None:
            from_day, to_day = max(first, lowest), last
            if room < _DISTANCE:
                from_day, to_day = max(from_day, target - room), min(to_day, target + room)
            for day in range(from_day, to_day + 1):
                if self._open(index, state, day, target):
                    yield day, self._price(index, day, target, before, outside=False)
            if room < _OUTSIDE:
                return
        beyond = target if last is None else last + 1
        floor = max(beyond, lowest, group.stops[index].earliest)
        closest = nearest(floor, lambda day: self._open(index, state, day, target))
        yield closest, self._price(index, closest, target, before, outside=last is not None)
        if last is None and not group.liked(closest):
            for day in range(closest + 1, closest + _WEEK):
                if self._open(index, state, day, target):
                    yield day, self._price(index, day, target, before, outside=False)

    def _price(
        self, index: int, day: int, target: int, before: int | None, *, outside: bool
    ) -> int:
        """Return what a day costs; an interval to a stop before the run is judged with that stop."""
        group, beyond = self.group, 0
        if group.with_most:
            beyond = group.beyond_behind(index, day)
            if before is not None or group.before[index] is None:
                beyond += group.beyond(index, day, before)
        return cost(
            outside=outside,
            beyond=beyond,
            changed=group.stops[index].leaves(day),
            unwished=not group.liked(day),
            distance=abs(day - target),
        )

    def _open(self, index: int, state: State, day: int, target: int) -> bool:
        """Whether a stop can stand on a day: possible, and not too close to another treatment."""
        self.looked_at += 1
        group = self.group
        if not group.allowed(index, day, target):
            return False
        if not group.widest:
            return True  # nothing here keeps apart from another treatment
        for slot, least in self.apart[group.slots[index]]:
            for other in state[slot]:
                near = abs(day - other) < group.widest
                if near and max(day, other) < group.intervals.after(min(day, other), least):
                    return False
        return True


def _unwound(way: _Way) -> list[int]:
    days: list[int] = []
    while way.before is not None:
        days.append(way.day)
        way = way.before
    return days[::-1]


class _Outlook:
    """What a chain has at least still to pay between a day and the end of its run.

    Where a stop of a chain stands decides all that follows, whatever its number. So there is one least
    cost of going on for ever from a day, `_onward`, reckoned once for every day from the last to the
    first. Between a day and any later one at least the difference is paid. It is a lower bound: minimum
    intervals, other treatments and settled days are passed over, and outside its window a stop may take
    any possible day, not the nearest only. For a run that is no even chain nothing is known: zero.
    """

    def __init__(self, group: Group, first: int, stop: int) -> None:
        self._group, self._stop = group, stop
        self._begins = self._pace = self._fewest = 0
        self._onward: list[int] = []
        """For each day what is at least paid behind it; of later days nothing is known."""
        self._most: list[int] = []
        """The most of these from a day on."""
        chain = group.stops[first + 1 : stop]
        if len(group.tracks) == 1 and len({_shape(each) for each in chain}) == 1:
            self._reckon(group.stops[first], chain)

    def _reckon(self, opening: Stop, chain: Sequence[Stop]) -> None:
        one, after = chain[0], self._group.intervals.after
        if one.chain is None:
            return
        early = 0 if one.first is None else one.target - one.first
        late = 0 if one.last is None else one.last - one.target
        distances = [abs(days) for days in range(-early, late + 1)]
        self._begins = begins = min(opening.target, opening.first or opening.target)
        self._pace = 28 * one.chain.months + one.chain.whole_days
        self._fewest = max(self._pace - early, 1)
        length = chain[-1].target - begins + 4 * _WEEK
        behind = length + 31 * one.chain.months + one.chain.whole_days + late + 2
        self._onward, self._most = [0] * length, [0] * (length + 1)
        standing = [0] * behind  # what is at least paid by a stop on a day, and behind it
        waiting = [0] * behind  # by a stop on a day or later, with the days that it waits
        for at in range(length - 1, -1, -1):
            day = begins + at
            self._most[at], waiting[at] = self._most[at + 1], waiting[at + 1] + 1
            if not self._group.possible(day, one.pieces):
                standing[at] = _ANY
                continue
            target = after(day, one.chain) - begins
            if one.last is None:
                onward = waiting[target]
            else:
                low = max(target - early, at + 1)
                inside = standing[low : target + late + 1]
                onward = min(map(add, inside, distances[low - target + early :]))
                onward = min(onward, _OUTSIDE + late + 1 + waiting[target + late + 1])
            self._onward[at] = onward
            standing[at] = onward if self._group.liked(day) else onward + _DISTANCE
            self._most[at] = max(self._most[at], onward)
            waiting[at] = min(waiting[at], standing[at])

    def ahead(self, index: int, day: int, room: int) -> int:
        """Return what the stops behind one on a day cost at least, if they cost no more than `room`."""
        left, at = self._stop - index - 1, day - self._begins
        if not left or not 0 <= at < len(self._onward):
            return 0
        end = at + left * self._fewest
        if room < _DISTANCE:  # as far as that, all of them together come before their targets
            end = max(end, at + left * self._pace - room)
        return max(self._onward[at] - (self._most[end] if end < len(self._most) else 0), 0)


def _shape(stop: Stop) -> tuple[object, ...]:
    """Return what makes two stops of a chain go on alike from the same day."""
    window = (
        None
        if stop.first is None or stop.last is None
        else (stop.first - stop.target, stop.last - stop.target)
    )
    return stop.chain, stop.pieces, window
