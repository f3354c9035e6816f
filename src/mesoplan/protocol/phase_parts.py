"""What phases are made of, and what keeps them apart: steps, tiers, outcomes, spacing."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.source import Cited
from mesoplan.values.base import Model
from mesoplan.values.errors import Fault, ProtocolError
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


Late = Literal["carry_on", "shift", "repeat", "step_back", "restart"]
"""What a late session means."""


class Tier(Model):
    """What happens when a session comes late, up to so many days."""

    refusal: ClassVar[type[ProtocolError]] = ProtocolError

    late: Length | None = None
    """Up to this long after its target; none means any longer."""
    then: Late
    """Keep the grid; count on from the actual day; take the last step, or an earlier one, again; or restart.

    `repeat` gives the late session the `steps` entry of the one before, `step_back` one that lies `steps`
    before that; where sessions are counted, so many more are owed. `restart` begins the phase again,
    or an earlier one, and what follows it.
    """
    phase: Slug | None = None
    """The earlier phase with which a `restart` begins; default the phase itself."""
    steps: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    """How many steps `step_back` goes back; default one."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            late: Period | str | None = None,
            then: Late,
            phase: str | None = None,
            steps: int | None = None,
        ) -> None: ...

    @model_validator(mode="after")
    def _coherent(self) -> "Tier":
        faults = []
        if self.steps is not None and self.then != "step_back":
            what, remedy = "says nothing without a step back", 'write then = "step_back"'
            faults.append(Fault("steps", what, str(self.steps), remedy, code="meaningless-here"))
        if self.phase is not None and self.then != "restart":
            what, remedy = "says nothing without a restart", 'write then = "restart"'
            faults.append(Fault("phase", what, self.phase, remedy, code="meaningless-here"))
        if faults:
            raise ProtocolError(*faults)
        return self

    def back(self, level: int) -> int:
        """Return by how many steps a late session lies behind its turn; the last one had step `level`."""
        further = {"repeat": 1, "step_back": 1 + (self.steps or 1)}.get(self.then, 0)
        return min(further, level)


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
