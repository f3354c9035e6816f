"""The course that so many no-shows in a row stop (M7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from mesoplan import (
    Attended,
    Cancelled,
    Corrected,
    Ended,
    Missed,
    Phase,
    Plan,
    Protocol,
    ProtocolError,
    Review,
    Stopped,
    schedule,
)
from samples import ALWAYS_OPEN, AS_OF, START, codes_of, course_of


def noon(number: int) -> datetime:
    """Return noon so many days after the start."""
    return datetime(2026, 12, 4, 12, tzinfo=UTC) + timedelta(days=number)


def lived(*steps: list[Any], most: int | None = 2) -> list[Plan]:
    """Return the first plan of ten weeks, and one after each step, two weeks apart."""
    phase = Phase(id="a", every="P1W", sessions=10, stop_after_missed=most)
    review = Review(id="look", at="start + P12W")
    course = course_of(Protocol(id="x", title="X", phases=[phase], reviews=[review]))
    plans = [schedule(course, ALWAYS_OPEN, as_of=AS_OF)]
    for number, facts in enumerate(steps, 1):
        course = plans[-1].course.record(*facts)
        plans.append(schedule(course, ALWAYS_OPEN, as_of=noon(14 * number), previous=plans[-1]))
    return plans


def is_stopped(plan: Plan) -> bool:
    """Whether nothing is to come, and the plan says why."""
    stopped = "no-shows" in codes_of(plan)
    assert stopped == all(not visit.upcoming for visit in plan.visits if visit.start > plan.as_of)
    return stopped


def missed(*numbers: int) -> list[Any]:
    """Return that nobody came to these sessions."""
    return [Missed(visit=f"a-{number}") for number in numbers]


class Case(NamedTuple):
    """What is recorded, and whether the course is stopped after two in a row."""

    why: str
    facts: list[Any]
    stopped: bool


CASES = [
    Case("two in a row", missed(1, 2), stopped=True),
    Case("one", missed(2), stopped=False),
    Case(
        "one between that took place",
        [*missed(1), Attended(visit="a-2"), *missed(3)],
        stopped=False,
    ),
    Case("what was called off is none", [*missed(1), Cancelled(visit="a-2")], stopped=False),
    Case(
        "and does not end the row", [*missed(1), Cancelled(visit="a-2"), *missed(3)], stopped=True
    ),
    Case("two after one that took place", [Attended(visit="a-1"), *missed(2, 3)], stopped=True),
]


@pytest.mark.parametrize("case", CASES, ids=[case.why for case in CASES])
def test_no_shows_in_a_row(case: Case) -> None:
    """Only no-shows count, and only those between which no session took place."""
    plan = lived(case.facts)[-1]
    assert is_stopped(plan) == case.stopped
    again = schedule(plan.course, ALWAYS_OPEN, as_of=plan.as_of, previous=plan)
    assert again == plan
    assert not is_stopped(lived(case.facts, most=None)[-1])
    assert is_stopped(schedule(plan.course, ALWAYS_OPEN, as_of=plan.as_of)) == case.stopped


def test_the_finding_and_the_changes_say_why() -> None:
    """And the days before the stop stay."""
    before, plan = lived(missed(1, 2))
    said = [str(finding) for finding in plan.findings if finding.code == "no-shows"]
    assert said == ["the course is stopped from 2026-12-12 on, after 2 no-shows in a row of a"]
    told = {change.key: change.reason for change in plan.changes_since(before)}
    assert told["a-3"] == told["look"] == "the course was stopped after too many no-shows in a row"
    assert told["a-2"] is None


@pytest.mark.parametrize("number", [1, 2])
def test_it_is_undone_when_one_of_them_was_a_slip(number: int) -> None:
    """The visits come back under their keys."""
    first, stopped, mended = lived(missed(1, 2), [Corrected(number=number)])
    assert (is_stopped(stopped), is_stopped(mended)) == (True, False)
    coming = {visit.key for visit in mended.sessions if visit.upcoming}
    made_up = {f"a-{3 - number}.2"}
    assert coming == {v.key for v in first.sessions} - {f"a-{3 - number}"} | made_up


def test_an_earlier_stop_stays_the_end() -> None:
    """The first of the two holds."""
    stop = Stopped(on=START.date() + timedelta(days=5))
    plan = lived([stop, *missed(1, 2)])[-1]
    assert plan.visit("look").status == "cancelled"
    late = Stopped(on=START.date() + timedelta(days=50))
    assert is_stopped(lived([late, *missed(1, 2)])[-1])


def test_a_new_version_without_the_rule_leaves_what_was_decided() -> None:
    """History stands; and a rule that comes later counts from then on."""
    _, plan = lived(missed(1, 2))
    phase = plan.course.protocol.phases[0].replace(stop_after_missed=None)
    course = plan.course.replace(protocol=plan.course.protocol.replace(phases=[phase]))
    assert is_stopped(schedule(course, ALWAYS_OPEN, as_of=plan.as_of, previous=plan))


def test_none_in_a_row_is_no_number() -> None:
    """At least one."""
    with pytest.raises(ProtocolError, match="stop_after_missed"):
        Phase(id="a", every="P1W", stop_after_missed=0)


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (missed(3), "one more is recorded of a visit that was called off"),
        ([Attended(visit="a-3")], "one took place all the same"),
    ],
)
def test_what_is_recorded_after_the_stop_is_not_what_has_stopped_the_course(
    after: list[Any], why: str
) -> None:
    """The finding tells of those in a row when it was decided."""
    for plan in lived(missed(1, 2), after)[1:]:
        said = [str(finding) for finding in plan.findings if finding.code == "no-shows"]
        day = "the course is stopped from 2026-12-12 on"
        assert said == [f"{day}, after 2 no-shows in a row of a"], why


def test_recorded_in_any_order_no_shows_stop_the_course_behind_the_last_of_them() -> None:
    """The second was told of first."""
    stopped, other = lived(missed(1, 2))[-1], lived(missed(2, 1))[-1]
    said = [[each.message for each in plan.findings] for plan in (stopped, other)]
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("over", "code", "why"),
    [
        (Stopped(on=date(2026, 12, 10)), "after-stop", "the course was stopped"),
        (Ended(phase="a", on=date(2026, 12, 10)), "after-end", "a was ended"),
    ],
)
def test_nobody_misses_what_was_called_off(over: Stopped | Ended, code: str, why: str) -> None:
    """It is recorded and said, and counts neither in the share that came nor for a row of no-shows."""
    plan = lived([Attended(visit="a-1"), over], missed(2), missed(3))[-1]
    found = [str(each) for each in plan.findings if each.code in {"after-stop", "after-end"}]
    assert found == [
        f"a-2: is recorded as missed on 2026-12-11, after {why}",
        f"a-3: is recorded as missed on 2026-12-18, after {why}",
    ]
    assert codes_of(plan).count(code) == len(found)
    assert "no-shows" not in codes_of(plan)
    assert plan.visit("a-2").status == "missed"
    assert plan.adherence(date(2026, 12, 31)).missed == 0


def test_one_more_that_is_told_late_changes_nothing_of_the_stop() -> None:
    """The course was stopped after two; that the session before was missed too is told afterwards."""
    plans = lived(missed(2, 3), missed(1))
    stops = [[f.message for f in plan.findings if f.code == "no-shows"] for plan in plans]
    assert stops[1] == stops[2] != []
