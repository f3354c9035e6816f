"""The log of a course: what may be recorded, what contradicts it, and what is taken back."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from mesoplan import (
    Attended,
    Cancelled,
    Course,
    Extended,
    Missed,
    Moved,
    Paused,
    RecordError,
    Resumed,
    Review,
    Reviewed,
    Stopped,
)
from samples import START, course_of, weekly

DAY = START.date()


def course() -> Course:
    """Give a weekly course with a consultation, numbered checks and reviews."""
    reviews = [
        Review(id="consultation", at="start - P1W"),
        Review(id="check", at="every 4th session"),
    ]
    return course_of(weekly(reviews=reviews))


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ([Attended(visit="induction-1")], "a session of a counted phase"),
        ([Attended(visit="induction-16")], "its last one"),
        ([Missed(visit="induction-6"), Missed(visit="induction-6.2")], "made up and missed again"),
        ([Attended(visit="maintenance-40")], "an open-ended phase has no last session"),
        ([Extended(sessions=2), Attended(visit="induction-18")], "sessions that were agreed on"),
        ([Attended(visit="consultation"), Reviewed(visit="consultation", outcome="yes")], "both"),
        ([Extended(sessions=1, phase="induction"), Missed(visit="induction-17")], "by name"),
        ([Attended(visit="check-3")], "a review that takes place several times"),
        ([Attended(visit="consultation", at=START - timedelta(days=7))], "before the start"),
        ([Moved(visit="induction-2", to=START), Moved(visit="induction-2", to=START)], "twice"),
        ([Paused(on=DAY), Resumed(on=DAY), Paused(on=DAY)], "one hold after another"),
        ([Stopped(on=DAY), Missed(visit="induction-1")], "told late"),
    ],
)
def test_what_happened_is_recorded_in_order(facts: list[Any], why: str) -> None:
    """The log grows by what is told."""
    assert course().record(*facts).facts == tuple(facts), why


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (
            [Missed(visit="induction-17")],
            (
                "facts.0.visit: is not a visit of this course, got induction-17 "
                '(did you mean "induction-7"?)'
            ),
        ),
        (
            [Missed(visit="consultation-1")],
            (
                "facts.0.visit: is not a visit of this course, got consultation-1 "
                '(did you mean "consultation"?)'
            ),
        ),
        (
            [Attended(visit="induction-1"), Missed(visit="induction-1")],
            (
                "facts.1: induction-1 is already recorded as attended, got missed "
                "(undo the earlier fact first)"
            ),
        ),
        (
            [Cancelled(visit="induction-1"), Moved(visit="induction-1", to=START)],
            (
                "facts.1: induction-1 is already recorded as cancelled, got moved "
                "(undo the earlier fact first)"
            ),
        ),
        (
            [Reviewed(visit="consultation", outcome="yes"), Attended(visit="consultation")],
            (
                "facts.1: consultation is already recorded as reviewed, got attended "
                "(undo the earlier fact first)"
            ),
        ),
        (
            [Paused(on=DAY), Paused(on=DAY)],
            (
                "facts.1: the course is already paused since 2026-12-04, got paused "
                "(record Resumed first)"
            ),
        ),
        (
            [Resumed(on=DAY)],
            "facts.0: the course is not paused, got resumed (record Paused first)",
        ),
        (
            [Paused(on=date(2027, 1, 2)), Resumed(on=date(2027, 1, 1))],
            "facts.1: the course was paused only on 2027-01-02, got 2027-01-01 (give a later day)",
        ),
        (
            [Stopped(on=DAY), Extended(sessions=1)],
            (
                "facts.1: the course was stopped on 2026-12-04, got extended "
                "(undo Stopped, or start anew)"
            ),
        ),
        (
            [Attended(visit="induction-1", at=datetime(2026, 11, 1, 9, 0))],
            "facts.0.at: lies before the start 2026-12-04, got 2026-11-01 09:00:00",
        ),
        (
            [Paused(on=date(2026, 1, 1))],
            "facts.0.on: lies before the start 2026-12-04, got 2026-01-01",
        ),
        (
            [Extended(sessions=1, phase="inducton")],
            (
                "facts.0.phase: is not a phase of this course, got inducton "
                '(did you mean "induction"?)'
            ),
        ),
    ],
)
def test_a_contradiction_is_refused_by_name(facts: list[Any], message: str) -> None:
    """The error names the fact, what is wrong with it, and what to do."""
    with pytest.raises(RecordError) as caught:
        course().record(*facts)
    assert str(caught.value) == f"the course's log: {message}"


def test_a_refused_record_adds_nothing_and_tells_every_fault() -> None:
    """All facts are taken or none."""
    before = course()
    with pytest.raises(RecordError) as caught:
        before.record(Missed(visit="induction-99"), Resumed(on=DAY))
    assert len(caught.value.faults) == 2
    assert before.facts == ()


def test_the_last_fact_is_taken_back_with_an_audit_line() -> None:
    """What was said by mistake is not forgotten."""
    told = course().record(Missed(visit="induction-6"), Attended(visit="induction-7"))
    undone = told.undo()
    assert undone.facts == told.facts[:1]
    assert [(line.fact, line.after) for line in undone.undone] == [(told.facts[1], 1)]
    assert Course.model_validate_json(undone.model_dump_json()) == undone


def test_an_empty_log_has_nothing_to_take_back() -> None:
    """It says so."""
    with pytest.raises(RecordError, match="nothing to undo"):
        course().undo()
