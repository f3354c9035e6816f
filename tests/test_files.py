from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mesoplan import (
    Phase,
    Protocol,
    ProtocolError,
    Review,
    dump_protocol,
    load_clinic,
    load_protocol,
    protocols,
)
from mesoplan.values.toml_places import Places

FORMS: tuple[Literal["toml", "json"], ...] = ("toml", "json")

PLEASANT = """
# A protocol as a person writes it.
id = "pleasant"
title = "Pleasant"
spacing = [{ between = ["one", "two"], at_least = "P1W" }]

[[phases]]
id = "induction"
label = "one"
every = "P1W"
sessions = 16
window = "P2D"
basis = { "*" = "assumption" }

[[phases]]
id = "later"
label = "two"
starts = "last session of induction + P1M"
weekdays = "mon, wed, fri"
until = "P4W"
window = { earlier = "P1D", later = "P3D" }
steps = ["300 mg", { label = "150 mg", window = "P1D" }]

[[phases]]
id = "listed"
starts = "start"
at = ["P0D", "P1M"]

[[reviews]]
id = "month-3"
at = "start + P3M"
"""

CLINIC_TOML = """
timezone = "Europe/Istanbul"
[hours]
mon-fri = ["09:00-12:30", "14:00-18:30"]
[[closures]]
first = 2027-08-02
last = 2027-08-15
reason = "Leave"
"""

CLINIC_JSON = """{
    "timezone": "Europe/Istanbul",
    "hours": {"mon-fri": "09:00-12:30, 14:00-18:30"},
    "closures": [{"first": "2027-08-02", "last": "2027-08-15", "reason": "Leave"}]
}"""

TEXT = st.text(min_size=1, max_size=60).filter(str.strip)
PERIOD = st.builds("P{}{}".format, st.integers(1, 60), st.sampled_from("DWM"))
WINDOW = PERIOD | st.fixed_dictionaries({}, optional={"earlier": PERIOD, "later": PERIOD})
STEP = st.fixed_dictionaries({}, optional={"label": TEXT, "window": WINDOW, "duration": PERIOD})
RHYTHM = st.one_of(
    st.fixed_dictionaries({"every": PERIOD}, optional={"sessions": st.integers(1, 99)}),
    st.fixed_dictionaries({"weekdays": st.sampled_from(["mon", "tue-fri", "sat, sun"])}),
    st.fixed_dictionaries({"at": st.lists(PERIOD, min_size=1, max_size=4)}),
)
PHASE = st.builds(
    lambda rhythm, rest: rhythm | rest,
    RHYTHM,
    st.fixed_dictionaries(
        {},
        optional={
            "title": TEXT,
            "window": WINDOW,
            "steps": st.lists(STEP, max_size=3),
            "basis": st.dictionaries(
                st.sampled_from(["*", "every", "window"]), st.just("assumption")
            ),
            "optional": st.booleans(),
            "notes": TEXT,
        },
    ),
)


@st.composite
def written(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the fields of a protocol, with texts of any characters that a text may hold."""
    phases = draw(st.lists(PHASE, min_size=1, max_size=4))
    for number, phase in enumerate(phases):
        phase |= {"id": f"phase-{number}", "starts": f"start + P{number}D"}
    head = {"id": "drawn", "title": draw(TEXT), "phases": phases}
    return head | draw(
        st.fixed_dictionaries({}, optional={"notes": TEXT, "month_end": st.just("roll")})
    )


def built(fields: dict[str, Any]) -> Protocol | None:
    """Build the protocol, None where its texts are refused."""
    try:
        return Protocol(**fields)
    except ProtocolError:
        return None


@pytest.mark.parametrize("form", FORMS)
@given(fields=written())
@example(
    fields={"id": "x", "title": 'a "quoted" \\ title', "phases": [{"id": "a", "every": "P7D"}]}
)
@example(
    fields={
        "id": "x",
        "title": "x",
        "notes": "two\nlines\t'''\"\"\"",
        "phases": [{"id": "a", "at": ["P0D"]}],
    }
)
def test_what_is_dumped_loads_as_the_same_protocol(
    form: Literal["toml", "json"], fields: dict[str, Any]
) -> None:
    """A protocol survives being written and read, with the fields that it set."""
    protocol = built(fields)
    if protocol is not None:
        again = load_protocol(dump_protocol(protocol, form))
        assert again == protocol
        assert dump_protocol(again, form) == dump_protocol(protocol, form)
        assert [part.numbers for _, part in again.parts()] == [
            part.numbers for _, part in protocol.parts()
        ]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", protocols.names())
def test_every_protocol_of_the_catalogue_survives_both_forms(
    name: str, form: Literal["toml", "json"]
) -> None:
    """A clinic may export, edit and import what is shipped."""
    protocol = protocols.get(name)
    assert load_protocol(dump_protocol(protocol, form)) == protocol
    assert load_protocol(dump_protocol(protocol, form).encode()) == protocol


def test_hand_written_toml_means_what_its_short_forms_say() -> None:
    """The short forms stand for what Python spells out."""
    protocol = load_protocol(PLEASANT)
    induction, later, listed = protocol.phases
    assert induction == Phase(
        id="induction",
        label="one",
        every="P1W",
        sessions=16,
        window={"earlier": "P2D", "later": "P2D"},
        basis={"*": "assumption"},
    )
    assert later.weekdays == ("mon", "wed", "fri")
    assert str(later.window) == "1 day earlier to 3 days later"
    assert [step.label for step in later.steps] == ["300 mg", "150 mg"]
    assert [str(place) for place in listed.at] == ["P0D", "P1M"]
    assert protocol.reviews == (Review(id="month-3", at="start + P3M"),)


def test_a_dump_writes_what_is_set_in_the_short_forms() -> None:
    """What a person gets back is what a person would have written."""
    written = tomllib.loads(dump_protocol(load_protocol(PLEASANT)))
    wanted = tomllib.loads(PLEASANT)
    wanted["phases"][1]["weekdays"] = ["mon", "wed", "fri"]
    assert written == wanted
    assert json.loads(dump_protocol(load_protocol(PLEASANT), "json")) == wanted


def test_a_dump_reads_well() -> None:
    """Phases stand as tables of their own, longer texts over several lines."""
    protocol = Protocol(
        id="x",
        title="X",
        notes="First line.\nSecond line.",
        phases=[
            Phase(
                id="induction",
                title="Mesotherapy session",
                every="P1W",
                sessions=16,
                min_sessions=16,
                max_sessions=18,
                window="P2D",
            )
        ],
    )
    assert dump_protocol(protocol) == (
        'id = "x"\ntitle = "X"\nnotes = """\nFirst line.\nSecond line."""\n\n'
        '[[phases]]\nid = "induction"\ntitle = "Mesotherapy session"\nevery = "P1W"\n'
        'sessions = 16\nmin_sessions = 16\nmax_sessions = 18\nwindow = "P2D"\n'
    )


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    """Windows editors write one; the file is fine."""
    assert load_protocol(b"\xef\xbb\xbf" + PLEASANT.encode()).id == "pleasant"


def test_prose_with_many_dots_is_no_key_of_many_parts() -> None:
    """A long note on one line is text, however many sentences it has."""
    notes = "One. " * 200
    assert load_protocol(
        f"{PLEASANT.replace('[[phases]]', f'notes = {notes!r}{chr(10)}[[phases]]', 1)}"
    )


def test_windows_line_ends_are_read() -> None:
    """CRLF is the same file."""
    assert load_protocol(PLEASANT.replace("\n", "\r\n")) == load_protocol(PLEASANT)


@pytest.mark.parametrize(
    "text",
    [CLINIC_TOML, CLINIC_JSON],
    ids=["toml", "json"],
)
def test_a_clinic_is_read_from_either_form(text: str) -> None:
    """Hours and closures mean the same in TOML, which has dates, and in JSON, which has none."""
    clinic = load_clinic(text)
    assert clinic.longest == 270
    assert [str(closure.last) for closure in clinic.closures] == ["2027-08-15"]


KEYS = """\
top = 1
"quoted" = "a # no comment"
dotted.key = '''
[[not]]
a = "table" '''
inline = { one = 1, two = [ 1, 2 ] }   # comment with = and [
list = [
  "a", # comment
  { b = 1 },
  [2, 3],
]
date = 1979-05-27 07:32:00
text = \"\"\"
x = 1
\\"\"\" still \"\"\"

[table]
key = 1.5
[table.sub]
key = 2

[[many]]
key = 1
[[many]]
key = 2
[many.sub]
key = 3
[[many.inner]]
key = 4
"""

PLACES = [
    # path, line, column, why
    ("top", 1, 1, "a key"),
    ("quoted", 2, 1, "a quoted key; what follows is text, not a comment"),
    ("dotted.key", 3, 1, "a dotted key stands where it begins"),
    ("dotted", 3, 1, "and so does the table that it makes"),
    ("not", None, None, "stands in a text, so it is no table"),
    ("inline.one", 6, 12, "a key of an inline table"),
    ("inline.two.1", 6, 32, "an item of a list inside it"),
    ("list.1.b", 9, 5, "a key of a table in a list over several lines"),
    ("list.2.1", 10, 7, "an item of a list in a list"),
    ("date", 12, 1, "a value of two words"),
    ("x", None, None, "stands in a text"),
    ("table.key", 18, 1, "a key under a header"),
    ("table.sub.key", 20, 1, "a key under a nested header"),
    ("many.0", 22, 1, "the header of the first table"),
    ("many.1", 24, 1, "the header of the second"),
    ("many.1.key", 25, 1, "counts tables from 0"),
    ("many.1.sub.key", 27, 1, "a table of the latest one"),
    ("many.1.inner.0.key", 29, 1, "an array of tables in the latest one"),
    ("many.0.missing", 22, 1, "what is missing is told at its owner"),
    ("missing", None, None, "nothing above it is written"),
]


@pytest.mark.parametrize(("path", "line", "column", "why"), PLACES)
def test_every_key_is_found_where_it_stands(
    path: str, line: int | None, column: int | None, why: str
) -> None:
    """A fault can name the line and the column."""
    tomllib.loads(KEYS)
    assert Places(KEYS).find(path) == (None if line is None else (line, column)), why


@given(fields=written())
def test_every_key_that_tomllib_reads_is_found(fields: dict[str, Any]) -> None:
    """Tomllib decides what the keys are; each is found at a line that begins it there."""
    protocol = built(fields)
    if protocol is None:
        return
    text = dump_protocol(protocol)
    places, lines = Places(text), text.split("\n")
    for path in paths(tomllib.loads(text)):
        found = places.find(".".join(path))
        assert found is not None
        rest = lines[found[0] - 1][found[1] - 1 :]
        key = path[-1]
        assert key.isdigit() or rest.lstrip('["').startswith((key, path[0])), (path, rest)


def paths(value: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every key and item."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in inside:
        path = (*above, str(key))
        yield path
        if isinstance(part, dict | list):
            yield from paths(part, path)
