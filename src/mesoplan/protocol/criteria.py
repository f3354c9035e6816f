"""Who may start: the questions of a protocol's screening."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from mesoplan.protocol.source import Cited
from mesoplan.values.errors import Fault, ProtocolError
from mesoplan.values.kinds import Line, Slug, Text
from mesoplan.values.period import Forward, Period


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

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            id: str,  # noqa: A002 - the field's name
            kind: Literal["indication", "prerequisite", "contraindication", "caution"],
            question: str,
            problem: Literal["yes", "no"],
            text: str,
            until: str | None = None,
            recheck: Period | str | None = None,
            notes: str | None = None,
            basis: Mapping[str, str] = ...,
        ) -> None: ...

    @model_validator(mode="after")
    def _ends_as_it_says(self) -> "Criterion":
        if self.kind in {"indication", "caution"} and (self.until or self.recheck):
            what = f"means nothing for one of kind {self.kind}"
            raise ProtocolError(
                Fault("until", what, self.until or "", "remove it", code="meaningless-here")
            )
        if self.recheck is not None and self.until is None:
            raise ProtocolError(
                Fault(
                    "until",
                    "is missing beside recheck",
                    remedy="say what has to end",
                    code="missing",
                )
            )
        return self

    @property
    def standing(self) -> bool:
        """Whether nothing that the protocol names would end it."""
        return self.until is None
