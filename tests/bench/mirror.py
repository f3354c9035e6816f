"""Plain pydantic models of the shape of ours: what opening a saved plan costs without our checks."""

from __future__ import annotations

import warnings
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, Field, create_model
from pydantic.json_schema import PydanticJsonSchemaWarning

# Types are made of these at run time, where no type checker can follow.
_annotated: Any = Annotated
_dict: Any = dict
_literal: Any = Literal
_tuple: Any = tuple
_union: Any = Union
_PLAIN = {"integer": int, "number": float, "boolean": bool, "null": None, "object": dict}
_FORMATS = {"date": date, "date-time": datetime, "time": time}


def mirror(model: type[BaseModel]) -> type[BaseModel]:
    """Build a plain model from the JSON schema of what a model saves, so that it follows every change.

    Nested models, lists, tables, days and moments stay what they are; lengths, patterns, converted
    texts and our own validators are left out.
    """
    with warnings.catch_warnings():
        # A default that is no JSON is left out of the schema, which is all the same here.
        warnings.simplefilter("ignore", PydanticJsonSchemaWarning)
        schema = model.model_json_schema(mode="serialization")
    return _Mirror(schema.get("$defs", {})).model(schema)


class _Mirror:
    def __init__(self, parts: dict[str, dict[str, Any]]) -> None:
        self._parts = parts
        self._built: dict[str, type[BaseModel]] = {}

    def model(self, schema: dict[str, Any]) -> type[BaseModel]:
        """Build the model of one object with named fields, once for each name."""
        name = schema["title"]
        if name not in self._built:
            required = schema.get("required", ())
            fields: dict[str, Any] = {
                key: (self._kind(part), ... if key in required else part.get("default"))
                for key, part in schema["properties"].items()
            }
            self._built[name] = create_model(name, **fields)
        return self._built[name]

    def _kind(self, schema: dict[str, Any]) -> Any:
        """Return the plain type of one field."""
        choices = schema.get("anyOf") or schema.get("oneOf")
        table = schema.get("additionalProperties") or _any(schema.get("patternProperties"))
        kind: Any = _PLAIN.get(schema.get("type", ""), Any)
        if "$ref" in schema:
            kind = self.model(self._parts[schema["$ref"].rpartition("/")[2]])
        elif choices:
            kind = self._one_of(choices, schema.get("discriminator", {}).get("propertyName"))
        elif "const" in schema or "enum" in schema:
            kind = _literal[tuple(schema.get("enum") or [schema["const"]])]
        elif schema.get("type") == "array":
            kind = _tuple[self._kind(schema.get("items", {})), ...]
        elif table:
            kind = _dict[str, self._kind(table)]
        elif schema.get("type") == "string":
            kind = _FORMATS.get(schema.get("format", ""), str)
        return kind

    def _one_of(self, choices: list[dict[str, Any]], told_by: str | None) -> Any:
        kinds = _union[tuple(map(self._kind, choices))]
        return _annotated[kinds, Field(discriminator=told_by)] if told_by else kinds


def _any(table: dict[str, Any] | None) -> Any:
    return next(iter(table.values())) if table else None
