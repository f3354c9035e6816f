"""The published regimens as facts, and the days that they mean: an oracle without mesoplan.

Offsets are evaluated as `conventions` in published.json says, with dateutil's own month arithmetic.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dateutil.relativedelta import relativedelta

_FACTS: dict[str, Any] = json.loads(
    Path(__file__).with_name("published.json").read_text(encoding="utf-8")
)

STARTS: tuple[date, ...] = tuple(map(date.fromisoformat, _FACTS["recommended_start_dates"]))
REGIMENS: dict[str, dict[str, Any]] = {each["id"]: each for each in _FACTS["regimens"]}

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


def moment(offsets: str, start: datetime) -> datetime:
    """Apply durations joined by + from left to right; inside one, months come before days."""
    for part in offsets.split("+"):
        found = _DURATION.fullmatch(part)
        assert found is not None, f"{part} is no duration"
        years, months, weeks, days, hours, minutes = (int(text or 0) for text in found.groups())
        start += relativedelta(
            years=years, months=months, weeks=weeks, days=days, hours=hours, minutes=minutes
        )
    return start


def tracks(regimen: dict[str, Any]) -> dict[str, list[str]]:
    """Give the expected sessions per treatment; one without a name where nothing runs in parallel."""
    expected = regimen["expected_sessions"]
    return expected if isinstance(expected, dict) else {"": expected}


def last(regimen: dict[str, Any], start: datetime) -> datetime:
    """Give the last expected session, the horizon of what is listed for a phase without an end."""
    return max(moment(offset, start) for track in tracks(regimen).values() for offset in track)
