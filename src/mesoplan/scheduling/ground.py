"""What the sessions of a course are laid on, and the sessions with their targets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from mesoplan.course.course import Course
from mesoplan.ground.period import Period
from mesoplan.protocol.phase import Phase
from mesoplan.scheduling.ledger import Ledger

LOST = frozenset({"missed", "cancelled"})
"""What did not and will not take place under its key."""

START = "start"
"""The key under which the day of the course's first session is known."""


@dataclass(slots=True)
class Session:
    """One session of a phase, wished for at a naive local moment."""

    key: str
    phase: Phase
    moment: datetime
    status: str = "planned"
    number: int = 0
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What every phase is laid on. Moments are naive local datetimes."""

    course: Course
    ledger: Ledger
    start: datetime
    """The course's first session, or the day that the course counts from."""
    horizon: datetime
    taken: Mapping[str, datetime]
    """When visits stood or took place, by key, as far as it is known."""
    retired: frozenset[str] = frozenset()
    """Keys of visits that were called off; never used again for another."""
    cut: set[str] = field(default_factory=set)
    """Phases that a hold has left without an end."""

    def key(self, name: str, again: int = 1, used: frozenset[str] | set[str] = frozenset()) -> str:
        """Give the key of a visit that is planned for the n-th time, never one of another visit.

        A log may know of later times than this plan, when the plans between are not at hand.
        """
        key = name if again == 1 else f"{name}.{again}"
        called_off = key in self.retired and key not in self.ledger.outcome
        later = self.ledger.times.get(name, 1) > again and key not in self.ledger.outcome
        if key in used or called_off or later:
            return self.key(name, again + 1, used)
        return key

    def at(self, day: date) -> datetime:
        """Give the preferred time on a day."""
        return datetime.combine(day, self.start.time())


Laid = dict[str, list[Session]]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a phase counts from: moments and an offset; several moments for `each session`."""

    moments: list[datetime]
    offset: Period


def number(sessions: list[Session], *, open_end: bool, waiting: int = 0) -> None:
    """Number sessions from 1, of how many there are with those that still wait for a place."""
    kept = [session for session in sessions if session.status not in LOST]
    for rank, session in enumerate(kept, 1):
        session.number, session.of = rank, None if open_end else len(kept) + waiting
