"""The courses and clinics that many tests plan: a weekly course, an open clinic, a busy one."""

from datetime import UTC, date, datetime
from typing import Any

from mesoplan import Clinic, Course, Milestone, Plan, Protocol, Review, schedule

AS_OF = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
START = datetime(2026, 12, 4, 17, 30)  # a Friday

ALWAYS_OPEN = Clinic(timezone="Europe/Istanbul")
BUSY = Clinic(
    timezone="Europe/Istanbul",
    hours={"mon-fri": "09:00-18:30", "sat": "10:00-14:00"},
    holidays="TR",
)


def weekly(**changes: Any) -> Protocol:
    """Give a weekly course of sixteen sessions, maintenance and reviews; `changes` are its fields."""
    fields = {
        "id": "weekly",
        "title": "Weekly course",
        "phases": [
            {
                "id": "induction",
                "title": "Session",
                "every": "P1W",
                "sessions": 16,
                "window": "P2D",
                "min_interval": "P5D",
            },
            {
                "id": "maintenance",
                "every": "P3M",
                "window": "P2W",
                "min_interval": "P8W",
            },
        ],
        "reviews": [
            Review(id="month-3", title="Review at 3 months", at="start + P3M", window="P1W"),
            Review(id="month-6", title="Review at 6 months", at="start + P6M", window="P2W"),
        ],
        "milestones": [Milestone(id="first-results", title="First results", at="session 5")],
    }
    return Protocol(**(fields | changes))


def one_phase(**fields: Any) -> Protocol:
    """Give a protocol of a single phase."""
    return Protocol(id="single", title="Single phase", phases=[{"id": "course", **fields}])


def course_of(protocol: Protocol, start: datetime = START, **fields: Any) -> Course:
    """Give a course of a protocol."""
    usual: dict[str, Any] = {"id": "course-1", "protocol": protocol, "start": start}
    return Course(**(usual | fields))


def plan_of(
    protocol: Protocol, start: datetime = START, clinic: Clinic = ALWAYS_OPEN, **options: Any
) -> Plan:
    """Plan a fresh course of a protocol."""
    return schedule(course_of(protocol, start), clinic, as_of=AS_OF, **options)


def days_of(plan: Plan, phase: str | None = None) -> list[date]:
    """Give the days of a plan's sessions, of one phase or of all."""
    return [v.day for v in plan.sessions if phase in {None, v.phase}]


def codes_of(plan: Plan) -> list[str]:
    """Give the codes of a plan's findings."""
    return [finding.code for finding in plan.findings]
