"""What there is to know of each kind of fact, one row each: what it is about, what contradicts it.

A new kind of fact is a model in `facts.py`, a row here and a step of the scheduler. A row that is
missing fails type checking: in `FACT_KINDS`, whose keys are fixed, and in `kind_of`, which looks up
every kind of the union.

A rule yields what is wrong with a fact after what stands before it in the log. It knows the log and
the protocol alone; what only the plan can tell (whether there is a session of that number, what lies
in the future) is not asked here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypedDict, TypeVar, cast

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
    counted_phases,
)
from mesoplan.course.log import Log, begins
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.review import Review
from mesoplan.protocol.visit_key import VisitKey
from mesoplan.values.english import count
from mesoplan.values.errors import Fault, closest

About = Literal["visit", "day", "since", "days", "sessions", "fact"]
"""What a fact is about, and so what its first word on the command line is: a key, a day, the day since
which it holds, a stretch of days, a number of sessions, the number of another fact."""

ABOUT_FIELDS: Final[Mapping[About, tuple[str, ...]]] = {
    "visit": ("visit",),
    "day": ("on",),
    "since": ("since",),
    "days": ("first", "last"),
    "sessions": ("sessions",),
    "fact": ("number",),
}
"""The fields that say what a fact is about."""

F = TypeVar("F")
OfVisit = TypeVar("OfVisit", Attended, Missed, Moved, Cancelled, Reviewed)
AboutSession = TypeVar("AboutSession", Attended, Missed, Moved, Cancelled)

Objection = Callable[[F, Log], Iterator[Fault]]
"""Yields what in the log or the protocol contradicts a fact; paths are those of its fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactKind(Generic[F]):
    """One kind of fact."""

    model: type[F]
    about: About
    options: tuple[str, ...] = ()
    """The fields that may be given beside what it is about; a note always may."""
    contradicted: tuple[Objection[F], ...] = ()
    """What refuses it."""
    happened: bool = False
    """Whether it says that the time of a visit has come, so that it cannot lie in the future."""


_UNDO = "undo the earlier fact first"


def _of_a_visit(fact: OfVisit, log: Log) -> Iterator[Fault]:
    """A visit is named by its phase and number, or by its review; one of a phase that is gone as well."""
    if log.part(fact.visit) is None and not log.was_part(fact.visit):
        what = "is not a visit of this course"
        yield Fault("visit", what, fact.visit, log.nearest(fact.visit), code="unknown-visit")


def _first_outcome(fact: AboutSession, log: Log) -> Iterator[Fault]:
    """A visit has one outcome, and is not moved behind it."""
    yield from _without(fact.visit, log, "attended", "missed", "cancelled", "reviewed")


def _first_conclusion(fact: Reviewed, log: Log) -> Iterator[Fault]:
    """A review that was attended may still be given its conclusion."""
    yield from _without(fact.visit, log, "missed", "cancelled", "reviewed")


def _without(visit: str, log: Log, *kinds: str) -> Iterator[Fault]:
    earlier = log.last(*kinds, of=visit)
    if earlier is not None:
        yield Fault(
            "visit", f"is already recorded as {earlier.fact}", visit, _UNDO, code="already-recorded"
        )


def _attended_since_start(fact: Attended, log: Log) -> Iterator[Fault]:
    """No session took place before the first day of the course; a consultation may have."""
    part = log.part(fact.visit)
    if fact.at is not None and isinstance(part, Phase) and log.precedes(fact.at, part.id):
        yield Fault(
            "at", f"lies before the start {log.begins}", str(fact.at), _LATER, code="before-start"
        )


def _moved_behind_start(fact: Moved, log: Log) -> Iterator[Fault]:
    """No session is moved before the first day of the course."""
    part = log.part(fact.visit)
    if isinstance(part, Phase) and log.precedes(fact.to, part.id):
        yield Fault(
            "to", f"lies before the start {log.begins}", str(fact.to), _LATER, code="before-start"
        )


def _since_start(fact: Paused | Begun | Stopped, log: Log) -> Iterator[Fault]:
    """A course that has not begun is neither held nor stopped, and no phase of it begun."""
    if log.precedes(fact.on):
        yield Fault(
            "on", f"lies before the start {log.begins}", str(fact.on), _LATER, code="before-start"
        )


_LATER = "give a later day, or the course another start"


def _ended_since_start(fact: Ended, log: Log) -> Iterator[Fault]:
    """A phase that cannot have begun is not ended."""
    if log.precedes(fact.on, fact.phase):
        yield Fault(
            "on", f"lies before the start {log.begins}", str(fact.on), _LATER, code="before-start"
        )


def _concludes_a_review(fact: Reviewed, log: Log) -> Iterator[Fault]:
    """A review concludes what it may conclude, where it names anything."""
    part = log.part(fact.visit)
    if isinstance(part, Phase):
        yield Fault(
            "visit",
            "is a session and has no outcome",
            fact.visit,
            "record Attended",
            code="not-a-review",
        )
    elif isinstance(part, Review) and part.outcomes and fact.outcome not in part.outcomes:
        named = ", ".join(f'"{outcome}"' for outcome in part.outcomes)
        what = f"is no outcome of {part.id}, which names {named}"
        yield Fault(
            "outcome",
            what,
            fact.outcome,
            closest(fact.outcome, part.outcomes),
            code="unknown-outcome",
        )


def _while_not_paused(fact: Paused, log: Log) -> Iterator[Fault]:
    """A hold begins once."""
    earlier = log.last("paused", "resumed")
    if isinstance(earlier, Paused):
        what = f"begins a second hold: the course is already paused since {earlier.on}"
        yield Fault("on", what, str(fact.on), "record Resumed first", code="already-paused")


def _while_paused(fact: Resumed, log: Log) -> Iterator[Fault]:
    """A hold ends once, not before it began."""
    earlier = log.last("paused", "resumed")
    if not isinstance(earlier, Paused):
        what = "ends no hold: the course is not paused"
        yield Fault("on", what, str(fact.on), "record Paused first", code="not-paused")
    elif fact.on < earlier.on:
        what = f"lies before the hold: the course was paused only on {earlier.on}"
        yield Fault("on", what, str(fact.on), "give a later day", code="ends-before-it-begins")


def _while_not_stopped(
    fact: Paused | Resumed | Begun | Ended | Stopped, log: Log
) -> Iterator[Fault]:
    """A course that was stopped is not stopped again, and nothing in it is held, begun or ended."""
    yield from _unless_stopped("on", str(fact.on), log)


def _extended_before_a_stop(fact: Extended, log: Log) -> Iterator[Fault]:
    """A course that was stopped has no more sessions."""
    yield from _unless_stopped("sessions", str(fact.sessions), log)


def _unless_stopped(path: str, got: str, log: Log) -> Iterator[Fault]:
    stopped = log.last("stopped")
    if isinstance(stopped, Stopped):
        what = f"comes after a stop: the course was stopped on {stopped.on}"
        yield Fault(path, what, got, "undo Stopped, or start anew", code="already-stopped")


def _of_a_phase(fact: Begun | Ended, log: Log) -> Iterator[Fault]:
    """A phase is named by its id."""
    if _phase(fact.phase, log) is None and fact.phase not in log.gone:
        yield _unknown_phase(fact.phase, [phase.id for phase in log.protocol.phases])


def _unknown_phase(phase: str, phases: Sequence[str]) -> Fault:
    what = "is not a phase of this course"
    return Fault("phase", what, phase, closest(phase, phases), code="unknown-phase")


def _while_not_ended(fact: Ended | Extended, log: Log) -> Iterator[Fault]:
    """A phase ends once, and has no more sessions then; one as needed ends once each time."""
    name = fact.phase_in(log.protocol) if isinstance(fact, Extended) else fact.phase
    earlier = log.last("ended", of=name) if name is not None else None
    if isinstance(earlier, Ended) and not _begins_again(earlier, log):
        what = f"was already ended on {earlier.on}"
        yield Fault("phase", what, earlier.phase, _UNDO, code="already-ended")


def _as_needed(fact: Begun, log: Log) -> Iterator[Fault]:
    """Only a phase as needed is begun; any other begins by itself."""
    phase = _phase(fact.phase, log)
    if phase is not None and not phase.as_needed:
        remedy = 'write starts = "as needed", or record Moved for its first session'
        yield Fault("phase", "begins by itself", fact.phase, remedy, code="not-as-needed")


def _once_it_is_over(fact: Begun, log: Log) -> Iterator[Fault]:
    """A phase as needed is begun again once its sessions are recorded, or it was ended."""
    phase = _phase(fact.phase, log)
    earlier = log.last("begun", "ended", of=fact.phase)
    if isinstance(earlier, Ended) and fact.on < earlier.on:
        what = f"lies before the end of the run before, on {earlier.on}"
        yield Fault("on", what, str(fact.on), "give a later day", code="already-begun")
    elif phase is not None and isinstance(earlier, Begun) and _goes_on(phase, earlier, fact, log):
        what = f"was already begun on {earlier.on}, and goes on"
        yield Fault("phase", what, fact.phase, END_OR_EXTEND, code="already-begun")


END_OR_EXTEND: Final = "record Ended first, or Extended for more sessions"
"""What to do instead of beginning a phase that goes on."""


def _goes_on(phase: Phase, begun: Begun, again: Begun, log: Log) -> bool:
    """Whether a run that was begun is not over yet, as far as the log tells."""
    if phase.until is not None:
        return again.on < phase.until.after(begun.on)
    asked, since = len(phase.at) or phase.sessions, list(log.since(begun))
    over = sum(_closes(fact, phase) for fact in since)
    own = (f for f in since if isinstance(f, Extended) and f.phase_in(log.protocol) == phase.id)
    return asked is None or over < asked + sum(fact.sessions for fact in own)


def _closes(fact: Fact, phase: Phase) -> bool:
    """Whether nothing is owed any more for a session of a phase after a fact."""
    if not isinstance(fact, Attended | Missed | Cancelled):
        return False
    own = VisitKey.read(fact.visit, {phase.id}) is not None
    return own and (isinstance(fact, Attended) or phase.after_loss(fact.fact) == "skip")


def _phase(name: str | None, log: Log) -> Phase | None:
    return next((phase for phase in log.protocol.phases if phase.id == name), None)


def _once_begun(fact: Ended | Extended, log: Log) -> Iterator[Fault]:
    """A phase as needed has nothing to end, or to add to, before it has begun."""
    phase = _phase(fact.phase, log)
    if phase is not None and phase.as_needed and not any(begins(f, phase) for f in log.stand):
        yield Fault("phase", "has not begun", phase.id, "record Begun first", code="not-begun")


def _begins_again(earlier: Ended, log: Log) -> bool:
    """Whether a phase as needed was begun again since it was ended."""
    phase = _phase(earlier.phase, log)
    return phase is not None and any(begins(fact, phase) for fact in log.since(earlier))


def _of_a_counted_phase(fact: Extended, log: Log) -> Iterator[Fault]:
    """Sessions are added to a phase that counts them, the only one where none is named."""
    if fact.phase_in(log.protocol) is not None:
        return
    phases = [phase.id for phase in log.protocol.phases]
    counted = ", ".join(counted_phases(log.protocol))
    remedy = f"name one that has sessions: {counted}" if counted else _LONGER
    if fact.phase is None:
        whose = "several phases have" if counted else "no phase has"
        yield Fault(
            "phase",
            f"is missing: {whose} a number of sessions to add to",
            remedy=remedy,
            code="missing",
        )
    elif fact.phase in phases:
        yield Fault(
            "phase", "has no number of sessions to add to", fact.phase, remedy, code="not-counted"
        )
    elif fact.phase not in log.gone:
        yield _unknown_phase(fact.phase, phases)


_LONGER = "give the course a protocol whose phase lasts longer; one without an end goes on"


def _of_a_fact(fact: Corrected, log: Log) -> Iterator[Fault]:
    """A fact is taken back once, and no correction is; `said` names the very one."""
    got, many = str(fact.number), len(log.facts)
    if fact.number > many:
        what = f"is no fact of the log, which has {count(many, 'fact')}"
        yield Fault("number", what, got, "count from 1", code="unknown-fact")
        return
    meant = log.facts[fact.number - 1]
    if isinstance(meant, Corrected):
        remedy = "record anew what it took back"
        yield Fault("number", "is itself a correction", got, remedy, code="not-correctable")
    elif log.last("corrected", of=got) is not None:
        yield Fault("number", "is already taken back", got, code="already-corrected")
    elif fact.said is not None and fact.said != in_words(meant):
        what = f"is not what fact {fact.number} says"
        yield Fault("said", what, fact.said, f"it says {in_words(meant)}", code="another-fact")


class _FactKinds(TypedDict):
    """A row for each kind; a type checker asks for every one of them."""

    attended: FactKind[Attended]
    missed: FactKind[Missed]
    moved: FactKind[Moved]
    cancelled: FactKind[Cancelled]
    reviewed: FactKind[Reviewed]
    away: FactKind[Away]
    paused: FactKind[Paused]
    resumed: FactKind[Resumed]
    stopped: FactKind[Stopped]
    preferred: FactKind[Preferred]
    extended: FactKind[Extended]
    corrected: FactKind[Corrected]
    begun: FactKind[Begun]
    ended: FactKind[Ended]


_ROWS: Final[_FactKinds] = {
    "attended": FactKind(
        model=Attended,
        about="visit",
        options=("at", "next_after"),
        contradicted=(_of_a_visit, _first_outcome, _attended_since_start),
        happened=True,
    ),
    "missed": FactKind(
        model=Missed, about="visit", contradicted=(_of_a_visit, _first_outcome), happened=True
    ),
    "moved": FactKind(
        model=Moved,
        about="visit",
        options=("to",),
        contradicted=(_of_a_visit, _first_outcome, _moved_behind_start),
    ),
    "cancelled": FactKind(
        model=Cancelled, about="visit", contradicted=(_of_a_visit, _first_outcome)
    ),
    "reviewed": FactKind(
        model=Reviewed,
        about="visit",
        options=("at", "outcome"),
        contradicted=(_of_a_visit, _first_conclusion, _concludes_a_review),
        happened=True,
    ),
    "away": FactKind(model=Away, about="days"),
    "paused": FactKind(
        model=Paused,
        about="day",
        contradicted=(_since_start, _while_not_paused, _while_not_stopped),
    ),
    "resumed": FactKind(
        model=Resumed, about="day", contradicted=(_while_paused, _while_not_stopped)
    ),
    "stopped": FactKind(
        model=Stopped, about="day", contradicted=(_since_start, _while_not_stopped)
    ),
    "preferred": FactKind(model=Preferred, about="since", options=("weekdays", "time")),
    "extended": FactKind(
        model=Extended,
        about="sessions",
        options=("phase",),
        contradicted=(
            *(_of_a_counted_phase, _once_begun, _extended_before_a_stop, _while_not_ended),
        ),
    ),
    "corrected": FactKind(
        model=Corrected, about="fact", options=("said",), contradicted=(_of_a_fact,)
    ),
    "begun": FactKind(
        model=Begun,
        about="day",
        options=("phase",),
        contradicted=(
            *(_of_a_phase, _as_needed, _since_start, _once_it_is_over, _while_not_stopped),
        ),
    ),
    "ended": FactKind(
        model=Ended,
        about="day",
        options=("phase",),
        contradicted=(
            *(_of_a_phase, _once_begun, _ended_since_start, _while_not_ended, _while_not_stopped),
        ),
    ),
}

FACT_KINDS: Final = cast("Mapping[str, FactKind[Any]]", _ROWS)
"""Every kind of fact by its word: `attended`, which is also what the command line calls it."""


def in_words(fact: Fact) -> str:
    """Return a fact as the command line is told it: `missed induction-6`."""
    values = (getattr(fact, field) for field in ABOUT_FIELDS[kind_of(fact).about])
    about = "/".join(dict.fromkeys(map(str, values)))
    return f"{fact.fact} {about}"


def kind_of(fact: Fact) -> FactKind[Any]:
    """Return what there is to know of a fact's kind."""
    return _ROWS[fact.fact]
