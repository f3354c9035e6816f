"""The ground that every model stands on: frozen, closed to unknown fields, refused with all faults.

`Model` is the base of everything with fields, `TextValue` of everything that is written as one short
text (a period, an anchor, opening hours). `Line`, `Text` and `Slug` are the kinds of text that a
person may set; what could break a calendar or a page is refused here, at the border.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationError,
)
from pydantic.functional_validators import AfterValidator, BeforeValidator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError, core_schema

from mesoplan.errors import Fault, MesoplanError

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_MANY = 12
_LONG = 80
_BREAK = re.compile("[\t\n]")


def _without_control(text: str) -> str:
    found = _CONTROL.search(text.replace("\r\n", "\n"))
    if found:
        raise PydanticCustomError(
            "control_character",
            "contains the control character {code}",
            {"code": f"U+{ord(found.group()):04X}", "remedy": "remove it"},
        )
    return text.replace("\r\n", "\n")


def _on_one_line(text: str) -> str:
    if _BREAK.search(text):
        raise PydanticCustomError(
            "line_break", "contains a line break or a tab", {"remedy": "write it on one line"}
        )
    return text


def _no_number(value: Any) -> Any:
    """Refuse what pydantic would read as seconds since 1970."""
    if isinstance(value, int | float):
        raise PydanticCustomError("date", "is a number", {"remedy": "write for example 2026-12-01"})
    return value


def _no_moment(value: Any) -> Any:
    if isinstance(value, datetime):
        raise PydanticCustomError(
            "date", "is a moment, not a day", {"remedy": "leave the time out"}
        )
    return _no_number(value)


Day = Annotated[date, BeforeValidator(_no_moment)]
"""A calendar day; a number or a moment is refused."""

Moment = Annotated[datetime, BeforeValidator(_no_number)]
"""A moment, naive (the clinic's local time) or aware; a number is refused."""

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000),
    AfterValidator(_without_control),
]
"""Text of one or more lines, without control characters."""

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    AfterValidator(_without_control),
    AfterValidator(_on_one_line),
]
"""Text on one line: a name, a title."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
"""A name inside a protocol: lower-case letters, digits and hyphens."""


class Model(BaseModel):
    """A frozen value with named fields.

    Building one that cannot be used raises the `MesoplanError` of its kind with every fault at once,
    whether from keywords, `model_validate` or `model_validate_json`. Inside a pydantic model of your
    own it takes part in pydantic's own errors.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )
    refusal: ClassVar[type[MesoplanError]] = MesoplanError

    if not TYPE_CHECKING:  # the type checker reads the fields, not these wrappers

        def __init__(self, **data: Any) -> None:
            """Build from keywords."""
            try:
                super().__init__(**data)
            except ValidationError as error:
                raise _refused(type(self), error) from None

        # Without this mark pydantic would call __init__ for parts too and lose the faults beside them.
        __init__.__pydantic_base_init__ = True

        @classmethod
        def model_validate(cls, *args: Any, **options: Any) -> Self:
            """Build from a mapping."""
            try:
                return super().model_validate(*args, **options)
            except ValidationError as error:
                raise _refused(cls, error) from None

        @classmethod
        def model_validate_json(cls, *args: Any, **options: Any) -> Self:
            """Build from JSON text or bytes."""
            try:
                return super().model_validate_json(*args, **options)
            except ValidationError as error:
                raise _refused(cls, error) from None

    def replace(self, **changes: Any) -> Self:
        """Give a copy with these fields changed, checked like a new one."""
        fields = {name: getattr(self, name) for name in self.model_fields_set}
        return type(self)(**(fields | changes))


class TextValue:
    """A value that is written as one short text and compared by what it means."""

    __slots__ = ()
    form: ClassVar[str] = ""
    """How to write one, for error messages."""
    pattern: ClassVar[str | None] = None
    """A regular expression for editors."""

    def __init__(self, text: str) -> None:
        """Read the text; raises ValueError where it cannot be read."""
        raise NotImplementedError(text)

    @classmethod
    def accept(cls, value: Any) -> Self:
        """Take a value of this kind, or its text."""
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            try:
                return cls(value)
            except ValueError as error:
                raise PydanticCustomError("text", "{what}", {"what": str(error)}) from None
        raise PydanticCustomError("text", "is not text", {"remedy": cls._remedy(value)})

    @classmethod
    def _remedy(cls, value: object) -> str:
        del value
        return f"write {cls.form}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic read and write it as text."""
        del source, handler
        return core_schema.no_info_plain_validator_function(
            cls.accept, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Tell editors how it is written."""
        del schema, handler
        described: JsonSchemaValue = {"type": "string", "description": cls.form}
        return described | ({"pattern": cls.pattern} if cls.pattern else {})


def closest(name: str, known: Mapping[str, Any] | list[str] | tuple[str, ...]) -> str:
    """Say which known name was probably meant, or list them all."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f'did you mean "{near[0]}"?'
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return f"known: {', '.join(names[:_MANY])}{more}"


def _refused(model: type[Model], error: ValidationError) -> MesoplanError:
    """Translate pydantic's list of errors into ours, once, where it leaves a model."""
    return model.refusal(*faults_of(model, error), subject=model.__name__)


def faults_of(model: type[Model], error: ValidationError) -> list[Fault]:
    """List what pydantic found wrong, in our words."""
    found = error.errors()
    places = {details["loc"][:length] for details in found for length in range(len(details["loc"]))}
    # A list whose items fail is also called too short by pydantic, which would only confuse.
    told = [d for d in found if not (d["type"] == "too_short" and d["loc"] in places)]
    return [fault for details in told for fault in _faults(model, details)]


def _faults(model: type[Model], details: ErrorDetails) -> Iterator[Fault]:
    path = ".".join(str(part) for part in details["loc"])
    context = details.get("ctx", {})
    inner = context.get("error")
    if isinstance(inner, MesoplanError):
        yield from (fault.below(path) for fault in inner.faults)
    elif details["type"] == "extra_forbidden":
        owner = _owner(model, details["loc"])
        remedy = closest(str(details["loc"][-1]), _names(owner))
        yield Fault(path, "is not a known field", _got(details["input"]), remedy)
    elif details["type"] == "missing":
        yield Fault(path, "is missing", remedy="every protocol file, clinic or course needs it")
    else:
        what = details["msg"].removeprefix("Value error, ").removeprefix("Input ")
        yield Fault(path, what, _got(details["input"]), str(context.get("remedy", "")))


def _got(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."


def _names(model: type[Model]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _owner(model: type[Model], place: tuple[int | str, ...]) -> type[Model]:
    """Find the model that the last step of a path belongs to."""
    for step in place[:-1]:
        field = model.model_fields.get(str(step))
        candidates = list(_models_in(field.annotation)) if field else []
        model = candidates[0] if candidates else model
    return model


def _models_in(annotation: Any) -> Iterator[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
