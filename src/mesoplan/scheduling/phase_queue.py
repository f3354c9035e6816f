"""The sessions of one phase on their way to places: a queue bent by what happened.

Sessions are taken in order, and each takes the next place of the rhythm. A missed session joins the
queue again under a new key; a hold, a late session or a gap set at a session lays the rhythm anew
from the day that counts (design M4, M7).
"""

from collections import deque
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain

from mesoplan.ground.errors import CourseError, Fault
from mesoplan.ground.period import Period
from mesoplan.protocol.phase import MOST_SESSIONS, Phase
from mesoplan.scheduling.ground import LOST, Ground, Origin, Session, number
from mesoplan.scheduling.places import counted, places

_NOW = Period("P0D")
_DAY = Period("P1D")


class PhaseQueue:
    """The sessions of one phase on their way to places."""

    def __init__(self, ground: Ground, phase: Phase, origin: Origin, so_far: int) -> None:
        """Line up the sessions that the phase has by its own length."""
        self.ground, self.phase, self.ledger = ground, phase, ground.ledger
        self.places = self._places(origin)
        own = counted(phase, self._places(origin), so_far, ground.horizon)
        if len(own) > MOST_SESSIONS:
            what = f"needs more than {MOST_SESSIONS} sessions up to {ground.horizon.date()}"
            raise CourseError(Fault("horizon", f"{phase.id} {what}", remedy="plan less far ahead"))
        self.needed = 0 if phase.is_open else len(own) + self._extra()
        self.waiting = deque((slot, 1) for slot in range(1, self.needed + 1))
        self.slot = self.needed
        self.used: set[str] = set()
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
            if not self._settled(key, place) and self._interrupted(place, slot, attempt):
                continue
            status = outcome or ("tentative" if self._undecided() else "planned")
            self.sessions.append(Session(key, self.phase, place, status))
            self.used.add(key)
            if outcome == "attended" or (outcome is None and self._is_chained(key)):
                self._count_on(key, place)
            elif outcome is not None:
                self._make_up(slot, attempt, place)
        return self._numbered()

    def _key(self, slot: int, attempt: int) -> str:
        return self.ground.key(f"{self.phase.id}-{slot}", attempt, self.used)

    def _settled(self, key: str, place: datetime) -> bool:
        """Whether a session has its outcome, and did not have to wait for a hold to end."""
        if key not in self.ledger.outcome:
            return False
        hold, known = self.ledger.hold_on(place.toordinal()), self.ground.taken.get(key)
        if hold is None or hold.resumed is None:
            return True
        return known is not None and known.toordinal() < hold.resumed

    def _is_chained(self, key: str) -> bool:
        """Whether a person chose a time for a session that the next one counts from."""
        return self.phase.rhythm == "chain" and key in self.ledger.pinned

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
            return True
        return self._restarted(place)

    def _restarted(self, place: datetime) -> bool:
        longest, kept = self.phase.restart_after, self._kept()
        if longest is None or not kept or place <= longest.after(self._actual(kept[-1])):
            return False
        self.begun = len(self.sessions)
        self.waiting = deque((slot, 1) for slot in range(1, self.needed + 1))
        self._relay(Origin([place], _NOW))
        return True

    def _begin_with(self, actual: datetime) -> None:
        """Begin the phase again; the session that came late is the first of the new run."""
        self.begun = len(self.sessions) - 1
        self.waiting = deque((slot, 1) for slot in range(2, self.needed + 1))
        self._relay(Origin([self.ground.at(actual.date())], _NOW))
        next(self.places, None)

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
            self._begin_with(actual)

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
