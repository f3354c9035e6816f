"""What differs between two plans of a course, visit by visit, each difference a sentence."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar, Literal

from mesoplan.course.course import Course
from mesoplan.ground.base import Model
from mesoplan.ground.errors import Fault, PlanError
from mesoplan.ground.kinds import Line, Text
from mesoplan.plan.cause import News, cause, news
from mesoplan.plan.saying import say_moment
from mesoplan.scheduling.visit import Visit

ChangeKind = Literal[
    "kept",
    "added",
    "moved",
    "cancelled",
    "attended",
    "missed",
    "reopened",
    "confirmed",
    "unsettled",
    "resized",
    "retitled",
]
"""One word for what differs; where several things do, the first of these that holds.

What took place was attended or missed; what a corrected log plans again is reopened; a tentative
visit is confirmed, and one that has become tentative unsettled; a resized one takes longer or
shorter; a retitled one has another title, content or place.
"""


class Change(Model):
    """How one visit stands in a plan, beside how it stood in an earlier one.

    Printed it is a sentence. `before` is None for a visit that is new; `after` is None for one that
    the later plan does not know (one that was called off is there, cancelled).
    """

    refusal: ClassVar[type[PlanError]] = PlanError

    kind: ChangeKind
    key: Line
    before: Visit | None = None
    after: Visit | None = None
    reason: Text | None = None
    """Why, where something can be said."""

    def __str__(self) -> str:
        """Say it in one sentence."""
        visit = (self._lost and self.before) or self.after or self.before
        title = visit.title if visit else ""
        said = f"{title} ({self.key}) {self._verb()}{''.join(self._besides())}"
        return f"{said}: {self.reason}" if self.reason else said

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
            return f"added as {new.status} on {say_moment(new.start)}"
        settled = "" if new.upcoming or self.kind != "kept" else f" {new.status}"
        return f"{_VERBS.get(self.kind, self.kind)}{settled} on {say_moment(new.start)}"

    def _besides(self) -> Iterator[str]:
        """Say what differs beside what the kind says."""
        old, new = self.before, self.after
        if old is None or new is None:
            return
        if self.kind not in {"moved", "cancelled"} and new.start != old.start:
            yield f", planned for {say_moment(old.start, near=new.day)}"
        if _minutes(new) != _minutes(old):
            yield f", lasts {_minutes(new)} minutes, so far {_minutes(old)}"
        if _named(new) != _named(old) and not self._lost:
            yield f", so far {_named(old)}"


_VERBS = {
    "kept": "stays",
    "resized": "stays",
    "retitled": "stays",
    "reopened": "is planned again",
    "unsettled": "is tentative now",
}


def changes(
    old: Sequence[Visit], new: Sequence[Visit], *, earlier: Course, later: Course
) -> tuple[Change, ...]:
    """List how every visit of two plans of a course stands now, also the kept ones, in time order.

    `earlier` and `later` are the course as either plan was made from it; what is new says why. The
    list is complete: whoever puts each `after` in the place of its `before` has the later plan.
    Raises PlanError for plans of two courses.
    """
    if earlier.id != later.id:
        fault = Fault("old", "is the plan of another course", earlier.id, f"give one of {later.id}")
        raise PlanError(fault)
    was, now = ({visit.key: visit for visit in visits} for visits in (old, new))
    since = news(earlier, later)
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
    if before.status != after.status and not (before.upcoming and after.upcoming):
        return _OUTCOMES.get(after.status, "reopened")
    return _kind_of_same(before, after)


def _kind_of_same(before: Visit, after: Visit) -> ChangeKind:
    if before.start != after.start:
        return "moved"
    if before.status != after.status:
        return "confirmed" if after.status == "planned" else "unsettled"
    if _minutes(before) != _minutes(after):
        return "resized"
    return "kept" if _named(before) == _named(after) else "retitled"


_OUTCOMES: dict[str, ChangeKind] = {
    "attended": "attended",
    "missed": "missed",
    "cancelled": "cancelled",
}


def _offset(visit: Visit) -> str:
    return f"UTC{visit.start.isoformat()[-6:]}"


def _minutes(visit: Visit) -> int:
    return int((visit.end - visit.start).total_seconds()) // 60


def _named(visit: Visit) -> str:
    parts = (visit.title, visit.label, "at home" if visit.place == "home" else None)
    return ", ".join(filter(None, parts))
