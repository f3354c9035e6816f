"""The JSON Schema of a protocol file, so that an editor completes and checks it while it is written.

It describes what people write: short forms such as `window = "P2D"` are in it. What depends on several
parts, such as an anchor on a phase that is not there, only `load_protocol` can tell.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, get_args

from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema

from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.checks import DOUBTS
from mesoplan.protocol.protocol import Protocol
from mesoplan.protocol.source import EVERY_FIELD
from mesoplan.values.base import Model
from mesoplan.values.period import Forward, Length, Period, Window
from mesoplan.values.weekdays import NAMES, WEEKDAYS

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LENGTH = Period.pattern.replace("(-?)", "")
_DAY = "|".join(f"[{name[0]}{name[0].lower()}]{name[1:3]}({name[3:]})?" for name in NAMES)
_WEEKDAYS = rf"^ *({_DAY})( *[-,] *({_DAY}))*$"


def protocol_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a protocol file, TOML or JSON.

    >>> protocol_schema()["required"]
    ['id', 'title', 'phases']
    """
    schema = _tidied(Protocol.model_json_schema(schema_generator=_Quiet))
    definitions = schema.pop("$defs") | {Protocol.__name__: schema}
    for kind in dict.fromkeys(_models_in(Protocol)):
        _describe(definitions[kind.__name__], kind)
    whole = definitions.pop(Protocol.__name__)
    whole["properties"]["checks"] = _keyed(whole["properties"]["checks"], DOUBTS)
    definitions["Phase"] |= _ONE_RHYTHM
    definitions["Window"] = _or_short(definitions["Window"], {"$ref": "#/$defs/Length"}, "P2D")
    label = definitions["Step"]["properties"]["label"]
    definitions["Step"] = _or_short(definitions["Step"], label, "300 mg")
    return {"$schema": _DIALECT, **whole, "$defs": dict(sorted((definitions | _TEXTS).items()))}


class _Quiet(GenerateJsonSchema):
    """pydantic's generator, without its warning that an empty mapping is no JSON default."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012 - pydantic's


_TEXTS: Schema = {
    "Period": {
        "title": "Period",
        "type": "string",
        "description": Period.form,
        "pattern": Period.pattern,
        "examples": ["P1W", "P2W", "P1M", "P3M", "PT30M"],
    },
    "Length": {
        "title": "Length",
        "type": "string",
        "description": Period.form,
        "pattern": _LENGTH,
        "examples": ["P1W", "P2W", "P1M", "P3M", "PT30M"],
    },
    "Forward": {
        "title": "Forward",
        "type": "string",
        "description": f"{Period.form}, longer than nothing",
        "pattern": _LENGTH.replace("^", "^(?=.*[1-9])"),
        "examples": ["P1W", "P2W", "P1M", "P3M", "PT30M"],
    },
    "Anchor": {
        "title": "Anchor",
        "type": "string",
        "description": Anchor.form,
        "pattern": Anchor.pattern,
        "examples": ["start", "start + P3M", "start - P1W", "session 5", "each session"],
    },
    "Weekdays": {
        "title": "Weekdays",
        "description": 'Days of the week: "mon, wed, fri" or "mon-fri"',
        "anyOf": [
            {"type": "string", "pattern": _WEEKDAYS},
            {"type": "array", "items": {"enum": list(WEEKDAYS)}, "minItems": 1},
        ],
        "examples": ["mon, wed, fri", "mon-fri"],
    },
}

_OF_THE_FIELD = ("title", "default", "description")
"""What a field says of itself, beside how its text is written."""

_LENGTHS = {"Length": get_args(Length)[1], "Forward": get_args(Forward)[1]}
"""The names of periods that cannot go backwards, with the check that marks their fields."""

_ONE_RHYTHM: Schema = {
    "anyOf": [{"required": [name]} for name in ("every", "weekdays", "at", "starts")],
    "not": {"anyOf": [{"required": ["at", other]} for other in ("every", "weekdays")]},
}
"""A phase has one rhythm; `starts` may be one ("each session of ..."), and a list `at` is one."""


def _tidied(node: Any) -> Any:
    """Leave out null, which a file does not write, and say in one place how a text is written."""
    if isinstance(node, list):
        return [_tidied(part) for part in node]
    if not isinstance(node, dict):
        return node
    fields = {name: _tidied(part) for name, part in node.items()}
    if "default" in fields and fields["default"] in (None, [], ""):
        del fields["default"]
    choices = fields.get("anyOf", [])
    if {"type": "null"} in choices:
        kinds = [choice for choice in choices if choice != {"type": "null"}]
        others = {name: part for name, part in fields.items() if name != "anyOf"}
        fields = (kinds[0] if len(kinds) == 1 else {"anyOf": kinds}) | others
    return _referred(fields)


def _referred(fields: Schema) -> Schema:
    for name, text in (("Period", Period), ("Anchor", Anchor)):
        if fields.get("pattern") == text.pattern:
            kept = {key: fields[key] for key in _OF_THE_FIELD if key in fields}
            return {"$ref": f"#/$defs/{name}"} | kept
    items = fields.get("items")
    if isinstance(items, dict) and items.get("enum") == list(WEEKDAYS):
        kept = {key: fields[key] for key in _OF_THE_FIELD if key in fields}
        return {"$ref": "#/$defs/Weekdays"} | kept
    return fields


def _or_short(schema: Schema, short: Schema, example: str) -> Schema:
    """Allow the short form beside the table."""
    told = {name: schema.pop(name) for name in ("title", "description")}
    return told | {"anyOf": [short, schema], "examples": [example]}


def _models_in(annotation: Any) -> Iterator[type[Model]]:
    """Yield each model that a type is built from, itself included."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
        for field in annotation.__pydantic_fields__.values():
            yield from _models_in(field.annotation)
    for part in get_args(annotation):
        yield from _models_in(part)


def _describe(schema: Schema, kind: type[Model]) -> None:
    """Say which lengths a model's fields take, and which fields may have a basis."""
    for name, field in kind.__pydantic_fields__.items():
        for length in _lengths(field, kind):
            schema["properties"][name]["$ref"] = f"#/$defs/{length}"
    if "basis" in schema["properties"]:
        fields = [*schema["properties"], EVERY_FIELD]
        schema["properties"]["basis"] = _keyed(schema["properties"]["basis"], fields)


def _lengths(field: FieldInfo, kind: type[Model]) -> Iterator[str]:
    """Yield the kind of length that a field takes, if any; a window checks its own."""
    parts = get_args(field.annotation)
    marks = [*field.metadata, *chain(*(getattr(part, "__metadata__", ()) for part in parts))]
    for name, mark in _LENGTHS.items():
        if mark in marks or (kind is Window and name == "Length"):
            yield name


def _keyed(table: Schema, names: Iterable[str]) -> Schema:
    """Name the keys that a table may have, which the type of its keys does not tell."""
    fields = dict.fromkeys(names, table["additionalProperties"])
    return table | {"properties": fields, "additionalProperties": False}
