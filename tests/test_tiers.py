"""What a late session means: the grid kept, counted on, a step taken again, or begun again (M4)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesoplan import (
    Attended,
    Away,
    Cancelled,
    Clinic,
    Closure,
    Course,
    Fact,
    Missed,
    Moved,
    Paused,
    Plan,
    Protocol,
    ProtocolError,
    Resumed,
    Tier,
    schedule,
)
from samples import ALWAYS_OPEN, AS_OF, START, course_of, one_phase

DAY = timedelta(days=1)
FIRST = START.date()
STEPS = ("10 %", "25 %", "50 %", "100 %")
TIERS: tuple[dict[str, Any], ...] = (
    {"late": "P3D", "then": "carry_on"},
    {"late": "P1W", "then": "repeat"},
    {"late": "P3W", "then": "step_back"},
    {"then": "restart"},
)
WEEKLY: dict[str, Any] = {"every": "P1W", "sessions": 6, "steps": STEPS, "tiers": TIERS}


def replanned(before: Plan, *facts: Fact, now: int, clinic: Clinic = ALWAYS_OPEN) -> Plan:
    """Record facts and plan again so many days after the start; planning is stable."""
    course = before.course.record(*facts)
    as_of = AS_OF + (FIRST - AS_OF.date()) + now * DAY
    later = schedule(course, clinic, as_of=as_of, previous=before)
    again = schedule(course, clinic, as_of=as_of, previous=later)
    assert again.model_dump_json() == later.model_dump_json()
    return later


def three_attended(protocol: Protocol) -> Plan:
    """Plan a course of which the first three sessions took place."""
    plan = schedule(course_of(protocol), ALWAYS_OPEN, as_of=AS_OF)
    return replanned(plan, *(Attended(visit=f"course-{n}") for n in (1, 2, 3)), now=17)


def steps(plan: Plan) -> list[tuple[int, str | None]]:
    """Return the days of the sessions after the third, with the step that each takes."""
    kept = [visit for visit in plan.sessions if not visit.lost]
    return [((visit.day - FIRST).days, visit.label) for visit in kept][3:]


def away(first: int, last: int) -> Away:
    """Return days away, counted from the start."""
    return Away(first=FIRST + first * DAY, last=FIRST + last * DAY)


@pytest.mark.parametrize(
    ("day", "expected", "why"),
    [
        (21, [(21, "100 %"), (28, None), (35, None)], "in time"),
        (24, [(24, "100 %"), (28, None), (35, None)], "three days late: carry on"),
        (25, [(25, "50 %"), (29, "100 %"), (35, None), (42, None)], "the last step again, one more"),
        (27, [(27, "50 %"), (31, "100 %"), (35, None), (42, None)], "the grid stays"),
    ],
)  # fmt: skip
def test_a_session_that_came_late(
    day: int, expected: list[tuple[int, str | None]], why: str
) -> None:
    """It is told once it has taken place, so many days after the start; due on day 21."""
    plan = three_attended(one_phase(**WEEKLY))
    came = Attended(visit="course-4", at=START + day * DAY)
    assert steps(replanned(plan, came, now=day + 1)) == expected, why


CLOSED = Closure(first=FIRST + 18 * DAY, last=FIRST + 32 * DAY, reason="Leave")
STEPPED_BACK = ["25 %", "50 %", "100 %", None, None]


@pytest.mark.parametrize(
    ("fields", "told", "now", "expected", "why"),
    [
        ({}, [away(18, 32)], 17, STEPPED_BACK, "days away"),
        ({}, [CLOSED], 17, STEPPED_BACK, "a closure"),
        (
            {},
            [Paused(on=FIRST + 18 * DAY), Resumed(on=FIRST + 32 * DAY)],
            17,
            STEPPED_BACK,
            "a hold",
        ),
        (
            {},
            [Missed(visit="course-4"), Missed(visit="course-5")],
            29,
            STEPPED_BACK,
            "two no-shows",
        ),
        (
            {},
            [Cancelled(visit="course-4"), Cancelled(visit="course-5")],
            17,
            STEPPED_BACK,
            "called off beforehand",
        ),
        ({"rhythm": "chain"}, [away(18, 32)], 17, STEPPED_BACK, "in a chain"),
        (
            {},
            [Missed(visit="course-4")],
            22,
            ["50 %", "100 %", None, None],
            "one no-show is a week: the last step again",
        ),
        ({}, [away(18, 22)], 17, ["100 %", None, None], "two days late"),
        (
            {"if_missed": "soon"},
            [Missed(visit="course-4")],
            22,
            ["100 %", None, None],
            "made up so soon that it is no delay",
        ),
        (
            {},
            [Moved(visit="course-4", to=START + 27 * DAY)],
            17,
            ["50 %", "100 %", None, None],
            "moved to six days late",
        ),
        (
            {"tiers": [TIERS[0], {"then": "step_back", "steps": 2}]},
            [away(18, 32)],
            17,
            ["10 %", "25 %", "50 %", "100 %", None, None],
            "two steps before the last one",
        ),
        (
            {"tiers": [TIERS[0], {"then": "step_back", "steps": 9}]},
            [away(18, 32)],
            17,
            ["10 %", "25 %", "50 %", "100 %", None, None],
            "no farther than the first",
        ),
        (
            {"every": None, "sessions": None, "at": ("P0D", "P1W", "P2W", "P3W", "P5W")},
            [away(18, 32)],
            17,
            ["25 %", "50 %"],
            "a list has no place for more",
        ),
    ],
)
def test_a_session_that_can_only_come_late(
    fields: dict[str, Any],
    told: list[Fact | Closure],
    now: int,
    expected: list[str | None],
    why: str,
) -> None:
    """One absence has one meaning, however it is told; it is planned so and then it is history."""
    facts = [each for each in told if not isinstance(each, Closure)]
    closures = [each for each in told if isinstance(each, Closure)]
    clinic = ALWAYS_OPEN.replace(closures=closures)
    plan = three_attended(one_phase(**WEEKLY | fields))
    later = replanned(plan, *facts, now=now, clinic=clinic)
    assert [label for _, label in steps(later)] == expected, why
    numbers = [visit.number for visit in later.sessions if not visit.lost]
    assert numbers == list(range(1, 4 + len(expected))), why
    following = next(visit for visit in later.sessions if visit.upcoming)
    day = (following.day - FIRST).days
    unrecorded = replanned(later, now=day + 1, clinic=clinic)
    assert [label for _, label in steps(unrecorded)] == expected, f"{why}, not recorded yet"
    history = replanned(later, Attended(visit=following.key), now=day + 1, clinic=clinic)
    assert [label for _, label in steps(history)] == expected, f"{why}, recorded"


def test_a_session_is_judged_once() -> None:
    """What it led to is history: a tier that is written later changes nothing of it."""
    protocol = one_phase(**WEEKLY)
    later = replanned(three_attended(protocol), away(18, 32), now=17)
    following = next(visit for visit in later.sessions if visit.upcoming)
    course = later.course.record(Attended(visit=following.key))
    plain = one_phase(every="P1W", sessions=6, steps=STEPS)
    as_of = following.end + DAY
    history = schedule(course.replace(protocol=plain), ALWAYS_OPEN, as_of=as_of, previous=later)
    assert [label for _, label in steps(history)] == STEPPED_BACK


def test_a_session_after_which_another_came_is_not_late() -> None:
    """A list gives its fifth dose when it can, after the fourth: that is no second delay."""
    protocol = one_phase(at=("P0D", "P1W", "P2W", "P3W", "P4W"), steps=STEPS, tiers=TIERS)
    later = replanned(three_attended(protocol), away(18, 32), now=17)
    assert steps(later) == [(33, "25 %"), (37, "50 %")]
    came = replanned(later, Attended(visit="course-4"), now=34)
    assert steps(came) == [(33, "25 %"), (37, "50 %")]
    both = replanned(came, Attended(visit="course-5"), now=38)
    assert steps(both) == [(33, "25 %"), (37, "50 %")]


def test_to_begin_again_forgets_the_steps_that_were_repeated() -> None:
    """The new run has as many sessions as the protocol says, from its first step on."""
    plan = replanned(three_attended(one_phase(**WEEKLY)), away(18, 22), now=17)
    plan = replanned(plan, Attended(visit="course-4", at=START + 26 * DAY), now=27)
    again = replanned(plan, away(27, 90), now=27)
    run = [visit for visit in again.sessions if visit.upcoming]
    assert [visit.label for visit in run] == [*STEPS, None, None]
    assert [(visit.number, visit.of) for visit in run] == [(n, 6) for n in range(1, 7)]
    first = replanned(again, Attended(visit=run[0].key), now=(run[0].day - FIRST).days + 1)
    assert first.visit(run[0].key).label == "10 %"


def test_steps_say_nothing_without_a_step_back() -> None:
    """They are refused there."""
    with pytest.raises(ProtocolError, match="steps: says nothing without a step back"):
        Tier(then="repeat", steps=2)
    assert Tier(then="step_back", steps=2).back(5) == 3


def _step(label: str | None) -> int:
    return len(STEPS) + 1 if label is None else STEPS.index(label) + 1


@settings(max_examples=25)
@given(
    absences=st.lists(st.tuples(st.integers(1, 60), st.integers(1, 25)), max_size=3),
    missed=st.sets(st.integers(2, 6), max_size=2),
)
def test_no_step_is_left_out(absences: list[tuple[int, int]], missed: set[int]) -> None:
    """Whatever happens, each session takes at most the step after that of the session before it."""
    tiers = [{"late": "P1W", "then": "repeat"}, {"then": "step_back", "steps": 2}]
    protocol = one_phase(every="P1W", sessions=4, steps=STEPS, tiers=tiers)
    plan = schedule(course_of(protocol), ALWAYS_OPEN, as_of=AS_OF)
    plan = replanned(plan, *(away(first, first + length) for first, length in absences), now=0)
    for number in range(1, 9):
        following = next((visit for visit in plan.sessions if visit.upcoming), None)
        if following is None:
            break
        fact: type[Attended | Missed] = Missed if number in missed else Attended
        now = (following.day - FIRST).days + 1
        plan = replanned(plan, fact(visit=following.key), now=now)
        taken = [_step(visit.label) for visit in plan.sessions if not visit.lost]
        assert all(later <= before + 1 for before, later in pairwise(taken))
        assert taken[-1] == len(STEPS)
        assert taken.count(len(STEPS)) >= 1


def test_a_course_keeps_its_steps_when_it_is_saved() -> None:
    """What a late session led to stands in the plan's own data."""
    later = replanned(three_attended(one_phase(**WEEKLY)), away(18, 32), now=17)
    opened = Plan.model_validate_json(later.model_dump_json())
    assert opened == later
    assert isinstance(opened.course, Course)


ABSENT: dict[str, tuple[int, list[Fact | Closure]]] = {
    "away": (10, [away(12, 39)]),
    "closure": (10, [Closure(first=FIRST + 12 * DAY, last=FIRST + 39 * DAY, reason="Leave")]),
    "hold": (10, [Paused(on=FIRST + 12 * DAY), Resumed(on=FIRST + 40 * DAY)]),
    "no-shows": (36, [Missed(visit=f"course-{n}") for n in (3, 4, 5, 6)]),
    "moved": (10, [Moved(visit="course-3", to=START + 40 * DAY)]),
}
RESTARTS: dict[str, dict[str, Any]] = {
    "restart_after": {"restart_after": "P4W"},
    "tiers": {"tiers": [{"late": "P3W", "then": "carry_on"}, {"then": "restart"}]},
}


@pytest.mark.parametrize("rule", RESTARTS)
@pytest.mark.parametrize(
    ("how", "rhythm"),
    [*((how, "grid") for how in ABSENT), *((how, "chain") for how in ("away", "closure", "hold"))],
)  # in a chain the others do not wait for one that was moved, and what is missed is made up at once
def test_a_dose_is_given_as_it_was_told(how: str, rhythm: str, rule: str) -> None:
    """A long absence begins again, however it is told; attended on its day, nothing else changes."""
    now, told = ABSENT[how]
    fields = {"every": "P1W", "sessions": 6, "window": "P2D", "steps": STEPS, "rhythm": rhythm}
    plan = schedule(course_of(one_phase(**fields, **RESTARTS[rule])), ALWAYS_OPEN, as_of=AS_OF)
    plan = replanned(plan, *(Attended(visit=f"course-{n}") for n in (1, 2)), now=8)
    facts = [each for each in told if not isinstance(each, Closure)]
    clinic = ALWAYS_OPEN.replace(closures=[each for each in told if isinstance(each, Closure)])
    told_plan = replanned(plan, *facts, now=now, clinic=clinic)
    first = min((v for v in told_plan.sessions if v.upcoming), key=lambda visit: visit.start)
    assert (first.number, first.of, first.label) == (1, 6, STEPS[0])
    recorded = replanned(
        told_plan, Attended(visit=first.key), now=(first.day - FIRST).days + 1, clinic=clinic
    )

    def shown(plan: Plan) -> list[tuple[object, ...]]:
        return [(v.key, v.start, v.number, v.of, v.label) for v in plan.sessions]

    assert shown(recorded) == shown(told_plan)


def test_a_run_begins_later_where_its_first_session_can_no_longer_stand() -> None:
    """It is announced, then the absence grows: the run has the sessions that it had, and no other."""
    fields = {"every": "P1W", "sessions": 4, "window": "P2D", "restart_after": "P4W"}
    plan = schedule(course_of(one_phase(**fields)), ALWAYS_OPEN, as_of=AS_OF)
    plan = replanned(plan, *(Attended(visit=f"course-{n}") for n in (1, 2)), now=8)
    plan = replanned(plan, away(12, 39), now=9)
    keys = [visit.key for visit in plan.sessions if visit.upcoming]
    later = replanned(plan, away(40, 46), now=10)
    assert {visit.key for visit in later.sessions if visit.upcoming} == {*keys}
    assert [visit.number for visit in later.sessions if visit.upcoming] == [1, 2, 3, 4]
