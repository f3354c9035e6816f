"""Other preferences in mid-course: what moves, what stays, and what is offered (M6, M7, M8)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import pytest

from mesoplan import (
    Attended,
    Course,
    Moved,
    Paused,
    Phase,
    Plan,
    Preferences,
    Preferred,
    Protocol,
    RecordError,
    Review,
    schedule,
)
from samples import ALWAYS_OPEN, AS_OF, START, course_of

WEEKLY = Phase(id="a", every="P1W", sessions=6, window="P2D")
LOOK = Review(id="look", at="start + P3W", window="P3D", join=False)


def day(number: int) -> date:
    """Return the day so many days after the start, a Friday."""
    return START.date() + timedelta(days=number)


def noon(number: int) -> datetime:
    """Return noon so many days after the start."""
    return datetime(2026, 12, 4, 12, tzinfo=UTC) + timedelta(days=number)


def planned(*facts: Any, phase: Phase = WEEKLY, now: int = 8, **course: Any) -> tuple[Plan, Plan]:
    """Return the first plan of six Fridays and a review, and the plan after these facts."""
    protocol = Protocol(id="x", title="X", phases=[phase], reviews=[LOOK])
    begun = course_of(protocol, **course)
    before = schedule(begun, ALWAYS_OPEN, as_of=AS_OF)
    return before, schedule(begun.record(*facts), ALWAYS_OPEN, as_of=noon(now), previous=before)


def stand(plan: Plan) -> list[str]:
    """Return when the sessions stand, as days after the start with their time."""
    return [f"{(v.day - START.date()).days} {v.start:%H:%M}" for v in plan.sessions]


FRIDAYS = ["0 17:30", "7 17:30", "14 17:30", "21 17:30", "28 17:30", "35 17:30"]


class Case(NamedTuple):
    """What is told after the second session, and when the six stand then."""

    why: str
    facts: list[Any]
    expected: list[str]
    phase: Phase = WEEKLY


CASES = [
    Case(
        "from that day on each goes to the weekday that its window has",
        [Preferred(since=day(20), weekdays="sat, sun")],
        ["0 17:30", "7 17:30", "14 17:30", "22 17:30", "29 17:30", "36 17:30"],
    ),
    Case(
        "another time of day, and the days stay",
        [Preferred(since=day(20), time="10:00")],
        ["0 17:30", "7 17:30", "14 17:30", "21 10:00", "28 10:00", "35 10:00"],
    ),
    Case(
        "both",
        [Preferred(since=day(26), weekdays="wed, thu", time=time(9, 30))],
        ["0 17:30", "7 17:30", "14 17:30", "21 17:30", "27 09:30", "34 09:30"],
    ),
    Case(
        "what is said later holds from its own day on",
        [
            Preferred(since=day(9), weekdays="sat", time="10:00"),
            Preferred(since=day(27), weekdays=(), time="08:00"),
        ],
        ["0 17:30", "7 17:30", "15 10:00", "22 10:00", "28 08:00", "35 08:00"],
    ),
    Case(
        "what a person fixed stays",
        [
            Moved(visit="a-4", to=START + timedelta(days=22)),
            Preferred(since=day(9), time="10:00", weekdays="thu"),
        ],
        ["0 17:30", "7 17:30", "13 10:00", "22 17:30", "27 10:00", "34 10:00"],
    ),
    Case(
        "a weekday outside every window is not taken",
        [Preferred(since=day(9), weekdays="tue")],
        FRIDAYS,
    ),
    Case(
        "a chain follows",
        [Preferred(since=day(20), weekdays="sat")],
        ["0 17:30", "7 17:30", "14 17:30", "22 17:30", "29 17:30", "36 17:30"],
        WEEKLY.replace(rhythm="chain"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.why for case in CASES])
def test_other_preferences_release_what_was_announced_from_then_on(case: Case) -> None:
    """What stands before stays, and the plan that follows stays as it is."""
    came = [Attended(visit="a-1"), Attended(visit="a-2")]
    before, later = planned(*came, *case.facts, phase=case.phase)
    assert stand(before) == FRIDAYS
    assert stand(later) == case.expected
    again = schedule(later.course, ALWAYS_OPEN, as_of=noon(8), previous=later)
    assert again == later


def test_the_change_says_who_wished_it() -> None:
    """What moves for a wish is told with the wish."""
    before, later = planned(
        Preferred(since=day(20), weekdays="sat", time="10:00"),
        Preferred(since=day(34), weekdays=()),
    )
    told = {change.key: change.reason for change in later.changes_since(before)}
    assert told["a-4"] == "the person prefers sat, 10:00 since Thu 24 Dec 2026"
    anyhow = schedule(
        later.course.record(Preferred(since=day(21), weekdays=())),
        ALWAYS_OPEN,
        as_of=noon(9),
        previous=later,
    )
    told = {change.key: change.reason for change in anyhow.changes_since(later)}
    assert told["a-4"] == "the person prefers any day since Fri 25 Dec 2026"


def test_reviews_follow_the_wish_as_well() -> None:
    """A review that stands alone goes to the preferred weekday of its window, at the wished time."""
    _, later = planned(Preferred(since=day(15), weekdays="mon", time="08:00"))
    assert (later.visit("look").day, later.visit("look").start.hour) == (day(24), 8)
    _, early = planned(Preferred(since=day(40), weekdays="mon"))
    assert early.visit("look").day == day(21)


def test_what_waits_on_hold_stays_where_it_stood() -> None:
    """The wish is asked when the hold ends."""
    before, held = planned(Paused(on=day(9)), Preferred(since=day(9), weekdays="sat", time="10:00"))
    assert stand(held) == stand(before)
    assert {v.status for v in held.sessions[2:]} == {"on_hold"}


def test_hours_inside_a_rhythm_keep_their_distance() -> None:
    """Two a day move together, and no time leaves its day."""
    twice = Phase(id="a", every="P1W", offsets=("P0D", "PT4H"), sessions=4)
    _, later = planned(Preferred(since=day(9), time="09:00"), phase=twice, now=1)
    assert stand(later)[2:] == ["7 17:30", "7 21:30"]
    _, later = planned(Preferred(since=day(5), time="09:00"), phase=twice, now=1)
    assert stand(later)[2:] == ["7 09:00", "7 13:00"]
    _, late = planned(Preferred(since=day(5), time="23:00"), phase=twice, now=1)
    assert stand(late)[2:] == ["7 21:30", "7 23:00"]


def changed(preferences: Preferences, phase: Phase = WEEKLY, **begun: Any) -> Plan:
    """Return the plan after the preferences of the course itself were changed."""
    before, _ = planned(phase=phase, **begun)
    course = before.course.replace(preferences=preferences)
    return schedule(course, ALWAYS_OPEN, as_of=noon(8), previous=before)


def unwished(plan: Plan) -> list[str]:
    """Return what is said of visits that stay though another day or time is preferred."""
    return [str(finding) for finding in plan.findings if finding.code == "unwished"]


def test_preferences_of_the_course_itself_move_nothing_and_what_could_move_is_said() -> None:
    """What was announced stays; each visit that could stand better is named, as long as it is so."""
    later = changed(Preferences(weekdays=("sat",)))
    assert stand(later) == FRIDAYS
    assert unwished(later)[0] == (
        "a-3: stays on Fri 2026-12-18 17:30, as announced; Sat 2026-12-19 is preferred, and "
        "possible now"
    )
    assert len(unwished(later)) == 4
    assert schedule(later.course, ALWAYS_OPEN, as_of=noon(8), previous=later) == later
    moved = later.course.record(Preferred(since=day(9), weekdays="sat"))
    released = schedule(moved, ALWAYS_OPEN, as_of=noon(8), previous=later)
    assert unwished(released) == []
    assert stand(released)[2:] == ["15 17:30", "22 17:30", "29 17:30", "36 17:30"]


def test_a_time_that_the_course_itself_prefers_is_said_too() -> None:
    """At the time of day that is free."""
    later = changed(Preferences(time="10:00"))
    assert stand(later)[2:] == FRIDAYS[2:]
    assert "10:00 is preferred" in unwished(later)[0]


NOT_SAID: list[tuple[Phase, Preferences, str]] = [
    (WEEKLY, Preferences(weekdays=("tue",)), "no such weekday in the window"),
    (WEEKLY.replace(window=None), Preferences(weekdays=("sat",)), "no window to choose in"),
    (
        WEEKLY.replace(min_interval="P7D", max_interval="P7D"),
        Preferences(weekdays=("sat",)),
        "most",
    ),
    (WEEKLY.replace(min_interval="P7D"), Preferences(weekdays=("thu",)), "below the minimum"),
    (WEEKLY.replace(rhythm="chain"), Preferences(weekdays=("sat",)), "the next count from it"),
]


@pytest.mark.parametrize(("phase", "wish", "why"), NOT_SAID, ids=[row[-1] for row in NOT_SAID])
def test_what_could_not_stand_better_alone_is_not_said(
    phase: Phase, wish: Preferences, why: str
) -> None:
    """Nobody is offered what cannot be had by moving one visit."""
    assert unwished(changed(wish, phase=phase)) == [], why


BOTH = '(give weekdays="mon, thu", or time="17:30", or both)'
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    (
        {},
        f"weekdays: is missing, and so is time: nothing is preferred {BOTH}",
        "nothing is said",
    ),
    (
        {"time": "17:30:05"},
        "time: is not a local time in whole minutes, got '17:30:05' (write for example 17:30)",
        "seconds",
    ),
    (
        {"weekdays": "funday"},
        "weekdays: is not a day of the week, got 'funday' (known: mon, tue, wed, thu, fri, sat, sun)",
        "no weekday",
    ),
]


@pytest.mark.parametrize(("fields", "said", "why"), REFUSED, ids=[row[-1] for row in REFUSED])
def test_what_is_no_preference_is_refused(fields: dict[str, Any], said: str, why: str) -> None:
    """In words."""
    with pytest.raises(RecordError) as refused:
        Preferred(since=day(9), **fields)
    assert [str(fault) for fault in refused.value.faults] == [said], why


def test_it_is_saved_with_the_course() -> None:
    """And opened again."""
    fact = Preferred(since=day(9), weekdays="mon-wed", time="09:30", note="new shift")
    course = course_of(Protocol(id="x", title="X", phases=[WEEKLY]), facts=[fact])
    assert Course.model_validate_json(course.model_dump_json()) == course
