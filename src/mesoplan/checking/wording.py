"""What titles and summaries say about rhythms and counts, held against the numbers.

Only plain phrases are understood: "weekly", "every 3 weeks", "twice a week", "16 sessions". What is
ambiguous ("biweekly") or not understood is left alone.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from mesoplan.checking.outline import gaps, outline
from mesoplan.errors import Fault
from mesoplan.phase import Phase
from mesoplan.protocol import Protocol

_NUMBERS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    "twenty",
)
_COUNTED = rf"\b[0-9]{{1,3}}|\b(?:{'|'.join(_NUMBERS)})"
_THINGS = "(?:sessions?|treatments?|injections?|doses?)"
_ADVERBS = {
    "daily": (1, "day"),
    "weekly": (1, "week"),
    "fortnightly": (2, "week"),
    "monthly": (1, "month"),
    "quarterly": (3, "month"),
    "yearly": (1, "year"),
    "annually": (1, "year"),
}
_TIMES = {"other": 2, "twice": 2, "thrice": 3}
_DAYS = {"day": (1, 1), "week": (7, 7), "month": (28, 31), "year": (364, 366)}
_RHYTHM = re.compile(
    rf"(?P<often>\btwice|\bthrice|(?:(?P<least>{_COUNTED}) to )?(?P<most>{_COUNTED}) (?:times|{_THINGS}))"
    r"[ -](?:an? |per )?(?P<per>day|week|month)(?:ly)?\b(?! apart)"
    rf"|\bevery[ -](?:(?P<number>{_COUNTED}|other)[ -])?(?P<unit>day|week|month|year)s?\b"
    rf"|(?P<by>{_COUNTED})-(?P<unit_by>week|month)ly\b"
    rf"|\b(?P<adverb>{'|'.join(_ADVERBS)})\b"
)
_SESSIONS = re.compile(
    rf"(?P<low>{_COUNTED})(?:(?: to | or |-)(?P<high>{_COUNTED}))?"
    r"(?: (?:weekly|monthly|daily))? (?:sessions|treatments|injections|doses)\b(?! (?:an?|per|each|on) )"
)


def rhythm_not_as_said(protocol: Protocol) -> Iterator[Fault]:
    """A rhythm that a title, an id or the summary states is one that the protocol has.

    "Weekly" is seven days, "monthly" 28 to 31, "twice a week" two places in seven days. Ours.
    """
    every = [length for phase in protocol.phases for length in _lengths(phase)]
    around = [*every, *_review_lengths(protocol)]
    for path, text in (("id", protocol.id), ("title", protocol.title)):
        yield from _unmatched(path, text, every)
    yield from _unmatched("summary", protocol.summary or "", around)
    for index, phase in enumerate(protocol.phases):
        for path, text in (("id", phase.id), ("title", phase.title or "")):
            yield from _unmatched(f"phases.{index}.{path}", text, _lengths(phase))


def _unmatched(path: str, text: str, lengths: Iterable[float]) -> Iterator[Fault]:
    for words, low, high in _said(text):
        if not any(low <= length <= high for length in lengths):
            remedy = "correct the words or the numbers"
            yield Fault(path, f'says "{words}", which no rhythm here is', remedy=remedy)


def _said(text: str) -> Iterator[tuple[str, float, float]]:
    """Yield each rhythm in words with the days that it may mean, from and to."""
    for found in _RHYTHM.finditer(text.lower()):
        few, many, number = 1, 1, 1
        unit = found["unit"] or found["unit_by"] or found["per"]
        if found["often"]:
            many = _number(found["most"] or found["often"])
            few = _number(found["least"]) if found["least"] else many
        elif found["adverb"]:
            number, unit = _ADVERBS[found["adverb"]]
        else:
            number = _number(found["number"] or found["by"] or "one")
        low, high = _DAYS[unit]
        yield found[0], number * low / many, number * high / few


def _number(word: str) -> int:
    if word in _TIMES:
        return _TIMES[word]
    return int(word) if word.isdigit() else _NUMBERS.index(word) + 1


def _lengths(phase: Phase) -> list[float]:
    """Give every length in days by which one may call the rhythm of a phase."""
    whole = [phase.every.length] if phase.every else [7.0] if phase.weekdays else []
    places = max(len(phase.weekdays), 1) * max(len(phase.offsets), 1)
    single = phase.starts.offset if phase.starts else None
    span = [single, phase.min_interval, phase.max_interval]
    return [*gaps(phase), *whole, *(w / places for w in whole), *(p.length for p in span if p)]


def _review_lengths(protocol: Protocol) -> list[float]:
    offsets = [review.at.offset.length for review in protocol.reviews]
    return [*offsets, *(abs(later - earlier) for earlier, later in pairwise(offsets))]


def count_not_as_said(protocol: Protocol) -> Iterator[Fault]:
    """A number of sessions that a title, an id or the summary states is one that the protocol has.

    It may be the count of a phase, of some phases in a row, or an end of a published range. Ours.
    """
    known = _counts(protocol)
    texts = [("id", protocol.id), ("title", protocol.title), ("summary", protocol.summary or "")]
    phases = [(f"phases.{i}.title", phase.title or "") for i, phase in enumerate(protocol.phases)]
    for path, text in texts + phases:
        for found in _SESSIONS.finditer(text.lower()):
            low = _number(found["low"])
            said = range(low, _number(found["high"] or found["low"]) + 1)
            if known.isdisjoint(said):
                remedy = "correct the words or the numbers"
                yield Fault(path, f'says "{found[0]}", which no phase has', remedy=remedy)


def _counts(protocol: Protocol) -> set[int]:
    laid = outline(protocol)
    counts = [0 if phase.is_open else len(laid[phase.id].moments) for phase in protocol.phases]
    runs = {sum(counts[i:j]) for i in range(len(counts)) for j in range(i + 1, len(counts) + 1)}
    ranges = {n for phase in protocol.phases for n in (phase.min_sessions, phase.max_sessions) if n}
    return runs | ranges | {anchor.number for anchor in protocol.anchors()}
