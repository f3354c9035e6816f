"""Random lives of a course for the laws: what was planned, what happened, and what was planned then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from mesoplan import (
    Attended,
    Away,
    Cancelled,
    Clinic,
    Closure,
    Course,
    Extended,
    Missed,
    Moved,
    Outcome,
    Phase,
    Plan,
    Protocol,
    Review,
    Spacing,
    Stopped,
    Tier,
    schedule,
)
from mesoplan.course.facts import Fact

_START = datetime(2026, 12, 4, 17, 30)
_GRID = Phase(id="a", every="P1W", sessions=5, window="P2D", min_interval="P5D", grace="P1D")
_CHAIN = Phase(id="a", every="P2W", sessions=4, rhythm="chain", max_interval="P3W")
_TIERS = Phase(
    id="a",
    every="P2W",
    sessions=4,
    if_missed="skip",
    tiers=[Tier(late="P2D", then="carry_on"), Tier(then="shift")],
    restart_after="P8W",
)
_MORE = Phase(id="b", every="P1M", window="P1W", requires=Outcome(review="look", outcome="go on"))
_OTHER = Phase(id="b", label="B", starts="start + P3D", every="P4W", sessions=2)
_LOOK = Review(id="look", at="last session of a + P1W", outcomes=("go on", "end"))

PROTOCOLS = (
    Protocol(id="grid", title="Grid", phases=[_GRID, _MORE], reviews=[_LOOK]),
    Protocol(id="chain", title="Chain", phases=[_CHAIN]),
    Protocol(id="tiers", title="Tiers", phases=[_TIERS], deadline="P6M"),
    Protocol(
        id="pair",
        title="Pair",
        phases=[_GRID.replace(label="A"), _OTHER],
        spacing=[Spacing(between=("A", "B"), at_least="P2D")],
    ),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Plan]:
    """Draw a course planned once and then again after each of some days, with facts in between."""
    clinic = Clinic(timezone="Europe/Istanbul", hours={"mon-sat": "09:00-18:30"})
    course = Course(id="c", protocol=draw(st.sampled_from(PROTOCOLS)), start=_START)
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    plans = [schedule(course, clinic, as_of=now)]
    for _ in range(draw(st.integers(0, 4))):
        now += timedelta(days=draw(st.integers(1, 40)))
        course = course.record(*_facts(draw, plans[-1], now))
        if draw(st.integers(0, 3)) == 0:
            first = now.date() + timedelta(days=draw(st.integers(1, 20)))
            closure = Closure(first=first, last=first + timedelta(days=draw(st.integers(0, 9))))
            clinic = clinic.replace(closures=(*clinic.closures, closure))
        plans.append(schedule(course, clinic, as_of=now, previous=plans[-1]))
    return plans


def _facts(draw: st.DrawFn, plan: Plan, now: datetime) -> Iterator[Fact]:
    """Record what became of every visit up to now, and perhaps something about the days ahead."""
    for visit in plan.visits:
        if visit.upcoming and visit.start <= now:
            yield from draw(st.sampled_from(_became(visit.key, visit.start)))
    ahead = [visit for visit in plan.visits if visit.upcoming and visit.start > now]
    yield from draw(st.sampled_from(_ahead(plan, now.date(), ahead[0].key if ahead else None)))


def _became(key: str, start: datetime) -> list[list[Fact]]:
    late = start + timedelta(days=1)
    came: list[list[Fact]] = [[Attended(visit=key)], [Attended(visit=key, at=late)], []]
    return came if _again(key) else [*came, [Attended(visit=key)], [Missed(visit=key)]]


def _again(key: str) -> bool:
    """Whether a visit is planned for the second time; it is not lost a second time."""
    return "." in key


def _ahead(plan: Plan, day: date, key: str | None) -> list[list[Fact]]:
    kinds = [fact.fact for fact in plan.course.facts]
    found: list[list[Fact]] = [[], [Away(first=day, last=day + timedelta(days=9))]]
    if key is not None:
        to = plan.visit(key).start + timedelta(days=3)
        found.append([Moved(visit=key, to=to)])
        if not _again(key):
            found.append([Cancelled(visit=key)])
    if "stopped" in kinds or day < _START.date():
        return found
    return [*found, [Extended(sessions=2, phase="a")], [Stopped(on=day + timedelta(days=7))]]
