"""Other times for a visit, best first, each with what it would cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.course.facts import Moved
from mesoplan.ground.base import Model
from mesoplan.ground.errors import Fault, PlanError
from mesoplan.ground.kinds import Instant, Line, Text
from mesoplan.ground.period import Period
from mesoplan.plan.change import Change, changes
from mesoplan.plan.intervals import counting, limits
from mesoplan.plan.saying import listed, off_target, say_moment
from mesoplan.protocol.protocol import Protocol
from mesoplan.scheduling import ledger as log
from mesoplan.scheduling.arrange import arrange
from mesoplan.scheduling.booking import Desk
from mesoplan.scheduling.times import fit
from mesoplan.scheduling.visit import Visit

_FARTHEST = 31


class Alternative(Model):
    """Another time for a visit, and what moving it there would cause.

    Printed it is a sentence: "Fri 15 Jan 2027 09:30 is 1 day late".
    """

    refusal: ClassVar[type[PlanError]] = PlanError

    key: Line
    start: Instant
    days: int
    """Days after its target; negative before it."""
    inside_window: bool
    pushes: tuple[Change, ...] = ()
    """Other visits that would move."""
    warnings: tuple[Text, ...] = ()
    """Maximum intervals that would be exceeded."""

    @property
    def fact(self) -> Moved:
        """The fact to record when the person takes it."""
        return Moved(visit=self.key, to=self.start)

    def __str__(self) -> str:
        """Say it in one sentence."""
        said = f"{say_moment(self.start)} is {off_target(self.days)}"
        if not self.inside_window:
            said += ", outside the window"
        pushed = listed([_pushed(change) for change in self.pushes])
        said = f"{said}, and would push {pushed}" if pushed else said
        return "; ".join((said, *self.warnings))


def _pushed(change: Change) -> str:
    visit = change.after or change.before
    assert visit is not None
    return f"{visit.title} ({change.key}) to {say_moment(visit.start)}"


@dataclass(frozen=True, slots=True)
class Standing:
    """The course and the clinic, and the visits that stand at a moment."""

    course: Course
    clinic: Clinic
    visits: Mapping[str, Visit]
    """Those that were published, by key."""
    horizon: date
    after: datetime
    """From when on another time can be offered."""

    def desk(self) -> Desk:
        """Give what is known at that moment about days on which a visit is possible."""
        ledger = log.read(self.course, self.clinic)
        return Desk(self.course, self.clinic, ledger, self.clinic.local(self.after), self.visits)

    def arranged(self, *facts: Moved) -> list[Visit]:
        """Give the visits as they would stand with these facts."""
        course = self.course.record(*facts) if facts else self.course
        found = arrange(course, self.clinic, self.after, self.visits, self.horizon)
        return [each if isinstance(each, Visit) else Visit(**each) for each in found.visits]


def alternatives(standing: Standing, visit: Visit, within: Period) -> tuple[Alternative, ...]:
    """Offer other days for a visit, best first, each at the possible time nearest to the booked one.

    `within` is how far around the booked day and the target is looked, at most 31 days. No closed day
    is offered, none that the person is away or on hold, and none that would break a minimum interval
    or change the order of sessions. The order is that of the placement: fewest visits outside their
    window, fewest others pushed, least distance from the target; ties go later.

    Raises PlanError for a visit that is not to come after the moment asked from.
    """
    _check_movable(standing, visit)
    search = _Search(standing, visit, standing.arranged(), standing.desk())
    offers = [search.offer(day) for day in _days(visit, _reach(within))]
    ranked = sorted((offer for offer in offers if offer is not None), key=lambda each: each[0])
    return tuple(alternative for _, alternative in ranked)


def _check_movable(standing: Standing, visit: Visit) -> None:
    if standing.after.tzinfo is None:
        got = str(standing.after)
        raise PlanError(Fault("after", "has no time zone", got, "give an aware time"))
    if not visit.upcoming or visit.start <= standing.after:
        state = visit.status if not visit.upcoming else f"planned for {visit.start}"
        raise PlanError(Fault("key", f"{visit.key} is not to come, so it cannot be moved", state))


def _reach(within: Period) -> int:
    days = _FARTHEST if within.months else within.whole_days
    if not 0 < days <= _FARTHEST or within.length > _FARTHEST:
        remedy = f"give 1 to {_FARTHEST} days"
        raise PlanError(Fault("within", "is no length to look for days in", str(within), remedy))
    return days


def _days(visit: Visit, reach: int) -> list[date]:
    """List the days around the booked one and the target, without the booked one."""
    around = range(-reach, reach + 1)
    found = {day + timedelta(days=n) for day in (visit.day, visit.target) for n in around}
    return sorted(found - {visit.day})


_Rank = tuple[int, int, int, int]
"""Windows and intervals not kept, visits pushed, the distance from the target, and how early."""


@dataclass(frozen=True, slots=True)
class _Search:
    """The search for another time for one visit."""

    standing: Standing
    visit: Visit
    base: Sequence[Visit]
    """How all visits stand when nothing is moved."""
    desk: Desk

    def offer(self, day: date) -> tuple[_Rank, Alternative] | None:
        """Try a day; None where the visit cannot stand on it."""
        start = self._time(day.toordinal())
        if start is None:
            return None
        arranged = self.standing.arranged(Moved(visit=self.visit.key, to=start))
        if self._spoils(arranged):
            return None
        stands = next(each for each in arranged if each.key == self.visit.key)
        pushes = self._pushes(arranged)
        found = Alternative(
            key=self.visit.key,
            start=start,
            days=(day - stands.target).days,
            inside_window=stands.inside_window,
            pushes=pushes,
            warnings=self._warnings(arranged),
        )
        outside = sum(each.upcoming and not each.inside_window for each in arranged)
        rank = (outside + len(found.warnings), len(pushes), abs(found.days), -day.toordinal())
        return rank, found

    def _time(self, day: int) -> datetime | None:
        """Give the possible time on a day that is nearest to the booked one."""
        local, minutes = _local(self.visit), _minutes(self.visit)
        if day <= self.desk.now.toordinal() or not self._possible(day, minutes):
            return None
        others = (v for v in self.base if v.day.toordinal() == day and v.key != self.visit.key)
        taken = [(_local(v), _local(v) + _minutes(v)) for v in others if _stands(v)]
        clinic = self.standing.clinic
        start = fit(clinic.spans(day), local, minutes, taken)
        return None if start is None else clinic.at(day, start)

    def _possible(self, day: int, minutes: int) -> bool:
        stopped = self.desk.ledger.stopped
        if stopped is not None and day >= stopped:
            return False
        if self.visit.kind == "session":
            return self.desk.treatable(day, minutes)
        return self.desk.possible(day, minutes)

    def _spoils(self, arranged: Sequence[Visit]) -> bool:
        """Whether a minimum interval breaks that held before, or sessions meet or change places."""
        protocol = self.standing.course.protocol
        broken = _too_close(arranged, protocol) - _too_close(self.base, protocol)
        swapped = _place(self.visit, arranged) != _place(self.visit, self.base)
        return bool(broken) or swapped or _meeting(arranged) > _meeting(self.base)

    def _warnings(self, arranged: Sequence[Visit]) -> tuple[str, ...]:
        """Say which maximum intervals are exceeded that were not before."""
        protocol = self.standing.course.protocol
        known = _too_far(self.base, protocol)
        return tuple(each for each in _too_far(arranged, protocol) if each not in known)

    def _pushes(self, arranged: Sequence[Visit]) -> tuple[Change, ...]:
        """List what else changes its day or time, comes or goes."""
        course = self.standing.course
        found = changes(self.base, arranged, earlier=course, later=course)
        pushed = (each for each in found if each.kind in {"moved", "added", "cancelled"})
        return tuple(each for each in pushed if each.key != self.visit.key)


def _local(visit: Visit) -> int:
    return 60 * visit.start.hour + visit.start.minute


def _minutes(visit: Visit) -> int:
    return int((visit.end - visit.start).total_seconds()) // 60


def _stands(visit: Visit) -> bool:
    return visit.place == "clinic" and visit.status not in {"missed", "cancelled"}


def _too_close(visits: Sequence[Visit], protocol: Protocol) -> set[str]:
    """Name the sessions that stand too soon after another one."""
    found = limits(visits, protocol)
    return {
        visit.key
        for visit in counting(visits)
        for first in found[visit.key].first
        if visit.day < first.day
    }


def _meeting(visits: Sequence[Visit]) -> int:
    """Count the sessions that share their day with another one of their phase."""
    sessions = counting(visits)
    return len(sessions) - len({(visit.phase, visit.day) for visit in sessions})


def _too_far(visits: Sequence[Visit], protocol: Protocol) -> list[str]:
    """Say which sessions stand too long after another one."""
    found = limits(visits, protocol)
    return [
        f"{visit.key} would come more than {last.why}"
        for visit in counting(visits)
        if (last := found[visit.key].last) is not None and visit.day > last.day
    ]


def _place(visit: Visit, visits: Sequence[Visit]) -> int | None:
    """Give which session of its phase a visit is, counted by day."""
    keys = [each.key for each in counting(visits) if each.phase == visit.phase]
    return keys.index(visit.key) if visit.key in keys else None
