"""The days of one run of stops that cost least: an exact dynamic program over candidate days.

A state is the last day of each track. Every stop has its candidate days: those of its window and the
nearest after it; costs are whole numbers whose high bits weigh more, in the order of design M6.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from mesoplan.ground.period import Period
from mesoplan.scheduling.stops import Group, Stop, nearest

State = tuple[int | None, ...]
"""The last day of each track so far."""

Move = tuple[int, int, State]
"""A day, what it costs, and the state after it."""

_DAY = Period("P1D")
_WEEK = 7
_YEAR = 366
_WEEKDAY = 1 << 32
_CHANGE = 1 << 52
_OUTSIDE = 1 << 72
_BROKEN = 1 << 92  # an interval that days fixed by people make impossible to keep


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
    possible day only where the next one counts from it (a chain).
    """
    spacings = [_days(period) for period in (group.spacing or {}).values()]
    found: list[tuple[int, int]] = []
    room: list[int] = []
    slack = leeway = 0
    for stop in reversed(stops):
        closest = group.free_day(max(stop.target, stop.earliest), stop.minutes)
        floor = stop.target - max(closest - stop.target, 6 if group.weekdays else 0)
        slack += max(closest - stop.target, 0) + _WEEK
        early = slack if leeway or stop.chain is not None else 0
        floor = min([floor - early, *room]) if stop.first is None else stop.first
        if stop.chain is None:  # the days of a chain move with the stop before
            floor = stop.fixed or _possible_before(group, stop, max(floor, stop.earliest))
        found.append((floor, closest + leeway))
        leeway = slack if leeway or stop.chain is not None else 0
        room.append(floor - max([_days(stop.gap or _DAY), *spacings]))
    return found[::-1]


def _days(period: Period) -> int:
    return 31 * period.months + period.whole_days


def _possible_before(group: Group, stop: Stop, day: int) -> int:
    """Give the last possible day up to `day`; nobody looks back further than a year."""
    days = range(day, max(stop.earliest, day - _YEAR) - 1, -1)
    return next((d for d in days if group.possible(d, stop.minutes)), day)


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
    changed = stop.announced is not None and day != stop.announced
    kinds = outside * _OUTSIDE + changed * _CHANGE + (not group.liked(day)) * _WEEKDAY
    return kinds + 2 * abs(day - target) + group.too_far(stop, day, before)


def _candidates(group: Group, stop: Stop, useful: tuple[int, int], state: State) -> Iterator[int]:
    """Yield the days worth trying: of the window all, after it the nearest, the announced one."""
    before = state[group.tracks.index(stop.track)]
    target, first, last = stop.window(before)
    shift = target - stop.target
    open_from = stop.earliest if before is None else max(stop.earliest, group.gap(stop, before))
    lowest = max(open_from, useful[0] + shift if first is None else first)
    allowed = partial(_allowed, group, stop, state)
    closest = nearest(max(target if last is None else last + 1, lowest), allowed)
    yield from filter(allowed, range(lowest, (closest if last is None else last) + 1))
    yield closest
    further = max(useful[1] + shift, closest if group.liked(closest) else closest + 6)
    yield from filter(allowed, range(closest + 1, further + 1))
    soonest = max(open_from, first or open_from)
    if stop.announced is not None and stop.announced >= soonest and allowed(stop.announced):
        yield stop.announced


def _allowed(group: Group, stop: Stop, state: State, day: int) -> bool:
    spaced = group.spacing is not None
    return group.possible(day, stop.minutes) and not (spaced and _crowds(group, stop, state, day))


def _open_to(group: Group, stop: Stop, day: int, state: State) -> bool:
    """Whether every minimum interval to the stops before holds on that day."""
    before = state[group.tracks.index(stop.track)]
    too_soon = before is not None and day < group.gap(stop, before)
    return not too_soon and not _crowds(group, stop, state, day)


def _crowds(group: Group, stop: Stop, state: State, day: int) -> bool:
    """Whether a day is too close to a stop of another track."""
    return any(
        other is not None and track != stop.track and group.too_close(track, other, stop.track, day)
        for track, other in zip(group.tracks, state, strict=True)
    )
