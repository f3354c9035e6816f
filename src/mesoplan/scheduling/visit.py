"""A visit with its day, time and reasons; findings; what to expect by when."""

from datetime import UTC, date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from mesoplan.ground.base import Model
from mesoplan.ground.errors import Fault, PlanError
from mesoplan.ground.kinds import Clock, Day, Instant, Line, Slug, Text

Kind = Literal["session", "review", "consultation"]
Status = Literal["planned", "tentative", "attended", "missed", "cancelled"]

_UPCOMING = frozenset({"planned", "tentative"})


class Finding(Model):
    """Something a person should look at; not an error."""

    refusal: ClassVar[type[PlanError]] = PlanError

    code: Slug
    """Which kind of finding, for software."""
    message: Text
    visit: Line | None = None
    """The key of the visit it is about; None for the whole plan."""

    def __str__(self) -> str:
        """Say it on one line."""
        return f"{self.visit}: {self.message}" if self.visit else self.message


class Visit(Model):
    """A session, review or consultation given a day and a time.

    `target`, `earliest` and `latest` are local days (what the protocol asks for and tolerates);
    `start` and `end` are aware, in the clinic's zone, and `end` includes the observation time.
    """

    refusal: ClassVar[type[PlanError]] = PlanError

    key: Line
    """Its name for good, e.g. `induction-6`; never used again for another visit."""
    kind: Kind
    phase: Slug | None = None
    number: int | None = None
    """Which session of its phase it is, from 1, counting what was attended or is planned."""
    of: int | None = None
    """How many sessions its phase has; None while the phase is open-ended."""
    title: Line
    label: Line | None = None
    """Dose or content of this session."""
    place: Literal["clinic", "home"] = "clinic"
    target: Day
    earliest: Day | None = None
    latest: Day | None = None
    start: Clock
    end: Clock
    status: Status = "planned"
    revision: Annotated[int, Field(ge=0)] = 0
    stamp: Instant
    """When this revision was made."""
    reasons: tuple[Text, ...] = ()
    """Why it stands where it stands."""

    @model_validator(mode="after")
    def _lasts(self) -> "Visit":
        # Two times of one zone compare by wall clock, which the autumn repeats (PEP 495).
        if self.end.astimezone(UTC) <= self.start.astimezone(UTC):
            raise PlanError(Fault("end", f"does not lie after start ({self.start})", str(self.end)))
        return self

    @property
    def day(self) -> date:
        """The local day."""
        return self.start.date()

    @property
    def inside_window(self) -> bool:
        """Whether it lies in the days that the protocol tolerates; true where none are given."""
        after = self.earliest is None or self.earliest <= self.day
        return after and (self.latest is None or self.day <= self.latest)

    @property
    def upcoming(self) -> bool:
        """Whether it is still to take place."""
        return self.status in _UPCOMING


class Expectation(Model):
    """A milestone of the protocol with its dates: what to expect by then."""

    refusal: ClassVar[type[PlanError]] = PlanError

    id: Slug
    title: Line
    first: Day
    last: Day
    text: Text | None = None


class AtHome(Model):
    """Treatment at home beside the sessions, with its dates: shown, never booked."""

    refusal: ClassVar[type[PlanError]] = PlanError

    title: Line
    first: Day
    """The first day."""
    last: Day | None = None
    """The last day; None where the protocol names no end."""
    text: Text | None = None
    """What to do."""

    def __str__(self) -> str:
        """Say it on one line."""
        until = "" if self.last is None else f" to {self.last}"
        return f"{self.title}, from {self.first}{until}"
