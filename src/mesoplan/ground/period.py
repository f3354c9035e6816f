"""Lengths of calendar time, and the days around a target that a protocol tolerates.

A `Period` is what a protocol prints: "one week", "three months". It is never a number of seconds: a
month is not 30 days. dateutil does the month arithmetic and is imported nowhere else.
"""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Literal, TypeVar

from dateutil.relativedelta import relativedelta
from pydantic import field_validator, model_validator

from mesoplan.ground import duration
from mesoplan.ground.base import Model
from mesoplan.ground.errors import ProtocolError
from mesoplan.ground.faults import unfit
from mesoplan.ground.textvalue import TextValue

MonthEnd = Literal["clip", "roll"]
"""What a missing day of the month becomes: the last day (clip) or the first of the next (roll)."""

Moment = TypeVar("Moment", date, datetime)

_DAYS_A_MONTH = 30.436875  # the Gregorian mean, only ever used to compare lengths
_MINUTES_A_DAY = 24 * 60


class Period(TextValue):
    """A length of calendar time, written as an ISO 8601 duration: `P1W`, `P3M`, `P1Y6M`, `PT30M`.

    Two periods are equal when they mean the same: `P1W` and `P7D`, `P1Y` and `P12M`. They are added
    to a day or a moment of local time: years and months first, then weeks and days, then hours and
    minutes of wall-clock time. A day that its month lacks becomes the last one.

    >>> from datetime import date
    >>> date(2026, 1, 31) + Period("P1M")
    datetime.date(2026, 2, 28)
    >>> [str(date(2026, 1, 31) + k * Period("P1M")) for k in (1, 2, 3)]
    ['2026-02-28', '2026-03-31', '2026-04-30']
    >>> Period("P1W") == Period("P7D") == Period(days=7)
    True

    Raises ProtocolError for what is no such duration, or is longer than 200 years.
    """

    __slots__ = ("days", "minutes", "months", "written")
    refusal: ClassVar[type[ProtocolError]] = ProtocolError
    form: ClassVar[str] = duration.EXAMPLES
    pattern: ClassVar[str] = duration.PATTERN

    months: int
    """Years and months together."""
    days: int
    """Weeks and days together."""
    minutes: int
    """Hours and minutes together."""
    written: str | None
    """The text as it was written, where it was text."""

    def __init__(
        self,
        text: str | None = None,
        *,
        years: int = 0,
        months: int = 0,
        weeks: int = 0,
        days: int = 0,
        hours: int = 0,
        minutes: int = 0,
    ) -> None:
        """Read the text, or add the parts; raises ProtocolError for what is not such a duration."""
        parts = (12 * years + months, 7 * weeks + days, 60 * hours + minutes)
        if text is not None:
            parts = self._read(text, parts)
        if not all(isinstance(part, int) for part in parts):
            raise self.refused("has parts that are not whole numbers", parts, "write whole units")
        fault = duration.fault_in(parts)
        if fault:
            raise self.refused(fault[0], text or parts, fault[1])
        put = object.__setattr__
        put(self, "months", parts[0])
        put(self, "days", parts[1])
        put(self, "minutes", parts[2])
        put(self, "written", text)

    @classmethod
    def _read(cls, text: object, besides: duration.Parts) -> duration.Parts:
        text = cls._text(text)
        if any(besides):
            raise cls.refused("has parts beside its text", text, "give the one or the other")
        parts = duration.read(text)
        if parts is None:
            what, remedy = duration.complaint(text)
            raise cls.refused(what, text, remedy)
        return parts

    @property
    def length(self) -> float:
        """Its mean length in days, to compare two periods; never used to count days."""
        return self.months * _DAYS_A_MONTH + self.days + self.minutes / _MINUTES_A_DAY

    @property
    def whole_days(self) -> int:
        """Days of a period without months, hours counted as begun days."""
        return self.days - (-self.minutes // _MINUTES_A_DAY)

    def after(self, origin: Moment, times: int = 1, month_end: MonthEnd = "clip") -> Moment:
        """Give `origin` plus this period `times` times, computed once from the origin.

        `month_end="roll"` goes to the first of the next month where the day is missing, so that a
        minimum interval is never shortened (CDSi rule CALCDT-5).
        """
        result = origin
        if self.months:
            result = origin + relativedelta(months=times * self.months)
            if month_end == "roll" and result.day < origin.day:
                result += timedelta(days=1)
        if self.days or self.minutes:
            result += timedelta(days=times * self.days, minutes=times * self.minutes)
        return result

    def __radd__(self, origin: Moment) -> Moment:
        """Add to a day or a moment."""
        return self.after(origin)

    def __add__(self, other: "Period") -> "Period":
        """Join two periods, part by part."""
        return Period(
            months=self.months + other.months,
            days=self.days + other.days,
            minutes=self.minutes + other.minutes,
        )

    def __mul__(self, times: int) -> "Period":
        """Repeat a whole number of times."""
        if not isinstance(times, int):
            return NotImplemented
        return Period(
            months=self.months * times, days=self.days * times, minutes=self.minutes * times
        )

    __rmul__ = __mul__

    def __neg__(self) -> "Period":
        """Turn backwards."""
        return self * -1

    def _parts(self) -> duration.Parts:
        return self.months, self.days, self.minutes

    def __bool__(self) -> bool:
        """Be true unless it is zero."""
        return any(self._parts())

    def __str__(self) -> str:
        """Give the ISO 8601 text, as it was written."""
        return self.written or duration.write(self._parts())

    @property
    def words(self) -> str:
        """Say it in English: "3 months", "1 week", "30 minutes"."""
        return duration.words(self._parts())

    @classmethod
    def _remedy(cls, value: object) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            weeks = f'"P{value // 7}W" or ' if value and value % 7 == 0 else ""
            return f'write {weeks}"P{value}D"'
        return super()._remedy(value)


def _days_only(value: Period) -> Period:
    if value.minutes or value.length < 0:
        what = "is not a number of days, weeks or months"
        raise unfit(what, 'write for example "P2D"', str(value))
    return value


class Window(Model):
    """The days around a target that the protocol tolerates.

    In a file `"P2D"` means two days either side; `{ earlier = "P1D", later = "P3D" }` names each. A
    zero window means that very day, which is not the same as no window.

    >>> from datetime import date
    >>> Window(earlier="P1D", later="P3D").contains(date(2026, 12, 4), target=date(2026, 12, 1))
    True
    """

    refusal: ClassVar[type[ProtocolError]] = ProtocolError

    earlier: Period = Period("P0D")
    """How much earlier than its target a visit may stand, in days, weeks or months."""
    later: Period = Period("P0D")
    """How much later than its target a visit may stand, in days, weeks or months."""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        if not isinstance(value, str | int | float | Period):
            return value
        both = _days_only(Period.accept(value))
        return {"earlier": both, "later": both}

    @field_validator("earlier", "later")
    @classmethod
    def _whole_days(cls, value: Period) -> Period:
        return _days_only(value)

    def span(self, target: date) -> tuple[date, date]:
        """Give the first and the last day that are still inside."""
        return self.earlier.after(target, -1), self.later.after(target)

    def contains(self, day: date, *, target: date) -> bool:
        """Say whether a visit on `day` is inside the window around `target`."""
        first, last = self.span(target)
        return first <= day <= last

    def __str__(self) -> str:
        """Say it in words."""
        if self.earlier == self.later:
            return f"± {self.later.words}" if self.later else "that very day"
        return f"{self.earlier.words} earlier to {self.later.words} later"
