"""The course at a glance, as a picture (SVG): its measures and its texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from textwrap import shorten, wrap

from mesoplan.handout.pages import rendered
from mesoplan.handout.timeline import DAYS, Mark, Row, lanes, letters, rows
from mesoplan.languages import chosen, dates
from mesoplan.languages.language import Language
from mesoplan.languages.translating import visit_title
from mesoplan.plan.plan import Plan
from mesoplan.plan.visit import Expectation
from mesoplan.values.errors import Fault, PlanError
from mesoplan.values.given import given

_LINES = 3
"""The kinds of line that phases have; a fourth phase looks like the first."""
_NARROW = 480
_LETTER_WIDTH = 6.3
_MARGIN = 8.0
_LEGEND = ("planned", "moved", "attended", "tentative", "on_hold", "missed", "cancelled")
_NAMES = {"planned": "session"}
_NUMBERED = frozenset({"planned", "moved", "tentative"})


@dataclass(frozen=True)
class Picture:
    """The measures of a picture, and its texts."""

    plan: Plan
    language: Language
    width: int

    @property
    def is_narrow(self) -> bool:
        """Whether it is for a telephone: nothing is written into the marks."""
        return self.width < _NARROW

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The months."""
        return rows(self.plan)

    @cached_property
    def label(self) -> float:
        """The width of the months' names."""
        longest = max(len(self.month(row)) for row in self.rows)
        return 2 * _MARGIN + _LETTER_WIDTH * longest

    @property
    def cell(self) -> float:
        """The width of a day."""
        return (self.width - self.label - _MARGIN) / DAYS

    @property
    def radius(self) -> float:
        """The size of a mark."""
        return min(9.0, self.cell * 0.46)

    @cached_property
    def pitch(self) -> float:
        """The height of a month."""
        return 2 * self.radius + 9 + 6 * (max(lanes(self.plan), default=-1) + 1)

    @cached_property
    def tops(self) -> tuple[float, ...]:
        """Where each row begins; the last number is where all end."""
        heights = [self.pitch if row.length else 14.0 for row in self.rows]
        return tuple(accumulate(heights, initial=26.0))

    @cached_property
    def height(self) -> float:
        """The height of the picture."""
        return self.notes_top + 16 * len(self.notes) + 6

    @cached_property
    def notes_top(self) -> float:
        """Where the milestones are listed, below the key."""
        return self.tops[-1] + 22 * (self.key[-1][1] + 1) + 18

    def x(self, day: float) -> float:
        """Return where a day begins, measured from the left."""
        return self.across(self.label + (day - 1) * self.cell)

    def across(self, place: float) -> float:
        """Turn a distance from the side where reading begins into one from the left."""
        return self.width - place if self.language.direction == "rtl" else place

    def left(self, first: int, last: int) -> float:
        """Return the left edge of a stretch of days."""
        return min(self.x(first), self.x(last + 1))

    def line(self, number: int) -> str:
        """Name the kind of line that a phase has."""
        return f"line{number % _LINES}"

    @property
    def lines(self) -> tuple[str, ...]:
        """Every kind of line that a phase can have."""
        return tuple(map(self.line, range(_LINES)))

    def month(self, row: Row) -> str:
        """Name a row's month."""
        return dates.month(self.language, row.first)

    def told(self, mark: Mark) -> str:
        """Say what a mark stands for."""
        return "; ".join(
            f"{dates.day(self.language, visit.day)} {dates.clock(visit.start)}, "
            f"{visit_title(visit, self.language)}, {self.language.word(visit.status)}"
            for visit in mark.visits
        )

    def number(self, mark: Mark) -> str:
        """Return what is written into a mark: the number, if it is a single session to come."""
        fits = len(mark.visits) == 1 and not self.is_narrow and mark.status in _NUMBERED
        return str(mark.visits[0].number or "") if fits and mark.is_session else ""

    @cached_property
    def key(self) -> tuple[tuple[str, int, float, str], ...]:
        """What the marks mean: each with its line, its place on it, and its words."""
        found: list[tuple[str, int, float, str]] = []
        line, place = 0, _MARGIN
        for what, text in self._kinds():
            needs = 30 + _LETTER_WIDTH * len(text)
            if place > _MARGIN and place + needs > self.width:
                line, place = line + 1, _MARGIN
            found.append((what, line, place, text))
            place += needs
        return tuple(found)

    def _kinds(self) -> Iterator[tuple[str, str]]:
        """Yield what is in the picture, and its words; one phase alone needs none."""
        for kind in self._marked():
            yield kind, self.language.word(f"legend_{_NAMES.get(kind, kind)}")
        phases = {number for row in self.rows for number, _ in row.phases}
        for number in sorted(phases) if len(phases) > 1 else ():
            phase = self.plan.course.protocol.phases[number]
            name = self.language.text(phase.name)
            yield self.line(number), shorten(name, self._letters, placeholder="…")

    def _marked(self) -> Iterator[str]:
        marks = [mark for row in self.rows for mark in row.marks]
        seen = {mark.status for mark in marks}
        yield from (kind for kind in _LEGEND if kind in seen)
        if not all(mark.is_session for mark in marks):
            yield "review"
        closed = [stretch.away for row in self.rows for stretch in row.closed]
        yield from (name for name, away in (("closed", False), ("away", True)) if away in closed)

    @property
    def _letters(self) -> int:
        """How many letters a line holds, beside its sign."""
        return int((self.width - 40) / _LETTER_WIDTH)

    @cached_property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """The milestones, line by line; the letter stands on the first of each."""
        found: list[tuple[str, str]] = []
        for letter, one in letters(self.plan):
            text = f"{self.language.text(one.title)}: {span(self.language, one)}"
            lines = wrap(text, self._letters)
            found += [(letter if number == 0 else "", line) for number, line in enumerate(lines)]
        return tuple(found)

    @property
    def title(self) -> str:
        """What the picture is, in a few words."""
        course = self.language.text(self.plan.course.protocol.title)
        return f"{self.language.word('course')}: {course}"

    @property
    def description(self) -> str:
        """What the picture shows, for those who cannot see it."""
        say = self.language
        held = [visit for visit in self.plan.visits if not visit.lost]
        sessions = [visit for visit in held if visit.kind == "session"]
        ends = sessions or held or self.plan.visits
        others = [
            f"{visit_title(visit, say)} ({dates.short_day(say, visit.day)})"
            for visit in held
            if visit.kind != "session"
        ]
        values = {
            "sessions": dates.counted(say, "sessions", len(sessions)),
            "first": dates.short_day(say, ends[0].day),
            "last": dates.short_day(say, ends[-1].day),
        }
        if not others:
            return say.word("summary_alone", **values)
        return say.word("summary", **values, others=dates.listed(say, others))


def span(language: Language, one: Expectation) -> str:
    """Return a milestone's days; a line never breaks inside a date."""
    first, last = (dates.unbroken(dates.short_day(language, day)) for day in (one.first, one.last))
    return first if first == last else language.word("range", first=first, last=last)


_WIDTHS = range(280, 2001)


def to_svg(plan: Plan, *, language: str | Language = "en", width: int = 720) -> str:
    """Return the timeline of a plan as an SVG picture: a row a month, a mark a visit.

    Sessions are discs, reviews diamonds; what was attended, moved, missed or cancelled differs in
    shape and not only in colour. It has a title and a description for those who cannot see it, is
    dark where the viewer is, and needs the extra `handout`. The same plan gives the same text.

    Args:
        plan: The plan to draw.
        language: A language's code, or a `Language` of your own.
        width: In units of about a pixel, 280 to 2000; below 480 it is drawn for a telephone.

    Raises:
        PlanError: The plan has no visits, or the width is out of bounds.
        MesoplanError: The language is not known, or the extra is not installed.

    """
    return drawn(plan, chosen(language), width=width, prefix="t")


def drawn(plan: Plan, language: Language, *, width: int, prefix: str) -> str:
    """Draw the picture; `prefix` begins its ids, which a page with two pictures keeps apart."""
    given(plan, Plan, "plan")
    if not plan.visits:
        raise PlanError(
            Fault("visits", "are none; there is nothing to draw", code="nothing-to-show")
        )
    if width not in _WIDTHS:
        raise PlanError(
            Fault("width", "is no whole number from 280 to 2000", str(width), code="out-of-range")
        )
    return rendered("timeline.svg", pic=Picture(plan, language, width), id=prefix)
