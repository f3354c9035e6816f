from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

import mesoplan
from mesoplan import Finding, MesoplanError, Phase, codes, load_clinic, load_protocol
from mesoplan.checking import RULES, check_protocol
from mesoplan.plan import finding_codes, reason
from mesoplan.protocol.protocol import Protocol
from mesoplan.values import fault_codes
from mesoplan.values.errors import Fault
from mesoplan.values.kinds import Day, Line, Moment, Slug

ROOT = Path(mesoplan.__file__).parent
MODULES = {
    str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8"))
    for file in sorted(ROOT.rglob("*.py"))
}

MAKERS = {"Fault", "unfit", "refused", "Written", "_refusal"}
"""What makes a fault; each takes its code as a keyword."""
ELSEWHERE = re.compile(r"checking/(?!rules)")
"""The rules of the checker: their faults become remarks, whose code `Rule.remarks` sets."""
IN_WORDS = ("values/errors.py", "Fault('', f)")
"""The one fault without a code: what a user of `MesoplanError` says in words only."""
UNUSED: dict[str, set[str]] = {
    "fault": set(),
    "finding": {"unknown-visit"},  # only in plans that an earlier release has written
    "reason": set(),
}


def _calls(name: str) -> Iterator[ast.Call]:
    for node in ast.walk(MODULES[name]):
        if isinstance(node, ast.Call):
            yield node


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)


def _texts(value: ast.expr) -> Iterator[str]:
    """Yield the texts that a value may be; none where it is passed on: a name or a part of one."""
    if isinstance(value, ast.IfExp):
        yield from (*_texts(value.body), *_texts(value.orelse))
    elif isinstance(value, ast.Constant):
        yield str(value.value)


def _used(kind: str) -> set[str]:
    """Every code of a kind that the source names, outside the tables."""
    tables = {"values/fault_codes.py", "plan/finding_codes.py", "plan/reason.py"}
    by_name = [word.value for name in MODULES for call in _calls(name) for word in call.keywords]
    if kind == "fault":  # pydantic's faults get theirs in two modules, from a table
        homes = {"values/errors.py", "values/faults.py"}
        return {str(node.value) for node in _constants(homes)}.union(*map(_texts, by_name))
    of_faults = {
        word.value
        for name in MODULES
        for call in _calls(name)
        for word in call.keywords
        if _called(call) in MAKERS
    }
    return {
        str(node.value) for node in _constants(MODULES.keys() - tables) if node not in of_faults
    }


def _constants(names: Iterable[str]) -> Iterator[ast.Constant]:
    for name in names:
        for node in ast.walk(MODULES[name]):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node


@pytest.mark.parametrize("name", [name for name in MODULES if not ELSEWHERE.match(name)])
def test_every_fault_names_its_code(name: str) -> None:
    """A code of the table, which mypy knows, or one that is passed on."""
    for call in _calls(name):
        if _called(call) not in MAKERS or (name, ast.unparse(call)) == IN_WORDS:
            continue
        named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
        assert named, f"{name}:{call.lineno} makes a fault without a code"
        assert {*_texts(named[0])} <= fault_codes.MEANINGS.keys(), f"{name}:{call.lineno}"


@pytest.mark.parametrize("name", MODULES)
def test_no_error_is_raised_in_words_only(name: str) -> None:
    """Errors take faults, so that each has a code; a text would have none."""
    for call in _calls(name):
        if re.search("Error$|refusal$", _called(call)) and hasattr(mesoplan, _called(call)):
            given = [type(part) for part in call.args]
            assert not {ast.Constant, ast.JoinedStr} & {*given}, f"{name}:{call.lineno}"


@pytest.mark.parametrize(
    ("kind", "known", "table"),
    [
        ("fault", fault_codes.FaultCode, fault_codes.MEANINGS),
        ("finding", finding_codes.FindingCode, finding_codes.MEANINGS),
        ("reason", reason.ReasonCode, reason.MEANINGS),
    ],
)
def test_every_code_has_a_meaning_and_is_used(kind: str, known: Any, table: dict[str, Any]) -> None:
    """What type checkers know is what the table explains, and none is left over."""
    assert get_args(known) == tuple(table)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", code) for code in table)
    assert table.keys() - _used(kind) == UNUSED[kind]


def test_the_reference_lists_every_code_once() -> None:
    """Kind by kind, each with a meaning in one line of plain words."""
    listed = codes()
    assert len({(code.kind, code.code) for code in listed}) == len(listed)
    assert {code.kind for code in listed} == {"fault", "finding", "reason"}
    for _, code, meaning in listed:
        assert re.fullmatch("[a-z`].{8,99}[A-Za-z0-9]", meaning), code
    tables = (fault_codes.MEANINGS, finding_codes.MEANINGS, reason.MEANINGS)
    assert [code.code for code in listed] == [code for table in tables for code in table]


def _refused(data: dict[str, Any]) -> list[tuple[str, str]]:
    weekly = {"id": "a", "every": "P1W", "sessions": 4}
    with pytest.raises(MesoplanError) as caught:
        Protocol(**{"id": "x", "title": "X", "phases": [weekly], **data})
    return [(fault.path, fault.code) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        ({"titel": "X"}, "titel", "unknown-field"),
        ({"title": 5}, "title", "not-text"),
        ({"title": " "}, "title", "empty"),
        ({"title": "a\nb"}, "title", "line-break"),
        ({"title": "a\0b"}, "title", "control-character"),
        ({"title": "x" * 301}, "title", "too-long"),
        ({"id": "No Name"}, "id", "not-a-name"),
        ({"version": "x"}, "version", "not-a-version"),
        ({"status": "new"}, "status", "not-a-choice"),
        ({"phases": []}, "phases", "too-few"),
        ({"phases": 1}, "phases", "not-a-list"),
        ({"phases": [1]}, "phases.0", "not-a-table"),
        ({"phases": [{"id": "a"}]}, "phases.0.every", "no-rhythm"),
        ({"phases": [{"id": "a", "every": "1 week"}]}, "phases.0.every", "not-a-period"),
        ({"phases": [{"id": "a", "every": "P1.5M"}]}, "phases.0.every", "not-whole"),
        ({"phases": [{"id": "a", "every": "P999Y"}]}, "phases.0.every", "out-of-range"),
        ({"phases": [{"id": "a", "every": "P0D"}]}, "phases.0.every", "not-positive"),
        ({"phases": [{"id": "a", "every": 7}]}, "phases.0.every", "not-text"),
        (
            {"phases": [{"id": "a", "every": "P1W", "sessions": 0}]},
            "phases.0.sessions",
            "out-of-range",
        ),
        (
            {"phases": [{"id": "a", "every": "P1W", "sessions": "x"}]},
            "phases.0.sessions",
            "not-a-number",
        ),
        (
            {"reviews": [{"id": "r", "at": "last session of b + P1W"}]},
            "reviews.0.at",
            "unknown-phase",
        ),
    ],
)
def test_software_tells_faults_apart_by_their_code(
    data: dict[str, Any], path: str, code: str
) -> None:
    """Whether pydantic, a kind of text, a part or the whole protocol refuses it."""
    assert (path, code) in _refused(data)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("id = ", "not-toml"),
        ("{", "not-json"),
        (b"\xff", "not-unicode"),
        ("[" * 500 + "]" * 500, "not-toml"),
        ('{"id": "a", "id": "b"}', "used-twice"),
    ],
)
def test_what_is_no_file_has_a_code(text: str | bytes, code: str) -> None:
    """Before any field is read."""
    with pytest.raises(MesoplanError) as caught:
        load_protocol(text)
    assert [fault.code for fault in caught.value.faults] == [code]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('timezone = "Europe/Atlantis"', "unknown-time-zone"),
        ('timezone = "UTC"\nhours.monday = "9"', "not-opening-hours"),
        ('timezone = "UTC"\nhours.mondy = "09:00-10:00"', "unknown-weekday"),
        ('timezone = "UTC"\nhours.mon = ["09:00-12:00", "11:00-13:00"]', "overlapping-hours"),
        ('timezone = "UTC"\nholidays = "Nowhere"', "not-a-region"),
        ('timezone = "UTC"\nholidays = "XX"', "unknown-region"),
    ],
)
def test_a_code_is_passed_on_by_what_refuses_again(text: str, code: str) -> None:
    """Hours, weekdays and holidays are read by others, whose fault keeps its code."""
    with pytest.raises(MesoplanError) as caught:
        load_clinic(text)
    assert [fault.code for fault in caught.value.faults] == [code]


def test_a_remark_has_the_rule_and_the_code_of_its_level() -> None:
    """The number of the rule is no code of a fault: it has a field of its own."""
    phase = Phase(id="a", every="P1W", sessions=4, window="P4D")
    found = check_protocol(Protocol(id="x", title="X", phases=[phase]))
    levels = {rule.code: rule.level for rule in RULES}
    told = {"error": "impossible", "warning": "doubtful"}
    assert {remark.code for remark in found} == {"impossible", "doubtful"}
    assert all(remark.code == told[levels[remark.rule]] for remark in found)


def test_a_fault_in_words_only_says_so() -> None:
    """Whoever raises an error of ours with a text has not said which kind of fault it is."""
    assert MesoplanError("no").faults[0].code == Fault("", "no").code == "refused"


def test_a_finding_has_a_known_code() -> None:
    """So that a misspelt one is not shown to people as one that nobody can look up."""
    assert Finding(code="unknown-visit", message="of old").code == "unknown-visit"
    with pytest.raises(MesoplanError, match="code: is not one of"):
        Finding(code="out-side-window", message="x")  # type: ignore[arg-type]  # what is tested


def test_a_code_crosses_a_model_of_somebody_else() -> None:
    """In a pydantic model of a user it stands in the context of pydantic's own error."""

    class Theirs(BaseModel):
        name: Slug
        title: Line
        day: Day
        at: Moment

    with pytest.raises(ValidationError) as caught:
        Theirs.model_validate({"name": "A B", "title": "a\tb", "day": 3, "at": 4})
    assert [error.get("ctx", {}).get("code") for error in caught.value.errors()] == [
        "not-a-name",
        "line-break",
        "a-number",
        "a-number",
    ]
