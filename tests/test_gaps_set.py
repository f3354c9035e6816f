"""The gap that is set at a session (`next_after`), where it is not what follows (M3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mesoplan import Attended, Clinic, Closure, Plan, Protocol, schedule
from samples import ALWAYS_OPEN, AS_OF, START, course_of, one_phase

FIRST = {"id": "a", "every": "P4W", "sessions": 2, "min_interval": "P3W"}
NEXT = {"id": "b", "every": "P8W", "sessions": 2}


def planned(phases: list[dict[str, Any]], visit: str, gap: str) -> Plan:
    """Return the plan after a session, and all before it, took place; the gap is set at the last."""
    protocol = Protocol(id="x", title="X", phases=phases)
    before = schedule(course_of(protocol), ALWAYS_OPEN, as_of=AS_OF)
    keys = [each.key for each in before.sessions]
    came = [Attended(visit=key) for key in keys[: keys.index(visit)]]
    course = before.course.record(*came, Attended(visit=visit, next_after=gap))
    as_of = before.visit(visit).start.astimezone(UTC)
    return schedule(course, ALWAYS_OPEN, as_of=as_of, previous=before)


WRITTEN = NEXT | {"starts": "last session of a + P10W"}
SET = "a: the gap of %s that was set at its last session"
SAID: list[tuple[list[dict[str, Any]], str, str, str | None, str]] = [
    ([FIRST, NEXT], "a-1", "P5W", None, "it is kept"),
    (
        [FIRST, NEXT],
        "a-1",
        "P1W",
        f"{SET % '1 week'} is below the minimum, and 3 weeks is taken",
        "below the minimum of the phase",
    ),
    ([FIRST, NEXT], "a-2", "P5W", None, "it leads to the next phase"),
    (
        [FIRST, NEXT],
        "a-2",
        "P1W",
        f"{SET % '1 week'} is below the minimum, and 4 weeks is taken",
        "below the minimum of the next phase",
    ),
    (
        [FIRST, WRITTEN],
        "a-2",
        "P5W",
        f"{SET % '5 weeks'} is not used: b counts from last session of a",
        "a written anchor stands",
    ),
    ([FIRST], "a-2", "P5W", None, "nothing follows"),
]


@pytest.mark.parametrize(("phases", "visit", "gap", "said", "why"), SAID, ids=[r[-1] for r in SAID])
def test_a_gap_that_is_not_kept_is_a_finding(
    phases: list[dict[str, Any]], visit: str, gap: str, said: str | None, why: str
) -> None:
    """What was meant and what stands differ, and nobody would see it from the days."""
    found = [f.message for f in planned(phases, visit, gap).findings if f.code == "gap-not-kept"]
    assert found == ([] if said is None else [said]), why


def test_a_visit_that_has_passed_still_says_what_kept_it_from_its_target() -> None:
    """Beside that nothing is recorded of it."""
    closed = Clinic(
        timezone="Europe/Istanbul",
        closures=[Closure(first=START.date().replace(day=11), reason="Painters")],
    )
    protocol = one_phase(every="P1W", sessions=3, window="P2D")
    before = schedule(course_of(protocol), closed, as_of=AS_OF)
    later = schedule(
        before.course, closed, as_of=datetime(2026, 12, 15, 9, tzinfo=UTC), previous=before
    )
    assert [reason.code for reason in later.visit("course-2").reasons] == ["unrecorded", "closed"]
    again = schedule(later.course, closed, as_of=later.as_of, previous=later)
    assert again == later
