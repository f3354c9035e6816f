"""Reviews and milestones that count the time under treatment, so that no day of a hold counts (M3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesoplan import (
    Attended,
    Clinic,
    Closure,
    Course,
    CourseError,
    Moved,
    Paused,
    Plan,
    PlanError,
    Protocol,
    Resumed,
    Reviewed,
    compare,
    dump_protocol,
    load_protocol,
    schedule,
)

START = datetime(2027, 1, 4, 10, 0)
BEFORE = datetime(2026, 12, 20, 9, tzinfo=UTC)
CLINIC = Clinic(timezone="UTC")


def day(number: int) -> date:
    """Return a day, counted from the start."""
    return START.date() + timedelta(days=number)


def course(counts: str = "treatment", at: str = "start + P90D", **review: Any) -> Course:
    """Return forty weekly sessions, a review after ninety days, and what to expect by then."""
    fields = {"id": "look", "at": at, "counts": counts, "join": False} | review
    expected = {"id": "result", "title": "Result", "at": at, "until": "start + P120D"}
    protocol = Protocol(
        id="p",
        title="P",
        phases=[{"id": "a", "every": "P1W", "sessions": 40}],
        reviews=[fields],
        milestones=[expected | {"counts": counts}],
    )
    return Course(id="c", protocol=protocol, start=START, dates={"lab": day(10)})


def first(told: Course) -> Plan:
    """Return the first plan."""
    return schedule(told, CLINIC, as_of=BEFORE)


def later(plan: Plan, *facts: Any, on: int) -> Plan:
    """Return the plan that follows these facts, on a day counted from the start."""
    now = datetime.combine(day(on), START.time(), tzinfo=UTC) + timedelta(hours=2)
    return schedule(plan.course.record(*facts), CLINIC, as_of=now, previous=plan)


def paused(number: int) -> Paused:
    """Return the beginning of a hold."""
    return Paused(on=day(number))


def resumed(number: int) -> Resumed:
    """Return its end."""
    return Resumed(on=day(number))


@pytest.mark.parametrize(
    ("counts", "at", "holds", "expected", "why"),
    [
        ("calendar", "start + P90D", [(20, 320)], 90, "all days count: it falls into the hold"),
        ("treatment", "start + P90D", [(20, 320)], 390, "three hundred days of hold do not count"),
        ("treatment", "start + P90D", [(90, 100)], 100, "ninety days have passed when it resumes"),
        ("treatment", "start + P90D", [(91, 100)], 90, "a hold that begins after it"),
        ("treatment", "start + P90D", [(10, 20), (95, 125)], 130, "two, the second met only so"),
        ("treatment", "start + P90D", [(20, 20)], 90, "a hold that ended on its first day"),
        ("treatment", "external:lab + P30D", [(5, 25)], 55, "from the tenth day, fifteen of hold"),
        (
            "treatment",
            "external:lab - P3D",
            [(5, 25)],
            7,
            "what lies before its anchor has no hold",
        ),
        ("treatment", "session 3 + P1W", [(15, 36)], 42, "counted from where the session stands"),
    ],
)
def test_where_a_review_stands_that_counts_treated_time(
    counts: str, at: str, holds: list[tuple[int, int]], expected: int, why: str
) -> None:
    """So many days on which the treatment was not on hold lie before it."""
    plan = first(course(counts, at))
    facts = [fact for one, other in holds for fact in (paused(one), resumed(other))]
    attended = [Attended(visit=f"a-{n}") for n in (1, 2, 3)]
    shown = later(plan, *attended, *facts, on=16)
    assert (shown.visit("look").target - day(0)).days == expected, why


def test_a_milestone_counts_treated_time_too() -> None:
    """Both its ends."""
    plan = later(first(course()), paused(20), resumed(50), on=51)
    (expected,) = plan.milestones
    assert ((expected.first - day(0)).days, (expected.last - day(0)).days) == (120, 150)


def test_while_the_hold_is_open_it_waits_with_the_sessions() -> None:
    """Nobody knows its day yet, and it never passes unrecorded."""
    plan = first(course())
    held = later(plan, paused(20), on=21)
    assert (held.visit("look").status, held.visit("look").day) == ("on_hold", day(90))
    assert held.visit("look").reasons[0].code == "on-hold"
    long_after = later(held, on=200)
    assert long_after.visit("look").status == "on_hold"
    assert not [f for f in long_after.findings if f.visit == "look"]
    resumed_at_last = later(long_after, resumed(320), on=320)
    look = resumed_at_last.visit("look")
    assert (look.status, look.day, look.key) == ("planned", day(390), "look")


def test_a_review_before_the_hold_and_one_that_a_person_moved_do_not_wait() -> None:
    """The one is near, the other was chosen."""
    early = later(first(course(at="start + P10D")), paused(20), on=5)
    assert early.visit("look").status == "planned"
    moved = Moved(visit="look", to=datetime.combine(day(60), START.time()))
    chosen = later(first(course()), moved, paused(20), on=21)
    assert (chosen.visit("look").status, chosen.visit("look").day) == ("planned", day(60))


@given(
    begins=st.integers(1, 80),
    length=st.integers(1, 300),
    late=st.integers(0, 9),
    counts=st.sampled_from(["calendar", "treatment"]),
)
@settings(max_examples=40, deadline=None)
def test_a_hold_told_at_once_or_step_by_step_gives_the_same_review(
    begins: int, length: int, late: int, counts: str
) -> None:
    """The same day, key and number (M7)."""
    ends = begins + length
    plan = first(course(counts))
    together = later(plan, paused(begins), resumed(ends), on=ends + late)
    apart = later(later(plan, paused(begins), on=begins), resumed(ends), on=ends + late)
    if counts == "treatment" or ends + late < 90:
        assert together.visit("look").start == apart.visit("look").start
    if counts == "treatment":
        days = (together.visit("look").target - day(0)).days
        assert days - 90 == (length if begins <= 90 else 0)


@pytest.mark.parametrize(
    ("counts", "facts", "on", "expected", "why"),
    [
        (
            "calendar",
            [paused(20), resumed(320)],
            320,
            {"look", None},
            "three months after the start nothing had been done for long",
        ),
        (
            "calendar",
            [paused(20), resumed(89)],
            89,
            {"look", None},
            "the hold is over, but the first session comes later",
        ),
        ("calendar", [paused(20), resumed(40)], 41, set(), "treatment goes on long before"),
        ("calendar", [paused(20)], 30, set(), "while it is open nobody knows"),
        (
            "calendar",
            [Reviewed(visit="look", outcome="good"), paused(20), resumed(320)],
            320,
            {None},
            "it took place: the person was there",
        ),
        ("treatment", [paused(20), resumed(320)], 320, set(), "they count treated time"),
    ],
)
def test_what_falls_before_treatment_has_gone_on_is_pointed_out(
    counts: str, facts: list[Any], on: int, expected: set[str | None], why: str
) -> None:
    """A result is looked at, or promised, that nobody has worked for."""
    shown = later(first(course(counts)), *facts, on=on)
    found = [finding for finding in shown.findings if finding.code == "untreated"]
    assert {finding.visit for finding in found} == expected, why
    assert all("on hold from 2027-01-24" in finding.message for finding in found)


@pytest.mark.parametrize(
    ("part", "fields", "why"),
    [
        ("reviews", {"at": "start + P10Y"}, "its target"),
        ("reviews", {"at": "start + P11M", "window": "P2M"}, "the end of its window"),
        ("reviews", {"at": "start", "every": "P1Y", "until": "P20Y"}, "one of those that repeat"),
        ("milestones", {"at": "start + P10Y"}, "what is expected"),
    ],
)
def test_what_leads_beyond_the_calendar_is_refused(
    part: str, fields: dict[str, str], why: str
) -> None:
    """However short the horizon."""
    parts: dict[str, Any] = {part: [{"id": "look", "title": "Look"} | fields]}
    phases = [{"id": "a", "every": "P1W", "sessions": 2}]
    protocol = Protocol(id="p", title="P", phases=phases, **parts)
    told = Course(id="c", protocol=protocol, start=datetime(9999, 1, 5, 10, 0))
    with pytest.raises(CourseError) as refused:
        schedule(told, CLINIC, as_of=BEFORE, horizon="P1W")
    assert "leads beyond the year 9999" in str(refused.value), why


def test_a_review_that_finds_no_day_before_the_end_of_the_calendar_is_refused() -> None:
    """The clinic is closed up to the last day."""
    protocol = Protocol(
        id="p",
        title="P",
        phases=[{"id": "a", "every": "P1W", "sessions": 2}],
        reviews=[{"id": "look", "at": "start + P11M", "join": False}],
    )
    told = Course(id="c", protocol=protocol, start=datetime(9999, 1, 5, 10, 0))
    closed = Closure(first=date(9999, 6, 1), last=date(9999, 12, 31))
    with pytest.raises(PlanError, match="finds no possible day"):
        schedule(told, CLINIC.replace(closures=[closed]), as_of=BEFORE, horizon="P1W")


def test_it_is_written_and_told() -> None:
    """In files, and as a difference in words."""
    treated, calendar = (course(counts).protocol for counts in ("treatment", "calendar"))
    assert load_protocol(dump_protocol(treated, "toml")) == treated
    assert [str(each) for each in compare(calendar, treated)] == [
        "look: counts calendar -> treatment",
        "result: counts calendar -> treatment",
    ]
