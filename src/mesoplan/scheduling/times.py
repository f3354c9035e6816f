"""What time of day a visit gets, once its day is known. All in minutes after midnight."""

from collections.abc import Iterator, Sequence
from datetime import time as LocalTime  # noqa: N812 - a time of day
from typing import NamedTuple

from mesoplan.clinic.clinic import Stretches
from mesoplan.plan.reason import Reason, ReasonCode
from mesoplan.scheduling.days import Days
from mesoplan.scheduling.room import Pieces, are_free, fit, fit_pieces, pieces_of

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
        self._kept: list[tuple[Stay, int, Pieces]] = []

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
        """Enter a block of visits on one day, and return their times.

        A block is a session between the reviews joined to it, or sessions hours apart. `leading` is
        the one whose announced time counts; the last, where none is named.
        """
        first, leading = block[0], leading or block[-1]
        pieces = pieces_of((stay.wished - first.wished, stay.minutes) for stay in block)
        spans, taken = self._open(first.day, pieces), self._near(first.day, sum(pieces[-1]))
        wished, announced = first.wished, leading.announced
        kept = None if announced is None else announced - (leading.wished - wished)
        starts = nearest = fit_pieces(spans, wished, pieces, taken)
        if kept not in {None, wished} and are_free(spans, kept, pieces, taken):
            starts = [kept + after for after, _ in pieces]
            self._kept.append((first, kept, pieces))
        as_wished = nearest is not None and nearest[0] == wished
        reasons = self._reasons(first, pieces, starts, as_wished=as_wished)
        begins = starts or [wished + after for after, _ in pieces]
        found = {}
        for stay in block:
            after = stay.wished - wished
            number = max(n for n, (begun, _) in enumerate(pieces) if begun <= after)
            since = after - pieces[number][0]
            self.take(stay.day, begins[number] + since, stay.minutes)
            found[stay.key] = Timed(begins[number] + since, None if since else reasons[number])
        return found

    def kept_while_taken(self) -> Iterator[tuple[str, Timed]]:
        """Yield each block that keeps its announced time, where the wished one is taken by now."""
        for first, start, pieces in self._kept:
            own = [(start + after, start + after + lasts) for after, lasts in pieces]
            others = [
                stay
                for stay in self._near(first.day, sum(pieces[-1]))
                if not any(begun <= stay[0] < end for begun, end in own)
            ]
            if not are_free(self._open(first.day, pieces), first.wished, pieces, others):
                reason = self._reason(first.day, first.wished, start, pieces)
                yield first.key, Timed(start, reason)

    def _open(self, day: int, pieces: Pieces) -> Stretches:
        return self._days.spans(day, sum(pieces[-1]))

    def _reasons(
        self, first: Stay, pieces: Pieces, starts: Sequence[int] | None, *, as_wished: bool
    ) -> list[Reason | None]:
        """Return why each piece of a block does not begin when it was wished for."""
        wished = first.wished
        if starts is None:
            return [Reason(code="day-full", wished=_clock(wished + after)) for after, _ in pieces]
        found = [None if as_wished else self._reason(first.day, wished, starts[0], pieces)]
        for (after, lasts), start in zip(pieces[1:], starts[1:], strict=True):
            asked, piece = starts[0] + after, ((0, lasts),)
            found.append(None if start == asked else self._reason(first.day, asked, start, piece))
        return found

    def _reason(self, day: int, wished: int, start: int, pieces: Pieces) -> Reason:
        """Return why pieces begin at another time than was wished for."""
        inside = are_free(self._open(day, pieces), wished, pieces, ())
        code: ReasonCode = "taken" if inside else "outside-hours"
        return Reason(code=code, wished=_clock(wished), time=_clock(start))

    def has_room(self, day: int, wished: int, minutes: int) -> bool:
        """Whether a visit fits somewhere into a day."""
        spans, taken = self._days.spans(day, minutes), self._near(day, minutes)
        return fit(spans, wished, minutes, taken) is not None


def _clock(minutes: int) -> LocalTime:
    return LocalTime(minutes // 60 % 24, minutes % 60)
