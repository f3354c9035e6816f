"""Every public function refuses what is of a wrong kind, argument by argument, with an error of ours."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

import mesoplan
from mesoplan import Clinic, Course, MesoplanError, protocols, schedule, screen
from samples import AS_OF

WEEKLY = protocols.get("mesotherapy-weekly")
CLINIC = Clinic(timezone="UTC")
COURSE = Course(id="c", protocol=WEEKLY, start="2026-12-04 17:30")
DAY = date(2026, 12, 1)
FITTING: dict[str, Any] = {
    "answers": {},
    "as_of": AS_OF,
    "at": AS_OF,
    "attendee": "patient@example.org",
    "clinic": CLINIC,
    "code": "MP101",
    "course": COURSE,
    "course_id": "c",
    "data": b"",
    "first": WEEKLY,
    "id": "other",
    "key": "induction-1",
    "language": "en",
    "moment": AS_OF,
    "new": WEEKLY,
    "old": WEEKLY,
    "on": DAY,
    "organizer": "clinic@example.org",
    "plan": schedule(COURSE, CLINIC, as_of=AS_OF),
    "protocol": WEEKLY,
    "screening": screen(WEEKLY, {}, on=DAY),
    "second": WEEKLY,
    "since": AS_OF,
    "symptom": "pain",
    "title": "Other",
}
"""What fits each argument that must be given."""

WORDS = {"subject", "changes"}
"""A word for messages only, and the fields of a protocol, which are refused by their own names."""


def functions() -> Iterator[Callable[..., Any]]:
    """Yield every public function."""
    public = (getattr(mesoplan, name) for name in mesoplan.__all__)
    yield from (found for found in public if inspect.isfunction(found))


def arguments() -> Iterator[tuple[Callable[..., Any], str]]:
    """Yield each argument of every public function."""
    for function in functions():
        for name in inspect.signature(function).parameters:
            if name not in WORDS:
                yield function, name


@pytest.mark.parametrize(
    ("function", "name"),
    list(arguments()),
    ids=lambda found: found if isinstance(found, str) else found.__name__,
)
@pytest.mark.parametrize("wrong", [object(), 3.5], ids=["thing", "number"])
def test_a_wrong_kind_is_refused_with_an_error_of_ours(
    function: Callable[..., Any], name: str, wrong: object
) -> None:
    """Never with an AttributeError from inside, and never taken in silence."""
    parameters = inspect.signature(function).parameters.values()
    needed = {each.name for each in parameters if each.default is each.empty} - WORDS
    with pytest.raises(MesoplanError):
        function(**({each: FITTING[each] for each in needed} | {name: wrong}))
