"""What a new fact may say, given the log so far: visits that exist, and no contradiction.

The log is append-only. Each rule is a function of its own that gives a fault or None.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime

from mesoplan.course.facts import (
    Attended,
    Cancelled,
    Extended,
    Fact,
    Missed,
    Moved,
    Paused,
    Resumed,
    Reviewed,
    Stopped,
)
from mesoplan.ground.errors import Fault, closest
from mesoplan.protocol.protocol import Protocol

_KEY = re.compile(r"(?P<name>.+?)(?:-(?P<number>[1-9][0-9]*))?(?:\.[1-9][0-9]*)?")
_UNDO = "undo the earlier fact first"


def contradictions(facts: Sequence[Fact]) -> list[Fault]:
    """List what in a log contradicts what stands before it."""
    return [
        Fault(f"facts.{index}", *said)
        for index, fact in enumerate(facts)
        for rule in _RULES
        if (said := rule(facts[:index], fact)) is not None
    ]


Said = tuple[str, str, str]
"""What is wrong, what was got, and the remedy."""


def _happens_once(before: Sequence[Fact], fact: Fact) -> Said | None:
    """A visit has one outcome; a review that was attended may still be given its conclusion."""
    if not isinstance(fact, Attended | Missed | Cancelled | Reviewed | Moved):
        return None
    for earlier in before:
        if not isinstance(earlier, Attended | Missed | Cancelled | Reviewed):
            continue
        concludes = isinstance(fact, Reviewed) and isinstance(earlier, Attended)
        if earlier.visit == fact.visit and not concludes:
            return f"{fact.visit} is already recorded as {earlier.fact}", fact.fact, _UNDO
    return None


def _pauses_alternate(before: Sequence[Fact], fact: Fact) -> Said | None:
    """A hold begins once and ends once, not before it began."""
    holds = [f for f in before if isinstance(f, Paused | Resumed)]
    paused = holds[-1] if holds and isinstance(holds[-1], Paused) else None
    if isinstance(fact, Paused) and paused is not None:
        return f"the course is already paused since {paused.on}", "paused", "record Resumed first"
    if isinstance(fact, Resumed) and paused is None:
        return "the course is not paused", "resumed", "record Paused first"
    if isinstance(fact, Resumed) and paused is not None and fact.on < paused.on:
        return f"the course was paused only on {paused.on}", str(fact.on), "give a later day"
    return None


def _stops_once(before: Sequence[Fact], fact: Fact) -> Said | None:
    """A course that was stopped is neither stopped again, paused, nor extended."""
    stopped = next((f for f in before if isinstance(f, Stopped)), None)
    if stopped is not None and isinstance(fact, Stopped | Paused | Resumed | Extended):
        return f"the course was stopped on {stopped.on}", fact.fact, "undo Stopped, or start anew"
    return None


_RULES: tuple[Callable[[Sequence[Fact], Fact], Said | None], ...] = (
    _happens_once,
    _pauses_alternate,
    _stops_once,
)


def unknown(protocol: Protocol, start: date, facts: Sequence[Fact], fact: Fact) -> list[Fault]:
    """List what a new fact names that the course has not, or that lies before its start."""
    faults = []
    visit = getattr(fact, "visit", None)
    if visit is not None and not _is_key(protocol, facts, visit):
        remedy = closest(visit, _keys(protocol, facts))
        faults.append(Fault("visit", "is not a visit of this course", visit, remedy))
    at = getattr(fact, "at", None)
    is_session = visit is not None and _phase_of(protocol, visit) is not None
    if is_session and isinstance(at, datetime) and at.date() < start:
        faults.append(Fault("at", f"lies before the start {start}", str(at)))
    if isinstance(fact, Paused | Stopped) and fact.on < start:
        faults.append(Fault("on", f"lies before the start {start}", str(fact.on)))
    if isinstance(fact, Extended) and fact.phase is not None:
        names = [phase.id for phase in protocol.phases]
        if fact.phase not in names:
            remedy = closest(fact.phase, names)
            faults.append(Fault("phase", "is not a phase of this course", fact.phase, remedy))
    return faults


def _phase_of(protocol: Protocol, key: str) -> tuple[str, int] | None:
    found = _KEY.fullmatch(key)
    if found is None or found["number"] is None:
        return None
    if found["name"] not in {phase.id for phase in protocol.phases}:
        return None
    return found["name"], int(found["number"])


def _is_key(protocol: Protocol, facts: Sequence[Fact], key: str) -> bool:
    """Whether a visit of this key can exist: a phase's session up to its count, or a review."""
    session = _phase_of(protocol, key)
    if session is not None:
        most = _most(protocol, facts, session[0])
        return most is None or session[1] <= most
    for review in protocol.reviews:
        several = review.at.kind == "each"
        number = "-[1-9][0-9]*" if several else ""
        if re.fullmatch(rf"{review.id}{number}(\.[1-9][0-9]*)?", key):
            return True
    return False


def _most(protocol: Protocol, facts: Sequence[Fact], name: str) -> int | None:
    """Give the number of sessions of a phase where it is fixed; None where it is not."""
    sessions = protocol.phase(name).sessions
    if sessions is None:
        return None
    added = [f for f in facts if isinstance(f, Extended) and f.phase in {None, name}]
    return sessions + sum(fact.sessions for fact in added)


def _keys(protocol: Protocol, facts: Sequence[Fact]) -> list[str]:
    """List keys to suggest: every review, and the sessions of every phase up to its count."""
    sessions = [
        f"{phase.id}-{number}"
        for phase in protocol.phases
        for number in range(1, (_most(protocol, facts, phase.id) or 3) + 1)
    ]
    return [*sessions, *(review.id for review in protocol.reviews)]
