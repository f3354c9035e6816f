from __future__ import annotations

import inspect
import runpy
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest

import front_door
import mesoplan
from mesoplan import MesoplanError

if TYPE_CHECKING:
    from mesoplan import Fact

HOUSE = Path(__file__).parents[1]
WRITTEN = front_door.written()


def test_the_front_door_is_sorted_and_complete() -> None:
    """`__all__` lists each name once: constants, classes, functions; all can be imported."""
    names = list(mesoplan.__all__)
    assert names == sorted(
        set(names), key=lambda name: (not name.isupper(), name[0].islower(), name)
    )
    assert all(hasattr(mesoplan, name) for name in names)
    assert dir(mesoplan) == sorted(names)


@pytest.mark.parametrize("file", sorted(WRITTEN), ids=lambda file: str(file.name))
def test_type_checkers_are_told_what_python_runs(file: Path) -> None:
    """The stub names each public name, and each constructor every field, required or not."""
    assert file.read_text(encoding="utf-8") == WRITTEN[file], (
        f"{file.name} differs from what Python runs: a public name or a field was added or changed; "
        f"run `{front_door.COMMAND}`, and import the types that it then names"
    )


def test_a_field_that_a_constructor_lacks_is_found() -> None:
    """Whatever stands in its place is replaced by what the model takes today."""
    file = Path(inspect.getfile(mesoplan.Mailbox))
    told = file.read_text(encoding="utf-8")
    kinds = {"Mailbox": mesoplan.Mailbox}
    assert front_door.rewritten(told, kinds) == told
    older = told.replace("            name: str | None = None,\n", "", 1)
    assert older != told
    assert front_door.rewritten(older, kinds) == told


def test_every_public_model_that_people_build_has_a_constructor() -> None:
    """Only what the library answers with is built by nobody else."""
    built = {model.__name__ for model in front_door.models()}
    facts = {kind.__name__ for kind in get_args(get_args(mesoplan.Fact)[0])}
    assert built >= facts | {
        *("Adjunct", "Advice", "Clinic", "Closure", "Course", "Criterion", "Effect", "Language"),
        *("Mailbox", "Milestone", "Outcome", "Phase", "Preferences", "Protocol", "RedFlag"),
        *("Review", "Source", "Spacing", "Step", "Tier", "Window"),
    }


def test_an_unknown_name_is_refused_as_everywhere() -> None:
    """A lazy front door still says what it has not."""
    door: Any = mesoplan
    with pytest.raises(AttributeError, match="has no attribute 'Protocoll'"):
        _ = door.Protocoll


def test_importing_mesoplan_imports_nothing_else() -> None:
    """Names are imported when they are asked for, the version too, and no file is read."""
    program = "import sys, mesoplan; print([m for m in sys.modules if m.startswith('mesoplan.')], 'pydantic' in sys.modules, 'importlib.metadata' in sys.modules)"
    assert _printed("-c", program) == "[] False False\n"


def test_the_version_is_that_of_the_package() -> None:
    """It is looked up when it is asked for."""
    assert mesoplan.__version__ == version("mesoplan")


def test_the_module_is_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m mesoplan` does what `mesoplan` does; to import it does nothing."""
    monkeypatch.delitem(sys.modules, "mesoplan.__main__", raising=False)
    monkeypatch.setattr(sys, "argv", ["mesoplan", "protocols"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("mesoplan", run_name="__main__")
    assert not ended.value.code
    assert "mesotherapy-weekly" in capsys.readouterr().out
    import_module("mesoplan.__main__")
    assert not capsys.readouterr().out


def _printed(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, *arguments], capture_output=True, check=True
    )
    return done.stdout.decode("utf-8")


def _days(facts: list[Fact]) -> list[str]:
    return [fact.fact for fact in facts]


def test_a_fact_is_a_type_that_programs_can_name() -> None:
    """It is any of the facts; a type checker holds this file against it."""
    assert _days([mesoplan.Missed(visit="induction-1")]) == ["missed"]


@pytest.mark.parametrize("name", sorted({*mesoplan.__all__} - {"Fact"}))
def test_every_public_name_says_what_it_is(name: str) -> None:
    """A first line in words of the domain, written here and not inherited; a union has none."""
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
