"""What an offset counts from, written the way a protocol says it.

`start + P3M`, `last session of induction + P1M`, `session 5`, `external:lmp + P12W`,
`each session of chemo + P1D`, `every 4th session`; for a phase that a fact begins, `as needed`.
"""

import re
from typing import ClassVar, Literal

from mesoplan.values.errors import ProtocolError
from mesoplan.values.period import Period
from mesoplan.values.textvalue import TextValue

AnchorKind = Literal["start", "external", "session", "each", "needed"]

_NAME = "[a-z0-9]+(?:-[a-z0-9]+)*"
_OF = rf"(?: of (?P<phase>{_NAME}))?"
_FORM = re.compile(
    rf"(?P<start>start)|(?P<needed>as needed)|external: ?(?P<external>[A-Za-z0-9][A-Za-z0-9_-]*)"
    rf"|(?P<end>first|last) session{_OF}"
    rf"|session (?P<number>[1-9][0-9]{{0,3}}){_OF.replace('phase', 'phase2')}"
    rf"|(?:each|every (?P<step>[1-9][0-9]{{0,2}})(?:st|nd|rd|th)?) sessions?"
    rf"{_OF.replace('phase', 'phase3')}"
)
_OFFSET = re.compile(r"\s*([+-])\s*(P[0-9TYMWDH]+)\s*$")


def _for_editors() -> str:
    """Join the forms to one pattern without names, for text whose blanks are not yet single."""
    plain = re.sub("[?]P<[a-z0-9]+>", "", _FORM.pattern)
    blanks = plain.replace(" ?", r"\s*").replace(" ", r"\s+")
    offset = _OFFSET.pattern.removesuffix(r"\s*$")
    return rf"^\s*(?:{blanks})(?:{offset})?\s*$"


class Anchor(TextValue):
    """What an offset counts from, with the offset.

    `start` is the course's first session; sessions are counted from 1, in one phase or in the whole
    course; `external:<name>` is a date that the course gives; `each session` and `every 4th session`
    stand for one visit per session; `as needed` is the day on which a phase is begun by a fact. The
    offset may be negative; `as needed` has none.

    >>> Anchor("last session of induction + P1M").phase
    'induction'
    """

    __slots__ = ("kind", "name", "number", "offset", "phase")
    refusal: ClassVar[type[ProtocolError]] = ProtocolError
    form: ClassVar[str] = (
        '"start", "session 5", "last session of <phase>", "each session of <phase>", '
        '"every 4th session" or "external:<name>", then perhaps " + P3M" or " - P1W"; '
        'or "as needed"'
    )
    pattern: ClassVar[str] = _for_editors()

    kind: AnchorKind
    """What it counts from."""
    name: str | None
    """The name of an external date."""
    phase: str | None
    """The phase whose sessions are meant; None is the whole course."""
    number: int
    """Which session (-1 is the last), or of `each` the step: every n-th."""
    offset: Period
    """How far from there; zero when none is written."""

    def __init__(self, text: str) -> None:
        """Read the text; raises ProtocolError for what is not an anchor."""
        offset = Period("P0D")
        stripped = " ".join(self._text(text).split())
        tail = _OFFSET.search(stripped)
        if tail:
            offset = Period(f"-{tail[2]}" if tail[1] == "-" else tail[2])
            stripped = stripped[: tail.start()]
        found = _FORM.fullmatch(stripped)
        if not found and tail and _OFFSET.search(stripped):
            what, remedy = "has two offsets", 'write both as one, as in "start + P3M1W"'
            raise self.refused(what, text, remedy, code="not-an-anchor")
        if not found:
            raise self.refused("is not an anchor", text, code="not-an-anchor")
        if found["needed"] and tail:
            what, remedy = "has an offset", 'write "as needed"; the fact says from which day on'
            raise self.refused(what, text, remedy, code="not-an-anchor")
        self._set(found, offset)

    def _set(self, found: re.Match[str], offset: Period) -> None:
        kind: AnchorKind = "each"
        number = int(found["step"] or 1)
        if found["start"]:
            kind, number = "start", 1
        elif found["external"]:
            kind, number = "external", 1
        elif found["needed"]:
            kind, number = "needed", 1
        elif found["end"]:
            kind, number = "session", 1 if found["end"] == "first" else -1
        elif found["number"]:
            kind, number = "session", int(found["number"])
        phase = found["phase"] or found["phase2"] or found["phase3"]
        self._put(kind=kind, name=found["external"], phase=phase, number=number, offset=offset)

    @property
    def point(self) -> str:
        """What it counts from, without the offset, in words."""
        of = f" of {self.phase}" if self.phase else ""
        if self.kind == "start":
            return "start"
        if self.kind == "needed":
            return "as needed"
        if self.kind == "external":
            return f"external:{self.name}"
        if self.kind == "each":
            return f"each session{of}" if self.number == 1 else f"every {self.number} sessions{of}"
        ends = {1: "first session", -1: "last session"}
        return ends.get(self.number, f"session {self.number}") + of

    def __str__(self) -> str:
        """Return the text from which this anchor would be read again."""
        if not self.offset:
            return self.point
        text = str(self.offset)
        return f"{self.point} - {text[1:]}" if text[0] == "-" else f"{self.point} + {text}"
