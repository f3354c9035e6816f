"""What a new fact means for the phases: counted, owed, begun again, moved on (M4, M7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Literal

from mesoplan.course.facts import Attended, Ended, Extended, Resumed, Reviewed
from mesoplan.course.log import begins
from mesoplan.plan.entries import Decided, Decision, Laid, Origin
from mesoplan.plan.visit import Visit
from mesoplan.protocol.phase import MakeUp, Phase
from mesoplan.protocol.phase_parts import Tier
from mesoplan.protocol.visit_key import VisitKey
from mesoplan.scheduling.days import Days
from mesoplan.scheduling.history import History, Shown
from mesoplan.scheduling.standing import Standing
from mesoplan.scheduling.targets import begun_on, places_from
from mesoplan.values.period import Period

_WEEK = 7
_MEANT: dict[MakeUp, Decided] = {
    "make_up": "made-up",
    "soon": "made-up-soon",
    "skip": "given-up",
}


@dataclass(frozen=True, slots=True)
class Deciding:
    """What has happened before a fact, and the visits as people see them then."""

    history: History
    shown: Shown

    def done(self, visit: Visit, start: datetime, fact: Attended) -> Iterator[Decision]:
        """Yield what a session that took place means for its phase."""
        phase = self._phase(visit)
        key = VisitKey.read(visit.key, {visit.phase or ""})
        if phase is None or key is None or key.number is None:
            return
        laid = self.shown.laid.get(phase.id)
        standing = self.history.standing(phase.id)
        day = start.date()
        if standing.is_before(visit.day):
            return  # it belongs to a run that is over
        again, origin, back = False, None, 0
        if not standing.is_after(day):  # a later session has decided where the rest goes on
            due = self._due(standing, visit)
            again = self._begins_again(phase, standing, visit, laid, day)
            tier = phase.tier(due or day, day)
            origin = self._counts_from(phase, visit, laid, start, fact, tier=tier, again=again)
            back = 0 if again else self._back(standing, visit, laid, tier)
        settled = None if laid is None else laid.origin
        for name, one in self.shown.laid.items():
            if one.renewed == visit.key:
                yield Decision(phase=name, what="renewed", day=day)
        yield Decision(
            phase=phase.id,
            what="begun-again" if again else "done",
            slot=1 if again and phase.at else key.number,
            target=None if again else visit.target,
            day=day,
            back=back,
            counts_from=origin or (settled if standing.counts_from is None else None),
        )

    def _begins_again(
        self, phase: Phase, standing: Standing, visit: Visit, laid: Laid | None, day: date
    ) -> bool:
        """Whether a session is the first of a new run: as it was planned, or as late as it came."""
        planned = laid is not None and visit.key in {laid.begins, laid.begun, laid.renewed}
        due = self._due(standing, visit)
        return planned or phase.begins_again(self._last(standing, visit, day), due, day)

    def _last(self, standing: Standing, visit: Visit, day: date) -> date | None:
        """Return the day of the session before one: it took place, or has passed without a record."""
        passed = (
            each.day
            for each in self.shown.visits.values()
            if each.phase == visit.phase and each.upcoming
            if each.target < visit.target and each.day < day
        )
        return max([*filter(None, [standing.last]), *passed], default=None)

    def _due(self, standing: Standing, visit: Visit) -> date | None:
        """Return the day on which a session was first due; None where another took place meanwhile."""
        due = min([*standing.lost, visit.target])
        came = standing.last is not None and standing.last >= due
        return None if came else due

    def _back(self, standing: Standing, visit: Visit, laid: Laid | None, tier: Tier) -> int:
        """Return by how many steps a session lies further behind its turn: as planned, or as it came."""
        planned = 0 if laid is None else laid.late.get(visit.key, 0)
        turn = visit.number or len(standing.done) + 1
        return max(planned, tier.back(turn - 1 - standing.behind))

    def _counts_from(
        self,
        phase: Phase,
        visit: Visit,
        laid: Laid | None,
        start: datetime,
        fact: Attended,
        *,
        tier: Tier,
        again: bool,
    ) -> Origin | None:
        """Return where the rest of the rhythm counts from now, or None where it stays."""
        moment = self._at_the_rhythm(start)
        if fact.next_after is not None:
            return self._after_a_gap(phase, visit, laid, moment, fact.next_after)
        if laid is not None and laid.renewed == visit.key and phase.at:
            return begun_on(phase, moment)
        if again and not phase.at and not phase.each_of_another:
            return Origin(moment=moment, skip=1)
        late = (start.date() - visit.target).days
        if phase.is_chain:
            return Origin(moment=moment, offset=phase.every or Period("P0D"))
        if tier.then == "shift":
            return self._shifted(phase, visit, laid, moment, late)
        return None

    def _at_the_rhythm(self, start: datetime) -> datetime:
        """Return the day of a session at the time of day of the rhythms."""
        return datetime.combine(start.date(), self.history.wishes.usual)

    def _after_a_gap(
        self, phase: Phase, visit: Visit, laid: Laid | None, moment: datetime, gap: Period
    ) -> Origin | None:
        """Return the rhythm whose next place comes one written gap after a session, if it has one."""
        gap = max(gap, phase.minimum, key=lambda period: period.after(moment))
        if phase.every is not None and not phase.offsets and not phase.weekdays:
            return Origin(moment=moment, offset=gap)
        place = self._next_place(phase, visit, laid)
        if place is None or laid is None:
            return None
        days = (gap.after(moment).date() - place.date()).days
        return self._shifted(phase, visit, laid, moment, days)

    def _shifted(
        self, phase: Phase, visit: Visit, laid: Laid | None, moment: datetime, days: int
    ) -> Origin:
        """Return the rhythm moved by so many days from a session on."""
        plain = phase.every is not None and not phase.offsets and not phase.weekdays
        if (plain and not phase.at) or laid is None:
            return Origin(moment=moment, offset=phase.every or Period("P0D"))
        if phase.at or phase.each_of_another:
            return laid.origin.replace(shift=laid.origin.shift + days)
        used = self._index(phase, visit, laid)
        origin = laid.origin
        return origin.replace(skip=origin.skip + used + 1, shift=origin.shift + days)

    def _index(self, phase: Phase, visit: Visit, laid: Laid) -> int:
        """Return which of the rhythm's places a visit stands on."""
        month_end = self.history.course.protocol.month_end
        found = enumerate(places_from(phase, laid.origin, month_end))
        return next(index for index, place in found if place.date() >= visit.target)

    def _next_place(self, phase: Phase, visit: Visit, laid: Laid | None) -> datetime | None:
        if laid is None or phase.each_of_another:
            return None
        month_end = self.history.course.protocol.month_end
        found = places_from(phase, laid.origin, month_end)
        return next((place for place in found if place.date() > visit.target), None)

    def _phase(self, visit: Visit) -> Phase | None:
        phases = self.history.course.protocol.phases
        return next((phase for phase in phases if phase.id == visit.phase), None)

    def owed(self, visit: Visit, lost: Literal["missed", "cancelled"]) -> Iterator[Decision]:
        """Yield whether a lost session is made up."""
        phase = self._phase(visit)
        key = VisitKey.read(visit.key, {visit.phase or ""})
        standing = self.history.standing(visit.phase or "")
        over = standing.is_before(visit.day)
        if phase is None or key is None or key.number is None or over:
            return
        laid, after = self.shown.laid.get(phase.id), phase.after_loss(lost)
        origin = None
        if phase.is_chain and self._is_next(visit, standing):
            target = datetime.combine(visit.target, self._at_the_rhythm(visit.start).time())
            origin = Origin(moment=target)
            if after == "skip" and phase.every is not None:
                origin = Origin(moment=target, offset=phase.every)
        settled = laid.origin if laid is not None and standing.counts_from is None else None
        yield Decision(
            phase=phase.id,
            what=_MEANT[after],
            slot=key.number,
            target=visit.target,
            day=visit.day,
            counts_from=origin or settled,
        )
        most = phase.stop_after_missed
        over = self.history.is_over(visit.day.toordinal(), phase.id)  # nobody was to come
        if lost == "missed" and most is not None and not over:
            yield Decision(phase=phase.id, what="no-show", day=visit.day, sessions=most)

    def _is_next(self, visit: Visit, standing: Standing) -> bool:
        """Whether no session of the phase took place after one, is owed or is still to come before it."""
        stands = any(
            each.phase == visit.phase and each.upcoming and each.start < visit.start
            for each in self.shown.visits.values()
        )
        owed = any(lost.target < visit.target for lost in standing.owed.values())
        return not (standing.is_after(visit.day) or stands or owed)

    def agreed(self, fact: Extended | Ended) -> tuple[Decision, ...]:
        """Return which phase gets more sessions, or is over."""
        if isinstance(fact, Ended):
            return (Decision(phase=fact.phase, what="ended", day=fact.on),)
        name = fact.phase_in(self.history.course.protocol)
        if name is None:
            return ()
        return (Decision(phase=name, what="added", sessions=fact.sessions),)

    def to_come(self, phase: str, on: date) -> Visit | None:
        """Return a session of the run of a phase that is still to come, or stands behind a day."""
        return next(
            (
                visit
                for visit in self._run(phase)
                if visit.status != "attended"
                and (visit.day > on or visit.start > self.history.as_of)
            ),
            None,
        )

    def begun(self, phase: str, on: date) -> Decision:
        """Return that a phase as needed has a new run: from a day on, behind the run before it."""
        behind = (visit.day + timedelta(days=1) for visit in self._run(phase))
        return Decision(phase=phase, what="begun", day=max([on, *behind]))

    def _run(self, phase: str) -> list[Visit]:
        """Return the sessions of a phase that took place, may have, or are to come."""
        standing = self.history.standing(phase)
        return [
            visit
            for visit in self._sessions_of(phase)
            if visit.status == "attended" or not standing.is_over(visit.day.toordinal())
        ]

    def opened_by(self, fact: Reviewed, on: date) -> Iterator[Decision]:
        """Yield the phases as needed that an outcome begins; one whose run goes on simply goes on."""
        for phase in self.history.course.protocol.phases:
            if begins(fact, phase) and self.to_come(phase.id, on) is None:
                yield self.begun(phase.id, on)

    def moved_on(self, fact: Resumed) -> Iterator[Decision]:
        """Yield for each phase where its rest goes on: as a whole, in the series' weekday."""
        hold = self.history.circumstances.open_hold
        if hold is None:
            return
        days = Days(self.history.clinic, self.history.circumstances)
        end = fact.on.toordinal()
        shifts: dict[str | None, int] = {}
        for phase, held in self._resting(hold.first):
            if phase.label not in shifts:  # the first of its treatment leads
                if held.day.toordinal() >= end:
                    continue
                day = _goes_on(phase, held, end, days)
                shifts[phase.label] = day - held.target.toordinal()
            laid, shift = self.shown.laid[phase.id], shifts[phase.label]
            day = held.target.toordinal() + shift
            moment = datetime.combine(datetime.fromordinal(day), laid.origin.moment.time())
            yield Decision(
                phase=phase.id,
                what="moved-on",
                target=held.target,
                day=moment.date(),
                shift=shift,
                counts_from=self._resumed(phase, held, laid, moment),
            )

    def _resting(self, first: int) -> list[tuple[Phase, Visit]]:
        """Return the phases that a hold moves, each with its first session to come, in their order."""
        found = [
            (phase, held)
            for phase in self.history.course.protocol.phases
            if phase.id in self.shown.laid and self._moves_by_itself(phase, first)
            if (held := self._held(phase, first)) is not None
        ]
        return sorted(found, key=lambda each: (each[1].day, each[1].start))

    def _moves_by_itself(self, phase: Phase, first: int) -> bool:
        """Whether a phase does not simply follow a session that it counts from, and that moves itself."""
        if phase.each_of_another:
            return False
        anchor = phase.starts
        if self.history.standing(phase.id).counts_from is not None:
            return True
        if anchor is not None and anchor.kind in {"start", "external", "needed"}:
            return True
        number = -1 if anchor is None else anchor.number
        counted = (
            self._sessions_before(phase) if anchor is None else self._sessions_of(anchor.phase)
        )
        index = number - 1 if number > 0 else -1
        stands = counted[index : index + 1 or None]
        return not any(visit.day.toordinal() >= first for visit in stands)

    def _sessions_before(self, phase: Phase) -> list[Visit]:
        """Return the sessions of the nearest phase before one that has any."""
        names = [each.id for each in self.history.course.protocol.phases]
        found = (self._sessions_of(name) for name in reversed(names[: names.index(phase.id)]))
        return next(filter(None, found), [])

    def _sessions_of(self, phase: str | None) -> list[Visit]:
        """Return the sessions of a phase, or of the course, that took place or are to come, in order."""
        visits = self.shown.visits.values()
        found = (
            v for v in visits if v.kind == "session" and not v.lost and phase in {None, v.phase}
        )
        return sorted(found, key=lambda visit: visit.start)

    def _held(self, phase: Phase, first: int) -> Visit | None:
        """Return the first session of a phase that is to come after a hold has begun, or None."""
        now = self.history.as_of
        held = [
            visit
            for visit in self.shown.visits.values()
            if visit.phase == phase.id
            and not visit.lost
            and visit.status != "attended"
            and visit.key not in self.history.recorded
            and visit.key not in self.history.fixed
            and first <= visit.day.toordinal()
            and (visit.day.toordinal() > first or visit.start > now or visit.status == "on_hold")
        ]
        return min(held, key=lambda visit: (visit.target, visit.start), default=None)

    def _resumed(self, phase: Phase, held: Visit, laid: Laid, moment: datetime) -> Origin:
        """Return the rhythm that goes on after a hold; what stands before the hold stays there."""
        origin, days = laid.origin, (moment.date() - held.target).days
        months = phase.every is not None and phase.every.months
        if phase.at:
            return origin.replace(shift=origin.shift + days)
        if phase.is_chain:
            return Origin(moment=moment)
        if months and not phase.offsets:
            later = Origin(moment=moment)
        else:
            fresh = origin.replace(before=())
            index = self._index(phase, held, laid.replace(origin=fresh))
            later = fresh.replace(skip=fresh.skip + index, shift=fresh.shift + days)
        stand = [
            visit.target
            for visit in self.shown.visits.values()
            if visit.phase == phase.id and visit.upcoming and visit.target < held.target
        ]
        if not stand:
            return later
        month_end = self.history.course.protocol.month_end
        places = takewhile(
            lambda place: place.date() < held.target, places_from(phase, origin, month_end)
        )
        return later.replace(before=tuple(p for p in places if p.date() >= min(stand)))


def _goes_on(phase: Phase, held: Visit, end: int, days: Days) -> int:
    """Return the day on which a series goes on after a hold."""
    every = phase.every or (Period("P1W") if phase.weekdays else None)
    whole_weeks = every is not None and not every.months and every.days and not every.days % _WEEK
    if not whole_weeks:
        return end
    first = end + (held.target.toordinal() - end) % _WEEK
    for day in range(first, first + 52 * _WEEK, _WEEK):
        if days.possible(day, held.minutes):
            return day
    return end
