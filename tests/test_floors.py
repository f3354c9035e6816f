from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from itertools import chain
from pathlib import Path

import pytest

import mesoplan

ROOT = Path(mesoplan.__file__).parent

FLOORS = (
    # the folders
    ("ground", "protocol", "clinic", "course", "plan", "authoring"),
    # what is wrong, and how it is said
    ("ground.errors", "ground.duration"),
    ("ground.faults",),
    # the ground of every model
    ("ground.base", "ground.kinds", "ground.textvalue"),
    ("ground.language",),
    # time
    ("ground.period", "ground.weekdays", "clinic.opening", "clinic.holidays"),
    ("protocol.anchor", "ground.lengths", "protocol.source", "clinic.clinic"),
    # the protocol
    (
        "protocol.alongside",
        "protocol.care",
        "protocol.criteria",
        "protocol.phase",
        "protocol.review",
    ),
    ("protocol.structure", "course.facts", "scheduling.visit", "plan.saying"),
    ("protocol.protocol", "plan.records"),
    # the course
    ("course.recording", "course.screening", "plan.aftercare"),
    ("course.course",),
    # the dated result
    ("plan.cause",),
    ("plan.change",),
    # the scheduling
    ("scheduling", "scheduling.stops", "scheduling.times"),
    (
        "scheduling.search",
        "scheduling.places",
        "scheduling.revising",
        "scheduling.ledger",
        "plan.intervals",
    ),
    ("scheduling.placement", "scheduling.ground", "plan.adherence", "plan.timing"),
    ("scheduling.phase_queue",),
    ("scheduling.laying",),
    ("scheduling.booking",),
    ("scheduling.diary", "scheduling.grouping", "scheduling.reasons"),
    ("scheduling.beginning", "scheduling.checkpoints", "scheduling.findings", "scheduling.outlook"),
    ("scheduling.arrange",),
    ("plan.alternatives",),
    ("plan.plan",),
    ("plan.schedule",),
    # what reads a protocol
    (
        "authoring.compare",
        "authoring.checking.outline",
        "authoring.checking.rule",
        "authoring.compose.fields",
        "authoring.schema",
        "authoring.toml_places",
    ),
    (
        "authoring.checking.doubtful",
        "authoring.checking.impossible_course",
        "authoring.checking.impossible_phases",
        "authoring.checking.wording",
        "authoring.compose.deriving",
        "authoring.compose.rewriting",
        "authoring.files",
    ),
    ("authoring.checking.check", "authoring.compose.combining", "protocols", "languages"),
    ("authoring.checking", "authoring.compose"),
    ("languages.translating",),
    # what reads a plan
    ("export", "export.lines", "export.text", "export.uids", "export.vtimezone"),
    ("export.validation", "export.dates", "export.pages", "export.timeline"),
    ("export.caring", "export.endings", "export.picture", "export.tables"),
    ("export.svg",),
    ("export.html",),
    ("export.wording",),
    ("export.entry",),
    ("export.ics",),
    ("export.itip",),
    # what reads a calendar back
    ("reading", "reading.outline", "reading.zones", "reading.reading"),
    ("reading.copy",),
    ("reading.judging",),
    ("reading.facts",),
    # the front door
    ("__init__",),
    # the command line
    ("cli.options", "cli.writing", "cli.tables", "cli.exporting"),
    ("cli.reading", "cli.telling"),
    ("cli.stored",),
    ("cli.renewing",),
    ("cli.catalogue", "cli.check", "cli.plan"),
    ("cli.asking", "cli.caring", "cli.read", "cli.record", "cli.replan", "cli.screen"),
    ("cli.app",),
    ("cli",),
)
"""Lowest first. A module imports only from lower rows; modules of one row never import each other."""

FOREIGN = {
    "dateutil": ("ground.period",),
    "icalendar": ("export", "reading"),
    "holidays": ("clinic.holidays",),
    "typer": ("cli",),
    "click": ("cli",),
    "rich": ("cli",),
    "babel": ("export",),
    "jinja2": ("export",),
}
"""The few modules, or folders of modules, that may know another library."""

FLOOR = {name: number for number, row in enumerate(FLOORS) for name in row}


def _name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


FILES = {_name(file): file for file in sorted(ROOT.rglob("*.py"))}


def _imports(name: str) -> Iterator[tuple[str, str]]:
    """Yield each module that a file imports, and the name taken from it; typing imports included."""
    package = ".".join(("mesoplan", *FILES[name].relative_to(ROOT).parts[:-1]))
    for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))):
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


def test_every_module_stands_on_one_floor() -> None:
    """A new module takes its place in the table, and a module that is gone leaves it."""
    named = list(chain.from_iterable(FLOORS))
    assert len(named) == len(set(named)), "a module stands on two floors"
    assert set(FILES) == set(named)


@pytest.mark.parametrize("name", sorted(FILES))
def test_knowledge_flows_down(name: str) -> None:
    """A module knows only what stands on a lower floor; so there is no loop of imports either."""
    above = {other for other in _own(name) if FLOOR[other] >= FLOOR[name]}
    assert not above, f"{name} (floor {FLOOR[name]}) imports {above} from its own floor or above"


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
