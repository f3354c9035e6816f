"""What was published before, carried on: revisions, stamps and tombstones (design M8)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from mesoplan.scheduling.visit import Visit

_SAME_BOOKING = ("start", "end", "status")
_SAME_TEXT = ("title", "label", "number", "of")
_SAME = (*_SAME_BOOKING, *_SAME_TEXT, "target", "earliest", "latest")


def revised(
    fresh: list[dict[str, Any]],
    published: Mapping[str, Visit],
    as_of: datetime,
    dropped: Callable[[Visit], bool],
    *,
    retold: bool,
) -> list[Visit | dict[str, Any]]:
    """Give the visits in time order, with revisions and stamps, and those that were called off.

    `dropped` says of a past visit without a record that it cannot have taken place; `retold` that
    what a calendar tells beside the visit has changed, such as the clinic's telephone number.
    """
    visits: list[Visit | dict[str, Any]] = []
    for visit in fresh:
        before = published.get(visit["key"])
        if before is not None and _is_unchanged(before, visit, retold=retold):
            visits.append(before)
        else:
            visit["revision"], visit["stamp"] = _revision(visit, before, as_of, retold=retold)
            visits.append(visit)
    keys = {visit["key"] for visit in fresh}
    for gone in (visit for key, visit in published.items() if key not in keys):
        over = gone.start <= as_of and not dropped(gone)
        visits.append(gone if over or not gone.upcoming else _tombstone(gone, as_of))
    return sorted(visits, key=_when)


def _is_unchanged(before: Visit, visit: dict[str, Any], *, retold: bool) -> bool:
    """Whether nothing is new about a visit; of one that is over not even the title changes."""
    if not before.upcoming:
        return _same(before, visit, _SAME_BOOKING)
    return not retold and _same(before, visit, _SAME)


def _same(before: Visit, visit: dict[str, Any], names: tuple[str, ...]) -> bool:
    return all(visit[name] == getattr(before, name) for name in names)


def _when(visit: Visit | dict[str, Any]) -> tuple[datetime, str]:
    if isinstance(visit, Visit):
        return visit.start, visit.key
    return visit["start"], visit["key"]


def _revision(
    visit: dict[str, Any], before: Visit | None, as_of: datetime, *, retold: bool
) -> tuple[int, datetime]:
    """Count up what changes a booking; a changed text is only stamped (RFC 5545 3.8.7.4)."""
    if before is None:
        return 0, as_of
    if not _same(before, visit, _SAME_BOOKING):
        return before.revision + 1, as_of
    if retold or not _same(before, visit, (*_SAME_TEXT, "reasons")):
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
