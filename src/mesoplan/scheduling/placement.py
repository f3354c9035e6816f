"""Where every stop goes: exact, by a dynamic program over candidate days (design M6).

Over the stops of one group the sum of their costs is least, in this order: how many lie outside
their window, how many announced days change, how many miss a preferred weekday, how far all lie from
their targets, how many exceed a maximum interval; ties go later. All minimum intervals hold. A stop never goes before its window, and
after it only to the nearest possible day.

Most stops stand on their target. Only the runs of stops around a difficulty are searched, each as if
it were alone; where the result presses on a neighbour, the run grows by that neighbour and is
searched again. What is left outside then costs nothing, and what is inside costs the least that it
could alone, so that the whole is least as well.
"""

from collections.abc import Iterator, Sequence

from mesoplan.scheduling.search import search
from mesoplan.scheduling.stops import Group, Stop, reach


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
        return group.too_close(earlier_stop.track, day, stop.track, later)
    off_chain = stop.chain is not None and stop.fixed is None and later != reach(day, stop.chain)
    return later < group.gap(stop, day) or group.too_far(stop, later, day) or off_chain


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
