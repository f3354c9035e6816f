"""A real CalDAV server, Radicale, gets one plan after the other, and gives back what was changed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import calendars
from mesoplan import (
    CalendarReading,
    Closure,
    Missed,
    Plan,
    Visit,
    facts_from_ics,
    schedule,
    to_ics,
    uid_of,
)
from readers import ICALENDAR, Entry

pytestmark = pytest.mark.slow

_STARTS_WITHIN = 30.0
"""Seconds; it was measured to take half a second."""
_STATES = {"planned": "CONFIRMED", "attended": "CONFIRMED", "tentative": "TENTATIVE"}


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return int(listening.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _await(server: subprocess.Popen[bytes], port: int) -> None:
    """Ask until the server answers; one that has ended, or says nothing in time, fails the test."""
    deadline = time.monotonic() + _STARTS_WITHIN
    while not _answers(port):
        assert time.monotonic() < deadline, "radicale did not answer in time"
        try:
            pytest.fail(f"radicale ended with status {server.wait(timeout=0.05)}")
        except subprocess.TimeoutExpired:
            continue


@pytest.fixture
def calendar(tmp_path: Path) -> Iterator[Any]:
    """An empty calendar on a server of its own, which is stopped afterwards."""
    if missing := [name for name in ("radicale", "caldav") if find_spec(name) is None]:
        told = f"{' and '.join(missing)}: pip install 'mesoplan[dev]'"
        required = os.environ.get("MESOPLAN_REQUIRE_READERS") == "1"
        pytest.fail(told) if required else pytest.skip(told)
    from caldav.davclient import DAVClient  # noqa: PLC0415 - it may be missing

    port = _free_port()
    options = [
        "--config=",
        f"--storage-filesystem-folder={tmp_path}",
        f"--server-hosts=127.0.0.1:{port}",
        "--auth-type=none",
        "--web-type=none",
    ]
    command = [sys.executable, "-m", "radicale", *options]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:  # noqa: S603 - our own
        try:
            _await(server, port)
            client: Any = DAVClient(url=f"http://127.0.0.1:{port}/", username="clinic", password="")
            with client:
                yield client.principal().make_calendar(name="Course")
        finally:
            server.terminate()


def _publish(calendar: Any, plan: Plan) -> None:
    """Put every visit there as CalDAV wants it, a resource each (RFC 4791, 4.1), counted by us."""
    for visit in plan.visits:
        calendar.add_event(to_ics(plan, visit=visit.key).decode(), increase_seqno=False)


def _exported(calendar: Any) -> bytes:
    """Give all entries as the server holds them, one calendar after the other."""
    return b"".join(str(event.data).encode() for event in calendar.events())


def _entries(calendar: Any) -> dict[str, Entry]:
    read = [ICALENDAR.read(str(event.data).encode()) for event in calendar.events()]
    return {entry.uid: entry for (entry,) in read}


def _second() -> Plan:
    """Plan again after a missed session, with a leave announced late."""
    before = calendars.istanbul()
    leave = Closure(first=date(2027, 1, 21), last=date(2027, 1, 22), reason="Leave")
    return schedule(
        before.course.record(Missed(visit="induction-6")),
        before.clinic.replace(closures=(*before.clinic.closures, leave)),
        as_of=datetime(2027, 1, 9, 9, tzinfo=UTC),
        previous=before,
    )


def _expected(visit: Visit) -> tuple[datetime, datetime, str, int]:
    state = _STATES.get(visit.status, "CANCELLED")
    return visit.start.astimezone(UTC), visit.end.astimezone(UTC), state, visit.revision


def _holds(calendar: Any, plan: Plan) -> None:
    """Hold number, times, states and SEQUENCE on the server against the plan."""
    there = _entries(calendar)
    read = {uid: (e.start, e.end, e.status, e.sequence) for uid, e in there.items()}
    assert read == {uid_of(plan.course.id, visit.key): _expected(visit) for visit in plan.visits}


def test_a_server_takes_one_plan_after_the_other(calendar: Any) -> None:
    """Moved, missed and added visits arrive; entries are replaced in place, never doubled."""
    before, after = calendars.istanbul(), _second()
    _publish(calendar, before)
    _holds(calendar, before)
    _publish(calendar, after)
    _holds(calendar, after)
    assert len(after.visits) == len(before.visits) + 1
    assert facts_from_ics(_exported(calendar), after) == CalendarReading()


def _event(calendar: Any, plan: Plan, key: str) -> Any:
    return calendar.event_by_uid(uid_of(plan.course.id, key))


def test_what_is_changed_on_the_server_comes_back_as_facts(calendar: Any) -> None:
    """One visit dragged to another day and one deleted: a move and a removal, and nothing else."""
    plan = calendars.istanbul()
    _publish(calendar, plan)
    calendar.add_event(b"".join(_DENTIST).decode())
    visit = plan.visit("induction-7")
    moved = _event(calendar, plan, "induction-7")
    for moment in (visit.start, visit.end):
        there = moment + timedelta(days=1, hours=-5)
        moved.data = moved.data.replace(f"{moment:%Y%m%dT%H%M%S}", f"{there:%Y%m%dT%H%M%S}")
    moved.save()
    _event(calendar, plan, "induction-9").delete()
    read = facts_from_ics(_exported(calendar), plan)
    assert [(one.how, one.fact.visit) for one in read.proposals] == [
        ("moved", "induction-7"),
        ("removed", "induction-9"),
    ]
    assert read.findings == ()
    later = schedule(
        plan.course.record(*read.facts), plan.clinic, as_of=calendars.STAMP, previous=plan
    )
    assert later.visit("induction-7").start == visit.start + timedelta(days=1, hours=-5)
    _publish(calendar, later)
    _holds_beside_the_dentist(calendar, later)


_DENTIST = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//somebody//else//EN\r\nBEGIN:VEVENT\r\n",
    b"UID:dentist\r\nDTSTAMP:20261201T000000Z\r\nDTSTART:20270108T143000Z\r\n",
    b"DTEND:20270108T150000Z\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
)


def _holds_beside_the_dentist(calendar: Any, plan: Plan) -> None:
    assert _entries(calendar).keys() == {
        "dentist",
        *(uid_of(plan.course.id, visit.key) for visit in plan.visits),
    }
    assert facts_from_ics(_exported(calendar), plan) == CalendarReading()
