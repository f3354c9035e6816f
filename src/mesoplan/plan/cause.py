"""Why a visit changed, as far as what is new in the course, and the visit's own reasons, tell."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.course.facts import (
    Attended,
    Away,
    Begun,
    Cancelled,
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
from mesoplan.plan.entries import Entry
from mesoplan.plan.visit import Finding, Visit
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.phase_parts import Outcome
from mesoplan.protocol.protocol import Protocol
from mesoplan.protocol.visit_key import VisitKey
from mesoplan.values.english import count, off_target, say_day


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a course since its earlier plan."""

    facts: tuple[tuple[Fact, Entry], ...]
    """The facts that are new, each with what was made of it."""
    gone: tuple[Fact, ...]
    """The facts that were taken back."""
    protocol: Protocol
    updated: bool
    """Whether it follows another protocol, or another version of it, than before."""
    findings: Mapping[str, frozenset[str]]
    """The codes of what a person should look at, by the key of the visit."""
    attended: frozenset[str]
    """The keys of the visits that took place."""
    clinic: Clinic | None = None
    """The clinic as it is now, where it is known."""


def news(
    earlier: Course,
    later: Course,
    *,
    entries: Sequence[Entry] = (),
    findings: Iterable[Finding] = (),
    clinic: Clinic | None = None,
) -> News:
    """Compare a course as it was with what it is now; entries, findings and clinic are those of now.

    New is what stands behind the common beginning of the two logs, less what stood there before.
    """
    told = [*entries, *(Entry() for _ in later.facts[len(entries) :])]
    known = Counter(earlier.kept_facts)
    taken_back = slips(later.facts)
    new: list[tuple[Fact, Entry]] = []
    for index, (fact, entry) in enumerate(zip(later.facts, told, strict=False)):
        if index in taken_back:
            continue
        if known[fact]:
            known[fact] -= 1
        else:
            new.append((fact, entry))
    codes: dict[str, frozenset[str]] = {}
    for finding in findings:
        key = finding.visit or ""
        codes[key] = codes.get(key, frozenset()) | {finding.code}
    return News(
        facts=tuple(new),
        gone=tuple(known.elements()),
        protocol=later.protocol,
        updated=later.protocol != earlier.protocol,
        findings=codes,
        attended=frozenset(f.visit for f in later.kept_facts if isinstance(f, Attended)),
        clinic=clinic,
    )


def cause(kind: str, before: Visit | None, after: Visit | None, new: News) -> str | None:
    """Return why a visit changed, or None where nothing can be said."""
    if kind == "cancelled":
        return _why_called_off(after or before, new)
    if kind == "reopened":
        return _why_reopened(before, after, new)
    if kind in {"missed", "held"}:
        return _not_made_up(after, new) if kind == "missed" else _why_held(after, new)
    if after is None or kind in {"kept", "attended"}:
        return None
    return _why_added(after, new) if before is None else _why_other(kind, before, after, new)


def _why_other(kind: str, before: Visit, after: Visit, new: News) -> str | None:
    if kind == "moved":
        return _why_moved(before, after, new)
    if kind == "retitled":
        return _why_retitled(before, after)
    resumed = _resumed(after, new) if before.status == "on_hold" else None
    known = resumed or _concluded(after, new) or _taken_back(kind, after, new)
    return known or _updated(new)


def _why_called_off(visit: Visit | None, new: News) -> str | None:
    """Find what took a visit out of the plan: a fact, an outcome, no place, or another protocol."""
    assert visit is not None
    for fact, entry in new.facts:
        match fact:
            case Missed() if _stops(fact, entry, visit, new):
                return "the course was stopped after too many no-shows in a row"
            case Cancelled() if fact.visit == visit.key:
                return "it was called off"
            case Stopped() if fact.on <= visit.day:
                return f"the course was stopped on {say_day(fact.on)}"
            case Ended() if fact.phase == visit.phase and fact.on <= visit.day:
                return f"{fact.phase} was ended on {say_day(fact.on)}"
            case Paused() if fact.on <= visit.day and visit.kind == "session":
                return f"the course is on hold since {say_day(fact.on)}"
            case _:
                continue
    resumed = _resumed(visit, new)
    if resumed is not None:
        return resumed
    if "given-up" in new.findings.get(visit.key, ()):
        return _NO_PLACE
    known = _concluded(visit, new) or _taken_back("cancelled", visit, new) or _updated(new)
    return known or _own(visit)


def _stops(fact: Missed, entry: Entry, visit: Visit, new: News) -> bool:
    """Whether a no-show was one too many in a row, so that a visit behind it is called off."""
    counted = any(decision.what == "no-show" for decision in entry.decided)
    behind = entry.stood is not None and entry.stood < visit.start
    return counted and behind and fact.visit != visit.key and "no-shows" in new.findings.get("", ())


def _why_reopened(before: Visit | None, after: Visit | None, new: News) -> str | None:
    """Say what was taken back: the record of the visit, or what had called it off."""
    assert before is not None
    assert after is not None
    return _taken_back("reopened", before, new) or _own(after)


_UNDONE_BY: dict[str, tuple[type[Fact], ...]] = {
    "cancelled": (Attended, Missed, Cancelled, Reviewed, Begun, Extended),
    "confirmed": (Paused,),
    "held": (Resumed,),
    "moved": (Moved, Away),
    "reopened": (Attended, Missed, Cancelled, Reviewed, Stopped, Ended, Paused, Away),
    "retargeted": (Paused,),
    "unsettled": (Reviewed,),
}
"""The facts that say why a visit changed so, once they are taken back."""


def _taken_back(kind: str, visit: Visit, new: News) -> str | None:
    """Say which fact was taken back that had kept a visit from standing as it does now."""
    undone = (fact for fact in new.gone if isinstance(fact, _UNDONE_BY.get(kind, ())))
    return next(filter(None, (_undone(fact, visit, new.protocol) for fact in undone)), None)


def _undone(fact: Fact, visit: Visit, protocol: Protocol) -> str | None:
    """Say that a fact was taken back, if it was about a visit or what it hangs on."""
    match fact:
        case Moved() if fact.visit == visit.key:
            return "its move was taken back"
        case Attended() | Missed() | Cancelled() | Reviewed() if fact.visit == visit.key:
            return "the record of it was taken back"
        case Attended() | Missed() | Cancelled() if fact.visit == str(_instead_of(visit)):
            return f"the record of {fact.visit} was taken back"
        case Reviewed() if any(_is_of(fact, p.requires) for p in _phases(visit, protocol)):
            return f"the outcome of {fact.visit} was taken back"
        case Away() if fact.first <= visit.day <= fact.last:
            return f"the person is not away on {say_day(visit.day)} after all"
        case Extended() if fact.phase_in(protocol) == visit.phase:
            return f"the agreement on {count(fact.sessions, 'session')} more was taken back"
        case Begun() | Ended() if fact.phase == visit.phase:
            return f"{_CALLED[fact.fact]} of {fact.phase} was taken back"
        case Stopped() | Paused() | Resumed():
            return f"{_CALLED[fact.fact]} was taken back"
        case _:
            return None


_CALLED = {
    "begun": "the beginning",
    "ended": "the end",
    "stopped": "the stop",
    "paused": "the hold",
    "resumed": "the end of the hold",
}
"""What a fact is called that is about a phase or the whole course."""


def _why_held(visit: Visit | None, new: News) -> str | None:
    """Say since when the course is on hold."""
    for fact, _ in new.facts:
        if isinstance(fact, Paused):
            return f"the course is on hold since {say_day(fact.on)}"
    return None if visit is None else _taken_back("held", visit, new) or _own(visit)


def _resumed(visit: Visit, new: News) -> str | None:
    """Say that a hold has ended, which moves the rest of a series as a whole."""
    for fact, entry in new.facts:
        if isinstance(fact, Resumed) and visit.kind == "session":
            moved = {decision.phase for decision in entry.decided}
            if not moved or visit.phase in moved:
                return f"the course goes on from {say_day(fact.on)}"
    return None


def _not_made_up(visit: Visit | None, new: News) -> str | None:
    """Say that a lost session is given up, where that was decided."""
    for fact, entry in new.facts:
        lost = isinstance(fact, Missed) and visit is not None and fact.visit == visit.key
        if lost and any(decision.what == "given-up" for decision in entry.decided):
            return "it is not made up"
    given_up = visit is not None and "given-up" in new.findings.get(visit.key, ())
    return _NO_PLACE if given_up else None


_NO_PLACE = "no place is left for it, and it is given up"


def _concluded(visit: Visit, new: News) -> str | None:
    """Say which new outcome of a review opens or drops the visit's phase."""
    for fact, _ in new.facts:
        gates = (phase.gate for phase in _phases(visit, new.protocol))
        if isinstance(fact, Reviewed) and any(_is_of(fact, gate) for gate in gates):
            return _outcome(fact)
    return None


def _outcome(fact: Reviewed) -> str:
    return f"{fact.visit} concluded: {fact.outcome}"


def _is_of(fact: Reviewed, wanted: Outcome | None) -> bool:
    """Whether an outcome is of the review that is asked."""
    return wanted is not None and VisitKey.read(fact.visit, {wanted.review}) is not None


def _phases(visit: Visit, protocol: Protocol) -> Iterator[Phase]:
    """Yield the phase of a visit, if it is one of a phase that the protocol still has."""
    return (phase for phase in protocol.phases if phase.id == visit.phase)


def _updated(new: News) -> str | None:
    protocol = new.protocol
    return f"it follows {protocol.id} version {protocol.version} now" if new.updated else None


def _own(visit: Visit) -> str | None:
    return str(visit.reasons[0]) if visit.reasons else None


def _why_added(visit: Visit, new: News) -> str | None:
    """Name the visit that it stands for, where it is planned again under a new key."""
    begun = _begun(visit, new)
    made_up = None if begun else _instead_of(visit)
    agreed = None if made_up else _agreed_on(visit, new)
    stands_for = f"in place of {made_up}" if made_up else begun or agreed
    if str(made_up) in new.attended:
        stands_for = f"{visit.phase} begins again"
    parts = (stands_for, _own(visit))
    return "; ".join(filter(None, parts)) or None


def _begun(visit: Visit, new: News) -> str | None:
    """Say what has begun its phase: a person who told so, or an outcome."""
    for fact, entry in new.facts:
        if any(each.what == "begun" and each.phase == visit.phase for each in entry.decided):
            return _outcome(fact) if isinstance(fact, Reviewed) else f"as {visit.phase} was begun"
    return None


def _agreed_on(visit: Visit, new: News) -> str | None:
    """Say that more sessions of its phase were agreed on."""
    for fact, entry in new.facts:
        if isinstance(fact, Extended) and any(d.phase == visit.phase for d in entry.decided):
            return f"{count(fact.sessions, 'session')} more agreed on"
    return None


def _instead_of(visit: Visit) -> VisitKey | None:
    """Return the key of the attempt before, where a visit is planned again."""
    key = VisitKey.read(visit.key, {visit.phase or visit.review or ""})
    return key.again(key.attempt - 1) if key is not None and key.attempt > 1 else None


def _why_moved(before: Visit, after: Visit, new: News) -> str | None:
    """Say that the person chose it, or that its target has changed; else what kept it from there."""
    if any(isinstance(fact, Moved) and fact.visit == after.key for fact, _ in new.facts):
        return f"the person chose it, {off_target((after.day - after.target).days)}"
    if before.start.replace(tzinfo=None) == after.start.replace(tzinfo=None):
        return f"the clinic's time zone is {after.start.tzinfo} now"
    undone = _taken_back("moved", after, new)
    if undone is not None:
        return undone
    if after.target != before.target:
        now = f"its target is {say_day(after.target)} now"
        lost = _why_not_kept(before, new) or _taken_back("retargeted", after, new)
        said = _resumed(after, new) or "; ".join(filter(None, (lost, now)))
        return said if after.day == after.target else f"{said}; {_own(after) or ''}".rstrip("; ")
    preferred = _preferred(before, new)
    if preferred is not None:
        return preferred
    timed = next((reason for reason in after.reasons if reason.code in _OF_TIMES), None)
    return str(timed) if timed is not None and after.day == before.day else _own(after)


def _why_not_kept(visit: Visit, new: News) -> str | None:
    """Say what is new on the day on which a visit stood, so that it lost its place."""
    day = visit.day
    closed = None if new.clinic is None else new.clinic.closed(day)
    if closed is not None:
        return f"{say_day(day)} is closed ({closed})"
    for fact, _ in new.facts:
        if isinstance(fact, Away) and fact.first <= day <= fact.last:
            return f"the person is away on {say_day(day)}"
        if isinstance(fact, Resumed) and day < fact.on:
            return f"the course is on hold until {say_day(fact.on)}"
    return None


def _preferred(visit: Visit, new: News) -> str | None:
    """Say that the person told since when other days or times would suit."""
    for fact, _ in new.facts:
        if isinstance(fact, Preferred) and fact.since <= visit.day:
            wishes = (*(fact.weekdays or ()), *([f"{fact.time:%H:%M}"] if fact.time else []))
            return (
                f"the person prefers {', '.join(wishes) or 'any day'} since {say_day(fact.since)}"
            )
    return None


_OF_TIMES = frozenset({"day-full", "outside-hours", "taken"})
"""The codes that say why a visit does not stand at the wished time of its day."""


def _why_retitled(before: Visit, after: Visit) -> str | None:
    if after.of != before.of:
        return f"there are {after.of} sessions now" if after.of else "their number is open now"
    if after.number != before.number:
        return "numbers count what was attended or is planned"
    return "the protocol names it so"
