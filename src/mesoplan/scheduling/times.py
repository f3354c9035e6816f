"""What time of day a visit gets, once its day is known. All in minutes after midnight."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import time as LocalTime  # noqa: N812 - a time of day
from typing import NamedTuple

from mesoplan.clinic.clinic import Stretches
from mesoplan.plan.reason import Reason, ReasonCode
from mesoplan.scheduling.days import Days

_A_DAY = 24 * 60


class Stay(NamedTuple):
    """A visit on its day that still needs its time."""

    key: str
    day: int
    wished: int
    minutes: int
    announced: int | None = None
    """When it begins in the plan that is out, where it keeps its day."""


class Timed(NamedTuple):
    """When a visit begins, and why not when it was wished for."""

    start: int
    reason: Reason | None = None


class Diary:
    """The stretches of each day that the person's visits take."""

    def __init__(self, days: Days) -> None:
        """Open an empty one."""
        self._days = days
        self._taken: dict[int, list[tuple[int, int]]] = {}
        self._kept: list[tuple[Stay, int, int]] = []

    def take(self, day: int, start: int, minutes: int) -> None:
        """Enter a visit whose time is no longer open, on each day that it reaches."""
        for passed in range(1 + (start + minutes - 1) // _A_DAY):
            begun = start - passed * _A_DAY
            self._taken.setdefault(day + passed, []).append((begun, begun + minutes))

    def _near(self, day: int, minutes: int) -> list[tuple[int, int]]:
        """Return what is taken on a day, and on those that a visit of so many minutes may reach."""
        reached = range(1 + -(-minutes // _A_DAY))
        return [
            (begun + ahead * _A_DAY, end + ahead * _A_DAY)
            for ahead in reached
            for begun, end in self._taken.get(day + ahead, ())
        ]

    def enter(self, block: Sequence[Stay], leading: Stay | None = None) -> dict[str, Timed]:
        """Enter a block of visits on one day, and return their times; their distances are kept.

        A block is a session between the reviews joined to it, or sessions hours apart. `leading` is
        the one whose announced time counts; the last, where none is named.
        """
        first, last = block[0], block[-1]
        leading = leading or last
        length = last.wished + last.minutes - first.wished
        spans, taken = self._days.spans(first.day, length), self._near(first.day, length)
        wished, announced = first.wished, leading.announced
        kept = None if announced is None else announced - (leading.wished - wished)
        start = nearest = fit(spans, wished, length, taken)
        if kept not in {None, wished} and fit(spans, kept, length, taken) == kept:
            start = kept
            self._kept.append((first, start, length))
        reason = None if nearest == wished else self._reason(first, wished, start, length)
        shift = 0 if start is None else start - wished
        found = {}
        for stay in block:
            at = stay.wished + shift
            self.take(stay.day, at, stay.minutes)
            found[stay.key] = Timed(at, reason if stay is first else None)
        return found

    def kept_while_taken(self) -> Iterator[tuple[str, Timed]]:
        """Yield each block that keeps its announced time, where the wished one is taken by now."""
        for first, start, length in self._kept:
            taken = self._near(first.day, length)
            others = [stay for stay in taken if not start <= stay[0] < start + length]
            spans = self._days.spans(first.day, length)
            if fit(spans, first.wished, length, others) != first.wished:
                yield first.key, Timed(start, self._reason(first, first.wished, start, length))

    def _reason(self, first: Stay, wished: int, start: int | None, length: int) -> Reason:
        """Return why a block does not begin when it was wished for."""
        if start is None:
            return Reason(code="day-full", wished=_clock(wished))
        spans = self._days.spans(first.day, length)
        inside = any(opens <= wished and wished + length <= closes for opens, closes in spans)
        code: ReasonCode = "taken" if inside else "outside-hours"
        return Reason(code=code, wished=_clock(wished), time=_clock(start))

    def has_room(self, day: int, wished: int, minutes: int) -> bool:
        """Whether a visit fits somewhere into a day."""
        spans, taken = self._days.spans(day, minutes), self._near(day, minutes)
        return fit(spans, wished, minutes, taken) is not None


def _clock(minutes: int) -> LocalTime:
    return LocalTime(minutes // 60 % 24, minutes % 60)


def fit(spans: Stretches, wished: int, length: int, taken: Iterable[tuple[int, int]]) -> int | None:
    """Return the start nearest to the wished one, the later of two, or None if the day has no room.

    The whole length lies inside one stretch of opening time and overlaps nothing that is taken.
    """
    taken = list(taken)
    if _is_free(spans, wished, length, taken):
        return wished
    starts = [
        start
        for span in spans
        for start in _starts(span, wished, length, taken)
        if all(start + length <= begun or end <= start for begun, end in taken)
    ]
    return min(starts, key=lambda start: (abs(start - wished), -start), default=None)


def _is_free(spans: Stretches, wished: int, length: int, taken: list[tuple[int, int]]) -> bool:
    until = wished + length
    for begun, end in taken:
        if begun < until and wished < end:
            return False
    return any(opens <= wished and until <= closes for opens, closes in spans)


def _starts(
    span: tuple[int, int], wished: int, length: int, taken: list[tuple[int, int]]
) -> Iterator[int]:
    """Yield the starts worth trying: as wished, at the ends of the span, beside what is taken."""
    first, last = span[0], span[1] - length
    if first <= last:
        yield min(max(wished, first), last)
        for begun, end in taken:
            yield from (start for start in (begun - length, end) if first <= start <= last)
