"""What a rule of the checker reads, and how a rule about one phase is asked of them all."""

from collections.abc import Callable, Iterator
from functools import wraps

from mesoplan.protocol.phase import Phase
from mesoplan.scheduling.undated import Undated
from mesoplan.values.errors import Fault

Finder = Callable[[Undated], Iterator[Fault]]
"""What a rule reads: the protocol, laid out once for all rules."""


def in_each_phase(find: Callable[[Phase], Iterator[Fault]]) -> Finder:
    """Turn a rule about one phase into a rule about every phase of a protocol."""

    @wraps(find)
    def found(laid: Undated) -> Iterator[Fault]:
        for index, phase in enumerate(laid.protocol.phases):
            for fault in find(phase):
                yield fault.below(f"phases.{index}")

    return found
