"""What holds around the sessions at a moment, and whether a symptom is within what is usual."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar, Literal

from pydantic import AwareDatetime

from mesoplan.plan.plan import Plan
from mesoplan.plan.visit import Visit
from mesoplan.protocol.care import Advice, Effect, RedFlag, Urgency
from mesoplan.protocol.protocol import Protocol
from mesoplan.values.base import Model
from mesoplan.values.errors import Fault, PlanError, did_you_mean, nearest, shown
from mesoplan.values.given import given, given_aware
from mesoplan.values.kinds import Line, Slug, Text

_TAKES_PLACE = frozenset({"planned", "tentative", "attended"})
_UNEXPLAINED = "No session explains it."


class Holding(Model):
    """A piece of advice that holds now: since when, until when, and because of which session."""

    refusal: ClassVar[type[PlanError]] = PlanError

    advice: Advice
    """What holds."""
    session: Line
    """The key of the latest session whose window it is."""
    since: AwareDatetime
    """The first moment at which it holds."""
    until: AwareDatetime | None = None
    """The first moment at which it no longer holds; None while the protocol names no end."""

    def __str__(self) -> str:
        """Say it on one line."""
        end = "" if self.until is None else f" until {self.until:%a %Y-%m-%d %H:%M}"
        return f"{self.advice.title}{end} ({self.session})"


class Assessment(Model):
    """Whether a symptom is within what is usual, and what to do. It is no diagnosis."""

    refusal: ClassVar[type[PlanError]] = PlanError

    symptom: Slug
    """The id of the effect or red flag that was asked about."""
    title: Line
    """What it is called."""
    verdict: Literal["usual", "longer", "unexplained", "red-flag"]
    """`unexplained`: it began before any session, or too late after the last one."""
    urgency: Urgency
    """What to do: nothing, call the clinic, or seek medical help at once."""
    session: Line | None = None
    """The key of the session that it followed."""
    usual_until: AwareDatetime | None = None
    """Until when it is usual; None where that cannot be said."""
    text: Text
    """What it means and what to do, in the protocol's words."""

    def __str__(self) -> str:
        """Say it on one line."""
        return f"{self.title}: {_VERDICTS[self.verdict]}{_URGENCIES[self.urgency]} {self.text}"


_VERDICTS = {
    "usual": "within what is usual.",
    "longer": "longer than usual.",
    "unexplained": "not explained by a session.",
    "red-flag": "a red flag.",
}
_URGENCIES = {"none": "", "call": " Call the clinic.", "urgent": " Seek medical help now."}


def advice_at(plan: Plan, moment: datetime) -> tuple[Holding, ...]:
    """Return the advice that holds at an aware moment, in the protocol's order.

    A session counts unless it was missed or cancelled. Where the windows of several sessions overlap,
    a piece of advice holds until the last of them ends. Raises PlanError for a naive moment.
    """
    given(plan, Plan, "plan")
    return holding_at(plan.course.protocol, plan.sessions, moment)


def holding_at(
    protocol: Protocol, sessions: Iterable[Visit], moment: datetime
) -> tuple[Holding, ...]:
    """Return the advice of a protocol that holds around these sessions at an aware moment."""
    given_aware(moment=moment)
    held = [visit for visit in sessions if visit.status in _TAKES_PLACE]
    found = (_holding(advice, held, moment.astimezone(UTC)) for advice in protocol.advice)
    return tuple(holding for holding in found if holding is not None)


def _holding(advice: Advice, sessions: list[Visit], moment: datetime) -> Holding | None:
    spans = [(*advice.span(visit.start, visit.end), visit.key) for visit in sessions]
    # Comparing with UTC makes Python compare instants, not clocks on the wall.
    now = [span for span in spans if span[0] <= moment and (span[1] is None or moment < span[1])]
    if not now:
        return None
    ends = [until.astimezone(UTC) for _, until, _ in now if until is not None]
    latest = max(now, key=lambda span: span[0].astimezone(UTC))
    zone = latest[0].tzinfo
    return Holding(
        advice=advice,
        session=latest[2],
        since=min(since.astimezone(UTC) for since, _, _ in now).astimezone(zone),
        until=max(ends).astimezone(zone) if ends else None,
    )


def assess(plan: Plan, symptom: str, *, since: datetime, at: datetime) -> Assessment:
    """Say whether a symptom that began at `since` is, at `at`, within what is usual; no diagnosis.

    `symptom` is the id of an expected effect or a red flag; a red flag is one at any time. Raises
    PlanError for a symptom that the protocol does not know, with the known ones, for a naive moment,
    and for one that begins after it is asked about.
    """
    given(plan, Plan, "plan")
    given(symptom, str, "symptom")
    return assessed(plan.course.protocol, plan.sessions, symptom, since=since, at=at)


def assessed(
    protocol: Protocol,
    sessions: Iterable[Visit],
    symptom: str,
    *,
    since: datetime,
    at: datetime,
) -> Assessment:
    """Judge a symptom by a protocol and the sessions before it."""
    given_aware(since=since, at=at)
    if at.astimezone(UTC) < since.astimezone(UTC):
        raise PlanError(
            Fault("since", f"lies after at ({at})", str(since), "say when it began", code="not-yet")
        )
    found = _symptom(protocol, symptom)
    before = _last_before(sessions, since.astimezone(UTC))
    return (
        _flagged(found, before) if isinstance(found, RedFlag) else _judged(found, before, since, at)
    )


def _symptom(protocol: Protocol, name: str) -> Effect | RedFlag:
    symptoms: tuple[Effect | RedFlag, ...] = (*protocol.effects, *protocol.red_flags)
    known = {part.id: part for part in symptoms}
    if name not in known:
        meant = nearest(name, known)
        every = f"known: {', '.join(known) or 'none'}"
        remedy = f"{did_you_mean(meant)} {every}" if meant else every
        raise PlanError(
            Fault("symptom", "is not known", shown(name), remedy, code="unknown-symptom"),
            subject=protocol.id,
        )
    return known[name]


def _last_before(sessions: Iterable[Visit], moment: datetime) -> Visit | None:
    begun = (v for v in sessions if v.status in _TAKES_PLACE and v.start <= moment)
    return max(begun, key=lambda visit: visit.start.astimezone(UTC), default=None)


def _flagged(flag: RedFlag, session: Visit | None) -> Assessment:
    return Assessment(
        symptom=flag.id,
        title=flag.title,
        verdict="red-flag",
        urgency=flag.urgency,
        session=None if session is None else session.key,
        text=flag.text,
    )


def _judged(effect: Effect, session: Visit | None, since: datetime, at: datetime) -> Assessment:
    urgency = effect.urgency(since, at)
    verdict: Literal["usual", "longer", "unexplained"] = "longer" if urgency != "none" else "usual"
    text = effect.text if verdict == "usual" else effect.if_longer
    explained = session is not None and effect.explained(since, session.end)
    if not explained:
        verdict, text = "unexplained", _UNEXPLAINED
        urgency = "urgent" if urgency == "urgent" else "call"
    return Assessment(
        symptom=effect.id,
        title=effect.title,
        verdict=verdict,
        urgency=urgency,
        session=session.key if session is not None and explained else None,
        usual_until=effect.usual_until(since) if explained else None,
        text=text,
    )
