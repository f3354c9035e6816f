from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC
from pathlib import Path

import pytest

import calendars
from mesoplan import Plan, Visit, uid_of
from readers import Entry, Reader, restrictions_many

DAY, HOUR = 86_400, 3_600
USUAL = (-DAY, -2 * HOUR)
STATUSES = {
    "attended": "CONFIRMED",
    "planned": "CONFIRMED",
    "tentative": "TENTATIVE",
    "on_hold": "TENTATIVE",
}


def _entry(plan: Plan, visit: Visit, alarms: tuple[int, ...] = USUAL) -> Entry:
    """Say what any program has to read of a visit, but for its texts."""
    return Entry(
        uid=uid_of(plan.course.id, visit.key),
        start=visit.start.astimezone(UTC),
        end=visit.end.astimezone(UTC),
        status=STATUSES.get(visit.status, "CANCELLED"),
        sequence=visit.revision,
        alarms=alarms if visit.upcoming else (),
    )


def _promised() -> dict[str, list[Entry]]:
    istanbul, berlin = calendars.istanbul(), calendars.berlin()
    statuses, hostile = calendars.statuses(), calendars.hostile()
    booked = [visit for visit in statuses.visits if visit.place == "clinic"]
    fifth = istanbul.visit("induction-5")
    return {
        "istanbul.ics": [_entry(istanbul, visit) for visit in istanbul.visits],
        "berlin.ics": [_entry(berlin, visit) for visit in berlin.visits],
        "statuses.ics": [_entry(statuses, visit) for visit in booked],
        "one-visit.ics": [_entry(istanbul, fifth, (-7 * DAY, -90 * 60))],
        "feed.ics": [_entry(statuses, visit, ()) for visit in booked],
        "hostile.ics": [_entry(hostile, visit) for visit in hostile.visits],
    }


def _golden() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(calendars.GOLDEN.glob("*.ics"))}


def _without_texts(entry: Entry) -> Entry:
    return Entry(
        entry.uid, entry.start, entry.end, "", entry.status, entry.sequence, "", entry.alarms
    )


def test_every_kept_file_is_written_again_byte_for_byte() -> None:
    """The golden files are what the library writes; `python tests/calendars.py` renews them."""
    assert calendars.files() == _golden()


def test_every_program_reads_the_plan(reader: Reader) -> None:
    """Instants, states, sequence numbers, alarms and UIDs are the plan's in each reader."""
    promised, golden = _promised(), _golden()
    assert promised.keys() == golden.keys()
    read = reader.read_many(list(golden.values()))
    for name, entries in zip(golden, read, strict=True):
        assert [_without_texts(entry) for entry in entries] == promised[name], name


def test_every_program_reads_hostile_text_as_text(reader: Reader) -> None:
    """Commas, escapes, emoji and forged lines come back as they were, control characters gone."""
    entries = reader.read(_golden()["hostile.ics"])
    assert [entry.summary for entry in entries] == list(calendars.CLEAN)
    texts = [f"Weekly mesotherapy: session\n{text}" for text in calendars.CLEAN]
    assert [entry.description for entry in entries] == texts


def test_libical_has_no_complaint(libical: Reader) -> None:
    """Each file passes libical's own checks of RFC 5545 and 5546."""
    assert libical.name == "libical"
    assert restrictions_many(list(_golden().values())) == [[]] * len(_golden())


@pytest.mark.parametrize("name", sorted(calendars.files()))
def test_no_byte_is_out_of_place(name: str) -> None:
    """Line ends, line lengths, characters and properties are what every client takes."""
    assert calendars.complaints(calendars.files()[name]) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (b"END:VCALENDAR\r\n", b"END:VCALENDAR", "does not end with a line"),
        (b"\r\n", b"\n", "has a bare CR or LF"),
        (b"Klinik", b"Klinik\x07", "has a control character"),
        (b"Klinik", b"Klinik\xc2\x85", "has a control character"),
        (b"Klinik", b"Klinik" * 9, "has a line over 75 octets"),
        ("ş".encode(), b"\xc5\r\n \x9f", "cuts a character"),
        (b"BEGIN:VEVENT", b"\r\nBEGIN:VEVENT", "has an empty line"),
        (b"STATUS:CONFIRMED", b"STATUS:", "has an empty property"),
        (b"VERSION:2.0\r\n", b"", "opens without VERSION and PRODID"),
        (b"STATUS:", b"ORGANIZER:mailto:a@example.org\r\nSTATUS:", "asks for an answer or repeats"),
        (b"NAME:", b"METHOD:PUBLISH\r\nNAME:", "has what Outlook misreads"),
    ],
)
def test_the_byte_check_can_fail(old: bytes, new: bytes, complaint: str) -> None:
    """Each thing that the check looks for is found when it is there."""
    broken = calendars.files()["istanbul.ics"].replace(old, new)
    assert complaint in calendars.complaints(broken)


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_bytes_do_not_depend_on_the_process(seed: str) -> None:
    """The same plans give the same bytes under any hash seed and in any machine's zone."""
    program = "import sys, calendars; sys.stdout.buffer.write(b''.join(calendars.files().values()))"
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    odd = {"PYTHONHASHSEED": seed, "PYTHONPATH": path, "TZ": "Pacific/Chatham"}
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program], env={**os.environ, **odd}, capture_output=True, check=True
    )
    assert done.stdout == b"".join(calendars.files().values())
