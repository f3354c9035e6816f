"""Who may start: the questions of a protocol's screening."""

from typing import Literal

from pydantic import model_validator

from mesoplan.ground.errors import Fault, ProtocolError
from mesoplan.ground.kinds import Line, Slug, Text
from mesoplan.ground.lengths import Forward
from mesoplan.protocol.source import Cited


class Criterion(Cited):
    """One question of the screening, and the answer that stands in the way of a session.

    Of the indications one suffices; each of the others counts by itself. A prerequisite or a
    contraindication excludes, unless it says when to ask again (`recheck`): then it defers. A caution
    never bars. Without `until` it is standing. Raises ProtocolError.

    >>> infection = Criterion(
    ...     id="skin-infection",
    ...     kind="contraindication",
    ...     question="Is there an infection of the scalp?",
    ...     problem="yes",
    ...     text="Injections could spread it.",
    ...     until="the infection has healed",
    ...     recheck="P2W",
    ... )
    >>> infection.standing
    False
    """

    id: Slug
    """The name by which answers are given to it."""
    kind: Literal["indication", "prerequisite", "contraindication", "caution"]
    """Whether it speaks for a treatment, comes before it, stands against it or asks for care."""
    question: Line
    """To be answered with yes or no."""
    problem: Literal["yes", "no"]
    """The answer that stands in the way."""
    text: Text
    """What that answer means."""
    until: Line | None = None
    """What ends it, in words that follow "until": "the infection has healed"."""
    recheck: Forward | None = None
    """How long after the screening to ask again."""
    notes: Text | None = None
    """Remarks for whoever asks."""

    @model_validator(mode="after")
    def _ends_as_it_says(self) -> "Criterion":
        if self.kind in {"indication", "caution"} and (self.until or self.recheck):
            what = f"means nothing for one of kind {self.kind}"
            raise ProtocolError(Fault("until", what, self.until or "", "remove it"))
        if self.recheck is not None and self.until is None:
            raise ProtocolError(
                Fault("until", "is missing beside recheck", remedy="say what has to end")
            )
        return self

    @property
    def standing(self) -> bool:
        """Whether nothing that the protocol names would end it."""
        return self.until is None
