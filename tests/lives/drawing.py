"""Random lives: what happens to a course in two years, step by step, drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from lives import protocols
from lives.story import Life, Step
from lives.wider import Wider
from mesoplan import (
    Attended,
    Away,
    Cancelled,
    Clinic,
    Course,
    Extended,
    Fact,
    Missed,
    Moved,
    Paused,
    Phase,
    Plan,
    Preferences,
    Protocol,
    ProtocolError,
    Resumed,
    Reviewed,
    Stopped,
    Visit,
)
from mesoplan.course.facts import counted_phases

_DAY = timedelta(days=1)
_TWO_YEARS = timedelta(days=730)
_GAPS = (1, 2, 4, 7, 7, 10, 14, 21, 30, 45)


def beginning(random: Random) -> tuple[Course, Clinic, datetime]:
    """Draw a course that has not begun, its clinic, and the moment of the first plan."""
    day = date(2026, 12, 1) + timedelta(days=random.randint(0, 300))
    start = datetime.combine(day, time(random.randint(9, 16), random.choice((0, 30))))
    preferences = Preferences(
        weekdays=random.choice(((), (), (), ("mon", "thu"), ("fri",))),
        time=random.choice((None, None, time(11, 30))),
    )
    course = Course(
        id="c",
        protocol=protocols.protocol(random),
        start=start,
        preferences=preferences,
        dates={"lab": day + timedelta(days=random.randint(0, 200))},
    )
    as_of = datetime.combine(day - timedelta(days=random.randint(8, 40)), time(9), tzinfo=UTC)
    return course, protocols.clinic(random, day), as_of


class Drawing:
    """One random life, from its beginning until two years have passed or nothing is left."""

    def __init__(self, seed: int, *, wider: bool = False) -> None:
        """Begin the life of a seed; a wider one is told more facts, of protocols that say more."""
        self.random = Random(seed)
        self.course, self.clinic, self.as_of = beginning(self.random)
        self.wider = Wider(seed) if wider else None
        if self.wider is not None:
            self.course = self.course.replace(protocol=self.wider.protocol(self.course.protocol))
        self.is_over = False

    def next_step(self, life: Life) -> Step | None:
        """Draw the next step of a life, or None after the last."""
        assert life.plan is not None
        now = life.plan.as_of
        if self.is_over:
            return None
        waits = any(visit.status == "on_hold" for visit in life.plan.visits)
        left = waits or life.plan.next(now) is not None
        self.is_over = now >= self.as_of + _TWO_YEARS or not left
        return self._last(life) if self.is_over else self._step(life)

    def _step(self, life: Life) -> Step:
        """Draw what is new after some days."""
        assert life.plan is not None
        random = self.random
        days = timedelta(days=random.choice(_GAPS), minutes=random.randint(-300, 300))
        as_of = life.plan.as_of + days
        facts = tuple(self._facts(life.plan, as_of))
        if self.wider is not None:
            facts += tuple(self.wider.facts(life.plan, as_of))
        return Step(
            as_of=as_of,
            facts=facts,
            clinic=self._clinic(life.clinic, as_of),
            protocol=self._protocol(life.course.protocol),
            reopened=random.random() < 1 / 4,
        )

    def _last(self, life: Life) -> Step:
        """Draw the last step, with which the course may be stopped."""
        assert life.plan is not None
        as_of = life.plan.as_of + _DAY
        on = life.plan.clinic.local(as_of).date() + self.random.choice((0, 1, 10)) * _DAY
        stop = (Stopped(on=on),) if self.random.random() < 1 / 3 else ()
        return Step(as_of=as_of, facts=stop)

    # What happened

    def _facts(self, plan: Plan, as_of: datetime) -> Iterator[Fact]:
        """Draw what became of each visit up to now, and what is new about the days to come."""
        for visit in plan.visits:
            if visit.status in {"planned", "tentative"} and visit.start <= as_of:
                yield from self._became(visit, plan, as_of)
        random, now = self.random, plan.clinic.local(as_of).date()
        coming = [visit for visit in plan.visits if visit.upcoming and visit.start > as_of]
        if coming and random.random() < 1 / 5:
            yield self._chosen(random.choice(coming[:4]), as_of)
        if coming and random.random() < 1 / 12:
            yield Cancelled(visit=random.choice(coming[:5]).key)
        if random.random() < 1 / 8:
            first = now + random.randint(1, 40) * _DAY
            yield Away(first=first, last=first + random.choice((0, 1, 4, 13, 20, 34)) * _DAY)
        yield from self._hold(plan, now)
        if random.random() < 1 / 20:
            yield from self._more(plan.course.protocol)

    def _became(self, visit: Visit, plan: Plan, as_of: datetime) -> Iterator[Fact]:
        """Draw what became of a visit whose time has come; of some nothing is recorded."""
        random, draw = self.random, self.random.random()
        if visit.review is not None:
            yield from self._review_became(visit, plan, draw)
        elif draw < 8 / 12:
            yield Attended(visit=visit.key, next_after=self._gap(visit, plan))
        elif draw < 9 / 12:
            late = random.choice(
                (timedelta(hours=1), timedelta(hours=-1), _DAY, 3 * _DAY, 8 * _DAY)
            )
            at = visit.start + late
            yield Attended(visit=visit.key, at=at if at <= as_of else None)
        elif draw < 11 / 12:
            yield Missed(visit=visit.key) if random.random() < 2 / 3 else Cancelled(visit=visit.key)

    def _review_became(self, visit: Visit, plan: Plan, draw: float) -> Iterator[Fact]:
        outcomes = next(
            (r.outcomes for r in plan.course.protocol.reviews if r.id == visit.review), ()
        )
        if draw < 1 / 6:
            yield Missed(visit=visit.key)
        elif draw < 1 / 4:
            return
        elif outcomes:
            yield Reviewed(visit=visit.key, outcome=self.random.choice(outcomes))
        else:
            yield Attended(visit=visit.key)

    def _gap(self, visit: Visit, plan: Plan) -> Any:
        """Draw the gap to the next session, seldom set, where the rhythm is plain."""
        phase = next((p for p in plan.course.protocol.phases if p.id == visit.phase), None)
        if phase is None or phase.every is None or self.random.random() > 1 / 30:
            return None
        return self.random.choice(("P10D", "P3W", "P6W"))

    def _chosen(self, visit: Visit, as_of: datetime) -> Fact:
        """Draw another time for a visit: mostly near, sometimes on a bad day."""
        random = self.random
        days = random.choice((-3, -1, 0, 1, 1, 2, 3, 5, 8, 20))
        to = (visit.start + days * _DAY).replace(tzinfo=None)
        to = to.replace(hour=random.choice((9, 10, 11, 15, 16)), minute=0)
        soonest = visit.start.replace(tzinfo=None) + _DAY
        return Moved(visit=visit.key, to=to if visit.start + days * _DAY > as_of else soonest)

    def _hold(self, plan: Plan, now: date) -> Iterator[Fact]:
        random = self.random
        said = [fact for fact in plan.course.facts if isinstance(fact, Paused | Resumed)]
        if said and isinstance(said[-1], Paused):
            if random.random() < 1 / 2:
                yield Resumed(on=max(said[-1].on, now + random.randint(-3, 7) * _DAY))
        elif random.random() < 1 / 25:
            yield Paused(on=now + random.randint(-2, 5) * _DAY)

    def _more(self, protocol: Protocol) -> Iterator[Fact]:
        counted = counted_phases(protocol)
        if counted:
            yield Extended(sessions=self.random.randint(1, 4), phase=self.random.choice(counted))

    # What is new of the clinic and the protocol

    def _clinic(self, clinic: Clinic, as_of: datetime) -> Clinic | None:
        """Draw a closure announced or lifted, other hours, another zone; mostly nothing."""
        random, draw = self.random, self.random.random()
        if draw < 1 / 12:
            new = protocols.closure(random, as_of.date(), 60)
            return clinic.replace(closures=(*clinic.closures, new))
        if draw < 2 / 12 and clinic.closures:
            lifted = random.choice(clinic.closures)
            kept = tuple(each for each in clinic.closures if each != lifted)
            return clinic.replace(closures=kept)
        if draw < 2 / 12 + 1 / 40:
            return Clinic(
                timezone=clinic.timezone,
                hours=random.choice(protocols.HOURS),
                closures=clinic.closures,
            )
        if draw < 2 / 12 + 2 / 40:
            return clinic.replace(timezone=random.choice(protocols.ZONES))
        return None

    def _protocol(self, protocol: Protocol) -> Protocol | None:
        """Draw a new version: another number of sessions, another length, another rhythm."""
        random = self.random
        if random.random() > 1 / 20:
            return None
        index = random.randrange(len(protocol.phases))
        with suppress(ProtocolError):
            phase = self._changed(protocol.phases[index])
            phases = (*protocol.phases[:index], phase, *protocol.phases[index + 1 :])
            version = str(int(protocol.version) + 1)
            return protocol.replace(phases=phases, version=version)
        return None

    def _changed(self, phase: Phase) -> Phase:
        random = self.random
        kind = random.choice(("count", "count", "duration", "rhythm"))
        if kind == "count" and phase.sessions is not None:
            return phase.replace(sessions=max(phase.sessions + random.choice((-3, -1, 1, 3)), 1))
        if kind == "rhythm" and phase.every is not None and not phase.offsets:
            every = random.choice(("P1W", "P2W", "P3W"))
            return phase.replace(every=every, window=None, min_interval=None, max_interval=None)
        return phase.replace(duration=random.choice(("PT20M", "PT40M", "PT1H")))
