"""What becomes of a session that is lost: on the next place, soon, in time, or given up (M4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan import (
    Attended,
    Away,
    Cancelled,
    Clinic,
    Closure,
    Corrected,
    Course,
    Extended,
    Fact,
    Missed,
    Moved,
    Paused,
    Phase,
    Plan,
    Protocol,
    Resumed,
    schedule,
)
from samples import ALWAYS_OPEN, AS_OF, START, course_of, one_phase

DAY = timedelta(days=1)
FIRST = START.date()
WEEKLY: dict[str, Any] = {"every": "P1W", "sessions": 5}
SPAN: dict[str, Any] = {"every": "P1W", "until": "P5W"}


def replanned(
    protocol: Protocol, *facts: Fact, now: int, clinic: Clinic = ALWAYS_OPEN
) -> tuple[Plan, Plan]:
    """Plan a course, record facts and plan again so many days after its start; planning is stable."""
    course = course_of(protocol)
    before = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    as_of = AS_OF + (FIRST - AS_OF.date()) + now * DAY
    later = schedule(course.record(*facts), clinic, as_of=as_of, previous=before)
    again = schedule(course.record(*facts), clinic, as_of=as_of, previous=later)
    assert again.model_dump_json() == later.model_dump_json()
    return before, later


def attended(*numbers: int) -> list[Fact]:
    """Return that sessions took place as planned."""
    return [Attended(visit=f"course-{number}") for number in numbers]


def stands(plan: Plan) -> dict[str, int]:
    """Return the sessions that took place or stand, with their days from the start."""
    return {v.key: (v.day - FIRST).days for v in plan.sessions if not v.lost}


def given_up(plan: Plan) -> list[str | None]:
    """Return the visits that a finding gives up."""
    return [finding.visit for finding in plan.findings if finding.code == "given-up"]


SOON = {"if_missed": "soon"}


@pytest.mark.parametrize(
    ("fields", "now", "expected", "lost", "why"),
    [
        (WEEKLY, 8, {"3": 14, "4": 21, "5": 28, "2.2": 35}, [], "on the next free place"),
        (WEEKLY | SOON, 8, {"2.2": 9, "3": 14, "4": 21, "5": 28}, [], "tomorrow"),
        (
            WEEKLY | SOON | {"min_interval": "P6D"},
            8,
            {"3": 14, "4": 21, "5": 28, "2.2": 34},
            [],
            "no day lies six days from both neighbours, so that it comes behind the last",
        ),
        (
            WEEKLY | SOON | {"min_interval": "P6D", "within": "P2W"},
            8,
            {"3": 14, "4": 21, "5": 28},
            ["course-2"],
            "and is given up where that is too late",
        ),
        (WEEKLY | {"within": "P2W"}, 8, {"3": 14, "4": 21, "5": 28}, ["course-2"], "28 days late"),
        (WEEKLY | {"within": "P4W"}, 8, {"3": 14, "4": 21, "5": 28, "2.2": 35}, [], "just in time"),
        (WEEKLY | {"if_missed": "skip"}, 8, {"3": 14, "4": 21, "5": 28}, [], "as it is written"),
        (SPAN, 8, {"3": 14, "4": 21, "5": 28}, ["course-2"], "a span is no count, and it is said"),
        (SPAN | {"if_missed": "skip"}, 8, {"3": 14, "4": 21, "5": 28}, [], "written, so nothing to say"),
        (SPAN | SOON, 8, {"2.2": 9, "3": 14, "4": 21, "5": 28}, [], "inside the span"),
        (
            SPAN | {"if_missed": "make_up"},
            8,
            {"3": 14, "4": 21, "5": 28},
            ["course-2"],
            "no place of the span is free",
        ),
        (
            {"every": "P1W", "sessions": 4, "rhythm": "chain", "within": "P5D"},
            8,
            {"2.2": 9, "3": 16, "4": 23},
            [],
            "the next of a chain",
        ),
        (
            {"every": "P1W", "sessions": 4, "rhythm": "chain", "within": "P5D"},
            13,
            {"3": 14, "4": 21},
            ["course-2"],
            "told too late: the chain goes on as if it were skipped",
        ),
        ({"at": ("P0D", "P1W", "P3W"), "within": "P9D"}, 15, {"2.2": 16, "3": 21}, [], "a list"),
        ({"at": ("P0D", "P1W", "P3W"), "within": "P9D"}, 17, {"3": 21}, ["course-2"], "too late"),
    ],
)  # fmt: skip
def test_a_missed_session(
    fields: dict[str, Any], now: int, expected: dict[str, int], lost: list[str], why: str
) -> None:
    """The second of a series was missed, and that is told so many days after the start."""
    _, later = replanned(one_phase(**fields), *attended(1), Missed(visit="course-2"), now=now)
    assert stands(later) == {"course-1": 0} | {f"course-{n}": d for n, d in expected.items()}, why
    assert given_up(later) == lost, why
    numbers = [visit.number for visit in later.sessions if not visit.lost]
    assert sorted(filter(None, numbers)) == list(range(1, len(numbers) + 1)), why


@pytest.mark.parametrize(
    ("fields", "fact", "expected", "why"),
    [
        ({"if_cancelled": "skip"}, Cancelled, {"3": 14}, "what is called off is given up"),
        ({"if_cancelled": "skip"}, Missed, {"3": 14, "2.2": 21}, "what is missed is not"),
        ({"if_missed": "skip"}, Cancelled, {"3": 14}, "by default the same"),
        ({"if_missed": "skip", "if_cancelled": "soon"}, Cancelled, {"2.2": 9, "3": 14}, "soon"),
        ({"if_missed": "soon", "if_cancelled": "make_up"}, Cancelled, {"3": 14, "2.2": 21}, "late"),
        ({"if_missed": "soon", "if_cancelled": "make_up"}, Missed, {"2.2": 9, "3": 14}, "soon"),
    ],
)
def test_a_session_that_was_called_off_may_mean_another_thing(
    fields: dict[str, Any], fact: type[Missed | Cancelled], expected: dict[str, int], why: str
) -> None:
    """`if_cancelled` beside `if_missed`."""
    protocol = one_phase(every="P1W", sessions=3, **fields)
    _, later = replanned(protocol, *attended(1), fact(visit="course-2"), now=8)
    assert stands(later) == {"course-1": 0} | {f"course-{n}": d for n, d in expected.items()}, why


@pytest.mark.parametrize(
    ("within", "closed", "expected", "lost", "why"),
    [
        (None, (6, 8), {"2": 9, "3": 14, "4": 21}, [], "two days late is no loss"),
        (None, (6, 19), {"3": 20, "4": 24, "2": 28}, [], "not at the end, as its minimum keeps it off"),
        ("P10D", (6, 19), {"3": 20, "4": 24}, ["course-2"], "and not later than it may"),
    ],
)  # fmt: skip
def test_a_place_that_a_closure_takes_is_made_up_soon_as_well(
    within: str | None,
    closed: tuple[int, int],
    expected: dict[str, int],
    lost: list[str],
    why: str,
) -> None:
    """One absence has one meaning, whichever fact tells of it."""
    days = Closure(first=FIRST + closed[0] * DAY, last=FIRST + closed[1] * DAY, reason="Leave")
    protocol = one_phase(every="P1W", sessions=4, if_missed="soon", within=within)
    clinic = ALWAYS_OPEN.replace(closures=(days,))
    _, later = replanned(protocol, *attended(1), now=2, clinic=clinic)
    assert stands(later) == {"course-1": 0} | {f"course-{n}": d for n, d in expected.items()}, why
    assert given_up(later) == lost, why


def test_a_closure_known_from_the_beginning_leaves_the_same_places() -> None:
    """The session of a lost place follows as soon as it can, the grid stays."""
    closed = Closure(first=FIRST + 6 * DAY, last=FIRST + 12 * DAY)
    protocol = one_phase(
        every="P1W", sessions=3, if_missed="soon", min_interval="P3D", window="P1D"
    )
    plan = schedule(course_of(protocol), Clinic(timezone="UTC", closures=(closed,)), as_of=AS_OF)
    assert stands(plan) == {"course-1": 0, "course-3": 14, "course-2": 17}


@pytest.mark.parametrize(
    ("lab", "expected", "lost", "why"),
    [
        (2, {"a-1": 0, "a-2": 7, "b-1": 16}, ["a-3"], "no day is left before the next phase"),
        (30, {"a-1": 0, "a-2": 7, "a-3.2": 17, "b-1": 44}, [], "the nearest day before it"),
    ],
)
def test_a_make_up_soon_stays_before_a_phase_that_begins_by_itself(
    lab: int, expected: dict[str, int], lost: list[str], why: str
) -> None:
    """Where the next phase counts from elsewhere."""
    protocol = Protocol(
        id="next",
        title="Next",
        phases=[
            {"id": "a", "every": "P1W", "sessions": 3, "if_missed": "soon"},
            {"id": "b", "starts": "external:lab + P2W", "every": "P1M", "sessions": 1},
        ],
    )
    course = course_of(protocol, dates={"lab": FIRST + lab * DAY})
    plan = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    seen: list[Fact] = [Attended(visit="a-1"), Attended(visit="a-2"), Missed(visit="a-3")]
    now = AS_OF + (FIRST - AS_OF.date()) + 16 * DAY
    later = schedule(course.record(*seen), ALWAYS_OPEN, as_of=now, previous=plan)
    assert stands(later) == expected, why
    assert given_up(later) == lost, why


def test_what_is_given_up_names_what_can_be_recorded() -> None:
    """Moved keeps it once its record is taken back, Extended adds one."""
    protocol = one_phase(**WEEKLY, within="P1W")
    before, later = replanned(protocol, *attended(1), Missed(visit="course-2"), now=8)
    (finding,) = [finding for finding in later.findings if finding.code == "given-up"]
    assert finding.message.endswith(
        "; record Corrected of its record, then Moved, to keep it, or Extended for one more"
    )
    (lost,) = [change for change in later.changes_since(before) if change.key == "course-2"]
    assert lost.reason == "no place is left for it, and it is given up"
    now = later.as_of + DAY
    more = later.course.record(Extended(sessions=1))
    assert "course-6" in stands(schedule(more, ALWAYS_OPEN, as_of=now, previous=later))
    kept = later.course.record(
        Corrected(number=2), Moved(visit="course-2", to=before.visit("course-2").start + 3 * DAY)
    )
    assert given_up(schedule(kept, ALWAYS_OPEN, as_of=now, previous=later)) == []


@pytest.mark.parametrize(
    ("lost", "remedy", "why"),
    [
        (True, "; record Corrected of its record, then Moved, to keep it", "a span counts nothing"),
        (False, "", "nothing is recorded of it that could be taken back"),
    ],
)
def test_what_is_given_up_names_nothing_that_is_refused(
    *, lost: bool, remedy: str, why: str
) -> None:
    """A phase up to a time has no number of sessions that could be extended."""
    protocol = one_phase(every="P1W", until="P4W", if_missed="soon", within="P1D", window="P1D")
    first = schedule(course_of(protocol), ALWAYS_OPEN, as_of=AS_OF)
    seen = first.course.record(*([Missed(visit="course-2")] if lost else []))
    shut = Closure(first=FIRST + 5 * DAY, last=FIRST + 11 * DAY)
    now = first.visit("course-2").start if lost else AS_OF
    later = schedule(seen, ALWAYS_OPEN.replace(closures=[shut]), as_of=now, previous=first)
    (finding,) = [finding for finding in later.findings if finding.code == "given-up"]
    assert finding.message.partition("given up")[2] == remedy, why


def test_a_make_up_that_is_out_stays_where_a_person_put_it() -> None:
    """However late that is."""
    protocol = one_phase(**WEEKLY, if_missed="soon", within="P1W")
    _, later = replanned(protocol, *attended(1), Missed(visit="course-2"), now=8)
    course = later.course.record(Moved(visit="course-2.2", to=START + 40 * DAY))
    moved = schedule(course, ALWAYS_OPEN, as_of=later.as_of, previous=later)
    assert stands(moved)["course-2.2"] == 40
    assert given_up(moved) == []


@given(
    number=st.integers(1, 8),
    told=st.integers(0, 6),
    minimum=st.integers(1, 7),
    weekdays=st.sets(st.sampled_from(("mon", "tue", "wed", "thu", "fri", "sat")), min_size=1),
)
def test_what_is_made_up_soon_moves_nothing(
    number: int, told: int, minimum: int, weekdays: set[str]
) -> None:
    """No other session, no number, and the minimum holds on both sides."""
    protocol = one_phase(every="P1W", sessions=8, if_missed="soon", min_interval=f"P{minimum}D")
    clinic = Clinic(timezone="UTC", hours=dict.fromkeys(sorted(weekdays), "08:00-20:00"))
    course = course_of(protocol)
    before = schedule(course, clinic, as_of=AS_OF)
    lost = before.visit(f"course-{number}")
    as_of = lost.end + told * DAY
    later = schedule(course.record(Missed(visit=lost.key)), clinic, as_of=as_of, previous=before)
    old, new = stands(before), stands(later)
    made_up = new.pop(f"{lost.key}.2")
    assert new == {key: day for key, day in old.items() if key != lost.key}
    assert later.visit(f"{lost.key}.2").number == number
    assert min(abs(day - made_up) for day in new.values()) >= minimum


@pytest.mark.parametrize(
    ("facts", "clinic", "said"),
    [
        (
            [],
            ALWAYS_OPEN.replace(
                closures=(
                    Closure(first=FIRST + 6 * DAY, last=FIRST + 12 * DAY, reason="Summer leave"),
                )
            ),
            "Fri 11 Dec 2026 is closed (Summer leave); its target is Fri 8 Jan 2027 now",
        ),
        (
            [Away(first=FIRST + 6 * DAY, last=FIRST + 12 * DAY)],
            ALWAYS_OPEN,
            "the person is away on Fri 11 Dec 2026; its target is Fri 8 Jan 2027 now",
        ),
    ],
    ids=["closed", "away"],
)
def test_a_session_that_goes_to_the_end_says_what_took_its_place(
    facts: list[Fact], clinic: Clinic, said: str
) -> None:
    """The cause, and not only that its target is another day now."""
    protocol = one_phase(every="P1W", sessions=5, window="P1D")
    before, later = replanned(protocol, *attended(1), *facts, now=2, clinic=clinic)
    (change,) = [one for one in later.changes_since(before) if one.key == "course-2"]
    assert change.reason == said


def test_a_session_that_a_hold_keeps_from_its_place_says_so() -> None:
    """Where the rest of its series does not move with it."""
    protocol = one_phase(every="P1W", sessions=4)
    hold = (Paused(on=FIRST + 6 * DAY), Resumed(on=FIRST + 20 * DAY))
    before, later = replanned(protocol, *attended(1), *hold, now=7)
    (change,) = [one for one in later.changes_since(before) if one.key == "course-2"]
    assert change.reason is not None
    assert change.reason.startswith("the course goes on from")


def test_a_loss_that_was_a_slip_leaves_nothing_that_is_given_up() -> None:
    """The session took place after all: its make-up is called off, and no finding asks to keep it."""
    course = course_of(one_phase(if_missed="soon", within="P2M", **WEEKLY))
    plan = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    for fact in (Cancelled(visit="course-1"), Corrected(number=1), Attended(visit="course-1")):
        course = course.record(fact)
        plan = schedule(course, ALWAYS_OPEN, as_of=START.astimezone(UTC) + DAY, previous=plan)
        plan = schedule(course, ALWAYS_OPEN, as_of=plan.as_of, previous=plan)
    assert plan.visit("course-1.2").status == "cancelled"
    assert given_up(plan) == []


def test_a_run_begun_again_without_a_record_keeps_its_places() -> None:
    """What lay before its first session is no place of it; so time alone gives nothing up."""
    protocol = one_phase(every="P3W", sessions=4, if_missed="skip", restart_after="P5W")
    gone = Away(first=FIRST + 8 * DAY, last=FIRST + 65 * DAY)
    _, plan = replanned(protocol, *attended(1), gone, now=4)
    as_of = plan.as_of + 71 * DAY
    later = schedule(plan.course, ALWAYS_OPEN, as_of=as_of, previous=plan)
    assert (
        stands(later)
        == stands(plan)
        == {
            "course-1": 0,
            "course-4": 66,
            "course-1.2": 87,
            "course-2": 108,
            "course-3": 129,
        }
    )


def test_what_a_span_has_given_up_is_forgotten_when_it_begins_again() -> None:
    """The run that begins has all of its sessions, so nothing of the one before is missing."""
    phase = Phase(id="a", every="P1W", until="P8W", restart_after="P3W")
    course = Course(
        id="c", protocol=Protocol(id="p", title="P", phases=[phase]), start=datetime(2027, 1, 4, 10)
    )
    clinic, monday = Clinic(timezone="UTC"), datetime(2027, 1, 4, 12, tzinfo=UTC)
    plan = schedule(course, clinic, as_of=monday - timedelta(days=1))
    course = course.record(
        Attended(visit="a-1"),
        Missed(visit="a-2"),
        Away(first=date(2027, 1, 12), last=date(2027, 2, 7)),
    )
    plan = schedule(course, clinic, as_of=monday + timedelta(days=8), previous=plan)
    assert [f.visit for f in plan.findings if f.code == "given-up"] == ["a-2"]
    first = next(visit for visit in plan.sessions if visit.upcoming)
    course = course.record(Attended(visit=first.key))
    plan = schedule(course, clinic, as_of=monday + timedelta(days=36), previous=plan)
    assert plan.findings == ()
