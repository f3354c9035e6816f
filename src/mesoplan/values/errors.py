"""What mesoplan refuses, and how it says so: where, what, got, remedy.

Every exception of the library is a `MesoplanError`, and so a `ValueError`. Exceptions are for what
cannot be answered; what can be answered but looks wrong is a `Finding` of the plan.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Self

from mesoplan.values.fault_codes import FaultCode
from mesoplan.values.fault_places import place_of

_SAID = 100
_NAMED = 12
_LONG = 80


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in what was given.

    >>> print(Fault("phases.0.sessions", "is less than 1", "0", "write at least 1"))
    phase 1, sessions: is less than 1, got 0 (write at least 1)
    """

    path: str
    """Where it stands, for software, which counts from 0: `phases.0.every`; empty for the whole."""
    what: str
    """What is wrong, in words."""
    got: str = ""
    """The value found, as text."""
    remedy: str = ""
    """What to write instead."""
    line: int | None = None
    """Line in the file, from 1, where it is known."""
    column: int | None = None
    """Column in that line, from 1, where it is known."""
    code: FaultCode = field(default="refused", compare=False)
    """Which kind of fault, for software, e.g. `missing`; `refused` where only words say so."""
    meant: str = field(default="", compare=False)
    """The known name that was probably meant, where a name is not known."""
    place: str = field(default="", compare=False)
    """Where it stands, for people, who count from 1: "phase 1 (induction), every"."""

    def __post_init__(self) -> None:
        """Say the place, if nobody who knows the names of the parts has said it."""
        if not self.place:
            object.__setattr__(self, "place", place_of(self.path))

    def __str__(self) -> str:
        """Say the fault on one line: where, what, got, remedy."""
        line = "" if self.line is None else f"line {self.line}, column {self.column or 1}"
        said = ": ".join(filter(None, (line, self.place, self.what)))
        said = f"{said}, got {self.got}" if self.got else said
        return f"{said} ({self.remedy})" if self.remedy else said

    def below(self, prefix: str) -> Self:
        """Return the same fault, seen from the owner of the part at `prefix`."""
        path = ".".join(part for part in (prefix, self.path) if part)
        return replace(self, path=path, place="")

    def within(self, whole: object) -> Self:
        """Return the same fault, its place said with the names that the parts have in the whole."""
        return replace(self, place=place_of(self.path, whole))


class MesoplanError(ValueError):
    """Something given to mesoplan cannot be used; `faults` lists everything that is wrong with it."""

    faults: tuple[Fault, ...]
    """Everything that is wrong, in the order of the fields."""
    subject: str
    """What was refused, e.g. `Protocol` or a file; may be empty."""

    def __init__(self, *faults: Fault | str, subject: str = "") -> None:
        """Gather the faults; `subject` names what was refused, e.g. a file."""
        self.faults = tuple(Fault("", f) if isinstance(f, str) else f for f in faults)
        self.subject = subject
        super().__init__(self._message())

    def _message(self) -> str:
        lines = [str(fault) for fault in self.faults]
        if len(lines) == 1:
            return f"{self.subject}: {lines[0]}" if self.subject else lines[0]
        head = f"{len(lines)} faults in {self.subject or 'what was given'}:"
        more = [f"  and {len(lines) - _SAID} more"] if len(lines) > _SAID else []
        return "\n".join([head, *(f"  - {line}" for line in lines[:_SAID]), *more])

    def about(self, subject: str, faults: Iterable[Fault] | None = None) -> Self:
        """Return the same error, naming what was refused (and with its faults located there)."""
        return type(self)(*(self.faults if faults is None else faults), subject=subject)

    def __reduce__(self) -> tuple[Any, tuple[Fault, ...]]:
        """Cross to another process whole."""
        return partial(type(self), subject=self.subject), self.faults


class ProtocolError(MesoplanError):
    """A protocol, or a part of one, cannot be used. Mend every fault it lists."""


class ClinicError(MesoplanError):
    """A clinic cannot be used: its zone, hours, holidays or closures. Mend every fault it lists."""


class CourseError(MesoplanError):
    """A course cannot be planned: its start, dates, preferences. Mend every fault it lists."""


class RecordError(MesoplanError):
    """A fact contradicts the course so far; it names the fact and what to record instead."""


class PlanError(MesoplanError):
    """A plan cannot be made, opened or asked in this way."""


class CalendarError(MesoplanError):
    """A calendar file cannot be written or read rightly."""


def closest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, or list them.

    >>> closest("sesions", ["sessions", "starts"])
    'did you mean "sessions"?'
    """
    names = list(known)
    near = nearest(name, names)
    if near:
        return did_you_mean(near)
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"known: {', '.join(names[:_NAMED])}{more}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that was probably meant, or nothing if none is near."""
    near = difflib.get_close_matches(name[:_LONG], list(known), n=1)
    return near[0] if near else ""


def did_you_mean(name: str) -> str:
    """Ask whether a name was meant, as a remedy."""
    return f'did you mean "{name}"?'


def shown(value: object) -> str:
    """Write a value that was refused so that it is safe and short to show."""
    text = repr(value[: 2 * _LONG] if isinstance(value, str | bytes) else value)
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."
