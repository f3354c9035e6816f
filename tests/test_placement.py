"""The placement is exact: it agrees with a search of every combination of days."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mesoplan import Period, PlanError
from mesoplan.scheduling.placement import place
from mesoplan.scheduling.stops import Group, Stop

DAY_0 = 730_000  # an ordinal far from either end of the calendar
Cost = tuple[int, int, int, int, int]


def cost_of(group: Group, days: Sequence[int]) -> Cost | None:
    """Count what design M6 counts, in its order; None where a rule is broken."""
    outside = changed = disliked = distance = exceeded = 0
    last: dict[str, int] = {}
    for stop, day in zip(group.stops, days, strict=True):
        before = last.get(stop.track)
        target = stop.target
        if stop.chain is not None and before is not None:
            target = before + stop.chain.days
        first = None if stop.first is None else stop.first + target - stop.target
        end = None if stop.last is None else stop.last + target - stop.target
        if not group.possible(day, stop.minutes) or day < stop.earliest:
            return None
        if before is not None and day < before + max(1, stop.gap.days if stop.gap else 1):
            return None
        for track, other in last.items():
            apart = (group.spacing or {}).get(frozenset((track, stop.track)))
            if track != stop.track and apart is not None and day < other + apart.days:
                return None
        if first is not None and day < first:
            return None
        late = end is not None and day > end and day != stop.announced
        far = stop.most is not None and before is not None and day > before + stop.most.days
        exceeded += far
        outside += late
        changed += stop.announced is not None and day != stop.announced
        disliked += bool(group.weekdays) and (day - 1) % 7 not in group.weekdays
        distance += abs(day - target)
        last[stop.track] = day
    return outside, changed, disliked, distance, exceeded


def brute_force(group: Group, days: Sequence[int]) -> tuple[Cost, list[int]] | None:
    """Try every combination of days; of equal ones the latest, from the first stop on."""
    best: tuple[Cost, list[int]] | None = None
    for tried in product(days, repeat=len(group.stops)):
        cost = cost_of(group, tried)
        if cost is None:
            continue
        if best is None or (cost, [-d for d in tried]) < (best[0], [-d for d in best[1]]):
            best = cost, list(tried)
    return best


@st.composite
def groups(draw: st.DrawFn) -> tuple[Group, list[int]]:
    """Draw up to four stops in a clinic with random closed days, and the days worth trying."""
    count, every = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    end = DAY_0 + count * every + 12
    closed = {DAY_0 + n for n in draw(st.sets(st.integers(-8, end - DAY_0), max_size=14))}
    leave = DAY_0 + draw(st.integers(-3, 12))
    closed |= set(range(leave, leave + draw(st.integers(0, 5))))
    gap = draw(st.none() | st.integers(1, every).map(lambda days: Period(days=days)))
    most = draw(st.none() | st.integers(every, every + 2).map(lambda days: Period(days=days)))
    tracks = draw(st.sampled_from(["a", "a", "ab"]))
    stops = []
    for index in range(count):
        target = DAY_0 + index * every
        window = draw(st.none() | st.tuples(st.integers(0, 2), st.integers(0, 3)))
        stops.append(
            Stop(
                target=target,
                minutes=30,
                track=draw(st.sampled_from(tracks)),
                first=None if window is None else target - window[0],
                last=None if window is None else target + window[1],
                gap=gap,
                most=most,
                earliest=draw(st.sampled_from([1, DAY_0])),
                announced=draw(st.none() | st.integers(target, target + 2)),
            )
        )
    spacing = {frozenset("ab"): Period(days=draw(st.integers(1, 3)))} if tracks == "ab" else None
    days = [d for d in range(DAY_0 - 8, end) if d not in closed]
    # Nothing is possible before the days that are tried, and everything after them.
    return Group(stops, lambda day, _: day in days or day >= end, spacing=spacing), days


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(groups())
def test_the_placement_is_the_best_of_all_combinations(drawn: tuple[Group, list[int]]) -> None:
    """No combination of days costs less, and of equal ones the latest is taken."""
    group, days = drawn
    assume(len(days) ** len(group.stops) <= 20_000)
    best = brute_force(group, days)
    assume(best is not None)
    assert best is not None
    found = place(group)
    assume(max(found) <= days[-1])
    assert (cost_of(group, found), found) == best


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(groups(), st.integers(0, 2))
def test_a_chain_of_minimum_intervals_is_never_broken(
    drawn: tuple[Group, list[int]], longer: int
) -> None:
    """Where targets count from the day before, or have a maximum interval, every rule still holds."""
    group, _ = drawn
    most = Period(days=longer + 3)
    chained = [replace(s, chain=Period("P3D"), gap=Period("P2D"), most=most) for s in group.stops]
    chained[0] = replace(chained[0], chain=None)
    group = Group(chained, group.possible, spacing=group.spacing)
    assert cost_of(group, place(group)) is not None


def week(count: int, **changes: object) -> list[Stop]:
    """Give weekly stops with a window of two days either side and at least five days between."""
    return [
        replace(
            Stop(
                target=DAY_0 + 7 * n,
                minutes=30,
                first=DAY_0 + 7 * n - 2,
                last=DAY_0 + 7 * n + 2,
                gap=Period("P5D"),
            ),
            **changes,  # type: ignore[arg-type]  # fields by name
        )
        for n in range(count)
    ]


def offsets(stops: list[Stop], closed: Callable[[int], bool], **rules: object) -> list[int]:
    """Place the stops and give the days as offsets from day 0."""
    group = Group(stops, lambda day, _: not closed(day - DAY_0), **rules)  # type: ignore[arg-type]
    return [day - DAY_0 for day in place(group)]


@pytest.mark.parametrize(
    ("closed", "expected", "why"),
    [
        (set(), [0, 7, 14, 21], "nothing is in the way"),
        ({7}, [0, 8, 14, 21], "a day either side is as near: the later"),
        ({7, 8}, [0, 6, 14, 21], "one day earlier is nearer than two later"),
        ({5, 6, 7, 8, 9}, [0, 10, 15, 21], "the nearest day after the window; the next gives way"),
        (set(range(4, 18)), [0, 18, 23, 28], "leave over two windows; five days hold after it"),
    ],
)
def test_weekly_stops_give_way_as_little_as_they_can(
    closed: set[int], expected: list[int], why: str
) -> None:
    """A closed day moves the visit on it, and others only where the minimum interval presses."""
    assert offsets(week(4), closed.__contains__) == expected, why


def test_a_fixed_day_stands_and_the_others_go_around_it() -> None:
    """What a person chose or what happened is kept, and its neighbours keep their distance."""
    stops = week(3)
    stops[1] = replace(stops[1], fixed=DAY_0 + 11)
    assert offsets(stops, lambda _: False) == [0, 11, 16]


def test_two_fixed_days_too_close_are_left_to_the_people_who_chose_them() -> None:
    """The placement never moves what is fixed, and still finishes."""
    stops = [replace(s, fixed=DAY_0 + n) for n, s in enumerate(week(2))]
    assert offsets([*stops, *week(3)[2:]], lambda _: False) == [0, 1, 14]


def test_an_impossible_neighbour_of_a_fixed_day_comes_as_close_as_it_must() -> None:
    """A stop before a fixed one that leaves it no room keeps its own rules first."""
    stops = week(3)
    stops[2] = replace(stops[2], fixed=DAY_0 + 8)
    assert offsets(stops, lambda _: False) == [0, 7, 8]


def test_a_preferred_weekday_is_worth_up_to_six_days() -> None:
    """A preferred weekday inside the window is taken; none is waited for longer than a week."""
    weekday = (DAY_0 + 1 - 1) % 7
    assert offsets(week(2), lambda _: False, weekdays=frozenset({weekday})) == [1, 8]


def test_months_between_two_stops_are_calendar_months() -> None:
    """A minimum interval of a month is the month's own length."""
    stops = week(2, gap=Period("P1M"), first=None, last=None)
    days = offsets(stops, lambda _: False)
    assert days[1] - days[0] in {28, 29, 30, 31}


def test_a_maximum_interval_decides_between_equal_distances() -> None:
    """One day earlier keeps it, one day later does not; no other session is moved for it."""
    stops = week(2, first=None, last=None, most=Period("P1W"))
    assert offsets(stops, {7}.__contains__) == [0, 6]
    assert offsets(stops, {5, 6, 7, 8}.__contains__) == [0, 9]


def test_no_possible_day_for_ten_years_is_refused() -> None:
    """The search ends, and the error says where to look."""
    with pytest.raises(PlanError, match="no possible day in the ten years") as caught:
        offsets(week(1), lambda _: True)
    assert "closures" in str(caught.value)
