from __future__ import annotations

import inspect
from types import ModuleType

import pytest

import mesoplan
from mesoplan import MesoplanError


def _public(module: ModuleType) -> set[str]:
    """Name what can be taken from the front door: no folders, no modules of the house."""
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not (inspect.ismodule(value) and name not in module.__all__)
    }


def test_the_front_door_is_sorted_and_complete() -> None:
    """`__all__` lists what is imported, each once: constants, classes, functions."""
    names = list(mesoplan.__all__)
    assert names == sorted(
        set(names), key=lambda name: (not name.isupper(), name[0].islower(), name)
    )
    assert set(mesoplan.__all__) == _public(mesoplan)


@pytest.mark.parametrize("name", sorted(mesoplan.__all__))
def test_every_public_name_says_what_it_is(name: str) -> None:
    """A first line in words of the domain, written here and not inherited."""
    value = getattr(mesoplan, name)
    said = value.__doc__
    assert said, name
    assert said.strip().splitlines()[0].endswith((".", ",", ";", ":")), name
    if inspect.isclass(value):
        assert "__doc__" in vars(value), name


@pytest.mark.parametrize("name", sorted(mesoplan.__all__))
def test_every_public_method_says_what_it_does(name: str) -> None:
    """Methods and properties of public classes are documented as well."""
    value = getattr(mesoplan, name)
    members = vars(value).items() if inspect.isclass(value) else ()
    bare = [
        member
        for member, part in members
        if not member.startswith("_")
        and (inspect.isfunction(part) or isinstance(part, property | classmethod))
        and not inspect.getdoc(part)
    ]
    assert bare == []


@pytest.mark.parametrize("name", [name for name in mesoplan.__all__ if name.endswith("Error")])
def test_every_error_is_a_mesoplan_error(name: str) -> None:
    """One except clause catches them all."""
    kind = getattr(mesoplan, name)
    assert issubclass(kind, MesoplanError)
    assert issubclass(kind, ValueError)
