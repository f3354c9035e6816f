"""The command line writes what patients read: handout, table and calendar in their language."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mesoplan import cli, languages, load_language, to_csv, to_html, to_ics
from mesoplan.plan.plan import Plan

COMMAND = (
    *("plan", "mesotherapy-weekly", "--start", "2026-12-01T17:30", "--as-of", "2026-11-20T09:00"),
    *("--timezone", "Europe/Istanbul"),
)
AS_OF = datetime(2026, 11, 20, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)


def _run(*options: str) -> int:
    try:
        cli.main([*COMMAND, *options])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_every_file_is_what_the_library_writes() -> None:
    """Handout, table and calendar of the plan that --json holds, in its language."""
    files = ("--html", "h.html", "--csv", "t.csv", "--ics", "c.ics", "--json", "p.json")
    assert _run(*files, "--language", "tr", "--privacy", "neutral") == 0
    plan = Plan.model_validate_json(Path("p.json").read_bytes())
    assert plan.as_of == AS_OF
    assert Path("h.html").read_text(encoding="utf-8") == to_html(plan, language="tr")
    assert Path("t.csv").read_bytes() == to_csv(plan, language="tr").encode("utf-8-sig")
    assert Path("c.ics").read_bytes() == to_ics(plan, language="tr", privacy="neutral")


def test_without_options_all_is_told_in_english(capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing is remarked on."""
    assert _run("--ics", "c.ics") == 0
    assert b"SUMMARY:Mesotherapy session 1 of 16" in Path("c.ics").read_bytes()
    assert capsys.readouterr().err == ""


def test_what_a_language_lacks_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, each kind once with how often, and the table is printed all the same."""
    own = 'code = "de"\nname = "Deutsch"\n[[texts]]\nen = "Redness"\nto = "Rötung"\n'
    Path("de.toml").write_text(own, encoding="utf-8")
    assert _run("--language", "./de.toml", "--html", "h.html") == 0
    said = capsys.readouterr()
    assert "Note: title has no text in Deutsch; it is shown in English (and " in said.err
    assert "Note: no health professional has reviewed the texts in Deutsch\n" in said.err
    assert said.err.count("Note: ") == 2
    assert "induction-16" in said.out
    page = Path("h.html").read_text(encoding="utf-8")
    assert "Rötung" in page
    assert languages.chosen(load_language(own)).word("partly_english") in page


@pytest.mark.parametrize(
    ("options", "code", "complaint"),
    [
        (("--language", "xx"), 1, "language: is not known, got 'xx' (known: ar, en, es, fr, tr)"),
        (("--language", "./none.toml"), 1, "cannot be read"),
        (("--privacy", "secret"), 2, "'secret' is no level; write full, neutral, busy"),
        (("--html", "c.ics"), 2, "one file cannot hold both"),
    ],
)
def test_what_cannot_be_done_is_refused_and_writes_nothing(
    options: tuple[str, ...], code: int, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the known names, without a traceback, and without a file."""
    assert _run("--ics", "c.ics", *options) == code
    assert complaint in " ".join(capsys.readouterr().err.split())
    assert not list(Path().iterdir())
