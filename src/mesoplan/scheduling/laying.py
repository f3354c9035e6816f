"""The sessions of every phase with their targets, each phase laid from where it counts."""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain

from mesoplan.ground.errors import CourseError, Fault
from mesoplan.ground.period import Period
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.phase import Phase
from mesoplan.scheduling.ground import LOST, START, Ground, Laid, Origin, Session
from mesoplan.scheduling.phase_queue import PhaseQueue

_NOW = Period("P0D")
_DAY = Period("P1D")


def lay(ground: Ground) -> Laid:
    """Lay every phase; give its sessions, also the missed ones, in the order of their targets.

    Raises CourseError where they lead beyond the year 9999 or are too many.
    """
    laid: Laid = {}
    protocol = ground.course.protocol
    for name in protocol.phase_order:
        phase = protocol.phase(name)
        origin = _origin(phase, ground, laid)
        laid[name] = lay_phase(ground, phase, origin, laid) if origin else []
    return {phase.id: laid[phase.id] for phase in protocol.phases}


def lay_phase(ground: Ground, phase: Phase, origin: Origin, laid: Laid) -> list[Session]:
    """Lay one phase from where it counts."""
    so_far = sum(s.status not in LOST for sessions in laid.values() for s in sessions)
    try:
        return PhaseQueue(ground, phase, origin, so_far).run()
    except (OverflowError, ValueError) as error:
        if isinstance(error, CourseError):
            raise
        fault = Fault("start", "leads beyond the year 9999", str(ground.start.date()))
        raise CourseError(fault) from None


def origin_of(anchor: Anchor, ground: Ground, laid: Laid, placed: Mapping[str, datetime]) -> Origin:
    """Find what an anchor counts from; `placed` gives the actual days that are known."""
    if anchor.kind == "start":
        return Origin([placed.get(START, ground.start)], anchor.offset)
    if anchor.name is not None:
        return Origin([ground.at(ground.course.dates[anchor.name])], anchor.offset)
    if anchor.number == -1 and anchor.phase in ground.cut:
        return Origin([], anchor.offset)
    every = chain.from_iterable(laid.values()) if anchor.phase is None else laid[anchor.phase]
    kept = (placed.get(s.key, s.moment) for s in every if s.status not in LOST)
    moments = sorted(ground.at(moment.date()) for moment in kept)
    if anchor.kind == "each":
        return Origin(moments[anchor.number - 1 :: anchor.number], anchor.offset)
    index = anchor.number - 1 if anchor.number > 0 else -1
    return Origin(moments[index : index + 1 or None], anchor.offset)


def _origin(phase: Phase, ground: Ground, laid: Laid) -> Origin | None:
    """Find where a phase starts; None where nothing is known to count from, or it does not apply."""
    wanted = phase.requires
    if wanted and ground.ledger.concluded.get(wanted.review, wanted.outcome) != wanted.outcome:
        return None
    if phase.starts is not None:
        origin = origin_of(phase.starts, ground, laid, {})
    else:
        origin = _after_previous(phase, ground, laid)
    return origin if origin.moments else None


def _after_previous(phase: Phase, ground: Ground, laid: Laid) -> Origin:
    """Count from the last session of the phase before, one step of this phase's rhythm later."""
    names = [each.id for each in ground.course.protocol.phases]
    for name in reversed(names[: names.index(phase.id)]):
        kept = [s.moment for s in laid.get(name, ()) if s.status not in LOST]
        if name in ground.cut:
            return Origin([], _NOW)
        if kept:
            step = _DAY if phase.weekdays else phase.every or _NOW
            return Origin([ground.at(max(kept).date())], step)
    return Origin([ground.start], _NOW)
