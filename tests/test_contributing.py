from __future__ import annotations

import re
from pathlib import Path

import pytest

import mesoplan
from test_floors import FLOORS

SOURCE = Path(mesoplan.__file__).parent
TESTS = Path(__file__).parent
MAP = (TESTS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
PARTS = dict(re.findall(r"^## (.*)\n((?:(?!## ).*\n)*)", MAP, re.MULTILINE))
CITED = re.compile(r"\bM(?:1[0-9]|[1-9])\b")


def _rows(part: str) -> list[list[str]]:
    lines = [line for line in PARTS[part].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def _named(cell: str) -> list[str]:
    return re.findall("`([^`]+)`", cell)


def test_the_floors_are_those_that_hold() -> None:
    """Whoever reads the map sees the table that every import is held against."""
    rows = _rows("The floors")
    assert [int(number) for number, *_ in rows] == list(range(len(FLOORS)))
    assert [tuple(_named(folders)) for _, folders, _ in rows] == list(FLOORS)


@pytest.mark.parametrize("row", _rows("Where do I add ..."), ids=lambda row: f"{row[0]} {row[1]}")
def test_whoever_adds_something_finds_the_files(row: list[str]) -> None:
    """Each file and folder that the map sends to is there."""
    named = _named(row[1])
    assert named
    assert [name for name in named if not (SOURCE / name).exists()] == []


def test_every_module_of_the_flow_is_there() -> None:
    """The stages have the names that the map gives them."""
    told = PARTS["How a plan is made"].partition("in `scheduling/`:")[2]
    modules = _named(told)
    assert modules
    assert [name for name in modules if not (SOURCE / "scheduling" / f"{name}.py").exists()] == []


def test_every_rule_that_is_cited_is_explained() -> None:
    """What a comment calls M4 stands in the repository, once, and nothing cites another paper."""
    explained = re.findall(r"^- \*\*(M\d+) ", PARTS["The rules of meaning"], re.MULTILINE)
    assert explained == [f"M{number}" for number in range(1, 17)]
    files = [*SOURCE.rglob("*.py"), *TESTS.rglob("*.py")]
    texts = {file: file.read_text(encoding="utf-8") for file in files if file != Path(__file__)}
    cited = {name for text in texts.values() for name in CITED.findall(text)}
    assert cited
    assert cited <= set(explained)
    assert [str(file) for file, text in texts.items() if re.search(r"design,? M\d", text)] == []
