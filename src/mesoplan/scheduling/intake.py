"""The log taken in, fact by fact, each once and by what was known then (M7).

What holds:

- Entries and facts belong together, one each, in the same order.
- A visit that was recorded keeps its time and length for good.
- A fact that is gone loses its entry; what was decided after it stands, and a finding says so.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import assert_never

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.course.fact_kinds import END_OR_EXTEND, in_words
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
    slips,
)
from mesoplan.course.log import begins
from mesoplan.plan.entries import Decision, Entry, Laid
from mesoplan.plan.reason import Reason
from mesoplan.plan.visit import Finding, Status, Visit
from mesoplan.scheduling.decisions import Deciding
from mesoplan.scheduling.history import History, Lay, Shown, aware, remembered
from mesoplan.scheduling.wishes import Wishes, usual_time
from mesoplan.values.errors import Fault, RecordError, closest


@dataclass(frozen=True, slots=True)
class Published:
    """The plan that is out, as far as the next one needs it."""

    facts: tuple[Fact, ...]
    entries: tuple[Entry, ...]
    shown: Shown
    notes: tuple[Finding, ...] = ()
    """What it says of facts that were taken back."""


def told(
    course: Course, clinic: Clinic, as_of: datetime, previous: Published | None, lay: Lay
) -> History:
    """Take in a course's log; `previous` is the plan that is out, `lay` shows a visit that it lacks.

    Raises RecordError for a new fact about a visit that stands nowhere.
    """
    wishes = Wishes(usual_time(course, clinic), course.preferences.weekdays)
    history = History(course=course, clinic=clinic, as_of=as_of, shown=Shown(), wishes=wishes)
    anew: list[int] = []
    if previous is not None:
        history, anew = _carried_on(history, previous)
    since, taken_back = len(history.entries), slips(course.facts)
    for index in (*anew, *range(since, len(course.facts))):
        if index in taken_back:
            history = replace(history, entries=(*history.entries, Entry()))
        else:
            history = _Step(history, course.facts[index], index, since, lay).taken()
    return history


def _carried_on(history: History, previous: Published) -> tuple[History, list[int]]:
    """Return the history as the previous plan told it, less what was taken back since.

    Beside it stand the places of facts whose correction was itself undone: they are taken in anew.
    """
    common, gone = _matched(previous.facts, history.course.facts)
    taken_back, known = slips(history.course.facts), slips(previous.facts)
    anew = [new for new, old in enumerate(common) if old in known and new not in taken_back]
    kept = [old for new, old in enumerate(common) if new not in taken_back and old not in known]
    gone = sorted({*gone, *common} - {*kept, *known})
    facts = [previous.facts[index] for index in common]
    entries = [previous.entries[old] if old in {*kept} else Entry() for old in common]
    for slip in gone:
        _as_if_not_moved(entries, history, previous, slip)
    visits = dict(previous.shown.visits)
    standing = {visit for index in kept for visit in _recorded_in(previous.facts[index])}
    for index in gone:
        _reopen(visits, previous.facts[index], previous.entries[index], history.as_of, standing)
    notes = [note for note in previous.notes if note.visit in standing]
    decided = (each for slip in gone for each in previous.entries[slip].decided)
    begun = {each.phase for each in decided if each.what == "begun"}
    laid = {name: one for name, one in previous.shown.laid.items() if name not in begun}
    history = replace(
        history,
        shown=Shown(visits, laid),
        entries=tuple(entries),
        returned=bool(gone),
        notes=(*notes, *_stands_after(gone, kept, previous.facts)),
    )
    for new, (fact, entry) in enumerate(zip(facts, entries, strict=True)):
        if new not in taken_back and new not in anew:
            history = remembered(history, fact, entry)
    shown = Shown(dict(_by_the_clock(history)), laid)
    return replace(history, turned=frozenset(), shown=shown), anew


def _by_the_clock(history: History) -> Iterator[tuple[str, Visit]]:
    """Yield every visit; one whose chosen time has passed by the clock of a new zone stood then."""
    for key, visit in history.shown.visits.items():
        at = history.fixed.get(key)
        stands = visit.upcoming and at == visit.start.replace(tzinfo=history.clinic.zone)
        if stands and at is not None and at <= history.as_of < visit.start:
            yield key, _changed(history, visit, visit.status, at)
        else:
            yield key, visit


def _changed(history: History, visit: Visit, status: Status, start: datetime) -> Visit:
    """Return a visit with another status or time."""
    start = start.astimezone(history.clinic.zone)
    end = (start.astimezone(UTC) + visit.length).astimezone(start.tzinfo)
    same = (visit.status, visit.start) == (status, start)
    changes: dict[str, object] = {"status": status, "start": start, "end": end}
    if status in {"missed", "cancelled"}:
        changes |= {"number": None, "of": None}  # numbers count what takes place
    if not same:
        changes |= {"revision": visit.revision + 1, "stamp": history.as_of}
    return visit.replace(**changes)


def _matched(old: Sequence[Fact], new: Sequence[Fact]) -> tuple[list[int], list[int]]:
    """Return which old facts still stand at the beginning of the new log, and which are gone."""
    kept: list[int] = []
    gone: list[int] = []
    for index, fact in enumerate(old):
        position = len(kept)
        if position < len(new) and new[position] == fact:
            kept.append(index)
        else:
            gone.append(index)
    return kept, gone


def _recorded_in(fact: Fact) -> Iterator[str]:
    """Yield the visit whose outcome a fact records."""
    if isinstance(fact, Attended | Reviewed | Missed | Cancelled):
        yield fact.visit


def _stands_after(
    gone: Sequence[int], kept: Sequence[int], facts: Sequence[Fact]
) -> Iterator[Finding]:
    """Name each record that was decided by a fact that was taken back, and stands all the same."""
    for slip in gone:
        for later in (index for index in kept if index > slip):
            if _may_differ(facts[slip], facts[later]):
                for visit in _recorded_in(facts[later]):
                    said = f"{in_words(facts[slip])} was taken back"
                    message = f"{said}; what was decided after it stands ({facts[later].fact})"
                    yield Finding(code="taken-back", visit=visit, message=message)


def _may_differ(slip: Fact, later: Fact) -> bool:
    """Whether a later record might be decided otherwise: one of the same series, or of a course."""
    series = [getattr(fact, "visit", "").rpartition("-")[0] for fact in (slip, later)]
    return not series[0] or series[0] == series[1]


def _as_if_not_moved(
    entries: list[Entry], history: History, previous: Published, slip: int
) -> None:
    """Let what was recorded of a visit say where it stood before it was moved by a slip."""
    fact, before = previous.facts[slip], previous.entries[slip]
    if isinstance(fact, Moved):
        mistaken = aware(history, fact.to).astimezone(UTC)
        for index, entry in enumerate(entries):
            if (entry.key, entry.stood) == (fact.visit, mistaken):
                entries[index] = entry.replace(stood=before.stood)


def _reopen(
    visits: dict[str, Visit], fact: Fact, entry: Entry, as_of: datetime, standing: AbstractSet[str]
) -> None:
    """Put a visit back where it stood before the fact that was taken back."""
    if entry.stood is None or entry.key in standing:
        return
    for visit in [visits[key] for key in visits.keys() & {entry.key, *entry.shared} - standing]:
        stood = entry.stood if visit.key == entry.key else visit.start
        if not (isinstance(fact, Moved) and visit.lost):  # it was called off by itself
            _planned_again(visits, visit, stood, as_of)


def _planned_again(
    visits: dict[str, Visit], visit: Visit, stood: datetime, as_of: datetime
) -> None:
    start = stood.astimezone(visit.start.tzinfo)
    visits[visit.key] = visit.replace(
        status="planned",
        start=start,
        end=(start.astimezone(UTC) + visit.length).astimezone(start.tzinfo),
        revision=visit.revision + 1,
        stamp=as_of,
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """One new fact, and the history before it."""

    history: History
    fact: Fact
    index: int
    since: int
    """The index of the first new fact, recorded together with this one."""
    lay: Lay

    def taken(self) -> History:
        """Return the history with the fact, its entry, and what became of its visit."""
        fact = self.fact
        match fact:
            case Attended():
                return self._attended(fact)
            case Reviewed():
                return self._reviewed(fact)
            case Missed() | Cancelled():
                return self._lost(fact)
            case Moved():
                return self._enter(self._moved(fact), self._as_it_stood(fact.visit))
            case Resumed():
                shown = self._any_shown()
                entry = Entry(decided=tuple(Deciding(self.history, shown).moved_on(fact)))
                return self._enter(shown, entry)
            case Extended() | Ended():
                entry = Entry(decided=Deciding(self.history, self.history.shown).agreed(fact))
                return self._enter(self.history.shown, entry)
            case Begun():
                return self._begun(fact)
            case Preferred():
                since = [fact.since.toordinal(), *filter(None, [self.history.released])]
                history = self._enter(self.history.shown, Entry())
                return replace(history, released=min(since))
            case Away() | Paused() | Stopped() | Corrected():
                return self._enter(self.history.shown, Entry())
            case _:
                assert_never(fact)

    def _enter(self, shown: Shown, entry: Entry) -> History:
        entries = self.history.entries
        entries = (*entries[: self.index], entry, *entries[self.index + 1 :])
        history = replace(self.history, shown=shown, entries=entries)
        return remembered(history, self.fact, entry)

    # The visit as it stands

    def _any_shown(self) -> Shown:
        """Return what is shown, laying the first plan where nothing is yet."""
        return self.history.shown if self.history.shown.visits else self.lay(self.history)

    def _shown_with(self, key: str) -> Shown:
        """Return what is shown, with a visit; RecordError where it stands nowhere."""
        shown = self._any_shown()
        if key in shown.visits:
            return shown
        laid = self.lay(replace(self.history, shown=shown, as_of=self._then()))
        if key not in laid.visits:
            known = [visit.key for visit in laid.visits.values() if not visit.lost]
            fault = Fault(
                f"facts.{self.index}.visit",
                "stands nowhere",
                key,
                closest(key, known),
                code="unknown-visit",
            )
            raise RecordError(fault, subject="the course's log")
        return Shown({**shown.visits, key: laid.visits[key]}, {**laid.laid, **shown.laid})

    def _then(self) -> datetime:
        """Return when the facts before were known at the earliest: after the last visit they name."""
        stood = [entry.stood for entry in self.history.entries if entry.stood is not None]
        return min([self.history.as_of, *stood[-1:]])

    def _as_it_stood(self, key: str) -> Entry:
        visit = self._shown_with(key).visits[key]
        return Entry(key=key, stood=visit.start, number=visit.number)

    def _settled(self, shown: Shown, key: str, status: Status, at: datetime | None) -> Shown:
        """Return what is shown once a visit has its outcome, and its joined reviews share it."""
        visit = shown.visits[key]
        start = visit.start if at is None else at
        shift = start.astimezone(UTC) - visit.start.astimezone(UTC)
        changed = {key: _changed(self.history, visit, status, start)}
        for review in self._joined(shown, visit):
            moved = (review.start.astimezone(UTC) + shift).astimezone(start.tzinfo)
            changed[review.key] = _changed(self.history, review, status, moved)
        return Shown({**shown.visits, **changed}, shown.laid)

    def _joined(self, shown: Shown, visit: Visit) -> Iterator[Visit]:
        """Yield the reviews that were joined to a session and have no fact of their own."""
        for review in shown.visits.values():
            stands = review.joined == visit.key and review.day == visit.day
            if stands and review.upcoming and review.key not in self.history.fixed:
                yield review

    def _moved(self, fact: Moved) -> Shown:
        """Return what is shown; a visit that was moved into the past stands there at once."""
        shown, to = self._shown_with(fact.visit), aware(self.history, fact.to)
        if to > self.history.as_of:
            return shown
        visit = shown.visits[fact.visit]
        return Shown(
            {**shown.visits, visit.key: _changed(self.history, visit, visit.status, to)}, shown.laid
        )

    # What a fact means

    def _attended(self, fact: Attended) -> History:
        shown = self._shown_with(fact.visit)
        at = self._when(fact.visit, fact.at)
        start = at or shown.visits[fact.visit].start
        visit = shown.visits[fact.visit]
        decided = tuple(Deciding(self.history, shown).done(visit, start, fact))
        entry = Entry(
            key=visit.key,
            stood=visit.start,
            number=visit.number,
            assumed=self._is_assumed(visit, fact.at),
            shared=tuple(review.key for review in self._joined(shown, visit)),
            decided=decided,
        )
        settled = self._settled(shown, visit.key, "attended", at)
        for decision in decided[-1:]:
            counted = self._counted(shown, settled.visits[visit.key], decision)
            settled = Shown({**settled.visits, visit.key: counted}, settled.laid)
        return self._enter(settled, entry)

    def _counted(self, shown: Shown, visit: Visit, decision: Decision) -> Visit:
        """Return a session that took place with its number, and with the step that it took."""
        again = decision.what == "begun-again"
        number = 1 if again else self._rank(shown, visit, visit.start)
        of = self._whole(shown.visits[visit.key], shown)
        if not (again or decision.back):
            return visit.replace(number=number, of=of)
        phase = self.history.course.protocol.phase(decision.phase)
        behind = 0 if again else self.history.standing(phase.id).behind + decision.back
        return visit.replace(number=number, of=of, label=phase.step(number - behind).label)

    def _whole(self, visit: Visit, shown: Shown) -> int | None:
        """Return how many sessions a phase has, beside one of them; one that was lost tells it no more."""
        if visit.lost:
            others = (each.of for each in shown.visits.values() if each.phase == visit.phase)
            return next(filter(None, others), None)
        if self.history.returned:  # so it is once the fact that was taken back is gone
            return self.lay(replace(self.history, shown=shown)).visits[visit.key].of
        return visit.of

    def _rank(self, shown: Shown, visit: Visit, start: datetime) -> int:
        """Return which session of its run a session was, on the day on which it took place."""
        standing = self.history.standing(visit.phase or "")
        begun = standing.begun or date.min
        before = [
            each
            for each in shown.visits.values()
            if each.phase == visit.phase and each.start < start and each.key != visit.key
        ]
        return 1 + sum(self._counts(each) for each in before if each.day >= begun)

    def _counts(self, visit: Visit) -> bool:
        """Whether a session that stood before counts: it took place, or may have."""
        if visit.status == "attended":
            return True
        day, holds = visit.day.toordinal(), self.history.circumstances.holds
        return visit.upcoming and not any(hold.covers(day) for hold in holds)

    def _when(self, key: str, at: datetime | None) -> datetime | None:
        """Return when a visit took place, where that is not where it stands."""
        return self.history.fixed.get(key) if at is None else aware(self.history, at)

    def _is_assumed(self, visit: Visit, at: datetime | None) -> bool:
        """Whether a visit is recorded without a time, and the one that it was moved to is taken."""
        batch = self.history.course.facts[self.since : self.index]
        moved = at is None and visit.key in self.history.fixed
        return moved and any(isinstance(f, Moved) and f.visit == visit.key for f in batch)

    def _reviewed(self, fact: Reviewed) -> History:
        shown = self._shown_with(fact.visit)
        at, visit = self._when(fact.visit, fact.at), shown.visits[fact.visit]
        begins_any = any(begins(fact, phase) for phase in self.history.course.protocol.phases)
        on = (at or visit.start).date()
        decided = tuple(self._as_laid().opened_by(fact, on)) if begins_any else ()
        entry = Entry(
            key=visit.key,
            stood=visit.start,
            number=visit.number,
            assumed=self._is_assumed(visit, fact.at),
            decided=decided,
        )
        settled = self._settled(shown, fact.visit, "attended", at)
        return self._enter(_with_new_runs(settled, decided, self.history), entry)

    def _as_laid(self) -> Deciding:
        """Return what decides by everything that is to come, as it is known by now."""
        return Deciding(self.history, self.lay(self.history))

    def _begun(self, fact: Begun) -> History:
        deciding = self._as_laid()
        going_on = deciding.to_come(fact.phase, fact.on)
        if going_on is not None:
            what = f"goes on: {going_on.key} stands on {going_on.day}"
            path = f"facts.{self.index}.phase"
            fault = Fault(path, what, fact.phase, END_OR_EXTEND, code="already-begun")
            raise RecordError(fault, subject="the course's log")
        decided = (deciding.begun(fact.phase, fact.on),)
        shown = _with_new_runs(self.history.shown, decided, self.history)
        return self._enter(shown, Entry(decided=decided))

    def _lost(self, fact: Missed | Cancelled) -> History:
        shown = self._shown_with(fact.visit)
        visit = shown.visits[fact.visit]
        chosen = self.history.fixed.get(fact.visit)
        entry = Entry(
            key=visit.key,
            stood=chosen or visit.start,
            number=visit.number,
            shared=tuple(review.key for review in self._joined(shown, visit)),
            decided=tuple(Deciding(self.history, shown).owed(visit, fact.fact)),
        )
        settled = self._settled(shown, visit.key, fact.fact, chosen)
        return self._enter(_begun_with_the_next(settled, visit), entry)


def _with_new_runs(shown: Shown, decided: Sequence[Decision], history: History) -> Shown:
    """Return what is shown once phases as needed are begun: nothing of the runs before is to come.

    What their end has called off is never taken for a session of the new run, and its rhythm counts anew.
    """
    begun = {decision.phase for decision in decided}
    laid = {name: one for name, one in shown.laid.items() if name not in begun}
    over = {
        key: _changed(history, visit, "cancelled", visit.start).replace(
            reasons=(Reason(code="not-planned", day=visit.day, cause=f"{visit.phase} was ended"),)
        )
        for key, visit in shown.visits.items()
        if visit.phase in begun
        and visit.upcoming
        and history.is_over(visit.day.toordinal(), visit.phase)
    }
    return Shown({**shown.visits, **over}, laid)


def _begun_with_the_next(shown: Shown, lost: Visit) -> Shown:
    """Return what is shown; a run that was to begin with a lost session begins with the one after."""
    own = (visit for visit in shown.visits.values() if visit.phase == lost.phase)
    later = [visit for visit in own if visit.upcoming and visit.start > lost.start]
    after = min(later, key=lambda visit: visit.start, default=None)
    key = None if after is None else after.key

    def begun(laid: Laid) -> Laid:
        named = {name for name in ("begins", "begun") if getattr(laid, name) == lost.key}
        is_renewed = laid.renewed == lost.key and key is not None  # else it is judged anew
        return laid.replace(**dict.fromkeys(named | ({"renewed"} if is_renewed else set()), key))

    return Shown(shown.visits, {name: begun(laid) for name, laid in shown.laid.items()})
