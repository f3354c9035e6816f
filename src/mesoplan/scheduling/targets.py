"""A session that is still to come, and what is left of its phase.

`rest` lays what is left of a phase on the places of its rhythm; here is what it returns.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain, islice
from typing import NamedTuple

from mesoplan.plan.entries import Origin
from mesoplan.protocol.phase import Phase
from mesoplan.scheduling.rhythm import places
from mesoplan.values.period import MonthEnd, Period


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
    step: int = 0
    """Which of the phase's `steps` it takes; its number, unless steps were repeated."""
    status: str = "planned"
    not_before: int = 1
    """No day before this ordinal: a lost session is made up after the day on which it was lost."""
    counts_on: bool = False
    """Whether its target counts from where the session before it stands (a chain)."""
    made_up_by: int | None = None
    """The last day for one that is made up on the nearest possible day; None for any other."""

    @property
    def day(self) -> int:
        """The target's day as an ordinal."""
        return self.moment.toordinal()


@dataclass(frozen=True, slots=True)
class Outlook:
    """The rest of a phase."""

    targets: tuple[Target, ...] = ()
    early: tuple[Target, ...] = ()
    """Those that lie before the day on which the person joins; they are left out."""
    given_up: tuple[str, ...] = ()
    """The keys, announced or not, for which no place is left."""
    unasked: tuple[str, ...] = ()
    """The keys that the phase no longer asks for, and that stand as a person chose their time."""
    begins: str | None = None
    """The key with which the phase begins again."""
    due: date | None = None
    """The first day since the last session on which one was due, where a tier looks at that."""
    asked: int | None = None
    """How many sessions the phase has in all; None while it is open-ended."""

    def without(self, unplaced: Mapping[str, str]) -> "Outlook":
        """Return the outlook once sessions that found no day in time are given up.

        `unplaced` are their keys, each with the one under which it was last planned.
        """
        gone = [target for target in self.targets if target.key in unplaced]
        kept = (target for target in self.targets if target.key not in unplaced)
        targets = tuple(
            target._replace(
                number=target.number - (less := sum(each.number < target.number for each in gone)),
                step=target.step - less,
                of=None if target.of is None else target.of - len(gone),
            )
            for target in kept
        )
        given_up = (*self.given_up, *(unplaced[target.key] for target in gone))
        return replace(self, targets=targets, given_up=given_up)


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


def begun_on(phase: Phase, moment: datetime) -> Origin:
    """Return the rhythm of which the first place is a day: a phase that begins again there."""
    if not phase.at:
        return Origin(moment=moment)
    return Origin(moment=moment, shift=(moment - phase.at[0].after(moment)).days)


def minutes_of_session(phase: Phase, step: int) -> int:
    """Return how long a person stays for the n-th step, observation included, in minutes."""
    duration = phase.step(step).duration or phase.duration
    return minutes_of(duration) + minutes_of(phase.observation)


def minutes_of(period: Period) -> int:
    """Return a duration in minutes."""
    return period.minutes + 24 * 60 * period.days
