"""From sessions and reviews on their days to visits: times, reasons, revisions, what was called off."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from mesoplan.clinic.clinic import Clinic
from mesoplan.plan.reason import Reason, ReasonCode
from mesoplan.plan.visit import Kind, Place, Status, Visit
from mesoplan.scheduling.explaining import Why
from mesoplan.scheduling.reviews import Checkpoint, checkpoints, placed_alone
from mesoplan.scheduling.setting import Session, Sessions, Setting
from mesoplan.scheduling.times import Diary, Stay, Timed


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


@dataclass(frozen=True, slots=True)
class Coming:
    """What is still to come, on its days."""

    sessions: tuple[Session, ...]
    checkpoints: tuple[Checkpoint, ...]
    times: Mapping[str, Timed]


def on_times(setting: Setting, sessions: Sessions) -> Coming:
    """Return everything that is still to come with its time of day, lone reviews on their day."""
    diary = Diary(setting.days)
    reviews = checkpoints(setting, sessions)
    stopped = setting.history.circumstances.stopped
    coming = tuple(s for s in sessions.coming if stopped is None or s.day < stopped)
    for visit in _standing(setting, sessions):
        diary.take(visit.day.toordinal(), _minute(visit.start), visit.minutes)
    everything: tuple[Session | Checkpoint, ...] = (*coming, *reviews)
    for one in everything:
        if one.fixed is not None and not (isinstance(one, Session) and one.waits):
            diary.take(one.day, _minute(one.fixed), one.minutes)
    times: dict[str, Timed] = {}
    for block in sorted(_blocks(coming, reviews), key=_announced_first):
        times |= _block_times(block, diary)
    placed = []
    for review in reviews:
        alone = review.joined is None and review.fixed is None
        if alone and review.announced is None:
            review = placed_alone(review, setting, diary)  # noqa: PLW2901 - now on its day
        if alone:
            times |= diary.enter([_stay(review)])
        placed.append(review)
    times |= diary.kept_while_taken()
    kept = tuple(r for r in placed if stopped is None or r.day < stopped)
    return Coming(coming, kept, times)


def _standing(setting: Setting, sessions: Sessions) -> Iterator[Visit]:
    """Yield the visits at the clinic whose time is over, or soon will be."""
    yield from (visit for visit in sessions.past if visit.place == "clinic")
    for visit in setting.history.shown.visits.values():
        if visit.kind != "session" and visit.status == "attended":
            yield visit


def _minute(moment: datetime) -> int:
    return 60 * moment.hour + moment.minute


class Block(NamedTuple):
    """What is entered in one go: sessions hours apart on a day, and the reviews joined to each."""

    sessions: list[Session]
    joined: Mapping[str, list[Checkpoint]]


def _blocks(coming: Sequence[Session], reviews: Sequence[Checkpoint]) -> Iterator[Block]:
    """Gather the sessions to come and the reviews joined to them."""
    joined: dict[str, list[Checkpoint]] = {}
    for review in reviews:
        if review.joined is not None:
            joined.setdefault(review.joined.key, []).append(review)
    ordered = sorted(coming, key=lambda s: (s.day, s.wished, s.key))
    for _, group in groupby(ordered, key=_together):
        yield Block(list(group), joined)


def _together(session: Session) -> tuple[int, str, int | str]:
    apart = session.fixed is not None or not session.phase.several_a_day
    return session.day, session.phase.id, session.key if apart else session.target_day


def _announced_or_wished(session: Session) -> int:
    return session.wished if session.announced is None else _minute(session.announced.start)


def _announced_first(block: Block) -> tuple[bool, bool, int]:
    """Order by what was announced; who had to give way on its day comes after who did not."""
    last = block.sessions[-1]
    gave_way = last.announced is not None and _minute(last.announced.start) != last.wished
    return last.announced is None, gave_way, last.day


def _stay(one: Session | Checkpoint, wished: int | None = None) -> Stay:
    announced = None if one.announced is None else _minute(one.announced.start)
    return Stay(one.key, one.day, one.wished if wished is None else wished, one.minutes, announced)


def _block_times(block: Block, diary: Diary) -> dict[str, Timed]:
    """Return the times of a block."""
    sessions = block.sessions
    first = sessions[0]
    if first.phase.place == "home":
        return {session.key: Timed(session.wished) for session in sessions}
    if first.waits:  # on hold it takes nothing, and stands where it was announced
        return {session.key: Timed(_announced_or_wished(session)) for session in sessions}
    stays = _stays(block)
    if first.fixed is None:
        leading = next(stay for stay in stays if stay.key == sessions[-1].key)
        return diary.enter(stays, leading)
    reviews = [stay for stay in stays if stay.key != first.key]  # the session has its time
    for stay in reviews:
        diary.take(stay.day, stay.wished, stay.minutes)
    return {stay.key: Timed(stay.wished) for stay in reviews}


def _stays(block: Block) -> list[Stay]:
    """Return when a block is wished for: each review directly before its session, or after it.

    Where no time is left there between two sessions it comes before the first, or after the last.
    """
    found = [_stay(s, s.wished if s.fixed is None else _minute(s.fixed)) for s in block.sessions]
    for stay in tuple(found):
        joined = block.joined.get(stay.key, ())
        before = [review for review in joined if review.review.join != "after"]
        found += _beside(found, before, stay.wished, early=True)
        after = [review for review in joined if review.review.join == "after"]
        found += _beside(found, after, stay.wished + stay.minutes, early=False)
    return sorted(found, key=lambda stay: stay.wished)


def _beside(
    stays: Sequence[Stay], reviews: Sequence[Checkpoint], at: int, *, early: bool
) -> list[Stay]:
    """Return reviews in a row up to a minute or from it on, if that is free, else beside all stays."""
    lasts = sum(review.minutes for review in reviews)
    start = at - lasts if early else at
    if any(stay.wished < start + lasts and start < stay.wished + stay.minutes for stay in stays):
        first = min(stay.wished for stay in stays) - lasts
        start = first if early else max(stay.wished + stay.minutes for stay in stays)
    found = []
    for review in reviews:
        found.append(_stay(review, start))
        start += review.minutes
    return found


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
