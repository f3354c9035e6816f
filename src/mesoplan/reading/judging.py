"""One visit of the plan beside the copies of its entry that a calendar holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.facts import Cancelled, Moved
from mesoplan.plan.saying import count, say_day, say_moment
from mesoplan.reading.copy import Copy, Doubt, Time
from mesoplan.reading.reading import Proposal
from mesoplan.scheduling.visit import Finding, Visit

Said: TypeAlias = Iterator[Proposal | Finding]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where and when the calendar is looked at."""

    clinic: Clinic
    as_of: datetime


def judged(visit: Visit, copies: Sequence[Copy], desk: Desk) -> Said:
    """Say what the copies of a visit's entry, one or more, tell about it."""
    latest = max(map(_age, copies))
    newest = [copy for copy in copies if _age(copy) == latest]
    if any(copy.repeats for copy in copies):
        yield _finding(visit, "repeats", "was made a series, which no visit is; look at it")
    elif len({_told(copy) for copy in newest}) > 1:
        yield _finding(
            visit,
            "copies-differ",
            f"stands there {len(copies)} times, and the newest copies differ",
        )
    else:
        yield from _older(visit, copies)
        yield from _one(visit, newest[0], desk)


def is_stale(visit: Visit, copy: Copy) -> bool:
    """Whether a copy is older than the visit (RFC 5546, 2.1.5).

    Some programs drop SEQUENCE; such a copy is up to date where it agrees with the plan.
    """
    agrees = _is_at(visit, copy.start) and copy.called_off == (visit.status == "cancelled")
    return copy.sequence < visit.revision and (copy.numbered or not agrees)


def _age(copy: Copy) -> tuple[int, str]:
    return copy.sequence, copy.stamp


def _told(copy: Copy) -> tuple[object, ...]:
    return copy.start, copy.end, copy.called_off, copy.declined


def _older(visit: Visit, copies: Sequence[Copy]) -> Said:
    if visit.upcoming and len({copy.start for copy in copies}) > 1:
        said = (
            f"stands there {len(copies)} times, not all at the same hour; the newest copy was read"
        )
        yield _finding(visit, "duplicated", said)


def _one(visit: Visit, copy: Copy, desk: Desk) -> Said:
    if visit.status in {"attended", "missed"}:
        yield from _settled(visit, copy)
    elif is_stale(visit, copy):
        yield from _stale(visit, copy)
    elif visit.status == "cancelled":
        yield from _settled(visit, copy)
    else:
        yield from _upcoming(visit, copy, desk)


def _settled(visit: Visit, copy: Copy) -> Said:
    """What was recorded stands; a program that keeps no STATUS changes nothing."""
    moved = isinstance(copy.start, datetime) and not _is_at(visit, copy.start)
    if moved or (visit.status == "attended" and copy.called_off):
        said = f"was changed there, though it is recorded as {visit.status}; the record stays"
        yield _finding(visit, "already-settled", said)


def _stale(visit: Visit, copy: Copy) -> Said:
    if visit.status == "cancelled" and copy.called_off:
        return
    said = (
        f"is an older copy there (SEQUENCE {copy.sequence}, now {visit.revision}); the calendar has "
        "not taken over the newest plan"
    )
    yield _finding(visit, "stale-copy", said)


def _upcoming(visit: Visit, copy: Copy, desk: Desk) -> Said:
    if copy.called_off:
        reason = f"is cancelled in the calendar; it stands on {say_moment(visit.start)}"
        yield Proposal(how="cancelled", fact=Cancelled(visit=visit.key), reason=reason)
    elif copy.declined:
        reason = f"was declined; it stands on {say_moment(visit.start)}"
        yield Proposal(how="declined", fact=Cancelled(visit=visit.key), reason=reason)
    else:
        yield from _doubts(visit, copy)
        yield from _moved(visit, copy, desk)
        yield from _resized(visit, copy)


def _doubts(visit: Visit, copy: Copy) -> Said:
    doubt = next((time for time in (copy.start, copy.end) if isinstance(time, Doubt)), None)
    if doubt is not None:
        said = f"{doubt.message}; it is planned for {say_moment(visit.start)}"
        yield _finding(visit, doubt.code, said)


def _moved(visit: Visit, copy: Copy, desk: Desk) -> Said:
    if isinstance(copy.start, datetime):
        if not _is_at(visit, copy.start):
            yield from _to(visit, copy.start.astimezone(desk.clinic.zone), desk)
    elif isinstance(copy.start, date):
        yield from _all_day(visit, copy.start, desk)


def _all_day(visit: Visit, day: date, desk: Desk) -> Said:
    if day == visit.day:
        said = f"has no time there; {visit.start:%H:%M} is kept"
        yield _finding(visit, "no-time", said)
    else:
        minutes = visit.start.hour * 60 + visit.start.minute
        to = desk.clinic.at(day.toordinal(), minutes)
        yield from _to(visit, to, desk, "; the calendar names no time, so its own is kept")


def _to(visit: Visit, to: datetime, desk: Desk, more: str = "") -> Said:
    reason = f"moved from {say_moment(visit.start)} to {say_moment(to, near=visit.day)}{more}"
    if to <= desk.as_of:
        yield _finding(visit, "moved-into-the-past", f"was {reason}, which is over")
    else:
        yield Proposal(how="moved", fact=Moved(visit=visit.key, to=to), reason=reason)


def _resized(visit: Visit, copy: Copy) -> Said:
    planned = _minutes(visit.end.astimezone(UTC) - visit.start.astimezone(UTC))
    there = planned if copy.length is None else _minutes(copy.length)
    if there != planned:
        said = (
            f"lasts {count(there, 'minute')} there" if there > 0 else "ends before it begins there"
        )
        said = f"{said}, {count(planned, 'minute')} in the plan; the plan's length is kept"
        yield _finding(visit, "length-changed", said)


def missing(visit: Visit, *, others: int, undelivered: bool) -> Proposal | Finding:
    """Say of a visit still to come that the calendar, which holds `others`, does not hold it."""
    if undelivered:
        said = "is not there, but nothing else of that plan is either; the calendar is out of date"
        return _finding(visit, "not-delivered", said)
    reason = (
        f"is not in the calendar any more, where {count(others, 'other visit')} still "
        f"{'stands' if others == 1 else 'stand'}; it was planned for {say_day(visit.day)}; "
        "confirm that it was deleted"
    )
    return Proposal(how="removed", fact=Cancelled(visit=visit.key), reason=reason)


def _is_at(visit: Visit, time: Time) -> bool:
    return visit.start.astimezone(UTC).replace(microsecond=0) == time


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds()) // 60


def _finding(visit: Visit, code: str, said: str) -> Finding:
    return Finding(code=code, message=said, visit=visit.key)
