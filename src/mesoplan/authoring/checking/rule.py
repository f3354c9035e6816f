"""What a rule of the checker says."""

from dataclasses import dataclass
from typing import Literal

from mesoplan.ground.errors import Fault

Level = Literal["error", "warning"]
"""An error cannot be carried out as written; a warning is for a person to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark(Fault):
    """What one rule says about one place of a protocol."""

    code: str
    """The number of the rule, e.g. `MP101`."""
    level: Level

    def __str__(self) -> str:
        """Say it on one line, the rule's number first."""
        return f"{self.code} {self.level}: {Fault.__str__(self)}"
