"""Where anchors lead: what each counts from, how far, and what of that is treated time (M3)."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import chain, count, takewhile
from typing import NamedTuple

from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.review import Counts, Review
from mesoplan.scheduling.days import Circumstances
from mesoplan.scheduling.setting import Sessions, Setting, anchored_at, moments_of
from mesoplan.values.period import MonthEnd, Period

_NOTHING = Period("P0D")


class Occasion(NamedTuple):
    """One visit of a review, as the protocol asks for it. Moments are naive local time."""

    number: int | None
    """Which one it is; None for a review that is a single visit."""
    counted_from: datetime
    """Where the session stands that it counts from, or another day."""
    moment: datetime
    waits: bool = False
    """Whether an open hold keeps its day unknown."""


def reached(
    anchor: Anchor, setting: Setting, sessions: Sessions, *, counts: Counts = "calendar"
) -> list[datetime]:
    """Return the moments that an anchor leads to, offset included, in order."""
    month_end = setting.history.course.protocol.month_end
    what = setting.history.circumstances
    return [
        _reckoned(moment, anchor.offset.after(moment, month_end=month_end), counts, what)
        for moment in moments_of(anchor, setting, sessions)
    ]


def asked(review: Review, setting: Setting, sessions: Sessions) -> Iterator[Occasion]:
    """Yield the visits of a review, those that have taken place as well."""
    hold = setting.history.circumstances.open_hold if review.counts == "treatment" else None
    number = count(1)
    stand = anchored_at(review.at, setting, sessions)
    for stands, counted_from in zip(stand, moments_of(review.at, setting, sessions), strict=True):
        for place in _moments(review, counted_from, setting, sessions):
            moment = place if review.at.offset.minutes else setting.history.wishes.at(place)
            waits = hold is not None and hold.covers(moment.toordinal())
            yield Occasion(next(number) if review.repeats else None, stands, moment, waits)


def _moments(
    review: Review, counted_from: datetime, setting: Setting, sessions: Sessions
) -> Iterator[datetime]:
    """Yield when a review is asked for: once, or again and again as long as it repeats."""
    places = _places(review, counted_from, setting.history.course.protocol.month_end)
    if isinstance(review.until, Period):
        first = next(places)
        places = takewhile(review.until.after(first).__gt__, chain((first,), places))
    end = _end(review, setting, sessions)
    announced = 0 if end else _announced(review, setting)
    what = setting.history.circumstances
    ends_by_itself = review.every is None or isinstance(review.until, Period)
    for index, place in enumerate(places):
        moment = _reckoned(counted_from, place, review.counts, what)
        if not ends_by_itself and index >= announced and moment > (end or setting.horizon):
            return
        yield moment


def _places(review: Review, moment: datetime, month_end: MonthEnd) -> Iterator[datetime]:
    """Yield the places of a review by the calendar, each reckoned once from its anchor (M1)."""
    every, offset = review.every, review.at.offset
    if every is None:
        return iter((offset.after(moment, month_end=month_end),))
    if offset.days or offset.minutes:
        moment, offset = offset.after(moment, month_end=month_end), _NOTHING
    return ((offset + every * index).after(moment, month_end=month_end) for index in count())


def _end(review: Review, setting: Setting, sessions: Sessions) -> datetime | None:
    """Return the last moment for a review that repeats up to an anchor; None where none is known."""
    if not isinstance(review.until, Anchor):
        return None
    found = reached(review.until, setting, sessions, counts=review.counts)
    return datetime.combine(found[-1], time.max) if found else None


def _announced(review: Review, setting: Setting) -> int:
    """Return how many visits of a review are out; none is called off as the horizon comes nearer."""
    out = (visit for visit in setting.published.values() if visit.review == review.id)
    return max((visit.number or 0 for visit in out if setting.out(visit.key)), default=0)


def _reckoned(
    counted_from: datetime, moment: datetime, counts: Counts, what: Circumstances
) -> datetime:
    """Return a moment by the calendar, or so much later that as many days of treatment lie before."""
    if counts == "calendar":
        return moment
    days = what.treated(counted_from.toordinal(), moment.toordinal()) - moment.toordinal()
    return moment + timedelta(days=days)
