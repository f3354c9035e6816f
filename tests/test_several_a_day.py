"""Several sessions a day: what counts from one of them counts from that one (M3), not from its day."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from mesoplan import Attended, Missed, Phase, Plan, Protocol, Review, schedule
from samples import ALWAYS_OPEN, AS_OF, course_of, plan_of

START = datetime(2027, 4, 5, 9, 0)  # a Monday


def twice_daily(**changes: Any) -> Phase:
    """Give infusions at nine and at three, ten of them; `changes` are fields of the phase."""
    fields: dict[str, Any] = {
        "id": "infusion",
        "every": "P1D",
        "offsets": ("P0D", "PT6H"),
        "sessions": 10,
        "duration": "PT45M",
    }
    return Phase(**(fields | changes))


def planned(*phases: Phase, reviews: tuple[Review, ...] = ()) -> Plan:
    """Plan a course of these phases and reviews."""
    protocol = Protocol(id="ward", title="Ward", phases=phases, reviews=reviews)
    return plan_of(protocol, START)


def hours_after(plan: Plan, keys: list[tuple[str, str]]) -> list[float]:
    """Give how many hours lie from the start of one visit to that of another, for each pair."""
    hour = timedelta(hours=1)
    return [(plan.visit(two).start - plan.visit(one).start) / hour for one, two in keys]


@pytest.mark.parametrize(
    ("offset", "hours", "why"),
    [
        ("PT2H", 2, "hours count from the time at which each session stands"),
        ("P1DT3H", 27, "and with them days"),
    ],
)
def test_a_phase_at_each_session_has_as_many_a_day(offset: str, hours: int, why: str) -> None:
    """Two infusions a day have two flushes a day, and no minimum pushes the second one off."""
    starts = f"each session of infusion + {offset}"
    flush = Phase(id="flush", label="flush", starts=starts, duration="PT15M")
    plan = planned(twice_daily(sessions=6), flush)
    pairs = [(f"infusion-{n}", f"flush-{n}") for n in range(1, 7)]
    assert hours_after(plan, pairs) == [hours] * 6, why
    assert not plan.findings


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (4, "the second of the second day"),
        (3, "the first of the second day, then the second of the third"),
        (10, "the last of all"),
    ],
)
def test_a_review_at_every_nth_session_comes_directly_before_that_one(
    number: int, why: str
) -> None:
    """Not before the first session of its day."""
    review = Review(id="blood", at=f"every {number}th session", duration="PT15M", window="P0D")
    plan = planned(twice_daily(), reviews=(review,))
    sessions = [plan.visit(f"infusion-{n}") for n in range(number, 11, number)]
    assert [review.end for review in plan.reviews] == [each.start for each in sessions], why
    assert [review.reasons[0].other for review in plan.reviews] == [each.key for each in sessions]


def test_without_time_between_two_sessions_a_review_comes_before_the_first() -> None:
    """So that the person still comes once, and nothing overlaps."""
    close = twice_daily(offsets=("P0D", "PT50M"), sessions=4)
    review = Review(id="blood", at="session 4 of infusion", duration="PT15M", window="P0D")
    plan = planned(close, reviews=(review,))
    assert plan.visit("blood").end == plan.visit("infusion-3").start
    assert plan.visit("blood").reasons[0].other == "infusion-4"


def test_a_review_stays_with_the_session_with_which_it_was_announced() -> None:
    """Another session of the day has become the one that it counts from; its time holds (M8)."""
    review = Review(id="blood", at="session 4 of infusion", duration="PT15M", window="P1D")
    protocol = Protocol(id="ward", title="Ward", phases=[twice_daily()], reviews=[review])
    course = course_of(protocol, START)
    plan = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    assert plan.visit("blood").end == plan.visit("infusion-4").start
    facts = (Attended(visit="infusion-1"), Missed(visit="infusion-2"))
    now = plan.visit("infusion-2").end
    later = schedule(course.record(*facts), ALWAYS_OPEN, as_of=now, previous=plan)
    assert later.visit("blood").start == plan.visit("blood").start
    assert later.visit("blood").revision == 0


@pytest.mark.parametrize(
    ("every", "hours"),
    [
        ("PT12H", [0, 12, 24, 36, 48]),
        ("PT8H", [0, 8, 16, 24, 32]),
        ("PT36H", [0, 36, 72, 108, 144]),
    ],
)
def test_a_rhythm_of_hours_is_kept(every: str, hours: list[int]) -> None:
    """Twice and three times a day, or every day and a half."""
    plan = planned(Phase(id="infusion", every=every, sessions=5))
    pairs = [("infusion-1", f"infusion-{n}") for n in range(1, 6)]
    assert hours_after(plan, pairs) == hours
