"""The day of each session of a wave: first what stands, then what is free (M6, M8).

What happened, what a person fixed and what was announced and is still possible is settled first. What
was announced is released only where it has become impossible, breaks a minimum, or leaves a session
that is free no day near its target.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, groupby, pairwise

from mesoplan.plan.intervals import Spot
from mesoplan.scheduling.days import nearest
from mesoplan.scheduling.placement import place
from mesoplan.scheduling.room import Piece, Pieces, leeway, pieces_of
from mesoplan.scheduling.setting import Session, Setting, days_of
from mesoplan.scheduling.stops import Group, Settled, Stop
from mesoplan.scheduling.targets import Target, minutes_of_session


class Assignment:
    """The sessions that have their days so far, wave after wave."""

    def __init__(self, setting: Setting, settled: Settled) -> None:
        """Begin with what has happened, and what a person fixed, settled."""
        self.setting, self.history = setting, setting.history
        self.intervals, self.settled = settled.intervals, settled
        self.placed: dict[str, Session] = {}
        self.counted_from: dict[str, str] = {}
        self.has_begun = False

    def copy(self) -> "Assignment":
        """Return one that can place more sessions, for a trial."""
        other = Assignment(self.setting, self.settled.copy())
        other.placed, other.counted_from = dict(self.placed), dict(self.counted_from)
        other.has_begun = self.has_begun
        return other

    def on_days(self, targets: Sequence[Target]) -> tuple[list[Session], bool]:
        """Return the sessions of a wave on their days, and whether these are proved to be the best."""
        self._link(targets)
        found = [Session(t, t.day, t.day) for t in targets if t.phase.place == "home"]
        clinic = sorted((t for t in targets if t.phase.place == "clinic"), key=self._group)
        proved = True
        for _, group in groupby(clinic, key=self._group):
            blocks = [list(block) for _, block in groupby(sorted(group, key=_when), key=_block)]
            sessions, is_proved = self._group_on_days(blocks)
            found += sessions
            proved = proved and is_proved
        return found, proved

    def _link(self, targets: Sequence[Target]) -> None:
        """Remember which session each one of a chain counts from."""
        last: dict[str, str] = {}
        for target in targets:
            if target.counts_on:
                self.counted_from[target.key] = last[target.phase.id]
            last[target.phase.id] = target.key

    def _group(self, target: Target) -> tuple[bool, str, str]:
        """Gather by treatment; what is certain comes first, and what another outcome opens apart."""
        track = target.phase.label or ""
        track = "" if track in self.intervals.spaced else f"track {track}"
        wanted = target.phase.requires if target.status == "tentative" else None
        named = f"{wanted.review} {wanted.outcome}" if wanted is not None else ""
        return wanted is not None, named, track

    def _group_on_days(self, blocks: Sequence[list[Target]]) -> tuple[list[Session], bool]:
        free: list[list[Target]] = []
        soon: list[list[Target]] = []
        found: list[Session] = []
        for block in chain.from_iterable(map(self._parts, blocks)):
            standing = self._fixed(block) or self._kept(block) or self._chosen(block)
            found += standing
            for session in standing:
                self.placed[session.key] = session
                self.settled.release(session.spot)  # one that a person fixed was settled before
                self.settled.add(session.spot)
            if not standing:
                (free if block[0].made_up_by is None else soon).append(block)
        if not free:
            return [*found, *self._made_up(soon)], True
        found = self._released(free, found)
        free.sort(key=lambda block: _when(block[0]))
        stops = [self._stop(block) for block in free]
        group = Group(stops, self.setting.days.takes, self.settled, self.history.wishes.like)
        placed = place(group)
        for block, day, asked in zip(free, placed.days, placed.targets, strict=True):
            for target in block:
                session = self._session(target, day, asked + target.day - block[0].day)
                found.append(session)
                self.placed[session.key] = session
                self.settled.add(session.spot)
        found += self._made_up(soon)
        return [self._counted_on(session) for session in found], placed.proved

    def _made_up(self, soon: Sequence[list[Target]]) -> Iterator[Session]:
        """Yield what is made up soon, each on the nearest day that the others leave, if that is in time."""
        for block in soon:
            day = self._free_day(self._stop(block))
            for target in block:
                assert target.made_up_by is not None
                if day <= target.made_up_by:
                    session = self._session(target, day, target.day)
                    self.placed[session.key] = session
                    self.settled.add(session.spot)
                    yield session

    def _parts(self, block: list[Target]) -> Iterator[list[Target]]:
        """Yield the sessions of a block whose times a person chose one by one, and the rest together."""
        fixed = [target for target in block if self._time(target) is not None]
        yield from ([target] for target in fixed)
        rest = [target for target in block if target not in fixed] if fixed else block
        if rest:
            yield rest

    def _counted_on(self, session: Session) -> Session:
        """Return a session whose time a person chose with its target, now that all have their days."""
        asked = self._asked(session.target)
        if session.fixed is None or asked == session.target_day:
            return session
        return self._session(session.target, session.day, asked)._replace(fixed=session.fixed)

    def _released(self, free: list[list[Target]], found: Sequence[Session]) -> list[Session]:
        """Release what was announced where nothing else leaves a free session its nearest day (M8).

        A session that is free again may in its turn be in the way of the next one.
        """
        kept = {session.key: session for session in found if session.announced is not None}
        waiting, tried = list(free), list[Spot]()
        while kept and waiting:
            waiting.sort(key=lambda block: _when(block[0]))
            block = waiting.pop(0)
            if self._counts_from_free(block[0]):
                continue
            stop = self._stop(block)
            day, in_the_way = self._nearest_day(stop, list(kept.values()))
            too_early = self._too_early(stop.spot(day), kept.values())
            for session in dict.fromkeys((*in_the_way, *too_early)):
                del kept[session.key]
                del self.placed[session.key]
                self.settled.release(session.spot)
                free.append([session.target])
                waiting.append([session.target])
            tried.append(stop.spot(day)._replace(key=block[0].key))
            self.settled.add(tried[-1])
        for spot in tried:
            self.settled.release(spot)
        freed = {block[0].key for block in free}
        return [session for session in found if session.key not in freed]

    def _too_early(self, spot: Spot, kept: Iterable[Session]) -> Iterator[Session]:
        """Yield what was announced below a minimum that it names from a session on its new day."""
        for session in kept:
            if any(
                session.day < limit.day for limit in self.intervals.named(session.spot, (spot,))
            ):
                yield session

    def _nearest_day(self, stop: Stop, kept: Sequence[Session]) -> tuple[int, list[Session]]:
        """Return the day of a stop nearest to its target, and what was announced in its way.

        Where it has a day in its window beside all that was announced, nothing is in its way.
        """
        day = self._free_day(stop)
        if stop.last is not None and day <= stop.last:
            return day, []
        for session in kept:
            self.settled.release(session.spot)
        sooner = self._free_day(stop)
        for session in kept:
            self.settled.add(session.spot)
        if sooner >= day:
            return day, []
        there = Settled(self.intervals)
        there.add(stop.spot(sooner))
        same = (session for session in kept if session.phase.id == stop.phase.id)
        return sooner, [session for session in same if there.too_close(session.spot) is not None]

    def _free_day(self, stop: Stop) -> int:
        """Return the day of a stop's window that is nearest to its target, or the first after it."""

        def allowed(day: int) -> bool:
            possible = day >= stop.earliest and self.setting.days.takes(day, stop.pieces)
            return possible and self.settled.keeps(stop.spot(day))

        if stop.first is not None and stop.last is not None:
            inside = [day for day in range(stop.first, stop.last + 1) if allowed(day)]
            if inside:
                return min(inside, key=lambda day: (abs(day - stop.target), -day))
        return nearest(stop.target if stop.last is None else stop.last + 1, allowed)

    def _fixed(self, block: Sequence[Target]) -> list[Session]:
        """Return a session whose time a person chose on its day; else nothing."""
        at = self._time(block[0])
        if at is None:
            return []
        session = self._session(block[0], at.toordinal(), self._asked(block[0]))
        return [session._replace(fixed=at)]

    def _time(self, target: Target) -> datetime | None:
        """Return the time that the person chose for a session, where nothing rules it out."""
        at = self.history.fixed.get(target.key)
        if at is None or target.key not in self.history.shown.visits:
            return None
        return at if self.setting.stands(target.key, at) else None

    def _kept(self, block: Sequence[Target]) -> list[Session]:
        """Return a block on the day that was announced, or nothing where it is released (M8)."""
        if not self.setting.published:
            return []
        known = [self._on_its_announced_day(target) for target in block]
        found = [session for session in known if session is not None]
        together = {session.day for session in found}
        stay = len(found) == len(block) and all(self._has_room(block, day) for day in together)
        return found if stay else []

    def _has_room(self, block: Sequence[Target], day: int) -> bool:
        """Whether a day on which each session of a block has room has room for all of them."""
        alone = len(block) == 1 or self._is_held(day)
        return alone or self.setting.days.takes(day, _pieces(block))

    def _on_its_announced_day(self, target: Target) -> Session | None:
        visit = self.setting.kept(target.key)
        if visit is None or self._counts_from_free(target):
            return None
        day, asked = visit.day.toordinal(), self._asked(target)
        session = self._session(target, day, asked)._replace(announced=visit)
        inside = session.first is not None and session.last is not None
        inside = inside and (session.first or 0) <= day <= (session.last or 0)
        if day < target.not_before or not (inside or asked == visit.target.toordinal()):
            return None
        if self._is_held(day):
            return session
        over = self.setting.has_passed_here(visit) or self.history.standing(
            target.phase.id
        ).is_over(day)
        possible = not over and self.setting.days.treatable(day, session.minutes)
        return session if possible and self.settled.lets_stay(session.spot) else None

    def _counts_from_free(self, target: Target) -> bool:
        return target.counts_on and self.counted_from[target.key] not in self.placed

    def _is_held(self, day: int) -> bool:
        hold = self.history.circumstances.open_hold
        return hold is not None and hold.covers(day)

    def _asked(self, target: Target) -> int:
        """Return the day that the protocol asks for, in a chain from where the one before stands."""
        before = self.placed.get(self.counted_from.get(target.key, ""))
        if before is None or target.phase.every is None:
            return target.day
        return self.intervals.after(before.day, target.phase.every)

    def _chosen(self, block: Sequence[Target]) -> list[Session]:
        """Return the first session on the day that the person chose to begin, where it is free."""
        begins, first = self.setting.begins.toordinal(), block[0]
        if self.setting.published or self.has_begun or first.day != begins:
            return []
        room = self.setting.days.room(begins) and self._has_room(block, begins)
        if first.status == "tentative" or not room:
            return []
        if not self.settled.keeps(Spot("", first.phase, begins, begins, first.number)):
            return []
        self.has_begun = True
        return [self._session(target, begins, target.day) for target in block]

    def _session(self, target: Target, day: int, asked: int) -> Session:
        return Session(target, day, asked, *_window(target, asked))

    def _stop(self, block: Sequence[Target]) -> Stop:
        first = block[0]
        asked = self._asked(first)
        earliest, latest = _window(first, asked)
        begins, out = self.setting.begins.toordinal(), self.setting.kept(first.key)
        return Stop(
            phase=first.phase,
            number=first.number,
            target=asked,
            pieces=_pieces(block),
            first=earliest,
            last=latest,
            earliest=max(begins, self.setting.soonest, first.not_before),
            chain=first.phase.every if self._counts_from_free(first) else None,
            announced=None if out is None else out.day.toordinal(),
        )


def _window(target: Target, asked: int) -> tuple[int | None, int | None]:
    window = target.phase.step(target.step).window or target.phase.window
    return days_of(window, asked)


def _pieces(block: Sequence[Target]) -> Pieces:
    """Return what a person comes for on the day of a block."""
    first, phase = block[0].moment, block[0].phase
    after = [int((target.moment - first).total_seconds()) // 60 for target in block]
    leeways = [None, *(leeway(phase, later - before) for before, later in pairwise(after))]
    lasts = (minutes_of_session(target.phase, target.step) for target in block)
    return pieces_of(Piece(*piece) for piece in zip(after, lasts, leeways, strict=True))


def _when(target: Target) -> tuple[datetime, str]:
    return target.moment, target.phase.id


def _block(target: Target) -> tuple[str, object]:
    """Name what a session is placed with: those that the protocol puts hours apart on one day."""
    if target.phase.several_a_day and target.not_before == 1:
        return target.phase.id, target.moment.date()
    return target.phase.id, target.key
