"""What schedule() does with a course at a clinic, situation by situation."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from mesoplan import (
    Away,
    Clinic,
    Closure,
    Course,
    CourseError,
    MesoplanError,
    Milestone,
    Moved,
    Paused,
    Period,
    Phase,
    Plan,
    PlanError,
    Preferences,
    Protocol,
    Resumed,
    Review,
    schedule,
)
from samples import (
    ALWAYS_OPEN,
    AS_OF,
    BUSY,
    START,
    codes_of,
    course_of,
    days_of,
    one_phase,
    plan_of,
    weekly,
)


def at(clinic: Clinic, **fields: Any) -> Plan:
    """Plan the weekly course at a clinic, with further fields of the course."""
    return schedule(course_of(weekly(), **fields), clinic, as_of=AS_OF)


def test_a_weekly_course_stands_on_its_targets() -> None:
    """At a clinic that is always open every session is a week after the one before, same time."""
    plan = plan_of(weekly())
    sessions = [visit for visit in plan.sessions if visit.phase == "induction"]
    assert [v.start.replace(tzinfo=None) for v in sessions] == [
        START + timedelta(weeks=n) for n in range(16)
    ]
    assert [(v.number, v.of, v.key) for v in sessions[:2]] == [
        (1, 16, "induction-1"),
        (2, 16, "induction-2"),
    ]
    assert all(v.target == v.day and [r.code for r in v.reasons] == ["on-target"] for v in sessions)


def test_maintenance_counts_calendar_months_from_the_last_session() -> None:
    """Three months, six months after the last weekly session, up to the horizon; number of none."""
    plan = plan_of(weekly())
    maintenance = [v for v in plan.sessions if v.phase == "maintenance"]
    assert [v.day for v in maintenance] == [date(2027, 6, 19), date(2027, 9, 19)]
    assert [(v.number, v.of, v.title) for v in maintenance] == [
        (1, None, "Maintenance session 1"),
        (2, None, "Maintenance session 2"),
    ]
    assert plan.horizon == date(2027, 12, 4)
    assert "horizon" in codes_of(plan)


@pytest.mark.parametrize(
    ("horizon", "count", "why"),
    [
        (Period("P6M"), 0, "the first maintenance lies after it"),
        ("P6M", 0, "the same, as text"),
        (date(2027, 6, 19), 1, "the horizon's own day is included"),
        (date(2027, 6, 18), 0, "and the day before is not enough"),
        (Period("P3Y"), 10, "every three months up to three years"),
    ],
)
def test_the_horizon_ends_what_has_no_end(
    horizon: Period | str | date, count: int, why: str
) -> None:
    """Open-ended phases are planned up to the horizon, inclusive."""
    plan = plan_of(weekly(), horizon=horizon)
    assert len(days_of(plan, "maintenance")) == count, why


@pytest.mark.parametrize(
    ("horizon", "code", "got"),
    [
        ("3 years", "not-a-period", "3 years"),
        (datetime(2028, 3, 1, 12, 0), "not-a-day", "2028-03-01 12:00:00"),
        (18, "not-text", "18"),
    ],
)
def test_what_is_no_horizon_is_refused(horizon: Any, code: str, got: str) -> None:
    """By its name, like everything else that a caller gives."""
    with pytest.raises(PlanError) as caught:
        plan_of(weekly(), horizon=horizon)
    (fault,) = caught.value.faults
    assert (fault.path, fault.code) == ("horizon", code)
    assert got in fault.got


@pytest.mark.parametrize("rhythm", ["grid", "chain"])
def test_a_rhythm_may_be_longer_than_ten_years(rhythm: str) -> None:
    """A booster every twelve years has a possible day: the search for one is not the rhythm."""
    plan = plan_of(one_phase(every="P12Y", sessions=4, rhythm=rhythm), clinic=BUSY)
    assert [day.year for day in days_of(plan)] == [2026, 2038, 2050, 2062]


@pytest.mark.parametrize("length", [1, 100, 300])
def test_a_title_of_any_length_that_a_protocol_accepts_can_be_planned(length: int) -> None:
    """Of the protocol, a phase or a review; the number of the session stands behind it."""
    title = "t" * length
    phase = Phase(id="course", title=title, every="P4D", sessions=11)
    review = Review(id="look", title=title, at="every 2nd session + P1D", join=False)
    plan = plan_of(Protocol(id="long", title=title, phases=[phase], reviews=[review]))
    assert plan.visit("course-11").title == f"{title} 11 of 11"
    assert plan.visit("look-5").title == f"{title} 5"
    assert Plan.model_validate_json(plan.model_dump_json()) == plan


def test_a_holiday_moves_the_session_inside_its_window_and_says_why() -> None:
    """New Year's Day is closed; the Saturday after it is open, but shorter."""
    visit = at(BUSY).visit("induction-5")
    assert visit.start.isoformat() == "2027-01-02T13:30:00+03:00"
    assert tuple(map(str, visit.reasons)) == (
        "target 2027-01-01 is closed (New Year's Day); placed on 2027-01-02, 1 day later, inside the window",
        "17:30 is outside opening hours; placed at 13:30",
    )
    assert visit.inside_window


def test_two_weeks_of_leave_leave_no_silent_visit() -> None:
    """Sessions without a possible day in their window come after the leave, each with a finding."""
    leave = Closure(first=date(2027, 2, 1), last=date(2027, 2, 14), reason="Leave")
    plan = at(BUSY.replace(closures=[leave]))
    days = days_of(plan)
    assert not [day for day in days if leave.first <= day <= leave.last]
    assert all(later - day >= timedelta(days=5) for day, later in pairwise(days))
    moved = [v.key for v in plan.sessions if not v.inside_window]
    assert moved == [f.visit for f in plan.findings if f.code == "outside-window"]
    assert moved[0] == "induction-10"
    assert all(
        v.reasons[0].code in {"closed", "interval", "gives-way"}
        for v in plan.sessions
        if v.day != v.target
    )


def test_days_away_are_as_closed_to_the_person() -> None:
    """Away days move a session like a closure does, and the reason says whose they are."""
    away = Away(first=date(2027, 1, 8), last=date(2027, 1, 8))
    visit = at(ALWAYS_OPEN, facts=[away]).visit("induction-6")
    assert visit.day == date(2027, 1, 9)
    assert visit.reasons[0].code == "away"


def test_a_start_on_a_closed_day_begins_the_course_on_the_next_open_one() -> None:
    """The grid is laid from the first session as it really stands, and a finding says so."""
    clinic = BUSY.replace(closures=[Closure(first=date(2026, 12, 4), last=date(2026, 12, 6))])
    plan = at(clinic)
    assert days_of(plan)[:3] == [date(2026, 12, 7), date(2026, 12, 14), date(2026, 12, 21)]
    finding = plan.findings[0]
    assert (finding.code, finding.visit) == ("start-moved", "induction-1")
    assert "2026-12-04 is closed (Closed); the course begins on 2026-12-07" in finding.message


def test_a_start_outside_opening_hours_gets_the_nearest_time() -> None:
    """The day stands, and the time of every session is the nearest that fits."""
    visit = plan_of(weekly(), datetime(2026, 12, 4, 20, 0), BUSY).visit("induction-1")
    assert f"{visit.start:%H:%M}" == "18:00"
    assert str(visit.reasons[1]) == "20:00 is outside opening hours; placed at 18:00"


def test_a_visit_lies_inside_one_stretch_of_opening_time() -> None:
    """A lunch break is not worked through."""
    clinic = Clinic(timezone="UTC", hours={"mon-sun": ["09:00-12:00", "13:00-18:00"]})
    protocol = one_phase(every="P1W", sessions=1, duration="PT45M", observation="PT30M")
    visit = plan_of(protocol, datetime(2026, 12, 4, 11, 30), clinic).sessions[0]
    assert (visit.start.hour, visit.start.minute) == (10, 45)
    assert visit.end - visit.start == timedelta(minutes=75)


def test_a_review_takes_place_directly_before_a_session_in_its_window() -> None:
    """So that the person comes once."""
    plan = at(BUSY)
    review, session = plan.visit("month-3"), plan.visit("induction-14")
    assert review.end == session.start
    assert "directly before induction-14, so that the person comes once" in str(review.reasons[0])


def test_a_joined_review_pulls_its_session_into_the_opening_hours() -> None:
    """At the start of the day both are shifted, not only one."""
    clinic = Clinic(timezone="UTC", hours={"mon-sun": "09:00-18:00"})
    plan = plan_of(weekly(), datetime(2026, 12, 4, 9, 0), clinic)
    review, session = plan.visit("month-3"), plan.visit("induction-14")
    assert (review.start.hour, session.start.hour, session.start.minute) == (9, 9, 30)
    assert review.end == session.start


def test_a_review_that_joins_nothing_stands_alone_and_beside_no_other_visit() -> None:
    """Without `join`, or with no session in the window, it gets a day and a time of its own."""
    alone = Review(id="alone", at="start + P4W", join=False)
    plan = plan_of(weekly(reviews=[alone]))
    review, session = plan.visit("alone"), plan.visit("induction-5")
    assert review.day == session.day
    assert review.end <= session.start or review.start >= session.end


def test_a_consultation_may_lie_before_the_start() -> None:
    """An offset may be negative."""
    before = Review(id="consultation", kind="consultation", at="start - P1W", join=False)
    assert plan_of(weekly(reviews=[before])).reviews[0].day == date(2026, 11, 27)


def test_reviews_count_from_each_and_every_nth_session() -> None:
    """Each gets a key of its own."""
    reviews = [
        Review(id="photo", at="every 4th session"),
        Review(id="check", at="each session of induction"),
    ]
    plan = plan_of(weekly(reviews=reviews), horizon=Period("P4M"))
    photos = [v for v in plan.reviews if v.key.startswith("photo")]
    assert [v.key for v in photos] == ["photo-1", "photo-2", "photo-3", "photo-4"]
    assert [v.day for v in photos] == days_of(plan)[3::4]
    assert sum(v.key.startswith("check") for v in plan.reviews) == 16


def test_a_review_counts_from_the_day_on_which_its_anchor_stands() -> None:
    """A displaced session takes its review along."""
    protocol = weekly(reviews=[Review(id="after", at="session 5 + P3D", join=False)])
    assert plan_of(protocol, clinic=BUSY).visit("after").day == date(2027, 1, 5)


def test_visits_tied_to_each_session_follow_it_where_it_stands() -> None:
    """Twenty-four hours after every infusion, also after a displaced one."""
    protocol = Protocol(
        id="infusions",
        title="Infusions",
        phases=[
            Phase(id="infusion", label="infusion", every="P2W", sessions=3, window="P2D"),
            Phase(id="injection", label="injection", starts="each session of infusion + P1D"),
        ],
    )
    closed = Closure(first=date(2026, 12, 18), last=date(2026, 12, 18))
    plan = plan_of(protocol, clinic=ALWAYS_OPEN.replace(closures=[closed]))
    assert days_of(plan, "injection") == [
        day + timedelta(days=1) for day in days_of(plan, "infusion")
    ]
    assert days_of(plan, "infusion")[1] == date(2026, 12, 19)


def test_sessions_at_home_are_shown_and_not_bound_to_the_clinic() -> None:
    """A closed clinic does not move them."""
    protocol = one_phase(every="P1D", sessions=7, place="home")
    plan = plan_of(protocol, clinic=BUSY)
    assert days_of(plan) == [START.date() + timedelta(days=n) for n in range(7)]
    assert {v.place for v in plan.visits} == {"home"}


def test_spaced_treatments_keep_their_distance() -> None:
    """Two labelled treatments that run side by side are never closer than the spacing."""
    protocol = Protocol(
        id="both",
        title="Both",
        spacing=[{"between": ("A", "B"), "at_least": "P3D"}],
        phases=[
            Phase(id="a", label="A", every="P1W", sessions=6, window="P2D"),
            Phase(id="b", label="B", starts="start + P1D", every="P2W", sessions=3, window="P3D"),
        ],
    )
    plan = plan_of(protocol)
    for one in days_of(plan, "a"):
        for other in days_of(plan, "b"):
            assert abs(one - other) >= timedelta(days=3)


def test_several_sessions_a_day_stay_together() -> None:
    """Ten a day, an hour apart, are moved as one when the wished time does not fit."""
    hours = tuple(f"PT{n}H" for n in range(10))
    protocol = one_phase(weekdays="mon-fri", until="P1W", offsets=hours, duration="PT10M")
    clinic = Clinic(timezone="UTC", hours={"mon-fri": "08:00-18:00"})
    plan = plan_of(protocol, datetime(2026, 12, 7, 9, 30), clinic)
    first_day = [v.start for v in plan.sessions[:10]]
    assert first_day[0].hour == 8
    assert first_day[0].minute == 50
    assert [later - one for one, later in pairwise(first_day)] == [timedelta(hours=1)] * 9
    assert len(plan.sessions) == 50


def test_preferred_weekdays_are_taken_inside_the_window() -> None:
    """The start stands where the person chose it; later sessions go to the preferred day."""
    preferences = Preferences(weekdays="sat", time="10:00")
    plan = at(ALWAYS_OPEN, preferences=preferences)
    assert days_of(plan, "induction")[:2] == [date(2026, 12, 4), date(2026, 12, 12)]
    assert plan.visit("induction-2").start.hour == 10
    assert plan.visit("induction-2").reasons[0].code == "weekday"


def test_what_different_outcomes_open_takes_no_time_from_each_other() -> None:
    """Only one of them takes place: both are offered the wished time, and keep it (M5, M8)."""
    opened = [
        Phase(
            id=outcome,
            every="P1W",
            sessions=1,
            starts="last session of first + P3W",
            requires={"review": "gate", "outcome": outcome},
        )
        for outcome in ("good", "poor")
    ]
    protocol = Protocol(
        id="either",
        title="Either",
        phases=[Phase(id="first", every="P1W", sessions=2), *opened],
        reviews=[Review(id="gate", at="last session of first + P1W", outcomes=("good", "poor"))],
    )
    course = course_of(protocol)
    plan = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    good, poor = plan.visit("good-1"), plan.visit("poor-1")
    assert good.start == poor.start
    assert [reason.code for reason in (*good.reasons, *poor.reasons)] == ["on-target"] * 2
    moved = course.record(Moved(visit="good-1", to=good.start + timedelta(hours=1)))
    later = schedule(moved, ALWAYS_OPEN, as_of=AS_OF, previous=plan)
    both = moved.record(Moved(visit="poor-1", to=good.start + timedelta(hours=1)))
    last = schedule(both, ALWAYS_OPEN, as_of=AS_OF, previous=later)
    assert last.visit("good-1").start == last.visit("poor-1").start
    assert "overlap" not in codes_of(last)


def test_visits_that_need_an_outcome_are_tentative_until_it_is_known() -> None:
    """Both branches are shown, neither as certain."""
    protocol = Protocol(
        id="branch",
        title="Branch",
        phases=[
            Phase(id="acute", every="P1W", sessions=2),
            Phase(
                id="more",
                starts="start + P4W",
                every="P1W",
                sessions=2,
                requires={"review": "gate", "outcome": "active"},
            ),
        ],
        reviews=[Review(id="gate", at="start + P3W", outcomes=["active", "clear"])],
    )
    plan = plan_of(protocol)
    assert [v.status for v in plan.sessions] == ["planned"] * 2 + ["tentative"] * 2


def test_joining_late_drops_what_lies_before_the_start() -> None:
    """Contacts counted from an outside date that has passed are dropped, and a finding says so."""
    protocol = one_phase(starts="external:lmp", at=("P12W", "P20W", "P26W"))
    course = course_of(protocol, dates={"lmp": date(2026, 8, 1)})
    plan = schedule(course, ALWAYS_OPEN, as_of=AS_OF)
    assert [v.key for v in plan.sessions] == ["course-2", "course-3"]
    assert "1 session lies before the start 2026-12-04" in plan.findings[0].message


def test_milestones_get_their_dates() -> None:
    """They count from where the sessions stand."""
    milestone = plan_of(weekly(), clinic=BUSY).milestones[0]
    assert (milestone.title, milestone.first) == ("First results", date(2027, 1, 2))


@pytest.mark.parametrize(
    ("start", "zone", "expected", "why"),
    [
        (datetime(2026, 3, 29, 2, 30), "Europe/Berlin", "03:30+0200", "moves on by the gap"),
        (datetime(2026, 10, 25, 2, 30), "Europe/Berlin", "02:30+0200", "the first of the two"),
        (
            datetime(2026, 10, 4, 2, 15),
            "Australia/Lord_Howe",
            "02:45+1100",
            "a gap of half an hour",
        ),
    ],
)
def test_local_times_at_a_change_of_the_clocks(
    start: datetime, zone: str, expected: str, why: str
) -> None:
    """A time that does not exist moves forward, one that exists twice is the first."""
    visit = plan_of(one_phase(every="P1W", sessions=1), start, Clinic(timezone=zone)).sessions[0]
    assert f"{visit.start:%H:%M%z}" == expected, why
    assert visit.end.astimezone(UTC) - visit.start.astimezone(UTC) == timedelta(minutes=30)


def test_an_aware_start_is_converted_to_the_clinics_time() -> None:
    """Half past two UTC is half past five in Istanbul."""
    plan = plan_of(weekly(), datetime(2026, 12, 4, 14, 30, tzinfo=UTC))
    assert plan.sessions[0].start.replace(tzinfo=None) == START


def refused(protocol: Protocol, start: datetime = START, **options: Any) -> str:
    """Plan a course that cannot be planned, and give the message."""
    with pytest.raises((CourseError, PlanError)) as caught:
        plan_of(protocol, start, **options)
    return str(caught.value)


def test_a_visit_longer_than_any_opening_is_refused() -> None:
    """The error names the phase, what it asks for and what the clinic has."""
    message = refused(one_phase(every="P1W", sessions=2, duration="PT12H"), clinic=BUSY)
    assert "protocol.phases.course.duration" in message
    assert "longer than any opening hours of the clinic (570 minutes), got 720 minutes" in message


def test_a_course_beyond_the_last_year_is_refused() -> None:
    """The calendar ends in 9999."""
    assert "beyond the year 9999" in refused(weekly(), datetime(9999, 11, 1, 9, 0))
    assert "beyond the year 9999" in refused(
        one_phase(every="P1Y", sessions=2, place="home"),
        datetime(9999, 1, 1, 9, 0),
        horizon=date(9999, 2, 1),
    )


def test_too_many_sessions_up_to_the_horizon_are_refused() -> None:
    """An open end every day for a hundred years is a slip, found in bounded time."""
    assert "needs more than 5000 sessions" in refused(
        one_phase(every="P1D"), horizon=Period("P100Y")
    )


def test_a_horizon_before_the_start_is_refused() -> None:
    """It would plan nothing."""
    assert "lies before the start" in refused(weekly(), horizon=date(2026, 1, 1))


def test_as_of_must_be_aware() -> None:
    """A stamp without a zone means a different moment everywhere."""
    with pytest.raises(PlanError, match="as_of: has no time zone"):
        schedule(course_of(weekly()), ALWAYS_OPEN, as_of=datetime(2026, 11, 20))


def test_the_previous_plan_must_be_of_the_same_course() -> None:
    """Another person's plan is no history."""
    other = Course(id="course-2", protocol=weekly(), start=START)
    with pytest.raises(PlanError, match="the plan of another course"):
        schedule(other, ALWAYS_OPEN, as_of=AS_OF, previous=plan_of(weekly()))


def test_time_does_not_run_backwards() -> None:
    """Stamps would fall, and calendars would keep what is older."""
    plan = plan_of(weekly())
    with pytest.raises(PlanError, match="as_of: lies before the plan that is out"):
        schedule(plan.course, ALWAYS_OPEN, as_of=AS_OF - timedelta(days=1), previous=plan)


@pytest.mark.parametrize("day", [datetime(1, 1, 1, 9, 0), datetime(9999, 12, 31, 9, 0)])
def test_the_ends_of_the_calendar_are_refused(day: datetime) -> None:
    """In another zone they would be no days at all."""
    with pytest.raises(MesoplanError, match="is the first or last day of the calendar"):
        course_of(weekly(), day)
    with pytest.raises(MesoplanError, match="is the first or last day of the calendar"):
        Moved(visit="induction-8", to=day)


def test_a_clinic_closed_for_ever_is_found_in_bounded_time() -> None:
    """A closure to the end of time is no clinic."""
    closed = Closure(first=date(2027, 1, 1), last=date(9999, 12, 31))
    message = refused(weekly(), clinic=ALWAYS_OPEN.replace(closures=[closed]))
    assert "no possible day" in message


def test_a_window_may_be_counted_in_months() -> None:
    """Its first and last day are calendar months from the target."""
    visit = plan_of(one_phase(every="P6M", sessions=1, window="P1M")).sessions[0]
    assert (visit.earliest, visit.latest) == (date(2026, 11, 4), date(2027, 1, 4))


def test_a_phase_may_end_at_a_total_of_the_course() -> None:
    """Twenty in four weeks, then on until thirty-six in all."""
    protocol = Protocol(
        id="total",
        title="Total",
        phases=[
            Phase(id="acute", weekdays="mon-fri", until="P4W"),
            Phase(id="more", weekdays="mon-fri", total=36),
        ],
    )
    plan = plan_of(protocol, datetime(2026, 12, 7, 9, 0))
    assert (len(days_of(plan, "acute")), len(days_of(plan, "more"))) == (20, 16)
    assert days_of(plan, "more")[0] == date(2027, 1, 4)


def test_a_total_that_is_reached_adds_nothing() -> None:
    """The phase is empty then."""
    protocol = Protocol(
        id="total",
        title="Total",
        phases=[
            Phase(id="first", every="P1W", sessions=4),
            Phase(id="more", every="P1W", total=3),
            Phase(id="last", every="P1W", sessions=1),
        ],
    )
    assert days_of(plan_of(protocol), "more") == []
    assert days_of(plan_of(protocol), "last") == [date(2027, 1, 1)]


def test_a_day_too_short_for_the_visit_is_no_possible_day() -> None:
    """The clinic is open on the target, but not for as long as the visit takes."""
    clinic = Clinic(timezone="UTC", hours={"mon-thu": "09:00-18:00", "fri": "09:00-10:00"})
    protocol = one_phase(starts="start + P1W", every="P1W", sessions=1, duration="PT2H")
    visit = plan_of(protocol, clinic=clinic).sessions[0]
    assert visit.reasons[0].code == "too-short"


def test_a_visit_goes_to_the_stretch_that_is_long_enough() -> None:
    """A short morning is passed over."""
    clinic = Clinic(timezone="UTC", hours={"mon-sun": ["09:00-09:30", "14:00-18:00"]})
    protocol = one_phase(every="P1W", sessions=1, duration="PT1H")
    visit = plan_of(protocol, datetime(2026, 12, 4, 9, 0), clinic).sessions[0]
    assert visit.start.hour == 14


def test_treatment_at_home_is_shown_and_not_booked() -> None:
    """It has its days, an open end where the source names none, and no visit."""
    protocol = weekly(
        adjuncts=[
            {"title": "Lotion", "starts": "start", "until": "start + P12W", "text": "Twice a day."},
            {"title": "Tablets", "starts": "last session of induction"},
            {"title": "Never", "starts": "session 90"},
        ]
    )
    plan = plan_of(protocol)
    assert [str(adjunct) for adjunct in plan.at_home] == [
        "Lotion, from 2026-12-04 to 2027-02-26",
        "Tablets, from 2027-03-19",
    ]
    assert "At home: Lotion, from 2026-12-04 to 2027-02-26" in str(plan)
    assert len(plan.visits) == len(plan_of(weekly()).visits)


@pytest.mark.parametrize(
    ("facts", "days", "why"),
    [
        ([Away(first=START.date(), last=START.date())], 1, "a day that the person is away"),
        (
            [
                Paused(on=START.date()),
                Resumed(on=START.date() + timedelta(days=2)),
            ],
            2,
            "on hold",
        ),
    ],
    ids=["away", "on hold"],
)
def test_a_course_begins_on_the_first_day_on_which_the_person_can_come(
    facts: list[Away | Paused | Resumed], days: int, why: str
) -> None:
    """A finding says why it is not the start."""
    plan = schedule(
        course_of(one_phase(every="P1D", sessions=2), facts=facts), ALWAYS_OPEN, as_of=AS_OF
    )
    begins = START.date() + timedelta(days=days)
    assert plan.begins.date() == begins
    (found,) = [f for f in plan.findings if f.code == "start-moved"]
    assert found.message == f"the start {START.date()} is {why}; the course begins on {begins}"


def test_a_first_session_of_a_date_from_outside_stands_on_no_closed_day() -> None:
    """The person may have chosen that day; the clinic is closed all the same."""
    protocol = one_phase(starts="external:lab", every="P1W", sessions=2)
    closed = ALWAYS_OPEN.replace(closures=[Closure(first=START.date(), last=START.date())])
    course = course_of(protocol, dates={"lab": START.date()})
    visit = schedule(course, closed, as_of=AS_OF).visit("course-1")
    assert (visit.day, visit.target) == (START.date() + timedelta(days=1), START.date())
    assert visit.reasons[0].code == "closed"


def test_the_first_session_gives_way_to_one_whose_time_a_person_chose() -> None:
    """Each place of a list has its meaning, and a time that a person fixed stands."""
    protocol = one_phase(at=("P0D", "P1W"), min_interval="P5D")
    facts = [Moved(visit="course-2", to=START + timedelta(days=2))]
    plan = schedule(course_of(protocol, facts=facts), ALWAYS_OPEN, as_of=AS_OF)
    assert plan.visit("course-2").day == START.date() + timedelta(days=2)
    assert plan.visit("course-1").day == START.date() + timedelta(days=7)
    assert plan.visit("course-1").reasons[0].code == "interval"


def test_a_review_some_hours_after_a_session_stands_on_its_day() -> None:
    """The hours count from where the session stands, not from the preferred time of day."""
    review = Review(id="check", at="session 1 + PT2H", join=False)
    plan = plan_of(one_phase(every="P1W", sessions=2).replace(reviews=[review]))
    assert plan.visit("check").start - plan.visit("course-1").start == timedelta(hours=2)


def test_a_milestone_that_counts_from_nothing_is_expected_on_no_day() -> None:
    """A course of sixteen sessions up to its horizon has no fortieth."""
    milestones = [
        Milestone(id="fifth", title="Fifth", at="session 5"),
        Milestone(id="fortieth", title="Fortieth", at="session 40"),
    ]
    assert [m.id for m in plan_of(weekly(milestones=milestones)).milestones] == ["fifth"]


def test_a_later_phase_beyond_the_calendar_is_refused() -> None:
    """There is no year 10001 to plan into."""
    phases = [
        {"id": "now", "every": "P1W", "sessions": 2},
        {"id": "then", "starts": "start + P2Y", "every": "P1W", "sessions": 2},
    ]
    course = course_of(Protocol(id="far", title="Far", phases=phases), datetime(9999, 1, 5, 9, 0))
    with pytest.raises(CourseError, match="leads beyond the year 9999"):
        schedule(course, ALWAYS_OPEN, as_of=AS_OF, horizon="P1W")


def test_a_review_that_may_only_come_earlier_goes_back_from_a_closed_target() -> None:
    """The day of its window that is nearest to the target."""
    window = {"earlier": "P7D", "later": "P0D"}
    review = Review(id="check", at="start + P10D", window=window, join=False)
    closure = Closure(
        first=START.date() + timedelta(days=9), last=START.date() + timedelta(days=10)
    )
    plan = plan_of(
        one_phase(every="P1W", sessions=3).replace(reviews=[review]),
        clinic=ALWAYS_OPEN.replace(closures=[closure]),
    )
    assert plan.visit("check").day == START.date() + timedelta(days=8)
    assert plan.visit("check").inside_window
