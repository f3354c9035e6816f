"""Whole plans of explicit lists agree with a search of every combination of days.

The oracle is that of the placement. What is new here is the way from a protocol to what is placed: the
windows of single steps, and sessions hours apart that go to another day together.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from mesoplan import Clinic, Closure, Course, Phase, Plan, Preferences, Protocol, Visit, schedule
from mesoplan.values.weekdays import WEEKDAYS
from test_placement import DAY_0, Case, Free, Held, Kind, best_of_all

START = datetime.combine(date.fromordinal(DAY_0), datetime.min.time()) + timedelta(hours=9)
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Listed:
    """A list of days with their windows, and the hours of the sessions on each of them."""

    case: Case
    """The first of its sessions stands at the start, as settled; the others are free."""
    hours: tuple[int, ...] = (0,)

    def plan(self) -> Plan:
        """Plan it."""
        days = [0, *(one.target for one in self.case.free)]
        windows = [None, *(_window(one) for one in self.case.free)]
        phase = Phase(
            id="a",
            at=[f"P{day}DT{hour}H" for day in days for hour in self.hours],
            steps=[{"window": window} for window in windows for _ in self.hours],
            min_interval=self.case.held[0].kind.least,
        )
        wished = Preferences(weekdays=[WEEKDAYS[day] for day in sorted(self.case.weekdays)])
        protocol = Protocol(id="listed", title="Listed", phases=[phase])
        course = Course(id="c", protocol=protocol, start=START, preferences=wished)
        closed = [Closure(first=date.fromordinal(DAY_0 + day)) for day in self.case.closed]
        return schedule(course, Clinic(timezone="UTC", closures=closed), as_of=NOW)


def _window(one: Free) -> dict[str, str] | None:
    if one.early is None or one.late is None:
        return None
    return {"earlier": f"P{one.early}D", "later": f"P{one.late}D"}


@st.composite
def lists(draw: st.DrawFn, *, several: bool = False, weekdays: bool = False) -> Listed:
    """Draw three to five days, the first of them open, and days on which the clinic is closed."""
    kind = Kind(least=f"P{draw(st.integers(1, 4))}D", name="listed")
    gaps = draw(st.lists(st.integers(1, 6), min_size=2, max_size=3 if weekdays else 4))
    free = tuple(_free(draw, target, kind) for target in accumulate(gaps))
    end = free[-1].target + 8
    closed = draw(st.frozensets(st.integers(1, end), max_size=6))
    leave = draw(st.integers(1, end))
    closed |= frozenset(range(leave, leave + draw(st.integers(0, 6))))
    liked = draw(st.frozensets(st.integers(0, 6), min_size=1, max_size=3)) if weekdays else None
    case = Case(free, (Held(0, kind),), closed, weekdays=liked or frozenset())
    return Listed(case, draw(st.sampled_from([(0, 5), (0, 2, 4)])) if several else (0,))


def _free(draw: st.DrawFn, target: int, kind: Kind) -> Free:
    if draw(st.booleans()):
        return Free(target, kind, earliest=0)
    return Free(target, kind, draw(st.integers(0, 3)), draw(st.integers(0, 3)), earliest=0)


FAMILIES = {
    "steps with windows of their own": lists(),
    "steps with windows, preferred weekdays": lists(weekdays=True),
    "several sessions a day": lists(several=True),
    "several sessions a day, preferred weekdays": lists(several=True, weekdays=True),
}


def check(listed: Listed) -> None:
    """Hold the days of a plan against the best of all combinations; those of one place stay together."""
    best, expected = best_of_all(listed.case)
    days = [(visit.day.toordinal() - DAY_0) for visit in _by_number(listed.plan())]
    event("on target" if not any(best) else "disturbed")
    together = len(listed.hours)
    assert days == [day for day in (0, *expected) for _ in range(together)]


def _by_number(plan: Plan) -> list[Visit]:
    return sorted(plan.sessions, key=lambda visit: int(visit.key.removeprefix("a-")))


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_list_stands_on_the_best_of_all_days(family: str, data: st.DataObject) -> None:
    """No combination of candidate days costs less, and of equal ones the latest is taken."""
    check(data.draw(FAMILIES[family]))


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_list_stands_on_the_best_days_in_thousands_of_cases(
    family: str, data: st.DataObject
) -> None:
    """The same, with many more cases."""
    check(data.draw(FAMILIES[family]))
