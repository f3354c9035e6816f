"""What the placement works on: one stop per day on which a person comes, and what binds them.

Days are proleptic ordinals (`date.toordinal`), so that the arithmetic of the search is on integers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from mesoplan.ground.errors import Fault, PlanError
from mesoplan.ground.period import MonthEnd, Period

Possible = Callable[[int, int], bool]
"""Whether a stop of so many minutes can take place on a day."""

_FARTHEST = 3_660  # days; ten years without a possible day is no clinic


@dataclass(frozen=True, slots=True)
class Stop:
    """One day of one track on which a person comes, and what the protocol asks of it."""

    target: int
    minutes: int
    """How long the person is there, in one stretch of opening time."""
    track: str = ""
    first: int | None = None
    """First day of the window; None when the protocol gives no window."""
    last: int | None = None
    earliest: int = 1
    """No day before this one is possible, whatever the window says."""
    gap: Period | None = None
    """Minimum interval to the stop before on the same track."""
    most: Period | None = None
    """Maximum interval to the stop before on the same track; it decides between equal distances."""
    chain: Period | None = None
    """Counts from the actual day of the stop before, not from the grid."""
    fixed: int | None = None
    """The day that a person has chosen or that has happened."""
    announced: int | None = None
    """The day that was published for this target; it is as good as one inside the window."""

    def window(self, before: int | None) -> tuple[int, int | None, int | None]:
        """Give target, first and last day; of a chain they move with the stop before."""
        if self.chain is None or before is None:
            return self.target, self.first, self.last
        target = reach(before, self.chain)
        shift = target - self.target
        return (
            target,
            None if self.first is None else self.first + shift,
            None if self.last is None else self.last + shift,
        )


def reach(day: int, period: Period, month_end: MonthEnd = "clip") -> int:
    """Give the day one period after another; hours count as begun days."""
    if not period.months:
        return day + period.whole_days
    months = Period(months=period.months)
    moved = months.after(date.fromordinal(day), month_end=month_end)
    return moved.toordinal() + period.whole_days


@dataclass(frozen=True)
class Group:
    """Stops that bind one another, in the order of their targets, and what binds them."""

    stops: Sequence[Stop]
    possible: Possible
    weekdays: frozenset[int] = frozenset()
    """Preferred weekdays, Monday 0; empty for none."""
    spacing: dict[frozenset[str], Period] | None = None
    """Minimum interval between stops of two tracks."""
    month_end: MonthEnd = "clip"

    @cached_property
    def tracks(self) -> tuple[str, ...]:
        """The tracks, in the order of the places in a `State`."""
        return tuple(dict.fromkeys(stop.track for stop in self.stops))

    @cached_property
    def before(self) -> tuple[int | None, ...]:
        """For each stop the index of the one before it on its track."""
        last: dict[str, int] = {}
        found = []
        for index, stop in enumerate(self.stops):
            found.append(last.get(stop.track))
            last[stop.track] = index
        return tuple(found)

    def gap(self, stop: Stop, day: int) -> int:
        """Give the first day on which `stop` may follow the stop of its track on `day`."""
        if stop.gap is None:
            return day + 1
        return max(day + 1, reach(day, stop.gap, self.month_end))

    def too_far(self, stop: Stop, day: int, before: int | None) -> bool:
        """Whether a day exceeds the maximum interval to the stop of its track on `before`."""
        if stop.most is None or before is None:
            return False
        return day > reach(before, stop.most, self.month_end)

    def apart(self, one: str, other: str) -> Period | None:
        """Give the minimum interval between two tracks."""
        return self.spacing.get(frozenset((one, other))) if self.spacing else None

    def free_day(self, day: int, minutes: int) -> int:
        """Give the first possible day from `day` on."""
        return nearest(day, lambda candidate: self.possible(candidate, minutes))

    def liked(self, day: int) -> bool:
        """Whether the day is a preferred weekday, or none is preferred."""
        return not self.weekdays or (day - 1) % 7 in self.weekdays

    def too_close(self, one: str, day: int, other: str, later: int) -> bool:
        """Whether a stop of another track follows too soon; spaced tracks keep their targets' order."""
        apart = self.apart(one, other)
        return apart is not None and later < reach(day, apart, self.month_end)


def nearest(day: int, allowed: Callable[[int], bool]) -> int:
    """Give the first allowed day from a day on; PlanError where there is none for ten years."""
    for candidate in range(day, day + _FARTHEST):
        if allowed(candidate):
            return candidate
    what = f"finds no possible day in the ten years from {date.fromordinal(day)}"
    raise PlanError(Fault("clinic", what, remedy="look at its hours, closures and days away"))
