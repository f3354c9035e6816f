"""How a course was kept up to a day: what took place, how late, what is left."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import ClassVar

from mesoplan.plan.intervals import counting
from mesoplan.plan.visit import Visit
from mesoplan.values.base import Model
from mesoplan.values.english import count, say_day
from mesoplan.values.errors import PlanError
from mesoplan.values.kinds import Day


class Adherence(Model):
    """How a course was kept up to a day, that day included. Sessions at the clinic count.

    Printed it is one sentence. Delays and gaps are in days. What is tentative is not counted on, and a
    phase without an end has no sessions left.
    """

    refusal: ClassVar[type[PlanError]] = PlanError

    on: Day
    """Up to which day, itself included."""
    attended: int
    """How many sessions took place."""
    missed: int
    """How many sessions the person did not come to."""
    unrecorded: int
    """Planned up to that day, and nothing is recorded of them yet."""
    on_time: int
    """Attended inside their window, or on their target where the protocol gives none."""
    mean_delay: float | None
    """Mean of the days by which those attended came after their target; early ones count as 0."""
    longest_gap: int | None
    """Most days without a session: between two attended ones or, while some are left, since the last."""
    left: int
    """Planned after that day, in phases that end."""
    projected_end: Day | None
    """The day of the last session that is left, or where none is, of the last one attended."""

    @property
    def rate(self) -> float | None:
        """The share of attended sessions among those with an outcome; None before the first."""
        known = self.attended + self.missed
        return self.attended / known if known else None

    def __str__(self) -> str:
        """Say it in one sentence."""
        said = f"By {say_day(self.on)}: {count(self.attended, 'session')} attended"
        if self.mean_delay is not None:
            said += f" ({self.on_time} on time, {self.mean_delay:.1f} days late on average)"
        said += f", {self.missed} missed"
        if self.unrecorded:
            said += f", {self.unrecorded} not recorded"
        if self.longest_gap is not None:
            said += f"; longest gap {count(self.longest_gap, 'day')}"
        return f"{said}; {self._ahead()}"

    def _ahead(self) -> str:
        if self.projected_end is None:
            return "none left"
        if not self.left:
            return f"none left, the last was on {say_day(self.projected_end)}"
        return f"{self.left} left, the last on {say_day(self.projected_end)}"


def adherence(visits: Sequence[Visit], on: date) -> Adherence:
    """Say how a course was kept up to a day, given the visits of its latest plan."""
    sessions = [visit for visit in counting(visits) if visit.status != "tentative"]
    so_far = [visit for visit in sessions if visit.day <= on]
    attended = [visit for visit in so_far if visit.status == "attended"]
    left = [visit for visit in sessions if visit.day > on and visit.of is not None]
    lost = [visit for visit in visits if visit.kind == "session" and visit.status == "missed"]
    end = [*attended, *left][-1:]
    return Adherence(
        on=on,
        attended=len(attended),
        missed=sum(visit.day <= on and visit.place == "clinic" for visit in lost),
        unrecorded=len(so_far) - len(attended),
        on_time=sum(map(_on_time, attended)),
        mean_delay=_mean([max((visit.day - visit.target).days, 0) for visit in attended]),
        longest_gap=_longest_gap(attended, on if left else None),
        left=len(left),
        projected_end=end[0].day if end else None,
    )


def _on_time(visit: Visit) -> bool:
    has_window = visit.earliest is not None or visit.latest is not None
    return visit.inside_window if has_window else visit.day == visit.target


def _mean(values: Sequence[int]) -> float | None:
    return sum(values) / len(values) if values else None


def _longest_gap(attended: Sequence[Visit], on: date | None) -> int | None:
    days = [visit.day for visit in attended]
    if days and on is not None:
        days.append(on)
    return max(((later - day).days for day, later in pairwise(days)), default=None)
