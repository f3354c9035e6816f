"""The places of one round of a rhythm, and how far apart neighbours lie.

Whatever is asked about the gaps of a phase is answered from here: the least one, the longest one, and
what they come to on average.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from mesoplan.values.period import Period
from mesoplan.values.weekdays import WEEKDAYS, Weekday


class Distance(NamedTuple):
    """The time between two places: unlike a period it may be three months less five weeks."""

    months: int
    minutes: int

    @classmethod
    def of(cls, period: Period) -> "Distance":
        """Return a period as a distance."""
        return cls(period.months, _MINUTES_A_DAY * period.days + period.minutes)

    def plus(self, other: "Distance") -> "Distance":
        """Return both together."""
        return Distance(self.months + other.months, self.minutes + other.minutes)

    def less(self, other: "Distance") -> "Distance":
        """Return what is left of it without another."""
        return Distance(self.months - other.months, self.minutes - other.minutes)

    @property
    def whole_days(self) -> "Distance":
        """Itself without the time of day: how far off the day lies."""
        return Distance(self.months, self.minutes - self.minutes % _MINUTES_A_DAY)

    @property
    def mean(self) -> float:
        """Its mean length in days, to compare with another."""
        return Period(months=self.months).length + self.minutes / _MINUTES_A_DAY

    @property
    def least(self) -> int:
        """Its whole days where a month counts as 28 and a year as 365 (M5)."""
        years, months = divmod(self.months, _MONTHS_A_YEAR)
        return 365 * years + 28 * months + self.minutes // _MINUTES_A_DAY

    @property
    def fewest(self) -> float:
        """The fewest days that it lasts on any calendar."""
        return _days_of_months(self.months)[0] + self.minutes / _MINUTES_A_DAY

    @property
    def most(self) -> float:
        """The most days that it lasts on any calendar."""
        return _days_of_months(self.months)[1] + self.minutes / _MINUTES_A_DAY


Round = tuple[Distance, ...]
"""The places of one round, each by its distance from the start, in the order of time."""


def rounds(
    at: Sequence[Period],
    weekdays: Sequence[Weekday],
    offsets: Sequence[Period],
    every: Period | None,
) -> Iterator[Round]:
    """Yield a round for each weekday on which a rhythm may begin, or the only one.

    It ends with the first place of the next round; a list `at` has none.
    """
    inside = [Distance.of(place) for place in offsets] or [_NOTHING]
    if at:
        yield _in_order([Distance.of(place) for place in at], inside)
    elif weekdays:
        named = [WEEKDAYS.index(name) for name in weekdays]
        for first in named:  # the phase begins on whichever of its weekdays comes first
            days = [Distance(0, (day - first) % 7 * _MINUTES_A_DAY) for day in named]
            yield _closed(_in_order(days, inside), every or _WEEK)
    elif every is not None:
        yield _closed(_in_order([_NOTHING], inside), every)


def apart(places: Round) -> Round:
    """Return the distances between neighbouring places."""
    return tuple(later.less(earlier) for earlier, later in pairwise(places))


def _in_order(steps: Sequence[Distance], inside: Sequence[Distance]) -> Round:
    places = (step.plus(place) for step in steps for place in inside)
    return tuple(sorted(places, key=lambda place: place.mean))


def _closed(places: Round, every: Period) -> Round:
    return (*places, places[0].plus(Distance.of(every)))


@cache
def _days_of_months(months: int) -> tuple[int, int]:
    """Return the fewest and the most days of so many months in a row."""
    firsts = (_MONTHS_A_YEAR * _LEAP_YEAR + month for month in range(_MONTHS_OF_A_LEAP_CYCLE))
    spans = [_first_day(first + months) - _first_day(first) for first in firsts]
    return min(spans), max(spans)


def _first_day(month: int) -> int:
    """Return the ordinal day on which a month begins, counted from January of the year 0."""
    return date(month // _MONTHS_A_YEAR, month % _MONTHS_A_YEAR + 1, 1).toordinal()


_LEAP_YEAR = 2000
_MONTHS_A_YEAR = 12
_MONTHS_OF_A_LEAP_CYCLE = 48
_MINUTES_A_DAY = 24 * 60
_WEEK = Period("P1W")
_NOTHING = Distance(0, 0)
