"""The sessions of one phase that are still to come, on the places of its rhythm (M2 to M4).

The idea: a rhythm lays places on the calendar, and what is left of the phase takes them. Nothing here
knows what happened except through the standing, and nothing knows where a session will finally stand.

What holds:

- A session that was announced keeps its place while the rhythm counts from where it did, so that one
  that is lost, or can no longer stand, goes to the end of the series and moves no other.
- A place is passed over where its session could stand only so late that the next one would leave its
  window or come below the minimum: a day late is a finding, a week late in a weekly course is another
  week. So no absence makes anything rush, however it is told.
- Where the gap before a place is longer than the phase allows, the phase begins again there.
- As many sessions are laid as are owed: the protocol's number and what was added, less what is done and
  what was given up.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, islice, takewhile
from typing import NamedTuple, NoReturn

from mesoplan.plan.entries import Origin
from mesoplan.plan.visit import Visit
from mesoplan.protocol.phase import MOST_SESSIONS, Phase
from mesoplan.protocol.visit_key import VisitKey
from mesoplan.scheduling.days import FARTHEST
from mesoplan.scheduling.rhythm import counted, places
from mesoplan.scheduling.standing import Standing
from mesoplan.values.errors import CourseError, Fault, PlanError
from mesoplan.values.period import MonthEnd, Period, reach

Allowed = Callable[[int, int], bool]
"""Whether a session of so many minutes can stand on a day, as far as fixed visits and days tell."""

_A_YEAR = 366


class Target(NamedTuple):
    """A session that is still to come, and the moment at which its phase asks for it.

    Moments are naive local time.
    """

    key: str
    phase: Phase
    moment: datetime
    number: int = 0
    """Which session of the run it is, in the order of targets."""
    of: int | None = None
    status: str = "planned"
    not_before: int = 1
    """No day before this ordinal: a lost session is made up after the day on which it was lost."""
    counts_on: bool = False
    """Whether its target counts from where the session before it stands (a chain)."""

    @property
    def day(self) -> int:
        """The target's day as an ordinal."""
        return self.moment.toordinal()


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
    chosen: Mapping[str, int]
    """The days of sessions whose time a person chose, by key."""
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
    tentative: bool
    held_from: int | None = None
    """The first day of a hold that is open, or None."""
    ends_before: int | None = None
    """The first day of a phase that begins whatever becomes of this one; no make-up reaches it."""
    begun_with: str | None = None
    """The key with which the phase has begun again without a record."""
    begins: date = date.min
    """The day on which the person joins; what lies before it is left out."""
    moments: tuple[datetime, ...] = ()
    """For a phase at each session of another: where these stand."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The rest of a phase."""

    targets: tuple[Target, ...] = ()
    early: tuple[Target, ...] = ()
    """Those that lie before the day on which the person joins; they are left out."""
    given_up: tuple[str, ...] = ()
    """The keys, announced or not, for which no place is left."""
    begins: str | None = None
    """The key with which the phase begins again."""
    asked: int | None = None
    """How many sessions the phase has in all; None while it is open-ended."""


def lay_rest(rest: Rest) -> Outlook:
    """Lay what is left of a phase.

    Raises CourseError where that leads beyond the year 9999, or to too many sessions.
    """
    if rest.standing.ended is not None:
        return Outlook()
    try:
        return _Laying(rest).run()
    except (OverflowError, ValueError) as error:
        if isinstance(error, CourseError | PlanError):
            raise
        what = "leads beyond the year 9999"
        raise CourseError(
            Fault("start", what, str(rest.first.date()), code="beyond-the-calendar")
        ) from None


def places_from(
    phase: Phase, origin: Origin, month_end: MonthEnd, moments: tuple[datetime, ...] = ()
) -> Iterator[datetime]:
    """Yield the places of a rhythm that counts from an origin; of each session, one a moment."""
    if phase.each_of_another:
        found: Iterator[datetime] = (
            origin.offset.after(moment, month_end=month_end) for moment in moments
        )
    else:
        found = places(phase, origin.moment, origin.offset, month_end)
    rest = islice(found, origin.skip, None) if origin.skip else found
    shift = timedelta(days=origin.shift)
    moved = (place + shift for place in rest) if shift else rest
    return chain(origin.before, moved) if origin.before else moved


class _Laying:
    """One phase while its rest is laid; a run that begins again opens every slot once more."""

    def __init__(self, rest: Rest) -> None:
        self.rest, self.phase, self.standing = rest, rest.phase, rest.standing
        self.minutes = minutes_of_session(rest.phase, 0)
        """How long one of its sessions usually takes."""
        self.asked = None if self.phase.is_open else self._asked()
        self.attempts = dict(rest.attempts)
        self.announced = dict(rest.announced)  # less what is laid: a new run has keys of its own
        self.passed = frozenset(slot for slot, _, _ in rest.unrecorded)
        self.early = tuple(self._before_the_person_joins())
        self.found: list[Target] = []
        self.given_up: list[int] = []
        self.begins: int | None = None

    def run(self) -> Outlook:
        if self.phase.at or self.phase.each_of_another:
            self._at_its_places()
        elif self.phase.is_chain:
            self._along_the_chain()
        else:
            self._on_the_grid()
        early = [target for target in self.found if target.moment.date() < self.rest.begins]
        late = [
            Target(str(VisitKey(self.phase.id, n)), self.phase, at)
            for n, at in enumerate(self.early, 1)
        ]
        self.found = (
            [target for target in self.found if target not in early] if early else self.found
        )
        begins = self.rest.begun_with
        if self.begins is not None:
            begins = self.found[self.begins].key
        return Outlook(
            targets=self._numbered(),
            early=(*late, *early),
            given_up=tuple(self._last_key(slot) for slot in sorted(self.given_up)),
            begins=begins,
            asked=self.asked,
        )

    def _asked(self) -> int:
        """Return how many sessions the phase has in all, the added ones included."""
        rest = self.rest
        fresh = places_from(self.phase, Origin(moment=rest.first), rest.month_end, rest.moments)
        own = len(counted(self.phase, fresh, rest.so_far, rest.horizon))
        if own > MOST_SESSIONS:
            self._refuse_so_many()
        return own + rest.standing.added

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
        return self.standing.done | self.standing.given_up | self.passed | frozenset(early)

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

        What is out keeps its order. What was lost in this run comes behind it, and what was added last.
        """
        closed = self._closed
        if self.asked is None:
            out = {slot for slot in self.attempts if self._out(slot)}
            slots = list((out | set(self.standing.owed)) - closed)
        else:
            slots = [slot for slot in range(1, self.asked + 1) if slot not in closed]
            del slots[max(self.asked - len(closed), 0) :]
        return sorted(slots, key=self._in_line)

    def _in_line(self, slot: int) -> tuple[bool, date, int, bool, int]:
        visit, is_owed = self._out(slot), slot in self.standing.owed
        first, number = (date.min, 0) if visit is None else (visit.target, visit.number or 0)
        is_new = visit is None and bool(self.rest.announced)
        return is_new, first, number, is_owed != is_new, slot

    def _new_slot(self) -> int:
        return max([*self.attempts, *self._closed, *self.standing.owed], default=0) + 1

    def _lay(self, slot: int, place: datetime, *, counts_on: bool = False) -> None:
        if len(self.found) >= MOST_SESSIONS:
            self._refuse_so_many()
        lost, key = self.standing.owed.get(slot), self._visit_key(slot)
        target = Target(
            key=str(key),
            phase=self.phase,
            moment=place,
            status="tentative" if self.rest.tentative else "planned",
            not_before=1 if lost is None else lost[1].toordinal() + 1,
            counts_on=counts_on,
        )
        self.found.append(target)
        self.attempts[slot] = max(self.attempts.get(slot, 0), key.attempt)
        self.announced.pop(target.key, None)

    # On a grid

    def _on_the_grid(self) -> None:
        """Walk along the places: whoever holds one keeps it, the others take what is free."""
        waiting, held = self._line_up()
        last, reached, due = self._last_day, None, self._due()
        released = 0  # those in front of the line, in the order in which they lost their places
        for place, following in self._fresh_places():
            reached = self._in_reach(place, reached)
            for day in [day for day in held if day < place.date()]:
                off = held.pop(day)  # announced where no place is now
                waiting[released:released] = off
                released += len(off)
            self._give_up_late(waiting, place)
            beyond = self.asked is not None or place > self.rest.horizon
            if beyond and not (waiting or held):
                break
            slot = next(iter(held.get(place.date(), ())), None)
            if slot is not None:
                held[place.date()].remove(slot)
                held = {day: slots for day, slots in held.items() if slots}
            if not self._can_take(slot, place, following):
                if slot is not None:
                    waiting.insert(released, slot)
                    released += 1
                continue
            if self._is_too_long(last, place) or self._is_too_late(due, place):
                waiting, held = self._begin_again()
                slot = next(iter(held.pop(place.date(), ())), None)
            taker = slot if slot is not None else self._next(waiting, place, held)
            released -= slot is None and taker is not None and released > 0
            if taker is not None:
                self._lay(taker, place)
                last, reached, due = place.date(), place, None
        self.given_up += [slot for slots in (*held.values(), waiting) for slot in slots]

    def _in_reach(self, place: datetime, reached: datetime | None) -> datetime:
        """Return the last place that was taken, or the first; refuse to look on for ten years."""
        begun = reached or place
        if place.toordinal() > max(begun.toordinal(), self.rest.soonest) + FARTHEST:
            what = f"has no possible day for {self.phase.id} in the ten years from {begun.date()}"
            raise PlanError(
                Fault(
                    "clinic",
                    what,
                    remedy="look at its hours, closures and days away",
                    code="no-possible-day",
                )
            )
        return begun

    def _line_up(self) -> tuple[list[int], dict[date, list[int]]]:
        """Return the sessions that wait for a place, and those that hold the place of a day."""
        waiting, held = [], dict[date, list[int]]()
        for slot in self._open_slots():
            visit = self._out(slot) if self.rest.is_kept else None
            if visit is None:
                waiting.append(slot)
            else:
                held.setdefault(visit.target, []).append(slot)
        return waiting, held

    @property
    def _last_day(self) -> date | None:
        """The day of the last session that took place, as far as is known."""
        days = [day for _, _, day in self.rest.unrecorded]
        return max([*days, *filter(None, [self.standing.last])], default=None)

    def _fresh_places(self) -> Iterator[tuple[datetime, datetime]]:
        """Yield the places that are not used up, each with the next one on another day.

        What is not made up has no places but its own.
        """
        rest = self.rest
        used = Counter(rest.standing.used)
        used.update(target for _, target, _ in rest.unrecorded)
        own = self.asked is not None and not self.phase.makes_up
        left = self.asked - len(self._closed) if own and self.asked is not None else -1
        found = places_from(self.phase, rest.origin, rest.month_end)
        for place, following in _with_next(found):
            if self.early and place.date() < rest.begins:
                continue
            if used and used[place.date()] > 0:
                used[place.date()] -= 1
                continue
            if left == 0:
                return
            left -= 1
            yield place, following

    def _can_take(self, slot: int | None, place: datetime, following: datetime) -> bool:
        """Whether a session can take a place without making the next one rush."""
        rest = self.rest
        visit = None if slot is None else self._out(slot)
        if self.phase.place == "home" or (visit is not None and self._is_out_of_reach(visit)):
            return True
        if visit is not None and rest.allowed(visit.day.toordinal(), visit.minutes):
            return True
        if visit is None and place.toordinal() < rest.soonest:
            return False
        return self._can_stand(place.toordinal(), following.toordinal())

    def _is_out_of_reach(self, visit: Visit) -> bool:
        """Whether nothing moves a visit: a person chose its time, or it waits on hold."""
        held = self.rest.held_from
        waits = held is not None and visit.day.toordinal() >= held
        return waits or visit.key in self.rest.chosen

    def _can_stand(self, place: int, following: int) -> bool:
        """Whether a day near a place leaves the next session in its window and above the minimum."""
        rest, minutes = self.rest, self.minutes
        if following <= place or (place >= rest.soonest and rest.allowed(place, minutes)):
            return True
        low, _ = window_days(self.phase, place, following)
        start, latest = window_days(self.phase, following, following + following - place)
        days = range(max(low, rest.soonest), following)
        day = next((day for day in days if rest.allowed(day, minutes)), None)
        if day is None:
            return False
        least = max(day + 1, reach(day, self.phase.minimum, rest.month_end))
        return least <= max(latest, self._next_stands(start, latest, minutes))

    def _next_stands(self, start: int, latest: int, minutes: int) -> int:
        """Return where the next session stands by itself, its window or not: it makes nobody rush."""
        days = range(max(start, self.rest.soonest), latest + _A_YEAR)
        return next((day for day in days if self.rest.allowed(day, minutes)), latest)

    def _is_too_long(self, last: date | None, place: datetime) -> bool:
        longest = self.phase.restart_after
        return longest is not None and last is not None and place.date() > longest.after(last)

    def _due(self) -> date | None:
        """Return the place on which the next session was due, where one has taken place."""
        if not self.phase.tiers or self.standing.last is None:
            return None
        used = [*self.standing.used, *(target for _, target, _ in self.rest.unrecorded)]
        latest = max(used, default=date.min)
        found = (place.date() for place, _ in self._fresh_places())
        return next((place for place in found if place > latest), None)

    def _is_too_late(self, due: date | None, place: datetime) -> bool:
        """Whether a tier begins the phase again when the next session comes so late."""
        return due is not None and self.phase.tier(due, place.date()) == "restart"

    def _begin_again(self) -> tuple[list[int], dict[date, list[int]]]:
        """Open every slot once more: from here on the phase begins again."""
        self.standing, self.passed, self.early = Standing(), frozenset(), ()
        self.begins = len(self.found)
        waiting, held = self._line_up()
        return sorted(waiting), held

    def _next(
        self, waiting: list[int], place: datetime, held: Mapping[date, list[int]]
    ) -> int | None:
        """Take the next session in line that may go to a free place; an added one stands last."""
        for slot in waiting:
            if held and not self._is_moved(slot) and max(held) >= place.date():
                continue
            waiting.remove(slot)
            return slot
        return self._new_slot() if self.asked is None and not held else None

    def _is_moved(self, slot: int) -> bool:
        """Whether a session that waits has lost its place, and is not one that was added."""
        return slot in self.standing.owed or self._out(slot) is not None

    def _give_up_late(self, waiting: list[int], place: datetime) -> None:
        """Drop what lost its place once a phase begins that does not wait for this one."""
        ends = self.rest.ends_before
        if ends is None or place.toordinal() < ends:
            return
        for slot in [slot for slot in waiting if self._is_moved(slot)]:
            waiting.remove(slot)
            self.given_up.append(slot)

    # Where each place has its meaning

    def _at_its_places(self) -> None:
        """Lay an explicit list, or one session at each of another phase: each slot has its place."""
        found = places_from(self.phase, self.rest.origin, self.rest.month_end, self.rest.moments)
        for slot, place in enumerate(islice(found, self.asked), 1):
            if slot not in self._closed:
                self._lay(slot, place)

    # Each from the one before

    def _along_the_chain(self) -> None:
        """Lay a chain: each target counts from where the session before stands; what is owed is next."""
        rest, every = self.rest, self.phase.every
        assert every is not None
        found = places_from(self.phase, rest.origin, rest.month_end)
        place = next(p for p in found if not self.early or p.date() >= rest.begins)
        for _, _, day in rest.unrecorded:
            passed = datetime.combine(day, place.time())
            place = max(place, every.after(passed, month_end=rest.month_end))
        if self._is_too_long(self._last_day, self._nearest(place)):
            self._begin_again()
        slots = self._in_a_chain()
        while slots or (self.asked is None and place <= rest.horizon):
            slot = slots.pop(0) if slots else self._new_slot()
            before = bool(self.found) and self.found[-1].moment.date() >= rest.begins
            self._lay(slot, place, counts_on=before)
            place = every.after(place, month_end=rest.month_end)

    def _in_a_chain(self) -> list[int]:
        """Return the open slots as they can stand; what was lost is owed where it was lost.

        Before a session whose time a person chose, another comes only where it can stand before it.
        """
        slots = self._open_slots()
        stands = {
            slot: self._stands(visit) for slot in slots if (visit := self._out(slot)) is not None
        }
        chosen = {slot for slot in stands if self._key(slot) in self.rest.chosen}
        line = sorted(stands, key=lambda slot: (stands[slot], slot))
        lost = {slot: day.toordinal() for slot, (day, _) in self.standing.owed.items()}
        last = date.max.toordinal()
        for slot in sorted(slots, key=lambda slot: (lost.get(slot, last), slot)):
            if slot in stands:
                continue
            day = lost.get(slot, last)
            first = day if day == last else self._nearest_day(day)
            before = [
                index
                for index, other in enumerate(line, 1)
                if other not in stands
                or (stands[other], other) < (day, slot)
                or (other in chosen and stands[other] < first)
            ]
            line.insert(max(before, default=0), slot)
        return line

    def _stands(self, visit: Visit) -> int:
        """Return the day on which a visit that is out stands, or the next one on which it can."""
        day = self.rest.chosen.get(visit.key, visit.day.toordinal())
        return day if self._is_out_of_reach(visit) else self._nearest_day(day)

    def _nearest_day(self, day: int) -> int:
        """Return the first day from a day on, and from the soonest, on which a session can stand."""
        minutes, first = minutes_of_session(self.phase, 0), max(day, self.rest.soonest)
        days = (d for d in range(first, first + _A_YEAR) if self.rest.allowed(d, minutes))
        return next(days, first)

    def _nearest(self, place: datetime) -> datetime:
        """Return the nearest day on which a session can stand, from a place on."""
        day = date.fromordinal(self._nearest_day(place.toordinal()))
        return datetime.combine(day, place.time())

    # Numbers

    def _numbered(self) -> tuple[Target, ...]:
        """Number the sessions of each run in the order of their targets, after what has happened."""
        before = len(self.rest.standing.done) + len(self.rest.unrecorded)
        cut = len(self.found) if self.begins is None else self.begins
        first, again = self.found[:cut], self.found[cut:]
        whole = before + len(first) if self.begins is None else self.asked
        runs = ((first, before, whole), (again, 0, len(again)))
        return tuple(
            target._replace(number=number, of=None if self.asked is None else of)
            for found, start, of in runs
            for number, target in enumerate(sorted(found, key=lambda t: t.moment), start + 1)
        )


def _with_next(found: Iterator[datetime]) -> Iterator[tuple[datetime, datetime]]:
    """Yield each place of a rhythm without end with the next one on another day."""
    ahead = [next(found)]
    while True:
        place = ahead[0]
        while ahead[-1].date() == place.date():
            ahead.append(next(found))
        yield place, ahead[-1]
        ahead.pop(0)


def window_days(phase: Phase, place: int, following: int) -> tuple[int, int]:
    """Return the first and last day around a place; without a window up to the day before the next."""
    if phase.window is None:
        return place, max(following - 1, place)
    return phase.window.days(place)


def minutes_of_session(phase: Phase, number: int) -> int:
    """Return how long a person stays for the n-th session, observation included, in minutes."""
    duration = phase.step(number).duration or phase.duration
    return minutes_of(duration) + minutes_of(phase.observation)


def minutes_of(period: Period) -> int:
    """Return a duration in minutes."""
    return period.minutes + 24 * 60 * period.days
