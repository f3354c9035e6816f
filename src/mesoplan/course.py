"""One person's run of a protocol."""

from collections.abc import Mapping
from datetime import datetime
from datetime import time as LocalTime  # noqa: N812 - the field is called time
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from mesoplan.base import Model
from mesoplan.errors import CourseError, Fault
from mesoplan.facts import Fact
from mesoplan.kinds import Day, Moment, Text
from mesoplan.protocol import Protocol
from mesoplan.weekdays import Weekdays

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=64)]
CourseId = Annotated[str, StringConstraints(pattern=r"^[^\s/\\\x00-\x1f]+$", max_length=128)]


def _no_number(value: Any) -> Any:
    if isinstance(value, int | float):
        raise ValueError("is a number; write for example 17:30")  # noqa: TRY004 - pydantic's way
    return value


class Preferences(Model):
    """What a person would like; it gives way to windows and minimum intervals."""

    refusal: ClassVar[type[CourseError]] = CourseError

    weekdays: Weekdays = ()
    time: Annotated[LocalTime, BeforeValidator(_no_number)] | None = None
    """Local time of day; default the time of the start."""

    @field_validator("time")
    @classmethod
    def _local_minutes(cls, value: LocalTime | None) -> LocalTime | None:
        if value is not None and (value.tzinfo or value.second or value.microsecond):
            raise ValueError("is not a local time in whole minutes; write for example 17:30")
        return value


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
    dates: Mapping[Name, Day] = {}
    """Dates from outside, for anchors such as `external:lmp`."""
    facts: Annotated[tuple[Fact, ...], Field(max_length=10_000)] = ()
    notes: Text | None = None

    @field_validator("start")
    @classmethod
    def _whole_minutes(cls, value: datetime) -> datetime:
        return value.replace(second=0, microsecond=0)

    @model_validator(mode="after")
    def _knows_its_dates(self) -> "Course":
        needed = {anchor.name for anchor in self.protocol.anchors() if anchor.name is not None}
        faults = [
            Fault(f"dates.{name}", "is missing: the protocol counts from it", remedy=_DATES)
            for name in sorted(needed - set(self.dates))
        ]
        if faults:
            raise CourseError(*faults)
        return self

    def record(self, *facts: Any) -> "Course":
        """Give the course with these facts added to its log, in this order.

        Raises RecordError, naming the fact, where one contradicts what is known.
        """
        return self.replace(facts=(*self.facts, *facts))


_DATES = 'give it, for example dates={"lmp": date(2026, 9, 1)}'
