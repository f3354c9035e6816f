"""The dated result: visits with their reasons, findings, and what to expect by when."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from html import escape
from itertools import chain
from textwrap import shorten, wrap
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import from_json

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.plan import format_1
from mesoplan.plan.adherence import Adherence, adherence
from mesoplan.plan.change import Change, changes
from mesoplan.plan.entries import Entry, Laid
from mesoplan.plan.records import records
from mesoplan.plan.timing import NextSession, Verdict, next_session, verdicts
from mesoplan.plan.visit import AtHome, Expectation, Finding, Visit, in_words
from mesoplan.values.base import Model
from mesoplan.values.english import count
from mesoplan.values.errors import Fault, PlanError, closest
from mesoplan.values.given import given, given_aware
from mesoplan.values.kinds import Day, Instant, Moment

_FORMAT = 2


def _start(plan: dict[str, Any]) -> datetime:
    """Return the start of the course in local time; where that is refused, one fault is enough."""
    course, clinic = plan.get("course"), plan.get("clinic")
    return clinic.local(course.start) if course and clinic else datetime.max  # noqa: DTZ901


class Plan(Model):
    """A course's visits in time order, each with its reasons, and what a person should look at.

    A plan carries the course and the clinic that it was made from, so that its JSON is all that a
    caller needs to store. Printing it gives a table.
    """

    refusal: ClassVar[type[PlanError]] = PlanError

    format: Literal[2] = 2
    """The form in which it is saved; what an earlier release has saved opens too."""
    course: Course
    """The course, with its protocol and its log, as they were when the plan was made."""
    clinic: Clinic
    """The clinic at which it takes place."""
    as_of: Instant
    """When it was made."""
    begins: Moment = Field(default_factory=_start)
    """The course's first day at the preferred time, naive local time."""
    horizon: Day
    """The last day up to which open-ended phases were planned."""
    visits: tuple[Visit, ...]
    """The visits in time order, those that are over and those that were called off as well."""
    milestones: tuple[Expectation, ...] = ()
    """What to expect by when."""
    at_home: tuple[AtHome, ...] = ()
    """Treatment at home beside the sessions; it is not booked."""
    findings: tuple[Finding, ...] = ()
    """What a person should look at."""
    laid: tuple[Laid, ...] = ()
    """Where the rhythm of each phase was laid from."""
    entries: tuple[Entry, ...] = ()
    """What was made of each fact of the course, in the order of its log."""

    @model_validator(mode="before")
    @classmethod
    def _of_any_format(cls, data: Any) -> Any:
        """Read what an earlier release has saved; refuse what only a later one can read."""
        saved = data.get("format") if isinstance(data, Mapping) else None
        if type(saved) is not int:  # true is no number of a format
            return data
        if saved == 1:
            return format_1.read(data)
        if saved > _FORMAT:
            remedy = f"a newer release of mesoplan is needed; this one reads up to {_FORMAT}"
            fault = Fault("format", "is not known here", str(saved), remedy, code="not-a-choice")
            raise PlanError(fault)
        return data

    @field_validator("visits")
    @classmethod
    def _one_key_each(cls, value: tuple[Visit, ...]) -> tuple[Visit, ...]:
        if len({visit.key for visit in value}) < len(value):
            times = Counter(visit.key for visit in value)
            faults = (
                Fault("", "gives two visits one key", key, code="used-twice")
                for key in times
                if times[key] > 1
            )
            raise PlanError(*faults)
        return value

    @model_validator(mode="after")
    def _knows_what_it_tells_of(self) -> "Plan":
        """Refuse entries about visits that it has not: a visit with another key would be planned again."""
        keys = {visit.key for visit in self.visits}
        told = ((n, e.key) for n, e in enumerate(self.entries) if e.key and e.stood is not None)
        what = "is no visit of the plan"
        faults = [
            Fault(f"entries.{index}.key", what, key, code="unknown-visit")
            for index, key in told
            if key not in keys
        ]
        if faults:
            raise PlanError(*faults)
        return self

    @model_validator(mode="after")
    def _in_the_clinics_zone(self) -> "Plan":
        """Return times read from JSON, which know only their offset, the clinic's zone again."""
        zone = self.clinic.zone
        if any(visit.start.tzinfo is not zone for visit in self.visits):
            placed = tuple(visit.in_zone(zone) for visit in self.visits)
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
        """Return the visit of that key; raises PlanError naming the closest one."""
        if key not in self._by_key:
            remedy = closest(str(key), list(self._by_key))
            raise PlanError(
                Fault("visit", "is not in the plan", str(key), remedy, code="unknown-visit")
            )
        return self._by_key[key]

    def next(self, after: datetime) -> Visit | None:
        """Return the first visit still to take place that starts after an aware moment."""
        given_aware(after=after)
        return next((v for v in self.visits if v.upcoming and v.start > after), None)

    def next_session(self, after: datetime) -> NextSession | None:
        """Return the five dates of the first session still to come after an aware moment."""
        return next_session(self.course, self.visits, after)

    def verdicts(self) -> tuple[Verdict, ...]:
        """Judge the timing of every session that took place, in time order."""
        return verdicts(self.course, self.visits)

    def adherence(self, on: date) -> Adherence:
        """Say how the course was kept up to a day."""
        given(on, date, "on")
        over = {each.visit for each in self.findings if each.code in {"after-stop", "after-end"}}
        kept = [visit for visit in self.visits if visit.status != "missed" or visit.key not in over]
        return adherence(kept, on)

    def changes_since(self, old: "Plan", *, kept: bool = False) -> tuple[Change, ...]:
        """List what differs from an earlier plan of the course, in time order; `kept` adds the rest."""
        given(old, Plan, "old")
        found = changes(
            old.visits,
            self.visits,
            earlier=old.course,
            later=self.course,
            entries=self.entries,
            findings=self.findings,
            clinic=self.clinic,
        )
        return found if kept else tuple(change for change in found if change.kind != "kept")

    def to_records(self) -> list[dict[str, Any]]:
        """Return one plain dict a visit: `pandas.DataFrame(plan.to_records())`."""
        return records(self.visits)

    if not TYPE_CHECKING:  # a type checker refuses them by itself

        @classmethod
        def model_validate_json(cls, json_data: str | bytes, **options: Any) -> "Plan":
            """Open a plan from JSON text or bytes."""
            # The parser is far quicker by itself than below a validator that asks for the whole.
            try:
                data = None if options else from_json(json_data)
            except ValueError:
                data = None  # pydantic says where it is no JSON
            if data is None:
                return super().model_validate_json(json_data, **options)
            return cls.model_validate(data)

        def __getattr__(self, name: str) -> Any:
            """Name the function that a question needing more than the plan's data has become."""
            if name in _FUNCTIONS:
                said = f"Plan has no method {name}; call mesoplan.{name}({_FUNCTIONS[name]})"
                raise AttributeError(said)
            return super().__getattr__(name)

    def __str__(self) -> str:
        """Return a table that a person can read."""
        return "\n".join(_table(self))

    def _in_short(self) -> str:
        days = [visit.day for visit in self.visits]
        span = f", {min(days)} to {max(days)}" if days else ""
        return f"of {self.course.id}: {count(len(days), 'visit')}{span}"

    def _repr_html_(self) -> str:
        """Return a table for a notebook: every text escaped, and no more rows than anybody reads."""
        return "\n".join(_html(self))


_FUNCTIONS = {
    "advice_at": "plan, moment",
    "alternatives": "plan, key, ...",
    "assess": "plan, symptom, since=..., at=...",
}
_WIDTH = 96
_TITLE = 44


def _table(plan: Plan) -> Iterator[str]:
    """Yield a heading, a line per visit with its reason below where it was moved, and the rest."""
    yield _heading(plan)
    rows = [_row(visit) for visit in plan.visits]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(4)]
    for row, visit in zip(rows, plan.visits, strict=True):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
        if visit.reasons and visit.day != visit.target:
            yield from _wrapped("    ", str(visit.reasons[0]))
    for milestone in plan.milestones:
        until = "" if milestone.last == milestone.first else f" to {milestone.last}"
        yield from _wrapped("Expect: ", f"{milestone.title}, {milestone.first}{until}")
    for adjunct in plan.at_home:
        yield from _wrapped("At home: ", str(adjunct))
    yield from chain.from_iterable(_wrapped("Note: ", str(finding)) for finding in plan.findings)


_MOST_ROWS = 200
_HEADINGS = ("When", "Visit", "Key", "Status", "Why")


def _html(plan: Plan) -> Iterator[str]:
    """Yield a table with a caption, a row a visit, and a line that counts what is left out."""
    yield f"<table><caption>{escape(_heading(plan))}</caption>"
    yield f"<thead><tr>{_cells('th', _HEADINGS)}</tr></thead>"
    yield "<tbody>"
    for visit in plan.visits[:_MOST_ROWS]:
        why = str(visit.reasons[0]) if visit.reasons and visit.day != visit.target else ""
        when, _, *rest = _row(visit)
        yield f"<tr>{_cells('td', (when, visit.title, *rest, why))}</tr>"
    yield "</tbody></table>"
    left = len(plan.visits) - _MOST_ROWS
    if left > 0:
        yield f"<p>and {count(left, 'more visit')}</p>"
    if plan.findings:
        found = (f"<li>{escape(str(finding))}</li>" for finding in plan.findings[:_MOST_ROWS])
        yield f"<ul>{''.join(found)}</ul>"


def _cells(tag: str, texts: Sequence[str]) -> str:
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)


def _heading(plan: Plan) -> str:
    course = plan.course
    return f"{course.protocol.name} · {plan.clinic.timezone} · course {course.id}"


def _row(visit: Visit) -> tuple[str, str, str, str]:
    title = shorten(visit.title, _TITLE, placeholder="…")
    return visit.when, title, visit.key, "" if visit.status == "planned" else in_words(visit.status)


def _wrapped(head: str, text: str) -> list[str]:
    indent = " " * len(head)
    return wrap(text, _WIDTH, initial_indent=head, subsequent_indent=indent, break_on_hyphens=False)
