from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from importlib.util import resolve_name
from itertools import chain
from pathlib import Path

import pytest

import mesoplan

ROOT = Path(mesoplan.__file__).parent

FLOORS = (
    ("values",),
    ("protocol", "clinic"),
    ("course",),
    ("plan",),
    ("languages",),
    ("care",),
    ("scheduling",),
    ("files", "checking", "compose"),
    ("calendar",),
    ("handout",),
    ("protocols",),
    ("__init__",),
    ("cli",),
    ("__main__",),
)
"""Lowest first. A folder imports only from lower rows, folders of one row never from each other."""

FOREIGN = {
    "icalendar": ("calendar",),
    "holidays": ("clinic.holidays",),
    "typer": ("cli",),
    "click": ("cli",),
    "rich": ("cli",),
    "babel": ("languages.dates",),
    "jinja2": ("handout.pages",),
}
"""The few modules, or folders of modules, that may know another library."""

FLOOR = {name: number for number, row in enumerate(FLOORS) for name in row}


def _folder(name: str) -> str:
    return name.partition(".")[0]


def _name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


FILES = {_name(file): file for file in sorted(ROOT.rglob("*.py"))}


@cache
def _parsed(name: str) -> ast.Module:
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


def _imports(name: str) -> Iterator[tuple[str, str]]:
    """Yield each module that a file imports, and the name taken from it; typing imports included."""
    package = ".".join(("mesoplan", *FILES[name].relative_to(ROOT).parts[:-1]))
    for node in ast.walk(_parsed(name)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            target = "." * node.level + (node.module or "")
            module = resolve_name(target, package)
            yield from ((module, alias.name) for alias in node.names)


def _own(name: str) -> set[str]:
    """Name the modules of mesoplan that a module imports."""
    found = set()
    for module, taken in _imports(name):
        top, _, inner = module.partition(".")
        if top == "mesoplan":
            part = f"{inner}.{taken}".strip(".")
            found.add(part if part in FILES else inner or "__init__")
    return found


def test_every_folder_stands_on_one_floor() -> None:
    """A new folder takes its place in the table, and a folder that is gone leaves it."""
    named = list(chain.from_iterable(FLOORS))
    assert len(named) == len(set(named)), "a folder stands on two floors"
    assert {_folder(name) for name in FILES} == set(named)


@pytest.mark.parametrize("name", sorted(FILES))
def test_knowledge_flows_down(name: str) -> None:
    """A module knows only its own folder and those on lower floors, typing imports included."""
    own = _folder(name)
    above = {
        other
        for other in _own(name)
        if _folder(other) != own and FLOOR[_folder(other)] >= FLOOR[own]
    }
    assert not above, f"{name} (floor {FLOOR[own]}) imports {above} from its own floor or above"


def test_no_folder_has_a_circle() -> None:
    """Inside a folder as well, no module imports one that imports it."""
    TopologicalSorter({name: _own(name) - {name} for name in FILES}).prepare()


@pytest.mark.parametrize("library", sorted(FOREIGN))
def test_each_library_is_known_in_one_place(library: str) -> None:
    """Whoever replaces a library has one place to look at."""
    users = {
        name
        for name in FILES
        for module, _ in _imports(name)
        if module.partition(".")[0] == library
    }
    homes = FOREIGN[library]
    assert [n for n in users if not any(f"{n}.".startswith(f"{home}.") for home in homes)] == []


def test_importing_mesoplan_imports_no_extra() -> None:
    """The extras are imported when they are asked for."""
    extras = ["holidays", "typer", "click", "rich", "jinja2", "babel"]
    program = f"import sys, mesoplan; print([m for m in {extras} if m in sys.modules])"
    said = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"
