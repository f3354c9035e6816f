"""What release 0.1 has saved, read as what this release keeps: format 1 of a plan.

Format 1 has no entries: history was told anew from the log each time. Here it is written down once, from
the visits as they stand, the log and the protocol, with the rules that 0.1 had; from then on it stands
(M8). Nothing is read out of a sentence, save the name of a visit whose phase is gone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, assert_never

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
from mesoplan.plan.entries import Decision, Entry, Laid, Origin
from mesoplan.plan.visit import Visit
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.protocol import Protocol
from mesoplan.protocol.visit_key import VisitKey
from mesoplan.values.errors import MesoplanError
from mesoplan.values.period import Period
from mesoplan.values.weekdays import WEEKDAYS

_NOTHING = Period("P0D")
_DAY = Period("P1D")
_WEEK = Period("P1W")


def read(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a plan of format 1 as those of format 2.

    Where a part cannot be read it stays as it is, for whoever validates the whole to say what is wrong.
    """
    plan = {**data, "format": 2}
    try:
        course = Course.model_validate(data.get("course"))
        clinic = Clinic.model_validate(data.get("clinic"))
    except MesoplanError:
        return plan
    raw = data.get("visits")
    visits = (
        [_visit(visit, course.protocol) for visit in raw] if isinstance(raw, list | tuple) else raw
    )
    plan |= {"course": course, "clinic": clinic, "visits": visits}
    try:
        found = [Visit.model_validate(visit) for visit in visits or ()]
    except MesoplanError:
        return plan
    life = _Life(
        course, clinic, tuple(_joined(visit.in_zone(clinic.zone), found) for visit in found)
    )
    return plan | {
        "visits": life.visits,
        "begins": life.begins,
        "laid": tuple(life.laid),
        "entries": tuple(life.entries),
    }


def _visit(visit: Any, protocol: Protocol) -> Any:
    """Return a visit with its name and its review instead of a title; reasons stay sentences."""
    if not isinstance(visit, Mapping) or "title" not in visit:
        return visit
    fields = {name: value for name, value in visit.items() if name != "title"}
    reasons = visit.get("reasons")
    if isinstance(reasons, list | tuple):
        fields["reasons"] = [_told(reason) for reason in reasons]
    names = {review.id: review.name for review in protocol.reviews}
    key = None if visit.get("phase") else VisitKey.read(str(visit.get("key")), names)
    if key is None:
        phases = {phase.id: phase.name for phase in protocol.phases}
        return fields | {"name": _name(visit, phases.get(visit.get("phase") or ""))}
    name = names[key.name]
    numbered = {"number": key.number} if visit["title"] == f"{name} {key.number}" else {}
    known = numbered or visit["title"] == name
    return fields | {"review": key.name, "name": name if known else visit["title"]} | numbered


def _told(reason: Any) -> Any:
    return {"code": "told", "cause": reason} if isinstance(reason, str) else reason


def _name(visit: Mapping[str, Any], name: str | None) -> Any:
    """Return what a session is called, without its number."""
    number, of, title = visit.get("number"), visit.get("of"), visit["title"]
    if number is None or not isinstance(title, str):
        return title
    end = f" {number} of {of}" if of else f" {number}"
    return name if title == f"{name}{end}" else title.removesuffix(end)


def _joined(review: Visit, visits: Sequence[Visit]) -> Visit:
    """Return a review that ends where a session of its window begins as joined to that session."""
    if review.review is None or not review.upcoming or not review.inside_window:
        return review
    for session in visits:
        if session.kind == "session" and session.upcoming and session.start == review.end:
            why = {
                "code": "joined",
                "target": review.target,
                "day": review.day,
                "other": session.key,
            }
            return review.replace(reasons=(why, *review.reasons[1:]))
    return review


@dataclass(frozen=True)
class _Life:
    """A course as its plan of format 1 shows it."""

    course: Course
    clinic: Clinic
    visits: tuple[Visit, ...]
    """In the clinic's zone."""

    @cached_property
    def _by_key(self) -> dict[str, Visit]:
        return {visit.key: visit for visit in self.visits}

    @cached_property
    def _phases(self) -> dict[str, Phase]:
        return {phase.id: phase for phase in self.course.protocol.phases}

    @cached_property
    def begins(self) -> datetime:
        """The course's first day at the preferred time, naive local time."""
        begins = self.clinic.local(self.course.start)
        if self.course.preferences.time is not None:
            begins = datetime.combine(begins.date(), self.course.preferences.time)
        firsts = (
            self._by_key.get(f"{name}-1")
            for name, phase in self._phases.items()
            if _leads(phase, self.course)
        )
        days = [visit.target for visit in firsts if visit is not None]
        return datetime.combine(max([begins.date(), *days[:1]]), begins.time())

    def _at(self, day: date) -> datetime:
        return datetime.combine(day, self.begins.time())

    # Entries

    @property
    def entries(self) -> Iterator[Entry]:
        """Yield what was made of each fact of the log; of several about one visit the last decides."""
        last = {fact.visit: fact for fact in self.course.facts if isinstance(fact, _OUTCOMES)}
        settled: set[str] = set()
        for fact in self.course.facts:
            visit = self._by_key.get(getattr(fact, "visit", ""))
            is_overruled = isinstance(fact, _OUTCOMES) and last[fact.visit] is not fact
            decided = () if is_overruled else tuple(self._decided(fact, visit))
            decided = tuple(self._settling(decision, settled) for decision in decided)
            yield Entry(
                key=getattr(fact, "visit", None),
                stood=None if visit is None else visit.start,
                number=None if visit is None else visit.number,
                decided=decided,
            )

    def _settling(self, decision: Decision, settled: set[str]) -> Decision:
        """Return a decision with where the rhythm counts from, where it is the first of its phase."""
        if decision.phase in settled or decision.what == "added":
            return decision
        settled.add(decision.phase)
        return decision.replace(counts_from=self._origin(self._phases[decision.phase]))

    def _decided(self, fact: Fact, visit: Visit | None) -> Iterator[Decision]:
        match fact:
            case Attended():
                yield from self._done(visit)
            case Missed() | Cancelled():
                yield from self._lost(visit)
            case Extended():
                phase = fact.phase_in(self.course.protocol) or self._first_with_an_end(fact)
                if phase is not None:
                    yield Decision(phase=phase, what="added", sessions=fact.sessions)
            case Resumed():
                yield from self._moved_on(fact)
            case (
                Moved()
                | Reviewed()
                | Away()
                | Paused()
                | Begun()
                | Ended()
                | Stopped()
                | Preferred()
                | Corrected()
            ):
                return
            case _:
                assert_never(fact)

    def _first_with_an_end(self, fact: Extended) -> str | None:
        """Return the phase that 0.1 added to where none was named."""
        if fact.phase is not None:
            return None
        return next((name for name, phase in self._phases.items() if not phase.is_open), None)

    def _done(self, visit: Visit | None) -> Iterator[Decision]:
        slot = self._slot(visit)
        if visit is None or slot is None:
            return
        again = visit.number == 1 and any(
            other.status == "attended" and other.start < visit.start
            for other in self._of(visit.phase)
        )
        yield Decision(
            phase=visit.phase or "",
            what="begun-again" if again else "done",
            slot=1 if again else slot,
            target=None if again else visit.target,
            day=visit.day,
        )

    def _lost(self, visit: Visit | None) -> Iterator[Decision]:
        slot = self._slot(visit)
        if visit is None or slot is None:
            return
        phase = self._phases[visit.phase or ""]
        is_owed = phase.after_loss() != "skip" and not phase.is_open
        yield Decision(
            phase=phase.id,
            what="made-up" if is_owed else "given-up",
            slot=slot,
            target=visit.target,
            day=visit.day,
        )

    def _moved_on(self, fact: Resumed) -> Iterator[Decision]:
        """Yield the phases that were laid anew from the end of a hold, as a target on that day shows."""
        for name, phase in self._phases.items():
            if any(visit.target == fact.on for visit in self._of(name)):
                origin = self._origin(phase)
                yield Decision(phase=name, what="moved-on", day=fact.on, counts_from=origin)

    def _key(self, visit: Visit) -> VisitKey | None:
        return VisitKey.read(visit.key, {visit.phase or ""} & self._phases.keys())

    def _slot(self, visit: Visit | None) -> int | None:
        key = None if visit is None else self._key(visit)
        return None if key is None else key.number

    def _of(self, phase: str | None) -> list[Visit]:
        return [visit for visit in self.visits if phase is not None and visit.phase == phase]

    # Where the rhythms count from

    @property
    def laid(self) -> Iterator[Laid]:
        """Yield where the rhythm of each phase that has sessions was laid from."""
        for name, phase in self._phases.items():
            targets = [visit.target for visit in self._of(name)]
            if targets:
                yield Laid(phase=name, origin=self._origin(phase), first=self._at(min(targets)))

    def _origin(self, phase: Phase) -> Origin:
        """Return an origin from which the rhythm has every place that is announced."""
        visits = sorted(self._of(phase.id), key=lambda visit: visit.target)
        ahead = [visit.target for visit in visits if visit.upcoming]
        if phase.each_of_another and phase.starts is not None:
            return Origin(moment=self.begins, offset=phase.starts.offset)
        if phase.at:
            return self._origin_of_list(phase, visits)
        has_begun = any(visit.status in {"attended", "missed"} for visit in visits)
        asked = None if has_begun else self._asked(phase)
        if asked is not None and _covers(phase, asked, ahead):
            return asked
        if phase.is_chain and ahead:
            return Origin(moment=self._at(ahead[0]))
        found = [visit.target for visit in visits if visit.status != "cancelled"]
        first, left = _regular(phase, found, ahead, self.begins.date())
        return Origin(moment=self._at(first), before=tuple(map(self._at, ahead[:left])))

    def _origin_of_list(self, phase: Phase, visits: Sequence[Visit]) -> Origin:
        """Return where an explicit list counts from: each slot has its place in it."""
        moment = self._at(visits[0].target) if visits else self.begins
        shift = 0
        for visit in visits:
            key = self._key(visit)
            if key is None or key.attempt > 1 or (key.number or 0) > len(phase.at):
                continue
            place = phase.at[(key.number or 1) - 1]
            if visit is visits[0]:
                moment = place.after(moment, -1)
            shift = (visit.target - place.after(moment).date()).days
        return Origin(moment=moment, shift=shift)

    def _asked(self, phase: Phase) -> Origin | None:
        """Return where a phase that has not begun counts from by its anchor, where that is simple."""
        anchor, names = phase.starts, list(self._phases)
        if anchor is None:
            before = [self._stand(name) for name in names[: names.index(phase.id)]]
            days = next((days for days in reversed(before) if days), None)
            if days is None:
                return Origin(moment=self.begins)
            step = _DAY if phase.weekdays else phase.every or _NOTHING
            return Origin(moment=self._at(days[-1]), offset=step)
        if anchor.kind == "start":
            return Origin(moment=self.begins, offset=anchor.offset)
        if anchor.name is not None:
            return Origin(moment=self._at(self.course.dates[anchor.name]), offset=anchor.offset)
        days = self._stand(anchor.phase)
        index = anchor.number - 1 if anchor.number > 0 else -1
        if not days[index : index + 1 or None]:
            return None
        return Origin(moment=self._at(days[index]), offset=anchor.offset)

    def _stand(self, phase: str | None) -> list[date]:
        """Return the days of the sessions of a phase, or of the course, in order."""
        found = (v for v in self.visits if v.kind == "session" and not v.lost)
        return sorted(visit.day for visit in found if phase in {None, visit.phase})


_OUTCOMES = (Attended, Missed, Cancelled)


def _leads(phase: Phase, course: Course) -> bool:
    """Whether the first session of a phase is on the very day on which the course begins."""
    if phase.place != "clinic" or (phase.at and phase.at[0]):
        return False
    if phase.starts is None:
        return phase is course.protocol.phases[0]
    return phase.starts.kind == "start" and not phase.starts.offset


def _regular(
    phase: Phase, found: Sequence[date], ahead: Sequence[date], begins: date
) -> tuple[date, int]:
    """Return the target from which a rhythm has those ahead, and how many of them come before it.

    A hold, a shift or a gap laid the rest of a rhythm anew, so that those ahead may belong to several.
    """
    for left, latest in enumerate(ahead):
        for first in found if left == 0 else [latest]:
            if all(_has_place(phase, first, target) for target in ahead[left:]):
                return first, left
    return (found or [begins])[0], 0


def _covers(phase: Phase, origin: Origin, ahead: Sequence[date]) -> bool:
    """Whether a rhythm that counts from an origin has a place on each of these days."""
    first = origin.offset.after(origin.moment).date()
    return phase.is_chain or all(_has_place(phase, first, target) for target in ahead)


def _has_place(phase: Phase, first: date, target: date) -> bool:
    """Whether a rhythm that begins on a day has a place on another."""
    every = phase.every or _WEEK
    named = [Period(days=(WEEKDAYS.index(n) - first.weekday()) % 7) for n in phase.weekdays]
    about = int((target - first).days / every.length)
    return any(
        (day + place).after(every.after(first, times)) == target
        for times in range(max(about - 2, 0), about + 2)
        for day in named or (_NOTHING,)
        for place in phase.offsets or (_NOTHING,)
    )
