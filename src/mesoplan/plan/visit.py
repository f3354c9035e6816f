"""A visit with its day, time and reasons; findings; what to expect by when."""

from copy import copy
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from mesoplan.plan.finding_codes import FindingCode
from mesoplan.plan.reason import Reason
from mesoplan.protocol.visit_key import VisitKey
from mesoplan.values.base import Model
from mesoplan.values.errors import Fault, PlanError
from mesoplan.values.kinds import Clock, Day, Instant, Line, Slug, Text

Kind = Literal["session", "review", "consultation"]
Place = Literal["clinic", "home"]
Status = Literal["planned", "tentative", "on_hold", "attended", "missed", "cancelled"]


def in_words(status: Status) -> str:
    """Return a status as a person says it: "on hold"."""
    return status.replace("_", " ")


_UPCOMING = frozenset({"planned", "tentative"})
_LOST = frozenset({"missed", "cancelled"})
_JOINED = frozenset({"joined", "joined-after"})
_EDGES = frozenset({MINYEAR, MAXYEAR})
"""The years in which another zone may have no such day."""


class Finding(Model):
    """Something a person should look at; not an error."""

    refusal: ClassVar[type[PlanError]] = PlanError

    code: FindingCode
    """Which kind of finding, for software."""
    message: Text
    """What it is, in a sentence."""
    visit: Line | None = None
    """The key of the visit it is about; None for the whole plan."""

    def _in_short(self) -> str:
        about = f" of {self.visit}" if self.visit else ""
        return f"{self.code}{about}: {self.message}"

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
    """A session, a review or a consultation."""
    phase: Slug | None = None
    """The phase that a session belongs to."""
    review: Slug | None = None
    """The review of the protocol that it is."""
    name: Line
    """What it is called, without its number: "Mesotherapy session"."""
    number: int | None = None
    """Which session of its phase it is, from 1, counting what was attended or is planned."""
    of: int | None = None
    """How many sessions its phase has; None while the phase is open-ended."""
    label: Line | None = None
    """Dose or content of this session."""
    place: Place = "clinic"
    """Whether the person comes to the clinic or is treated at home."""
    target: Day
    """The day that the protocol asks for."""
    earliest: Day | None = None
    """The first day that the protocol tolerates."""
    latest: Day | None = None
    """The last day that the protocol tolerates."""
    start: Clock
    """When it begins."""
    end: Clock
    """When it ends, the observation time included."""
    status: Status = "planned"
    """What is known of it."""
    revision: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """How often its time, length or status has changed since it was first published."""
    stamp: Instant
    """When this revision was made."""
    reasons: tuple[Reason, ...] = ()
    """Why it stands where it stands."""

    @model_validator(mode="after")
    def _lasts(self) -> "Visit":
        if self._length <= timedelta():
            raise PlanError(
                Fault(
                    "end",
                    f"does not lie after start ({self.start})",
                    str(self.end),
                    code="ends-before-it-begins",
                )
            )
        return self

    @model_validator(mode="after")
    def _has_a_key_of_its_own(self) -> "Visit":
        """Refuse the key of another phase or review: what is recorded of one would be told of the other."""
        owner = self.phase or self.review
        key = None if owner is None else VisitKey.read(self.key, {owner})
        if owner is not None and (key is None or (self.phase and key.number is None)):
            what, remedy = f"is no key of a visit of {owner}", f"write for example {owner}-1"
            remedy = remedy if self.phase else f"write {owner}"
            raise PlanError(Fault("key", what, self.key, remedy, code="not-accepted"))
        return self

    def _in_short(self) -> str:
        status = "" if self.status == "planned" else f", {in_words(self.status)}"
        return f"{self.key}: {self.start:%Y-%m-%d %H:%M}{status}"

    @property
    def title(self) -> str:
        """What it is called, with its number: "Mesotherapy session 5 of 16"."""
        if self.number is None:
            return self.name
        return f"{self.name} {self.number}" + (f" of {self.of}" if self.of else "")

    @property
    def day(self) -> date:
        """The local day."""
        return self.start.date()

    @property
    def when(self) -> str:
        """When it takes place, for people: its local day, and its times.

        One that lasts beyond its day names the day on which it ends; where the clocks change in
        between, both times name theirs.
        """
        start, end = self.start, self.end
        clock = "%H:%M" if start.utcoffset() == end.utcoffset() else "%H:%M %Z"
        begins = f"{start:%a %Y-%m-%d} {start.strftime(clock)}"
        if start.date() == end.date():
            return f"{begins}-{end.strftime(clock)}"
        return f"{begins} to {end:%a %Y-%m-%d} {end.strftime(clock)}"

    @property
    def length(self) -> timedelta:
        """How long it takes: time that passes, not the difference of two clocks on the wall."""
        return self._length

    @cached_property
    def _length(self) -> timedelta:
        # Two times of one zone are compared by the clock on the wall, which autumn repeats (PEP 495).
        return self.end.astimezone(UTC) - self.start.astimezone(UTC)

    @property
    def minutes(self) -> int:
        """How many minutes it takes."""
        return int(self.length.total_seconds()) // 60

    @property
    def inside_window(self) -> bool:
        """Whether it lies in the days that the protocol tolerates; true where none are given."""
        after = self.earliest is None or self.earliest <= self.day
        return after and (self.latest is None or self.day <= self.latest)

    @property
    def upcoming(self) -> bool:
        """Whether it is planned and nothing is recorded of it."""
        return self.status in _UPCOMING

    @property
    def lost(self) -> bool:
        """Whether it did not and will not take place: missed or cancelled."""
        return self.status in _LOST

    @property
    def joined(self) -> str | None:
        """The key of the session that a review takes place directly before, or after; None alone."""
        found = (why.other for why in self.reasons if why.code in _JOINED)
        return next(found, None)

    def in_zone(self, zone: tzinfo) -> "Visit":
        """Return the visit with the same instants told in a zone."""
        start, end = self.start.astimezone(zone), self.end.astimezone(zone)
        if {start.year, end.year} & _EDGES:
            return self.replace(start=start, end=end)
        copied = copy(self)  # the instants are those that were checked, so it is a visit as well
        copied.__dict__.update(start=start, end=end)
        return copied

    def has_passed(self, moment: datetime) -> bool:
        """Whether its time has come by an aware moment, and nothing is recorded of it."""
        return self.upcoming and self.start <= moment


class Expectation(Model):
    """A milestone of the protocol with its dates: what to expect by then."""

    refusal: ClassVar[type[PlanError]] = PlanError

    id: Slug
    """The milestone's name in the protocol."""
    title: Line
    """What is to be expected."""
    first: Day
    """The first day on which it may be expected."""
    last: Day
    """The last day on which it may be expected; the first one where the protocol names one moment."""
    text: Text | None = None
    """More about it."""


class AtHome(Model):
    """Treatment at home beside the sessions, with its dates: shown, never booked."""

    refusal: ClassVar[type[PlanError]] = PlanError

    title: Line
    """What is done at home."""
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
