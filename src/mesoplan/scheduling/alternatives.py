"""Other times for a visit, best first, each with what it would cause."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import ClassVar

from mesoplan.course.facts import Moved
from mesoplan.plan.change import Change, changes
from mesoplan.plan.intervals import Intervals, counting, spots_of
from mesoplan.plan.plan import Plan
from mesoplan.plan.visit import Visit
from mesoplan.scheduling.days import Days
from mesoplan.scheduling.history import circumstances_of
from mesoplan.scheduling.room import fit
from mesoplan.scheduling.schedule import schedule, visits_planned
from mesoplan.scheduling.standing import standing_of
from mesoplan.values.base import Model
from mesoplan.values.english import listed, off_target, say_moment
from mesoplan.values.errors import Fault, PlanError
from mesoplan.values.given import given, given_aware
from mesoplan.values.kinds import Instant, Line, Text
from mesoplan.values.period import Period, period_given

_FARTHEST = 31
_WEEK = Period("P1W")


class Alternative(Model):
    """Another time for a visit, and what moving it there would cause.

    Printed it is a sentence: "Fri 15 Jan 2027 09:30 is 1 day late".
    """

    refusal: ClassVar[type[PlanError]] = PlanError

    key: Line
    """The key of the visit."""
    start: Instant
    """When it would begin."""
    days: int
    """Days after its target; negative before it."""
    inside_window: bool
    """Whether that day lies in the days that the protocol tolerates."""
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


def alternatives(
    plan: Plan, key: str, *, after: datetime | None = None, within: Period | str = _WEEK
) -> tuple[Alternative, ...]:
    """Offer other times for a visit, best first: two of its day, and of other days the nearest.

    Of the booked day these are the last possible time before the booked one and the first after it.
    `after` is the aware moment at which it is asked, by default that of the plan; `within` is how far
    around the booked day and the target is looked, at most 31 days. No closed day is offered, none
    that the person is away or on hold, and none that would break a minimum interval or change the
    order of sessions. The order is that of the placement: fewest visits outside their window, fewest
    others pushed, least distance from the target; ties go later.

    Raises PlanError for a visit that is not in the plan or not to come after the moment asked from.
    """
    given(plan, Plan, "plan")
    visit, moment = plan.visit(key), after or plan.as_of
    _check_movable(visit, moment)
    if moment > plan.as_of:
        plan = schedule(plan.course, plan.clinic, as_of=moment, previous=plan, horizon=plan.horizon)
    desk = _Search(plan, plan.visit(key), moment)
    reach = _reach(period_given(within, "within"))
    found = (desk.offer(start) for day in _days(visit, reach) for start in desk.times(day))
    offers = [offer for offer in found if offer is not None]
    ranked = sorted(offers, key=lambda each: each[0])
    return tuple(alternative for _, alternative in ranked)


def _check_movable(visit: Visit, moment: datetime) -> None:
    given_aware(after=moment)
    if not visit.upcoming or visit.start <= moment:
        state = visit.status if not visit.upcoming else f"planned for {visit.start}"
        raise PlanError(
            Fault(
                "key",
                f"{visit.key} is not to come, so it cannot be moved",
                state,
                code="not-to-come",
            )
        )


def _reach(within: Period) -> int:
    days = _FARTHEST if within.months else within.whole_days
    if not 0 < days <= _FARTHEST or within.length > _FARTHEST:
        remedy = f"give 1 to {_FARTHEST} days"
        raise PlanError(
            Fault(
                "within",
                "is no length to look for days in",
                str(within),
                remedy,
                code="out-of-range",
            )
        )
    return days


def _days(visit: Visit, reach: int) -> list[date]:
    """List the days around the booked one and the target, these included."""
    around = range(-reach, reach + 1)
    return sorted({day + timedelta(days=n) for day in (visit.day, visit.target) for n in around})


_Rank = tuple[int, int, int, int, timedelta, timedelta]
"""Windows and intervals not kept, visits pushed, days from the target, and how early.

Then, of the times of one day, how far from the booked one, and how early.
"""


@dataclass(frozen=True)
class _Search:
    """The search for another time for one visit."""

    plan: Plan
    visit: Visit
    moment: datetime

    @cached_property
    def days(self) -> Days:
        """The days on which something can take place."""
        return Days(self.plan.clinic, circumstances_of(self.plan.course))

    @cached_property
    def base(self) -> tuple[Visit, ...]:
        """How all visits stand when nothing is moved."""
        return self.plan.visits

    def offer(self, start: datetime) -> tuple[_Rank, Alternative] | None:
        """Try a time; None where the visit cannot stand there."""
        day = start.date()
        arranged = self._moved_to(start)
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
        unkept, early = outside + len(found.warnings), self.visit.start - start
        rank = (unkept, len(pushes), abs(found.days), -day.toordinal(), abs(early), early)
        return rank, found

    def _moved_to(self, start: datetime) -> tuple[Visit, ...]:
        """Return how all visits would stand; planned anew only where others depend on this one."""
        end = (start.astimezone(UTC) + self.visit.length).astimezone(start.tzinfo)
        moved = self.visit.replace(start=start, end=end)
        alone = tuple(moved if each.key == moved.key else each for each in self.base)
        if self._is_alone(moved, alone):
            return tuple(sorted(alone, key=lambda each: (each.start, each.key)))
        course = self.plan.course.record(Moved(visit=self.visit.key, to=start))
        return visits_planned(course, self.plan, as_of=self.moment)

    def _is_alone(self, moved: Visit, arranged: Sequence[Visit]) -> bool:
        """Whether nothing else moves: no review nearby, nothing counts from it, no minimum broken."""
        if self._others_count_from_it or moved.kind != "session":
            return False
        reviews = (each for each in self.base if each.review is not None and each.upcoming)
        if any(_is_near(review, day) for review in reviews for day in (moved.day, self.visit.day)):
            return False
        return not _too_close(arranged, self.limits) - self._close_now

    @cached_property
    def limits(self) -> Intervals:
        """What must lie between two sessions."""
        return Intervals(self.plan.course.protocol)

    @cached_property
    def _others_count_from_it(self) -> bool:
        """Whether a phase or a review may count from the visit."""
        protocol = self.plan.course.protocol
        phases = [phase for phase in protocol.phases if phase.id == self.visit.phase]
        if not phases or phases[0].is_chain:
            return True
        ends = self.visit.number in {1, self.visit.of}
        numbers = {
            anchor.number
            for anchor in protocol.anchors()
            if anchor.kind in {"session", "each"} and anchor.phase in {None, self.visit.phase}
        }
        each = any(anchor.kind == "each" for anchor in protocol.anchors())
        return ends or each or self.visit.number in numbers or self.visit.of is None

    def times(self, on: date) -> Iterator[datetime]:
        """Yield the possible times on a day: nearest to the booked one, or on either side of it."""
        day, booked, minutes = on.toordinal(), _local(self.visit), self.visit.minutes
        if day < self._first_day or not self._possible(day, minutes):
            return
        others = (v for v in self.base if v.day == on and v.key != self.visit.key)
        taken = [(_local(v), _local(v) + v.minutes) for v in others if _stands(v)]
        spans = self.days.spans(day, minutes)
        if on != self.visit.day:
            starts = [fit(spans, booked, minutes, taken)]
        else:
            before = tuple((opens, min(closes, booked)) for opens, closes in spans)
            after = tuple((max(opens, booked + minutes), closes) for opens, closes in spans)
            starts = [
                fit(before, booked - minutes, minutes, taken),
                fit(after, booked + minutes, minutes, taken),
            ]
        found = (self.plan.clinic.at(day, start) for start in starts if start is not None)
        yield from (start for start in found if start > self.moment)

    @cached_property
    def _first_day(self) -> int:
        """The first day that is offered: after that of asking, unless the visit is booked on it."""
        clinic = self.plan.clinic
        tomorrow = clinic.local(self.moment).toordinal() + 1
        first = min(tomorrow, self.visit.day.toordinal())
        if self.visit.kind != "session":
            return first
        return max(first, clinic.local(self.plan.course.start).toordinal())

    def _possible(self, day: int, minutes: int) -> bool:
        stopped = self.days.circumstances.stopped
        over = standing_of(self.visit.phase or "", self.plan.entries).is_over(day)
        if over or (stopped is not None and day >= stopped):
            return False
        if self.visit.kind == "session":
            hold = self.days.circumstances.open_hold
            held = hold is not None and hold.covers(day)
            return not held and self.days.treatable(day, minutes)
        return self.days.possible(day, minutes)

    def _spoils(self, arranged: Sequence[Visit]) -> bool:
        """Whether a minimum interval breaks that held before, or sessions meet or change places."""
        if _place(self.visit, arranged) != self._place_now:
            return True
        if _meeting(arranged) > self._meeting_now:
            return True
        return bool(_too_close(arranged, self.limits) - self._close_now)

    @cached_property
    def _close_now(self) -> frozenset[str]:
        return frozenset(_too_close(self.base, self.limits))

    @cached_property
    def _place_now(self) -> int | None:
        return _place(self.visit, self.base)

    @cached_property
    def _meeting_now(self) -> int:
        return _meeting(self.base)

    @cached_property
    def _far_now(self) -> frozenset[str]:
        return frozenset(_too_far(self.base, self.limits))

    def _warnings(self, arranged: Sequence[Visit]) -> tuple[str, ...]:
        """Say which maximum intervals are exceeded that were not before."""
        found = _too_far(arranged, self.limits)
        return tuple(each for each in found if each not in self._far_now)

    def _pushes(self, arranged: Sequence[Visit]) -> tuple[Change, ...]:
        """List what else changes its day or time, comes or goes."""
        course = self.plan.course
        found = changes(self.base, arranged, earlier=course, later=course)
        pushed = (each for each in found if each.kind in {"moved", "added", "cancelled"})
        return tuple(each for each in pushed if each.key != self.visit.key)


def _is_near(review: Visit, day: date) -> bool:
    """Whether a session on a day could be joined to a review, or take its time."""
    first, last = review.earliest or review.target, review.latest or review.target
    return first <= day <= last or day == review.day


def _local(visit: Visit) -> int:
    return 60 * visit.start.hour + visit.start.minute


def _stands(visit: Visit) -> bool:
    return visit.place == "clinic" and not visit.lost


def _too_close(visits: Sequence[Visit], intervals: Intervals) -> set[str]:
    """Name the sessions that stand too soon after another one."""
    spots = list(spots_of(visits, intervals.protocol))
    if not intervals.may_be_broken(spots):
        return set()
    found = intervals.limits(spots)
    return {spot.key for spot in spots if any(found[spot.key].broken(spot.day))}


def _meeting(visits: Sequence[Visit]) -> int:
    """Count the sessions that share their day with another one of their phase."""
    sessions = counting(visits)
    return len(sessions) - len({(visit.phase, visit.day) for visit in sessions})


def _too_far(visits: Sequence[Visit], intervals: Intervals) -> list[str]:
    """Say which sessions stand too long after another one."""
    spots = list(spots_of(visits, intervals.protocol))
    if not intervals.may_be_broken(spots):
        return []
    found = intervals.limits(spots)
    return [
        f"{spot.key} would come more than {last.why}"
        for spot in spots
        if (last := found[spot.key].last) is not None and spot.day > last.day
    ]


def _place(visit: Visit, visits: Sequence[Visit]) -> int | None:
    """Return which session of its phase a visit is, counted by day."""
    keys = [each.key for each in counting(visits) if each.phase == visit.phase]
    return keys.index(visit.key) if visit.key in keys else None
