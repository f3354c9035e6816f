"""Plans whose calendar files are kept in tests/golden, and what to hold against any such file.

`python tests/calendars.py` writes the golden files anew; look at what git says they changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from mesoplan import Clinic, Closure, Course, Phase, Plan, Protocol, Review, Visit, schedule, to_ics

M = TypeVar("M", bound=BaseModel)
GOLDEN = Path(__file__).parent / "golden"
STAMP = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOSTILE = (
    "Ağrı; 2 ml, left\\right \\N\\n 👩🏽‍⚕️ مرحبا \u2067א\u2069",
    "bell\x07 nul\x00 vt\x0bnel\x85ls\u2028ps\u2029esc\x1b[31m bom\ufeff del\x7f half\ud83d!",
    "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:forged",
    "gnp.exe\u202ecod \u202dover",
    "é" * 36 + "\\" * 7 + "€" * 40 + "😀" * 40,
)
CLEAN = (
    HOSTILE[0],
    "bell nul vt\nnel\nls\nps\nesc[31m bom del half!",
    "x\nEND:VEVENT\nBEGIN:VEVENT\nUID:forged",
    "gnp.execod over",
    HOSTILE[4],
)


def weekly(sessions: int = 16) -> Protocol:
    """Give a weekly protocol with a consultation and a review."""
    return Protocol(
        id="weekly",
        title="Weekly mesotherapy",
        phases=[
            Phase(id="induction", title="Session", every="P1W", sessions=sessions, window="P2D")
        ],
        reviews=[
            Review(id="consultation", kind="consultation", at="start - P1W", window="P1W"),
            Review(id="month-3", at="start + P3M", window="P1W"),
        ],
    )


@cache
def istanbul() -> Plan:
    """Plan sixteen weeks at a clinic with hours, a holiday and a leave."""
    clinic = Clinic(
        name="Klinik Işık, Saç & Cilt",
        location="Bağdat Cd. 12; Kadıköy",
        phone="+90 216 000 00 00",
        timezone="Europe/Istanbul",
        hours={"mon-fri": "09:00-18:30", "sat": "10:00-14:00"},
        closures=[
            Closure(first=date(2027, 1, 1), last=date(2027, 1, 1), reason="New Year's Day"),
            Closure(first=date(2027, 2, 1), last=date(2027, 2, 14), reason="Winter leave"),
        ],
    )
    course = Course(id="course-1042", protocol=weekly(), start=datetime(2026, 12, 4, 17, 30))
    return schedule(course, clinic, as_of=STAMP)


@cache
def berlin() -> Plan:
    """Plan half a year of Sunday nights, through the hour shown twice and the one skipped."""
    course = Course(
        id="course-7",
        protocol=Protocol(
            id="nights",
            title="Nights",
            phases=[Phase(id="night", title="Night", every="P1W", sessions=26, duration="PT45M")],
        ),
        start=datetime(2026, 10, 11, 2, 30),
    )
    return schedule(course, Clinic(timezone="Europe/Berlin"), as_of=STAMP)


def visit(key: str, day: int, **fields: Any) -> Visit:
    """Give a visit of half an hour on a day of January 2027, at ten in Istanbul."""
    start = datetime(2027, 1, day, 7, tzinfo=UTC)
    usual: dict[str, Any] = {
        "kind": "session",
        "name": "Session",
        "target": start.date(),
        "start": start,
        "end": start + timedelta(minutes=30),
        "stamp": STAMP,
    }
    return Visit(key=key, **(usual | fields))


def by_hand(visits: Sequence[Visit], timezone: str = "Europe/Istanbul") -> Plan:
    """Give a plan of these visits."""
    return Plan(
        course=Course(id="course-9", protocol=weekly(), start=datetime(2027, 1, 4, 10)),
        clinic=Clinic(timezone=timezone),
        as_of=STAMP,
        horizon=date(2027, 12, 31),
        visits=tuple(visits),
    )


@cache
def statuses() -> Plan:
    """Give one visit of every status, and one at home."""
    later = {"revision": 3, "stamp": STAMP + timedelta(days=40)}
    return by_hand(
        [
            visit("induction-1", 4, status="attended", number=1, of=16),
            visit("induction-2", 11, status="missed", **later),
            visit("induction-3", 18, status="planned", number=2, of=16, label="2 ml, scalp"),
            visit("induction-4", 25, status="cancelled", **later),
            visit("induction-5", 26, status="tentative", number=3),
            visit("induction-6", 27, status="on_hold", number=4, **later),
            visit("home-1", 28, place="home"),
        ]
    )


def unchecked(model: M, **fields: Any) -> M:
    """Give a copy with these fields as no border would let them pass."""
    return type(model).model_construct(**(dict(model) | fields))


@cache
def hostile() -> Plan:
    """Give visits whose titles and labels no border has checked."""
    visits = [
        unchecked(visit(f"induction-{n}", n), name=text, label=text)
        for n, text in enumerate(HOSTILE, 1)
    ]
    plan = by_hand([])
    clinic = unchecked(plan.clinic, name=HOSTILE[0], location=HOSTILE[2])
    return unchecked(plan, clinic=clinic, visits=tuple(visits))


def files() -> dict[str, bytes]:
    """Write every calendar that is kept, by file name."""
    return {
        "istanbul.ics": to_ics(istanbul()),
        "berlin.ics": to_ics(berlin()),
        "statuses.ics": to_ics(statuses()),
        "one-visit.ics": to_ics(istanbul(), visit="induction-5", alarms=["P1W", "PT90M"]),
        "feed.ics": to_ics(statuses(), refresh="PT12H", private=True, alarms=[]),
        "hostile.ics": to_ics(hostile()),
    }


_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNWANTED = re.compile(rb"^(ORGANIZER|ATTENDEE|RRULE|EXDATE|DURATION|REPEAT)[:;]", re.MULTILINE)


def complaints(file: bytes) -> list[str]:
    """List what no reader notices but some client chokes on, down to the byte."""
    text, lines = file.decode(errors="replace"), file.split(b"\r\n")
    unfolded = file.replace(b"\r\n ", b"").replace(b"\r\n", b"\n")
    visits = unfolded.partition(b"BEGIN:VEVENT")[2]
    found = {
        "does not end with a line": lines[-1] != b"",
        "has a bare CR or LF": b"\r" in b"".join(lines) or b"\n" in b"".join(lines),
        "has a control character": bool(_CONTROL.search(file)) or bool(_fringe(text)),
        "has a line over 75 octets": any(len(line) > 75 for line in lines),
        "cuts a character": any(not _is_utf8(line) for line in lines),
        "has an empty line": b"" in lines[:-1],
        "has an empty property": bool(re.search(rb"^[A-Z-]+(;[^:]*)?:$", unfolded, re.MULTILINE)),
        "opens without VERSION and PRODID": not file.startswith(
            b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//mesoplan//"
        ),
        "asks for an answer or repeats": bool(_UNWANTED.search(visits)),
        "has what Outlook misreads": bool(
            re.search(rb"^(METHOD|RDATE|COMMENT)[:;]", unfolded, re.MULTILINE)
        ),
    }
    return [what for what, wrong in found.items() if wrong]


def _fringe(text: str) -> list[str]:
    return re.findall("[\x80-\x9f\u2028\u2029\ufeff\u202d\u202e]", text)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, content in files().items():
        (GOLDEN / name).write_bytes(content)
