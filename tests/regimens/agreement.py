"""What a plan says differently from what was published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import published
import written

from mesoplan import Clinic, Course, Plan, Reviewed, Visit, schedule

_OPEN = Clinic(timezone="UTC")
_LONG_BEFORE = datetime(2023, 1, 1, tzinfo=UTC)
_MORNING = time(8)
_SCENARIOS = {"tms-response-branch": Reviewed(visit="remission", outcome="remission")}
"""What the expected days of an adaptive regimen hold for, beside the protocol itself."""
_TIMED = "saint-2020"
"""The one regimen whose sessions are listed with their times."""


def plan_of(name: str, start: date) -> Plan:
    """Plan a published regimen at a clinic that is always open, as far as its list goes."""
    begins = datetime.combine(start, _MORNING)
    course = Course(id=name, protocol=written.protocol(name), start=begins, dates={"lmp": start})
    if name in _SCENARIOS:
        course = course.record(_SCENARIOS[name])
    horizon = published.last(published.REGIMENS[name], begins).date()
    return schedule(course, _OPEN, as_of=_LONG_BEFORE, horizon=horizon)


def disagreements(name: str, start: date) -> Iterator[str]:
    """Yield everything in which the plan differs from the published list; nothing is agreement."""
    regimen, plan = published.REGIMENS[name], plan_of(name, start)
    begins = datetime.combine(start, _MORNING)
    for track, offsets in published.tracks(regimen).items():
        wanted = [published.moment(offset, begins) for offset in offsets]
        found = [visit for visit in plan.sessions if not track or _label(plan, visit) == track]
        yield from _sessions(regimen, wanted, found)
    yield from _reviews(regimen, plan, begins)


def _label(plan: Plan, visit: Visit) -> str | None:
    assert visit.phase is not None
    return plan.course.protocol.phase(visit.phase).label


def _sessions(regimen: dict[str, Any], wanted: list[datetime], found: list[Visit]) -> Iterator[str]:
    days = [moment.date() for moment in wanted]
    if regimen["id"] == _TIMED:
        yield from _differ("times", wanted, [visit.start.replace(tzinfo=None) for visit in found])
        days = list(dict.fromkeys(days))
    yield from _differ("targets", days, _once(visit.target for visit in found))
    yield from _differ("days", days, _once(visit.start.date() for visit in found))
    listed = regimen.get("sessions_per_listed_day")
    if listed is None and regimen["id"] != _TIMED:
        listed = [1] * len(days)
    if listed is not None:
        count = Counter(visit.target for visit in found)
        yield from _differ("sessions a day", listed, [count[day] for day in days])
    if "expected_times_day0" in regimen:
        begins = wanted[0]
        times = [published.moment(offset, begins) for offset in regimen["expected_times_day0"]]
        starts = [visit.start.replace(tzinfo=None) for visit in found if visit.target == days[0]]
        yield from _differ("times of day 0", times, starts)


def _reviews(regimen: dict[str, Any], plan: Plan, begins: datetime) -> Iterator[str]:
    if regimen["expected_reviews"] is None:
        yield from _differ("reviews", [], list(plan.reviews))
        return
    wanted = [published.moment(offset, begins).date() for offset in regimen["expected_reviews"]]
    found = [visit.target for visit in plan.reviews]
    found += [milestone.first for milestone in plan.milestones]
    yield from _differ("reviews", sorted(wanted), sorted(found))


def _once(days: Iterator[date]) -> list[date]:
    return list(dict.fromkeys(days))


def _differ(what: str, wanted: list[Any], found: list[Any]) -> Iterator[str]:
    if wanted != found:
        first = next(
            (n for n, pair in enumerate(zip(wanted, found, strict=False)) if pair[0] != pair[1]),
            min(len(wanted), len(found)),
        )
        yield (
            f"{what}: {len(wanted)} published, {len(found)} planned; from number {first + 1}: "
            f"{wanted[first : first + 3]} against {found[first : first + 3]}"
        )
