"""From a course and a clinic to a plan: the one pure function that the library is about.

First history, then future. The log is taken in (history); the sessions get their days (sessions), the
reviews theirs, and everything its time (visits); what was announced is carried on (visits), and what a
person should look at is said (findings). Each stage takes the result of the one before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.plan.entries import Laid, Origin
from mesoplan.plan.plan import Plan
from mesoplan.plan.visit import AtHome, Expectation, Finding, Visit
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.review import Counts
from mesoplan.scheduling.anchored import reached
from mesoplan.scheduling.blocks import on_times
from mesoplan.scheduling.days import Days, nearest, within_the_calendar
from mesoplan.scheduling.findings import findings, start_moved
from mesoplan.scheduling.history import History, Shown
from mesoplan.scheduling.intake import Published, told
from mesoplan.scheduling.sessions import lay_sessions
from mesoplan.scheduling.setting import Sessions, Setting
from mesoplan.scheduling.targets import minutes_of_session, places_from
from mesoplan.scheduling.visits import drafts, revised
from mesoplan.scheduling.wishes import usual_time
from mesoplan.values.english import listed
from mesoplan.values.errors import CourseError, Fault, PlanError
from mesoplan.values.given import given, given_aware
from mesoplan.values.period import Period, period_given

_YEAR = Period("P1Y")
_AHEAD = Period("P6M")
_NO_OFFSET = Period("P0D")


def schedule(
    course: Course,
    clinic: Clinic,
    *,
    as_of: datetime,
    previous: Plan | None = None,
    horizon: Period | str | date | None = None,
) -> Plan:
    """Return the dated plan of a course at a clinic.

    `as_of` is the aware moment at which the plan is made; it stamps what is new or changed.
    `previous` is the plan that was last published: what was announced and is still possible stays.
    `horizon` is how far open-ended phases are planned, a period from the start or a last day; without
    it one year from the start, and as many more as look half a year ahead once a plan is out.

    The same input gives the same plan. Raises CourseError where the course cannot be planned at this
    clinic, RecordError for a new fact about a visit that stands nowhere, PlanError where no day is
    possible for ten years, `as_of` is naive or lies before the previous plan, or that plan is of
    another course.
    """
    given(clinic, Clinic, "clinic")
    _check(course, as_of, previous)
    planner = _Planner(clinic, previous, _asked(horizon), as_of)
    history = told(course, clinic, as_of, planner.published, planner.shown)
    return planner.plan(history)


def visits_planned(course: Course, plan: Plan, *, as_of: datetime) -> tuple[Visit, ...]:
    """Return the visits of the plan that would follow a plan with a course, and nothing else of it.

    It is what `schedule` lays, for those who compare many such plans and show none.
    """
    _check(course, as_of, plan)
    planner = _Planner(plan.clinic, plan, plan.horizon, as_of)
    history = told(course, plan.clinic, as_of, planner.published, planner.shown)
    return planner.future(history).visits


def _asked(horizon: Period | str | date | None) -> Period | date | None:
    """Return a horizon that a caller gave as it is meant."""
    if isinstance(horizon, datetime):
        what, remedy = "is a moment, not a day", "leave the time out"
        raise PlanError(Fault("horizon", what, str(horizon), remedy, code="not-a-day"))
    if horizon is None or isinstance(horizon, date):
        return horizon
    return period_given(horizon, "horizon")


def _check(course: Course, as_of: datetime, previous: Plan | None) -> None:
    """Refuse what cannot be answered: a moment without a zone, a plan that is no history."""
    given(course, Course, "course")
    given_aware(as_of=as_of)
    if previous is None:
        return
    given(previous, Plan, "previous")
    if previous.course.id != course.id:
        what = "is the plan of another course"
        raise PlanError(
            Fault(
                "previous",
                what,
                previous.course.id,
                f"give that of {course.id}",
                code="other-course",
            )
        )
    if as_of < previous.as_of:
        what = f"lies before the plan that is out ({previous.as_of})"
        raise PlanError(
            Fault("as_of", what, str(as_of), "give a later moment", code="before-previous-plan")
        )


@dataclass(frozen=True, slots=True)
class Future:
    """What follows from a history."""

    setting: Setting
    sessions: Sessions
    visits: tuple[Visit, ...]


@dataclass(frozen=True)
class _Planner:
    """A clinic and the plan that is out, from which histories become plans."""

    clinic: Clinic
    previous: Plan | None
    asked: Period | date | None
    """The horizon that the caller asked for."""
    as_of: datetime

    @cached_property
    def visits(self) -> Mapping[str, Visit]:
        """The visits that are out, by key; none in a first plan."""
        if self.previous is None:
            return {}
        return {visit.key: visit for visit in self.visits_out()}

    @property
    def published(self) -> Published | None:
        """The plan that is out, as far as history needs it."""
        plan = self.previous
        if plan is None:
            return None
        laid = {one.phase: one for one in plan.laid}
        notes = tuple(each for each in plan.findings if each.code == "taken-back")
        return Published(plan.course.facts, plan.entries, Shown(dict(self.visits), laid), notes)

    def visits_out(self) -> Iterator[Visit]:
        """Yield the visits that are out; what is over is told in the clinic's zone of today."""
        assert self.previous is not None
        zone = self.clinic.zone
        for visit in self.previous.visits:
            over = visit.start <= self.as_of or not visit.upcoming
            if over and visit.start.tzinfo is not zone:
                start, end = visit.start.astimezone(zone), visit.end.astimezone(zone)
                yield visit.replace(start=start, end=end)
            else:
                yield visit

    def shown(self, history: History) -> Shown:
        """Lay the future of a history, to look up where a visit stands."""
        future = self.future(history)
        return Shown(
            {visit.key: visit for visit in future.visits},
            {one.phase: one for one in future.sessions.laid},
        )

    def future(self, history: History) -> Future:
        """Lay what follows from a history."""
        setting = self._setting(history)
        sessions = lay_sessions(setting)
        coming = on_times(setting, sessions)
        visits = revised(
            drafts(setting, sessions, coming), setting, sessions, self.visits, retold=self._retold
        )
        return Future(setting, sessions, visits)

    def plan(self, history: History) -> Plan:
        """Return the plan that follows from a history."""
        future = self.future(history)
        setting, sessions = future.setting, future.sessions
        return Plan(
            course=history.course,
            clinic=self.clinic,
            as_of=history.as_of,
            begins=setting.begins,
            horizon=setting.horizon.date(),
            visits=future.visits,
            milestones=tuple(_expectations(setting, sessions)),
            at_home=tuple(_at_home(setting, sessions)),
            findings=(
                *_notes(setting, sessions),
                *findings(future.visits, setting, sessions),
            ),
            laid=sessions.laid,
            entries=history.entries,
        )

    @property
    def _retold(self) -> bool:
        """Whether what a calendar tells of the clinic beside a visit's own fields has changed."""
        if self.previous is None:
            return False
        old, new = self.previous.clinic, self.clinic
        return (old.name, old.location, old.phone) != (new.name, new.location, new.phone)

    def _setting(self, history: History) -> Setting:
        days = Days(self.clinic, history.circumstances)
        course = history.course
        laid: Mapping[str, Laid] = history.shown.laid
        published = self.visits
        if self.previous is None:
            begins = _begins(course, self.clinic, days)
        else:
            begins = datetime.combine(self.previous.begins.date(), history.wishes.usual)
        _check_lengths(course, self.clinic)
        out = {key: history.shown.visits.get(key, visit) for key, visit in published.items()}
        return Setting(
            history=history,
            days=days,
            published=out if self.previous is not None else {},
            laid=laid,
            begins=begins,
            horizon=self._horizon(history, begins, out),
            changed=self._changed(course),
            proved=self.previous is None
            or all(finding.code != "not-proved" for finding in self.previous.findings),
        )

    def _changed(self, course: Course) -> frozenset[str]:
        """Return the phases whose rhythm differs from that of the plan that is out."""
        if self.previous is None or self.previous.course.protocol == course.protocol:
            return frozenset()
        old = {phase.id: _rhythm(phase) for phase in self.previous.course.protocol.phases}
        return frozenset(
            phase.id
            for phase in course.protocol.phases
            if phase.id in old and old[phase.id] != _rhythm(phase)
        )

    def _horizon(
        self, history: History, begins: datetime, published: Mapping[str, Visit]
    ) -> datetime:
        """Return the last moment that open-ended phases are planned for."""
        asked = self.asked
        with within_the_calendar(begins.date()):
            if asked is None:
                last = _default_horizon(history, begins, announced=bool(published))
            elif isinstance(asked, Period):
                last = asked.after(begins).date()
            else:
                last = asked
        if last < begins.date():
            raise PlanError(
                Fault(
                    "horizon",
                    f"lies before the start {begins.date()}",
                    str(last),
                    code="before-start",
                )
            )
        return datetime.combine(last, time.max)


def _rhythm(phase: Phase) -> tuple[object, ...]:
    return phase.every, phase.offsets, phase.weekdays, phase.at, phase.rhythm


def _default_horizon(history: History, begins: datetime, *, announced: bool) -> date:
    """Return the first whole number of years from the start that looks half a year ahead of a plan."""
    years = 1
    now = history.clinic.local(history.as_of)
    ahead = _AHEAD.after(now) if announced else begins
    while _YEAR.after(begins, years) < ahead:
        years += 1
    return _YEAR.after(begins, years).date()


def _begins(course: Course, clinic: Clinic, days: Days) -> datetime:
    """Return the course's first day: its start, or the nearest possible day after it."""
    start = datetime.combine(clinic.local(course.start).date(), usual_time(course, clinic))
    while True:
        first = _first_phase(course, start)
        minutes = 0 if first is None else minutes_of_session(first, 1)
        day = start.toordinal()
        if first is None or days.treatable(day, minutes) or minutes > clinic.longest:
            return start
        start = datetime.combine(date.fromordinal(_next(days, day, minutes)), start.time())


def _next(days: Days, day: int, minutes: int) -> int:
    return nearest(day + 1, lambda candidate: days.treatable(candidate, minutes))


def _first_phase(course: Course, start: datetime) -> Phase | None:
    """Return the phase at the clinic whose first place is the day of the start, or None."""
    is_first = True
    for phase in course.protocol.phases:
        anchor = phase.starts
        at_start = is_first if anchor is None else anchor.kind == "start"
        is_first = is_first and phase.as_needed
        if phase.place != "clinic" or not at_start:
            continue
        offset = anchor.offset if anchor is not None else _NO_OFFSET
        origin = Origin(moment=start, offset=offset)
        first = next(places_from(phase, origin, course.protocol.month_end), None)
        if first is not None and first.date() == start.date():
            return phase
    return None


def _check_lengths(course: Course, clinic: Clinic) -> None:
    """Refuse visits that no day of the clinic has room for."""
    longest = clinic.longest
    faults = []
    for phase in course.protocol.phases:
        numbers = range(len(phase.steps) + 1)
        minutes = max(minutes_of_session(phase, number) for number in numbers)
        if phase.place == "clinic" and minutes > longest:
            path = f"protocol.phases.{phase.id}.duration"
            what = f"is longer than any opening hours of the clinic ({longest} minutes)"
            faults.append(
                Fault(path, what, f"{minutes} minutes", "widen the hours", code="longer-than-hours")
            )
    if faults:
        raise CourseError(*faults)


def _notes(setting: Setting, sessions: Sessions) -> Iterator[Finding]:
    """Yield what is to be known of the beginning and the end of a plan."""
    course = setting.history.course
    start = setting.days.clinic.local(course.start)
    first = next((session.key for session in sessions.coming), None)
    if start.date() != setting.begins.date() and first is not None and not sessions.past:
        why = setting.days.why_not(start.toordinal(), 0, treated=True)
        told = _why(why.code, why.cause) if why is not None else "too short a day"
        yield start_moved(start, setting.begins, told, first)
    for name, late in sessions.late.items():
        lie = "1 session lies" if len(late) == 1 else f"{len(late)} sessions lie"
        begins = setting.begins.date()
        dropped = f"before the start {begins}, the last on {late[-1].moment.date()}"
        message = f"{name}: {lie} {dropped}; left out, as the person joins late"
        yield Finding(code="joined-late", message=message)
    protocol = course.protocol
    kinds = {
        "phases": any(phase.is_open and setting.goes_on(phase) for phase in protocol.phases),
        "reviews": any(review.is_open for review in protocol.reviews),
    }
    endless = [kind for kind, is_open in kinds.items() if is_open]
    if endless:
        message = f"{listed(endless)} without an end are planned up to {setting.horizon.date()}"
        yield Finding(code="horizon", message=message)


def _why(code: str, cause: str | None) -> str:
    if code == "closed":
        return f"closed ({cause})"
    return "a day that the person is away" if code == "away" else "on hold"


def _expectations(setting: Setting, sessions: Sessions) -> Iterator[Expectation]:
    """Yield what to expect by when, counted from the days on which the sessions stand."""
    for milestone in setting.history.course.protocol.milestones:
        first = _day(milestone.at, setting, sessions, milestone.counts)
        last = _day(milestone.until, setting, sessions, milestone.counts)
        if first is not None:
            yield Expectation(
                id=milestone.id,
                title=milestone.title,
                first=first,
                last=last or first,
                text=milestone.text,
            )


def _at_home(setting: Setting, sessions: Sessions) -> Iterator[AtHome]:
    """Yield the treatment at home, from where it begins to where it ends."""
    for adjunct in setting.history.course.protocol.adjuncts:
        first = _day(adjunct.starts, setting, sessions)
        if first is not None:
            last = _day(adjunct.until, setting, sessions)
            yield AtHome(title=adjunct.title, first=first, last=last, text=adjunct.text)


def _day(
    anchor: Anchor | None, setting: Setting, sessions: Sessions, counts: Counts = "calendar"
) -> date | None:
    """Return the first day that an anchor leads to, or None where it has nothing to count from."""
    if anchor is None:
        return None
    with within_the_calendar(setting.begins.date()):
        moments = reached(anchor, setting, sessions, counts=counts)
    return moments[0].date() if moments else None
