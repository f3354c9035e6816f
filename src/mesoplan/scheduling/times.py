"""What time of day a visit gets, once its day is known. All in minutes after midnight."""

from collections.abc import Iterator, Sequence
from datetime import time as LocalTime  # noqa: N812 - a time of day
from typing import NamedTuple

from mesoplan.clinic.clinic import Stretches
from mesoplan.plan.intervals import excluded
from mesoplan.plan.reason import Reason, ReasonCode
from mesoplan.protocol.phase import Phase
from mesoplan.scheduling.days import Days
from mesoplan.scheduling.room import (
    Leeway,
    Piece,
    Pieces,
    Taken,
    are_free,
    fit,
    fit_pieces,
    keep_bounds,
    pieces_of,
)

_A_DAY = 24 * 60


class Stay(NamedTuple):
    """A visit on its day that still needs its time."""

    key: str
    day: int
    wished: int
    minutes: int
    announced: int | None = None
    """When it begins in the plan that is out, where it keeps its day."""
    leeway: Leeway | None = None
    """How far it may leave its distance from the session before it; None for what goes with another."""
    phase: Phase | None = None
    """The phase of a session."""


class Timed(NamedTuple):
    """When a visit begins, and why not when it was wished for."""

    start: int
    reason: Reason | None = None


class Diary:
    """The stretches of each day that the person's visits take."""

    def __init__(self, days: Days) -> None:
        """Open an empty one."""
        self._days = days
        self._taken: dict[int, list[tuple[int, int, Phase | None]]] = {}
        self._kept: list[tuple[Stay, int, Pieces]] = []

    def take(self, day: int, start: int, minutes: int, phase: Phase | None = None) -> None:
        """Enter a visit whose time is no longer open, on each day that it reaches.

        What belongs to a phase takes nothing from one that excludes it (M5).
        """
        for passed in range(1 + (start + minutes - 1) // _A_DAY):
            begun = start - passed * _A_DAY
            self._taken.setdefault(day + passed, []).append((begun, begun + minutes, phase))

    def _near(self, day: int, minutes: int, phase: Phase | None) -> list[tuple[int, int]]:
        """Return what is taken on a day, and on those that a visit of so many minutes may reach.

        Of two phases that exclude each other only one takes place.
        """
        reached = range(1 + -(-minutes // _A_DAY))
        return [
            (begun + ahead * _A_DAY, end + ahead * _A_DAY)
            for ahead in reached
            for begun, end, other in self._taken.get(day + ahead, ())
            if phase is None or other is None or not excluded(phase, other)
        ]

    def enter(
        self, block: Sequence[Stay], leading: Stay | None = None, apart: Taken = ()
    ) -> dict[str, Timed]:
        """Enter a block of visits on one day, and return their times.

        A block is a session between the reviews joined to it, or sessions hours apart. `leading` is
        the one whose announced time counts; the last, where none is named. `apart` is what this block
        keeps free, and others need not.
        """
        first, leading = block[0], leading or block[-1]
        wished = first.wished
        pieces = pieces_of(Piece(s.wished - wished, s.minutes, s.leeway) for s in block)
        spans = self._open(first.day, pieces)
        taken = [*self._near(first.day, pieces[-1].ends, leading.phase), *apart]
        starts = nearest = fit_pieces(spans, wished, pieces, taken)
        kept = _announced(block, leading, pieces)
        if kept and are_free(spans, kept, pieces, taken):
            starts = kept
            if kept[0] != wished:
                self._kept.append((first._replace(phase=leading.phase), kept[0], pieces))
        reasons = self._reasons(first, pieces, starts, nearest)
        begins = starts or _from(wished, pieces)
        found = {}
        for stay in block:
            after = stay.wished - wished
            number = max(n for n, piece in enumerate(pieces) if piece.after <= after)
            since = after - pieces[number].after
            self.take(stay.day, begins[number] + since, stay.minutes, leading.phase)
            found[stay.key] = Timed(begins[number] + since, None if since else reasons[number])
        return found

    def kept_while_taken(self) -> Iterator[tuple[str, Timed]]:
        """Yield each block that keeps its announced time, where the wished one is taken by now."""
        for first, start, pieces in self._kept:
            own = [(start + piece.after, start + piece.ends) for piece in pieces]
            others = [
                stay
                for stay in self._near(first.day, pieces[-1].ends, first.phase)
                if not any(begun <= stay[0] < end for begun, end in own)
            ]
            asked = _from(first.wished, pieces)
            if not are_free(self._open(first.day, pieces), asked, pieces, others):
                code = self._why(first.day, asked, pieces)
                reason = _other_time(code, first.wished, start)
                yield first.key, Timed(start, reason)

    def _open(self, day: int, pieces: Pieces) -> Stretches:
        return self._days.spans(day, pieces[-1].ends)

    def _reasons(
        self,
        first: Stay,
        pieces: Pieces,
        starts: Sequence[int] | None,
        nearest: Sequence[int] | None,
    ) -> list[Reason | None]:
        """Return why each piece of a block does not begin when it was wished for.

        `nearest` is how near to that the day has room: what could stand as wished is only kept.
        """
        wished = _from(first.wished, pieces)
        if starts is None or nearest is None:
            return [Reason(code="day-full", wished=_clock(start)) for start in wished]
        code = self._why(first.day, wished, pieces)
        as_wished = nearest[0] == wished[0]
        found = [None if as_wished else _other_time(code, wished[0], starts[0])]
        asked = _from(starts[0], pieces)
        code = self._why(first.day, asked, pieces)
        near = _from(nearest[0], pieces)
        for place in range(1, len(pieces)):
            drawn = nearest[place] != near[place] and starts[place] != asked[place]
            found.append(_other_time(code, asked[place], starts[place]) if drawn else None)
        return found

    def _why(self, day: int, wished: Sequence[int], pieces: Pieces) -> ReasonCode:
        """Return why pieces do not begin when they were wished for."""
        inside = are_free(self._open(day, pieces), wished, pieces, ())
        return "taken" if inside else "outside-hours"

    def has_room(self, day: int, wished: int, minutes: int) -> bool:
        """Whether a visit fits somewhere into a day."""
        spans, taken = self._days.spans(day, minutes), self._near(day, minutes, None)
        return fit(spans, wished, minutes, taken) is not None


def _from(start: int, pieces: Pieces) -> list[int]:
    """Return when pieces begin at their distances, the first one at a time."""
    return [start + piece.after for piece in pieces]


def _announced(block: Sequence[Stay], leading: Stay, pieces: Pieces) -> list[int] | None:
    """Return when pieces begin as announced, or else so that the leading stay keeps its time."""
    begins = {stay.wished - block[0].wished: stay.announced for stay in reversed(block)}
    known = [begins[piece.after] for piece in pieces]
    announced = [start for start in known if start is not None]
    if len(announced) == len(pieces) > 1 and keep_bounds(pieces, announced):
        return announced
    if leading.announced is None:
        return None
    return _from(leading.announced - (leading.wished - block[0].wished), pieces)


def _other_time(code: ReasonCode, wished: int, start: int) -> Reason:
    return Reason(code=code, wished=_clock(wished), time=_clock(start))


def _clock(minutes: int) -> LocalTime:
    return LocalTime(minutes // 60 % 24, minutes % 60)
