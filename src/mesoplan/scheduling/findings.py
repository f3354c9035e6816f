"""What a person should look at in an arrangement: each kind in a small function of its own."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import combinations

from mesoplan.scheduling.booking import Booking, Desk, iso
from mesoplan.scheduling.ground import LOST
from mesoplan.scheduling.reasons import outside_window
from mesoplan.scheduling.stops import reach
from mesoplan.scheduling.visit import Finding


def findings(bookings: list[Booking], desk: Desk) -> Iterator[Finding]:
    """Yield everything that a person should look at, kind by kind."""
    live = [b for b in bookings if b.status not in LOST and b.place == "clinic"]
    live.sort(key=lambda booking: (booking.day, booking.start))
    for kind in _KINDS:
        yield from kind(live, desk)
    yield from _unknown(bookings, desk)
    yield from _unreached(bookings, desk)


def _outside(bookings: list[Booking], desk: Desk) -> Iterator[Finding]:
    del desk
    for booking in filter(outside_window, bookings):
        first, last = booking.first or booking.target, booking.last or booking.target
        late = booking.day > last
        days = booking.day - last if late else first - booking.day
        count = f"{days} day{'s' if days > 1 else ''} {'after' if late else 'before'}"
        message = f"stands {count} its window ({iso(first)} to {iso(last)})"
        yield Finding(code="outside-window", visit=booking.key, message=message)


def _full(bookings: list[Booking], desk: Desk) -> Iterator[Finding]:
    del desk
    for booking in bookings:
        for reason in booking.reasons:
            if reason.startswith("the day has no room"):
                yield Finding(code="day-full", visit=booking.key, message=reason)


def _unrecorded(bookings: list[Booking], desk: Desk) -> Iterator[Finding]:
    for booking in bookings:
        past = booking.moment is not None and booking.moment <= desk.now
        if past and booking.key not in desk.ledger.outcome:
            message = f"stood on {iso(booking.day)}; nothing is recorded of it yet"
            yield Finding(code="unrecorded", visit=booking.key, message=message)


def _intervals(bookings: list[Booking], desk: Desk) -> Iterator[Finding]:
    """Between sessions of one treatment."""
    month_end = desk.course.protocol.month_end
    last: dict[str, Booking] = {}
    for booking in bookings:
        if booking.session is None:
            continue
        phase = booking.session.phase
        before = last.get(phase.label or "")
        last[phase.label or ""] = booking
        if before is None or before.day == booking.day:
            continue
        low, high = phase.min_interval, phase.max_interval
        if low is not None and booking.day < reach(before.day, low, month_end):
            message = f"stands less than {low.words} after {before.key}"
            yield Finding(code="interval-too-short", visit=booking.key, message=message)
        if high is not None and booking.day > reach(before.day, high, month_end):
            message = f"stands more than {high.words} after {before.key}"
            yield Finding(code="interval-too-long", visit=booking.key, message=message)


def _spacing(bookings: list[Booking], desk: Desk) -> Iterator[Finding]:
    """Between treatments that must keep apart, where people have fixed the days."""
    month_end = desk.course.protocol.month_end
    for rule in desk.course.protocol.spacing:
        named = [b for b in bookings if b.session and b.session.phase.label in rule.between]
        for one, other in combinations(named, 2):
            assert one.session is not None
            assert other.session is not None
            same = one.session.phase.label == other.session.phase.label
            if not same and other.day < reach(one.day, rule.at_least, month_end):
                message = f"stands less than {rule.at_least.words} after {one.key}"
                yield Finding(code="spacing-too-short", visit=other.key, message=message)


def _deadline(bookings: list[Booking], desk: Desk) -> Iterator[Finding]:
    deadline = desk.course.protocol.deadline
    sessions = [booking for booking in bookings if booking.session is not None]
    if deadline is None or not sessions:
        return
    last = deadline.after(datetime.fromordinal(sessions[0].day)).toordinal()
    for booking in sessions:
        if booking.day > last:
            message = f"stands after the end of the course, {deadline.words} from its first session"
            yield Finding(code="after-deadline", visit=booking.key, message=message)


def _crowded(bookings: list[Booking], desk: Desk) -> Iterator[Finding]:
    most = desk.course.protocol.max_per_day
    days = Counter(booking.day for booking in bookings if booking.session is not None)
    for day, count in days.items():
        if most is not None and count > most:
            message = f"{count} sessions on {iso(day)}; the protocol allows {most} a day"
            yield Finding(code="too-many-a-day", message=message)


def _gates(bookings: list[Booking], desk: Desk) -> Iterator[Finding]:
    """A review that must have taken place before the first session."""
    gates = {review.id: review.name for review in desk.course.protocol.reviews if review.gate}
    for booking in bookings:
        if booking.key in gates and booking.key not in desk.ledger.outcome:
            message = f"{gates[booking.key]} is not recorded; it comes before the first session"
            yield Finding(code="gate-open", visit=booking.key, message=message)


_KINDS: tuple[Callable[[list[Booking], Desk], Iterator[Finding]], ...] = (
    _gates,
    _outside,
    _intervals,
    _spacing,
    _deadline,
    _crowded,
    _full,
    _unrecorded,
)


def _unknown(bookings: list[Booking], desk: Desk) -> Iterator[Finding]:
    """Facts about visits that neither this plan nor the one before has."""
    known = {booking.key for booking in bookings} | set(desk.published)
    for key in dict.fromkeys([*desk.ledger.outcome, *desk.ledger.pinned]):
        if key not in known:
            message = f"a fact is recorded about {key}, which is not in the plan"
            yield Finding(code="unknown-visit", message=message)


def _unreached(bookings: list[Booking], desk: Desk) -> Iterator[Finding]:
    """Reviews that have nothing to count from, e.g. session 20 of a course of 16."""
    if desk.ledger.stopped is not None:
        return
    planned = {booking.key.partition(".")[0] for booking in bookings}
    for review in desk.course.protocol.reviews:
        if review.id not in planned and f"{review.id}-1" not in planned:
            message = f"{review.name} counts from {review.at.point}, which the course has not"
            yield Finding(code="not-reached", message=message)
