"""One person's run of a protocol."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from datetime import time as LocalTime  # noqa: N812 - the field is called time
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator, model_validator

from mesoplan.course.fact_kinds import kind_of
from mesoplan.course.facts import Corrected, Fact, slips
from mesoplan.course.log import Log
from mesoplan.protocol.protocol import Protocol
from mesoplan.values.base import Model
from mesoplan.values.errors import CourseError, Fault, RecordError
from mesoplan.values.kinds import Day, FrozenTable, Moment, Slug, Table, Text, TimeOfDay, Written
from mesoplan.values.weekdays import Weekdays

Name = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=64),
    Written(
        "is not a name of letters, digits, hyphens and underscores",
        'write for example "lmp"',
        code="not-a-name",
    ),
]
CourseId = Annotated[
    str,
    StringConstraints(pattern=r"^[^\s/\\\x00-\x1f\x7f-\x9f]+$", max_length=128),
    Written(
        "is not an id of at most 128 characters without spaces and slashes",
        'write for example "course-1042", or a UUID',
        code="not-a-name",
    ),
]


class Preferences(Model):
    """What a person would like; it gives way to windows and minimum intervals."""

    refusal: ClassVar[type[CourseError]] = CourseError

    weekdays: Weekdays = ()
    """The days of the week that the person would like; default any."""
    time: TimeOfDay | None = None
    """Local time of day; default the time of the start."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            weekdays: str | Sequence[str] = (),
            time: LocalTime | str | None = None,
        ) -> None: ...


class Undone(Model):
    """An audit line: a fact that was taken back."""

    refusal: ClassVar[type[CourseError]] = CourseError

    fact: Fact
    """What was taken back."""
    after: int
    """How many facts stood before it."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            fact: Fact | Mapping[str, Any],
            after: int,
        ) -> None: ...


class Course(Model):
    """One person's run of a protocol: start, preferences and the log of what happened.

    `id` is an opaque name that your software gives, unique for good (a UUID is best) and without
    anything personal: calendar entries are derived from it. A naive `start` is the clinic's local
    time, an aware one is converted. The protocol is kept as it was.
    """

    refusal: ClassVar[type[CourseError]] = CourseError

    format: Literal[1] = 1
    """The form in which it is saved."""
    id: CourseId
    """An opaque name, unique for good, without anything personal."""
    variant: Slug | None = None
    """The variant of the protocol that was chosen, whose numbers the protocol has then."""
    protocol: Protocol
    """The protocol as it was when the course began."""
    start: Moment
    """When the first session is wished for; naive is the clinic's local time."""
    preferences: Preferences = Preferences()
    """The weekdays and the time that the person would like."""
    dates: Table[Name, Day] = FrozenTable()
    """Dates from outside, for anchors such as `external:lmp`."""
    facts: Annotated[tuple[Fact, ...], Field(max_length=10_000)] = ()
    """What happened, in the order in which it was recorded."""
    undone: tuple[Undone, ...] = ()
    """Facts that were taken back, in the order in which they were."""
    notes: Text | None = None
    """Remarks for whoever treats the person."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            id: str,  # noqa: A002 - the field's name
            variant: str | None = None,
            protocol: Protocol | Mapping[str, Any],
            start: datetime | str,
            preferences: Preferences | Mapping[str, Any] = ...,
            dates: Mapping[str, date | str] = ...,
            facts: Sequence[Fact | Mapping[str, Any]] = (),
            undone: Sequence[Undone | Mapping[str, Any]] = (),
            notes: str | None = None,
            format: Literal[1] = 1,  # noqa: A002 - the field's name
        ) -> None: ...

    @field_validator("protocol")
    @classmethod
    def _as_chosen(cls, value: Protocol, known: ValidationInfo) -> Protocol:
        name = known.data.get("variant")
        return value if name in {None, value.variant} else value.for_variant(name)

    @field_validator("start")
    @classmethod
    def _whole_minutes(cls, value: datetime) -> datetime:
        return value.replace(second=0, microsecond=0)

    @model_validator(mode="after")
    def _knows_its_dates(self) -> "Course":
        faults = [
            Fault(
                f"dates.{name}",
                "is missing: the protocol counts from it",
                remedy=_DATES,
                code="missing",
            )
            for name in sorted(self.protocol.outside_dates - set(self.dates))
        ]
        if faults:
            raise CourseError(*faults)
        return self

    @cached_property
    def kept_facts(self) -> tuple[Fact, ...]:
        """The facts that hold: without those that were taken back, and without the corrections."""
        taken_back = slips(self.facts)
        return tuple(
            fact
            for index, fact in enumerate(self.facts)
            if index not in taken_back and not isinstance(fact, Corrected)
        )

    def record(self, *facts: Fact) -> "Course":
        """Return the course with these facts added to its log, in this order.

        Raises RecordError, naming each fact, where one contradicts the log before it or the protocol:
        a visit or an outcome that the protocol has not, a second outcome, a day before the start; then
        nothing is added. Whether a phase has a session of that number is asked by `schedule`.
        """
        told = self.replace(facts=(*self.facts, *facts))
        faults = contradictions(told, since=len(self.facts))
        if faults:
            raise RecordError(*faults, subject="the course's log")
        return told

    def undo(self) -> "Course":
        """Take the last fact back; an audit line in `undone` keeps it. RecordError where there is none."""
        if not self.facts:
            raise RecordError(
                Fault("facts", "is empty: there is nothing to undo", code="nothing-to-undo")
            )
        line = Undone(fact=self.facts[-1], after=len(self.facts) - 1)
        return self.replace(facts=self.facts[:-1], undone=(*self.undone, line))


def contradictions(course: Course, *, since: int = 0, stood: Iterable[str] = ()) -> list[Fault]:
    """List what in a log contradicts the facts before it, or the protocol; `since` skips the first.

    `stood` are keys of visits that there were, whatever the protocol says now.
    The log is read once, whatever its length. Opening a course asks for none of this.
    """
    log = Log(course.protocol, course.start, stood)
    taken_back = slips(course.facts)
    found: list[Fault] = []
    for index, fact in enumerate(course.facts):
        if index in taken_back:
            log.pass_over(fact)
            continue
        if index >= since:
            said = (fault for rule in kind_of(fact).contradicted for fault in rule(fact, log))
            found += [fault.below(f"facts.{index}") for fault in said]
        log.enter(fact)
    return found


_DATES = 'give it, for example dates={"lmp": date(2026, 9, 1)}'
