"""A phase in a chain: each of its sessions counts from where the one before stands (M4)."""

from datetime import date, datetime

from mesoplan.scheduling.laying import Laying
from mesoplan.scheduling.targets import places_from


class Chain(Laying):
    """One phase in a chain while its rest is laid."""

    def _take_places(self) -> None:
        """Lay a chain: each target counts from where the session before stands; what is owed is next."""
        rest, every = self.rest, self.phase.every
        assert every is not None
        found = places_from(self.phase, rest.origin, rest.month_end)
        place = next(p for p in found if not self.early or p.date() >= rest.begins)
        begun = rest.origin.moment.date()
        passed = [day for _, _, day in rest.unrecorded if day >= begun]
        if passed:
            last = datetime.combine(max(passed), place.time())
            place = every.after(last, month_end=rest.month_end)
        slots = self._in_a_chain()
        owes = bool(slots) or self.asked is None
        due = min(self._due() or date.max, place.date()) if self.standing.last else None
        if owes and self.phase.begins_again(self._last_day, due, self._day_of(place)):
            self._begin_again()
            slots = self._in_a_chain()
        while slots or (self.asked is None and place <= rest.horizon and not self._is_over(place)):
            slot = slots.pop(0) if slots else self._new_slot()
            if self._is_too_late_to_make_up(slot):
                self.given_up.append(slot)
                is_first = not self.found and self.standing.owed[slot].target == place.date()
                place = every.after(place, month_end=rest.month_end) if is_first else place
                continue
            before = bool(self.found) and self.found[-1].moment.date() >= rest.begins
            self._lay(slot, place, counts_on=before)
            place = every.after(place, month_end=rest.month_end)

    def _is_too_late_to_make_up(self, slot: int) -> bool:
        """Whether a session that was lost, and is not announced again, has no day in time."""
        owed = self.standing.owed.get(slot)
        if owed is None or self._out(slot) is not None:
            return False
        return self._nearest_day(owed.day.toordinal() + 1) > self._made_up_by(slot)

    def _in_a_chain(self) -> list[int]:
        """Return the open slots in the order in which they stand; what is new comes last."""
        return sorted(self._open_slots(), key=lambda slot: (self._stands(slot), slot))

    def _stands(self, slot: int) -> date:
        """Return the day on which a session stands; one that was lost is owed where it was lost."""
        owed = self.standing.owed.get(slot)
        lost = date.max if owed is None else owed.target
        return self.rest.stands.get(self._key(slot), lost)

    def _day_of(self, place: datetime) -> date:
        """Return where the session of a place stands; the nearest possible day, where that is not known."""
        nearest = date.fromordinal(self._nearest_day(place.toordinal()))
        return self.rest.stood.get(place.date(), nearest)
