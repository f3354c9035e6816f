"""The bench runs and says what it measured; how fast anything is, no test asserts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from readers import read_with_icalendar

BENCH = Path(__file__).parent / "bench"


def run(*arguments: str) -> str:
    """Run the bench and give what it printed."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(BENCH), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_round_gives_a_ratio_and_a_goal_for_every_comparison(tmp_path: Path) -> None:
    """One round of everything prints a line each and writes the numbers as JSON."""
    printed = run("--rounds", "1", "--json", str(tmp_path / "bench.json"))
    report = json.loads((tmp_path / "bench.json").read_text())
    goals = {row["name"]: row["goal"] for row in report["comparisons"]}
    assert goals == {"schedule": 1.0, "to_ics": 0.5, "to_ics-zones": 0.2, "import": 1.25}
    for row in report["comparisons"]:
        assert row["reached"] == (row["ours_ms"] <= row["goal"] * row["peer_ms"])
        assert row["name"] in printed


@pytest.mark.parametrize(
    ("name", "seen", "why"),
    [
        ("schedule", "scheduling", "the profiler names the files of the scheduling"),
        ("import", "pydantic", "the import profile names the packages that take the time"),
    ],
)
def test_a_profile_shows_where_the_time_goes(name: str, seen: str, why: str) -> None:
    """`--profile` prints our side's profile instead of the comparison."""
    assert seen in run("--profile", name), why


def test_both_sides_do_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default course gets the same session times from both, and every course as many visits."""
    monkeypatch.syspath_prepend(str(BENCH))
    import weekly  # noqa: PLC0415 - the bench is a program, found only from its folder

    scripts, plans = weekly.theirs(), weekly.ours()
    assert [len(entries) for entries in scripts] == [len(plan.visits) for plan in plans]
    sessions = [entry["start"] for entry in scripts[0] if "session" in str(entry["title"])]
    assert sessions == [visit.start for visit in plans[0].sessions]


def test_both_sides_write_the_same_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What plain icalendar writes reads as what to_ics writes: times, texts, states and alarms."""
    monkeypatch.syspath_prepend(str(BENCH))
    import exports  # noqa: PLC0415 - as above

    ours, prebuilt, added = (
        exports.ours(),
        exports.with_prebuilt_zone(),
        exports.with_missing_zones_added(),
    )
    expected = read_with_icalendar(ours[0])
    assert len(expected) == len(ours[0].split(b"BEGIN:VEVENT")) - 1
    assert read_with_icalendar(prebuilt[0]) == expected
    assert read_with_icalendar(added[0]) == expected
