"""When a clinic is open on a day of the week."""

import re
from typing import ClassVar

from mesoplan.values.errors import ClinicError
from mesoplan.values.textvalue import TextValue

_FORM = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})\s*[-\u2013]\s*([0-9]{1,2})[:.]([0-9]{2})")
_HOUR = 60
_DAY = 24 * _HOUR


class Span(TextValue):
    """A stretch of opening time within one day, `09:00-18:30`, in minutes after midnight.

    >>> Span("09:00-18:30").closes
    1110
    """

    __slots__ = ("closes", "opens")
    refusal: ClassVar[type[ClinicError]] = ClinicError
    form: ClassVar[str] = 'opening hours such as "09:00-18:30", a day ends at "24:00"'
    pattern: ClassVar[str] = "^[0-9]{1,2}[:.][0-9]{2} ?- ?[0-9]{1,2}[:.][0-9]{2}$"

    opens: int
    """Minutes after midnight."""
    closes: int
    """Minutes after midnight; 1440 is the end of the day."""

    def __init__(self, text: str) -> None:
        """Read the text; raises ClinicError for hours that are none or end before they begin."""
        found = _FORM.fullmatch(self._text(text).strip())
        if not found:
            raise self.refused("is not opening hours", text, code="not-opening-hours")
        opens, closes = (60 * int(found[i]) + int(found[i + 1]) for i in (1, 3))
        if max(int(found[2]), int(found[4])) >= _HOUR or max(opens, closes) > _DAY:
            raise self.refused(
                "names a time that no clock shows", text, "write 00:00 to 24:00", code="not-a-time"
            )
        if closes <= opens:
            raise self.refused(
                "ends before it begins",
                text,
                "split hours over midnight in two",
                code="ends-before-it-begins",
            )
        self._put(opens=opens, closes=closes)

    def _parts(self) -> tuple[int, int]:
        return self.opens, self.closes

    @property
    def length(self) -> int:
        """Minutes from opening to closing."""
        return self.closes - self.opens

    def __lt__(self, other: "Span") -> bool:
        """Order by opening time."""
        return self._parts() < other._parts()

    def __str__(self) -> str:
        """Return the text."""
        return f"{clock(self.opens)}-{clock(self.closes)}"


def clock(minutes: int) -> str:
    """Write minutes after midnight as a time of day."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}" if minutes != _DAY else "24:00"
