"""The days on which something can take place: when the clinic is open and the person is there.

Days are proleptic ordinals (`date.toordinal`). What is asked of a day is looked up once and kept.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from mesoplan.clinic.clinic import Clinic, Stretches
from mesoplan.plan.reason import Reason
from mesoplan.scheduling.room import Pieces, has_room
from mesoplan.values.errors import CourseError, Fault, PlanError

FARTHEST = 3_660
"""Days; ten years without a possible day is no clinic."""
_A_DAY = 24 * 60  # minutes


@dataclass(frozen=True, slots=True)
class Hold:
    """A medical hold, from a day to the day on which it ended (exclusive), or open."""

    first: int
    resumed: int | None = None

    def covers(self, day: int) -> bool:
        """Whether no session takes place on a day."""
        return self.first <= day and (self.resumed is None or day < self.resumed)

    def holds(self, moment: datetime, now: datetime) -> bool:
        """Whether a session waits: one of the hold's first day may have taken place before it."""
        day = moment.toordinal()
        return self.covers(day) and (day > self.first or moment > now)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the log says of days, whatever the visits: absences, holds, the end of the course."""

    away: tuple[tuple[int, int], ...] = ()
    """First and last days of each absence."""
    holds: tuple[Hold, ...] = ()
    stopped: int | None = None
    """The day from which on nothing takes place."""

    @property
    def open_hold(self) -> Hold | None:
        """The hold that nobody has ended, or None."""
        last = self.holds[-1] if self.holds else None
        return last if last is not None and last.resumed is None else None

    def treated(self, begins: int, day: int) -> int:
        """Return the day up to which as many days without a hold have passed as days up to `day`.

        Both count from the day `begins`. A hold that nobody has ended takes none away.
        """
        if day < begins:
            return day
        for hold in sorted(self.holds, key=lambda hold: hold.first):
            if hold.resumed is not None and begins < hold.resumed and hold.first <= day:
                day += hold.resumed - max(hold.first, begins)
                begins = hold.resumed
        return day


class Days:
    """The days of a clinic for one person; what was asked of a day once is remembered."""

    def __init__(self, clinic: Clinic, circumstances: Circumstances) -> None:
        """Look at nothing yet."""
        self.clinic, self.circumstances = clinic, circumstances
        self._ended = tuple(hold for hold in circumstances.holds if hold.resumed is not None)
        self._rooms: dict[int, int] = {}

    def room(self, day: int) -> int:
        """Return how many minutes the longest visit of a day can take; 0 where none is possible."""
        found = self._rooms.get(day)
        if found is None:
            found = self._rooms[day] = 0 if self._is_away(day) else self.clinic.room(day)
        return found

    def possible(self, day: int, minutes: int) -> bool:
        """Whether a visit of so many minutes can take place on a day.

        The end of the course is not asked: what lies behind it is left out once everything stands.
        """
        return minutes <= self.room(day) and (minutes <= _A_DAY or self._lasts(day, minutes))

    def spans(self, day: int, minutes: int) -> Stretches:
        """Return the stretches of a day in which a visit of so many minutes can lie.

        Where nobody closes it may pass midnight, into days on which it is possible as well.
        """
        if self.clinic.hours is not None:
            return self.clinic.spans(day)
        reached = range(day + 1, day + 1 + -(-minutes // _A_DAY))
        behind = len(list(takewhile(self.room, reached)))
        return ((0, (1 + behind) * _A_DAY),)

    def _lasts(self, day: int, minutes: int) -> bool:
        """Whether a visit of more than a day is possible on all days that it takes at least."""
        return all(self.room(other) for other in range(day + 1, day + -(-minutes // _A_DAY)))

    def treatable(self, day: int, minutes: int) -> bool:
        """Whether a session of so many minutes can: not in a hold that has ended, either.

        A hold that is still open moves nothing: what it covers waits where it stands.
        """
        room = self._rooms.get(day)  # asked of every day that is weighed: mostly known, so no call
        if minutes > (self.room(day) if room is None else room):
            return False
        if minutes > _A_DAY and not self._lasts(day, minutes):
            return False
        return not self._ended or not any(hold.covers(day) for hold in self._ended)

    def takes(self, day: int, pieces: Pieces) -> bool:
        """Whether everything that a person comes for can take place on a day.

        Where no day of the week has room for all of it, the longest piece decides.
        """
        if not self.treatable(day, max(piece.lasts for piece in pieces)):
            return False
        if len(pieces) == 1 or has_room(self.spans(day, pieces[-1].ends), pieces):
            return True
        return not any(has_room(self.clinic.spans(day), pieces) for day in range(1, 8))

    def why_not(self, day: int, minutes: int, *, treated: bool) -> Reason | None:
        """Return why a day is not possible, as a reason without days, or None where it is.

        `treated` says that it is asked for a session, which a hold rules out.
        """
        closed = self.clinic.why_closed(day)
        if closed is not None:
            return Reason(code="closed", cause=closed)
        if self._is_away(day):
            return Reason(code="away")
        if treated and any(hold.covers(day) for hold in self.circumstances.holds):
            return Reason(code="held")
        return None if self.possible(day, minutes) else Reason(code="too-short")

    def _is_away(self, day: int) -> bool:
        away = self.circumstances.away
        return bool(away) and any(first <= day <= last for first, last in away)


@contextmanager
def within_the_calendar(start: date) -> Iterator[None]:
    """Refuse a start from which a course leads beyond the days that can be reckoned.

    Raises CourseError.
    """
    try:
        yield
    except (CourseError, PlanError):
        raise
    except (OverflowError, ValueError):  # a period of more than two hundred years is one, too
        what = "leads beyond the year 9999"
        raise CourseError(Fault("start", what, str(start), code="beyond-the-calendar")) from None


def nearest(day: int, allowed: Callable[[int], bool]) -> int:
    """Return the first allowed day from a day on; PlanError where there is none for ten years."""
    for candidate in range(day, min(day + FARTHEST, date.max.toordinal() + 1)):
        if allowed(candidate):
            return candidate
    what = f"finds no possible day in the ten years from {date.fromordinal(day)}"
    raise PlanError(
        Fault(
            "clinic",
            what,
            remedy="look at its hours, closures and days away",
            code="no-possible-day",
        )
    )
