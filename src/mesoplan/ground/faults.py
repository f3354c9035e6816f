"""What pydantic found wrong, told in our words: the one place that translates its errors.

A path leads through field names and places in lists (`phases.0.every`), as in the file. What a
person wrote is shown escaped and shortened, so that a message is safe to print.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from mesoplan.ground.errors import Fault, MesoplanError, closest, shown

_MOST = 1_000

_WORDS = {
    "bool_type": ("is neither true nor false", ""),
    "date_from_datetime_parsing": ("is not a day of the calendar", "write for example 2026-12-01"),
    "date_type": ("is not a day of the calendar", "write for example 2026-12-01"),
    "datetime_from_date_parsing": ("is not a date and time", "write for example 2026-12-01T17:30"),
    "datetime_type": ("is not a date and time", "write for example 2026-12-01T17:30"),
    "greater_than_equal": ("is less than {ge}", "write at least {ge}"),
    "int_type": ("is not a whole number", ""),
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
"""pydantic's type of error to what and remedy; what is not named here keeps pydantic's words."""


def unfit(what: str, remedy: str = "", got: str = "") -> PydanticCustomError:
    """Make what a validator raises, in our words; it reads well in a pydantic error too."""
    message = "{what} ({remedy})" if remedy else "{what}"
    return PydanticCustomError("refused", message, {"what": what, "remedy": remedy, "got": got})


def faults_of(model: type[BaseModel], error: ValidationError) -> list[Fault]:
    """List what pydantic found wrong with a model; after a thousand faults it only counts."""
    found = [d for d in error.errors(include_url=False) if d["type"] != _NOT_ASKED]
    told = [fault for details in found[:_MOST] for fault in _faults(model, details)]
    if len(found) > _MOST:
        told.append(Fault("", f"has {len(found) - _MOST} more faults"))
    return _without_consequences(told)


def _without_consequences(faults: list[Fault]) -> list[Fault]:
    """Leave out what is only said because of another fault: a typo's field is not missing too."""
    paths = {fault.path for fault in faults}
    meant = {_meant(fault) for fault in faults if fault.what == _UNKNOWN}
    parents = {path[:end] for path in paths for end, sign in enumerate(path) if sign == "."}
    return [
        fault
        for fault in faults
        if not (fault.what == _MISSING and fault.path in meant)
        and not (fault.what == _TOO_FEW and fault.path in parents)
    ]


def _meant(fault: Fault) -> str:
    parent, dot, _ = fault.path.rpartition(".")
    return f"{parent}{dot}{fault.remedy.removeprefix('did you mean ').strip('?').strip(chr(34))}"


_NOT_ASKED = "default_factory_not_called"
_UNKNOWN = "is not a known field"
_MISSING = "is missing"
_TOO_FEW = _WORDS["too_short"][0]


def _faults(model: type[BaseModel], details: ErrorDetails) -> Iterator[Fault]:
    place = _walk(model, details["loc"])
    kind, context = details["type"], details.get("ctx", {})
    inner = context.get("error")
    if isinstance(inner, MesoplanError):
        yield from (fault.below(place.path) for fault in inner.faults)
    elif kind == "extra_forbidden":
        remedy = closest(str(details["loc"][-1]), place.fields)
        yield Fault(place.path, _UNKNOWN, shown(details["input"]), remedy)
    elif kind == "missing":
        yield Fault(place.path, _MISSING, remedy=f"every {place.owner} needs it")
    else:
        yield _told(place.path, details)


def _told(path: str, details: ErrorDetails) -> Fault:
    """Say the rest: a refusal of ours, a choice, or what the table has words for."""
    context, given = details.get("ctx", {}), details["input"]
    match details["type"]:
        case "refused":
            got = context.get("got") or shown(given)
            return Fault(path, context["what"], got, context["remedy"])
        case "literal_error":
            return _choice(path, str(given), str(context["expected"]))
        case "union_tag_invalid":
            tag = f"{path}.{context['discriminator']}".replace("'", "")
            return _choice(tag, str(context["tag"]), str(context["expected_tags"]))
        case "union_tag_not_found":
            tag = f"{path}.{context['discriminator']}".replace("'", "")
            return Fault(tag, _MISSING, shown(given), "say what it is")
    if details["type"] in _WORDS:
        what, remedy = (words.format_map(context) for words in _WORDS[details["type"]])
        return Fault(path, what, shown(given), remedy)
    plain = details["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return Fault(path, plain, shown(given))


def _choice(path: str, given: str, expected: str) -> Fault:
    """Say what can be chosen, and what was probably meant."""
    near = closest(given, expected.replace(" or ", ", ").replace("'", "").split(", "))
    remedy = near if near.startswith("did") else ""
    return Fault(path, f"is not one of {expected}", shown(given), remedy)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a fault stands: its path in the file, and the models that own its last step."""

    path: str
    models: tuple[type[BaseModel], ...]

    @property
    def owner(self) -> str:
        return " or ".join(model.__name__ for model in self.models)

    @property
    def fields(self) -> list[str]:
        return [name for model in self.models for name in model.model_fields]


def _walk(model: type[BaseModel], location: tuple[int | str, ...]) -> _Place:
    """Follow a location through the models, leaving out pydantic's names of union members."""
    owners: tuple[type[BaseModel], ...] = (model,)
    inside: tuple[type[BaseModel], ...] = (model,)
    steps: list[str] = []
    for step in location:
        fields = [m.model_fields[step] for m in inside if step in m.model_fields]
        tagged = tuple(m for m in inside if step in _tags(m))
        if tagged and len(inside) > 1:
            inside = owners = tagged
            continue
        steps.append(_readable(step))
        if not isinstance(step, int):
            owners, inside = inside, tuple(m for f in fields for m in _models(f.annotation))
    return _Place(".".join(steps), owners or (model,))


def _tags(model: type[BaseModel]) -> list[object]:
    return [field.default for field in model.model_fields.values()]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _readable(step: int | str) -> str:
    """Write one step of a path; a strange name is shown escaped and shortened."""
    text = str(step)
    return text if text.isprintable() and shown(text) == repr(text) else shown(text)
