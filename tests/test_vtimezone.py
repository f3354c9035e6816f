from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clocks import FIRST, LAST, ZONES, Case, block, calendar, cases, gathered, readings
from readers import ICALENDAR, ICALJS, LIBICAL, Reader

CHUNKS = 8

each_reader = pytest.mark.parametrize(
    "reader", [ICALJS, LIBICAL, ICALENDAR], indirect=True, ids=lambda reader: str(reader.name)
)


def _assert_reads_right(reader: Reader, some: Sequence[Case]) -> None:
    for case, entries in zip(some, reader.read_many([case.file for case in some]), strict=True):
        assert readings(case, entries) == case.clock, case.zones


@pytest.mark.slow
@each_reader
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_zone_reads_right_for_eleven_years(reader: Reader, chunk: int) -> None:
    """Every IANA zone's block gives a reader the true UTC time all year round, 2026 to 2036."""
    _assert_reads_right(reader, cases(FIRST, LAST)[chunk::CHUNKS])


@pytest.mark.slow
@each_reader
@pytest.mark.parametrize("year", range(FIRST.year, LAST.year + 1))
def test_every_zone_reads_right_in_a_single_year(reader: Reader, year: int) -> None:
    """A block made for one year, the usual length of a course, is right in every zone too."""
    _assert_reads_right(reader, cases(date(year, 1, 1), date(year, 12, 31)))


@pytest.mark.slow
def test_the_sweep_leaves_no_zone_out() -> None:
    """Each zone belongs to exactly one case, whose block is its own but for the name."""
    seen = sorted(zone for case in cases(FIRST, LAST) for zone in case.zones)
    assert seen == ZONES
    assert len(seen) > 500


@each_reader
@pytest.mark.parametrize(
    ("tzid", "year"),
    [
        ("Pacific/Apia", 2011),  # skipped a whole day
        ("America/Indiana/Winamac", 2007),  # two hours forward, one hour back
        ("Africa/Cairo", 2014),  # four changes
        ("Africa/Casablanca", 2012),
        ("Europe/Istanbul", 2016),  # forward and never back
        ("America/Caracas", 2016),  # half an hour, once
        ("Asia/Pyongyang", 2018),
        ("Africa/Sao_Tome", 2018),
        ("Europe/Berlin", 1995),  # the last Sunday of September became October's
    ],
)
def test_changes_of_law_read_right(reader: Reader, tzid: str, year: int) -> None:
    """A year in which a country changed its clocks by law is right before, between and after."""
    _assert_reads_right(reader, gathered([tzid], date(year - 1, 1, 1), date(year + 1, 12, 31)))
    _assert_reads_right(reader, gathered([tzid], date(year, 1, 1), date(year, 12, 31)))


@each_reader
@pytest.mark.parametrize(
    ("tzid", "first", "last"),
    [
        ("Europe/Berlin", date(2026, 3, 27), date(2026, 3, 31)),  # a few days around a change
        ("Europe/Berlin", date(2026, 7, 1), date(2027, 2, 1)),  # begins in summer time
        ("Europe/Berlin", date(2026, 12, 1), date(2026, 12, 20)),  # one season only
        ("Europe/Berlin", date(2026, 6, 6), date(2026, 6, 6)),
        ("Australia/Sydney", date(2027, 1, 1), date(2027, 1, 31)),  # January is summer
        ("America/Santiago", date(2028, 1, 1), date(2030, 12, 31)),  # Sunday on or after the 2nd
        ("Africa/Casablanca", date(2027, 2, 10), date(2027, 3, 1)),  # inside Ramadan
        ("Asia/Jerusalem", date(2026, 3, 1), date(2029, 11, 30)),  # Friday before last Sunday
    ],
)
def test_narrow_ranges_read_right(reader: Reader, tzid: str, first: date, last: date) -> None:
    """A short range is right from its first minute to its last, whatever the season."""
    _assert_reads_right(reader, gathered([tzid], first, last))


@each_reader
@pytest.mark.parametrize("tzid", ["Asia/Tokyo", "Africa/Casablanca", "Europe/Berlin"])
def test_the_eve_of_the_range_reads_right(reader: Reader, tzid: str) -> None:
    """The last evening before the range has an offset too, for a visit moved across New Year."""
    eve = datetime(2026, 12, 31, 18)
    file = calendar(tzid, block(tzid, date(2027, 1, 1), date(2028, 12, 31)), [eve])
    (entry,) = reader.read(file)
    assert entry.start == eve.replace(tzinfo=ZoneInfo(tzid))


@each_reader
def test_readers_believe_the_renamed_block(reader: Reader) -> None:
    """The sweep tests our block: under a private name a reader follows even an absurd offset."""
    absurd = block("Asia/Tokyo", FIRST, FIRST).replace("+0900", "+0517")
    wall = datetime(2026, 5, 5, 12)
    (entry,) = reader.read(calendar("Asia/Tokyo", absurd, [wall]))
    assert entry.start == datetime(2026, 5, 5, 6, 43, tzinfo=UTC)


@each_reader
def test_times_the_clock_skips_or_repeats_are_read_differently(reader: Reader) -> None:
    """A time that does not exist, or exists twice, is no reader's fault: a file must avoid it.

    RFC 5545, 3.3.5, takes the offset before the gap and the first of two equal times.
    """
    walls = [datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30)]
    file = calendar("Europe/Berlin", block("Europe/Berlin", FIRST, FIRST), walls)
    skipped, repeated = (entry.start for entry in reader.read(file))
    assert skipped == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # by the RFC 01:30
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert repeated == (first if reader is ICALENDAR else first + timedelta(hours=1))
