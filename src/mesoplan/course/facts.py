"""Things that happened in a course, in the past tense."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from mesoplan.ground.base import Model
from mesoplan.ground.errors import Fault, RecordError
from mesoplan.ground.kinds import Day, Line, Moment, Slug, Text
from mesoplan.ground.period import Period
from mesoplan.protocol.phase import Count


class _Fact(Model):
    """Something that happened."""

    refusal: ClassVar[type[RecordError]] = RecordError

    note: Text | None = None


class _Stretch(_Fact):
    """Something that lasted from one day to another, both included."""

    first: Day
    last: Day

    @model_validator(mode="after")
    def _in_order(self) -> "_Stretch":
        if self.last < self.first:
            what = f"lies before first ({self.first})"
            raise RecordError(Fault("last", what, str(self.last), "exchange the two"))
        return self


class Attended(_Fact):
    """A visit took place; `at` when it was not at the planned time."""

    fact: Literal["attended"] = "attended"
    visit: Line
    """The visit's key, e.g. `induction-6`, here and in the facts below."""
    at: Moment | None = None
    next_after: Period | None = None
    """The gap to the next session, set at this one (treat and extend)."""


class Missed(_Fact):
    """The person did not come."""

    fact: Literal["missed"] = "missed"
    visit: Line


class Moved(_Fact):
    """The person chose another time for a visit; it stays there."""

    fact: Literal["moved"] = "moved"
    visit: Line
    to: Moment
    """Naive is the clinic's local time."""


class Cancelled(_Fact):
    """A visit was called off beforehand."""

    fact: Literal["cancelled"] = "cancelled"
    visit: Line


class Away(_Stretch):
    """The person cannot come on these days."""

    fact: Literal["away"] = "away"


class Paused(_Fact):
    """A medical hold began; no session takes place until it is resumed."""

    fact: Literal["paused"] = "paused"
    on: Day


class Resumed(_Fact):
    """A medical hold ended; sessions may take place from this day on."""

    fact: Literal["resumed"] = "resumed"
    on: Day


class Extended(_Fact):
    """More sessions were agreed on."""

    fact: Literal["extended"] = "extended"
    sessions: Count
    phase: Slug | None = None
    """Default: the first phase with a number of sessions."""


class Stopped(_Fact):
    """The course ended early; nothing takes place from this day on."""

    fact: Literal["stopped"] = "stopped"
    on: Day


class Reviewed(_Fact):
    """A review took place and had an outcome."""

    fact: Literal["reviewed"] = "reviewed"
    visit: Line
    outcome: Line
    """One of those that the review names, where it names any."""
    at: Moment | None = None


Fact = Annotated[
    Attended | Missed | Moved | Cancelled | Away | Paused | Resumed | Extended | Stopped | Reviewed,
    Field(discriminator="fact"),
]
