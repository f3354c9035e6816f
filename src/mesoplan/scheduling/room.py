"""Room in a day: when visits fit into what is open, beside what is taken.

All in minutes after midnight.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from mesoplan.clinic.clinic import Stretches
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.places import Distance


class Leeway(NamedTuple):
    """How much sooner or later than published a session may follow the one before on its day."""

    sooner: int
    later: int | None
    """None where the protocol does not bound it."""


def leeway(phase: Phase, gap: int) -> Leeway | None:
    """Return the leeway that a phase leaves to a gap within a day, or None where it names no range."""
    least, most = phase.min_gap, phase.max_gap
    if least is None and most is None:
        return None
    sooner = 0 if least is None else max(gap - Distance.of(least).minutes, 0)
    return Leeway(sooner, None if most is None else max(Distance.of(most).minutes - gap, 0))


class Piece(NamedTuple):
    """What a person comes for in one stretch of opening time."""

    after: int
    """It begins so many minutes after the first piece of its day, where the day has room for that."""
    lasts: int
    leeway: Leeway | None = None
    """None: never sooner after the one before; later, where the day has no room for its distance."""

    @property
    def ends(self) -> int:
        """When it ends, counted from the beginning of the first piece."""
        return self.after + self.lasts


Pieces = tuple[Piece, ...]
"""What a person comes for on one day; between two pieces the clinic may be closed."""

Taken = Sequence[tuple[int, int]]

Starts = Sequence[tuple[int, int]]
"""The first and the last minute of each stretch in which something may begin, in order."""


def pieces_of(stays: Iterable[Piece]) -> Pieces:
    """Gather stays, in the order in which they begin, where one begins when another ends.

    What has a leeway of its own begins another piece.
    """
    found: list[Piece] = []
    for stay in stays:
        free = stay.leeway is not None
        if not found or stay.after > found[-1].ends or (free and stay.after == found[-1].ends):
            found.append(stay)
        else:
            before = found[-1]
            lasts = max(before.lasts, stay.ends - before.after)
            found[-1] = before._replace(lasts=lasts)
    return tuple(found)


def fit_pieces(spans: Stretches, wished: int, pieces: Pieces, taken: Taken) -> list[int] | None:
    """Return when pieces begin, as near as can be to when the first is wished for, or None.

    They keep their distances where the day has room for that at any time; otherwise each follows the one
    before as near to its distance as its leeway allows, or at least at its distance.
    """
    as_wished = [wished + piece.after for piece in pieces]
    if are_free(spans, as_wished, pieces, taken):
        return as_wished
    begins = [_begins(spans, piece.lasts, taken) for piece in pieces]
    distances = [later.after - before.after for before, later in pairwise(pieces)]
    firm = [(distance, distance) for distance in distances]
    widest = spans[-1][1] - spans[0][0] if spans else 0
    loose = [_bounds(before, later, widest) for before, later in pairwise(pieces)]
    return _row(begins, wished, distances, firm) or _row(begins, wished, distances, loose)


def keep_bounds(pieces: Pieces, starts: Sequence[int]) -> bool:
    """Whether each piece follows the one before as its leeway allows."""
    widest = starts[-1] - starts[0]
    bounds = (_bounds(before, later, widest) for before, later in pairwise(pieces))
    gaps = (later - before for before, later in pairwise(starts))
    return all(least <= gap <= most for gap, (least, most) in zip(gaps, bounds, strict=True))


def apart_from(begun: Iterable[int], phase: Phase, lasts: int) -> Taken:
    """Return what sessions of a phase keep free of others of it that stand on their day already.

    `lasts` is how long the shortest of them takes.
    """
    if phase.min_gap is None:
        return ()
    least = Distance.of(phase.min_gap).minutes
    return [(start - max(least - lasts, 0), start + least) for start in begun]


def _bounds(before: Piece, later: Piece, widest: int) -> tuple[int, int]:
    """Return how long after the one before a piece may begin, at least and at most."""
    distance, leeway = later.after - before.after, later.leeway
    if leeway is None:
        return distance, widest
    most = widest if leeway.later is None else distance + leeway.later
    return max(distance - leeway.sooner, before.lasts), most


def _row(
    begins: Sequence[Starts],
    wished: int,
    distances: Sequence[int],
    bounds: Sequence[tuple[int, int]],
) -> list[int] | None:
    """Return when pieces begin in a row, each as far after the one before as its bounds allow, or None.

    From the last piece to the first it is known when one may begin so that all behind it can, too.
    """
    possible = [begins[-1]]
    for own, (least, most) in zip(reversed(begins[:-1]), reversed(bounds), strict=True):
        reaching = [(first - most, last - least) for first, last in possible[0]]
        possible.insert(0, _common(own, reaching))
    if not possible[0]:
        return None
    found = [_nearest(possible[0], wished)]
    for own, distance, (least, most) in zip(possible[1:], distances, bounds, strict=True):
        inside = _common(own, [(found[-1] + least, found[-1] + most)])
        found.append(_nearest(inside, found[-1] + distance))
    return found


def _begins(spans: Stretches, lasts: int, taken: Taken) -> Starts:
    """Return when something may begin: all of it in one stretch of opening time, beside what is taken."""
    found = [(opens, closes - lasts) for opens, closes in spans if opens + lasts <= closes]
    for begun, end in taken:
        sides = ((-_EVER, begun - lasts), (end, _EVER))
        found = [part for stretch in found for part in _common([stretch], sides)]
    return found


def _common(ones: Starts, others: Starts) -> Starts:
    """Return what lies in a stretch of each of two, put together where that overlaps."""
    both = ((max(one[0], other[0]), min(one[1], other[1])) for one in ones for other in others)
    found: list[tuple[int, int]] = []
    for first, last in sorted(stretch for stretch in both if stretch[0] <= stretch[1]):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def _nearest(starts: Starts, wished: int) -> int:
    """Return the minute nearest to a wished one, the later of two."""
    near = (min(max(wished, first), last) for first, last in starts)
    return min(near, key=lambda start: (abs(start - wished), -start))


def are_free(spans: Stretches, starts: Sequence[int], pieces: Pieces, taken: Taken) -> bool:
    """Whether all pieces have room, each at its time."""
    return all(
        _is_free(spans, start, piece.lasts, taken)
        for start, piece in zip(starts, pieces, strict=True)
    )


@lru_cache(maxsize=1024)
def has_room(spans: Stretches, pieces: Pieces) -> bool:
    """Whether a day of which nothing is taken has room for pieces."""
    return fit_pieces(spans, spans[0][0] if spans else 0, pieces, ()) is not None


def fit(spans: Stretches, wished: int, length: int, taken: Taken) -> int | None:
    """Return the start nearest to the wished one, the later of two, or None if the day has no room.

    The whole length lies inside one stretch of opening time and overlaps nothing that is taken.
    """
    if _is_free(spans, wished, length, taken):
        return wished
    begins = _begins(spans, length, taken)
    return _nearest(begins, wished) if begins else None


def _is_free(spans: Stretches, wished: int, length: int, taken: Taken) -> bool:
    until = wished + length
    for begun, end in taken:
        if begun < until and wished < end:
            return False
    return any(opens <= wished and until <= closes for opens, closes in spans)


_EVER = 10**6
"""Minutes: longer than all days that are looked at together."""
