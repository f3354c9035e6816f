"""The times of day: every day's visits beside one another, joined reviews directly before theirs."""

from collections.abc import Iterable
from itertools import groupby

from mesoplan.clinic.opening import clock
from mesoplan.scheduling.booking import Booking, Desk
from mesoplan.scheduling.ground import LOST
from mesoplan.scheduling.times import fit


class Diary:
    """The stretches of each day that the person's visits take, in minutes after midnight."""

    def __init__(self, desk: Desk) -> None:
        """Open an empty one."""
        self._desk = desk
        self._taken: dict[int, list[tuple[int, int]]] = {}

    def enter(self, block: list[Booking]) -> None:
        """Give a block of visits on one day its times, keeping their distances.

        A block is a session after the reviews joined to it, or sessions hours apart. Visits that
        happened, or whose time a person chose, stand where they are.
        """
        if block[0].place == "home":
            for booking in block:
                booking.start = booking.wished
            return
        if block[-1].moment is not None or block[-1].status in LOST:
            self._stand(block)
            return
        first, last = block[0], block[-1]
        length = last.wished + last.minutes - first.wished
        wished = self._kept(block, length)
        if wished is None:
            wished = first.wished
        spans = self._desk.clinic.spans(first.day)
        start = fit(spans, wished, length, self.taken(first.day))
        if start is None:
            start = wished
            first.reasons.append(f"the day has no room left at {clock(wished)}")
        elif start != wished:
            why = "outside opening hours" if not _inside(spans, wished, length) else "taken"
            first.reasons.append(f"{clock(wished)} is {why}; placed at {clock(start)}")
        self._book(block, start - first.wished)

    def taken(self, day: int) -> list[tuple[int, int]]:
        """Give the stretches of a day that are taken."""
        return self._taken.setdefault(day, [])

    def _kept(self, block: list[Booking], length: int) -> int | None:
        """Give the start that was announced for the block's last visit, where it is still possible."""
        last = block[-1]
        announced = self._desk.announced(last.key)
        if announced is None or announced.start.toordinal() != last.day:
            return None
        local = announced.start
        start = 60 * local.hour + local.minute - (last.wished - block[0].wished)
        spans, taken = self._desk.clinic.spans(last.day), self.taken(last.day)
        return start if fit(spans, start, length, taken) == start else None

    def _stand(self, block: list[Booking]) -> None:
        """Enter a visit whose time is known, and the reviews that were joined to it before it."""
        last = block[-1]
        start = last.wished
        if last.moment is not None:
            start = 60 * last.moment.hour + last.moment.minute
        self._book(block, start - last.wished)

    def _book(self, block: list[Booking], shift: int) -> None:
        for booking in block:
            booking.start = booking.wished + shift
            if booking.status not in LOST:
                self.taken(booking.day).append((booking.start, booking.start + booking.minutes))


def _inside(spans: Iterable[tuple[int, int]], start: int, length: int) -> bool:
    return any(opens <= start and start + length <= closes for opens, closes in spans)


def blocks_of(sessions: list[Booking], reviews: list[Booking]) -> list[list[Booking]]:
    """Gather what is entered in one go: sessions hours apart on a day, with their joined reviews."""
    joined: dict[str, list[Booking]] = {}
    for review in reviews:
        if review.joined is not None:
            joined.setdefault(review.joined.key, []).append(review)
    blocks = [list(found) for _, found in groupby(sessions, key=Booking.block)]
    for block in blocks:
        before = block[0].wished
        for review in reversed(joined.get(block[0].key, [])):
            before -= review.minutes
            review.wished = before
            block.insert(0, review)
    return blocks
