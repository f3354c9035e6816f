"""What a plan has made of each fact of its course: history as it was taken in (M7).

History stands: what was decided when a fact came in is written here and never decided again, whatever
becomes of the protocol, the clinic or the counts. The standing of a phase is the fold of its decisions.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from mesoplan.values.base import Model
from mesoplan.values.errors import PlanError
from mesoplan.values.kinds import Day, FrozenTable, Instant, Line, Moment, Slug, Table
from mesoplan.values.period import Period

Decided = Literal[
    "done",
    "made-up",
    "made-up-soon",
    "given-up",
    "begun-again",
    "begun",
    "renewed",
    "added",
    "moved-on",
    "ended",
    "no-show",
]
"""What a fact meant for a phase.

`done`: a session counts. `made-up`: it was lost and is owed. `made-up-soon`: it is owed on the nearest
day instead of the next place. `given-up`: it was lost and is not owed.
`begun-again`: the gap was so long that this session is the first of a new run. `begun`: a phase as
needed has a new run from that day on. `renewed`: an earlier phase begins again, and this one with it.
`added`: more sessions.
`moved-on`: the rhythm counts from another day. `ended`: the phase is over.
`no-show`: the person did not come, in a phase that stops the course after so many in a row.
"""


class Origin(Model):
    """Where the places of a rhythm are counted from; local time of the clinic."""

    refusal: ClassVar[type[PlanError]] = PlanError

    moment: Moment
    """What the offset counts from, naive local time."""
    offset: Period = Period("P0D")
    """How far from there the rhythm begins."""
    skip: Annotated[int, Field(ge=0)] = 0
    """How many places are left out at the beginning."""
    shift: int = 0
    """How many days every place is moved."""
    before: tuple[Moment, ...] = ()
    """Places that come before those of the rhythm, where it counted from elsewhere so far."""


class Decision(Model):
    """What a fact meant for one phase."""

    refusal: ClassVar[type[PlanError]] = PlanError

    phase: Slug
    """The phase."""
    what: Decided
    """What was decided."""
    slot: int | None = None
    """The session's number in its key, in the run that it belongs to."""
    target: Day | None = None
    """The session's target as it was announced: the place of the rhythm that is used up."""
    day: Day | None = None
    """The day on which it took place, or stood."""
    sessions: int = 0
    """How many sessions were added, or after how many no-shows in a row the course is stopped."""
    shift: int = 0
    """By how many days what follows the target moves on."""
    back: int = 0
    """By how many steps it, and what follows, lies further behind its turn."""
    counts_from: Origin | None = None
    """Where the rest of the rhythm counts from, where that changed or was settled."""


class Entry(Model):
    """What a plan made of one fact: the visit as it then stood, and what was decided."""

    refusal: ClassVar[type[PlanError]] = PlanError

    key: Line | None = None
    """The visit that the fact is about."""
    stood: Instant | None = None
    """When that visit stood, or took place; aware."""
    number: int | None = None
    """Which session of its phase it was."""
    assumed: bool = False
    """Whether its time was assumed: that to which an earlier fact had moved it."""
    shared: tuple[Line, ...] = ()
    """The reviews that were joined to the visit and share the fact."""
    decided: tuple[Decision, ...] = ()
    """What followed for the phases."""


class Laid(Model):
    """Where a plan laid the rhythm of a phase from, so that the next plan can tell what has changed."""

    refusal: ClassVar[type[PlanError]] = PlanError

    phase: Slug
    """The phase."""
    origin: Origin
    """Where its places count from."""
    first: Moment
    """The first place that the phase ever had, naive local time."""
    begins: Line | None = None
    """The key of the session with which it begins again, where a long gap lies before it."""
    begun: Line | None = None
    """The key with which it has begun again before that, and of which nothing is recorded."""
    renewed: Line | None = None
    """The key with which an earlier phase begins again and this one with it; nothing is recorded of it."""
    late: Table[Line, int] = FrozenTable()
    """Sessions that come so late that they take an earlier step again: by how many steps, by key."""
