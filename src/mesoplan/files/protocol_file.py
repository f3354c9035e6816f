"""Protocol and clinic files: TOML or JSON text to a model, and a protocol back to text."""

import json
from collections.abc import Mapping
from functools import singledispatch
from typing import Any, Literal

import tomli_w

from mesoplan.clinic.clinic import Clinic
from mesoplan.protocol.phase_parts import Step
from mesoplan.protocol.protocol import Protocol
from mesoplan.values.base import Model
from mesoplan.values.documents import load
from mesoplan.values.errors import ProtocolError
from mesoplan.values.given import given, one_of
from mesoplan.values.period import Window
from mesoplan.values.textvalue import TextValue


def load_protocol(data: str | bytes, *, subject: str = "protocol") -> Protocol:
    r"""Read a protocol from TOML or JSON; JSON begins with a brace.

    `subject` names what is read, for messages: a file name. Raises ProtocolError with every fault at
    once, each with its path and, in TOML, with line and column.

    >>> load_protocol('id = "weekly"\ntitle = "Weekly"\nphases = [{ id = "all", every = 7 }]')
    Traceback (most recent call last):
    ...
    mesoplan.values.errors.ProtocolError: protocol: line 3, column 25: phase 1 (all), every: is not text, got 7 (write "P1W" or "P7D")
    """
    return load(Protocol, data, subject)


def load_clinic(data: str | bytes, *, subject: str = "clinic") -> Clinic:
    r"""Read a clinic from TOML or JSON; raises ClinicError like `load_protocol`.

    >>> load_clinic('timezone = "Europe/Istanbul"\nhours.mon-fri = "09:00-18:30"').longest
    570
    """
    return load(Clinic, data, subject)


def dump_protocol(protocol: Protocol, form: Literal["toml", "json"] = "toml") -> str:
    """Write a protocol as TOML or JSON that `load_protocol` reads as the same protocol.

    Only what the protocol sets is written, in the short forms that a person would use.
    """
    given(protocol, Protocol, "protocol", ProtocolError)
    one_of(form, ("toml", "json"), "form", ProtocolError)
    written = _plain(protocol)
    if form == "json":
        return json.dumps(written, ensure_ascii=False, indent=2) + "\n"
    return tomli_w.dumps(written, multiline_strings=True, indent=2)


@singledispatch
def _plain(value: Any) -> Any:
    """Return a value as a file holds it."""
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
        for name in type(value).__pydantic_fields__
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
