from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta

import pytest

from clocks import FIRST, LAST, ZONES, block, cases
from mesoplan import CalendarError
from mesoplan.calendar.vtimezone import vtimezone
from readers import Reader, libical_restrictions, restrictions_many

PAST = date(2021, 1, 1), date(2025, 12, 31)
"""Years whose clocks no law can change any more, for tests that quote a block."""
SAMPLE = ("Europe/Berlin", "Africa/Casablanca", "Asia/Tokyo")
UNKNOWN = ("", "UTC+03:00", "Europe", "Europe/Nowhere", "../etc/passwd", "/Europe/Berlin")
NO_PLACE = ("Factory", "localtime", "posixrules", "posix/Europe/Berlin", "right/Europe/Berlin")


def test_berlin_is_the_pair_of_rules_outlook_takes() -> None:
    """A zone with regular summer time is one DAYLIGHT and one STANDARD with a yearly rule."""
    assert block("Europe/Berlin", *PAST).split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Berlin",
        "BEGIN:DAYLIGHT",
        "DTSTART:20200329T020000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20201025T030000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]


def test_rule_begins_on_a_day_it_names() -> None:
    """DTSTART is itself a last Sunday, even when that is the 31st of the year before."""
    text = block("Europe/Berlin", date(2025, 1, 1), date(2025, 12, 31))
    assert "DTSTART:20240331T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n" in text


def test_istanbul_is_one_standard() -> None:
    """A zone that keeps one offset is a single STANDARD without a rule."""
    text = block("Europe/Istanbul", *PAST)
    assert text.count("BEGIN:") == 2
    assert "BEGIN:STANDARD" in text
    assert "RRULE" not in text


def test_casablanca_lists_both_ends_of_ramadan() -> None:
    """Ramadan moves through the year, so each of its changes stands in the block by itself."""
    text = block("Africa/Casablanca", *PAST)
    assert "RRULE" not in text
    assert "BEGIN:STANDARD\r\nDTSTART:20250223T030000\r\n" in text
    assert "BEGIN:DAYLIGHT\r\nDTSTART:20250406T020000\r\n" in text


def test_lord_howe_moves_by_half_an_hour() -> None:
    """Half-hour summer time and a southern year need nothing special."""
    text = block("Australia/Lord_Howe", *PAST)
    assert "TZOFFSETFROM:+1030\r\nTZOFFSETTO:+1100" in text
    assert "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4" in text


def test_dublin_has_its_daylight_in_summer() -> None:
    """The larger offset is DAYLIGHT, even where the law calls summer standard and winter less."""
    daylight, standard = vtimezone("Europe/Dublin", *PAST).subcomponents
    assert (daylight.name, daylight.TZOFFSETTO) == ("DAYLIGHT", timedelta(hours=1))
    assert (standard.name, standard.TZOFFSETTO) == ("STANDARD", timedelta(0))


@pytest.mark.slow
def test_no_block_holds_what_clients_choke_on() -> None:
    """No RDATE, COMMENT, UNTIL or zoned DTSTART; a rule has one BYDAY and stands in a pair."""
    for case in cases(FIRST, LAST):
        for word in ("RDATE", "COMMENT", "UNTIL", "TZID=", "VALUE="):
            assert word not in case.block
        rules = case.block.count("RRULE:FREQ=YEARLY;BYDAY=")
        assert rules in {0, 2}
        if rules:
            assert case.block.count("BEGIN:STANDARD") == case.block.count("BEGIN:DAYLIGHT") == 1


@pytest.mark.slow
def test_libical_has_nothing_against_any_block(libical: Reader) -> None:
    """Every block passes libical's own check of RFC 5545."""
    some = cases(FIRST, FIRST.replace(month=12))
    assert libical.name == "libical"
    assert not any(restrictions_many([case.file for case in some]))
    commented = some[0].file.replace(b"BEGIN:STANDARD", b"COMMENT:no\r\nBEGIN:STANDARD", 1)
    assert libical_restrictions(commented)


@pytest.mark.slow
@pytest.mark.parametrize(("last", "floor"), [(2026, 0.9), (2028, 0.9), (2036, 0.8)])
def test_most_zones_with_summer_time_get_rules(last: int, floor: float) -> None:
    """Outlook needs rules, so only zones without a yearly pattern may go without."""
    blocks = [block(tzid, FIRST, date(last, 12, 31)) for tzid in ZONES]
    with_summer_time = [text for text in blocks if "BEGIN:DAYLIGHT" in text]
    with_rules = [text for text in with_summer_time if "RRULE" in text]
    assert len(with_rules) > floor * len(with_summer_time) > 100


def test_range_within_a_year_means_the_year() -> None:
    """Days of the same years give the same bytes, so one zone has one block in every file."""
    year = block("Europe/Berlin", FIRST, date(2026, 12, 31))
    assert block("Europe/Berlin", date(2026, 7, 1), date(2026, 7, 2)) == year


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_bytes_do_not_depend_on_the_process(seed: str) -> None:
    """The same question gives the same bytes in any process, whatever its hash seed and zone."""
    program = (
        "import datetime as d, sys; from mesoplan.calendar.vtimezone import vtimezone as v\n"
        f"for z in {SAMPLE}:\n"
        "    sys.stdout.write(v(z, d.date(2026, 1, 1), d.date(2036, 12, 31)).to_ical().decode())"
    )
    path = os.pathsep.join(sys.path)
    odd = {"PYTHONHASHSEED": seed, "PYTHONPATH": path, "TZ": "Pacific/Chatham"}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], env={**os.environ, **odd}, capture_output=True, check=True
    )
    assert done.stdout.decode() == "".join(block(tzid, FIRST, LAST) for tzid in SAMPLE)


def test_component_belongs_to_the_caller() -> None:
    """Changing a block that was handed out does not change the next one."""
    before = block("Europe/Berlin", FIRST, LAST)
    vtimezone("Europe/Berlin", FIRST, LAST).subcomponents.clear()
    assert block("Europe/Berlin", FIRST, LAST) == before


@pytest.mark.parametrize("tzid", [*UNKNOWN, *NO_PLACE])
def test_names_of_no_place_are_refused(tzid: str) -> None:
    """A name outside the IANA database, or one that means this machine's zone, is an error."""
    with pytest.raises(CalendarError, match="not an IANA time zone") as caught:
        vtimezone(tzid, FIRST, LAST)
    assert repr(tzid) in str(caught.value)


def test_range_must_not_end_before_it_begins() -> None:
    """Swapped days are an error that names the zone and both days."""
    with pytest.raises(CalendarError, match="Europe/Berlin: 2036-12-31 to 2026-01-01"):
        vtimezone("Europe/Berlin", LAST, FIRST)
