"""What wider lives draw beside the plain ones: the facts and fields that came later.

Each drawing has a stream of its own, `Random(f"{seed} {name}")`, so that one more changes nothing of what
the others draw, and nothing at all of the plain lives. To add one: write a function and name it in
`FIELDS` (what a protocol says from the beginning) or in `FACTS` (what is told at a step).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

from mesoplan import Begun, Corrected, Ended, Fact, Plan, Preferred, Protocol, ProtocolError


def ended(random: Random, plan: Plan, as_of: datetime) -> Iterator[Fact]:
    """End a phase early, soon or some weeks from now."""
    if random.random() < 1 / 25:
        days = timedelta(days=random.choice((-3, 0, 1, 5, 12, 30)))
        phase = random.choice(plan.course.protocol.phases)
        yield Ended(phase=phase.id, on=plan.clinic.local(as_of).date() + days)


def _making_up(random: Random, protocol: Protocol) -> Protocol:
    """What is lost is made up soon, or only within so many days; what was called off otherwise."""
    rules: dict[str, object] = {}
    if random.random() < 1 / 2:
        rules["if_missed"] = random.choice(("soon", "soon", "make_up", "skip"))
    if random.random() < 1 / 3:
        rules["if_cancelled"] = random.choice(("soon", "make_up", "skip"))
    if random.random() < 1 / 3:
        rules["within"] = random.choice(("P3D", "P1W", "P3W", "P2M"))
    return protocol.replace(phases=[phase.replace(**rules) for phase in protocol.phases])


def preferred(random: Random, plan: Plan, as_of: datetime) -> Iterator[Fact]:
    """Prefer other weekdays, another time, or both, from a day near by."""
    if random.random() < 1 / 15:
        since = plan.clinic.local(as_of).date() + timedelta(days=random.choice((-2, 1, 1, 9, 30)))
        weekdays = random.choice((None, (), ("mon", "tue"), ("fri",), ("sat", "wed")))
        clock = random.choice(("09:30", "11:00", "16:00"))
        time = clock if weekdays is None or random.random() < 1 / 2 else None
        yield Preferred(since=since, weekdays=weekdays, time=time)


def reviews(random: Random, protocol: Protocol) -> Protocol:
    """Let reviews repeat, count treated time, or stand after their session."""
    found = []
    for review in protocol.reviews:
        changes: dict[str, Any] = {"join": random.choice(("after", "before", False))}
        changes["counts"] = random.choice(("calendar", "treatment"))
        every, until = random.choice(("P2W", "P1M", "P3M")), random.choice(("P4M", "P1Y", None))
        if random.random() < 1 / 3 and review.at.kind != "each" and not review.outcomes:
            changes |= {"every": every, "until": until}
        found.append(review.replace(**changes))
    return protocol.replace(reviews=found)


def named_minimums(random: Random, protocol: Protocol) -> Protocol:
    """Let the third session of a phase keep a minimum from its first."""
    index = random.randrange(len(protocol.phases))
    phase, weeks = protocol.phases[index], random.randint(1, 20)
    third = {"min_from": f"first session of {phase.id} + P{weeks}W"}
    if phase.steps or phase.several_a_day or random.random() < 1 / 2:
        return protocol
    phases = [*protocol.phases]
    phases[index] = phase.replace(steps=[{}, {}, third])
    return protocol.replace(phases=phases)


def corrected(random: Random, plan: Plan, as_of: datetime) -> Iterator[Fact]:
    """Take one of the last facts back."""
    del as_of
    facts = plan.course.facts
    if facts and random.random() < 1 / 12:
        yield Corrected(number=len(facts) - random.randrange(min(len(facts), 6)))


def no_shows(random: Random, protocol: Protocol) -> Protocol:
    """Let some courses end after so many no-shows in a row."""
    most = random.choice((None, None, None, 2, 3))
    phases = [phase.replace(stop_after_missed=most) for phase in protocol.phases]
    return protocol.replace(phases=phases)


def variants(random: Random, protocol: Protocol) -> Protocol:
    """Follow the course in the numbers of a variant."""
    phase = random.choice(protocol.phases)
    numbers: dict[str, Any] = {"duration": random.choice(("PT15M", "PT50M"))}
    if phase.sessions is not None and random.random() < 1 / 2:
        numbers["sessions"] = max(phase.sessions + random.choice((-2, 2)), 1)
    variant = {"id": "other", "title": "Other", "phases": {phase.id: numbers}}
    return protocol.replace(variants=[variant]).for_variant("other")


def _tiers(random: Random, protocol: Protocol) -> Protocol:
    """What comes late takes the last step again, or an earlier one."""
    phases = []
    for phase in protocol.phases:
        if random.random() < 1 / 3:
            steps = [f"{number} mg" for number in range(1, random.randint(3, 8))]
            longest = random.choice(("repeat", "step_back", "restart"))
            tiers: list[dict[str, object]] = [
                {"late": "P3D", "then": "carry_on"},
                {"late": "P8D", "then": "repeat"},
                {"late": "P2W", "then": "step_back", "steps": random.randint(1, 3)},
                {"then": longest},
            ]
            phase = phase.replace(steps=steps, tiers=tiers)  # noqa: PLW2901 - with tiers now
        phases.append(phase)
    return protocol.replace(phases=phases)


def as_needed(random: Random, protocol: Protocol) -> Protocol:
    """Let some courses have a phase behind the others that is begun as needed, or by an outcome."""
    if random.random() < 3 / 4:
        return protocol
    every, sessions = random.choice(("P3D", "P1W", "P2W", "P1M")), random.choice((1, 2, 3, 5))
    phase: dict[str, Any] = {"id": "n", "starts": "as needed", "every": every}
    phase |= {"sessions": sessions, "label": protocol.phases[0].label}
    opener = next((review for review in protocol.reviews if review.outcomes), None)
    if opener is not None and random.random() < 1 / 2:
        phase["requires"] = {"review": opener.id, "outcome": random.choice(opener.outcomes)}
    phase["rhythm"] = random.choice(("grid", "grid", "chain"))
    return protocol.replace(phases=[*protocol.phases, phase])


def begun(random: Random, plan: Plan, as_of: datetime) -> Iterator[Fact]:
    """Begin a phase as needed, today or some days from now."""
    phases = [phase for phase in plan.course.protocol.phases if phase.as_needed]
    if phases and random.random() < 1 / 6:
        days = timedelta(days=random.choice((-4, 0, 0, 1, 10, 40)))
        yield Begun(phase=phases[0].id, on=plan.clinic.local(as_of).date() + days)


def gaps(random: Random, protocol: Protocol) -> Protocol:
    """Let the sessions of a day stand nearer or farther apart than their offsets."""
    ranged = {"min_gap": random.choice(("PT20M", "PT1H", None))}
    ranged["max_gap"] = random.choice(("PT6H", "PT12H", None))
    phases = [
        phase.replace(**ranged) if phase.several_a_day else phase for phase in protocol.phases
    ]
    return protocol.replace(phases=phases)


def renewals(random: Random, protocol: Protocol) -> Protocol:
    """What comes very late begins an earlier phase again."""
    phases, length = [*protocol.phases], random.choice(("P10D", "P3W", "P2M"))
    index, named = random.randrange(len(phases)), random.choice(phases).id
    tiers = [{"late": length, "then": "carry_on"}, {"then": "restart", "phase": named}]
    phases[index] = phases[index].replace(tiers=tiers)
    return protocol.replace(phases=phases)


FIELDS: tuple[Callable[[Random, Protocol], Protocol], ...] = (
    _making_up,
    no_shows,
    _tiers,
    renewals,
    reviews,
    named_minimums,
    variants,
    as_needed,
    gaps,
)
"""Each returns a protocol with something more, or as it was; what contradicts itself is left out."""

FACTS: tuple[Callable[[Random, Plan, datetime], Iterator[Fact]], ...] = (
    ended,
    preferred,
    corrected,
    begun,
)
"""Each yields what is told at a moment of a course whose last plan it is given; mostly nothing."""


class Wider:
    """What one life draws beside the plain one."""

    def __init__(self, seed: int) -> None:
        """Begin each stream."""
        self._streams = {
            drawing.__name__: Random(f"{seed} {drawing.__name__}") for drawing in (*FIELDS, *FACTS)
        }

    def protocol(self, protocol: Protocol) -> Protocol:
        """Return a protocol with whatever more its fields say."""
        for drawing in FIELDS:
            with suppress(ProtocolError):
                protocol = drawing(self._streams[drawing.__name__], protocol)
        return protocol

    def facts(self, plan: Plan, as_of: datetime) -> Iterator[Fact]:
        """Yield whatever more is told at a step."""
        for drawing in FACTS:
            yield from drawing(self._streams[drawing.__name__], plan, as_of)
