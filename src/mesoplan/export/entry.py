"""One visit as a calendar entry: a VEVENT, of which icalendar writes every property.

What many entries share is written once; writing it again for each takes most of the time.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from icalendar import Event, vDatetime, vInt, vText

from mesoplan.export.lines import Lines, inside, line, lines_of
from mesoplan.export.text import PlainText
from mesoplan.export.uids import uid_of
from mesoplan.export.wording import Wording
from mesoplan.scheduling.visit import Status, Visit

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
    "attended": _CERTAIN,
    "missed": _VOID,  # nothing took place and the time is free, which no other STATUS says
    "cancelled": _VOID,
}


def entry(visit: Visit, wording: Wording, zone: tzinfo, shared: Lines, alarms: Lines) -> Lines:
    """Write a visit's entry, with times in `zone` where these are beyond doubt.

    `shared` are the properties that all entries have; `alarms` are for visits still to take place,
    since some calendars ring at once for what is past.
    """
    own = _own(visit, wording, zone, wording.description(visit))
    reminders = alarms if visit.upcoming else ()
    return inside(_SHELL, (own, _SHOWN[visit.status], shared, reminders))


def side_entry(ending: Visit, wording: Wording, zone: tzinfo) -> Lines:
    """Write an entry that takes no time and reminds nobody: that advice no longer holds."""
    shown = _VOID if ending.status == "cancelled" else _BESIDE
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
    """Give start and end, in UTC where the clock shows either twice.

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
