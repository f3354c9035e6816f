"""Content lines: one property's, a component's, and folded into bytes (RFC 5545, 3.1)."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

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
    """Fold lines to 75 octets and join them, byte for byte as icalendar does, only sooner.

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
