"""What a person comes for on each day, block by block, and the time of day that each block gets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import NamedTuple

from mesoplan.plan.intervals import counting
from mesoplan.plan.visit import Visit
from mesoplan.scheduling.reviews import Checkpoint, checkpoints, placed_alone
from mesoplan.scheduling.room import Leeway, apart_from, leeway
from mesoplan.scheduling.setting import Session, Sessions, Setting
from mesoplan.scheduling.times import Diary, Stay, Timed


@dataclass(frozen=True, slots=True)
class Coming:
    """What is still to come, on its days."""

    sessions: tuple[Session, ...]
    checkpoints: tuple[Checkpoint, ...]
    times: Mapping[str, Timed]


Beginnings = Mapping[tuple[str, int], Sequence[int]]
"""When sessions begin, by phase and day."""


def on_times(setting: Setting, sessions: Sessions) -> Coming:
    """Return everything that is still to come with its time of day, lone reviews on their day."""
    diary = Diary(setting.days)
    reviews = checkpoints(setting, sessions)
    stopped = setting.history.circumstances.stopped
    coming = tuple(s for s in sessions.coming if stopped is None or s.day < stopped)
    for visit in _standing(setting, sessions):
        diary.take(visit.day.toordinal(), _minute(visit.start), visit.minutes)
    everything: tuple[Session | Checkpoint, ...] = (*coming, *reviews)
    for one in everything:
        if one.fixed is not None and not (isinstance(one, Session) and one.waits):
            phase = one.phase if isinstance(one, Session) else None
            diary.take(one.day, _minute(one.fixed), one.minutes, phase)
    beginnings = _beginnings(coming, sessions)
    times: dict[str, Timed] = {}
    for block in sorted(_blocks(coming, reviews), key=_announced_first):
        times |= _block_times(block, diary, beginnings)
    placed = []
    for review in reviews:
        alone = review.joined is None and review.fixed is None
        if alone and review.announced is None:
            review = placed_alone(review, setting, diary)  # noqa: PLW2901 - now on its day
        if alone:
            times |= diary.enter([_stay(review)])
        placed.append(review)
    times |= diary.kept_while_taken()
    kept = tuple(r for r in placed if stopped is None or r.day < stopped)
    return Coming(coming, kept, times)


def _standing(setting: Setting, sessions: Sessions) -> Iterator[Visit]:
    """Yield the visits at the clinic whose time is over, or soon will be."""
    yield from (visit for visit in sessions.past if visit.place == "clinic")
    for visit in setting.history.shown.visits.values():
        if visit.kind != "session" and visit.status == "attended":
            yield visit


def _beginnings(coming: Sequence[Session], sessions: Sessions) -> Beginnings:
    """Return when the sessions of each phase begin on each day whose time is no longer open."""
    found: dict[tuple[str, int], list[int]] = {}
    for visit in counting(sessions.past):
        found.setdefault((visit.phase or "", visit.day.toordinal()), []).append(
            _minute(visit.start)
        )
    for session in coming:
        if session.fixed is not None and not session.waits:
            key = session.phase.id, session.day
            found.setdefault(key, []).append(_minute(session.fixed))
    return found


def _minute(moment: datetime) -> int:
    return 60 * moment.hour + moment.minute


class Block(NamedTuple):
    """What is entered in one go: sessions hours apart on a day, and the reviews joined to each."""

    sessions: list[Session]
    joined: Mapping[str, list[Checkpoint]]


def _blocks(coming: Sequence[Session], reviews: Sequence[Checkpoint]) -> Iterator[Block]:
    """Gather the sessions to come and the reviews joined to them."""
    joined: dict[str, list[Checkpoint]] = {}
    for review in reviews:
        if review.joined is not None:
            joined.setdefault(review.joined.key, []).append(review)
    ordered = sorted(coming, key=lambda s: (s.day, s.wished, s.key))
    for _, group in groupby(ordered, key=_together):
        yield Block(list(group), joined)


def _together(session: Session) -> tuple[int, str, int | str]:
    apart = session.fixed is not None or not session.phase.several_a_day
    return session.day, session.phase.id, session.key if apart else session.target_day


def _announced_or_wished(session: Session) -> int:
    return session.wished if session.announced is None else _minute(session.announced.start)


def _announced_first(block: Block) -> tuple[bool, bool, int]:
    """Order by what was announced; who had to give way on its day comes after who did not."""
    last = block.sessions[-1]
    gave_way = last.announced is not None and _minute(last.announced.start) != last.wished
    return last.announced is None, gave_way, last.day


def _stay(
    one: Session | Checkpoint, wished: int | None = None, leeway: Leeway | None = None
) -> Stay:
    announced = None if one.announced is None else _minute(one.announced.start)
    wished = one.wished if wished is None else wished
    phase = one.phase if isinstance(one, Session) else None
    return Stay(one.key, one.day, wished, one.minutes, announced, leeway, phase)


def _block_times(block: Block, diary: Diary, beginnings: Beginnings) -> dict[str, Timed]:
    """Return the times of a block."""
    sessions = block.sessions
    first = sessions[0]
    if first.phase.place == "home":
        return {session.key: Timed(session.wished) for session in sessions}
    if first.waits:  # on hold it takes nothing, and stands where it was announced
        return {session.key: Timed(_announced_or_wished(session)) for session in sessions}
    stays = _stays(block)
    if first.fixed is None:
        leading = next(stay for stay in stays if stay.key == sessions[-1].key)
        lasts = min(session.minutes for session in sessions)
        apart = apart_from(beginnings.get((first.phase.id, first.day), ()), first.phase, lasts)
        return diary.enter(stays, leading, apart)
    reviews = [stay for stay in stays if stay.key != first.key]  # the session has its time
    for stay in reviews:
        diary.take(stay.day, stay.wished, stay.minutes, first.phase)
    return {stay.key: Timed(stay.wished) for stay in reviews}


def _stays(block: Block) -> list[Stay]:
    """Return when a block is wished for: each review directly before its session, or after it.

    Where no time is left there between two sessions it comes before the first, or after the last.
    """
    begins = [s.wished if s.fixed is None else _minute(s.fixed) for s in block.sessions]
    phase = block.sessions[0].phase
    leeways = [None, *(leeway(phase, later - before) for before, later in pairwise(begins))]
    found = [_stay(*each) for each in zip(block.sessions, begins, leeways, strict=True)]
    for place, stay in enumerate(tuple(found)):
        joined = block.joined.get(stay.key, ())
        before = [review for review in joined if review.review.join != "after"]
        row = _beside(found, before, stay.wished, early=True)
        if row and row[-1].wished + row[-1].minutes == stay.wished:  # it goes where they go
            found[place] = stay._replace(leeway=None)
            row[0] = row[0]._replace(leeway=stay.leeway)
        found += row
        after = [review for review in joined if review.review.join == "after"]
        found += _beside(found, after, stay.wished + stay.minutes, early=False)
    return sorted(found, key=lambda stay: stay.wished)


def _beside(
    stays: Sequence[Stay], reviews: Sequence[Checkpoint], at: int, *, early: bool
) -> list[Stay]:
    """Return reviews in a row up to a minute or from it on, if that is free, else beside all stays."""
    lasts = sum(review.minutes for review in reviews)
    start = at - lasts if early else at
    if any(stay.wished < start + lasts and start < stay.wished + stay.minutes for stay in stays):
        first = min(stay.wished for stay in stays) - lasts
        start = first if early else max(stay.wished + stay.minutes for stay in stays)
    found = []
    for review in reviews:
        found.append(_stay(review, start))
        start += review.minutes
    return found
