"""From sessions and reviews on their days to visits: times, reasons, revisions, what was called off."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from mesoplan.clinic.clinic import Clinic
from mesoplan.plan.reason import Reason, ReasonCode
from mesoplan.plan.visit import Kind, Place, Status, Visit
from mesoplan.scheduling.blocks import Coming
from mesoplan.scheduling.explaining import Why
from mesoplan.scheduling.reviews import Checkpoint
from mesoplan.scheduling.setting import Session, Sessions, Setting
from mesoplan.scheduling.times import Timed


class Draft(NamedTuple):
    """A visit before it is compared with what is out."""

    key: str
    kind: Kind
    phase: str | None
    review: str | None
    name: str
    number: int | None
    of: int | None
    label: str | None
    place: Place
    target: date
    earliest: date | None
    latest: date | None
    start: datetime
    end: datetime
    status: Status
    reasons: tuple[Reason, ...]

    def is_same_booking(self, before: Visit) -> bool:
        """Whether neither time nor status differ."""
        now = (self.start, self.end, self.status)
        return now == (before.start, before.end, before.status)

    def is_same_text(self, before: Visit) -> bool:
        """Whether nothing differs that a calendar tells of it beside its time."""
        now = (self.name, self.label, self.number, self.of)
        return now == (before.name, before.label, before.number, before.of)

    def is_same(self, before: Visit) -> bool:
        """Whether nothing at all differs."""
        days = (self.target, self.earliest, self.latest, self.reasons)
        known = (before.target, before.earliest, before.latest, before.reasons)
        return self.is_same_booking(before) and self.is_same_text(before) and days == known

    def visit(self, revision: int, stamp: datetime) -> Visit:
        """Build the visit."""
        return Visit(**self._asdict(), revision=revision, stamp=stamp)


def drafts(setting: Setting, sessions: Sessions, coming: Coming) -> list[Draft]:
    """Return everything that is still to come as visits, with the reasons why they stand there."""
    why = Why(setting, sessions, coming.sessions)
    found = [_of_session(session, setting, coming.times, why) for session in coming.sessions]
    held = {draft.key for draft in found if draft.status == "on_hold"}
    found += [_of_review(review, setting, coming.times, why, held) for review in coming.checkpoints]
    return found


def _of_session(session: Session, setting: Setting, times: Mapping[str, Timed], why: Why) -> Draft:
    target, phase = session.target, session.phase
    timed = times.get(session.key)
    start, end = _span(session, timed, setting.days.clinic)
    held = session.waits
    status: Status = (
        "on_hold" if held else "tentative" if target.status == "tentative" else "planned"
    )
    return Draft(
        key=session.key,
        kind="session",
        phase=phase.id,
        review=None,
        name=phase.name,
        number=target.number or None,
        of=target.of,
        label=phase.step(target.step).label,
        place=phase.place,
        target=date.fromordinal(session.target_day),
        earliest=_day(session.first),
        latest=_day(session.last),
        start=start,
        end=end,
        status=status,
        reasons=tuple(why.of_session(session, timed, held=held)),
    )


def _of_review(
    review: Checkpoint,
    setting: Setting,
    times: Mapping[str, Timed],
    why: Why,
    held: set[str],
) -> Draft:
    timed = times.get(review.key)
    start, end = _span(review, timed, setting.days.clinic)
    alone = review.joined is None and review.fixed is None
    waits = bool(held.intersection(review.anchored)) or (review.waits and alone)
    return Draft(
        key=review.key,
        kind=review.review.kind,
        phase=None,
        review=review.review.id,
        name=review.review.name,
        number=review.number,
        of=None,
        label=None,
        place="clinic",
        target=date.fromordinal(review.target),
        earliest=_day(review.first),
        latest=_day(review.last),
        start=start,
        end=end,
        status="on_hold" if waits else "planned",
        reasons=tuple(why.of_review(review, timed, held=waits)),
    )


def _span(
    one: Session | Checkpoint, timed: Timed | None, clinic: Clinic
) -> tuple[datetime, datetime]:
    """Return when a visit begins and ends: aware, in the clinic's zone."""
    if one.fixed is not None:
        start = one.fixed
    else:
        assert timed is not None
        start = clinic.at(one.day, timed.start)
    end = (start.astimezone(UTC) + timedelta(minutes=one.minutes)).astimezone(clinic.zone)
    return start, end


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


def revised(
    found: Iterable[Draft],
    setting: Setting,
    sessions: Sessions,
    out: Mapping[str, Visit],
    *,
    retold: bool,
) -> tuple[Visit, ...]:
    """Return the visits in time order: what is past, what is to come, what was called off (M8).

    `out` are the visits of the plan that is out. `retold` says that what a calendar tells beside the
    visits has changed, such as a telephone number.
    """
    history = setting.history
    visits: dict[str, Visit] = {}
    passed = {visit.key for visit in sessions.past}
    for draft in found:
        before = setting.published.get(draft.key)
        visits[draft.key] = _revised(draft, before, history.as_of, retold=retold)
    for key, visit in history.shown.visits.items():
        if key in visits:
            continue
        if key in history.recorded or key in passed or _is_unrecorded(visit, setting):
            visits[key] = _past(visit, history.recorded.get(key), sessions)
        elif setting.published:
            visits[key] = _called_off(visit, setting)
    for key, before in out.items():
        visits[key] = _once(visits[key], before, history.as_of)
    return tuple(sorted(visits.values(), key=lambda visit: (visit.start, visit.key)))


def _once(visit: Visit, before: Visit, as_of: datetime) -> Visit:
    """Count one planning as one revision, however many of its facts have changed the visit (M8)."""
    same = (visit.start, visit.end, visit.status) == (before.start, before.end, before.status)
    revision = before.revision if same else before.revision + 1
    titled = (visit.number, visit.of) == (before.number, before.of)
    stamp = visit.stamp if same and titled else as_of
    if (visit.revision, visit.stamp) == (revision, stamp):
        return visit
    return visit.replace(revision=revision, stamp=stamp)


def _is_unrecorded(visit: Visit, setting: Setting) -> bool:
    return bool(setting.published) and setting.history.has_passed(visit)


def _revised(draft: Draft, before: Visit | None, as_of: datetime, *, retold: bool) -> Visit:
    """Count up what changes a booking; a changed text is only stamped (RFC 5545, 3.8.7.4)."""
    if before is None:
        return draft.visit(0, as_of)
    if not draft.is_same_booking(before):
        return draft.visit(before.revision + 1, as_of)
    if not retold and draft.is_same(before):
        return before
    told = retold or not draft.is_same_text(before) or draft.reasons != before.reasons
    return draft.visit(before.revision, as_of if told else before.stamp)


_STILL_TRUE = frozenset({"closed", "away", "held", "too-short", "joined", "joined-after"})
"""The codes that time does not change: what lay in the way of a target, and which session is joined."""


def _past(visit: Visit, status: Status | None, sessions: Sessions) -> Visit:
    """Return a visit that is over, with the reason that its record gives.

    What happened keeps its number; one without a record is counted anew.
    """
    code: ReasonCode = "unrecorded"
    if status in {"attended", "missed", "cancelled"}:
        code = status
    if visit.status in {"tentative", "on_hold"}:  # what it waited for was recorded later
        visit = visit.replace(status="planned")
    reasons: tuple[Reason, ...] = (Reason(code=code, target=visit.target, day=visit.day),)
    if code == "unrecorded":  # it may have taken place, and why it stood there is still true
        reasons += tuple(reason for reason in visit.reasons if reason.code in _STILL_TRUE)
    number, of = sessions.counted.get(visit.key, (visit.number, visit.of))
    if (visit.reasons, visit.number, visit.of) == (reasons, number, of):
        return visit
    return visit.replace(reasons=reasons, number=number, of=of)


def _called_off(visit: Visit, setting: Setting) -> Visit:
    """Return the tombstone of a visit that is no longer planned."""
    if visit.lost:
        return visit
    cause = None
    if setting.history.circumstances.stopped is not None:
        cause = "the course was stopped"
    elif setting.history.standing(visit.phase or "").ended is not None:
        cause = f"{visit.phase} was ended"
    return visit.replace(
        status="cancelled",
        revision=visit.revision + 1,
        stamp=setting.history.as_of,
        reasons=(Reason(code="not-planned", day=visit.day, cause=cause),),
    )
