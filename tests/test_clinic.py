from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

import strategies as some
from mesoplan import Clinic, ClinicError, Closure

MONDAY = date(2026, 11, 30).toordinal()
CLINIC = Clinic(
    name="Clinic",
    timezone="Europe/Istanbul",
    hours={"mon-fri": ["09:00-12:30", "14:00-18:30"], "sat": "10:00-14:00"},
    holidays="TR",
    closures=[Closure(first=date(2027, 8, 2), last=date(2027, 8, 15), reason="Summer leave")],
)


def faults(**fields: object) -> list[str]:
    """Say the faults of a clinic with these fields."""
    with pytest.raises(ClinicError) as caught:
        Clinic.model_validate({"timezone": "Europe/Istanbul"} | fields)
    return [str(fault) for fault in caught.value.faults]


def test_a_clinic_is_a_value() -> None:
    """The same after JSON, a table of texts, pickle and copies; and it can be hashed."""
    for other in (
        Clinic.model_validate_json(CLINIC.model_dump_json()),
        Clinic.model_validate(CLINIC.model_dump(mode="json")),
        pickle.loads(pickle.dumps(CLINIC)),  # noqa: S301 - our own bytes
        copy.deepcopy(CLINIC),
        CLINIC.replace(),
    ):
        assert other == CLINIC
        assert hash(other) == hash(CLINIC)


NAMED = 'write the name of a zone, for example "Europe/Istanbul" or "UTC"'
PERHAPS = 'write the name of a zone, perhaps "Europe/Istanbul"'
OFFSET = 'an offset is no zone: write the name of one, for example "Europe/Istanbul"'


@pytest.mark.parametrize(
    ("zone", "got", "remedy", "why"),
    [
        ("Europe/Istambul", "'Europe/Istambul'", PERHAPS, "a slip"),
        ("istanbul", "'istanbul'", 'write "Europe/Istanbul"', "a city"),
        ("New York", "'New York'", 'write "America/New_York"', "a city of two words"),
        ("utc+3", "'utc+3'", OFFSET, "an offset has no rules"),
        ("+03:00", "'+03:00'", OFFSET, "nor has this"),
        ("", "''", NAMED, "nothing"),
        ("localtime", "'localtime'", NAMED, "it depends on the machine"),
        ("../../etc/passwd", "'../../etc/passwd'", NAMED, "a path is no zone"),
        ("a\r\nBEGIN:VEVENT", "'a\\r\\nBEGIN:VEVENT'", NAMED, "shown escaped"),
        (
            timezone(timedelta(hours=3)),
            "datetime.timezone(datetime.timedelta(seconds=10800))",
            NAMED,
            "a fixed offset knows no summer",
        ),
        (3, "3", NAMED, "a number"),
    ],
)
def test_an_unknown_zone_is_refused_with_a_remedy(
    zone: object, got: str, remedy: str, why: str
) -> None:
    """The name that was probably meant, or how to write one."""
    said = faults(timezone=zone)
    assert said == [f"timezone: is not an IANA time zone, got {got} ({remedy})"], why


def test_a_zone_may_be_a_zoneinfo() -> None:
    """It is kept by its name, and pickles and saves as that."""
    clinic = Clinic(timezone=ZoneInfo("Europe/Istanbul"))
    assert clinic == Clinic(timezone="Europe/Istanbul")
    assert clinic.zone is ZoneInfo("Europe/Istanbul")


FORM = 'write opening hours such as "09:00-18:30", a day ends at "24:00"'


@pytest.mark.parametrize(
    ("hours", "said", "why"),
    [
        (
            {},
            ["hours: are never open, got {} (write hours, or leave them out if it is always open)"],
            "never open",
        ),
        (
            {"mon": []},
            [
                "hours: are never open, got {'mon': []} (write hours, or leave them out if it is always open)"
            ],
            "a day without hours is closed",
        ),
        (
            {"mon": "18:00-09:00"},
            [
                "hours.mon: ends before it begins, got '18:00-09:00' (split hours over midnight in two)"
            ],
            "over midnight",
        ),
        (
            {"mon": "09:00-12:00, 11:00-13:00", "tue-wed": ["09:00-17:00", "16:00-18:00"]},
            [
                "hours.mon: has hours that overlap, got 09:00-12:00, 11:00-13:00 (join them)",
                "hours.tue: has hours that overlap, got 09:00-17:00, 16:00-18:00 (join them)",
                "hours.wed: has hours that overlap, got 09:00-17:00, 16:00-18:00 (join them)",
            ],
            "overlapping hours, each day of them",
        ),
        (
            {"mon": "09:00-17:00", "mon-tue": "16:00-18:00"},
            ["hours.mon: has hours that overlap, got 09:00-17:00, 16:00-18:00 (join them)"],
            "two lines about one day are joined first",
        ),
        (
            {"mon": 9, "tue": None, "funday": "09:00-17:00"},
            [
                f"hours.mon: is not text, got 9 ({FORM})",
                f"hours.tue: is not text, got None ({FORM})",
                "hours.funday: is not a day of the week, got 'funday' (known: mon, tue, wed, thu, fri, sat, sun)",
            ],
            "all at once",
        ),
        (
            {"sun": "closed"},
            [f"hours.sun: is not opening hours, got 'closed' ({FORM})"],
            "a closed day is left out",
        ),
        ("9-5", ["hours: is not a table of names and values, got '9-5'"], "no table"),
    ],
)
def test_hours_that_no_clinic_keeps_are_refused(hours: object, said: list[str], why: str) -> None:
    """The exact words, all at once."""
    assert faults(hours=hours) == said, why


@pytest.mark.parametrize(
    ("fields", "said", "why"),
    [
        (
            {"holidays": "TURKEY"},
            'holidays: is not a country, or country and subdivision, of ISO 3166, got \'TURKEY\' (write "TR" or "CA-SK")',
            "a name is no code",
        ),
        (
            {"closures": [{"first": "2026-01-02", "last": "2026-01-01"}]},
            "closure 1, last: lies before first (2026-01-02), got 2026-01-01 (exchange the two)",
            "the wrong way round",
        ),
        (
            {"closures": [{"first": 0}]},
            "closure 1, first: is a number, got 0 (write for example 2026-12-01)",
            "not 1970-01-01",
        ),
        (
            {"closures": [{"first": "2026-01-02", "reason": "a\r\nBEGIN:VEVENT"}]},
            "closure 1, reason: contains a line break or a tab, got 'a\\r\\nBEGIN:VEVENT' (write it on one line)",
            "a reason stands on one line",
        ),
        (
            {"hour": {"mon": "09:00-17:00"}},
            "hour: is not a known field, got {'mon': '09:00-17:00'} (did you mean \"hours\"?)",
            "a slip in a field",
        ),
    ],
)
def test_what_no_clinic_is_is_refused(fields: dict[str, object], said: str, why: str) -> None:
    """The exact words."""
    assert faults(**fields) == [said], why


def test_an_unknown_region_is_refused() -> None:
    """Where the library knows better."""
    pytest.importorskip("holidays", reason="the extra holidays is not installed")
    assert faults(holidays="XX") == [
        'holidays: is not a known country, got \'XX\' (write a code of ISO 3166, for example "TR" or "CA-SK")'
    ]


def test_several_faults_come_at_once() -> None:
    """Each part of a clinic is judged by itself."""
    said = faults(timezone="x", hours={"mon": "a"}, closures=[{"last": "2026-01-01"}], name="")
    assert [fault.partition(":")[0] for fault in said] == [
        "name",
        "timezone",
        "hours.mon",
        "closure 1, first",
    ]


def test_inside_a_foreign_model_a_clinic_takes_part_in_its_errors() -> None:
    """A developer's settings report our faults beside their own."""

    class Settings(BaseModel):
        clinic: Clinic
        port: int

    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"clinic": {"timezone": "Europe/Istambul"}, "port": "x"})
    assert [error["loc"] for error in caught.value.errors()] == [("clinic", "timezone"), ("port",)]
    assert "Europe/Istanbul" in str(caught.value)


@pytest.mark.parametrize(
    ("day", "reason", "why"),
    [
        (date(2026, 12, 1), None, "a Tuesday"),
        (date(2026, 12, 6), "Sunday", "no hours on that weekday"),
        (date(2027, 1, 1), "New Year's Day", "a public holiday"),
        (date(2027, 8, 1), "Sunday", "the day before the leave"),
        (date(2027, 8, 2), "Summer leave", "its first day"),
        (date(2027, 8, 15), "Summer leave", "its last day, though a Sunday"),
        (date(2027, 8, 16), None, "the day after"),
    ],
)
def test_a_clinic_says_why_it_is_closed(day: date, reason: str | None, why: str) -> None:
    """A closure's reason comes first, then the holiday, then the weekday."""
    pytest.importorskip("holidays", reason="the extra holidays is not installed")
    assert CLINIC.closed(day) == reason, why
    assert CLINIC.exception(day) == (None if reason == "Sunday" else reason), why


def test_a_closure_of_one_day_needs_no_end() -> None:
    """Its last day is its first, in JSON as well."""
    closure = Closure.model_validate({"first": "2026-12-24"})
    assert closure.last == date(2026, 12, 24)
    assert Closure.model_validate_json(closure.model_dump_json()) == closure
    assert closure.replace(first=date(2027, 1, 4)).last == date(2027, 1, 4)
    with pytest.raises(ClinicError, match="Closure: is not a table of fields"):
        Closure.model_validate("2026-12-24")


def test_the_longest_stretch_is_the_room_of_a_day() -> None:
    """A visit lies inside one stretch of opening time."""
    clinic = CLINIC.replace(holidays=None)
    assert [clinic.room(MONDAY + day) for day in (0, 5, 6)] == [270, 240, 0]
    assert clinic.longest == 270
    assert clinic.spans(MONDAY) == ((540, 750), (840, 1110))
    assert clinic.spans(MONDAY + 6) == ()


def test_a_clinic_without_hours_is_always_open() -> None:
    """A visit may pass midnight where nobody closes."""
    clinic = Clinic(timezone="UTC")
    assert Clinic.model_validate_json(clinic.model_dump_json()) == clinic
    assert clinic.closed(date(2026, 12, 6)) is None
    assert clinic.room(MONDAY + 6) >= 24 * 60


@pytest.mark.parametrize(
    ("zone", "day", "minutes", "expected", "why"),
    [
        ("Europe/Istanbul", date(2026, 12, 1), 1050, "17:30+0300", "any day"),
        ("Europe/Berlin", date(2026, 3, 29), 150, "03:30+0200", "spring: forward by the gap"),
        ("Europe/Berlin", date(2026, 10, 25), 150, "02:30+0200", "autumn: the first of the two"),
        ("Europe/Berlin", date(2026, 12, 1), 1440, "00:00+0100", "the end of the day"),
        ("Australia/Lord_Howe", date(2026, 10, 4), 135, "02:45+1100", "a gap of half an hour"),
    ],
)
def test_a_local_time_becomes_a_moment(
    zone: str, day: date, minutes: int, expected: str, why: str
) -> None:
    """Day, wall time and zone are joined in one place (M11)."""
    assert f"{Clinic(timezone=zone).at(day.toordinal(), minutes):%H:%M%z}" == expected, why


def test_a_moment_becomes_local_time() -> None:
    """An aware one is converted, a naive one is local already."""
    naive = datetime(2026, 12, 1, 17, 30)
    assert CLINIC.local(naive) == naive
    assert CLINIC.local(datetime(2026, 12, 1, 14, 30, tzinfo=UTC)) == naive


@given(
    st.dictionaries(st.sampled_from(["mon", "tue-wed", "sat", "Sunday"]), some.spans(), min_size=1),
    st.integers(0, 400),
)
def test_a_day_is_open_exactly_where_hours_are_written(hours: dict[str, Any], shift: int) -> None:
    """Without closures and holidays the weekday decides; the room is the longest stretch."""
    clinic = Clinic(timezone="UTC", hours=hours)
    ordinal = MONDAY + shift
    written = {0: "mon", 1: "tue-wed", 2: "tue-wed", 5: "sat", 6: "Sunday"}.get(shift % 7)
    length = hours[written].length if written in hours else 0
    assert clinic.room(ordinal) == length
    assert (clinic.why_closed(ordinal) is None) == (length > 0)
    assert Clinic.model_validate_json(clinic.model_dump_json()) == clinic
