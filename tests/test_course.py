from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, time
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mesoplan import (
    Attended,
    Away,
    Course,
    CourseError,
    Missed,
    Moved,
    Paused,
    Preferences,
    Protocol,
    RecordError,
)

PROTOCOL = Protocol.model_validate(
    {"id": "x", "title": "X", "phases": [{"id": "a", "every": "P1W", "sessions": 4}]}
)
START = datetime(2026, 12, 1, 17, 30)


def course(**fields: Any) -> Course:
    """Give a course with these fields."""
    usual: dict[str, Any] = {"id": "c", "protocol": PROTOCOL, "start": START}
    return Course(**(usual | fields))


def faults(**fields: object) -> list[str]:
    """Say the faults of a course with these fields."""
    with pytest.raises(CourseError) as caught:
        course(**fields)
    return [str(fault) for fault in caught.value.faults]


COURSE = course(
    preferences={"weekdays": "mon-wed", "time": "09:30"},
    dates={"lmp": "2026-09-01"},
    facts=[
        Attended(visit="a-1", at=datetime(2026, 12, 1, 14, 30, tzinfo=UTC), next_after="P10D"),
        Missed(visit="a-2", note="ill"),
        Moved(visit="a-3", to=datetime(2026, 12, 20, 12)),
        Away(first=date(2027, 1, 1), last=date(2027, 1, 9)),
        {"fact": "paused", "on": "2027-02-01"},
        {"fact": "resumed", "on": "2027-02-09"},
        {"fact": "extended", "sessions": 2, "phase": "a"},
        {"fact": "reviewed", "visit": "r", "outcome": "fit"},
        {"fact": "stopped", "on": "2027-09-01"},
    ],
)


def test_a_course_is_a_value() -> None:
    """The same after JSON, a table of texts, pickle and copies, facts and protocol included."""
    for other in (
        Course.model_validate_json(COURSE.model_dump_json()),
        Course.model_validate(COURSE.model_dump(mode="json")),
        pickle.loads(pickle.dumps(COURSE)),  # noqa: S301 - our own bytes
        copy.deepcopy(COURSE),
        COURSE.replace(),
    ):
        assert other == COURSE
        assert hash(other) == hash(COURSE)
    assert isinstance(COURSE.facts[4], Paused)
    assert COURSE.preferences == Preferences(weekdays=("mon", "tue", "wed"), time=time(9, 30))


@pytest.mark.parametrize(
    ("fields", "said", "why"),
    [
        (
            {"start": 5},
            ["start: is a number, got 5 (write for example 2026-12-01T17:30)"],
            "not 1970",
        ),
        (
            {"start": "10000-01-01T09:00"},
            [
                "start: is not a date and time, got '10000-01-01T09:00' (write for example 2026-12-01T17:30)"
            ],
            "a year beyond 9999",
        ),
        (
            {"start": "2026-02-30T09:00"},
            [
                "start: is not a date and time, got '2026-02-30T09:00' (write for example 2026-12-01T17:30)"
            ],
            "no such day",
        ),
        (
            {"id": "Jane Doe"},
            [
                "id: is not an id of at most 128 characters without spaces and slashes, got 'Jane Doe' (write for example \"course-1042\", or a UUID)"
            ],
            "a space, and a person's name",
        ),
        (
            {"id": "a\r\nBEGIN:VEVENT"},
            [
                "id: is not an id of at most 128 characters without spaces and slashes, got 'a\\r\\nBEGIN:VEVENT' (write for example \"course-1042\", or a UUID)"
            ],
            "an id becomes part of a calendar",
        ),
        (
            {"preferences": {"weekdays": "monn", "time": 5}},
            [
                "preferences.weekdays: is not a day of the week, got 'monn' (did you mean \"mon\"?)",
                "preferences.time: is a number, got 5 (write for example 17:30)",
            ],
            "both preferences",
        ),
        (
            {"preferences": {"time": "17:30:11"}},
            [
                "preferences.time: is not a local time in whole minutes, got '17:30:11' (write for example 17:30)"
            ],
            "no clinic books seconds",
        ),
        (
            {"preferences": {"time": "half past"}},
            ["preferences.time: is not a time of day, got 'half past' (write for example 17:30)"],
            "no time",
        ),
        (
            {"dates": {"lmp": 0}},
            ["dates.lmp: is a number, got 0 (write for example 2026-12-01)"],
            "0",
        ),
        (
            {
                "facts": [
                    {"fact": "mised", "visit": "a-1"},
                    {"fact": "away", "first": "2027-01-09", "last": "2027-01-01"},
                ]
            },
            [
                "fact 1, fact: is not one of 'attended', 'missed', 'moved', 'cancelled', 'away', 'paused', 'resumed', 'extended', 'begun', 'ended', 'stopped', 'reviewed', 'preferred', 'corrected', got 'mised' (did you mean \"missed\"?)",
                "fact 2, last: lies before first (2027-01-09), got 2027-01-01 (exchange the two)",
            ],
            "two facts",
        ),
        (
            {"protocol": {"id": "x", "title": "X", "phases": [{"id": "a", "every": 7}]}},
            ['protocol.phase 1 (a), every: is not text, got 7 (write "P1W" or "P7D")'],
            "a fault deep inside has its whole path",
        ),
        (
            {"notes": "x" * 10_001, "strat": 1},
            [
                "notes: is longer than 10000 characters, got 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... (shorten it)",
                'strat: is not a known field, got 1 (did you mean "start"?)',
            ],
            "long notes and a slip",
        ),
    ],
)
def test_what_no_course_is_is_refused(fields: dict[str, object], said: list[str], why: str) -> None:
    """The exact words, all at once."""
    assert faults(**fields) == said, why


def test_a_course_gives_every_date_that_its_protocol_counts_from() -> None:
    """A missing one is named, whoever counts from it."""
    protocol = PROTOCOL.replace(
        phases=[{"id": "a", "every": "P1W", "sessions": 4, "starts": "external:lmp + P12W"}],
        adjuncts=[{"title": "Iron", "starts": "external:scan"}],
    )
    assert faults(protocol=protocol) == [
        'dates.lmp: is missing: the protocol counts from it (give it, for example dates={"lmp": date(2026, 9, 1)})',
        'dates.scan: is missing: the protocol counts from it (give it, for example dates={"lmp": date(2026, 9, 1)})',
    ]
    assert course(protocol=protocol, dates={"lmp": START.date(), "scan": START.date()})


def test_a_start_is_in_whole_minutes() -> None:
    """Seconds are dropped; a zone becomes an offset, which JSON keeps."""
    assert course(start=datetime(2026, 12, 1, 17, 30, 59, 7)).start == START
    aware = course(start=datetime(2026, 12, 1, 17, 30, tzinfo=ZoneInfo("Europe/Istanbul")))
    assert aware.start == datetime(2026, 12, 1, 14, 30, tzinfo=UTC)
    assert Course.model_validate_json(aware.model_dump_json()) == aware


def test_a_fact_that_makes_no_sense_is_refused_where_it_is_built() -> None:
    """The error is that of a record."""
    with pytest.raises(
        RecordError, match=r"Away: last: lies before first \(2027-01-09\), got 2027-01-01"
    ):
        Away(first=date(2027, 1, 9), last=date(2027, 1, 1))
    with pytest.raises(
        RecordError, match=r'Missed: visti: is not a known field.*did you mean "visit"'
    ):
        Missed(visti="a-1")  # type: ignore[call-arg]
    with pytest.raises(RecordError, match="Attended: at: is a number, got 5"):
        Attended(visit="a-1", at=5)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_log_of_any_length_is_refused_in_bounded_time() -> None:
    """Ten thousand facts are a log, a million are a slip."""
    begun = perf_counter()
    fact = {"fact": "missed", "visit": "a-1"}
    assert faults(facts=[fact] * 1_000_000)[0].startswith("facts: has more than 10000 entries")
    assert perf_counter() - begun < 5
