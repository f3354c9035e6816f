"""Checkpoints of a course, and what to expect by then."""

from typing import Literal

from mesoplan.ground.kinds import Line, Slug, Text
from mesoplan.ground.lengths import Lasting
from mesoplan.ground.period import Period, Window
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.source import Cited


class Review(Cited):
    """A checkpoint: a consultation before the course, a look at the result after three months.

    >>> str(Review(id="month-3", title="Review at 3 months", at="start + P3M").at)
    'start + P3M'
    """

    id: Slug
    """The name of its visit: `month-3`."""
    title: Line | None = None
    """What it is called; default its id in words."""
    kind: Literal["review", "consultation"] = "review"
    """A look at the result, or a talk before there is one."""
    at: Anchor
    """Where it stands; `each session` and `every 4th session` give one review each."""
    window: Window | None = None
    """The days around its target that are tolerated; default any, and `P0D` is that very day."""
    duration: Lasting = Period("PT30M")
    """How long it takes, in minutes or hours."""
    join: bool = True
    """Take place on the day of a session that falls into the window, directly before it."""
    looks_at: Text | None = None
    """What is examined or decided."""
    outcomes: tuple[Line, ...] = ()
    """What it can conclude, where a phase depends on it."""
    gate: bool = False
    """Whether it has to have taken place before the first session."""
    notes: Text | None = None
    """Remarks for whoever follows the protocol."""

    @property
    def name(self) -> str:
        """What it is called."""
        words = self.id.replace("-", " ")
        named = words if self.kind in words else f"{self.kind} {words}"
        return self.title or named.capitalize()


class Milestone(Cited):
    """What to expect by then, e.g. first results around session 5. It is not a visit."""

    id: Slug
    """Its name in the protocol."""
    title: Line
    """What is to be expected, on one line."""
    at: Anchor
    """When it is to be expected, or from when on."""
    until: Anchor | None = None
    """The end of the time in which it is expected, where the source prints a range."""
    text: Text | None = None
    """What is to be expected, at more length."""
