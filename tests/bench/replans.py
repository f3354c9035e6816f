"""What is asked of a plan that is out: to be opened, planned again, compared, and moved within."""

from __future__ import annotations

from datetime import UTC, timedelta

import weekly
from mirror import mirror
from pydantic import BaseModel

from mesoplan import Attended, Course, Missed, Plan, alternatives, schedule

_DONE = 5
"""Sessions that were attended when the next one is missed."""
PLAIN = mirror(Plan)


def _after(plan: Plan, session: int) -> Plan:
    """Plan again an hour after a session, with the course as it stands in the plan's place."""
    now = plan.sessions[session - 1].end.astimezone(UTC) + timedelta(hours=1)
    came = (Attended(visit=visit.key) for visit in plan.sessions[:session])
    return schedule(plan.course.record(*came), plan.clinic, as_of=now, previous=plan)


def _missed(plan: Plan) -> Course:
    return plan.course.record(Missed(visit=plan.sessions[_DONE].key))


def _later(plan: Plan, course: Course) -> Plan:
    now = plan.sessions[_DONE].end.astimezone(UTC) + timedelta(hours=1)
    return schedule(course, plan.clinic, as_of=now, previous=plan)


_UNDER_WAY = [_after(plan, _DONE) for plan in weekly.ours(weekly.courses())]
_SAVED = [plan.model_dump_json() for plan in _UNDER_WAY]
_LATER = [_later(plan, _missed(plan)).model_dump_json() for plan in _UNDER_WAY]


def saved() -> list[str]:
    """Return the plans as they were saved."""
    return _SAVED


def opened(texts: list[str]) -> list[Plan]:
    """Open every saved plan."""
    return [Plan.model_validate_json(text) for text in texts]


def opened_plainly(texts: list[str]) -> list[BaseModel]:
    """Open every saved plan with plain pydantic models of the same shape."""
    return [PLAIN.model_validate_json(text) for text in texts]


def opened_afresh() -> list[Plan]:
    """Open every plan anew, so that none remembers an answer."""
    return opened(_SAVED)


def with_news() -> list[tuple[Plan, Course]]:
    """Open every plan and record that the next session was missed."""
    return [(plan, _missed(plan)) for plan in opened_afresh()]


def planned_again(news: list[tuple[Plan, Course]]) -> list[Plan]:
    """Plan again after that one fact."""
    return [_later(plan, course) for plan, course in news]


def two_of_each() -> list[tuple[Plan, Plan]]:
    """Open every plan and the one after it."""
    return list(zip(opened_afresh(), opened(_LATER), strict=True))


def compared(pairs: list[tuple[Plan, Plan]]) -> list[object]:
    """List what has changed between the two."""
    return [later.changes_since(earlier) for earlier, later in pairs]


def offered(plans: list[Plan]) -> list[object]:
    """Offer other times within a week for the next session."""
    return [alternatives(plan, plan.sessions[_DONE].key) for plan in plans]
