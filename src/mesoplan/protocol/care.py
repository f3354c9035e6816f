"""Care around the sessions: advice with its window, expected effects, red flags.

Hours are hours that pass ("24 hours after the session" are never 23, also in the night when clocks
change); days, weeks and months end at the same local time of day.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from mesoplan.protocol.source import Cited
from mesoplan.values.errors import Fault, ProtocolError
from mesoplan.values.kinds import Line, Slug, Text
from mesoplan.values.period import Forward, Length, Period

Urgency = Literal["none", "call", "urgent"]
"""Nothing to do, call the clinic, or seek medical help at once."""


class Advice(Cited):
    """What to do or to leave around each session, and for how long.

    The window runs from `since` (included) to `until` (excluded), counted from the start or the end
    of a session; both may be negative. Without `until` it stays open. Raises ProtocolError.

    >>> from datetime import datetime
    >>> washing = Advice(id="no-washing", kind="avoid", title="No washing", until="PT24H")
    >>> start, end = (datetime(2026, 12, 1, 17, minute, tzinfo=UTC) for minute in (0, 30))
    >>> print(washing.span(start, end)[1])
    2026-12-02 17:30:00+00:00
    """

    id: Slug
    """Its name in the protocol."""
    kind: Literal["prepare", "avoid", "do"]
    """Get ready before, leave, or do."""
    title: Line
    """What to do or to leave, on one line."""
    text: Text | None = None
    """What exactly, and why."""
    counts_from: Literal["start", "end"] = "end"
    """Whether its window counts from the start or the end of a session."""
    since: Period = Period("P0D")
    """From when on it holds; negative before the session."""
    until: Period | None = None
    """Until when it holds, that moment excluded; default without an end."""
    notes: Text | None = None
    """Remarks for whoever gives it."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            id: str,  # noqa: A002 - the field's name
            kind: Literal["prepare", "avoid", "do"],
            title: str,
            text: str | None = None,
            counts_from: Literal["start", "end"] = "end",
            since: Period | str = "P0D",
            until: Period | str | None = None,
            notes: str | None = None,
            basis: Mapping[str, str] = ...,
        ) -> None: ...

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Advice":
        if self.until is not None and self.until.length <= self.since.length:
            raise ProtocolError(
                Fault(
                    "until",
                    f"does not lie after since ({self.since})",
                    str(self.until),
                    code="ends-before-it-begins",
                )
            )
        return self

    def span(self, start: datetime, end: datetime) -> tuple[datetime, datetime | None]:
        """Return its window around a session that lasts from `start` to `end`, both aware."""
        origin = start if self.counts_from == "start" else end
        last = None if self.until is None else _reach(origin, self.until)
        return _reach(origin, self.since), last


class Effect(Cited):
    """An effect to expect after a session, and how long it usually lasts.

    It lasts `usual_min` to `usual_max`. Longer than that means call the clinic, longer than
    `urgent_after` seek help at once. One that begins later than `onset` after a session is not
    explained by it. Raises ProtocolError.
    """

    id: Slug
    """The name by which it is asked for."""
    title: Line
    """What is felt or seen, on one line."""
    text: Text
    """What it is and what helps."""
    onset: Length | None = None
    """How long after a session it begins at the latest; None where it may begin at any time."""
    usual_min: Length | None = None
    """How long it usually lasts at least."""
    usual_max: Forward
    """How long it usually lasts at most; longer means call the clinic."""
    urgent_after: Length | None = None
    """Longer than this means seek medical help at once."""
    if_longer: Text
    """What to do when it lasts longer."""
    notes: Text | None = None
    """Remarks for whoever is asked about it."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            id: str,  # noqa: A002 - the field's name
            title: str,
            text: str,
            onset: Period | str | None = None,
            usual_min: Period | str | None = None,
            usual_max: Period | str,
            urgent_after: Period | str | None = None,
            if_longer: str,
            notes: str | None = None,
            basis: Mapping[str, str] = ...,
        ) -> None: ...

    @model_validator(mode="after")
    def _in_order(self) -> "Effect":
        low, high, urgent = self.usual_min, self.usual_max, self.urgent_after
        faults = []
        if low is not None and low.length > high.length:
            faults.append(
                Fault(
                    "usual_min",
                    f"is longer than usual_max ({high})",
                    str(low),
                    code="least-over-most",
                )
            )
        if urgent is not None and urgent.length < high.length:
            faults.append(
                Fault(
                    "urgent_after",
                    f"is shorter than usual_max ({high})",
                    str(urgent),
                    code="urgent-while-usual",
                )
            )
        if faults:
            raise ProtocolError(*faults)
        return self

    @property
    def usual(self) -> str:
        """How long it usually lasts, in words."""
        if self.usual_min is None or self.usual_min == self.usual_max:
            return f"up to {self.usual_max.words}"
        return f"{self.usual_min.words} to {self.usual_max.words}"

    def usual_until(self, since: datetime) -> datetime:
        """Return the aware moment until which it is usual, for one that began at `since`."""
        return _reach(since, self.usual_max)

    def explained(self, since: datetime, session_end: datetime) -> bool:
        """Say whether one that began at `since` can come from a session that ended then."""
        return self.onset is None or not _passed(session_end, self.onset, since)

    def urgency(self, since: datetime, at: datetime) -> Urgency:
        """Say what to do at a moment about one that began at `since`, both aware."""
        if self.urgent_after is not None and _passed(since, self.urgent_after, at):
            return "urgent"
        return "call" if _passed(since, self.usual_max, at) else "none"


class RedFlag(Cited):
    """A sign that is never waited for: call the clinic, or seek medical help at once."""

    id: Slug
    """The name by which it is asked for."""
    title: Line
    """The sign, on one line."""
    text: Text
    """What it may mean and what to do."""
    urgency: Literal["call", "urgent"]
    """Call the clinic, or seek medical help at once."""
    notes: Text | None = None
    """Remarks for whoever is asked about it."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            id: str,  # noqa: A002 - the field's name
            title: str,
            text: str,
            urgency: Literal["call", "urgent"],
            notes: str | None = None,
            basis: Mapping[str, str] = ...,
        ) -> None: ...


def _instant(moment: datetime) -> datetime:
    return moment.astimezone(UTC)  # moments of one zone would be compared by the clock on the wall


def _passed(origin: datetime, period: Period, moment: datetime) -> bool:
    return _instant(_reach(origin, period)) < _instant(moment)


def _reach(origin: datetime, period: Period) -> datetime:
    days = Period(months=period.months, days=period.days).after(origin)
    return (_instant(days) + timedelta(minutes=period.minutes)).astimezone(origin.tzinfo)
