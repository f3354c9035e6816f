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
COMMANDS = [
    command
    for block in CONSOLE.findall(README)
    for command in re.split(r"^\$ mesoplan ", block, flags=re.MULTILINE)[1:]
]


def pattern(shown: str) -> str:
    """Make of the lines shown what the output must match; dots stand for what is left out."""
    lines = (
        "(?:.*\n)*" if line == "...\n" else re.escape(line).replace(r"\.\.\.", ".*")
        for line in shown.splitlines(keepends=True)
    )
    return "".join(lines)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda text: str(text).partition("\n")[0])
def test_a_command_prints_what_the_readme_shows(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each command, run where the README's files are, prints the lines below it and ends well."""
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    for name, text in FILE.findall(README):
        (tmp_path / name).write_text(text, encoding="utf-8")
    typed, _, shown = command.partition("\n")
    with pytest.raises(SystemExit) as ended:
        cli.main(shlex.split(typed))
    assert not ended.value.code
    told = capsys.readouterr().out
    assert re.fullmatch(pattern(shown), told), told


def test_the_readme_shows_commands() -> None:
    """The blocks are found, so that the test above cannot pass by finding none."""
    assert len(COMMANDS) >= 5
    assert [name for name, _ in FILE.findall(README)] == ["clinic.toml", "own.toml"]
