"""Reviews and consultations: their targets, and the session that each may be joined to.

A review counts from the day on which its anchor stands or took place, so it comes after the sessions.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from mesoplan.ground.weekdays import WEEKDAYS
from mesoplan.protocol.review import Review
from mesoplan.scheduling.booking import Booking, Desk
from mesoplan.scheduling.diary import Diary
from mesoplan.scheduling.ground import LOST, START, Ground, Laid
from mesoplan.scheduling.grouping import days_of, minutes_of
from mesoplan.scheduling.laying import origin_of
from mesoplan.scheduling.placement import place
from mesoplan.scheduling.stops import Group, Stop
from mesoplan.scheduling.times import fit


def review_bookings(
    ground: Ground, laid: Laid, placed: Mapping[str, datetime]
) -> Iterator[Booking]:
    """Yield the bookings of every review, with their targets; none where it has nothing to count from."""
    month_end = ground.course.protocol.month_end
    for review in ground.course.protocol.reviews:
        origin = origin_of(review.at, ground, laid, placed)
        many = review.at.kind == "each"
        for number, moment in enumerate(origin.moments, 1):
            wished = origin.offset.after(moment, month_end=month_end)
            key = ground.key(f"{review.id}-{number}" if many else review.id)
            title = f"{review.name} {number}" if many else review.name
            yield _booking(review, key, title, wished)


def _booking(review: Review, key: str, title: str, wished: datetime) -> Booking:
    day = wished.toordinal()
    first, last = days_of(review.window, day)
    return Booking(
        key=key,
        kind=review.kind,
        title=title,
        target=day,
        wished=60 * wished.hour + wished.minute,
        minutes=minutes_of(review.duration),
        first=first,
        last=last,
        day=day,
        joins=review.join,
    )


def join_session(booking: Booking, sessions: list[Booking], desk: Desk) -> None:
    """Join a review to a session that stands in its window, if there is one."""
    if booking.joins and booking.moment is None and booking.status not in LOST:
        booking.joined = _partner(booking, sessions, desk)
    if booking.joined is not None:
        booking.day = booking.joined.day


def _partner(booking: Booking, sessions: list[Booking], desk: Desk) -> Booking | None:
    """Find the session to join: in the window, not over, with room for both; the nearest one."""
    first = booking.target if booking.first is None else booking.first
    last = booking.target if booking.last is None else booking.last
    announced = desk.announced(booking.key)
    stood = announced.start.toordinal() if announced else None
    found = [
        session
        for session in sessions
        if first <= session.day <= last
        and session.place == "clinic"
        and session.status not in LOST
        and desk.possible(session.day, session.minutes + booking.minutes)
        and (session.status == "attended" or session.day >= desk.earliest(stood))
        and _has_room_before(session, booking.minutes, desk)
    ]
    return min(
        found,
        key=lambda session: (
            session.day != stood,
            abs(session.day - booking.target),
            -session.day,
            session.wished,
        ),
        default=None,
    )


def _has_room_before(session: Booking, minutes: int, desk: Desk) -> bool:
    """Whether there is opening time directly before a session whose time is no longer open."""
    if session.moment is None:
        return True
    start = 60 * session.moment.hour + session.moment.minute
    return any(
        opens <= start - minutes and start <= closes
        for opens, closes in desk.clinic.spans(session.day)
    )


def place_review(booking: Booking, diary: Diary, desk: Desk) -> None:
    """Give a review that joins no session the nearest possible day with room beside the others."""
    if booking.moment is not None or booking.status in LOST:
        return
    announced = desk.announced_day(booking)

    def possible(day: int, minutes: int) -> bool:
        if not desk.possible(day, minutes):
            return False
        return fit(desk.clinic.spans(day), booking.wished, minutes, diary.taken(day)) is not None

    stop = Stop(
        target=booking.target,
        minutes=booking.minutes,
        first=booking.first,
        last=booking.last,
        earliest=desk.earliest(announced),
        announced=announced,
    )
    weekdays = frozenset(WEEKDAYS.index(name) for name in desk.course.preferences.weekdays)
    booking.day = place(Group(stops=[stop], possible=possible, weekdays=weekdays))[0]


def placed_days(sessions: list[Booking], ground: Ground) -> dict[str, datetime]:
    """Give the day of every session, by key, and of the course's first one."""
    placed = {b.key: datetime.fromordinal(b.day) for b in sessions if b.status not in LOST}
    begun = [b.day for b in sessions if b.target == ground.start.toordinal() and b.key in placed]
    if begun:
        placed[START] = ground.at(datetime.fromordinal(min(begun)).date())
    return placed
