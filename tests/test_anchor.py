from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from pydantic import TypeAdapter

import strategies as some
from mesoplan import Anchor, Period, ProtocolError

Parts = tuple[str, str | None, str | None, int, str]


@pytest.mark.parametrize(
    ("text", "parts", "why"),
    [
        ("start", ("start", None, None, 1, "P0D"), "the first session of the course"),
        ("start + P3M", ("start", None, None, 1, "P3M"), "with an offset"),
        ("start - P1W", ("start", None, None, 1, "-P1W"), "a consultation before"),
        ("start+P3M", ("start", None, None, 1, "P3M"), "spaces are free"),
        ("  first   session ", ("session", None, None, 1, "P0D"), "of the course"),
        ("session 5", ("session", None, None, 5, "P0D"), "of the course"),
        ("session 5 of a-b", ("session", None, "a-b", 5, "P0D"), "of a phase"),
        ("last session of a + P1M", ("session", None, "a", -1, "P1M"), "the last one"),
        ("each session", ("each", None, None, 1, "P0D"), "one visit per session"),
        ("each session of a + P1D", ("each", None, "a", 1, "P1D"), "the day after each"),
        ("every 4th session", ("each", None, None, 4, "P0D"), "with an ordinal"),
        ("every 4 sessions of a", ("each", None, "a", 4, "P0D"), "without"),
        ("external:lmp + P12W", ("external", "lmp", None, 1, "P12W"), "a date of the course"),
        ("external: Birth_Date", ("external", "Birth_Date", None, 1, "P0D"), "with a space"),
    ],
)
def test_an_anchor_reads_as_it_is_said(text: str, parts: Parts, why: str) -> None:
    """Kind, name, phase, number and offset come from the words."""
    anchor = Anchor(text)
    found = (anchor.kind, anchor.name, anchor.phase, anchor.number, str(anchor.offset))
    assert found == parts, why
    assert Anchor(str(anchor)) == anchor


@pytest.mark.parametrize(
    ("text", "what", "why"),
    [
        ("", "is not an anchor", "nothing"),
        ("lst session", "is not an anchor", "a slip"),
        ("session 0", "is not an anchor", "sessions count from 1"),
        ("session -1", "is not an anchor", "the last is called last"),
        ("session 5 of Induction", "is not an anchor", "phases are lower case"),
        ("start + 3 months", "is not an anchor", "an offset is a duration"),
        ("start + P3M + P1W", "has two offsets", "one offset"),
        ("start + P99999Y", "is longer than 200 years", "no calendar reaches there"),
        ("start + P1M2", "is not an ISO 8601 duration", "no unit"),
        ("session \u0665", "is not an anchor", "Arabic digits"),
        ("start\r\nBEGIN:VEVENT", "is not an anchor", "a line break hides nothing"),
        ("each " * 100_000, "is not an anchor", "long texts are refused quickly"),
        ("start" + " " * 100_000 + "x", "is not an anchor", "long spaces too"),
    ],
)
def test_what_is_no_anchor_is_refused(text: str, what: str, why: str) -> None:
    """The error shows the text, shortened, and how to write one."""
    with pytest.raises(ProtocolError) as caught:
        Anchor(text)
    assert caught.value.faults[0].what == what, why
    assert caught.value.faults[0].remedy.startswith("write ")
    assert len(str(caught.value)) < 400


def test_an_anchor_that_is_not_text_is_refused() -> None:
    """A number names no point of a course."""
    with pytest.raises(ProtocolError, match="Anchor: is not text, got 5"):
        Anchor(5)  # type: ignore[arg-type]


@given(some.anchors)
def test_text_pickle_copy_and_json_give_the_anchor_back(anchor: Anchor) -> None:
    """Whatever way it takes, it means the same and hashes alike."""
    adapter = TypeAdapter(Anchor)
    for other in (
        Anchor(str(anchor)),
        pickle.loads(pickle.dumps(anchor)),  # noqa: S301 - our own bytes
        copy.deepcopy(anchor),
        adapter.validate_json(adapter.dump_json(anchor)),
        eval(repr(anchor)),  # noqa: S307 - repr shows how to write it
    ):
        assert other == anchor
        assert hash(other) == hash(anchor)


def test_an_anchor_is_frozen_and_compared_by_meaning() -> None:
    """Another offset is another anchor; another kind of value never equals it."""
    anchor = Anchor("start + P1W")
    assert anchor == Anchor("start + P7D")
    assert anchor != Anchor("start + P8D")
    assert anchor != Period("P1W")
    with pytest.raises(AttributeError, match="Anchor is frozen"):
        anchor.number = 3
