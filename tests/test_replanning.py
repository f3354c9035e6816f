"""What schedule() does with facts and with a plan that is out, rule by rule of design M4, M7, M8."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mesoplan import (
    Attended,
    Away,
    Cancelled,
    Clinic,
    Closure,
    Extended,
    Missed,
    Moved,
    Paused,
    Period,
    Plan,
    Protocol,
    Resumed,
    Review,
    Reviewed,
    Stopped,
    schedule,
)
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
    """With `restart_after` the sessions before the gap no longer count."""
    protocol = one_phase(every="P1W", sessions=3, restart_after="P4W")
    facts = [*attended(2), Paused(on=START.date() + 8 * DAY), Resumed(on=START.date() + 60 * DAY)]
    _, later = replanned(protocol, *facts, now=after(59))
    upcoming = [v for v in later.sessions if v.upcoming]
    assert [(v.title, (v.day - START.date()).days) for v in upcoming] == [
        ("Course session 1 of 3", 60),
        ("Course session 2 of 3", 67),
        ("Course session 3 of 3", 74),
    ]
    assert len({v.key for v in later.visits}) == len(later.visits)


def test_a_hold_calls_off_what_follows_until_it_is_resumed() -> None:
    """Neither the rest of the phase nor what counts from its end is planned; reviews stay."""
    before, held = replanned(
        weekly(), *attended(3, "induction"), Paused(on=date(2026, 12, 20)), now=after(16)
    )
    assert [v.key for v in held.sessions if v.upcoming] == []
    assert {v.status for v in held.sessions if v.phase == "maintenance"} == {"cancelled"}
    assert [v.key for v in held.reviews if v.upcoming] == ["month-3", "month-6"]
    assert held.visit("induction-3").title == "Session 3 of 16"
    course = held.course.record(Resumed(on=date(2027, 3, 1)))
    resumed = schedule(course, ALWAYS_OPEN, as_of=after(80), previous=held)
    upcoming = [v for v in resumed.sessions if v.upcoming]
    assert (upcoming[0].key, upcoming[0].day) == ("induction-4.2", date(2027, 3, 1))
    assert [v.number for v in upcoming if v.phase == "induction"] == list(range(4, 17))
    assert {v.key for v in before.visits} < {v.key for v in resumed.visits}


def test_an_open_end_goes_on_after_a_hold_under_new_keys() -> None:
    """A key that was called off is never used for another day."""
    protocol = one_phase(every="P1M")
    facts = [*attended(2), Paused(on=date(2027, 1, 20))]
    before, held = replanned(protocol, *facts, now=after(50))
    course = held.course.record(Resumed(on=date(2027, 5, 1)))
    resumed = schedule(course, ALWAYS_OPEN, as_of=after(140), previous=held)
    upcoming = [v for v in resumed.sessions if v.upcoming]
    assert upcoming[0].day == date(2027, 5, 1)
    assert not {v.key for v in upcoming} & {v.key for v in before.visits if v.upcoming}


def test_more_sessions_follow_the_last_one() -> None:
    """Extended counts for the first counted phase, or the one it names."""
    protocol = one_phase(every="P1W", sessions=2)
    _, later = replanned(
        protocol, Extended(sessions=1), Extended(sessions=1, phase="course"), now=after(1)
    )
    assert list(offsets(later).values()) == [0, 7, 14, 21]


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
    assert visit.reasons == ("moved to 2027-01-25 by the person, 3 days later",)
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


def test_what_was_announced_and_is_still_possible_stays() -> None:
    """A closure announced late moves the visit on it; a better day elsewhere moves nothing."""
    leave = Closure(first=date(2027, 1, 8), last=date(2027, 1, 8))
    course = course_of(weekly())
    first = schedule(course, BUSY.replace(closures=[leave]), as_of=AS_OF)
    assert first.visit("induction-6").day == date(2027, 1, 9)
    reopened = schedule(course, BUSY, as_of=after(1), previous=first)
    assert reopened.visit("induction-6") == first.visit("induction-6")


def test_a_visit_keeps_its_time_of_day_too() -> None:
    """Another preferred time is for visits that are new."""
    course = course_of(weekly())
    before = schedule(course, BUSY, as_of=AS_OF)
    changed = course.replace(preferences={"time": "10:00"}).record(Missed(visit="induction-1"))
    later = schedule(changed, BUSY, as_of=after(1), previous=before)
    assert later.visit("induction-2") == before.visit("induction-2").replace(
        title="Session 1 of 16", number=1, stamp=after(1)
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
    assert [later.visit(f"induction-{n}") for n in (1, 2, 3)] == [
        before.visit(f"induction-{n}") for n in (1, 2, 3)
    ]
    asked = [f.visit for f in later.findings if f.code == "unrecorded"]
    assert asked == ["induction-1", "induction-2", "induction-3"]


def test_nothing_new_is_planned_into_the_past_or_today() -> None:
    """A session made up late comes tomorrow at the earliest."""
    protocol = one_phase(at=("P0D", "P1W"))
    _, later = replanned(protocol, *attended(1), Missed(visit="course-2"), now=after(30))
    assert offsets(later)["course-2.2"] == 31
    assert "has passed" in later.visit("course-2.2").reasons[0]


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


def test_what_counts_from_the_end_of_a_held_phase_waits_with_it() -> None:
    """A last session that is not known yet anchors nothing."""
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
    assert {v.status for v in later.sessions if v.phase == "boost"} == {"cancelled"}


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
    """What is open keeps its distance to a fixed day on whichever side it comes to lie."""
    away = Away(first=date(2026, 12, 9), last=date(2026, 12, 20))
    moved = Moved(visit="course-3", to=datetime(2026, 12, 19, 17, 30))
    protocol = one_phase(every="P1W", sessions=4, min_interval="P3D", window="P2D")
    _, later = replanned(protocol, *attended(1), away, moved, now=after(4))
    days = offsets(later)
    assert days["course-3"] == 15
    assert sorted(days.values()) == [0, 15, 18, 21]


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
    """Nothing had been called off, so that the calendar keeps its entries."""
    facts = [*attended(1), Paused(on=date(2026, 12, 8)), Resumed(on=date(2026, 12, 22))]
    before, later = replanned(one_phase(every="P1W", sessions=4), *facts, now=after(4))
    assert offsets(later) == {"course-1": 0, "course-2": 18, "course-3": 25, "course-4": 32}
    assert {v.key for v in later.visits} == {v.key for v in before.visits}


def test_a_session_lost_after_a_hold_gets_a_key_that_nothing_had() -> None:
    """Whatever was called off before."""
    protocol = one_phase(every="P1W", sessions=3)
    _, held = replanned(protocol, *attended(1), Paused(on=date(2026, 12, 8)), now=after(4))
    course = held.course.record(Resumed(on=date(2026, 12, 22)))
    resumed = schedule(course, ALWAYS_OPEN, as_of=after(5), previous=held)
    lost = course.record(Cancelled(visit="course-2.2"))
    again = schedule(lost, ALWAYS_OPEN, as_of=after(6), previous=resumed)
    assert [v.key for v in again.sessions if v.upcoming] == ["course-3.2", "course-2.3"]


def test_a_log_without_the_plans_between_keeps_its_keys() -> None:
    """What is recorded about a key that only a lost plan had is not lost with it."""
    course = course_of(one_phase(every="P1W", sessions=2), facts=[Attended(visit="course-2.2")])
    plan = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    assert [(v.key, v.status) for v in plan.sessions] == [
        ("course-1", "planned"),
        ("course-2.2", "attended"),
    ]


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
