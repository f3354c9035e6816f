"""What a caller gives to a function is taken, or refused with an error of ours and its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from mesoplan import (
    Attended,
    CalendarError,
    Clinic,
    Course,
    MesoplanError,
    Missed,
    PlanError,
    ProtocolError,
    advice_at,
    alternatives,
    assess,
    combine,
    compare,
    facts_from_ics,
    schedule,
    to_csv,
    to_html,
    to_ics,
    to_markdown,
    to_svg,
)
from samples import AS_OF, weekly

CLINIC = Clinic(timezone="UTC")
COURSE = Course(id="c", protocol=weekly(), start=datetime(2026, 12, 4, 17, 30))
PLAN = schedule(COURSE, CLINIC, as_of=AS_OF)
NAIVE = datetime(2026, 12, 1, 9, 0)

REFUSED: list[tuple[Callable[[Any], object], Any, str, str]] = [
    (lambda x: schedule(x, CLINIC, as_of=AS_OF), PLAN, "course", "wrong-kind"),
    (lambda x: schedule(COURSE, x, as_of=AS_OF), {"timezone": "UTC"}, "clinic", "wrong-kind"),
    (lambda x: schedule(COURSE, CLINIC, as_of=x), "2026-11-01", "as_of", "not-a-moment"),
    (lambda x: schedule(COURSE, CLINIC, as_of=x), date(2026, 11, 1), "as_of", "not-a-moment"),
    (lambda x: schedule(COURSE, CLINIC, as_of=x), NAIVE, "as_of", "no-time-zone"),
    (lambda x: schedule(COURSE, CLINIC, as_of=AS_OF, previous=x), "{}", "previous", "wrong-kind"),
    (lambda x: schedule(COURSE, CLINIC, as_of=AS_OF, horizon=x), 5, "horizon", "not-text"),
    (lambda x: alternatives(x, "induction-1"), COURSE, "plan", "wrong-kind"),
    (lambda x: alternatives(PLAN, "induction-1", after=x), "now", "after", "not-a-moment"),
    (lambda x: alternatives(PLAN, x), 3, "visit", "unknown-visit"),
    (PLAN.visit, 3, "visit", "unknown-visit"),
    (PLAN.next, "now", "after", "not-a-moment"),
    (PLAN.next, NAIVE, "after", "no-time-zone"),
    (PLAN.next_session, "now", "after", "not-a-moment"),
    (PLAN.adherence, "today", "on", "wrong-kind"),
    (PLAN.changes_since, COURSE, "old", "wrong-kind"),
    (lambda x: advice_at(PLAN, x), "now", "moment", "not-a-moment"),
    (lambda x: assess(PLAN, "pain", since=x, at=AS_OF), "now", "since", "not-a-moment"),
    (to_ics, COURSE, "plan", "wrong-kind"),
    (to_html, COURSE, "plan", "wrong-kind"),
    (to_svg, COURSE, "plan", "wrong-kind"),
    (to_csv, COURSE, "plan", "wrong-kind"),
    (to_markdown, COURSE, "plan", "wrong-kind"),
    (lambda x: combine(weekly(), x, id="x", title="X"), COURSE, "second", "wrong-kind"),
    (lambda x: compare(x, weekly()), COURSE, "old", "wrong-kind"),
    (lambda x: facts_from_ics(b"", x), COURSE, "plan", "wrong-kind"),
    (lambda x: facts_from_ics(b"", PLAN, as_of=x), "now", "as_of", "not-a-moment"),
]


@pytest.mark.parametrize(("call", "value", "path", "code"), REFUSED)
def test_what_cannot_be_meant_is_refused_where_it_is_given(
    call: Callable[[Any], object], value: Any, path: str, code: str
) -> None:
    """Never with an AttributeError from inside."""
    with pytest.raises(MesoplanError) as refused:
        call(value)
    assert isinstance(refused.value, PlanError | CalendarError | ProtocolError)
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [(path, code)]


def test_a_session_that_took_place_after_all_is_one_of_so_many_again() -> None:
    """Recorded as missed by a slip, and then as attended: 2 of 16, as it was."""
    facts = [Attended(visit="induction-1"), Missed(visit="induction-2")]
    course = COURSE.replace(facts=[*facts, Attended(visit="induction-2")])
    plan = schedule(course, CLINIC, as_of=datetime(2026, 12, 20, tzinfo=UTC))
    assert (plan.visit("induction-2").number, plan.visit("induction-2").of) == (2, 16)
