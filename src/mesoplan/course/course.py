"""One person's run of a protocol."""

from datetime import datetime
from datetime import time as LocalTime  # noqa: N812 - the field is called time
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from mesoplan.course.facts import Fact
from mesoplan.course.recording import contradictions, unknown
from mesoplan.ground.base import Model
from mesoplan.ground.errors import CourseError, Fault, RecordError
from mesoplan.ground.faults import unfit
from mesoplan.ground.kinds import Day, FrozenTable, Moment, Table, Text, Written, no_number
from mesoplan.ground.weekdays import Weekdays
from mesoplan.protocol.protocol import Protocol

Name = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=64),
    Written("is not a name of letters, digits, hyphens and underscores", 'write for example "lmp"'),
]
CourseId = Annotated[
    str,
    StringConstraints(pattern=r"^[^\s/\\\x00-\x1f\x7f-\x9f]+$", max_length=128),
    Written(
        "is not an id of at most 128 characters without spaces and slashes",
        'write for example "course-1042", or a UUID',
    ),
]


class Preferences(Model):
    """What a person would like; it gives way to windows and minimum intervals."""

    refusal: ClassVar[type[CourseError]] = CourseError

    weekdays: Weekdays = ()
    time: Annotated[LocalTime, no_number("17:30")] | None = None
    """Local time of day; default the time of the start."""

    @field_validator("time")
    @classmethod
    def _local_minutes(cls, value: LocalTime | None) -> LocalTime | None:
        if value is not None and (value.tzinfo or value.second or value.microsecond):
            raise unfit("is not a local time in whole minutes", "write for example 17:30")
        return value


class Undone(Model):
    """An audit line: a fact that was taken back."""

    refusal: ClassVar[type[CourseError]] = CourseError

    fact: Fact
    after: int
    """How many facts stood before it."""


class Course(Model):
    """One person's run of a protocol: start, preferences and the log of what happened.

    `id` is an opaque name that your software gives, unique for good (a UUID is best) and without
    anything personal: calendar entries are derived from it. A naive `start` is the clinic's local
    time, an aware one is converted. The protocol is kept as it was.
    """

    refusal: ClassVar[type[CourseError]] = CourseError

    format: Literal[1] = 1
    id: CourseId
    protocol: Protocol
    start: Moment
    preferences: Preferences = Preferences()
    dates: Table[Name, Day] = FrozenTable()
    """Dates from outside, for anchors such as `external:lmp`."""
    facts: Annotated[tuple[Fact, ...], Field(max_length=10_000)] = ()
    undone: tuple[Undone, ...] = ()
    """Facts that were taken back, in the order in which they were."""
    notes: Text | None = None

    @field_validator("start")
    @classmethod
    def _whole_minutes(cls, value: datetime) -> datetime:
        return value.replace(second=0, microsecond=0)

    @model_validator(mode="after")
    def _knows_its_dates(self) -> "Course":
        faults = [
            Fault(f"dates.{name}", "is missing: the protocol counts from it", remedy=_DATES)
            for name in sorted(self.protocol.outside_dates - set(self.dates))
        ]
        if faults:
            raise CourseError(*faults)
        return self

    def record(self, *facts: Fact) -> "Course":
        """Give the course with these facts added to its log, in this order.

        Raises RecordError, naming each fact, where one is about a visit that the course has not,
        lies before the start, or contradicts what is recorded; then nothing is added.
        """
        log = (*self.facts, *facts)
        faults = contradictions(log)
        for index, fact in enumerate(facts, len(self.facts)):
            found = unknown(self.protocol, self.start.date(), log, fact)
            faults += [fault.below(f"facts.{index}") for fault in found]
        if faults:
            raise RecordError(*faults, subject="the course's log")
        return self.replace(facts=log)

    def undo(self) -> "Course":
        """Take the last fact back; an audit line in `undone` keeps it. RecordError where there is none."""
        if not self.facts:
            raise RecordError(Fault("facts", "is empty: there is nothing to undo"))
        line = Undone(fact=self.facts[-1], after=len(self.facts) - 1)
        return self.replace(facts=self.facts[:-1], undone=(*self.undone, line))


_DATES = 'give it, for example dates={"lmp": date(2026, 9, 1)}'
