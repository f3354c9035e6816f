"""What time of day a visit gets, once its day is known. All in minutes after midnight."""

from collections.abc import Iterator

from mesoplan.clinic.clinic import Stretches


def fit(spans: Stretches, wished: int, length: int, taken: list[tuple[int, int]]) -> int | None:
    """Give the start nearest to the wished one, the later of two; None when the day has no room.

    The whole length lies inside one stretch of opening time and overlaps nothing that is taken.
    """
    starts = [
        start
        for span in spans
        for start in _starts(span, wished, length, taken)
        if all(start + length <= begun or end <= start for begun, end in taken)
    ]
    return min(starts, key=lambda start: (abs(start - wished), -start), default=None)


def _starts(
    span: tuple[int, int], wished: int, length: int, taken: list[tuple[int, int]]
) -> Iterator[int]:
    """Yield the starts worth trying: as wished, at the ends of the span, beside what is taken."""
    first, last = span[0], span[1] - length
    if first <= last:
        yield min(max(wished, first), last)
        for begun, end in taken:
            yield from (start for start in (begun - length, end) if first <= start <= last)
