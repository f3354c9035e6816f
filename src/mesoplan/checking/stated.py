"""What titles and summaries say about rhythms and counts, held against the numbers.

Only plain phrases are understood: "weekly", "every 3 weeks", "twice a week", "16 sessions". What is
ambiguous ("biweekly") or not understood is left alone.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, groupby, pairwise

from mesoplan.protocol.phase import Phase
from mesoplan.protocol.protocol import Protocol
from mesoplan.scheduling.undated import Undated, counted_to
from mesoplan.values.errors import Fault

_ONES = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = {
    "other": 2,
    "twice": 2,
    "thrice": 3,
    **{word: number for number, word in enumerate(_ONES, 1)},
    **{word: number for number, word in zip(range(20, 100, 10), _TENS, strict=True)},
}
_COUNTED = (
    rf"(?:(?<![0-9][.,])\b[0-9]{{1,3}}|\b(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES[:9])}))?\b"
    rf"|(?<!ty-)(?<!ty )\b(?:{'|'.join(_ONES)})\b)"
)
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
_DAYS = {"dai": (1, 1), "day": (1, 1), "week": (7, 7), "month": (28, 31), "year": (364, 366)}
_RHYTHM = re.compile(
    rf"(?P<often>\b(?:twice|thrice)|(?:(?P<least>{_COUNTED}) to )?(?P<most>{_COUNTED})[ -]"
    rf"(?:times|(?P<things>{_THINGS})))(?:(?:/|[ -](?:an?|per|each|every)[ -])(?P<per>day|week|month|year)"
    r"|[ -](?P<per_ly>dai|week|month|year)ly)\b(?! apart)"
    rf"|\bevery[ -](?:(?P<number>{_COUNTED}|other)[ -])?(?P<unit>day|week|month|year)s?\b"
    rf"|(?P<by>{_COUNTED})(?P<hyphen>[ -])(?P<unit_by>dai|week|month|year)ly\b"
    rf"|(?<!\bbi.)(?<!\bsemi.)(?<!\btri.)(?<!\bhalf.)\b(?P<adverb>{'|'.join(_ADVERBS)})\b"
)
_SESSIONS = re.compile(
    r"(?<!first )(?<!last )(?<!next )(?<!every )(?<!each )(?<!other )(?<!further )"
    rf"(?P<low>{_COUNTED})(?:(?: to | or |-)(?P<high>{_COUNTED}))?"
    r"(?: (?P<adverb>(?:dai|week|month|year)ly))? (?:sessions|treatments|injections|doses)\b"
    r"(?!/| (?:an?|per|each|every|on|at|together|of [0-9]+|in (?:each|one|the)|(?:dai|week|month|year)ly)\b)"
)


@dataclass(frozen=True, slots=True)
class _Meaning:
    """One reading of a rhythm in words: `few` to `many` sessions in so many units."""

    few: int
    many: int
    units: int
    unit: str

    def holds(self, lengths: Iterable[float]) -> bool:
        """Say whether one of these distances in days is such a rhythm."""
        low, high = (self.units * days for days in _DAYS[self.unit])
        return any(low / self.many <= length <= high / self.few for length in lengths)

    def fits(self, phase: Phase) -> bool:
        """Say whether a phase may be said to have this rhythm."""
        counts = range(self.few, self.many + 1)
        return any(self.holds(_lengths(phase, count)) for count in counts)


def rhythm_not_as_said(laid: Undated) -> Iterator[Fault]:
    """A rhythm that a title, an id or the summary states is one that the protocol has.

    "Weekly" is seven days, "monthly" 28 to 31, "twice a week" two places in seven days. Ours.

    To mend it, correct the words or the numbers.
    """
    protocol = laid.protocol
    reviews = _review_lengths(protocol)
    yield from _unmatched("id", protocol.id.replace("-", " "), protocol.phases)
    yield from _unmatched("title", protocol.title, protocol.phases)
    yield from _unmatched("summary", protocol.summary or "", protocol.phases, reviews)
    for index, phase in enumerate(protocol.phases):
        yield from _unmatched(f"phases.{index}.id", phase.id.replace("-", " "), [phase])
        yield from _unmatched(f"phases.{index}.title", phase.title or "", [phase])


def _unmatched(
    path: str, text: str, phases: Iterable[Phase], besides: Iterable[float] = ()
) -> Iterator[Fault]:
    for words, meanings in _said(text):
        if not any(m.holds(besides) or any(map(m.fits, phases)) for m in meanings):
            remedy = "correct the words or the numbers"
            yield Fault(path, f'says "{words}", which no rhythm here is', remedy=remedy)


def _said(text: str) -> Iterator[tuple[str, list[_Meaning]]]:
    """Yield each rhythm in words with what it may mean.

    "Five weekly doses" may be five of them or one in five weeks, "five doses weekly" five a week or
    five in all; "five-weekly" and "five a week" are plain.
    """
    for found in _RHYTHM.finditer(text.lower()):
        if found["often"]:
            yield found[0], _often(found)
        elif found["adverb"]:
            number, unit = _ADVERBS[found["adverb"]]
            yield found[0], [_Meaning(1, 1, number, unit)]
        else:
            number = _number(found["number"] or found["by"] or "one")
            unit = found["unit"] or found["unit_by"]
            numbers = {number, 1} if found["hyphen"] == " " else {number}
            yield found[0], [_Meaning(1, 1, units, unit) for units in sorted(numbers)]


def _often(found: re.Match[str]) -> list[_Meaning]:
    """Read "twice a week", "three to five times a week", "two doses monthly"."""
    unit = found["per"] or found["per_ly"]
    many = _number(found["most"] or found["often"])
    few = _number(found["least"]) if found["least"] else many
    plain = [_Meaning(min(few, many), many, 1, unit)]
    return [*plain, _Meaning(1, 1, 1, unit)] if found["things"] and found["per_ly"] else plain


def _number(word: str) -> int:
    """Read a number in digits or in words, up to ninety-nine."""
    parts = word.replace("-", " ").split()
    return int(word) if word.isdigit() else sum(_NUMBERS[part] for part in parts)


def _lengths(phase: Phase, count: int) -> Iterator[float]:
    """Yield the mean days from session to session over `count` of them, by every way of counting."""
    yield from (span / count for span in _spans(phase, count))
    whole = phase.every.length if phase.every else 7.0 if phase.weekdays else 0.0
    if count in {1, max(len(phase.weekdays), 1) * max(len(phase.offsets), 1)}:
        yield whole / count
    single = phase.starts.offset if phase.starts else None
    for period in (single, phase.min_interval, phase.max_interval):
        if period:
            yield period.length


def _spans(phase: Phase, count: int) -> Iterator[float]:
    """Yield the days that `count` steps take, from each place of the rhythm; a list has an end."""
    around = [gap.mean for gap in phase.gaps]
    reach = [0.0, *accumulate(around)]
    for first in range(len(around)):
        rounds, rest = divmod(first + count, len(around))
        if not phase.at or first + count <= len(around):
            yield round(rounds * reach[-1] + reach[rest] - reach[first], 6)


def _review_lengths(protocol: Protocol) -> list[float]:
    offsets = [review.at.offset.length for review in protocol.reviews]
    return [*offsets, *(abs(later - earlier) for earlier, later in pairwise(offsets))]


def count_not_as_said(laid: Undated) -> Iterator[Fault]:
    """A number of sessions that a title, an id or the summary states is one that the protocol has.

    It may be the count of a phase, of some phases in a row, of a run of equal distances or of one step
    of a rhythm, an end of a published range, or the number of treatments side by side. Ours.

    To mend it, correct the words or the numbers.
    """
    protocol = laid.protocol
    known = _counts(laid)
    texts = [("id", protocol.id), ("title", protocol.title), ("summary", protocol.summary or "")]
    phases = [(f"phases.{i}.title", phase.title or "") for i, phase in enumerate(protocol.phases)]
    for path, text in texts + phases:
        for found in _SESSIONS.finditer(text.lower()):
            if known.isdisjoint(_numbers_said(found)) and not _is_rhythm(found, protocol):
                remedy = "correct the words or the numbers"
                yield Fault(path, f'says "{found[0]}", which no phase has', remedy=remedy)


def _numbers_said(found: re.Match[str]) -> range:
    low = _number(found["low"])
    return range(low, _number(found["high"] or found["low"]) + 1)


def _is_rhythm(found: re.Match[str], protocol: Protocol) -> bool:
    """Say whether "five weekly doses" is one every five weeks."""
    if not found["adverb"]:
        return False
    unit = found["adverb"].removesuffix("ly")
    every = _Meaning(1, 1, _number(found["low"]), unit)
    return any(map(every.fits, protocol.phases))


def _counts(laid: Undated) -> set[int]:
    protocol = laid.protocol
    counts = [0 if phase.is_open else len(laid[phase.id].moments) for phase in protocol.phases]
    runs = {sum(counts[i:j]) for i in range(len(counts)) for j in range(i + 1, len(counts) + 1)}
    ranges = {n for phase in protocol.phases for n in (phase.min_sessions, phase.max_sessions) if n}
    inside = {len(phase.offsets) * max(len(phase.weekdays), 1) for phase in protocol.phases}
    labels = {len({phase.label for phase in protocol.phases})}
    anchored = {anchor.number for anchor in protocol.anchors()}
    return runs | ranges | inside | labels | anchored | _evenly(laid)


def _evenly(laid: Undated) -> set[int]:
    """Count the sessions of each run of equal distances in the whole course.

    Of an open phase only those count that an anchor counts to; it has no number of its own.
    """
    moments: list[datetime] = []
    for phase in laid.protocol.phases:
        most = counted_to(laid.protocol, phase) if phase.is_open else None
        moments += laid[phase.id].moments[:most]
    apart = (later - earlier for earlier, later in pairwise(sorted(moments)))
    return {1 + len(list(run)) for _, run in groupby(apart)}
