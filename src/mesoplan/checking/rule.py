"""What a rule of the checker is, and what it says."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Literal

from mesoplan.checking.outline import Outline
from mesoplan.errors import Fault
from mesoplan.phase import Phase

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


Finder = Callable[[Outline], Iterator[Fault]]
"""What a rule reads: the protocol, laid out once for all rules."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One numbered rule. Its docstring says what it asks for, why, and where that comes from."""

    code: str
    level: Level
    find: Finder

    def __str__(self) -> str:
        """Give its line in a list of rules."""
        return f"{self.code} {self.level}: {self.title}"

    @property
    def title(self) -> str:
        """The rule in one sentence."""
        return self.text.partition("\n")[0]

    @property
    def text(self) -> str:
        """The rule with its reason and its source."""
        return inspect.getdoc(self.find) or ""

    def remarks(self, laid: Outline) -> Iterator[Remark]:
        """Yield what the rule says about a protocol."""
        for fault in self.find(laid):
            yield Remark(
                path=fault.path,
                what=fault.what,
                got=fault.got,
                remedy=fault.remedy,
                code=self.code,
                level=self.level,
            )


def in_each_phase(find: Callable[[Phase], Iterator[Fault]]) -> Finder:
    """Make a rule about one phase a rule about a protocol."""

    @wraps(find)
    def found(laid: Outline) -> Iterator[Fault]:
        for index, phase in enumerate(laid.protocol.phases):
            for fault in find(phase):
                yield fault.below(f"phases.{index}")

    return found
