"""Laws that hold for every plan, whatever the protocol, the clinic and the log."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from dateutil.rrule import WEEKLY, rrule
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mesoplan import (
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
    Protocol,
    Resumed,
    Review,
    Visit,
    schedule,
)
from samples import ALWAYS_OPEN, AS_OF

LAWS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
HORIZON = Period("P8M")
DAY = timedelta(days=1)

starts = st.datetimes(datetime(2026, 12, 1), datetime(2027, 12, 1)).map(
    lambda moment: moment.replace(hour=9 + moment.hour % 9, minute=0, second=0, microsecond=0)
)


@st.composite
def phases(draw: st.DrawFn, name: str) -> Phase:
    """Draw a phase with one of the usual rhythms."""
    rhythm: dict[str, Any] = draw(
        st.sampled_from(
            [
                {"every": "P1W", "window": "P2D", "min_interval": "P5D"},
                {"every": "P1W"},
                {"every": "P10D", "window": {"earlier": "P0D", "later": "P3D"}},
                {"weekdays": "mon, wed, fri", "window": "P0D"},
                {"every": "P1M", "window": "P1W", "min_interval": "P3W"},
                {"every": "P2W", "rhythm": "chain", "window": "P3D"},
                {"every": "P4W", "offsets": ("P0D", "P1W", "P2W")},
            ]
        )
    )
    sessions = draw(st.integers(1, 8))
    return Phase(id=name, sessions=sessions, **rhythm)


@st.composite
def protocols(draw: st.DrawFn) -> Protocol:
    """Draw a protocol of one or two phases and perhaps reviews."""
    reviews = [
        Review(id="mid", at="start + P6W", window="P1W", join=draw(st.booleans())),
        Review(id="end", at="last session + P1M"),
    ]
    return Protocol(
        id="drawn",
        title="Drawn",
        phases=[draw(phases(name)) for name in ("one", "two")[: draw(st.integers(1, 2))]],
        reviews=reviews[: draw(st.integers(0, 2))],
    )


@st.composite
def clinics(draw: st.DrawFn) -> Clinic:
    """Draw a clinic that is open on some weekdays, with closures."""
    days = draw(st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat"]), min_size=2))
    hours = draw(st.sampled_from(["09:00-18:30", "10:00-14:00", "08:00-12:00, 13:00-20:00"]))
    closures = []
    for _ in range(draw(st.integers(0, 3))):
        first = date(2026, 12, 1) + draw(st.integers(0, 400)) * DAY
        closures.append(Closure(first=first, last=first + draw(st.integers(0, 16)) * DAY))
    zone = draw(st.sampled_from(["Europe/Istanbul", "Europe/Berlin", "America/New_York", "UTC"]))
    return Clinic(timezone=zone, hours=dict.fromkeys(sorted(days), hours), closures=closures)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Draw a course without facts."""
    return Course(id="drawn", protocol=draw(protocols()), start=draw(starts))


def planned(course: Course, clinic: Clinic, **options: Any) -> Plan:
    """Plan a course for the first time."""
    return schedule(course, clinic, as_of=AS_OF, horizon=HORIZON, **options)


def is_open_for(clinic: Clinic, visit: Visit) -> bool:
    """Whether the whole visit lies inside one stretch of opening time of an open day."""
    start = 60 * visit.start.hour + visit.start.minute
    length = int((visit.end.astimezone(UTC) - visit.start.astimezone(UTC)).total_seconds()) // 60
    spans = (clinic.hours or {}).get(
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[visit.day.weekday()], ()
    )
    inside = any(span.opens <= start and start + length <= span.closes for span in spans)
    return inside and not any(c.first <= visit.day <= c.last for c in clinic.closures)


@LAWS
@given(courses(), clinics())
def test_every_visit_lies_in_opening_hours(course: Course, clinic: Clinic) -> None:
    """The whole visit, on an open day, for sessions and reviews alike."""
    assert all(is_open_for(clinic, visit) for visit in planned(course, clinic).visits)


@LAWS
@given(courses(), clinics())
def test_nobody_is_in_two_places_at_once(course: Course, clinic: Clinic) -> None:
    """Visits are in time order and do not overlap."""
    for one, other in pairwise(planned(course, clinic).visits):
        assert one.end <= other.start


@LAWS
@given(courses(), clinics())
def test_minimum_intervals_hold(course: Course, clinic: Clinic) -> None:
    """Between any two sessions that follow each other, and days strictly rise."""
    for one, other in pairwise(planned(course, clinic).sessions):
        low = course.protocol.phase(str(other.phase)).min_interval
        assert other.day >= (one.day + low if low else one.day + DAY)


@LAWS
@given(courses(), clinics())
def test_outside_the_window_is_a_finding_never_silent(course: Course, clinic: Clinic) -> None:
    """Each such visit has its finding, each such finding its visit; and every move has a reason."""
    plan = planned(course, clinic)
    found = {f.visit for f in plan.findings if f.code == "outside-window"}
    assert found == {v.key for v in plan.visits if not v.inside_window}
    for visit in plan.visits:
        assert visit.reasons
        assert visit.day == visit.target or visit.reasons[0].target == visit.target


@LAWS
@given(st.integers(1, 60), starts)
def test_a_weekly_plan_is_a_weekly_recurrence(count: int, start: datetime) -> None:
    """At a clinic that is always open it equals dateutil's rrule."""
    protocol = Protocol(
        id="weekly", title="Weekly", phases=[Phase(id="w", every="P1W", sessions=count)]
    )
    plan = planned(Course(id="c", protocol=protocol, start=start), ALWAYS_OPEN)
    expected = list(rrule(WEEKLY, dtstart=start, count=count))
    assert [visit.start.replace(tzinfo=None) for visit in plan.sessions] == expected


@LAWS
@given(courses(), clinics())
def test_the_same_input_gives_the_same_plan(course: Course, clinic: Clinic) -> None:
    """To the byte, and it can be read back."""
    plan = planned(course, clinic)
    text = plan.model_dump_json()
    again = planned(
        Course.model_validate_json(course.model_dump_json()),
        Clinic.model_validate_json(clinic.model_dump_json()),
    )
    assert again.model_dump_json() == text
    assert Plan.model_validate_json(text) == plan


@LAWS
@given(st.integers(1, 500), starts, st.integers(1, 12))
def test_shifting_the_start_shifts_a_plan_of_days(days: int, start: datetime, count: int) -> None:
    """Where nothing is closed and no month is counted."""
    protocol = Protocol(
        id="days", title="Days", phases=[Phase(id="d", every="P9D", sessions=count)]
    )
    one = planned(Course(id="c", protocol=protocol, start=start), ALWAYS_OPEN)
    other = planned(Course(id="c", protocol=protocol, start=start + days * DAY), ALWAYS_OPEN)
    assert [v.day + days * DAY for v in one.sessions] == [v.day for v in other.sessions]


@LAWS
@given(courses(), clinics())
def test_planning_again_changes_nothing(course: Course, clinic: Clinic) -> None:
    """Without news, the plan that is out stays as it is."""
    plan = planned(course, clinic)
    assert planned(course, clinic, previous=plan).visits == plan.visits


Life = tuple[Course, Clinic, list[tuple[str, int]]]
"""A course, a clinic, and what becomes of one session after the other, with days away."""


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Draw a course and what happens in it."""
    kinds = st.sampled_from(["attended", "attended", "attended", "missed", "cancelled", "held"])
    away = st.sampled_from([0, 0, 0, 4, 11])
    return draw(courses()), draw(clinics()), draw(st.lists(st.tuples(kinds, away), max_size=6))


def told(life: Life) -> list[Plan]:
    """Live the course: after each session record what became of it, and plan again."""
    course, clinic, news = life
    plans = [planned(course, clinic)]
    for kind, away in news:
        visit = next((v for v in plans[-1].sessions if v.upcoming), None)
        if visit is None:
            break
        moment = max(visit.end.astimezone(UTC), plans[-1].as_of) + timedelta(minutes=5)
        course = course.record(*_facts(visit, kind, away))
        plans.append(schedule(course, clinic, as_of=moment, previous=plans[-1], horizon=HORIZON))
    return plans


def _facts(visit: Visit, kind: str, away: int) -> list[Any]:
    facts: list[Any] = [Missed(visit=visit.key)]
    if kind == "attended":
        facts = [Attended(visit=visit.key, at=visit.start)]
    if kind == "cancelled":
        facts = [Cancelled(visit=visit.key)]
    if kind == "held":
        facts = [
            Paused(on=visit.day),
            Resumed(on=visit.day + (away + 1) * DAY),
        ]
    if away:
        facts.append(Away(first=visit.day + 2 * DAY, last=visit.day + away * DAY))
    return facts


@LAWS
@given(lives())
def test_the_past_never_moves(life: Life) -> None:
    """Whatever is recorded, what lay before the moment of re-planning stands where it stood."""
    for before, later in pairwise(told(life)):
        for visit in before.visits:
            if visit.start <= later.as_of:
                assert later.visit(visit.key).start == visit.start


@LAWS
@given(lives())
def test_keys_are_never_used_again_and_revisions_never_fall(
    life: Life,
) -> None:
    """Every visit that was ever published is still there, and what was called off stays so."""
    for before, later in pairwise(told(life)):
        for visit in before.visits:
            now = later.visit(visit.key)
            assert now.revision >= visit.revision
            assert (now.revision > visit.revision) == (
                (now.start, now.end, now.status) != (visit.start, visit.end, visit.status)
            )
            assert visit.status != "cancelled" or now == visit


@LAWS
@given(lives())
def test_the_number_of_sessions_is_kept(life: Life) -> None:
    """A missed or cancelled session is made up."""
    plans = told(life)
    counts = {sum(v.status not in {"missed", "cancelled"} for v in p.sessions) for p in plans}
    assert len(counts) == 1


@LAWS
@given(lives())
def test_no_visit_is_planned_on_a_closed_day_or_a_day_away(
    life: Life,
) -> None:
    """Also after any number of re-plannings."""
    _, clinic, _ = life
    plan = told(life)[-1]
    away = [f for f in plan.course.facts if isinstance(f, Away)]
    for visit in plan.visits:
        if visit.upcoming and visit.start > plan.as_of:
            assert is_open_for(clinic, visit)
            assert not any(f.first <= visit.day <= f.last for f in away)


def ahead(plan: Plan) -> list[tuple[str, date, int | None]]:
    """Return the sessions to come of the first phase, which counts from nothing that moves."""
    first = plan.course.protocol.phases[0].id
    sessions = [v for v in plan.sessions if v.phase == first]
    return [(v.key, v.day, v.number) for v in sessions if v.upcoming and v.start > plan.as_of]


@LAWS
@given(lives())
def test_facts_told_one_by_one_or_at_once_end_in_the_same_plan(life: Life) -> None:
    """Days, keys and numbers; what follows the phase may keep a day that was announced in between."""
    course, clinic, news = life
    assume(all(phase.rhythm == "grid" for phase in course.protocol.phases))
    # What a hold calls off depends on what had been published by then.
    plans = told((course, clinic, [(kind, 0) for kind, _ in news if kind != "held"]))
    last = plans[-1]
    at_once = schedule(last.course, clinic, as_of=last.as_of, previous=plans[0], horizon=HORIZON)
    # A session that was put off and whose first day has passed: only who was told knows of it.
    assume(not [f for f in at_once.findings if f.code == "unrecorded"])
    assert ahead(at_once) == ahead(last)


def test_what_was_announced_in_between_is_the_difference() -> None:
    """Told one by one, the phase behind keeps a day that is still inside its window (M8)."""
    protocol = Protocol(
        id="two",
        title="Two",
        phases=[
            Phase(id="one", every="P1W", sessions=5, window="P2D"),
            Phase(id="two", every="P1M", sessions=1, window="P1W"),
        ],
    )
    course = Course(id="c", protocol=protocol, start=datetime(2027, 9, 1, 9))
    clinic = Clinic(timezone="UTC", hours={"mon, wed": "09:00-18:30"})
    plans = told((course, clinic, [("missed", 0), ("missed", 0)]))
    last = plans[-1]
    at_once = schedule(last.course, clinic, as_of=last.as_of, previous=plans[0], horizon=HORIZON)
    assert ahead(at_once) == ahead(last)
    days = [plan.visit("two-1").day for plan in (plans[1], last, at_once)]
    assert days == [date(2027, 11, 8), date(2027, 11, 8), date(2027, 11, 15)]
