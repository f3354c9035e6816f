"""What the placement works on: one stop per day on which a person comes, and what binds it.

Days are proleptic ordinals (`date.toordinal`), so that the arithmetic of the search is on integers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from mesoplan.period import MonthEnd, Period

Possible = Callable[[int, int], bool]
"""Whether a stop of so many minutes can take place on a day."""


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
    """Maximum interval to the stop before on the same track."""
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
