"""An older fact taken back: in an append-only log, or by shortening it (M7, M8)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from mesoplan import (
    Attended,
    Away,
    Cancelled,
    Corrected,
    Course,
    Ended,
    Extended,
    Missed,
    Moved,
    Paused,
    Phase,
    Plan,
    Preferred,
    Protocol,
    RecordError,
    Resumed,
    Review,
    Reviewed,
    Stopped,
    schedule,
)
from mesoplan.course.fact_kinds import in_words
from samples import ALWAYS_OPEN, AS_OF, START, codes_of, course_of

PHASES = [Phase(id="a", every="P1W", sessions=5, window="P2D")]
LOOK = Review(id="look", at="start + P10W")


def day(number: int) -> date:
    """Return the day so many days after the start."""
    return START.date() + timedelta(days=number)


def noon(number: int) -> datetime:
    """Return noon so many days after the start."""
    return datetime(2026, 12, 4, 12, tzinfo=UTC) + timedelta(days=number)


def lived(*steps: tuple[int, list[Any]]) -> list[Plan]:
    """Return the first plan, and one after each step: its day, and what is recorded on it."""
    course = course_of(Protocol(id="x", title="X", phases=PHASES, reviews=[LOOK]))
    plans = [schedule(course, ALWAYS_OPEN, as_of=AS_OF)]
    for number, facts in steps:
        course = plans[-1].course.record(*facts)
        plans.append(schedule(course, ALWAYS_OPEN, as_of=noon(number), previous=plans[-1]))
    return plans


def stand(plan: Plan) -> dict[str, str]:
    """Return how each visit stands: its day after the start and its status."""
    return {v.key: f"{(v.day - START.date()).days} {v.status}" for v in plan.visits}


class Case(NamedTuple):
    """Facts recorded on the first day after the start; each is a slip by itself."""

    why: str
    slip: Any


SLIPS = [
    Case("who came was missed", Missed(visit="a-1")),
    Case("who was missed came", Attended(visit="a-1")),
    Case("nobody had called it off", Cancelled(visit="a-3")),
    Case("nobody had moved it", Moved(visit="a-3", to=START + timedelta(days=16))),
    Case("another person had stopped", Stopped(on=day(9))),
    Case("the phase goes on", Ended(phase="a", on=day(9))),
    Case("no hold", Paused(on=day(3))),
    Case("no more sessions", Extended(sessions=2)),
]


@pytest.mark.parametrize("case", SLIPS, ids=[case.why for case in SLIPS])
def test_what_was_a_slip_is_as_if_it_had_not_been(case: Case) -> None:
    """The visits stand where they stood, under their keys, with a higher revision (M8)."""
    first, slipped, mended = lived((1, [case.slip]), (2, [Corrected(number=1)]))
    gone = stand(slipped).keys() - stand(first).keys()
    expected = stand(first) | dict.fromkeys(gone)
    now = {key: told for key, told in stand(mended).items() if "cancelled" not in told}
    assert now == {key: told for key, told in expected.items() if told is not None}
    assert "taken-back" not in codes_of(mended)
    for visit in mended.visits:
        before = {old.key: old for old in slipped.visits}[visit.key]
        changed = (before.start, before.status) != (visit.start, visit.status)
        assert visit.revision == before.revision + changed
    again = schedule(mended.course, ALWAYS_OPEN, as_of=noon(2), previous=mended)
    assert again == mended


@pytest.mark.parametrize("case", SLIPS, ids=[case.why for case in SLIPS])
def test_a_shortened_log_says_the_same(case: Case) -> None:
    """Whoever takes back the last fact gets the same visits as whoever corrects it."""
    _, slipped, mended = lived((1, [case.slip]), (2, [Corrected(number=1)]))
    undone = schedule(slipped.course.undo(), ALWAYS_OPEN, as_of=noon(2), previous=slipped)
    assert undone.visits == mended.visits


@pytest.mark.parametrize("case", SLIPS, ids=[case.why for case in SLIPS])
def test_a_correction_may_be_undone(case: Case) -> None:
    """Then the fact is taken in anew, and the plan is as it was after it."""
    _, slipped, mended = lived((1, [case.slip]), (2, [Corrected(number=1)]))
    back = schedule(mended.course.undo(), ALWAYS_OPEN, as_of=noon(3), previous=mended)
    assert stand(back) == stand(slipped)
    assert len(back.entries) == 1


def test_a_fact_may_be_corrected_before_any_plan_has_taken_it_in() -> None:
    """Nothing follows from it."""
    once = lived((1, [Attended(visit="a-1")]))[-1]
    both = lived((1, [Missed(visit="a-1"), Corrected(number=1), Attended(visit="a-1")]))[-1]
    assert stand(both) == stand(once)
    assert both.course.kept_facts == once.course.facts
    alone = schedule(both.course, ALWAYS_OPEN, as_of=noon(1))
    assert stand(alone) == stand(both)


def test_what_was_decided_after_a_slip_stands_and_is_named_as_long_as_it_does() -> None:
    """Each record of the same series has its finding, in every plan that follows."""
    _, _, mended, later = lived(
        (1, [Missed(visit="a-1")]),
        (15, [Attended(visit="a-2"), Attended(visit="a-3"), Corrected(number=1)]),
        (16, []),
    )
    said = [str(finding) for finding in mended.findings if finding.code == "taken-back"]
    assert said == []  # these were recorded with the correction
    _, _, between, mended, later, last = lived(
        (1, [Missed(visit="a-1")]),
        (8, [Attended(visit="a-2")]),
        (9, [Corrected(number=1), Attended(visit="a-1")]),
        (10, []),
        (11, [Corrected(number=2)]),
    )
    assert codes_of(between).count("taken-back") == 0
    for plan in (mended, later):
        said = [str(finding) for finding in plan.findings if finding.code == "taken-back"]
        assert said == [
            "a-2: missed a-1 was taken back; what was decided after it stands (attended)"
        ]
    left = [finding.visit for finding in last.findings if finding.code == "taken-back"]
    assert left == ["a-1"]  # recorded behind the second slip; the other one is not recorded now


def test_what_was_recorded_of_another_series_is_not_named() -> None:
    """It does not depend on the slip."""
    _, _, mended = lived(
        (71, [Missed(visit="a-1"), Reviewed(visit="look", outcome="fine")]),
        (72, [Corrected(number=1)]),
    )
    assert codes_of(mended).count("taken-back") == 0
    _, _, mended = lived(
        (71, [Away(first=day(2), last=day(3)), Attended(visit="a-1"), Attended(visit="look")]),
        (72, [Corrected(number=1)]),
    )
    assert codes_of(mended).count("taken-back") == 2


def test_a_record_that_stands_beside_the_slip_keeps_the_visit() -> None:
    """Who was reviewed has come, even if Attended was a slip; a moved visit keeps its record."""
    _, _, mended = lived(
        (71, [Attended(visit="look"), Reviewed(visit="look", outcome="fine")]),
        (72, [Corrected(number=1)]),
    )
    assert mended.visit("look").status == "attended"
    to = START + timedelta(days=8)
    _, _, mended = lived(
        (7, [Moved(visit="a-2", to=to), Cancelled(visit="a-2")]), (9, [Corrected(number=1)])
    )
    assert stand(mended)["a-2"] == "8 cancelled"


def test_a_moved_visit_that_is_cancelled_and_both_are_slips_returns_to_its_place() -> None:
    """In whichever order they are taken back."""
    to = START + timedelta(days=16)
    for order in ((1, 2), (2, 1)):
        plans = lived(
            (1, [Moved(visit="a-3", to=to)]),
            (2, [Cancelled(visit="a-3")]),
            (3, [Corrected(number=order[0])]),
            (4, [Corrected(number=order[1])]),
        )
        assert stand(plans[-1])["a-3"] == "14 planned"


def test_a_moved_visit_that_was_called_off_since_stays_called_off() -> None:
    """The move was a slip; the stop was none."""
    _, _, mended = lived(
        (1, [Moved(visit="a-3", to=START + timedelta(days=16)), Stopped(on=day(3))]),
        (2, []),
    )
    plan = schedule(
        mended.course.record(Corrected(number=1)), ALWAYS_OPEN, as_of=noon(3), previous=mended
    )
    assert plan.visit("a-3").status == "cancelled"


HOLD = [Paused(on=day(3)), Resumed(on=day(10))]
BACK = "the record of it was taken back"
TAKEN_BACK: list[tuple[list[Any], list[int], dict[str, str], str]] = [
    (
        [Cancelled(visit="a-3")],
        [1],
        {"a-3": BACK, "a-3.2": "the record of a-3 was taken back"},
        "it is not made up now",
    ),
    (
        [Missed(visit="a-1")],
        [1],
        {"a-1": BACK, "a-1.2": "the record of a-1 was taken back"},
        "nor is this one",
    ),
    ([Attended(visit="a-1")], [1], {"a-1": BACK}, "it is to come again"),
    (
        [Moved(visit="a-3", to=START + timedelta(days=16))],
        [1],
        {"a-3": "its move was taken back"},
        "it stands on its day again",
    ),
    (
        [Stopped(on=day(22))],
        [1],
        dict.fromkeys(["a-5", "look"], "the stop was taken back"),
        "all goes on",
    ),
    (
        [Ended(phase="a", on=day(22))],
        [1],
        {"a-5": "the end of a was taken back"},
        "the phase goes on",
    ),
    (
        [Extended(sessions=2)],
        [1],
        dict.fromkeys(["a-6", "a-7"], "the agreement on 2 sessions more was taken back"),
        "they are no longer asked for",
    ),
    (
        HOLD[:1],
        [1],
        dict.fromkeys(["a-2", "a-3", "a-4", "a-5"], "the hold was taken back"),
        "they had stood on hold",
    ),
    (
        HOLD,
        [2],
        dict.fromkeys(["a-2", "a-3", "a-4", "a-5"], "the end of the hold was taken back"),
        "they stand on hold again",
    ),
    (
        HOLD,
        [1, 2],
        {
            f"a-{number}": f"the hold was taken back; its target is {at} now"
            for number, at in enumerate(
                ("Fri 11 Dec 2026", "Fri 18 Dec 2026", "Fri 25 Dec 2026", "Fri 1 Jan 2027"), 2
            )
        },
        "they had moved on",
    ),
    ([Away(first=day(6), last=day(8))], [1], {}, "what is announced stays"),
    ([Preferred(since=day(3), weekdays=("sat",))], [1], {}, "here too"),
]


@pytest.mark.parametrize(
    ("facts", "numbers", "told", "why"), TAKEN_BACK, ids=[str(row[0]) for row in TAKEN_BACK]
)
def test_each_change_says_what_was_taken_back(
    facts: list[Any], numbers: list[int], told: dict[str, str], why: str
) -> None:
    """Every visit that stands otherwise now names the fact that had kept it from there."""
    slips = [Corrected(number=number) for number in numbers]
    _, slipped, mended = lived((1, facts), (2, slips))
    found = mended.changes_since(slipped)
    same = {"kept", "retitled"}
    assert {each.key: each.reason for each in found if each.kind not in same} == told, why


OUTCOMES: list[tuple[str, str, str]] = [
    ("good", "unsettled", "what it opened is tentative again"),
    ("bad", "reopened", "what it dropped may come after all"),
]


@pytest.mark.parametrize(("outcome", "kind", "why"), OUTCOMES, ids=[row[0] for row in OUTCOMES])
def test_an_outcome_that_was_taken_back_is_named(outcome: str, kind: str, why: str) -> None:
    """By each visit of the phase that it opened or dropped."""
    look = Review(id="look", at="start + P1W", outcomes=["good", "bad"])
    needs = {"review": "look", "outcome": "good"}
    phases = [
        Phase(id="a", every="P1W", sessions=1),
        Phase(id="b", at=["P2W"], starts="start", requires=needs),
    ]
    course = course_of(Protocol(id="x", title="X", phases=phases, reviews=[look]))
    plans = [schedule(course, ALWAYS_OPEN, as_of=AS_OF)]
    for number, fact in ((8, Reviewed(visit="look", outcome=outcome)), (9, Corrected(number=1))):
        course = course.record(fact)
        plans.append(schedule(course, ALWAYS_OPEN, as_of=noon(number), previous=plans[-1]))
    (found,) = (each for each in plans[2].changes_since(plans[1]) if each.key == "b-1")
    assert (found.kind, found.reason) == (kind, "the outcome of look was taken back"), why


def test_what_contradicts_the_log_without_the_slip_is_a_finding() -> None:
    """Who resumes what was never paused: the log opens, and the plan says so."""
    _, _, mended = lived((1, [Paused(on=day(1)), Resumed(on=day(3))]), (4, [Corrected(number=1)]))
    assert codes_of(mended).count("contradiction") == 1


HISTORY = [Missed(visit="a-1"), Corrected(number=1), Missed(visit="a-2")]
REFUSED: list[tuple[Corrected, str, str]] = [
    (
        Corrected(number=4),
        "fact 4, number: is no fact of the log, which has 3 facts, got 4 (count from 1)",
        "beyond the end; it is not itself a fact yet",
    ),
    (
        Corrected(number=2),
        "fact 4, number: is itself a correction, got 2 (record anew what it took back)",
        "a correction",
    ),
    (Corrected(number=1), "fact 4, number: is already taken back, got 1", "twice"),
    (
        Corrected(number=3, said="missed a-1"),
        "fact 4, said: is not what fact 3 says, got missed a-1 (it says missed a-2)",
        "another one was meant",
    ),
]


@pytest.mark.parametrize(("fact", "said", "why"), REFUSED, ids=[row[-1] for row in REFUSED])
def test_a_correction_that_cannot_be_meant_is_refused(fact: Corrected, said: str, why: str) -> None:
    """The log stays as it was."""
    course = lived((8, HISTORY))[-1].course
    with pytest.raises(RecordError) as refused:
        course.record(fact)
    assert [str(fault) for fault in refused.value.faults] == [said], why


def test_what_it_said_may_be_told_to_be_sure() -> None:
    """As the command line is told it."""
    course = lived((8, HISTORY))[-1].course
    assert course.record(Corrected(number=3, said="missed a-2")).kept_facts == ()


WORDS: list[tuple[Any, str]] = [
    (Missed(visit="a-1"), "missed a-1"),
    (Paused(on=day(0)), "paused 2026-12-04"),
    (Away(first=day(0), last=day(0)), "away 2026-12-04"),
    (Away(first=day(0), last=day(1)), "away 2026-12-04/2026-12-05"),
    (Extended(sessions=2), "extended 2"),
    (Preferred(since=day(0), weekdays=()), "preferred 2026-12-04"),
    (Corrected(number=7), "corrected 7"),
]


@pytest.mark.parametrize(("fact", "said"), WORDS, ids=[said for _, said in WORDS])
def test_a_fact_in_words(fact: Any, said: str) -> None:
    """So `said` can be typed."""
    assert in_words(fact) == said


def test_a_log_with_a_correction_of_nothing_opens() -> None:
    """Opening what was saved never refuses a log."""
    protocol = Protocol(id="x", title="X", phases=PHASES)
    course = course_of(protocol, facts=[Corrected(number=9)])
    opened = Course.model_validate_json(course.model_dump_json())
    assert codes_of(schedule(opened, ALWAYS_OPEN, as_of=AS_OF)) == ["contradiction"]


@pytest.mark.parametrize("if_missed", ["make_up", "soon", "skip"])
@pytest.mark.parametrize(
    ("slips", "again"),
    [
        ([Missed(visit="a-1")], [Attended(visit="a-1")]),
        ([Attended(visit="a-1"), Cancelled(visit="a-2")], [Attended(visit="a-2")]),
        ([Missed(visit="a-1"), Missed(visit="a-2")], [Attended(visit="a-2")]),
        ([Missed(visit=f"a-{number}") for number in (1, 2, 3)], [Attended(visit="a-3")]),
    ],
    ids=["the first", "called off", "after one missed", "all"],
)
def test_a_correction_and_what_is_right_may_be_recorded_together_or_apart(
    slips: list[Any], again: list[Any], if_missed: Any
) -> None:
    """Either way it is session 1 of 3."""
    phase = Phase(id="a", every="P1W", sessions=3, if_missed=if_missed)
    course = course_of(Protocol(id="x", title="X", phases=[phase])).record(*slips)
    first = schedule(course_of(course.protocol), ALWAYS_OPEN, as_of=AS_OF)
    wrong = schedule(course, ALWAYS_OPEN, as_of=noon(15), previous=first)
    corrected = course.record(Corrected(number=len(slips)))
    right = corrected.record(*again)
    apart = schedule(corrected, ALWAYS_OPEN, as_of=noon(15), previous=wrong)
    apart = schedule(right, ALWAYS_OPEN, as_of=noon(15), previous=apart)
    together = schedule(right, ALWAYS_OPEN, as_of=noon(15), previous=wrong)
    said = [
        [(visit.key, visit.day, visit.status, visit.number, visit.of) for visit in plan.visits]
        for plan in (apart, together)
    ]
    assert said[0] == said[1]
