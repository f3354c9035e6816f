"""What a plan asks a person to look at, kind by kind."""

from datetime import UTC, date, datetime, timedelta

from mesoplan import (
    Attended,
    Clinic,
    Course,
    Missed,
    Moved,
    Period,
    Phase,
    Plan,
    Protocol,
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
    moved = course.record(Moved(visit="b-1", to=START + timedelta(days=1)))
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


def test_a_fact_about_a_visit_that_is_not_in_the_plan_is_found() -> None:
    """A log from an older version of the protocol is not dropped in silence."""
    course = Course(id="c", protocol=weekly(), start=START, facts=[Missed(visit="boost-1")])
    plan = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    assert told(plan, "unknown-visit") == [
        (None, "a fact is recorded about boost-1, which is not in the plan")
    ]


def test_a_past_visit_without_a_record_is_asked_about() -> None:
    """Until someone says what became of it."""
    course = course_of(one_phase(every="P1W", sessions=2))
    first = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    now = datetime(2026, 12, 5, 9, 0, tzinfo=UTC)
    assert codes_of(schedule(course, ALWAYS_OPEN, as_of=now, previous=first)) == ["unrecorded"]
    recorded = course.record(Attended(visit="course-1"))
    assert codes_of(schedule(recorded, ALWAYS_OPEN, as_of=now, previous=first)) == []
