"""What changed between two protocols, or two versions of one, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from mesoplan.compose.fields import said
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.protocol import Protocol
from mesoplan.protocol.source import Cited
from mesoplan.values.base import Model
from mesoplan.values.errors import ProtocolError
from mesoplan.values.fault_places import singular
from mesoplan.values.given import given

_LONG = 60
"""Longer texts are said to be reworded, not quoted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two protocols differ."""

    path: str
    """Where it stands in the newer one, e.g. `phases.0.every`; in the older, if it was removed."""
    what: str
    """What changed, in words: "sessions 16 -> 18"."""
    subject: str = ""
    """The part that it belongs to: "induction"; empty for the protocol itself."""

    def __str__(self) -> str:
        """Say it on one line."""
        return f"{self.subject}: {self.what}" if self.subject else self.what

    def within(self, path: str, subject: str) -> "Difference":
        """Return the same difference, seen from the owner of the part."""
        inside = " ".join(part for part in (subject, self.subject) if part)
        return replace(self, path=f"{path}.{self.path}", subject=inside)


def compare(old: Protocol, new: Protocol) -> tuple[Difference, ...]:
    """Say what changed from one protocol to another, in the order of their fields.

    Nothing is said exactly when the two are equal: `P7D` and `P1W` are.

    >>> weekly = Protocol(
    ...     id="weekly", title="Weekly", phases=[{"id": "induction", "every": "P1W", "sessions": 16}]
    ... )
    >>> longer = weekly.replace(phases=[weekly.phases[0].replace(sessions=18)], version="2")
    >>> for difference in compare(weekly, longer):
    ...     print(difference)
    version 1 -> 2
    induction: sessions 16 -> 18
    """
    given(old, Protocol, "old", ProtocolError)
    given(new, Protocol, "new", ProtocolError)
    return tuple(_between(old, new))


def _between(old: Model, new: Model) -> Iterator[Difference]:
    for name in type(new).__pydantic_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield from _field(name, before, after)


def _field(name: str, before: Any, after: Any) -> Iterator[Difference]:
    parts = [*_items(before), *_items(after)]
    if all(isinstance(part, Model) for part in parts) and parts:
        named = all(hasattr(part, "id") for part in parts)
        yield from _named(name, before, after) if named else _counted(name, before, after)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            if before.get(key) != after.get(key):
                yield from _entry(name, key, before.get(key), after.get(key))
    else:
        yield Difference(name, _told(name.replace("_", " "), before, after))


def _entry(name: str, key: str, before: Any, after: Any) -> Iterator[Difference]:
    """Compare what a table says of one name: numbers of a phase that a variant changes, or a text."""
    path = f"{name}.{key}"
    if isinstance(before, Model) and isinstance(after, Model):
        yield from (found.within(path, key) for found in _between(before, after))
    elif isinstance(before, Model):
        yield Difference(path, f"{singular(name)} {key} removed{_gist(before)}")
    elif isinstance(after, Model):
        yield Difference(path, f"{singular(name)} {key} added{_gist(after)}")
    else:
        yield Difference(path, _told(f"{name} of {key}", before, after))


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, tuple) else ()


def _named(name: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    """Compare parts by their ids."""
    kind = singular(name)
    olds, news = {part.id: part for part in before}, {part.id: part for part in after}
    for index, part in enumerate(before):
        if part.id not in news:
            yield Difference(f"{name}.{index}", f"{kind} {part.id} removed")
    for index, part in enumerate(after):
        if part.id not in olds:
            yield Difference(f"{name}.{index}", f"{kind} {part.id} added{_gist(part)}")
        else:
            changes = _between(olds[part.id], part)
            yield from (found.within(f"{name}.{index}", part.id) for found in changes)
    kept, order = [i for i in olds if i in news], [i for i in news if i in olds]
    if kept != order:
        yield Difference(name, f"{name} reordered: {', '.join(order)}")


def _counted(name: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    """Compare parts without ids by their places."""
    kind = singular(name)
    for index, (old, new) in enumerate(zip_longest(before, after)):
        path, subject = f"{name}.{index}", f"{kind} {index + 1}"
        if new is None:
            yield Difference(path, f"{subject} removed{_gist(old)}")
        elif old is None:
            yield Difference(path, f"{subject} added{_gist(new)}")
        elif old != new:
            yield from (found.within(path, subject) for found in _between(old, new))


def _gist(part: Model) -> str:
    """Say what a part is, in its numbers and anchors or else its name."""
    numbers = part.numbers if isinstance(part, Cited) else {}
    names = [n for n in type(part).__pydantic_fields__ if isinstance(getattr(part, n), Anchor)]
    said = [f"{n} {getattr(part, n)}" for n in names] + [f"{n} {v}" for n, v in numbers.items()]
    title = getattr(part, "title", None) or getattr(part, "label", None)
    told = ", ".join(said) or (str(title) if title else "")
    return f": {told}" if told else ""


def _told(name: str, before: Any, after: Any) -> str:
    """Say how a value changed."""
    old, new = said(before), said(after)
    if not new:
        return f"{name} removed (was {old})"
    if not old:
        return f"{name} added: {new}"
    if max(len(old), len(new)) > _LONG:
        return f"{name} reworded"
    return f"{name} {old} -> {new}"
