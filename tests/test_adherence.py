"""How a course was kept: a table of small courses, and laws on random ones."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories import histories
from mesoplan import Adherence, Plan, Visit
from mesoplan.plan.adherence import adherence

DAY_1 = date(2027, 1, 1)
STAMP = datetime(2026, 11, 20, 9, tzinfo=UTC)


def day(number: int) -> date:
    """Give the n-th day."""
    return DAY_1 + timedelta(days=number - 1)


def visit(on: int, status: str, late: int = 0, **changed: Any) -> Visit:
    """Give a session on the n-th day, so many days after its target, with a window of 2 days."""
    start = datetime.combine(day(on), datetime.min.time(), tzinfo=UTC) + timedelta(hours=17)
    fields: dict[str, Any] = {
        "key": f"a-{on}",
        "kind": "session",
        "phase": "a",
        "of": 9,
        "name": "Session",
        "target": day(on - late),
        "earliest": day(on - late - 2),
        "latest": day(on - late + 2),
        "start": start,
        "end": start + timedelta(minutes=30),
        "status": status,
        "stamp": STAMP,
    }
    return Visit(**(fields | changed))


BARE: dict[str, Any] = {"earliest": None, "latest": None}
CASES: list[tuple[list[Visit], int, dict[str, Any], str]] = [
    (
        [],
        1,
        {"attended": 0, "mean_delay": None, "longest_gap": None, "left": 0},
        "nothing is known",
    ),
    (
        [visit(1, "attended")],
        1,
        {"attended": 1, "on_time": 1, "mean_delay": 0.0},
        "that day counts",
    ),
    (
        [visit(2, "attended")],
        1,
        {"attended": 0, "left": 1, "longest_gap": None},
        "not yet that day",
    ),
    ([visit(9, "attended", late=3)], 9, {"on_time": 0, "mean_delay": 3.0}, "after its window"),
    (
        [visit(9, "attended", late=2)],
        9,
        {"on_time": 1, "mean_delay": 2.0},
        "late, but in its window",
    ),
    (
        [visit(9, "attended", late=-3), visit(20, "attended", late=3)],
        20,
        {"on_time": 0, "mean_delay": 1.5},
        "an early session does not make up for a late one",
    ),
    ([visit(9, "attended", **BARE)], 9, {"on_time": 1}, "without a window the target is on time"),
    ([visit(9, "attended", late=1, **BARE)], 9, {"on_time": 0}, "and no other day is"),
    ([visit(9, "attended", late=3, latest=None)], 9, {"on_time": 1}, "a window without an end"),
    ([visit(7, "missed"), visit(8, "missed")], 7, {"missed": 1}, "missed up to that day"),
    ([visit(1, "cancelled")], 7, {"missed": 0, "unrecorded": 0}, "called off is not missed"),
    ([visit(1, "planned"), visit(8, "planned")], 7, {"unrecorded": 1, "left": 1}, "not recorded"),
    ([visit(8, "tentative")], 7, {"left": 0, "projected_end": None}, "tentative is not counted on"),
    ([visit(8, "planned", of=None)], 7, {"left": 0, "projected_end": None}, "a phase without end"),
    (
        [visit(1, "attended"), visit(8, "planned"), visit(15, "planned")],
        7,
        {"left": 2, "projected_end": day(15)},
        "the last of those left",
    ),
    ([visit(1, "attended")], 7, {"left": 0, "projected_end": DAY_1}, "none left: it has ended"),
    (
        [visit(1, "attended"), visit(4, "attended"), visit(20, "attended")],
        30,
        {"longest_gap": 16},
        "between two sessions; a course that has ended has no gap after it",
    ),
    (
        [visit(1, "attended"), visit(4, "attended"), visit(40, "planned")],
        30,
        {"longest_gap": 26},
        "while some are left, since the last one",
    ),
    ([visit(40, "planned")], 30, {"longest_gap": None}, "before the first session there is no gap"),
    (
        [
            visit(1, "attended", kind="review"),
            visit(2, "missed", kind="review"),
            visit(3, "attended", place="home"),
            visit(4, "missed", place="home"),
        ],
        7,
        {"attended": 0, "missed": 0},
        "sessions at the clinic count",
    ),
]


@pytest.mark.parametrize(("visits", "on", "expected", "why"), CASES)
def test_a_course_is_summed_up(
    visits: list[Visit], on: int, expected: dict[str, Any], why: str
) -> None:
    """Each number means one thing."""
    found = adherence(visits, day(on))
    assert {name: getattr(found, name) for name in expected} == expected, why


COURSE = [
    visit(1, "attended"),
    visit(8, "attended", late=1),
    visit(15, "missed"),
    visit(22, "attended"),
    visit(29, "planned"),
    visit(36, "planned"),
    visit(60, "planned", of=None),
]
SENTENCES: list[tuple[int, int, str]] = [
    (0, 30, "By Sat 30 Jan 2027: 0 sessions attended, 0 missed; none left"),
    (
        1,
        1,
        (
            "By Fri 1 Jan 2027: 1 session attended (1 on time, 0.0 days late on average), 0 missed; "
            "none left, the last was on Fri 1 Jan 2027"
        ),
    ),
    (
        7,
        23,
        (
            "By Sat 23 Jan 2027: 3 sessions attended (3 on time, 0.3 days late on average), 1 missed; "
            "longest gap 14 days; 2 left, the last on Fri 5 Feb 2027"
        ),
    ),
    (
        7,
        30,
        (
            "By Sat 30 Jan 2027: 3 sessions attended (3 on time, 0.3 days late on average), 1 missed, "
            "1 not recorded; longest gap 14 days; 1 left, the last on Fri 5 Feb 2027"
        ),
    ),
]


@pytest.mark.parametrize(("known", "on", "sentence"), SENTENCES)
def test_it_reads_as_one_sentence(known: int, on: int, sentence: str) -> None:
    """What is not known is left out."""
    assert str(adherence(COURSE[:known], day(on))) == sentence


def test_the_rate_is_the_share_that_came() -> None:
    """Of those with an outcome; before the first there is none."""
    assert adherence(COURSE, day(30)).rate == 0.75
    assert adherence(COURSE, day(0)).rate is None


@given(histories(), st.integers(-10, 400))
def test_every_session_is_counted_once(plans: list[Plan], days: int) -> None:
    """Attended, missed, unrecorded and left are disjoint, and together all that can be counted."""
    plan = plans[-1]
    found = plan.adherence(plan.as_of.date() + timedelta(days=days))
    open_end = {phase.id for phase in plan.course.protocol.phases if phase.is_open}
    counted = [
        v
        for v in plan.sessions
        if v.status not in {"cancelled", "tentative"}
        and (v.day <= found.on or (v.phase not in open_end and v.status != "missed"))
    ]
    assert found.attended + found.missed + found.unrecorded + found.left == len(counted)
    assert found.on_time <= found.attended
    assert (found.mean_delay is None) == (found.attended == 0)
    assert Adherence.model_validate_json(found.model_dump_json()) == found


@given(histories())
def test_what_took_place_only_grows(plans: list[Plan]) -> None:
    """From day to day nothing attended or missed is taken back, and no gap shrinks while some are left."""
    plan = plans[-1]
    found = [plan.adherence(plan.as_of.date() + timedelta(days=7 * n)) for n in range(-9, 30)]
    for earlier, later in itertools.pairwise(found):
        assert earlier.attended <= later.attended
        assert earlier.missed <= later.missed
        if later.left:
            assert (earlier.longest_gap or 0) <= (later.longest_gap or 0)
