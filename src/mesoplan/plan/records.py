"""Visits as flat records, for a table, a spreadsheet or a data frame."""

from collections.abc import Iterable
from typing import Any

from mesoplan.plan.visit import Visit

COLUMNS = (
    *("key", "kind", "phase", "number", "of", "title", "label", "place", "status"),
    *("day", "start", "end", "target", "earliest", "latest", "inside_window"),
    *("revision", "stamp", "reasons"),
)
"""What a record holds: properties of a visit."""


def records(visits: Iterable[Visit]) -> list[dict[str, Any]]:
    """Return one plain dict a visit: days as dates, times aware, the reasons in one text."""
    return [
        {name: getattr(visit, name) for name in COLUMNS}
        | {"reasons": "; ".join(map(str, visit.reasons))}
        for visit in visits
    ]
