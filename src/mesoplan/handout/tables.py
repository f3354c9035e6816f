"""A plan as a table: CSV for spreadsheets, Markdown for notes."""

import csv
import re
from datetime import date, datetime
from io import StringIO
from typing import Any

from mesoplan.handout.pages import fit
from mesoplan.languages import chosen, dates
from mesoplan.languages.language import Language
from mesoplan.languages.translating import visit_title
from mesoplan.plan.plan import Plan
from mesoplan.plan.records import COLUMNS
from mesoplan.values.given import given

_FORMULA = re.compile("\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_MARKS = re.compile(r"[\\`*_{}\[\]<>()#|~&!]")
_BREAK = re.compile(r"\s*\n\s*")


def to_csv(plan: Plan, *, language: str | Language = "en") -> str:
    r"""Return a plan's visits as CSV (RFC 4180): a heading, then a record a visit.

    The columns are those of `plan.to_records()`, named in English for software; titles are in the
    language. Times are ISO 8601 with their offset. A text that a spreadsheet would run as a formula
    begins with an apostrophe. Write it as `utf-8-sig`, so that Excel reads every letter rightly.
    """
    given(plan, Plan, "plan")
    spoken = chosen(language)
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for visit, record in zip(plan.visits, plan.to_records(), strict=True):
        record["title"] = visit_title(visit, spoken)
        writer.writerow({name: _cell(value) for name, value in record.items()})
    return out.getvalue()


def to_markdown(plan: Plan, *, language: str | Language = "en") -> str:
    """Return a plan's visits as a Markdown table (GitHub's dialect): day, time, visit, status.

    Nothing that a user wrote is read as Markdown or HTML. All but English need the extra `handout`.
    """
    given(plan, Plan, "plan")
    spoken = chosen(language)
    heading = [spoken.word(name) for name in ("day", "time", "visit", "note")]
    rows = [
        [
            _day(spoken, visit.day),
            dates.clock(visit.start),
            visit_title(visit, spoken),
            spoken.word(visit.status),
        ]
        for visit in plan.visits
    ]
    lines = [heading, ["---"] * len(heading), *([_marked(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _day(language: Language, day: date) -> str:
    return day.isoformat() if language.is_english else dates.day(language, day)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    text: str = fit(value)
    return f"'{text}" if _FORMULA.match(text) else text


def _marked(text: str) -> str:
    """Escape what Markdown or HTML would read, and keep it on one line."""
    return _MARKS.sub(r"\\\g<0>", _BREAK.sub(" ", fit(text)))
