"""Lengths of calendar time, and the days around a target that a protocol tolerates.

A `Period` is what a protocol prints: "one week", "three months". It is never a number of seconds: a
month is not 30 days.
"""

from calendar import monthrange
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import AfterValidator, field_validator, model_validator

from mesoplan.values import duration
from mesoplan.values.base import Model
from mesoplan.values.errors import PlanError, ProtocolError
from mesoplan.values.faults import unfit
from mesoplan.values.textvalue import TextValue

MonthEnd = Literal["clip", "roll"]
"""What a missing day of the month becomes: the last day (clip) or the first of the next (roll)."""

DayOrMoment = TypeVar("DayOrMoment", date, datetime)

_DAYS_A_MONTH = 30.436875  # the Gregorian mean, only ever used to compare lengths
_MINUTES_A_DAY = 24 * 60
_MONTHS_A_YEAR = 12
_SHORTEST_MONTH = 28  # days
_NOTHING = timedelta()


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
            raise self.refused(
                "has parts that are not whole numbers", parts, "write whole units", code="not-whole"
            )
        fault = duration.fault_in(parts)
        if fault:
            raise self.refused(fault.what, text or parts, fault.remedy, code=fault.code)
        put = object.__setattr__
        put(self, "months", parts[0])
        put(self, "days", parts[1])
        put(self, "minutes", parts[2])
        put(self, "written", text)

    @classmethod
    def _read(cls, text: object, besides: duration.DurationParts) -> duration.DurationParts:
        text = cls._text(text)
        if any(besides):
            raise cls.refused(
                "has parts beside its text", text, "give the one or the other", code="given-twice"
            )
        parts = duration.read(text)
        if parts is None:
            fault = duration.complaint(text)
            raise cls.refused(fault.what, text, fault.remedy, code=fault.code)
        return parts

    @property
    def length(self) -> float:
        """Its mean length in days, to compare two periods; never used to count days."""
        return self.months * _DAYS_A_MONTH + self.days + self.minutes / _MINUTES_A_DAY

    @property
    def whole_days(self) -> int:
        """Days of a period without months, hours counted as begun days."""
        return self.days - (-self.minutes // _MINUTES_A_DAY)

    def after(
        self, origin: DayOrMoment, times: int = 1, month_end: MonthEnd = "clip"
    ) -> DayOrMoment:
        """Return `origin` plus this period `times` times, computed once from the origin.

        `month_end="roll"` goes to the first of the next month where the day is missing, so that a
        minimum interval is never shortened (CDSi rule CALCDT-5).
        """
        result = origin
        if self.months:
            result = _months_after(origin, times * self.months)
            if month_end == "roll" and result.day < origin.day:
                result += timedelta(days=1)
        if self.days or self.minutes:
            result += timedelta(days=times * self.days, minutes=times * self.minutes)
        return result

    def __radd__(self, origin: DayOrMoment) -> DayOrMoment:
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

    def _parts(self) -> duration.DurationParts:
        return self.months, self.days, self.minutes

    def __bool__(self) -> bool:
        """Be true unless it is zero."""
        return any(self._parts())

    def __str__(self) -> str:
        """Return the ISO 8601 text, as it was written."""
        return self.written or duration.write(self._parts())

    @property
    def units(self) -> list[tuple[int, str]]:
        """Its numbers with their units, the largest whole ones: three of "month", thirty of "minute"."""
        return duration.units(self._parts()) or [(0, "day")]

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


def _months_after(origin: DayOrMoment, months: int) -> DayOrMoment:
    """Return the same day so many months later; the last of its month where that has no such day.

    It is what dateutil's relativedelta returns (a test holds the two together), without an object.
    """
    years, month = divmod(origin.month - 1 + months, _MONTHS_A_YEAR)
    year, month = origin.year + years, month + 1
    day = origin.day
    if day > _SHORTEST_MONTH:
        day = min(day, monthrange(year, month)[1])
    # Adding nothing makes a time that autumn shows twice the first of the two, as any sum does.
    return origin.replace(year=year, month=month, day=day) + _NOTHING


def reach(day: int, period: Period, month_end: MonthEnd = "clip") -> int:
    """Return the ordinal day one period after another; hours count as begun days."""
    if not period.months:
        return day + period.whole_days
    months = Period(months=period.months)
    moved = months.after(date.fromordinal(day), month_end=month_end)
    return moved.toordinal() + period.whole_days


def _days_only(value: Period) -> Period:
    if value.minutes or value.length < 0:
        what = "is not a number of days, weeks or months"
        raise unfit(what, 'write for example "P2D"', str(value), code="not-in-days")
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

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            earlier: Period | str = "P0D",
            later: Period | str = "P0D",
        ) -> None: ...

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
        """Return the first and the last day that are still inside."""
        return self.earlier.after(target, -1), self.later.after(target)

    def days(self, target: int) -> tuple[int, int]:
        """Return the same as ordinals, of a target that is one."""
        if not (self.earlier.months or self.later.months):
            return target - self.earlier.days, target + self.later.days
        first, last = self.span(date.fromordinal(target))
        return first.toordinal(), last.toordinal()

    def contains(self, day: date, *, target: date) -> bool:
        """Say whether a visit on `day` is inside the window around `target`."""
        first, last = self.span(target)
        return first <= day <= last

    def __str__(self) -> str:
        """Say it in words."""
        if self.earlier == self.later:
            return f"± {self.later.words}" if self.later else "that very day"
        return f"{self.earlier.words} earlier to {self.later.words} later"


def period_given(value: object, path: str) -> Period:
    """Return a period that a caller gave, or its text; PlanError at a path for anything else."""
    if isinstance(value, Period):
        return value
    try:
        return Period(value)  # type: ignore[arg-type]  # it says what is wrong with what is no text
    except ProtocolError as error:
        raise PlanError(*(replace(fault, path=path) for fault in error.faults)) from None


def _not_negative(value: Period) -> Period:
    if value.length < 0:
        raise unfit("is negative", "write it without the minus", code="negative")
    return value


def forward(value: Period) -> Period:
    """Return a period longer than nothing; any other is unfit for its field."""
    if value.length <= 0:
        raise unfit(
            "is not longer than nothing", 'write for example "P1W" or "PT30M"', code="not-positive"
        )
    return value


def _without_months(value: Period) -> Period:
    if value.months:
        raise unfit(
            "is counted in months", 'write for example "PT30M" or "P2D"', code="not-a-fixed-length"
        )
    return value


Length = Annotated[Period, AfterValidator(_not_negative)]
"""A period that is not negative."""

Forward = Annotated[Period, AfterValidator(forward)]
"""A period longer than nothing."""

InDays = Annotated[Forward, AfterValidator(_days_only)]
"""A period longer than nothing, in days, weeks or months."""

VisitLength = Annotated[Length, AfterValidator(_without_months)]
"""How long a person stays, perhaps no time at all: minutes, hours, days."""

Lasting = Annotated[Forward, AfterValidator(_without_months)]
"""How long a visit lasts: minutes, hours, days."""
