"""The calendar file of a plan (iCalendar, RFC 5545), written for the calendars that people use.

One entry a visit, never a recurrence; no METHOD and no ORGANIZER, so that a download or a feed asks
nobody for an answer.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, timedelta
from functools import lru_cache
from typing import cast, get_args

from icalendar import Alarm, Calendar, vDuration, vText
from icalendar.timezone import is_utc

from mesoplan.export.endings import endings as ends_of
from mesoplan.export.entry import entry, side_entry
from mesoplan.export.lines import Lines, folded, inside, line, lines_of
from mesoplan.export.text import PlainText
from mesoplan.export.validation import check_entries, check_visits
from mesoplan.export.vtimezone import vtimezone
from mesoplan.export.wording import Privacy, Wording
from mesoplan.ground.errors import CalendarError, Fault, MesoplanError, closest, shown
from mesoplan.ground.language import Language
from mesoplan.ground.period import Period
from mesoplan.languages import chosen
from mesoplan.plan.plan import Plan
from mesoplan.scheduling.visit import Visit

_PRODUCT = "-//mesoplan//mesoplan//EN"  # without our version: a release alone changes no file
_DISCREET = "-//visits//visits//EN"  # our own name hints at a treatment
_IN_DAYS = "write weeks, days, hours or minutes, for example P1D"
_ALARMS = (Period("P1D"), Period("PT2H"))


def to_ics(
    plan: Plan,
    *,
    visit: str | None = None,
    alarms: Sequence[Period | str] = _ALARMS,
    refresh: Period | str | None = None,
    private: bool = False,
    privacy: Privacy = "full",
    language: str | Language = "en",
    endings: Sequence[str] = (),
) -> bytes:
    """Give a plan's calendar file: UTF-8 bytes to write or to serve as `text/calendar`.

    Every visit at the clinic is one entry with a UID for life (`uid_of`), the visit's revision as
    SEQUENCE and its stamp as DTSTAMP; cancelled and missed ones stay as STATUS:CANCELLED with a
    prefix in their title, take no time and remind nobody. What takes place at home is left out.
    The same plan gives the same bytes.

    Args:
        plan: The plan to export.
        visit: The key of the one visit to export; some telephones read only a file's first entry.
        alarms: How long before each visit to remind, the most important first, because Outlook
            keeps only one. Calendars that subscribe to a feed mostly drop reminders.
        refresh: How often to fetch a feed again (RFC 7986, 5.7); a hint that not all programs take.
        private: Mark entries CLASS:PRIVATE. It hides them in shared calendars, and in some programs
            altogether, but encrypts nothing.
        privacy: What the file says: all of it, `neutral` ("Appointment" and the clinic's name), or
            `busy` ("Busy" and no place). Nothing else in the file tells of the treatment then.
        language: A language's code (`languages.names()`), or a `Language` of your own. All but
            English need the extra `handout`.
        endings: Ids of advice, such as `no-washing`, whose end after each session gets an entry of
            its own ("Hair may be washed again"); only where everything is told.

    Raises:
        PlanError: No visit has that key.
        MesoplanError: The language is not known, or needs the extra `handout`.
        CalendarError: There is no visit to export, a period has months or goes backwards, or a visit
            cannot be written; it names each.

    """
    visits = _exported(plan, visit)
    check_visits(visits)
    zone = UTC if is_utc(plan.clinic.zone) else plan.clinic.zone
    wording = Wording(plan, chosen(language), _level(privacy))
    shared = tuple(_shared(wording, private=private))
    reminders = _reminders(alarms, wording.reminder)
    entries = [(one.key, entry(one, wording, zone, shared, reminders)) for one in visits]
    ended = tuple(ends_of(plan, visits, endings, wording.language)) if privacy == "full" else ()
    entries += [(one.key, side_entry(one, wording, zone)) for one in ended]
    check_entries(entries, plan.clinic.timezone)
    clock = () if zone is UTC else _clock(plan.clinic.timezone, *_years((*visits, *ended)))
    return folded(inside(_shell(wording, refresh), (clock, *(lines for _, lines in entries))))


def _level(privacy: str) -> Privacy:
    levels = get_args(Privacy)
    if privacy not in levels:
        known = closest(str(privacy), levels)
        raise CalendarError(Fault("privacy", "is not a level", shown(privacy), known))
    return cast("Privacy", privacy)


def _exported(plan: Plan, key: str | None) -> tuple[Visit, ...]:
    asked = plan.visits if key is None else (plan.visit(key),)
    visits = tuple(visit for visit in asked if visit.place != "home")
    if not visits:
        remedy = "a calendar needs at least one; what takes place at home is not exported"
        raise CalendarError(Fault("visits", "hold none that takes place at the clinic", "", remedy))
    return visits


def _shell(wording: Wording, refresh: Period | str | None) -> Lines:
    """Write the calendar without its parts."""
    calendar = Calendar()
    calendar["VERSION"] = vText("2.0")
    calendar["PRODID"] = vText(_PRODUCT if wording.privacy == "full" else _DISCREET)
    calendar["NAME"] = calendar["X-WR-CALNAME"] = PlainText(wording.name)
    if refresh is not None:
        interval = _exact("refresh", refresh)
        if not interval:
            raise CalendarError(Fault("refresh", "is zero", str(refresh), "write for instance P1D"))
        calendar["REFRESH-INTERVAL"] = vDuration(interval, {"VALUE": "DURATION"})
        calendar["X-PUBLISHED-TTL"] = vDuration(interval)
    return lines_of(calendar)


def _shared(wording: Wording, *, private: bool) -> Iterator[str]:
    """Write the properties that all entries have."""
    if wording.location:
        yield line("LOCATION", PlainText(wording.location))
    if private:
        yield line("CLASS", vText("PRIVATE"))


def _reminders(alarms: Sequence[Period | str], text: str) -> Lines:
    """Write one relative alarm a period; readers disagree on absolute and repeated ones."""
    lengths = [_exact(f"alarms.{number}", period) for number, period in enumerate(alarms)]
    return tuple(part for length in lengths for part in _reminder(length, text))


def _reminder(before: timedelta, text: str) -> Lines:
    alarm = Alarm()
    alarm["ACTION"] = vText("DISPLAY")
    alarm["DESCRIPTION"] = PlainText(text)
    alarm["TRIGGER"] = vDuration(-before)
    return lines_of(alarm)


def _exact(path: str, period: Period | str) -> timedelta:
    """Give the period as a duration, which has no months (RFC 5545, 3.3.6)."""
    try:
        length = Period(period) if isinstance(period, str) else period
    except MesoplanError as error:
        raise CalendarError(*(fault.below(path) for fault in error.faults)) from None
    if length.months or length.days < 0 or length.minutes < 0:
        raise CalendarError(Fault(path, "has months or goes backwards", str(period), _IN_DAYS))
    return timedelta(days=length.days, minutes=length.minutes)


def _years(visits: Sequence[Visit]) -> tuple[int, int]:
    return min(visit.start.year for visit in visits), max(visit.end.year for visit in visits)


@lru_cache(maxsize=256)
def _clock(tzid: str, first: int, last: int) -> Lines:
    """Write the zone's VTIMEZONE; only a zone's name and years stay in memory."""
    return lines_of(vtimezone(tzid, date(first, 1, 1), date(last, 12, 31)))
