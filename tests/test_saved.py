"""What an earlier release saved opens in this one.

`tests/golden/saved` holds a plan and a course as each format was first written. They are never
rewritten: a new format gets files of its own (`python tests/test_saved.py` writes missing ones).
"""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mesoplan import (
    Attended,
    Away,
    Clinic,
    Closure,
    Course,
    Extended,
    Missed,
    Moved,
    Paused,
    Plan,
    Resumed,
    Reviewed,
    protocols,
    schedule,
)

SAVED = Path(__file__).parent / "golden" / "saved"
CLINIC = Clinic(
    name="Example Clinic",
    timezone="Europe/Istanbul",
    hours={"mon-fri": ["09:00-12:30", "14:00-18:30"], "sat": "10:00-14:00"},
    closures=[Closure(first=date(2027, 1, 1), last=date(2027, 1, 1), reason="New Year")],
)


def lived() -> Plan:
    """Give the plan of a course in which much has happened."""
    protocol = protocols.get("mesotherapy-weekly")
    course = Course(id="saved-1", protocol=protocol, start=datetime(2026, 12, 4, 17, 30))
    first = schedule(course, CLINIC, as_of=datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    course = course.record(
        Reviewed(visit="consultation", outcome="suitable"),
        *(Attended(visit=f"induction-{n}") for n in range(1, 6)),
        Missed(visit="induction-6"),
        Moved(visit="induction-8", to=datetime(2027, 1, 25, 10, 0)),
        Away(first=date(2027, 2, 10), last=date(2027, 2, 14)),
        Paused(on=date(2027, 2, 20)),
        Resumed(on=date(2027, 3, 6)),
        Extended(sessions=2),
    )
    return schedule(course, CLINIC, as_of=datetime(2027, 1, 10, 9, 0, tzinfo=UTC), previous=first)


@pytest.mark.parametrize("file", sorted(SAVED.glob("plan-*.json")), ids=lambda file: file.stem)
def test_a_saved_plan_opens_and_goes_on(file: Path) -> None:
    """It is read whole, and planning again from it changes nothing that was announced."""
    plan = Plan.model_validate_json(file.read_bytes())
    assert len(plan.visits) > 20
    assert Plan.model_validate_json(plan.model_dump_json()) == plan
    again = schedule(plan.course, plan.clinic, as_of=plan.as_of, previous=plan)
    assert [(v.key, v.start, v.revision) for v in again.visits] == [
        (v.key, v.start, v.revision) for v in plan.visits
    ]


@pytest.mark.parametrize("file", sorted(SAVED.glob("course-*.json")), ids=lambda file: file.stem)
def test_a_saved_course_opens_with_its_log_and_its_protocol(file: Path) -> None:
    """The protocol is the one that the course began with, whatever the catalogue says today."""
    course = Course.model_validate_json(file.read_bytes())
    assert len(course.facts) == 12
    assert course.protocol.phase("induction").sessions == 16
    assert course.undo().undone[0].fact == course.facts[-1]


def test_every_format_has_its_files() -> None:
    """A format without a saved example is not held to anything."""
    formats = {Plan.model_fields["format"].default, Course.model_fields["format"].default}
    for kind in ("plan", "course"):
        assert {(SAVED / f"{kind}-{number}.json").exists() for number in formats} == {True}


if __name__ == "__main__":
    SAVED.mkdir(exist_ok=True)
    for name, value in (("plan-1", lived()), ("course-1", lived().course)):
        if not (SAVED / f"{name}.json").exists():
            (SAVED / f"{name}.json").write_text(value.model_dump_json(indent=1) + "\n")
