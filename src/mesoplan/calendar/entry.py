"""One visit as a calendar entry (VEVENT), and the small entries that say when advice ends.

icalendar writes every property. What many entries share is written once; writing it again for each
takes most of the time.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from uuid import UUID, uuid5

from icalendar import Event, vDatetime, vInt, vText

from mesoplan.calendar.lines import Lines, PlainText, inside, line, lines_of
from mesoplan.calendar.wording import Wording
from mesoplan.languages.language import Language
from mesoplan.plan.plan import Plan
from mesoplan.plan.visit import Status, Visit
from mesoplan.protocol.care import Advice
from mesoplan.values.errors import CalendarError, Fault, closest, shown
from mesoplan.values.given import given

_LENGTH = timedelta(minutes=15)  # many calendars do not draw what lasts no time
_LOST: dict[Status, Status] = {"missed": "cancelled"}
_VISITS = UUID("5b0cb21a-6f0b-5f55-9d3e-6b1f4c8f2a77")  # ours for good: every UID follows from it


def uid_of(course_id: str, key: str) -> str:
    """Return the UID of a visit, which follows from its course's id and its key and nothing else.

    It stays the same through every move, rename and release, so that calendars update the entry that
    they have. It is a bare UUID, which tells nothing by itself, as RFC 7986, 5.3 asks. Whoever can
    guess a course's id can guess its UIDs, so give courses a UUID.

    >>> uid_of("course-1042", "induction-6")
    'fe01c46c-9482-5bfb-9bab-fc9da7764487'
    """
    given(course_id, str, "course_id", CalendarError)
    given(key, str, "key", CalendarError)
    return str(uuid5(_VISITS, f"{course_id} {key}"))  # an id holds no space


_SHELL = lines_of(Event())


def _shown(status: str, transparency: str, busy: str) -> Lines:
    return (
        line("STATUS", vText(status)),
        line("TRANSP", vText(transparency)),
        line("X-MICROSOFT-CDO-BUSYSTATUS", vText(busy)),
    )


_CERTAIN = _shown("CONFIRMED", "OPAQUE", "BUSY")
_VOID = _shown("CANCELLED", "TRANSPARENT", "FREE")
_BESIDE = _shown("CONFIRMED", "TRANSPARENT", "FREE")
_SHOWN: dict[Status, Lines] = {
    "planned": _CERTAIN,
    "tentative": _shown("TENTATIVE", "OPAQUE", "TENTATIVE"),
    "on_hold": _shown("TENTATIVE", "TRANSPARENT", "FREE"),  # it will move when the hold ends
    "attended": _CERTAIN,
    "missed": _VOID,  # nothing took place and the time is free, which no other STATUS says
    "cancelled": _VOID,
}


def entry(visit: Visit, wording: Wording, zone: tzinfo, shared: Lines, alarms: Lines) -> Lines:
    """Write a visit's entry, with times in `zone`, or in UTC if the clock shows one of them twice.

    `shared` are the properties that all entries have; `alarms` are for visits still to take place,
    since some calendars ring at once for what is past.
    """
    own = _own(visit, wording, zone, wording.description(visit))
    reminders = alarms if visit.upcoming else ()
    return inside(_SHELL, (own, _SHOWN[visit.status], shared, reminders))


def side_entry(ending: Visit, wording: Wording, zone: tzinfo) -> Lines:
    """Write an entry that takes no time and reminds nobody: that advice no longer holds."""
    told = ending.status in {"cancelled", "on_hold"}
    shown = _SHOWN[ending.status] if told else _BESIDE
    return inside(_SHELL, (_own(ending, wording, zone), shown))


def _own(visit: Visit, wording: Wording, zone: tzinfo, described: str = "") -> Lines:
    start, end = _times(visit, zone)
    description = (line("DESCRIPTION", PlainText(described)),) if described else ()
    return (
        line("UID", vText(uid_of(wording.plan.course.id, visit.key))),
        line("SUMMARY", PlainText(wording.summary(visit))),
        line("DTSTART", vDatetime(start)),
        line("DTEND", vDatetime(end)),
        *description,
        *_revision(visit.revision, visit.stamp),
    )


@lru_cache(maxsize=256)
def _revision(number: int, stamp: datetime) -> Lines:
    moment = vDatetime(stamp.astimezone(UTC))
    return (
        line("SEQUENCE", vInt(number)),
        line("DTSTAMP", moment),
        line("LAST-MODIFIED", moment),
    )


def _times(visit: Visit, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return start and end in `zone`, or in UTC if the clock shows one of them twice.

    RFC 5545, 3.3.5 takes the first of two such times, but ical.js and libical take the second.
    """
    start, end = visit.start.astimezone(zone), visit.end.astimezone(zone)
    if _twice(start) or _twice(end):
        return start.astimezone(UTC), end.astimezone(UTC)
    return start, end


def _twice(moment: datetime) -> bool:
    return _offset(moment, 0) != _offset(moment, 1)


def _offset(moment: datetime, fold: int) -> timedelta | None:
    return moment.replace(fold=fold).utcoffset()


def endings(
    plan: Plan, visits: Sequence[Visit], names: Sequence[str], language: Language
) -> Iterator[Visit]:
    """Yield a small visit where each named piece of advice ends after each of these sessions.

    Its key follows from the session's, and so does its UID; it moves and is called off with the
    session. Raises CalendarError for advice that is not in the protocol, or that has no end.
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
        raise CalendarError(
            Fault("endings", what, shown(name), closest(name, known), code="unknown-advice")
        )
    if known[name].until is None:
        raise CalendarError(
            Fault(
                "endings",
                "is advice without an end",
                name,
                "leave it out",
                code="advice-without-end",
            )
        )
    return known[name]


def _visit(session: Visit, advice: Advice, language: Language) -> Visit:
    _, end = advice.span(session.start, session.end)
    assert end is not None
    return Visit(
        key=f"{session.key} {advice.id}",
        kind="session",
        name=said(advice, language),
        target=end.date(),
        start=end,
        end=end + _LENGTH,
        status=_LOST.get(session.status, session.status),
        revision=session.revision,
        stamp=session.stamp,
    )
