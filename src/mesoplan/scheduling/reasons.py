"""Why a visit stands where it stands, in sentences."""

from mesoplan.scheduling.booking import Booking, Desk, iso
from mesoplan.scheduling.ground import LOST
from mesoplan.scheduling.stops import reach

Neighbours = dict[str, tuple[Booking | None, Booking | None]]


def explain(bookings: list[Booking], desk: Desk) -> None:
    """Write the reasons of bookings that have their days and times."""
    near = _neighbours(bookings)
    for booking in bookings:
        booking.reasons.insert(0, _reason(booking, desk, near))


def _reason(booking: Booking, desk: Desk, near: Neighbours) -> str:
    if booking.status in LOST:
        return f"{booking.status}; its target was {iso(booking.target)}"
    if booking.moment is not None:
        return _stands(booking, desk)
    if booking.joined is not None:
        return _joined(booking)
    if booking.day == booking.target:
        return f"on its target {iso(booking.target)}"
    place = f"placed on {iso(booking.day)}, {_distance(booking.day - booking.target)}"
    why = _why_not_its_target(booking, desk, near)
    return f"target {iso(booking.target)} {why}; {place}{_window(booking)}"


def _neighbours(bookings: list[Booking]) -> Neighbours:
    """Give for each session those before and after it of the same treatment."""
    tracks: dict[str, list[Booking]] = {}
    for booking in sorted(bookings, key=lambda b: (b.day, b.start)):
        if booking.session is not None and booking.status not in LOST and booking.place == "clinic":
            tracks.setdefault(booking.session.phase.label or "", []).append(booking)
    return {
        booking.key: (before, after)
        for track in tracks.values()
        for before, booking, after in zip([None, *track], track, [*track[1:], None], strict=False)
    }


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


def _why_not_its_target(booking: Booking, desk: Desk, near: Neighbours) -> str:
    why = desk.why_not(booking.target)
    if why is not None:
        return f"is {why}"
    if desk.room(booking.target) < booking.minutes:
        return "has too short opening hours"
    if booking.target < desk.soonest:
        return "has passed"
    if desk.announced_day(booking) == booking.day:
        return "is possible again, and what was announced is as well"
    return _pressed(booking, desk, near) or "gives way to another visit"


def _pressed(booking: Booking, desk: Desk, near: Neighbours) -> str | None:
    """Say which neighbour's minimum interval, or whose preference, keeps it from its target."""
    before, after = near.get(booking.key, (None, None))
    month_end = desk.course.protocol.month_end
    for one, other in ((before, booking), (booking, after)):
        gap = None if other is None or other.session is None else other.session.phase.min_interval
        if one is None or other is None or gap is None:
            continue
        days = [booking.target if each is booking else each.day for each in (one, other)]
        if days[1] < reach(days[0], gap, month_end):
            neighbour = one if other is booking else other
            side = "after" if other is booking else "before"
            return f"is less than {gap.words} {side} {neighbour.key}"
    preferred = desk.course.preferences.weekdays
    return "is no preferred weekday" if preferred else None


def _distance(days: int) -> str:
    if not days:
        return "on its target"
    unit = "day" if abs(days) == 1 else "days"
    return f"{abs(days)} {unit} {'later' if days > 0 else 'earlier'}"


def outside_window(booking: Booking) -> bool:
    """Whether the day lies outside the window."""
    late = booking.last is not None and booking.day > booking.last
    return late or (booking.first is not None and booking.day < booking.first)


def _window(booking: Booking) -> str:
    if booking.first is None or booking.last is None:
        return ""
    return ", outside the window" if outside_window(booking) else ", inside the window"
