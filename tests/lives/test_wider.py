"""A wider life draws beside the plain one, and never in its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from random import Random

import pytest

from lives import wider
from lives.drawing import Drawing
from lives.story import Life, Step
from mesoplan import Away, Fact, Plan, Protocol

DAY = date(2030, 1, 1)


def away(random: Random, plan: Plan, as_of: datetime) -> Iterator[Fact]:
    """Tell of one day far away."""
    del plan, as_of
    random.random()
    yield Away(first=DAY, last=DAY, note="wider")


def noted(random: Random, protocol: Protocol) -> Protocol:
    """Change the title."""
    random.random()
    return protocol.replace(title="Wider")


def impossible(random: Random, protocol: Protocol) -> Protocol:
    """Leave nothing."""
    del random
    return protocol.replace(phases=[])


def second_step(seed: int, *, wide: bool) -> tuple[Protocol, Step]:
    """Return the protocol of a life, and its second step."""
    drawing = Drawing(seed, wider=wide)
    life, _ = Life(drawing.course, drawing.clinic).stepped(Step(as_of=drawing.as_of))
    step = drawing.next_step(life)
    assert step is not None
    return drawing.course.protocol, step


def test_what_is_wider_has_streams_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or each later fact would change every life that is known to break a law."""
    monkeypatch.setattr(wider, "FACTS", (away,))
    monkeypatch.setattr(wider, "FIELDS", (impossible, noted))
    protocol, step = second_step(3, wide=False)
    wide_protocol, wide_step = second_step(3, wide=True)
    assert (protocol.title, wide_protocol.title) == ("Protocol", "Wider")
    assert wide_protocol.phases == protocol.phases
    assert wide_step.facts == (*step.facts, Away(first=DAY, last=DAY, note="wider"))
    assert (wide_step.as_of, wide_step.clinic) == (step.as_of, step.clinic)
