from __future__ import annotations

import json
import resource
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan import ClinicError, ProtocolError, load_clinic, load_protocol, protocols

CURLY = "is a typographic quotation mark, got “"
HEAD = 'id = "x"\ntitle = "X"\n'
PHASE = f'{HEAD}[[phases]]\nid = "a"\n'
GOOD = f'{PHASE}every = "P1W"\nsessions = 4\n'

DOTS = "." * 99 + "\n"
"Enough for the parts of keys to be counted before tomllib sees the text."

UNREADABLE: list[tuple[str | bytes, str, str]] = [
    # what is given, how the message begins, why
    (b"", "p: is empty", "a file that was never written"),
    (b" \n\n", "p: is empty", "white space is nothing"),
    (GOOD.encode()[:30], "p: line 3, column 9: is not valid TOML", "a truncated file"),
    (json.dumps({"id": "x"})[:5], "p: line 1, column 6: is not valid JSON", "truncated JSON"),
    ('{"id": “x”}', f"p: line 1, column 8: {CURLY}", "a word processor's quotation marks"),
    ('{\n“id”: "x"}', f"p: line 2, column 1: {CURLY}", "around a name, too"),
    (GOOD.encode("utf-16"), "p: line 1, column 1: is not UTF-8, got the byte 0xFF", "UTF-16"),
    (GOOD.encode("utf-16-le"), "p: is binary or UTF-16", "UTF-16 without a mark is full of NULs"),
    ('id = "x"\ntitle = "é"'.encode("latin-1"), "p: line 2, column 10: is not UTF-8", "Latin-1"),
    (b"\x89PNG\r\n\x1a\n\0\0", "p: line 1, column 1: is not UTF-8", "a picture"),
    (b"PK\x03\x04\0\0", "p: is binary or UTF-16", "a zip"),
    ("#" * 50_000_000, "p: is too long, got 50,000,000 (at most 1,048,576 characters)", "50 MB"),
    (b"#" * 50_000_000, "p: is too long, got 50,000,000", "50 MB of bytes"),
    (HEAD + "a = " + "[" * 100_000, "p: is nested more than 16", "deep lists"),
    (HEAD + "a = " + "[" * 20 + "]" * 20, "p: is nested more than 16", "deep, yet valid"),
    ('{"a":' * 100_000, "p: is nested more than 16", "deep objects"),
    ('{"a":' * 20 + "1" + "}" * 20, "p: is nested more than 16", "deep, yet valid"),
    (HEAD + "a." * 500_000 + "b = 1", "p: has a key of more than 32 parts", "long keys"),
    (
        HEAD + ".".join("a" * 32) + " = 1",
        "p: is nested more than 16",
        "32 parts are few enough to read",
    ),
    ('id = "x"\nid = "y"', "p: line 2, column 9: is not valid TOML: Cannot overwrite", "twice"),
    ('{"id": "x", "id": "y"}', "p: writes a key twice in one object, got 'id'", "twice in JSON"),
    (f"{HEAD}a = {'1' * 5000}", "p: holds a number of thousands of digits", "endless"),
    (f'{{"a": {"1" * 5000}}}', "p: holds a number of thousands of digits", "endless"),
    ('{"a": NaN}', "p: is no number, got NaN", "JSON has no NaN"),
    ("[1, 2]", "p: line 1, column 3: is not valid TOML", "a list is no table"),
    ('title = "X', "p: line 1, column 9: opens a text that is not closed", "ends inside a text"),
    (f"{HEAD}a = [{'1,' * 5001}]", "p: has too long a list, got 5,001", "no course is so long"),
    ("\n".join(f"a{n} = 1" for n in range(101)), "p: has a table of too many keys", "no fields"),
    (
        HEAD + "".join(f"a{n} = [{'1,' * 4000}]\n" for n in range(6)),
        "p: has too many entries",
        "long lists, many times",
    ),
]


@pytest.mark.parametrize(("data", "begins", "why"), UNREADABLE, ids=[row[2] for row in UNREADABLE])
def test_what_cannot_be_read_is_refused_in_one_sentence(
    data: str | bytes, begins: str, why: str
) -> None:
    """One error with one fault, quickly, naming the file."""
    before = time.process_time()
    with pytest.raises(ProtocolError) as caught:
        load_protocol(data, subject="p")
    assert str(caught.value).startswith(begins), why
    assert len(caught.value.faults) == 1
    assert len(str(caught.value)) < 300, "a message is short whatever was given"
    assert time.process_time() - before < 5


MISTAKES = [
    # text, the faults' lines, a part of each fault, why
    (f"{PHASE}every = 7", [5], ['write "P1W" or "P7D"'], "a number where a duration belongs"),
    (f"{PHASE}every = 1.5", [5], ["phase 1 (a), every: is not text"], "a fraction"),
    (f'{PHASE}every = "P1.5M"', [5], ['write for example "P6W"'], "a fraction of a month"),
    (f'{PHASE}every = "P0D"', [5], ["is not longer than nothing"], "no rhythm"),
    (f'{PHASE}every = "-P1W"', [5], ["is not longer than nothing"], "backwards"),
    (f'{PHASE}every = "P99999Y"', [5], ["longer than 200 years"], "beyond any calendar"),
    (f'{PHASE}evry = "P1W"', [5], ['did you mean "every"?'], "a typo"),
    (f'{PHASE}every = "P1W"\nsessions = "16"', [6], ["phase 1 (a), sessions"], "text for a number"),
    (
        f'{PHASE}every = "P1W"\nwindow = {{ late = "P1D" }}',
        [6],
        ["phase 1 (a), window.late"],
        "inline",
    ),
    (
        f'{PHASE}every = "P1W"\nsteps = [\n  "a",\n  {{ lable = "b" }},\n]',
        [8],
        ["phase 1 (a), step 2, lable: is not a known field"],
        "inside a list over several lines",
    ),
    (f'{PHASE}every = "P1W"\nweekdays = "mno"', [6], ["mno"], "no day of the week"),
    ('id = "x"\n[[phases]]\nid = "a"\nat = ["P0D"]', [None], ["title: is missing"], "nowhere"),
    (f'{HEAD}[[phases]]\nevery = "P1W"', [3], ["phase 1, id: is missing"], "told at its owner"),
    (
        f'{GOOD}[phases.basis]\nevery = "nobody"',
        [8],
        ["phase 1 (a), basis.every: cites an unknown source"],
        "found between the parts",
    ),
    (
        f'{PHASE}evry = "P1W"\nsessions = 4\nwindow = 2\n[[reviews]]\nid = "r"\nat = "end"',
        [5, 7, 10],
        ["evry", "window", "is not an anchor"],
        "all at once",
    ),
]


@pytest.mark.parametrize(("text", "lines", "parts", "why"), MISTAKES)
def test_every_mistake_is_told_with_its_line(
    text: str, lines: list[int | None], parts: list[str], why: str
) -> None:
    """One error holds all faults, each with its path and, where it is written, its line."""
    with pytest.raises(ProtocolError) as caught:
        load_protocol(text)
    faults = sorted(caught.value.faults, key=lambda fault: fault.line or 0)
    told = [(line, part) for line, part in zip(lines, parts, strict=True)]
    assert [(f.line, part in str(f)) for f, (_, part) in zip(faults, told, strict=False)] == [
        (line, True) for line, _ in told
    ], why


def test_the_same_mistakes_in_json_are_told_with_their_paths() -> None:
    """JSON has no lines to count in, yet the paths are the same."""
    text = json.dumps({"id": "x", "title": "X", "phases": [{"id": "a", "evry": "P1W"}]})
    with pytest.raises(ProtocolError, match=r"phase 1 \(a\), evry") as caught:
        load_protocol(text)
    assert {fault.line for fault in caught.value.faults} == {None}


def test_a_broken_clinic_is_a_clinic_error() -> None:
    """The kind of error says what to mend, and all its faults stand there."""
    text = 'timezone = "Istanbul"\n[hours]\nmon = "18:00-09:00"'
    with pytest.raises(ClinicError) as caught:
        load_clinic(text, subject="clinic.toml")
    assert [fault.line for fault in caught.value.faults] == [1, 3]
    assert str(caught.value).startswith("2 faults in clinic.toml:")
    with pytest.raises(ClinicError, match="is not UTF-8"):
        load_clinic(b"\xff")


HOSTILE = {
    "unknown keys": HEAD + ("[[phases]]" + "".join(f"\nevrx{n}=1" for n in range(90)) + "\n") * 60,
    "numbers": HEAD + "[[phases]]\nid='x'\nat=[" + "1," * 4999 + "]",
    "dotted": HEAD + "[a]\n" + "".join("a." * 30 + f"b{n} = 1\n" for n in range(10_000)),
    "quotes": '"""' * 300_000,
    "escapes": DOTS + '\\"' * 500_000,
    "literals": DOTS + "'''" + '"\\' * 500_000,
    "lines": DOTS + '"' + "'\n" * 400_000,
    "one open text": DOTS + "'" + '"' * 1_000_000,
    "dots": "a." * 500_000,
    "tables": "[[phases]]\n" * 90_000,
    "one word": "a" * 1_000_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_bounded_time_and_memory(name: str) -> None:
    """Whatever a megabyte holds, it is refused in seconds and within a few hundred megabytes."""
    before, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ProtocolError):
        load_protocol(HOSTILE[name])
    assert time.process_time() - before < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 500_000


@given(st.binary(max_size=200))
def test_any_bytes_give_a_protocol_error(data: bytes) -> None:
    """Nothing else ever escapes, so that a command line can show it."""
    with pytest.raises(ProtocolError):
        load_protocol(data)


WEEKLY = Path(str(protocols.__file__)).with_name("mesotherapy-weekly.toml").read_bytes()


@given(st.integers(0, len(WEEKLY) - 1), st.binary(min_size=1, max_size=3))
def test_a_damaged_file_is_read_or_refused(place: int, damage: bytes) -> None:
    """Bytes overwritten anywhere in a real file make a protocol or a ProtocolError, nothing else."""
    data = WEEKLY[:place] + damage + WEEKLY[place + len(damage) :]
    with suppress(ProtocolError):
        assert load_protocol(data).phases
