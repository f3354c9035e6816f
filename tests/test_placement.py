"""The placement is exact: it agrees with a search of every combination of days.

The oracle is written from the text of M6 alone. It shares no rule with the code: it has its own months,
its own minimums and maximums, its own candidates and its own order of costs.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, count, pairwise
from time import process_time
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from mesoplan import Period, Phase, PlanError, Protocol, Review
from mesoplan.plan.intervals import Intervals, Spot
from mesoplan.protocol.phase import MOST_SESSIONS
from mesoplan.protocol.phase_parts import Outcome, Spacing, Step
from mesoplan.scheduling import search
from mesoplan.scheduling.days import FARTHEST
from mesoplan.scheduling.placement import place
from mesoplan.scheduling.room import Piece, Pieces
from mesoplan.scheduling.stops import Group, Settled, Stop

DAY_0 = date(2027, 1, 4).toordinal()  # a Monday
TUESDAY = 1
Cost = tuple[int, int, int, int, int]
"""Outside the window, beyond a maximum, announced days left, unwished weekdays, days from targets."""


@dataclass(frozen=True)
class Kind:
    """A phase, as far as intervals go."""

    label: str = "a"
    least: str | None = "P1D"
    most: str | None = None
    name: str = "weekly"

    def phase(self) -> Phase:
        """Return the phase of the library."""
        every, least, most = Period("P1W"), self.least, self.most
        return Phase(
            id=f"{self.name}-{self.label}",
            label=self.label,
            every=every,
            sessions=9,
            min_interval=None if least is None else Period(least),
            max_interval=None if most is None else Period(most),
        )


@dataclass(frozen=True)
class Free:
    """A session without a day. Days are counted from day 0."""

    target: int
    kind: Kind = Kind()
    early: int | None = None
    """How many days before its target the window begins; None for no window."""
    late: int | None = None
    chain: str | None = None
    earliest: int = -99
    number: int = 0
    """Which session of its kind it is."""
    announced: int | None = None
    """Where people were told that it stands."""


@dataclass(frozen=True)
class Held:
    """A session whose day is settled: it happened, a person chose it, or it was announced."""

    day: int
    kind: Kind = Kind()
    target: int = 0
    number: int = 0


@dataclass(frozen=True)
class Case:
    """What is to be placed, and what stands around it."""

    free: tuple[Free, ...]
    held: tuple[Held, ...] = ()
    closed: frozenset[int] = frozenset()
    spacing: tuple[tuple[str, str, str], ...] = ()
    weekdays: frozenset[int] = frozenset()
    named: tuple[tuple[Kind, int, int, str], ...] = ()
    """Kind and number of a session, the number of one before it, and the minimum from that one."""

    def group(self) -> Group:
        """Return it as the library takes it."""
        everyone: tuple[Free | Held, ...] = (*self.free, *self.held)
        kinds = dict.fromkeys(one.kind for one in everyone)
        phases = {kind: self.phase(kind, number) for number, kind in enumerate(kinds)}
        labels = {kind.label for kind in kinds}
        apart = [
            Spacing(between=(one, other), at_least=least)
            for one, other, least in self.spacing
            if {one, other} <= labels
        ]
        protocol = Protocol(id="case", title="Case", phases=[*phases.values()], spacing=apart)
        settled = Settled(Intervals(protocol))
        for number, held in enumerate(self.held):
            target, day = DAY_0 + held.target, DAY_0 + held.day
            settled.add(Spot(f"held-{number}", phases[held.kind], target, day, held.number))
        stops = [
            Stop(
                phase=phases[one.kind],
                target=DAY_0 + one.target,
                pieces=(Piece(0, 30),),
                first=None if one.early is None else DAY_0 + one.target - one.early,
                last=None if one.late is None else DAY_0 + one.target + one.late,
                earliest=DAY_0 + one.earliest,
                chain=None if one.chain is None else Period(one.chain),
                number=one.number,
                announced=None if one.announced is None else DAY_0 + one.announced,
            )
            for one in self.free
        ]
        closed = {DAY_0 + day for day in self.closed}
        return Group(stops, lambda day, _: day not in closed, settled, self.likes)

    def likes(self, day: int) -> bool:
        """Whether a day is a preferred weekday, or none is preferred."""
        return not self.weekdays or (day - 1) % 7 in self.weekdays

    def phase(self, kind: Kind, number: int) -> Phase:
        """Return a phase under an id of its own, with the minimums that its sessions name."""
        phase = kind.phase()
        name = f"{phase.id}-{number}"
        steps = [Step() for _ in range(max([0, *(each[1] for each in self.named)]))]
        for each, later, before, least in self.named:
            if each == kind:
                steps[later - 1] = Step(min_from=f"session {before} of {name} + {least}")
        return phase.replace(id=name, steps=steps)


# The oracle, from the text of M5 and M6


def moved(day: int, text: str) -> int:
    """Return the day so much later; a day that its month lacks is its last one."""
    if text.endswith("D"):
        return day + int(text[1:-1])
    if text.endswith("W"):
        return day + 7 * int(text[1:-1])
    start = date.fromordinal(DAY_0 + day)
    years, month = divmod(start.year * 12 + start.month - 1 + int(text[1:-1]), 12)
    last = monthrange(years, month + 1)[1]
    return date(years, month + 1, min(start.day, last)).toordinal() - DAY_0


def soonest_after(one: Free | Held, day: int, later: Free | Held) -> int:
    """Return the first day for a session of the same treatment that follows another."""
    if later.kind.least is not None:
        return max(day + 1, moved(day, later.kind.least))
    half = 4  # of a week, in whole days
    if one.kind != later.kind:  # across a border never more than the published gap
        half = max(0, min(half, later.target - one.target))
    return day + max(1, half)


def is_open(case: Case, days: Sequence[int], one: Free, day: int) -> bool:
    """Whether a session can stand on a day, given those before it and what is settled."""
    if day in case.closed or day < one.earliest:
        return False
    label = one.kind.label
    before = [(other, at) for other, at in zip(case.free, days, strict=False)]
    same = [(other, at) for other, at in before if other.kind.label == label]
    own = [each for each in same if each[0].kind == one.kind]
    if any(day < soonest_after(*each[-1], one) for each in (same, own) if each):
        return False
    asked = replace(one, target=target_of(case, days, one))
    held = [each for each in case.held if each.kind.label == label]
    earlier = [each.day for each in held if each.day <= day]
    later = [each.day for each in held if each.day >= day]
    mine = [each.day for each in held if each.kind == one.kind]
    for each in held:
        last, following = {max(earlier, default=0)}, {min(later, default=0)}
        if each.kind == one.kind:
            last.add(max((at for at in mine if at <= day), default=0))
            following.add(min((at for at in mine if at >= day), default=0))
        if each.day <= day and each.day in last and day < soonest_after(each, each.day, asked):
            return False
        if each.day >= day and each.day in following and each.day < soonest_after(asked, day, each):
            return False
    if not keeps_what_it_names(case, before, one, day):
        return False
    for first, second, least in case.spacing:
        other = {first: second, second: first}.get(label)
        around = [at for each, at in before if each.kind.label == other]
        around += [each.day for each in case.held if each.kind.label == other]
        if any(max(day, at) < moved(min(day, at), least) for at in around):
            return False
    return True


def keeps_what_it_names(
    case: Case, before: Sequence[tuple[Free, int]], one: Free, day: int
) -> bool:
    """Whether a session keeps the minimums that it names from sessions that have their day."""
    settled: list[tuple[Free | Held, int]] = [*before, *((held, held.day) for held in case.held)]
    for kind, later, number, least in case.named:
        if (kind, later) != (one.kind, one.number):
            continue
        if any(
            each.kind == kind and each.number == number and day < moved(at, least)
            for each, at in settled
        ):
            return False
    return True


def target_of(case: Case, days: Sequence[int], one: Free) -> int:
    """Return the target, in a chain counted from the session before of the treatment."""
    same = [
        at for other, at in zip(case.free, days, strict=False) if other.kind.label == one.kind.label
    ]
    return moved(same[-1], one.chain) if one.chain is not None and same else one.target


def candidates(case: Case, days: Sequence[int]) -> Iterator[tuple[int, Cost]]:
    """Yield the days that the next session may take, and what each costs by itself."""
    one = case.free[len(days)]
    target = target_of(case, days, one)
    if one.late is None:
        closest = next(day for day in count(target) if is_open(case, days, one, day))
        week = range(closest + 1, closest + 7) if not is_liked(case, closest) else range(0)
        found = [(closest, 0), *((day, 0) for day in week if is_open(case, days, one, day))]
    else:
        window = range(target - (one.early or 0), target + one.late + 1)
        beyond = next(day for day in count(window.stop) if is_open(case, days, one, day))
        found = [*((day, 0) for day in window if is_open(case, days, one, day)), (beyond, 1)]
    for day, outside in found:
        left = one.announced is not None and one.announced != day
        yield day, (outside, 0, left, not is_liked(case, day), abs(day - target))


def is_liked(case: Case, day: int) -> bool:
    """Whether a weekday is wished, or none is."""
    return not case.weekdays or day % 7 in case.weekdays


def too_far_apart(case: Case, days: Sequence[int]) -> int:
    """Count the sessions, free or settled, that stand beyond their maximum interval."""
    everything: list[tuple[Free | Held, int]] = [*zip(case.free, days, strict=True)]
    everything += [(held, held.day) for held in case.held]
    found = 0
    for label in {one.kind.label for one, _ in everything}:
        row = sorted(
            ((at, one.kind.most) for one, at in everything if one.kind.label == label),
            key=lambda each: each[0],
        )
        for (before, _), (day, most) in pairwise(row):
            found += most is not None and day > moved(before, most)
    return found


def every_way(
    case: Case, days: tuple[int, ...] = (), cost: Cost = (0, 0, 0, 0, 0)
) -> Iterator[tuple[Cost, tuple[int, ...]]]:
    """Yield every combination of candidate days, with its cost."""
    if len(days) == len(case.free):
        yield (cost[0], too_far_apart(case, days), *cost[2:]), days
        return
    for day, price in candidates(case, days):
        summed = tuple(one + other for one, other in zip(cost, price, strict=True))
        yield from every_way(case, (*days, day), summed)  # type: ignore[arg-type]  # five as before


def best_of_all(case: Case) -> tuple[Cost, tuple[int, ...]]:
    """Return the least cost and its days; of equal ones the later, from the first session on."""
    return min(every_way(case), key=lambda way: (way[0], [-day for day in way[1]]))


def placed(case: Case) -> tuple[int, ...]:
    """Return the days that the library finds, counted from day 0; they are proved."""
    found = place(case.group())
    assert found.proved
    return tuple(day - DAY_0 for day in found.days)


def cost_of(case: Case, days: tuple[int, ...]) -> Cost | None:
    """Return what days cost, or None where they are no combination of candidates."""
    return next((cost for cost, way in every_way(case) if way == days), None)


# Situations


def week(number: int, window: int | None = 2, **changes: Any) -> tuple[Free, ...]:
    """Return weekly sessions, two days either side tolerated and at least five days between."""
    kind = changes.pop("kind", Kind(least="P5D"))
    return tuple(Free(7 * n, kind, window, window, **changes) for n in range(number))


def chain(number: int, window: int | None = 2) -> tuple[Free, ...]:
    """Return weekly sessions of which each counts from the one before."""
    first, *rest = week(number, window)
    return first, *(replace(one, chain="P1W") for one in rest)


def days(first: int, stop: int) -> frozenset[int]:
    """Return all days from one to before another."""
    return frozenset(range(first, stop))


def at(*numbers: int) -> frozenset[int]:
    """Return single days."""
    return frozenset(numbers)


MOST = Kind(least="P1D", most="P1W")
WEEKLY = Kind(least="P5D")
HALF = Kind(least=None)
APART = (("a", "b", "P3D"),)
ONE_WITH_MOST = Kind(least="P1D", most="P1W", name="held")


def doses(*targets: int, window: int | None = None) -> tuple[Free, ...]:
    """Return sessions of one phase, numbered from 1."""
    return tuple(Free(t, Kind(), window, window, number=n) for n, t in enumerate(targets, 1))


TWO = Kind(least="P2D")
FROM_THE_FIRST = ((Kind(), 3, 1, "P14D"),)

SITUATIONS = [
    (Case(week(4)), [0, 7, 14, 21], "nothing is in the way"),
    (Case(week(4), closed=at(7)), [0, 8, 14, 21], "a day either side is as near: the later"),
    (Case(week(4), closed=at(7, 8)), [0, 6, 14, 21], "one day earlier is nearer than two later"),
    (
        Case(week(4), closed=days(5, 10)),
        [0, 10, 15, 21],
        "the nearest day after the window; the next gives way",
    ),
    (
        Case(week(4), closed=days(4, 18)),
        [0, 18, 23, 28],
        "leave over two windows; five days hold after it",
    ),
    (Case(week(3, None), closed=at(7)), [0, 8, 14], "without a window it is the nearest day after"),
    (Case(week(3, None), closed=days(7, 12)), [0, 12, 17], "and the next one keeps its minimum"),
    (Case(week(2, earliest=3)), [3, 8], "not before its earliest day, the next behind"),
    (Case(week(2), weekdays=at(TUESDAY)), [1, 8], "a preferred weekday in the window is taken"),
    (Case(week(1, None), weekdays=at(6)), [6], "without a window one is worth up to six days"),
    (
        Case(week(1, None), weekdays=at(TUESDAY), closed=at(1)),
        [0],
        "none is waited for longer than a week",
    ),
    (
        Case(week(2), weekdays=at(TUESDAY), closed=at(1, 8)),
        [0, 7],
        "where the preferred day is closed, the target",
    ),
    (
        Case(chain(3, None), closed=at(7)),
        [0, 8, 15],
        "in a chain the next counts from where it stands",
    ),
    (
        Case(chain(4), closed=days(12, 17)),
        [2, 10, 17, 24],
        "a chain goes round a closure before it comes to it, from the first session on",
    ),
    (
        Case(week(2, None, kind=Kind(least="P1M"))),
        [0, 31],
        "a minimum of a month has the month's own length",
    ),
    (
        Case(week(3), held=(Held(11, Kind(least="P5D"), 100),)),
        [0, 6, 16],
        "a settled day stands and its neighbours keep their distance on both sides",
    ),
    (
        Case(week(1), held=(Held(4, Kind(least="P5D", name="later"), 100),)),
        [-1],
        "the minimum of the settled session after it is kept as well",
    ),
    (
        Case((Free(0), Free(8, MOST, 2, 2)), closed=at(8)),
        [0, 7],
        "one day earlier keeps the maximum interval, one later does not",
    ),
    (
        Case((Free(0, Kind(), 2, 2),), held=(Held(9, ONE_WITH_MOST, 100),)),
        [2],
        "a settled session that follows is kept within its maximum interval",
    ),
    (
        Case(
            (Free(0, Kind(), 2, 2), Free(3, Kind(), 2, 2)),
            held=(Held(9, ONE_WITH_MOST, 100),),
        ),
        [0, 3],
        "of two before it only the later one counts for that",
    ),
    (
        Case(
            (Free(10, Kind(), 6, 6),),
            held=(Held(0, Kind(), 99), Held(9, ONE_WITH_MOST, 100)),
        ),
        [8],
        "a session that can stand between two settled ones too far apart does so",
    ),
    (
        Case((Free(3, Kind("a"), 3, 3), Free(4, Kind("b"), 3, 3)), spacing=APART),
        [3, 6],
        "two spaced treatments keep apart at the least cost, the later from the first on",
    ),
    (
        Case(
            (Free(3, Kind("a"), 3, 3, earliest=4), Free(4, Kind("b"), 3, 3)),
            spacing=APART,
            closed=at(7),
        ),
        [6, 3],
        "in any order",
    ),
    (
        Case(doses(0, 7, 14), closed=at(0, 1), named=FROM_THE_FIRST),
        [2, 7, 16],
        "the third keeps two weeks from the first, and not only one from the second",
    ),
    (
        Case(doses(0, 7, 14), named=((Kind(), 3, 2, "P9D"),)),
        [0, 7, 16],
        "a minimum that is named from the one before it is the later of two",
    ),
    (
        Case(
            (Free(0, TWO, 0, 1, number=1), Free(2, TWO, number=2), Free(3, TWO, number=3)),
            named=((TWO, 3, 1, "P3D"),),
        ),
        [0, 2, 4],
        "the third gives way to the second; the first could bring it later still, and does not",
    ),
    (
        Case(doses(0, 7, 14, window=2), closed=at(0), named=FROM_THE_FIRST),
        [-1, 7, 14],
        "the first comes a day earlier, so that the third keeps its target",
    ),
    (
        Case(doses(0, 7, 14, window=2), closed=at(-2, -1, 0, 15), named=FROM_THE_FIRST),
        [1, 7, 16],
        "where it can only come later, the third gives way inside its window",
    ),
    (
        Case(doses(0, 7)[1:], held=(Held(3, number=1), Held(13, number=3)), named=FROM_THE_FIRST),
        [7],
        "between two settled ones nothing is placed by what these keep of each other",
    ),
    (
        Case(doses(0), closed=at(0), held=(Held(14, target=14, number=3),), named=FROM_THE_FIRST),
        [1],
        "a minimum belongs to the later session: nothing waits for one that is settled",
    ),
    (
        Case((Free(0, HALF), Free(2, Kind(name="between")), Free(3, HALF))),
        [0, 2, 4],
        "a session of another phase between two hides neither from the other",
    ),
    (
        Case(
            (
                Free(0, HALF, number=1),
                Free(2, Kind(name="between"), number=1),
                Free(5, HALF, number=2),
            ),
            named=((HALF, 2, 1, "P9D"),),
        ),
        [0, 2, 9],
        "of two minimums from one session the later wins",
    ),
    (
        Case((Free(7, WEEKLY, 2, 2, announced=8),)),
        [8],
        "a day that was announced is left for no nearer one",
    ),
    (
        Case((Free(7, WEEKLY, 2, 2, announced=8), Free(14, WEEKLY, 2, 2, announced=12))),
        [8, 14],
        "of two that are too close one stays, with the fewest days from the targets",
    ),
    (
        Case((Free(7, WEEKLY, 2, 2, announced=7), Free(14, WEEKLY, 2, 2)), weekdays=at(TUESDAY)),
        [7, 15],
        "an announced day counts more than a preferred weekday",
    ),
    (
        Case((Free(7, WEEKLY, 2, 2), Free(9, WEEKLY, 1, 2, announced=10)), closed=at(5)),
        [6, 11],
        "and less than a window",
    ),
    (
        Case((Free(3, Kind("a")), Free(4, Kind("c"))), spacing=APART),
        [3, 4],
        "what no spacing names stands side by side",
    ),
]


@pytest.mark.parametrize(
    ("case", "expected", "why"), SITUATIONS, ids=[why for _, _, why in SITUATIONS]
)
def test_a_situation_is_resolved_as_little_as_can_be(
    case: Case, expected: list[int], why: str
) -> None:
    """Each as a person would, for the reason in the last column; the oracle agrees."""
    assert list(placed(case)) == expected, why
    assert list(best_of_all(case)[1]) == expected, why


def test_two_settled_days_too_close_are_left_to_those_who_chose_them() -> None:
    """The placement moves nothing that is settled, and places what is free beside it."""
    kind = Kind(least="P5D")
    case = Case(week(3)[2:], held=(Held(0, kind, 100), Held(1, kind, 101)))
    assert placed(case) == (14,)


def test_all_that_is_settled_on_a_day_counts() -> None:
    """A session beside which another phase's minimum is short does not hide one that stands with it."""
    kinds = Kind(least=None, name="near"), Kind(least=None)
    held = Held(0, kinds[0], 6), Held(0, kinds[1], 0)
    group = Case((Free(7, kinds[1], 7, 2),), held, closed=days(4, 12)).group()
    intervals = group.intervals
    (stop,) = group.stops
    assert not group.settled.keeps(stop.spot(DAY_0 + 3))
    assert intervals.protocol.phase(stop.phase.id).minimum == Period("P4D")


def test_what_another_outcome_opens_binds_nothing() -> None:
    """Of two phases that exclude each other nothing holds; one behind them that counts still does."""
    kept, other, plain = (
        Phase(id=name, every="P1W", sessions=3, min_interval="P5D", requires=wanted)
        for name, wanted in (
            ("kept", Outcome(review="look", outcome="good")),
            ("other", Outcome(review="look", outcome="bad")),
            ("plain", None),
        )
    )
    look = Review(id="look", at="start + P1M", outcomes=["good", "bad"])
    protocol = Protocol(id="case", title="Case", phases=[plain, kept, other], reviews=[look])
    settled = Settled(Intervals(protocol))
    settled.add(Spot("other-1", other, DAY_0 + 50, DAY_0 + 1))
    assert settled.keeps(Spot("", kept, DAY_0, DAY_0))
    settled.add(Spot("plain-1", plain, DAY_0 + 51, DAY_0 + 3))
    assert not settled.keeps(Spot("", kept, DAY_0, DAY_0))


def test_no_possible_day_for_ten_years_is_refused() -> None:
    """The search ends, and the error says where to look."""
    with pytest.raises(PlanError, match="no possible day in the ten years") as caught:
        place(Case(week(1), closed=days(-10, 4_000)).group())
    assert "closures" in str(caught.value)


def test_what_is_too_much_to_weigh_ends_and_says_so() -> None:
    """Wide windows of spaced treatments end within the stated number of moves; minimums are kept."""
    kinds = Kind("a", "P4D"), Kind("b", "P4D")
    free = tuple(Free(7 * n, kind, 180, 180) for n in range(3) for kind in kinds)
    case = Case(free, closed=days(0, 60), spacing=(("a", "b", "P7D"),))
    started = process_time()
    found = place(case.group())
    assert process_time() - started < 10  # seconds; a machine under load is slow
    assert not found.proved
    for kind in kinds:
        row = [day for day, one in zip(found.days, free, strict=True) if one.kind == kind]
        assert all(later - before >= 4 for before, later in pairwise(row))
    for (one, day), (other, later) in combinations(zip(free, found.days, strict=True), 2):
        assert one.kind == other.kind or abs(day - later) >= 7


@pytest.mark.parametrize("closure", ["beginning", "middle", "end"])
@pytest.mark.parametrize("rhythm", [week, chain])
def test_the_work_grows_with_the_number_of_sessions(
    rhythm: Callable[[int], tuple[Free, ...]], closure: str
) -> None:
    """Ten times the sessions ask for about ten times the days, wherever a week is closed."""

    def asked(size: int) -> int:
        week_of = {"beginning": 2, "middle": size // 2, "end": size - 3}[closure]
        group = Case(rhythm(size), closed=days(7 * week_of - 3, 7 * week_of + 4)).group()
        looks = count()

        def possible(day: int, pieces: Pieces) -> bool:
            next(looks)
            return group.possible(day, pieces)

        found = place(Group(group.stops, possible, group.settled, group.liked))
        assert found.proved
        return next(looks)

    assert asked(400) <= 11 * asked(40)


def test_each_part_of_a_cost_stays_below_the_next_ones_unit() -> None:
    """For the longest protocol there is, each session ten years from its target."""
    most = 200 * MOST_SESSIONS
    none: dict[str, int] = {
        "outside": False,
        "beyond": 0,
        "changed": False,
        "unwished": False,
        "distance": 0,
    }
    parts: list[dict[str, int]] = [
        {"distance": FARTHEST},
        {"unwished": True},
        {"changed": True},
        {"beyond": 1},
        {"outside": True},
    ]
    prices = [search.cost(**(none | part)) for part in parts]  # type: ignore[arg-type]
    for number, price in enumerate(prices[1:], 1):
        assert sum(most * less for less in prices[:number]) < price


# Cases at random

NUMBERS = st.integers
A_WEEK = st.frozensets(st.integers(0, 6), min_size=1, max_size=3)


@st.composite
def cases(
    draw: st.DrawFn,
    *,
    chain: bool = False,
    labels: str = "a",
    weekdays: bool = False,
    most: bool = False,
    held: bool = False,
    months: bool = False,
    named: bool = False,
    announced: bool = False,
) -> Case:
    """Draw three to five sessions at a clinic that is closed at random."""
    size = draw(NUMBERS(3, 4 if weekdays or len(labels) > 1 else 5))
    every = draw(NUMBERS(1, 6))
    kinds = [draw(_kinds(label, every, most=most, months=months)) for label in labels]
    if draw(st.booleans()):  # another phase of the first treatment
        kinds.append(
            replace(draw(_kinds(labels[0], every, most=most, months=months)), name="later")
        )
    windows = draw(st.sampled_from(["all", "none", "some"]))
    free, target, seen = list[Free](), 0, set[str]()
    for _ in range(size):
        kind = draw(st.sampled_from(kinds))
        with_window = windows == "all" or (windows == "some" and draw(st.booleans()))
        early, late = (draw(NUMBERS(0, 2)), draw(NUMBERS(0, 3))) if with_window else (None, None)
        counts = chain and kind.label in seen and draw(st.sampled_from([True, True, False]))
        step = "P1M" if months and draw(st.booleans()) else f"P{every}D"
        number = 1 + sum(one.kind == kind for one in free) if named else 0
        told = draw(st.none() | NUMBERS(target - 3, target + 4)) if announced else None
        chained = step if counts else None
        free.append(Free(target, kind, early, late, chained, number=number, announced=told))
        seen.add(kind.label)
        target += 28 if months and draw(st.booleans()) else draw(NUMBERS(min(every, 2), every))
    end = target + 8
    closed = draw(st.sets(NUMBERS(-3, end), max_size=6))
    leave = draw(NUMBERS(-2, end))
    closed |= set(range(leave, leave + draw(NUMBERS(0, 6))))
    settled = draw(st.lists(NUMBERS(-5, end), max_size=3, unique=True)) if held else []
    apart = [(one, other) for one in labels for other in labels if one < other]
    return Case(
        free=tuple(free),
        held=tuple(
            Held(
                day=day,
                kind=draw(st.sampled_from(kinds)),
                target=_between(day, free),
                number=draw(NUMBERS(0, 4)) if named else 0,
            )
            for day in settled
        ),
        named=draw(_named(kinds, every)) if named else (),
        closed=frozenset(closed),
        spacing=tuple((one, other, f"P{draw(NUMBERS(1, 4))}D") for one, other in apart),
        weekdays=draw(A_WEEK) if weekdays else frozenset(),
    )


def _between(day: int, free: Sequence[Free]) -> int:
    """Return a target near a day that no free session has: two on one target would share a day."""
    return next(target for target in count(day, -1) if target not in {one.target for one in free})


@st.composite
def _kinds(draw: st.DrawFn, label: str, every: int, *, most: bool, months: bool) -> Kind:
    least = draw(st.none() | NUMBERS(1, every).map("P{}D".format))
    if months:
        least = draw(st.sampled_from(["P1M", "P27D", None]))
    longest = draw(st.none() | NUMBERS(every, every + 3).map("P{}D".format)) if most else None
    if least is not None and longest is not None and Period(least).length > Period(longest).length:
        longest = least
    return Kind(label, least, longest)


@st.composite
def _named(
    draw: st.DrawFn, kinds: Sequence[Kind], every: int
) -> tuple[tuple[Kind, int, int, str], ...]:
    """Draw minimums from sessions that are not the one before."""
    found = []
    for kind in dict.fromkeys(kinds):
        for later in draw(st.sets(NUMBERS(2, 5), max_size=2)):
            before = draw(NUMBERS(1, later - 1))
            least = (later - before) * every + draw(NUMBERS(-2, 4))
            found.append((kind, later, before, f"P{max(least, 1)}D"))
    return tuple(found)


FAMILIES = {
    "grid": cases(),
    "chain": cases(chain=True),
    "preferred weekdays": cases(weekdays=True),
    "preferred weekdays in a chain": cases(weekdays=True, chain=True),
    "maximum intervals": cases(most=True),
    "maximum intervals in a chain": cases(most=True, chain=True),
    "settled days": cases(held=True, most=True),
    "settled days in a chain": cases(held=True, most=True, chain=True),
    "two spaced treatments": cases(labels="ab"),
    "three spaced treatments": cases(labels="abc"),
    "spaced chains": cases(labels="ab", chain=True),
    "spaced, settled, with weekdays": cases(labels="ab", held=True, most=True, weekdays=True),
    "announced days": cases(announced=True, held=True),
    "announced days in a chain": cases(announced=True, chain=True),
    "announced, spaced, with weekdays": cases(
        announced=True, labels="ab", weekdays=True, most=True
    ),
    "months": cases(months=True, held=True),
    "months in a chain": cases(months=True, chain=True, most=True),
    "named minimums": cases(named=True),
    "named minimums in a chain": cases(named=True, chain=True, weekdays=True),
    "named minimums and settled days": cases(named=True, held=True, most=True),
    "named minimums, spaced": cases(named=True, labels="ab", held=True),
}


def check(case: Case) -> None:
    """Hold the placement against the best of all combinations."""
    best, days = best_of_all(case)
    found = placed(case)
    event("on target" if not any(best) else "disturbed")
    assert found == days, f"{found} costs {cost_of(case, found)}, the best {best}"


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_placement_is_the_best_of_all_combinations(family: str, data: st.DataObject) -> None:
    """No combination of candidate days costs less, and of equal ones the latest is taken."""
    check(data.draw(FAMILIES[family]))


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_placement_is_the_best_in_thousands_of_cases(family: str, data: st.DataObject) -> None:
    """The same, with many more cases."""
    check(data.draw(FAMILIES[family]))
