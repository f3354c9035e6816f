"""What the README shows of the command line is what it prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from mesoplan import cli

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
FILE = re.compile(r"^```toml\n# (\S+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
BLOCKS = [
    re.split(r"^\$ mesoplan ", block, flags=re.MULTILINE)[1:] for block in CONSOLE.findall(README)
]


def pattern(shown: str) -> str:
    """Make of the lines shown what the output must match; dots stand for what is left out."""
    lines = (
        "(?:.*\n)*" if line == "...\n" else re.escape(line).replace(r"\.\.\.", ".*")
        for line in shown.splitlines(keepends=True)
    )
    return "".join(lines)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block[0].partition("\n")[0])
def test_commands_print_what_the_readme_shows(
    block: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The commands of a block, one after the other in a folder with the README's files, print the lines below them and end well."""
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    for name, text in FILE.findall(README):
        (tmp_path / name).write_text(text, encoding="utf-8")
    for command in block:
        typed, _, shown = command.partition("\n")
        with pytest.raises(SystemExit) as ended:
            cli.main(shlex.split(typed))
        assert not ended.value.code, typed
        told = capsys.readouterr().out
        assert re.fullmatch(pattern(shown), told), told


def test_the_readme_shows_commands() -> None:
    """The blocks are found, so that the test above cannot pass by finding none."""
    assert sum(map(len, BLOCKS)) >= 15
    assert all(BLOCKS)
    names = ["clinic.toml", "own.toml", "titration.toml"]
    assert [name for name, _ in FILE.findall(README)] == names
