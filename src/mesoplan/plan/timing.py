"""When the next session may, should and has to take place, and whether a past one came rightly.

Both follow the immunization rules of CDSi, the CDC's Clinical Decision Support for Immunization (its
Logic Specification): the dates of a forecast, and the evaluation of a dose against its intervals
with a grace period.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar, Literal

from mesoplan.course.course import Course
from mesoplan.course.facts import Extended
from mesoplan.plan.intervals import BrokenGap, Intervals, Limits, broken_gaps, counting, spots_of
from mesoplan.plan.visit import Visit
from mesoplan.protocol.protocol import Protocol
from mesoplan.values.base import Model
from mesoplan.values.english import count, off_target, say_day, say_moment
from mesoplan.values.errors import PlanError
from mesoplan.values.given import given_aware
from mesoplan.values.kinds import Day, Instant, Line, Text

_DAY = timedelta(days=1)


class NextSession(Model):
    """The five dates of the next session, as CDSi's forecast has them; days of the clinic.

    A date that the protocol does not define is None.
    """

    refusal: ClassVar[type[PlanError]] = PlanError

    key: Line
    """The visit's key."""
    title: Line
    """What the visit is called, with its number."""
    earliest: Day | None = None
    """The first day on which it is valid: every minimum interval has passed, the window is open."""
    recommended: Day
    """Its target, or the earliest day where that is later."""
    past_due: Day | None = None
    """The first day on which it is late: the window is over, or the latest day has passed."""
    latest: Day | None = None
    """The last day that the maximum interval and the course's deadline leave."""
    booked: Instant
    """When the visit is planned."""

    def __str__(self) -> str:
        """Say it in one sentence."""
        return f"{self.title} ({self.key}): {', '.join(self._dates())}"

    def _dates(self) -> Iterator[str]:
        named = {
            "earliest": self.earliest,
            "recommended": self.recommended,
            "past due from": self.past_due,
            "latest": self.latest,
        }
        yield from (f"{name} {say_day(day)}" for name, day in named.items() if day is not None)
        yield f"booked {say_moment(self.booked)}"


def next_session(course: Course, visits: Sequence[Visit], after: datetime) -> NextSession | None:
    """Return the dates of the first session at the clinic that is still to come after a moment.

    None where no session is planned. Raises PlanError for a moment without a time zone.
    """
    given_aware(after=after)
    sessions = counting(visits)
    visit = next((each for each in sessions if each.upcoming and each.start > after), None)
    return None if visit is None else _five_dates(visit, sessions, course.protocol)


def _five_dates(visit: Visit, sessions: Sequence[Visit], protocol: Protocol) -> NextSession:
    found = _limits(sessions, protocol).get(visit.key, Limits())
    days = [date.fromordinal(limit.day) for limit in found.first]
    earliest = max(filter(None, [*days, visit.earliest]), default=None)
    deadline = protocol.deadline
    end = None if deadline is None else deadline.after(sessions[0].day)
    latest = min(
        filter(None, [date.fromordinal(found.last.day) if found.last else None, end]), default=None
    )
    late = min(filter(None, [visit.latest, latest]), default=None)
    return NextSession(
        key=visit.key,
        title=visit.title,
        earliest=earliest,
        recommended=max(filter(None, [visit.target, earliest])),
        past_due=None if late is None else late + _DAY,
        latest=latest,
        booked=visit.start,
    )


def _limits(visits: Sequence[Visit], protocol: Protocol) -> dict[str, Limits]:
    return Intervals(protocol).limits(list(spots_of(visits, protocol)))


VerdictKind = Literal["valid", "valid by grace", "too soon", "too late", "extra"]


class Verdict(Model):
    """Whether a session that took place came rightly, and why. It judges timing, nothing else."""

    refusal: ClassVar[type[PlanError]] = PlanError

    key: Line
    """The visit's key."""
    title: Line
    """What the visit is called, with its number."""
    day: Day
    """The day on which it took place."""
    kind: VerdictKind
    """Whether it is valid, and if not, what is wrong."""
    reason: Text
    """Why, in words."""

    def __str__(self) -> str:
        """Say it in one sentence."""
        return f"{self.title} ({self.key}) on {say_day(self.day)} is {self.kind}: {self.reason}"


def verdicts(course: Course, visits: Sequence[Visit]) -> tuple[Verdict, ...]:
    """Judge every session that took place at the clinic, in time order.

    Intervals count from the session before that took place. Too soon is below a minimum interval by
    more than the phase's grace, or before the window; too late is above the maximum interval or after
    the window; extra is a session that the protocol does not ask for.
    """
    took_place = [visit for visit in counting(visits) if visit.status == "attended"]
    found = _limits(took_place, course.protocol)
    gaps = broken_gaps(took_place, course.protocol)
    return tuple(
        Verdict(key=visit.key, title=visit.title, day=visit.day, kind=kind, reason=reason)
        for visit in took_place
        for kind, reason in [
            _judge(visit, found.get(visit.key, Limits()), gaps.get(visit.key), course)
        ]
    )


Said = tuple[VerdictKind, str]


def _judge(visit: Visit, asked: Limits, gap: BrokenGap | None, course: Course) -> Said:
    return (
        _extra(visit, course)
        or _too_soon(visit, asked)
        or (None if gap is None else (_VERDICTS[gap.code], gap.why))
        or _too_late(visit, asked)
        or _by_grace(visit, asked)
        or ("valid", _valid(visit))
    )


_VERDICTS: Mapping[str, VerdictKind] = {
    "interval-too-short": "too soon",
    "interval-too-long": "too late",
}
"""Of a gap within a day, which no grace judges."""


def _extra(visit: Visit, course: Course) -> Said | None:
    phases = (each for each in course.protocol.phases if each.id == visit.phase)
    phase = next(phases, None)
    if phase is None:
        return "extra", f"the protocol has no phase {visit.phase}"
    if phase.sessions is None or visit.number is None:
        return None
    asked = phase.sessions + _agreed(phase.id, course)
    return ("extra", f"{phase.id} has {count(asked, 'session')}") if visit.number > asked else None


def _agreed(phase: str, course: Course) -> int:
    """Count the sessions that were added to a phase."""
    added = (fact for fact in course.kept_facts if isinstance(fact, Extended))
    return sum(fact.sessions for fact in added if fact.phase_in(course.protocol) == phase)


def _too_soon(visit: Visit, asked: Limits) -> Said | None:
    broken = next((low for low in asked.first if visit.day.toordinal() < low.absolute), None)
    if broken is not None:
        return "too soon", broken.broken_on(visit.day.toordinal())
    if visit.earliest is not None and visit.day < visit.earliest:
        return "too soon", f"{count((visit.earliest - visit.day).days, 'day')} before its window"
    return None


def _too_late(visit: Visit, asked: Limits) -> Said | None:
    if asked.last is not None and visit.day.toordinal() > asked.last.day:
        return "too late", f"more than {asked.last.why}"
    if visit.latest is not None and visit.day > visit.latest:
        return "too late", f"{count((visit.day - visit.latest).days, 'day')} after its window"
    return None


def _by_grace(visit: Visit, asked: Limits) -> Said | None:
    low = next(asked.broken(visit.day.toordinal()), None)
    return (
        None
        if low is None
        else ("valid by grace", f"{low.broken_on(visit.day.toordinal())}, within the grace")
    )


def _valid(visit: Visit) -> str:
    window = "" if visit.latest is None or visit.day == visit.target else ", inside its window"
    return f"{off_target((visit.day - visit.target).days)}{window}"
