from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from pydantic import TypeAdapter

import strategies as some
from mesoplan import ClinicError
from mesoplan.clinic.opening import Span, clock


@pytest.mark.parametrize(
    ("text", "opens", "closes", "why"),
    [
        ("09:00-18:30", 540, 1110, "the usual form"),
        ("9:00 - 18:30", 540, 1110, "one digit, spaces"),
        ("09.00\u201318.30", 540, 1110, "points and a dash"),
        (" 00:00-24:00 ", 0, 1440, "the whole day"),
    ],
)
def test_opening_hours_are_minutes_after_midnight(
    text: str, opens: int, closes: int, why: str
) -> None:
    """Opening hours read as people write them."""
    span = Span(text)
    assert (span.opens, span.closes, span.length) == (opens, closes, closes - opens), why


@pytest.mark.parametrize(
    ("text", "what", "why"),
    [
        ("", "is not opening hours", "nothing"),
        ("closed", "is not opening hours", "a closed day is left out"),
        ("9-17", "is not opening hours", "minutes are missing"),
        ("09:00-17:00 10:00-12:00", "is not opening hours", "two at once"),
        ("\u0660\u0669:00-18:00", "is not opening hours", "Arabic digits"),
        ("09:60-18:00", "names a time that no clock shows", "sixty minutes"),
        ("09:00-24:01", "names a time that no clock shows", "after the day's end"),
        ("25:00-26:00", "names a time that no clock shows", "no such hour"),
        ("18:00-09:00", "ends before it begins", "over midnight"),
        ("09:00-09:00", "ends before it begins", "no time at all"),
    ],
)
def test_what_is_no_opening_time_is_refused(text: str, what: str, why: str) -> None:
    """Each error shows the text and a remedy."""
    with pytest.raises(ClinicError) as caught:
        Span(text)
    assert caught.value.faults[0].what == what, why
    assert caught.value.faults[0].got == repr(text)
    assert caught.value.faults[0].remedy


def test_opening_hours_that_are_not_text_are_refused() -> None:
    """A number names no time."""
    with pytest.raises(ClinicError, match="Span: is not text, got 9"):
        Span(9)  # type: ignore[arg-type]


@given(some.spans())
def test_text_pickle_copy_and_json_give_the_span_back(span: Span) -> None:
    """Whatever way it takes, it means the same and hashes alike."""
    adapter = TypeAdapter(Span)
    for other in (
        Span(str(span)),
        pickle.loads(pickle.dumps(span)),  # noqa: S301 - our own bytes
        copy.deepcopy(span),
        adapter.validate_json(adapter.dump_json(span)),
    ):
        assert other == span
        assert hash(other) == hash(span)


@given(some.spans(), some.spans())
def test_spans_are_in_a_total_order(one: Span, other: Span) -> None:
    """Of two spans exactly one holds: before, equal, after; the earlier opening comes first."""
    assert [one < other, one == other, other < one].count(True) == 1
    if one.opens < other.opens:
        assert one < other


def test_the_end_of_the_day_is_written_as_24() -> None:
    """Midnight at the end of a day is not midnight at its beginning."""
    assert (clock(0), clock(1440), clock(1110), clock(1500)) == ("00:00", "24:00", "18:30", "01:00")
