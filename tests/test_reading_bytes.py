"""Calendars from strangers: whatever the bytes are, an answer or one clear refusal, in bounded time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import calendars
from mesoplan import CalendarError, CalendarReading, facts_from_ics, to_ics, uid_of

PLAN = calendars.istanbul()
FILE = to_ics(PLAN)
OURS = f"UID:{uid_of(PLAN.course.id, 'induction-5')}".encode()
HEAD, TAIL = b"BEGIN:VCALENDAR\n", b"END:VCALENDAR\n"


def _entry(*lines: bytes) -> bytes:
    return b"\n".join([b"BEGIN:VEVENT", OURS, *lines, b"END:VEVENT", b""])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "calendar file: is empty"),
        (b" \r\n\r\n", "is empty"),
        (b"<!doctype html>", "is not a calendar, got '<!doctype html>'"),  # a login page
        (b"/etc/passwd", "is not a calendar"),  # icalendar opens a str like this as a file
        (b"\x00\xff\xfe", "is not a calendar"),
        (FILE.decode().encode("utf-16"), "is not a calendar"),
        (b"BEGIN:VEVENT\nEND:VEVENT\n", "is not a calendar, got 'BEGIN:VEVENT'"),
        (b"END:VCALENDAR", "is not a calendar, got 'END:VCALENDAR'"),
        (HEAD + TAIL + b"and more", "is not a calendar, got 'and more'"),
        (FILE[:5000], "was cut off: 'VEVENT' does not end (export it again"),
        (FILE.removesuffix(b"END:VCALENDAR\r\n"), "was cut off: 'VCALENDAR' does not end"),
        (HEAD + b"BEGIN:VEVENT\n" + TAIL, "ends 'VCALENDAR' where 'VEVENT' is open"),
        (HEAD + b"BEGIN:X\n" * 20, "nests components more than 10 deep"),
        (HEAD + b"BEGIN:X\nEND:X\n" * 100_001 + TAIL, "holds more than 100,000 components"),
        (FILE + b" " * 5_000_000, "is larger than 5 MB, got 5,0"),
    ],
)
def test_what_is_no_whole_calendar_is_refused(data: bytes, said: str) -> None:
    """One sentence says what is wrong and what to give instead; a half file would look deleted."""
    with pytest.raises(CalendarError) as refused:
        facts_from_ics(data, PLAN)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 300


def test_text_is_refused() -> None:
    """Only bytes are taken: text has lost its encoding, and icalendar may take it for a path."""
    with pytest.raises(CalendarError, match=r"is not bytes, got str \(read the file as bytes\)"):
        facts_from_ics("BEGIN:VCALENDAR", PLAN)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,  # a byte order mark
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data.replace(b"\r\n", b"\r"),
        lambda data: data.replace(b"\r\n", b"\n\n").replace(b"\n\n ", b"\n "),
        lambda data: data.replace(b"\r\nDT", b"\r\n\t\r\nDT"),  # an empty fold
        lambda data: data.replace("ş".encode(), b"\xfe"),  # Latin-5
        lambda data: data.replace("ş".encode(), b"\xc5\r\n \x9f"),  # folded inside a character
        lambda data: data.replace(b"20270102T133000", b"20270\r\n\t102T133000"),
        lambda data: data.replace(b"BEGIN:VEVENT", b"begin:vevent").replace(b"END:", b"End:"),
        lambda data: data + data,  # two calendars, one after the other
        lambda data: data + b"\r\n\r\n",
        lambda data: data.replace(b"SUMMARY", b"X-A:\xe2\x80\xa8\x0b\x0c\x85\r\nSUMMARY"),
        lambda data: data.replace(b"BEGIN:VEVENT", b"rubbish\r\n;:=\r\nBEGIN:VEVENT"),
    ],
)
def test_habits_of_writing_change_nothing(change: Callable[[bytes], bytes]) -> None:
    """Line ends, folds, encodings and case differ between programs; the visits do not."""
    changed = change(FILE)
    assert changed != FILE
    assert facts_from_ics(changed, PLAN) == CalendarReading()


_MUCH = 1_000_000
_COPY = _entry(b"DTSTART:20270102T103000Z", b"DTEND:20270102T110000Z")


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(HEAD + b"X" * _MUCH + b"\n" + TAIL, id="one line"),
        pytest.param(HEAD + _entry(b"DTSTART" + b";" * _MUCH) + TAIL, id="a line of parameters"),
        pytest.param(HEAD + _entry(b"DURATION:P" + b"9" * _MUCH + b"W") + TAIL, id="one number"),
        pytest.param(HEAD + b"\n " * (_MUCH // 2) + b"\n" + TAIL, id="folds"),
        pytest.param(HEAD + b"\r\n" * (_MUCH // 2) + TAIL, id="empty lines"),
        pytest.param(HEAD + b":\n" * (_MUCH // 2) + TAIL, id="short lines"),
        pytest.param(HEAD + _COPY * (_MUCH // len(_COPY)) + TAIL, id="copies of one visit"),
        pytest.param(HEAD + _entry(*[b"ATTENDEE:x"] * (_MUCH // 11)) + TAIL, id="attendees"),
        pytest.param(HEAD + _entry(*[b"RDATE:2"] * (_MUCH // 8)) + TAIL, id="lists"),
    ],
)
def test_a_megabyte_of_anything_takes_seconds(data: bytes) -> None:
    """Time grows with the size and nothing else; the bound is far above what was measured (1 s)."""
    begun = time.process_time()
    facts_from_ics(data, PLAN)
    assert time.process_time() - begun < 20


_PIECES = st.sampled_from(
    [
        b"BEGIN:VCALENDAR",
        b"BEGIN:VEVENT",
        b"END:VEVENT",
        b"END:VCALENDAR",
        b"BEGIN:VALARM",
        b"END:VALARM",
        OURS,
        b"METHOD:CANCEL",
        b"DTSTART;TZID=Europe/Istanbul:20270102T140000",
        b'DTSTART;TZID="":20270102T140000',
        b"DTSTART:20270102",
        b"DTEND:19000101T000000Z",
        b"DURATION:-P99999999W",
        b"SEQUENCE:99999999999999999999",
        b'ATTENDEE;PARTSTAT="DECLINED',
        b"RRULE:FREQ=SECONDLY",
        b" ",
    ]
)
_LINES = st.lists(st.one_of(_PIECES, st.binary(max_size=30)), max_size=25).map(b"\r\n".join)
_INSIDE = _LINES.map(lambda text: HEAD + _entry(text) + TAIL)


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """Draw our file with a stretch of it taken out, doubled or overwritten."""
    first = draw(st.integers(0, len(FILE)))
    last = draw(st.integers(first, min(first + 200, len(FILE))))
    return FILE[:first] + draw(st.binary(max_size=20) | st.just(FILE[first:last] * 2)) + FILE[last:]


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(st.one_of(st.binary(max_size=300), _LINES, _INSIDE, _damaged()))
@example(HEAD + _entry(b"DTSTART;TZID=\xff:20270102T140000") + TAIL)
@example(HEAD + _entry(b"DURATION:P" + b"9" * 900 + b"W", b"DTSTART:20270102T103000Z") + TAIL)
def test_any_bytes_are_answered_or_refused(data: bytes) -> None:
    """Nothing but a CalendarError ever comes out, and every proposal is about a visit of the plan."""
    try:
        read = facts_from_ics(data, PLAN)
    except CalendarError as refused:
        assert str(refused).startswith("calendar file: ")  # noqa: PT017 - any of many outcomes
        return
    for fact in read.facts:
        assert PLAN.visit(fact.visit).upcoming
    PLAN.course.record(*read.facts)


_WATCHED = """
import sys, zoneinfo, calendars
from mesoplan import facts_from_ics, to_ics
plan = calendars.istanbul()
file = to_ics(plan)
facts_from_ics(file, plan)
seen = []
watched = {"open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.listdir"}
sys.addaudithook(lambda name, given: seen.append(str(given[0])) if name in watched else None)
for name in ("/etc/passwd", "../../../etc/passwd", "Asia/Tokyo", "http://example.org/zone"):
    facts_from_ics(file.replace(b"TZID=Europe/Istanbul", b"TZID=" + name.encode()), plan)
    try:
        facts_from_ics(name.encode(), plan)
    except ValueError:
        pass
known = ("Tokyo", "tzdata")
print([given for given in seen if not any(word in given for word in known)])
print(any("Tokyo" in given for given in seen))
"""


def test_no_file_and_no_network_is_touched() -> None:
    """Names in the file open nothing; the one file read is the zone data of a zone that exists."""
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _WATCHED],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["[]", "True"]  # the second line proves that it watches
