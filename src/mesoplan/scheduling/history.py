"""What has happened in a course, as far as its log has been taken in (M7).

The idea: history stands, the future is laid. A plan keeps an entry for each fact that it has taken in.
What was decided then is never decided again; the standing of each phase is the fold of its decisions,
and what is laid afterwards sees only the result: the visits that happened, the standings, and the days
that are ruled out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import assert_never

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.course.facts import (
    Attended,
    Away,
    Begun,
    Cancelled,
    Corrected,
    Ended,
    Extended,
    Fact,
    Missed,
    Moved,
    Paused,
    Preferred,
    Resumed,
    Reviewed,
    Stopped,
)
from mesoplan.plan.entries import Entry, Laid
from mesoplan.plan.visit import Finding, Status, Visit
from mesoplan.protocol.review import Review
from mesoplan.protocol.visit_key import VisitKey
from mesoplan.scheduling.days import Circumstances, Hold
from mesoplan.scheduling.standing import Standing
from mesoplan.scheduling.wishes import Wishes
from mesoplan.values.period import Period


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan as people see it: its visits by key, and where the rhythms count from."""

    visits: Mapping[str, Visit] = field(default_factory=dict)
    laid: Mapping[str, Laid] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What has happened in a course, as far as its log says."""

    course: Course
    clinic: Clinic
    as_of: datetime
    """The aware moment at which it is told."""
    shown: Shown
    """The visits with what is recorded of them, beside those that are out."""
    wishes: Wishes
    """What the person would like on a day."""
    circumstances: Circumstances = field(default_factory=Circumstances)
    standings: Mapping[str, Standing] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    fixed: Mapping[str, datetime] = field(default_factory=dict)
    """The aware times that the person chose for visits on which nothing else is recorded."""
    recorded: Mapping[str, Status] = field(default_factory=dict)
    """The outcome of each visit that has one."""
    concluded: Mapping[str, str] = field(default_factory=dict)
    """The outcome of each review that was concluded, by its id and by its key."""
    gaps: Mapping[str, Period] = field(default_factory=dict)
    """The gap that was set at the last session of a phase, for the phase after it."""
    returned: bool = False
    """Whether a fact was taken back, so that what it called off may return."""
    released: int | None = None
    """The day from which on what was announced may move, as new preferences were told; an ordinal."""
    turned: frozenset[str] = frozenset()
    """The phases whose rhythm counts from elsewhere since the plan that is out."""
    notes: tuple[Finding, ...] = ()

    @property
    def now(self) -> int:
        """The day on which it is told, in local time."""
        return self.clinic.local(self.as_of).toordinal()

    def standing(self, phase: str) -> Standing:
        """Return where a phase stands."""
        return self.standings.get(phase, _FRESH)

    def has_passed(self, visit: Visit) -> bool:
        """Whether a visit stood in the past, nothing is recorded of it, and nothing ruled it out."""
        if visit.start > self.as_of or not (visit.upcoming or visit.status == "on_hold"):
            return False
        if visit.status == "tentative" and not self._is_decided(visit):
            return False
        if self.fixed.get(visit.key, visit.start) > self.as_of:
            return False  # put off after its time had come
        day = visit.day.toordinal()
        waited = visit.status == "on_hold"
        held = (waited or self._is_treated(visit)) and any(
            hold.covers(day) and (waited or hold.first < day) for hold in self.circumstances.holds
        )
        return not held and not self.is_over(day, visit.phase)

    def is_over(self, day: int, phase: str | None) -> bool:
        """Whether the course was stopped by a day, or a phase was ended."""
        stopped = self.circumstances.stopped
        over = stopped is not None and day >= stopped
        return over or self.standing(phase or "").is_over(day)

    def _is_treated(self, visit: Visit) -> bool:
        """Whether a hold puts a visit off: a session, or a review that counts treated time."""
        if visit.review is None:
            return True
        reviews = self.course.protocol.reviews
        return any(each.counts == "treatment" for each in reviews if each.id == visit.review)

    def _is_decided(self, visit: Visit) -> bool:
        """Whether the review that a tentative visit waits for has let it take place."""
        phase = next((p for p in self.course.protocol.phases if p.id == visit.phase), None)
        wanted = None if phase is None else phase.requires
        return wanted is not None and self.concluded.get(wanted.review) == wanted.outcome


_FRESH = Standing()

Lay = Callable[[History], Shown]
"""Lays the future that follows from a history."""


def remembered(history: History, fact: Fact, entry: Entry) -> History:
    """Return the history with a fact whose entry is known."""
    standings = dict(history.standings)
    turned = set(history.turned)
    for decision in entry.decided:
        standing = standings.get(decision.phase, _FRESH)
        laid = history.shown.laid.get(decision.phase)
        if decision.counts_from is not None and (
            laid is None or decision.counts_from != laid.origin
        ):
            turned.add(decision.phase)
        standings[decision.phase] = standing.after(decision)
    notes = (*history.notes, *_assumed(history, entry))
    history = replace(history, standings=standings, turned=frozenset(turned), notes=notes)
    return _stopped(_with_its_meaning(history, fact, entry))


def _stopped(history: History) -> History:
    """Return the history with the end of the course that too many no-shows in a row have brought."""
    stops = [each.stops.since.toordinal() for each in history.standings.values() if each.stops]
    what = history.circumstances
    if not stops:
        return history
    first = min([*stops, *filter(None, [what.stopped])])
    return replace(history, circumstances=replace(what, stopped=first))


def _assumed(history: History, entry: Entry) -> Iterator[Finding]:
    """Yield that the time of a visit was assumed."""
    visit = history.shown.visits.get(entry.key or "")
    if entry.assumed and visit is not None:
        message = f"is taken for the time it was moved to, {visit.start:%Y-%m-%d %H:%M}"
        yield Finding(code="time-assumed", visit=visit.key, message=message)


def circumstances_of(course: Course) -> Circumstances:
    """Return what a whole log says of days, whatever the visits."""
    found = Circumstances()
    for fact in course.kept_facts:
        found = _after(found, fact)
    return found


def _after(what: Circumstances, fact: Fact) -> Circumstances:
    match fact:
        case Away():
            stretch = (fact.first.toordinal(), fact.last.toordinal())
            return replace(what, away=(*what.away, stretch))
        case Paused():
            return replace(what, holds=(*what.holds, Hold(fact.on.toordinal())))
        case Resumed():
            ended = [Hold(hold.first, fact.on.toordinal()) for hold in what.holds[-1:]]
            return replace(what, holds=(*what.holds[:-1], *ended))
        case Stopped():
            return replace(what, stopped=fact.on.toordinal())
        case Attended() | Missed() | Cancelled() | Moved() | Reviewed():
            return what
        case Extended() | Begun() | Ended() | Preferred() | Corrected():
            return what
        case _:
            assert_never(fact)


def _with_its_meaning(history: History, fact: Fact, entry: Entry) -> History:
    """Return the history with what a fact says beside its decisions: days, times, outcomes."""
    match fact:
        case Attended() | Missed() | Cancelled():
            status: Status = fact.fact
            history = _with_its_gap(history, fact, entry)
            fixed = {key: at for key, at in history.fixed.items() if key != fact.visit}
            shared = dict.fromkeys((fact.visit, *entry.shared), status)
            return replace(history, recorded={**history.recorded, **shared}, fixed=fixed)
        case Reviewed():
            recorded = {**history.recorded, fact.visit: "attended"}
            concluded = {**history.concluded, fact.visit: fact.outcome}
            review = _review_of(history.course, fact.visit)
            if review is not None:
                concluded[review.id] = fact.outcome
            return replace(history, recorded=recorded, concluded=concluded)
        case Moved():
            return replace(history, fixed={**history.fixed, fact.visit: aware(history, fact.to)})
        case Away() | Paused() | Resumed() | Stopped():
            return replace(history, circumstances=_after(history.circumstances, fact))
        case Preferred():
            wishes = replace(history.wishes, told=(*history.wishes.told, fact))
            return replace(history, wishes=wishes)
        case Extended() | Begun() | Ended() | Corrected():
            return history
        case _:
            assert_never(fact)


def _with_its_gap(history: History, fact: Attended | Missed | Cancelled, entry: Entry) -> History:
    """Return the history with the gap that was set at a session; the next session ends it."""
    key = VisitKey.read(fact.visit, {phase.id for phase in history.course.protocol.phases})
    days = [decided.day for decided in entry.decided if decided.day is not None]
    if key is None or not isinstance(fact, Attended):
        return history
    if any(history.standing(key.name).is_after(day) for day in days):
        return history  # that session was recorded before
    gaps = {phase: gap for phase, gap in history.gaps.items() if phase != key.name}
    if fact.next_after is not None:
        gaps[key.name] = fact.next_after
    return replace(history, gaps=gaps)


def aware(history: History, moment: datetime) -> datetime:
    """Return a moment that a person told in the clinic's zone; of one that is naive the fold counts."""
    zone = history.clinic.zone
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return aware.astimezone(UTC).astimezone(zone)


def _review_of(course: Course, key: str) -> Review | None:
    names = {review.id: review for review in course.protocol.reviews}
    found = VisitKey.read(key, names)
    return None if found is None else names[found.name]
