"""Protocol and clinic files: TOML or JSON text to a model, and a protocol back to text.

Text in, text out: who reads the file from a disk is the caller. A text from anywhere is safe to give:
it is bounded in size, depth and length before its fields are looked at.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import singledispatch
from typing import Any, Literal, TypeVar

import tomli_w

from mesoplan.authoring.toml_places import Places, has_longer_key, position
from mesoplan.clinic.clinic import Clinic
from mesoplan.ground.base import Model
from mesoplan.ground.errors import Fault, MesoplanError
from mesoplan.ground.language import Language
from mesoplan.ground.period import Window
from mesoplan.ground.textvalue import TextValue
from mesoplan.protocol.phase import MOST_SESSIONS, Step
from mesoplan.protocol.protocol import Protocol

MOST_CHARACTERS = 1 << 20
"""More than any protocol needs; a longer text is refused unread."""

_DEEPEST = 16
_LONGEST_KEY = 32
_MOST_KEYS = 100
_MOST_ENTRIES = 20_000
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

Loaded = TypeVar("Loaded", bound=Model)


def load_protocol(data: str | bytes, *, subject: str = "protocol") -> Protocol:
    r"""Read a protocol from TOML or JSON; JSON begins with a brace.

    `subject` names what is read, for messages: a file name. Raises ProtocolError with every fault at
    once, each with its path and, in TOML, with line and column.

    >>> load_protocol('id = "weekly"\ntitle = "Weekly"\nphases = [{ id = "all", every = 7 }]')
    Traceback (most recent call last):
    ...
    mesoplan.ground.errors.ProtocolError: protocol: line 3, column 25: phases.0.every: is not text, got 7 (write "P1W" or "P7D")
    """
    return _load(Protocol, data, subject)


def load_clinic(data: str | bytes, *, subject: str = "clinic") -> Clinic:
    r"""Read a clinic from TOML or JSON; raises ClinicError like `load_protocol`.

    >>> load_clinic('timezone = "Europe/Istanbul"\nhours.mon-fri = "09:00-18:30"').longest
    570
    """
    return _load(Clinic, data, subject)


def load_language(data: str | bytes, *, subject: str = "language") -> Language:
    """Read a language from TOML or JSON; raises MesoplanError like `load_protocol`."""
    return _load(Language, data, subject)


def dump_protocol(protocol: Protocol, form: Literal["toml", "json"] = "toml") -> str:
    """Write a protocol as TOML or JSON that `load_protocol` reads as the same protocol.

    Only what the protocol sets is written, in the short forms that a person would use.
    """
    written = _plain(protocol)
    if form == "json":
        return json.dumps(written, ensure_ascii=False, indent=2) + "\n"
    return tomli_w.dumps(written, multiline_strings=True, indent=2)


def _load(kind: type[Loaded], data: str | bytes, subject: str) -> Loaded:
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
    """Give the text; refuse what is too long, binary, empty or not UTF-8."""
    if len(data) > MOST_CHARACTERS:
        most = f"at most {MOST_CHARACTERS:,} characters"
        raise MesoplanError(Fault("", "is too long", f"{len(data):,}", most))
    text = _utf8(data) if isinstance(data, bytes) else data
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise MesoplanError(Fault("", "is binary or UTF-16", remedy="save it as UTF-8 text"))
    if not text.strip():
        raise MesoplanError(Fault("", "is empty"))
    return text


def _utf8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        got = f"the byte 0x{data[error.start]:02X}"
        fault = Fault("", "is not UTF-8", got, "save it as UTF-8 text", line, column)
        raise MesoplanError(fault) from None


def _toml(text: str) -> dict[str, Any]:
    # tomllib needs quadratic time for the parts of one key, so count them first where many dots are.
    dotted = any(line.count(".") >= _LONGEST_KEY for line in text.splitlines())
    if dotted and has_longer_key(text, _LONGEST_KEY):
        what = f"has a key of more than {_LONGEST_KEY} parts"
        raise MesoplanError(Fault("", what))
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise MesoplanError(_TOO_DEEP) from None
    except ValueError as error:
        raise MesoplanError(_grammar_fault(str(error), text)) from None


def _grammar_fault(message: str, text: str) -> Fault:
    """Say where a text is no TOML; tomllib writes the place at the end of its message."""
    found = _PLACE.search(message)
    if found is None:
        return _LONG_NUMBER
    what = f"is not valid TOML: {_PLACE.sub('', message)}"
    line, column = (int(found[1]), int(found[2])) if found[1] else position(text, len(text))
    return Fault("", what, line=line, column=column)


def _json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        what = f"is not valid JSON: {error.msg}"
        raise MesoplanError(Fault("", what, line=error.lineno, column=error.colno)) from None
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
            raise MesoplanError(Fault("", "writes a key twice in one object", repr(key[:80])))
        found[key] = value
    return found


def _no_constant(name: str) -> None:
    raise MesoplanError(Fault("", "is no number", name))


_LONG_NUMBER = Fault("", "holds a number of thousands of digits")  # all that Python refuses to read
_TOO_DEEP = Fault("", f"is nested more than {_DEEPEST} levels deep")


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
        return Fault("", "has a table of too many keys", f"{len(value):,}")
    if len(value) > MOST_SESSIONS:
        return Fault("", "has too long a list", f"{len(value):,}", f"at most {MOST_SESSIONS:,}")
    if entries > _MOST_ENTRIES:
        return Fault("", "has too many entries", remedy=f"at most {_MOST_ENTRIES:,}")
    return None


def _located(faults: tuple[Fault, ...], text: str) -> Iterator[Fault]:
    """Yield the faults with line and column."""
    places = Places(text)
    for fault in faults:
        line, column = places.find(fault.path) or (None, None)
        yield replace(fault, line=line, column=column)


@singledispatch
def _plain(value: Any) -> Any:
    """Give a value as a file holds it."""
    return value


@_plain.register(TextValue)
def _(value: TextValue) -> str:
    return str(value)


@_plain.register(tuple)
def _(value: tuple[Any, ...]) -> list[Any]:
    return [_plain(part) for part in value]


@_plain.register(Mapping)
def _(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain(part) for key, part in value.items()}


@_plain.register(Model)
def _(value: Model) -> dict[str, Any]:
    fields = {
        name: getattr(value, name)
        for name in type(value).model_fields
        if name in value.model_fields_set
    }
    return {name: _plain(part) for name, part in fields.items() if part not in (None, (), {})}


@_plain.register(Window)
def _(value: Window) -> str | dict[str, str]:
    earlier, later = str(value.earlier), str(value.later)
    return later if value.earlier == value.later else {"earlier": earlier, "later": later}


@_plain.register(Step)
def _(value: Step) -> str | dict[str, Any]:
    fields: dict[str, Any] = _plain.dispatch(Model)(value)
    return str(value.label) if fields.keys() == {"label"} else fields
