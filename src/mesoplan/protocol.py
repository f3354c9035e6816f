"""The undated, versioned, cited definition of a treatment course."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)

from mesoplan import structure
from mesoplan.anchor import Anchor
from mesoplan.base import Model
from mesoplan.care import Advice, Effect, RedFlag
from mesoplan.criteria import Criterion
from mesoplan.errors import Fault, ProtocolError, closest
from mesoplan.faults import faults_of
from mesoplan.kinds import Line, Slug, Text
from mesoplan.period import MonthEnd, Period
from mesoplan.phase import Phase
from mesoplan.review import Milestone, Review
from mesoplan.source import ASSUMPTION, Cited, Source

Version = Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+){0,2}$", max_length=20)]
Part = TypeVar("Part", bound=Model)


class Spacing(Cited):
    """Days that must lie between sessions of two labelled treatments."""

    between: tuple[Line, Line]
    at_least: Period


class Adjunct(Cited):
    """Treatment at home beside the sessions: shown with the plan, never booked."""

    title: Line
    starts: Anchor = Anchor("start")
    until: Anchor | None = None
    text: Text | None = None


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
    title: Line
    version: Version = "1"
    status: Literal["draft", "active", "retired"] = "active"
    field: Line | None = None
    """The branch of medicine, to browse by: "hair", "vaccines"."""
    treatment: Line | None = None
    indication: Line | None = None
    population: Line | None = None
    summary: Text | None = None
    """The schedule in words."""
    parents: tuple[Line, ...] = ()
    """The protocols (id and version) that it was made from."""

    month_end: MonthEnd = "clip"
    max_per_day: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    """The most sessions on one day."""
    deadline: Period | None = None
    """The whole course ends within this time from its start."""

    phases: Annotated[tuple[Phase, ...], Field(min_length=1, max_length=200)]
    reviews: Annotated[tuple[Review, ...], Field(max_length=200)] = ()
    milestones: Annotated[tuple[Milestone, ...], Field(max_length=200)] = ()
    adjuncts: Annotated[tuple[Adjunct, ...], Field(max_length=50)] = ()
    spacing: Annotated[tuple[Spacing, ...], Field(max_length=50)] = ()
    criteria: Annotated[tuple[Criterion, ...], Field(max_length=200)] = ()
    """Who may start; the screening asks in this order."""
    advice: Annotated[tuple[Advice, ...], Field(max_length=200)] = ()
    effects: Annotated[tuple[Effect, ...], Field(max_length=200)] = ()
    red_flags: Annotated[tuple[RedFlag, ...], Field(max_length=200)] = ()
    sources: Annotated[tuple[Source, ...], Field(max_length=200)] = ()
    notes: Text | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _every_fault(cls, data: Any, handler: ModelWrapValidatorHandler["Protocol"]) -> "Protocol":
        """Report what is wrong between the parts together with what is wrong in them."""
        try:
            protocol = handler(data)
        except ValidationError as error:
            raise ProtocolError(*faults_of(cls, error), *_faults_between_readable(data)) from None
        faults = [*_faults_between(protocol), *_citation_faults(protocol)]
        if faults:
            raise ProtocolError(*faults)
        return protocol

    def parts(self) -> Iterator[tuple[str, Cited]]:
        """Yield the protocol and each part that cites sources, with its path."""
        yield "", self
        for name in _CITED:
            for index, part in enumerate(getattr(self, name)):
                yield f"{name}.{index}", part

    def anchors(self) -> Iterator[Anchor]:
        """Yield every anchor that the protocol writes."""
        for _, part in self.parts():
            for name in ("starts", "at", "until"):
                anchor = getattr(part, name, None)
                if isinstance(anchor, Anchor):
                    yield anchor

    def phase(self, name: str) -> Phase:
        """Give the phase of that id; raises ProtocolError naming the known ones."""
        return _named(name, self.phases, "phase")

    def review(self, name: str) -> Review:
        """Give the review of that id; raises ProtocolError naming the known ones."""
        return _named(name, self.reviews, "review")

    @cached_property
    def phase_order(self) -> tuple[str, ...]:
        """The phases' ids, each after what it counts from."""
        return tuple(structure.phase_order(self.phases))


_CITED = (
    *("phases", "reviews", "milestones", "adjuncts", "spacing"),
    *("criteria", "advice", "effects", "red_flags"),
)

Named = TypeVar("Named", Phase, Review)


def _named(name: str, parts: tuple[Named, ...], kind: str) -> Named:
    for part in parts:
        if part.id == name:
            return part
    known = [part.id for part in parts]
    raise ProtocolError(Fault("", f"has no {kind} of this name", name, closest(name, known)))


def _faults_between(protocol: Protocol) -> Iterator[Fault]:
    yield from structure.faults(
        dict(enumerate(protocol.phases)),
        dict(enumerate(protocol.reviews)),
        dict(enumerate(protocol.milestones)),
        tuple(phase.id for phase in protocol.phases),
    )
    labels = tuple(phase.label for phase in protocol.phases if phase.label)
    for index, spacing in enumerate(protocol.spacing):
        for label in spacing.between:
            if label not in labels:
                remedy = closest(label, labels) if labels else "give the phases labels"
                path = f"spacing.{index}.between"
                yield Fault(path, "names a label that no phase has", label, remedy)
    yield from _care_faults(protocol)


def _care_faults(protocol: Protocol) -> Iterator[Fault]:
    """Yield ids used twice; an effect and a red flag are both symptoms, of one name each."""
    for names in (("criteria",), ("advice",), ("effects", "red_flags")):
        seen: set[str] = set()
        for name in names:
            for index, part in enumerate(getattr(protocol, name)):
                if part.id in seen:
                    path = f"{name}.{index}.id"
                    yield Fault(path, "is used twice", part.id, "give each its own")
                seen.add(part.id)


def _citation_faults(protocol: Protocol) -> Iterator[Fault]:
    """Yield every basis that names no source."""
    known = (ASSUMPTION, *(source.id for source in protocol.sources))
    for path, part in protocol.parts():
        for name, basis in part.basis.items():
            cited = basis.partition(":")[0]
            if cited not in known:
                remedy = closest(cited, known)
                where = ".".join(filter(None, (path, "basis", name)))
                yield Fault(where, "cites an unknown source", cited, remedy)


def _faults_between_readable(data: Any) -> Iterator[Fault]:
    """Check between those parts of a faulty protocol that can be read by themselves."""
    if not isinstance(data, Mapping):
        return
    written = data.get("phases")
    phases = written if isinstance(written, list | tuple) else []
    names = [p.id if isinstance(p, Phase) else p.get("id") for p in phases if _is_part(p)]
    yield from structure.faults(
        _readable(data, "phases", Phase),
        _readable(data, "reviews", Review),
        _readable(data, "milestones", Milestone),
        tuple(str(name) for name in names),
    )


def _is_part(value: object) -> bool:
    return isinstance(value, Phase | Mapping)


def _readable(data: Mapping[str, Any], name: str, kind: type[Part]) -> dict[int, Part]:
    found: dict[int, Part] = {}
    written = data.get(name)
    for index, value in enumerate(written if isinstance(written, list | tuple) else ()):
        try:
            found[index] = kind.model_validate(value)
        except ProtocolError:
            continue
    return found
