"""A visit on its way into the plan, and what every step of planning looks at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.scheduling.ground import LOST, Session
from mesoplan.scheduling.ledger import Ledger
from mesoplan.scheduling.stops import Possible
from mesoplan.scheduling.visit import Visit


@dataclass(slots=True)
class Booking:
    """A visit that is wished for, then placed. Days are ordinals, times minutes after midnight."""

    key: str
    kind: str
    title: str
    target: int
    wished: int
    """The preferred time of day."""
    minutes: int
    first: int | None = None
    last: int | None = None
    status: str = "planned"
    session: Session | None = None
    label: str | None = None
    place: str = "clinic"
    day: int = 0
    start: int = 0
    moment: datetime | None = None
    """The naive local time that is no longer open: it happened, or a person chose it."""
    joins: bool = False
    """Whether a review may take place beside a session."""
    joined: "Booking | None" = None
    """The session that a review takes place directly before."""
    reasons: list[str] = field(default_factory=list)

    def block(self) -> tuple[str, int] | str:
        """Name what it is placed with: sessions that the protocol puts hours apart on one day."""
        phase = None if self.session is None else self.session.phase
        alone = self.moment is not None or self.status in LOST or "." in self.key
        if alone or phase is None or not (phase.offsets or phase.at):
            return self.key
        return phase.id, self.target

    @property
    def fixed(self) -> int | None:
        """The day that is no longer open."""
        return None if self.moment is None else self.moment.toordinal()


@dataclass
class Desk:
    """What is known while planning: the course, the clinic, the log, what was published."""

    course: Course
    clinic: Clinic
    ledger: Ledger
    now: datetime
    """`as_of` in naive local time."""
    published: Mapping[str, Visit]
    """The visits of the previous plan, by key."""
    rooms: dict[int, int] = field(default_factory=dict)

    def room(self, day: int) -> int:
        """Give the longest visit that is possible on a day, for the clinic and the person."""
        found = self.rooms.get(day)
        if found is None:
            away = self.ledger.why_away(day) is not None
            found = self.rooms[day] = 0 if away else self.clinic.room(day)
        return found

    def possible(self, day: int, minutes: int) -> bool:
        """Say whether a visit of so many minutes can take place on a day."""
        return minutes <= self.room(day)

    @cached_property
    def treatable(self) -> Possible:
        """Whether a session of so many minutes can take place on a day."""
        return self._outside_holds if self.ledger.holds else self.possible

    def _outside_holds(self, day: int, minutes: int) -> bool:
        hold = self.ledger.hold_on(day)
        # A hold without an end forbids nothing here: what comes to lie in it is left out afterwards.
        return minutes <= self.room(day) and (hold is None or hold.resumed is None)

    def why_not(self, day: int) -> str | None:
        """Say in words why nothing can take place on a day."""
        closed = self.clinic.why_closed(day)
        if closed:
            return f"closed ({closed})"
        away = self.ledger.why_away(day)
        if away:
            return f"a day that the person is {away}"
        return "on hold" if self.ledger.hold_on(day) else None

    @property
    def soonest(self) -> int:
        """The first day on which something new may be planned once a plan is out; else any."""
        return self.now.toordinal() + 1 if self.published else 1

    def earliest(self, announced: int | None) -> int:
        """Give the first day of a visit: what is announced for today still takes place today."""
        return self.soonest if announced is None else min(self.soonest, announced)

    def announced_day(self, booking: Booking) -> int | None:
        """Give the day that was published for a booking, unless its target has changed since."""
        visit = self.announced(booking.key)
        if visit is None or visit.target.toordinal() != booking.target:
            return None
        return visit.start.toordinal()

    def is_over(self, visit: Visit) -> bool:
        """Whether a published visit was called off, or passed in a hold without taking place."""
        passed = visit.upcoming and self.clinic.local(visit.start) <= self.now
        return visit.status == "cancelled" or (passed and self.ledger.drops(visit))

    def known(self, key: str) -> datetime | None:
        """Give the naive local time that a visit has for good: it happened or a person chose it."""
        ledger, published = self.ledger, self.published.get(key)
        stood = None if published is None else self.clinic.local(published.start)
        if key in ledger.outcome or (stood is not None and stood <= self.now):
            return ledger.actual.get(key) or ledger.pinned.get(key) or stood
        return ledger.pinned.get(key)

    def announced(self, key: str) -> Visit | None:
        """Give the published visit that is still to take place."""
        visit = self.published.get(key)
        return visit if visit is not None and visit.upcoming else None


def iso(day: int) -> str:
    """Write an ordinal day."""
    return date.fromordinal(day).isoformat()
