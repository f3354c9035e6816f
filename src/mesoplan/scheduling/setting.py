"""What the future of a course is laid in, and the sessions that are still to come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from mesoplan.plan.entries import Laid
from mesoplan.plan.intervals import Spot
from mesoplan.plan.visit import Visit
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.phase import Phase
from mesoplan.scheduling.days import Days
from mesoplan.scheduling.history import History
from mesoplan.scheduling.targets import Outlook, Target, minutes_of_session
from mesoplan.values.period import Window


class Session(NamedTuple):
    """A session that is still to come, on its day. Days are ordinals, moments naive local time."""

    target: Target
    day: int
    target_day: int
    """The day that the protocol asks for, counted in a chain from where the session before stands."""
    first: int | None = None
    last: int | None = None
    fixed: datetime | None = None
    """The aware time that the person chose."""
    announced: Visit | None = None
    """How it stands in the plan that is out, where it keeps its day."""
    waits: bool = False
    """Whether a medical hold is open, so that it waits where it stands."""

    @property
    def key(self) -> str:
        """The key of its visit."""
        return self.target.key

    @property
    def phase(self) -> Phase:
        """Its phase."""
        return self.target.phase

    @property
    def minutes(self) -> int:
        """How long the person stays."""
        return minutes_of_session(self.phase, self.target.step)

    @property
    def wished(self) -> int:
        """The preferred time of day, in minutes after midnight."""
        return 60 * self.target.moment.hour + self.target.moment.minute

    @property
    def spot(self) -> Spot:
        """Where it stands among the sessions of its treatment; a day that a person chose is asked for."""
        asked = self.target_day if self.fixed is None else self.day
        return Spot(self.key, self.phase, asked, self.day, self.target.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the future of a course is laid in."""

    history: History
    days: Days
    published: Mapping[str, Visit]
    """The visits that are out; none in a first plan."""
    laid: Mapping[str, Laid]
    """Where the plan that is out laid its rhythms from."""
    begins: datetime
    """The course's first day at the preferred time, naive local time."""
    horizon: datetime
    changed: frozenset[str] = frozenset()
    """The phases whose rhythm the protocol has changed since the plan that is out."""
    proved: bool = True
    """Whether the days of the plan that is out were proved to be the best."""

    @property
    def soonest(self) -> int:
        """The first day on which something new can be planned once a plan is out; else any."""
        return self.history.now + 1 if self.published else 1

    def goes_on(self, phase: Phase) -> bool:
        """Whether a phase was not ended, and if it is one as needed, has begun."""
        standing = self.history.standing(phase.id)
        return standing.ended is None and (standing.opened is not None or not phase.as_needed)

    def moment(self, day: date) -> datetime:
        """Return the preferred time on a day."""
        return datetime.combine(day, self.begins.time())

    def stands(self, key: str, at: datetime) -> bool:
        """Whether a time that a person chose holds: a stop, a hold and the end of its phase rule it out."""
        visit = self.history.shown.visits[key]
        held = any(
            hold.resumed is not None and hold.covers(at.toordinal())
            for hold in self.history.circumstances.holds
        )
        if held or self.history.is_over(at.toordinal(), visit.phase):
            return False
        return not (visit.lost or visit.status == "attended")

    def kept(self, key: str) -> Visit | None:
        """Return the visit as it is out, unless new preferences have released it, or None (M7)."""
        visit, released = self.out(key), self.history.released
        if visit is None or released is None or visit.day.toordinal() < released:
            return visit
        hold = self.history.circumstances.open_hold
        waits = hold is not None and hold.covers(visit.day.toordinal())
        return visit if waits else None

    def has_passed_here(self, visit: Visit) -> bool:
        """Whether its wall time has passed by now, where the clinic's zone is another one."""
        start = visit.start.replace(tzinfo=self.days.clinic.zone)
        return start <= self.history.as_of < visit.start

    def out(self, key: str) -> Visit | None:
        """Return the visit as it is out and still to take place, or None."""
        visit = self.published.get(key)
        is_open = visit is not None and (visit.upcoming or visit.status == "on_hold")
        return visit if is_open and key not in self.history.recorded else None


@dataclass(frozen=True)
class Sessions:
    """The sessions of a course: where those to come stand, and what follows for the phases."""

    coming: tuple[Session, ...]
    past: tuple[Visit, ...]
    """Those that took place, and those whose time has passed without a record."""
    outlooks: Mapping[str, Outlook]
    laid: tuple[Laid, ...]
    late: Mapping[str, tuple[Target, ...]]
    """The sessions of each phase that lie before the day on which the person joins."""
    proved: bool
    counted: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    """Number and count of the sessions that have passed without a record."""

    def stand(self, phase: str | None, since: date = date.min) -> list[datetime]:
        """Return when the sessions of a phase, or of the course, stand from a day on; local, in order."""
        return [moment for moment in self._stand.get(phase, ()) if moment.date() >= since]

    @cached_property
    def _stand(self) -> dict[str | None, list[datetime]]:
        """When the sessions of each phase stand; those of the course under None."""
        found: dict[str | None, list[datetime]] = {None: []}
        for visit in self.past:
            moment = visit.start.replace(tzinfo=None)
            for name in {None, visit.phase}:
                found.setdefault(name, []).append(moment)
        for session in self.coming:
            moment = moment_of(session)
            found[None].append(moment)
            found.setdefault(session.phase.id, []).append(moment)
        for moments in found.values():
            moments.sort()
        return found


def moment_of(session: Session) -> datetime:
    """Return when a session stands, naive local time; its own time of day is still open."""
    if session.fixed is not None:
        return session.fixed.replace(tzinfo=None)
    day = date.fromordinal(session.day)
    return datetime.combine(day, session.target.moment.time())


def moments_of(
    anchor: Anchor, setting: Setting, sessions: Sessions, since: date = date.min
) -> list[datetime]:
    """Return what an anchor counts from: one moment, several for each session, none where unknown.

    It counts from where a session stands, the first of a run that began on the day `since`; the time of
    day matters only to an offset in hours.
    """
    moments = anchored_at(anchor, setting, sessions, since)
    if anchor.offset.minutes:
        return moments
    return [setting.moment(moment.date()) for moment in moments]


def anchored_at(
    anchor: Anchor, setting: Setting, sessions: Sessions, since: date = date.min
) -> list[datetime]:
    """Return where the sessions stand that an anchor counts from, each at its time of day."""
    if anchor.kind == "start":
        return [_first_session(setting, sessions)]
    if anchor.name is not None:
        return [setting.moment(setting.history.course.dates[anchor.name])]
    moments = sessions.stand(anchor.phase, since)
    if anchor.kind == "each":
        return moments[anchor.number - 1 :: anchor.number]
    index = anchor.number - 1 if anchor.number > 0 else -1
    return moments[index : index + 1 or None]


def _first_session(setting: Setting, sessions: Sessions) -> datetime:
    """Return the day on which the course's first session stands."""
    begins = setting.begins.date()
    past = [visit.day for visit in sessions.past if visit.target == begins]
    coming = (s.day for s in sessions.coming if s.target_day == begins.toordinal())
    days = past or [date.fromordinal(day) for day in coming]
    return setting.moment(min(days)) if days else setting.begins


def days_of(window: Window | None, day: int) -> tuple[int | None, int | None]:
    """Return the first and last day of a window around a day."""
    return (None, None) if window is None else window.days(day)
