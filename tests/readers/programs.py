"""ical.js under node and libical under the system's Python, spoken to in JSON.

One process reads a whole batch. Each runs in a far-off time zone, to prove that the machine's
zone plays no part.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from readers.model import Entry, Reader, Refused, moment, ordered

_HERE = Path(__file__).parent
_ENVIRONMENT = {**os.environ, "TZ": "Pacific/Chatham"}
_SYSTEM_PYTHONS = ("/usr/bin/python3", "/usr/local/bin/python3")
_FINDS_LIBICAL = "import gi; gi.require_version('ICalGLib', '3.0'); import gi.repository.ICalGLib"


def _run(command: Sequence[str], calendars: Sequence[bytes]) -> list[dict[str, Any]]:
    question = json.dumps([calendar.decode() for calendar in calendars])
    done = subprocess.run(  # noqa: S603
        command, input=question.encode(), capture_output=True, env=_ENVIRONMENT, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def _entries(answer: dict[str, Any]) -> list[Entry]:
    if "refused" in answer:
        raise Refused(answer["refused"])
    return ordered([_entry(**raw) for raw in answer["entries"]])


def _entry(*, start: str, end: str, alarms: list[int], **rest: Any) -> Entry:
    return Entry(start=moment(start), end=moment(end), alarms=tuple(alarms), **rest)


@cache
def _icaljs_module() -> Path | None:
    """Find ical.js where MESOPLAN_ICALJS says, or in the repository's node_modules."""
    default = _HERE.parents[1] / "node_modules" / "ical.js"
    module = Path(os.environ.get("MESOPLAN_ICALJS", default)) / "dist" / "ical.js"
    return module if module.is_file() else None


def _icaljs_missing() -> str:
    if shutil.which("node") is None:
        return "ical.js: node is not installed"
    if _icaljs_module() is None:
        return "ical.js: run `npm install --no-save --no-package-lock ical.js` in the repository"
    return ""


def _icaljs(calendars: Sequence[bytes]) -> list[list[Entry]]:
    command = ["node", str(_HERE / "icaljs.mjs"), str(_icaljs_module())]
    return [_entries(answer) for answer in _run(command, calendars)]


@cache
def _libical_python() -> str | None:
    """Find a Python that has Debian's GObject bindings, which no virtual environment sees."""
    for python in _SYSTEM_PYTHONS:
        if Path(python).is_file() and not _status([python, "-c", _FINDS_LIBICAL]):
            return python
    return None


def _status(command: Sequence[str]) -> int:
    return subprocess.run(command, capture_output=True, check=False).returncode  # noqa: S603


def _libical_missing() -> str:
    if _libical_python() is None:
        return "libical: install Debian's gir1.2-ical-3.0 and python3-gi"
    return ""


def _ask_libical(calendars: Sequence[bytes]) -> list[dict[str, Any]]:
    return _run([str(_libical_python()), "-I", str(_HERE / "libical_program.py")], calendars)


def _libical(calendars: Sequence[bytes]) -> list[list[Entry]]:
    return [_entries(answer) for answer in _ask_libical(calendars)]


def restrictions_many(calendars: Sequence[bytes]) -> list[list[str]]:
    """List what libical's parser and its RFC 5545 and 5546 checks hold against each calendar."""
    return [answer["complaints"] for answer in _ask_libical(calendars)]


def libical_restrictions(calendar: bytes) -> list[str]:
    """List libical's complaints about one calendar; none when it is clean."""
    return restrictions_many([calendar])[0]


ICALJS = Reader("ical.js", _icaljs_missing, _icaljs)
LIBICAL = Reader("libical", _libical_missing, _libical)
