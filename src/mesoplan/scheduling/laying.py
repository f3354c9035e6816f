"""The sessions of every phase with their targets: the rhythm laid out, then bent by what happened.

A phase is a queue of sessions taken in order; each takes the next place of the rhythm. A missed
session joins the queue again under a new key; a hold, a late session or a gap set at a session lays
the rhythm anew from the day that counts (design M4, M7).
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain

from mesoplan.anchor import Anchor
from mesoplan.course import Course
from mesoplan.errors import CourseError, Fault
from mesoplan.period import Period
from mesoplan.phase import MOST_SESSIONS, Phase
from mesoplan.scheduling.ledger import Ledger
from mesoplan.scheduling.places import counted, places

_NOW = Period("P0D")
_DAY = Period("P1D")
LOST = frozenset({"missed", "cancelled"})
"""What did not and will not take place under its key."""


@dataclass(slots=True)
class Session:
    """One session of a phase, wished for at a naive local moment."""

    key: str
    phase: Phase
    moment: datetime
    status: str = "planned"
    number: int = 0
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What every phase is laid on. Moments are naive local datetimes."""

    course: Course
    ledger: Ledger
    start: datetime
    """The course's first session, or the day that the course counts from."""
    horizon: datetime
    taken: Mapping[str, datetime]
    """When visits stood or took place, by key, as far as it is known."""
    retired: frozenset[str] = frozenset()
    """Keys of visits that were called off; never used again for another."""
    cut: set[str] = field(default_factory=set)
    """Phases that a hold has left without an end."""

    def key(self, name: str, again: int = 1) -> str:
        """Give the key of a visit that is planned for the n-th time."""
        key = name if again == 1 else f"{name}.{again}"
        if key in self.retired and key not in self.ledger.outcome:
            return self.key(name, again + 1)
        return key

    def at(self, day: date) -> datetime:
        """Give the preferred time on a day."""
        return datetime.combine(day, self.start.time())


Laid = dict[str, list[Session]]


def lay(ground: Ground) -> Laid:
    """Lay every phase; give its sessions, also the missed ones, in the order of their targets.

    Raises CourseError where they lead beyond the year 9999 or are too many.
    """
    laid: Laid = {}
    protocol = ground.course.protocol
    for name in protocol.phase_order:
        phase = protocol.phase(name)
        origin = _origin(phase, ground, laid)
        laid[name] = lay_phase(ground, phase, origin, laid) if origin else []
    return {phase.id: laid[phase.id] for phase in protocol.phases}


def lay_phase(ground: Ground, phase: Phase, origin: "Origin", laid: Laid) -> list[Session]:
    """Lay one phase from where it counts."""
    so_far = sum(s.status not in LOST for sessions in laid.values() for s in sessions)
    try:
        return _Queue(ground, phase, origin, so_far).run()
    except (OverflowError, ValueError) as error:
        if isinstance(error, CourseError):
            raise
        fault = Fault("start", "leads beyond the year 9999", str(ground.start.date()))
        raise CourseError(fault) from None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a phase counts from: moments and an offset; several moments for `each session`."""

    moments: list[datetime]
    offset: Period


def origin_of(anchor: Anchor, ground: Ground, laid: Laid, placed: Mapping[str, datetime]) -> Origin:
    """Find what an anchor counts from; `placed` gives the actual days that are known."""
    if anchor.kind == "start":
        return Origin([placed.get(START, ground.start)], anchor.offset)
    if anchor.name is not None:
        return Origin([ground.at(ground.course.dates[anchor.name])], anchor.offset)
    if anchor.number == -1 and anchor.phase in ground.cut:
        return Origin([], anchor.offset)
    every = chain.from_iterable(laid.values()) if anchor.phase is None else laid[anchor.phase]
    kept = (placed.get(s.key, s.moment) for s in every if s.status not in LOST)
    moments = sorted(ground.at(moment.date()) for moment in kept)
    if anchor.kind == "each":
        return Origin(moments[anchor.number - 1 :: anchor.number], anchor.offset)
    index = anchor.number - 1 if anchor.number > 0 else -1
    return Origin(moments[index : index + 1 or None], anchor.offset)


START = "start"
"""The key under which the day of the course's first session is known."""


def _origin(phase: Phase, ground: Ground, laid: Laid) -> Origin | None:
    """Find where a phase starts; None where nothing is known to count from, or it does not apply."""
    wanted = phase.requires
    if wanted and ground.ledger.concluded.get(wanted.review, wanted.outcome) != wanted.outcome:
        return None
    if phase.starts is not None:
        origin = origin_of(phase.starts, ground, laid, {})
    else:
        origin = _after_previous(phase, ground, laid)
    return origin if origin.moments else None


def _after_previous(phase: Phase, ground: Ground, laid: Laid) -> Origin:
    """Count from the last session of the phase before, one step of this phase's rhythm later."""
    names = [each.id for each in ground.course.protocol.phases]
    for name in reversed(names[: names.index(phase.id)]):
        kept = [s.moment for s in laid.get(name, ()) if s.status not in LOST]
        if name in ground.cut:
            return Origin([], _NOW)
        if kept:
            step = _DAY if phase.weekdays else phase.every or _NOW
            return Origin([ground.at(max(kept).date())], step)
    return Origin([ground.start], _NOW)


class _Queue:
    """The sessions of one phase on their way to places."""

    def __init__(self, ground: Ground, phase: Phase, origin: Origin, so_far: int) -> None:
        self.ground, self.phase, self.ledger = ground, phase, ground.ledger
        self.places = self._places(origin)
        own = counted(phase, self._places(origin), so_far, ground.horizon)
        if len(own) > MOST_SESSIONS:
            what = f"needs more than {MOST_SESSIONS} sessions up to {ground.horizon.date()}"
            raise CourseError(Fault("horizon", f"{phase.id} {what}", remedy="plan less far ahead"))
        self.needed = 0 if phase.is_open else len(own) + self._extra()
        self.waiting = deque((slot, 1) for slot in range(1, self.needed + 1))
        self.slot = self.needed
        self.generation = 1
        self.begun = 0
        self.ended = False
        self.sessions: list[Session] = []

    def _extra(self) -> int:
        first = next((p.id for p in self.ground.course.protocol.phases if not p.is_open), None)
        unnamed = self.ledger.extra.get(None, 0) if self.phase.id == first else 0
        return self.ledger.extra.get(self.phase.id, 0) + unnamed

    def _places(self, origin: Origin) -> Iterator[datetime]:
        month_end = self.ground.course.protocol.month_end
        if self.phase.starts is not None and self.phase.starts.kind == "each":
            return (origin.offset.after(moment, month_end=month_end) for moment in origin.moments)
        return places(self.phase, origin.moments[0], origin.offset, month_end)

    def run(self) -> list[Session]:
        """Give the phase's sessions."""
        while (place := self._next_place()) is not None:
            slot, attempt = self.waiting.popleft()
            key = self._key(slot, attempt)
            outcome = self.ledger.outcome.get(key)
            if outcome is None and self._interrupted(place, slot, attempt):
                continue
            status = outcome or ("tentative" if self._undecided() else "planned")
            self.sessions.append(Session(key, self.phase, place, status))
            if outcome == "attended":
                self._count_on(key, place)
            elif outcome is not None:
                self._make_up(slot, attempt, place)
        return self._numbered()

    def _key(self, slot: int, attempt: int) -> str:
        again = attempt + self.generation - 1
        return self.ground.key(f"{self.phase.id}-{slot}", again)

    def _next_place(self) -> datetime | None:
        """Take the next place; beyond an explicit list, the day after the last one."""
        if self.phase.is_open and not self.waiting:
            self.slot += 1
            self.waiting.append((self.slot, 1))
        if self.ended or not self.waiting:
            return None
        place = next(self.places, None)
        if place is None:
            place = _DAY.after(self.sessions[-1].moment)
        return None if self.phase.is_open and place > self.ground.horizon else place

    def _undecided(self) -> bool:
        wanted = self.phase.requires
        return wanted is not None and wanted.review not in self.ledger.concluded

    def _interrupted(self, place: datetime, slot: int, attempt: int) -> bool:
        """Whether a hold or a long gap takes the place away; what waits is then laid anew."""
        hold = self.ledger.hold_on(place.toordinal())
        if hold is not None and hold.resumed is None:
            self.ground.cut.add(self.phase.id)
            self.waiting.appendleft((slot, attempt))
            self.ended = True
            return True
        if hold is not None and hold.resumed is not None:
            self.waiting.appendleft((slot, attempt))
            resumed = self.ground.at(date.fromordinal(hold.resumed))
            self._relay(Origin([resumed], _NOW))
            self.generation += 1
            return True
        return self._restarted(place)

    def _restarted(self, place: datetime) -> bool:
        longest, kept = self.phase.restart_after, self._kept()
        if longest is None or not kept or place <= longest.after(self._actual(kept[-1])):
            return False
        self._restart(place)
        return True

    def _restart(self, place: datetime) -> None:
        self.generation += 1
        self.begun = len(self.sessions)
        self.waiting = deque((slot, 1) for slot in range(1, self.needed + 1))
        self._relay(Origin([place], _NOW))

    def _kept(self) -> list[Session]:
        return [s for s in self.sessions[self.begun :] if s.status not in LOST]

    def _actual(self, session: Session) -> datetime:
        return self.ground.taken.get(session.key, session.moment)

    def _relay(self, origin: Origin) -> None:
        """Lay the rest of the rhythm from another day."""
        self.places = self._places(origin)

    def _count_on(self, key: str, place: datetime) -> None:
        """Lay what follows a session from its actual day, where the protocol or the person says so."""
        actual = self.ground.taken.get(key, place)
        late = actual.toordinal() - place.toordinal()
        gap = self.ledger.next_after.get(key)
        if gap is not None:
            self._relay(Origin([self.ground.at(actual.date())], gap))
        elif late and (self.phase.rhythm == "chain" or self._tier(place, actual) == "shift"):
            self._shift(actual, late)
        elif late > 0 and self._tier(place, actual) == "restart":
            self._restart((self.phase.every or _DAY).after(actual))

    def _tier(self, place: datetime, actual: datetime) -> str:
        for tier in self.phase.tiers:
            if tier.late is None or actual.date() <= tier.late.after(place.date()):
                return tier.then
        return "carry_on"

    def _shift(self, actual: datetime, days: int) -> None:
        if self.phase.every is not None and not self.phase.offsets and not self.phase.weekdays:
            self._relay(Origin([self.ground.at(actual.date())], self.phase.every))
        else:
            later = timedelta(days=days)
            self.places = (place + later for place in self.places)

    def _make_up(self, slot: int, attempt: int, place: datetime) -> None:
        """Put a lost session back: at the end of a grid, at once where each place has its meaning."""
        if self.phase.if_missed == "skip" or self.phase.is_open:
            return
        if self.phase.rhythm == "grid" and not self.phase.at:
            self.waiting.append((slot, attempt + 1))
            return
        self.waiting.appendleft((slot, attempt + 1))
        soon = _DAY.after(place)
        if self.phase.rhythm == "chain" and not self.phase.at:
            self._relay(Origin([soon], _NOW))
        else:
            self.places = chain([soon], self.places)

    def _numbered(self) -> list[Session]:
        """Number what was attended or is planned from 1, anew after a restart."""
        number(self._kept(), open_end=self.phase.is_open, waiting=len(self.waiting))
        return self.sessions


def number(sessions: list[Session], *, open_end: bool, waiting: int = 0) -> None:
    """Number sessions from 1, of how many there are with those that still wait for a place."""
    kept = [session for session in sessions if session.status not in LOST]
    for rank, session in enumerate(kept, 1):
        session.number, session.of = rank, None if open_end else len(kept) + waiting
