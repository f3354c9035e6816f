"""Text files of ours: TOML or JSON to a model, refused with every fault and its place.

The caller reads the file from the disk. A text from anybody is safe to read: its size, depth and
length are bounded before its fields are looked at.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

from mesoplan.values.base import Model
from mesoplan.values.errors import Fault, MesoplanError
from mesoplan.values.given import given
from mesoplan.values.toml_places import Places, has_longer_key, position
from mesoplan.values.toml_slips import NOT_STRAIGHT, TYPOGRAPHIC, slip

MOST_CHARACTERS = 1 << 20
"""More than any protocol needs; a longer text is refused unread."""

_DEEPEST = 16
_LONGEST_KEY = 32
_MOST_KEYS = 100
_MOST_ENTRIES = 20_000
_MOST_ITEMS = 5_000
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

Loaded = TypeVar("Loaded", bound=Model)


def load(kind: type[Loaded], data: str | bytes, subject: str) -> Loaded:
    """Read a model from TOML or JSON; JSON begins with a brace.

    `subject` names what is read, for messages. Raises the error of that kind with every fault at
    once, each with its path and, in TOML, with line and column.
    """
    given(data, (str, bytes), "data", kind.refusal)
    try:
        text = _decoded(data)
        is_json = text.lstrip().startswith("{")
        written = _json(text) if is_json else _toml(text)
        _bounded(written)
    except MesoplanError as error:
        raise kind.refusal(*error.faults, subject=subject) from None
    try:
        return kind.model_validate(written)
    except MesoplanError as error:
        faults = error.faults if is_json else _located(error.faults, text)
        raise kind.refusal(*faults, subject=subject) from None


def _decoded(data: str | bytes) -> str:
    """Return the text; refuse what is too long, binary, empty or not UTF-8."""
    if len(data) > MOST_CHARACTERS:
        most = f"at most {MOST_CHARACTERS:,} characters"
        raise MesoplanError(Fault("", "is too long", f"{len(data):,}", most, code="too-long"))
    text = _utf8(data) if isinstance(data, bytes) else data
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise MesoplanError(
            Fault("", "is binary or UTF-16", remedy="save it as UTF-8 text", code="not-unicode")
        )
    if not text.strip():
        raise MesoplanError(Fault("", "is empty", code="empty"))
    return text


def _utf8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        got = f"the byte 0x{data[error.start]:02X}"
        fault = Fault(
            "", "is not UTF-8", got, "save it as UTF-8 text", line, column, code="not-unicode"
        )
        raise MesoplanError(fault) from None


def _toml(text: str) -> dict[str, Any]:
    # tomllib needs quadratic time for the parts of one key, so count them first where many dots are.
    dotted = any(line.count(".") >= _LONGEST_KEY for line in text.splitlines())
    if dotted and has_longer_key(text, _LONGEST_KEY):
        what = f"has a key of more than {_LONGEST_KEY} parts"
        raise MesoplanError(Fault("", what, code="too-deep"))
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise MesoplanError(_TOO_DEEP) from None
    except ValueError as error:
        raise MesoplanError(_grammar_fault(str(error), text)) from None


def _grammar_fault(message: str, text: str) -> Fault:
    """Return where a text is not TOML; tomllib writes the place at the end of its message."""
    found = _PLACE.search(message)
    if found is None:
        return _LONG_NUMBER
    what = f"is not valid TOML: {_PLACE.sub('', message)}"
    line, column = (int(found[1]), int(found[2])) if found[1] else position(text, len(text))
    fault = Fault("", what, line=line, column=column, code="not-toml")
    return slip(text, line) or fault


def _json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        curly = TYPOGRAPHIC.match(text, error.pos)
        what, remedy = NOT_STRAIGHT if curly else (f"is not valid JSON: {error.msg}", "")
        got = curly[0] if curly else ""
        fault = Fault("", what, got, remedy, error.lineno, error.colno, code="not-json")
        raise MesoplanError(fault) from None
    except RecursionError:
        raise MesoplanError(_TOO_DEEP) from None
    except MesoplanError:
        raise
    except ValueError:
        raise MesoplanError(_LONG_NUMBER) from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object; JSON would silently take the last of two equal keys."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise MesoplanError(
                Fault("", "writes a key twice in one object", repr(key[:80]), code="used-twice")
            )
        found[key] = value
    return found


def _no_constant(name: str) -> None:
    raise MesoplanError(Fault("", "is no number", name, code="not-a-number"))


_LONG_NUMBER = Fault(
    "", "holds a number of thousands of digits", code="too-long"
)  # the only ones that Python refuses
_TOO_DEEP = Fault("", f"is nested more than {_DEEPEST} levels deep", code="too-deep")


def _bounded(written: Any) -> None:
    """Refuse what is deeper, longer or wider than any file of ours, before its fields are read."""
    entries = 0
    waiting = [(written, 1)]
    while waiting:
        value, depth = waiting.pop()
        inside = list(value.values()) if isinstance(value, dict) else value
        if not isinstance(inside, list):
            continue
        entries += len(inside)
        fault = _size_fault(value, depth, entries)
        if fault:
            raise MesoplanError(fault)
        waiting += [(part, depth + 1) for part in inside]


def _size_fault(value: dict[str, Any] | list[Any], depth: int, entries: int) -> Fault | None:
    if depth > _DEEPEST:
        return _TOO_DEEP
    if isinstance(value, dict) and len(value) > _MOST_KEYS:
        return Fault("", "has a table of too many keys", f"{len(value):,}", code="too-many")
    if len(value) > _MOST_ITEMS:
        return Fault(
            "",
            "has too long a list",
            f"{len(value):,}",
            f"at most {_MOST_ITEMS:,}",
            code="too-many",
        )
    if entries > _MOST_ENTRIES:
        return Fault(
            "", "has too many entries", remedy=f"at most {_MOST_ENTRIES:,}", code="too-many"
        )
    return None


def _located(faults: tuple[Fault, ...], text: str) -> Iterator[Fault]:
    """Yield the faults with line and column."""
    places = Places(text)
    for fault in faults:
        line, column = places.find(fault.path) or (None, None)
        yield replace(fault, line=line, column=column)
