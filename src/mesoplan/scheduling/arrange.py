"""From a course and a clinic to its visits.

Targets (laying), then days (grouping, placement, checkpoints), then times (diary), then visits
compared with what was published (revising).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.ground.period import Period
from mesoplan.scheduling import ledger as log
from mesoplan.scheduling.beginning import begin
from mesoplan.scheduling.booking import Booking, Desk
from mesoplan.scheduling.checkpoints import (
    join_session,
    place_review,
    placed_days,
    review_bookings,
)
from mesoplan.scheduling.diary import Diary, blocks_of
from mesoplan.scheduling.findings import findings
from mesoplan.scheduling.ground import Ground, Laid, Session
from mesoplan.scheduling.grouping import booking_of, place_sessions
from mesoplan.scheduling.laying import lay_phase, origin_of
from mesoplan.scheduling.outlook import at_home, expectations
from mesoplan.scheduling.reasons import explain
from mesoplan.scheduling.revising import revised
from mesoplan.scheduling.visit import AtHome, Expectation, Finding, Visit


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The visits of a course in time order, and what is said about them."""

    visits: list[Visit | dict[str, Any]]
    """Fresh visits as fields, still to be checked, and those that are carried on."""
    milestones: tuple[Expectation, ...]
    at_home: tuple[AtHome, ...]
    findings: tuple[Finding, ...]
    horizon: date


def arrange(
    course: Course,
    clinic: Clinic,
    as_of: datetime,
    published: Mapping[str, Visit],
    horizon: Period | date | None,
    *,
    retold: bool = False,
) -> Arrangement:
    """Arrange the visits of a course, given those that were published, by key.

    `retold` says that what is told beside the visits has changed since they were published.
    """
    ledger = log.read(course, clinic)
    desk = Desk(course, clinic, ledger, clinic.local(as_of), published)
    ground, laid, notes = begin(desk, horizon)
    sessions, placed = _place_sessions(desk, ground, laid)
    reviews = _place_reviews(desk, ground, laid, placed, sessions)
    bookings = _remaining([*sessions, *reviews], desk)
    explain(bookings, desk)
    return Arrangement(
        visits=revised(
            [_visit(b, clinic) for b in bookings], published, as_of, ledger.drops, retold=retold
        ),
        milestones=tuple(expectations(ground, laid, placed)),
        at_home=tuple(at_home(ground, laid, placed)),
        findings=(*notes, *findings(bookings, desk)),
        horizon=ground.horizon.date(),
    )


def _place_sessions(
    desk: Desk, ground: Ground, laid: Laid
) -> tuple[list[Booking], dict[str, datetime]]:
    """Place the sessions; those tied to each session of another phase follow where that one stands."""
    tied = [p for p in ground.course.protocol.phases if p.starts and p.starts.kind == "each"]
    names = {phase.id for phase in tied}
    free = [s for name, found in laid.items() if name not in names for s in found]
    sessions = _placed(free, desk, ground)
    placed = placed_days(sessions, ground)
    for phase in tied:
        assert phase.starts is not None
        origin = origin_of(phase.starts, ground, laid, placed)
        laid[phase.id] = lay_phase(ground, phase, origin, {}) if origin.moments else []
        sessions += _placed(laid[phase.id], desk, ground)
    return sessions, placed_days(sessions, ground)


def _placed(found: list[Session], desk: Desk, ground: Ground) -> list[Booking]:
    bookings = [booking_of(session) for session in found]
    for booking in bookings:
        _settle(booking, desk)
    place_sessions(bookings, desk, ground.start.toordinal())
    return bookings


def _settle(booking: Booking, desk: Desk) -> None:
    """Look up what is no longer open about a booking."""
    booking.moment = desk.known(booking.key)
    if booking.moment is not None:
        booking.day = booking.moment.toordinal()


def _place_reviews(
    desk: Desk, ground: Ground, laid: Laid, placed: dict[str, datetime], sessions: list[Booking]
) -> list[Booking]:
    """Place the reviews, and with them give everything its time of day."""
    reviews = list(review_bookings(ground, laid, placed))
    for review in reviews:
        review.status = desk.ledger.outcome.get(review.key, review.status)
        _settle(review, desk)
        join_session(review, sessions, desk)
    diary = Diary(desk)
    for block in blocks_of(sessions, reviews):
        diary.enter(block)
    for review in reviews:
        if review.joined is None:
            place_review(review, diary, desk)
            diary.enter([review])
    return reviews


def _remaining(bookings: list[Booking], desk: Desk) -> list[Booking]:
    """Leave out what a stopped course, or one on hold, no longer plans."""
    return [b for b in bookings if b.moment or not desk.ledger.rules_out(b.kind, b.day)]


def _visit(booking: Booking, clinic: Clinic) -> dict[str, Any]:
    """Give the fields of a visit."""
    session = booking.session
    start = clinic.at(booking.day, booking.start)
    end = (start.astimezone(UTC) + timedelta(minutes=booking.minutes)).astimezone(clinic.zone)
    return {
        "key": booking.key,
        "kind": booking.kind,
        "phase": None if session is None else session.phase.id,
        "number": None if session is None else session.number or None,
        "of": None if session is None or not session.number else session.of,
        "title": booking.title,
        "label": booking.label,
        "place": booking.place,
        "target": date.fromordinal(booking.target),
        "earliest": None if booking.first is None else date.fromordinal(booking.first),
        "latest": None if booking.last is None else date.fromordinal(booking.last),
        "start": start,
        "end": end,
        "status": booking.status,
        "reasons": tuple(booking.reasons),
    }
