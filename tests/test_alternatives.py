"""Other times for a visit: what is offered, in which order, and that each causes what it says."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from histories import histories
from mesoplan import (
    Alternative,
    Attended,
    Away,
    Cancelled,
    Clinic,
    Closure,
    Course,
    Missed,
    Paused,
    Period,
    Phase,
    Plan,
    PlanError,
    Protocol,
    Resumed,
    Review,
    Spacing,
    Stopped,
    alternatives,
    schedule,
)

MONDAY = datetime(2027, 1, 4, 17, 30)
NOW = datetime(2026, 12, 20, 9, tzinfo=UTC)
UTC_3 = timezone(timedelta(hours=3))
HOURS = {"mon-thu": "09:00-18:30", "fri": "09:00-12:00"}
PHASE: dict[str, Any] = {
    "id": "a",
    "title": "Session",
    "every": "P1W",
    "sessions": 4,
    "min_interval": "P1D",
}
"""Mondays in January 2027: the 4th, 11th, 18th and 25th."""


def plan(*facts: Any, clinic: dict[str, Any] | None = None, **changed: Any) -> Plan:
    """Plan a course of one phase with so many fields changed."""
    reviews = changed.pop("reviews", [])
    phases = [Phase(**(PHASE | changed)), *changed.pop("more", [])]
    protocol = Protocol(id="p", title="P", phases=phases, reviews=reviews)
    course = Course(id="c", protocol=protocol, start=MONDAY).record(*facts)
    place = Clinic(**({"timezone": "Europe/Istanbul", "hours": HOURS} | (clinic or {})))
    return schedule(course, place, as_of=NOW)


def told(found: tuple[Alternative, ...]) -> list[str]:
    """Read them."""
    return [str(each) for each in found]


def days(found: tuple[Alternative, ...]) -> list[int]:
    """Give the days of January that are offered, best first."""
    return [each.start.day for each in found]


def elsewhere(given: Plan, key: str, **asked: Any) -> tuple[Alternative, ...]:
    """Give the offers on other days than the booked one."""
    booked = given.visit(key).day
    return tuple(each for each in alternatives(given, key, **asked) if each.start.date() != booked)


def test_each_says_what_it_would_cost() -> None:
    """Early or late, outside the window, or at the cost of another session; best first."""
    found = elsewhere(plan(window="P2D", min_interval="P6D"), "a-2", within=Period("P4D"))
    assert told(found) == [
        "Tue 12 Jan 2027 17:30 is 1 day late",
        (
            "Wed 13 Jan 2027 17:30 is 2 days late, and would push Session 3 of 4 (a-3) "
            "to Tue 19 Jan 2027 17:30"
        ),
        (
            "Thu 14 Jan 2027 17:30 is 3 days late, outside the window, and would push "
            "Session 3 of 4 (a-3) to Wed 20 Jan 2027 17:30 and Session 4 of 4 (a-4) "
            "to Tue 26 Jan 2027 17:30"
        ),
        (
            "Fri 15 Jan 2027 11:30 is 4 days late, outside the window, and would push "
            "Session 3 of 4 (a-3) to Thu 21 Jan 2027 17:30 and Session 4 of 4 (a-4) "
            "to Wed 27 Jan 2027 17:30"
        ),
    ]


def test_a_long_row_of_pushed_sessions_is_counted() -> None:
    """Three sessions would be a long sentence."""
    found = elsewhere(plan(min_interval="P7D"), "a-1", within=Period("P1D"))
    assert told(found) == [
        (
            "Tue 5 Jan 2027 17:30 is 1 day late, and would push Session 2 of 4 (a-2) "
            "to Tue 12 Jan 2027 17:30, Session 3 of 4 (a-3) to Tue 19 Jan 2027 17:30 and 1 more"
        )
    ]


NOT_OFFERED: list[tuple[dict[str, Any], list[Any], int, list[int], str]] = [
    ({}, [], 2, [12, 13], "the clinic is closed at the weekend"),
    (
        {"clinic": {"closures": [Closure(first=date(2027, 1, 12), last=date(2027, 1, 12))]}},
        [],
        2,
        [13],
        "it is closed on the 12th",
    ),
    ({}, [Away(first=date(2027, 1, 12), last=date(2027, 1, 12))], 2, [13], "the person is away"),
    (
        {},
        [Paused(on=date(2027, 1, 13)), Resumed(on=date(2027, 1, 14))],
        3,
        [12, 14, 8],
        "a medical hold",
    ),
    ({}, [Stopped(on=date(2027, 1, 13))], 3, [12, 8], "the course ends"),
    ({"min_interval": "P7D"}, [], 4, [12, 13, 14, 15], "it would come too soon after the first"),
    ({"duration": "PT4H"}, [], 4, [12, 13, 14, 7], "Fridays are too short"),
    ({}, [], 8, [12, 13, 14, 8, 15, 7, 6, 5, 18], "on the 19th it would come after the third one"),
]


@pytest.mark.parametrize(("changed", "facts", "reach", "offered", "why"), NOT_OFFERED)
def test_no_day_is_offered_that_cannot_be(
    changed: dict[str, Any], facts: list[Any], reach: int, offered: list[int], why: str
) -> None:
    """Closed, away, on hold, after the end, too soon, or in another order: there is no such choice."""
    found = elsewhere(plan(*facts, **changed), "a-2", within=Period(days=reach))
    assert days(found) == offered, why


def test_sessions_of_two_treatments_keep_apart() -> None:
    """A spacing is a minimum as well: on the 5th it would come too soon after the other, on the 4th it pushes it."""
    one = Phase(**(PHASE | {"label": "A", "sessions": 1}))
    other = one.replace(id="b", label="B", starts="start + P3D")
    spacing = Spacing(between=("A", "B"), at_least="P2D")
    protocol = Protocol(id="p", title="P", phases=[one, other], spacing=[spacing])
    course = Course(id="c", protocol=protocol, start=MONDAY)
    clinic = Clinic(timezone="Europe/Istanbul")
    found = elsewhere(schedule(course, clinic, as_of=NOW), "b-1", within=Period("P3D"))
    assert days(found) == [8, 6, 9, 10, 4]


def test_a_maximum_interval_is_said_and_ranks_like_a_window() -> None:
    """Ten days at most: the 15th is the eleventh day after the 4th, and the 7th too early for the 18th."""
    found = elsewhere(plan(max_interval="P10D"), "a-2", within=Period("P4D"))
    assert days(found) == [12, 13, 14, 8, 15, 7]
    assert str(found[-2]) == (
        "Fri 15 Jan 2027 11:30 is 4 days late; a-2 would come more than 10 days after a-1"
    )
    assert [each.warnings for each in found[:4]] == [()] * 4, "ten days are not more than ten"


def test_a_day_inside_the_window_comes_before_a_nearer_one_outside() -> None:
    """Earlier is tolerated here, later is not."""
    window = {"earlier": "P4D", "later": "P0D"}
    found = elsewhere(plan(window=window), "a-2", within=Period("P4D"))
    assert days(found) == [8, 7, 12, 13, 14, 15]


def test_the_time_is_the_possible_one_nearest_to_the_booked_one() -> None:
    """Not on top of another visit, and inside the opening hours."""
    look = Review(id="look", at="start + P8D", join=False)
    found = elsewhere(plan(reviews=[look]), "a-2", within=Period("P4D"))
    times = {each.start.day: f"{each.start:%H:%M}" for each in found}
    cancelled = plan(Cancelled(visit="look"), reviews=[look])
    freed = elsewhere(cancelled, "a-2", within=Period("P1D"))
    assert f"{freed[0].start:%d %H:%M}" == "12 17:30", "what was called off takes no time"
    assert times == {12: "18:00", 13: "17:30", 14: "17:30", 8: "11:30", 15: "11:30", 7: "17:30"}


def test_a_review_has_alternatives_too() -> None:
    """A hold concerns sessions; a review takes place all the same."""
    look = Review(id="look", at="start + P8D", window="P1D", join=False)
    paused = plan(Paused(on=date(2027, 1, 12)), reviews=[look])
    found = elsewhere(paused, "look", within=Period("P2D"))
    assert days(found) == [13, 11, 14]
    assert found[1].start.hour * 60 + found[1].start.minute in {17 * 60, 18 * 60}


def test_only_days_after_the_moment_of_asking_are_offered() -> None:
    """Who calls on the 7th is not offered the 7th; by default it is asked when the plan was made."""
    asked = datetime(2027, 1, 7, 9, tzinfo=UTC)
    full = plan(Attended(visit="a-1"))
    assert days(elsewhere(full, "a-2", within=Period("P4D"))) == [12, 13, 14, 8, 15, 7]
    found = elsewhere(full, "a-2", after=asked, within=Period("P4D"))
    assert days(found) == [12, 13, 14, 8, 15]


def test_around_the_target_is_looked_as_well() -> None:
    """A session that had to go far away may come back when its week is free again."""
    leave = Closure(first=date(2027, 1, 11), last=date(2027, 1, 29))
    places = {"at": ("P0D", "P1W"), "every": None, "sessions": None, "min_interval": "P7D"}
    far = plan(clinic={"closures": [leave]}, **places)
    free = schedule(far.course, far.clinic.replace(closures=()), as_of=NOW, previous=far)
    found = elsewhere(free, "a-2", within=Period("P2D"))
    assert f"{free.visit('a-2').start:%d %b}" == "01 Feb"
    assert days(found) == [11, 12, 13, 2, 3]


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("a-9", {}, 'is not in the plan, got a-9 \\(did you mean "a-'),
    ("a-1", {}, "a-1 is not to come, so it cannot be moved, got missed"),
    (
        "a-2",
        {"after": datetime(2027, 1, 11, 14, 30, tzinfo=UTC)},
        "a-2 is not to come, so it cannot be moved, got planned for 2027-01-11 17:30",
    ),
    ("a-2", {"after": datetime(2027, 1, 1)}, "after: has no time zone"),
    ("a-2", {"within": Period("P0D")}, r"within: .* got P0D \(give 1 to 31 days\)"),
    ("a-2", {"within": Period("-P1D")}, "within: is no length"),
    ("a-2", {"within": Period("P32D")}, "within: is no length"),
    ("a-2", {"within": Period("P2M")}, "within: is no length"),
    ("a-2", {"within": "two days"}, "within: is not an ISO 8601 duration, got 'two days'"),
    ("a-2", {"within": 2}, "within: is not text, got 2"),
]


@pytest.mark.parametrize(("key", "asked", "said"), REFUSED)
def test_what_cannot_be_asked_is_refused(key: str, asked: dict[str, Any], said: str) -> None:
    """A visit that is over, a moment without a zone, a length without end."""
    with pytest.raises(PlanError, match=said):
        alternatives(plan(Missed(visit="a-1")), key, **asked)


def test_how_far_is_looked_may_be_said_as_text() -> None:
    """As everywhere else."""
    short = plan(every="P5D", sessions=4)
    assert alternatives(short, "a-3", within="P3D") == alternatives(
        short, "a-3", within=Period("P3D")
    )


def test_a_month_is_looked_through_as_31_days() -> None:
    """The farthest that is looked."""
    long = plan(every="P8W", sessions=2)
    assert alternatives(long, "a-2", within=Period("P1M")) == alternatives(
        long, "a-2", within=Period("P31D")
    )


@pytest.mark.parametrize(
    ("minutes", "reviews", "clinic", "offered", "why"),
    [
        (40, [], {}, ["16:50"], "nothing is left behind it: the clinic closes at half past six"),
        (20, [], {}, ["17:10", "17:50"], "directly before the booked time, and directly after it"),
        (
            20,
            [Review(id="look", at="start + P7D", join=False, duration="PT10M")],
            {},
            ["17:00", "17:50"],
            "another visit takes the ten minutes before it",
        ),
        (
            20,
            [],
            {"hours": {"mon-fri": "09:00-12:00,15:00-17:00,17:30-19:00"}},
            ["16:40", "17:50"],
            "the last half hour before it is no opening time",
        ),
        (60, [], {"hours": {"mon": "17:30-18:30"}}, [], "the day has room for no other time"),
    ],
)
def test_other_hours_of_the_booked_day_come_first(
    minutes: int, reviews: list[Review], clinic: dict[str, Any], offered: list[str], why: str
) -> None:
    """It is the first thing that is asked at a desk: the nearest time before and after it."""
    booked = plan(duration=Period(minutes=minutes), reviews=reviews, clinic=clinic)
    stands = booked.visit("a-2").start
    found = alternatives(booked, "a-2")
    same = [each for each in found if each.start.date() == stands.date()]
    assert sorted(f"{each.start:%H:%M}" for each in same) == offered, why
    assert [each for each in found if each in same] == list(found[: len(same)]), why
    assert {(each.days, each.pushes) for each in same} <= {(0, ())}


def test_who_asks_on_the_day_itself_is_offered_what_is_left_of_it() -> None:
    """And the days after it, none before."""
    asked = datetime(2027, 1, 11, 17, 0, tzinfo=UTC_3)
    found = alternatives(plan(Attended(visit="a-1"), duration="PT20M"), "a-2", after=asked)
    assert [f"{each.start:%d %H:%M}" for each in found][:3] == ["11 17:50", "11 17:10", "12 17:30"]
    later = alternatives(
        plan(Attended(visit="a-1"), duration="PT20M"), "a-2", after=asked + timedelta(minutes=15)
    )
    assert [f"{each.start:%d %H:%M}" for each in later][:2] == ["11 17:50", "12 17:30"]
    assert min(each.start.day for each in later) == 11


@given(histories(), st.data())
@settings(suppress_health_check=[HealthCheck.filter_too_much], deadline=None)
def test_whoever_takes_an_alternative_gets_what_it_said(
    plans: list[Plan], data: st.DataObject
) -> None:
    """Its day, its time, its distance and its pushes are those of the plan made with its fact."""
    last = plans[-1]
    ahead = [visit.key for visit in last.visits if visit.upcoming and visit.start > last.as_of]
    assume(ahead)
    found = alternatives(last, data.draw(st.sampled_from(ahead)))
    assume(found)
    chosen = data.draw(st.sampled_from(found))
    base = schedule(last.course, last.clinic, as_of=last.as_of, previous=last, horizon=last.horizon)
    later = schedule(
        last.course.record(chosen.fact),
        last.clinic,
        as_of=last.as_of,
        previous=last,
        horizon=last.horizon,
    )
    visit = later.visit(chosen.key)
    assert visit.start == chosen.start
    assert (visit.day - visit.target).days == chosen.days
    assert visit.inside_window == chosen.inside_window
    pushed = {c.key for c in later.changes_since(base) if c.kind in {"moved", "added", "cancelled"}}
    assert pushed - {chosen.key} == {change.key for change in chosen.pushes}
    assert last.clinic.closed(visit.day) is None
    assert Alternative.model_validate_json(chosen.model_dump_json()) == chosen


@pytest.mark.slow
@given(histories(), st.data())
@settings(suppress_health_check=[HealthCheck.filter_too_much], deadline=None)
def test_the_offers_are_in_order_and_each_another_time(
    plans: list[Plan], data: st.DataObject
) -> None:
    """Two of the booked day at most, one of any other; of two alike the nearer to the target is first."""
    last = plans[-1]
    ahead = [visit for visit in last.visits if visit.upcoming and visit.start > last.as_of]
    assume(ahead)
    visit = data.draw(st.sampled_from(ahead))
    found = alternatives(last, visit.key)
    offered = [each.start.date() for each in found]
    assert max(Counter(offered).values(), default=1) <= 1 + (visit.day in offered)
    assert offered.count(visit.day) <= 2
    assert visit.start not in {each.start for each in found}
    near = timedelta(days=7)
    assert all(min(abs(day - visit.day), abs(day - visit.target)) <= near for day in offered)
    plain = [abs(each.days) for each in found if each.inside_window and not each.pushes]
    assert plain == sorted(plain)
    assert found == alternatives(last, visit.key)
