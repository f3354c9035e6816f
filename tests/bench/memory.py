"""Whether planning one course after the other keeps anything of them.

Counted are the blocks that Python holds, exactly, and beside them the memory of the process where the
system tells it. A cache that grows with every course holds at least one block for each.
"""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import weekly

from mesoplan import Course, schedule

COURSES = 10_000
QUICK = 600
GOAL = 0.1
"""Blocks a course: a tenth of the least that one could leave behind."""
_DAYS = 250
_STATM = Path("/proc/self/statm")


@dataclass(frozen=True)
class Held:
    """What is held at one moment."""

    blocks: int
    bytes: int | None


@dataclass(frozen=True)
class Memory:
    """What was held after the first tenth of the courses, when tables are filled, and after all."""

    courses: int
    first: Held
    last: Held

    @property
    def per_course(self) -> float:
        """The blocks by which each of the later courses made it grow."""
        return (self.last.blocks - self.first.blocks) / (self.courses - self.courses // 10)

    @property
    def grown_kb(self) -> float | None:
        """By how much the process grew, in KB; None where the system does not tell."""
        if self.first.bytes is None or self.last.bytes is None:
            return None
        return (self.last.bytes - self.first.bytes) / 1024

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.per_course <= GOAL

    def record(self) -> dict[str, Any]:
        """Return the numbers for a file."""
        return {
            "courses": self.courses,
            "blocks_after_a_tenth": self.first.blocks,
            "blocks_after_all": self.last.blocks,
            "blocks_a_course": round(self.per_course, 3),
            "process_grown_kb": self.grown_kb,
            "goal": GOAL,
            "reached": self.reached,
        }

    def __str__(self) -> str:
        """Say it on one line."""
        process = "" if self.grown_kb is None else f", the process {self.grown_kb:+.0f} KB"
        return (
            f"memory: {self.per_course:.3f} blocks a course, goal {GOAL}, "
            f"{'reached' if self.reached else 'missed'} (from course {self.courses // 10} to "
            f"{self.courses}: {self.last.blocks - self.first.blocks:+} blocks{process})"
        )


def held(courses: int = COURSES) -> Memory:
    """Plan many courses, each thrown away, and see what stays."""
    first, days = courses // 10, min(_DAYS, courses // 10)
    return Memory(
        courses,
        _after(range(first), days),
        _after(range(first, courses), days),
    )


def _after(numbers: range, days: int) -> Held:
    """Plan courses like no others; their days repeat, so that tables of days may fill up."""
    for number in numbers:
        start = datetime(2026, 12, 1, 9) + timedelta(days=number % days, minutes=number * 7 % 480)
        course = Course(id=f"course-{number}", protocol=weekly.PROTOCOL, start=start)
        schedule(course, weekly.CLINIC, as_of=weekly.AS_OF)
    gc.collect()
    return Held(sys.getallocatedblocks(), _resident())


def _resident() -> int | None:
    if not _STATM.exists():
        return None
    return int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
