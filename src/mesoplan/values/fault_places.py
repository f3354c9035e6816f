"""Where a fault stands, as people say it: places count from 1, and parts are named.

Software addresses a part by its path, `phases.0.every`, where places count from 0 as in every list. What
is printed says "phase 1 (induction), every".
"""

from collections.abc import Mapping, Sequence
from typing import Any

_LONGEST = 64
_IRREGULAR = {"criteria": "criterion", "entries": "entry"}


def singular(things: str) -> str:
    """Return what one of the things in a field is called.

    >>> singular("phases"), singular("red_flags"), singular("criteria")
    ('phase', 'red flag', 'criterion')
    """
    return _IRREGULAR.get(things) or things.removesuffix("s").replace("_", " ")


def place_of(path: str, whole: object = None) -> str:
    """Return a path as people say it; what it leads through tells the names of the parts.

    >>> place_of("phases.0.every", {"phases": [{"id": "induction"}]})
    'phase 1 (induction), every'
    >>> place_of("course.facts.2")
    'course.fact 3'
    """
    said: list[str] = []
    names: list[str] = []
    for step in path.split("."):
        is_list = not isinstance(whole, Mapping)
        whole = _inside(whole, step)
        if names and is_list and step.isdecimal():
            number = f"{singular(names.pop())} {int(step) + 1}{_name(whole)}"
            said.append(".".join([*names, number]))
            names = []
        else:
            names.append(step)
    return ", ".join([*said, ".".join(names)] if names else said)


def _inside(whole: object, step: str) -> Any:
    """Return what a step leads to, or None where nothing is known of it."""
    if isinstance(whole, Mapping):
        return whole.get(step)
    if isinstance(whole, Sequence) and step.isdecimal():
        return whole[int(step)] if int(step) < len(whole) else None
    return getattr(whole, step, None)


def _name(part: object) -> str:
    """Return the id of a part in brackets, where it has one that is safe to print."""
    name = _inside(part, "id")
    fit = isinstance(name, str) and name.isprintable() and 0 < len(name) <= _LONGEST
    return f" ({name})" if fit else ""
