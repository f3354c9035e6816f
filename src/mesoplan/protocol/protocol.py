"""The undated, versioned, cited definition of a treatment course."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)

from mesoplan.protocol import structure
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.care import Advice, Effect, RedFlag
from mesoplan.protocol.checks import Checks
from mesoplan.protocol.criteria import Criterion
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.phase_parts import Spacing
from mesoplan.protocol.review import Adjunct, Milestone, Review
from mesoplan.protocol.source import Cited, Source
from mesoplan.protocol.variant import Variant
from mesoplan.values.base import Model
from mesoplan.values.errors import Fault, ProtocolError, closest
from mesoplan.values.fault_codes import FaultCode
from mesoplan.values.faults import faults_of
from mesoplan.values.kinds import FrozenTable, Line, Slug, Text, Written
from mesoplan.values.period import Forward, MonthEnd, Period

_MOST = 200

Version = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]+(\.[0-9]+){0,2}$", max_length=20),
    Written(
        "is not a version in numbers and dots",
        'write for example "1" or "2.1"',
        code="not-a-version",
    ),
]
"""Numbers and dots, `1` or `2.1`."""


class Protocol(Cited):
    """The undated, versioned, cited definition of a treatment course.

    Raises ProtocolError with every fault at once, each with its path.

    >>> weekly = Protocol(
    ...     id="weekly", title="Weekly course", phases=[Phase(id="induction", every="P1W", sessions=4)]
    ... )
    >>> weekly.phase("induction").sessions
    4
    """

    id: Slug
    """Its name in a catalogue and in saved courses: `mesotherapy-weekly`."""
    title: Line
    """What it is called."""
    version: Version = "1"
    """Numbers and dots, higher for each change: `1`, `2.1`."""
    status: Literal["draft", "active", "retired"] = "active"
    """Whether it is still being written, in use, or no longer to be followed."""
    field: Line | None = None
    """The branch of medicine, to browse by: "hair", "vaccines"."""
    treatment: Line | None = None
    """What is given: "Mesotherapy, scalp"."""
    indication: Line | None = None
    """What it is given for."""
    population: Line | None = None
    """Who it is meant for."""
    summary: Text | None = None
    """The schedule in words."""
    parents: tuple[Line, ...] = ()
    """The protocols (id and version) that it was made from."""

    month_end: MonthEnd = "clip"
    """What becomes of a day that its month lacks: the last one, or the first of the next month."""
    max_per_day: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    """The most sessions on one day."""
    deadline: Forward | None = None
    """The whole course ends within this time from its start."""

    phases: Annotated[tuple[Phase, ...], Field(min_length=1, max_length=_MOST)]
    """The runs of sessions: each follows the one before, unless it says where it `starts`."""
    reviews: Annotated[tuple[Review, ...], Field(max_length=_MOST)] = ()
    """Checkpoints that are visits: consultations and looks at the result."""
    milestones: Annotated[tuple[Milestone, ...], Field(max_length=_MOST)] = ()
    """What to expect by then; not visits."""
    adjuncts: Annotated[tuple[Adjunct, ...], Field(max_length=50)] = ()
    """Treatment at home beside the sessions; shown, never booked."""
    spacing: Annotated[tuple[Spacing, ...], Field(max_length=50)] = ()
    """Times that must lie between sessions of two labelled treatments."""
    variants: Annotated[tuple[Variant, ...], Field(max_length=50)] = ()
    """Other numbers for some, by weight, site or age; `for_variant` returns them."""
    variant: Slug | None = None
    """Which of its variants these numbers are; not written in a file."""
    criteria: Annotated[tuple[Criterion, ...], Field(max_length=_MOST)] = ()
    """Who may start; the screening asks in this order."""
    advice: Annotated[tuple[Advice, ...], Field(max_length=_MOST)] = ()
    """What to do or to leave around each session."""
    effects: Annotated[tuple[Effect, ...], Field(max_length=_MOST)] = ()
    """What is usual after a session, and for how long."""
    red_flags: Annotated[tuple[RedFlag, ...], Field(max_length=_MOST)] = ()
    """Signs that are never waited for."""
    sources: Annotated[tuple[Source, ...], Field(max_length=_MOST)] = ()
    """The publications, pages and persons that its numbers come from."""
    notes: Text | None = None
    """Remarks for whoever follows the protocol."""
    checks: Checks = FrozenTable()
    """The doubts of the checker that are right here, each with the reason: `MP208` to "the label gives no
    window"."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            id: str,  # noqa: A002 - the field's name
            title: str,
            version: str = "1",
            status: Literal["draft", "active", "retired"] = "active",
            field: str | None = None,
            treatment: str | None = None,
            indication: str | None = None,
            population: str | None = None,
            summary: str | None = None,
            parents: Sequence[str] = (),
            month_end: MonthEnd = "clip",
            max_per_day: int | None = None,
            deadline: Period | str | None = None,
            phases: Sequence[Phase | Mapping[str, Any]],
            reviews: Sequence[Review | Mapping[str, Any]] = (),
            milestones: Sequence[Milestone | Mapping[str, Any]] = (),
            adjuncts: Sequence[Adjunct | Mapping[str, Any]] = (),
            spacing: Sequence[Spacing | Mapping[str, Any]] = (),
            variants: Sequence[Variant | Mapping[str, Any]] = (),
            variant: str | None = None,
            criteria: Sequence[Criterion | Mapping[str, Any]] = (),
            advice: Sequence[Advice | Mapping[str, Any]] = (),
            effects: Sequence[Effect | Mapping[str, Any]] = (),
            red_flags: Sequence[RedFlag | Mapping[str, Any]] = (),
            sources: Sequence[Source | Mapping[str, Any]] = (),
            notes: str | None = None,
            checks: Mapping[str, str] = ...,
            basis: Mapping[str, str] = ...,
        ) -> None: ...

    @model_validator(mode="wrap")
    @classmethod
    def _every_fault(cls, data: Any, handler: ModelWrapValidatorHandler["Protocol"]) -> "Protocol":
        """Report what is wrong between the parts together with what is wrong in them."""
        try:
            protocol = handler(data)
        except ValidationError as error:
            if not isinstance(data, Mapping):
                raise
            read = {name: _readable(_items(data, name), kind) for name, kind in _KINDS.items()}
            between = structure.faults(_parts_of(data, read))
            raise ProtocolError(*faults_of(cls, error), *between) from None
        if protocol is not data:
            faults = [*structure.faults(_parts_in(protocol)), *_faults_of_variants(protocol)]
            if faults:
                raise ProtocolError(*faults)
        return protocol

    def parts(self) -> Iterator[tuple[str, Cited]]:
        """Yield the protocol and each part that cites sources, with its path."""
        yield "", self
        for name in structure.CITED:
            for index, part in enumerate(getattr(self, name)):
                yield f"{name}.{index}", part
        for index, variant in enumerate(self.variants):
            yield from ((f"variants.{index}.{path}", part) for path, part in variant.parts())

    def anchors(self) -> Iterator[Anchor]:
        """Yield every anchor that the protocol writes."""
        for part in (*self.phases, *self.reviews, *self.milestones, *self.adjuncts):
            yield from (anchor for _, anchor in structure.anchors_of(part))

    def phase(self, name: str) -> Phase:
        """Return the phase of that id; raises ProtocolError naming the known ones."""
        return _named(name, self.phases, "phase", code="unknown-phase")

    def review(self, name: str) -> Review:
        """Return the review of that id; raises ProtocolError naming the known ones."""
        return _named(name, self.reviews, "review", code="unknown-review")

    def waits_for(self, phase: str) -> str | None:
        """Return the phase without an end that must be ended before this one begins, or None."""
        names = [each.id for each in self.phases]
        before = None
        for each in self.phases[: names.index(phase)]:
            if not each.as_needed:
                before = None if each.starts is not None else before
                before = each.id if each.is_open else before
        return before if self.phase(phase).starts is None else None

    def for_variant(self, name: str) -> "Protocol":
        """Return the protocol with the numbers of one of its variants.

        Raises ProtocolError for a name that is none, naming the closest, and where another variant was
        chosen before.
        """
        variant = _named(name, self.variants, "variant", code="unknown-variant")
        if self.variant not in {None, name}:
            what = f"has the numbers of the variant {self.variant} already"
            remedy = "begin with the protocol that has none"
            raise ProtocolError(Fault("variant", what, name, remedy, code="second-variant"))
        return self.replace(
            phases=tuple(map(variant.phase, self.phases)),
            reviews=tuple(map(variant.review, self.reviews)),
            variant=name,
        )

    @property
    def name(self) -> str:
        """What it is called, with the variant that was chosen."""
        return self.title if self.chosen is None else f"{self.title} ({self.chosen.title})"

    @property
    def chosen(self) -> Variant | None:
        """The variant whose numbers these are, or None."""
        return next((each for each in self.variants if each.id == self.variant), None)

    @cached_property
    def outside_dates(self) -> frozenset[str]:
        """The names of the dates from outside that it counts from: of `external:lmp`, `lmp`."""
        return frozenset(anchor.name for anchor in self.anchors() if anchor.name is not None)

    @cached_property
    def phase_order(self) -> tuple[str, ...]:
        """The phases' ids, each after what it counts from."""
        return tuple(structure.phase_order(self.phases))


Named = TypeVar("Named", Phase, Review, Variant)


def _named(name: str, parts: tuple[Named, ...], kind: str, *, code: FaultCode) -> Named:
    for part in parts:
        if part.id == name:
            return part
    known = [part.id for part in parts]
    what = f"has no {kind} of this name"
    raise ProtocolError(Fault("", what, name, closest(name, known), code=code))


_KINDS: dict[str, type[Model]] = {
    "phases": Phase,
    "reviews": Review,
    "milestones": Milestone,
    "adjuncts": Adjunct,
    "spacing": Spacing,
    "variants": Variant,
    "criteria": Criterion,
    "advice": Advice,
    "effects": Effect,
    "red_flags": RedFlag,
    "sources": Source,
}


def _faults_of_variants(protocol: Protocol) -> Iterator[Fault]:
    """Yield what is wrong with the numbers of each variant, as far as the protocol itself is not."""
    if protocol.variant is not None and protocol.chosen is None:
        known = [each.id for each in protocol.variants]
        remedy = closest(protocol.variant, known) if known else "leave it out"
        yield Fault("variant", "is no variant", protocol.variant, remedy, code="unknown-variant")
    own = _parts_in(protocol)
    before = frozenset(structure.faults(own))
    for index, variant in enumerate(protocol.variants):
        path = f"variants.{index}"
        try:
            phases = dict(enumerate(map(variant.phase, protocol.phases)))
            reviews = dict(enumerate(map(variant.review, protocol.reviews)))
        except ProtocolError as error:
            yield from (fault.below(path) for fault in error.faults)
        else:
            found = structure.faults(replace(own, phases=phases, reviews=reviews))
            for fault in found:
                if (
                    fault not in before and fault.code != "unknown-source"
                ):  # told where it is written
                    yield replace(fault, path=_by_name(fault.path, protocol)).below(path)


def _by_name(path: str, protocol: Protocol) -> str:
    """Return a path as a variant writes it: phases and reviews by their ids."""
    kind, _, inside = path.partition(".")
    index, _, field = inside.partition(".")
    if kind not in {"phases", "reviews"} or not index:
        return path
    return f"{kind}.{getattr(protocol, kind)[int(index)].id}.{field}"


def _parts_in(protocol: Protocol) -> structure.Parts:
    """Gather the parts of a protocol that could be read as a whole."""
    written = {
        "phases": tuple(phase.id for phase in protocol.phases),
        "reviews": tuple(review.id for review in protocol.reviews),
        "sources": tuple(source.id for source in protocol.sources),
        "labels": tuple(phase.label for phase in protocol.phases if phase.label is not None),
    }
    read: dict[str, Any] = {name: dict(enumerate(protocol.__dict__[name])) for name in _KINDS}
    return structure.Parts(**read, basis=protocol.basis, written=written)


def _parts_of(data: Mapping[str, Any], read: Mapping[str, Any]) -> structure.Parts:
    """Gather what could be read by itself, with what is written of the rest."""
    basis = data.get("basis")
    return structure.Parts(
        **read,
        basis=_texts(basis) if isinstance(basis, Mapping) else {},
        written={
            "phases": _written(data, "phases", "id"),
            "reviews": _written(data, "reviews", "id"),
            "sources": _written(data, "sources", "id"),
            "labels": _written(data, "phases", "label"),
        },
        unread=tuple(_anchors_written(data, read)),
    )


def _anchors_written(
    data: Mapping[str, Any], read: Mapping[str, Mapping[int, Any]]
) -> Iterator[tuple[str, Anchor]]:
    """Yield the anchors in those parts that cannot be read, so that their faults are told too."""
    for kind in ("phases", "reviews", "milestones", "adjuncts"):
        for index, item in enumerate(_items(data, kind)):
            if index in read[kind] or not isinstance(item, Mapping):
                continue
            for name in ("starts", "at", "until"):
                with suppress(ValueError):
                    yield f"{kind}.{index}.{name}", Anchor.accept(item.get(name))


def _texts(table: Mapping[Any, Any]) -> dict[str, str]:
    return {str(name): value for name, value in table.items() if isinstance(value, str)}


def _items(data: Mapping[str, Any], name: str) -> Sequence[Any]:
    given = data.get(name)
    return given[:_MOST] if isinstance(given, list | tuple) else ()


def _readable(items: Sequence[Any], kind: type[Model]) -> dict[int, Any]:
    """Read the parts that can be read, by their places."""
    read = kind.__pydantic_validator__.validate_python
    found = {}
    for index, value in enumerate(items):
        with suppress(ValidationError):
            found[index] = read(value)
    return found


def _written(data: Mapping[str, Any], kind: str, field: str) -> tuple[str, ...]:
    """Yield a field of every part, also of parts that cannot be read."""
    tables = (item.__dict__ if isinstance(item, Model) else item for item in _items(data, kind))
    values = (table.get(field) for table in tables if isinstance(table, Mapping))
    return tuple(value for value in values if isinstance(value, str))
