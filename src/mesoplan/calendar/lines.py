"""Content lines (RFC 5545, 3.1): what they may hold, one property or component, folded into bytes."""

import re
from collections.abc import Iterable, Iterator
from typing import Self, TypeAlias

from icalendar import Component, vCalAddress, vDatetime, vDuration, vInt, vText
from icalendar.parser import Contentline

_WIDTH = 74
"""Octets of text on a line; with the space that opens a continuation it has 75."""
_ESCAPES = frozenset(rb"\^")
_INSIDE = range(0x80, 0xC0)
"""The second and later octets of a UTF-8 character."""

Lines: TypeAlias = tuple[str, ...]
"""Content lines that icalendar wrote, not yet folded."""


def line(name: str, value: vText | vInt | vDatetime | vDuration | vCalAddress) -> str:
    """Let icalendar write a property: parameters, quoting, escaping."""
    return str(Contentline.from_parts(name, value.params, value))


def lines_of(component: Component) -> Lines:
    """Let icalendar write a component, line by line."""
    return tuple(str(line) for line in component.content_lines() if line)


def inside(shell: Lines, parts: Iterable[Lines]) -> Lines:
    """Put lines into a component, before its END."""
    *opening, end = shell
    return (*opening, *(line for part in parts for line in part), end)


def folded(lines: Lines) -> bytes:
    """Fold lines to 75 octets and join them, byte for byte as icalendar does, but faster.

    icalendar folds character by character, which takes most of the time of an export.
    """
    return b"".join(_folded(line.encode()) + b"\r\n" for line in lines)


def _folded(line: bytes) -> bytes:
    return line if len(line) <= _WIDTH else b"\r\n ".join(_pieces(line))


def _pieces(line: bytes) -> Iterator[bytes]:
    start = 0
    while len(line) - start > _WIDTH:
        end = _cut(line, start)
        yield line[start:end]
        start = end
    yield line[start:]


def _cut(line: bytes, start: int) -> int:
    """Find where a line may be cut: between characters and not after the sign of an escape."""
    end = start + _WIDTH
    while line[end] in _INSIDE:
        end -= 1
    return end - 1 if line[end - 1] in _ESCAPES else end


_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202d\u202e\ufeff\ud800-\udfff]")


class PlainText(vText):
    r"""TEXT without characters that break calendars, even if no model has checked it.

    Every kind of line break becomes a line feed; control characters, byte order marks and lone
    surrogates are taken out (RFC 5545, 3.1), and so are the two overrides of the writing direction,
    which can disguise a text. Marks and isolates of right-to-left text stay.

    >>> PlainText("Dose 2 ml,\x07 scalp\r\nBEGIN:VEVENT").to_ical()
    b'Dose 2 ml\\, scalp\\nBEGIN:VEVENT'
    """

    def __new__(cls, value: str) -> Self:
        """Take out what does not belong."""
        return super().__new__(cls, _UNFIT.sub("", _BREAK.sub("\n", value)))

    def to_ical(self) -> bytes:
        r"""Escape; icalendar 7.3 reads a backslash before an N as a line break, so part it there."""
        return rb"\\N".join(vText(part).to_ical() for part in self.split(r"\N"))
