"""What a calendar says of a plan's visits: facts to look at before they are recorded."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from mesoplan.calendar.entry import uid_of
from mesoplan.calendar.incoming.cautions import cautioned
from mesoplan.calendar.incoming.components import Component, components
from mesoplan.calendar.incoming.copy import Copy, copy_of, uid_in
from mesoplan.calendar.incoming.proposals import Proposal, Viewpoint, is_stale, judged, missing
from mesoplan.course.facts import Cancelled, Moved
from mesoplan.plan.plan import Plan
from mesoplan.plan.visit import Finding, Visit
from mesoplan.values.base import Model
from mesoplan.values.errors import CalendarError
from mesoplan.values.given import given, given_aware

_MESSAGES = frozenset({"REQUEST", "REPLY", "COUNTER", "CANCEL"})
"""Methods of e-mail (RFC 5546, 1.4), where one file is one entry."""


class CalendarReading(Model):
    """What a calendar says of a plan: proposals in the order of the visits, and what is doubtful.

    Nothing is recorded by itself: `course.record(*reading.facts)` takes all proposals over.
    """

    refusal: ClassVar[type[CalendarError]] = CalendarError

    proposals: tuple[Proposal, ...] = ()
    """Facts to confirm, in the order of the visits."""
    findings: tuple[Finding, ...] = ()
    """What is doubtful or cannot be understood."""

    @property
    def facts(self) -> tuple[Moved | Cancelled, ...]:
        """The facts of all proposals."""
        return tuple(proposal.fact for proposal in self.proposals)


def facts_from_ics(
    data: bytes, plan: Plan, *, as_of: datetime | None = None, whole: bool = True
) -> CalendarReading:
    """Say which visits somebody moved, cancelled or removed in a calendar, as facts to review.

    Our entries are known by their UID (`uid_of`), all others are passed over; a changed title or
    reminder is no fact, and neither is the same instant in another time zone. A file that `to_ics`
    wrote of the same plan says nothing. What is doubtful is a finding: a time without a zone or in
    one that nobody knows, a changed length, a series, copies that differ or are older than the plan,
    a change to what is recorded already or on hold, and a move into the past. A proposed time that
    is against something, a closed day or a minimum, is proposed with that caution.

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
    given(plan, Plan, "plan", CalendarError)
    given(whole, bool, "whole", CalendarError)
    moment = plan.as_of if as_of is None else as_of
    given_aware(CalendarError, as_of=moment)
    entries, view = components(data), Viewpoint(plan.clinic, moment)
    all_there = whole and not any(entry.method in _MESSAGES for entry in entries)
    said = list(_said(plan, _copies(entries, plan), view, whole=all_there))
    return CalendarReading(
        proposals=tuple(
            cautioned((one for one in said if isinstance(one, Proposal)), plan, moment)
        ),
        findings=tuple(one for one in said if isinstance(one, Finding)),
    )


def _copies(entries: list[Component], plan: Plan) -> dict[str, list[Copy]]:
    """Read the entries that belong to the plan, by the key of their visit."""
    keys = {uid_of(plan.course.id, visit.key): visit.key for visit in plan.visits}
    found: dict[str, list[Copy]] = {}
    for entry in entries:
        key = keys.get(uid_in(entry))
        if key is not None:
            found.setdefault(key, []).append(copy_of(entry))
    return found


def _said(
    plan: Plan, copies: dict[str, list[Copy]], view: Viewpoint, *, whole: bool
) -> Iterator[Proposal | Finding]:
    if not copies:
        said = "none of the plan's visits is in this calendar; was it exported from the right one?"
        yield Finding(code="no-visits", message=said)
        return
    since = _undelivered_since(plan, copies)
    for visit in plan.visits:
        if visit.key in copies:
            yield from judged(visit, copies[visit.key], view)
        elif whole and _is_expected(visit, view):
            unseen = since is not None and visit.stamp >= since
            yield missing(visit, others=len(copies), undelivered=unseen)


def _is_expected(visit: Visit, view: Viewpoint) -> bool:
    open_still = visit.upcoming or visit.status == "on_hold"
    return visit.place == "clinic" and open_still and visit.start > view.as_of


def _undelivered_since(plan: Plan, copies: dict[str, list[Copy]]) -> datetime | None:
    """Return when the first plan was made that did not reach the calendar, or None if all did.

    It is the earliest stamp among the visits of which the calendar has only older copies.
    """
    visits = ((plan.visit(key), found) for key, found in copies.items())
    stale = (visit for visit, found in visits if all(is_stale(visit, copy) for copy in found))
    return min((visit.stamp for visit in stale), default=None)
