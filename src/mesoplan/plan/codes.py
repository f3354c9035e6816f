"""The reference of codes: what software can tell apart without reading sentences."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from mesoplan.plan import finding_codes, reason
from mesoplan.values import fault_codes


class Code(NamedTuple):
    """One code, with what it belongs to and what it means."""

    kind: Literal["fault", "finding", "reason"]
    """The class whose field `code` holds it."""
    code: str
    """What the field holds."""
    meaning: str
    """What it means, in one line."""


def codes() -> tuple[Code, ...]:
    """List every code of a `Fault`, a `Finding` and a `Reason`, and what it means.

    The rules of the checker have numbers instead: `remark.rule` is that of a rule in `RULES`.

    >>> print(*codes()[0])
    fault missing a field that has to be there is not
    """
    return tuple(_codes())


def _codes() -> Iterator[Code]:
    for fault, meaning in fault_codes.MEANINGS.items():
        yield Code("fault", fault, meaning)
    for finding, meaning in finding_codes.MEANINGS.items():
        yield Code("finding", finding, meaning)
    for why, said in reason.MEANINGS.items():
        yield Code("reason", why, said.meaning)
