"""How clinic software keeps plans in its database and serves each as a calendar feed with an ETag.

Run as it is, it plans a course, subscribes to its own feed, records what happened and stops. With a
database and a port, `python feed_server.py plans.db 8000`, it goes on serving what is in there.
"""

import secrets
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from mesoplan import Clinic, Course, Fact, Missed, Plan, protocols, schedule, to_ics

TABLES = """
CREATE TABLE IF NOT EXISTS feeds (secret TEXT PRIMARY KEY, course TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS plans (
    course TEXT NOT NULL, number INTEGER NOT NULL, plan TEXT NOT NULL, PRIMARY KEY (course, number)
);
"""
PUBLISH = """
INSERT INTO plans SELECT :course, coalesce(max(number), 0) + 1, :plan FROM plans WHERE course = :course
"""
LATEST = "SELECT plan FROM plans WHERE course = ? ORDER BY number DESC LIMIT 1"
FEED = """
SELECT plan FROM plans JOIN feeds USING (course) WHERE secret = ? ORDER BY number DESC LIMIT 1
"""


def publish(database: sqlite3.Connection, plan: Plan) -> None:
    """Keep a plan; its JSON carries the course with its log, and the clinic. Earlier ones stay."""
    database.execute(PUBLISH, {"course": plan.course.id, "plan": plan.model_dump_json()})


def begin(database: sqlite3.Connection, plan: Plan) -> str:
    """Publish a course's first plan; give the secret of its feed, which nobody can guess."""
    secret = secrets.token_urlsafe(32)
    with database:
        database.execute("INSERT INTO feeds VALUES (?, ?)", (secret, plan.course.id))
        publish(database, plan)
    return secret


def record(database: sqlite3.Connection, course: str, *facts: Fact, as_of: datetime) -> Plan:
    """Record facts and publish the plan that follows; all of it happens, or nothing."""
    with database:
        database.execute("BEGIN IMMEDIATE")  # two desks that record at once wait for each other
        (saved,) = database.execute(LATEST, (course,)).fetchone()
        before = Plan.model_validate_json(saved)
        after = schedule(before.course.record(*facts), before.clinic, as_of=as_of, previous=before)
        publish(database, after)
    return after


class Feed(BaseHTTPRequestHandler):
    """Answers `/SECRET.ics`. Put it behind a server that speaks TLS: the address is the key."""

    database = Path()

    def do_GET(self) -> None:
        """Give the calendar, or 304 where the subscriber has it already."""
        body = self._calendar()
        if body is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        etag = f'"{sha256(body).hexdigest()}"'  # the same plan gives the same bytes
        known = {tag.strip() for tag in self.headers.get("If-None-Match", "").split(",")}
        if known.isdisjoint({etag, f"W/{etag}", "*"}):
            self._answer(HTTPStatus.OK, etag, body)
        else:
            self._answer(HTTPStatus.NOT_MODIFIED, etag)

    def _calendar(self) -> bytes | None:
        secret = self.path.removeprefix("/").removesuffix(".ics")
        with closing(sqlite3.connect(self.database)) as database:
            found = database.execute(FEED, (secret,)).fetchone()
        if found is None:
            return None
        return to_ics(Plan.model_validate_json(found[0]), refresh="PT12H", privacy="neutral")

    def _answer(self, status: HTTPStatus, etag: str, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("ETag", etag)
        self.send_header("Cache-Control", "private, no-cache")
        if body:
            self.send_header("Content-Type", "text/calendar; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Write no log: the address is as secret as what it gives."""


def serving(path: Path, port: int = 0) -> ThreadingHTTPServer:
    """Give a server on loopback; port 0 takes a free one."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(TABLES)
    feed = type("FeedOf", (Feed,), {"database": path})
    return ThreadingHTTPServer(("127.0.0.1", port), feed)


def ask(address: str, etag: str = "") -> tuple[int, str, bytes]:
    """Ask like a calendar program that has an ETag; give the status, the new one and the body."""
    request = Request(address, headers={"If-None-Match": etag})  # noqa: S310 - our own server
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
            return answer.status, answer.headers["ETag"], answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.headers.get("ETag", ""), b""


def show(path: Path) -> None:
    """Plan a course, subscribe, look again, and look once more after a missed session."""
    clinic = Clinic(timezone="Europe/Istanbul", hours={"mon-fri": "09:00-18:30"})
    course = Course(
        id="course-1042",
        protocol=protocols.get("mesotherapy-weekly"),
        start=datetime(2026, 12, 1, 17, 30),
    )
    plan = schedule(course, clinic, as_of=datetime(2026, 11, 20, 9, tzinfo=UTC))
    with serving(path) as server, closing(sqlite3.connect(path)) as database:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/{begin(database, plan)}.ics"
        status, etag, body = ask(address)
        print(f"{status}: {body.count(b'BEGIN:VEVENT')} visits, {len(body)} bytes")
        again, _, nothing = ask(address, etag)
        print(f"{again}: not a byte has changed, {len(nothing)} bytes")
        missed = Missed(visit="induction-1")
        later = record(database, course.id, missed, as_of=datetime(2026, 12, 2, 9, tzinfo=UTC))
        anew, changed, body = ask(address, etag)
        print(f"{anew}: {body.count(b'STATUS:CANCELLED')} visit called off, the missed one")
        wrong, _, _ = ask(f"{address}x")
        print(f"{wrong}: another address gives nothing")
        server.shutdown()
    assert (status, again, anew, wrong) == (200, 304, 200, 404)
    assert changed != etag
    assert body == to_ics(later, refresh="PT12H", privacy="neutral")


if __name__ == "__main__":
    if sys.argv[1:]:
        with serving(Path(sys.argv[1]), int(sys.argv[2])) as endless:
            endless.serve_forever()
    else:
        with TemporaryDirectory() as folder:
            show(Path(folder, "plans.db"))
