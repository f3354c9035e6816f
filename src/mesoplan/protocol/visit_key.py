"""The key of a visit: its name for good, built and taken apart here and nowhere else.

A session is `<phase>-<number>` (`induction-6`), a review its id (`month-3`), or `<id>-<number>` where
it takes place at each session. A visit that is planned again carries the attempt: `induction-6.2`.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Self

_FORM = re.compile(r"(?P<stem>[^.]+)(?:\.(?P<attempt>[1-9][0-9]{0,5}))?")
_NUMBERED = re.compile(r"(?P<name>.+)-(?P<number>[1-9][0-9]{0,5})")


@dataclass(frozen=True, slots=True, order=True)
class VisitKey:
    """What a visit's key says: whose it is, which of several, and for which time it is planned.

    >>> key = VisitKey.read("induction-6.2", {"induction", "month-3"})
    >>> key.name, key.number, key.attempt
    ('induction', 6, 2)
    >>> print(key.again(3), VisitKey("month-3"))
    induction-6.3 month-3
    """

    name: str
    """The id of the phase or of the review."""
    number: int | None = None
    """Which session of the phase, or which of the reviews; None for a review that is one visit."""
    attempt: int = 1
    """For which time it is planned; 1 unless it was made up."""

    @classmethod
    def read(cls, text: str, names: Collection[str]) -> Self | None:
        """Return the key that a text is among these names of phases and reviews, or None."""
        form = _FORM.fullmatch(text)
        if form is None:
            return None
        attempt = int(form["attempt"] or 1)
        if form["stem"] in names:
            return cls(form["stem"], None, attempt)
        numbered = _NUMBERED.fullmatch(form["stem"])
        if numbered is None or numbered["name"] not in names:
            return None
        return cls(numbered["name"], int(numbered["number"]), attempt)

    def again(self, attempt: int) -> Self:
        """Return the key of the same visit, planned for the n-th time."""
        return replace(self, attempt=attempt)

    def __str__(self) -> str:
        """Return the text that stands in plans, facts and calendars."""
        number = "" if self.number is None else f"-{self.number}"
        attempt = "" if self.attempt == 1 else f".{self.attempt}"
        return f"{self.name}{number}{attempt}"


def owners(text: str) -> Iterator[str]:
    """Yield the names of the phases and reviews that a text may be a key of, where none is known.

    >>> list(owners("month-3.2"))
    ['month-3', 'month']
    """
    form = _FORM.fullmatch(text)
    if form is not None:
        yield form["stem"]
        numbered = _NUMBERED.fullmatch(form["stem"])
        if numbered is not None:
            yield numbered["name"]


def number_in(text: str) -> int | None:
    """Return the number in a text that is no key, to say which key was meant, or None.

    >>> number_in("inducton-6.2")
    6
    """
    form = _FORM.fullmatch(text)
    numbered = _NUMBERED.fullmatch(form["stem"]) if form else None
    return int(numbered["number"]) if numbered else None
