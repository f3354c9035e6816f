"""When a clinic is open on a day of the week."""

import re
from typing import ClassVar, Self

from mesoplan.base import TextValue

_FORM = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})\s*[-\u2013]\s*([0-9]{1,2})[:.]([0-9]{2})")
_HOUR = 60
_DAY = 24 * _HOUR


class Span(TextValue):
    """A stretch of opening time within one day, `09:00-18:30`, in minutes after midnight.

    >>> Span("09:00-18:30").closes
    1110
    """

    __slots__ = ("closes", "opens")
    form: ClassVar[str] = 'opening hours such as "09:00-18:30", a day ends at "24:00"'
    pattern: ClassVar[str] = "^[0-9]{1,2}[:.][0-9]{2} ?- ?[0-9]{1,2}[:.][0-9]{2}$"

    opens: int
    closes: int

    def __init__(self, text: str) -> None:
        """Read the text; raises ValueError for hours that are none or end before they begin."""
        found = _FORM.fullmatch(text.strip())
        if not found:
            raise ValueError(f"is not opening hours; write {self.form}")
        opens, closes = (60 * int(found[i]) + int(found[i + 1]) for i in (1, 3))
        if max(int(found[2]), int(found[4])) >= _HOUR or max(opens, closes) > _DAY:
            raise ValueError(f'"{text}" names a time that no clock shows')
        if closes <= opens:
            raise ValueError(f'"{text}" ends before it begins; split hours over midnight in two')
        object.__setattr__(self, "opens", opens)
        object.__setattr__(self, "closes", closes)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a span is frozen."""
        raise AttributeError(f"a Span is frozen; cannot set {name} to {value!r}")

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        """Copy and pickle by text."""
        return type(self), (str(self),)

    @property
    def length(self) -> int:
        """Minutes from opening to closing."""
        return self.closes - self.opens

    def __eq__(self, other: object) -> bool:
        """Compare by times."""
        return isinstance(other, Span) and str(self) == str(other)

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash((self.opens, self.closes))

    def __lt__(self, other: "Span") -> bool:
        """Order by opening time."""
        return (self.opens, self.closes) < (other.opens, other.closes)

    def __str__(self) -> str:
        """Give the text."""
        return f"{clock(self.opens)}-{clock(self.closes)}"

    def __repr__(self) -> str:
        """Show how to write it."""
        return f'Span("{self}")'


def clock(minutes: int) -> str:
    """Write minutes after midnight as a time of day."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}" if minutes != _DAY else "24:00"
