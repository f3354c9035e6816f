"""One phase ended early: what is called off, and how the next one follows (M3, M4, M7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from mesoplan import (
    Attended,
    Cancelled,
    Clinic,
    Closure,
    Ended,
    Extended,
    Missed,
    Moved,
    Paused,
    Phase,
    Plan,
    Protocol,
    RecordError,
    Resumed,
    Stopped,
    alternatives,
    schedule,
)
from samples import ALWAYS_OPEN, AS_OF, START, codes_of, course_of, weekly

WEEKLY = {"id": "a", "every": "P1W", "window": "P2D"}
LATER = {"id": "b", "every": "P4W", "sessions": 2}


def two(**first: Any) -> Protocol:
    """Return a weekly phase of six, and two sessions that follow four weeks after it."""
    return Protocol(id="two", title="Two", phases=[WEEKLY | {"sessions": 6} | first, LATER])


def day(number: int) -> date:
    """Return the day so many days after the start."""
    return START.date() + timedelta(days=number)


def noon(number: int) -> datetime:
    """Return noon so many days after the start."""
    return datetime(2026, 12, 4, 12, tzinfo=UTC) + timedelta(days=number)


def came(count: int, phase: str = "a") -> list[Attended]:
    """Return that the first sessions of a phase took place."""
    return [Attended(visit=f"{phase}-{number}") for number in range(1, count + 1)]


def replanned(
    protocol: Protocol, *facts: Any, now: int, clinic: Clinic = ALWAYS_OPEN
) -> tuple[Plan, Plan]:
    """Return the first plan, and the one after these facts."""
    course = course_of(protocol)
    before = schedule(course, clinic, as_of=AS_OF)
    return before, schedule(course.record(*facts), clinic, as_of=noon(now), previous=before)


def stand(plan: Plan) -> dict[str, int]:
    """Return the sessions that stand or took place, as days after the start."""
    return {v.key: (v.day - START.date()).days for v in plan.sessions if not v.lost}


class Case(NamedTuple):
    """A phase that is ended: what was told before, and what stands then, in days after the start."""

    why: str
    first: dict[str, Any]
    facts: list[Any]
    now: int
    on: int
    expected: dict[str, int]


TWO = {"a-1": 0, "a-2": 7, "b-1": 35, "b-2": 63}
THREE = {"a-1": 0, "a-2": 7, "a-3": 14, "b-1": 42, "b-2": 70}
CASES = [
    Case("the next counts from the last that stands", {}, came(2), 8, 8, TWO),
    Case(
        "what comes before the end stays",
        *({}, came(2), 8, 22),
        {"a-1": 0, "a-2": 7, "a-3": 14, "a-4": 21, "b-1": 49, "b-2": 77},
    ),
    Case(
        "without a session the next begins with the course",
        *({}, [Cancelled(visit="a-1")], 0, 5),
        {"b-1": 28, "b-2": 56},
    ),
    Case("behind a phase without an end the next begins", {"sessions": None}, came(2), 8, 8, TWO),
    Case("a chain", {"rhythm": "chain"}, came(2), 8, 15, THREE),
    Case("a chain without an end", {"rhythm": "chain", "sessions": None}, came(1), 1, 15, THREE),
    Case(
        "a list",
        {"every": None, "sessions": None, "at": ("P0D", "P7D", "P21D", "P35D")},
        *(came(1), 1, 21, TWO),
    ),
    Case("sessions at home are over as well", {"place": "home"}, [], 1, 14, TWO),
    Case(
        "what was missed is not made up behind the end",
        *({}, [*came(1), Missed(visit="a-2")], 8, 15),
        {"a-1": 0, "a-3": 14, "b-1": 42, "b-2": 70},
    ),
    Case(
        "a session that a person moved before the end stands before it",
        *({}, [*came(1), Moved(visit="a-4", to=START + timedelta(days=18))], 8, 19),
        {"a-1": 0, "a-2": 7, "a-3": 14, "a-4": 18, "b-1": 46, "b-2": 74},
    ),
    Case(
        "one that was moved behind the end stands on its place again",
        *({}, [*came(1), Moved(visit="a-3", to=START + timedelta(days=16))], 8, 15),
        THREE,
    ),
    Case(
        "nothing begins again behind the end",
        *({"restart_after": "P10D"}, [*came(1), Missed(visit="a-2")], 8, 14),
        {"a-1": 0, "b-1": 28, "b-2": 56},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.why for case in CASES])
def test_a_phase_that_was_ended(case: Case) -> None:
    """Nothing of it stands from that day on, and the next phase follows what does."""
    facts = [*case.facts, Ended(phase="a", on=day(case.on))]
    _, later = replanned(two(**case.first), *facts, now=case.now)
    assert stand(later) == case.expected
    assert "given-up" not in codes_of(later)
    again = schedule(later.course, ALWAYS_OPEN, as_of=noon(case.now), previous=later)
    assert again == later


def test_an_end_that_is_told_with_the_first_plan() -> None:
    """Nothing was announced: the phase is as long as it became."""
    course = course_of(two(), facts=[*came(2), Ended(phase="a", on=day(22))])
    plan = schedule(course, ALWAYS_OPEN, as_of=noon(8))
    assert stand(plan) == {"a-1": 0, "a-2": 7, "a-3": 14, "a-4": 21, "b-1": 49, "b-2": 77}
    assert plan.visit("a-4").title == "A session 4 of 4"


def test_what_is_called_off_says_that_the_phase_was_ended() -> None:
    """The visit, the change, and the numbers of what is left are true."""
    before, later = replanned(two(), *came(2), Ended(phase="a", on=day(15)), now=8)
    gone = later.visit("a-4")
    assert (gone.status, gone.revision) == ("cancelled", 1)
    assert str(gone.reasons[0]) == "no longer planned (a was ended); it stood on 2026-12-25"
    told = {change.key: change.reason for change in later.changes_since(before)}
    assert told["a-4"] == "a was ended on Sat 19 Dec 2026"
    assert later.visit("a-3").title == "A session 3 of 3"
    assert later.adherence(day(400)).left == 0
    assert later.adherence(day(8)).left == 3


def test_a_session_attended_after_the_end_is_counted_with_a_finding() -> None:
    """What was recorded as attended is in every count, whatever else the log says."""
    _, later = replanned(two(), *came(3), Ended(phase="a", on=day(8)), now=15)
    assert {finding.visit for finding in later.findings if finding.code == "after-end"} == {"a-3"}
    assert later.adherence(day(15)).attended == 3
    assert later.visit("b-1").day == day(42)
    told = later.course.record(Attended(visit="a-4", at=noon(16)))
    told_later = schedule(told, ALWAYS_OPEN, as_of=noon(17), previous=later)
    assert told_later.visit("a-4").status == "attended"
    assert codes_of(told_later).count("after-end") == 2


def test_a_session_without_a_record_is_past_before_the_end_and_called_off_behind_it() -> None:
    """It may still be recorded where it may have taken place."""
    _, later = replanned(two(), *came(1), Ended(phase="a", on=day(10)), now=16)
    assert [later.visit(key).status for key in ("a-2", "a-3")] == ["planned", "cancelled"]
    assert codes_of(later).count("unrecorded") == 1


def test_the_end_that_is_taken_back_brings_the_sessions_back() -> None:
    """Under their keys, with a higher revision, and the change says why."""
    before, later = replanned(two(), *came(2), Ended(phase="a", on=day(8)), now=8)
    back = schedule(later.course.undo(), ALWAYS_OPEN, as_of=noon(9), previous=later)
    assert stand(back) == stand(before)
    assert back.visit("a-3").revision == later.visit("a-3").revision + 1
    told = {change.key: change.reason for change in back.changes_since(later)}
    assert told["a-3"] == "the end of a was taken back"


def test_a_hold_and_an_end_are_both_kept() -> None:
    """What a hold would carry behind the end is not made up there."""
    held = [Paused(on=day(9)), Ended(phase="a", on=day(30))]
    _, waits = replanned(two(), *came(2), *held, now=9)
    assert [waits.visit(key).status for key in ("a-5", "a-6")] == ["on_hold", "cancelled"]
    course = waits.course.record(Resumed(on=day(24)))
    later = schedule(course, ALWAYS_OPEN, as_of=noon(22), previous=waits)
    assert {key: n for key, n in stand(later).items() if key[0] == "a"} == {
        "a-1": 0,
        "a-2": 7,
        "a-3": 28,
    }


def test_a_session_whose_day_is_closed_is_not_put_behind_the_end() -> None:
    """The place is given up, as the phase is over."""
    closed = Clinic(timezone="Europe/Istanbul", closures=[Closure(first=day(14), last=day(19))])
    _, later = replanned(two(window=None), Ended(phase="a", on=day(18)), now=1, clinic=closed)
    assert {key: n for key, n in stand(later).items() if key[0] == "a"} == {"a-1": 0, "a-2": 7}


def test_a_place_of_a_list_that_is_possible_only_behind_the_end_is_given_up() -> None:
    """What follows keeps no distance from a session that does not take place."""
    closed = Clinic(timezone="Europe/Istanbul", closures=[Closure(first=day(7), last=day(9))])
    listed = two(every=None, sessions=None, at=("P0D", "P7D", "P21D"), window=None)
    _, later = replanned(listed, Ended(phase="a", on=day(9)), now=1, clinic=closed)
    assert stand(later) == {"a-1": 0, "b-1": 28, "b-2": 56}


def test_no_other_time_is_offered_behind_the_end() -> None:
    """Nor behind a stop."""
    _, later = replanned(two(), Ended(phase="a", on=day(16)), now=1)
    offered = [found.start.date() for found in alternatives(later, "a-3")]
    assert offered
    assert max(offered) < day(16)
    assert alternatives(later, "b-1")


LATER_DAY = "(give a later day, or the course another start)"
STOPPED = "the course was stopped on 2026-12-12"
REFUSED: list[tuple[list[Any], str, str]] = [
    (
        [Ended(phase="c", on=day(8))],
        "fact 1, phase: is not a phase of this course, got c (known: a, b)",
        "an unknown phase",
    ),
    (
        [Ended(phase="a", on=day(-1))],
        f"fact 1, on: lies before the start 2026-12-04, got 2026-12-03 {LATER_DAY}",
        "before the start",
    ),
    (
        [Ended(phase="a", on=day(8)), Ended(phase="a", on=day(9))],
        "fact 2, phase: was already ended on 2026-12-12, got a (undo the earlier fact first)",
        "ended twice",
    ),
    (
        [Ended(phase="a", on=day(8)), Extended(sessions=2, phase="a")],
        "fact 2, phase: was already ended on 2026-12-12, got a (undo the earlier fact first)",
        "more sessions of a phase that is over",
    ),
    (
        [Stopped(on=day(8)), Ended(phase="a", on=day(9))],
        f"fact 2, on: comes after a stop: {STOPPED}, got 2026-12-13 (undo Stopped, or start anew)",
        "the course is over",
    ),
]


@pytest.mark.parametrize(("facts", "said", "why"), REFUSED, ids=[row[-1] for row in REFUSED])
def test_what_contradicts_an_end(facts: list[Any], said: str, why: str) -> None:
    """It is refused when it is recorded."""
    with pytest.raises(RecordError) as refused:
        course_of(two()).record(*facts)
    assert [str(fault) for fault in refused.value.faults][:1] == [said], why


TAKEN: list[tuple[list[Any], str]] = [
    ([Ended(phase="b", on=day(8)), Ended(phase="a", on=day(9))], "each phase has its own end"),
    ([Ended(phase="a", on=day(8)), Extended(sessions=2, phase="b")], "the other goes on"),
    ([Ended(phase="a", on=day(8)), Cancelled(visit="a-2")], "a visit may be called off besides"),
    ([Ended(phase="a", on=day(8)), Stopped(on=day(9))], "the course may still be stopped"),
]


@pytest.mark.parametrize(("facts", "why"), TAKEN, ids=[row[-1] for row in TAKEN])
def test_what_does_not_contradict_an_end(facts: list[Any], why: str) -> None:
    """It is recorded."""
    assert course_of(two()).record(*facts).facts == tuple(facts), why


WAITS: list[tuple[list[dict[str, Any]], dict[str, str | None], str]] = [
    ([{"sessions": 4}, {}], {"a": None, "b": None}, "the first has an end"),
    ([{}, {}], {"a": None, "b": "a"}, "it has none"),
    ([{}, {"sessions": 4}, {}], {"b": "a", "c": "a"}, "the third waits with the second"),
    ([{}, {}, {}], {"b": "a", "c": "b"}, "each for the one before"),
    ([{}, {"starts": "start"}, {}], {"b": None, "c": "b"}, "what is anchored waits for nobody"),
    (
        [{}, {"starts": "start", "sessions": 3}, {}],
        {"b": None, "c": None},
        "nor does what follows it",
    ),
]


@pytest.mark.parametrize(("phases", "expected", "why"), WAITS, ids=[row[-1] for row in WAITS])
def test_a_phase_waits_for_the_end_of_one_that_has_none(
    phases: list[dict[str, Any]], expected: dict[str, str | None], why: str
) -> None:
    """So `show` can say it, and the checker does not take it for a phase that never comes."""
    parts = [Phase(id=name, every="P1W", **more) for name, more in zip("abc", phases, strict=False)]
    protocol = Protocol(id="x", title="X", phases=parts)
    assert {name: protocol.waits_for(name) for name in expected} == expected, why


def test_a_plan_without_phases_that_go_on_has_no_horizon() -> None:
    """Once the phase without an end is ended, nothing depends on how far is planned."""
    protocol = two(sessions=None)
    before, later = replanned(protocol, *came(1), Ended(phase="a", on=day(8)), now=3)
    assert ("horizon" in codes_of(before), "horizon" in codes_of(later)) == (True, False)
    assert "b-1" not in stand(before)


def test_the_maintenance_that_is_ended_has_no_more_sessions() -> None:
    """The reviews of the course stay."""
    _, later = replanned(weekly(), Ended(phase="maintenance", on=day(200)), now=1)
    assert max(v.day for v in later.sessions if not v.lost) < day(200)
    assert {v.status for v in later.reviews} == {"planned"}
