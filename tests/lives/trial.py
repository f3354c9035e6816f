"""Lives on trial: which laws a life breaks, and the shortest story that still breaks one."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

from lives.always import broken
from lives.drawing import Drawing
from lives.story import NO_PREFERENCES, Life, Step, Story, lived
from mesoplan import Clinic, MesoplanError, Protocol

NO_CRASH = "no_crash"
_LIMITS = ("year 9999", "longer than any opening hours")
"""What `schedule` may refuse in a life whose clinic is open every week: that has a day in ten years."""


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A law that a life broke, and the story until then."""

    law: str
    said: str
    story: Story


@dataclass(kw_only=True)
class Trial:
    """What one life was like."""

    seed: int
    plans: int = 0
    breaches: dict[str, Breach] = field(default_factory=dict)
    """The first breach of each law."""


def tried(seed: int, saying: str = "", *, wider: bool = False) -> Trial:
    """Live the life of a seed and hold every step against every law.

    `saying` looks only for breaches whose sentence has this text; `wider` lives the wider life.
    """
    drawing = Drawing(seed, wider=wider)
    trial = Trial(seed=seed)
    begun = Story(course=drawing.course, clinic=drawing.clinic, as_of=drawing.as_of)
    life = Life(begun.course, begun.clinic)
    step: Step | None = Step(as_of=begun.as_of)
    while step is not None:
        until = replace(begun, steps=(*life.told[1:], step) if life.told else ())
        try:
            life, turn = life.stepped(step)
            found = list(broken(turn))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            if not _is_documented(error):
                trial.breaches[NO_CRASH] = Breach(law=NO_CRASH, said=_where(error), story=until)
            break
        trial.plans += 2
        until = replace(begun, steps=life.told[1:])
        for law, said in (pair for pair in found if saying in pair[1]):
            trial.breaches.setdefault(law, Breach(law=law, said=said, story=until))
        step = drawing.next_step(life)
    return trial


def _is_documented(error: Exception) -> bool:
    """Say whether a life has led beyond a limit that `schedule` documents."""
    return isinstance(error, MesoplanError) and any(limit in str(error) for limit in _LIMITS)


def _where(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({frame.name}, line {frame.lineno})"


def breach_of(law: str, story: Story, saying: str = "") -> Breach | None:
    """Return how a story breaks a law at its last step, or None; `saying` as in `tried`."""
    try:
        turn = lived(story)
        found = list(broken(turn))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        if law != NO_CRASH or _is_documented(error):
            return None
        return Breach(law=law, said=_where(error), story=story)
    said = next((said for name, said in found if name == law and saying in said), None)
    return None if said is None else Breach(law=law, said=said, story=story)


def shortest(breach: Breach, seconds: float = 30, saying: str = "") -> Breach:
    """Return the breach with a story from which nothing can be left out, as far as time allows."""
    end = monotonic() + seconds
    known: Breach | None = None
    while known is not breach and monotonic() < end:
        known = breach
        for pass_ in (_fewer_steps, _simpler_steps, _simpler_beginning):
            breach = _passed(breach, pass_, end, saying)
    return breach


def _passed(
    breach: Breach, pass_: Callable[[Story], Iterator[Story]], end: float, saying: str
) -> Breach:
    """Take whatever a pass can leave out; it goes on where it was, with what is left."""
    skipped, progress = 0, True
    while progress:
        progress = False
        for index, candidate in enumerate(pass_(breach.story)):
            if monotonic() > end:
                return breach
            found = breach_of(breach.law, candidate, saying) if index >= skipped else None
            if found is not None:
                breach, skipped, progress = found, index, True
                break
        if not progress and skipped:
            skipped, progress = 0, pass_ is not _fewer_steps
    return breach


def _fewer_steps(story: Story) -> Iterator[Story]:
    """Yield the story without some of its steps, long runs first, the last step always kept."""
    steps = story.steps
    size = len(steps) - 1
    while size > 0:
        for first in range(0, len(steps) - 1, size):
            rest = steps[min(first + size, len(steps) - 1) :]
            yield replace(story, steps=(*steps[:first], *rest))
        size //= 2


def _simpler_steps(story: Story) -> Iterator[Story]:
    """Yield the story with less in one of its steps, the later ones first."""
    steps = story.steps
    for index in reversed(range(len(steps))):
        for simple in _simpler_step(steps[index]):
            yield replace(story, steps=(*steps[:index], simple, *steps[index + 1 :]))


def _simpler_beginning(story: Story) -> Iterator[Story]:
    """Yield the story with a simpler protocol, clinic or person."""
    course = story.course
    for protocol in _simpler_protocols(course.protocol):
        yield replace(story, course=course.replace(protocol=protocol))
    if course.dates:
        with suppress(MesoplanError):
            yield replace(story, course=course.replace(dates={}))
    if course.preferences != NO_PREFERENCES:
        yield replace(story, course=course.replace(preferences=NO_PREFERENCES))
    for clinic in _simpler_clinics(story.clinic):
        yield replace(story, clinic=clinic)


def _simpler_clinics(clinic: Clinic) -> Iterator[Clinic]:
    if clinic.timezone != "UTC":
        yield clinic.replace(timezone="UTC")
    if clinic.hours is not None:
        yield clinic.replace(hours=None)
    for index in range(len(clinic.closures)):
        kept = (*clinic.closures[:index], *clinic.closures[index + 1 :])
        yield clinic.replace(closures=kept)


def _simpler_step(step: Step) -> Iterator[Step]:
    if step.protocol is not None:
        yield replace(step, protocol=None)
    if step.clinic is not None:
        yield replace(step, clinic=None)
        for clinic in _simpler_clinics(step.clinic):
            yield replace(step, clinic=clinic)
    if step.reopened:
        yield replace(step, reopened=False)
    for index in range(len(step.facts)):
        yield replace(step, facts=(*step.facts[:index], *step.facts[index + 1 :]))


_PLAIN: dict[str, Any] = {
    "window": None,
    "min_interval": None,
    "max_interval": None,
    "restart_after": None,
    "tiers": (),
    "steps": (),
    "label": None,
    "if_missed": "make_up",
    "rhythm": "grid",
    "duration": "PT30M",
    "requires": None,
}


def _simpler_protocols(protocol: Protocol) -> Iterator[Protocol]:
    """Yield the protocol with a part or a rule less, where it is one still."""
    for name in ("reviews", "spacing", "phases"):
        parts = getattr(protocol, name)
        for index in range(len(parts)):
            with suppress(MesoplanError):
                yield protocol.replace(**{name: (*parts[:index], *parts[index + 1 :])})
    for index, phase in enumerate(protocol.phases):
        for name, plain in _PLAIN.items():
            if name not in phase.model_fields_set or getattr(phase, name) == plain:
                continue
            with suppress(MesoplanError):
                fields = {n: getattr(phase, n) for n in phase.model_fields_set if n != name}
                simple = type(phase)(**fields)
                phases = (*protocol.phases[:index], simple, *protocol.phases[index + 1 :])
                yield protocol.replace(phases=phases)
