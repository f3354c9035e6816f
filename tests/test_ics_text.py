from __future__ import annotations

import unicodedata
from typing import Any

import icalendar
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from icalendar import vText
from icalendar.parser import Contentline

import calendars
from calendars import by_hand, unchecked, visit
from mesoplan import Plan, to_ics
from mesoplan.calendar.lines import PlainText, folded
from readers import ICALENDAR, Reader

AWKWARD = ',;:\\"^nN \u0301ğé€א\u200f😀👩🏽\u200d⚕️'
BREAKS = ("\r\n", "\r", "\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")
ANY = st.text(st.one_of(st.sampled_from(AWKWARD), st.characters(categories=None)), max_size=120)
LONG = st.lists(
    st.one_of(st.sampled_from("\\^ğ€😀a"), st.characters(codec="utf-8", exclude_categories=["Cc"])),
    max_size=300,
).map("".join)
OLD = tuple(map(int, icalendar.__version__.split(".")[:2])) < (7, 3)
PIECES = st.lists(st.one_of(ANY, st.sampled_from(BREAKS)), max_size=6).map("".join)


def _without_what_breaks(text: str) -> str:
    """Say by the Unicode database what should be left of a text."""
    for mark in BREAKS:
        text = text.replace(mark, "\n")
    dropped = {c for c in text if unicodedata.category(c) in {"Cc", "Cs"}} - {"\t", "\n"}
    return "".join(c for c in text if c not in {*dropped, "\u202d", "\u202e", "\ufeff"})


def _planned(texts: list[str]) -> Plan:
    """Give a visit for each text, that no border has checked; a title needs a letter to stand."""
    visits = [visit(str(n), 1 + n % 28) for n in range(len(texts))]
    changed = [
        unchecked(one, name=f"x{text}", label=f"{text}x")
        for one, text in zip(visits, texts, strict=True)
    ]
    return unchecked(by_hand([]), visits=tuple(changed))


def _read_back(reader: Reader, texts: list[str]) -> None:
    file = to_ics(_planned(texts))
    assert calendars.complaints(file) == []
    read = [(entry.summary, entry.description) for entry in reader.read(file)]
    clean = [_without_what_breaks(text) for text in texts]
    kind = "Weekly mesotherapy: session\n"
    assert sorted(read) == sorted((f"x{text}", f"{kind}{text}x") for text in clean)


@given(st.lists(PIECES, min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
@example(["C:\\New, D:\\new; \\\\N\\,"])
def test_icalendar_reads_every_text_as_it_was(texts: list[str]) -> None:
    """Whatever a text holds, it comes back, and forges no line; control characters are gone."""
    _read_back(ICALENDAR, texts)


@given(texts=st.lists(PIECES, min_size=20, max_size=28))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # a reader holds no state
)
def test_icaljs_reads_every_text_as_it_was(icaljs: Reader, texts: list[str]) -> None:
    """The same for Thunderbird's parser, many texts to a file."""
    _read_back(icaljs, texts)


@pytest.mark.skipif(OLD, reason="icalendar parts an escape from its character before 7.3")
@given(LONG)
@settings(max_examples=300)
@example("a" * 72)
@example("a" * 73)
@example("\\" * 200)
@example("a" * 71 + "\\" + "n" * 80)
@example("a" * 69 + "😀" * 40)
@example("^" * 76)
def test_lines_are_folded_as_icalendar_folds_them(text: str) -> None:
    """The faster folder gives icalendar's own bytes for any line that UTF-8 can hold."""
    icalendar_line: Any = Contentline
    assert folded((f"X:{text}",)) == icalendar_line(f"X:{text}").to_ical() + b"\r\n"


@given(LONG)
def test_folded_lines_unfold_to_what_they_were(text: str) -> None:
    """No line is over 75 octets or cuts a character, and taking the folds out restores it."""
    file = folded((f"X:{text}", "Y:"))
    assert all(len(line) <= 75 and line.decode() for line in file.split(b"\r\n")[:-1])
    assert file.replace(b"\r\n ", b"").decode().split("\r\n") == [f"X:{text}", "Y:", ""]


@given(st.text())
def test_fitting_text_is_escaped_by_icalendar_alone(text: str) -> None:
    """Where nothing has to go, only icalendar's reading of a backslash before N is mended."""
    text = _without_what_breaks(text).replace("\\N", "")
    assert PlainText(text).to_ical() == vText(text).to_ical()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\x00b\x07c\x1bd\x7fe\x9ff", b"abcdef"),  # control characters are invalid (RFC 5545, 3.1)
        ("\ufefftext", b"text"),  # read as a byte order mark
        ("half \ud83d", b"half "),  # UTF-8 has no surrogates
        ("gnp\u202eexe\u202d", b"gnpexe"),  # overrides can disguise a text
        (
            "\u2067א\u2069\u200f",
            "\u2067א\u2069\u200f".encode(),
        ),  # real right-to-left text needs these
        ("a\tb", b"a\tb"),  # a tab is text
        ("a\r\nb\rc\x0bd\x85e\u2028f", rb"a\nb\nc\nd\ne\nf"),  # every break becomes one
        ("C:\\New", rb"C:\\New"),  # which icalendar 7.3 alone would break before "ew"
        ("\\N\\N", rb"\\N\\N"),
    ],
)
def test_what_becomes_of_awkward_characters(text: str, written: bytes) -> None:
    """Each kind of character that some client chokes on is turned or taken out."""
    assert PlainText(text).to_ical() == written
