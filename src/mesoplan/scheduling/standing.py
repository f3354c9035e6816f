"""What of a phase has happened and what is owed: the fold of the decisions about it (M7).

Laying sees only this, never the log. A run is the stretch of a phase from its beginning, or from where
it was begun again after a long gap; slots are the numbers in the keys of its sessions.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple, assert_never

from mesoplan.plan.entries import Decision, Entry, Origin


class Owed(NamedTuple):
    """A session that was lost and is made up."""

    target: date
    day: date
    """The day on which it was lost."""
    soon: bool
    """Whether on the nearest possible day, else on the next free place."""


class TooMany(NamedTuple):
    """The no-shows that stop a course."""

    in_a_row: int
    since: date
    """The day from which on the course is stopped."""


_NOTHING: Mapping[int, Owed] = {}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a phase stands."""

    done: frozenset[int] = frozenset()
    """The slots of the run whose sessions count."""
    given_up: frozenset[int] = frozenset()
    """The slots of the run that are not made up."""
    owed: Mapping[int, Owed] = field(default_factory=lambda: _NOTHING)
    """The slots of the run that were lost and are made up."""
    used: tuple[date, ...] = ()
    """The places of the rhythm that are used up, since it was last counted from elsewhere."""
    added: int = 0
    """Sessions that were agreed on beside those of the protocol."""
    lost: tuple[date, ...] = ()
    """The targets since the last session on which none took place: missed, called off, or on hold."""
    behind: int = 0
    """By how many the step of a session of the run is less than its number, as steps were repeated."""
    counts_from: Origin | None = None
    """Where the rhythm counts from, once a session has settled it."""
    last: date | None = None
    """The day of the last session that took place since a fact has begun the phase, if one did."""
    opened: date | None = None
    """The day from which on a phase as needed was begun the last time."""
    begun: date | None = None
    """The first day of the run, where the phase began again, or was begun by a fact."""
    renewed: bool = False
    """Whether an earlier phase began again on that day, and this one with it."""
    ended: date | None = None
    """The day on which the phase was ended early."""

    no_shows: tuple[date, ...] = ()
    """The days of those in a row, since the last session that took place."""
    stops: TooMany | None = None
    """The no-shows that have stopped the course."""

    def is_over(self, day: int) -> bool:
        """Whether the phase was ended by a day."""
        return self.ended is not None and day >= self.ended.toordinal()

    def is_before(self, day: date) -> bool:
        """Whether a day lies before the run that a fact has begun."""
        return self.opened is not None and day < self.opened

    def is_after(self, day: date) -> bool:
        """Whether a session took place after a day, or the phase began again."""
        latest = _later(self.last, self.begun)
        return latest is not None and latest > day

    def after(self, decision: Decision) -> "Standing":
        """Return the standing once a decision is taken."""
        used, lost = tuple(self._used_after(decision)), tuple(self._lost_after(decision))
        counts_from = decision.counts_from or self.counts_from
        standing = replace(self, used=used, lost=lost, counts_from=counts_from)
        slot = decision.slot or 0
        match decision.what:
            case "done":
                owed = {number: lost for number, lost in self.owed.items() if number != slot}
                done = self.done | {slot}
                last = _later(self.last, decision.day)
                behind = self.behind + decision.back
                standing = replace(standing, done=done, owed=owed, behind=behind, last=last)
                return replace(standing, no_shows=())
            case "begun-again":
                return replace(
                    standing,
                    done=frozenset({slot}),
                    given_up=frozenset(),
                    owed=_NOTHING,
                    behind=0,
                    last=_later(self.last, decision.day),
                    begun=decision.day,
                    no_shows=(),
                )
            case "begun" | "renewed":
                return self._in_a_new_run(decision)
            case "made-up" | "made-up-soon":
                assert decision.target is not None
                assert decision.day is not None
                is_soon = decision.what == "made-up-soon"
                one = Owed(decision.target, decision.day, is_soon)
                return replace(standing, owed={**self.owed, slot: one})
            case "given-up":
                return replace(standing, given_up=self.given_up | {slot})
            case "added":
                return replace(standing, added=self.added + decision.sessions)
            case "ended":
                return replace(standing, ended=decision.day)
            case "no-show":
                return self._after_a_no_show(decision)
            case "moved-on":
                return standing
            case _:
                assert_never(decision.what)

    def _in_a_new_run(self, decision: Decision) -> "Standing":
        """Return the standing in the run of a phase as needed, or in one begun with an earlier phase."""
        day = decision.day
        assert day is not None
        if decision.what == "renewed":
            return self.renewed_on(day)
        return Standing(opened=day, begun=day, stops=self.stops)

    def renewed_on(self, day: date) -> "Standing":
        """Return the standing once an earlier phase, or this one as such, begins again on a day."""
        return Standing(
            owed={slot: lost for slot, lost in self.owed.items() if lost.target >= day},
            used=tuple(place for place in self.used if place >= day),
            lost=tuple(target for target in self.lost if target >= day),
            begun=day,
            renewed=True,
            ended=self.ended,
            stops=self.stops,
        )

    def _after_a_no_show(self, decision: Decision) -> "Standing":
        """Return the standing once more in a row; too many stop the course behind the last of them."""
        assert decision.day is not None
        if self.stops is not None:
            return self
        row = (*self.no_shows, decision.day)
        if len(row) < decision.sessions:
            return replace(self, no_shows=row)
        return replace(self, stops=TooMany(len(row), max(row) + timedelta(days=1)))

    def _lost_after(self, decision: Decision) -> Iterator[date]:
        """Yield the targets on which none took place since the last session, once a decision is taken."""
        took_place = decision.what in {"done", "begun-again"}
        for target in self.lost:
            if not took_place or decision.day is None or target > decision.day:
                yield target
        if decision.target is not None and not took_place:
            yield decision.target

    def _used_after(self, decision: Decision) -> Iterator[date]:
        """Yield the places of the rhythm that are used up once a decision is taken."""
        if decision.what == "begun-again":
            return
        for place in self.used:
            moves = decision.what == "moved-on" and decision.target and place >= decision.target
            yield place + timedelta(days=decision.shift) if moves else place
        if decision.target is not None and decision.what != "moved-on":
            yield decision.target


def standing_of(phase: str, entries: Iterable[Entry]) -> Standing:
    """Return where a phase stands after the entries of a plan."""
    standing = Standing()
    for entry in entries:
        for decision in entry.decided:
            if decision.phase == phase:
                standing = standing.after(decision)
    return standing


def _later(one: date | None, other: date | None) -> date | None:
    return max(filter(None, (one, other)), default=None)
