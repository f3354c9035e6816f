"""From sessions to stops: what one day has to hold, on which track, bound to what."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby, pairwise

from mesoplan.ground.period import Period, Window
from mesoplan.ground.weekdays import WEEKDAYS
from mesoplan.protocol.phase import Phase
from mesoplan.scheduling.booking import Booking, Desk
from mesoplan.scheduling.ground import LOST, Session
from mesoplan.scheduling.placement import place
from mesoplan.scheduling.stops import Group, Stop

Block = list[Booking]
"""What a person comes for in one go: the sessions of one phase on one target day."""

Pair = tuple[Stop, Block]


def booking_of(session: Session) -> Booking:
    """Begin the booking of a session."""
    phase, moment = session.phase, session.moment
    step = phase.step(session.number)
    day = moment.toordinal()
    first, last = days_of(step.window or phase.window, day)
    return Booking(
        key=session.key,
        kind="session",
        title=_title(session),
        target=day,
        wished=60 * moment.hour + moment.minute,
        minutes=minutes_of_session(phase, session.number),
        first=first,
        last=last,
        status=session.status,
        session=session,
        label=step.label,
        place=phase.place,
        day=day,
    )


def days_of(window: Window | None, day: int) -> tuple[int | None, int | None]:
    """Give the first and last day of a window around a day."""
    if window is None:
        return None, None
    earlier, later = window.earlier, window.later
    if not (earlier.months or later.months):
        return day - earlier.days, day + later.days
    first, last = window.span(date.fromordinal(day))
    return first.toordinal(), last.toordinal()


def _title(session: Session) -> str:
    name = session.phase.name
    if not session.number:
        return name
    return f"{name} {session.number}" + (f" of {session.of}" if session.of else "")


def minutes_of_session(phase: Phase, number: int) -> int:
    """Give how long a person stays for the n-th session, observation included, in minutes."""
    duration = phase.step(number).duration or phase.duration
    return minutes_of(duration) + minutes_of(phase.observation)


def minutes_of(period: Period) -> int:
    """Give a duration in minutes."""
    return period.minutes + 24 * 60 * period.days


def place_sessions(bookings: Iterable[Booking], desk: Desk, start: int) -> None:
    """Give every session that takes place its day; `start` is the first day of the course."""
    open_ = [b for b in bookings if b.status not in LOST and b.place == "clinic"]
    blocks = [list(found) for _, found in groupby(open_, key=Booking.block)]
    chosen = next((b for b in blocks if b[0].target == start), None)
    pairs = [(_stop(block, desk, start, chosen=block is chosen), block) for block in blocks]
    for group in _groups(pairs, desk):
        _place_group(group, desk)


def _phase(booking: Booking) -> Phase:
    assert booking.session is not None
    return booking.session.phase


def _groups(pairs: list[Pair], desk: Desk) -> list[list[Pair]]:
    """Gather the stops of each treatment; those that must keep apart from others are one group."""
    spaced = {label for rule in desk.course.protocol.spacing for label in rule.between}
    gathered: dict[object, list[Pair]] = {}
    for stop, block in pairs:
        track = None if stop.track in spaced else stop.track
        # What another outcome would open must not push what is certain.
        wanted = _phase(block[0]).requires if block[0].status == "tentative" else None
        gathered.setdefault((track, wanted), []).append((stop, block))
    return list(gathered.values())


def _place_group(pairs: list[Pair], desk: Desk) -> None:
    """Place a group in the order of its days; what is fixed may stand in another than its targets'."""
    pairs.sort(key=lambda pair: pair[0].fixed or max(pair[0].target, pair[0].earliest))
    pairs = list(_unchained(pairs))
    days = place(_group([stop for stop, _ in pairs], desk))
    if any(later < day for day, later in pairwise(days)):
        found = sorted(zip(days, pairs, strict=True), key=lambda each: each[0])
        pairs = [pair for _, pair in found]
        days = place(_group([stop for stop, _ in pairs], desk))
    last: dict[str, int] = {}
    for (stop, block), day in zip(pairs, days, strict=True):
        target, first, end = stop.window(last.get(stop.track))
        last[stop.track] = day
        for booking in block:
            booking.day = day
            if stop.chain is not None:
                booking.target, booking.first, booking.last = target, first, end


def _unchained(pairs: list[Pair]) -> Iterator[Pair]:
    """Free each first session of a chain, and each whose target the session before has set for good."""
    last: dict[str, Booking] = {}
    for stop, block in pairs:
        before = last.get(stop.track)
        last[stop.track] = block[0]
        bound = before is not None and _phase(before).id == _phase(block[0]).id
        if before is None or not bound or before.status == "attended":
            yield replace(stop, chain=None), block
        else:
            yield stop, block


def _group(stops: list[Stop], desk: Desk) -> Group:
    protocol = desk.course.protocol
    spacing = {frozenset(rule.between): rule.at_least for rule in protocol.spacing}
    weekdays = frozenset(WEEKDAYS.index(name) for name in desk.course.preferences.weekdays)
    return Group(
        stops=stops,
        possible=desk.treatable,
        weekdays=weekdays,
        spacing=spacing or None,
        month_end=protocol.month_end,
    )


def _stop(block: Block, desk: Desk, start: int, *, chosen: bool) -> Stop:
    """Describe a block to the placement; the day that the person chose to begin is fixed."""
    first, last = block[0], block[-1]
    phase = _phase(first)
    announced = desk.announced_day(first)
    fixed = first.fixed
    if chosen and fixed is None and announced is None and desk.room(start):
        fixed = start
    return Stop(
        target=first.target,
        minutes=last.wished + last.minutes - first.wished,
        track=phase.label or "",
        first=first.first,
        last=first.last,
        earliest=max(start, desk.earliest(announced)),
        gap=phase.min_interval,
        most=phase.max_interval,
        chain=phase.every if phase.rhythm == "chain" and not phase.offsets else None,
        fixed=fixed,
        announced=announced,
    )
