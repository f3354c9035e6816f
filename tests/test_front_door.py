from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import mesoplan
from mesoplan import MesoplanError


def _typed() -> set[str]:
    """Name what the type checker sees at the front door: the imports that only it reads."""
    tree = ast.parse(Path(mesoplan.__file__).read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in guarded.body if isinstance(node, ast.ImportFrom)]
    return {f"{node.module}.{alias.name}" for node in imports for alias in node.names}


def test_the_front_door_is_sorted_and_complete() -> None:
    """`__all__` lists each name once: constants, classes, functions; all can be imported."""
    names = list(mesoplan.__all__)
    assert names == sorted(
        set(names), key=lambda name: (not name.isupper(), name[0].islower(), name)
    )
    assert all(hasattr(mesoplan, name) for name in names)
    assert dir(mesoplan) == sorted(names)


def test_the_type_checker_sees_the_same_front_door() -> None:
    """Each name comes from where the type checker believes it does."""
    homes = {
        f"mesoplan.{module}" if module == name else f"mesoplan.{module}.{name}"
        for module, names in mesoplan._HOMES.items()  # noqa: SLF001 - the table is the subject
        for name in names
    }
    assert homes == _typed()
    assert {home.rpartition(".")[2] for home in homes} == set(mesoplan.__all__)


def test_an_unknown_name_is_refused_as_everywhere() -> None:
    """A lazy front door still says what it has not."""
    with pytest.raises(AttributeError, match="has no attribute 'Protocoll'"):
        _ = mesoplan.Protocoll


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
