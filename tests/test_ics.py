from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

import calendars
from calendars import STAMP, by_hand, unchecked, visit
from mesoplan import Away, CalendarError, Period, Plan, PlanError, Visit, schedule, to_ics, uid_of
from readers import ICALENDAR, ICALJS, LIBICAL, Reader


def _lines(file: bytes) -> list[str]:
    return file.decode().replace("\r\n ", "").split("\r\n")


def _event(plan: Plan, key: str) -> icalendar.Event:
    (event,) = icalendar.Calendar.from_ical(to_ics(plan, visit=key)).events
    return event


@pytest.mark.parametrize(
    ("status", "summary", "shown", "alarms"),
    [
        ("planned", "S", ("CONFIRMED", "OPAQUE", "BUSY"), 2),
        ("tentative", "To be confirmed: S", ("TENTATIVE", "OPAQUE", "TENTATIVE"), 2),
        ("on_hold", "On hold: S", ("TENTATIVE", "TRANSPARENT", "FREE"), 0),
        ("attended", "S", ("CONFIRMED", "OPAQUE", "BUSY"), 0),  # some ring at once for the past
        ("missed", "Missed: S", ("CANCELLED", "TRANSPARENT", "FREE"), 0),
        ("cancelled", "Cancelled: S", ("CANCELLED", "TRANSPARENT", "FREE"), 0),
    ],
)
def test_status_is_told_in_every_way_that_some_client_shows(
    status: str, summary: str, shown: tuple[str, str, str], alarms: int
) -> None:
    """STATUS, title prefix, free or busy twice over, and alarms only for what is to come."""
    event = _event(by_hand([visit("a", 4, name="S", status=status)]), "a")
    assert event["SUMMARY"] == summary
    assert (event["STATUS"], event["TRANSP"], event["X-MICROSOFT-CDO-BUSYSTATUS"]) == shown
    assert len(event.alarms.times) == alarms


def test_description_tells_what_matters_to_the_patient() -> None:
    """Course, number, the holiday avoided and the telephone; where it is stands in LOCATION."""
    event = _event(calendars.istanbul(), "induction-5")
    assert event["DESCRIPTION"] == (
        "Weekly mesotherapy: session 5 of 16\n"
        "Instead of 2027-01-01 (New Year's Day)\n"
        "Phone: +90 216 000 00 00"
    )
    assert event["LOCATION"] == "Klinik Işık, Saç & Cilt, Bağdat Cd. 12; Kadıköy"


def test_description_holds_the_dose() -> None:
    """A label stands on its own line."""
    description = _event(calendars.statuses(), "induction-3")["DESCRIPTION"]
    assert description == "Weekly mesotherapy: session 2 of 16\n2 ml, scalp"


def test_other_reasons_stay_with_the_clinic() -> None:
    """How the plan was made, windows and distances are not the patient's concern."""
    weekly = {"code": "weekday", "target": date(2027, 1, 3), "day": date(2027, 1, 4)}
    closed = {"code": "closed", "target": date(2027, 1, 1), "cause": "Leave"}
    moved = visit("a", 4, reasons=[weekly])
    past = visit("b", 5, status="attended", reasons=[closed])
    plan = by_hand([moved, past])
    assert [_event(plan, key)["DESCRIPTION"] for key in "ab"] == ["Weekly mesotherapy: session"] * 2


def test_alarms_name_no_treatment() -> None:
    """What may light up on a locked screen is the same neutral word in every alarm."""
    texts = {
        alarm["DESCRIPTION"]
        for event in icalendar.Calendar.from_ical(to_ics(calendars.istanbul())).events
        for alarm in event.walk("VALARM")
    }
    assert texts == {"Reminder"}


def test_alarms_keep_the_callers_order() -> None:
    """The most important comes first, because Outlook keeps one; zero rings at the start."""
    lines = _lines(to_ics(calendars.istanbul(), visit="induction-1", alarms=["PT2H", "P1W", "P0D"]))
    triggers = [line for line in lines if line.startswith("TRIGGER")]
    assert triggers == ["TRIGGER:-PT2H", "TRIGGER:-P7D", "TRIGGER:P0D"]


def test_no_alarms_are_written_when_none_are_wanted() -> None:
    """An empty list means no reminder."""
    assert b"VALARM" not in to_ics(calendars.istanbul(), alarms=[])


@pytest.mark.parametrize(
    ("alarms", "refresh", "where"),
    [
        (["P1M"], None, "alarm 1: has months"),  # an RFC 5545 duration has none
        (["P1D", "-PT2H"], None, "alarm 2: has months or goes backwards"),
        (["tomorrow"], None, "alarm 1: is not an ISO 8601 duration"),
        ([], "P1Y", "refresh: has months"),
        ([], "PT0M", "refresh: is zero"),
        ([], Period("-P1D"), "refresh: has months or goes backwards"),
    ],
)
def test_periods_that_no_calendar_can_hold_are_refused(
    alarms: list[Period | str], refresh: Period | str | None, where: str
) -> None:
    """The error says which period it was."""
    with pytest.raises(CalendarError, match=where):
        to_ics(calendars.istanbul(), alarms=alarms, refresh=refresh)


def test_refresh_is_hinted_in_both_dialects() -> None:
    """Apple reads REFRESH-INTERVAL, with its VALUE, and Outlook X-PUBLISHED-TTL."""
    lines = _lines(to_ics(calendars.istanbul(), refresh="PT12H"))
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT12H" in lines
    assert "X-PUBLISHED-TTL:PT12H" in lines
    assert b"PT12H" not in to_ics(calendars.istanbul())


def test_private_marks_every_entry() -> None:
    """CLASS:PRIVATE is written on request only: some programs hide such entries altogether."""
    plan = calendars.istanbul()
    assert _lines(to_ics(plan, private=True)).count("CLASS:PRIVATE") == len(plan.visits)
    assert b"CLASS" not in to_ics(plan)


def test_calendar_name_is_escaped() -> None:
    """NAME and X-WR-CALNAME hold text, which icalendar 7.3 no longer escapes by itself."""
    plan = calendars.istanbul()
    protocol = unchecked(plan.course.protocol, title="Hair, skin; \n\x07more")
    course = unchecked(plan.course, protocol=protocol)
    lines = _lines(to_ics(unchecked(plan, course=course)))
    assert lines[3:5] == [r"NAME:Hair\, skin\; \nmore", r"X-WR-CALNAME:Hair\, skin\; \nmore"]


def test_one_visit_file_holds_the_same_entry() -> None:
    """A visit alone has the UID, times and texts that it has among the others."""
    plan = calendars.istanbul()
    every = ICALENDAR.read(to_ics(plan))
    alone = [ICALENDAR.read(to_ics(plan, visit=one.key))[0] for one in plan.visits]
    assert alone == every


def test_unknown_visit_is_refused() -> None:
    """The plan names the key that was probably meant."""
    with pytest.raises(PlanError, match='did you mean "induction-5"'):
        to_ics(calendars.istanbul(), visit="inducton-5")


@pytest.mark.parametrize(
    ("plan", "key"),
    [
        (by_hand([]), None),
        (by_hand([visit("a", 4, place="home")]), None),
        (calendars.statuses(), "home-1"),  # what takes place at home is not booked
    ],
)
def test_nothing_to_export_is_refused(plan: Plan, key: str | None) -> None:
    """A calendar without an entry is not valid, and would empty a subscriber's."""
    with pytest.raises(CalendarError, match="hold none that takes place at the clinic"):
        to_ics(plan, visit=key)


def test_uid_outlives_every_change() -> None:
    """Another day, title, status and revision leave a visit's UID as it was."""
    before = _event(by_hand([visit("a", 4)]), "a")
    after = _event(by_hand([visit("a", 9, name="New", status="cancelled", revision=7)]), "a")
    assert before["UID"] == after["UID"] == uid_of("course-9", "a")


def test_uid_is_kept_for_good() -> None:
    """Calendars out there know entries by it: no release may ever change this value."""
    assert uid_of("course-1042", "induction-6") == "fe01c46c-9482-5bfb-9bab-fc9da7764487"


def test_uids_differ_by_course_and_by_visit() -> None:
    """Neither two courses nor two visits share one."""
    uids = {uid_of(course, key) for course in ("a", "a-b", "b") for key in ("b-1", "1", "b b")}
    assert len(uids) == 9


def test_unchanged_visits_are_written_alike_in_the_next_plan() -> None:
    """When the person goes away for a week, only what moves is written anew, with its SEQUENCE."""
    plan = calendars.istanbul()
    course = plan.course.record(Away(first=date(2027, 3, 15), last=date(2027, 3, 21)))
    as_of = datetime(2026, 12, 1, tzinfo=UTC)
    later = schedule(course, plan.clinic, as_of=as_of, previous=plan)
    moved = [one for one in later.visits if one.start != plan.visit(one.key).start]
    changed = [v for v in later.visits if to_ics(plan, visit=v.key) != to_ics(later, visit=v.key)]
    assert changed == moved
    assert 0 < len(moved) < 6
    assert {_event(later, one.key).sequence for one in moved} == {1}


def test_stamp_is_written_in_utc() -> None:
    """DTSTAMP and LAST-MODIFIED are the visit's stamp, whatever zone that was given in."""
    istanbul = STAMP.astimezone(calendars.istanbul().clinic.zone)
    lines = _lines(to_ics(by_hand([visit("a", 4, stamp=istanbul)])))
    assert {"DTSTAMP:20261120T090000Z", "LAST-MODIFIED:20261120T090000Z"} <= set(lines)


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "Zulu", "Atlantic/Reykjavik", "Africa/Accra"])
def test_zones_that_keep_utc_are_written_in_utc(zone: str) -> None:
    """Where the clock is UTC all year no VTIMEZONE is needed, and none can be misread."""
    file = to_ics(by_hand([visit("a", 4)], zone))
    assert b"DTSTART:20270104T070000Z\r\nDTEND:20270104T073000Z\r\n" in file
    assert b"TZID" not in file


@pytest.mark.parametrize("zone", ["Etc/GMT+3", "Asia/Kolkata", "Australia/Lord_Howe"])
def test_other_zones_come_with_their_clock(reader: Reader, zone: str) -> None:
    """Every other zone is named and described, and reads as the plan's instant."""
    file = to_ics(by_hand([visit("a", 4)], zone))
    assert f"DTSTART;TZID={zone}:".encode() in file
    assert file.count(b"BEGIN:VTIMEZONE") == 1
    assert reader.read(file)[0].start == datetime(2027, 1, 4, 7, tzinfo=UTC)


def _autumn(minutes: int, length: int) -> Visit:
    """Give a visit so many minutes after midnight UTC on the night Berlin's clocks go back."""
    start = datetime(2026, 10, 25, tzinfo=UTC) + timedelta(minutes=minutes)
    return visit("a", 25, start=start, end=start + timedelta(minutes=length))


@pytest.mark.parametrize("reading", [ICALJS, LIBICAL, ICALENDAR], ids=lambda r: str(r.name))
@pytest.mark.parametrize(
    ("minutes", "length", "in_utc"),
    [
        (-30, 25, False),  # 01:30 to 01:55 summer time
        (-30, 60, True),  # ends at 02:30, which comes twice
        (30, 20, True),  # 02:30 to 02:50, both twice
        (30, 45, True),  # 02:30 to 02:15: the clock shows it backwards
        (90, 45, True),  # the second 02:30
        (120, 30, False),  # 03:00 winter time
    ],
)
def test_times_that_come_twice_are_written_in_utc(
    reading: Reader,
    minutes: int,
    length: int,
    in_utc: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """ical.js and libical take the second of two equal local times, so none is written."""
    if reading.missing():
        pytest.skip(reading.missing())
    one = _autumn(minutes, length)
    file = to_ics(by_hand([one], "Europe/Berlin"))
    (entry,) = reading.read(file)
    assert (entry.start, entry.end) == (one.start, one.end)
    assert (b"TZID=" not in file) == in_utc


def test_clock_covers_visits_over_new_year(reader: Reader) -> None:
    """The clock is told for the year in which the last visit ends, Ramadan's changes included."""
    start = datetime(2024, 12, 31, 22, 45, tzinfo=UTC)  # Ramadan 2025 is in every zone data
    night = visit("a", 1, start=start, end=start + timedelta(minutes=30))
    file = to_ics(by_hand([night], "Africa/Casablanca"))
    assert file.count(b"\r\nDTSTART:2025") == 2
    (entry,) = reader.read(file)
    assert (entry.start, entry.end) == (night.start, night.end)
