"""The JSON Schema of a protocol file, held against the loader by a real validator."""

import tomllib
from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mesoplan.files.protocol_file import dump_protocol, load_protocol
from mesoplan.files.schema import protocol_schema
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.protocol import Protocol
from mesoplan.values.errors import MesoplanError, ProtocolError
from mesoplan.values.period import Period
from mesoplan.values.weekdays import weekdays_in

SCHEMA = protocol_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
CATALOGUE = sorted(
    (path for path in resources.files("mesoplan.protocols").iterdir() if ".toml" in path.name),
    key=lambda path: path.name,
)

RIGHT = """
id = "weekly"
title = "Weekly"
version = "1.2"
sources = [{ id = "smith", title = "A trial", year = 2019, url = "https://example.org" }]
basis = { "*" = "smith: page 2" }
reviews = [{ id = "month-3", at = "start + P3M", window = { later = "P1W" }, outcomes = ["good"] }]
milestones = [{ id = "growth", title = "Growth", at = "session 5" }]

[[phases]]
id = "induction"
every = "P1W"
sessions = 16
window = "P2D"
steps = ["low", { label = "full", duration = "PT40M" }]
weekdays = "mon, wed - fri"
tiers = [{ late = "P3D", then = "carry_on" }, { then = "restart" }]
requires = { review = "month-3", outcome = "good" }

[[phases]]
id = "rest"
at = ["P0D", "P1M"]
basis = { at = "assumption" }
"""

WRONG: list[tuple[str, str, str]] = [
    ('id = "weekly"', 'id = "Weekly course"', "an id is lower-case words"),
    ('id = "weekly"', "", "an id is needed"),
    ('title = "Weekly"', 'titel = "Weekly"', "an unknown field"),
    ('title = "Weekly"', 'title = ""', "a title says something"),
    ('version = "1.2"', "version = 1.2", "a version is text"),
    ('version = "1.2"', 'version = "one"', "a version is numbers"),
    ('version = "1.2"', 'status = "ready"', "one of three words"),
    ('version = "1.2"', 'month_end = "skip"', "one of two words"),
    ('version = "1.2"', "max_per_day = 0", "at least one"),
    ('url = "https://example.org"', 'url = "example.org"', "an address is whole"),
    ("year = 2019", "year = 19", "a year has four digits"),
    ('"smith: page 2"', '"Smith, page 2"', "a basis begins with an id"),
    ('at = "assumption"', 'att = "assumption"', "a basis names a field"),
    ('"start + P3M"', '"begin + P3M"', "an anchor is one of the known forms"),
    ('"start + P3M"', '"start + 3 months"', "an offset is a duration"),
    ('at = "session 5"', "at = 5", "an anchor is text"),
    ('every = "P1W"', "every = 7", "a number where a duration belongs"),
    ('every = "P1W"', 'every = "-P1W"', "a rhythm goes forward"),
    ('every = "P1W"', 'every = "P1.5W"', "whole units"),
    ('every = "P1W"', 'every = "weekly"', "no words"),
    ("sessions = 16", 'sessions = "16"', "a count is a number"),
    ("sessions = 16", "sessions = 0", "at least one"),
    ("sessions = 16", "sessions = 10_000_000", "ten million are a slip"),
    ('window = "P2D"', "window = 2", "a window is a duration or a table"),
    ('window = "P2D"', 'window = "-P2D"', "a window has no sign"),
    ('window = "P2D"', 'window = { before = "P2D" }', "earlier and later"),
    ('"mon, wed - fri"', '"monday, wodensday"', "days of the week"),
    ('then = "restart"', 'then = "stop"', "one of three words"),
    ('steps = ["low"', "steps = [5", "a step is text or a table"),
    ('outcome = "good"', 'result = "good"', "a condition names the outcome"),
    ('at = ["P0D", "P1M"]', "", "a phase without rhythm"),
    ('at = ["P0D", "P1M"]', 'at = ["P0D"]\nevery = "P1W"', "two rhythms"),
    ('at = ["P0D", "P1M"]', 'at = "P0D"', "a list is a list"),
]


def test_the_schema_is_itself_valid() -> None:
    """It follows its own dialect, draft 2020-12, and refers only to what it defines."""
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"].endswith("2020-12/schema")
    references = {f"#/$defs/{name}" for name in SCHEMA["$defs"]}
    assert references == set(values_of("$ref", SCHEMA))


def values_of(key: str, node: Any) -> list[Any]:
    """Collect a key's values anywhere in the schema."""
    parts = (
        list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    )
    own = [node[key]] if isinstance(node, dict) and key in node else []
    return own + [value for part in parts for value in values_of(key, part)]


@pytest.mark.parametrize("path", CATALOGUE, ids=lambda path: str(path.name))
def test_every_catalogue_file_is_valid(path: Any) -> None:
    """What we ship passes as it is written, and as it is dumped again."""
    assert [error.message for error in VALIDATOR.iter_errors(tomllib.loads(path.read_text()))] == []
    dumped = dump_protocol(load_protocol(path.read_text()))
    assert [error.message for error in VALIDATOR.iter_errors(tomllib.loads(dumped))] == []


def test_the_catalogue_is_not_empty() -> None:
    """The test above means something."""
    assert CATALOGUE


def test_the_short_forms_are_valid() -> None:
    """A hand-written file with every short form passes the schema and the loader."""
    assert list(VALIDATOR.iter_errors(tomllib.loads(RIGHT))) == []
    assert load_protocol(RIGHT).phases[0].steps[0].label == "low"


@pytest.mark.parametrize(("right", "wrong", "why"), WRONG)
def test_a_wrong_file_is_refused_by_the_schema_and_by_the_loader(
    right: str, wrong: str, why: str
) -> None:
    """An editor underlines what the loader would refuse."""
    assert right in RIGHT
    text = RIGHT.replace(right, wrong, 1)
    assert not VALIDATOR.is_valid(tomllib.loads(text)), why
    with pytest.raises(ProtocolError):
        load_protocol(text)


ANCHORS = [
    *("start", "start + P3M", "start - P1W", "start+P3M", " session 5 ", "session 5 of a-b + PT4H"),
    *("first session", "last session of a", "each session", "every 4th session", "external:lmp"),
    *("every 4 sessions of a - P1D", "external: lmp", "External:lmp", "session 0", "sessions 5"),
    *("", "end", "start + 3M", "last session of A", "each 4th session", "start + P3M + P1D"),
    *("session 5 of", "second session", "external:", "session 12345", "start P3M"),
]


@pytest.mark.parametrize("text", ANCHORS)
def test_the_pattern_of_anchors_reads_what_the_model_reads(text: str) -> None:
    """An anchor is valid for an editor exactly when it is one."""
    anchors = Draft202012Validator(SCHEMA["$defs"]["Anchor"])
    assert anchors.is_valid(text) == reads(Anchor, text)


@pytest.mark.parametrize(
    "text",
    ["mon", "mon-fri", "mon, wed, fri", "Monday", "sat - mon", "", "mo", "mon,", "fun", "mon;tue"],
)
def test_the_pattern_of_weekdays_reads_what_the_model_reads(text: str) -> None:
    """The days of the week, short or whole, as a list or from one to another."""
    weekdays = Draft202012Validator(SCHEMA["$defs"]["Weekdays"])
    assert weekdays.is_valid(text) == reads(weekdays_in, text)


def reads(read: Any, text: str) -> bool:
    """Whether the model takes the text."""
    try:
        read(text)
    except (MesoplanError, ValueError):
        return False
    return True


def test_fields_are_described_in_the_words_of_the_model() -> None:
    """The docstring under a field is what an editor shows at it, its first paragraph on one line."""
    phase = SCHEMA["$defs"]["Phase"]
    assert (
        phase["description"]
        == "A named run of sessions with one rhythm: an induction, a maintenance."
    )
    assert phase["properties"]["at"]["description"] == (
        "Explicit places, counted from where the phase starts."
    )
    assert phase["properties"].keys() == Phase.model_fields.keys()
    assert SCHEMA["properties"].keys() == Protocol.model_fields.keys()
    assert not any(">>>" in str(text) for text in values_of("description", SCHEMA))


def tables() -> list[tuple[str, Any]]:
    """Give every table that a file can write, with its name."""
    named = [("Protocol", SCHEMA), *SCHEMA["$defs"].items()]
    parts = [(name, part) for name, table in named for part in (table, *table.get("anyOf", []))]
    return [(name, part) for name, part in parts if "properties" in part]


def test_every_field_is_described_in_words_of_its_own() -> None:
    """An editor says more at a field than how its type is written."""
    forms = {Period.form, Anchor.form, None, ""}
    fields = [
        (name, field, told) for name, t in tables() for field, told in t["properties"].items()
    ]
    assert len(fields) > len(Phase.model_fields) + len(Protocol.model_fields)
    assert [(name, field) for name, field, told in fields if told.get("description") in forms] == []
    assert {name for name, _ in tables()} >= {
        "Step",
        "Tier",
        "Window",
        "Spacing",
        "Advice",
        "Source",
    }


LENGTHS: list[tuple[str, str, bool, str]] = [
    *(
        (field, text, False, "a course, a rhythm or a gap takes some time")
        for field in ("deadline", "phase.every", "phase.until", "phase.restart_after", "recheck")
        for text in ("-P1W", "P0D", "P0Y0M", "PT0M")
    ),
    ("phase.max_interval", "P0D", False, "no two sessions could follow each other"),
    ("review.duration", "PT0M", False, "a visit lasts"),
    ("usual_max", "P0D", False, "an effect lasts"),
    ("phase.duration", "-PT5M", False, "nobody leaves before coming"),
    ("phase.observation", "PT0M", True, "staying no time at all"),
    ("phase.grace", "P0D", True, "none at all"),
    ("phase.min_interval", "-P1D", False, "the next session would come first"),
    ("at_least", "-P1D", False, "a distance has no direction"),
    ("onset", "-P1D", False, "no effect comes before its cause"),
    ("deadline", "P10W", True, "ten is not zero"),
    ("phase.until", "PT10H", True, "hours count"),
    ("since", "-P1W", True, "advice may begin before the session"),
]


def with_length(place: str, text: str) -> dict[str, Any]:
    """Give a protocol with this period in one place."""
    phase = {"id": "a", "label": "A", "every": "P1W"}
    review = {"id": "month-3", "at": "start + P3M"}
    named = {"id": "b", "title": "B", "text": "B"}
    ask = {"id": "b", "kind": "prerequisite", "question": "?", "problem": "no", "text": "B"}
    field = place.rpartition(".")[2]
    part: dict[str, dict[str, Any]] = {
        "phase": {"phases": [phase | {field: text}]},
        "review": {"reviews": [review | {field: text}]},
        "recheck": {"criteria": [ask | {"until": "healed", "recheck": text}]},
        "usual_max": {"effects": [named | {"usual_max": text, "if_longer": "Call."}]},
        "onset": {"effects": [named | {"usual_max": "P1D", "if_longer": "Call.", "onset": text}]},
        "at_least": {"spacing": [{"between": ["A", "A"], "at_least": text}]},
        "since": {"advice": [{"id": "b", "title": "B", "kind": "do", "since": text}]},
        "deadline": {"deadline": text},
    }
    return {"id": "x", "title": "X", "phases": [phase]} | part[place.partition(".")[0]]


@pytest.mark.parametrize(("place", "text", "fits", "why"), LENGTHS)
def test_a_period_that_makes_no_sense_is_refused_where_it_stands(
    place: str, text: str, why: str, *, fits: bool
) -> None:
    """Negative, or nothing where some time is meant: schema and loader agree, with path and remedy."""
    written = with_length(place, text)
    assert VALIDATOR.is_valid(written) == fits, why
    try:
        Protocol.model_validate(written)
    except ProtocolError as error:
        (fault,) = error.faults
        assert not fits, why
        assert fault.path.rpartition(".")[2] == place.rpartition(".")[2]
        assert fault.remedy
    else:
        assert fits, why


def test_a_file_never_writes_null() -> None:
    """A field without a value is left out, so that an editor does not offer null."""
    assert "null" not in values_of("type", SCHEMA)
    assert None not in values_of("default", SCHEMA)


def test_every_table_is_closed() -> None:
    """An unknown field is underlined everywhere."""
    tables = [*SCHEMA["$defs"].values(), SCHEMA]
    closed = [part for table in tables for part in (table, *table.get("anyOf", []))]
    objects = [part for part in closed if part.get("type") == "object"]
    assert objects
    assert all(part["additionalProperties"] is False for part in objects)
