"""What the person would like on a day: the course's preferences, and what was told of them since.

It gives way to windows and minimum intervals. Whoever asks for preferences asks here, and names the day.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.course.facts import Preferred
from mesoplan.values.weekdays import WEEKDAYS, Weekdays

_WEEK = 7


def usual_time(course: Course, clinic: Clinic) -> time:
    """Return the time of day at which a course's rhythms are reckoned, whatever was told since."""
    return course.preferences.time or clinic.local(course.start).time()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person would like, day by day. Days are ordinals, moments naive local time."""

    usual: time
    """The preferred time of day from the beginning, at which rhythms are reckoned."""
    first: Weekdays = ()
    """The preferred weekdays from the beginning; none stands for any."""
    told: tuple[Preferred, ...] = ()
    """What was told since, in the order in which it was."""

    def weekdays(self, day: int) -> frozenset[int]:
        """Return the weekdays that are preferred by a day, Monday 0; none where any will do."""
        names = self.first
        for fact in self.told:
            if fact.weekdays is not None and fact.since.toordinal() <= day:
                names = fact.weekdays
        return frozenset(map(WEEKDAYS.index, names))

    def like(self, day: int) -> bool:
        """Whether a day is a preferred weekday, or none is preferred."""
        if not self.first and not self.told:  # asked of every day that is weighed
            return True
        wanted = self.weekdays(day)
        return not wanted or (day - 1) % _WEEK in wanted

    def at(self, moment: datetime) -> datetime:
        """Return a moment of a rhythm at the time of day that is preferred on its day by now."""
        preferred = self.usual
        for fact in self.told:
            if fact.time is not None and fact.since <= moment.date():
                preferred = fact.time
        later = moment + timedelta(minutes=_minutes(preferred) - _minutes(self.usual))
        return later if later.date() == moment.date() else moment


def _minutes(clock: time) -> int:
    return 60 * clock.hour + clock.minute
