"""The kinds of text and time that a person may set in a field.

What could break a calendar file, a table or a page is refused here, at the border: control
characters everywhere, line breaks where one line is meant, numbers where a day is meant.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timezone
from datetime import time as LocalTime  # noqa: N812 - a time of day
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import AwareDatetime, GetCoreSchemaHandler, StringConstraints
from pydantic.functional_validators import AfterValidator, BeforeValidator
from pydantic_core import CoreSchema, core_schema

from mesoplan.values.fault_codes import FaultCode
from mesoplan.values.faults import unfit

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_BREAK = re.compile("[\t\n]")

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Written:
    """Say in our words that a text has not the form asked for, and how to write it."""

    what: str
    remedy: str
    code: FaultCode

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Replace whatever pydantic would say."""
        return core_schema.custom_error_schema(
            handler(source),
            custom_error_type="refused",
            custom_error_message="{what} ({remedy})",
            custom_error_context={
                "what": self.what,
                "remedy": self.remedy,
                "code": self.code,
            },
        )


def _without_control(text: str) -> str:
    if text.isprintable():  # most texts are printable, and this check is far quicker
        return text
    text = text.replace("\r\n", "\n")
    found = _CONTROL.search(text)
    if found:
        code = f"U+{ord(found.group()):04X}"
        raise unfit(f"contains the control character {code}", "remove it", code="control-character")
    return text


def _on_one_line(text: str) -> str:
    if text.isprintable():
        return text
    text = _without_control(text)
    if _BREAK.search(text):
        raise unfit("contains a line break or a tab", "write it on one line", code="line-break")
    return text


def no_number(example: str) -> BeforeValidator:
    """Refuse what pydantic would read as seconds since 1970 or since midnight."""

    def refuse(value: Any) -> Any:
        if type(value) is datetime:
            return value
        if isinstance(value, int | float):
            raise unfit("is a number", f"write for example {example}", code="a-number")
        return value

    return BeforeValidator(refuse)


_FIRST_DAY = date.min.toordinal()
_LAST_DAY = date.max.toordinal()


def _no_moment(value: Any) -> Any:
    if type(value) is date:  # as in all that a scheduler builds
        return value
    if isinstance(value, int | float):
        raise unfit("is a number", "write for example 2026-12-01", code="a-number")
    if isinstance(value, datetime):
        raise unfit("is a moment, not a day", "leave the time out", code="not-a-day")
    return value


def _in_the_calendar(value: datetime) -> datetime:
    """Refuse the first and the last day that exist: another zone could have no such day."""
    if not _FIRST_DAY < value.toordinal() < _LAST_DAY:
        raise unfit(
            "is the first or last day of the calendar",
            "give a day between them",
            code="beyond-the-calendar",
        )
    return value


def _with_its_offset(value: datetime) -> datetime:
    """Keep only the offset, as JSON does: with a zone, equal moments of the autumn hour differ."""
    value = _in_the_calendar(value)
    offset = None if value.tzinfo is UTC else value.utcoffset()
    return value if offset is None else value.astimezone(timezone(offset))


Day = Annotated[date, BeforeValidator(_no_moment)]
"""A calendar day; a number or a moment is refused."""

Moment = Annotated[datetime, no_number("2026-12-01T17:30"), AfterValidator(_with_its_offset)]
"""A moment, naive (the clinic's local time) or aware; a number is refused."""

Instant = Annotated[AwareDatetime, no_number("2026-12-01T17:30Z"), AfterValidator(_with_its_offset)]
"""An aware moment; a number is refused."""

Clock = Annotated[AwareDatetime, AfterValidator(_in_the_calendar)]
"""An aware time in its own zone."""


def _local_minutes(value: LocalTime) -> LocalTime:
    if value.tzinfo or value.second or value.microsecond:
        raise unfit(
            "is not a local time in whole minutes", "write for example 17:30", code="not-a-time"
        )
    return value


TimeOfDay = Annotated[LocalTime, no_number("17:30"), AfterValidator(_local_minutes)]
"""A local time of day in whole minutes; a number is refused."""

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000),
    AfterValidator(_without_control),
]
"""Text of one or more lines, without control characters."""

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    AfterValidator(_on_one_line),
]
"""Text on one line: a name, a title."""

Slug = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64),
    Written(
        "is not a name of at most 64 lower-case letters, digits and hyphens",
        'write for example "month-3"',
        code="not-a-name",
    ),
]
"""A name inside a protocol: lower-case letters, digits and hyphens."""


class FrozenTable(dict[Key, Value]):
    """A mapping that cannot be changed, so that the model that holds it can be hashed."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("the tables of a frozen model cannot be changed; use replace")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        """Agree with equality, whatever the order."""
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, tuple[dict[Key, Value]]]:
        """Copy and pickle by content."""
        return type(self), (dict(self),)


Table = Annotated[Mapping[Key, Value], AfterValidator(FrozenTable)]
"""A table of names and values in a frozen model."""
