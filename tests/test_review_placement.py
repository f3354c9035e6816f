"""Where a review stands agrees with a look at every day, written from the text of M3 and M6.

The sessions are taken as they stand: no review moves one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Literal

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from mesoplan import Clinic, Closure, Course, Phase, Plan, Preferences, Protocol, Review, schedule
from mesoplan.values.weekdays import WEEKDAYS

MONDAY = date(2027, 1, 4)
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
Join = Literal[True, False, "after"]


@dataclass(frozen=True)
class Case:
    """Sessions every few days and one review. Days are counted from the start, a Monday."""

    every: int
    sessions: int
    target: int
    window: tuple[int, int] | None
    join: Join
    closed: frozenset[int]
    weekdays: frozenset[int] = frozenset()

    def plan(self) -> Plan:
        """Plan it at a clinic that is open by day."""
        phase = Phase(id="a", every=f"P{self.every}D", sessions=self.sessions)
        sign, days = "-" if self.target < 0 else "+", abs(self.target)
        early, late = self.window or (0, 0)
        review = Review(
            id="look",
            at=f"start {sign} P{days}D",
            join=self.join,
            window=None if self.window is None else {"earlier": f"P{early}D", "later": f"P{late}D"},
        )
        protocol = Protocol(id="case", title="Case", phases=[phase], reviews=[review])
        course = Course(
            id="case",
            protocol=protocol,
            start=datetime.combine(MONDAY, datetime.min.time()) + timedelta(hours=11),
            preferences=Preferences(weekdays=[WEEKDAYS[day] for day in sorted(self.weekdays)]),
        )
        closures = [Closure(first=MONDAY + timedelta(days=day)) for day in self.closed]
        clinic = Clinic(timezone="UTC", hours={"mon-sun": "07:00-19:00"}, closures=closures)
        return schedule(course, clinic, as_of=NOW)


# The oracle, from the text of M3 and M6


def inside(case: Case) -> range:
    """Return the days of the window; without one that of the target."""
    early, late = case.window or (0, 0)
    return range(case.target - early, case.target + late + 1)


def is_liked(case: Case, day: int) -> bool:
    """Whether a weekday is wished, or none is."""
    return not case.weekdays or day % 7 in case.weekdays


def candidates(case: Case) -> Iterator[tuple[int, int]]:
    """Yield the days that it may take by itself: those of its window, or the nearest one after it."""
    if case.window is None:
        nearest = next(day for day in count(case.target) if day not in case.closed)
        yield nearest, 0
        if not is_liked(case, nearest):
            yield from (
                (day, 0) for day in range(nearest + 1, nearest + 7) if day not in case.closed
            )
        return
    days = inside(case)
    yield from ((day, 0) for day in days if day not in case.closed)
    yield next(day for day in count(days.stop) if day not in case.closed), 1


def best_day(case: Case, sessions: list[int]) -> int:
    """Return its day: that of the nearest session of its window, else the best by itself."""
    near = [day for day in sessions if day in inside(case)]
    if case.join and near:
        return min(near, key=lambda day: (abs(day - case.target), -day))
    ways = [
        (outside, not is_liked(case, day), abs(day - case.target), -day)
        for day, outside in candidates(case)
    ]
    return -min(ways)[3]


# Cases at random

NUMBERS = st.integers


@st.composite
def cases(draw: st.DrawFn, *, join: Join, window: bool = True, weekdays: bool = False) -> Case:
    """Draw some sessions, a review near them, and days on which the clinic is closed."""
    every, sessions = draw(NUMBERS(2, 9)), draw(NUMBERS(2, 5))
    end = every * sessions
    target = draw(NUMBERS(-6, end + 3))
    closed = draw(st.sets(NUMBERS(-8, end + 12), max_size=8))
    leave = draw(NUMBERS(-4, end))
    closed |= set(range(leave, leave + draw(NUMBERS(0, 8))))
    around = (draw(NUMBERS(0, 6)), draw(NUMBERS(0, 6))) if window else None
    liked = draw(st.frozensets(NUMBERS(0, 6), min_size=1, max_size=3)) if weekdays else frozenset()
    return Case(every, sessions, target, around, join, frozenset(closed - {0}), liked)


FAMILIES = {
    "reviews before a session": cases(join=True),
    "reviews after a session": cases(join="after"),
    "reviews alone": cases(join=False),
    "reviews alone, preferred weekdays": cases(join=False, weekdays=True),
    "reviews before a session, preferred weekdays": cases(join=True, weekdays=True),
    "reviews without a window": cases(join=True, window=False, weekdays=True),
}


def check(case: Case) -> None:
    """Hold the day of the review against the best of all days, and its time against its session."""
    plan = case.plan()
    sessions = [visit for visit in plan.sessions if not visit.lost]
    days = [(visit.day - MONDAY).days for visit in sessions]
    review, expected = plan.visit("look"), best_day(case, days)
    assert (review.day - MONDAY).days == expected
    joins = case.join and expected in days and expected in inside(case)
    event("joined" if joins else "alone")
    if joins:
        session = sessions[days.index(expected)]
        touches = (
            (review.start, session.end) if case.join == "after" else (review.end, session.start)
        )
        assert touches[0] == touches[1]


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_review_stands_on_the_best_of_all_days(family: str, data: st.DataObject) -> None:
    """It joins the nearest session of its window, or takes the day that costs least by itself."""
    check(data.draw(FAMILIES[family]))


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_review_stands_on_the_best_day_in_thousands_of_cases(
    family: str, data: st.DataObject
) -> None:
    """The same, with many more cases."""
    check(data.draw(FAMILIES[family]))
