"""What a person should look at in a plan: each kind in a small function of its own (M6)."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from mesoplan.course.course import contradictions
from mesoplan.course.facts import counted_phases
from mesoplan.plan.finding_codes import FindingCode
from mesoplan.plan.intervals import Intervals, broken_gaps, counting, excluded, spots_of
from mesoplan.plan.visit import Finding, Visit
from mesoplan.protocol.visit_key import VisitKey
from mesoplan.scheduling.anchored import reached
from mesoplan.scheduling.days import Days
from mesoplan.scheduling.offers import offers
from mesoplan.scheduling.reviews import not_made_up, unasked, unreached
from mesoplan.scheduling.setting import Sessions, Setting
from mesoplan.values.english import count


def findings(visits: Sequence[Visit], setting: Setting, sessions: Sessions) -> Iterator[Finding]:
    """Yield everything that a person should look at, kind by kind."""
    live = [visit for visit in visits if not visit.lost and visit.place == "clinic"]
    for kind in _KINDS:
        yield from kind(live, setting)
    yield from _lost_too_soon(visits, setting)
    yield from _nobody_expected(visits, setting)
    yield from _not_made_up(visits, setting)
    yield from _given_up(setting, sessions)
    yield from offers(live, setting, sessions)
    yield from _unasked(setting, sessions)
    yield from _unreached(setting, sessions)
    yield from _no_shows(setting)
    yield from _begun_again(live, sessions)
    yield from _gaps(setting, sessions)
    yield from _untreated(live, setting, sessions)
    if not sessions.proved:
        yield Finding(code="not-proved", message=_NOT_PROVED)
    course = setting.history.course
    stood = (visit.key for visit in visits)
    for fault in contradictions(course, stood=stood) if course.facts else ():
        yield Finding(code="contradiction", message=str(fault))
    yield from setting.history.notes


_NOT_PROVED = "so many visits depend on each other that the best days were not searched to the end"


def _gates(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    """A review that must have taken place before the first session."""
    gates = {review.id for review in setting.history.course.protocol.reviews if review.gate}
    for visit in visits:
        if visit.review in gates and visit.status != "attended":
            message = f"{visit.name} is not recorded; it comes before the first session"
            yield Finding(code="gate-open", visit=visit.key, message=message)


def _outside(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    del setting
    for visit in visits:
        if visit.inside_window:
            continue
        first, last = visit.earliest or visit.target, visit.latest or visit.target
        late = visit.day > last
        days = (visit.day - last if late else first - visit.day).days
        said = f"{count(days, 'day')} {'after' if late else 'before'}"
        message = f"stands {said} its window ({first} to {last})"
        yield Finding(code="outside-window", visit=visit.key, message=message)


def _intervals(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    """Between sessions of one treatment, and of two that keep apart."""
    protocol = setting.history.course.protocol
    spots, intervals = list(spots_of(visits, protocol)), Intervals(protocol)
    if not intervals.may_be_broken(spots):
        return
    limits = intervals.limits(spots)
    for spot in spots:
        for limit in limits[spot.key].broken(spot.day):
            code: FindingCode = "spacing-too-short" if limit.spaced else "interval-too-short"
            yield Finding(code=code, visit=spot.key, message=f"stands {limit.broken_on(spot.day)}")
        last = limits[spot.key].last
        if last is not None and spot.day > last.day:
            message = f"stands more than {last.why}"
            yield Finding(code="interval-too-long", visit=spot.key, message=message)


def _gaps_within_days(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    """Sessions of one day that stand nearer or farther apart than is published."""
    for key, gap in broken_gaps(visits, setting.history.course.protocol).items():
        yield Finding(code=gap.code, visit=key, message=f"stands {gap.why}")


def _rushing(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    """Three or more gaps in a row that are shorter than the rhythm."""
    counted = counting(visits)
    for phase in setting.history.course.protocol.phases:
        own = [v for v in counted if v.phase == phase.id]
        row = 0
        for before, visit in pairwise(own):
            days = (visit.day - before.day).days
            row = row + 1 if 0 < days < phase.gap and visit.upcoming else 0
            if row == _ROW:
                message = f"{phase.id}: {_ROW} sessions in a row come sooner than the rhythm"
                yield Finding(code="rushing", visit=visit.key, message=message)


_ROW = 3


def _deadline(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    deadline = setting.history.course.protocol.deadline
    sessions = [visit for visit in visits if visit.kind == "session"]
    if deadline is None or not sessions:
        return
    last = deadline.after(min(visit.day for visit in sessions))
    for visit in sessions:
        if visit.day > last:
            message = f"stands after the end of the course, {deadline.words} from its first session"
            yield Finding(code="after-deadline", visit=visit.key, message=message)


def _crowded(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    most = setting.history.course.protocol.max_per_day
    if most is None:
        return
    days = Counter(visit.day for visit in visits if visit.kind == "session")
    for day, number in days.items():
        if number > most:
            message = f"{number} sessions on {day}; the protocol allows {most} a day"
            yield Finding(code="too-many-a-day", message=message)


def _full(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    del setting
    for visit in visits:
        for reason in visit.reasons:
            if reason.code == "day-full":
                yield Finding(code="day-full", visit=visit.key, message=str(reason))


def _overlapping(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    """Two visits at one time, because people fixed them so."""
    fixed = setting.history.fixed
    if not fixed:
        return
    ordered = sorted(visits, key=lambda visit: (visit.start, visit.key))
    phases = {phase.id: phase for phase in setting.history.course.protocol.phases}
    for before, visit in pairwise(ordered):
        chosen = before.key in fixed or visit.key in fixed
        both = phases.get(before.phase or ""), phases.get(visit.phase or "")
        if both[0] is not None and both[1] is not None and excluded(both[0], both[1]):
            continue
        if chosen and visit.start < before.end and visit.upcoming:
            message = f"stands at the time of {before.key}"
            yield Finding(code="overlap", visit=visit.key, message=message)


def _fixed(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    """What is against a time that a person chose; it stands all the same."""
    days, fixed = setting.days, setting.history.fixed
    for visit in visits if fixed else ():
        if visit.key not in fixed or not visit.upcoming:
            continue
        yield from _on_a_closed_day(visit, days)
        day = visit.day.toordinal()
        start = 60 * visit.start.hour + visit.start.minute
        inside = any(
            opens <= start and start + visit.minutes <= closes
            for opens, closes in days.clinic.spans(day)
        )
        if not inside and days.clinic.why_closed(day) is None:
            said = f"stands at {visit.start:%H:%M}, outside the opening hours"
            yield Finding(code="outside-hours", visit=visit.key, message=said)
        if visit.start <= setting.history.as_of:
            said = f"was moved to {visit.start:%Y-%m-%d %H:%M}, which has passed"
            yield Finding(code="moved-into-the-past", visit=visit.key, message=said)
        if visit.kind == "session" and visit.day < setting.begins.date():
            said = f"stands before the start of the course, {setting.begins.date()}"
            yield Finding(code="before-start", visit=visit.key, message=said)


def _on_a_closed_day(visit: Visit, days: Days) -> Iterator[Finding]:
    """Of each day that a visit reaches: that the clinic is closed, or the person away."""
    first, last = visit.day, (visit.end - timedelta(minutes=1)).date()
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        stands = "stands on" if day == first else "lasts into"
        why = days.why_not(ordinal, 0, treated=False)
        if why is not None and why.code == "closed":
            said = f"{stands} {day}, when the clinic is closed ({why.cause})"
            yield Finding(code="closed-day", visit=visit.key, message=said)
        elif why is not None and why.code == "away":
            said = f"{stands} {day}, when the person is away"
            yield Finding(code="away-day", visit=visit.key, message=said)


def _recorded(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    """What has passed without a record, and what is recorded before its time."""
    as_of = setting.history.as_of
    for visit in visits:
        if visit.key not in setting.history.recorded and visit.has_passed(as_of):
            if setting.published:
                message = f"stood on {visit.day}; nothing is recorded of it yet"
                yield Finding(code="unrecorded", visit=visit.key, message=message)
        elif visit.status == "attended" and visit.start > as_of:
            message = f"is recorded as attended, and its time is {visit.start:%Y-%m-%d %H:%M}"
            yield Finding(code="not-yet", visit=visit.key, message=message)


def _lost_too_soon(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    """Visits that are recorded as missed before their time; a visit is called off beforehand."""
    for visit in visits:
        if visit.status == "missed" and visit.start > setting.history.as_of:
            message = f"is recorded as missed, and its time is {visit.start:%Y-%m-%d %H:%M}"
            yield Finding(code="not-yet", visit=visit.key, message=message)


def _ruled_out(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    """Visits that took place although the course was stopped or on hold, or their phase ended."""
    holds = setting.history.circumstances.holds
    for visit in visits:
        if visit.status != "attended":
            continue
        day = visit.day.toordinal()
        if setting.history.is_over(day, visit.phase):
            yield _after_the_end(visit, f"took place on {visit.day}", setting)
        elif visit.kind == "session" and any(
            hold.first < day and hold.covers(day) for hold in holds
        ):
            message = f"took place on {visit.day}, in a medical hold"
            yield Finding(code="in-hold", visit=visit.key, message=message)


def _nobody_expected(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    """Visits that are recorded as missed although nobody was to come: the course or phase was over."""
    for visit in visits:
        day = visit.day.toordinal()
        if visit.status == "missed" and setting.history.is_over(day, visit.phase):
            said = f"is recorded as missed on {visit.day}"
            yield _after_the_end(visit, said, setting)


def _after_the_end(visit: Visit, said: str, setting: Setting) -> Finding:
    """Return that something is recorded of a visit after the end of the course, or of its phase."""
    stopped = setting.history.circumstances.stopped
    if stopped is not None and visit.day.toordinal() >= stopped:
        message = f"{said}, after the course was stopped"
        return Finding(code="after-stop", visit=visit.key, message=message)
    return Finding(
        code="after-end", visit=visit.key, message=f"{said}, after {visit.phase} was ended"
    )


_KINDS: tuple[Callable[[Sequence[Visit], Setting], Iterator[Finding]], ...] = (
    _gates,
    _outside,
    _intervals,
    _gaps_within_days,
    _rushing,
    _deadline,
    _crowded,
    _full,
    _overlapping,
    _fixed,
    _recorded,
    _ruled_out,
)


def _not_made_up(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    """Sessions that were lost in a span, where the protocol does not say that they are given up."""
    protocol, history = setting.history.course.protocol, setting.history
    silent = {p.id for p in protocol.phases if p.until is not None and p.if_missed is None}
    for visit in visits:
        key = VisitKey.read(visit.key, silent) if visit.key in history.recorded else None
        if key is None or not visit.lost:
            continue
        if key.number in history.standing(key.name).given_up:
            said = f"was lost, and {key.name} lasts a span: it is given up"
            message = f"{said}{_remedy(visit.key, key.name, setting)}"
            yield Finding(code="given-up", visit=visit.key, message=message)


def _remedy(key: str, phase: str, setting: Setting) -> str:
    """Say what can be recorded: what is recorded as lost is moved only once that is taken back."""
    history = setting.history
    kept = ["Corrected of its record, then Moved, to keep it"] if key in history.recorded else []
    counted = phase in counted_phases(history.course.protocol)
    named = [*kept, *(["Extended for one more"] if counted else [])]
    return f"; record {', or '.join(named)}" if named else ""


def _given_up(setting: Setting, sessions: Sessions) -> Iterator[Finding]:
    """Sessions for which no place is left; what was ended or stopped early needs none."""
    if setting.history.circumstances.stopped is not None:
        return
    for phase, outlook in sessions.outlooks.items():
        if setting.history.standing(phase).ended is not None:
            continue
        for key in sorted(outlook.given_up):
            remedy = _remedy(key, phase, setting)
            message = f"finds no place in {phase} and is given up{remedy}"
            yield Finding(code="given-up", visit=key, message=message)


def _unasked(setting: Setting, sessions: Sessions) -> Iterator[Finding]:
    """Visits that stand although nothing asks for them any more, because a person fixed them."""
    keys = [key for outlook in sessions.outlooks.values() for key in outlook.unasked]
    for key in (*keys, *(visit.key for visit in unasked(setting, sessions))):
        message = "is no longer asked for; it stands, because its time was chosen"
        yield Finding(code="not-asked", visit=key, message=message)


def _unreached(setting: Setting, sessions: Sessions) -> Iterator[Finding]:
    """Reviews that have nothing to count from, e.g. session 20 of a course of 16."""
    if setting.history.circumstances.stopped is not None:
        return
    for review in unreached(setting, sessions):
        message = f"{review.name} counts from {review.at.point}, which the course has not"
        yield Finding(code="not-reached", message=message)
    for visit in not_made_up(setting, sessions):
        message = "is not made up: the course has no longer what it counts from"
        yield Finding(code="not-reached", visit=visit.key, message=message)


def _untreated(visits: Sequence[Visit], setting: Setting, sessions: Sessions) -> Iterator[Finding]:
    """What looks at a result before treatment has gone on after a hold; it may count treated time."""
    protocol = setting.history.course.protocol
    found = [
        *((v.key, v.name, v.day) for v in visits if v.review and v.status != "attended"),
        *(
            (None, milestone.title, moment.date())
            for milestone in protocol.milestones
            for moment in reached(milestone.at, setting, sessions, counts=milestone.counts)[:1]
        ),
    ]
    for hold in setting.history.circumstances.holds:
        if hold.resumed is None:
            continue
        later = (m.date() for m in sessions.stand(None) if m.toordinal() >= hold.resumed)
        first, goes_on = date.fromordinal(hold.first), next(later, date.max)
        for key, name, day in found:
            if first <= day < goes_on:
                message = (
                    f"{name} falls on {day}: on hold from {first}, and treated again from {goes_on}"
                )
                yield Finding(code="untreated", visit=key, message=message)


def _no_shows(setting: Setting) -> Iterator[Finding]:
    """The course that too many no-shows in a row have stopped."""
    for phase, standing in setting.history.standings.items():
        if standing.stops is not None:
            said = f"after {count(standing.stops.in_a_row, 'no-show')} in a row of {phase}"
            message = f"the course is stopped from {standing.stops.since} on, {said}"
            yield Finding(code="no-shows", message=message)


def _begun_again(visits: Sequence[Visit], sessions: Sessions) -> Iterator[Finding]:
    """Sessions to come with which a phase begins again, as so long a gap lies before them (M4)."""
    begun = {laid.begins or laid.renewed for laid in sessions.laid}
    for visit in visits:
        if visit.upcoming and visit.key in begun:
            message = f"{visit.phase} begins again with it, because the gap before it is so long"
            yield Finding(code="begins-again", visit=visit.key, message=message)


def _gaps(setting: Setting, sessions: Sessions) -> Iterator[Finding]:
    """Gaps that were set at the last session of a phase, and are not what follows it (M3)."""
    phases = setting.history.course.protocol.phases
    for phase, following in zip(phases, (*phases[1:], None), strict=True):
        gap, last = setting.history.gaps.get(phase.id), setting.history.standing(phase.id).last
        if gap is None or last is None:
            continue
        ends = not any(session.phase.id == phase.id for session in sessions.coming)
        least = following.minimum if ends and following is not None else phase.minimum
        said = f"{phase.id}: the gap of {gap.words} that was set at its last session"
        if ends and following is not None and following.starts is not None:
            message = f"{said} is not used: {following.id} counts from {following.starts.point}"
            yield Finding(code="gap-not-kept", message=message)
        elif gap.after(last) < least.after(last):
            message = f"{said} is below the minimum, and {least.words} is taken"
            yield Finding(code="gap-not-kept", message=message)


def start_moved(start: datetime, begins: datetime, why: str, key: str) -> Finding:
    """Return that a course begins on another day than its start."""
    message = f"the start {start.date()} is {why}; the course begins on {begins.date()}"
    return Finding(code="start-moved", visit=key, message=message)
