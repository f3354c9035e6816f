"""What could stand better by now than where it was announced: offered, and not taken (M8)."""

from collections.abc import Iterator, Sequence
from datetime import date

from mesoplan.plan.intervals import Intervals, spots_of
from mesoplan.plan.visit import Finding, Visit
from mesoplan.scheduling.room import fit
from mesoplan.scheduling.setting import Session, Sessions, Setting
from mesoplan.scheduling.stops import Settled


def offers(visits: Sequence[Visit], setting: Setting, sessions: Sessions) -> Iterator[Finding]:
    """Yield what could stand better by now, of the visits that take place at the clinic."""
    yield from _better(visits, setting)
    yield from _unwished(visits, setting, sessions)


def _better(visits: Sequence[Visit], setting: Setting) -> Iterator[Finding]:
    """Visits that stay where they were announced, though their target is possible by now (M8)."""
    for visit in visits:
        stays = any(reason.code == "announced" for reason in visit.reasons)
        if stays and visit.upcoming and visit.start > setting.history.as_of:
            message = (
                f"stays on {visit.day}, as announced; its target {visit.target} is possible now "
                "(record Moved to take it)"
            )
            yield Finding(code="better-day", visit=visit.key, message=message)


def _unwished(visits: Sequence[Visit], setting: Setting, sessions: Sessions) -> Iterator[Finding]:
    """Sessions that stay as announced, though a preferred weekday or time is possible by now (M8)."""
    found = {visit.key: visit for visit in visits if visit.start > setting.history.as_of}
    free = [s for s in sessions.coming if s.fixed is None and s.key in found]
    for session in free:
        out = setting.out(session.key)
        if out is None or out.day.toordinal() != session.day:
            continue
        better = _preferred_time(session, found[session.key], visits, setting)
        day = _preferred_day(session, visits, setting)
        if day is not None:
            better = f"{date.fromordinal(day):%a %Y-%m-%d}"
        if better is not None:
            start = f"{found[session.key].start:%a %Y-%m-%d %H:%M}"
            message = f"stays on {start}, as announced; {better} is preferred, and possible now"
            yield Finding(code="unwished", visit=session.key, message=message)


def _preferred_day(session: Session, visits: Sequence[Visit], setting: Setting) -> int | None:
    """Return a preferred weekday in the window of a session that stands alone on another one."""
    like, phase = setting.history.wishes.like, session.phase
    counted = phase.max_interval is not None or phase.is_chain or phase.several_a_day
    if like(session.day) or session.waits or counted or session.day == setting.begins.toordinal():
        return None
    if session.last is not None and session.day > session.last:
        return None  # it stands outside its window, behind others that may stand in it
    protocol = setting.history.course.protocol
    settled = Settled(Intervals(protocol))
    fixed = setting.history.fixed
    for spot in spots_of([visit for visit in visits if visit.key != session.key], protocol):
        settled.add(spot._replace(target=spot.day) if spot.key in fixed else spot)
    begins, soonest = setting.begins.toordinal(), setting.soonest
    first = max(session.first or session.day, soonest, begins, session.target.not_before)
    for day in range(first, (session.last or session.day) + 1):
        possible = like(day) and setting.days.treatable(day, session.minutes)
        if possible and settled.keeps(session.spot._replace(day=day)):
            return day
    return None


def _preferred_time(
    session: Session, visit: Visit, visits: Sequence[Visit], setting: Setting
) -> str | None:
    """Return the preferred time of a session that stands alone at another one of its day."""
    start = 60 * visit.start.hour + visit.start.minute
    if start == session.wished or session.waits or session.phase.several_a_day:
        return None
    others = [each for each in visits if each.day == visit.day and each.key != visit.key]
    spans = setting.days.clinic.spans(session.day)
    taken = [(60 * v.start.hour + v.start.minute, v.minutes) for v in others]
    stretches = [(begun, begun + minutes) for begun, minutes in taken]
    if fit(spans, session.wished, session.minutes, stretches) != session.wished:
        return None
    return f"{session.wished // 60:02}:{session.wished % 60:02}"
