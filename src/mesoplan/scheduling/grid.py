"""A phase on a grid: its sessions take the places of a rhythm that does not move (M4)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import islice

from mesoplan.plan.entries import Origin
from mesoplan.plan.visit import Visit
from mesoplan.protocol.phase import Phase
from mesoplan.scheduling.days import FARTHEST
from mesoplan.scheduling.laying import A_YEAR, Laying
from mesoplan.scheduling.targets import places_from
from mesoplan.values.errors import Fault, PlanError
from mesoplan.values.period import reach


class Grid(Laying):
    """One phase on a grid while its rest is laid."""

    run_from: datetime | None = None
    """Where a run counts from that has just begun."""

    def _take_places(self) -> None:
        """Walk along the places: whoever holds one keeps it, the others take what is free."""
        waiting, held = self._line_up()
        last, reached = self._last_day, None
        due = self._due() if self.standing.last is not None else None
        released = 0  # those in front of the line, in the order in which they lost their places
        for place, following in self._places_of_each_run():
            reached = self._in_reach(place, reached)
            off = [slot for day in sorted(held) if day < place.date() for slot in held.pop(day)]
            waiting[released:released] = off  # announced where no place is now
            released += len(off)
            self._give_up_late(waiting, place)
            beyond = self.asked is not None or place > self.rest.horizon
            if not held and (self._is_over(place) or (beyond and not waiting)):
                break
            slot = _first_of(held, place.date())
            again = self.phase.begins_again(last, due, self._day_of(place))
            visit = self._announced_for(place) if again else self._visit(slot)
            if not self._can_take(visit, place, following):
                if self._is_made_up_soon(slot, place):
                    self._make_up(slot or self._next(waiting, place, held), place)
                elif slot is not None:
                    waiting.insert(released, slot)
                    released += 1
                continue
            if again:
                self._begin_again()
                self.run_from = datetime.combine(self._day_of(place), place.time())
                waiting, held = self._line_up(place)
                waiting.sort()
                slot = _first_of(held, place.date())
            taker = slot if slot is not None else self._next(waiting, place, held)
            if again and taker is None and held:
                taker = _first_of(held, min(held))  # a new run begins here, whoever is its first
            released -= slot is None and taker is not None and released > 0
            if taker is not None:
                self._lay(taker, place)
                last, reached, due = self._day_of(place), None, None
        self._give_up(slot for slots in (*held.values(), waiting) for slot in slots)

    def _in_reach(self, place: datetime, reached: datetime | None) -> datetime:
        """Return the first place that nobody could take since one was taken; refuse ten years of them."""
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

    def _line_up(self, since: datetime | None = None) -> tuple[list[int], dict[date, list[int]]]:
        """Return the sessions that wait for a place, and those that hold the place of a day.

        Who was announced for a place beyond those that the phase has, from `since` on, waits for one of them.
        """
        waiting, held = [], dict[date, list[int]]()
        last = self._last_place(since)
        for slot in self._open_slots():
            is_kept = self.rest.is_kept and not self._is_more(slot)
            visit = self._out(slot) if is_kept else None
            owed = self.standing.owed.get(slot)
            if owed is not None and owed.soon:
                self._make_up(slot, datetime.combine(owed.target, self.rest.first.time()))
            elif visit is None or (visit.target > last and not self._is_out_of_reach(visit)):
                waiting.append(slot)
            else:
                held.setdefault(visit.target, []).append(slot)
        return waiting, held

    def _last_place(self, since: datetime | None) -> date:
        """Return the day of the last place of its own, from a place on; the end of time where it takes others."""
        if self._left is None:
            return date.max
        places = (place for place, _ in self._fresh_places() if since is None or place >= since)
        return max((place.date() for place in islice(places, self._left)), default=date.min)

    @property
    def _left(self) -> int | None:
        """How many places of its own the phase still has; None where it may take others.

        What is not made up, and what is made up in its span, has no places but its own.
        """
        own = self.phase.after_loss() == "skip" or self.phase.until is not None
        return self._own_places if own and self.asked is not None else None

    @property
    def _own_places(self) -> int:
        assert self.asked is not None
        owed = len(self.standing.owed) if self.phase.until is not None else 0
        return max(self.asked - len(self._closed) - owed, 0)

    def _fresh_places(self) -> Iterator[tuple[datetime, datetime]]:
        """Yield the places that are not used up, each with the next one on another day."""
        rest = self.rest
        used = Counter(rest.standing.used)
        used.update(target for _, target, _ in rest.unrecorded)
        found = places_from(self.phase, rest.origin, rest.month_end)
        begun = rest.begins if self.early else rest.standing.begun or date.min
        for place, following in _with_next(found):
            if place.date() < begun:
                continue
            if used and used[place.date()] > 0:
                used[place.date()] -= 1
                continue
            yield place, following

    def _places_of_each_run(self) -> Iterator[tuple[datetime, datetime]]:
        """Yield the places on which the phase goes on; those of a new run count from where it begins."""
        found, left = self._fresh_places(), self._left
        while left != 0:
            yield next(found)
            left = None if left is None else left - 1
            if self.run_from is not None:
                origin = Origin(moment=self.run_from, skip=1)
                self.run_from = None
                left = None if left is None or self.asked is None else self.asked - 1
                found = _with_next(places_from(self.phase, origin, self.rest.month_end))

    def _visit(self, slot: int | None) -> Visit | None:
        """Return the visit of a slot that is out."""
        return None if slot is None else self._out(slot)

    def _announced_for(self, place: datetime) -> Visit | None:
        """Return the visit that is out for a place, of whichever run."""
        found = (visit for visit in self.announced.values() if visit.target == place.date())
        return next(found, None) if self.rest.is_kept else None

    def _can_take(self, visit: Visit | None, place: datetime, following: datetime) -> bool:
        """Whether a session can take a place without making the next one rush."""
        rest = self.rest
        if self.phase.place == "home" or (visit is not None and self._is_out_of_reach(visit)):
            return True
        if visit is not None and rest.stays(visit):
            return True
        if visit is None and place.toordinal() < rest.soonest:
            return False
        return self._can_stand(place.toordinal(), following.toordinal())

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
        days = range(max(start, self.rest.soonest), latest + A_YEAR)
        return next((day for day in days if self.rest.allowed(day, minutes)), latest)

    def _due(self) -> date | None:
        """Return the place on which the next session was due, where a tier looks at that."""
        if not self.phase.tiers:
            return None
        taken = set(self.standing.used) - set(self.standing.lost)
        taken |= {target for _, target, _ in self.rest.unrecorded}
        latest = max(taken, default=date.min)
        found = (place.date() for place, _ in self._fresh_places())
        due = next((place for place in found if place > latest), None)
        return min([*self.standing.lost, *filter(None, [due])], default=None)

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
        """Drop what lost its place once it is too late for it.

        That is when a phase begins that does not wait for this one, or `within` is over.
        """
        ends, day = self.rest.ends_before, place.toordinal()
        if self.phase.within is None and (ends is None or day < ends):
            return
        for slot in list(waiting):
            begun = ends is not None and day >= ends and self._is_moved(slot)
            if begun or day > self._made_up_by(slot):
                waiting.remove(slot)
                self._give_up([slot])

    # What is made up soon

    def _is_made_up_soon(self, slot: int | None, place: datetime) -> bool:
        """Whether a session that cannot take its place is made up on the nearest possible day.

        A phase without an end loses no session where it never had one.
        """
        is_counted = self.asked is not None and place.toordinal() >= self.rest.soonest
        return (slot is not None or is_counted) and self.phase.after_loss() == "soon"

    def _make_up(self, slot: int | None, lost: datetime) -> None:
        """Lay a session that has lost its place on it all the same: the nearest day decides."""
        if slot is None:
            return
        last = self._within(lost.date())
        if self.rest.ends_before is not None:
            last = min(last, self.rest.ends_before - 1)
        if self.phase.until is not None:
            behind, _ = next(islice(self._fresh_places(), self._own_places, None))
            last = min(last, behind.toordinal() - 1)
        self._lay(slot, lost, by=last)


def _first_of(held: dict[date, list[int]], day: date) -> int | None:
    """Take the first session that holds a place of a day, or None."""
    slots = held.pop(day, [])
    if len(slots) > 1:
        held[day] = slots[1:]
    return slots[0] if slots else None


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
