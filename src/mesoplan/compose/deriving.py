"""A protocol made from another by changing some of it."""

from collections.abc import Container, Iterator, Mapping
from typing import Any, get_args

from mesoplan.compose.fields import OWN_NUMBERS, assumed, build, is_prose, parent, refuse, written
from mesoplan.protocol.protocol import Protocol
from mesoplan.protocol.source import EVERY_FIELD, Cited
from mesoplan.values.base import Model
from mesoplan.values.errors import Fault, ProtocolError, closest
from mesoplan.values.given import given


def derive(
    protocol: Protocol,
    *,
    id: str,  # noqa: A002 - the field's name
    version: str = "1",
    title: str | None = None,
    **changes: Any,
) -> Protocol:
    """Make a protocol from another, changing what is named and keeping the rest.

    Parts that have an id are changed by it: a mapping gives the fields to change, None takes the part
    away, an unknown id adds a part. Any other field is replaced, and None takes it away. The result
    names its parent. A number that changes no longer cites the parent's source: its basis says that
    it was derived, unless the change gives a basis. Raises ProtocolError as for a new protocol.

    >>> weekly = Protocol(
    ...     id="weekly", title="Weekly", phases=[{"id": "induction", "every": "P1W", "sessions": 16}]
    ... )
    >>> longer = derive(weekly, id="weekly-18", phases={"induction": {"sessions": 18}})
    >>> longer.phase("induction").sessions, longer.parents
    (18, ('weekly 1',))
    """
    given(protocol, Protocol, "protocol", ProtocolError)
    origin = parent(protocol)
    own = {name: change for name, change in changes.items() if not _by_id(protocol, name, change)}
    fields = _changed(protocol, own, origin, OWN_NUMBERS)
    faults: list[Fault] = []
    for name in changes.keys() - own.keys():
        fields[name] = list(_parts(protocol, name, changes[name], faults))
    refuse(id, faults)
    named = {"id": id, "version": version, "title": title or protocol.title}
    return build(fields | named | {"parents": (origin,)})


def _by_id(protocol: Protocol, name: str, change: object) -> bool:
    return isinstance(change, Mapping) and isinstance(getattr(protocol, name, None), tuple)


def _parts(
    protocol: Protocol, name: str, changes: Mapping[str, Any], faults: list[Fault]
) -> Iterator[Model | dict[str, Any]]:
    """Yield the parts of one kind, changed, without those taken away, then the new ones."""
    parts = getattr(protocol, name)
    known = [part.id for part in parts if hasattr(part, "id")]
    for part in parts:
        change = changes.get(getattr(part, "id", ""), {})
        if change is not None:
            yield _changed(part, change, parent(protocol)) if change else part
    for key, new in changes.items():
        if key not in known:
            faults += _new_faults(protocol, name, key, new, known)
            yield {"id": key} | dict(new or {})


def _new_faults(
    protocol: Protocol, name: str, key: str, new: Mapping[str, Any] | None, known: list[str]
) -> Iterator[Fault]:
    """Yield the faults of a part that is not in the parent: perhaps its id is misspelt."""
    path = f"{name}.{key}"
    remedy = closest(key, known) if known else "give it all its fields"
    if new is None:
        yield Fault(
            path,
            f"is not in {parent(protocol)}, and cannot be taken away",
            "",
            remedy,
            code="not-in-parent",
        )
        return
    kind: type[Model] = get_args(Protocol.__pydantic_fields__[name].annotation)[0]
    try:
        kind.model_validate({"id": key, **new})
    except ProtocolError as error:
        yield Fault(
            path,
            f"is not in {parent(protocol)}, and is not whole",
            "",
            remedy,
            code="not-in-parent",
        )
        yield from (fault.below(path) for fault in error.faults)


def _changed(
    part: Model, changes: Mapping[str, Any], origin: str, computed: Container[str] | None = None
) -> dict[str, Any]:
    """Return the fields of a changed part, with a basis that is still true."""
    merged = {**written(part), **changes}
    fields = {name: value for name, value in merged.items() if value is not None}
    if not isinstance(part, Cited):
        return fields
    given = dict(changes.get("basis") or {})
    changed = _numbers_changed(part, fields, computed)
    kept = {name: basis for name, basis in part.basis.items() if name not in changed}
    left = changed & fields.keys() if EVERY_FIELD not in given else set()
    new = dict.fromkeys(sorted(left), assumed(f"derived from {origin}"))
    basis = kept | new | given
    return fields | {"basis": basis} if basis else fields


def _numbers_changed(
    part: Cited, fields: Mapping[str, Any], computed: Container[str] | None
) -> set[str]:
    """Name the fields that differ and that a plan is computed from."""
    kind = type(part)
    names = [
        name
        for name, field in kind.__pydantic_fields__.items()
        if (name in computed if computed else not is_prose(field.annotation))
    ]
    try:
        new = kind.model_validate(fields)
    except ProtocolError:  # the model that is built next will be refused, with all its faults
        return set()
    return {n for n in names if n not in {"basis", "id"} and getattr(new, n) != getattr(part, n)}
