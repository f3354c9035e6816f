"""A protocol laid out by the scheduler, without a person."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from mesoplan.protocol.protocol import Protocol
from mesoplan.scheduling.undated import START, Undated, undated

WEEKLY = {"id": "a", "every": "P1W", "sessions": 4}
MONTHLY = {"id": "b", "every": "P4W", "sessions": 2}


def laid(*phases: dict[str, Any], **fields: Any) -> Undated:
    """Lay a protocol of these phases."""
    return undated(Protocol.model_validate({"id": "x", "title": "X", "phases": phases} | fields))


def days(*numbers: int) -> tuple[datetime, ...]:
    """Return the days that are so many after the start."""
    return tuple(START + timedelta(days=number) for number in numbers)


def test_each_phase_follows_the_one_before() -> None:
    """The next one begins one of its own steps after the last session."""
    found = laid(WEEKLY, MONTHLY)
    assert (found["a"].moments, found["b"].moments) == (days(0, 7, 14, 21), days(49, 77))
    assert found["b"].span == days(49, 77)


def test_what_keeps_sessions_apart_moves_none() -> None:
    """A minimum and a spacing that cannot be kept are for rules of their own to name."""
    apart = {"between": ["A", "B"], "at_least": "P3D"}
    one = WEEKLY | {"label": "A", "min_interval": "P8D"}
    other = WEEKLY | {"id": "b", "label": "B", "starts": "start + P1D"}
    found = laid(one, other, spacing=[apart])
    assert found["a"].moments == days(0, 7, 14, 21)
    assert found["b"].moments == days(1, 8, 15, 22)
    assert found.protocol.phases[0].min_interval is not None


def test_behind_a_phase_without_an_end_nothing_is_laid() -> None:
    """It waits until someone ends that phase, which an undated protocol never sees; it may still come."""
    found = laid({"id": "a", "every": "P1W"}, MONTHLY)
    assert (found["b"].moments, found["b"].never_comes) == ((), False)
    assert not found["a"].never_comes


def test_a_phase_without_an_end_is_laid_as_far_as_anchors_count() -> None:
    """At least for a year, and for longer where its thirtieth session is named."""
    named = {"id": "look", "at": "session 30 of b"}
    rare = {"id": "b", "every": "P1Y", "starts": "last session of a + P1Y"}
    found = laid(WEEKLY, rare, reviews=[named])
    assert len(found["b"].moments) == 30
    (look,) = found.reached(found.protocol.reviews[0].at).moments
    assert look == found["b"].moments[-1]


def test_a_day_from_outside_is_not_known() -> None:
    """Nor is what counts from it; sessions ahead of it take place all the same."""
    ahead = WEEKLY | {"starts": "external:surgery - P4W"}
    follows = MONTHLY | {"starts": "session 3 of a"}
    found = laid(ahead, follows, {"id": "c", "at": ["P0D"], "starts": "start"})
    assert [found[name].is_dated for name in "abc"] == [False, False, True]
    assert [len(found[name].moments) for name in "abc"] == [4, 2, 1]
    assert found["a"].span is None


@pytest.mark.parametrize(
    ("phase", "why"),
    [
        ({"every": "P100Y", "sessions": 5000}, "beyond the calendar"),
        ({"every": "P1D", "until": "P100Y"}, "more sessions than any course has"),
    ],
)
def test_what_cannot_be_laid_is_left_out_with_all_behind_it(
    phase: dict[str, Any], why: str
) -> None:
    """Nothing is raised, and nothing is said to be missing."""
    third, fourth = phase | {"id": "c"}, MONTHLY | {"id": "d"}
    found = laid(WEEKLY, MONTHLY, third, fourth, reviews=[{"id": "r", "at": "session 2 of d"}])
    assert [found[name].is_laid for name in "abcd"] == [True, True, False, False], why
    assert not found.reached(found.protocol.reviews[0].at).never_comes
    assert found["b"].moments == days(49, 77)


def test_a_rhythm_that_has_no_places_leaves_nothing_to_look_at() -> None:
    """An hour ahead of a weekday is no place that can be written; a rule of its own says so."""
    found = laid({"id": "a", "weekdays": "mon, wed", "offsets": ["-PT1H"], "sessions": 2}, MONTHLY)
    assert not found["a"].is_laid
    assert not found["b"].is_laid


def test_the_end_of_an_open_course_does_not_run_away() -> None:
    """A phase that counts from it comes later the further it is looked for."""
    ever = {"id": "a", "every": "P1W"}
    after = {"id": "b", "every": "P1M", "starts": "last session + P1W"}
    assert laid(ever, after)["a"].moments[:2] == days(0, 7)
