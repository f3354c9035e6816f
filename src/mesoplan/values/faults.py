"""What pydantic found wrong, told in our words: the one place that translates its errors.

A path leads through field names and places in lists, counted from 0 (`phases.0.every`), for software;
whoever prints a fault says its `place`, which counts from 1. What a person wrote is shown escaped and
shortened, so that a message is safe to print.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from mesoplan.values.errors import (
    Fault,
    MesoplanError,
    closest,
    did_you_mean,
    nearest,
    shown,
)
from mesoplan.values.fault_codes import FaultCode

_MOST = 1_000

_WORDS = {
    "bool_type": ("is neither true nor false", ""),
    "date_from_datetime_parsing": ("is not a day of the calendar", "write for example 2026-12-01"),
    "date_type": ("is not a day of the calendar", "write for example 2026-12-01"),
    "datetime_from_date_parsing": ("is not a date and time", "write for example 2026-12-01T17:30"),
    "datetime_type": ("is not a date and time", "write for example 2026-12-01T17:30"),
    "greater_than_equal": ("is less than {ge}", "write at least {ge}"),
    "int_type": ("is not a whole number", "write it in digits, without quotes"),
    "json_invalid": ("is not JSON: {error}", ""),
    "less_than_equal": ("is more than {le}", "write at most {le}"),
    "dict_type": ("is not a table of names and values", ""),
    "mapping_type": ("is not a table of names and values", ""),
    "model_attributes_type": ("is not a table of fields", ""),
    "model_type": ("is not a table of fields", ""),
    "string_too_long": ("is longer than {max_length} characters", "shorten it"),
    "string_too_short": ("is empty", "leave it out, or write something"),
    "string_type": ("is not text", "put it in quotes"),
    "string_unicode": ("is not Unicode text", "remove what is half a character"),
    "time_parsing": ("is not a time of day", "write for example 17:30"),
    "time_type": ("is not a time of day", "write for example 17:30"),
    "timezone_aware": ("has no time zone", "give an aware time"),
    "too_long": ("has more than {max_length} entries", ""),
    "too_short": ("has too few entries", "give at least {min_length}"),
    "tuple_type": ("is not a list", "write it in square brackets"),
}
"""pydantic's type of error to what and remedy; any other type keeps pydantic's words."""

_CODES: dict[str, FaultCode] = {
    "bool": "not-true-or-false",
    "date": "not-a-day",
    "datetime": "not-a-moment",
    "dict": "not-a-table",
    "float": "not-a-number",
    "greater": "out-of-range",
    "int": "not-a-number",
    "json": "not-json",
    "less": "out-of-range",
    "mapping": "not-a-table",
    "model": "not-a-table",
    "string": "not-text",
    "string_too_long": "too-long",
    "string_too_short": "empty",
    "string_unicode": "not-unicode",
    "time": "not-a-time",
    "timezone": "no-time-zone",
    "too_long": "too-many",
    "too_short": "too-few",
    "tuple": "not-a-list",
}
"""pydantic's type of error, or the family that its name begins with, to our code."""


def unfit(what: str, remedy: str = "", got: str = "", *, code: FaultCode) -> PydanticCustomError:
    """Make what a validator raises, in our words; it reads well in a pydantic error too."""
    message = "{what} ({remedy})" if remedy else "{what}"
    context = {"what": what, "remedy": remedy, "got": got, "code": code}
    return PydanticCustomError("refused", message, context)


def faults_of(model: type[BaseModel], error: ValidationError) -> list[Fault]:
    """List what pydantic found wrong with a model; after a thousand faults it only counts."""
    found = [d for d in error.errors(include_url=False) if d["type"] != _NOT_ASKED]
    told = [fault for details in found[:_MOST] for fault in _faults(model, details)]
    if len(found) > _MOST:
        told.append(Fault("", f"has {len(found) - _MOST} more faults", code="more-faults"))
    return _without_consequences(told)


def _without_consequences(faults: list[Fault]) -> list[Fault]:
    """Leave out consequences: a field whose name was misspelt is not reported as missing too."""
    paths = {fault.path for fault in faults}
    meant = {_beside(fault) for fault in faults if fault.code == _UNKNOWN}
    parents = {path[:end] for path in paths for end, sign in enumerate(path) if sign == "."}
    return [
        fault
        for fault in faults
        if not (fault.code == MISSING and fault.path in meant)
        and not (fault.code == _TOO_FEW and fault.path in parents)
    ]


def _beside(fault: Fault) -> str:
    """Return the path of the field that was meant, beside the one that was written."""
    parent, dot, _ = fault.path.rpartition(".")
    return f"{parent}{dot}{fault.meant}"


MISSING: FaultCode = "missing"
"""The code of a fault about a field that has to be there and is not."""
_NOT_ASKED = "default_factory_not_called"
_UNKNOWN: FaultCode = "unknown-field"
_TOO_FEW: FaultCode = "too-few"
_KEY = "[key]"
"""pydantic's mark behind a name in a table that is wrong itself."""
_IS_MISSING = "is missing"


def _faults(model: type[BaseModel], details: ErrorDetails) -> Iterator[Fault]:
    place = _walk(model, details["loc"])
    kind, context = details["type"], details.get("ctx", {})
    inner = context.get("error")
    if isinstance(inner, MesoplanError):
        yield from (fault.below(place.path) for fault in inner.faults)
    elif kind == "extra_forbidden":
        name, got = str(details["loc"][-1]), shown(details["input"])
        remedy = place.remedies.get(name) or closest(name, place.fields)
        meant = "" if name in place.remedies else nearest(name, place.fields)
        yield Fault(place.path, "is not a known field", got, remedy, code=_UNKNOWN, meant=meant)
    elif kind == "missing":
        remedy = f"every {place.owner} needs it"
        yield Fault(place.path, _IS_MISSING, remedy=remedy, code=MISSING)
    else:
        yield _told(place, details)


def _told(place: "_Place", details: ErrorDetails) -> Fault:
    """Return any other fault: a refusal of ours, a wrong choice, or one with words in the table."""
    path, context, given = place.path, details.get("ctx", {}), details["input"]
    match details["type"]:
        case "refused":
            got = context.get("got") or shown(given)
            return Fault(path, context["what"], got, context["remedy"], code=context["code"])
        case "literal_error":
            return _choice(path, str(given), str(context["expected"]))
        case "union_tag_invalid":
            tag = f"{path}.{context['discriminator']}".replace("'", "")
            return _choice(tag, str(context["tag"]), str(context["expected_tags"]))
        case "union_tag_not_found":
            tag = f"{path}.{context['discriminator']}".replace("'", "")
            return Fault(tag, _IS_MISSING, shown(given), "say what it is", code=MISSING)
    code = _code_of(details["type"])
    if details["type"] in _WORDS:
        what, remedy = (words.format_map(context) for words in _WORDS[details["type"]])
        remedy = _remedy(place, details) or remedy
        return Fault(path, what, shown(given), remedy, code=code)
    plain = details["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return Fault(path, plain, shown(given), code=code)


def _remedy(place: "_Place", details: ErrorDetails) -> str:
    """Return what to write instead of one table for many, or of a text for a table, or nothing."""
    match details["type"], details["input"]:
        case "tuple_type", Mapping():
            name = place.path.rpartition(".")[2]
            return f"write a list, in TOML [[{name}]] instead of [{name}]"
        case (("model_type" | "model_attributes_type"), str()) if place.needed:
            fields = ", ".join(f"{name} = ..." for name in place.needed)
            return f"write a table, in TOML {{ {fields} }}"
    return ""


def _code_of(kind: str) -> FaultCode:
    """Return the code of pydantic's type of error, or of its family: `int_parsing` of `int`."""
    family = kind.partition("_")[0]
    return _CODES.get(kind) or _CODES.get(family, "not-accepted")


def _choice(path: str, given: str, expected: str) -> Fault:
    """Say what can be chosen, and what was probably meant."""
    meant = nearest(given, expected.replace(" or ", ", ").replace("'", "").split(", "))
    remedy = did_you_mean(meant) if meant else ""
    what = f"is not one of {expected}"
    return Fault(path, what, shown(given), remedy, code="not-a-choice", meant=meant)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a fault stands: its path in the file, and the models that own its last step."""

    path: str
    models: tuple[type[BaseModel], ...]
    inside: tuple[type[BaseModel], ...]
    """The models that it may hold."""

    @property
    def owner(self) -> str:
        return " or ".join(model.__name__ for model in self.models)

    @property
    def fields(self) -> list[str]:
        return [name for model in self.models for name in model.__pydantic_fields__]

    @property
    def remedies(self) -> dict[str, str]:
        """What to write instead of names that are no fields."""
        told = (getattr(model, "remedies", {}) for model in self.models)
        return {name: remedy for each in told for name, remedy in each.items()}

    @property
    def needed(self) -> list[str]:
        """The fields without which what it may hold is not whole."""
        fields = (model.__pydantic_fields__.items() for model in self.inside)
        return [name for each in fields for name, field in each if field.is_required()]


def _walk(model: type[BaseModel], location: tuple[int | str, ...]) -> _Place:
    """Follow a location through the models, leaving out pydantic's names of union members."""
    owners: tuple[type[BaseModel], ...] = (model,)
    inside: tuple[type[BaseModel], ...] = (model,)
    steps: list[str] = []
    is_name = False  # whether a step is a name in a table, and no field of what the table holds
    for step in location:
        if step == _KEY:
            continue
        if is_name:
            steps.append(_readable(step))
            owners, is_name = inside, False
            continue
        fields = [m.__pydantic_fields__[step] for m in inside if step in m.__pydantic_fields__]
        tagged = tuple(m for m in inside if step in _tags(m))
        if tagged and len(inside) > 1:
            inside = owners = tagged
            continue
        steps.append(_readable(step))
        if not isinstance(step, int):
            owners, inside = inside, tuple(m for f in fields for m in _models(f.annotation))
            is_name = bool(inside) and any(_is_table(f.annotation) for f in fields)
    return _Place(".".join(steps), owners or (model,), inside)


def _tags(model: type[BaseModel]) -> list[object]:
    return [field.default for field in model.__pydantic_fields__.values()]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _is_table(annotation: Any) -> bool:
    return get_origin(annotation) is Mapping


def _readable(step: int | str) -> str:
    """Write one step of a path; a strange name is shown escaped and shortened."""
    text = str(step)
    return text if text.isprintable() and shown(text) == repr(text) else shown(text)
