from __future__ import annotations

import pytest
from hypothesis import given
from pydantic import TypeAdapter, ValidationError

import strategies as some
from mesoplan import MesoplanError
from mesoplan.values.weekdays import NAMES, WEEKDAYS, Weekdays, weekdays_in


@pytest.mark.parametrize(
    ("text", "expected", "why"),
    [
        ("mon", "mon", "one day"),
        ("Monday", "mon", "the whole name"),
        ("thurs", "thu", "any part that begins with the short form"),
        ("mon-fri", "mon tue wed thu fri", "a range"),
        ("sat-mon", "sat sun mon", "a range over the weekend"),
        ("mon, wed, fri", "mon wed fri", "a list"),
        ("fri,mon", "fri mon", "in the order given"),
        ("mon-wed, tue-thu", "mon tue wed thu", "each once"),
        ("sun-sun", "sun", "a range of one"),
    ],
)
def test_weekdays_as_people_write_them(text: str, expected: str, why: str) -> None:
    """Names, ranges and lists expand to short names."""
    assert " ".join(weekdays_in(text)) == expected, why


@pytest.mark.parametrize("text", ["", "m", "mo", "funday", "mon-", "-mon", "mon;tue", "monn", "1"])
def test_what_is_no_weekday_is_refused(text: str) -> None:
    """Neither a bare letter nor a half-open range is guessed at."""
    with pytest.raises(MesoplanError, match="is not a day of the week"):
        weekdays_in(text)


@given(some.weekdays)
def test_every_way_of_writing_gives_the_same_days(days: list[str]) -> None:
    """A list, a text with commas and full names agree."""
    adapter = TypeAdapter(Weekdays)
    full = ", ".join(NAMES[WEEKDAYS.index(day)] for day in days)
    assert adapter.validate_python(days) == tuple(days)
    assert adapter.validate_python(",".join(days)) == tuple(days)
    assert adapter.validate_python(full) == tuple(days)
    assert adapter.validate_python([*days, *days]) == tuple(days)


@given(some.weekdays)
def test_a_range_wraps_round_the_week(days: list[str]) -> None:
    """From any day to the day before it is the whole week, each day once."""
    first = WEEKDAYS.index(days[0])
    before = WEEKDAYS[first - 1]
    assert weekdays_in(f"{days[0]}-{before}") == WEEKDAYS[first:] + WEEKDAYS[:first]


@pytest.mark.parametrize("value", [5, [1, 2], "funday", {"mon": 1}, None])
def test_a_field_refuses_what_are_no_weekdays(value: object) -> None:
    """Inside pydantic it is one of pydantic's errors."""
    with pytest.raises(ValidationError):
        TypeAdapter(Weekdays).validate_python(value)
