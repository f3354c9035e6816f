"""The handout: a self-contained page to print or to read on a telephone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mesoplan.care.around import KINDS, lasting
from mesoplan.handout.pages import marked, rendered
from mesoplan.handout.picture import drawn, span
from mesoplan.handout.timeline import letters
from mesoplan.languages import chosen, dates
from mesoplan.languages.language import Language
from mesoplan.languages.translating import language_findings, visit_title
from mesoplan.plan.plan import Plan
from mesoplan.plan.visit import AtHome, Expectation, Visit
from mesoplan.protocol.care import Advice, Effect, RedFlag
from mesoplan.values.period import Period

if TYPE_CHECKING:
    from markupsafe import Markup

_WIDE, _NARROW = 720, 340


def to_html(plan: Plan, *, language: str | Language = "en") -> str:
    """Return a plan as one self-contained page for the patient: printable, accessible, no scripts.

    It holds the course as a picture, the dated visits, what to do around a session, what is usual,
    when to call and whom. It refers to nothing outside itself, prints on A4, fits a telephone, and is
    dark where the reader's screen is. Texts that the language lacks are in English, marked as such,
    and the page says so; so it does when no health professional has reviewed the language. Needs the
    extra `handout`. The same plan gives the same text.

    Args:
        plan: The plan to show.
        language: A language's code (`languages.names()`), or a `Language` of your own.

    Raises:
        PlanError: The plan has no visits.
        MesoplanError: The language is not known, or the extra is not installed.

    """
    spoken = chosen(language)
    wide = drawn(plan, spoken, width=_WIDE, prefix="wide")
    narrow = drawn(plan, spoken, width=_NARROW, prefix="narrow")
    handout = Handout(plan, spoken)
    return rendered("handout.html", page=handout, wide=marked(wide), narrow=marked(narrow))


@dataclass(frozen=True)
class Handout:
    """What stands on the page, in a language."""

    plan: Plan
    language: Language

    def say(self, text: str) -> "str | Markup":
        """Return a text of the protocol, marked as English where it has no translation."""
        if self.language.knows(text):
            return self.language.text(text)
        return _in_english(text)

    def word(self, name: str, **values: object) -> str:
        """Return one of our words."""
        return self.language.word(name, **values)

    def title(self, visit: Visit) -> "str | Markup":
        """Name a visit; a line never breaks inside "5 of 16"."""
        title = visit_title(visit, self.language, unbroken=True)
        return title if self.language.knows(visit.name) else _in_english(title)

    def day(self, visit: Visit) -> str:
        """Return the day of a visit with its weekday; a line breaks only between the two."""
        date = dates.short_day(self.language, visit.day)
        return dates.day(self.language, visit.day).replace(date, dates.unbroken(date))

    def clock(self, visit: Visit) -> str:
        """Return the time of day at which a visit begins."""
        return dates.clock(visit.start)

    def minutes(self, visit: Visit) -> str:
        """Say how long a visit lasts."""
        return dates.length(self.language, Period(minutes=visit.minutes))

    def looks_at(self, visit: Visit) -> "str | Markup":
        """Return what a review to come looks at, or "" for any other visit."""
        for review in self.plan.course.protocol.reviews:
            if review.id == visit.review and review.looks_at and visit.upcoming:
                return self.say(review.looks_at)
        return ""

    def notes(self, visit: Visit) -> Iterator[str]:
        """Yield what is to be known of a visit beside its day: its status, or that it has moved."""
        if visit.status != "planned":
            yield self.word(visit.status)
        if visit.upcoming and visit.day != visit.target:
            yield self.word("instead_of", day=dates.day(self.language, visit.target))
        if visit.place == "home":
            yield self.word("at_home")

    @property
    def milestones(self) -> "Iterator[tuple[str, Expectation, str]]":
        """The milestones, each with its letter and its days."""
        for letter, one in letters(self.plan):
            yield letter, one, span(self.language, one)

    @property
    def at_home(self) -> "Iterator[tuple[AtHome, str]]":
        """The treatment at home, each with its days; an open end stays open."""
        for one in self.plan.at_home:
            first = dates.day(self.language, one.first)
            last = "" if one.last is None else dates.day(self.language, one.last)
            yield one, f"{first} – {last}".rstrip()

    @property
    def advice(self) -> Iterator[tuple[str, list[tuple[Advice, str]]]]:
        """What to do before and after a session, under its headings, each with its time."""
        for kind, heading in KINDS.items():
            found = [one for one in self.plan.course.protocol.advice if one.kind == kind]
            if found:
                yield self.word(heading), [(one, lasting(one, self.language)) for one in found]

    @property
    def flags(self) -> Iterator[tuple[str, str, list[RedFlag]]]:
        """The red flags, the urgent ones first, under what to do."""
        for urgency in ("urgent", "call"):
            found = [one for one in self.plan.course.protocol.red_flags if one.urgency == urgency]
            if found:
                yield urgency, self.word(urgency), found

    def usual(self, effect: Effect) -> str:
        """Say how long an effect usually lasts."""
        high = dates.length(self.language, effect.usual_max)
        if effect.usual_min is None or effect.usual_min == effect.usual_max:
            return self.word("usual_most", high=high)
        low = dates.length(self.language, effect.usual_min)
        return self.word("usual_range", low=low, high=high)

    @property
    def remarks(self) -> Iterator[str]:
        """What the reader should know of the page itself."""
        yield self.word("local_times", zone=self.plan.clinic.timezone)
        made = self.plan.as_of.astimezone(self.plan.clinic.zone).date()
        yield self.word("made_on", day=dates.short_day(self.language, made))
        yield self.word("not_advice")
        codes = {one.code for one in language_findings(self.plan.course.protocol, self.language)}
        if "untranslated" in codes:
            yield self.word("partly_english")
        if "unreviewed-translation" in codes:
            yield self.word("not_reviewed")


def _in_english(text: str) -> "Markup":
    return marked('<span lang="en" dir="ltr">{}</span>', text)
