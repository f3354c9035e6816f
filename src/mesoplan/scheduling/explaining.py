"""Why a visit stands where it stands, and not on its target or at the wished time."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property

from mesoplan.plan.intervals import Intervals, Spot, spots_of
from mesoplan.plan.reason import Reason, ReasonCode
from mesoplan.scheduling.reviews import Checkpoint
from mesoplan.scheduling.setting import Session, Sessions, Setting
from mesoplan.scheduling.stops import Settled
from mesoplan.scheduling.times import Timed
from mesoplan.values.period import Period

_DAY = Period("P1D")


class Why:
    """The reasons of the visits that are still to come."""

    def __init__(
        self,
        setting: Setting,
        sessions: Sessions,
        coming: Sequence[Session],
    ) -> None:
        """Look at where everything stands."""
        self._setting, self._sessions, self._coming = setting, sessions, coming
        self._intervals = Intervals(setting.history.course.protocol)

    @cached_property
    def _spots(self) -> list[Spot]:
        """Where all sessions at the clinic stand, those that took place as well."""
        coming = [session.spot for session in self._coming if session.phase.place == "clinic"]
        return [*coming, *spots_of(self._sessions.past, self._intervals.protocol)]

    def of_session(self, session: Session, timed: Timed | None, *, held: bool) -> Iterator[Reason]:
        """Yield why a session stands on its day, and at its time."""
        day, target = date.fromordinal(session.day), date.fromordinal(session.target_day)
        if session.fixed is not None:
            yield Reason(code="moved", target=target, day=day)
            return
        if held:
            yield self._held(session.day)
        elif session.day == session.target_day:
            yield Reason(code="on-target", target=target)
        else:
            inside = _inside(session.first, session.last, session.day)
            why = self._of_session(session)
            yield why.replace(target=target, day=day, inside=inside)
        if timed is not None and timed.reason is not None:
            yield timed.reason

    def of_review(self, review: Checkpoint, timed: Timed | None, *, held: bool) -> Iterator[Reason]:
        """Yield why a review stands on its day, and at its time."""
        day, target = date.fromordinal(review.day), date.fromordinal(review.target)
        if review.fixed is not None:
            yield Reason(code="moved", target=target, day=day)
            return
        if held:
            yield self._held(review.day)
        elif review.joined is not None:
            code: ReasonCode = "joined-after" if review.review.join == "after" else "joined"
            yield Reason(code=code, target=target, day=day, other=review.joined.key)
        elif review.day == review.target:
            yield Reason(code="on-target", target=target)
        else:
            inside = _inside(review.first, review.last, review.day)
            why = self._of_day(review.target, review.minutes, review.not_before, treated=False)
            kept = why or self._stays(review)
            yield kept.replace(target=target, day=day, inside=inside)
        if timed is not None and timed.reason is not None:
            yield timed.reason

    def _held(self, day: int) -> Reason:
        hold = self._setting.history.circumstances.open_hold
        since = None if hold is None else date.fromordinal(hold.first)
        return Reason(code="on-hold", target=since, day=date.fromordinal(day))

    def _of_session(self, session: Session) -> Reason:
        """Return what keeps a session from its target."""
        return (
            self._of_day(
                session.target_day, session.minutes, session.target.not_before, treated=True
            )
            or self._too_close(session)
            or self._unwished(session.target_day)
            or self._stays(session)
        )

    def _of_day(self, day: int, minutes: int, not_before: int, *, treated: bool) -> Reason | None:
        """Return why nothing can take place on a day."""
        why = self._setting.days.why_not(day, minutes, treated=treated)
        if why is not None:
            return why
        begins = self._setting.begins.toordinal() if treated else 1
        if day < max(self._setting.soonest, begins):
            return Reason(code="passed")
        return Reason(code="lost") if day < not_before else None

    def _too_close(self, session: Session) -> Reason | None:
        """Return which session is too close to its target."""
        there = session.spot._replace(day=session.target_day)
        others = [spot for spot in self._spots if spot.key != session.key]
        for limit in self._intervals.named(there, others):
            if there.day < limit.day:
                return Reason(code="interval", interval=limit.interval, other=limit.other)
        settled = Settled(self._intervals)
        for spot in sorted(others, key=lambda spot: abs(spot.day - there.day))[:4]:
            settled.add(spot)
        other = settled.neighbour(there)
        if other is None:
            return None
        if other.track != there.track:
            apart = self._intervals.spacing[frozenset((other.track, there.track))]
            return Reason(code="spacing", interval=apart, other=other.key)
        one, later = (other, there) if other.day <= there.day else (there, other)
        least = self._intervals.minimum(one.phase, later.phase, later.target - one.target)
        return Reason(code="interval", interval=least or _DAY, other=other.key)

    def _unwished(self, day: int) -> Reason | None:
        return None if self._setting.history.wishes.like(day) else Reason(code="weekday")

    def _stays(self, one: Session | Checkpoint) -> Reason:
        """Return that it gives way, or keeps a day that was announced although its target is free."""
        if one.announced is None:
            return Reason(code="gives-way")
        before = one.announced.reasons[:1]
        unchanged = one.announced.target.toordinal() == (
            one.target_day if isinstance(one, Session) else one.target
        )
        if unchanged and before and before[0].code == "gives-way":
            return Reason(code="gives-way")
        return Reason(code="announced")


def _inside(first: int | None, last: int | None, day: int) -> bool | None:
    return None if first is None or last is None else first <= day <= last
