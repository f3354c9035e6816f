"""Why a visit stands where it stands: a code with its data, from which the sentence is made."""

from datetime import time as LocalTime  # noqa: N812 - a time of day
from typing import ClassVar, Literal, NamedTuple

from mesoplan.values.base import Model
from mesoplan.values.english import count
from mesoplan.values.errors import PlanError
from mesoplan.values.kinds import Day, Line, Text
from mesoplan.values.period import Period

ReasonCode = Literal[
    # where it stands
    "on-target",
    "joined",
    "joined-after",
    # what became of it
    "attended",
    "missed",
    "cancelled",
    "moved",
    "unrecorded",
    "on-hold",
    "not-planned",
    # what keeps it from its target
    "closed",
    "away",
    "held",
    "too-short",
    "passed",
    "lost",
    "announced",
    "interval",
    "spacing",
    "weekday",
    "gives-way",
    # what keeps it from its time
    "day-full",
    "outside-hours",
    "taken",
    # what a release before the codes has written
    "told",
]
"""What a reason says; each code is explained in `MEANINGS`."""


class Meaning(NamedTuple):
    """What a code says to a developer, and the English sentence that is made from the fields."""

    meaning: str
    sentence: str


_MOVED_OFF = "target {target} %s; placed on {day}, {distance}{window}"

MEANINGS: dict[ReasonCode, Meaning] = {
    "on-target": Meaning("it stands on its target", "on its target {target}"),
    "joined": Meaning(
        "it takes place directly before a session, so that the person comes once",
        "directly before {other}, so that the person comes once{away}",
    ),
    "joined-after": Meaning(
        "it takes place directly after a session, so that the person comes once",
        "directly after {other}, so that the person comes once{away}",
    ),
    "attended": Meaning("it took place", "took place on {day}, {distance}"),
    "missed": Meaning("the person did not come", "missed; its target was {target}"),
    "cancelled": Meaning("it was called off", "cancelled; its target was {target}"),
    "moved": Meaning("the person chose its time", "moved to {day} by the person, {distance}"),
    "unrecorded": Meaning(
        "its time has passed and nothing is recorded of it",
        "stood on {day}; nothing is recorded of it yet",
    ),
    "on-hold": Meaning(
        "a medical hold is open; it waits for the end", "on hold since {target}; it stood on {day}"
    ),
    "not-planned": Meaning(
        "it is no longer planned", "no longer planned{because}; it stood on {day}"
    ),
    "closed": Meaning(
        "its target is a closed day; the cause names the closure, holiday or weekday",
        _MOVED_OFF % "is closed ({cause})",
    ),
    "away": Meaning(
        "the person cannot come on its target", _MOVED_OFF % "is a day that the person is away"
    ),
    "held": Meaning("its target lies in a medical hold", _MOVED_OFF % "is on hold"),
    "too-short": Meaning(
        "no opening time of its target is long enough", _MOVED_OFF % "has too short opening hours"
    ),
    "passed": Meaning("its target has passed", _MOVED_OFF % "has passed"),
    "lost": Meaning(
        "it makes up for a visit that was lost on its target or after it",
        _MOVED_OFF % "was that of the lost visit",
    ),
    "announced": Meaning(
        "what was announced is still possible and stays",
        _MOVED_OFF % "is possible, and what was announced is as well",
    ),
    "interval": Meaning(
        "its target is too close to another session of its treatment",
        _MOVED_OFF % "is less than {interval} from {other}",
    ),
    "spacing": Meaning(
        "its target is too close to a session of another treatment",
        _MOVED_OFF % "is less than {interval} from {other}",
    ),
    "weekday": Meaning(
        "its target is no preferred weekday", _MOVED_OFF % "is no preferred weekday"
    ),
    "gives-way": Meaning(
        "it gives way so that all visits together stand better",
        _MOVED_OFF % "gives way to another visit",
    ),
    "day-full": Meaning(
        "the day has no room left at any time", "the day has no room left at {wished}"
    ),
    "outside-hours": Meaning(
        "its time lies outside the opening hours",
        "{wished} is outside opening hours; placed at {time}",
    ),
    "taken": Meaning("its time is taken", "{wished} is taken; placed at {time}"),
    "told": Meaning("a sentence that an earlier release has written", "{cause}"),
}
"""Every code, with what it means and how it is said in English."""


class Reason(Model):
    """Why a visit stands where it stands: a code, and the days, names and times that belong to it.

    Printed it is an English sentence. Other languages, calendars and pages are made from the fields.

    >>> from datetime import date
    >>> print(Reason(code="closed", target=date(2027, 1, 1), cause="Sunday", day=date(2027, 1, 2)))
    target 2027-01-01 is closed (Sunday); placed on 2027-01-02, 1 day later
    """

    refusal: ClassVar[type[PlanError]] = PlanError

    code: ReasonCode
    """What it says, for software."""
    target: Day | None = None
    """The day that the protocol asked for."""
    day: Day | None = None
    """The day on which the visit stands, stood or took place."""
    cause: Text | None = None
    """The name of what is in the way: a holiday, a closure's reason, a weekday."""
    other: Line | None = None
    """The key of another visit that it depends on."""
    interval: Period | None = None
    """The interval that would not be kept."""
    inside: bool | None = None
    """Whether the day lies inside the window; None where the protocol gives none."""
    wished: LocalTime | None = None
    """The time of day that was wished for."""
    time: LocalTime | None = None
    """The time of day that it got instead."""

    def __str__(self) -> str:
        """Say it in one English sentence."""
        return MEANINGS[self.code].sentence.format(
            target=self.target,
            day=self.day,
            cause=self.cause,
            other=self.other,
            interval=self.interval and self.interval.words,
            distance=self._distance,
            away=f", {self._distance}" if self.day != self.target else "",
            because=f" ({self.cause})" if self.cause else "",
            window=_WINDOWS[self.inside],
            wished=self.wished and f"{self.wished:%H:%M}",
            time=self.time and f"{self.time:%H:%M}",
        )

    @property
    def _distance(self) -> str:
        """How far the day lies from the target, in words."""
        days = (self.day - self.target).days if self.day and self.target else 0
        if not days:
            return "on its target"
        return f"{count(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"


_WINDOWS = {True: ", inside the window", False: ", outside the window", None: ""}
