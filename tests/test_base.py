from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from time import perf_counter
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter, ValidationError, model_validator

from mesoplan import CourseError, Fault, MesoplanError
from mesoplan.values.base import Model
from mesoplan.values.faults import unfit
from mesoplan.values.kinds import Day, FrozenTable, Instant, Line, Moment, Slug, Table, Text
from mesoplan.values.textvalue import TextValue


def _even(value: int) -> int:
    if value % 2:
        raise unfit("is odd", code="out-of-range")
    return value


class Part(Model):
    """A part with a kind, for the tests."""

    kind: Literal["part"] = "part"
    name: Slug
    count: Annotated[int, Field(ge=1, le=9, strict=True), AfterValidator(_even)] = 2

    @model_validator(mode="after")
    def _not_both(self) -> Part:
        if self.name == "both":
            raise MesoplanError(Fault("name", "is bad", self.name))
        return self


class Other(Model):
    """Another kind of part."""

    kind: Literal["other"] = "other"
    label: Line


class Whole(Model):
    """A whole, for the tests."""

    refusal: ClassVar[type[CourseError]] = CourseError

    title: Line
    day: Day | None = None
    parts: Annotated[tuple[Part, ...], Field(max_length=3)] = ()
    mixed: tuple[Annotated[Part | Other, Field(discriminator="kind")], ...] = ()
    table: Table[str, int] = FrozenTable()


def faults(data: object) -> list[str]:
    """Say the faults of what should be a whole."""
    with pytest.raises(CourseError) as caught:
        Whole.model_validate(data)
    return [str(fault) for fault in caught.value.faults]


PART = {"name": "a"}


@pytest.mark.parametrize(
    ("data", "said", "why"),
    [
        (5, ["is not a table of fields, got 5"], "no table"),
        ({}, ["title: is missing (every Whole needs it)"], "a required field"),
        ({"title": 5}, ["title: is not text, got 5 (put it in quotes)"], "a number"),
        (
            {"title": "  "},
            ["title: is empty, got '  ' (leave it out, or write something)"],
            "empty",
        ),
        (
            {"titel": "t"},
            ["titel: is not a known field, got 't' (did you mean \"title\"?)"],
            "a slip is told once: the field it meant is not missing as well",
        ),
        (
            {"title": "t", "parts": [{"nam": "a"}, {"name": "a", "cont": 1}]},
            [
                "part 1, nam: is not a known field, got 'a' (did you mean \"name\"?)",
                'part 2, cont: is not a known field, got 1 (did you mean "count"?)',
            ],
            "the fields known are those of the part",
        ),
        (
            {"title": "t", "xyz": 1},
            ["xyz: is not a known field, got 1 (known: title, day, parts, mixed, table)"],
            "nothing near",
        ),
        (
            {"title": "t", "parts": "a"},
            ["parts: is not a list, got 'a' (write it in square brackets)"],
            "text where a list belongs",
        ),
        (
            {"title": "t", "parts": [PART] * 4},
            [f"parts: has more than 3 entries, got {[PART] * 4}"],
            "too many",
        ),
        (
            {"title": "t", "parts": [{"name": "A b"}]},
            [
                "part 1, name: is not a name of at most 64 lower-case letters, digits and hyphens, got 'A b' (write for example \"month-3\")"
            ],
            "a pattern is told in words",
        ),
        (
            {"title": "t", "parts": [{"name": "a", "count": 10_000_000}]},
            ["part 1, count: is more than 9, got 10000000 (write at most 9)"],
            "over the maximum",
        ),
        (
            {"title": "t", "parts": [{"name": "a", "count": 0}]},
            ["part 1, count: is less than 1, got 0 (write at least 1)"],
            "under the minimum",
        ),
        (
            {"title": "t", "parts": [{"name": "a", "count": 3}]},
            ["part 1, count: is odd, got 3"],
            "a validator of ours, without a remedy",
        ),
        (
            {"title": "t", "parts": [{"name": "a", "count": "2"}]},
            ["part 1, count: is not a whole number, got '2' (write it in digits, without quotes)"],
            "text where a number belongs",
        ),
        (
            {"title": "t", "parts": [{"name": "a", "kind": "prt"}]},
            ["part 1, kind: is not one of 'part', got 'prt' (did you mean \"part\"?)"],
            "not one of a choice",
        ),
        (
            {"title": "t", "parts": [{"name": "both"}, {"name": "a", "count": 1}]},
            ["part 1, name: is bad, got both", "part 2, count: is odd, got 1"],
            "an error of ours from inside a part, beside others",
        ),
        (
            {"title": "t", "day": "2026-02-30"},
            ["day: is not a day of the calendar, got '2026-02-30' (write for example 2026-12-01)"],
            "no such day",
        ),
        (
            {"title": "t", "day": 0},
            ["day: is a number, got 0 (write for example 2026-12-01)"],
            "not 1970-01-01",
        ),
        (
            {"title": "t", "mixed": [{"kind": "oter", "label": "x"}]},
            ["mixed 1, kind: is not one of 'part', 'other', got 'oter' (did you mean \"other\"?)"],
            "a slip in the kind",
        ),
        (
            {"title": "t", "mixed": [{"label": "x"}]},
            ["mixed 1, kind: is missing, got {'label': 'x'} (say what it is)"],
            "no kind",
        ),
        (
            {"title": "t", "mixed": [{"kind": "other", "lable": "x"}]},
            ["mixed 1, lable: is not a known field, got 'x' (did you mean \"label\"?)"],
            "the fields known are those of the kind, and the path is that of the file",
        ),
        (
            {"title": "t", "mixed": [5]},
            ["mixed 1: is not a table of fields, got 5"],
            "no table among the kinds",
        ),
        (
            {"title": "t", "table": {"a": "b"}},
            ["table.a: should be a valid integer, unable to parse string as an integer, got 'b'"],
            "what has no words of ours keeps pydantic's",
        ),
        (
            {"title": "t", "table": 5},
            ["table: is not a table of names and values, got 5"],
            "no table",
        ),
        (
            {"title": "t", "x\r\nBEGIN:VEVENT": 1},
            [
                "'x\\r\\nBEGIN:VEVENT': is not a known field, got 1 (known: title, day, parts, mixed, table)"
            ],
            "a field's name is shown escaped",
        ),
    ],
)
def test_every_fault_says_where_what_got_and_remedy(
    data: object, said: list[str], why: str
) -> None:
    """The exact words, all at once, in the order of the fields."""
    assert faults(data) == said, why


def test_faults_of_several_parts_come_at_once() -> None:
    """One broken part hides nothing of another."""
    data = {"title": "", "day": 1.5, "parts": [{"name": "A"}, {"count": 12}], "x": 1}
    assert [fault.partition(": ")[0] for fault in faults(data)] == [
        "title",
        "day",
        "part 1, name",
        "part 2, name",
        "part 2, count",
        "x",
    ]


def test_a_fault_has_a_code_and_the_name_that_was_meant() -> None:
    """So software tells faults apart, and an editor offers the right name, without reading words."""
    with pytest.raises(CourseError) as caught:
        Whole.model_validate({"titel": 5, "parts": [{}]})
    assert [(fault.path, fault.code, fault.meant) for fault in caught.value.faults] == [
        ("parts.0.name", "missing", ""),
        ("titel", "unknown-field", "title"),
    ]


def test_broken_json_is_one_fault() -> None:
    """The parser's words, line and column included."""
    with pytest.raises(
        CourseError, match="Whole: is not JSON: EOF while parsing an object at line 1"
    ):
        Whole.model_validate_json("{")


@pytest.mark.slow
def test_a_hundred_thousand_faults_take_bounded_time() -> None:
    """After a thousand the rest is only counted."""
    begun = perf_counter()
    said = faults({"title": "t", **{f"f{number}": 0 for number in range(100_000)}})
    assert perf_counter() - begun < 5
    assert said[-1] == "has 99000 more faults"


def test_direct_building_raises_our_errors_whatever_the_way() -> None:
    """Keywords, a mapping and JSON raise the error of the kind, and it is a ValueError too."""
    wrong: Any = 5
    builds: list[Callable[[], Whole]] = [
        lambda: Whole(title=wrong),
        lambda: Whole.model_validate({"title": 5}),
        lambda: Whole.model_validate_json('{"title": 5}'),
    ]
    for build in builds:
        with pytest.raises(CourseError) as caught:
            build()
        assert caught.value.faults == (Fault("title", "is not text", "5", "put it in quotes"),)
        assert caught.value.subject == "Whole"


def test_inside_a_foreign_model_pydantic_tells_its_own_errors() -> None:
    """A developer's form with a part of ours in it reports both, each at its place."""

    class Form(BaseModel):
        whole: Whole
        age: int

    with pytest.raises(ValidationError) as caught:
        Form.model_validate({"whole": {"titel": "t", "parts": [{"name": "A"}]}, "age": "x"})
    assert {error["loc"] for error in caught.value.errors()} == {
        ("whole", "title"),
        ("whole", "titel"),
        ("whole", "parts", 0, "name"),
        ("age",),
    }
    assert "is not a name" in str(caught.value)
    assert "month-3" in str(caught.value)
    assert Form.model_validate({"whole": {"title": "t"}, "age": 3}).whole == Whole(title="t")


WHOLE = Whole(title="t", parts=(Part(name="a"),), mixed=(Other(label="x"),), table={"b": 1, "a": 2})


def test_a_model_is_a_value() -> None:
    """Equal by content, hashable with its tables, and the same after JSON, pickle and copies."""
    for other in (
        Whole.model_validate_json(WHOLE.model_dump_json()),
        Whole.model_validate(WHOLE.model_dump()),
        Whole.model_validate(json.loads(WHOLE.model_dump_json())),
        pickle.loads(pickle.dumps(WHOLE)),  # noqa: S301 - our own bytes
        copy.copy(WHOLE),
        copy.deepcopy(WHOLE),
        WHOLE.model_copy(),
        WHOLE.model_copy(deep=True),
        WHOLE.replace(),
    ):
        assert other == WHOLE
        assert hash(other) == hash(WHOLE)
    assert len({WHOLE, WHOLE.replace(title="u"), WHOLE.replace()}) == 2


def test_a_model_is_frozen_to_its_tables() -> None:
    """No field can be set, no table changed, and no word of pydantic's can be slipped in."""
    whole: Any = WHOLE
    with pytest.raises(ValidationError, match="frozen"):
        whole.title = "u"
    table: Any = WHOLE.table
    for change in (
        lambda: table.update(a=1),
        lambda: table.pop("a"),
        lambda: table.__setitem__("a", 1),
        lambda: table.__delitem__("a"),
        table.clear,
        table.popitem,
        lambda: table.setdefault("z", 1),
        lambda: table.__ior__({"z": 1}),
    ):
        with pytest.raises(TypeError, match="cannot be changed"):
            change()
    assert hash(FrozenTable(a=1, b=2)) == hash(FrozenTable(b=2, a=1))


def test_a_changed_copy_is_checked_like_a_new_one() -> None:
    """The model_copy of pydantic would take anything."""
    assert WHOLE.replace(title="u").title == "u"
    assert WHOLE.replace(title="u").parts == WHOLE.parts
    with pytest.raises(CourseError, match="day: is not a day"):
        WHOLE.replace(day="not a date")
    with pytest.raises(CourseError, match="day: is not a day"):
        WHOLE.model_copy(update={"day": "not a date"})
    with pytest.raises(CourseError, match='did you mean "title"'):
        WHOLE.replace(titel="u")


def test_a_changed_copy_remembers_what_was_left_at_its_default() -> None:
    """What nobody wrote stays unwritten, so that a saved file is not filled with defaults."""
    assert Part(name="a").replace(name="b").model_fields_set == {"name"}
    assert Part(name="a").replace(count=4).model_fields_set == {"name", "count"}


@pytest.mark.parametrize(
    ("kind", "text", "said", "why"),
    [
        (Line, "a\r\nBEGIN:VEVENT", "line break", "it could begin an entry of a calendar"),
        (Line, "a\tb", "line break or a tab", "it could begin a cell of a table"),
        (Line, "a\x00", "U+0000", "a null"),
        (Line, "a\x1b[2J", "U+001B", "an escape for terminals"),
        (Line, "a\u2028b", "U+2028", "a line separator"),
        (Line, "a\x85b", "U+0085", "a next line"),
        (Line, "\ufeffa", "U+FEFF", "a byte order mark"),
        (Text, "a\rb", "U+000D", "a bare carriage return"),
        (Text, "a\x7f", "U+007F", "a delete"),
        (Line, "x" * 301, "at most 300", "a long line"),
        (Text, "x" * 10_001, "at most 10000", "a long text"),
        (Text, "\n ", "at least 1", "nothing but space"),
        (Slug, "month_3", "is not a name", "an underscore"),
        (Slug, "-a", "is not a name", "a hyphen first"),
        (Slug, "a\n", "is not a name", "a line break at the end"),
        (Slug, "a" * 65, "is not a name", "too long"),
        (Slug, "\u0663", "is not a name", "an Arabic digit"),
    ],
)
def test_what_could_break_a_file_is_refused(kind: Any, text: str, said: str, why: str) -> None:
    """Text is checked at the border, once."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(text)
    assert said in str(caught.value), why


def test_text_may_have_lines_and_any_script() -> None:
    """Line ends become one character; emoji and right-to-left text are text."""
    adapter = TypeAdapter(Text)
    assert adapter.validate_python(" a\r\nb\tc ") == "a\nb\tc"
    assert (
        adapter.validate_python("\u0645\u0631\u062d\u0628\u0627 💉")
        == "\u0645\u0631\u062d\u0628\u0627 💉"
    )
    assert len(adapter.validate_python("x" * 10_000)) == 10_000


@given(st.text(max_size=50))
def test_a_line_that_is_taken_is_one_line(text: str) -> None:
    """Whatever the text, it is refused or prints on one line as it is."""
    try:
        line = TypeAdapter(Line).validate_python(text)
    except ValidationError:
        return
    assert line.splitlines() == [line]
    assert line == text.strip()


@pytest.mark.parametrize(
    ("kind", "value", "said", "why"),
    [
        (Day, 0, "is a number", "not 1970-01-01"),
        (Day, 1.5, "is a number", "nor a fraction"),
        (Day, True, "is a number", "nor a truth"),
        (Day, datetime(2026, 12, 1), "is a moment, not a day", "midnight is a moment"),
        (Moment, 0, "is a number", "not 1970"),
        (Instant, datetime(2026, 12, 1), "timezone", "an instant is aware"),
        (Instant, 5, "is a number", "not 1970"),
    ],
)
def test_numbers_are_no_days(kind: Any, value: object, said: str, why: str) -> None:
    """Left alone, pydantic would read a number as seconds since 1970."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    assert said in str(caught.value), why


def test_days_and_moments_read_text() -> None:
    """As JSON and TOML give them."""
    assert TypeAdapter(Day).validate_python("2026-12-01") == date(2026, 12, 1)
    assert TypeAdapter(Moment).validate_python("2026-12-01T17:30") == datetime(2026, 12, 1, 17, 30)


def test_an_aware_moment_keeps_its_offset_only() -> None:
    """In the hour that autumn repeats, a zone's time never equals the same time read from JSON."""
    second = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
    for kind in (Moment, Instant):
        adapter: TypeAdapter[datetime] = TypeAdapter(kind)
        kept = adapter.validate_python(second)
        assert kept.tzinfo == timezone(timedelta(hours=1))
        assert kept.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
        assert adapter.validate_json(adapter.dump_json(kept)) == kept


def test_a_text_value_must_be_able_to_read() -> None:
    """The base itself is no value."""
    with pytest.raises(NotImplementedError):
        TextValue("a")
    assert TextValue.__get_pydantic_json_schema__(None, None) == {  # type: ignore[arg-type]
        "type": "string",
        "description": "",
    }
    assert issubclass(TextValue.refusal, MesoplanError)
