"""The gap between the sessions of one day, as a range: where they are planned, and what is judged (M5)."""

from datetime import UTC, datetime
from typing import Any, Literal

import pytest

from mesoplan import (
    Attended,
    Clinic,
    Course,
    Moved,
    Phase,
    Plan,
    Protocol,
    Review,
    compare,
    schedule,
)
from samples import codes_of

START = datetime(2027, 3, 2, 9)  # a Tuesday
AS_OF = datetime(2027, 1, 1, tzinfo=UTC)


def bursts(reviews: tuple[Review, ...] = (), **changes: Any) -> Course:
    """Give a course of three sessions a day, an hour apart; `changes` are fields of the phase."""
    fields: dict[str, Any] = {
        "id": "burst",
        "every": "P1D",
        "offsets": ("PT0H", "PT1H", "PT2H"),
        "min_gap": "PT50M",
        "max_gap": "PT80M",
        "sessions": 3,
        "duration": "PT10M",
    }
    phase = Phase(**(fields | changes))
    protocol = Protocol(id="theta", title="Theta burst", phases=[phase], reviews=reviews)
    return Course(id="c", protocol=protocol, start=START)


def planned(course: Course, hours: str | list[str], previous: Plan | None = None) -> Plan:
    """Plan a course at a clinic that is open so on every day."""
    clinic = Clinic(timezone="UTC", hours={"mon-sun": hours})
    as_of = AS_OF if previous is None else previous.as_of
    plan = schedule(course, clinic, as_of=as_of, previous=previous)
    again = schedule(course, clinic, as_of=as_of, previous=plan)
    assert again.model_dump_json() == plan.model_dump_json()
    return plan


def clock(plan: Plan) -> list[str]:
    """Return when the visits of a plan begin."""
    return [f"{visit.start:%H:%M}" for visit in plan.visits]


@pytest.mark.parametrize(
    ("hours", "changes", "stand", "codes", "why"),
    [
        (
            "08:00-18:00",
            {},
            ["09:00", "10:00", "11:00"],
            set(),
            "as published, where there is room",
        ),
        ("09:30-18:00", {}, ["09:30", "10:30", "11:30"], set(), "or all of them at another time"),
        ("09:00-11:00", {}, ["09:00", "10:00", "10:50"], set(), "together, as far as is needed"),
        ("09:00-10:50", {}, ["09:00", "09:50", "10:40"], set(), "down to the least"),
        (
            "09:00-10:45",
            {},
            ["09:00", "10:00", "11:00"],
            {"day-full"},
            "never nearer: no day has room",
        ),
        (
            ["09:00-09:10", "10:10-10:50", "11:10-12:00"],
            {},
            ["09:00", "10:10", "11:10"],
            set(),
            "apart, where the clinic is closed in between",
        ),
        (
            ["09:00-09:30", "11:00-11:30", "13:00-13:30"],
            {},
            ["09:00", "10:00", "11:00"],
            {"day-full"},
            "never farther apart than the most",
        ),
        (
            ["09:00-09:30", "11:00-11:30", "13:00-13:30"],
            {"max_gap": None},
            ["09:00", "11:00", "13:00"],
            set(),
            "as far as is needed, where no most is published",
        ),
        (
            ["09:00-10:00", "10:20-11:20", "11:30-12:30"],
            {"duration": "PT60M", "min_gap": "PT60M"},
            ["09:00", "10:20", "11:30"],
            set(),
            "one directly behind another, too",
        ),
    ],
)
def test_sessions_of_a_day_stand_within_their_range(
    hours: str | list[str], changes: dict[str, Any], stand: list[str], codes: set[str], why: str
) -> None:
    """The last column says where."""
    plan = planned(bursts(**changes), hours)
    assert clock(plan) == stand, why
    assert set(codes_of(plan)) == codes, why


def test_whoever_comes_off_the_published_time_is_told_why() -> None:
    """The last of three comes sooner because the clinic closes."""
    last = planned(bursts(), "09:00-11:00").visit("burst-3")
    (reason,) = (reason for reason in last.reasons if reason.code == "outside-hours")
    assert (f"{reason.wished:%H:%M}", f"{reason.time:%H:%M}") == ("11:00", "10:50")


def test_what_was_drawn_together_stays_as_announced_when_the_hours_are_longer() -> None:
    """People have been told (M8)."""
    course = bursts()
    plan = planned(course, "09:00-11:00")
    later = planned(course, "08:00-18:00", previous=plan)
    assert clock(later) == ["09:00", "10:00", "10:50"]
    assert {visit.revision for visit in later.visits} == {0}


@pytest.mark.parametrize(
    ("join", "stand", "why"),
    [
        (
            "before",
            ["09:00", "10:00", "10:35", "10:50"],
            "the blood test directly before the third",
        ),
        ("after", ["09:00", "10:00", "10:35", "10:45"], "directly after it"),
    ],
)
def test_a_review_comes_with_its_session(
    join: Literal["before", "after"], stand: list[str], why: str
) -> None:
    """However far that is drawn."""
    review = Review(id="blood", at="session 3 of burst", join=join, duration="PT15M", window="P0D")
    plan = planned(bursts((review,), min_gap="PT30M"), "09:00-11:00")
    assert clock(plan) == stand, why


@pytest.mark.parametrize(
    ("to", "stand", "codes", "why"),
    [
        (30, ["09:30", "10:20", "11:20"], set(), "the next gives way by as little as is needed"),
        (55, ["09:55", "10:45", "11:45"], set(), "and the one after it keeps its distance"),
        (0, ["09:00", "10:00", "11:00"], set(), "nobody gives way without need"),
    ],
)
def test_none_is_planned_nearer_than_the_least_to_one_that_was_moved(
    to: int, stand: list[str], codes: set[str], why: str
) -> None:
    """A person chose the time of the first; the last column says where the others stand."""
    course = bursts()
    plan = planned(course, "08:00-18:00")
    moved = course.record(Moved(visit="burst-1", to=START.replace(minute=to)))
    later = planned(moved, "08:00-18:00", previous=plan)
    assert clock(later) == stand, why
    assert set(codes_of(later)) == codes, why


@pytest.mark.parametrize(
    ("second", "code", "verdict", "why"),
    [
        ("09:50", None, "valid", "exactly the least"),
        ("09:49", "interval-too-short", "too soon: less than 50 minutes after burst-1", "nearer"),
        ("10:20", None, "valid", "exactly the most"),
        ("10:21", "interval-too-long", "too late: more than 80 minutes after burst-1", "farther"),
    ],
)
def test_what_took_place_is_judged_by_the_range(
    second: str, code: str | None, verdict: str, why: str
) -> None:
    """From the beginning of one to the beginning of the next."""
    course = bursts(sessions=3, grace="P1D", offsets=("PT0H", "PT1H"))
    plan = planned(course, "08:00-18:00")
    at = datetime.fromisoformat(f"2027-03-02T{second}")
    facts = (Attended(visit="burst-1", at=START), Attended(visit="burst-2", at=at))
    clinic = plan.clinic
    as_of = datetime(2027, 3, 3, tzinfo=UTC)
    later = schedule(course.record(*facts), clinic, as_of=as_of, previous=plan)
    assert set(codes_of(later)) == ({code} if code else set()), why
    assert verdict in str(later.verdicts()[-1]), why


def test_a_range_is_told_by_diff_and_changed_by_a_variant() -> None:
    """As any number of a phase."""
    wide = bursts().protocol
    narrow = wide.replace(phases=[wide.phases[0].replace(max_gap="PT1H")])
    assert [str(found) for found in compare(wide, narrow)] == ["burst: max gap PT80M -> PT1H"]
    numbers = {"offsets": ("PT0H", "PT2H"), "min_gap": "PT90M", "max_gap": "PT3H"}
    variant = {"id": "slow", "title": "Slow", "phases": {"burst": numbers}}
    slow = wide.replace(variants=[variant]).for_variant("slow").phases[0]
    assert (str(slow.min_gap), str(slow.max_gap)) == ("PT90M", "PT3H")
