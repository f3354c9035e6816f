"""A protocol laid out on a bare calendar, to see what its numbers come to.

The outline starts on a Monday, the first of a month, and knows no clinic and no person; only what
would be wrong on every such calendar is judged by it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from itertools import chain, islice, pairwise

from mesoplan.ground.errors import Fault
from mesoplan.ground.period import Period
from mesoplan.ground.weekdays import WEEKDAYS
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.protocol import Protocol
from mesoplan.scheduling.places import counted, places

START = datetime(2001, 1, 1)  # noqa: DTZ001 - local, as every place of a rhythm
_NOW = Period("P0D")
_DAY = Period("P1D")
_WEEK = Period("P1W")


@dataclass(frozen=True, slots=True)
class Run:
    """The sessions of one phase as they would fall."""

    moments: tuple[datetime, ...]
    """As many as anything counts, where the phase is open."""
    dated: bool = True
    """Whether they count from the start, and not from a date that only the course knows."""

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """Its first and last moment, where they are known."""
        known = self.dated and self.moments
        return (self.moments[0], self.moments[-1]) if known else None


_NEVER = Run(())


@dataclass(frozen=True)
class Outline:
    """A protocol with the run of every phase."""

    protocol: Protocol
    runs: Mapping[str, Run]

    def __getitem__(self, phase: str) -> Run:
        """Give the run of one phase."""
        return self.runs[phase]

    @cached_property
    def course(self) -> Run:
        """The sessions of all phases in the order of time."""
        moments = sorted(chain.from_iterable(run.moments for run in self.runs.values()))
        return Run(tuple(moments), all(run.dated for run in self.runs.values()))


def outline(protocol: Protocol) -> Outline:
    """Lay every phase from where it counts; one that nothing starts has no sessions."""
    most = max((anchor.number for anchor in protocol.anchors()), default=1)
    laid: dict[str, Run] = {}
    for name in protocol.phase_order:
        laid[name] = _run(protocol, protocol.phase(name), laid, max(most, 2))
    return Outline(protocol, laid)


def reached(anchor: Anchor, laid: Outline) -> Run:
    """Give the moments that an anchor counts from, without its offset."""
    if anchor.kind in {"start", "external"}:
        return Run((START,), dated=anchor.kind == "start")
    run = laid[anchor.phase] if anchor.phase else laid.course
    if anchor.kind == "each":
        return Run(run.moments[anchor.number - 1 :: anchor.number], run.dated)
    index = anchor.number - 1 if anchor.number > 0 else -1
    return Run(run.moments[index : index + 1 or None], run.dated)


def _run(protocol: Protocol, phase: Phase, laid: Mapping[str, Run], most: int) -> Run:
    origin, offset = _origin(protocol, phase, laid)
    if not origin.moments:
        return Run((), origin.dated)
    found = _on_calendar(_places(protocol, phase, origin, offset))
    if phase.is_open:
        return Run(tuple(islice(found, most)), origin.dated)
    so_far = sum(len(run.moments) for run in laid.values())
    return Run(tuple(sorted(counted(phase, found, so_far, START))), origin.dated)


def _places(protocol: Protocol, phase: Phase, origin: Run, offset: Period) -> Iterator[datetime]:
    if phase.starts is not None and phase.starts.kind == "each":
        return (offset.after(m, month_end=protocol.month_end) for m in origin.moments)
    return places(phase, origin.moments[0], offset, protocol.month_end)


def _on_calendar(found: Iterator[datetime]) -> Iterator[datetime]:
    """Stop at the end of the year 9999."""
    try:
        yield from found
    except (OverflowError, ValueError):
        return


def _origin(protocol: Protocol, phase: Phase, laid: Mapping[str, Run]) -> tuple[Run, Period]:
    if phase.starts is not None:
        return reached(phase.starts, Outline(protocol, laid)), phase.starts.offset
    for earlier in reversed(protocol.phases[: protocol.phases.index(phase)]):
        run = laid.get(earlier.id, _NEVER)
        if earlier.is_open:
            return Run((), run.dated), _NOW
        if run.moments:
            step = _DAY if phase.weekdays else phase.every or _NOW
            return Run((max(run.moments),), run.dated), step
    return Run((START,)), _NOW


def gaps(phase: Phase) -> tuple[float, ...]:
    """Give the mean days between neighbouring sessions, in order, over one round of the rhythm."""
    if phase.every is None and not phase.weekdays and not phase.at:
        return ()
    inside = _inside(phase)
    if not phase.at:
        inside = [*inside, inside[0] + (phase.every or _WEEK).length]
    found = tuple(later - earlier for earlier, later in pairwise(inside))
    return found if phase.sessions is None else found[: phase.sessions - 1]


def _inside(phase: Phase) -> list[float]:
    """Give the mean days from the beginning to each place of a list, or of one step."""
    days = [float(WEEKDAYS.index(name)) for name in phase.weekdays]
    steps = [place.length for place in phase.at] or days or [0.0]
    return sorted(step + place.length for step in steps for place in phase.offsets or (_NOW,))


Finder = Callable[[Outline], Iterator[Fault]]
"""What a rule reads: the protocol, laid out once for all rules."""


def in_each_phase(find: Callable[[Phase], Iterator[Fault]]) -> Finder:
    """Make a rule about one phase a rule about a protocol."""

    @wraps(find)
    def found(laid: Outline) -> Iterator[Fault]:
        for index, phase in enumerate(laid.protocol.phases):
            for fault in find(phase):
                yield fault.below(f"phases.{index}")

    return found
