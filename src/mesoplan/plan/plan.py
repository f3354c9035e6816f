"""The dated result: visits with their reasons, findings, and what to expect by when."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from textwrap import shorten, wrap
from typing import Any, ClassVar, Literal

from pydantic import field_validator, model_validator

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.ground.base import Model
from mesoplan.ground.errors import Fault, PlanError, closest
from mesoplan.ground.kinds import Day, Instant
from mesoplan.ground.period import Period
from mesoplan.plan.adherence import Adherence, adherence
from mesoplan.plan.aftercare import Assessment, Holding, advice_at, assess
from mesoplan.plan.alternatives import Alternative, Standing, alternatives
from mesoplan.plan.change import Change, changes
from mesoplan.plan.records import records
from mesoplan.plan.timing import NextSession, Verdict, next_session, verdicts
from mesoplan.scheduling.visit import AtHome, Expectation, Finding, Visit

_WEEK = Period("P1W")


class Plan(Model):
    """A course's visits in time order, each with its reasons, and what a person should look at.

    A plan carries the course and the clinic that it was made from, so that its JSON is all that a
    caller needs to store. Printing it gives a table.
    """

    refusal: ClassVar[type[PlanError]] = PlanError

    format: Literal[1] = 1
    course: Course
    clinic: Clinic
    as_of: Instant
    """When it was made."""
    horizon: Day
    """The last day up to which open-ended phases were planned."""
    visits: tuple[Visit, ...]
    milestones: tuple[Expectation, ...] = ()
    at_home: tuple[AtHome, ...] = ()
    """Treatment at home beside the sessions; it is not booked."""
    findings: tuple[Finding, ...] = ()

    @field_validator("visits")
    @classmethod
    def _one_key_each(cls, value: tuple[Visit, ...]) -> tuple[Visit, ...]:
        times = Counter(visit.key for visit in value)
        faults = [Fault("", "gives two visits one key", key) for key, n in times.items() if n > 1]
        if faults:
            raise PlanError(*faults)
        return value

    @model_validator(mode="after")
    def _in_the_clinics_zone(self) -> "Plan":
        """Give times read from JSON, which know only their offset, the clinic's zone again."""
        zone = self.clinic.zone
        if any(visit.start.tzinfo is not zone for visit in self.visits):
            placed = tuple(
                visit.replace(start=visit.start.astimezone(zone), end=visit.end.astimezone(zone))
                for visit in self.visits
            )
            object.__setattr__(self, "visits", placed)
        return self

    @property
    def sessions(self) -> tuple[Visit, ...]:
        """The sessions, in time order."""
        return tuple(visit for visit in self.visits if visit.kind == "session")

    @property
    def reviews(self) -> tuple[Visit, ...]:
        """The reviews and consultations, in time order."""
        return tuple(visit for visit in self.visits if visit.kind != "session")

    @cached_property
    def _by_key(self) -> dict[str, Visit]:
        return {visit.key: visit for visit in self.visits}

    def visit(self, key: str) -> Visit:
        """Give the visit of that key; raises PlanError naming the closest one."""
        if key not in self._by_key:
            remedy = closest(key, list(self._by_key))
            raise PlanError(Fault("visit", "is not in the plan", key, remedy))
        return self._by_key[key]

    def next(self, after: datetime) -> Visit | None:
        """Give the first visit still to take place that starts after an aware moment."""
        if after.tzinfo is None:
            raise PlanError(Fault("after", "has no time zone", str(after), "give an aware time"))
        return next((v for v in self.visits if v.upcoming and v.start > after), None)

    def advice_at(self, moment: datetime) -> tuple[Holding, ...]:
        """List what the protocol advises at an aware moment, e.g. whether hair may be washed yet."""
        return advice_at(self.course.protocol, self.sessions, moment)

    def assess(self, symptom: str, *, since: datetime, at: datetime) -> Assessment:
        """Say whether a symptom is within what is usual, or what to do; no diagnosis."""
        return assess(self.course.protocol, self.sessions, symptom, since=since, at=at)

    def next_session(self, after: datetime) -> NextSession | None:
        """Give the five dates of the first session still to come after an aware moment."""
        return next_session(self.course, self.visits, after)

    def verdicts(self) -> tuple[Verdict, ...]:
        """Judge the timing of every session that took place, in time order."""
        return verdicts(self.course, self.visits)

    def adherence(self, on: date) -> Adherence:
        """Say how the course was kept up to a day."""
        return adherence(self.visits, on)

    def alternatives(
        self, key: str, *, after: datetime | None = None, within: Period = _WEEK
    ) -> tuple[Alternative, ...]:
        """Offer other days for a visit, best first, each with what it would cause.

        `after` is the aware moment at which it is asked, by default that of the plan; `within` is how
        far around the booked day and the target is looked, at most 31 days. Raises PlanError for a
        visit that is not to come.
        """
        now = after or self.as_of
        standing = Standing(self.course, self.clinic, self._by_key, self.horizon, now)
        return alternatives(standing, self.visit(key), within)

    def changes_since(self, old: "Plan", *, kept: bool = False) -> tuple[Change, ...]:
        """List what differs from an earlier plan of the course, in time order; `kept` adds the rest."""
        found = changes(old.visits, self.visits, earlier=old.course, later=self.course)
        return found if kept else tuple(change for change in found if change.kind != "kept")

    def to_records(self) -> list[dict[str, Any]]:
        """Give one plain dict a visit: `pandas.DataFrame(plan.to_records())`."""
        return records(self.visits)

    def __str__(self) -> str:
        """Give a table that a person can read."""
        return "\n".join(_table(self))


_WIDTH = 96
_TITLE = 44


def _table(plan: Plan) -> Iterator[str]:
    """Yield a heading, a line per visit with its reason below where it was moved, and the rest."""
    course = plan.course
    yield f"{course.protocol.title} · {plan.clinic.timezone} · course {course.id}"
    rows = [_row(visit) for visit in plan.visits]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(4)]
    for row, visit in zip(rows, plan.visits, strict=True):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
        if visit.reasons and visit.day != visit.target:
            yield from _wrapped("    ", visit.reasons[0])
    for milestone in plan.milestones:
        until = "" if milestone.last == milestone.first else f" to {milestone.last}"
        yield from _wrapped("Expect: ", f"{milestone.title}, {milestone.first}{until}")
    for adjunct in plan.at_home:
        yield from _wrapped("At home: ", str(adjunct))
    yield from chain.from_iterable(_wrapped("Note: ", str(finding)) for finding in plan.findings)


def _row(visit: Visit) -> tuple[str, str, str, str]:
    when = f"{visit.start:%a %Y-%m-%d %H:%M}-{visit.end:%H:%M}"
    title = shorten(visit.title, _TITLE, placeholder="…")
    return when, title, visit.key, "" if visit.status == "planned" else visit.status


def _wrapped(head: str, text: str) -> list[str]:
    indent = " " * len(head)
    return wrap(text, _WIDTH, initial_indent=head, subsequent_indent=indent, break_on_hyphens=False)
