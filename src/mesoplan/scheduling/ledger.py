"""What the course's log says, folded into look-ups; the order of facts decides, later ones win."""

from dataclasses import dataclass, field
from datetime import datetime

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.course.facts import (
    Attended,
    Away,
    Cancelled,
    Extended,
    Fact,
    Missed,
    Moved,
    Paused,
    Resumed,
    Reviewed,
)
from mesoplan.ground.period import Period
from mesoplan.scheduling.visit import Visit


@dataclass(frozen=True, slots=True)
class Hold:
    """A medical hold: from an ordinal day, to the day it was resumed (exclusive) or open."""

    first: int
    resumed: int | None = None


@dataclass(slots=True)
class Ledger:
    """The log, by visit and by day. Days are ordinals, moments naive local."""

    outcome: dict[str, str] = field(default_factory=dict)
    """Key to attended, missed or cancelled."""
    actual: dict[str, datetime] = field(default_factory=dict)
    """When a visit took place, where the log says so."""
    pinned: dict[str, datetime] = field(default_factory=dict)
    """The time that a person chose for a visit."""
    next_after: dict[str, Period] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    """Visit to the latest time for which it was planned that the log knows: `induction-6.2` is 2."""
    concluded: dict[str, str] = field(default_factory=dict)
    """Review's key to its outcome."""
    away: list[tuple[int, int, str]] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    extra: dict[str | None, int] = field(default_factory=dict)
    """Sessions added, by phase; None for the phase that is counted first."""
    stopped: int | None = None

    def why_away(self, day: int) -> str | None:
        """Say why the person cannot come on a day."""
        return next((why for first, last, why in self.away if first <= day <= last), None)

    def hold_on(self, day: int) -> Hold | None:
        """Give the medical hold that a day lies in; it concerns sessions, not reviews."""
        for hold in self.holds:
            if hold.first <= day and (hold.resumed is None or day < hold.resumed):
                return hold
        return None

    def rules_out(self, kind: str, day: int) -> bool:
        """Say whether no visit of a kind takes place on a day: on hold, or stopped."""
        hold = self.hold_on(day) if kind == "session" else None
        held = hold is not None and hold.resumed is None
        return held or (self.stopped is not None and day >= self.stopped)

    def drops(self, visit: Visit) -> bool:
        """Say whether a past visit without a record cannot have taken place."""
        day = visit.day.toordinal()
        held = visit.kind == "session" and self.hold_on(day) is not None
        return held or self.rules_out(visit.kind, day)


def read(course: Course, clinic: Clinic) -> Ledger:
    """Fold the course's facts."""
    ledger = Ledger()
    for fact in course.facts:
        _enter(ledger, fact, clinic)
    for key in (*ledger.outcome, *ledger.pinned):
        name, _, again = key.partition(".")
        ledger.times[name] = max(ledger.times.get(name, 1), int(again or 1))
    return ledger


def _enter(ledger: Ledger, fact: Fact, clinic: Clinic) -> None:
    match fact:
        case Attended() | Reviewed():
            _enter_attendance(ledger, fact, clinic)
        case Missed() | Cancelled():
            ledger.outcome[fact.visit] = fact.fact
        case Moved():
            ledger.pinned[fact.visit] = clinic.local(fact.to)
        case Away():
            ledger.away.append((fact.first.toordinal(), fact.last.toordinal(), "away"))
        case Paused():
            ledger.holds.append(Hold(fact.on.toordinal()))
        case Resumed():
            ledger.holds[-1:] = [
                Hold(hold.first, fact.on.toordinal()) for hold in ledger.holds[-1:]
            ]
        case Extended():
            ledger.extra[fact.phase] = ledger.extra.get(fact.phase, 0) + fact.sessions
        case _:
            ledger.stopped = fact.on.toordinal()


def _enter_attendance(ledger: Ledger, fact: Attended | Reviewed, clinic: Clinic) -> None:
    ledger.outcome[fact.visit] = "attended"
    if fact.at is not None:
        ledger.actual[fact.visit] = clinic.local(fact.at)
    if isinstance(fact, Reviewed):
        ledger.concluded[fact.visit] = fact.outcome
    elif fact.next_after is not None:
        ledger.next_after[fact.visit] = fact.next_after
