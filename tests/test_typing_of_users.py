"""What type checkers without plugins say to people who program with mesoplan.

They accept every example and every block of the README as written, and refuse a misspelt name.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import front_door
import mesoplan

pytestmark = pytest.mark.slow

HOUSE = Path(__file__).parents[1]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
SOURCE = Path(mesoplan.__file__).parents[1]

KEPT = """
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import assert_type

import mesoplan
from mesoplan import Clinic, Course, Fact, Period, Phase, Plan, Protocol, Window, languages
from mesoplan.clinic.opening import Span
from mesoplan.languages.language import Language
from mesoplan.protocol.phase_parts import Step
from mesoplan.values.weekdays import Weekday


def kept(clinic: Clinic, phase: Phase, course: Course, plan: Plan, facts: Sequence[Fact]) -> None:
    assert_type(clinic.hours, Mapping[Weekday, tuple[Span, ...]] | None)
    assert_type(clinic.timezone, str)
    assert_type(phase.every, Period | None)
    assert_type(phase.window, Window | None)
    assert_type(phase.steps, tuple[Step, ...])
    assert_type(course.start, datetime)
    assert_type(course.protocol, Protocol)
    assert_type(mesoplan.schedule(course.record(*facts), clinic, as_of=plan.as_of), Plan)
    assert_type(mesoplan.Closure(first=date(2027, 1, 1)).last, date)
    assert_type(languages.get("tr"), Language)
    assert_type(mesoplan.__version__, str)


def taken(phase: Phase) -> None:
    clinic = Clinic(timezone="UTC", hours={"mon-fri": ["09:00-12:00", Span("13:00-17:00")]})
    Clinic(timezone=clinic.zone, closures=[{"first": "2027-01-01"}])
    Phase(id="a", every="P1W", offsets=["P0D", Period("P1D")], window=Window(later="P1D"))
    Phase(id="a", weekdays="mon-fri", steps=["300 mg", {"label": "400 mg"}, Step(window="P1D")])
    Phase(id="a", weekdays=["mon", "wed"], window={"earlier": "P1D"}, at=phase.at)
"""
"""Attributes have the type that is kept; constructors take what is read as that."""

REFUSED = """
from mesoplan import Protocoll
import mesoplan
mesoplan.Protocoll
mesoplan.Clinic(timezone="UTC", huors={"mon": "09:00-17:00"})
mesoplan.Clinic(name="Nowhere")
mesoplan.Clinic(timezone="UTC", hours={"mon": 9})
mesoplan.Phase(id="a", every=7)
mesoplan.Phase(id="a", every="P1W", rhythm="gird")
mesoplan.Missed(visti="induction-6")
mesoplan.Missed("induction-6")
mesoplan.Protocol(id="a", title="A", phases=["P1W"])
mesoplan.Plan.visist
"""
"""Each line but the second is a slip."""


def _stored() -> Iterator[str]:
    """Build each model anew from what it keeps."""
    for number, model in enumerate(front_door.models()):
        home, name = model.__module__, model.__name__
        fields = ", ".join(f"{field}=one.{field}" for field in model.model_fields)
        yield f"from {home} import {name} as Model{number}\n"
        yield f"def again{number}(one: Model{number}) -> Model{number}:\n"
        yield f"    return Model{number}({fields})\n"


class Complaint(NamedTuple):
    """What a type checker says of a line."""

    file: str
    line: int
    said: str


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write down the programs that are checked, away from this repository and its configuration."""
    folder = tmp_path_factory.mktemp("users")
    readme = (HOUSE / "README.md").read_text(encoding="utf-8")
    programs = {
        **{file.name: file.read_text(encoding="utf-8") for file in _examples()},
        "readme.py": "\n".join(BLOCK.findall(readme)),
        "kept.py": KEPT,
        "stored.py": "".join(_stored()),
        "refused.py": REFUSED,
        "pyrightconfig.json": json.dumps(
            {"typeCheckingMode": "strict", "extraPaths": [] if _installed() else [str(SOURCE)]}
        ),
        "mypy.ini": "[mypy]\nstrict = true\n",
    }
    for name, text in programs.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _examples() -> list[Path]:
    return sorted((HOUSE / "examples").glob("*.py"))


def _installed() -> bool:
    """Whether the type checkers find mesoplan where packages are installed."""
    return SOURCE.name == "site-packages"


def _run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own tools
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=os.environ | ({} if _installed() else {"MYPYPATH": str(SOURCE)}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return done.stdout


def _mypy(folder: Path) -> list[Complaint]:
    files = sorted(file.name for file in folder.glob("*.py"))
    said = _run(folder, "mypy", "--output", "json", *files)
    told = [json.loads(line) for line in said.splitlines()]
    return [
        Complaint(one["file"], one["line"], one["message"])
        for one in told
        if one["severity"] == "error"
    ]


def _pyright(folder: Path) -> list[Complaint]:
    said = _run(folder, "pyright", "--outputjson", "--pythonpath", sys.executable)
    told = json.loads(said)
    assert told["summary"]["filesAnalyzed"] >= len(_examples()) + 4
    return [
        Complaint(Path(one["file"]).name, one["range"]["start"]["line"] + 1, one["message"])
        for one in told["generalDiagnostics"]
        if one["severity"] == "error"
    ]


@pytest.fixture(scope="module", params=[_mypy, _pyright], ids=["mypy", "pyright"])
def complaints(request: pytest.FixtureRequest, folder: Path) -> list[Complaint]:
    """Ask each type checker once, without plugins."""
    told: list[Complaint] = request.param(folder)
    return told


@pytest.mark.parametrize(
    "name", [*(file.name for file in _examples()), "readme.py", "kept.py", "stored.py"]
)
def test_what_works_is_accepted(complaints: list[Complaint], name: str) -> None:
    """Examples and README as written; models built anew from what they keep; types that are kept."""
    assert [told for told in complaints if told.file == name] == []


def test_slips_are_refused(complaints: list[Complaint]) -> None:
    """A misspelt name, a misspelt or missing keyword, a value that no reading makes sense of."""
    lines = [n for n, line in enumerate(REFUSED.splitlines(), 1) if line and "import m" not in line]
    assert sorted({told.line for told in complaints if told.file == "refused.py"}) == lines
