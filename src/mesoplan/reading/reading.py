"""What a calendar says of a plan's visits: facts to look at before they are recorded."""

from typing import ClassVar, Literal

from mesoplan.course.facts import Cancelled, Moved
from mesoplan.ground.base import Model
from mesoplan.ground.errors import CalendarError
from mesoplan.ground.kinds import Text
from mesoplan.scheduling.visit import Finding


class Proposal(Model):
    """A fact that a calendar suggests, with the reason, for a person to confirm.

    `moved`, `cancelled` and `declined` are what somebody did to the entry. `removed` is a guess: the
    entry is not there any more while others of the plan are.
    """

    refusal: ClassVar[type[CalendarError]] = CalendarError

    how: Literal["moved", "cancelled", "declined", "removed"]
    fact: Moved | Cancelled
    reason: Text

    def __str__(self) -> str:
        """Say it on one line."""
        return f"{self.fact.visit}: {self.reason}"


class CalendarReading(Model):
    """What a calendar says of a plan: proposals in the order of the visits, and what is doubtful.

    Nothing is recorded by itself: `course.record(*reading.facts)` takes all proposals over.
    """

    refusal: ClassVar[type[CalendarError]] = CalendarError

    proposals: tuple[Proposal, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def facts(self) -> tuple[Moved | Cancelled, ...]:
        """The facts of all proposals."""
        return tuple(proposal.fact for proposal in self.proposals)
