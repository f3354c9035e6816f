"""Where every stop goes: as near to its target as all of them together allow (M6).

The idea: most stops stand on their target. Only the runs of stops around a difficulty are searched,
each as if it were alone. Where the result presses on a neighbour, the run grows by that neighbour and
is searched again. In the end what is left outside the runs costs nothing, what is inside costs the
least that it could alone, and what lies between two runs costs nothing either: so the whole costs the
least as well.

Alone must mean that nothing before a run could open other days to it. Stops before it only take days
away, with one exception: the nearest possible day after a window is a later one when a stop before
stands late enough, or one of a spaced treatment close enough, and later may be cheaper (a preferred
weekday). Where a stop before could reach so far, `_reaches` takes it into the run. A chain is searched
from its first stop, with which all later targets move.

A run in which more would have to be weighed than `MOST_MOVES` is not weighed again when it grows: each
stop then goes where it costs least in turn, and `proved` says that something else may cost less.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from mesoplan.scheduling.search import MOST_MOVES, Found, search
from mesoplan.scheduling.stops import Group
from mesoplan.values.period import Period

Run = tuple[int, int]
"""The index of the first stop, and of the one after the last."""

_NEVER = 1 << 40
"""Later than any day: how late a stop of a chain could come to stand is not reckoned."""


class Placed(NamedTuple):
    """Where the stops go: day and target of each, and whether nothing costs less."""

    days: list[int]
    targets: list[int]
    proved: bool


def place(group: Group) -> Placed:
    """Return where each stop goes."""
    runs: list[Run] = []
    known: dict[Run, Found] = {}
    given_up: list[Run] = []
    latest: _Latest | None = None
    while True:
        days = _days(group, runs, known)
        wider = _merged(group, [*runs, *_trouble(group, days, runs)])
        if wider == runs and runs:
            latest = latest or _latest(group)
            reaching = [run for each in runs for run in _reaches(group, each, days, latest)]
            wider = _merged(group, [*runs, *reaching])
        if wider == runs:
            break
        runs = _merged(group, [_ahead(group, run, runs) for run in wider])
        for run in runs:
            if run not in known:
                too_much = any(run[0] <= old[0] and old[1] <= run[1] for old in given_up)
                known[run] = search(group, *run, most_moves=0 if too_much else MOST_MOVES)
                if not known[run].proved:
                    given_up.append(run)
    placed = [day for day in days if day is not None]
    return Placed(placed, _targets(group, placed), all(known[run].proved for run in runs))


def _ahead(group: Group, run: Run, before: Sequence[Run]) -> Run:
    """Let a run that grows at its end grow by its length, so that few searches reach far."""
    grown = [old for old in before if run[0] <= old[0] and old[1] < run[1]]
    if not grown:
        return run
    return run[0], min(max(run[1], 2 * run[1] - run[0]), len(group.stops))


def _targets(group: Group, days: Sequence[int]) -> list[int]:
    before = [None if index is None else days[index] for index in group.before]
    return [group.target(index, day) for index, day in enumerate(before)]


def _days(group: Group, runs: Sequence[Run], known: dict[Run, Found]) -> list[int | None]:
    """Return the day of each stop: as searched, else on its target where that costs nothing."""
    days: list[int | None] = [None] * len(group.stops)
    for run in runs:
        days[run[0] : run[1]] = known[run].days
    inside = {index for first, stop in runs for index in range(first, stop)}
    for index in range(len(days)):
        if index not in inside:
            days[index] = _calm_day(group, index, days)
    return days


def _calm_day(group: Group, index: int, days: Sequence[int | None]) -> int | None:
    """Return the day that costs a stop nothing, or None where it has none or is not known yet."""
    before = group.before[index]
    last = None if before is None else days[before]
    if before is not None and last is None and group.stops[index].chain is not None:
        return None
    return group.calm_day(index, last)


def _trouble(group: Group, days: Sequence[int | None], runs: Sequence[Run]) -> Iterator[Run]:
    """Yield the stops without a calm day, and each pair that clashes and is not searched together.

    A stop of a chain that counts from one without a day is no trouble yet.
    """
    home = {index: run for run in runs for index in range(*run)}
    rows = _rows(group, days) if group.widest else {}
    for index, day in enumerate(days):
        if day is None:
            before = group.before[index]
            waits = group.stops[index].chain is not None and before is not None
            if not waits or before is None or days[before] is not None:
                yield index, index + 1
            continue
        for other in _bound(group, index, day, rows):
            together = index in home and home.get(other) == home[index]
            if not together and _clash(group, days, other, index):
                yield min(other, index), max(other, index) + 1


def _rows(group: Group, days: Sequence[int | None]) -> dict[str, list[tuple[int, int]]]:
    """Return the stops of each treatment that have a day, in the order of these days."""
    rows: dict[str, list[tuple[int, int]]] = {track: [] for track in group.tracks}
    for index, day in enumerate(days):
        if day is not None:
            rows[group.stops[index].track].append((day, index))
    for row in rows.values():
        row.sort()
    return rows


def _bound(
    group: Group, index: int, day: int, rows: Mapping[str, Sequence[tuple[int, int]]]
) -> Iterator[int]:
    """Yield the stops that can bind one: before it on its track, named by it, or on spaced tracks."""
    before = group.before[index]
    if before is not None:
        yield before
    yield from (other for other, _ in group.named[index])
    for track, least in group.apart[group.stops[index].track].items() if rows else ():
        reach = 31 * least.months + least.whole_days
        row = rows[track]
        for at in range(bisect_left(row, (day - reach, 0)), len(row)):
            near, other = row[at]
            if near > day + reach:
                break
            yield other


class _Latest(NamedTuple):
    """How late stops could be brought to stand, by themselves or by those before them."""

    days: list[int]
    farthest: list[int]
    """The latest day of all stops up to each."""


def _latest(group: Group) -> _Latest:
    latest: list[int] = []
    for index, stop in enumerate(group.stops):
        before = group.before[index]
        if stop.chain is not None and before is not None:
            latest.append(_NEVER)
            continue
        lowest = 1 if before is None else _follows(group, before, latest[before], index)
        for other, least in group.named[index]:
            lowest = max(lowest, _named_after(group, latest[other], least))
        if lowest >= _NEVER:
            latest.append(_NEVER)
            continue
        day = group.closest(index, stop.target, lowest)
        latest.append(day if stop.last is not None or group.liked(day) else day + 6)
    return _Latest(latest, list(accumulate(latest, max)))


def _named_after(group: Group, day: int, least: Period) -> int:
    return _NEVER if day >= _NEVER else group.intervals.after(day, least)


def _follows(group: Group, one: int, day: int, other: int) -> int:
    return _NEVER if day >= _NEVER else group.first_after(one, day, other)


def _reaches(group: Group, run: Run, days: Sequence[int | None], latest: _Latest) -> Iterator[Run]:
    """Yield a stop before a run that could bring a stop in it beyond its nearest possible day."""
    first, stop = run
    for index in range(first, stop):
        closest = group.closest(index, group.stops[index].target)
        before = group.before[index]
        if (
            before is not None
            and before < first
            and _follows(group, before, latest.days[before], index) > closest
        ):
            yield before, stop
        for other, least in group.named[index]:
            if other < first and _named_after(group, latest.days[other], least) > closest:
                yield other, stop
        if group.stops[index].track in group.intervals.spaced:
            yield from _reaches_across(group, run, index, days[index], latest)


def _reaches_across(
    group: Group, run: Run, index: int, day: int | None, latest: _Latest
) -> Iterator[Run]:
    """Yield the stops before a run, of other treatments, that a stop on its nearest day lies close to."""
    stop = group.stops[index]
    assert day is not None
    if stop.last is not None and stop.first is not None and stop.first <= day <= stop.last:
        return
    beyond = stop.target if stop.last is None else stop.last + 1
    early, late = beyond - group.widest, max(day, latest.days[index]) + group.widest
    for other in range(run[0] - 1, -1, -1):
        if latest.farthest[other] < early:
            return
        each = group.stops[other]
        soonest = each.target if each.first is None else min(each.first, each.target)
        if each.track != stop.track and soonest <= late and latest.days[other] >= early:
            yield other, run[1]


def _clash(group: Group, days: Sequence[int | None], one: int, other: int) -> bool:
    """Whether two placed stops are too close, or too far apart for a maximum interval."""
    day, later = days[one], days[other]
    if day is None or later is None:
        return False
    named = (least for index, least in group.named[other] if index == one)
    if any(later < group.intervals.after(day, least) for least in named):
        return True
    if group.stops[one].track != group.stops[other].track and later < day:
        return day < group.first_after(other, later, one)
    return later < group.first_after(one, day, other) or (
        group.before[other] == one and group.beyond(other, later, day) > 0
    )


def _merged(group: Group, runs: Sequence[Run]) -> list[Run]:
    """Join runs that touch; a run begins where the chain that it enters begins."""
    merged: list[Run] = []
    for first, stop in sorted(_from_its_beginning(group, run) for run in runs):
        if merged and first < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((first, stop))
    return merged


def _from_its_beginning(group: Group, run: Run) -> Run:
    first, stop = run
    index = first
    while index < stop:
        before = group.before[index]
        if group.stops[index].chain is not None and before is not None and before < first:
            first = index = before
        else:
            index += 1
    return first, stop
