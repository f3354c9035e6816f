"""A calendar file taken apart into entries, in bounded time and memory for any bytes.

The bytes may come from anybody. icalendar is given only the few lines that matter, because it keeps
each VTIMEZONE of a whole file in memory and applies it to later files.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mesoplan.values.errors import CalendarError, Fault, shown
from mesoplan.values.fault_codes import FaultCode

BYTES = 5_000_000
"""The largest file that is read. Google takes one megabyte; our own files have 30 kilobytes."""
_COMPONENTS = 100_000
_DEPTH = 10
"""RFC 5545 needs three: a calendar, an entry, its alarm."""
_LENGTH = 1_000
_TIMES = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "RDATE")
_WANTED = frozenset({"UID", "STATUS", "SEQUENCE", "DTSTAMP", "ATTENDEE", *_TIMES})
_FOLD = re.compile(rb"\n[ \t]")
_NAME = re.compile(r"[A-Za-z-]+")
_REMEDY = "give a calendar file (.ics) as it was exported"


@dataclass(slots=True)
class Component:
    """One VEVENT: the lines that are wanted, by the property's name, and its calendar's METHOD."""

    method: str = ""
    lines: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str | None:
        """Return the first line of a property."""
        return self.lines.get(name, [None])[0]


def components(data: bytes) -> list[Component]:
    """Return the entries of a file of one or more calendars.

    Raises CalendarError if it is not a calendar, was cut off, is badly nested or too large.
    """
    if not isinstance(data, bytes):
        raise _refusal(
            "is not bytes", type(data).__name__, "read the file as bytes", code="not-bytes"
        )
    if len(data) > BYTES:
        raise _refusal(
            f"is larger than {BYTES // 1_000_000} MB", f"{len(data):,} bytes", code="too-long"
        )
    scan = _Scan()
    for line in _lines(data):
        scan.take(line)
    return scan.finished()


def _refusal(what: str, got: str = "", remedy: str = _REMEDY, *, code: FaultCode) -> CalendarError:
    return CalendarError(Fault("", what, got, remedy, code=code), subject="calendar file")


def _lines(data: bytes) -> Iterator[str]:
    """Unfold before decoding, because some programs fold in the middle of a character."""
    plain = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    text = _FOLD.sub(b"", plain).decode(errors="replace")
    return (line for line in text.split("\n") if line and not line.isspace())


@dataclass(slots=True)
class _Scan:
    """The components that are open, and the entries so far."""

    open: list[str] = field(default_factory=list)
    found: list[Component] = field(default_factory=list)
    inside: list[Component] = field(default_factory=list)
    """The entries of the calendar that is open."""
    method: str = ""
    begun: int = 0

    def take(self, line: str) -> None:
        name = self._name(line)
        if name == "BEGIN":
            self._begin(line.partition(":")[2].strip().upper())
        elif name == "END":
            self._end(line.partition(":")[2].strip().upper())
        elif not self.open:
            raise _refusal("is not a calendar", shown(line), code="not-a-calendar")
        elif self.open == ["VCALENDAR"] and name == "METHOD":
            self.method = line.partition(":")[2].strip().upper()[:_LENGTH]
        elif self.open == ["VCALENDAR", "VEVENT"] and name in _WANTED:
            self.inside[-1].lines.setdefault(name, []).append(line[:_LENGTH])

    def _name(self, line: str) -> str:
        found = _NAME.match(line)
        return found.group().upper() if found else ""

    def _begin(self, name: str) -> None:
        if not self.open and name != "VCALENDAR":
            raise _refusal("is not a calendar", shown(f"BEGIN:{name}"), code="not-a-calendar")
        self.open.append(name)
        self.begun += 1
        if len(self.open) > _DEPTH:
            raise _refusal(f"nests components more than {_DEPTH} deep", code="too-deep")
        if self.begun > _COMPONENTS:
            raise _refusal(f"holds more than {_COMPONENTS:,} components", code="too-many")
        if self.open == ["VCALENDAR", "VEVENT"]:
            self.inside.append(Component())

    def _end(self, name: str) -> None:
        last = self.open.pop() if self.open else None
        if last != name:
            what = (
                f"ends {shown(name)} where {shown(last)} is open" if last else "is not a calendar"
            )
            raise _refusal(what, shown(f"END:{name}"), code="not-a-calendar")
        if not self.open:
            for component in self.inside:
                component.method = self.method
            self.found += self.inside
            self.inside, self.method = [], ""

    def finished(self) -> list[Component]:
        if self.open:
            remedy = "export it again; what is missing would look deleted"
            raise _refusal(
                f"was cut off: {shown(self.open[-1])} does not end", "", remedy, code="cut-off"
            )
        if not self.begun:
            raise _refusal("is empty", code="empty")
        return self.found
