"""What counts from a session counts from where it stands: one anchor text, one day (M3)."""

from datetime import date, datetime
from typing import Any

import pytest

from mesoplan import Attended, Course, Outcome, Phase, Plan, Protocol, Review, schedule
from samples import ALWAYS_OPEN, AS_OF, plan_of

START = datetime(2027, 3, 3, 9)  # a Wednesday


def lived(rhythm: Any, starts: str | None, **phase: Any) -> Plan:
    """Give the plan after three sessions of which the second came late and the third very late."""
    course = Phase(id="course", every="P10D", sessions=3, rhythm=rhythm)
    later = Phase(id="later", starts=starts, sessions=2, rhythm=rhythm, **phase)
    review = Review(id="look", at=starts or "last session of course + P6W", join=False)
    protocol = Protocol(id="p", title="P", phases=[course, later], reviews=[review])
    first = schedule(Course(id="c", protocol=protocol, start=START), ALWAYS_OPEN, as_of=AS_OF)
    facts = [
        Attended(visit="course-1"),
        Attended(visit="course-2", at=datetime(2027, 3, 16, 9)),
        Attended(visit="course-3", at=datetime(2027, 4, 13, 9)),
    ]
    now = datetime(2027, 4, 14, 9, tzinfo=AS_OF.tzinfo)
    return schedule(first.course.record(*facts), ALWAYS_OPEN, as_of=now, previous=first)


@pytest.mark.parametrize("rhythm", ["grid", "chain"])
@pytest.mark.parametrize(
    ("starts", "every", "expected", "why"),
    [
        (
            None,
            "P6W",
            date(2027, 5, 25),
            "a phase without an anchor: one step after the 13th of April",
        ),
        ("last session of course + P6W", "P2M", date(2027, 5, 25), "the same, written down"),
        (
            "session 2 of course + P50D",
            "P2M",
            date(2027, 5, 5),
            "that session came on the 16th of March",
        ),
        ("first session of course + P3M", "P2M", date(2027, 6, 3), "this one came on its day"),
        ("session 3 + P2M", "P2M", date(2027, 6, 13), "the third of the whole course"),
    ],
)
def test_a_phase_and_a_review_of_one_anchor_stand_on_one_day(
    rhythm: str, starts: str | None, every: str, expected: date, why: str
) -> None:
    """On a grid and in a chain, at the border of two phases too."""
    plan = lived(rhythm, starts, every=every)
    assert plan.visit("later-1").target == expected, why
    assert plan.visit("look").target == expected, why


def test_a_total_counts_the_sessions_of_all_branches_in_any_order() -> None:
    """Two phases of which only one will take place may be written in either order."""
    branches = [
        Phase(
            id=name,
            every=every,
            sessions=3,
            starts="last session of course + P1W",
            requires=Outcome(review="look", outcome=name),
        )
        for name, every in (("more", "P1W"), ("less", "P16D"))
    ]
    plans = []
    for order in (branches, branches[::-1]):
        course = Phase(id="course", every="P5D", sessions=4)
        rest = Phase(id="rest", starts="start + P90D", every="P3W", total=14)
        review = Review(id="look", at="last session of course", outcomes=("more", "less"))
        phases = [course, *order, rest]
        plans.append(plan_of(Protocol(id="p", title="P", phases=phases, reviews=[review]), START))
    days = [{visit.key: visit.start for visit in plan.visits} for plan in plans]
    assert days[0] == days[1]
    assert {"rest-1", "rest-4"} <= days[0].keys()


def test_nothing_comes_behind_a_phase_without_an_end_wherever_the_horizon_lies() -> None:
    """Not even the phases behind those: all wait until somebody ends the first."""
    phases = [
        Phase(id="open", every="P5W"),
        Phase(id="next", every="P1W", sessions=2),
        Phase(id="last", starts="last session of next + P1M", every="P1M", sessions=2),
    ]
    protocol = Protocol(id="p", title="P", phases=phases)
    for horizon in ("P4M", "P7M"):
        assert {v.phase for v in plan_of(protocol, START, horizon=horizon).sessions} == {"open"}
