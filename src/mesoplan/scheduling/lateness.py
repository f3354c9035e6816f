"""How late the next session of a phase comes, and what that means for what is laid (M4).

A tier looks at the day on which a session was due, however it came that it stands later: missed, closed,
away, on hold. So it is judged once all sessions have their days.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from mesoplan.protocol.phase import Phase
from mesoplan.protocol.phase_parts import Tier
from mesoplan.protocol.structure import begun_again
from mesoplan.scheduling.setting import Session, Sessions, Setting


class StepBack(NamedTuple):
    """A session that comes so late that it takes an earlier step again."""

    key: str
    back: int
    """By how many steps it lies behind its turn."""


class Renewal(NamedTuple):
    """An earlier phase begins again, as a session comes so late."""

    phases: tuple[Phase, ...]
    """That phase, and those that follow it up to the one that comes late."""
    day: date
    """The day on which the late session could stand."""


class Lateness(NamedTuple):
    """What comes so late that it means something."""

    steps: Mapping[str, StepBack]
    """The next session of each phase that takes an earlier step again."""
    renewal: Renewal | None


Stood = Mapping[date, date]
"""The days on which sessions stand, by their places, where these differ."""


def announced_elsewhere(setting: Setting) -> dict[str, Stood]:
    """Return where sessions were announced, or a person chose, away from their places."""
    history, found = setting.history, dict[str, list[tuple[date, date]]]()
    may = {phase.id for phase in history.course.protocol.phases if phase.may_begin_again}
    for visit in sorted(history.shown.visits.values(), key=lambda visit: visit.start):
        if visit.phase not in may or setting.out(visit.key) is None or visit.status == "on_hold":
            continue
        at = history.fixed.get(visit.key, visit.start).date()
        found.setdefault(visit.phase, []).append((visit.target, at))
    return _elsewhere(found)


def stood_elsewhere(sessions: Sessions) -> dict[str, Stood]:
    """Return where the sessions stand that have left their places, by the phases that may begin again."""
    found: dict[str, list[tuple[date, date]]] = {}
    for one in sorted(sessions.coming, key=lambda one: one.day):
        if one.phase.may_begin_again and not one.waits:
            stands = (one.target.moment.date(), date.fromordinal(one.day))
            found.setdefault(one.phase.id, []).append(stands)
    return _elsewhere(found)


def _elsewhere(stands: Mapping[str, Sequence[tuple[date, date]]]) -> dict[str, Stood]:
    """Return the days that differ from their places, of places and days in the order of the days.

    One that others have passed by is left out: it has changed its turn, and no gap lies before it.
    """
    found: dict[str, Stood] = {}
    for phase, pairs in stands.items():
        days: dict[date, date] = {}
        latest = date.min
        for place, day in pairs:
            if place >= latest and place != day:
                days.setdefault(place, day)
            latest = max(latest, place)
        if days:
            found[phase] = days
    return found


def lateness(setting: Setting, sessions: Sessions) -> Lateness:
    """Return what the lateness of the next session of each phase means."""
    phases = setting.history.course.protocol.phases
    steps: dict[str, StepBack] = {}
    renewals = list[Renewal]()
    for phase, following in _next_of_each(setting, sessions):
        tier = _tier(phase, following, sessions)
        if tier.phase is None:
            back = tier.back(following.target.step - 1)
            if back and _goes_on(following, [phase], sessions):
                steps[phase.id] = StepBack(following.key, back)
        else:
            run = begun_again(phases, tier.phase, phase)
            ended = any(setting.history.standing(each.id).ended for each in run)
            is_free = following.fixed is None and not ended  # what a person decided stands
            if is_free and _goes_on(following, run, sessions):
                renewals.append(Renewal(tuple(run), date.fromordinal(following.day)))
    first = min(renewals, key=lambda renewal: renewal.day, default=None)
    return Lateness(steps, first)


def _next_of_each(setting: Setting, sessions: Sessions) -> Iterator[tuple[Phase, Session]]:
    """Yield each phase whose tiers look at what is laid, with its next session."""
    for phase in setting.history.course.protocol.phases:
        coming = [one for one in sessions.coming if one.phase.id == phase.id and not one.waits]
        looks = phase.steps_back or any(tier.phase for tier in phase.tiers)
        if looks and coming and sessions.outlooks[phase.id].begins is None:
            yield phase, min(coming, key=lambda one: (one.day, one.target.moment))


def _tier(phase: Phase, following: Session, sessions: Sessions) -> Tier:
    """Return what the lateness of the next session of a phase means."""
    return phase.tier(_due(following, sessions), date.fromordinal(following.day))


def _due(following: Session, sessions: Sessions) -> date:
    due = sessions.outlooks[following.phase.id].due
    return min(due or date.max, date.fromordinal(following.target_day))


def _goes_on(following: Session, phases: list[Phase], sessions: Sessions) -> bool:
    """Whether sessions of some phases took place before one was due, and none since."""
    names = {phase.id for phase in phases}
    past = [visit.day for visit in sessions.past if visit.phase in names]
    return bool(past) and max(past) < _due(following, sessions)
