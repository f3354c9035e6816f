"""What to do around a session and when to call, as short lines in a patient's language."""

from collections.abc import Iterator

from mesoplan.languages.dates import length
from mesoplan.languages.language import Language
from mesoplan.protocol.care import Advice
from mesoplan.protocol.protocol import Protocol

KINDS = {"prepare": "before", "avoid": "avoid", "do": "do"}
"""A kind of advice, and the word that heads it."""


def around_session(protocol: Protocol, language: Language) -> Iterator[str]:
    """Yield headings and titles: before a session, after it, and when to call."""
    for kind, heading in KINDS.items():
        lines = [_line(advice, language) for advice in protocol.advice if advice.kind == kind]
        yield from _headed(language.word(heading), lines, language)
    for urgency in ("urgent", "call"):
        flags = [flag.title for flag in protocol.red_flags if flag.urgency == urgency]
        titles = [language.text(title) for title in flags]
        yield from _headed(language.word(urgency), titles, language)


def lasting(advice: Advice, language: Language) -> str:
    """Return how long something is avoided, or from when on it may be done; "" if not known."""
    since = length(language, advice.since) if advice.since.length > 0 else ""
    until = length(language, advice.until) if advice.until and advice.kind == "avoid" else ""
    if since and until:
        return language.word("between", low=since, high=until)
    if since:
        return language.word("starting", time=since)
    return language.word("lasting", time=until) if until else ""


def _line(advice: Advice, language: Language) -> str:
    time = lasting(advice, language)
    title = language.text(advice.title)
    return f"{title} ({time})" if time else title


def _headed(heading: str, lines: list[str], language: Language) -> Iterator[str]:
    if lines:
        yield language.word("heading", title=heading)
        yield from (f"- {line}" for line in lines)
