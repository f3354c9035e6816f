from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mesoplan import (
    RULES,
    Attended,
    Begun,
    Clinic,
    Course,
    Plan,
    Protocol,
    Reviewed,
    check_protocol,
    dump_protocol,
    load_protocol,
    schedule,
)
from mesoplan.course.facts import Fact

FOLDER = Path(__file__).with_name("further")

COMPUTED_BY_HAND = [
    # protocol, start, the days of its sessions and then of its reviews, why
    (
        "weekly-with-every-fourth-review",
        "2025-01-06",
        "01-06 01-13 01-20 01-27 02-03 02-10 02-17 02-24 03-03 03-10 03-17 03-24",
        "01-18 01-27 02-24 03-24",
        "a review tied to each n-th session, and one before a session",
    ),
    (
        "month-end-rolled",
        "2025-01-31",
        "01-31 03-01 03-31 05-01 05-31",
        "",
        "a missing day becomes the first of the next month, each counted from January",
    ),
    ("month-end-clipped", "2025-01-31", "01-31 02-28 03-31 04-30 05-31", "", "the last day"),
    (
        "yearly",
        "2024-02-29",
        "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29",
        "",
        "a leap day returns when its year does",
    ),
    (
        "three-on-one-off",
        "2025-01-06",
        "01-06 01-13 01-20 02-03 02-10 02-17 03-03 03-10 03-17",
        "",
        "places inside a step",
    ),
    (
        "nested-courses",
        "2025-01-06",
        "01-06 01-13 01-20 01-27 04-06 04-13 04-20 04-27 07-06 07-13 07-20 07-27",
        "",
        "weeks inside months",
    ),
    (
        "twice-daily",
        "2025-01-06",
        "01-06 01-06 01-07 01-07 01-08 01-08 01-09 01-09 01-10 01-10",
        "",
        "two on one day",
    ),
    (
        "ten-days-then-two-monthly",
        "2025-01-06",
        "01-06 01-16 01-26 03-06 05-06 07-06",
        "",
        "a later phase counted from the start, six months long",
    ),
    (
        "build-up",
        "2025-01-06",
        "01-06 01-13 01-20 01-27 02-10 03-10 04-10",
        "",
        "months from two weeks after the last weekly session",
    ),
    (
        "alternating",
        "2025-01-06",
        "01-06 01-20 02-03 02-17 03-03 03-17",
        "",
        "two treatments in turn",
    ),
    (
        "fortnightly-weekdays",
        "2025-01-06",
        "01-07 01-10 01-21 01-24 02-04 02-07",
        "",
        "weekdays of every other week, from the first one after a Monday",
    ),
    (
        "midweek",
        "2025-01-08",
        "01-09 01-13 01-16 01-20",
        "",
        "a course that starts on a Wednesday begins on the Thursday",
    ),
    (
        "around-surgery",
        "2025-01-06",
        "02-10 02-17 02-25 02-27 03-03 04-07",
        "2026-02-24",
        "before and after a date from outside, 24 February",
    ),
    (
        "up-to-a-total",
        "2025-01-06",
        "01-06 01-07 01-08 01-09 01-10 01-17 01-24 01-31",
        "",
        "a cumulative total",
    ),
    (
        "surveillance",
        "2025-01-06",
        "01-06 01-13 01-20 01-27 02-03 02-10",
        (
            "04-06 07-06 10-06 2026-01-06 2026-04-06 2026-07-06 2026-10-06 2027-01-06 2027-07-06 "
            "2028-01-06 2028-07-06 2029-01-06 2029-07-06 2030-01-06"
        ),
        "every three months for two years, then every six up to the fifth",
    ),
    (
        "side-track",
        "2025-01-06",
        "01-06 01-20 02-03 02-04 02-17 03-03 03-04",
        "",
        "a phase counted from a session of another",
    ),
    (
        "again-on-relapse",
        "2025-01-06",
        "01-06 01-13 01-20 01-27",
        "04-27 07-27 10-27 2026-01-27",
        "a retreatment that is not needed has no day",
    ),
]


def protocol(name: str) -> Protocol:
    """Read a protocol of the folder."""
    return load_protocol((FOLDER / f"{name}.toml").read_bytes(), subject=f"{name}.toml")


def plan_of(name: str, start: date, *facts: Fact) -> Plan:
    """Plan it at a clinic that is always open."""
    begins = datetime.combine(start, datetime(2025, 1, 1, 9).time())
    dates = {"surgery": date(2025, 2, 24)}
    course = Course(id="x", protocol=protocol(name), start=begins, dates=dates).record(*facts)
    return schedule(course, Clinic(timezone="UTC"), as_of=datetime(2023, 1, 1, tzinfo=UTC))


def days(text: str, year: str) -> list[date]:
    """Read days written by hand; those of the starting year leave it out."""
    return [date.fromisoformat(day if len(day) > 5 else f"{year}-{day}") for day in text.split()]


@pytest.mark.parametrize(("name", "start", "sessions", "reviews", "why"), COMPUTED_BY_HAND)
def test_a_course_of_another_shape_has_the_days_computed_by_hand(
    name: str, start: str, sessions: str, reviews: str, why: str
) -> None:
    """Shapes that no published regimen here has: what the model says is what a person computes."""
    plan = plan_of(name, date.fromisoformat(start))
    for visits, expected in ((plan.sessions, sessions), (plan.reviews, reviews)):
        assert [visit.target for visit in visits] == days(expected, start[:4]), why
        assert [visit.day for visit in visits] == days(expected, start[:4]), why


def test_every_file_of_the_folder_is_tried() -> None:
    """A protocol without days computed by hand would prove nothing."""
    assert {path.stem for path in FOLDER.iterdir()} == {row[0] for row in COMPUTED_BY_HAND}


@pytest.mark.parametrize("name", [row[0] for row in COMPUTED_BY_HAND])
def test_every_file_of_the_folder_survives_its_forms(name: str) -> None:
    """It survives being written and read."""
    assert load_protocol(dump_protocol(protocol(name))) == protocol(name)


@pytest.mark.parametrize("name", [row[0] for row in COMPUTED_BY_HAND])
def test_the_checker_finds_nothing_impossible_in_the_folder(name: str) -> None:
    """What can be planned as a person computes it is no error, and its title says what it is."""
    wrong = {"MP212", "MP213"} | {rule.code for rule in RULES if rule.level == "error"}
    assert [str(r) for r in check_protocol(protocol(name)) if r.rule in wrong] == []


def test_twice_a_day_is_eight_hours_apart() -> None:
    """The times of day follow the offsets in hours."""
    plan = plan_of("twice-daily", date(2025, 1, 6))
    assert [visit.start.hour for visit in plan.sessions] == [9, 17] * 5


def test_a_retreatment_on_each_relapse() -> None:
    """From the day of the control that finds one, or of the call that tells of one, three weeks each."""
    relapse = Reviewed(visit="control-2", outcome="relapse")
    clear = Reviewed(visit="control-1", outcome="clear")
    came = [Attended(visit=f"retreatment-{number}") for number in (1, 2, 3)]
    called = Begun(phase="retreatment", on=date(2025, 12, 1))
    plan = plan_of("again-on-relapse", date(2025, 1, 6), clear, relapse, *came, called)
    found = [visit.day for visit in plan.sessions if visit.phase == "retreatment"]
    assert found == days("07-27 08-03 08-10 12-01 12-08 12-15", "2025")


def test_each_dose_step_is_on_its_session() -> None:
    """Doses rise as written, the last with its own duration, all with the observation after it."""
    sessions = plan_of("build-up", date(2025, 1, 6)).sessions
    assert [visit.label for visit in sessions] == ["0.1", "0.2", "0.4", "0.8", "1.0", "1.0", "1.0"]
    minutes = [(visit.end - visit.start).seconds // 60 for visit in sessions]
    assert minutes == [40, 40, 40, 75, 30, 30, 30]
