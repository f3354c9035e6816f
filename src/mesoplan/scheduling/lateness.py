"""How late the next session of a phase comes, and by how many steps that takes it back (M4).

A tier looks at the day on which a session was due, however it came that it stands later: missed, closed,
away, on hold. So it is judged once all sessions have their days.
"""

from datetime import date
from typing import NamedTuple

from mesoplan.protocol.phase import Phase
from mesoplan.scheduling.setting import Session, Sessions, Setting


class StepBack(NamedTuple):
    """A session that comes so late that it takes an earlier step again."""

    key: str
    back: int
    """By how many steps it lies behind its turn."""


def lateness(setting: Setting, sessions: Sessions) -> dict[str, StepBack]:
    """Return the next session of each phase that comes so late, by the phase."""
    found: dict[str, StepBack] = {}
    for phase in setting.history.course.protocol.phases:
        coming = [one for one in sessions.coming if one.phase.id == phase.id and not one.waits]
        if not phase.steps_back or not coming:
            continue
        following = min(coming, key=lambda one: (one.day, one.target.moment))
        back = _back(phase, following, sessions)
        if back:
            found[phase.id] = StepBack(following.key, back)
    return found


def _back(phase: Phase, following: Session, sessions: Sessions) -> int:
    """Return by how many steps the next session of a phase lies behind its turn."""
    outlook = sessions.outlooks[phase.id]
    past = [visit.day for visit in sessions.past if visit.phase == phase.id]
    due = min(outlook.due or date.max, date.fromordinal(following.target_day))
    if not past or max(past) >= due or outlook.begins is not None:
        return 0
    taken = following.target.step - 1
    return phase.tier(due, date.fromordinal(following.day)).back(taken)
