"""The stories can be printed as tables of before and after, by one command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent / "stories"


def printed(*words: str) -> str:
    """Run the command."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-W", "error", "-X", "utf8", str(HERE), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    return done.stdout


def test_one_command_prints_every_story() -> None:
    """A heading and at least one table for each file."""
    told = printed()
    files = list(HERE.glob("test_*.py"))
    assert told.count("=====\n") == len(files)
    assert told.count("Planned again on ") >= len(files)
    assert "  induction-6.2" in told


def test_a_story_can_be_picked_by_a_word_of_its_file_name() -> None:
    """The table has what stood before, what stands after, and why."""
    told = printed("closed_monday").splitlines()
    assert told[0] == "A closed Monday announced late"
    assert told[-2].split("  ")[1].strip() == "induction-6"
    assert "Mon 2027-01-11 17:30 #6          Tue 2027-01-12 17:30 #6" in told[-2]
    assert told[-2].endswith("placed on 2027-01-12, 1 day later, inside the window")
