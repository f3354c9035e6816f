"""The sessions of a course on their days: phase by phase, as their anchors settle.

A phase that counts from where another one stands can be laid only when that one has its days. So the
phases go in waves: all that can be laid are, their sessions get their days together, and the next wave
counts from these.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from mesoplan.plan.entries import Laid, Origin
from mesoplan.plan.intervals import Intervals, Spot
from mesoplan.plan.visit import Visit
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.visit_key import VisitKey
from mesoplan.scheduling.anchored import reached
from mesoplan.scheduling.assignment import Assignment
from mesoplan.scheduling.days import nearest, within_the_calendar
from mesoplan.scheduling.lateness import (
    StepBack,
    Stood,
    announced_elsewhere,
    lateness,
    stood_elsewhere,
)
from mesoplan.scheduling.laying import Rest
from mesoplan.scheduling.renewal import as_it_goes_on, begun_again, marked
from mesoplan.scheduling.rest import lay_rest
from mesoplan.scheduling.setting import Session, Sessions, Setting, moment_of, moments_of
from mesoplan.scheduling.standing import Standing
from mesoplan.scheduling.stops import Settled
from mesoplan.scheduling.targets import Outlook, Target, minutes_of_session, places_from
from mesoplan.values.period import Period

_DAY = Period("P1D")
_NOW = Period("P0D")
_MOST_TRIALS = 4
_NEVER = datetime(9999, 12, 31)  # noqa: DTZ001 - local


def lay_sessions(setting: Setting) -> Sessions:
    """Return every session that is still to come, on its day.

    Where that is so late that an earlier step is taken again, there are more of them: they are laid anew.
    So they are where an earlier phase begins again, and where the day on which a session stands, rather
    than its place, decides whether its phase does.
    """
    now = as_it_goes_on(setting)
    sessions, stood = _on_the_days_that_decide(now)
    steps, renewal = lateness(now, sessions)
    if renewal is not None:
        names = [phase.id for phase in renewal.phases]
        anew = begun_again(now, setting.laid, renewal)
        others = {name: one for name, one in steps.items() if name not in names}
        sessions = _Waves(anew, others, stood).run()
        first = next(one.key for one in sessions.coming if one.phase.id == names[0])
        return marked(sessions, dict.fromkeys(names, first))
    sessions = _Waves(now, steps, stood).run() if steps else sessions
    return marked(sessions, {name: one.renewed for name, one in now.laid.items() if one.renewed})


def _on_the_days_that_decide(setting: Setting) -> tuple[Sessions, Mapping[str, Stood]]:
    """Return the sessions, laid until they stand where it was taken that they do, and where that is.

    What begins again takes other places, so that a session may leave its day once more: a few times do.
    """
    stood = announced_elsewhere(setting)
    sessions = _Waves(setting, {}, stood).run()
    trials = 1
    while (found := stood_elsewhere(sessions)) != stood and trials < _MOST_TRIALS:
        stood, trials = found, trials + 1
        sessions = _Waves(setting, {}, stood).run()
    return sessions, stood


class _Waves:
    """The phases on their way to days, those that can be laid together at once."""

    def __init__(
        self, setting: Setting, late: Mapping[str, StepBack], stood: Mapping[str, Stood]
    ) -> None:
        self.setting, self.late, self.stood = setting, late, stood
        self.history = setting.history
        self.protocol = setting.history.course.protocol
        self.intervals = Intervals(self.protocol)
        visits = self._sessions_known()
        self.past = tuple(visit for visit in visits if self._is_past(visit))
        self.passed = frozenset(visit.key for visit in self.past)
        self.sessions = Sessions((), self.past, {}, (), {}, proved=True)
        self.assignment = Assignment(setting, Settled(self.intervals, self.history.fixed))
        self.stands = {visit.key: visit.day for visit in visits}
        self.chosen = frozenset(self._settle_the_past())

    def _sessions_known(self) -> list[Visit]:
        visits = self.history.shown.visits.values()
        return [visit for visit in visits if visit.kind == "session" and not visit.lost]

    def _is_past(self, visit: Visit) -> bool:
        if visit.status == "attended":
            return True
        return bool(self.setting.published) and self.history.has_passed(visit)

    @property
    def settled(self) -> Settled:
        """The sessions that have their days by now."""
        return self.assignment.settled

    def _settle_the_past(self) -> Iterator[str]:
        """Settle what has happened and what a person fixed; yield the keys of these."""
        phases = {phase.id: phase for phase in self.protocol.phases}
        for visit in self.past:
            phase = phases.get(visit.phase or "")
            if phase is not None and visit.place == "clinic":
                day = visit.day.toordinal()
                number = visit.number or 0
                self.settled.add(Spot(visit.key, phase, visit.target.toordinal(), day, number))
        for key, at in self.history.fixed.items():
            name = VisitKey.read(key, phases)
            shown = self.history.shown.visits.get(key)
            if name is None or shown is None or key in self.passed:
                continue
            if self.setting.stands(key, at):
                day = at.toordinal()  # it keeps apart from others as if that were its target
                self.settled.add(Spot(key, phases[name.name], day, day, shown.number or 0))
                self.stands[key] = at.date()
                yield key

    def run(self) -> Sessions:
        wave: list[Phase] = []
        for name in self.protocol.phase_order:
            phase = self.protocol.phase(name)
            if wave and self._counts_from_any(phase, wave):
                self._place(wave)
                wave = []
            wave.append(phase)
        self._place(wave)
        self._let_wait()
        self._count_as_before_the_stop()
        order = {phase.id: number for number, phase in enumerate(self.protocol.phases)}
        coming = sorted(self.sessions.coming, key=lambda s: (order[s.phase.id], s.target.moment))
        kept = any(session.announced is not None for session in coming)
        proved = self.sessions.proved and (self.setting.proved or not kept)
        return replace(self.sessions, coming=tuple(coming), proved=proved)

    def _let_wait(self) -> None:
        """Mark what waits for the end of an open hold."""
        hold = self.history.circumstances.open_hold
        if hold is None:
            return
        now = self.history.clinic.local(self.history.as_of)
        shown = self.history.shown.visits
        waiting = {key for key, visit in shown.items() if visit.status == "on_hold"}
        coming = tuple(
            each._replace(
                waits=hold.holds(moment_of(each), now)
                or (each.key in waiting and hold.covers(each.day))
            )
            for each in self.sessions.coming
        )
        self.sessions = replace(self.sessions, coming=coming)

    def _count_as_before_the_stop(self) -> None:
        """Leave every count as it is out: a stop calls off what follows, and retitles nothing.

        What is called off is laid all the same, for what counts from it, but no longer from what is out.
        """
        stopped, known = self.history.circumstances.stopped, self.sessions
        if stopped is None:
            return

        def whole(key: str, of: int | None) -> int | None:
            out = self.setting.published.get(key)
            return of if out is None or out.of is None else out.of

        stand = self.passed.union(each.key for each in known.coming if each.day < stopped)
        self.sessions = replace(
            known,
            coming=tuple(
                each._replace(target=each.target._replace(of=whole(each.key, each.target.of)))
                for each in known.coming
            ),
            counted={key: (n, whole(key, of)) for key, (n, of) in known.counted.items()},
            laid=tuple(
                one if one.begins in stand else one.replace(begins=None) for one in known.laid
            ),
        )

    def _counts_from_any(self, phase: Phase, wave: Sequence[Phase]) -> bool:
        """Whether a phase counts from where a phase stands that has no days yet."""
        named = {anchor.phase for anchor in phase.named_minimums}
        if phase.gate is not None or any(each.id in named for each in wave):
            return True
        anchor = phase.starts
        if anchor is None:
            return True
        if anchor.kind in {"start", "external", "needed"}:
            return False
        return anchor.phase is None or any(anchor.phase == each.id for each in wave)

    # Targets

    def _place(self, wave: Sequence[Phase]) -> None:
        """Lay the phases of a wave, and give their sessions days together.

        The sessions of a chain are laid in the order in which they stand. Whether a free one can stand
        before one whose time a person chose is known only once it has its day. Where it cannot, it is
        laid behind it: each trial lays one session more behind another, so there is a last one.
        """
        while True:
            laid, rests = self._laid(wave)
            targets = [t for rest in rests for t in laid.outlooks[rest.phase.id].targets]
            assignment = self.assignment.copy()
            placed, proved = assignment.on_days(targets)
            behind = dict(_behind_what_is_fixed(placed))
            if not behind:
                break
            self.stands |= behind
        self.assignment = assignment
        self.sessions = self._counted_on_days(
            replace(laid, proved=laid.proved and proved), rests, placed
        )

    def _laid(self, wave: Sequence[Phase]) -> tuple[Sessions, list[Rest]]:
        """Return the sessions so far with the outlook of each phase of a wave, and what was known of it."""
        targets: list[Target] = []
        known, rests = self.sessions, list[Rest]()
        outlooks, laid, joined_late = dict(known.outlooks), list(known.laid), dict(known.late)
        for phase in wave:
            rest = self._rest(phase, known.coming, targets)
            if rest is None:
                outlooks[phase.id] = Outlook()
                continue
            rests.append(rest)
            outlook = self._at_preferred_times(phase, lay_rest(rest))
            outlooks[phase.id] = outlook
            if outlook.early:
                joined_late[phase.id] = outlook.early
            late = self.late.get(phase.id)
            unrecorded = self._late_unrecorded(phase)
            laid.append(
                Laid(
                    phase=phase.id,
                    origin=rest.origin,
                    first=rest.first,
                    begins=outlook.begins,
                    begun=None if outlook.begins == rest.begun_with else rest.begun_with,
                    late=unrecorded if late is None else {**unrecorded, late.key: late.back},
                )
            )
            targets += outlook.targets
        return replace(known, outlooks=outlooks, laid=tuple(laid), late=joined_late), rests

    def _counted_on_days(
        self, laid: Sessions, rests: Sequence[Rest], placed: Sequence[Session]
    ) -> Sessions:
        """Return the sessions with those of a wave on their days; what found none is given up."""
        outlooks, counted = dict(laid.outlooks), dict(laid.counted)
        targets = [t for rest in rests for t in outlooks[rest.phase.id].targets]
        keys = {session.key for session in placed}
        unplaced = {t.key: self._last_planned(t) for t in targets if t.key not in keys}
        coming = self._before_their_end(placed)
        if unplaced:
            outlooks |= {rest.phase.id: outlooks[rest.phase.id].without(unplaced) for rest in rests}
            anew = {t.key: t for rest in rests for t in outlooks[rest.phase.id].targets}
            coming = [one._replace(target=anew[one.key]) for one in coming]
        for rest in rests:
            counted |= self._counted(rest, outlooks[rest.phase.id])
        return replace(laid, coming=(*laid.coming, *coming), outlooks=outlooks, counted=counted)

    def _at_preferred_times(self, phase: Phase, outlook: Outlook) -> Outlook:
        """Return the targets of a phase at the times of day that the person would like by then."""
        if phase.starts is not None and phase.starts.offset.minutes:
            return outlook
        at = self.history.wishes.at
        targets = tuple(each._replace(moment=at(each.moment)) for each in outlook.targets)
        return replace(outlook, targets=targets)

    def _before_their_end(self, placed: Sequence[Session]) -> list[Session]:
        """Return the sessions but those that would stand only after their phase was ended."""
        standing = self.history.standing
        over = [each for each in placed if standing(each.phase.id).is_over(each.day)]
        for session in [each for each in over if each.phase.place == "clinic"]:
            self.assignment.settled.release(session.spot)
        return [each for each in placed if each not in over]

    def _last_planned(self, target: Target) -> str:
        """Return the key under which a session that finds no day now was last planned."""
        key = VisitKey.read(target.key, {target.phase.id})
        assert key is not None
        is_new = self.setting.out(target.key) is None and key.attempt > 1
        return str(key.again(key.attempt - 1) if is_new else key)

    def _counted(self, rest: Rest, outlook: Outlook) -> dict[str, tuple[int, int | None]]:
        """Number the sessions that have passed without a record, among those that took place."""
        begun = rest.standing.begun or date.min
        done = [
            visit.start
            for visit in self.past
            if visit.status == "attended" and visit.phase == rest.phase.id and visit.day >= begun
        ]
        passed = [visit for visit in self.past if visit.key in rest.passed]
        whole = len(done) + len(passed) + len(outlook.targets)
        if outlook.begins is not None and outlook.begins not in rest.passed:
            whole = outlook.asked or whole
        return {
            visit.key: (
                1 + index + sum(start < visit.start for start in done),
                None if outlook.asked is None else whole,
            )
            for index, visit in enumerate(sorted(passed, key=lambda visit: visit.start))
        }

    def _rest(
        self, phase: Phase, coming: Sequence[Session], beside: Sequence[Target]
    ) -> Rest | None:
        """Gather what is known of a phase; None where it does not apply or nothing starts it."""
        setting, history = self.setting, self.history
        wanted, hold = phase.gate, history.circumstances.open_hold
        outcome = None if wanted is None else history.concluded.get(wanted.review)
        if wanted is not None and outcome not in {None, wanted.outcome}:
            return None
        standing = history.standing(phase.id)
        if phase.as_needed and standing.opened is None:
            return None
        known = self._known(phase)
        moments = self._moments(phase)
        origin = self._origin(phase, known, moments)
        tentative = wanted is not None and outcome is None
        if tentative and origin is not None:
            origin = self._behind_its_review(phase, origin)
        first = None if origin is None else self._first_known(phase, known, origin, moments)
        if origin is None or first is None:
            return None
        own = [visit for visit in self._sessions_known() if visit.phase == phase.id]
        standing, begins = self._begun_unrecorded(standing, known)
        is_kept = self._is_kept(phase, known, origin)
        if begins is not None and standing.begun is not None and not phase.is_chain:
            origin = Origin(moment=setting.moment(standing.begun), skip=1)
        unrecorded = sum(self._late_unrecorded(phase).values())
        if unrecorded:
            standing = replace(standing, behind=standing.behind + unrecorded, lost=())
        begun = standing.begun or date.min
        passed = [
            v for v in own if v.key in self.passed and v.status != "attended" and v.day >= begun
        ]
        kept = len(self.past) + len(coming) + len(beside)
        mine = sum(visit.phase == phase.id for visit in self.past)

        def possible(day: int, minutes: int) -> bool:
            return setting.days.treatable(day, minutes) and not standing.is_over(day)

        return Rest(
            phase=phase,
            standing=standing,
            origin=origin,
            first=first,
            is_kept=is_kept,
            announced={
                v.key: v
                for v in own
                if setting.out(v.key) and v.key not in self.passed
                if known is not None
                or v.key in self.chosen  # those of a former run have other keys
            },
            attempts=self._attempts(phase),
            stands=self.stands,
            chosen={key: history.shown.visits[key].target for key in self.chosen},
            unrecorded=tuple(self._unrecorded(passed)),
            passed=frozenset(visit.key for visit in passed),
            so_far=kept - mine,
            horizon=setting.horizon,
            soonest=setting.soonest,
            month_end=self.protocol.month_end,
            allowed=lambda day, minutes: (
                possible(day, minutes) and self.settled.keeps(Spot("", phase, day, day))
            ),
            stays=lambda visit: (
                possible(day := visit.day.toordinal(), visit.minutes)
                and self.settled.lets_stay(Spot("", phase, day, day))
            ),
            tentative=tentative,
            held_from=None if hold is None else hold.first,
            ends_before=self._next_phase(phase),
            stood=self.stood.get(phase.id, {}),
            back=late.back if (late := self.late.get(phase.id)) is not None else 0,
            called_off=self._called_off(phase, standing, known),
            begins=self.setting.begins.date(),
            begun_with=begins,
            moments=tuple(moments) if phase.each_of_another else (),
        )

    def _late_unrecorded(self, phase: Phase) -> dict[str, int]:
        """Return by how many steps sessions lay behind their turn of which nobody recorded anything yet."""
        known, visits = self.setting.laid.get(phase.id), self.history.shown.visits
        late = {} if known is None else known.late
        return {
            key: back
            for key, back in late.items()
            if key in self.passed and visits[key].status != "attended"
        }

    def _begun_unrecorded(
        self, standing: Standing, known: Laid | None
    ) -> tuple[Standing, str | None]:
        """Return the standing of a phase that has begun again, though nobody recorded it yet."""
        visits = self.history.shown.visits
        keys = () if known is None else (known.begins, known.begun)
        found = (visits[key] for key in keys if key is not None and key in self.passed)
        first = next((visit for visit in found if visit.status != "attended"), None)
        if first is None:
            return standing, None
        fresh = replace(standing, done=frozenset(), given_up=frozenset(), owed={}, begun=first.day)
        return replace(fresh, lost=(), behind=0), first.key

    def _known(self, phase: Phase) -> Laid | None:
        """Return where the rhythm was laid, at the time of day that the course prefers by now."""
        known = self.setting.laid.get(phase.id)
        if known is None or known.first.time() == self.setting.begins.time():
            return known
        moment = self.setting.moment(known.origin.moment.date())
        origin = known.origin.replace(moment=moment)
        return known.replace(origin=origin, first=self.setting.moment(known.first.date()))

    def _moments(self, phase: Phase) -> list[datetime]:
        """Return what a phase counts from, without the offset."""
        opened = self.history.standing(phase.id).opened
        if phase.as_needed and opened is not None:
            return [self._first_possible(phase, opened)]
        if phase.starts is not None:
            standing = self.history.standing(phase.id)
            since = standing.begun if standing.renewed else None
            return moments_of(phase.starts, self.setting, self.sessions, since or date.min)
        before = list(self._before(phase))
        if not before:
            return [self.setting.begins]
        return [] if _NEVER in before else [self.setting.moment(max(before).date())]

    def _first_possible(self, phase: Phase, day: date) -> datetime:
        """Return the first day from a day on, and from the soonest, on which a session can stand."""
        first, days = max(day.toordinal(), self.setting.soonest), self.setting.days
        if phase.place == "clinic":
            minutes = minutes_of_session(phase, 1)
            first = nearest(first, lambda day: days.treatable(day, minutes))
        return self.setting.moment(date.fromordinal(first))

    def _before(self, phase: Phase) -> Iterator[datetime]:
        """Yield when the sessions of the phase before stand; the end of time where it has no end."""
        names = [each.id for each in self.protocol.phases]
        for name in reversed(names[: names.index(phase.id)]):
            earlier = self.protocol.phase(name)
            standing = self.history.standing(name)
            if earlier.as_needed and standing.opened is None:
                continue
            if earlier.is_open and standing.ended is None:
                yield _NEVER
                return
            found = self.sessions.stand(name)
            if found:
                yield from found
                return

    def _offset(self, phase: Phase) -> Period:
        if phase.starts is not None:
            return phase.starts.offset
        if not list(self._before(phase)):
            return _NOW
        return _DAY if phase.weekdays else phase.every or _NOW

    def _origin(
        self, phase: Phase, known: Laid | None, moments: Sequence[datetime]
    ) -> Origin | None:
        """Return where a phase's rhythm counts from: settled once a session of it has happened."""
        standing = self.history.standing(phase.id)
        if phase.id in self.setting.changed and standing.last is not None and phase.every:
            return Origin(moment=self.setting.moment(standing.last), offset=phase.every)
        if standing.counts_from is not None:
            kept = known is not None and phase.id not in self.history.turned
            return known.origin if kept and known is not None else standing.counts_from
        if phase.as_needed and known is not None:
            return known.origin
        if not moments:
            return None
        offset = self._offset(phase)
        if phase.starts is None:
            offset = self._with_its_gap(phase, offset)
        return Origin(moment=moments[0], offset=offset)

    def _with_its_gap(self, phase: Phase, offset: Period) -> Period:
        """Return the gap that was set at the last session of the phase before, or the default.

        One that was set before another session of that phase is used up by it (M3).
        """
        names = [each.id for each in self.protocol.phases]
        for name in reversed(names[: names.index(phase.id)]):
            if not self.sessions.stand(name):
                continue
            gap = self.history.gaps.get(name)
            if gap is None or any(session.phase.id == name for session in self.sessions.coming):
                return offset
            return max(gap, phase.minimum, key=lambda period: period.after(self.setting.begins))
        return offset

    def _first_known(
        self, phase: Phase, known: Laid | None, origin: Origin, moments: Sequence[datetime]
    ) -> datetime | None:
        """Return the first place that a phase ever had, once that is settled; else that of today."""
        settled = self.history.standing(phase.id).counts_from is not None
        return known.first if settled and known is not None else self._first(phase, origin, moments)

    def _first(self, phase: Phase, origin: Origin, moments: Sequence[datetime]) -> datetime | None:
        fresh = origin.replace(skip=0) if origin.skip else origin
        with within_the_calendar(self.setting.begins.date()):
            return next(places_from(phase, fresh, self.protocol.month_end, tuple(moments)), None)

    def _behind_its_review(self, phase: Phase, origin: Origin) -> Origin:
        """Return the rhythm from the day on which the review that decides can take place."""
        assert phase.gate is not None
        review = self.protocol.review(phase.gate.review)
        visits = [v for v in self.history.shown.visits.values() if v.review == review.id]
        over = {"attended", "missed", "cancelled"}
        waits = any(v.status in over or self.history.has_passed(v) for v in visits)
        with within_the_calendar(self.setting.begins.date()):
            moments = reached(review.at, self.setting, self.sessions, counts=review.counts)
        days = [moment.toordinal() for moment in moments[:1]]
        earliest = max([*days, self.setting.soonest if waits else 1], default=1)
        if phase.at or phase.each_of_another:
            return origin
        found = enumerate(places_from(phase, origin, self.protocol.month_end))
        skip = next(index for index, place in found if place.toordinal() >= earliest)
        return origin.replace(skip=origin.skip + skip) if skip else origin

    def _is_kept(self, phase: Phase, known: Laid | None, origin: Origin) -> bool:
        """Whether the rhythm counts from where the plan that is out counted it."""
        same = known is not None and known.origin == origin
        return same and phase.id not in self.setting.changed and bool(self.setting.published)

    def _attempts(self, phase: Phase) -> dict[int, int]:
        """Return the latest attempt of each slot that was ever used.

        What was called off by a slip that is taken back counts as never called off.
        """
        found: dict[int, int] = {}
        for visit in self.history.shown.visits.values():
            if visit.phase != phase.id:
                continue
            is_free = not self.setting.published and visit.key not in self.history.recorded
            slip = self.history.returned and visit.key not in self.history.recorded
            if is_free or (slip and visit.status == "cancelled"):
                continue
            slot, attempt = _slot(visit)
            found[slot] = max(found.get(slot, 0), attempt)
        return found

    def _called_off(self, phase: Phase, standing: Standing, known: Laid | None) -> frozenset[int]:
        """Return the slots that were announced and could not be made up soon, `within` so many days."""
        begins_again = known is not None and known.begins is not None
        is_soon = phase.within is not None and phase.after_loss() == "soon"
        if not is_soon or phase.is_chain or begins_again:
            return frozenset()
        attempts, begun = self._attempts(phase), standing.begun or date.min
        own = [v for v in self.history.shown.visits.values() if v.phase == phase.id]
        stands = {_slot(v)[0] for v in own if self.setting.out(v.key)}
        over = stands | standing.done
        return frozenset(
            slot
            for visit in own
            if visit.status == "cancelled" and visit.key not in self.history.recorded
            for slot, attempt in (_slot(visit),)
            if visit.day >= begun and attempts.get(slot) == attempt and slot not in over
        )

    def _unrecorded(self, passed: Iterable[Visit]) -> Iterator[tuple[int, date, date]]:
        for visit in passed:
            slot, _ = _slot(visit)
            yield slot, visit.target, visit.day

    def _next_phase(self, phase: Phase) -> int | None:
        """Return the first day of a later phase of the treatment that begins whatever happens."""
        names = [each.id for each in self.protocol.phases]
        for later in self.protocol.phases[names.index(phase.id) + 1 :]:
            anchor = later.starts
            if anchor is None or anchor.kind not in {"start", "external"}:
                continue
            if later.label != phase.label or later.place != phase.place:
                continue
            moments = moments_of(anchor, self.setting, self.sessions)
            first = self._first(later, Origin(moment=moments[0], offset=anchor.offset), moments)
            own = self.setting.begins.toordinal()
            if first is not None and first.toordinal() > own:
                return first.toordinal()
        return None


def _slot(visit: Visit) -> tuple[int, int]:
    """Return which slot of its phase a session fills, and at which attempt."""
    key = VisitKey.read(visit.key, {visit.phase or ""})
    return (0, 1) if key is None else (key.number or 0, key.attempt)


def _behind_what_is_fixed(coming: Iterable[Session]) -> Iterator[tuple[str, date]]:
    """Yield the free sessions of a chain that stand behind a fixed one that follows them, and where."""
    fixed: dict[str, int] = {}
    for session in sorted(coming, key=lambda session: session.target.moment, reverse=True):
        if session.phase.is_chain:
            first = fixed.get(session.phase.id, session.day)
            if session.fixed is not None:
                fixed[session.phase.id] = min(first, session.day)
            elif session.day > first:
                yield session.key, date.fromordinal(session.day)
