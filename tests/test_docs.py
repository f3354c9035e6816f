from __future__ import annotations

import doctest
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mesoplan

HOUSE = Path(__file__).parent.parent
README = HOUSE / "README.md"
SOURCE = Path(mesoplan.__file__).parent
EXAMPLES = sorted((HOUSE / "examples").glob("**/*.py"))
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
WITH_DOCTESTS = [
    ".".join(file.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
    for file in sorted(SOURCE.rglob("*.py"))
    if ">>> " in file.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", WITH_DOCTESTS)
def test_every_example_in_a_docstring_is_true(name: str) -> None:
    """What a docstring shows is what happens."""
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert tried
    assert not failed


def test_the_readme_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its Python blocks run from top to bottom as one program."""
    monkeypatch.chdir(tmp_path)
    text = README.read_text(encoding="utf-8")
    assert text.startswith("# mesoplan\n")
    names: dict[str, object] = {"__name__": "readme"}
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1))
        program = compile("\n" * line + block[1], str(README), "exec")
        exec(program, names)  # noqa: S102 - our own text


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: str(file.relative_to(HOUSE)))
def test_every_example_runs(example: Path, tmp_path: Path) -> None:
    """Each is a whole program: it runs in an empty folder, prints, and warns of nothing."""
    said = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-W", "error", str(example)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout
    assert not said.stderr
