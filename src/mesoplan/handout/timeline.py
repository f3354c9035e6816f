"""Where things lie in the picture of a course: a row a month, a column a day of the month."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from mesoplan.course.facts import Away
from mesoplan.plan.plan import Plan
from mesoplan.plan.visit import Expectation, Visit

DAYS = 31
_GAP = 2
"""The most empty months in a row that are drawn; a longer stretch is shown as a gap."""
_LANES = 3
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Stretch:
    """Days of one month, from 1, both included, and what they are."""

    first: int
    last: int
    text: str = ""
    away: bool = False


@dataclass(frozen=True)
class Mark:
    """The visits of one kind on one day; sessions and others are marked apart."""

    day: int
    visits: tuple[Visit, ...]
    shared: bool
    """Whether the other kind has a mark on this day too."""

    @property
    def is_session(self) -> bool:
        """Whether these are sessions."""
        return self.visits[0].kind == "session"

    @property
    def status(self) -> str:
        """What the mark shows: the status, or that a visit has moved from its target."""
        first = self.visits[0]
        return "moved" if first.status == "planned" and first.day != first.target else first.status


@dataclass(frozen=True)
class Flag:
    """A milestone's days in one month; the letter stands where it begins."""

    stretch: Stretch
    letter: str
    lane: int
    begins: bool


@dataclass(frozen=True)
class Row:
    """One month of the picture; a row of `length` 0 stands for a stretch of empty months."""

    first: date
    length: int
    marks: tuple[Mark, ...] = ()
    closed: tuple[Stretch, ...] = ()
    phases: tuple[tuple[int, Stretch], ...] = ()
    """The days of each phase, with its place in the protocol."""
    flags: tuple[Flag, ...] = ()


def rows(plan: Plan) -> tuple[Row, ...]:
    """Return the months from a plan's first visit to its last; a long empty stretch is one row."""
    months = list(_months([visit.day for visit in plan.visits]))
    busy = {visit.day.replace(day=1) for visit in plan.visits}
    found: list[Row] = []
    for is_busy, stretch in groupby(months, key=lambda month: month in busy):
        run = list(stretch)
        short = is_busy or len(run) <= _GAP
        found += [_row(plan, month) for month in run] if short else [Row(run[0], 0)]
    return tuple(found)


def letters(plan: Plan) -> Iterator[tuple[str, Expectation]]:
    """Yield each milestone with its letter in the picture."""
    yield from zip(_LETTERS, plan.milestones, strict=False)


def lanes(plan: Plan) -> tuple[int, ...]:
    """Return, for each milestone, the first of three lines below its months that is free."""
    free: list[date] = []
    found = []
    for one in plan.milestones:
        lane = next((n for n, end in enumerate(free) if end < one.first), len(free)) % _LANES
        free[lane : lane + 1] = [one.last]
        found.append(lane)
    return tuple(found)


def _months(days: Sequence[date]) -> Iterator[date]:
    month = min(days).replace(day=1)
    while month <= max(days):
        yield month
        month = _next(month)


def _next(month: date) -> date:
    return (month + timedelta(days=DAYS)).replace(day=1)


def _row(plan: Plan, month: date) -> Row:
    last = _next(month) - timedelta(days=1)
    flags = (
        Flag(stretch, letter, lane, month <= one.first <= last)
        for lane, (letter, one) in zip(lanes(plan), letters(plan), strict=False)
        for stretch in _within(one.first, one.last, month, last)
    )
    return Row(
        month,
        last.day,
        marks=tuple(_marks(plan, month)),
        closed=tuple(_closed(plan, month, last.day)),
        phases=tuple(_phases(plan, month, last)),
        flags=tuple(flags),
    )


def _within(first: date, end: date, month: date, last: date) -> Iterator[Stretch]:
    if first <= last and month <= end:
        yield Stretch(max(first, month).day, min(end, last).day)


def _marks(plan: Plan, month: date) -> Iterator[Mark]:
    visits = [visit for visit in plan.visits if visit.day.replace(day=1) == month]
    for day, group in groupby(visits, key=lambda visit: visit.day.day):
        of_day = list(group)
        kinds = [
            [v for v in of_day if (v.kind == "session") is session] for session in (True, False)
        ]
        yield from (Mark(day, tuple(kind), shared=all(kinds)) for kind in kinds if kind)


def _phases(plan: Plan, month: date, last: date) -> Iterator[tuple[int, Stretch]]:
    for number, phase in enumerate(plan.course.protocol.phases):
        days = [v.day for v in plan.sessions if v.phase == phase.id and v.status != "cancelled"]
        if days:
            yield from ((number, run) for run in _within(min(days), max(days), month, last))


def _closed(plan: Plan, month: date, length: int) -> Iterator[Stretch]:
    """Yield closures and the person's own absences; the weekly closed day says nothing here."""
    reasons = (_reason(plan, month.replace(day=day)) for day in range(1, length + 1))
    for reason, group in groupby(enumerate(reasons, 1), key=lambda pair: pair[1]):
        if reason is not None:
            days = [day for day, _ in group]
            yield Stretch(days[0], days[-1], reason.text, reason.away)


def _reason(plan: Plan, day: date) -> Stretch | None:
    closed = plan.clinic.exception(day)
    if closed:
        return Stretch(0, 0, closed)
    facts = plan.course.kept_facts
    if any(isinstance(fact, Away) and fact.first <= day <= fact.last for fact in facts):
        return Stretch(0, 0, away=True)
    return None
