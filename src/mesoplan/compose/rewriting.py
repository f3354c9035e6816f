"""A protocol rewritten so that it can stand beside another: its ids, anchors and citations."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mesoplan.compose.fields import assumed, written
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.phase_parts import Outcome, Step, Tier
from mesoplan.protocol.protocol import Protocol
from mesoplan.protocol.review import Review
from mesoplan.protocol.source import source_of
from mesoplan.protocol.variant import PhaseNumbers, ReviewNumbers, Variant
from mesoplan.values.base import Model
from mesoplan.values.errors import Fault

Names = Mapping[str, Mapping[str, str]]
"""For each kind of part, the ids that change, with the new ones."""

_VISITS = ("phases", "reviews")
_SHARING = (_VISITS, ("effects", "red_flags"))
_ANCHORED = (*_VISITS, "milestones", "variants")
_UNSHIFTED = Anchor("start")


def kinds_of_parts(protocol: Protocol) -> Iterator[str]:
    """Name the fields that hold parts."""
    for name in type(protocol).__pydantic_fields__:
        value = getattr(protocol, name)
        if isinstance(value, tuple) and name != "parents":
            yield name


def clashing(protocol: Protocol, other: Protocol) -> Names:
    """Return a new id for each part whose id the other protocol uses for something else."""
    sources = _renamed("sources", protocol, other, frozenset())
    return {
        kind: _renamed(kind, protocol, other, sources.keys()) for kind in kinds_of_parts(protocol)
    }


def _renamed(
    kind: str, protocol: Protocol, other: Protocol, sources: Collection[str]
) -> dict[str, str]:
    return {
        part.id: f"{protocol.id}-{part.id}"
        for part in getattr(protocol, kind)
        if hasattr(part, "id") and _clashes(kind, part, other, sources)
    }


def _clashes(kind: str, part: Any, other: Protocol, sources: Collection[str]) -> bool:
    """Say whether a part cannot keep its id; equal parts can be one, if they cite the same.

    Phases and reviews share their ids, since both name visits, and so do effects and red flags.
    """
    kinds = next((names for names in _SHARING if kind in names), (kind,))
    same = [p for k in kinds for p in getattr(other, k) if getattr(p, "id", None) == part.id]
    cited = {source_of(basis) for basis in getattr(part, "basis", {}).values()}
    differs = kind in _ANCHORED or part not in same or not cited.isdisjoint(sources)
    return bool(same) and differs


def opening(protocol: Protocol) -> Phase | None:
    """Return the phase whose first session is the start of the course, or None if there is none."""
    for index, phase in enumerate(protocol.phases):
        places = phase.at or phase.offsets
        begins = phase.starts == _UNSHIFTED or (phase.starts is None and index == 0)
        if begins and not (places and places[0]):
            return phase
    return None


def counted_in(protocol: Protocol, anchor: Anchor) -> tuple[Phase, int] | None:
    """Find the phase, and the number in it, of a session counted over the whole course.

    Return None if the phases do not simply follow each other, so that it cannot be known.
    """
    phases = protocol.phases
    if len(phases) == 1:
        return phases[0], anchor.number
    anchored = any(phase.starts is not None for phase in phases[1:]) or phases[0].as_needed
    if anchor.kind == "each" or anchored:
        return None
    if anchor.number == -1:
        return phases[-1], -1
    left = anchor.number
    for phase in phases:
        count = len(phase.at) or phase.sessions
        if phase.is_open or (count is not None and left <= count):
            return phase, left
        if count is None:
            return None
        left -= count
    return None


@dataclass(frozen=True, slots=True)
class Rewriting:
    """How one protocol is rewritten."""

    protocol: Protocol
    names: Names
    start: Anchor
    """What its own start becomes."""
    leads: bool
    """Whether its phases come first in the combination, so that its first phase needs no anchor."""

    def anchor(self, anchor: Anchor) -> Anchor:
        """Return an anchor of the protocol as the combination writes it."""
        if anchor.kind == "start":
            return self._from_start(anchor)
        if anchor.kind in {"external", "needed"}:
            return anchor
        phase, number = anchor.phase, anchor.number
        if phase is None:
            found = counted_in(self.protocol, anchor)
            assert found is not None, "refused by `faults`"
            phase, number = found[0].id, found[1]
        return _written(_point(anchor, self.name("phases", phase), number), anchor)

    def _from_start(self, anchor: Anchor) -> Anchor:
        if not self.start.offset:
            return _written(self.start.point, anchor)
        if not anchor.offset:
            return self.start
        first = opening(self.protocol)
        assert first is not None, "refused by `faults`"
        return _written(f"first session of {self.name('phases', first.id)}", anchor)

    def name(self, kind: str, old: str) -> str:
        """Return the id of a part in the combination."""
        return self.names[kind].get(old, old)

    def basis(self, basis: str) -> str:
        """Return a basis that cites the same source by its id in the combination."""
        cited = source_of(basis)
        return f"{self.name('sources', cited)}{basis[len(cited) :]}"

    def bases(self, part: Any) -> dict[str, str]:
        """Return the basis of a part, field by field."""
        return {name: self.basis(basis) for name, basis in part.basis.items()}

    def parts(self, kind: str, own_label: str) -> Iterator[dict[str, Any]]:
        """Yield the parts of one kind, rewritten; of a protocol with its variant chosen no other one."""
        over = kind == "variants" and self.protocol.variant is not None
        for index, part in enumerate(() if over else getattr(self.protocol, kind)):
            yield self._part(kind, part) | self._of_phase(part, index, own_label)

    def _part(self, kind: str, part: Model) -> dict[str, Any]:
        fields = {name: self._value(value) for name, value in written(part).items()}
        if "basis" in fields:
            fields["basis"] = self.bases(part)
        if isinstance(part, Variant):
            for kinds in ("phases", "reviews"):
                numbers = getattr(part, kinds).items()
                fields[kinds] = {self.name(kinds, n): self._value(each) for n, each in numbers}
        new = self.names[kind].get(fields.get("id", ""))
        if new:
            fields["id"] = new
            if isinstance(part, Phase | Review):
                fields["title"] = part.name
        return fields

    def _value(self, value: Any) -> Any:
        if isinstance(value, Anchor):
            return self.anchor(value)
        if isinstance(value, Outcome):
            return value.replace(review=self.name("reviews", value.review))
        if isinstance(value, Step) and value.min_from is not None:
            return value.replace(min_from=self.anchor(value.min_from))
        if isinstance(value, Tier) and value.phase is not None:
            return value.replace(phase=self.name("phases", value.phase))
        if isinstance(value, PhaseNumbers | ReviewNumbers):
            fields = {name: self._value(inside) for name, inside in written(value).items()}
            return value.replace(**fields | {"basis": self.bases(value)})
        if isinstance(value, tuple):
            return tuple(map(self._value, value))
        return value

    def _of_phase(self, part: Model, index: int, own_label: str) -> dict[str, Any]:
        """Return the label of a phase and, for a first phase that now follows others, its anchor."""
        if not isinstance(part, Phase):
            return {}
        label = {"label": part.label or own_label}
        if index or self.leads or part.starts is not None:
            return label
        basis = self.bases(part) | {"starts": assumed("combined")}
        return {**label, "starts": self.start, "basis": basis}

    def faults(self) -> Iterator[Fault]:
        """Yield what means something else once another treatment runs beside it."""
        name = self.protocol.id
        for path, part in self.protocol.parts():
            for field in type(part).__pydantic_fields__:
                value = getattr(part, field)
                if isinstance(value, Anchor) and not self.is_clear(value):
                    remedy = "name a phase instead of the course or the start"
                    what = f"cannot be told apart in the combination ({name})"
                    fault = Fault(
                        f"{path}.{field}", what, str(value), remedy, code="ambiguous-anchor"
                    )
                    yield fault.within(self.protocol)
            if isinstance(part, Phase) and part.total is not None:
                what = f"would count the other treatment's sessions too ({name})"
                remedy = "write sessions"
                fault = Fault(f"{path}.total", what, str(part.total), remedy, code="total-of-two")
                yield fault.within(self.protocol)

    def is_clear(self, anchor: Anchor) -> bool:
        """Say whether one can tell what an anchor counts from once another treatment is there."""
        if anchor.kind == "start":
            plain = not (self.start.offset and anchor.offset)
            return plain or opening(self.protocol) is not None
        counts_course = anchor.phase is None and anchor.kind in {"session", "each"}
        return not counts_course or counted_in(self.protocol, anchor) is not None


def _point(anchor: Anchor, phase: str, number: int) -> str:
    if anchor.kind == "each":
        return f"every {number} sessions of {phase}"
    return f"{'last session' if number == -1 else f'session {number}'} of {phase}"


def _written(point: str, anchor: Anchor) -> Anchor:
    """Return the anchor that counts from `point` with the offset of another."""
    if not anchor.offset:
        return Anchor(point)
    sign, offset = ("-", -anchor.offset) if anchor.offset.length < 0 else ("+", anchor.offset)
    return Anchor(f"{point} {sign} {offset}")
