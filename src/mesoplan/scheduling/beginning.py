"""Where a course begins, how far it is planned, and the sessions laid from there."""

from datetime import date, datetime, time

from mesoplan.clinic.clinic import Clinic
from mesoplan.ground.errors import CourseError, Fault, PlanError
from mesoplan.ground.period import Period
from mesoplan.protocol.phase import Phase
from mesoplan.scheduling.booking import Desk
from mesoplan.scheduling.ground import LOST, Ground, Laid, Session, number
from mesoplan.scheduling.grouping import minutes_of_session
from mesoplan.scheduling.laying import lay
from mesoplan.scheduling.stops import Group
from mesoplan.scheduling.visit import Finding

_YEAR = Period("P1Y")
_AHEAD = Period("P6M")


def begin(desk: Desk, horizon: Period | date | None) -> tuple[Ground, Laid, list[Finding]]:
    """Lay the course from its start, or from the first possible day after a start that is none."""
    course = desk.course
    start = desk.clinic.local(course.start)
    if course.preferences.time is not None:
        start = datetime.combine(start.date(), course.preferences.time)
    ground = _ground(desk, start, _last_day(desk, start, horizon))
    laid = lay(ground)
    notes: list[Finding] = []
    first = _first(laid)
    moved = None if first is None else _other_start(desk, first, start)
    if first is not None and moved is not None:
        ground, laid = _laid_from(desk, ground, moved)
        notes.append(_start_moved(desk, first.key, start, ground.start))
    notes += _dropped(laid, ground.start)
    if any(phase.is_open for phase in course.protocol.phases):
        message = f"phases without an end are planned up to {ground.horizon.date()}"
        notes.append(Finding(code="horizon", message=message))
    _check_lengths(laid, desk.clinic)
    return ground, laid, notes


def _first(laid: Laid) -> Session | None:
    """Give the first session at the clinic."""
    sessions = (s for found in laid.values() for s in found if s.phase.place == "clinic")
    return min(sessions, key=lambda session: session.moment, default=None)


def _laid_from(desk: Desk, ground: Ground, day: int) -> tuple[Ground, Laid]:
    """Lay the course from another day; a weekday pattern may begin still later."""
    start = datetime.combine(date.fromordinal(day), ground.start.time())
    ground = _ground(desk, start, ground.horizon)
    laid = lay(ground)
    first = _first(laid)
    if first is not None and first.moment.toordinal() > day:
        return _laid_from(desk, ground, first.moment.toordinal())
    return ground, laid


def _ground(desk: Desk, start: datetime, horizon: datetime) -> Ground:
    keys = [*desk.published, *desk.ledger.outcome, *desk.ledger.pinned]
    known = ((key, desk.known(key)) for key in keys)
    return Ground(
        course=desk.course,
        ledger=desk.ledger,
        start=start,
        horizon=horizon,
        taken={key: moment for key, moment in known if moment is not None},
        retired=frozenset(key for key, visit in desk.published.items() if desk.is_over(visit)),
    )


def _last_day(desk: Desk, start: datetime, horizon: Period | date | None) -> datetime:
    """Give the last moment that open-ended phases are planned for."""
    try:
        if horizon is None:
            last = _default_horizon(desk, start)
        else:
            last = horizon.after(start).date() if isinstance(horizon, Period) else horizon
    except (OverflowError, ValueError):
        fault = Fault("start", "leads beyond the year 9999", str(start.date()))
        raise CourseError(fault) from None
    if last < start.date():
        raise PlanError(Fault("horizon", f"lies before the start {start.date()}", str(last)))
    return datetime.combine(last, time.max)


def _default_horizon(desk: Desk, start: datetime) -> date:
    """Give the first whole number of years from the start that looks half a year ahead of a plan."""
    years = 1
    ahead = _AHEAD.after(desk.now) if desk.published else start
    while _YEAR.after(start, years) < ahead:
        years += 1
    return _YEAR.after(start, years).date()


def _other_start(desk: Desk, first: Session, start: datetime) -> int | None:
    """Give the day on which the course really begins, where its start is no possible day."""
    day = start.toordinal()
    if first.moment.toordinal() != day:
        return None
    published = desk.published.get(first.key)
    if published is not None:
        began = published.target.toordinal()
        return began if began != day and began > day else None
    minutes = minutes_of_session(first.phase, first.number)
    if first.key in desk.ledger.outcome or desk.possible(day, minutes):
        return None
    if minutes > desk.clinic.longest:
        return None  # refused below, with the reason
    return Group(stops=(), possible=desk.possible).free_day(day, minutes)


def _start_moved(desk: Desk, key: str, start: datetime, moved: datetime) -> Finding:
    why = desk.why_not(start.toordinal()) or "too short a day"
    message = f"the start {start.date()} is {why}; the course begins on {moved.date()}"
    return Finding(code="start-moved", visit=key, message=message)


def _dropped(laid: Laid, start: datetime) -> list[Finding]:
    """Drop what lies before the day on which the person joins, and say so."""
    notes = []
    for name, sessions in laid.items():
        late = [s for s in sessions if s.moment.date() < start.date() and s.status not in LOST]
        if not late:
            continue
        laid[name] = [s for s in sessions if s not in late]
        number(laid[name], open_end=late[0].phase.is_open)
        lie = "1 session lies" if len(late) == 1 else f"{len(late)} sessions lie"
        dropped = f"before the start {start.date()}, the last on {late[-1].moment.date()}"
        message = f"{name}: {lie} {dropped}; left out, as the person joins late"
        notes.append(Finding(code="joined-late", message=message))
    return notes


def _check_lengths(laid: Laid, clinic: Clinic) -> None:
    """Refuse visits that no day of the clinic has room for."""
    longest = clinic.longest
    faults = []
    for sessions in laid.values():
        phase = sessions[0].phase if sessions else None
        if phase is None or phase.place == "home":
            continue
        minutes = max(minutes_of_session(phase, number) for number in _particular(phase))
        if minutes > longest:
            path = f"protocol.phases.{phase.id}.duration"
            what = f"is longer than any opening hours of the clinic ({longest} minutes)"
            faults.append(Fault(path, what, f"{minutes} minutes", "widen the hours"))
    if faults:
        raise CourseError(*faults)


def _particular(phase: Phase) -> range:
    """Number the sessions that can differ in length: those with steps, and any other."""
    return range(len(phase.steps) + 1)
