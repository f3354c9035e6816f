"""A review that is joined to a session: directly before it or after it, and what both share (M3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesoplan import (
    Attended,
    Cancelled,
    Clinic,
    Closure,
    Course,
    Missed,
    Moved,
    Plan,
    Protocol,
    Review,
    Reviewed,
    alternatives,
    compare,
    dump_protocol,
    load_protocol,
    schedule,
)

MONDAY = datetime(2027, 1, 4, 9, 0)
BEFORE = datetime(2026, 12, 20, 9, tzinfo=UTC)
CLINIC = Clinic(timezone="UTC", hours={"mon-sun": "09:00-18:00"})


def course(*reviews: dict[str, Any], start: datetime = MONDAY, **phase: Any) -> Course:
    """Return a course of four weekly sessions of half an hour with these reviews."""
    fields = {"id": "a", "every": "P1W", "sessions": 4, "window": "P2D"} | phase
    protocol = Protocol(id="p", title="P", phases=[fields], reviews=reviews)
    return Course(id="c", protocol=protocol, start=start)


def look(join: Any = "after", **fields: Any) -> dict[str, Any]:
    """Return a review of a quarter of an hour at the third session."""
    return {
        "id": "look",
        "at": "start + P2W",
        "window": "P3D",
        "duration": "PT15M",
        "join": join,
    } | fields


def first(told: Course, clinic: Clinic = CLINIC) -> Plan:
    """Return the first plan of a course."""
    return schedule(told, clinic, as_of=BEFORE)


def later(plan: Plan, *facts: Any, days: float = 1) -> Plan:
    """Return the plan that follows these facts, so many days after the start."""
    now = MONDAY.replace(tzinfo=UTC) + timedelta(days=days)
    return schedule(plan.course.record(*facts), plan.clinic, as_of=now, previous=plan)


def said(plan: Plan, key: str) -> str:
    """Say the day, counted from the start, and the time of a visit, and why it stands there."""
    visit = plan.visit(key)
    day = (visit.day - MONDAY.date()).days
    return f"{day} {visit.start:%H:%M} {visit.reasons[0].code}"


@pytest.mark.parametrize(
    ("reviews", "start", "expected", "why"),
    [
        (
            [look("after")],
            "10:00",
            {"a-3": "14 10:00 on-target", "look": "14 10:30 joined-after"},
            "directly after it",
        ),
        (
            [look("before")],
            "10:00",
            {"look": "14 09:45 joined", "a-3": "14 10:00 on-target"},
            "directly before it",
        ),
        ([look(join=True)], "10:00", {"look": "14 09:45 joined"}, "true means before"),
        ([look(join=False)], "10:00", {"look": "14 09:45 on-target"}, "false stands alone"),
        (
            [look("after")],
            "17:30",
            {"a-3": "14 17:15 on-target", "look": "14 17:45 joined-after"},
            "both are shifted into the opening hours, not only one",
        ),
        (
            [look("after"), look("before", id="talk")],
            "10:00",
            {
                "talk": "14 09:45 joined",
                "a-3": "14 10:00 on-target",
                "look": "14 10:30 joined-after",
            },
            "one on each side",
        ),
        (
            [look("after"), look("after", id="photo")],
            "10:00",
            {"look": "14 10:30 joined-after", "photo": "14 10:45 joined-after"},
            "two in a row, in the protocol's order",
        ),
        (
            [look("after", at="start + P17D", window="P2D")],
            "10:00",
            {"look": "17 10:00 on-target"},
            "no session falls into its window",
        ),
        (
            [look("after", at="each session of a", window=None)],
            "10:00",
            {"look-1": "0 10:30 joined-after", "look-4": "21 10:30 joined-after"},
            "one after each session",
        ),
    ],
)
def test_where_a_joined_review_stands(
    reviews: list[dict[str, Any]], start: str, expected: dict[str, str], why: str
) -> None:
    """On the session's day, beside it, and the person comes once."""
    begins = datetime.combine(MONDAY, time.fromisoformat(start))
    plan = first(course(*reviews, start=begins))
    assert {key: said(plan, key) for key in expected} == expected, why


def test_of_several_sessions_a_day_the_last_is_joined_after_and_the_first_before() -> None:
    """Nothing comes between sessions that the protocol puts hours apart."""
    told = course(
        look("after", window="P0D"),
        look("before", id="talk", window="P0D"),
        offsets=("P0D", "PT1H"),
        sessions=8,
    )
    plan = first(told.replace(start=MONDAY.replace(hour=10)))
    day = [(v.key, f"{v.start:%H:%M}") for v in plan.visits if v.day == date(2027, 1, 18)]
    assert day == [("talk", "09:45"), ("a-5", "10:00"), ("a-6", "11:00"), ("look", "11:30")]
    assert plan.visit("look").joined == "a-6"
    assert plan.visit("talk").joined == "a-5"


SHARED = [
    (
        (Attended(visit="a-3", at=datetime(2027, 1, 19, 9, 0)),),
        {"a-3": "15 09:00 attended", "look": "15 09:30 attended"},
        "it took place with its session, as long after it",
    ),
    (
        (Missed(visit="a-3"),),
        {"look": "14 09:30 missed", "look.2": "16 09:00 passed"},
        "nobody came: it is made up on the nearest possible day after",
    ),
    (
        (Cancelled(visit="a-3"),),
        {"look": "14 09:30 cancelled", "look.2": "15 09:00 lost"},
        "nobody comes for the review alone on a day that was called off",
    ),
    (
        (Reviewed(visit="look", outcome="good"), Missed(visit="a-3")),
        {"a-3": "14 09:00 missed", "look": "14 09:30 attended"},
        "what is recorded of the review itself stands",
    ),
    (
        (Cancelled(visit="look"),),
        {"a-3": "14 09:00 on-target", "look": "14 09:30 cancelled", "look.2": "15 09:00 lost"},
        "a session shares nothing of its review",
    ),
    (
        (Moved(visit="a-3", to=datetime(2027, 1, 17, 11, 0)),),
        {"a-3": "13 11:00 moved", "look": "13 11:30 joined-after"},
        "it moves with its session, as long as that stays in its window",
    ),
    (
        (Moved(visit="a-3", to=datetime(2027, 1, 18, 17, 45)),),
        {"a-3": "14 17:45 moved", "look": "14 09:30 on-target"},
        "where no opening time is left after its session, it stands alone",
    ),
    (
        (Moved(visit="a-3", to=datetime(2027, 1, 23, 11, 0)),),
        {"a-3": "19 11:00 moved", "look": "14 09:30 on-target"},
        "when the session leaves its window it stands alone",
    ),
    (
        (Moved(visit="look", to=datetime(2027, 1, 20, 11, 0)), Cancelled(visit="a-3")),
        {"a-3": "14 09:00 cancelled", "look": "16 11:00 moved"},
        "moved by itself it is joined to nothing and shares nothing",
    ),
]


@pytest.mark.parametrize(("facts", "expected", "why"), SHARED)
def test_a_joined_review_shares_the_facts_of_its_session(
    facts: tuple[Any, ...], expected: dict[str, str], why: str
) -> None:
    """Unless it has its own, and as long as the session stays in its window."""
    plan = first(course(look(outcomes=("good",))))
    took_place = {"attended", "missed"} & {fact.fact for fact in facts}
    shown = later(plan, *facts, days=15 if took_place else 1)
    assert {key: said(shown, key) for key in expected} == expected, why


@pytest.mark.parametrize("join", ["before", "after"])
@pytest.mark.parametrize(
    "fact",
    [
        Attended(visit="a-3"),
        Attended(visit="a-3", at=datetime(2027, 1, 18, 11, 0)),
        Missed(visit="a-3"),
        Cancelled(visit="a-3"),
    ],
    ids=["attended", "attended later that day", "missed", "cancelled"],
)
def test_planning_anew_before_the_record_of_its_session_parts_no_review_from_it(
    fact: Any, join: str
) -> None:
    """A plan is made each night, and what took place is recorded the day after."""
    plan = first(course(look(join, outcomes=("good",))))
    at_once = later(plan, fact, days=15)
    overnight = later(plan, days=14.5)
    assert overnight.visit("look").joined == "a-3"
    assert said(overnight, "look").endswith("unrecorded")
    afterwards = later(overnight, fact, days=15)
    assert afterwards.visit("look").status == fact.fact
    keys = [visit.key for visit in at_once.reviews]
    assert [said(afterwards, key) for key in keys] == [said(at_once, key) for key in keys]


def test_a_review_stays_with_its_session_although_another_one_is_nearer() -> None:
    """A move is shared too, within the window."""
    plan = first(course(look(at="session 2 + P1D", window="P1W")))
    assert plan.visit("look").joined == "a-2"
    moved = later(plan, Moved(visit="a-2", to=datetime(2027, 1, 14, 9, 0)))
    assert moved.visit("look").joined == "a-2"


@given(
    join=st.sampled_from(["before", "after"]),
    closed=st.sets(st.integers(0, 30), max_size=9),
    hour=st.integers(9, 17),
    window=st.integers(0, 9),
    facts=st.sampled_from([[], [Missed(visit="a-1")]]),
)
@settings(max_examples=60, deadline=None)
def test_a_joined_review_touches_its_session_and_the_reason_says_on_which_side(
    join: str, closed: set[int], hour: int, window: int, facts: list[Any]
) -> None:
    """Whatever is closed, and planned again: no minute lies between the two."""
    days = [MONDAY.date() + timedelta(days=number) for number in sorted(closed)]
    clinic = CLINIC.replace(closures=[Closure(first=day, last=day) for day in days])
    told = course(look(join, window=f"P{window}D"), start=MONDAY.replace(hour=hour))
    plan = later(first(told, clinic), *facts)
    for review in plan.reviews:
        if review.joined is None:
            continue
        session = plan.visit(review.joined)
        touching = review.end == session.start if join == "before" else session.end == review.start
        assert touching
        assert review.reasons[0].code == ("joined" if join == "before" else "joined-after")
        assert f"directly {join} {session.key}" in str(review.reasons[0])


def test_another_day_for_a_session_takes_its_joined_review_along() -> None:
    """What is pushed is said, and the calendar moves both."""
    plan = first(course(look()))
    offer = next(one for one in alternatives(plan, "a-3") if one.start.date() == date(2027, 1, 19))
    pushed = [(change.key, change.after and change.after.start) for change in offer.pushes]
    assert pushed == [("look", later(plan, offer.fact).visit("look").start)]


def test_files_write_the_word_and_those_that_say_true_stay_readable() -> None:
    """`true` is the same as "before"; a difference is told in words."""
    after, before = (course(look(join)).protocol for join in ("after", True))
    assert 'join = "after"' in dump_protocol(after, "toml")
    for protocol in (after, before):
        assert load_protocol(dump_protocol(protocol, "toml")) == protocol
    assert [str(each) for each in compare(before, after)] == ["look: join before -> after"]
    assert Review(id="look", at="start", join=True) == Review(id="look", at="start")
