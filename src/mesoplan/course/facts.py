"""Things that happened in a course, in the past tense."""

from collections.abc import Sequence
from datetime import date, datetime
from datetime import time as LocalTime  # noqa: N812 - the field is called time
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from mesoplan.protocol.phase import Count, Phase
from mesoplan.protocol.protocol import Protocol
from mesoplan.values.base import Model
from mesoplan.values.errors import Fault, RecordError
from mesoplan.values.kinds import Day, Line, Moment, Slug, Text, TimeOfDay
from mesoplan.values.period import Period
from mesoplan.values.weekdays import Weekdays


class _Fact(Model):
    """Something that happened."""

    refusal: ClassVar[type[RecordError]] = RecordError

    note: Text | None = None
    """A remark, kept with the fact."""


class _Stretch(_Fact):
    """Something that lasted from one day to another, both included."""

    first: Day
    """The first day."""
    last: Day
    """The last day, itself included."""

    @model_validator(mode="after")
    def _in_order(self) -> "_Stretch":
        if self.last < self.first:
            what = f"lies before first ({self.first})"
            raise RecordError(
                Fault(
                    "last", what, str(self.last), "exchange the two", code="ends-before-it-begins"
                )
            )
        return self


class Attended(_Fact):
    """A visit took place; `at` when it was not at the planned time."""

    fact: Literal["attended"] = "attended"
    """Which kind of fact it is, where facts of every kind are saved."""
    visit: Line
    """The visit's key, e.g. `induction-6`, here and in the facts below."""
    at: Moment | None = None
    """When it took place; naive is the clinic's local time, default the planned time."""
    next_after: Period | None = None
    """The gap to the next session, set at this one (treat and extend)."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            visit: str,
            at: datetime | str | None = None,
            next_after: Period | str | None = None,
            note: str | None = None,
            fact: Literal["attended"] = "attended",
        ) -> None: ...


class Missed(_Fact):
    """The person did not come."""

    fact: Literal["missed"] = "missed"
    """Which kind of fact it is, where facts of every kind are saved."""
    visit: Line
    """The visit's key."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            visit: str,
            note: str | None = None,
            fact: Literal["missed"] = "missed",
        ) -> None: ...


class Moved(_Fact):
    """The person chose another time for a visit; it stays there."""

    fact: Literal["moved"] = "moved"
    """Which kind of fact it is, where facts of every kind are saved."""
    visit: Line
    """The visit's key."""
    to: Moment
    """Naive is the clinic's local time."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            visit: str,
            to: datetime | str,
            note: str | None = None,
            fact: Literal["moved"] = "moved",
        ) -> None: ...


class Cancelled(_Fact):
    """A visit was called off beforehand."""

    fact: Literal["cancelled"] = "cancelled"
    """Which kind of fact it is, where facts of every kind are saved."""
    visit: Line
    """The visit's key."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            visit: str,
            note: str | None = None,
            fact: Literal["cancelled"] = "cancelled",
        ) -> None: ...


class Away(_Stretch):
    """The person cannot come on these days."""

    fact: Literal["away"] = "away"
    """Which kind of fact it is, where facts of every kind are saved."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            first: date | str,
            last: date | str,
            note: str | None = None,
            fact: Literal["away"] = "away",
        ) -> None: ...


class Paused(_Fact):
    """A medical hold began; no session takes place until it is resumed."""

    fact: Literal["paused"] = "paused"
    """Which kind of fact it is, where facts of every kind are saved."""
    on: Day
    """The first day of the hold."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            on: date | str,
            note: str | None = None,
            fact: Literal["paused"] = "paused",
        ) -> None: ...


class Resumed(_Fact):
    """A medical hold ended; sessions may take place from this day on."""

    fact: Literal["resumed"] = "resumed"
    """Which kind of fact it is, where facts of every kind are saved."""
    on: Day
    """The day from which on sessions may take place."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            on: date | str,
            note: str | None = None,
            fact: Literal["resumed"] = "resumed",
        ) -> None: ...


class Extended(_Fact):
    """More sessions were agreed on."""

    fact: Literal["extended"] = "extended"
    """Which kind of fact it is, where facts of every kind are saved."""
    sessions: Count
    """How many more sessions."""
    phase: Slug | None = None
    """Default: the only phase with a number of sessions."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            sessions: int,
            phase: str | None = None,
            note: str | None = None,
            fact: Literal["extended"] = "extended",
        ) -> None: ...

    def phase_in(self, protocol: Protocol) -> str | None:
        """Return the phase that the sessions are added to, or None where the protocol has no such."""
        counted = counted_phases(protocol)
        if self.phase is not None:
            return self.phase if self.phase in counted else None
        return counted[0] if len(counted) == 1 else None


class Begun(_Fact):
    """A phase as needed was begun: from this day on it is planned, each time as a new run."""

    fact: Literal["begun"] = "begun"
    phase: Slug
    """The phase that is needed."""
    on: Day
    """The day from which on its sessions take place."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            phase: str,
            on: date | str,
            note: str | None = None,
            fact: Literal["begun"] = "begun",
        ) -> None: ...


class Ended(_Fact):
    """One phase was ended early; the next one follows the last session that stands."""

    fact: Literal["ended"] = "ended"
    """Which kind of fact it is, where facts of every kind are saved."""
    phase: Slug
    """The phase that is over."""
    on: Day
    """The first day on which none of its sessions takes place."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            phase: str,
            on: date | str,
            note: str | None = None,
            fact: Literal["ended"] = "ended",
        ) -> None: ...


class Stopped(_Fact):
    """The course ended early; nothing takes place from this day on."""

    fact: Literal["stopped"] = "stopped"
    """Which kind of fact it is, where facts of every kind are saved."""
    on: Day
    """The first day on which nothing takes place."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            on: date | str,
            note: str | None = None,
            fact: Literal["stopped"] = "stopped",
        ) -> None: ...


class Preferred(_Fact):
    """The person would like other weekdays or another time of day from a day on.

    What is not said stays as it was.
    """

    fact: Literal["preferred"] = "preferred"
    """Which kind of fact it is, where facts of every kind are saved."""
    since: Day
    """The first day for which it holds; what was announced from then on may move."""
    weekdays: Weekdays | None = None
    """The days of the week that the person would like; none in the list stands for any."""
    time: TimeOfDay | None = None
    """Local time of day."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            since: date | str,
            weekdays: str | Sequence[str] | None = None,
            time: LocalTime | str | None = None,
            note: str | None = None,
            fact: Literal["preferred"] = "preferred",
        ) -> None: ...

    @model_validator(mode="after")
    def _says_something(self) -> "Preferred":
        if self.weekdays is None and self.time is None:
            raise RecordError(
                Fault(
                    "weekdays",
                    "is missing, and so is time: nothing is preferred",
                    remedy='give weekdays="mon, thu", or time="17:30", or both',
                    code="missing",
                )
            )
        return self


class Reviewed(_Fact):
    """A review took place and had an outcome."""

    fact: Literal["reviewed"] = "reviewed"
    """Which kind of fact it is, where facts of every kind are saved."""
    visit: Line
    """The visit's key."""
    outcome: Line
    """One of those that the review names, where it names any."""
    at: Moment | None = None
    """When it took place; naive is the clinic's local time, default the planned time."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            visit: str,
            outcome: str,
            at: datetime | str | None = None,
            note: str | None = None,
            fact: Literal["reviewed"] = "reviewed",
        ) -> None: ...


class Corrected(_Fact):
    """An older fact was a slip, and is taken back; what is right is recorded behind it."""

    fact: Literal["corrected"] = "corrected"
    number: Annotated[int, Field(ge=1, strict=True)]
    """Which fact of the log it was, counted from 1."""
    said: Line | None = None
    """What it said, so that no other one is taken back: `missed induction-6`."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            number: int,
            said: str | None = None,
            note: str | None = None,
            fact: Literal["corrected"] = "corrected",
        ) -> None: ...


Fact = Annotated[
    Attended
    | Missed
    | Moved
    | Cancelled
    | Away
    | Paused
    | Resumed
    | Extended
    | Begun
    | Ended
    | Stopped
    | Reviewed
    | Preferred
    | Corrected,
    Field(discriminator="fact"),
]
"""Whatever may be recorded of a course."""


def slips(facts: Sequence[Fact]) -> frozenset[int]:
    """Return the places in a log, counted from 0, of the facts that were taken back."""
    return frozenset(
        fact.number - 1
        for index, fact in enumerate(facts)
        if isinstance(fact, Corrected)
        and fact.number <= index
        and not isinstance(facts[fact.number - 1], Corrected)
    )


def counted_phases(protocol: Protocol) -> tuple[str, ...]:
    """Return the ids of the phases that have a number of sessions, to which more can be added."""
    return tuple(phase.id for phase in protocol.phases if _is_counted(phase))


def _is_counted(phase: Phase) -> bool:
    """Return whether its length is a number, and not a list, a span, or other sessions."""
    each = phase.starts is not None and phase.starts.kind == "each"
    return phase.sessions is not None and phase.until is None and not phase.at and not each
