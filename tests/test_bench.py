"""The bench runs and says what it measured; how fast anything is, no test asserts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from readers import read_with_icalendar

pytestmark = pytest.mark.slow

HOUSE = Path(__file__).parents[1]
BENCH = Path(__file__).parent / "bench"
ROOMS = {
    "__init__.py": '__all__ = ["Chair", "sit"]\n',
    "a.py": '''\
"""A room."""

from typing import TYPE_CHECKING

from mesoplan import b

if TYPE_CHECKING:
    from mesoplan.c import Table


class Chair:
    def __init__(self):
        """Stand on four legs."""
        # why
        self.legs = 4
''',
    "b.py": """\
def sit():
    from mesoplan.a import Chair

    return _found(Chair)


def _found(chair):
    return chair
""",
    "c.py": 'import mesoplan.a\n\nTable = 1\n"""Of wood."""\n',
}
"""A house with one circle of imports that run, and one more for who reads types."""


def run(*arguments: str) -> str:
    """Run the bench and give what it printed."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(BENCH), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_round_gives_a_ratio_and_a_goal_for_every_comparison(tmp_path: Path) -> None:
    """A quick run of everything prints a line each and writes the numbers as JSON."""
    printed = run("--quick", "--rounds", "1", "--json", str(tmp_path / "bench.json"))
    report = json.loads((tmp_path / "bench.json").read_text())
    goals = {row["name"]: row["goal"] for row in report["comparisons"]}
    assert goals == {
        "schedule": 3.0,
        "open": 2.0,
        "alternatives": 6.0,
        "changes": 1.0,
        "replan": 1.0,
        "to_ics": 0.5,
        "to_ics-zones": 0.2,
        "import": 1.5,
        "first-plan": 1.5,
    }
    for row in report["comparisons"]:
        assert row["reached"] == (row["ratio"] <= row["goal"])
        assert row["name"] in printed
    assert [(row["rhythm"], row["goal"]) for row in report["growth"]] == [
        ("grid", 1.1),
        ("chain", 1.1),
    ]
    assert all(f"growth, {row['rhythm']}: exponent" in printed for row in report["growth"])
    assert report["memory"]["courses"] == 600
    assert "blocks a course" in printed


def test_the_marks_of_two_checkouts_stand_side_by_side() -> None:
    """Before and after can be compared: each mark is a row, each checkout a column."""
    lines = run("--marks", str(HOUSE), str(HOUSE)).splitlines()
    assert len(lines) == 12
    assert lines[1].startswith("files / lines ")
    for line in lines:
        mark, *columns = re.split(r"  +", line)
        assert len(columns) == 2, mark
        assert columns[0] == columns[1], mark


def test_the_marks_are_those_counted_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A house so small that a person can count it."""
    monkeypatch.syspath_prepend(str(BENCH))
    import marks  # noqa: PLC0415 - the bench is a program, found only from its folder

    house = tmp_path / "src" / "mesoplan"
    for folder in (house, tmp_path / "tests"):
        folder.mkdir(parents=True)
    for name, text in ROOMS.items():
        (house / name).write_text(text, encoding="utf-8")
    (tmp_path / "tests" / "test_a.py").write_text("assert True\n" * 6, encoding="utf-8")
    assert dict(marks.marks(tmp_path)) == {
        "files / lines": "4 / 28",
        "file median / p90 / max": "6 / 15 / 15",
        "body median / p90 / max": "1 / 3 / 3",
        "functions per 100 lines": "10.7",
        "private functions": "50 %",
        "comment lines": "3.6 %",
        "docstring share": "10.7 %",
        "imports per module": "1.0",
        "public names": "2",
        "test lines a line": "0.21",
        "run-time import circles": "1",
    }


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

    scripts, plans = weekly.theirs(weekly.STARTS), weekly.ours(weekly.courses())
    assert [len(entries) for entries in scripts] == [len(plan.visits) for plan in plans]
    sessions = [entry["start"] for entry in scripts[0] if "session" in str(entry["title"])]
    assert sessions == [visit.start for visit in plans[0].sessions]


def test_both_sides_write_the_same_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What plain icalendar writes reads as what to_ics writes: times, texts, states and alarms."""
    monkeypatch.syspath_prepend(str(BENCH))
    import exports  # noqa: PLC0415 - as above

    ours, prebuilt, added = (
        exports.ours(exports.plans()),
        exports.with_prebuilt_zone(exports.entries()),
        exports.with_missing_zones_added(exports.entries()),
    )
    expected = read_with_icalendar(ours[0])
    assert len(expected) == len(ours[0].split(b"BEGIN:VEVENT")) - 1
    assert read_with_icalendar(prebuilt[0]) == expected
    assert read_with_icalendar(added[0]) == expected


def test_the_plain_models_hold_a_whole_saved_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """What they read they can write again, so that they do the same work, but for our checks."""
    monkeypatch.syspath_prepend(str(BENCH))
    import replans  # noqa: PLC0415 - as above

    for text, plain in zip(replans.saved(), replans.opened_plainly(replans.saved()), strict=True):
        assert plain.model_dump(mode="json") == json.loads(text)


def test_the_plans_under_way_have_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the missed session something has changed, and another time can be offered."""
    monkeypatch.syspath_prepend(str(BENCH))
    import replans  # noqa: PLC0415 - as above

    assert all(replans.compared(replans.two_of_each()))
    assert all(replans.offered(replans.opened_afresh()[:1]))
