"""Lengths of calendar time, and the days around a target that a protocol tolerates.

A `Period` is what a protocol prints: "one week", "three months". It is never a number of seconds: a
month is not 30 days. dateutil does the month arithmetic and is imported nowhere else.
"""

import re
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Literal, Self, TypeVar

from dateutil.relativedelta import relativedelta
from pydantic import field_validator, model_validator

from mesoplan.base import Model, TextValue
from mesoplan.errors import ProtocolError

MonthEnd = Literal["clip", "roll"]
"""What a missing day of the month becomes: the last day (clip) or the first of the next (roll)."""

Moment = TypeVar("Moment", date, datetime)

_LONGEST_YEARS = 200
_DAYS_A_MONTH = 30.436875  # the Gregorian mean, only ever used to compare lengths
_MINUTES_A_DAY = 24 * 60
_FORM = re.compile(
    r"(?P<sign>-?)P(?=[0-9T])(?:(?P<years>[0-9]+)Y)?(?:(?P<months>[0-9]+)M)?"
    r"(?:(?P<weeks>[0-9]+)W)?(?:(?P<days>[0-9]+)D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]+)H)?(?:(?P<minutes>[0-9]+)M)?)?"
)


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
    """

    __slots__ = ("days", "minutes", "months", "text")
    form: ClassVar[str] = 'a duration such as "P1W", "P3M", "P1Y6M", "P10D" or "PT30M"'
    pattern: ClassVar[str] = f"^{re.sub('[?]P<[a-z]+>', '', _FORM.pattern)}$"

    months: int
    """Years and months together."""
    days: int
    """Weeks and days together."""
    minutes: int
    """Hours and minutes together."""
    text: str
    """As it was written."""

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
        """Read the text, or add the parts; raises ValueError for what is not such a duration."""
        if text is not None:
            found = _FORM.fullmatch(text)
            if not found:
                raise ValueError(_complaint(text))
            sign = -1 if found["sign"] else 1
            years, months, weeks, days, hours, minutes = (
                sign * int(found[part] or 0)
                for part in ("years", "months", "weeks", "days", "hours", "minutes")
            )
        put = object.__setattr__
        put(self, "months", 12 * years + months)
        put(self, "days", 7 * weeks + days)
        put(self, "minutes", 60 * hours + minutes)
        put(self, "text", text or _written(self.months, self.days, self.minutes))
        if abs(self.length) > _LONGEST_YEARS * 12 * _DAYS_A_MONTH:
            raise ValueError(f"{self.text} is longer than {_LONGEST_YEARS} years")

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a period is frozen."""
        raise AttributeError(f"a Period is frozen; cannot set {name} to {value!r}")

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        """Copy and pickle by text."""
        return type(self), (self.text,)

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
        """Repeat."""
        return Period(
            months=self.months * times, days=self.days * times, minutes=self.minutes * times
        )

    __rmul__ = __mul__

    def __neg__(self) -> "Period":
        """Turn backwards."""
        return self * -1

    def _parts(self) -> tuple[int, int, int]:
        return self.months, self.days, self.minutes

    def __eq__(self, other: object) -> bool:
        """Compare by meaning."""
        return isinstance(other, Period) and self._parts() == other._parts()

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(self._parts())

    def __bool__(self) -> bool:
        """Be true unless it is zero."""
        return any(self._parts())

    def __str__(self) -> str:
        """Give the ISO 8601 text as it was written."""
        return self.text

    def __repr__(self) -> str:
        """Show how to write it."""
        return f'Period("{self.text}")'

    @property
    def words(self) -> str:
        """Say it in English: "3 months", "1 week", "30 minutes"."""
        return " ".join(_counted(n, unit) for n, unit in _units(*self._parts())) or "0 days"

    @classmethod
    def _remedy(cls, value: object) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            weeks = f'"P{value // 7}W" or ' if value and value % 7 == 0 else ""
            return f'write {weeks}"P{value}D"'
        return super()._remedy(value)


def _complaint(text: str) -> str:
    if re.search(r"\d[.,]\d", text):
        return "is not a duration in whole units; write for example P6W instead of P1.5M"
    return f"is not an ISO 8601 duration; write {Period.form}"


def _units(months: int, days: int, minutes: int) -> list[tuple[int, str]]:
    """Split into the largest whole units, leaving out the zeros."""
    weeks, days = (days // 7, 0) if days % 7 == 0 else (0, days)
    years, months = (months // 12, 0) if months % 12 == 0 else (0, months)
    hours, minutes = (minutes // 60, 0) if minutes % 60 == 0 else (0, minutes)
    named = {"year": years, "month": months, "week": weeks, "day": days, "hour": hours}
    return [(n, unit) for unit, n in (named | {"minute": minutes}).items() if n]


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if abs(number) == 1 else f"{number} {unit}s"


def _written(months: int, days: int, minutes: int) -> str:
    parts = (months, days, minutes)
    if any(part < 0 for part in parts):
        if any(part > 0 for part in parts):
            raise ValueError("a period cannot go forwards and backwards at once")
        return "-" + _written(-months, -days, -minutes)
    units = [(f"{n}{unit[0].upper()}", unit) for n, unit in _units(*parts)]
    calendar = "".join(text for text, unit in units if unit not in {"hour", "minute"})
    clock = "".join(text for text, unit in units if unit in {"hour", "minute"})
    return f"P{calendar}" + (f"T{clock}" if clock else "") if units else "P0D"


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
    later: Period = Period("P0D")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"earlier": value, "later": value} if isinstance(value, str | Period) else value

    @field_validator("earlier", "later")
    @classmethod
    def _whole_days(cls, value: Period) -> Period:
        if value.minutes or value.length < 0:
            raise ValueError("is not a number of days, weeks or months; write for example P2D")
        return value

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
