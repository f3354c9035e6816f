"""What was published before, carried on: revisions, stamps and tombstones (design M8)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from mesoplan.visit import Visit

_SAME_BOOKING = ("start", "end", "status")
_SAME_TEXT = ("title", "label")
_SAME = (*_SAME_BOOKING, *_SAME_TEXT, "target", "earliest", "latest", "number", "of")


def revised(
    fresh: list[dict[str, Any]],
    published: Mapping[str, Visit],
    as_of: datetime,
    dropped: Callable[[Visit], bool],
) -> list[Visit | dict[str, Any]]:
    """Give the visits in time order, with revisions and stamps, and those that were called off.

    `dropped` says of a past visit without a record that it cannot have taken place.
    """
    visits: list[Visit | dict[str, Any]] = []
    for visit in fresh:
        before = published.get(visit["key"])
        if before is not None and _is_unchanged(before, visit):
            visits.append(before)
        else:
            visit["revision"], visit["stamp"] = _revision(visit, before, as_of)
            visits.append(visit)
    keys = {visit["key"] for visit in fresh}
    for gone in (visit for key, visit in published.items() if key not in keys):
        over = gone.start <= as_of and not dropped(gone)
        visits.append(gone if over or not gone.upcoming else _tombstone(gone, as_of))
    return sorted(visits, key=_when)


def _is_unchanged(before: Visit, visit: dict[str, Any]) -> bool:
    """Whether nothing is new about a visit; of one that is over not even the title changes."""
    names = _SAME if before.upcoming else _SAME_BOOKING
    return all(visit[name] == getattr(before, name) for name in names)


def _when(visit: Visit | dict[str, Any]) -> tuple[datetime, str]:
    if isinstance(visit, Visit):
        return visit.start, visit.key
    return visit["start"], visit["key"]


def _revision(visit: dict[str, Any], before: Visit | None, as_of: datetime) -> tuple[int, datetime]:
    """Count up what changes a booking; a changed text is only stamped (RFC 5545 3.8.7.4)."""
    if before is None:
        return 0, as_of
    if any(visit[name] != getattr(before, name) for name in _SAME_BOOKING):
        return before.revision + 1, as_of
    if any(visit[name] != getattr(before, name) for name in _SAME_TEXT):
        return before.revision, as_of
    return before.revision, before.stamp


def _tombstone(visit: Visit, as_of: datetime) -> Visit:
    """Call off a visit that is no longer planned."""
    return visit.replace(
        status="cancelled",
        revision=visit.revision + 1,
        stamp=as_of,
        reasons=(f"no longer planned; it stood on {visit.day}",),
    )
