"""What the copies of a visit's entry, held beside the plan, suggest: proposals and findings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar, Literal, TypeAlias

from mesoplan.calendar.incoming.copy import Copy, Doubt, When
from mesoplan.clinic.clinic import Clinic
from mesoplan.course.facts import Cancelled, Moved
from mesoplan.plan.finding_codes import FindingCode
from mesoplan.plan.visit import Finding, Visit
from mesoplan.values.base import Model
from mesoplan.values.english import count, say_day, say_moment
from mesoplan.values.errors import CalendarError
from mesoplan.values.kinds import Text

_ON_HOLD = "it is on hold, and gets a new day when the hold ends"


class Proposal(Model):
    """A fact that a calendar suggests, with the reason, for a person to confirm.

    `moved`, `cancelled` and `declined` are what somebody did to the entry. `removed` is a guess: the
    entry is not there any more while others of the plan are.
    """

    refusal: ClassVar[type[CalendarError]] = CalendarError

    how: Literal["moved", "cancelled", "declined", "removed"]
    """What became of the entry in the calendar."""
    fact: Moved | Cancelled
    """What to record once a person has confirmed it."""
    reason: Text
    """Why, in words."""
    cautions: tuple[Text, ...] = ()
    """What the plan would find once it is recorded: clinic closed, person away, too close to another."""

    def __str__(self) -> str:
        """Say it on one line."""
        return "; ".join((f"{self.fact.visit}: {self.reason}", *self.cautions))


Judged: TypeAlias = Iterator[Proposal | Finding]


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Where and when the calendar is looked at."""

    clinic: Clinic
    as_of: datetime


def judged(visit: Visit, copies: Sequence[Copy], view: Viewpoint) -> Judged:
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
        yield from _one(visit, newest[0], view)


def is_stale(visit: Visit, copy: Copy) -> bool:
    """Say whether a copy is older than the visit (RFC 5546, 2.1.5).

    Some programs drop SEQUENCE; such a copy is up to date where it agrees with the plan.
    """
    agrees = _is_at(visit, copy.start) and copy.called_off == (visit.status == "cancelled")
    return copy.sequence < visit.revision and (copy.numbered or not agrees)


def _age(copy: Copy) -> tuple[int, str]:
    return copy.sequence, copy.stamp


def _told(copy: Copy) -> tuple[object, ...]:
    return copy.start, copy.end, copy.called_off, copy.declined


def _older(visit: Visit, copies: Sequence[Copy]) -> Judged:
    if visit.upcoming and len({copy.start for copy in copies}) > 1:
        said = (
            f"stands there {len(copies)} times, not all at the same hour; the newest copy was read"
        )
        yield _finding(visit, "duplicated", said)


def _one(visit: Visit, copy: Copy, view: Viewpoint) -> Judged:
    if visit.status in {"attended", "missed"}:
        yield from _settled(visit, copy)
    elif is_stale(visit, copy):
        yield from _stale(visit, copy)
    elif visit.status == "cancelled":
        yield from _settled(visit, copy)
    elif visit.status == "on_hold":
        yield from _held(visit, copy)
    else:
        yield from _upcoming(visit, copy, view)


def _settled(visit: Visit, copy: Copy) -> Judged:
    """Find changes to what is recorded already; a program that drops STATUS has changed nothing."""
    moved = isinstance(copy.start, datetime) and not _is_at(visit, copy.start)
    if moved or (visit.status == "attended" and copy.called_off):
        said = f"was changed there, though it is recorded as {visit.status}; the record stays"
        yield _finding(visit, "already-settled", said)


def _stale(visit: Visit, copy: Copy) -> Judged:
    if visit.status == "cancelled" and copy.called_off:
        return
    said = (
        f"is an older copy there (SEQUENCE {copy.sequence}, now {visit.revision}); the calendar has "
        "not taken over the newest plan"
    )
    yield _finding(visit, "stale-copy", said)


def _held(visit: Visit, copy: Copy) -> Judged:
    """Nothing is proposed while a hold is open; when it ends, the visit gets a new day anyway."""
    yield from _doubts(visit, copy)
    if copy.called_off or copy.declined:
        yield _finding(visit, "on-hold", f"was called off there, but {_ON_HOLD}")
    elif isinstance(copy.start, date) and not _stands(visit, copy.start):
        yield _finding(visit, "on-hold", f"was moved there, but {_ON_HOLD}")


def _stands(visit: Visit, time: date) -> bool:
    """Say whether the visit stands at this moment, or on this day if no time is given."""
    return _is_at(visit, time) if isinstance(time, datetime) else visit.day == time


def _upcoming(visit: Visit, copy: Copy, view: Viewpoint) -> Judged:
    if copy.called_off:
        reason = f"is cancelled in the calendar; it stands on {say_moment(visit.start)}"
        yield Proposal(how="cancelled", fact=Cancelled(visit=visit.key), reason=reason)
    elif copy.declined:
        reason = f"was declined; it stands on {say_moment(visit.start)}"
        yield Proposal(how="declined", fact=Cancelled(visit=visit.key), reason=reason)
    else:
        yield from _doubts(visit, copy)
        yield from _moved(visit, copy, view)
        yield from _resized(visit, copy)


def _doubts(visit: Visit, copy: Copy) -> Judged:
    doubt = next((time for time in (copy.start, copy.end) if isinstance(time, Doubt)), None)
    if doubt is not None:
        said = f"{doubt.message}; it is planned for {say_moment(visit.start)}"
        yield _finding(visit, doubt.code, said)


def _moved(visit: Visit, copy: Copy, view: Viewpoint) -> Judged:
    if isinstance(copy.start, datetime):
        if not _is_at(visit, copy.start):
            yield from _to(visit, copy.start.astimezone(view.clinic.zone), view)
    elif isinstance(copy.start, date):
        yield from _all_day(visit, copy.start, view)


def _all_day(visit: Visit, day: date, view: Viewpoint) -> Judged:
    if day == visit.day:
        said = f"has no time there; {visit.start:%H:%M} is kept"
        yield _finding(visit, "no-time", said)
    else:
        minutes = visit.start.hour * 60 + visit.start.minute
        to = view.clinic.at(day.toordinal(), minutes)
        yield from _to(visit, to, view, "; the calendar names no time, so its own is kept")


def _to(visit: Visit, to: datetime, view: Viewpoint, more: str = "") -> Judged:
    reason = f"moved from {say_moment(visit.start)} to {say_moment(to, near=visit.day)}{more}"
    if to <= view.as_of:
        yield _finding(visit, "moved-into-the-past", f"was {reason}, which is over")
    else:
        yield Proposal(how="moved", fact=Moved(visit=visit.key, to=to), reason=reason)


def _resized(visit: Visit, copy: Copy) -> Judged:
    planned = visit.minutes
    there = planned if copy.length is None else _minutes(copy.length)
    if there != planned:
        said = (
            f"lasts {count(there, 'minute')} there" if there > 0 else "ends before it begins there"
        )
        said = f"{said}, {count(planned, 'minute')} in the plan; the plan's length is kept"
        yield _finding(visit, "length-changed", said)


def missing(visit: Visit, *, others: int, undelivered: bool) -> Proposal | Finding:
    """Say that a visit to come is not in the calendar, which holds `others` other visits."""
    if undelivered:
        said = "is not there, but nothing else of that plan is either; the calendar is out of date"
        return _finding(visit, "not-delivered", said)
    if visit.status == "on_hold":
        return _finding(visit, "on-hold", f"is not in the calendar any more, but {_ON_HOLD}")
    reason = (
        f"is not in the calendar any more, where {count(others, 'other visit')} still "
        f"{'stands' if others == 1 else 'stand'}; it was planned for {say_day(visit.day)}; "
        "confirm that it was deleted"
    )
    return Proposal(how="removed", fact=Cancelled(visit=visit.key), reason=reason)


def _is_at(visit: Visit, time: When) -> bool:
    return visit.start.astimezone(UTC).replace(microsecond=0) == time


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds()) // 60


def _finding(visit: Visit, code: FindingCode, said: str) -> Finding:
    return Finding(code=code, message=said, visit=visit.key)
