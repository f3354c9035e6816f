"""From the calendar of a patient or a clinic to facts for a course."""

from collections.abc import Iterator
from datetime import datetime

from mesoplan.export.uids import uid_of
from mesoplan.ground.errors import CalendarError, Fault
from mesoplan.plan.plan import Plan
from mesoplan.reading.copy import Copy, copy_of, uid_in
from mesoplan.reading.judging import Desk, is_stale, judged, missing
from mesoplan.reading.outline import Outline, outlines
from mesoplan.reading.reading import CalendarReading, Proposal
from mesoplan.scheduling.visit import Finding, Visit

_MESSAGES = frozenset({"REQUEST", "REPLY", "COUNTER", "CANCEL"})
"""Methods of e-mail (RFC 5546, 1.4), where one file is one entry."""


def facts_from_ics(
    data: bytes, plan: Plan, *, as_of: datetime | None = None, whole: bool = True
) -> CalendarReading:
    """Say which visits somebody moved, cancelled or removed in a calendar, as facts to review.

    Our entries are known by their UID (`uid_of`), all others are passed over; a changed title or
    reminder is no fact, and neither is the same instant in another time zone. A file that `to_ics`
    wrote of the same plan says nothing. What is doubtful is a finding: a time without a zone or in
    one that nobody knows, a changed length, a series, copies that differ or are older than the plan,
    a change to what is recorded already, and a move into the past.

    The bytes may come from anybody: up to 5 MB are read, in bounded time, without a file or a network.

    Args:
        data: An iCalendar file, as exported by a calendar program or served over CalDAV.
        plan: The plan that was published last.
        as_of: The aware moment from which on a visit can move; default that of the plan.
        whole: Whether the file is the whole calendar. Say False for a single entry or some weeks
            only: then a visit that is not in it was not removed. A message by e-mail never is whole.

    Raises:
        CalendarError: The bytes are no calendar, are cut off, too many or nested too deep, or
            `as_of` has no time zone.

    """
    moment = plan.as_of if as_of is None else as_of
    if moment.tzinfo is None:
        raise CalendarError(Fault("as_of", "has no time zone", str(moment), "give an aware time"))
    entries, desk = outlines(data), Desk(plan.clinic, moment)
    all_there = whole and not any(entry.method in _MESSAGES for entry in entries)
    said = list(_said(plan, _copies(entries, plan), desk, whole=all_there))
    return CalendarReading(
        proposals=tuple(one for one in said if isinstance(one, Proposal)),
        findings=tuple(one for one in said if isinstance(one, Finding)),
    )


def _copies(entries: list[Outline], plan: Plan) -> dict[str, list[Copy]]:
    """Read the entries that are the plan's, by the visit's key."""
    keys = {uid_of(plan.course.id, visit.key): visit.key for visit in plan.visits}
    found: dict[str, list[Copy]] = {}
    for entry in entries:
        key = keys.get(uid_in(entry))
        if key is not None:
            found.setdefault(key, []).append(copy_of(entry))
    return found


def _said(
    plan: Plan, copies: dict[str, list[Copy]], desk: Desk, *, whole: bool
) -> Iterator[Proposal | Finding]:
    if not copies:
        said = "none of the plan's visits is in this calendar; was it exported from the right one?"
        yield Finding(code="no-visits", message=said)
        return
    since = _undelivered_since(plan, copies)
    for visit in plan.visits:
        if visit.key in copies:
            yield from judged(visit, copies[visit.key], desk)
        elif whole and _is_expected(visit, desk):
            unseen = since is not None and visit.stamp >= since
            yield missing(visit, others=len(copies), undelivered=unseen)


def _is_expected(visit: Visit, desk: Desk) -> bool:
    return visit.place == "clinic" and visit.upcoming and visit.start > desk.as_of


def _undelivered_since(plan: Plan, copies: dict[str, list[Copy]]) -> datetime | None:
    """Find from which plan on the calendar has received nothing, by the visits it has only stale."""
    visits = ((plan.visit(key), found) for key, found in copies.items())
    stale = (visit for visit, found in visits if all(is_stale(visit, copy) for copy in found))
    return min((visit.stamp for visit in stale), default=None)
