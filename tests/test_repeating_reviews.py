"""Reviews that repeat: every three months, for two years, up to an anchor, or as long as one plans (M3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesoplan import (
    Attended,
    Cancelled,
    Clinic,
    Course,
    Missed,
    Moved,
    Paused,
    Period,
    Plan,
    Protocol,
    ProtocolError,
    RecordError,
    Resumed,
    Review,
    Reviewed,
    combine,
    compare,
    dump_protocol,
    load_protocol,
    protocol_schema,
    schedule,
)

START = datetime(2027, 1, 31, 10, 0)
BEFORE = datetime(2026, 12, 20, 9, tzinfo=UTC)
CLINIC = Clinic(timezone="UTC")
LAB: dict[str, Any] = {"id": "lab", "at": "start", "every": "P1M", "join": False}


def course(start: datetime = START, sessions: int = 20, **review: Any) -> Course:
    """Return weekly sessions with a review each month, so many fields of it changed."""
    phases: list[dict[str, Any]] = [{"id": "a", "every": "P1W", "sessions": sessions}]
    protocol = Protocol(id="p", title="P", phases=phases, reviews=[LAB | review])
    return Course(id="c", protocol=protocol, start=start)


def first(told: Course, horizon: str | None = None) -> Plan:
    """Return the first plan of a course."""
    return schedule(told, CLINIC, as_of=BEFORE, horizon=horizon)


def later(plan: Plan, *facts: Any, on: date, horizon: str | None = None) -> Plan:
    """Return the plan that follows these facts, in the evening of a day."""
    now = datetime.combine(on, START.time(), tzinfo=UTC) + timedelta(hours=8)
    told = plan.course.record(*facts)
    return schedule(told, CLINIC, as_of=now, previous=plan, horizon=horizon)


def days(plan: Plan) -> list[str]:
    """Return the targets of the reviews, month and day."""
    return [f"{visit.target:%m-%d}" for visit in plan.reviews]


@pytest.mark.parametrize(
    ("fields", "horizon", "expected", "why"),
    [
        (
            {"until": "P4M"},
            None,
            ["01-31", "02-28", "03-31", "04-30"],
            "each reckoned once from the anchor; one on the last day of the length is not in it",
        ),
        (
            {"at": "start + P1M", "until": "P3M"},
            None,
            ["02-28", "03-31", "04-30"],
            "the length counts from its first one; months are added before they are clipped",
        ),
        ({"at": "start - P1W", "until": "P2M"}, None, ["01-24", "02-24"], "a consultation before"),
        (
            {"until": "start + P3M"},
            None,
            ["01-31", "02-28", "03-31", "04-30"],
            "up to the day of an anchor, and on it",
        ),
        (
            {"until": "last session of a"},
            None,
            ["01-31", "02-28", "03-31", "04-30", "05-31"],
            "as long as the sessions go on, to 13 June",
        ),
        (
            {"until": "session 30 of b"},
            "P1M",
            ["01-31", "02-28"],
            "as far as one plans: none is known",
        ),
        ({}, "P3M", ["01-31", "02-28", "03-31", "04-30"], "without an end as far as one plans"),
        ({"every": "P2W", "until": "P30D"}, None, ["01-31", "02-14", "02-28"], "in weeks, too"),
    ],
)
def test_when_a_review_repeats(
    fields: dict[str, Any], horizon: str | None, expected: list[str], why: str
) -> None:
    """From its first one, each with a number and a key of its own."""
    told = (
        course(**fields) if "session 30" not in fields.get("until", "") else _with_a_second(fields)
    )
    plan = first(told, horizon)
    assert days(plan) == expected, why
    numbers = [*range(1, len(expected) + 1)]
    assert [visit.key for visit in plan.reviews] == [f"lab-{number}" for number in numbers]
    assert [visit.title for visit in plan.reviews] == [f"Review lab {number}" for number in numbers]


def _with_a_second(fields: dict[str, str]) -> Course:
    """Return a course with a second phase that a horizon cuts off, and a review up to its end."""
    phases: list[dict[str, Any]] = [
        {"id": "a", "every": "P1W", "sessions": 2},
        {"id": "b", "every": "P1W", "starts": "last session of a + P1W"},
    ]
    protocol = Protocol(id="p", title="P", phases=phases, reviews=[LAB | fields])
    return Course(id="c", protocol=protocol, start=START)


def test_one_without_an_end_says_how_far_it_is_planned_and_none_is_called_off() -> None:
    """A shorter horizon takes nothing back that was announced; a longer one adds."""
    plan = first(course(), "P6M")
    assert [f.message for f in plan.findings if f.code == "horizon"] == [
        "reviews without an end are planned up to 2027-07-31"
    ]
    shorter = later(plan, on=date(2027, 2, 1), horizon="P2M")
    assert [visit.key for visit in shorter.reviews] == [visit.key for visit in plan.reviews]
    assert not [visit for visit in shorter.reviews if visit.lost]
    longer = later(plan, on=date(2027, 2, 1), horizon="P8M")
    assert longer.visits[: len(plan.visits)] != ()
    assert len(longer.reviews) == len(plan.reviews) + 2


@pytest.mark.parametrize(
    ("facts", "expected", "why"),
    [
        (
            [Missed(visit="lab-1")],
            {"lab-1": "01-31", "lab-1.2": "02-02", "lab-2": "02-28", "lab-3": "03-31"},
            "a lost one is made up on the nearest possible day, and moves no other",
        ),
        (
            [Attended(visit="lab-1"), Cancelled(visit="lab-3")],
            {"lab-1": "01-31", "lab-2": "02-28", "lab-3": "03-31", "lab-3.2": "04-01"},
            "one called off, too",
        ),
        (
            [Attended(visit="lab-1"), Moved(visit="lab-2", to=datetime(2027, 3, 3, 9, 0))],
            {"lab-2": "03-03", "lab-3": "03-31"},
            "a moved one moves no other",
        ),
        (
            [Attended(visit="a-1", at=datetime(2027, 2, 1, 10, 0))],
            {"lab-2": "03-01", "lab-3": "04-01"},
            "the anchor stands a day later, and all that counts from it",
        ),
    ],
)
def test_what_becomes_of_the_others(facts: list[Any], expected: dict[str, str], why: str) -> None:
    """Each is a visit of its own."""
    shown = later(first(course(until="P3M")), *facts, on=date(2027, 2, 1))
    assert {key: f"{shown.visit(key).day:%m-%d}" for key in expected} == expected, why


def test_those_that_count_treated_time_come_later_by_the_hold() -> None:
    """Those before it stand, and the number stays."""
    plan = first(course(until="P4M", counts="treatment"))
    pause = [Paused(on=date(2027, 3, 10)), Resumed(on=date(2027, 3, 20))]
    shown = later(plan, Attended(visit="lab-1"), *pause, on=date(2027, 2, 1))
    assert days(shown) == ["01-31", "02-28", "04-10", "05-10"]


@given(
    months=st.integers(1, 6),
    number=st.integers(1, 12),
    start=st.dates(date(2026, 1, 1), date(2032, 12, 31)),
    lost=st.sets(st.integers(1, 12), max_size=4),
)
@settings(max_examples=40, deadline=None)
def test_a_length_of_so_many_steps_gives_so_many_and_each_is_made_up(
    months: int, number: int, start: date, lost: set[int]
) -> None:
    """Whatever the month's length; and what is lost leaves a visit that is still to come."""
    every, until = f"P{months}M", f"P{months * number}M"
    told = course(datetime.combine(start, START.time()), 2, every=every, until=until)
    plan = schedule(told, CLINIC, as_of=datetime(2025, 12, 1, tzinfo=UTC), horizon="P1M")
    step = Period(every)
    assert [visit.target for visit in plan.reviews] == [step.after(start, n) for n in range(number)]
    called_off = [Cancelled(visit=f"lab-{n}") for n in sorted(lost) if n <= number]
    now = datetime(2025, 12, 2, tzinfo=UTC)
    shown = schedule(plan.course.record(*called_off), CLINIC, as_of=now, previous=plan)
    assert sum(visit.upcoming for visit in shown.reviews) == number
    assert sum(visit.lost for visit in shown.reviews) == len(called_off)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"at": "each session"}, "every: gives the review a second rhythm"),
        ({"every": None, "until": "P2Y"}, "until: ends nothing: the review does not repeat"),
        ({"every": "PT8H"}, "every: is not a number of days, weeks or months"),
        ({"every": "P0D"}, "every: is not longer than nothing"),
        ({"until": "P2Q"}, "until: is not an ISO 8601 duration"),
        ({"until": "the end"}, "until: is not an anchor"),
        ({"until": 3}, "until: is not text"),
        ({"until": Period("P0D")}, "until: is not longer than nothing"),
        ({"until": "last session of b"}, "until: counts from an unknown phase"),
    ],
)
def test_what_cannot_be_meant_is_refused(fields: dict[str, Any], said: str) -> None:
    """With one fault each, at the border."""
    with pytest.raises(ProtocolError) as refused:
        course(**fields)
    assert len(refused.value.faults) == 1
    assert said in str(refused.value)


def test_a_repeating_review_is_recorded_by_its_number() -> None:
    """Its id alone names no visit."""
    told = course(outcomes=["clear", "active"])
    with pytest.raises(RecordError, match="lab-1"):
        told.record(Reviewed(visit="lab", outcome="clear"))
    assert told.record(Reviewed(visit="lab-2", outcome="clear")).facts


def test_a_phase_that_waits_for_an_outcome_follows_the_last_one() -> None:
    """The first that fits opens it; one that concludes otherwise later calls off what is left of it."""
    phases: list[dict[str, Any]] = [
        {"id": "a", "every": "P1W", "sessions": 4},
        {"id": "b", "every": "P1W", "sessions": 8, "starts": "last session of a + P1W"},
    ]
    phases[1]["requires"] = {"review": "lab", "outcome": "active"}
    lab = LAB | {"until": "P3M", "outcomes": ["active", "clear"]}
    protocol = Protocol(id="p", title="P", phases=phases, reviews=[lab])
    plan = first(Course(id="c", protocol=protocol, start=START))
    assert plan.visit("b-1").status == "tentative"
    opened = later(plan, Reviewed(visit="lab-1", outcome="active"), on=date(2027, 2, 1))
    assert {visit.status for visit in opened.sessions if visit.phase == "b"} == {"planned"}
    done = [Attended(visit=f"a-{n}") for n in (1, 2, 3, 4)] + [Attended(visit="b-1")]
    closed = Reviewed(visit="lab-2", outcome="clear")
    shown = later(opened, *done, closed, on=date(2027, 3, 1))
    assert [v.status for v in shown.sessions if v.phase == "b"] == ["attended"] + ["cancelled"] * 7


def test_it_is_written_compared_and_combined() -> None:
    """In files, in the schema, as a difference, and beside another protocol of the same names."""
    monthly, other = (course(until="last session of a", every=e).protocol for e in ("P1M", "P2M"))
    assert load_protocol(dump_protocol(monthly, "toml")) == monthly
    assert load_protocol(dump_protocol(other, "json")) == other
    assert [str(each) for each in compare(monthly, other)] == ["lab: every P1M -> P2M"]
    both = combine(monthly, other.replace(id="q", title="Q"), id="both", title="Both")
    assert [(r.id, str(r.until)) for r in both.reviews] == [
        ("p-lab", "last session of p-a"),
        ("q-lab", "last session of q-a"),
    ]
    fields = protocol_schema()["$defs"]["Review"]["properties"]
    assert fields["every"]["$ref"] == "#/$defs/Forward"
    assert [kind["$ref"] for kind in fields["until"]["anyOf"]] == [
        "#/$defs/Period",
        "#/$defs/Anchor",
    ]
    assert Review.model_validate_json(monthly.reviews[0].model_dump_json()) == monthly.reviews[0]
