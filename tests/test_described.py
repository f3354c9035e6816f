"""What a model says of itself while a program runs: its parameters, their meanings, its repr."""

from __future__ import annotations

import inspect
import pydoc
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import Field, create_model

import mesoplan
from mesoplan import Change, Clinic, Closure, Finding, Missed, Phase, Protocol, Visit
from mesoplan.values.base import Model
from mesoplan.values.described import meanings
from samples import ALWAYS_OPEN, course_of, plan_of, weekly

PUBLIC = [
    value
    for name in mesoplan.__all__
    if inspect.isclass(value := getattr(mesoplan, name)) and issubclass(value, Model)
]


class Told(Model):
    """Something, for the tests."""

    plain: int = 1
    written: int = Field(default=2, description="Said in the field.")
    """Said below it."""
    several: tuple[int, ...] = Field(default_factory=tuple)
    """The first paragraph,
    on two lines.

    And another.
    """


def _is_tag(kind: Any) -> bool:
    return get_origin(kind) is Literal and len(get_args(kind)) == 1


@pytest.mark.parametrize("kind", PUBLIC, ids=lambda kind: str(kind.__name__))
def test_every_field_of_a_public_model_says_what_it_means(kind: type[Model]) -> None:
    """A docstring stands under it; a tag such as `fact: Literal["missed"]` says it by its value."""
    bare = [
        name
        for name, field in kind.model_fields.items()
        if not field.description and not _is_tag(field.annotation)
    ]
    assert bare == [], f"write a docstring under these fields of {kind.__name__}"


def test_a_description_is_the_first_paragraph_of_the_docstring() -> None:
    """One given to pydantic stands, and a field without a docstring has none."""
    said = {name: field.description for name, field in Told.model_fields.items()}
    expected = "The first paragraph, on two lines."
    assert said == {"plain": None, "written": "Said in the field.", "several": expected}
    assert Clinic.model_fields["timezone"].description == (
        "The IANA name; a `ZoneInfo` is taken by its name."
    )
    assert Phase.model_fields["basis"].description, "inherited fields are described as well"


def test_the_json_schema_describes_them_too() -> None:
    """The same words, without the list of parameters that readers of Python get."""
    schema = Clinic.model_json_schema()
    assert schema["properties"]["timezone"]["description"].startswith("The IANA name")
    assert schema["description"] == (
        "A clinic's time zone, opening hours, closures and public holidays."
    )
    assert schema["$defs"]["Closure"]["properties"]["first"]["description"] == "The first day."


def test_the_signature_is_what_type_checkers_are_told() -> None:
    """Every field by keyword with what it takes, also after pydantic has built the class."""
    for _ in range(2):
        assert str(inspect.signature(Closure)) == (
            "(*, first: date | str, last: date | str = ..., reason: str = 'Closed') -> None"
        )
        Closure(first=date(2027, 1, 1))
        Closure.model_rebuild(force=True)
    assert inspect.signature(Closure(first=date(2027, 1, 1)).__class__) == inspect.signature(
        Closure
    )


@pytest.mark.parametrize("kind", PUBLIC, ids=lambda kind: str(kind.__name__))
def test_the_signature_names_every_field(kind: type[Model]) -> None:
    """No more and no less, required where it is."""
    parameters = inspect.signature(kind).parameters
    assert parameters.keys() == kind.model_fields.keys()
    for name, field in kind.model_fields.items():
        assert (parameters[name].default is inspect.Parameter.empty) is field.is_required()
        assert parameters[name].annotation is not inspect.Parameter.empty


def test_a_model_without_a_constructor_of_its_own_shows_what_it_keeps() -> None:
    """A plan's visits are built by nobody else."""
    assert "key: Line, kind: Kind, phase: " in str(inspect.signature(Visit))


def test_help_shows_the_parameters_with_their_meanings() -> None:
    """`help(Clinic)`, `Clinic?` and editors that ask a running Python."""
    shown = re.sub("\b.", "", pydoc.render_doc(Clinic))  # bold letters are written twice
    assert re.search(r"Clinic\([\s|]*\*,[\s|]*name: str \| None = None,", shown)
    assert " |      timezone: The IANA name; a `ZoneInfo` is taken by its name.\n" in shown
    told = inspect.getdoc(Clinic) or ""
    assert told.startswith("A clinic's time zone, opening hours, closures and public holidays.\n")
    assert told.count("Args:") == 1
    assert "    several: The first paragraph, on two lines." in (inspect.getdoc(Told) or "")


def test_where_there_is_no_source_there_are_no_meanings() -> None:
    """As in a program that was frozen to one file: everything else goes on."""
    made = create_model("Made", __base__=Model, a=(int, ...))
    assert meanings(made) == {}
    assert str(inspect.signature(made)) == "(*, a) -> None"
    assert repr(made.model_validate({"a": 1})) == "Made(a=1)"
    assert made.__doc__ is None
    assert "description" not in made.model_json_schema()


def test_importing_reads_no_source() -> None:
    """Meanings are read when somebody asks: planning a course does not."""
    program = (
        "import linecache; from datetime import *; from mesoplan import *; "
        "course = Course(id='c', protocol=protocols.get('mesotherapy-weekly'), start=datetime(2026, 12, 1, 10));"
        "schedule(course, Clinic(timezone='UTC'), as_of=datetime(2026, 11, 20, tzinfo=UTC));"
        "print([file for file in linecache.cache if 'mesoplan' in file])"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


class Short(Told):
    """One that says in its own words what it is, for the tests."""

    words: str

    def _in_short(self) -> str:
        return self.words


PLAN = plan_of(weekly(), horizon=date(2027, 12, 1))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Missed(visit="induction-6"), "Missed(visit='induction-6')"),
        (Told(), "Told()"),
        (Told(plain=2, several=(1, 2)), "Told(plain=2, several=<2>)"),
        (ALWAYS_OPEN, "Clinic(timezone='Europe/Istanbul')"),
        (
            course_of(weekly()),
            "Course(id='course-1', protocol=<Protocol weekly>, start=2026-12-04 17:30:00)",
        ),
        (
            weekly(title="t" * 300),
            f"Protocol(id='weekly', title='{'t' * 39}…', phases=<2>, …)",
        ),
        (
            Phase(id="a", every="P1W", window="P2D", basis={"*": "assumption"}),
            "Phase(id='a', every='P1W', window=<Window>, basis=<1>)",
        ),
        (PLAN, "<Plan of course-1: 20 visits, 2026-12-04 to 2027-09-19>"),
        (PLAN.visits[0], "<Visit induction-1: 2026-12-04 17:30>"),
        (
            PLAN.visits[0].replace(status="on_hold"),
            "<Visit induction-1: 2026-12-04 17:30, on hold>",
        ),
        (
            Finding(code="outside-window", visit="a-1", message="stands outside"),
            "<Finding outside-window of a-1: stands outside>",
        ),
        (Finding(code="horizon", message="up to 2027"), "<Finding horizon: up to 2027>"),
        (
            Change(kind="added", key="induction-1", after=PLAN.visits[0]),
            "<Change added induction-1, 2026-12-04 17:30>",
        ),
        (Short(words="of course-1042: 20 visits"), "<Short of course-1042: 20 visits>"),
        (Short(words="a\nb\x1b[31m"), r"<Short a\nb\x1b[31m>"),
        (Short(words="w" * 300), f"<Short {'w' * 91}…>"),
        (Short(words="\n" * 300), "<Short " + r"\n" * 45 + "\\…>"),
    ],
    ids=range(17),
)
def test_a_model_is_shown_on_one_short_line(value: Model, shown: str) -> None:
    """By what it is known first, without what is left at its default, and safe to print."""
    assert repr(value) == shown
    assert len(shown) <= 100


@pytest.mark.parametrize(
    "value",
    [PLAN, PLAN.course, PLAN.course.protocol, *PLAN.visits[:2], *PLAN.course.protocol.phases],
    ids=lambda value: str(type(value).__name__),
)
def test_no_repr_is_longer_than_a_line(value: Model) -> None:
    """A plan of twenty visits neither."""
    assert len(repr(value)) <= 100
    assert repr(value).isprintable()


def test_a_model_without_words_of_its_own_is_printed_like_its_repr() -> None:
    """`print(course)` is one line as well."""
    course = course_of(weekly())
    assert str(course) == repr(course)
    assert str(Protocol.model_validate(weekly().model_dump())) == repr(weekly())


def test_what_could_not_be_built_is_shown_too() -> None:
    """Pydantic's `model_construct` leaves fields out; a debugger shows such a thing."""
    missed: Any = Missed
    assert repr(missed.model_construct(note="x")) == "Missed(note='x')"
    odd = missed.model_construct(note=datetime(2026, 12, 1, tzinfo=UTC), visit=object)
    assert repr(odd) == "Missed(visit=<class 'object'>, note=2026-12-01 00:00:00+00:00)"
