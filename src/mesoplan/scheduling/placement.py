"""Where every stop goes: exact, by a dynamic program over candidate days (design M6).

Over the stops of one group the sum of their costs is least, in this order: how many lie outside
their window, how many announced days change, how many miss a preferred weekday, how far all lie from
their targets; ties go later. All minimum intervals hold. A stop never goes before its window, and
after it only to the nearest possible day.

Most stops stand on their target. Only the runs of stops around a difficulty are searched, each as if
it were alone; where the result presses on a neighbour, the run grows by that neighbour and is
searched again. What is left outside then costs nothing, and what is inside costs the least that it
could alone, so that the whole is least as well.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial

from mesoplan.errors import Fault, PlanError
from mesoplan.period import MonthEnd, Period
from mesoplan.scheduling.stops import Possible, Stop, reach

State = tuple[int | None, ...]
"""The last day of each track so far."""

Move = tuple[int, int, State]
"""A day, what it costs, and the state after it."""

_DAY = Period("P1D")
_WEEK = 7
_WEEKDAY = 1 << 32
_CHANGE = 1 << 52
_OUTSIDE = 1 << 72
_BROKEN = 1 << 92  # an interval that days fixed by people make impossible to keep
_FARTHEST = 3_660  # days; ten years without a possible day is no clinic


@dataclass(frozen=True)
class Group:
    """Stops that bind one another, in the order of their targets, and what binds them."""

    stops: Sequence[Stop]
    possible: Possible
    weekdays: frozenset[int] = frozenset()
    """Preferred weekdays, Monday 0; empty for none."""
    spacing: dict[frozenset[str], Period] | None = None
    """Minimum interval between stops of two tracks."""
    month_end: MonthEnd = "clip"

    @cached_property
    def tracks(self) -> tuple[str, ...]:
        """The tracks, in the order of the places in a `State`."""
        return tuple(dict.fromkeys(stop.track for stop in self.stops))

    @cached_property
    def before(self) -> tuple[int | None, ...]:
        """For each stop the index of the one before it on its track."""
        last: dict[str, int] = {}
        found = []
        for index, stop in enumerate(self.stops):
            found.append(last.get(stop.track))
            last[stop.track] = index
        return tuple(found)

    def gap(self, stop: Stop, day: int) -> int:
        """Give the first day on which `stop` may follow the stop of its track on `day`."""
        if stop.gap is None:
            return day + 1
        return max(day + 1, reach(day, stop.gap, self.month_end))

    def apart(self, one: str, other: str) -> Period | None:
        """Give the minimum interval between two tracks."""
        return self.spacing.get(frozenset((one, other))) if self.spacing else None

    def free_day(self, day: int, minutes: int) -> int:
        """Give the first possible day from `day` on."""
        return _nearest(day, lambda candidate: self.possible(candidate, minutes))

    def liked(self, day: int) -> bool:
        """Whether the day is a preferred weekday, or none is preferred."""
        return not self.weekdays or (day - 1) % 7 in self.weekdays


def place(group: Group) -> list[int]:
    """Give each stop its day."""
    days = [_calm_day(group, stop) for stop in group.stops]
    runs = _troubled(group, days)
    fresh = runs
    while fresh:
        for first, stop in fresh:
            days[first:stop] = search(group, first, stop)
        wider = _merged(group, [*runs, *_pressing(group, days, runs)])
        fresh = [run for run in wider if run not in runs]
        runs = wider
    return [day for day in days if day is not None]


def _calm_day(group: Group, stop: Stop) -> int | None:
    """Give the day that costs a stop nothing, or None when it has none."""
    if stop.fixed is not None:
        return stop.fixed
    day = stop.target
    if stop.announced is not None and stop.announced != day:
        return None
    calm = day >= stop.earliest and group.possible(day, stop.minutes) and group.liked(day)
    return day if calm else None


def _troubled(group: Group, days: list[int | None]) -> list[tuple[int, int]]:
    """Give the runs of stops to be searched: those without a calm day, and those that clash."""
    runs = [(index, _reach(group, index)) for index, day in enumerate(days) if day is None]
    for index in range(len(days)):
        clashes = [other for other in _bound(group, index) if _clash(group, days, other, index)]
        runs += [(min(clashes), index + 1)] if clashes else []
    return _merged(group, runs)


def _reach(group: Group, index: int) -> int:
    """Guess how far a displaced stop pushes the next ones, to search them together at once."""
    stop = group.stops[index]
    day = group.free_day(max(stop.target, stop.earliest), stop.minutes)
    for after in range(index + 1, len(group.stops)):
        stop = group.stops[after]
        day = group.gap(stop, day)
        if day <= stop.target:
            return after
        day = group.free_day(day, stop.minutes)
    return len(group.stops)


def _bound(group: Group, index: int) -> Iterator[int]:
    """Yield the earlier stops that bind a stop: the one before on its track, and of other tracks."""
    before = group.before[index]
    if before is not None:
        yield before
    if group.spacing:
        track = group.stops[index].track
        yield from (i for i in range(index) if group.apart(group.stops[i].track, track))


def _clash(group: Group, days: Sequence[int | None], one: int, other: int) -> bool:
    """Whether two placed stops are too close, or too far apart for a maximum interval."""
    day, later = days[one], days[other]
    if day is None or later is None:
        return False
    earlier_stop, stop = group.stops[one], group.stops[other]
    if stop.fixed is not None and earlier_stop.fixed is not None:
        return False
    if earlier_stop.track != stop.track:
        return _too_close(group, earlier_stop.track, day, stop.track, later)
    too_far = stop.most is not None and later > reach(day, stop.most, group.month_end)
    off_chain = stop.chain is not None and stop.fixed is None and later != reach(day, stop.chain)
    return later < group.gap(stop, day) or too_far or off_chain


def _too_close(group: Group, one: str, day: int, other: str, later: int) -> bool:
    """Whether a stop of another track follows too soon; spaced tracks keep their targets' order."""
    apart = group.apart(one, other)
    return apart is not None and later < reach(day, apart, group.month_end)


def _merged(group: Group, runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join runs that touch; a run reaches to the end of the chains that it enters."""
    merged: list[tuple[int, int]] = []
    for first, stop in sorted(runs):
        while stop < len(group.stops) and group.stops[stop].chain is not None:
            stop += 1  # noqa: PLW2901 - the run grows
        while first and group.stops[first].chain is not None:
            first -= 1  # noqa: PLW2901
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((first, stop))
    return merged


def _pressing(
    group: Group, days: list[int | None], runs: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield each pair of stops that press on each other and are not searched together yet."""
    for index in range(len(days)):
        for other in _bound(group, index):
            together = any(first <= other and index < stop for first, stop in runs)
            if not together and _clash(group, days, other, index):
                yield other, index + 1


def search(group: Group, first: int, stop: int) -> list[int]:
    """Find the least costly days of a run of stops, as if it were alone."""
    stops = group.stops[first:stop]
    layers: list[dict[State, list[Move]]] = []
    states: set[State] = {(None,) * len(group.tracks)}
    for each, (floor, ceiling) in zip(stops, _useful(group, stops), strict=True):
        layer = {state: list(_moves(group, each, floor, ceiling, state)) for state in states}
        states = {after for moves in layer.values() for _, _, after in moves}
        layers.append(layer)
    return _cheapest(layers, (None,) * len(group.tracks))


def _cheapest(layers: list[dict[State, list[Move]]], state: State) -> list[int]:
    """Follow the cheapest way through the layers, the later day where two cost the same."""
    ahead: dict[State, int] = dict.fromkeys(
        (after for moves in layers[-1].values() for _, _, after in moves), 0
    )
    choices: list[dict[State, Move]] = []
    for layer in reversed(layers):
        choice = {
            state: min(moves, key=lambda move: (move[1] + ahead[move[2]], -move[0]))
            for state, moves in layer.items()
        }
        ahead = {state: move[1] + ahead[move[2]] for state, move in choice.items()}
        choices.append(choice)
    days = []
    for choice in reversed(choices):
        day, _, state = choice[state]
        days.append(day)
    return days


def _useful(group: Group, stops: Sequence[Stop]) -> list[tuple[int, int]]:
    """Give the first and last day that can be of use to each stop or to the stops after it.

    A stop is of use before its target where it makes room for a later one, and after the nearest
    possible day only where the next one counts from it (a chain, a maximum interval).
    """
    spacings = [_days(period) for period in (group.spacing or {}).values()]
    found: list[tuple[int, int]] = []
    room: list[int] = []
    slack = leeway = 0
    for stop in reversed(stops):
        nearest = group.free_day(max(stop.target, stop.earliest), stop.minutes)
        floor = stop.target - max(nearest - stop.target, 6 if group.weekdays else 0)
        slack += max(nearest - stop.target, 0) + _WEEK
        early = slack if leeway or stop.chain is not None else 0
        floor = min([floor - early, *room]) if stop.first is None else stop.first
        floor = stop.fixed or _possible_before(group, stop, max(floor, stop.earliest))
        found.append((floor, nearest + leeway))
        leeway = slack if leeway or stop.chain is not None or stop.most is not None else 0
        room.append(floor - max([_days(stop.gap or _DAY), *spacings]))
    return found[::-1]


def _days(period: Period) -> int:
    return 31 * period.months + period.whole_days


def _possible_before(group: Group, stop: Stop, day: int) -> int:
    """Give the last possible day up to `day`, or the earliest that the stop may have."""
    days = range(day, stop.earliest - 1, -1)
    return next((d for d in days if group.possible(d, stop.minutes)), stop.earliest)


def _moves(group: Group, stop: Stop, floor: int, ceiling: int, state: State) -> Iterator[Move]:
    """Yield every day that can be best for a stop after `state`, with its cost and the next state."""
    track = group.tracks.index(stop.track)
    window = stop.window(state[track])
    if stop.fixed is not None:
        days: Iterable[int] = [stop.fixed]
    else:
        days = dict.fromkeys(_candidates(group, stop, (floor, ceiling), state))
    for day in days:
        cost = _cost(group, stop, day, state[track], window)
        if stop.fixed is not None:
            cost = 0 if _open_to(group, stop, day, state) else _BROKEN
        yield day, cost, (*state[:track], day, *state[track + 1 :])


def _cost(
    group: Group,
    stop: Stop,
    day: int,
    before: int | None,
    window: tuple[int, int | None, int | None],
) -> int:
    target, first, last = window
    outside = (last is not None and day > last) or (first is not None and day < first)
    outside = outside and day != stop.announced
    if stop.most is not None and before is not None:
        outside = outside or day > reach(before, stop.most, group.month_end)
    changed = stop.announced is not None and day != stop.announced
    kinds = outside * _OUTSIDE + changed * _CHANGE + (not group.liked(day)) * _WEEKDAY
    return kinds + abs(day - target)


def _candidates(group: Group, stop: Stop, useful: tuple[int, int], state: State) -> Iterator[int]:
    """Yield the days worth trying: of the window all, after it the nearest, the announced one."""
    target, first, last = stop.window(state[group.tracks.index(stop.track)])
    shift = target - stop.target
    lowest = max(stop.earliest, useful[0] + shift if first is None else first)
    allowed = partial(_allowed, group, stop, state)
    nearest = _nearest(max(target if last is None else last + 1, lowest), allowed)
    yield from filter(allowed, range(lowest, (nearest if last is None else last) + 1))
    yield nearest
    further = max(useful[1] + shift, nearest if group.liked(nearest) else nearest + 6)
    yield from filter(allowed, range(nearest + 1, further + 1))
    soonest = max(stop.earliest, first or stop.earliest)
    if stop.announced is not None and stop.announced >= soonest and allowed(stop.announced):
        yield stop.announced


def _allowed(group: Group, stop: Stop, state: State, day: int) -> bool:
    return group.possible(day, stop.minutes) and _open_to(group, stop, day, state)


def _open_to(group: Group, stop: Stop, day: int, state: State) -> bool:
    """Whether every minimum interval to the stops before holds on that day."""
    for track, other in zip(group.tracks, state, strict=True):
        if other is None:
            continue
        if track == stop.track and day < group.gap(stop, other):
            return False
        if track != stop.track and _too_close(group, track, other, stop.track, day):
            return False
    return True


def _nearest(day: int, allowed: Callable[[int], bool]) -> int:
    for candidate in range(day, day + _FARTHEST):
        if allowed(candidate):
            return candidate
    what = f"finds no possible day in the ten years from {date.fromordinal(day)}"
    raise PlanError(Fault("clinic", what, remedy="look at its hours, closures and days away"))
