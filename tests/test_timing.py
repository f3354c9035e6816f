"""The five dates of the next session, and verdicts on past ones, in tables that say why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from histories import histories
from mesoplan import Course, NextSession, Plan, PlanError, Protocol, Verdict, Visit
from mesoplan.plan.timing import next_session, verdicts

DAY_1 = date(2027, 1, 1)
STAMP = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOW = datetime(2027, 1, 2, 9, tzinfo=UTC)


def day(number: int) -> date:
    """Give the n-th day; day 1 is the first (M10)."""
    return DAY_1 + timedelta(days=number - 1)


def visit(phase: str, number: int | None, on: int, **changed: Any) -> Visit:
    """Give the n-th session of a phase on the n-th day, attended unless said otherwise."""
    start = datetime.combine(day(on), datetime.min.time(), tzinfo=UTC) + timedelta(hours=17)
    target = changed.pop("target", on)
    window = changed.pop("window", None)
    fields: dict[str, Any] = {
        "key": f"{phase}-{number or on + 1}",
        "kind": "session",
        "phase": phase,
        "number": number,
        "name": "Session",
        "target": day(target),
        "earliest": None if window is None else day(target - window),
        "latest": None if window is None else day(target + window),
        "start": start,
        "end": start + timedelta(minutes=30),
        "status": "attended",
        "stamp": STAMP,
    }
    return Visit(**(fields | changed))


def course(facts: tuple[dict[str, Any], ...] = (), **protocol: Any) -> Course:
    """Give a course of two phases, with the protocol changed in this way."""
    first = {"id": "a", "every": "P1W", "sessions": 4} | protocol.pop("a", {})
    second = {"id": "b", "every": "P1W", "starts": "start + P1D"} | protocol.pop("b", {})
    fields: dict[str, Any] = {"id": "p", "title": "P", "phases": [first, second]} | protocol
    start = datetime(2027, 1, 1, 17)
    return Course(id="c", protocol=Protocol(**fields), start=start).replace(facts=facts)


PLANNED: dict[str, Any] = {"status": "planned"}
APART = {
    "a": {"label": "A"},
    "b": {"label": "B"},
    "spacing": [{"between": ["B", "A"], "at_least": "P9D"}],
}
FIRST = visit("a", 1, 1)
NEXT = visit("a", 2, 8, **PLANNED)

Days = tuple[int | None, int, int | None, int | None]

FIVE: list[tuple[dict[str, Any], list[Visit], Days, str]] = [
    (
        {},
        [FIRST, NEXT],
        (5, 8, None, None),
        "without a written minimum half of the rhythm is kept, as our assumption (M5)",
    ),
    ({"a": {"min_interval": "P0D"}}, [FIRST, NEXT], (2, 8, None, None), "another day at least"),
    (
        {"a": {"min_interval": "P5D"}},
        [FIRST, NEXT],
        (6, 8, None, None),
        "the minimum counts from the session before",
    ),
    (
        {"a": {"min_interval": "P5D"}},
        [FIRST, visit("a", 2, 8, window=1, **PLANNED)],
        (7, 8, 10, None),
        "the window opens after the minimum; the day after its last one is late",
    ),
    (
        {"a": {"min_interval": "P9D"}},
        [FIRST, visit("a", 2, 8, window=1, **PLANNED)],
        (10, 10, 10, None),
        "recommended is never before the earliest (CDSi)",
    ),
    (
        {"a": {"max_interval": "P10D"}},
        [FIRST, NEXT],
        (5, 8, 12, 11),
        "past the maximum interval it is late as well",
    ),
    (
        {"a": {"max_interval": "P10D"}},
        [FIRST, visit("a", 2, 8, window=1, **PLANNED)],
        (7, 8, 10, 11),
        "the window ends before the maximum interval",
    ),
    (
        {"a": {"max_interval": "P10D"}, "deadline": "P8D"},
        [FIRST, NEXT],
        (5, 8, 10, 9),
        "the deadline of the course comes before the maximum interval",
    ),
    (
        {"a": {"min_interval": "P1M"}},
        [visit("a", 1, 31), visit("a", 2, 62, **PLANNED)],
        (59, 62, None, None),
        "a month after 31 January is 28 February",
    ),
    (
        {"a": {"min_interval": "P1M"}, "month_end": "roll"},
        [visit("a", 1, 31), visit("a", 2, 62, **PLANNED)],
        (60, 62, None, None),
        "or 1 March, where the protocol rolls",
    ),
    (
        {"a": {"min_interval": "P5D"}},
        [FIRST, visit("a", 9, 4, status="missed"), visit("a", 8, 5, status="cancelled"), NEXT],
        (6, 8, None, None),
        "what did not take place does not count",
    ),
    (
        {"a": {"min_interval": "P5D"}},
        [FIRST, visit("a", 9, 4, place="home"), visit("a", 8, 3, kind="review"), NEXT],
        (6, 8, None, None),
        "nor does what is no session at the clinic",
    ),
    (
        {"a": {"min_interval": "P5D"}},
        [FIRST, visit("a", 3, 4, key="a-3", **PLANNED), NEXT],
        (9, 8, None, None),
        "a planned session that nobody recorded counts: it stands in between",
    ),
    (APART, [FIRST, visit("b", 1, 2), NEXT], (11, 8, None, None), "apart from the other treatment"),
    (
        {"a": {"label": "A"}, "b": {"label": "B"}},
        [FIRST, visit("b", 1, 2), NEXT],
        (5, 8, None, None),
        "the other treatment does not count without a spacing",
    ),
    (
        {"a": {"min_interval": "P5D"}},
        [FIRST, visit("gone", 2, 8, **PLANNED)],
        (None, 8, None, None),
        "a phase that the protocol no longer has asks for nothing",
    ),
    (
        {"a": {"min_interval": "P5D"}},
        [visit("gone", 1, 4), NEXT],
        (None, 8, None, None),
        "nor do its sessions count",
    ),
]


@pytest.mark.parametrize(("protocol", "visits", "days", "why"), FIVE)
def test_the_next_session_has_five_dates(
    protocol: dict[str, Any], visits: list[Visit], days: Days, why: str
) -> None:
    """Earliest, recommended, past due and latest day; and the time that is booked (CDSi)."""
    after = visits[-1].start - timedelta(hours=1)
    found = next_session(course(**protocol), visits, after)
    assert found is not None
    earliest, recommended, past_due, latest = (None if n is None else day(n) for n in days)
    recommended = max(filter(None, [recommended, earliest]))
    assert found.earliest == earliest, why
    assert found.recommended == recommended, why
    assert found.past_due == past_due, why
    assert found.latest == latest, why
    assert found.booked == visits[-1].start


def test_the_next_session_is_the_first_one_still_to_come() -> None:
    """A past, a lost and a home session are not next, nor is a review; after the last there is none."""
    others = [
        visit("a", 2, 8, status="cancelled"),
        visit("a", 3, 9, place="home", **PLANNED),
        visit("a", 4, 10, kind="review", **PLANNED),
    ]
    last = visit("a", 5, 11, status="tentative")
    found = next_session(course(), [last, *others, FIRST], NOW)
    assert found is not None
    assert found.key == "a-5"
    assert next_session(course(), [last, *others, FIRST], last.start) is None


def test_the_next_session_is_asked_for_with_an_aware_moment() -> None:
    """Nine o'clock is another moment in every zone."""
    with pytest.raises(PlanError, match=r"after: has no time zone, got 2027-01-02 09:00:00 \(give"):
        next_session(course(), [], datetime(2027, 1, 2, 9))


def test_the_five_dates_read_as_a_sentence() -> None:
    """What is not defined is left out."""
    changed: dict[str, Any] = {"a": {"min_interval": "P5D", "max_interval": "P10D"}}
    full = next_session(course(**changed), [FIRST, NEXT], NOW)
    assert str(full) == (
        "Session 2 (a-2): earliest Wed 6 Jan 2027, recommended Fri 8 Jan 2027, "
        "past due from Tue 12 Jan 2027, latest Mon 11 Jan 2027, booked Fri 8 Jan 2027 17:00"
    )
    bare = next_session(course(), [visit("gone", 1, 1), NEXT], NOW)
    assert str(bare) == "Session 2 (a-2): recommended Fri 8 Jan 2027, booked Fri 8 Jan 2027 17:00"


GRACE = {"a": {"min_interval": "P5D", "grace": "P2D"}}
SECOND = {"target": 8, "window": 2}

JUDGED: list[tuple[dict[str, Any], list[Visit], str, str]] = [
    ({}, [FIRST], "valid", "on its target"),
    ({}, [FIRST, visit("a", 2, 9, target=8)], "valid", "1 day late"),
    ({}, [FIRST, visit("a", 2, 6, **SECOND)], "valid", "2 days early, inside its window"),
    ({}, [FIRST, visit("a", 2, 10, **SECOND)], "valid", "2 days late, inside its window"),
    ({}, [FIRST, visit("a", 2, 11, **SECOND)], "too late", "1 day after its window"),
    ({}, [FIRST, visit("a", 2, 5, **SECOND)], "too soon", "1 day before its window"),
    ({}, [FIRST, visit("a", 2, 4, **SECOND)], "too soon", "less than 4 days after a-1"),
    (GRACE, [FIRST, visit("a", 2, 6, target=8)], "valid", "2 days early"),
    (
        GRACE,
        [FIRST, visit("a", 2, 5, target=8)],
        "valid by grace",
        "less than 5 days after a-1, within the grace",
    ),
    (
        GRACE,
        [FIRST, visit("a", 2, 4, target=8)],
        "valid by grace",
        "less than 5 days after a-1, within the grace",
    ),
    (GRACE, [FIRST, visit("a", 2, 3, target=8)], "too soon", "less than 5 days after a-1"),
    (
        {"a": {"min_interval": "P5D"}},
        [FIRST, visit("a", 2, 5, target=8)],
        "too soon",
        "less than 5 days after a-1",
    ),
    (
        {"a": {"min_interval": "P5D"}},
        [FIRST, visit("a", 5, 3, **PLANNED), visit("a", 2, 7, target=8)],
        "valid",
        "1 day early",
    ),
    (
        {"a": {"min_interval": "P5D", "offsets": ["PT0H", "PT2H"], "sessions": 8}},
        [FIRST, visit("a", 2, 8), visit("a", 3, 8)],
        "valid",
        "on its target",
    ),
    (
        {"a": {"min_interval": "P5D", "offsets": ["PT0H", "PT2H"], "sessions": 8}},
        [FIRST, visit("a", 2, 4, target=8), visit("a", 3, 4, target=8)],
        "too soon",
        "less than 5 days after a-1",
    ),
    (
        {"a": {"max_interval": "P10D"}},
        [FIRST, visit("a", 2, 12, target=8)],
        "too late",
        "more than 10 days after a-1",
    ),
    (
        {"a": {"max_interval": "P10D"}},
        [FIRST, visit("a", 2, 11, target=8)],
        "valid",
        "3 days late",
    ),
    (
        APART,
        [visit("b", 1, 1), visit("a", 1, 9)],
        "too soon",
        "less than 9 days after b-1",
    ),
    (APART, [visit("b", 1, 1), visit("a", 1, 10)], "valid", "on its target"),
    (
        APART,
        [visit("a", 1, 1), visit("b", 1, 9)],
        "too soon",
        "less than 9 days after a-1",
    ),
    ({}, [visit("a", 5, 30)], "extra", "a has 4 sessions"),
    ({"a": {"sessions": 1}}, [visit("a", 2, 30)], "extra", "a has 1 session"),
    ({}, [visit("gone", 1, 1)], "extra", "the protocol has no phase gone"),
    ({}, [visit("b", 50, 30)], "valid", "on its target"),
    ({}, [visit("a", None, 30)], "valid", "on its target"),
]


@pytest.mark.parametrize(("protocol", "visits", "kind", "reason"), JUDGED)
def test_a_performed_session_is_judged_with_a_reason(
    protocol: dict[str, Any], visits: list[Visit], kind: str, reason: str
) -> None:
    """The grace judges what has happened; the first thing that is wrong is named."""
    found = verdicts(course(**protocol), visits)[-1]
    assert (found.key, found.kind, found.reason) == (visits[-1].key, kind, reason)


EXTENSIONS: list[tuple[str | None, str, str]] = [
    ("a", "valid", "named"),
    (None, "valid", "unnamed, it is the first phase that ends"),
    ("b", "extra", "another phase was extended"),
]


@pytest.mark.parametrize(("phase", "kind", "why"), EXTENSIONS)
def test_a_session_that_was_agreed_on_is_not_extra(phase: str | None, kind: str, why: str) -> None:
    """Extended adds to what the protocol asks for."""
    fact = {"fact": "extended", "sessions": 1, "phase": phase}
    assert verdicts(course((fact,)), [visit("a", 5, 30)])[0].kind == kind, why


def test_only_sessions_that_took_place_at_the_clinic_are_judged() -> None:
    """In time order, each in a sentence."""
    visits = [
        visit("a", 3, 15, status="missed"),
        visit("a", 2, 8),
        FIRST,
        visit("a", 4, 22, **PLANNED),
        visit("b", 1, 2, place="home"),
        visit("b", 2, 3, kind="review"),
    ]
    assert [str(each) for each in verdicts(course(), visits)] == [
        "Session 1 (a-1) on Fri 1 Jan 2027 is valid: on its target",
        "Session 2 (a-2) on Fri 8 Jan 2027 is valid: on its target",
    ]


@given(histories())
def test_the_five_dates_stand_in_their_order(plans: list[Plan]) -> None:
    """Earliest up to recommended, past due up to the day after the latest; the booked one is theirs."""
    for plan in plans:
        found = plan.next_session(plan.as_of)
        first = next((v for v in plan.sessions if v.upcoming and v.start > plan.as_of), None)
        assert (found and found.key) == (first and first.key)
        if found is None:
            continue
        assert found.earliest is None or found.earliest <= found.recommended
        if found.latest is not None:
            assert found.past_due is not None
            assert found.past_due <= found.latest + timedelta(days=1)
        assert NextSession.model_validate_json(found.model_dump_json()) == found


@given(histories())
def test_what_was_planned_and_kept_is_never_too_soon(plans: list[Plan]) -> None:
    """Minimum intervals hold for what is planned (M5), so only a deviation can break one."""
    plan = plans[-1]
    moved = {fact.visit for fact in plan.course.facts if fact.fact == "moved"}
    late = {f.visit for f in plan.course.facts if f.fact == "attended" and f.at is not None}
    judged = plan.verdicts()
    assert [each.key for each in judged] == [v.key for v in plan.sessions if v.status == "attended"]
    for before, each in zip((None, *judged), judged, strict=False):
        near = {each.key, before.key if before else each.key}
        if not near & (moved | late) and each.kind == "too soon":
            assert "less than" not in each.reason
        assert Verdict.model_validate_json(each.model_dump_json()) == each
