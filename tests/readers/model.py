"""What a reader says, and that it refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime


class Refused(Exception):  # noqa: N818 -- the outcome's name, not a mistake of ours
    """The reader threw the calendar back, with its own words."""


@dataclass(frozen=True)
class Entry:
    """One VEVENT as read: aware UTC times, dates for all-day, naive times where it floats."""

    uid: str
    start: date
    end: date
    summary: str = ""
    status: str = ""
    sequence: int = 0
    description: str = ""
    alarms: tuple[int, ...] = ()
    """Seconds from the start, for a trigger relative to it, in the file's order."""


@dataclass(frozen=True)
class Reader:
    """A calendar program: what it is called, what it lacks here, how it reads many files."""

    name: str
    missing: Callable[[], str]
    read_many: Callable[[Sequence[bytes]], list[list[Entry]]]

    def read(self, calendar: bytes) -> list[Entry]:
        """Read one calendar."""
        return self.read_many([calendar])[0]


def ordered(entries: list[Entry]) -> list[Entry]:
    """Sort by start: recurring-ical-events keeps no file order."""
    return sorted(entries, key=lambda entry: (entry.start.isoformat(), entry.uid))


def moment(text: str) -> date:
    """Read a date, a UTC time or a floating time."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
