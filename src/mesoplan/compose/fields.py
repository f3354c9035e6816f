"""What composing needs to know about a protocol's fields."""

from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from mesoplan.protocol.protocol import Protocol
from mesoplan.protocol.source import ASSUMPTION
from mesoplan.values.base import Model
from mesoplan.values.errors import Fault, ProtocolError

OWN_NUMBERS = ("month_end", "max_per_day", "deadline")
"""The protocol's own fields that a plan is computed from."""


def written(part: Model) -> dict[str, Any]:
    """Return the fields that were set, with their values."""
    return {
        name: getattr(part, name)
        for name in type(part).__pydantic_fields__
        if name in part.model_fields_set
    }


def parent(protocol: Protocol) -> str:
    """Name a protocol as a parent: its id and version, and the variant that was chosen."""
    chosen = f" ({protocol.variant})" if protocol.variant else ""
    return f"{protocol.id} {protocol.version}{chosen}"


def assumed(how: str) -> str:
    """Return the basis of a number that no source stands behind."""
    return f"{ASSUMPTION}: {how}"


def build(fields: dict[str, Any]) -> Protocol:
    """Build the composed protocol; what is wrong with it is said about it by its id."""
    try:
        return Protocol.model_validate(fields)
    except ProtocolError as error:
        raise error.about(str(fields["id"])) from None


def refuse(subject: str, faults: list[Fault]) -> None:
    """Raise ProtocolError where there are faults."""
    if faults:
        raise ProtocolError(*faults, subject=subject)


def is_prose(kind: Any) -> bool:
    """Say whether a field of this type holds free text, which nothing is computed from."""
    if get_origin(kind) is Annotated:
        return is_prose(get_args(kind)[0])
    parts = [part for part in get_args(kind) if part is not NoneType]
    return kind is str or (get_origin(kind) in {Union, UnionType} and all(map(is_prose, parts)))


def said(value: Any) -> str:
    """Say the value of a field on one line, as a file says it; nothing for one that is not there."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        between = "; " if any(isinstance(part, Model) for part in value) else ", "
        return between.join(said(part) or "-" for part in value)
    if isinstance(value, Model) and type(value).__str__ is Model.__str__:
        return ", ".join(f"{name} {said(part)}" for name, part in value if part is not None)
    return "" if value is None else str(value)
