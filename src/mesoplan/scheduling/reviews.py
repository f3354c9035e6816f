"""Reviews and consultations: their targets, and the session that each may be joined to.

A review counts from where its anchor stands, so the reviews come after the sessions. One that was lost
is made up on the nearest possible day after.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from mesoplan.plan.visit import Visit
from mesoplan.protocol.review import Review
from mesoplan.protocol.visit_key import VisitKey
from mesoplan.scheduling.anchored import asked
from mesoplan.scheduling.days import nearest, within_the_calendar
from mesoplan.scheduling.setting import Session, Sessions, Setting, days_of, moment_of, moments_of
from mesoplan.scheduling.targets import minutes_of
from mesoplan.scheduling.times import Diary

_WEEK = 7


class Checkpoint(NamedTuple):
    """A review that is still to come. Days are ordinals, times minutes after midnight."""

    key: str
    review: Review
    number: int | None
    target: int
    wished: int
    day: int
    first: int | None = None
    last: int | None = None
    not_before: int = 1
    anchored: tuple[str, ...] = ()
    """The sessions that it counts from; on hold, it waits with them."""
    waits: bool = False
    """Whether it waits for the end of a hold itself, since it counts treated time."""
    fixed: datetime | None = None
    """The aware time that the person chose."""
    joined: Session | None = None
    """The session that it takes place directly before, or after."""
    announced: Visit | None = None
    """How it stands in the plan that is out, where it keeps its day."""

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return minutes_of(self.review.duration)


def checkpoints(setting: Setting, sessions: Sessions) -> tuple[Checkpoint, ...]:
    """Return the reviews that are still to come, each joined to a session of its window if it can be.

    Those that stand alone have their target as their day; `placed_alone` finds one.
    """
    with within_the_calendar(setting.begins.date()):
        found = [
            _on_its_day(checkpoint, setting, sessions)
            for review in setting.history.course.protocol.reviews
            for checkpoint in _of(review, setting, sessions)
        ]
        left = [_left_over(visit, setting) for visit in unasked(setting, sessions)]
    return (*found, *left)


def unasked(setting: Setting, sessions: Sessions) -> Iterator[Visit]:
    """Yield the reviews that nothing asks for any more, and that stand as a person chose their time."""
    history = setting.history
    for visit in _without_anchor(setting, sessions):
        at = history.fixed.get(visit.key)
        over = visit.lost or visit.key in history.recorded or _has_passed(setting, visit)
        if at is not None and not over and _may_stand(setting, at):
            yield visit


def not_made_up(setting: Setting, sessions: Sessions) -> Iterator[Visit]:
    """Yield the reviews that were lost, and are not made up as what they counted from is gone."""
    history = setting.history
    for visit in _without_anchor(setting, sessions):
        key = VisitKey.read(visit.key, {visit.review or ""})
        again = None if key is None else str(key.again(key.attempt + 1))
        lost = history.recorded.get(visit.key) in {"missed", "cancelled"}
        if lost and again not in history.shown.visits:
            yield visit


def _without_anchor(setting: Setting, sessions: Sessions) -> Iterator[Visit]:
    """Yield the visits of reviews that are beyond what these count from by now."""
    reviews = {review.id: review for review in setting.history.course.protocol.reviews}
    many = {name: sum(1 for _ in asked(each, setting, sessions)) for name, each in reviews.items()}
    for visit in setting.history.shown.visits.values():
        key = VisitKey.read(visit.key, reviews)
        if key is not None and (key.number or 1) > many[key.name]:
            yield visit


def unreached(setting: Setting, sessions: Sessions) -> Iterator[Review]:
    """Yield the reviews that have nothing to count from.

    What counts from a phase as needed that has not begun waits for it in silence: it may never be needed.
    """
    history = setting.history
    never_begun = {
        phase.id
        for phase in history.course.protocol.phases
        if phase.as_needed and history.standing(phase.id).opened is None
    }
    for review in history.course.protocol.reviews:
        if review.at.phase not in never_begun and not moments_of(review.at, setting, sessions):
            yield review


def _of(review: Review, setting: Setting, sessions: Sessions) -> Iterator[Checkpoint]:
    """Yield the visits of a review that are still to come, with their targets."""
    for number, counted_from, moment, waits in asked(review, setting, sessions):
        attempt = _attempt(VisitKey(review.id, number), setting)
        if attempt is None:
            continue
        key, not_before = attempt
        day = moment.toordinal()
        first, last = days_of(review.window, day)
        yield Checkpoint(
            key=key,
            review=review,
            number=number,
            target=day,
            wished=60 * moment.hour + moment.minute,
            day=day,
            first=first,
            last=last,
            not_before=not_before,
            anchored=tuple(_anchored(review, counted_from, sessions)),
            waits=waits,
        )


def _left_over(visit: Visit, setting: Setting) -> Checkpoint:
    """Return a review that nothing asks for, where the person put it."""
    review = next(r for r in setting.history.course.protocol.reviews if r.id == visit.review)
    at, day = setting.history.fixed[visit.key], visit.target.toordinal()
    first, last = days_of(review.window, day)
    return Checkpoint(
        key=visit.key,
        review=review,
        number=visit.number,
        target=day,
        wished=60 * at.hour + at.minute,
        day=at.toordinal(),
        first=first,
        last=last,
        fixed=at,
    )


def _attempt(name: VisitKey, setting: Setting) -> tuple[str, int] | None:
    """Return the key under which a review is still to come, and the first day; None if it is over."""
    history, key, not_before = setting.history, name, 1
    while True:
        visit = history.shown.visits.get(str(key))
        if visit is None or setting.out(str(key)) is not None:
            over = visit is not None and _has_passed(setting, visit)
            return None if over else (str(key), not_before)
        status = history.recorded.get(str(key))
        if status == "attended":
            return None
        if status is not None:
            not_before = visit.day.toordinal() + 1
        elif not setting.published or history.returned or not visit.lost:
            return str(key), not_before
        key = key.again(key.attempt + 1)


def _has_passed(setting: Setting, visit: Visit) -> bool:
    return bool(setting.published) and setting.history.has_passed(visit)


def _anchored(review: Review, moment: datetime, sessions: Sessions) -> Iterator[str]:
    """Yield the sessions to come that a review counts from."""
    if review.at.kind in {"session", "each"}:
        for session in sessions.coming:
            if moment_of(session) == moment:
                yield session.key


def _on_its_day(checkpoint: Checkpoint, setting: Setting, sessions: Sessions) -> Checkpoint:
    """Return a review on the day that a person chose, that of a session, or the announced one."""
    at = setting.history.fixed.get(checkpoint.key)
    if at is not None and _may_stand(setting, at) and not _was_held(checkpoint, setting, at):
        return checkpoint._replace(fixed=at, day=at.toordinal())
    out = setting.kept(checkpoint.key)
    partner = _partner(checkpoint, setting, sessions, out) if checkpoint.review.join else None
    if partner is not None:
        kept = out if out is not None and out.day.toordinal() == partner.day else None
        return checkpoint._replace(joined=partner, day=partner.day, announced=kept)
    if out is not None and _stays(checkpoint, setting, out):
        return checkpoint._replace(day=out.day.toordinal(), announced=out)
    return checkpoint


def _may_stand(setting: Setting, at: datetime) -> bool:
    stopped = setting.history.circumstances.stopped
    return stopped is None or at.toordinal() < stopped


def _was_held(checkpoint: Checkpoint, setting: Setting, at: datetime) -> bool:
    """Whether a review waited through a hold when its time came, or has stood elsewhere since."""
    history, out = setting.history, setting.published.get(checkpoint.key)
    since = out is not None and out.upcoming and at <= history.as_of < out.start
    holds = history.circumstances.holds
    over = any(hold.resumed is not None and hold.covers(at.toordinal()) for hold in holds)
    waited = bool(checkpoint.anchored) or (out is not None and out.status == "on_hold")
    return since or (over and waited)


def _stays(checkpoint: Checkpoint, setting: Setting, out: Visit) -> bool:
    """Whether an announced review keeps its day: possible, and its target or window still allows it."""
    day = out.day.toordinal()
    inside = checkpoint.first is not None and checkpoint.first <= day
    inside = inside and checkpoint.last is not None and day <= checkpoint.last
    wanted = inside or out.target.toordinal() == checkpoint.target
    waits = checkpoint.waits or out.status == "on_hold"
    held = waits and setting.history.circumstances.open_hold is not None
    possible = held or setting.days.possible(day, checkpoint.minutes)
    waited = not held and out.start <= setting.history.as_of  # through a hold that is over
    over = waited or setting.has_passed_here(out)
    return wanted and possible and not over and day >= checkpoint.not_before


def _partner(
    checkpoint: Checkpoint, setting: Setting, sessions: Sessions, out: Visit | None
) -> Session | None:
    """Find the session to join: in the window, with room for both; the nearest one."""
    first = checkpoint.target if checkpoint.first is None else checkpoint.first
    last = checkpoint.target if checkpoint.last is None else checkpoint.last
    stood = None if out is None else out.day.toordinal()
    beside = None if out is None else out.joined
    soonest = setting.soonest if stood is None else min(setting.soonest, stood)
    found = [
        session
        for session in sessions.coming
        if first <= session.day <= last
        and session.phase.place == "clinic"
        and not session.waits
        and session.day >= max(soonest, checkpoint.not_before)
        and setting.days.possible(session.day, session.minutes + checkpoint.minutes)
        and _has_room(session, checkpoint, setting)
    ]
    late = checkpoint.review.join == "after"
    return min(
        found,
        key=lambda session: (
            session.key != beside,  # what became of its session is shared, a move as well
            session.day != stood,
            abs(session.day - checkpoint.target),
            -session.day,
            session.key not in checkpoint.anchored,
            -session.wished if late else session.wished,  # of one day's the last, or the first
        ),
        default=None,
    )


def _has_room(session: Session, checkpoint: Checkpoint, setting: Setting) -> bool:
    """Whether there is opening time directly beside a session whose time is no longer open."""
    if session.fixed is None:
        return True
    begins = 60 * session.fixed.hour + session.fixed.minute
    ends = begins + session.minutes
    if checkpoint.review.join == "after":
        stretch = ends, ends + checkpoint.minutes
    else:
        stretch = begins - checkpoint.minutes, begins
    spans = setting.days.spans(session.day, session.minutes + checkpoint.minutes)
    return any(opens <= stretch[0] and stretch[1] <= closes for opens, closes in spans)


def _outwards(target: int, first: int, last: int) -> Iterator[int]:
    """Yield the days of a window, the nearest to the target first, of two the later one."""
    for distance in range(max(last - target, target - first) + 1):
        if first <= target + distance <= last:
            yield target + distance
        if distance and first <= target - distance <= last:
            yield target - distance


def _first_liked(days: Iterator[int], liked: Callable[[int], bool]) -> int | None:
    """Return the first day that is liked, else the first one, or None."""
    first = None
    for day in days:
        if liked(day):
            return day
        first = day if first is None else first
    return first


def placed_alone(checkpoint: Checkpoint, setting: Setting, diary: Diary) -> Checkpoint:
    """Return a review that joins no session on the nearest possible day with room beside the others."""
    earliest = max(setting.soonest, checkpoint.not_before)
    liked = setting.history.wishes.like

    def allowed(day: int) -> bool:
        if day < earliest or not setting.days.possible(day, checkpoint.minutes):
            return False
        return diary.has_room(day, checkpoint.wished, checkpoint.minutes)

    first, last = checkpoint.first, checkpoint.last
    with within_the_calendar(setting.begins.date()):
        if first is None or last is None:
            closest = nearest(checkpoint.target, allowed)
            days = filter(allowed, range(closest, closest + _WEEK))
            best = next(filter(liked, days), closest)
        else:
            possible = filter(allowed, _outwards(checkpoint.target, first, last))
            found = _first_liked(possible, liked)
            best = nearest(last + 1, allowed) if found is None else found
    return checkpoint._replace(day=best)
