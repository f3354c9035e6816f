"""A value on one short line, safe to print: what `repr` says of a model."""

from collections.abc import Mapping
from datetime import date, time

from pydantic import BaseModel

from mesoplan.values.textvalue import TextValue

_MOST = 100
_MOST_TEXT = 40
_NAMES = ("id", "key", "code", "name", "title", "visit")
"""The fields by which a model is known inside another, the best first."""


def of_words(kind: str, words: str) -> str:
    """Return `<Kind words>`, shortened to a hundred characters.

    >>> of_words("Plan", "of course-1042: 20 visits")
    '<Plan of course-1042: 20 visits>'
    """
    return f"<{_shortened(f'{kind} {words}', _MOST - 2)}>"


def of_fields(kind: str, fields: Mapping[str, object]) -> str:
    """Return `Kind(field=value, ...)` with as many of the fields as a hundred characters hold.

    Those come first by which it is known, and last those that are many.
    """
    said: list[str] = []
    room = _MOST - len(f"{kind}(, …)")
    for name, value in sorted(fields.items(), key=_rank):
        text = f"{name}={_value(value)}"
        room -= len(text) + len(", ")
        if room < 0:
            said.append("…")
            break
        said.append(text)
    return f"{kind}({', '.join(said)})"


def _rank(field: tuple[str, object]) -> int:
    name, value = field
    many = isinstance(value, tuple | Mapping)
    return _NAMES.index(name) if name in _NAMES else len(_NAMES) + many


def _value(value: object) -> str:
    if isinstance(value, BaseModel):
        name = next((getattr(value, field) for field in _NAMES if getattr(value, field, None)), "")
        return f"<{_shortened(f'{type(value).__name__} {name}'.strip(), _MOST_TEXT)}>"
    if isinstance(value, date | time):
        return str(value)
    if isinstance(value, str | TextValue):
        return repr(_shortened(str(value), _MOST_TEXT))
    if isinstance(value, tuple | Mapping) and len(value) > 0:
        return f"<{len(value)}>"
    return _shortened(repr(value), _MOST_TEXT)


def _shortened(text: str, most: int) -> str:
    """Cut a text, and escape what would break the line or the screen."""
    cut = text if len(text) <= most else f"{text[: most - 1]}…"
    if cut.isprintable():
        return cut
    escaped = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in cut)
    return _shortened(escaped, most)
