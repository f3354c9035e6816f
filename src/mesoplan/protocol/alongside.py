"""What runs alongside a protocol's sessions: treatment at home, and days between two treatments."""

from mesoplan.ground.kinds import Line, Text
from mesoplan.ground.lengths import Length
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.source import Cited


class Spacing(Cited):
    """Days that must lie between sessions of two labelled treatments."""

    between: tuple[Line, Line]
    """The labels of the phases, e.g. "PRP" and "mesotherapy"."""
    at_least: Length
    """The shortest time between a session of one and one of the other."""


class Adjunct(Cited):
    """Treatment at home beside the sessions: shown with the plan, never booked."""

    title: Line
    """What it is: "Minoxidil 5 %"."""
    starts: Anchor = Anchor("start")
    """Where it begins; default with the course."""
    until: Anchor | None = None
    """Where it ends; without it the source names no end."""
    text: Text | None = None
    """What to do at home."""
