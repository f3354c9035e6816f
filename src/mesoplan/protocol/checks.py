"""Rules of the checker that a protocol silences, each with its reason.

Only what is doubtful can be silenced: a reason makes it right, as "the label gives no window" does. What
cannot be carried out stays impossible, whatever the reason. The rules themselves stand in `checking`.
"""

from typing import Annotated

from pydantic import AfterValidator

from mesoplan.values.errors import closest
from mesoplan.values.faults import unfit
from mesoplan.values.kinds import Line, Table

DOUBTS = tuple(f"MP{number}" for number in range(201, 224))
"""The number of every rule about what is doubtful; one that is no longer a rule stays among them."""


def _doubt(number: str) -> str:
    if number in DOUBTS:
        return number
    if number.startswith("MP1"):
        what, remedy = "is about what is impossible, which no reason makes possible", "mend that"
        raise unfit(what, remedy, code="impossible")
    what = "is no rule of the checker that can be silenced"
    raise unfit(what, closest(number, DOUBTS), code="unknown-rule")


Checks = Table[Annotated[str, AfterValidator(_doubt)], Line]
"""The numbers of silenced rules, each with the reason."""
