"""What is known of a phase when its rest is laid, and which of its sessions are open.

A slot is the number in the key of a session; a run of the phase has one for each session.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice, takewhile
from typing import NoReturn

from mesoplan.plan.entries import Origin
from mesoplan.plan.visit import Visit
from mesoplan.protocol.phase import MOST_SESSIONS, Phase
from mesoplan.protocol.visit_key import VisitKey
from mesoplan.scheduling.rhythm import counted
from mesoplan.scheduling.standing import Standing
from mesoplan.scheduling.targets import Outlook, Target, minutes_of_session, places_from
from mesoplan.values.errors import CourseError, Fault
from mesoplan.values.period import MonthEnd

Allowed = Callable[[int, int], bool]
"""Whether a session of so many minutes can stand on a day, as far as fixed visits and days tell."""

A_YEAR = 366
FAR = date.max.toordinal()
"""No day is later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What is known of a phase when its rest is laid."""

    phase: Phase
    standing: Standing
    origin: Origin
    """Where its places count from."""
    first: datetime
    """The first place that it ever had; a length `until` counts from there."""
    is_kept: bool
    """Whether the rhythm counts from where the plan that is out counted it."""
    announced: Mapping[str, Visit]
    """The visits of the phase that are out and still to come, by key."""
    attempts: Mapping[int, int]
    """The latest attempt of each slot that was ever used; only one that is out is used again."""
    stands: Mapping[str, date]
    """Where each session of the phase stands, as far as that is known by now, by key."""
    chosen: Mapping[str, date]
    """The sessions whose time a person chose, by key, with the target that each had."""
    unrecorded: tuple[tuple[int, date, date], ...]
    """Slot, target and day of each session whose time has passed without a record."""
    passed: frozenset[str]
    """The keys of these."""
    so_far: int
    """How many sessions of earlier phases there are, for a phase up to a total."""
    horizon: datetime
    soonest: int
    """The first day on which something new can be planned."""
    month_end: MonthEnd
    allowed: Allowed
    stays: Callable[[Visit], bool]
    """Whether what is out can stay on its day."""
    tentative: bool
    held_from: int | None = None
    """The first day of a hold that is open, or None."""
    ends_before: int | None = None
    """The first day of a phase that begins whatever becomes of this one; no make-up reaches it."""
    begun_with: str | None = None
    """The key with which the phase has begun again without a record."""
    stood: Mapping[date, date] = field(default_factory=dict)
    """The day on which the session of a place stood, where the phase was laid before."""
    back: int = 0
    """By how many steps its next session lies behind its turn, because it comes late."""
    called_off: frozenset[int] = frozenset()
    """The slots of the run that were announced, and given up because they could not be made up in time."""
    begins: date = date.min
    """The day on which the person joins; what lies before it is left out."""
    moments: tuple[datetime, ...] = ()
    """For a phase at each session of another: where these stand."""


class Laying(ABC):
    """One phase while its rest is laid; a run that begins again opens every slot once more.

    How its sessions take places is for each kind of rhythm to say.
    """

    def __init__(self, rest: Rest) -> None:
        """Open the slots that are left."""
        self.rest, self.phase, self.standing = rest, rest.phase, rest.standing
        self.ended = rest.standing.ended
        self.behind = rest.standing.behind + rest.back
        self.minutes = minutes_of_session(rest.phase, 0)
        """How long one of its sessions usually takes."""
        self.asked = None if self.phase.is_open else self._asked()
        self.attempts = dict(rest.attempts)
        self.announced = dict(rest.announced)  # less what is laid: a new run has keys of its own
        self.passed = frozenset(slot for slot, _, _ in rest.unrecorded)
        self.called_off = rest.called_off
        self.early = tuple(self._before_the_person_joins())
        self.found: list[Target] = []
        self.given_up: list[int] = sorted(rest.called_off)
        self.unasked: list[int] = []
        self.begins: int | None = None

    def run(self) -> Outlook:
        """Return the rest of the phase."""
        self._take_places()
        unasked = {self._last_key(slot) for slot in self.unasked}
        early = [target for target in self.found if target.moment.date() < self.rest.begins]
        late = [
            Target(str(VisitKey(self.phase.id, n)), self.phase, at)
            for n, at in enumerate(self.early, 1)
        ]
        self.found = (
            [target for target in self.found if target not in early] if early else self.found
        )
        begins = self.rest.begun_with
        if self.begins is not None and self.begins < len(self.found):
            begins = self.found[self.begins].key
        return Outlook(
            targets=self._numbered(),
            early=(*late, *early),
            unasked=tuple(target.key for target in self.found if target.key in unasked),
            given_up=tuple(self._last_key(slot) for slot in sorted(self.given_up)),
            begins=begins,
            due=self._due(),
            asked=self.asked,
        )

    @abstractmethod
    def _take_places(self) -> None:
        """Lay the open slots on places; what finds none is given up."""

    def _asked(self) -> int:
        """Return how many sessions the phase has in all, the added ones included."""
        rest = self.rest
        fresh = places_from(self.phase, Origin(moment=rest.first), rest.month_end, rest.moments)
        own = len(counted(self.phase, fresh, rest.so_far, rest.horizon))
        if own > MOST_SESSIONS:
            self._refuse_so_many()
        repeated = 0 if self.phase.sessions is None else self.behind
        return own + rest.standing.added + repeated

    def _before_the_person_joins(self) -> Iterator[datetime]:
        """Yield the first places of a rhythm that the plan that is out left out, as the person joined late.

        A list says itself which of its places are left.
        """
        rest, phase = self.rest, self.phase
        in_a_rhythm = not phase.at and not phase.each_of_another and rest.standing.begun is None
        if in_a_rhythm and rest.attempts and 1 not in rest.attempts:
            fresh = places_from(phase, Origin(moment=rest.first), rest.month_end)
            own = islice(fresh, self.asked)
            yield from takewhile(lambda place: place.date() < rest.begins, own)

    def _refuse_so_many(self) -> NoReturn:
        what = f"{self.phase.id} needs more than {MOST_SESSIONS} sessions"
        what = f"{what} up to {self.rest.horizon.date()}"
        raise CourseError(Fault("horizon", what, remedy="plan less far ahead", code="too-many"))

    # Slots and keys

    @property
    def _closed(self) -> frozenset[int]:
        """The slots of the run that need no session any more."""
        early = range(1, len(self.early) + 1)
        given_up = self.standing.given_up | self.called_off
        return self.standing.done | given_up | self.passed | frozenset(early)

    def _key(self, slot: int) -> str:
        return str(self._visit_key(slot))

    def _visit_key(self, slot: int) -> VisitKey:
        """Return the key of a slot: the first that is out, else that of the next attempt."""
        attempt = self.attempts.get(slot, 0)
        for number in range(1, attempt + 1):
            key = VisitKey(self.phase.id, slot, number)
            if str(key) in self.announced:
                return key
        return VisitKey(self.phase.id, slot, attempt + 1)

    def _last_key(self, slot: int) -> str:
        """Return the key under which a slot was last planned, or would be."""
        return str(VisitKey(self.phase.id, slot, max(self.attempts.get(slot, 0), 1)))

    def _out(self, slot: int) -> Visit | None:
        return self.announced.get(self._key(slot)) if self.announced else None

    def _open_slots(self) -> list[int]:
        """Return the open slots in the order in which they take places.

        What is out keeps its order. What was lost in this run comes behind it, and what was added last;
        behind that comes what is owed because the next session takes an earlier step again.
        """
        closed = self._closed
        if self.asked is None:
            out = {slot for slot in self.attempts if self._out(slot)}
            slots = list((out | set(self.standing.owed)) - closed)
        else:
            chosen = self._chosen - closed
            free = [n for n in range(1, self.asked + 1) if n not in closed and n not in chosen]
            left = self.asked - len(closed) - len(chosen)
            slots = [*chosen, *free[: max(left, 0)]]
            self.unasked = sorted(chosen, key=self._in_line)[left:] if left < 0 else []
        return sorted(slots, key=self._in_line)

    @property
    def _chosen(self) -> frozenset[int]:
        """The slots of the sessions whose time a person chose: they stand, whatever is asked."""
        keys = (VisitKey.read(key, {self.phase.id}) for key in self.rest.chosen)
        slots = {key.number for key in keys if key is not None and key.number is not None}
        return frozenset(slot for slot in slots if self._key(slot) in self.rest.chosen)

    def _in_line(self, slot: int) -> tuple[bool, bool, date, int, bool, int]:
        visit, is_owed = self._out(slot), slot in self.standing.owed
        first, number = (date.min, 0) if visit is None else (visit.target, visit.number or 0)
        is_new = visit is None and bool(self.rest.announced)
        return self._is_more(slot), is_new, first, number, is_owed != is_new, slot

    def _is_more(self, slot: int) -> bool:
        """Whether a session is owed only because the next one takes an earlier step again."""
        return self.asked is not None and slot > self.asked - self.rest.back

    def _new_slot(self) -> int:
        return max([*self.attempts, *self._closed, *self.standing.owed], default=0) + 1

    def _lay(
        self, slot: int, place: datetime, *, counts_on: bool = False, by: int | None = None
    ) -> None:
        if self._is_over(place, slot):
            return
        if len(self.found) >= MOST_SESSIONS:
            self._refuse_so_many()
        lost, key = self.standing.owed.get(slot), self._visit_key(slot)
        target = Target(
            key=str(key),
            phase=self.phase,
            moment=place,
            status="tentative" if self.rest.tentative else "planned",
            not_before=1 if lost is None else lost.day.toordinal() + 1,
            counts_on=counts_on,
            made_up_by=by,
        )
        self.found.append(target)
        self.attempts[slot] = max(self.attempts.get(slot, 0), key.attempt)
        self.announced.pop(target.key, None)

    def _is_over(self, place: datetime, slot: int | None = None) -> bool:
        """Whether the phase was ended by a place, or by the day on which a session of it stands."""
        if self.ended is None:
            return False
        day = place.date()
        if slot is not None:
            key, visit = self._key(slot), self._out(slot)
            day = day if visit is None else min(day, visit.day)
            day = self.rest.stands[key] if key in self.rest.chosen else day
        return day >= self.ended

    def _give_up(self, slots: Iterable[int]) -> None:
        """Let go of what finds no place; what a person fixed stands all the same, for its old target."""
        for slot in slots:
            target = self.rest.chosen.get(self._key(slot))
            if target is None:
                self.given_up.append(slot)
            else:
                self._lay(slot, datetime.combine(target, self.rest.first.time()))

    # What is made up

    def _made_up_by(self, slot: int) -> int:
        """Return the last day on which a session can be made up, if it was lost."""
        owed, visit = self.standing.owed.get(slot), self._out(slot)
        if owed is None or (visit is not None and self._is_out_of_reach(visit)):
            return FAR
        return self._within(owed.target)

    def _within(self, lost: date) -> int:
        """Return the last day on which a session that was lost on a day can be made up."""
        within = self.phase.within
        return FAR if within is None else within.after(lost).toordinal()

    # What a long gap means

    @property
    def _last_day(self) -> date | None:
        """The day of the last session that took place, as far as is known."""
        days = [day for _, _, day in self.rest.unrecorded]
        return max([*days, *filter(None, [self.standing.last])], default=None)

    def _is_out_of_reach(self, visit: Visit) -> bool:
        """Whether nothing moves a visit: a person chose its time, or it waits on hold."""
        held = self.rest.held_from
        waits = held is not None and visit.day.toordinal() >= held
        return waits or visit.key in self.rest.chosen

    def _day_of(self, place: datetime) -> date:
        """Return the day on which the session of a place stands, as far as that is known by now."""
        return self.rest.stood.get(place.date(), place.date())

    def _begin_again(self) -> None:
        """Open every slot once more: from here on the phase begins again."""
        self.standing, self.passed, self.called_off = Standing(), frozenset(), frozenset()
        self.early, self.given_up, self.behind = (), [], 0
        self.asked = None if self.asked is None else self._asked()
        self.begins = len(self.found)

    def _due(self) -> date | None:
        """Return the day on which a session was due and none took place; None where none is known."""
        return min(self.standing.lost, default=None)

    def _nearest_day(self, day: int) -> int:
        """Return the first day from a day on, and from the soonest, on which a session can stand."""
        first = max(day, self.rest.soonest)
        days = (d for d in range(first, first + A_YEAR) if self.rest.allowed(d, self.minutes))
        return next(days, first)

    # Numbers

    def _numbered(self) -> tuple[Target, ...]:
        """Number the sessions of each run in the order of their targets, after what has happened."""
        before = len(self.rest.standing.done) + len(self.rest.unrecorded)
        cut = len(self.found) if self.begins is None else self.begins
        first, again = self.found[:cut], self.found[cut:]
        whole = before + len(first) if self.begins is None else self.asked
        behind = self.rest.standing.behind + self.rest.back
        runs = ((first, before, whole, behind), (again, 0, len(again), 0))
        return tuple(
            target._replace(
                number=number, step=number - back, of=None if self.asked is None else of
            )
            for found, start, of, back in runs
            for number, target in enumerate(sorted(found, key=lambda t: t.moment), start + 1)
        )
