"""What belongs to a course beside its phases: checkpoints, what to expect, treatment at home."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, field_validator, model_validator

from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.source import Cited
from mesoplan.values.errors import Fault, ProtocolError
from mesoplan.values.kinds import Line, Slug, Text
from mesoplan.values.period import InDays, Lasting, Period, Window, forward


def _length_or_anchor(value: Any) -> Any:
    """Read a text for what it looks like, so that what is wrong with it is said once."""
    is_length = isinstance(value, str) and value.strip().startswith("P")
    if isinstance(value, Period) or is_length:
        return forward(Period.accept(value))
    return Anchor.accept(value)


Counts = Literal["calendar", "treatment"]
"""Whether all days count, or only those on which the treatment is not on hold."""

Until = Annotated[Period | Anchor, BeforeValidator(_length_or_anchor)]
"""A length, or the day that an anchor leads to."""


class Review(Cited):
    """A checkpoint: a consultation before the course, a look at the result after three months.

    >>> str(Review(id="month-3", title="Review at 3 months", at="start + P3M").at)
    'start + P3M'
    """

    id: Slug
    """The name of its visit: `month-3`."""
    title: Line | None = None
    """What it is called; default its id in words."""
    kind: Literal["review", "consultation"] = "review"
    """A look at the result, or a talk before there is one."""
    at: Anchor
    """Where it stands; `each session` and `every 4th session` give one review each."""
    every: InDays | None = None
    """How long it is from one to the next, where it repeats from there on."""
    until: Until | None = None
    """Up to when it repeats: a length from its first one, or the day of an anchor; default for good.

    One on the very last day of a length is not in it, as in a phase; one on the day of an anchor is.
    """
    counts: Counts = "calendar"
    """What its offset counts: all days, or those of treatment, so that no day of a hold counts."""
    window: Window | None = None
    """The days around its target that are tolerated; default any, and `P0D` is that very day."""
    duration: Lasting = Period("PT30M")
    """How long it takes, in minutes or hours."""
    join: Literal["before", "after", True, False] = "before"
    """Take place on the day of a session that falls into the window, directly before or after it.

    `true` is `"before"`; with `false` it stands alone.
    """
    looks_at: Text | None = None
    """What is examined or decided."""
    outcomes: tuple[Line, ...] = ()
    """What it can conclude, where a phase depends on it."""
    gate: bool = False
    """Whether it has to have taken place before the first session."""
    notes: Text | None = None
    """Remarks for whoever follows the protocol."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            id: str,  # noqa: A002 - the field's name
            title: str | None = None,
            kind: Literal["review", "consultation"] = "review",
            at: Anchor | str,
            every: Period | str | None = None,
            until: Period | str | Anchor | None = None,
            counts: Counts = "calendar",
            window: Window | Period | str | Mapping[str, Any] | None = None,
            duration: Period | str = "PT30M",
            join: Literal["before", "after", True, False] = "before",
            looks_at: str | None = None,
            outcomes: Sequence[str] = (),
            gate: bool = False,
            notes: str | None = None,
            basis: Mapping[str, str] = ...,
        ) -> None: ...

    @field_validator("join")
    @classmethod
    def _one_word_for_before(cls, value: object) -> object:
        return "before" if value is True else value

    @model_validator(mode="after")
    def _repeats_in_one_way(self) -> "Review":
        if self.every is not None and self.at.kind == "each":
            what, remedy = "gives the review a second rhythm", "keep one: every, or each session"
            raise ProtocolError(Fault("every", what, str(self.every), remedy, code="second-rhythm"))
        if self.until is not None and self.every is None:
            what, remedy = "ends nothing: the review does not repeat", 'write every = "P3M", too'
            raise ProtocolError(
                Fault("until", what, str(self.until), remedy, code="meaningless-here")
            )
        return self

    @property
    def repeats(self) -> bool:
        """Whether it is several visits, so that each has a number."""
        return self.every is not None or self.at.kind == "each"

    @property
    def is_open(self) -> bool:
        """Whether it repeats until someone ends the course, so that planning it needs a horizon."""
        return self.every is not None and self.until is None

    @property
    def name(self) -> str:
        """What it is called."""
        words = self.id.replace("-", " ")
        named = words if self.kind in words else f"{self.kind} {words}"
        return self.title or named.capitalize()


class Milestone(Cited):
    """What to expect by then, e.g. first results around session 5. It is not a visit."""

    id: Slug
    """Its name in the protocol."""
    title: Line
    """What is to be expected, on one line."""
    at: Anchor
    """When it is to be expected, or from when on."""
    until: Anchor | None = None
    """The end of the time in which it is expected, where the source prints a range."""
    counts: Counts = "calendar"
    """What the offsets count: all days, or those of treatment, so that no day of a hold counts."""
    text: Text | None = None
    """What is to be expected, at more length."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            id: str,  # noqa: A002 - the field's name
            title: str,
            at: Anchor | str,
            until: Anchor | str | None = None,
            counts: Counts = "calendar",
            text: str | None = None,
            basis: Mapping[str, str] = ...,
        ) -> None: ...


class Adjunct(Cited):
    """Treatment at home beside the sessions: shown with the plan, never booked."""

    title: Line
    """What it is: "Minoxidil 5 %"."""
    starts: Anchor = Anchor("start")
    """Where it begins; default with the course."""
    until: Anchor | None = None
    """Where it ends; without it the source names no end."""
    text: Text | None = None
    """What to do at home."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            title: str,
            starts: Anchor | str = "start",
            until: Anchor | str | None = None,
            text: str | None = None,
            basis: Mapping[str, str] = ...,
        ) -> None: ...
