"""What phases are made of, and what keeps them apart: steps, tiers, outcomes, spacing."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import model_validator

from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.source import Cited
from mesoplan.values.base import Model
from mesoplan.values.errors import ProtocolError
from mesoplan.values.kinds import Line, Slug
from mesoplan.values.period import Lasting, Length, Period, Window


class Step(Model):
    """What is particular to one session of a phase: its dose or content, its window or duration."""

    refusal: ClassVar[type[ProtocolError]] = ProtocolError

    label: Line | None = None
    """Dose or content, as printed: "300 mg", "zones 1 to 4"."""
    window: Window | None = None
    """The days around its target that are tolerated; default those of the phase."""
    duration: Lasting | None = None
    """How long it takes, in minutes or hours; default as long as those of the phase."""
    min_from: Anchor | None = None
    """Never before this: a minimum from a session that is not the one before it.

    `first session of doses + P16W`. It holds beside the minimum to the session before; the later wins.
    """

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            label: str | None = None,
            window: Window | Period | str | Mapping[str, Any] | None = None,
            duration: Period | str | None = None,
            min_from: Anchor | str | None = None,
        ) -> None: ...

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"label": value} if isinstance(value, str) else value


class Outcome(Model):
    """An outcome of a review that opens a phase."""

    refusal: ClassVar[type[ProtocolError]] = ProtocolError

    review: Slug
    """The id of the review."""
    outcome: Line
    """What the review has to conclude, in the words of its `outcomes`."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            review: str,
            outcome: str,
        ) -> None: ...


class Tier(Model):
    """What happens when a session comes late, up to so many days."""

    refusal: ClassVar[type[ProtocolError]] = ProtocolError

    late: Length | None = None
    """Up to this long after its target; none means any longer."""
    then: Literal["carry_on", "shift", "restart"]
    """Keep the grid, count on from the actual day, or begin the phase again."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            late: Period | str | None = None,
            then: Literal["carry_on", "shift", "restart"],
        ) -> None: ...


class Spacing(Cited):
    """Days that must lie between sessions of two labelled treatments."""

    between: tuple[Line, Line]
    """The labels of the phases, e.g. "PRP" and "mesotherapy"."""
    at_least: Length
    """The shortest time between a session of one and one of the other."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            between: Sequence[str],
            at_least: Period | str,
            basis: Mapping[str, str] = ...,
        ) -> None: ...
