"""Why a visit stands where it stands, in sentences, and what a person should look at."""

from collections.abc import Iterator

from mesoplan.scheduling.booking import Booking, Desk, iso
from mesoplan.scheduling.laying import LOST
from mesoplan.scheduling.stops import reach
from mesoplan.visit import Finding


def explain(booking: Booking, desk: Desk) -> None:
    """Write the reasons of a booking that has its day and time."""
    said = booking.reasons
    if booking.status in LOST:
        said.insert(0, f"{booking.status}; its target was {iso(booking.target)}")
    elif booking.moment is not None:
        said.insert(0, _stands(booking, desk))
    elif booking.joined is not None:
        said.insert(0, _joined(booking))
    elif booking.day == booking.target:
        said.insert(0, f"on its target {iso(booking.target)}")
    else:
        said.insert(0, _displaced(booking, desk))


def _stands(booking: Booking, desk: Desk) -> str:
    away = _distance(booking.day - booking.target)
    if booking.status == "attended":
        return f"took place on {iso(booking.day)}, {away}"
    if booking.key in desk.ledger.pinned:
        return f"moved to {iso(booking.day)} by the person, {away}"
    return f"stood on {iso(booking.day)}; nothing is recorded of it yet"


def _joined(booking: Booking) -> str:
    assert booking.joined is not None
    where = "" if booking.day == booking.target else f", {_distance(booking.day - booking.target)}"
    return f"directly before {booking.joined.key}, so that the person comes once{where}"


def _displaced(booking: Booking, desk: Desk) -> str:
    why = desk.why_not(booking.target)
    if why is None and desk.room(booking.target) < booking.minutes:
        why = "too short a day"
    if why is None and booking.target < desk.soonest:
        why = "in the past"
    announced = desk.announced(booking.key)
    if why is None and announced is not None and announced.start.toordinal() == booking.day:
        why = "no longer where it was announced"
    if why is None:
        why = "too close to another visit, or less preferred"
    place = f"placed on {iso(booking.day)}, {_distance(booking.day - booking.target)}"
    return f"target {iso(booking.target)} is {why}; {place}{_window(booking)}"


def _distance(days: int) -> str:
    if not days:
        return "on its target"
    unit = "day" if abs(days) == 1 else "days"
    return f"{abs(days)} {unit} {'later' if days > 0 else 'earlier'}"


def outside(booking: Booking) -> bool:
    """Whether the day lies outside the window."""
    late = booking.last is not None and booking.day > booking.last
    return late or (booking.first is not None and booking.day < booking.first)


def _window(booking: Booking) -> str:
    if booking.first is None or booking.last is None:
        return ""
    return ", outside the window" if outside(booking) else ", inside the window"


def findings(bookings: list[Booking], desk: Desk) -> Iterator[Finding]:
    """Yield what a person should look at, visit by visit."""
    for booking in bookings:
        if booking.status in LOST or booking.place == "home":
            continue
        if outside(booking):
            yield Finding(code="outside-window", visit=booking.key, message=_outside(booking))
        if booking.reasons[-1].startswith("the day has no room"):
            yield Finding(code="day-full", visit=booking.key, message=booking.reasons[-1])
        if booking.status == "planned" and booking.reasons[0].startswith("stood on"):
            yield Finding(code="unrecorded", visit=booking.key, message=booking.reasons[0])
    yield from _intervals(bookings, desk)


def _outside(booking: Booking) -> str:
    first, last = booking.first or booking.target, booking.last or booking.target
    days = (
        f"{booking.day - last} days after"
        if booking.day > last
        else f"{first - booking.day} days before"
    )
    text = f"stands {days} its window ({iso(first)} to {iso(last)})"
    return text.replace("1 days", "1 day") if abs(booking.day - last) == 1 else text


def _intervals(bookings: list[Booking], desk: Desk) -> Iterator[Finding]:
    """Yield the intervals between sessions of one treatment that are too short or too long."""
    month_end = desk.course.protocol.month_end
    last: dict[str, Booking] = {}
    for booking in sorted(bookings, key=lambda b: (b.day, b.start)):
        session = booking.session
        if session is None or booking.status in LOST or booking.place == "home":
            continue
        before = last.get(session.phase.label or "")
        last[session.phase.label or ""] = booking
        if before is None or before.day == booking.day:
            continue
        low, high = session.phase.min_interval, session.phase.max_interval
        if low is not None and booking.day < reach(before.day, low, month_end):
            message = f"stands less than {low.words} after {before.key}"
            yield Finding(code="interval-too-short", visit=booking.key, message=message)
        if high is not None and booking.day > reach(before.day, high, month_end):
            message = f"stands more than {high.words} after {before.key}"
            yield Finding(code="interval-too-long", visit=booking.key, message=message)
