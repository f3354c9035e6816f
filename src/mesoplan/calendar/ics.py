"""The calendar file of a plan (iCalendar, RFC 5545), written for the programs that people use.

One entry a visit, never a recurrence; no METHOD and no ORGANIZER, so that a download or a feed asks
nobody for an answer.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, timedelta
from functools import lru_cache
from typing import cast, get_args

from icalendar import Alarm, Calendar, vDuration, vText
from icalendar.timezone import is_utc

from mesoplan.calendar.entry import endings as ends_of
from mesoplan.calendar.entry import entry, side_entry
from mesoplan.calendar.lines import Lines, PlainText, folded, inside, line, lines_of
from mesoplan.calendar.validation import check_entries, check_visits
from mesoplan.calendar.vtimezone import vtimezone
from mesoplan.calendar.wording import Privacy, Wording
from mesoplan.languages import chosen
from mesoplan.languages.language import Language
from mesoplan.plan.plan import Plan
from mesoplan.plan.visit import Visit
from mesoplan.values.errors import CalendarError, Fault, MesoplanError, closest, shown
from mesoplan.values.given import given
from mesoplan.values.period import Period

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
    """Return a plan's calendar file: UTF-8 bytes to write or to serve as `text/calendar`.

    Every visit at the clinic is one entry with a UID for life (`uid_of`), the visit's revision as
    SEQUENCE and its stamp as DTSTAMP. Cancelled and missed ones stay as STATUS:CANCELLED, those on
    hold as STATUS:TENTATIVE; their titles say so, and they take no time and remind nobody. What takes
    place at home is left out. The same plan gives the same bytes.

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
    visits = exported(plan, visit)
    wording = Wording(plan, chosen(language), level(privacy))
    feed = calendar(wording)
    _describe_feed(feed, wording, refresh)
    given(private, bool, "private", CalendarError)
    marks = (line("CLASS", vText("PRIVATE")),) if private else ()
    return written(feed, visits, wording, marks=marks, alarms=alarms, endings=endings)


def calendar(wording: Wording) -> Calendar:
    """Return a calendar without entries: what a file and a message begin with."""
    begun = Calendar()
    begun["VERSION"] = vText("2.0")
    begun["PRODID"] = vText(_PRODUCT if wording.privacy == "full" else _DISCREET)
    return begun


def written(
    shell: Calendar,
    visits: Sequence[Visit],
    wording: Wording,
    *,
    marks: Lines,
    alarms: Sequence[Period | str],
    endings: Sequence[str] = (),
) -> bytes:
    """Write a calendar with an entry for each visit; `marks` are lines that every entry gets."""
    given(alarms, Sequence, "alarms", CalendarError)
    given(endings, Sequence, "endings", CalendarError)
    check_visits(visits)
    clinic = wording.plan.clinic
    zone = UTC if is_utc(clinic.zone) else clinic.zone
    shared = (*_location(wording), *marks)
    reminders = _reminders(alarms, wording.reminder)
    entries = [(one.key, entry(one, wording, zone, shared, reminders)) for one in visits]
    told = endings if wording.privacy == "full" else ()
    ended = tuple(ends_of(wording.plan, visits, told, wording.language))
    entries += [(one.key, side_entry(one, wording, zone)) for one in ended]
    check_entries(entries, clinic.timezone)
    clock = () if zone is UTC else _clock(clinic.timezone, *_years((*visits, *ended)))
    return folded(inside(lines_of(shell), (clock, *(lines for _, lines in entries))))


def level(privacy: str) -> Privacy:
    """Return the level of privacy; raises CalendarError for any other word."""
    levels = get_args(Privacy)
    if privacy not in levels:
        known = closest(str(privacy), levels)
        raise CalendarError(
            Fault("privacy", "is not a level", shown(privacy), known, code="not-a-choice")
        )
    return cast("Privacy", privacy)


def exported(plan: Plan, key: str | None) -> tuple[Visit, ...]:
    """Return the visits that stand in a calendar, or the one of that key."""
    given(plan, Plan, "plan", CalendarError)
    asked = plan.visits if key is None else (plan.visit(key),)
    visits = tuple(visit for visit in asked if visit.place != "home")
    if not visits:
        remedy = "a calendar needs at least one; what takes place at home is not exported"
        raise CalendarError(
            Fault(
                "visits",
                "hold none that takes place at the clinic",
                "",
                remedy,
                code="nothing-to-show",
            )
        )
    return visits


def _describe_feed(feed: Calendar, wording: Wording, refresh: Period | str | None) -> None:
    """Name the calendar, and say how often to fetch it again."""
    feed["NAME"] = feed["X-WR-CALNAME"] = PlainText(wording.name)
    if refresh is not None:
        interval = _exact("refresh", refresh)
        if not interval:
            raise CalendarError(
                Fault(
                    "refresh",
                    "is zero",
                    str(refresh),
                    "write for instance P1D",
                    code="not-positive",
                )
            )
        feed["REFRESH-INTERVAL"] = vDuration(interval, {"VALUE": "DURATION"})
        feed["X-PUBLISHED-TTL"] = vDuration(interval)


def _location(wording: Wording) -> Iterator[str]:
    if wording.location:
        yield line("LOCATION", PlainText(wording.location))


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
    """Return the period as a duration, which has no months (RFC 5545, 3.3.6)."""
    given(period, (Period, str), path, CalendarError)
    try:
        length = Period(period) if isinstance(period, str) else period
    except MesoplanError as error:
        raise CalendarError(*(fault.below(path) for fault in error.faults)) from None
    if length.months or length.days < 0 or length.minutes < 0:
        raise CalendarError(
            Fault(
                path,
                "has months or goes backwards",
                str(period),
                _IN_DAYS,
                code="not-a-fixed-length",
            )
        )
    return timedelta(days=length.days, minutes=length.minutes)


def _years(visits: Sequence[Visit]) -> tuple[int, int]:
    return min(visit.start.year for visit in visits), max(visit.end.year for visit in visits)


@lru_cache(maxsize=256)
def _clock(tzid: str, first: int, last: int) -> Lines:
    """Write the zone's VTIMEZONE; only a zone's name and years stay in memory."""
    return lines_of(vtimezone(tzid, date(first, 1, 1), date(last, 12, 31)))
