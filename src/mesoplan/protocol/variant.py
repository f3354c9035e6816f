"""A variant of a protocol: other numbers for other persons or sites, never another meaning."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

from pydantic import Field

from mesoplan.protocol.phase import MOST_SESSIONS, Count, Phase
from mesoplan.protocol.phase_parts import Step
from mesoplan.protocol.review import Review
from mesoplan.protocol.source import ASSUMPTION, Cited
from mesoplan.values.base import Model
from mesoplan.values.errors import ProtocolError
from mesoplan.values.kinds import FrozenTable, Line, Slug, Table, Text
from mesoplan.values.period import Forward, InDays, Lasting, Length, Period, VisitLength, Window

_UNSAID: tuple[object, ...] = (None, ())
Part = TypeVar("Part", Phase, Review)


class PhaseNumbers(Cited):
    """The numbers of a phase that a variant may change, and doses; what it leaves out stays."""

    every: Forward | None = None
    """The step of the rhythm."""
    offsets: Annotated[tuple[Period, ...], Field(max_length=MOST_SESSIONS)] = ()
    """Places inside one step of the rhythm."""
    at: Annotated[tuple[Period, ...], Field(max_length=MOST_SESSIONS)] = ()
    """Explicit places."""
    sessions: Count | None = None
    """How many sessions it has."""
    until: Forward | None = None
    """How long it lasts, from its first target."""
    total: Count | None = None
    """The phase ends when the course has this many sessions in all."""
    min_sessions: Count | None = None
    """The fewest sessions of the published range."""
    max_sessions: Count | None = None
    """The most sessions of the published range."""
    min_interval: Length | None = None
    """Never less from one session to the next."""
    max_interval: Forward | None = None
    """At most this long from one session to the next."""
    min_gap: Lasting | None = None
    """Never less from the beginning of one session to that of the next on the same day."""
    max_gap: Lasting | None = None
    """Never more from the beginning of one session to that of the next on the same day."""
    grace: Length | None = None
    """A session that came this much too early still counts."""
    window: Window | None = None
    """The days around each target that are tolerated."""
    duration: VisitLength | None = None
    """How long a session takes, in minutes or hours."""
    observation: VisitLength | None = None
    """Time the person stays after the session."""
    steps: Annotated[tuple[Step, ...], Field(max_length=MOST_SESSIONS)] = ()
    """What is particular to each session: dose, window, duration."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            every: Period | str | None = None,
            offsets: Sequence[Period | str] = (),
            at: Sequence[Period | str] = (),
            sessions: int | None = None,
            until: Period | str | None = None,
            total: int | None = None,
            min_sessions: int | None = None,
            max_sessions: int | None = None,
            min_interval: Period | str | None = None,
            max_interval: Period | str | None = None,
            min_gap: Period | str | None = None,
            max_gap: Period | str | None = None,
            grace: Period | str | None = None,
            window: Window | Period | str | Mapping[str, Any] | None = None,
            duration: Period | str | None = None,
            observation: Period | str | None = None,
            steps: Sequence[Step | str | Mapping[str, Any]] = (),
            basis: Mapping[str, str] = ...,
        ) -> None: ...


class ReviewNumbers(Cited):
    """The numbers of a review that a variant may change; what it leaves out stays."""

    every: InDays | None = None
    """How long it is from one to the next."""
    window: Window | None = None
    """The days around its target that are tolerated."""
    duration: Lasting | None = None
    """How long it takes, in minutes or hours."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            every: Period | str | None = None,
            window: Window | Period | str | Mapping[str, Any] | None = None,
            duration: Period | str | None = None,
            basis: Mapping[str, str] = ...,
        ) -> None: ...


class Variant(Model):
    """Other numbers for some: by weight, site or age. The course chooses it, no rule does.

    >>> child = Variant(id="child", title="Children", phases={"induction": {"sessions": 12}})
    >>> child.phases["induction"].sessions
    12
    """

    refusal: ClassVar[type[ProtocolError]] = ProtocolError

    id: Slug
    """The name by which a course chooses it: `child`."""
    title: Line
    """What it is called, for whoever chooses: "Up to 30 kg"."""
    when: Text | None = None
    """For whom it is, in words; a person judges that."""
    phases: Table[Slug, PhaseNumbers] = FrozenTable()
    """The numbers that change, by the id of the phase."""
    reviews: Table[Slug, ReviewNumbers] = FrozenTable()
    """The numbers that change, by the id of the review."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            id: str,  # noqa: A002 - the field's name
            title: str,
            when: str | None = None,
            phases: Mapping[str, PhaseNumbers | Mapping[str, Any]] = ...,
            reviews: Mapping[str, ReviewNumbers | Mapping[str, Any]] = ...,
        ) -> None: ...

    def parts(self) -> Iterator[tuple[str, Cited]]:
        """Yield the numbers that change, which cite sources, each with its path."""
        yield from ((f"phases.{name}", numbers) for name, numbers in self.phases.items())
        yield from ((f"reviews.{name}", numbers) for name, numbers in self.reviews.items())

    def phase(self, phase: Phase) -> Phase:
        """Return a phase with the numbers of this variant."""
        return self._changed(phase, self.phases.get(phase.id))

    def review(self, review: Review) -> Review:
        """Return a review with the numbers of this variant."""
        return self._changed(review, self.reviews.get(review.id))

    def _changed(self, part: Part, numbers: PhaseNumbers | ReviewNumbers | None) -> Part:
        if numbers is None:
            return part
        fields = {
            name: value for name, value in numbers if name != "basis" and value not in _UNSAID
        }
        unsaid = f"{ASSUMPTION}: of the variant {self.id}"
        basis = {name: numbers.basis_of(name) or unsaid for name in fields}
        try:
            return part.replace(**fields, basis={**part.basis, **basis})
        except ProtocolError as error:
            kind = "phases" if isinstance(part, Phase) else "reviews"
            raise ProtocolError(*(f.below(f"{kind}.{part.id}") for f in error.faults)) from None
