from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mesoplan import Protocol, protocols
from mesoplan.protocol.source import Cited

LEDGER = tomllib.loads((Path(__file__).parent / "source_ledger.toml").read_text("utf-8"))
ROWS: list[dict[str, Any]] = LEDGER["rows"]
DISAGREEMENTS: list[dict[str, Any]] = LEDGER["disagreements"]
USED = [row for row in ROWS if "used" in row]
LISTS = ("criteria", "advice", "effects", "red_flags")


def parts_at(path: str) -> Iterator[tuple[Protocol, Any, str | None]]:
    """Follow a path of the ledger into each protocol that it names."""
    scope, slash, rest = path.rpartition("/")
    kind, name, *field = rest.split(".")
    for protocol in [scope] if slash else ["weekly", "spaced"]:
        found = protocols.get(f"mesotherapy-{protocol}")
        part = next(part for part in getattr(found, kind) if part.id == name)
        yield found, part, field[0] if field else None


def cited(part: Cited, field: str | None) -> set[str]:
    """Name the pages that the basis of a field, or of a whole part, cites."""
    bases = list(part.basis.values()) if field is None else [part.basis_of(field) or ""]
    return set(re.findall(r"\bpage-\d{3}\b", " ".join(bases)))


def test_every_row_stands_in_the_ledger_once() -> None:
    """133 statements, each used or unused, none twice and none forgotten."""
    assert [row["row"] for row in ROWS] == list(range(1, 134))
    assert [row["row"] for row in ROWS if ("used" in row) is ("unused" in row)] == []
    assert [entry["number"] for entry in DISAGREEMENTS] == list(range(1, 26))


@pytest.mark.parametrize("row", USED, ids=lambda row: f"{row['row']}")
def test_a_used_row_leads_to_a_part_that_cites_its_page(row: dict[str, Any]) -> None:
    """Every path ends at a field that is written, with a basis that names the row's page."""
    assert row["used"]
    for path in row["used"]:
        for protocol, part, field in parts_at(path):
            assert field is None or field in part.model_fields_set, (protocol.id, path)
            assert f"page-{row['page']}" in cited(part, field), (protocol.id, path)


@pytest.mark.parametrize("entry", DISAGREEMENTS, ids=lambda entry: f"{entry['number']}")
def test_where_the_pages_disagree_a_protocol_holds_the_answer(entry: dict[str, Any]) -> None:
    """Each disagreement leads to the fields that hold it, and they are written."""
    for path in entry["held"]:
        for protocol, part, field in parts_at(path):
            assert field in part.model_fields_set, (protocol.id, path)


def test_only_the_clinics_place_is_held_by_no_protocol() -> None:
    """The place and hours of a clinic are no part of a treatment."""
    assert [entry["number"] for entry in DISAGREEMENTS if not entry["held"]] == [25]


@pytest.mark.parametrize("kind", LISTS)
def test_every_piece_of_care_comes_from_a_row(kind: str) -> None:
    """Nothing is asked, advised or warned of that no row of the sources says."""
    paths = [path for row in USED for path in row["used"]]
    named = {part.id for path in paths if path.startswith(kind) for _, part, _ in parts_at(path)}
    assert named == {part.id for part in getattr(protocols.get("mesotherapy-weekly"), kind)}


@pytest.mark.parametrize("name", ["mesotherapy-weekly", "mesotherapy-spaced"])
def test_every_word_and_number_of_the_care_has_a_basis(name: str) -> None:
    """Every field of the care that is written is cited or marked as our assumption."""
    protocol = protocols.get(name)
    for kind in LISTS:
        for part in getattr(protocol, kind):
            assert [f for f in part.model_fields_set if part.basis_of(f) is None] == [], part.id
            assert cited(part, None) <= {source.id for source in protocol.sources}, part.id


def test_both_protocols_carry_the_same_care() -> None:
    """The care is written once and belongs to both."""
    weekly, spaced = (protocols.get(f"mesotherapy-{name}") for name in ("weekly", "spaced"))
    assert all(getattr(weekly, kind) == getattr(spaced, kind) for kind in LISTS)
