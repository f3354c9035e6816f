"""What a plan asks a person to look at, kind by kind."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from mesoplan import (
    Attended,
    Away,
    Clinic,
    Course,
    Extended,
    Missed,
    Moved,
    Paused,
    Period,
    Phase,
    Plan,
    Protocol,
    Resumed,
    Review,
    Reviewed,
    schedule,
)
from samples import ALWAYS_OPEN, AS_OF, START, codes_of, course_of, one_phase, plan_of, weekly


def told(plan: Plan, code: str) -> list[tuple[str | None, str]]:
    """Give the visit and the message of each finding of a kind."""
    return [(f.visit, f.message) for f in plan.findings if f.code == code]


def test_a_quiet_plan_has_no_finding() -> None:
    """Nothing is said where nothing is to be looked at."""
    assert plan_of(one_phase(every="P1W", sessions=3)).findings == ()


def test_an_open_gate_is_asked_about_until_it_is_recorded() -> None:
    """A consultation comes before the first session."""
    gate = Review(id="consultation", title="Consultation", at="start - P1W", join=False, gate=True)
    course = course_of(weekly(reviews=[gate]))
    plan = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    assert told(plan, "gate-open") == [
        ("consultation", "Consultation is not recorded; it comes before the first session")
    ]
    done = course.record(Reviewed(visit="consultation", outcome="suitable"))
    assert told(schedule(done, ALWAYS_OPEN, as_of=AS_OF), "gate-open") == []


def test_a_maximum_interval_that_cannot_be_kept_is_found() -> None:
    """A closure pushes two sessions too far apart."""
    protocol = one_phase(every="P4W", sessions=2, max_interval="P5W", window="P1W")
    closed = ALWAYS_OPEN.replace(
        closures=[{"first": date(2026, 12, 20), "last": date(2027, 1, 31)}]
    )
    plan = plan_of(protocol, clinic=closed)
    assert told(plan, "interval-too-long") == [
        ("course-2", "stands more than 5 weeks after course-1")
    ]


def test_treatments_that_people_fixed_too_close_are_found() -> None:
    """The planner keeps them apart; a person may not have."""
    protocol = Protocol(
        id="both",
        title="Both",
        spacing=[{"between": ("A", "B"), "at_least": "P3D"}],
        phases=[
            Phase(id="a", label="A", every="P2W", sessions=2),
            Phase(id="b", label="B", starts="start", every="P2W", sessions=2),
        ],
    )
    course = course_of(protocol)
    plan = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    assert [(v.key, (v.day - START.date()).days) for v in plan.sessions] == [
        ("a-1", 0),
        ("b-1", 3),
        ("a-2", 14),
        ("b-2", 17),
    ]
    moved = course.record(
        Moved(visit="a-1", to=START), Moved(visit="b-1", to=START + timedelta(days=1))
    )
    found = told(schedule(moved, ALWAYS_OPEN, as_of=AS_OF, previous=plan), "spacing-too-short")
    assert found == [("b-1", "stands less than 3 days after a-1")]


def test_a_session_after_the_deadline_is_found() -> None:
    """The whole course ends within a time from its first session."""
    plan = plan_of(one_phase(every="P1W", sessions=3).replace(deadline=Period("P10D")))
    assert [visit for visit, _ in told(plan, "after-deadline")] == ["course-3"]


def test_too_many_sessions_a_day_are_found() -> None:
    """The protocol's own maximum is held against the plan."""
    protocol = one_phase(at=("P0D",), offsets=("PT0H", "PT1H", "PT2H")).replace(max_per_day=2)
    assert told(plan_of(protocol), "too-many-a-day") == [
        (None, "3 sessions on 2026-12-04; the protocol allows 2 a day")
    ]


def test_a_day_without_room_is_found() -> None:
    """Two treatments that side by side are longer than the day."""
    protocol = Protocol(
        id="both",
        title="Both",
        phases=[
            Phase(id="a", label="A", every="P1W", sessions=1, duration="PT2H"),
            Phase(id="b", label="B", starts="start", every="P1W", sessions=1, duration="PT2H"),
        ],
    )
    clinic = Clinic(timezone="UTC", hours={"mon-sun": "09:00-12:00"})
    plan = plan_of(protocol, datetime(2026, 12, 4, 9, 0), clinic)
    assert [visit for visit, _ in told(plan, "day-full")] == ["b-1"]


def test_a_review_that_counts_from_nothing_is_found() -> None:
    """Session 20 of a course of sixteen."""
    protocol = weekly(reviews=[Review(id="late", title="Late", at="session 40")])
    assert told(plan_of(protocol), "not-reached") == [
        (None, "Late counts from session 40, which the course has not")
    ]


def test_a_log_that_contradicts_itself_is_found() -> None:
    """Opening what was saved never refuses a log; the plan says what is wrong with it."""
    facts: list[Missed | Resumed] = [Missed(visit="induction-1"), Resumed(on=START.date())]
    course = Course(id="c", protocol=weekly(), start=START, facts=facts)
    plan = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    (_, said), *more = told(plan, "contradiction")
    assert said.startswith("fact 2, on: ends no hold")
    assert not more


def test_a_past_visit_without_a_record_is_asked_about() -> None:
    """Until someone says what became of it."""
    course = course_of(one_phase(every="P1W", sessions=2))
    first = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    now = datetime(2026, 12, 5, 9, 0, tzinfo=UTC)
    assert codes_of(schedule(course, ALWAYS_OPEN, as_of=now, previous=first)) == ["unrecorded"]
    recorded = course.record(Attended(visit="course-1"))
    assert codes_of(schedule(recorded, ALWAYS_OPEN, as_of=now, previous=first)) == []


def test_two_visits_that_people_fixed_at_one_time_are_found() -> None:
    """Both stand; a person has to see that only one can."""
    protocol = Protocol(
        id="both",
        title="Both",
        phases=[
            Phase(id="a", label="A", every="P1W", sessions=1),
            Phase(id="b", label="B", starts="start", every="P1W", sessions=1),
        ],
    )
    course = course_of(protocol)
    plan = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    assert plan.visit("a-1").end == plan.visit("b-1").start
    moved = course.record(Moved(visit="a-1", to=START), Moved(visit="b-1", to=START))
    later = schedule(moved, ALWAYS_OPEN, as_of=AS_OF, previous=plan)
    assert later.visit("a-1").start == later.visit("b-1").start
    assert told(later, "overlap") == [("b-1", "stands at the time of a-1")]


def test_a_session_that_a_log_moves_before_the_start_is_found() -> None:
    """`record` refuses it; a log that was opened is told of it, and the session stands there."""
    to = START - timedelta(days=2)
    protocol = one_phase(every="P1W", sessions=3)
    plan = schedule(course_of(protocol), ALWAYS_OPEN, as_of=AS_OF)
    course = course_of(protocol, facts=[Moved(visit="course-2", to=to)])
    later = schedule(course, ALWAYS_OPEN, as_of=AS_OF, previous=plan)
    assert later.visit("course-2").day == to.date()
    assert told(later, "before-start") == [
        ("course-2", "stands before the start of the course, 2026-12-04")
    ]


def test_what_was_decided_after_a_fact_that_was_taken_back_stands_and_is_found() -> None:
    """The missed session is asked about again, its make-up is called off, the attended one stands."""
    course = course_of(one_phase(every="P1W", sessions=4))
    first = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    now = datetime(2026, 12, 12, 9, 0, tzinfo=UTC)
    missed, attended = Missed(visit="course-1"), Attended(visit="course-2")
    plan = schedule(course.record(missed, attended), ALWAYS_OPEN, as_of=now, previous=first)
    assert told(plan, "taken-back") == []
    later = schedule(course.record(attended), ALWAYS_OPEN, as_of=now, previous=plan)
    assert told(later, "taken-back") == [
        (
            "course-2",
            "missed course-1 was taken back; what was decided after it stands (attended)",
        )
    ]
    assert later.visit("course-2") == plan.visit("course-2")
    assert told(later, "unrecorded")[0][0] == "course-1"
    assert later.visit("course-1.2").status == "cancelled"


def test_more_sessions_of_nobody_knows_which_phase_are_found_and_added_to_none() -> None:
    """`record` refuses it; a log that was opened is told of it."""
    phases = [Phase(id=name, every="P1W", sessions=2) for name in "ab"]
    course = course_of(Protocol(id="two", title="Two", phases=phases), facts=[Extended(sessions=2)])
    plan = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    ((_, said),) = told(plan, "contradiction")
    assert said.startswith("fact 1, phase: is missing")
    assert [v.key for v in plan.sessions] == ["a-1", "a-2", "b-1", "b-2"]


def test_a_time_that_is_assumed_for_a_visit_moved_in_the_same_batch_is_found() -> None:
    """Told apart, people have seen where it stood; told together, nobody has."""
    course = course_of(one_phase(every="P1W", sessions=3))
    first = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    now = datetime(2026, 12, 6, 9, 0, tzinfo=UTC)
    moved, attended = (
        Moved(visit="course-1", to=START + timedelta(days=1)),
        Attended(visit="course-1"),
    )
    together = schedule(course.record(moved, attended), ALWAYS_OPEN, as_of=now, previous=first)
    assert told(together, "time-assumed") == [
        ("course-1", "is taken for the time it was moved to, 2026-12-05 17:30")
    ]
    between = schedule(course.record(moved), ALWAYS_OPEN, as_of=AS_OF, previous=first)
    apart = schedule(between.course.record(attended), ALWAYS_OPEN, as_of=now, previous=between)
    assert told(apart, "time-assumed") == []
    assert apart.visit("course-1").start == together.visit("course-1").start


def test_a_session_that_took_place_in_a_hold_is_found() -> None:
    """It counts all the same."""
    course = course_of(one_phase(every="P1W", sessions=3))
    first = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    facts = [Paused(on=START.date() + timedelta(days=3)), Attended(visit="course-2")]
    now = datetime(2026, 12, 12, 9, 0, tzinfo=UTC)
    plan = schedule(course.replace(facts=facts), ALWAYS_OPEN, as_of=now, previous=first)
    assert told(plan, "in-hold") == [("course-2", "took place on 2026-12-11, in a medical hold")]


def test_days_that_were_not_searched_to_the_end_are_said_to_be_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The search stops at a number of days, so that no course takes for ever; the minimum holds."""
    monkeypatch.setattr("mesoplan.scheduling.placement.MOST_MOVES", 1)
    protocol = one_phase(every="P4D", sessions=12, min_interval="P4D", window="P2D")
    sundays = ALWAYS_OPEN.replace(hours={"mon": "09:00-18:00", "wed-sat": "09:00-18:00"})
    plan = plan_of(protocol, clinic=sundays)
    assert [message for _, message in told(plan, "not-proved")] == [
        "so many visits depend on each other that the best days were not searched to the end"
    ]
    days = [visit.day for visit in plan.sessions]
    assert all((later - day).days >= 4 for day, later in pairwise(days))


def test_a_day_that_has_become_better_is_offered_and_not_taken() -> None:
    """A closure that is lifted frees the target; who wants it records that the visit is moved."""
    protocol = one_phase(every="P1W", sessions=3, window="P2D")
    closed = ALWAYS_OPEN.replace(
        closures=[
            {"first": START.date() + timedelta(days=7), "last": START.date() + timedelta(days=7)}
        ]
    )
    course = course_of(protocol)
    plan = schedule(course, closed, as_of=AS_OF)
    assert told(plan, "better-day") == []  # it is not possible yet
    lifted = schedule(course, ALWAYS_OPEN, as_of=AS_OF, previous=plan)
    assert lifted.visits == tuple(
        visit.replace(reasons=lifted.visit(visit.key).reasons) for visit in plan.visits
    )
    ((key, said),) = told(lifted, "better-day")
    assert key == "course-2"
    assert said == (
        "stays on 2026-12-12, as announced; its target 2026-12-11 is possible now "
        "(record Moved to take it)"
    )
    assert schedule(course, ALWAYS_OPEN, as_of=AS_OF, previous=lifted) == lifted
    moved = course.record(Moved(visit=key, to=START + timedelta(days=7)))
    taken = schedule(moved, ALWAYS_OPEN, as_of=AS_OF, previous=lifted)
    assert told(taken, "better-day") == []
    late = START.replace(tzinfo=UTC) + timedelta(days=8, hours=1)
    assert told(schedule(course, ALWAYS_OPEN, as_of=late, previous=lifted), "better-day") == []


def test_a_phase_that_begins_again_is_told_before_it_does() -> None:
    """Nobody learns only on the day that the dose is the first one again; the change says so too."""
    protocol = one_phase(
        every="P1W", sessions=3, restart_after="P3W", steps=["1 mg", "2 mg", "3 mg"]
    )
    course = course_of(protocol)
    first = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    day = START.date()
    course = course.record(
        Attended(visit="course-1"),
        Away(first=day + timedelta(days=1), last=day + timedelta(days=30)),
    )
    now = START.replace(tzinfo=UTC) + timedelta(days=1)
    plan = schedule(course, ALWAYS_OPEN, as_of=now, previous=first)
    again = plan.visit("course-1.2")
    assert again.label == "1 mg"
    assert told(plan, "begins-again") == [
        ("course-1.2", "course begins again with it, because the gap before it is so long")
    ]
    (added,) = (change for change in plan.changes_since(first) if change.key == "course-1.2")
    assert str(added.reason).startswith("course begins again; ")
    assert schedule(course, ALWAYS_OPEN, as_of=now, previous=plan) == plan
    begun = schedule(
        course.record(Attended(visit="course-1.2")),
        ALWAYS_OPEN,
        as_of=again.end + timedelta(days=1),
        previous=plan,
    )
    assert told(begun, "begins-again") == []
    assert begun.visit("course-1.2").label == "1 mg"
