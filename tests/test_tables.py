"""Tables of a plan: records for data frames, CSV for spreadsheets, Markdown for notes."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handouts
from calendars import by_hand, visit
from mesoplan import MesoplanError, to_csv, to_markdown
from mesoplan.plan.records import COLUMNS

RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def _read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


def test_records_are_plain() -> None:
    """One dict a visit, with days, aware times and texts, as a data frame takes them."""
    plan = handouts.lived()
    records = plan.to_records()
    assert len(records) == len(plan.visits)
    assert all(tuple(record) == COLUMNS for record in records)
    first = records[0]
    assert (first["key"], first["day"]) == ("consultation", date(2026, 11, 27))
    assert isinstance(first["start"], datetime)
    assert first["start"].utcoffset() is not None
    assert json.dumps(records, default=str)
    assert {type(value).__name__ for record in records for value in record.values()} <= {
        *("str", "int", "bool", "date", "datetime", "NoneType"),
    }


def test_csv_holds_every_record() -> None:
    """RFC 4180: a heading, CRLF, and each field as ISO 8601 or as it is."""
    plan = handouts.lived()
    text = to_csv(plan)
    assert text.startswith(",".join(COLUMNS) + "\r\n")
    assert text.count("\r\n") == len(plan.visits) + 1
    rows = _read(text)
    assert [row["key"] for row in rows] == [visit.key for visit in plan.visits]
    assert rows[0]["start"] == "2026-11-27T17:30:00+03:00"
    assert rows[0]["phase"] == ""


def test_csv_titles_are_in_the_language() -> None:
    """The columns' names stay, for software."""
    rows = _read(to_csv(handouts.lived(), language="tr"))
    assert rows[1]["title"] == "Mezoterapi seansı 1/16"
    assert tuple(rows[0]) == COLUMNS


@given(
    st.sampled_from(RUN[:4] + RUN[7:]),
    st.sampled_from(["", " ", "\u00a0 "]),
    st.text("A(1|!'\",;", max_size=9),
)
def test_no_spreadsheet_runs_a_text(sign: str, space: str, rest: str) -> None:
    """Whatever begins like a formula, also behind spaces, begins with an apostrophe."""
    reason = {"code": "told", "cause": f"{sign}{rest}"}
    plan = by_hand([visit("a", 4, name="x", label=f"x{space}{sign}{rest}", reasons=[reason])])
    (row,) = _read(to_csv(plan))
    assert row["reasons"].startswith("'")
    assert row["reasons"][1:] == f"{sign}{rest}".strip()
    assert not any(cell.lstrip().startswith(RUN) for cell in row.values())


def test_hostile_cells_are_neutral() -> None:
    """The texts of a hostile protocol come back as text, none of them as a formula."""
    rows = _read(to_csv(handouts.hostile()))
    assert not any(cell.lstrip().startswith(RUN) for row in rows for cell in row.values())
    titles = {row["title"] for row in rows}
    assert f"'{handouts.HOSTILE[3]} 1 of 2" in titles
    assert "'" + handouts.HOSTILE[4] in {row["label"] for row in rows}


@pytest.mark.parametrize(
    ("code", "head", "row"),
    [
        (
            "en",
            "| Day | Time | Visit | Note |",
            "| 2026-12-04 | 17:30 | Mesotherapy session 1 of 16 | attended |",
        ),
        (
            "fr",
            "| Jour | Heure | Visite | Remarque |",
            "| ven. 4 déc. 2026 | 17:30 | Séance de mésothérapie 1 sur 16 | effectué |",
        ),
    ],
)
def test_markdown_is_a_table(code: str, head: str, row: str) -> None:
    """Day, time, visit and status, in the language."""
    lines = to_markdown(handouts.lived(), language=code).splitlines()
    assert lines[:2] == [head, "| --- | --- | --- | --- |"]
    assert row in lines
    assert len(lines) == len(handouts.lived().visits) + 2


def test_a_hold_is_said_in_the_table() -> None:
    """To people in their language, to software by the name of the status."""
    plan = by_hand([visit("a", 4, status="on_hold")])
    assert "| Session | beklemede |" in to_markdown(plan, language="tr")
    assert _read(to_csv(plan))[0]["status"] == "on_hold"


def test_markdown_reads_nothing_into_a_title() -> None:
    """Pipes, links, emphasis, code and HTML are escaped, and each visit keeps to its line."""
    text = to_markdown(handouts.hostile())
    assert all(line.replace("\\|", "").count("|") == 5 for line in text.splitlines())
    assert "\\<script\\>" not in text  # no session bears the protocol's title
    assert "\\<svg onload=alert\\(1\\)\\>" in text
    assert "\\[a\\]\\(javascript:x\\) \\*b\\*" in text


def test_an_unknown_language_is_refused() -> None:
    """By both."""
    for table in (to_csv, to_markdown):
        with pytest.raises(MesoplanError, match="language: is not known"):
            table(handouts.lived(), language="zz")


def test_a_plan_without_visits_is_a_heading() -> None:
    """An empty table is a table."""
    empty = handouts.lived().replace(visits=(), entries=())
    assert to_csv(empty) == ",".join(COLUMNS) + "\r\n"
    assert to_markdown(empty).count("\n") == 2
    assert empty.to_records() == []
