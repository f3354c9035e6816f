"""What differs between two plans of a course, visit by visit, each difference a sentence."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar, Literal

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.plan.cause import News, cause, news
from mesoplan.plan.entries import Entry
from mesoplan.plan.visit import Finding, Visit, in_words
from mesoplan.values.base import Model
from mesoplan.values.english import say_moment
from mesoplan.values.errors import Fault, PlanError
from mesoplan.values.kinds import Line, Text

ChangeKind = Literal[
    "kept",
    "added",
    "moved",
    "cancelled",
    "attended",
    "missed",
    "reopened",
    "held",
    "confirmed",
    "unsettled",
    "resized",
    "retitled",
]
"""One word for what differs; where several things do, the first of these that holds.

What took place was attended or missed; what a corrected log plans again is reopened; one that waits
for the end of a hold is held; one that was tentative or on hold is confirmed where it stood, and one
that has become tentative unsettled; a resized one takes longer or shorter; a retitled one has another
title, content or place.
"""


class Change(Model):
    """How one visit stands in a plan, beside how it stood in an earlier one.

    Printed it is a sentence. `before` is None for a visit that is new; `after` is None for one that
    the later plan does not know (one that was called off is there, cancelled).
    """

    refusal: ClassVar[type[PlanError]] = PlanError

    kind: ChangeKind
    """What differs, in one word."""
    key: Line
    """The key of the visit."""
    before: Visit | None = None
    """The visit in the earlier plan; None where it is new."""
    after: Visit | None = None
    """The visit in the later plan; None where that does not know it."""
    reason: Text | None = None
    """Why, where something can be said."""

    def __str__(self) -> str:
        """Say it in one sentence."""
        visit = (self._lost and self.before) or self.after or self.before
        title = visit.title if visit else ""
        said = f"{title} ({self.key}) {self._verb()}{''.join(self._besides())}"
        return f"{said}: {self.reason}" if self.reason else said

    def _in_short(self) -> str:
        visit = self.after or self.before
        where = "" if visit is None else f", {visit.start:%Y-%m-%d %H:%M}"
        return f"{self.kind} {self.key}{where}"

    @property
    def tells(self) -> bool:
        """Whether the person needs to be told: another time, called off, added; not a new number.

        What was recorded needs no telling, as the person knows it. A session that is treated at
        another place is told too.
        """
        if self.kind in _TOLD:
            return True
        if self.kind == "added":
            return self.after is not None and _is_open(self.after)
        if self.before is None or self.after is None or self.kind != "retitled":
            return False
        return self.after.place != self.before.place and not self.after.lost

    @property
    def _lost(self) -> bool:
        return self.kind in {"missed", "cancelled"}

    def _verb(self) -> str:
        old, new = self.before, self.after
        if old is not None and self.kind == "cancelled":
            return f"cancelled, it stood on {say_moment(old.start)}"
        assert new is not None
        if old is not None and self.kind == "moved":
            was, now = say_moment(old.start), say_moment(new.start, near=old.day)
            if old.start.replace(tzinfo=None) == new.start.replace(tzinfo=None):
                was, now = f"{was} {_offset(old)}", f"{now} {_offset(new)}"
            return f"moved from {was} to {now}"
        if self.kind == "added" and not new.upcoming:
            return f"added as {in_words(new.status)} on {say_moment(new.start)}"
        is_settled = self.kind in {"kept", "moved"} and not new.upcoming
        settled = f" {in_words(new.status)}" if is_settled else ""
        return f"{_VERBS.get(self.kind, self.kind)}{settled} on {say_moment(new.start)}"

    def _besides(self) -> Iterator[str]:
        """Say what differs beside what the kind says."""
        old, new = self.before, self.after
        if old is None or new is None:
            return
        if self.kind not in {"moved", "cancelled"} and new.start != old.start:
            yield f", planned for {say_moment(old.start, near=new.day)}"
        if new.minutes != old.minutes:
            yield f", lasts {new.minutes} minutes, so far {old.minutes}"
        if _named(new) != _named(old) and not self._lost:
            yield f", so far {_named(old)}"


_TOLD = frozenset({"moved", "cancelled", "reopened", "held", "confirmed", "unsettled", "resized"})
_VERBS = {
    "held": "is on hold, it stands",
    "kept": "stays",
    "resized": "stays",
    "retitled": "stays",
    "reopened": "is planned again",
    "unsettled": "is tentative now",
}


def changes(
    old: Sequence[Visit],
    new: Sequence[Visit],
    *,
    earlier: Course,
    later: Course,
    entries: Sequence[Entry] = (),
    findings: Iterable[Finding] = (),
    clinic: Clinic | None = None,
) -> tuple[Change, ...]:
    """List how every visit of two plans of a course stands now, also the kept ones, in time order.

    `earlier` and `later` are the course as either plan was made from it; what is new says why, with
    the later plan's entries, findings and clinic. The list is complete: whoever puts each `after` in the
    place of its `before` has the later plan.
    Raises PlanError for plans of two courses.
    """
    if earlier.id != later.id:
        fault = Fault(
            "old",
            "is the plan of another course",
            earlier.id,
            f"give one of {later.id}",
            code="other-course",
        )
        raise PlanError(fault)
    was, now = ({visit.key: visit for visit in visits} for visits in (old, new))
    since = news(earlier, later, entries=entries, findings=findings, clinic=clinic)
    found = (_change(key, was.get(key), now.get(key), since) for key in {**was, **now})
    return tuple(sorted(found, key=_when))


def _change(key: str, before: Visit | None, after: Visit | None, since: News) -> Change:
    kind = _kind(before, after)
    why = cause(kind, before, after, since)
    return Change(kind=kind, key=key, before=before, after=after, reason=why)


def _when(change: Change) -> tuple[datetime, str]:
    visit = change.after or change.before
    assert visit is not None
    return visit.start, change.key


def _kind(before: Visit | None, after: Visit | None) -> ChangeKind:
    if after is None:
        return "cancelled"
    if before is None:
        return "added"
    if before.status != after.status and not (_is_open(before) and _is_open(after)):
        return _OUTCOMES.get(after.status, "reopened")
    if after.status == "on_hold" != before.status:
        return "held"
    return _kind_of_same(before, after)


def _is_open(visit: Visit) -> bool:
    """Whether it may still take place and nothing is recorded of it."""
    return visit.upcoming or visit.status == "on_hold"


def _kind_of_same(before: Visit, after: Visit) -> ChangeKind:
    if before.start != after.start:
        return "moved"
    if before.status != after.status:
        return "confirmed" if after.status == "planned" else "unsettled"
    if before.minutes != after.minutes:
        return "resized"
    return "kept" if _named(before) == _named(after) else "retitled"


_OUTCOMES: dict[str, ChangeKind] = {
    "attended": "attended",
    "missed": "missed",
    "cancelled": "cancelled",
}


def _offset(visit: Visit) -> str:
    return f"UTC{visit.start.isoformat()[-6:]}"


def _named(visit: Visit) -> str:
    parts = (visit.title, visit.label, "at home" if visit.place == "home" else None)
    return ", ".join(filter(None, parts))
