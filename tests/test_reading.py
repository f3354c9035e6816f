"""From a calendar back to facts, rule by rule, and the law of the round trip."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import calendars
from calendars import STAMP, by_hand, visit
from histories import histories
from mesoplan import (
    CalendarError,
    CalendarReading,
    Clinic,
    Course,
    Missed,
    Phase,
    Plan,
    Protocol,
    facts_from_ics,
    schedule,
    to_ics,
    to_itip,
    uid_of,
)

ISTANBUL = ZoneInfo("Europe/Istanbul")
KEY = "induction-3"
"""The visit that the tables edit: Monday 18 January 2027, ten to half past in Istanbul."""


def _plan(**fields: Any) -> Plan:
    others = [visit("induction-1", 4), visit("induction-2", 11)]
    return by_hand([*others, visit(KEY, 18, **fields)])


def _entry(*lines: str, key: str = KEY, uid: str | None = None) -> str:
    name = uid_of("course-9", key) if uid is None else uid
    return "\n".join(["BEGIN:VEVENT", f"UID:{name}", *lines, "END:VEVENT"])


_AS_PLANNED = ("DTSTART:{day}T070000Z", "DTEND:{day}T073000Z")
_OTHERS = (
    _entry(*(line.format(day="20270104") for line in _AS_PLANNED), key="induction-1"),
    _entry(*(line.format(day="20270111") for line in _AS_PLANNED), key="induction-2"),
)


def _file(*entries: str, method: str = "PUBLISH") -> bytes:
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{method}")
    return "\r\n".join([*head, *_OTHERS, *entries, "END:VCALENDAR", ""]).encode()


def _told(read: CalendarReading) -> list[tuple[str, str | None]]:
    """Write what was read as kinds and codes, in one list."""
    proposed = [(one.how, one.fact.visit) for one in read.proposals]
    return [*proposed, *((finding.code, finding.visit) for finding in read.findings)]


def _read(*lines: str, method: str = "PUBLISH", **fields: Any) -> list[tuple[str, str | None]]:
    return _told(facts_from_ics(_file(_entry(*lines), method=method), _plan(**fields)))


START, END = "DTSTART:20270118T070000Z", "DTEND:20270118T073000Z"
LATER = ("DTSTART:20270119T070000Z", "DTEND:20270119T073000Z")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([START, END], "in UTC"),
        (["DTSTART;TZID=Europe/Istanbul:20270118T100000"], "in our zone, without an end"),
        (["DTSTART;TZID=Asia/Tokyo:20270118T160000", "DURATION:PT30M"], "in a far-off zone"),
        (['DTSTART;TZID="Turkey Standard Time":20270118T100000', END], "as Outlook calls it"),
        (["DTSTART;TZID=Turkey Standard Time:20270118T100000", END], "without quotation marks"),
        (["DTSTART;TZID=/x.org/2024/Europe/Istanbul:20270118T100000"], "behind a prefix"),
        (["DTSTART;TZID=GMT+0300:20270118T100000"], "as an offset"),
        (["DTSTART;TZID=UTC-05:20270118T020000"], "as an offset to the west"),
        (["dtstart;tzid=Europe/Istanbul:20270118T100000"], "in lower case (RFC 5545, 2)"),
        (["DTSTART;VALUE=DATE-TIME;TZID=Europe/Istanbul:20270118T100000"], "with its value type"),
        ([START, END, "SUMMARY:Doctor", "DESCRIPTION:x"], "a title is the owner's"),
        ([START, "DURATION:PT1800S"], "the same length in seconds"),
        ([START, "DURATION:rubbish"], "a length that cannot be read is none"),
        ([START, END, "SEQUENCE:7"], "counted up without a change"),
        ([START, END, "SEQUENCE:x", "DTSTAMP:x", "STATUS:"], "rubbish where nothing hangs on it"),
        ([START, END, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org"], "accepted"),
        ([START, END, "BEGIN:VALARM", "DTSTART:20300101T000000Z", "END:VALARM"], "in the alarm"),
    ],
)
def test_nothing_changed_is_nothing_said(lines: list[str], why: str) -> None:
    """The same instant and length is no change, whichever way a program writes them."""
    assert _read(*lines) == [], why


@pytest.mark.parametrize(
    ("lines", "to", "why"),
    [
        (LATER, datetime(2027, 1, 19, 10), "a day later"),
        (["DTSTART:20270118T071500Z"], datetime(2027, 1, 18, 10, 15), "by minutes"),
        (
            ["DTSTART;TZID=America/New_York:20270118T100000"],
            datetime(2027, 1, 18, 18),
            "the clock of another zone",
        ),
        (["DTSTART;VALUE=DATE:20270120"], datetime(2027, 1, 20, 10), "to a day without a time"),
        (
            ["DTSTART:20270120", "DTEND:20270121"],
            datetime(2027, 1, 20, 10),
            "a day, its VALUE left out",
        ),
        (
            ["DTSTART;VALUE=DATE:20270120", "DTEND;VALUE=DATE:20270123"],
            datetime(2027, 1, 20, 10),
            "to several days: the first",
        ),
        (
            [*LATER, "ATTENDEE;PARTSTAT=TENTATIVE:mailto:a@example.org"],
            datetime(2027, 1, 19, 10),
            "answered with a perhaps",
        ),
    ],
)
def test_a_move_is_proposed_to_its_instant(lines: list[str], to: datetime, why: str) -> None:
    """One Moved, at the clinic's time, whose reason says from where to where."""
    read = facts_from_ics(_file(_entry(*lines)), _plan())
    (proposal,) = read.proposals
    assert proposal.fact.fact == "moved"
    assert proposal.fact.to == to.replace(tzinfo=ISTANBUL), why
    assert str(proposal).startswith("induction-3: moved from Mon 18 Jan 2027 10:00 to ")
    assert read.findings == ()


@pytest.mark.parametrize(
    ("lines", "method", "told"),
    [
        ([START, END, "STATUS:CANCELLED"], "PUBLISH", "cancelled"),
        ([START, END, "STATUS:canceled"], "PUBLISH", "cancelled"),  # American spelling
        ([*LATER, "STATUS:CANCELLED"], "PUBLISH", "cancelled"),  # where it stands is of no use then
        ([START, END], "CANCEL", "cancelled"),  # METHOD (RFC 5546, 3.2.5)
        ([START, "ATTENDEE;PARTSTAT=DECLINED:mailto:a@example.org"], "REPLY", "declined"),
        (LATER, "COUNTER", "moved"),  # RFC 5546, 3.2.7
    ],
)
def test_a_visit_called_off_is_proposed(lines: list[str], method: str, told: str) -> None:
    """By its own STATUS, by the calendar's METHOD, or by the patient's answer to an invitation."""
    data = b"\n".join(
        [b"BEGIN:VCALENDAR", f"METHOD:{method}".encode(), _entry(*lines).encode(), b""]
    )
    read = facts_from_ics(data + b"END:VCALENDAR", _plan(), whole=False)
    assert _told(read) == [(told, KEY)]


@pytest.mark.parametrize(
    ("lines", "fields", "code", "said"),
    [
        (
            ["DTSTART:20270118T100000"],
            {},
            "no-zone",
            "stands on Mon 18 Jan 2027 10:00 without a time zone",
        ),
        (
            ["DTSTART;TZID=Nowhere:20270118T110000"],
            {},
            "unknown-zone",
            "unknown time zone, 'Nowhere'; it is planned for Mon 18 Jan 2027 10:00",
        ),
        (["DTSTART;TZID=GMT+1599:20270118T110000"], {}, "unknown-zone", "'GMT+1599'"),
        (["DTSTART;TZID=GMT+15:20270118T110000"], {}, "unknown-zone", "'GMT+15'"),
        (["DTSTART;TZID=localtime:20270118T110000"], {}, "unknown-zone", "'localtime'"),
        (["DTSTART;TZID=../../etc/passwd:20270118T110000"], {}, "unknown-zone", "passwd"),
        (["DTSTART:20270231T100000Z"], {}, "unreadable-time", "does not exist: '20270231T100000Z'"),
        (["DTSTART:tomorrow"], {}, "unreadable-time", "cannot be read: 'tomorrow'"),
        (["DTSTART:00010101T000000Z"], {}, "unreadable-time", "cannot be read"),  # before any zone
        (["DTSTART:99991231T235959Z"], {}, "unreadable-time", "cannot be read"),
        (["DTSTART;=:20270118T070000Z"], {}, "unreadable-time", "cannot be read"),
        ([END], {}, "unreadable-time", "has no start"),
        ([START, "DTEND:soon"], {}, "unreadable-time", "cannot be read: 'soon'"),
        (["DTSTART;VALUE=DATE:20270118"], {}, "no-time", "has no time there; 10:00 is kept"),
        (
            [START, "DTEND:20270118T080000Z"],
            {},
            "length-changed",
            "lasts 60 minutes there, 30 minutes in the plan; the plan's length is kept",
        ),
        ([START, "DURATION:PT15M"], {}, "length-changed", "lasts 15 minutes there"),
        ([START, "DTEND:20270118T065900Z"], {}, "length-changed", "ends before it begins there"),
        ([*LATER, "RRULE:FREQ=WEEKLY"], {}, "repeats", "was made a series"),
        ([*LATER, "RECURRENCE-ID:20270118T070000Z"], {}, "repeats", "was made a series"),
        (
            [*LATER, "SEQUENCE:1"],
            {"revision": 2},
            "stale-copy",
            "is an older copy there (SEQUENCE 1, now 2)",
        ),
        (LATER, {"revision": 1}, "stale-copy", "(SEQUENCE 0, now 1)"),  # RFC 5545, 3.8.7.4
        ([START, END], {"revision": 1, "status": "cancelled"}, "stale-copy", "older copy"),
        (LATER, {"status": "attended", "revision": 1}, "already-settled", "recorded as attended"),
        ([START, "STATUS:CANCELLED"], {"status": "attended"}, "already-settled", "attended"),
        (LATER, {"status": "missed"}, "already-settled", "recorded as missed"),
        ([*LATER, "SEQUENCE:1"], {"status": "cancelled"}, "already-settled", "as cancelled"),
        (LATER, {"status": "on_hold"}, "on-hold", "was moved there, but it is on hold"),
        (["DTSTART:20270119"], {"status": "on_hold"}, "on-hold", "was moved there"),
        ([START, "STATUS:CANCELLED"], {"status": "on_hold"}, "on-hold", "was called off there"),
        (
            ["DTSTART:20260105T070000Z"],
            {},
            "moved-into-the-past",
            "was moved from Mon 18 Jan 2027 10:00 to Mon 5 Jan 2026 10:00, which is over",
        ),
    ],
)
def test_what_is_doubtful_is_found_and_no_fact(
    lines: list[str], fields: dict[str, Any], code: str, said: str
) -> None:
    """A doubt names its kind and its visit, says what was found, and proposes nothing."""
    read = facts_from_ics(_file(_entry(*lines)), _plan(**fields))
    assert _told(read) == [(code, KEY)]
    assert said in read.findings[0].message


def test_a_program_that_drops_sequence_is_up_to_date_where_it_agrees() -> None:
    """The default of 0 is the RFC's, but a copy that stands where the plan has it is no old one."""
    assert _read(START, END, revision=2) == []
    assert _read(START, END, "SEQUENCE:0", revision=2) == [("stale-copy", KEY)]
    gone = facts_from_ics(_file(), _plan(revision=2))
    assert _told(gone) == [("removed", KEY)]


@pytest.mark.parametrize(
    ("lines", "fields", "why"),
    [
        ([START, END], {"status": "attended", "revision": 1}, "it took place as it stands there"),
        ([START, "STATUS:CANCELLED"], {"status": "missed", "revision": 1}, "as our own file says"),
        ([START, "STATUS:CANCELLED"], {"status": "cancelled", "revision": 1}, "both called it off"),
        ([START, END, "SEQUENCE:1"], {"status": "cancelled", "revision": 1}, "it keeps no STATUS"),
        ([*LATER, "STATUS:CANCELLED"], {"status": "cancelled", "revision": 1}, "gone either way"),
        ([START, END], {"status": "on_hold"}, "it waits where it stood"),
        (["DTSTART:20270118"], {"status": "on_hold"}, "it waits on its day"),
    ],
)
def test_what_is_settled_and_agrees_is_nothing_said(
    lines: list[str], fields: dict[str, Any], why: str
) -> None:
    """A calendar that lags behind on what is over asks for nobody's attention."""
    assert _read(*lines, **fields) == [], why


def test_a_visit_gone_from_among_others_was_perhaps_deleted() -> None:
    """It is proposed as removed, and the reason asks to confirm."""
    read = facts_from_ics(_file(), _plan())
    assert _told(read) == [("removed", KEY)]
    assert str(read.proposals[0]) == (
        "induction-3: is not in the calendar any more, where 2 other visits still stand; "
        "it was planned for Mon 18 Jan 2027; confirm that it was deleted"
    )
    assert read.facts == (read.proposals[0].fact,)


def test_a_visit_on_hold_that_is_gone_is_found_and_not_called_off() -> None:
    """Whoever removed it there has not ended the course; it gets a new day when the hold ends."""
    read = facts_from_ics(_file(), _plan(status="on_hold"))
    assert read.proposals == ()
    assert "\n".join(map(str, read.findings)) == (
        "induction-3: is not in the calendar any more, but it is on hold, and gets a new day when "
        "the hold ends"
    )
    assert _told(facts_from_ics(_file(), _plan(status="on_hold"), whole=False)) == []


@pytest.mark.parametrize(
    ("data", "fields", "options", "why"),
    [
        (_file(), {}, {"whole": False}, "the file holds some weeks only"),
        (_file(method="REPLY"), {}, {}, "a message holds one entry"),
        (_file(), {"status": "attended"}, {}, "what took place is not deleted"),
        (_file(), {"status": "cancelled"}, {}, "Google drops what is cancelled"),
        (_file(), {"place": "home"}, {}, "what takes place at home was never exported"),
        (
            _file(),
            {},
            {"as_of": datetime(2027, 1, 18, 7, tzinfo=UTC)},
            "it has begun; some programs export no past",
        ),
    ],
)
def test_a_visit_that_need_not_be_there_is_not_missed(
    data: bytes, fields: dict[str, Any], options: dict[str, Any], why: str
) -> None:
    """Absence proves a deletion only in a whole calendar, and only of what is to come."""
    assert _told(facts_from_ics(data, _plan(**fields), **options)) == [], why


def test_a_calendar_without_any_visit_of_the_plan_says_only_that() -> None:
    """It is more likely the wrong calendar than one from which everything was deleted."""
    read = facts_from_ics(b"BEGIN:VCALENDAR\nEND:VCALENDAR", _plan())
    assert _told(read) == [("no-visits", None)]
    somebody = _entry(*LATER, uid="somebody-elses")
    alone = f"BEGIN:VCALENDAR\n{somebody}\nEND:VCALENDAR".encode()
    assert _told(facts_from_ics(alone, _plan())) == [("no-visits", None)]


def test_a_calendar_that_missed_a_plan_has_deleted_nothing_of_it() -> None:
    """After a missed session the old calendar lacks the one that makes up for it: out of date."""
    before = calendars.istanbul()
    now = datetime(2027, 1, 9, 9, tzinfo=UTC)
    course = before.course.record(Missed(visit="induction-6"))
    moved = before.clinic.replace(hours={"mon-fri": "09:00-17:00"})
    after = schedule(course, moved, as_of=now, previous=before)
    read = facts_from_ics(to_ics(before), after, as_of=now)
    assert read.proposals == ()
    codes = {finding.code for finding in read.findings}
    assert codes == {"stale-copy", "not-delivered"}
    (late,) = [one.visit for one in read.findings if one.code == "not-delivered"]
    assert late == "induction-6.2"


@pytest.mark.parametrize(
    ("copies", "told"),
    [
        ([(0, "01", 7), (0, "01", 7)], []),  # twice the same
        ([(0, "01", 7), (0, "02", 8)], [("moved", KEY), ("duplicated", KEY)]),  # the later DTSTAMP
        ([(1, "01", 8), (0, "02", 7)], [("moved", KEY), ("duplicated", KEY)]),  # the later SEQUENCE
        ([(0, "01", 8), (1, "01", 7)], [("duplicated", KEY)]),  # the old one still misleads
        ([(0, "01", 7), (0, "01", 8)], [("copies-differ", KEY)]),  # nobody can tell
    ],
)
def test_of_several_copies_the_newest_counts(
    copies: list[tuple[int, str, int]], told: list[tuple[str, str]]
) -> None:
    """RFC 5546, 2.1.5: the highest SEQUENCE, then the latest DTSTAMP; a draw is a finding."""
    entries = [
        _entry(
            f"SEQUENCE:{number}",
            f"DTSTAMP:202612{day}T000000Z",
            f"DTSTART:20270118T{hour:02}0000Z",
            f"DTEND:20270118T{hour:02}3000Z",
        )
        for number, day, hour in copies
    ]
    assert _told(facts_from_ics(_file(*entries), _plan())) == told


def test_copies_of_what_is_over_may_differ() -> None:
    """An old copy of a visit that was attended misleads nobody any more."""
    entries = [_entry(*LATER), _entry(START, END, "SEQUENCE:1")]
    assert _told(facts_from_ics(_file(*entries), _plan(status="attended", revision=1))) == []


def test_an_e_mail_answer_is_read_like_a_calendar() -> None:
    """Our own messages, and the cancellation of one, come back as what they say."""
    plan = _plan()
    asked = to_itip(plan, KEY, organizer="a@example.org", attendee="b@example.org")
    assert _told(facts_from_ics(asked, plan)) == []
    cancelled = asked.replace(b"METHOD:REQUEST", b"METHOD:CANCEL")
    assert _told(facts_from_ics(cancelled, plan)) == [("cancelled", KEY)]
    declined = asked.replace(b"METHOD:REQUEST", b"METHOD:REPLY").replace(
        b"NEEDS-ACTION", b"DECLINED"
    )
    assert _told(facts_from_ics(declined, plan)) == [("declined", KEY)]


def test_the_moment_of_reading_is_aware() -> None:
    """Whether something lies in the past cannot be told without a zone."""
    with pytest.raises(CalendarError, match="as_of: has no time zone"):
        facts_from_ics(_file(), _plan(), as_of=datetime(2027, 1, 1))


@pytest.mark.parametrize("plan", [calendars.istanbul, calendars.berlin, calendars.statuses])
def test_our_own_file_says_nothing(plan: Callable[[], Plan]) -> None:
    """Round trip: nobody touched it, so nothing is proposed and nothing found."""
    assert facts_from_ics(to_ics(plan()), plan()) == CalendarReading()


@settings(max_examples=40, deadline=None)
@given(histories())
def test_no_life_of_a_course_reads_as_a_change(life: list[Plan]) -> None:
    """Round trip: after whatever happened, the newest file says nothing about the newest plan."""
    assert facts_from_ics(to_ics(life[-1]), life[-1]) == CalendarReading()


def _utc(moment: datetime) -> str:
    return f":{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _on(tzid: str, name: str) -> Callable[[datetime], str]:
    return lambda moment: f";TZID={tzid}:{moment.astimezone(ZoneInfo(name)):%Y%m%dT%H%M%S}"


_FORMS = (
    _utc,  # Google
    _on('"Turkey Standard Time"', "Europe/Istanbul"),  # Outlook
    _on("GMT+0300", "Europe/Istanbul"),  # Apple
    _on("/freeassociation.sourceforge.net/Asia/Tokyo", "Asia/Tokyo"),  # Evolution
    _on("Asia/Kolkata", "Asia/Kolkata"),
)
_OPEN = Clinic(timezone="Europe/Istanbul")
_COURSE = Course(
    id="course-9",
    protocol=Protocol(
        id="weekly", title="Weekly", phases=[Phase(id="a", every="P1W", sessions=6, window="P2D")]
    ),
    start=datetime(2027, 1, 4, 10),
)
_OPEN_PLAN = schedule(_COURSE, _OPEN, as_of=STAMP)


@settings(max_examples=60, deadline=None)
@given(
    number=st.integers(2, 6),
    minutes=st.integers(-2 * 24 * 60, 2 * 24 * 60).filter(bool),
    form=st.sampled_from(_FORMS),
)
def test_a_visit_moved_in_any_program_comes_back_and_stays_there(
    number: int, minutes: int, form: Callable[[datetime], str]
) -> None:
    """Exactly one Moved to the right instant; recorded and planned again, the visit stands there."""
    there = _OPEN_PLAN.visit(f"a-{number}")
    start, end = (moment + timedelta(minutes=minutes) for moment in (there.start, there.end))
    old = to_ics(_OPEN_PLAN, alarms=[]).decode()
    edited = (
        old.replace(f";TZID=Europe/Istanbul:{there.start:%Y%m%dT%H%M%S}", form(start))
        .replace(f";TZID=Europe/Istanbul:{there.end:%Y%m%dT%H%M%S}", form(end))
        .encode()
    )
    read = facts_from_ics(edited, _OPEN_PLAN)
    assert [(fact.fact, fact.visit) for fact in read.facts] == [("moved", there.key)]
    assert read.findings == ()
    later = schedule(_COURSE.record(*read.facts), _OPEN, as_of=STAMP, previous=_OPEN_PLAN)
    assert later.visit(there.key).start == start
    assert facts_from_ics(to_ics(later), later) == CalendarReading()


def test_all_day_takes_the_time_that_the_clock_has_then() -> None:
    """Moved without a time over the night when clocks change, a visit keeps its hour of day."""
    plan = calendars.berlin()
    key = plan.visits[0].key
    line = f"UID:{uid_of(plan.course.id, key)}"
    data = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{line}\nDTSTART;VALUE=DATE:20270328\nEND:VEVENT\nEND:VCALENDAR"
    (fact,) = facts_from_ics(data.encode(), plan, whole=False).facts
    assert fact.fact == "moved"
    assert fact.to == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)  # 02:30 does not exist: 03:30
    assert fact.to.date() == date(2027, 3, 28)
