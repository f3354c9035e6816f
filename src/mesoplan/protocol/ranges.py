"""A published range of a length of time, beside the one that is planned."""

from collections.abc import Iterable, Iterator

from mesoplan.values.errors import Fault
from mesoplan.values.period import Period


def range_faults(
    what: str, low: Period | None, high: Period | None, planned: Iterable[tuple[str, Period]]
) -> Iterator[Fault]:
    """Yield what is wrong with `min_<what>` and `max_<what>`, or what is planned outside them, by its path.

    A range may have one end.
    """
    if low is not None and high is not None and low.length > high.length:
        said = f"is more than max_{what} ({high})"
        yield Fault(f"min_{what}", said, str(low), "exchange the two", code="least-over-most")
        return
    for path, period in planned:
        below = low is not None and period.length < low.length
        if below or (high is not None and period.length > high.length):
            ends = ("at least", low), ("at most", high)
            remedy = " and ".join(f"{word} {end}" for word, end in ends if end is not None)
            said = f"{_MEANS[what]} outside the published range"
            yield Fault(path, said, str(period), f"write {remedy}", code="out-of-range")


_MEANS = {"duration": "lies", "gap": "has a gap"}
