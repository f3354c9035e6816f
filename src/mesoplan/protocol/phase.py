"""A named run of sessions with one rhythm."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from mesoplan.ground.base import Model
from mesoplan.ground.errors import Fault, ProtocolError
from mesoplan.ground.kinds import Line, Slug, Text
from mesoplan.ground.lengths import Forward, Lasting, Length, Stay
from mesoplan.ground.period import Period, Window
from mesoplan.ground.weekdays import Weekdays
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.source import Cited

MOST_SESSIONS = 5_000
"""More sessions than any published course has; a longer one is taken for a slip."""

Count = Annotated[int, Field(ge=1, le=MOST_SESSIONS, strict=True)]


class Step(Model):
    """What is particular to one session of a phase: its dose or content, its window or duration."""

    refusal: ClassVar[type[ProtocolError]] = ProtocolError

    label: Line | None = None
    """Dose or content, as printed: "300 mg", "zones 1 to 4"."""
    window: Window | None = None
    """The days around its target that are tolerated; default those of the phase."""
    duration: Lasting | None = None
    """How long it takes, in minutes or hours; default as long as those of the phase."""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"label": value} if isinstance(value, str) else value


class Outcome(Model):
    """An outcome of a review that opens a phase."""

    refusal: ClassVar[type[ProtocolError]] = ProtocolError

    review: Slug
    """The id of the review."""
    outcome: Line
    """What the review has to conclude, in the words of its `outcomes`."""


class Tier(Model):
    """What happens when a session comes late, up to so many days."""

    refusal: ClassVar[type[ProtocolError]] = ProtocolError

    late: Length | None = None
    """Up to this long after its target; none means any longer."""
    then: Literal["carry_on", "shift", "restart"]
    """Keep the grid, count on from the actual day, or begin the phase again."""


class Phase(Cited):
    """A named run of sessions with one rhythm: an induction, a maintenance.

    The rhythm is `every` with `offsets` inside each step, or `weekdays`, or an explicit list `at`, or
    `starts = "each session of <phase>"`. The length is `sessions`, or `until` (from the phase's first
    target, exclusive), or `total` (sessions of the course so far), or open.

    >>> Phase(id="induction", every="P1W", sessions=16).every.words
    '1 week'
    """

    id: Slug
    """The name by which anchors and visits know it: session 3 of `induction` is `induction-3`."""
    title: Line | None = None
    """What one of its sessions is called, e.g. "Mesotherapy session"."""
    label: Line | None = None
    """Which treatment it belongs to, where a protocol runs several side by side."""
    starts: Anchor | None = None
    """Default: the previous phase's last session, one `every` later; for the first phase the start."""

    every: Forward | None = None
    """The step of the rhythm."""
    offsets: Annotated[tuple[Period, ...], Field(max_length=MOST_SESSIONS)] = ()
    """Places inside one step of the rhythm; default the step's own day."""
    weekdays: Weekdays = ()
    """Days of the week, alone or with `every` in whole weeks; it begins on the first of them."""
    at: Annotated[tuple[Period, ...], Field(max_length=MOST_SESSIONS)] = ()
    """Explicit places, counted from where the phase starts."""

    sessions: Count | None = None
    """How many sessions it has; where a range is published, how many are planned."""
    until: Forward | None = None
    """How long it lasts, from its first target; a session on the very last day is not in it."""
    total: Count | None = None
    """The phase ends when the course has this many sessions in all."""
    min_sessions: Count | None = None
    """The fewest sessions of the published range."""
    max_sessions: Count | None = None
    """The most sessions of the published range."""

    min_interval: Length | None = None
    """Never less from one session to the next."""
    max_interval: Forward | None = None
    """Where it can be kept, never more."""
    grace: Length | None = None
    """So much below `min_interval` still counts when it has happened; it is never planned."""
    window: Window | None = None
    """The days around each target that are tolerated; default any, and `P0D` is that very day."""

    duration: Stay = Period("PT30M")
    """How long a session takes, in minutes or hours."""
    observation: Stay = Period("PT0M")
    """Time the person stays after the session; part of the visit."""
    steps: Annotated[tuple[Step, ...], Field(max_length=MOST_SESSIONS)] = ()
    """What is particular to the first session, the second and so on."""
    place: Literal["clinic", "home"] = "clinic"
    """Sessions at home are shown and not booked."""

    rhythm: Literal["grid", "chain"] = "grid"
    """Whether targets stay on the grid of the first session, or each counts from the one before."""
    if_missed: Literal["make_up", "skip"] = "make_up"
    """Whether a missed session is made up at the next place of the rhythm, or given up."""
    restart_after: Forward | None = None
    """A gap longer than this begins the phase again; default never."""
    tiers: Annotated[tuple[Tier, ...], Field(max_length=50)] = ()
    """What happens when a session comes late, from the shortest delay to the longest."""
    requires: Outcome | None = None
    """Its visits are tentative until this outcome is known, and dropped by any other."""
    optional: bool = False
    """Whether the course is complete without it."""
    notes: Text | None = None
    """Remarks for whoever follows the protocol."""

    @model_validator(mode="after")
    def _coherent(self) -> "Phase":
        faults = [*self._rhythm_faults(), *self._length_faults(), *self._interval_faults()]
        if faults:
            raise ProtocolError(*faults)
        return self

    def _rhythm_faults(self) -> list[Fault]:
        each = self.starts is not None and self.starts.kind == "each"
        ways = [bool(self.at), each, self.every is not None or bool(self.weekdays)]
        faults = []
        if not any(ways):
            faults.append(
                Fault("every", "is missing: the phase has no rhythm", remedy=_RHYTHM_REMEDY)
            )
        if sum(ways) > 1:
            faults.append(
                Fault("at", "gives the phase a second rhythm", remedy="keep one: every, at or each")
            )
        if self.weekdays and self.every is not None and (self.every.months or self.every.days % 7):
            faults.append(
                Fault("every", "does not fit weekdays", str(self.every), 'write "P1W" or "P2W"')
            )
        return faults

    def _length_faults(self) -> list[Fault]:
        faults = []
        low, count, high = self.min_sessions, self.sessions, self.max_sessions
        if low is not None and high is not None and low > high:
            faults.append(
                Fault("min_sessions", f"is more than max_sessions ({high})", str(low), _EXCHANGE)
            )
        elif count is not None and not (low or 1) <= count <= (high or MOST_SESSIONS):
            remedy = f"write {low or 1} to {high or MOST_SESSIONS}"
            faults.append(Fault("sessions", "lies outside the published range", str(count), remedy))
        return faults

    def _interval_faults(self) -> list[Fault]:
        faults = []
        if not (self.duration or self.observation):
            faults.append(Fault("duration", "is zero", remedy='write for example "PT30M"'))
        low, high = self.min_interval, self.max_interval
        if low is not None and high is not None and low.length > high.length:
            faults.append(
                Fault("min_interval", f"is longer than max_interval ({high})", str(low), _EXCHANGE)
            )
        return faults

    @property
    def name(self) -> str:
        """What one of its sessions is called."""
        return self.title or f"{self.id.replace('-', ' ').capitalize()} session"

    @property
    def is_open(self) -> bool:
        """Whether it goes on until someone ends it, so that planning it needs a horizon."""
        repeats = not self.at and (self.starts is None or self.starts.kind != "each")
        return repeats and self.sessions is None and self.until is None and self.total is None

    def step(self, number: int) -> Step:
        """Give what is particular to the n-th session, from 1; to 0, a lost one, nothing is."""
        return self.steps[number - 1] if 0 < number <= len(self.steps) else _PLAIN


_PLAIN = Step()
_RHYTHM_REMEDY = 'write every = "P1W", weekdays = "mon, wed, fri", or at = ["P0D", "P1M"]'
_EXCHANGE = "exchange the two"
