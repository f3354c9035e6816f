"""Room in a day: when visits fit into what is open, beside what is taken.

All in minutes after midnight.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from mesoplan.clinic.clinic import Stretches

Pieces = tuple[tuple[int, int], ...]
"""What a person comes for on one day: each piece begins so many minutes after the first, and lasts so many.

Each lies in one stretch of opening time; between two of them the clinic may be closed.
"""

Taken = Sequence[tuple[int, int]]


def pieces_of(stays: Iterable[tuple[int, int]]) -> Pieces:
    """Gather stays, in the order in which they begin, where one begins when another ends."""
    found: list[tuple[int, int]] = []
    for after, lasts in stays:
        if found and after <= sum(found[-1]):
            begun, lasted = found[-1]
            found[-1] = begun, max(lasted, after + lasts - begun)
        else:
            found.append((after, lasts))
    return tuple(found)


def fit_pieces(spans: Stretches, wished: int, pieces: Pieces, taken: Taken) -> list[int] | None:
    """Return when pieces begin, as near as can be to when the first is wished for, or None.

    They keep their distances where the day has room for that at any time; otherwise each keeps at least
    its distance from the one before.
    """
    if len(pieces) == 1:
        start = fit(spans, wished, pieces[0][1], taken)
        return None if start is None else [start]
    starts = sorted(
        {wished, *_firsts(spans, pieces, taken)}, key=lambda start: (abs(start - wished), -start)
    )
    for start in starts:
        if are_free(spans, start, pieces, taken):
            return [start + after for after, _ in pieces]
    return next(filter(None, (_spread(spans, start, pieces, taken) for start in starts)), None)


def are_free(spans: Stretches, start: int, pieces: Pieces, taken: Taken) -> bool:
    """Whether all pieces have room at their distances, the first one at a time."""
    return all(_is_free(spans, start + after, lasts, taken) for after, lasts in pieces)


@lru_cache(maxsize=1024)
def has_room(spans: Stretches, pieces: Pieces) -> bool:
    """Whether a day of which nothing is taken has room for pieces."""
    return fit_pieces(spans, spans[0][0] if spans else 0, pieces, ()) is not None


def _firsts(spans: Stretches, pieces: Pieces, taken: Taken) -> Iterator[int]:
    """Yield when the first could begin so that a piece lies at an end of what is open or taken."""
    for after, lasts in pieces:
        for opens, closes in spans:
            yield from (opens - after, closes - lasts - after)
        for begun, end in taken:
            yield from (begun - lasts - after, end - after)


def _spread(spans: Stretches, start: int, pieces: Pieces, taken: Taken) -> list[int] | None:
    """Return when pieces begin, each as soon after the one before as it can, or None."""
    found: list[int] = []
    least = start
    for number, (after, lasts) in enumerate(pieces):
        if number:
            least = found[-1] + after - pieces[number - 1][0]
        later = (moment for moment in _bounds(spans, taken) if moment > least)
        soonest = [least, *(sorted(later) if number else ())]
        free = (moment for moment in soonest if _is_free(spans, moment, lasts, taken))
        begins = next(free, None)
        if begins is None:
            return None
        found.append(begins)
    return found


def _bounds(spans: Stretches, taken: Taken) -> Iterator[int]:
    """Yield when something opens or is free again."""
    yield from (opens for opens, _ in spans)
    yield from (end for _, end in taken)


def fit(spans: Stretches, wished: int, length: int, taken: Taken) -> int | None:
    """Return the start nearest to the wished one, the later of two, or None if the day has no room.

    The whole length lies inside one stretch of opening time and overlaps nothing that is taken.
    """
    if _is_free(spans, wished, length, taken):
        return wished
    starts = [
        start
        for span in spans
        for start in _starts(span, wished, length, taken)
        if all(start + length <= begun or end <= start for begun, end in taken)
    ]
    return min(starts, key=lambda start: (abs(start - wished), -start), default=None)


def _is_free(spans: Stretches, wished: int, length: int, taken: Taken) -> bool:
    until = wished + length
    for begun, end in taken:
        if begun < until and wished < end:
            return False
    return any(opens <= wished and until <= closes for opens, closes in spans)


def _starts(span: tuple[int, int], wished: int, length: int, taken: Taken) -> Iterator[int]:
    """Yield the starts worth trying: as wished, at the ends of the span, beside what is taken."""
    first, last = span[0], span[1] - length
    if first <= last:
        yield min(max(wished, first), last)
        for begun, end in taken:
            yield from (start for start in (begun - length, end) if first <= start <= last)
