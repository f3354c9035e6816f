"""What schedule() does with facts and with a plan that is out, rule by rule of M4, M7, M8."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from mesoplan import (
    Attended,
    Away,
    Cancelled,
    Clinic,
    Closure,
    Course,
    Extended,
    Missed,
    Moved,
    Paused,
    Period,
    Phase,
    Plan,
    Protocol,
    RecordError,
    Resumed,
    Review,
    Reviewed,
    Stopped,
    schedule,
)
from mesoplan.plan.entries import Decision
from samples import ALWAYS_OPEN, AS_OF, BUSY, START, codes_of, course_of, days_of, one_phase, weekly

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


def after(days: int) -> datetime:
    """Give noon UTC so many days after the start."""
    return datetime(2026, 12, 4, 12, 0, tzinfo=UTC) + timedelta(days=days)


def replanned(
    protocol: Protocol, *facts: Any, now: datetime, clinic: Clinic = ALWAYS_OPEN, **options: Any
) -> tuple[Plan, Plan]:
    """Plan a course, record facts, plan again; give both plans."""
    course = course_of(protocol)
    before = schedule(course, clinic, as_of=AS_OF, **options)
    later = schedule(course.record(*facts), clinic, as_of=now, previous=before, **options)
    return before, later


def attended(count: int, phase: str = "course") -> list[Attended]:
    """Say that the first sessions of a phase took place as planned."""
    return [Attended(visit=f"{phase}-{n}") for n in range(1, count + 1)]


def offsets(plan: Plan, phase: str = "course") -> dict[str, int]:
    """Give the sessions that are attended or planned, as days after the start."""
    lost = {"missed", "cancelled"}
    return {
        v.key: (v.day - START.date()).days
        for v in plan.sessions
        if v.phase == phase and v.status not in lost
    }


def test_a_missed_session_is_made_up_at_the_end_of_a_grid() -> None:
    """No other session moves, the count is kept, and the new one has a key of its own."""
    before, later = replanned(
        one_phase(every="P1W", sessions=4), *attended(1), Missed(visit="course-2"), now=after(8)
    )
    assert offsets(later) == {"course-1": 0, "course-3": 14, "course-4": 21, "course-2.2": 28}
    assert [v.title for v in later.sessions if v.upcoming] == [
        "Course session 2 of 4",
        "Course session 3 of 4",
        "Course session 4 of 4",
    ]
    missed = later.visit("course-2")
    assert (missed.status, missed.start, missed.number) == (
        "missed",
        before.visit("course-2").start,
        None,
    )


def test_a_session_missed_again_gets_a_third_key() -> None:
    """Keys are never used again."""
    protocol = one_phase(every="P1W", sessions=2)
    _, later = replanned(
        protocol, Missed(visit="course-2"), Missed(visit="course-2.2"), now=after(15)
    )
    assert offsets(later) == {"course-1": 0, "course-2.3": 21}


def test_a_session_called_off_beforehand_is_made_up_as_well() -> None:
    """Its entry stays as a tombstone at the time at which it stood."""
    _, later = replanned(
        one_phase(every="P1W", sessions=3), Cancelled(visit="course-2"), now=after(1)
    )
    assert offsets(later) == {"course-1": 0, "course-3": 14, "course-2.2": 21}
    assert (later.visit("course-2").status, later.visit("course-2").revision) == ("cancelled", 1)


def test_a_protocol_may_give_a_missed_session_up() -> None:
    """With `skip` the count falls."""
    protocol = one_phase(every="P1W", sessions=3, if_missed="skip")
    _, later = replanned(protocol, Missed(visit="course-2"), now=after(8))
    assert offsets(later) == {"course-1": 0, "course-3": 14}
    assert later.visit("course-3").title == "Course session 2 of 2"


def test_an_open_end_loses_a_missed_session() -> None:
    """There is no count to keep."""
    protocol = one_phase(every="P1W")
    _, later = replanned(protocol, Missed(visit="course-2"), now=after(8), horizon=Period("P3W"))
    assert offsets(later) == {"course-1": 0, "course-3": 14, "course-4": 21}


def test_a_missed_dose_of_a_list_is_given_as_soon_as_possible() -> None:
    """Each place of a list has its meaning; the later ones keep theirs, at their minimum interval."""
    protocol = one_phase(at=("P0D", "P1M", "P6M"), min_interval="P4W")
    _, later = replanned(protocol, Missed(visit="course-2"), now=after(40))
    assert offsets(later)["course-2.2"] == 41
    assert later.visit("course-3").day == date(2027, 6, 4)


@pytest.mark.parametrize(
    ("fields", "fact", "code", "why"),
    [
        ({"at": ("P0D", "P3W", "P2M")}, Cancelled(visit="course-2"), "lost", "a list"),
        (
            {"every": "P17D", "sessions": 3, "rhythm": "chain"},
            Cancelled(visit="course-2"),
            "lost",
            "a chain",
        ),
        ({"at": ("P0D", "P5D", "P2M")}, Missed(visit="course-2"), "passed", "the target is over"),
    ],
)
def test_a_make_up_says_what_kept_it_from_its_target(
    fields: dict[str, Any], fact: Any, code: str, why: str
) -> None:
    """The lost one had that day; only where the day is over has it passed."""
    now = after(9) if code == "passed" else after(1)
    _, later = replanned(one_phase(**fields), *attended(1), fact, now=now)
    assert later.visit("course-2.2").reasons[0].code == code, why


def test_a_missed_dose_of_a_chain_carries_the_rest_along() -> None:
    """It is given at once, and the next counts from it."""
    protocol = one_phase(every="P4W", sessions=4, rhythm="chain")
    _, later = replanned(protocol, Missed(visit="course-2"), now=after(30))
    assert offsets(later) == {"course-1": 0, "course-2.2": 31, "course-3": 59, "course-4": 87}


@pytest.mark.parametrize(
    ("rhythm", "expected", "why"),
    [
        ("grid", [0, 9, 14, 21], "one moved session moves no other"),
        ("chain", [0, 9, 16, 23], "each counts from the actual day of the one before"),
    ],
)
def test_a_session_on_another_day(rhythm: str, expected: list[int], why: str) -> None:
    """What a later actual day means depends on the rhythm."""
    protocol = one_phase(every="P1W", sessions=4, rhythm=rhythm)
    fact = Attended(visit="course-2", at=START + timedelta(days=9))
    _, later = replanned(protocol, *attended(1), fact, now=after(10))
    assert list(offsets(later).values()) == expected, why


def test_a_chain_follows_its_displaced_session_before_it_has_happened() -> None:
    """A closed day moves the rest of a chain with it."""
    protocol = one_phase(every="P1W", sessions=4, rhythm="chain")
    closed = Closure(first=START.date() + WEEK, last=START.date() + WEEK)
    plan = schedule(course_of(protocol), ALWAYS_OPEN.replace(closures=[closed]), as_of=AS_OF)
    assert list(offsets(plan).values()) == [0, 8, 15, 22]


@pytest.mark.parametrize(
    ("late", "expected", "why"),
    [
        (2, [0, 30, 56, 84], "up to three days late: carry on with the grid"),
        (6, [0, 34, 62, 90], "up to seven: count on from the actual day"),
        (9, [0, 37, 65, 93, 121], "later: begin the phase again, with this session as its first"),
    ],
)
def test_tiers_by_lateness(late: int, expected: list[int], why: str) -> None:
    """A label that publishes tiers is followed."""
    tiers = [
        {"late": "P3D", "then": "carry_on"},
        {"late": "P7D", "then": "shift"},
        {"then": "restart"},
    ]
    protocol = one_phase(every="P4W", sessions=4, tiers=tiers)
    fact = Attended(visit="course-2", at=START + timedelta(days=28 + late))
    _, later = replanned(protocol, *attended(1), fact, now=after(40))
    assert list(offsets(later).values()) == expected, why


def test_a_shift_of_a_pattern_keeps_its_distances() -> None:
    """Places inside a step move together."""
    protocol = one_phase(
        every="P4W", offsets=("P0D", "P1W", "P2W"), sessions=6, tiers=[{"then": "shift"}]
    )
    fact = Attended(visit="course-2", at=START + timedelta(days=9))
    _, later = replanned(protocol, *attended(1), fact, now=after(10))
    assert list(offsets(later).values()) == [0, 9, 16, 30, 37, 44]


def test_a_gap_set_at_a_session_is_the_next_interval() -> None:
    """Treat and extend: the rhythm goes on from there."""
    protocol = one_phase(every="P4W", sessions=4)
    fact = Attended(visit="course-2", next_after=Period("P10W"))
    _, later = replanned(protocol, *attended(1), fact, now=after(29))
    assert list(offsets(later).values()) == [0, 28, 98, 126]


def test_a_long_gap_begins_the_phase_again() -> None:
    """With `restart_after` the sessions before the gap no longer count; the weekday is kept."""
    protocol = one_phase(every="P1W", sessions=3, restart_after="P4W")
    facts = [*attended(2), Paused(on=START.date() + 8 * DAY), Resumed(on=START.date() + 60 * DAY)]
    _, later = replanned(protocol, *facts, now=after(59))
    upcoming = [v for v in later.sessions if v.upcoming]
    assert [(v.title, (v.day - START.date()).days) for v in upcoming] == [
        ("Course session 1 of 3", 63),
        ("Course session 2 of 3", 70),
        ("Course session 3 of 3", 77),
    ]
    assert len({v.key for v in later.visits}) == len(later.visits)


def test_a_hold_keeps_what_follows_waiting_until_it_is_resumed() -> None:
    """The rest of the phase and what counts from its end wait where they stand; reviews stay."""
    before, held = replanned(
        weekly(), *attended(3, "induction"), Paused(on=date(2026, 12, 20)), now=after(16)
    )
    assert [v.key for v in held.sessions if v.upcoming] == []
    assert {v.status for v in held.sessions if v.phase == "maintenance"} == {"on_hold"}
    assert [v.key for v in held.reviews if v.upcoming] == ["month-3", "month-6"]
    assert held.visit("induction-3").title == "Session 3 of 16"
    course = held.course.record(Resumed(on=date(2027, 3, 1)))
    resumed = schedule(course, ALWAYS_OPEN, as_of=after(80), previous=held)
    upcoming = [v for v in resumed.sessions if v.upcoming]
    assert (upcoming[0].key, upcoming[0].day) == ("induction-4", date(2027, 3, 5))
    assert [v.number for v in upcoming if v.phase == "induction"] == list(range(4, 17))
    assert {v.key for v in before.visits} <= {v.key for v in resumed.visits}
    assert not [v for v in resumed.visits if v.lost]


@pytest.mark.parametrize(
    ("starts", "paused", "first", "why"),
    [
        (None, 30, 91, "nothing of the first phase waits: the first Friday from the 90th day on"),
        (None, 16, 119, "its last session waits and goes on on the 91st day; the next follows it"),
        ("session 2 of course + P5W", 20, 112, "three weeks behind that session, as it had been"),
        ("start + P98D", 20, 168, "so is one whose own time comes after the hold"),
        ("start + P42D", 30, 91, "what counts from the start moves as well"),
    ],
)
def test_a_hold_moves_a_phase_that_has_not_begun_as_a_whole(
    starts: str | None, paused: int, first: int, why: str
) -> None:
    """Its sessions keep their order and their distances, and none goes to the end of the series."""
    phases = [
        Phase(id="course", label="a", every="P1W", sessions=4, window="P2D"),
        Phase(id="later", label="a", starts=starts, every="P4W", sessions=4, window="P5D"),
    ]
    begins = START.date()
    hold = [Paused(on=begins + paused * DAY), Resumed(on=begins + 90 * DAY)]
    facts = [*attended(2), *hold]
    protocol = Protocol(id="two", title="Two", phases=phases)
    before, later = replanned(protocol, *facts, now=after(15))
    assert offsets(later, "later") == {f"later-{n}": first + 28 * (n - 1) for n in (1, 2, 3, 4)}, (
        why
    )
    assert {visit.key for visit in later.sessions} == {visit.key for visit in before.sessions}


def test_an_open_end_goes_on_after_a_hold_under_its_keys() -> None:
    """The visits wait, and move as a whole."""
    protocol = one_phase(every="P1M")
    facts = [*attended(2), Paused(on=date(2027, 1, 20))]
    before, held = replanned(protocol, *facts, now=after(50))
    course = held.course.record(Resumed(on=date(2027, 5, 1)))
    resumed = schedule(course, ALWAYS_OPEN, as_of=after(140), previous=held)
    upcoming = [v for v in resumed.sessions if v.upcoming]
    assert upcoming[0].day == date(2027, 5, 1)
    waited = [v.key for v in before.visits if v.upcoming and v.day > date(2027, 1, 20)]
    assert [v.key for v in upcoming][: len(waited)] == waited


def test_more_sessions_follow_the_last_one() -> None:
    """Extended counts for the first counted phase, or the one it names."""
    protocol = one_phase(every="P1W", sessions=2)
    _, later = replanned(
        protocol, Extended(sessions=1), Extended(sessions=1, phase="course"), now=after(1)
    )
    assert list(offsets(later).values()) == [0, 7, 14, 21]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"every": "P9D", "sessions": 4}, "a grid"),
        ({"every": "P9D", "sessions": 4, "rhythm": "chain"}, "a chain"),
        ({"weekdays": "tue, fri", "sessions": 6}, "weekdays"),
        ({"every": "P1M", "sessions": 3, "window": "P5D"}, "months"),
    ],
)
@pytest.mark.parametrize("missed", [False, True])
def test_sessions_that_are_added_months_later_keep_the_rhythm(
    fields: dict[str, Any], why: str, *, missed: bool
) -> None:
    """They come after the moment at which they were agreed on, as far apart as ever, and count on."""
    before, plan = replanned(one_phase(**fields), now=after(0))
    facts: list[Any] = [Attended(visit=visit.key) for visit in plan.sessions]
    if missed:
        facts[1] = Missed(visit=plan.sessions[1].key)
    plan = schedule(plan.course.record(*facts), ALWAYS_OPEN, as_of=after(100), previous=plan)
    if missed:
        made_up = next(visit for visit in plan.sessions if visit.upcoming)
        course = plan.course.record(Attended(visit=made_up.key))
        plan = schedule(course, ALWAYS_OPEN, as_of=after(140), previous=plan)
    later = schedule(
        plan.course.record(Extended(sessions=3)), ALWAYS_OPEN, as_of=after(200), previous=plan
    )
    gaps = [(two.day - one.day).days for one, two in pairwise(before.sessions)]
    added = [visit for visit in later.sessions if visit.upcoming]
    assert [visit.number for visit in added] == [len(facts) + n for n in (1, 2, 3)], why
    assert added[0].start > later.as_of
    assert all(min(gaps) <= (two.day - one.day).days <= max(gaps) for one, two in pairwise(added))
    assert [visit for visit in later.sessions if visit.status == "attended"] == [
        visit for visit in plan.sessions if visit.status == "attended"
    ], "what took place is as it was"


def test_a_stopped_course_calls_off_the_rest() -> None:
    """From the day on which it stopped; what stands before stays."""
    _, later = replanned(
        weekly(), *attended(3, "induction"), Stopped(on=date(2026, 12, 25)), now=after(15)
    )
    assert [v.key for v in later.visits if v.upcoming] == []
    assert {v.status for v in later.reviews} == {"cancelled"}


def gated() -> Protocol:
    """Give a course whose second phase needs an outcome of a review, and a third its contrary."""
    return Protocol(
        id="gated",
        title="Gated",
        phases=[
            {"id": "course", "every": "P1W", "sessions": 2},
            {
                "id": "more",
                "every": "P1W",
                "sessions": 2,
                "requires": {"review": "gate", "outcome": "active"},
            },
            {
                "id": "keep",
                "every": "P1M",
                "sessions": 1,
                "requires": {"review": "gate", "outcome": "clear"},
            },
        ],
        reviews=[Review(id="gate", at="last session of course", outcomes=["active", "clear"])],
    )


@pytest.mark.parametrize(("outcome", "kept"), [("active", "more"), ("clear", "keep")])
def test_an_outcome_opens_one_phase_and_drops_the_other(outcome: str, kept: str) -> None:
    """What the outcome does not open is called off; what it opens is no longer tentative."""
    _, later = replanned(gated(), Reviewed(visit="gate", outcome=outcome), now=after(7))
    phases = {v.phase for v in later.sessions if v.upcoming and v.day > START.date() + WEEK}
    assert phases == {kept}
    assert {v.status for v in later.sessions if v.phase == kept} == {"planned"}


def test_a_moved_visit_stands_where_the_person_put_it() -> None:
    """Even outside its window and the opening hours; a finding says so."""
    fact = Moved(visit="induction-8", to=datetime(2027, 1, 25, 20, 0))
    _, later = replanned(weekly(), *attended(5, "induction"), fact, now=after(35), clinic=BUSY)
    visit = later.visit("induction-8")
    assert f"{visit.start:%Y-%m-%d %H:%M}" == "2027-01-25 20:00"
    assert [r.code for r in visit.reasons] == ["moved"]
    assert "outside-window" in codes_of(later)


def test_a_moved_visit_too_close_to_another_pushes_it_or_is_reported() -> None:
    """What is still open gives way; what is fixed as well is reported."""
    facts = [
        Moved(visit="induction-8", to=datetime(2027, 1, 25, 10, 0)),
        Moved(visit="induction-9", to=datetime(2027, 1, 27, 10, 0)),
    ]
    _, later = replanned(weekly(), *attended(5, "induction"), *facts, now=after(35), clinic=BUSY)
    finding = next(f for f in later.findings if f.code == "interval-too-short")
    assert (finding.visit, finding.message) == (
        "induction-9",
        "stands less than 5 days after induction-8",
    )


BEHIND = ("interval-too-short", "course-3", "stands less than 4 days after course-2")


@pytest.mark.parametrize(
    ("day", "stays", "why"),
    [
        (5, True, "the minimum belongs to the later session, and a person fixed that"),
        (4, True, "the day after as well"),
        (3, False, "there is no second session on a day"),
        (2, False, "now the later one is the announced one, and it keeps its minimum"),
    ],
)
@pytest.mark.parametrize("window", [None, "P2D"])
def test_a_session_moved_too_close_behind_another_moves_nothing(
    *, day: int, stays: bool, why: str, window: str | None
) -> None:
    """It stands below its minimum with a finding; what was announced before it keeps its day (M5, M8)."""
    protocol = one_phase(every="P1W", sessions=5, window=window)
    fact = Moved(visit="course-3", to=START + timedelta(days=4 + day))
    before, later = replanned(protocol, Attended(visit="course-1"), fact, now=after(1))
    kept = later.visit("course-2").start == before.visit("course-2").start
    said = BEHIND in [(f.code, f.visit, f.message) for f in later.findings]
    assert (kept, said) == (stays, stays), why
    others = [f"course-{n}" for n in (4, 5)]
    assert all(later.visit(key).start == before.visit(key).start for key in others)


def test_a_phase_moved_too_close_behind_another_moves_nothing_of_that() -> None:
    """Across a border of two phases, and though the session before it stands off its target already."""
    phases = [
        Phase(id="a", every="P1W", sessions=3, window="P2D"),
        Phase(id="b", every="P1M", sessions=2),
    ]
    course = course_of(Protocol(id="ab", title="Two phases", phases=phases))
    first = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    course = course.record(Moved(visit="a-2", to=START + timedelta(days=12)))
    before = schedule(course, ALWAYS_OPEN, as_of=AS_OF, previous=first)
    course = course.record(Moved(visit="b-1", to=START + timedelta(days=21)))
    later = schedule(course, ALWAYS_OPEN, as_of=AS_OF, previous=before)
    assert (later.visit("a-3").day - START.date()).days == 16
    assert later.visit("a-3").start == before.visit("a-3").start
    found = [(f.visit, f.message) for f in later.findings if f.code == "interval-too-short"]
    assert found == [("b-1", "stands less than 2 weeks after a-3")]


def test_what_was_announced_and_is_still_possible_stays() -> None:
    """A closure announced late moves the visit on it; a better day elsewhere moves nothing."""
    leave = Closure(first=date(2027, 1, 8), last=date(2027, 1, 8))
    course = course_of(weekly())
    first = schedule(course, BUSY.replace(closures=[leave]), as_of=AS_OF)
    assert first.visit("induction-6").day == date(2027, 1, 9)
    reopened = schedule(course, BUSY, as_of=after(1), previous=first)
    stays, stood = reopened.visit("induction-6"), first.visit("induction-6")
    assert (stays.start, stays.revision) == (stood.start, stood.revision)
    assert (stood.reasons[0].code, stays.reasons[0].code) == ("closed", "announced")


def test_a_visit_keeps_its_time_of_day_too() -> None:
    """Another preferred time is for visits that are new."""
    course = course_of(weekly())
    before = schedule(course, BUSY, as_of=AS_OF)
    changed = course.replace(preferences={"time": "10:00"}).record(Missed(visit="induction-1"))
    later = schedule(changed, BUSY, as_of=after(1), previous=before)
    assert later.visit("induction-2") == before.visit("induction-2").replace(
        number=1, stamp=after(1)
    )
    assert later.visit("induction-1.2").start.hour == 10


def test_revisions_count_bookings_and_stamps_count_texts() -> None:
    """A new time raises the revision; a new title only the stamp; nothing new, nothing."""
    fact = Missed(visit="induction-2")
    _, later = replanned(weekly(), *attended(1, "induction"), fact, now=after(8))
    assert (later.visit("induction-2").revision, later.visit("induction-2").stamp) == (1, after(8))
    assert (later.visit("induction-3").revision, later.visit("induction-3").stamp) == (0, after(8))
    assert (later.visit("month-6").revision, later.visit("month-6").stamp) == (0, AS_OF)


def test_a_visit_that_is_no_longer_planned_stays_as_a_tombstone() -> None:
    """A shorter version of the protocol calls off the last sessions; a longer one adds new keys."""
    course = course_of(one_phase(every="P1W", sessions=4))
    first = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    short = course.replace(protocol=one_phase(every="P1W", sessions=3))
    second = schedule(short, ALWAYS_OPEN, as_of=after(1), previous=first)
    gone = second.visit("course-4")
    assert (gone.status, gone.revision, gone.start) == (
        "cancelled",
        1,
        first.visit("course-4").start,
    )
    third = schedule(course, ALWAYS_OPEN, as_of=after(2), previous=second)
    assert third.visit("course-4") == gone
    assert third.visit("course-4.2").day == gone.day
    fourth = schedule(course, ALWAYS_OPEN, as_of=after(3), previous=third)
    assert fourth.visits == third.visits


def test_the_past_without_a_record_is_left_and_asked_about() -> None:
    """Nothing that lies in the past moves, whatever is announced later."""
    course = course_of(weekly())
    before = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    closed = ALWAYS_OPEN.replace(
        closures=[Closure(first=date(2026, 12, 1), last=date(2027, 1, 10))]
    )
    later = schedule(course, closed, as_of=after(15), previous=before)
    for key in ("induction-1", "induction-2", "induction-3"):
        stood = before.visit(key)
        assert later.visit(key) == stood.replace(reasons=later.visit(key).reasons)
        assert [reason.code for reason in later.visit(key).reasons] == ["unrecorded"]
    asked = [f.visit for f in later.findings if f.code == "unrecorded"]
    assert asked == ["induction-1", "induction-2", "induction-3"]


def test_nothing_new_is_planned_into_the_past_or_today() -> None:
    """A session made up late comes tomorrow at the earliest."""
    protocol = one_phase(at=("P0D", "P1W"))
    _, later = replanned(protocol, *attended(1), Missed(visit="course-2"), now=after(30))
    assert offsets(later)["course-2.2"] == 31
    assert later.visit("course-2.2").reasons[0].code == "passed"


def test_a_moved_start_stays_moved() -> None:
    """A course that began later because of a closure keeps its grid when the closure is over."""
    closed = ALWAYS_OPEN.replace(closures=[Closure(first=START.date(), last=START.date() + DAY)])
    course = course_of(one_phase(every="P1W", sessions=3))
    first = schedule(course, closed, as_of=AS_OF)
    again = schedule(course, closed, as_of=AS_OF + DAY, previous=first)
    assert again.visits == first.visits
    assert list(offsets(again).values()) == [2, 9, 16]


def test_a_joined_review_follows_its_session() -> None:
    """So that the person still comes once."""
    fact = Away(first=date(2027, 3, 5), last=date(2027, 3, 5))
    before, later = replanned(weekly(), *attended(1, "induction"), fact, now=after(1))
    assert before.visit("month-3").end == before.visit("induction-14").start
    assert later.visit("month-3").end == later.visit("induction-14").start
    assert later.visit("induction-14").day == date(2027, 3, 6)


def test_attended_without_a_plan_that_is_out_stands_where_it_would() -> None:
    """A log alone, without the published plan, gives the same days."""
    course = course_of(weekly(), facts=attended(5, "induction"))
    alone = schedule(course, BUSY, as_of=after(35))
    assert days_of(alone)[:5] == days_of(schedule(course_of(weekly()), BUSY, as_of=AS_OF))[:5]
    assert {v.status for v in alone.sessions[:5]} == {"attended"}


def test_a_plan_that_is_out_looks_half_a_year_ahead() -> None:
    """The default horizon grows by whole years from the start."""
    course = course_of(one_phase(every="P1M"))
    first = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    assert first.horizon == date(2027, 12, 4)
    assert schedule(course, ALWAYS_OPEN, as_of=after(100), previous=first).horizon == first.horizon
    later = schedule(course, ALWAYS_OPEN, as_of=after(200), previous=first)
    assert later.horizon == date(2028, 12, 4)


@pytest.mark.parametrize(
    ("ahead", "why"),
    [
        ([Extended(sessions=5, phase="course")], "more sessions put the rest off"),
        (
            [Paused(on=date(2027, 1, 20)), Resumed(on=date(2027, 4, 14))],
            "a hold moves it by twelve weeks",
        ),
        ([Away(first=date(2027, 1, 10), last=date(2027, 2, 20))], "six weeks away"),
    ],
)
def test_what_was_announced_near_the_horizon_stays_in_the_plan(ahead: list[Any], why: str) -> None:
    """It moves with the rest; nobody is told that it was called off because a year is over."""
    phases = [
        Phase(id="course", every="P9D", sessions=6, window="P2D"),
        Phase(id="open", every="P7W", window="P10D"),
    ]
    protocol = Protocol(id="both", title="Both", phases=phases)
    before, later = replanned(protocol, *ahead, now=after(1))
    last = before.sessions[-1]
    assert (before.horizon - last.day).days < 49
    assert later.visit(last.key).upcoming, why
    assert later.visit(last.key).day > last.day
    assert not [c for c in later.changes_since(before) if c.kind == "cancelled"], why
    again = schedule(later.course, ALWAYS_OPEN, as_of=after(200), previous=later)
    keys = [visit.key for visit in again.sessions if visit.phase == "open"]
    assert keys == [f"open-{n}" for n in range(1, len(keys) + 1)]


def test_what_counts_from_the_end_of_a_held_phase_waits_with_it() -> None:
    """What hangs on a session that waits, waits."""
    protocol = Protocol(
        id="held",
        title="Held",
        phases=[
            {"id": "course", "every": "P1W", "sessions": 4},
            {
                "id": "boost",
                "every": "P1M",
                "sessions": 1,
                "starts": "last session of course + P3M",
            },
        ],
    )
    _, later = replanned(protocol, *attended(1), Paused(on=date(2026, 12, 8)), now=after(4))
    assert {v.status for v in later.sessions if v.phase == "boost"} == {"on_hold"}


def test_a_lost_visit_that_is_tied_to_each_session_is_made_up_the_day_after() -> None:
    """It has no rhythm of its own to go on with."""
    protocol = Protocol(
        id="tied",
        title="Tied",
        phases=[
            {"id": "infusion", "label": "infusion", "every": "P4W", "sessions": 2},
            {"id": "shot", "label": "shot", "starts": "each session of infusion + P1D"},
        ],
    )
    _, later = replanned(protocol, Cancelled(visit="shot-2"), now=after(2))
    assert offsets(later, "shot") == {"shot-1": 1, "shot-2.2": 30}


def test_a_moved_visit_may_change_places_with_its_neighbour() -> None:
    """What is open keeps its distance to a fixed day; a place in days away goes to the end."""
    away = Away(first=date(2026, 12, 9), last=date(2026, 12, 20))
    moved = Moved(visit="course-3", to=datetime(2026, 12, 19, 17, 30))
    protocol = one_phase(every="P1W", sessions=4, min_interval="P3D", window="P2D")
    _, later = replanned(protocol, *attended(1), away, moved, now=after(4))
    days = offsets(later)
    assert days["course-3"] == 15
    assert sorted(days.values()) == [0, 15, 21, 28]


def test_a_chain_counts_within_its_phase() -> None:
    """Its first session stands where the phase starts, not one step after another phase."""
    protocol = Protocol(
        id="split",
        title="Split",
        phases=[
            {"id": "split", "every": "P2W", "sessions": 2},
            {
                "id": "course",
                "starts": "start + P6M",
                "every": "P6M",
                "sessions": 2,
                "rhythm": "chain",
            },
        ],
    )
    plan = schedule(course_of(protocol), ALWAYS_OPEN, as_of=AS_OF)
    assert days_of(plan, "course") == [date(2027, 6, 4), date(2027, 12, 4)]


def test_a_gap_set_at_a_session_of_a_chain_holds() -> None:
    """Treat and extend works on a chain as on a grid."""
    protocol = one_phase(every="P4W", sessions=4, rhythm="chain")
    fact = Attended(visit="course-2", next_after=Period("P10W"))
    _, later = replanned(protocol, *attended(1), fact, now=after(29))
    assert list(offsets(later).values()) == [0, 28, 98, 126]


def test_a_chain_follows_a_session_that_a_person_moved() -> None:
    """Before it has happened."""
    protocol = one_phase(every="P2W", sessions=3, rhythm="chain")
    fact = Moved(visit="course-2", to=START + timedelta(days=17))
    _, later = replanned(protocol, *attended(1), fact, now=after(2))
    assert list(offsets(later).values()) == [0, 17, 31]


def test_a_missed_dose_of_a_chain_is_given_tomorrow_not_a_step_later() -> None:
    """However late the absence is recorded."""
    protocol = one_phase(every="P6M", sessions=3, rhythm="chain")
    _, later = replanned(protocol, *attended(1), Missed(visit="course-2"), now=after(198))
    assert later.visit("course-2.2").day == date(2027, 6, 21)
    assert later.visit("course-3").day == date(2027, 12, 21)


def test_a_session_that_could_only_come_in_an_open_hold_is_called_off() -> None:
    """It is neither forced into the hold nor searched for to the end of time."""
    protocol = one_phase(every="P1W", sessions=3, rhythm="chain")
    facts = [Missed(visit="course-1"), Paused(on=date(2026, 12, 6))]
    _, later = replanned(protocol, *facts, now=after(2))
    assert [v for v in later.visits if v.upcoming] == []


def test_a_hold_that_is_over_when_it_is_told_moves_the_visits() -> None:
    """As a whole, to the first Friday after it; the calendar keeps its entries."""
    facts = [*attended(1), Paused(on=date(2026, 12, 8)), Resumed(on=date(2026, 12, 22))]
    before, later = replanned(one_phase(every="P1W", sessions=4), *facts, now=after(4))
    assert offsets(later) == {"course-1": 0, "course-2": 21, "course-3": 28, "course-4": 35}
    assert {v.key for v in later.visits} == {v.key for v in before.visits}


def test_a_session_lost_after_a_hold_gets_a_key_that_nothing_had() -> None:
    """Whatever was called off before."""
    protocol = one_phase(every="P1W", sessions=3)
    _, held = replanned(protocol, *attended(1), Paused(on=date(2026, 12, 8)), now=after(4))
    course = held.course.record(Resumed(on=date(2026, 12, 22)))
    resumed = schedule(course, ALWAYS_OPEN, as_of=after(5), previous=held)
    lost = course.record(Cancelled(visit="course-2"))
    again = schedule(lost, ALWAYS_OPEN, as_of=after(6), previous=resumed)
    assert [v.key for v in again.sessions if v.upcoming] == ["course-3", "course-2.2"]


def test_a_fact_about_a_visit_that_stands_nowhere_is_refused() -> None:
    """It names the fact and the nearest key; whoever has lost the plans between has to say more."""
    course = course_of(one_phase(every="P1W", sessions=2), facts=[Attended(visit="course-2.2")])
    with pytest.raises(RecordError, match=r"fact 1, visit: stands nowhere.*did you mean") as caught:
        schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    assert caught.value.faults[0].got == "course-2.2"


def test_branches_that_exclude_each_other_do_not_push_each_other() -> None:
    """Nor the phase that is certain."""
    protocol = Protocol(
        id="branch",
        title="Branch",
        phases=[
            {"id": "acute", "weekdays": "mon-fri", "until": "P4W"},
            {
                "id": "keep",
                "starts": "start + P4W",
                "weekdays": "mon, thu",
                "sessions": 4,
                "requires": {"review": "gate", "outcome": "clear"},
            },
            {
                "id": "more",
                "starts": "start + P4W",
                "weekdays": "mon-fri",
                "sessions": 16,
                "requires": {"review": "gate", "outcome": "active"},
            },
        ],
        reviews=[Review(id="gate", at="start + P4W", outcomes=["active", "clear"])],
    )
    plan = schedule(course_of(protocol, datetime(2026, 12, 7, 9, 0)), ALWAYS_OPEN, as_of=AS_OF)
    assert [v.key for v in plan.sessions if v.day != v.target] == []


def test_a_review_joins_no_session_that_was_moved_to_the_opening_of_the_day() -> None:
    """There is no opening time directly before it."""
    protocol = weekly(reviews=[Review(id="check", at="session 2 of induction")])
    fact = Moved(visit="induction-2", to=datetime(2026, 12, 11, 9, 0))
    _, later = replanned(protocol, *attended(1, "induction"), fact, now=after(2), clinic=BUSY)
    assert later.visit("check").start >= later.visit("induction-2").end


def test_a_new_telephone_number_stamps_what_is_to_come() -> None:
    """The entries tell it, so that calendars must take them anew; no booking has changed."""
    course = course_of(one_phase(every="P1W", sessions=3))
    before = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    clinic = ALWAYS_OPEN.replace(phone="+90 212 000 00 00")
    later = schedule(course.record(*attended(1)), clinic, as_of=after(1), previous=before)
    assert [(v.revision, v.stamp) for v in later.visits] == [
        (1, after(1)),
        (0, after(1)),
        (0, after(1)),
    ]
    again = schedule(later.course, clinic, as_of=after(2), previous=later)
    assert again.visits == later.visits


def test_a_session_put_off_after_its_time_had_come_is_still_to_come() -> None:
    """Nobody asks what became of it; it stands where the person put it."""
    fact = Moved(visit="course-2", to=START + 10 * DAY)
    _, later = replanned(one_phase(every="P1W", sessions=3), *attended(1), fact, now=after(8))
    visit = later.visit("course-2")
    assert (visit.day, visit.status) == (START.date() + 10 * DAY, "planned")
    assert "unrecorded" not in codes_of(later)


@pytest.mark.parametrize(
    ("days", "revision", "why"),
    [(3, 1, "its time has changed"), (7, 0, "it stands where it stood")],
)
def test_a_session_moved_into_the_past_stands_there_without_a_record(
    days: int, revision: int, why: str
) -> None:
    """It may still be recorded; a finding asks about it."""
    fact = Moved(visit="course-2", to=START + days * DAY)
    _, later = replanned(one_phase(every="P1W", sessions=3), *attended(1), fact, now=after(8))
    visit = later.visit("course-2")
    assert (visit.day, visit.revision) == (START.date() + days * DAY, revision), why
    assert {"moved-into-the-past", "unrecorded"} <= set(codes_of(later))


def test_a_review_that_was_attended_may_get_its_outcome_later() -> None:
    """It keeps its time and its revision, and the outcome opens its phase."""
    at = START + 8 * DAY
    _, held = replanned(gated(), *attended(2), Attended(visit="gate", at=at), now=after(9))
    course = held.course.record(Reviewed(visit="gate", outcome="active"))
    later = schedule(course, ALWAYS_OPEN, as_of=after(10), previous=held)
    assert later.visit("gate") == held.visit("gate")
    assert later.visit("more-1").status == "planned"


@pytest.mark.parametrize("facts", [[], [Missed(visit="course-2")], [Cancelled(visit="course-3")]])
def test_what_an_outcome_may_open_keeps_its_minimum_from_what_is_certain(facts: list[Any]) -> None:
    """Whatever puts the last certain session off; two branches of one review hold nothing apart."""
    phases = [
        Phase(id="course", every="P6D", sessions=4, window="P1D", min_interval="P4D"),
        *(
            Phase(
                id=name,
                starts="last session of course + P6D",
                every=every,
                sessions=3,
                window="P1D",
                min_interval="P4D",
                requires={"review": "look", "outcome": name},
            )
            for name, every in (("more", "P6D"), ("less", "P8D"))
        ),
    ]
    look = Review(id="look", at="session 2 of course", outcomes=("more", "less"), join=False)
    protocol = Protocol(id="p", title="P", phases=phases, reviews=[look])
    leave = Closure(first=START.date() + 17 * DAY, last=START.date() + 22 * DAY)
    clinic = ALWAYS_OPEN.replace(closures=[leave])
    _, later = replanned(protocol, *attended(1), *facts, now=after(7), clinic=clinic)
    for branch in ("more", "less"):
        mine = [v.day for v in later.sessions if v.upcoming and v.phase in {"course", branch}]
        assert all(two - one >= 4 * DAY for one, two in pairwise(mine)), branch
    assert {"more", "less"} <= {v.phase for v in later.sessions if v.status == "tentative"}


def test_what_an_outcome_opens_never_becomes_past_while_it_is_not_known() -> None:
    """The review has taken place; until someone says how it ended, its sessions wait for it."""
    _, later = replanned(gated(), *attended(2), now=after(20))
    waiting = [v for v in later.sessions if v.status == "tentative"]
    assert [v.key for v in waiting] == ["more-1", "more-2", "keep-1"]
    assert all(v.start > later.as_of for v in waiting)
    assert "unrecorded" not in codes_of(later)


def test_a_review_that_a_new_version_has_not_keeps_its_outcome_in_the_log() -> None:
    """It stays in the plan as it was; what it had opened is called off."""
    facts = [*attended(2), Reviewed(visit="gate", outcome="active")]
    _, plan = replanned(gated(), *facts, now=after(8))
    course = plan.course.replace(protocol=one_phase(every="P1W", sessions=3))
    later = schedule(course, ALWAYS_OPEN, as_of=after(9), previous=plan)
    assert later.visit("gate") == plan.visit("gate")
    assert {v.status for v in later.sessions if v.phase == "more"} == {"cancelled"}
    assert offsets(later) == {"course-1": 0, "course-2": 7, "course-3": 14}


def test_sessions_at_home_and_of_a_phase_that_is_gone_keep_no_distance() -> None:
    """They stay in the plan; nothing at the clinic gives way to them."""
    protocol = Protocol(
        id="home",
        title="Home",
        phases=[
            {"id": "course", "every": "P1W", "sessions": 2, "min_interval": "P5D"},
            {
                "id": "cream",
                "starts": "start + P5D",
                "every": "P1D",
                "sessions": 3,
                "place": "home",
            },
        ],
    )
    _, plan = replanned(protocol, *attended(1), Attended(visit="cream-1"), now=after(5))
    assert offsets(plan, "cream") == {"cream-1": 5, "cream-2": 6, "cream-3": 7}
    assert plan.visit("course-2").day == plan.visit("course-2").target
    other = Protocol(
        id="other", title="Other", phases=[{"id": "new", "at": ("P6D",), "min_interval": "P5D"}]
    )
    later = schedule(
        plan.course.replace(protocol=other), ALWAYS_OPEN, as_of=after(5), previous=plan
    )
    assert later.visit("course-1") == plan.visit("course-1")
    assert offsets(later, "new") == {"new-1": 6}


def tied() -> Protocol:
    """Give a treatment with a second one a day after each of its sessions."""
    return Protocol(
        id="tied",
        title="Tied",
        phases=[
            {"id": "infusion", "label": "infusion", "every": "P4W", "sessions": 2},
            {"id": "shot", "label": "shot", "starts": "each session of infusion + P1D"},
        ],
    )


def test_what_is_tied_to_each_session_follows_it_after_a_hold() -> None:
    """It has no rhythm of its own that could go on."""
    facts = [Paused(on=START.date() + 20 * DAY), Resumed(on=START.date() + 40 * DAY)]
    done = [Attended(visit="infusion-1"), Attended(visit="shot-1")]
    _, later = replanned(tied(), *done, *facts, now=after(45))
    assert offsets(later, "infusion") == {"infusion-1": 0, "infusion-2": 70}
    assert offsets(later, "shot") == {"shot-1": 1, "shot-2": 71}


@pytest.mark.parametrize(
    ("protocol", "facts", "phase", "expected", "why"),
    [
        (
            tied(),
            [Attended(visit="infusion-1"), Attended(visit="shot-1", next_after=Period("P5D"))],
            "shot",
            {"shot-1": 1, "shot-2": 29},
            "an anchor is written",
        ),
        (
            one_phase(at=("P0D", "P1M")),
            [Attended(visit="course-1", next_after=Period("P6W"))],
            "course",
            {"course-1": 0, "course-2": 42},
            "the rest of a list moves",
        ),
        (
            one_phase(at=("P0D", "P1M")),
            [
                Missed(visit="course-1"),
                Attended(visit="course-2", at=START + 2 * DAY, next_after=Period("P6W")),
            ],
            "course",
            {"course-2": 2, "course-1.2": 16},
            "nothing comes after the last of a list, and what is owed is given soon",
        ),
    ],
    ids=["tied", "list", "last of a list"],
)
def test_a_gap_set_at_a_session_replaces_the_gap_to_the_next(
    protocol: Protocol, facts: list[Any], phase: str, expected: dict[str, int], why: str
) -> None:
    """It replaces one gap of a rhythm, never a written anchor."""
    _, later = replanned(protocol, *facts, now=after(3))
    assert offsets(later, phase) == expected, why


def test_what_was_recorded_as_attended_is_counted_whatever_else_the_log_says() -> None:
    """`record` refuses a second outcome; a log that was opened has a finding."""
    before, _ = replanned(one_phase(every="P1W", sessions=3), now=after(8))
    facts = [*attended(1), Missed(visit="course-2"), Attended(visit="course-2")]
    course = before.course.replace(facts=facts)
    later = schedule(course, ALWAYS_OPEN, as_of=after(8), previous=before)
    assert offsets(later) == {"course-1": 0, "course-2": 7, "course-3": 14}
    assert [v.number for v in later.sessions] == [1, 2, 3]
    assert "contradiction" in codes_of(later)


def test_a_phase_that_began_again_counts_from_one_whether_that_is_recorded_or_not() -> None:
    """The run before the gap is in no count of the new one."""
    protocol = one_phase(every="P1W", sessions=4, restart_after="P4W")
    away = Away(first=START.date() + 12 * DAY, last=START.date() + 60 * DAY)
    _, plan = replanned(protocol, *attended(2), away, now=after(8))
    keys = [v.key for v in plan.sessions if v.upcoming]
    assert keys == ["course-1.2", "course-2.2", "course-3", "course-4"]
    passed = schedule(plan.course, ALWAYS_OPEN, as_of=after(69), previous=plan)
    assert [v.key for v in passed.sessions if v.has_passed(passed.as_of)] == keys[:2]
    course = plan.course.record(Attended(visit="course-1.2"))
    recorded = schedule(course, ALWAYS_OPEN, as_of=after(69), previous=passed)
    both = recorded.course.record(Attended(visit="course-2.2"))
    for later in (
        passed,
        recorded,
        schedule(both, ALWAYS_OPEN, as_of=after(69), previous=recorded),
    ):
        found = [(later.visit(key).number, later.visit(key).of) for key in keys]
        assert found == [(1, 4), (2, 4), (3, 4), (4, 4)]
        assert [v.key for v in later.sessions if v.key not in {"course-1", "course-2"}] == keys


def test_the_session_that_begins_a_phase_again_is_the_first_of_its_run() -> None:
    """Under whatever key it came; those after it count on from it, also once they are recorded."""
    tiers = [{"late": "P3W", "then": "shift"}, {"then": "restart"}]
    protocol = one_phase(every="P2W", sessions=5, window="P3D", tiers=tiers)
    facts = [*attended(2), Missed(visit="course-3")]
    _, plan = replanned(protocol, *facts, now=after(29))
    late = after(73).replace(tzinfo=None)
    course = plan.course.record(Attended(visit="course-4", at=late))
    for day, fact in ((74, Attended(visit="course-1.2")), (90, Extended(sessions=1))):
        plan = schedule(course, ALWAYS_OPEN, as_of=after(day), previous=plan)
        course = course.record(fact)
    plan = schedule(course, ALWAYS_OPEN, as_of=after(91), previous=plan)
    run = [visit for visit in plan.sessions if visit.day >= late.date()]
    assert [visit.key for visit in run[:2]] == ["course-4", "course-1.2"]
    assert [visit.number for visit in run] == [1, 2, 3, 4, 5, 6]


def _absent(how: str) -> Plan:
    """Give the plan of a fortnightly course whose patient is absent from the 20th to the 81st day."""
    first, last = START.date() + 20 * DAY, START.date() + 81 * DAY
    protocol = one_phase(every="P2W", sessions=5, window="P3D", restart_after="P6W")
    facts: dict[str, list[Any]] = {
        "away": [Away(first=first, last=last)],
        "closed": [],
        "on hold": [Paused(on=first), Resumed(on=last + DAY)],
        "late": [Attended(visit="course-3", at=after(84).replace(tzinfo=None))],
        "no-shows": [Missed(visit=f"course-{n}") for n in (3, 4, 5)],
    }
    clinic = ALWAYS_OPEN
    if how == "closed":
        clinic = ALWAYS_OPEN.replace(closures=[Closure(first=first, last=last)])
    now = after({"late": 85, "no-shows": 76}.get(how, 16))
    _, before = replanned(protocol, *attended(2), now=after(15))
    course = before.course.record(*facts[how])
    return schedule(course, clinic, as_of=now, previous=before)


@pytest.mark.parametrize("how", ["away", "closed", "on hold", "late", "no-shows"])
def test_a_long_absence_begins_a_phase_again_however_it_is_told(how: str) -> None:
    """It is judged on days: sessions 1 to 5 from the first place after it, a fortnight apart."""
    after_it = [v for v in _absent(how).sessions if not v.lost and (v.day - START.date()).days > 81]
    assert [(v.number, (v.day - START.date()).days) for v in after_it] == [
        (number, 70 + 14 * number) for number in range(1, 6)
    ]


def test_a_chain_begins_again_after_a_long_gap() -> None:
    """The sessions before the gap no longer count; every session comes once more."""
    protocol = one_phase(every="P4W", sessions=3, rhythm="chain", restart_after="P8W")
    away = Away(first=START.date() + 50 * DAY, last=START.date() + 120 * DAY)
    _, later = replanned(protocol, *attended(2), away, now=after(40))
    upcoming = [v for v in later.sessions if v.upcoming]
    assert [(v.title, (v.day - START.date()).days) for v in upcoming] == [
        ("Course session 1 of 3", 121),
        ("Course session 2 of 3", 149),
        ("Course session 3 of 3", 177),
    ]


@pytest.mark.parametrize(
    ("lab", "expected", "why"),
    [
        (14, ["course-1", "course-3"], "the next phase begins on the day of the last place"),
        (-10, ["course-1", "course-3", "course-2.2"], "a phase that has begun ends nothing"),
    ],
)
def test_a_make_up_stays_before_the_start_of_a_next_phase(
    lab: int, expected: list[str], why: str
) -> None:
    """Where that phase begins whatever becomes of this one."""
    protocol = Protocol(
        id="next",
        title="Next",
        phases=[
            {"id": "course", "every": "P1W", "sessions": 3},
            {"id": "boost", "starts": "external:lab + P1W", "at": ("P0D", "P3M")},
        ],
    )
    course = course_of(protocol, dates={"lab": START.date() + lab * DAY})
    plan = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    course = course.record(*attended(1), Missed(visit="course-2"))
    later = schedule(course, ALWAYS_OPEN, as_of=after(8), previous=plan)
    assert list(offsets(later)) == expected, why
    assert ("given-up" in codes_of(later)) == (lab > 0)


def test_more_sessions_never_take_a_free_place_before_the_last_one() -> None:
    """A closure has left a gap and is lifted; the announced days stand, the new one comes behind."""
    course = course_of(one_phase(every="P1W", sessions=3))
    closed = Closure(first=START.date() + 5 * DAY, last=START.date() + 13 * DAY)
    before = schedule(course, ALWAYS_OPEN.replace(closures=[closed]), as_of=AS_OF)
    assert list(offsets(before).values()) == [0, 14, 21]
    extended = course.record(Extended(sessions=1))
    later = schedule(extended, ALWAYS_OPEN, as_of=after(1), previous=before)
    assert offsets(later) == {"course-1": 0, "course-2": 14, "course-3": 21, "course-4": 28}


def test_a_phase_that_an_entry_says_has_ended_has_no_more_sessions() -> None:
    """What was decided of it stands, whatever the protocol still asks for."""
    _, plan = replanned(one_phase(every="P1W", sessions=4), *attended(2), now=after(8))
    *entries, last = plan.entries
    ended = Decision(phase="course", what="ended", day=START.date() + 8 * DAY)
    told = [*entries, last.replace(decided=(*last.decided, ended))]
    later = schedule(plan.course, ALWAYS_OPEN, as_of=after(9), previous=plan.replace(entries=told))
    assert offsets(later) == {"course-1": 0, "course-2": 7}
    assert {later.visit(key).status for key in ("course-3", "course-4")} == {"cancelled"}


def test_what_is_announced_before_a_phase_begins_again_keeps_its_day() -> None:
    """The new run has every session once more, under keys that nothing has."""
    protocol = one_phase(every="P1W", sessions=4, restart_after="P33D")
    away = Away(first=START.date() + 10 * DAY, last=START.date() + 60 * DAY)
    before, later = replanned(protocol, *attended(1), away, now=after(1))
    assert later.visit("course-2").start == before.visit("course-2").start
    run = [v for v in later.sessions if v.day > away.last]
    assert [v.key for v in run] == ["course-1.2", "course-2.2", "course-3", "course-4"]
    assert [(v.number, v.of) for v in run] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    again = schedule(later.course, ALWAYS_OPEN, as_of=after(2), previous=later)
    assert again.visits == later.visits


@pytest.mark.parametrize(
    ("protocol", "facts", "expected", "why"),
    [
        (
            one_phase(every="P4W", sessions=4, rhythm="chain", if_missed="skip"),
            [Missed(visit="course-2")],
            {"course-1": 0, "course-3": 56, "course-4": 84},
            "the next of a chain counts from where the one that is given up stood",
        ),
        (
            one_phase(at=("P0D", "P1M", "P6M")),
            [Paused(on=START.date() + 20 * DAY), Resumed(on=START.date() + 53 * DAY)],
            {"course-1": 0, "course-2": 53, "course-3": 204},
            "the rest of a list moves as a whole to the end of the hold",
        ),
        (
            one_phase(every="P4W", sessions=3, rhythm="chain"),
            [Paused(on=START.date() + 20 * DAY), Resumed(on=START.date() + 53 * DAY)],
            {"course-1": 0, "course-2": 56, "course-3": 84},
            "a chain of whole weeks goes on on its weekday",
        ),
        (
            one_phase(every="P4W", sessions=3),
            [
                Moved(visit="course-2", to=START + 57 * DAY),
                Paused(on=START.date() + 20 * DAY),
                Resumed(on=START.date() + 70 * DAY),
            ],
            {"course-1": 0, "course-2": 70, "course-3": 98},
            "a hold rules out the time that was chosen",
        ),
    ],
    ids=["given up", "list", "chain", "moved"],
)
def test_where_a_series_goes_on(
    protocol: Protocol, facts: list[Any], expected: dict[str, int], why: str
) -> None:
    """After a session that is not made up, and after a hold."""
    _, later = replanned(protocol, *attended(1), *facts, now=after(50))
    assert offsets(later) == expected, why


def test_a_joined_review_comes_directly_before_the_time_that_a_person_chose() -> None:
    """So that the person still comes once."""
    fact = Moved(visit="induction-14", to=datetime(2027, 3, 6, 12, 0))
    _, later = replanned(weekly(), *attended(1, "induction"), fact, now=after(2))
    assert later.visit("month-3").end == later.visit("induction-14").start


def test_a_list_that_waits_for_an_outcome_keeps_its_places() -> None:
    """Each place of a list has its meaning."""
    phases: list[dict[str, Any]] = [
        {"id": "course", "every": "P1W", "sessions": 2},
        {
            "id": "more",
            "starts": "last session of course",
            "at": ("P1W", "P2W"),
            "requires": {"review": "gate", "outcome": "active"},
        },
    ]
    gate = Review(id="gate", at="last session of course", outcomes=["active", "clear"])
    protocol = Protocol(id="gated", title="Gated", phases=phases, reviews=[gate])
    plan = schedule(course_of(protocol), ALWAYS_OPEN, as_of=AS_OF)
    assert offsets(plan, "more") == {"more-1": 14, "more-2": 21}
    assert {v.status for v in plan.sessions if v.phase == "more"} == {"tentative"}


def test_a_phase_whose_rhythm_changed_is_laid_from_its_last_session() -> None:
    """The new version counts on from what has happened, in its own steps."""
    _, plan = replanned(one_phase(every="P1W", sessions=4), *attended(2), now=after(8))
    course = plan.course.replace(protocol=one_phase(every="P2W", sessions=4))
    later = schedule(course, ALWAYS_OPEN, as_of=after(9), previous=plan)
    assert offsets(later) == {"course-1": 0, "course-2": 7, "course-3": 21, "course-4": 35}


def test_the_target_of_a_moved_session_of_a_chain_counts_from_the_one_before() -> None:
    """That one is moved by a closure; the chosen time stands, and its target goes along."""
    protocol = one_phase(every="P2W", sessions=3, rhythm="chain")
    course = course_of(protocol)
    first = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    moved = course.record(Moved(visit="course-3", to=START + 31 * DAY))
    closed = Closure(first=START.date() + 14 * DAY, last=START.date() + 15 * DAY)
    clinic = ALWAYS_OPEN.replace(closures=[closed])
    visit = schedule(moved, clinic, as_of=AS_OF, previous=first).visit("course-3")
    assert visit.day == START.date() + 31 * DAY
    assert visit.target == START.date() + 30 * DAY


@pytest.mark.parametrize(
    ("session", "gap", "begins", "why"),
    [
        (1, "P3W", date(2027, 4, 5), "a-1's gap ends with a-2; b begins 3 months after a-4"),
        (4, "P10W", date(2027, 3, 2), "the gap of the last session is the one before b"),
        (4, "P1D", date(2027, 2, 2), "no gap is shorter than the minimum of six weeks"),
    ],
)
def test_a_gap_is_that_before_the_next_session_only(
    session: int, gap: str, begins: date, why: str
) -> None:
    """M3: treat and extend replaces one gap; those after it are the protocol's."""
    protocol = Protocol(
        id="two",
        title="Two phases",
        phases=[
            Phase(id="a", every="P1W", sessions=4),
            Phase(id="b", every="P3M", sessions=2, min_interval="P6W"),
        ],
    )
    course = Course(id="c", protocol=protocol, start=datetime(2026, 12, 1, 10))
    clinic = Clinic(timezone="UTC")
    plan = schedule(course, clinic, as_of=datetime(2026, 11, 20, 9, tzinfo=UTC))
    facts = [Attended(visit=f"a-{number}") for number in range(1, session)]
    told = course.record(*facts, Attended(visit=f"a-{session}", next_after=gap))
    then = plan.visit(f"a-{session}").start + timedelta(hours=1)
    for previous in (plan, None):
        later = schedule(told, clinic, as_of=then, previous=previous)
        assert later.visit("b-1").day == begins, why


def test_in_a_chain_what_is_owed_follows_a_session_that_a_person_fixed_before_it() -> None:
    """Nobody can come before 19 January, where a-3 was moved to: so a-2 is made up after it."""
    protocol = one_phase(
        every="P1W", sessions=6, rhythm="chain", window="P2D", min_interval="P5D", starts="start"
    )
    course = Course(id="c", protocol=protocol, start=datetime(2027, 1, 4, 10))
    clinic = Clinic(timezone="UTC", hours={"mon-fri": "09:00-17:00"})
    plan = schedule(course, clinic, as_of=datetime(2027, 1, 1, 9, tzinfo=UTC))
    course = course.record(Moved(visit="course-3", to=datetime(2027, 1, 19, 11)))
    plan = schedule(course, clinic, as_of=datetime(2027, 1, 8, 15, tzinfo=UTC), previous=plan)
    course = course.record(Missed(visit="course-2"))
    then = datetime(2027, 1, 18, 18, tzinfo=UTC)
    plan = schedule(course, clinic, as_of=then, previous=plan)
    days = {visit.key: f"{visit.day:%d %b}" for visit in plan.sessions if not visit.lost}
    assert days == {
        "course-1": "04 Jan",
        "course-3": "19 Jan",
        "course-2.2": "26 Jan",
        "course-4": "02 Feb",
        "course-5": "09 Feb",
        "course-6": "16 Feb",
    }
    again = schedule(course, clinic, as_of=then, previous=plan)
    assert again.model_dump_json() == plan.model_dump_json()


@pytest.mark.parametrize("rhythm", ["grid", "chain"])
def test_what_lay_before_a_person_joined_stays_left_out(rhythm: str) -> None:
    """Whatever is recorded later: nothing of it is made up behind the others."""
    protocol = one_phase(starts="external:lab", every="P1W", sessions=8, rhythm=rhythm)
    course = course_of(protocol, dates={"lab": START.date() - 30 * DAY})
    first = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    expected = {"course-6": 5, "course-7": 12, "course-8": 19}
    assert offsets(first) == expected
    again = schedule(course, ALWAYS_OPEN, as_of=AS_OF + DAY, previous=first)
    assert (again.visits, again.findings) == (first.visits, first.findings)
    done = course.record(Attended(visit="course-6"))
    later = schedule(done, ALWAYS_OPEN, as_of=after(6), previous=first)
    assert offsets(later) == expected
    assert [v.of for v in later.sessions] == [3, 3, 3]
    assert "joined-late" in codes_of(later)
