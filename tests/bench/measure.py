"""Two sides of one comparison, timed in turn: rounds interleaved, medians, their ratio."""

from __future__ import annotations

import atexit
import cProfile
import gc
import os
import pstats
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Any, TypeVar

T = TypeVar("T")
_ROUND = 3  # digits
_BEGUN = "from time import perf_counter as _perf_counter; _begun = _perf_counter()"


@dataclass(frozen=True)
class Side:
    """What is timed, and how it is looked into."""

    name: str
    seconds: Callable[[], float]
    """Do the work once and return the seconds it took."""
    profile: Callable[[], None]
    """Do the work and print where the time went."""


@dataclass(frozen=True)
class Comparison:
    """Ours against a peer's way of doing the same, with the ratio that we want to stay under."""

    name: str
    goal: float
    ours: Side
    peer: Side
    rounds: int


@dataclass(frozen=True)
class Result:
    """Every time that one comparison measured, in seconds."""

    comparison: Comparison
    ours: tuple[float, ...]
    peer: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """Our median divided by the peer's."""
        return statistics.median(self.ours) / statistics.median(self.peer)

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.ratio <= self.comparison.goal

    def record(self) -> dict[str, Any]:
        """Return the numbers for a file; times in milliseconds."""
        pairs = sorted(a / b for a, b in zip(self.ours, self.peer, strict=True))
        return {
            "name": self.comparison.name,
            "ours": self.comparison.ours.name,
            "peer": self.comparison.peer.name,
            "goal": self.comparison.goal,
            "ratio": round(self.ratio, _ROUND),
            "reached": self.reached,
            "rounds": len(pairs),
            "ours_ms": round(1e3 * statistics.median(self.ours), _ROUND),
            "peer_ms": round(1e3 * statistics.median(self.peer), _ROUND),
            "lowest_ratio": round(pairs[0], _ROUND),
            "highest_ratio": round(pairs[-1], _ROUND),
        }


def compare(comparison: Comparison, rounds: int) -> Result:
    """Time both sides in every round, the order swapped from round to round, after one for nothing."""
    ours, peer = comparison.ours, comparison.peer
    times: dict[str, list[float]] = {ours.name: [], peer.name: []}
    for side in (ours, peer):
        side.seconds()
    for number in range(rounds):
        for side in (ours, peer) if number % 2 else (peer, ours):
            times[side.name].append(side.seconds())
    return Result(comparison, tuple(times[ours.name]), tuple(times[peer.name]))


def calls(name: str, work: Callable[[T], object], given: Callable[[], T]) -> Side:
    """Return the side that calls a function in this process.

    Each call is given something fresh, made outside the time that is taken, so that nothing which the
    last round left on it can be used again.
    """

    def seconds() -> float:
        fresh = given()
        return seconds_of(lambda: work(fresh))

    def profile() -> None:
        profiler = cProfile.Profile()
        for _ in range(20):
            profiler.runcall(work, given())
        pstats.Stats(profiler, stream=sys.stdout).sort_stats("tottime").print_stats(25)

    return Side(name, seconds, profile)


def seconds_of(work: Callable[[], object]) -> float:
    """Time one call."""
    with _no_collection():
        begun = perf_counter()
        work()
        return perf_counter() - begun


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the garbage of one side from being collected in the other's time, as timeit does."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def starts(name: str, statement: str) -> Side:
    """Return the side that runs statements in a fresh process, which times itself from its first line."""
    timed = f"{_BEGUN}\n{statement}\nprint(_perf_counter() - _begun)"

    def seconds() -> float:
        return float(_python("-c", timed).stdout)

    def profile() -> None:
        seconds()  # compiled once, so that compiling is not what is shown
        told = _python("-X", "importtime", "-c", statement).stderr.splitlines()
        slowest = sorted(told[1:], key=lambda line: int(line.split(":")[1].split("|")[0]))
        print("\n".join([told[0], *slowest[:-26:-1]]))

    return Side(name, seconds, profile)


@cache
def _environment() -> dict[str, str]:
    """Let both sides import from byte code, as installed packages do, kept outside the checkout."""
    folder = tempfile.TemporaryDirectory(prefix="bench-")
    atexit.register(folder.cleanup)
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": folder.name}


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=_environment(),
    )
