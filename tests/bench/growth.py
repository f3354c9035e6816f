"""How planning grows with the number of sessions, on a grid and in a chain."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import weekly
from measure import seconds_of

from mesoplan import Clinic, Closure, Course, Period, Phase, Protocol, Window, schedule

Rhythm = Literal["grid", "chain"]
RHYTHMS: tuple[Rhythm, ...] = ("grid", "chain")
SIZES = (10, 30, 100, 300, 1000, 3000)
QUICK = SIZES[:3]
GOAL = 1.1
"""Of the exponent; 1 is linear."""
_FIXED = 30
"""Sessions up to which what every plan costs would flatter the exponent."""
_PATIENCE = 30.0
"""Seconds that a size may be expected to take; a series that would take longer ends there."""
_CLINIC = Clinic(
    timezone="Europe/Istanbul",
    hours={"mon-fri": "09:00-18:30", "sat": "10:00-14:00"},
    closures=[Closure(first=date(2026, 12, 7), last=date(2026, 12, 13), reason="A week closed")],
)


@dataclass(frozen=True)
class Growth:
    """The seconds that each number of sessions took, and what they grow with."""

    rhythm: Rhythm
    seconds: dict[int, float]
    sizes: tuple[int, ...]

    @property
    def exponent(self) -> float:
        """The slope of a straight line through the logarithms; beyond what the fixed costs hide."""
        large = {n: t for n, t in self.seconds.items() if n >= _FIXED}
        fitted = large if len(large) > 1 else self.seconds
        line = statistics.linear_regression(
            [math.log(n) for n in fitted], [math.log(t) for t in fitted.values()]
        )
        return line.slope

    @property
    def whole(self) -> bool:
        """Whether every size was measured."""
        return tuple(self.seconds) == self.sizes

    @property
    def reached(self) -> bool:
        """Whether the goal is reached; a series that was given up has missed it."""
        return self.whole and self.exponent <= GOAL

    def record(self) -> dict[str, Any]:
        """Return the numbers for a file; times in milliseconds."""
        return {
            "rhythm": self.rhythm,
            "ms": {str(n): round(1e3 * seconds, 3) for n, seconds in self.seconds.items()},
            "exponent": round(self.exponent, 3),
            "goal": GOAL,
            "whole": self.whole,
            "reached": self.reached,
        }

    def __str__(self) -> str:
        """Say it on one line."""
        times = ", ".join(f"{n}: {1e3 * seconds:.1f} ms" for n, seconds in self.seconds.items())
        given_up = "" if self.whole else ", then given up: the next would take too long"
        verdict = "reached" if self.reached else "missed"
        return (
            f"growth, {self.rhythm}: exponent {self.exponent:.2f}, goal {GOAL}, {verdict}"
            f" ({times}{given_up})"
        )


def grow(rhythm: Rhythm, sizes: tuple[int, ...] = SIZES) -> Growth:
    """Time every size, smallest first, until one would take longer than anybody waits."""
    _once(rhythm, sizes[0])
    seconds: dict[int, float] = {}
    for size in sizes:
        if _expected(list(seconds.values())) > _PATIENCE:
            break
        first = _once(rhythm, size)
        # As many more as fit into half a second, so that the small ones are no single guess.
        more = min(20, int(0.5 / first))
        seconds[size] = statistics.median([first, *(_once(rhythm, size) for _ in range(more))])
    return Growth(rhythm, seconds, sizes)


def _expected(seconds: list[float]) -> float:
    """Return what the next size takes if it grows as the last one did."""
    if not seconds:
        return 0.0
    return seconds[-1] * (seconds[-1] / seconds[-2] if len(seconds) > 1 else 1.0)


def _once(rhythm: Rhythm, sessions: int) -> float:
    phase = Phase(
        id="series",
        every=Period("P1W"),
        sessions=sessions,
        rhythm=rhythm,
        window=Window(earlier=Period("P2D"), later=Period("P2D")),
        min_interval=Period("P5D"),
    )
    protocol = Protocol(id="series", title="A series", phases=(phase,))
    course = Course(id="series", protocol=protocol, start=weekly.STARTS[0])
    return seconds_of(lambda: schedule(course, _CLINIC, as_of=weekly.AS_OF))
