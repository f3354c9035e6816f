"""Visits that last beyond midnight: planned where their whole length can be, and shown with their end."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from mesoplan import Away, Clinic, Closure, Course, Moved, Phase, Plan, Protocol, Review, schedule
from samples import AS_OF, codes_of, course_of

MONDAY = datetime(2027, 2, 1, 14, 0)
WARD = Clinic(timezone="UTC")
"""A clinic that never closes by itself."""


def stays(duration: str, *others: Phase, sessions: int = 3) -> Course:
    """Give a course of stays every ten days, with three days either side, beside other phases."""
    stay = Phase(
        id="stay",
        label="stay",
        every="P10D",
        sessions=sessions,
        window="P3D",
        duration=duration,
    )
    protocol = Protocol(id="ward", title="Ward", phases=[stay, *others])
    return course_of(protocol, MONDAY)


def planned(course: Course, clinic: Clinic = WARD) -> Plan:
    """Plan a course for the first time."""
    return schedule(course, clinic, as_of=AS_OF)


def closed(first: date, last: date | None = None) -> Clinic:
    """Give the ward with a closure."""
    return WARD.replace(closures=[Closure(first=first, last=last or first, reason="Works")])


@pytest.mark.parametrize(
    ("duration", "day", "hour", "why"),
    [
        ("PT8H", 11, 14, "it ends before midnight, whatever the next day is"),
        ("PT10H", 11, 14, "it ends at midnight"),
        ("PT20H", 11, 4, "it begins as late as lets it end before the closed day"),
        (
            "PT26H",
            10,
            14,
            "from the 11th it would last into that day; a day earlier it ends before",
        ),
        ("P2D", 10, 0, "two whole days end as the closed one begins"),
        ("PT60H", 13, 14, "two days and a half fit two days earlier and two days later: the later"),
        ("P5D", 13, 14, "no day of the window before it is; the day after it is nearest"),
    ],
)
def test_a_stay_does_not_last_into_a_closed_day(
    duration: str, day: int, hour: int, why: str
) -> None:
    """All days that it takes are open; the 12th of February is closed."""
    plan = planned(stays(duration), closed(date(2027, 2, 12)))
    visit = plan.visit("stay-2")
    assert (visit.start.day, visit.start.hour) == (day, hour), why
    assert visit.inside_window


def test_a_stay_does_not_last_into_days_away() -> None:
    """The person cannot be here when they are there."""
    course = stays("PT30H").record(Away(first=date(2027, 2, 12), last=date(2027, 2, 13)))
    visit = planned(course).visit("stay-2")
    assert (visit.day, visit.reasons[0].code) == (date(2027, 2, 10), "too-short")


def test_nothing_else_takes_place_in_a_stay() -> None:
    """Another treatment waits for its end, and a review comes before it or after."""
    other = Phase(id="talk", label="talk", starts="start + P1D", every="P1W", sessions=2)
    course = stays("PT30H", other)
    review = Review(id="look", at="start + P11D", join=False)
    course = course.replace(protocol=course.protocol.replace(reviews=[review]))
    plan = planned(course)
    assert plan.visit("talk-1").start == plan.visit("stay-1").end
    assert plan.visit("talk-1").reasons[-1].code == "taken"
    ordered = sorted(plan.visits, key=lambda visit: visit.start)
    for before, after in pairwise(ordered):
        assert before.end <= after.start


def test_a_stay_that_a_person_moved_into_a_closed_day_is_found() -> None:
    """It stands where it was put, and each conflict is said."""
    clinic, course = closed(date(2027, 2, 14), date(2027, 2, 15)), stays("P2D")
    away = Away(first=date(2027, 2, 13), last=date(2027, 2, 13))
    moved = Moved(visit="stay-2", to=datetime(2027, 2, 12, 14, 0))
    plan = planned(course.record(away, moved), clinic)
    said = [str(finding) for finding in plan.findings if finding.visit == "stay-2"]
    assert said == [
        "stay-2: lasts into 2027-02-13, when the person is away",
        "stay-2: lasts into 2027-02-14, when the clinic is closed (Works)",
    ]


@pytest.mark.parametrize(
    ("zone", "start", "duration", "expected", "why"),
    [
        ("UTC", "2027-02-01T14:00", "PT90M", "Mon 2027-02-01 14:00-15:30", "within a day"),
        (
            "UTC",
            "2027-02-01T14:00",
            "PT24H",
            "Mon 2027-02-01 14:00 to Tue 2027-02-02 14:00",
            "a whole day does not read as no time at all",
        ),
        (
            "UTC",
            "2027-02-01T23:00",
            "P3D",
            "Mon 2027-02-01 23:00 to Thu 2027-02-04 23:00",
            "nor do three",
        ),
        (
            "Europe/Madrid",
            "2027-10-31T02:15",
            "PT1H",
            "Sun 2027-10-31 02:15 CEST-02:15 CET",
            "nor does the hour that autumn repeats",
        ),
    ],
)
def test_a_visit_shows_when_it_ends(
    zone: str, start: str, duration: str, expected: str, why: str
) -> None:
    """In the table of a plan, in a notebook and on the command line."""
    protocol = stays(duration).protocol
    course = course_of(protocol, datetime.fromisoformat(start))
    plan = planned(course, Clinic(timezone=zone))
    assert plan.visit("stay-1").when == expected, why
    assert expected in str(plan)
    assert expected in plan._repr_html_()


def test_a_stay_lasts_as_long_as_it_says() -> None:
    """In time that passes: also over a night in which the clocks change."""
    course = course_of(stays("PT24H").protocol, datetime(2027, 3, 27, 14, 0))
    plan = planned(course, Clinic(timezone="Europe/Madrid"))
    visit = plan.visit("stay-1")
    assert visit.length == timedelta(hours=24)
    assert (visit.end.day, visit.end.hour) == (28, 15)
    assert codes_of(plan) == []
