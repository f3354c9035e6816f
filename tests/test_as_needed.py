"""A phase as needed: begun by a fact or by an outcome, and again as a new run (M2, M4, M7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from mesoplan import (
    Anchor,
    Attended,
    Begun,
    Cancelled,
    Clinic,
    Closure,
    Corrected,
    Ended,
    Extended,
    Fact,
    Missed,
    Paused,
    Plan,
    Protocol,
    ProtocolError,
    RecordError,
    Resumed,
    Reviewed,
    Stopped,
    check_protocol,
    combine,
    compare,
    dump_protocol,
    load_protocol,
    schedule,
)
from samples import ALWAYS_OPEN, AS_OF, START, codes_of, course_of

COURSE = {"id": "a", "every": "P1W", "sessions": 2}
RELAPSE = {"id": "r", "starts": "as needed", "every": "P1W", "sessions": 3, "window": "P2D"}
CHECK = {
    "id": "check",
    "at": "start + P4W",
    "every": "P4W",
    "until": "P1Y",
    "outcomes": ["well", "relapse"],
}
ON_RELAPSE = {"requires": {"review": "check", "outcome": "relapse"}}


def on_relapse(*more: dict[str, Any], **changed: Any) -> Protocol:
    """Return two sessions, and a phase of three that is begun as needed or by a review."""
    phases = [COURSE, RELAPSE | changed, *more]
    return Protocol(id="relapse", title="Relapse", phases=phases, reviews=[CHECK])


def day(number: int) -> date:
    """Return the day so many days after the start."""
    return START.date() + timedelta(days=number)


def noon(number: int) -> datetime:
    """Return noon so many days after the start."""
    return datetime(2026, 12, 4, 12, tzinfo=UTC) + timedelta(days=number)


def came(*keys: str) -> list[Fact]:
    """Return that these sessions took place where they stood."""
    return [Attended(visit=key) for key in keys]


def stand(plan: Plan, phase: str = "r") -> dict[str, int]:
    """Return the sessions of a phase that stand or took place, as days after the start."""
    found = (visit for visit in plan.sessions if not visit.lost and visit.phase == phase)
    return {visit.key: (visit.day - START.date()).days for visit in found}


def told(
    protocol: Protocol, *steps: tuple[int, list[Fact]], clinic: Clinic = ALWAYS_OPEN
) -> list[Plan]:
    """Return the plans of a course: the first one, and one after each step, planned at noon of its day."""
    plans = [schedule(course_of(protocol), clinic, as_of=AS_OF)]
    for now, facts in steps:
        course = plans[-1].course.record(*facts)
        plans.append(schedule(course, clinic, as_of=noon(now), previous=plans[-1]))
        again = schedule(course, clinic, as_of=noon(now), previous=plans[-1])
        assert again == plans[-1], "planning again changes nothing"
    return plans


DONE = came("a-1", "a-2")
BEGUN = Begun(phase="r", on=day(60))
RUN = came("r-1", "r-2", "r-3")


class Case(NamedTuple):
    """What was told on which day, and where the sessions of the phase stand then."""

    why: str
    changed: dict[str, Any]
    steps: list[tuple[int, list[Fact]]]
    expected: dict[str, int]


FIRST = {"r-1": 60, "r-2": 67, "r-3": 74}
CASES = [
    Case("it has no session until it is begun", {}, [(30, DONE)], {}),
    Case("from that day on", {}, [(50, [*DONE, BEGUN])], FIRST),
    Case(
        "told on the very day it begins on the next, as for anything new",
        {},
        [(60, [*DONE, BEGUN])],
        {"r-1": 61, "r-2": 68, "r-3": 75},
    ),
    Case(
        "told late with a session that has taken place, it counts from that day",
        {},
        [(63, [*DONE, BEGUN, Attended(visit="r-1", at=START + timedelta(days=60))])],
        FIRST,
    ),
    Case(
        "again once it is over, and numbers begin with 1",
        {},
        [(50, [*DONE, BEGUN]), (80, RUN), (90, [Begun(phase="r", on=day(100))])],
        {**FIRST, "r-1.2": 100, "r-2.2": 107, "r-3.2": 114},
    ),
    Case(
        "again once it was ended: only that run",
        *({}, [(50, [*DONE, BEGUN]), (65, [*came("r-1"), Ended(phase="r", on=day(66))])]),
        {"r-1": 60},
    ),
    Case(
        "what the end called off is never taken again",
        {},
        [
            (50, [*DONE, BEGUN]),
            (65, [*came("r-1"), Ended(phase="r", on=day(66)), Begun(phase="r", on=day(70))]),
        ],
        {"r-1": 60, "r-1.2": 70, "r-2.2": 77, "r-3.2": 84},
    ),
    Case(
        "what was missed in one run is not owed by the next",
        {"if_missed": "skip"},
        [
            (50, [*DONE, BEGUN]),
            (80, [*came("r-1", "r-2"), Missed(visit="r-3")]),
            (81, [Begun(phase="r", on=day(90))]),
        ],
        {"r-1": 60, "r-2": 67, "r-1.2": 90, "r-2.2": 97, "r-3.2": 104},
    ),
    Case(
        "what is recorded late belongs to the run in which it stood",
        {},
        [
            (50, [*DONE, BEGUN]),
            (75, [*came("r-1"), Ended(phase="r", on=day(76)), Begun(phase="r", on=day(90))]),
            (80, [Attended(visit="r-2"), Missed(visit="r-3")]),
        ],
        {"r-1": 60, "r-2": 67, "r-1.2": 90, "r-2.2": 97, "r-3.2": 104},
    ),
    Case(
        "sessions are added to the run that goes on",
        {},
        [(50, [*DONE, BEGUN, Extended(sessions=1, phase="r")])],
        {**FIRST, "r-4": 81},
    ),
    Case(
        "and not to the next",
        {},
        [
            (50, [*DONE, BEGUN, Extended(sessions=1, phase="r")]),
            (82, [*RUN, *came("r-4")]),
            (83, [Begun(phase="r", on=day(90))]),
        ],
        {**FIRST, "r-4": 81, "r-1.2": 90, "r-2.2": 97, "r-3.2": 104},
    ),
    Case(
        "it is made up in its run",
        *({}, [(50, [*DONE, BEGUN]), (68, [*came("r-1"), Missed(visit="r-2")])]),
        {"r-1": 60, "r-3": 74, "r-2.2": 81},
    ),
    Case(
        "an outcome begins it, from the day of the review on",
        *({**ON_RELAPSE}, [(57, [*DONE, Reviewed(visit="check-2", outcome="relapse")])]),
        {"r-1": 58, "r-2": 65, "r-3": 72},
    ),
    Case(
        "another outcome begins nothing",
        *({**ON_RELAPSE}, [(57, [*DONE, Reviewed(visit="check-2", outcome="well")])]),
        {},
    ),
    Case(
        "each time that it comes",
        {**ON_RELAPSE},
        [
            (57, [*DONE, Reviewed(visit="check-2", outcome="relapse")]),
            (73, RUN),
            (113, [Reviewed(visit="check-4", outcome="relapse")]),
        ],
        {"r-1": 58, "r-2": 65, "r-3": 72, "r-1.2": 114, "r-2.2": 121, "r-3.2": 128},
    ),
    Case(
        "while it goes on it goes on",
        {**ON_RELAPSE, "sessions": 6},
        [
            (57, [*DONE, Reviewed(visit="check-2", outcome="relapse")]),
            (85, [*RUN, *came("r-4"), Reviewed(visit="check-3", outcome="relapse")]),
        ],
        {"r-1": 58, "r-2": 65, "r-3": 72, "r-4": 79, "r-5": 86, "r-6": 93},
    ),
    Case(
        "a person begins it without the outcome",
        *({**ON_RELAPSE}, [(50, [*DONE, BEGUN])]),
        FIRST,
    ),
    Case(
        "it goes on after a hold",
        *({}, [(50, [*DONE, BEGUN]), (62, [*came("r-1"), Paused(on=day(62))])]),
        FIRST,
    ),
    Case(
        "as a whole",
        {},
        [
            (50, [*DONE, BEGUN]),
            (62, [*came("r-1"), Paused(on=day(62))]),
            (90, [Resumed(on=day(93))]),
        ],
        {"r-1": 60, "r-2": 95, "r-3": 102},
    ),
    Case("a chain", {"rhythm": "chain"}, [(50, [*DONE, BEGUN])], FIRST),
    Case(
        "a list again",
        {"every": None, "sessions": None, "at": ["P0D", "P3D"], "window": None},
        [
            (50, [*DONE, BEGUN]),
            (70, came("r-1", "r-2")),
            (71, [Begun(phase="r", on=day(80))]),
        ],
        {"r-1": 60, "r-2": 63, "r-1.2": 80, "r-2.2": 83},
    ),
    Case(
        "a span again",
        {"sessions": None, "until": "P2W"},
        [
            (50, [*DONE, BEGUN]),
            (70, came("r-1", "r-2")),
            (71, [Begun(phase="r", on=day(80))]),
        ],
        {"r-1": 60, "r-2": 67, "r-1.2": 80, "r-2.2": 87},
    ),
    Case(
        "at home",
        *({"place": "home"}, [(50, [*DONE, BEGUN])]),
        FIRST,
    ),
    Case(
        "the beginning taken back",
        {},
        [(50, [*DONE, BEGUN]), (51, [Corrected(number=3)])],
        {},
    ),
    Case(
        "the second one taken back, the first run is as it was",
        {},
        [
            (50, [*DONE, BEGUN]),
            (80, RUN),
            (90, [Begun(phase="r", on=day(100))]),
            (91, [Corrected(number=7)]),
        ],
        FIRST,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.why for case in CASES])
def test_a_phase_as_needed(case: Case) -> None:
    """It is laid from the day on which it was begun, and each time anew."""
    plan = told(on_relapse(**case.changed), *case.steps)[-1]
    assert stand(plan) == case.expected
    assert not {"not-reached", "given-up", "horizon"} & {*codes_of(plan)}


def test_each_change_says_why() -> None:
    """It was begun, by whom or by what; and it was taken back."""
    protocol = on_relapse(**ON_RELAPSE)
    begun = told(protocol, (50, DONE), (51, [BEGUN]), (52, [Corrected(number=3)]))
    reasons = [
        {change.key: change.reason for change in later.changes_since(before)}
        for before, later in pairwise(begun[1:])
    ]
    assert reasons[0]["r-2"] == "as r was begun; on its target 2027-02-09"
    assert reasons[1]["r-2"] == "the beginning of r was taken back"
    relapse = Reviewed(visit="check-2", outcome="relapse")
    first, second = told(protocol, (50, DONE), (57, [relapse]))[1:]
    told_why = {change.key: change.reason for change in second.changes_since(first)}
    assert told_why["r-2"] == "check-2 concluded: relapse; on its target 2027-02-07"


def test_a_second_run_counts_for_itself_and_the_first_stays() -> None:
    """Titles count from 1, and adherence counts both runs."""
    again: list[Fact] = [Begun(phase="r", on=day(100))]
    plan = told(on_relapse(), (50, [*DONE, BEGUN]), (80, RUN), (90, again))[-1]
    assert plan.visit("r-3").title == "R session 3 of 3"
    assert plan.visit("r-1.2").title == "R session 1 of 3"
    assert (plan.adherence(day(90)).attended, plan.adherence(day(90)).left) == (5, 3)
    second = {change.key: change.reason for change in plan.changes_since(told(on_relapse())[0])}
    assert second["r-1.2"] == "as r was begun; on its target 2027-03-14"


def test_in_one_batch_as_one_at_a_time() -> None:
    """A log that is told at once ends in the same days."""
    facts = [*DONE, BEGUN, *RUN, Begun(phase="r", on=day(100)), *came("r-1.2")]
    at_once = schedule(course_of(on_relapse(), facts=facts), ALWAYS_OPEN, as_of=noon(101))
    assert stand(at_once) == {**FIRST, "r-1.2": 100, "r-2.2": 107, "r-3.2": 114}
    assert at_once.visit("r-1.2").number == 1


def test_the_first_possible_day() -> None:
    """The rhythm counts from where its first session can stand, and stays there."""
    closed = Clinic(timezone="Europe/Istanbul", closures=[Closure(first=day(58), last=day(61))])
    plans = told(on_relapse(), (50, [*DONE, BEGUN]), (63, []), clinic=closed)
    assert [stand(plan) for plan in plans[1:]] == 2 * [{"r-1": 62, "r-2": 69, "r-3": 76}]
    assert "unrecorded" in codes_of(plans[-1])


NEXT = {"id": "b", "every": "P4W", "sessions": 1}
FOLLOWS: list[tuple[dict[str, Any], list[tuple[int, list[Fact]]], int, str]] = [
    ({}, [(8, [])], 35, "what has never begun is passed over"),
    ({}, [(8, [*DONE, Begun(phase="r", on=day(10))])], 52, "it follows the latest run"),
    (
        {"sessions": None},
        [(8, [])],
        35,
        "nothing waits for the end of what has no end, as long as it has not begun",
    ),
    (
        {"sessions": None},
        [(8, [*DONE, Begun(phase="r", on=day(10))]), (20, [Ended(phase="r", on=day(21))])],
        45,
        "once begun it is ended first",
    ),
]


@pytest.mark.parametrize(("changed", "steps", "stands", "why"), FOLLOWS)
def test_a_phase_behind_one_as_needed(
    changed: dict[str, Any], steps: list[tuple[int, list[Fact]]], stands: int, why: str
) -> None:
    """A default anchor counts from the last session before it."""
    plan = told(on_relapse(NEXT, **changed), *steps)[-1]
    assert list(stand(plan, "b").values()) == [stands], why


def test_behind_a_run_without_an_end_the_next_phase_waits() -> None:
    """As behind any other phase without an end; the horizon is told once it has begun."""
    protocol = on_relapse(NEXT, sessions=None).replace(reviews=[])
    before, later = told(protocol, (8, [*DONE, Begun(phase="r", on=day(10))]))
    assert stand(later, "b") == {}
    assert ["horizon" in codes_of(plan) for plan in (before, later)] == [False, True]


def test_a_course_may_begin_with_the_phase_after_one_as_needed() -> None:
    """Its first session is the start."""
    protocol = Protocol(id="x", title="X", phases=[RELAPSE, COURSE])
    assert stand(told(protocol)[0], "a") == {"a-1": 0, "a-2": 7}


def test_what_counts_from_a_phase_that_never_began_waits_in_silence() -> None:
    """It may never be needed; what counts from a session that the run has not is told."""
    control = {"id": "control", "at": "last session of r + P1M"}
    fifth = {"id": "fifth", "at": "session 5 of r", "every": None}
    later = {"id": "b", "starts": "last session of r + P4W", "every": "P1W", "sessions": 1}
    protocol = on_relapse(later, max_sessions=6).replace(reviews=[control, fifth])
    first, begun = told(protocol, (50, [*DONE, BEGUN]))
    assert ("not-reached" in codes_of(first), codes_of(begun).count("not-reached")) == (False, 1)
    assert (begun.visit("control").day, stand(begun, "b")) == (date(2027, 3, 16), {"b-1": 102})


STILL = "(record Ended first, or Extended for more sessions)"
REFUSED: list[tuple[dict[str, Any], list[Fact], str, str]] = [
    (
        {},
        [Begun(phase="x", on=day(8))],
        "fact 1, phase: is not a phase of this course, got x (known: a, r)",
        "an unknown phase",
    ),
    (
        {},
        [Begun(phase="a", on=day(8))],
        (
            "fact 1, phase: begins by itself, got a "
            '(write starts = "as needed", or record Moved for its first session)'
        ),
        "a phase that is not as needed",
    ),
    (
        {},
        [Begun(phase="r", on=day(-1))],
        (
            "fact 1, on: lies before the start 2026-12-04, got 2026-12-03 "
            "(give a later day, or the course another start)"
        ),
        "before the start",
    ),
    (
        {},
        [BEGUN, Begun(phase="r", on=day(90))],
        f"fact 2, phase: was already begun on 2027-02-02, and goes on, got r {STILL}",
        "nothing of the run is recorded",
    ),
    (
        {},
        [BEGUN, *came("a-1", "r-1", "r-2"), Begun(phase="r", on=day(90))],
        f"fact 5, phase: was already begun on 2027-02-02, and goes on, got r {STILL}",
        "one is left",
    ),
    (
        {},
        [BEGUN, *RUN, Extended(sessions=1, phase="r"), Begun(phase="r", on=day(90))],
        f"fact 6, phase: was already begun on 2027-02-02, and goes on, got r {STILL}",
        "one more was agreed on",
    ),
    (
        {},
        [BEGUN, *came("r-1", "r-2"), Missed(visit="r-3"), Begun(phase="r", on=day(90))],
        f"fact 5, phase: was already begun on 2027-02-02, and goes on, got r {STILL}",
        "one is made up",
    ),
    (
        {"sessions": None},
        [BEGUN, *RUN, Begun(phase="r", on=day(190))],
        f"fact 5, phase: was already begun on 2027-02-02, and goes on, got r {STILL}",
        "it has no end",
    ),
    (
        {"sessions": None, "until": "P4W"},
        [BEGUN, Begun(phase="r", on=day(87))],
        f"fact 2, phase: was already begun on 2027-02-02, and goes on, got r {STILL}",
        "its span is not over",
    ),
    (
        {},
        [BEGUN, Ended(phase="r", on=day(70)), Begun(phase="r", on=day(69))],
        (
            "fact 3, on: lies before the end of the run before, on 2027-02-12, got 2027-02-11 "
            "(give a later day)"
        ),
        "two runs at one time",
    ),
    (
        {},
        [Ended(phase="r", on=day(70))],
        "fact 1, phase: has not begun, got r (record Begun first)",
        "nothing to end",
    ),
    (
        {},
        [Extended(sessions=1, phase="r")],
        "fact 1, phase: has not begun, got r (record Begun first)",
        "nothing to add to",
    ),
    (
        {},
        [BEGUN, Ended(phase="r", on=day(70)), Ended(phase="r", on=day(71))],
        "fact 3, phase: was already ended on 2027-02-12, got r (undo the earlier fact first)",
        "ended twice",
    ),
    (
        {},
        [Stopped(on=day(8)), BEGUN],
        (
            "fact 2, on: comes after a stop: the course was stopped on 2026-12-12, got 2027-02-02 "
            "(undo Stopped, or start anew)"
        ),
        "the course is over",
    ),
]


@pytest.mark.parametrize(("changed", "facts", "said", "why"), REFUSED)
def test_what_contradicts_a_beginning(
    changed: dict[str, Any], facts: list[Fact], said: str, why: str
) -> None:
    """It is refused when it is recorded."""
    with pytest.raises(RecordError) as refused:
        course_of(on_relapse(**changed)).record(*facts)
    assert [str(fault) for fault in refused.value.faults] == [said], why


TAKEN: list[tuple[dict[str, Any], list[Fact], str]] = [
    (
        {},
        [BEGUN, Ended(phase="r", on=day(70)), Begun(phase="r", on=day(70))],
        "the run was ended",
    ),
    (
        {},
        [
            *(BEGUN, Ended(phase="r", on=day(70)), Begun(phase="r", on=day(70))),
            *(Ended(phase="r", on=day(80)), Begun(phase="r", on=day(90))),
            Extended(sessions=1, phase="r"),
        ],
        "each run has its own end",
    ),
    (
        {"if_cancelled": "skip"},
        [BEGUN, *came("r-1", "r-2"), Cancelled(visit="r-3"), Begun(phase="r", on=day(90))],
        "nothing of it is owed any more",
    ),
    (
        {"sessions": None, "until": "P4W"},
        [BEGUN, Begun(phase="r", on=day(88))],
        "its span is over",
    ),
    (
        {**ON_RELAPSE},
        [Reviewed(visit="check-1", outcome="relapse"), Ended(phase="r", on=day(70))],
        "an outcome has begun it",
    ),
]


@pytest.mark.parametrize(("changed", "facts", "why"), TAKEN)
def test_what_does_not_contradict_a_beginning(
    changed: dict[str, Any], facts: list[Fact], why: str
) -> None:
    """It is recorded."""
    assert course_of(on_relapse(**changed)).record(*facts).facts == tuple(facts), why


def test_a_run_that_goes_on_is_not_begun_again_by_the_plan() -> None:
    """What only the plan can tell, such as a session that an outcome began, is refused with it."""
    relapse = Reviewed(visit="check-2", outcome="relapse")
    plan = told(on_relapse(**ON_RELAPSE), (57, [*DONE, relapse]))[-1]
    course = plan.course.record(Begun(phase="r", on=day(60)))
    with pytest.raises(RecordError) as refused:
        schedule(course, ALWAYS_OPEN, as_of=noon(58), previous=plan)
    said = f"fact 4, phase: goes on: r-1 stands on 2027-01-31, got r {STILL}"
    assert [str(fault) for fault in refused.value.faults] == [said]


def test_how_it_is_written() -> None:
    """In TOML as in Python; it has no offset, and nothing else counts from there."""
    protocol = on_relapse(**ON_RELAPSE)
    assert 'starts = "as needed"' in dump_protocol(protocol, "toml")
    assert load_protocol(dump_protocol(protocol, "toml")) == protocol
    with pytest.raises(ProtocolError, match="has an offset"):
        Anchor("as needed + P1W")
    with pytest.raises(ProtocolError, match="counts from no day"):
        protocol.replace(reviews=[{"id": "x", "at": "as needed"}, CHECK])


def test_the_checker_knows_that_it_waits_for_a_fact() -> None:
    """Neither it nor what counts from it waits for ever; it never shuts out another outcome."""
    control = {"id": "control", "at": "last session of r + P1M", "outcomes": ["well", "relapse"]}
    again = {"requires": {"review": "control", "outcome": "relapse"}}
    b = {"id": "b", "starts": "last session of r + P4W", "every": "P4W", "sessions": 1}
    phases = [COURSE, RELAPSE | again, b]
    protocol = Protocol(id="x", title="X", phases=phases, reviews=[CHECK, control])
    found = {remark.rule for remark in check_protocol(protocol)}
    assert not found & {"MP110", "MP111", "MP112", "MP118", "MP122", "MP123", "MP221", "MP223"}


def test_what_is_made_of_it() -> None:
    """A combination leaves it as needed, and a comparison tells it."""
    other = Protocol(id="o", title="Other", treatment="Other", phases=[COURSE | {"id": "o"}])
    both = combine(on_relapse(), other, id="both", title="Both")
    assert [str(phase.starts) for phase in both.phases if phase.id == "r"] == ["as needed"]
    changed = on_relapse(starts="last session of a + P1M")
    assert any("as needed" in str(difference) for difference in compare(on_relapse(), changed))
