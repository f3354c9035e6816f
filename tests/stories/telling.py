"""How a story is told: a course is planned, life happens, and the course is planned again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import pairwise

from mesoplan import Attended, Clinic, Course, Phase, Plan, Protocol, Review, schedule
from mesoplan.course.facts import Fact
from mesoplan.plan.visit import Visit

WEEKLY = Protocol(
    id="mesotherapy-weekly",
    title="Weekly mesotherapy",
    phases=[
        Phase(
            id="induction",
            title="Session",
            every="P1W",
            sessions=16,
            window="P2D",
            min_interval="P5D",
        ),
        Phase(
            id="maintenance",
            title="Maintenance",
            every="P3M",
            window="P2W",
            min_interval="P4W",
        ),
    ],
    reviews=[
        Review(id="month-3", title="Review at 3 months", at="start + P3M", window="P1W"),
        Review(id="month-6", title="Review at 6 months", at="start + P6M", window="P2W"),
    ],
)
"""Sixteen sessions a week apart, 5 days at least; then one every 3 months; reviews."""

CLINIC = Clinic(timezone="Europe/Istanbul", hours={"mon-fri": "09:00-18:30", "sat": "10:00-14:00"})
FRIDAY = datetime(2026, 12, 4, 17, 30)
"""The first session: a Friday after work."""


@dataclass(frozen=True)
class Story:
    """A course and the plans that were published for it, one after the other."""

    title: str
    plans: tuple[Plan, ...]

    @property
    def before(self) -> Plan:
        """The plan before the last thing happened."""
        return self.plans[-2]

    @property
    def after(self) -> Plan:
        """The plan that holds now."""
        return self.plans[-1]

    def then(
        self,
        *facts: Fact,
        on: str,
        clinic: Clinic | None = None,
        protocol: Protocol | None = None,
    ) -> Story:
        """Record facts, and plan again on the morning of that day."""
        course = self.after.course.record(*facts)
        if protocol is not None:
            course = course.replace(protocol=protocol)
        later = schedule(
            course, clinic or self.after.clinic, as_of=morning(on), previous=self.after
        )
        return replace(self, plans=(*self.plans, later))

    def attended(self, *keys: str, on: str) -> Story:
        """Record that these visits took place as planned."""
        return self.then(*(Attended(visit=key) for key in keys), on=on)

    def told(self) -> list[str]:
        """List what changed with the last plan, as people read it."""
        return [str(change) for change in self.after.changes_since(self.before)]

    def __str__(self) -> str:
        """Give a table of before and after for each time that the course was planned again."""
        return "\n".join([self.title, "=" * len(self.title), *_tables(self.plans)])


def begins(
    title: str,
    protocol: Protocol = WEEKLY,
    clinic: Clinic = CLINIC,
    start: datetime = FRIDAY,
) -> Story:
    """Begin a story: a course is planned two weeks before it starts."""
    course = Course(id="course-1042", protocol=protocol, start=start)
    return Story(title, (schedule(course, clinic, as_of=morning("2026-11-20")),))


def morning(day: str) -> datetime:
    """Give nine in the morning of a day, UTC."""
    return datetime.combine(date.fromisoformat(day), time(9), tzinfo=UTC)


def sessions(first: int, last: int, phase: str = "induction") -> list[str]:
    """Name a run of sessions, both ends included."""
    return [f"{phase}-{number}" for number in range(first, last + 1)]


def when(visit: Visit) -> str:
    """Write when a visit takes place, as in `Fri 2027-01-15 17:30`."""
    return f"{visit.start:%a %Y-%m-%d %H:%M}"


def _tables(plans: tuple[Plan, ...]) -> Iterator[str]:
    for old, new in pairwise(plans):
        found = new.changes_since(old, kept=True)
        changed = [change for change in found if change.kind != "kept"]
        yield f"\nPlanned again on {new.as_of:%a %Y-%m-%d}; {len(found) - len(changed)} visits stay"
        yield f"  {'visit':18} {'before':32} {'after':32} why"
        for change in changed:
            before, after = _state(change.before), _state(change.after)
            yield f"  {change.key:18} {before:32} {after:32} {change.reason or ''}".rstrip()


def _state(visit: Visit | None) -> str:
    if visit is None:
        return ""
    status = "" if visit.status == "planned" else f" {visit.status}"
    number = f" #{visit.number}" if visit.number else ""
    return f"{when(visit)}{number}{status}"
