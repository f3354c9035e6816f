"""When a piece of advice no longer holds, as small visits to write beside a session's entry."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from mesoplan.ground.errors import CalendarError, Fault, closest, shown
from mesoplan.ground.language import Language
from mesoplan.plan.plan import Plan
from mesoplan.protocol.care import Advice
from mesoplan.scheduling.visit import Status, Visit

_LENGTH = timedelta(minutes=15)  # many calendars do not draw what lasts no time
_LOST: dict[Status, Status] = {"missed": "cancelled"}


def endings(
    plan: Plan, visits: Sequence[Visit], names: Sequence[str], language: Language
) -> Iterator[Visit]:
    """Yield a small visit where each named piece of advice ends after each of these sessions.

    Its key follows from the session's, and so does its UID; it moves and is called off with the
    session. Raises CalendarError for advice that the protocol has not, or that has no end.
    """
    asked = [_ending(plan, name) for name in names]
    for visit in visits:
        if visit.kind == "session":
            yield from (_visit(visit, advice, language) for advice in asked)


def said(advice: Advice, language: Language) -> str:
    """Say that a piece of advice no longer holds."""
    found = language.endings.get(advice.title)
    return found or language.word("over", title=language.text(advice.title))


def _ending(plan: Plan, name: str) -> Advice:
    known = {advice.id: advice for advice in plan.course.protocol.advice}
    if name not in known:
        what = "is no advice of the protocol"
        raise CalendarError(Fault("endings", what, shown(name), closest(name, known)))
    if known[name].until is None:
        raise CalendarError(Fault("endings", "is advice without an end", name, "leave it out"))
    return known[name]


def _visit(session: Visit, advice: Advice, language: Language) -> Visit:
    _, end = advice.span(session.start, session.end)
    assert end is not None
    return Visit(
        key=f"{session.key} {advice.id}",
        kind="session",
        title=said(advice, language),
        target=end.date(),
        start=end,
        end=end + _LENGTH,
        status=_LOST.get(session.status, session.status),
        revision=session.revision,
        stamp=session.stamp,
    )
