"""What type checkers read of mesoplan, written from what Python runs: `python tests/front_door.py`.

`__init__.pyi` says where each public name lives, from the table in `__init__.py`. The constructors
under `if TYPE_CHECKING:` say what a model takes, which is more than what it keeps: `"P1W"` for a
period, a list for a tuple. test_front_door.py fails where the source is not what is written here.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

import mesoplan
from mesoplan.clinic.clinic import Clinic
from mesoplan.course.facts import Fact
from mesoplan.protocol.phase_parts import Step
from mesoplan.values.base import Model
from mesoplan.values.period import Window
from mesoplan.values.textvalue import TextValue
from mesoplan.values.weekdays import Weekdays

COMMAND = "python tests/front_door.py"
ROOT = Path(mesoplan.__file__).parent
STUB = ROOT / "__init__.pyi"
BUILT = ("values", "protocol", "clinic", "course", "languages/language.py", "calendar/itip.py")
"""Where the models live that users build; all others are answers of the library."""

TAKEN: dict[tuple[type[Model], str], str] = {
    (Clinic, "hours"): "Mapping[Any, str | Span | Sequence[str | Span]] | None",
    (Clinic, "timezone"): "str | zoneinfo.ZoneInfo",
}
"""What a field takes before a validator of its own; a mapping's keys have to be the very type, or Any."""

ALIASES = ((Weekdays, "str | Sequence[str]"), (Fact, "Fact | Mapping[str, Any]"))
SHORT = {Window: "Period | str", Step: "str"}
"""The short forms of models."""

TEXTS = (date, datetime, time)
"""What may be given as text too."""


def stub() -> str:
    """Write the front door for type checkers."""
    lines = [f"# What type checkers see of mesoplan, written by `{COMMAND}`.", ""]
    homes = {
        name: "" if name == home else f".{home}" for name, home in vars(mesoplan)["_HOME"].items()
    }
    names = sorted(mesoplan.__all__, key=lambda name: homes[name])
    lines += [f"from mesoplan{homes[name]} import {name} as {name}" for name in names]
    listed = "".join(f'    "{name}",\n' for name in mesoplan.__all__)
    return "\n".join([*lines, "", "__version__: str", f"__all__ = [\n{listed}]", ""])


def models() -> Iterator[type[Model]]:
    """Yield every model that users build: those that no other model is a kind of."""
    for place in BUILT:
        for file in sorted((ROOT / place).rglob("*.py")) or [ROOT / place]:
            name = ".".join(file.relative_to(ROOT.parent).with_suffix("").parts)
            module = import_module(name.removesuffix(".__init__"))
            for value in vars(module).values():
                if (
                    inspect.isclass(value)
                    and issubclass(value, Model)
                    and value.__module__ == module.__name__
                    and not value.__subclasses__()
                ):
                    yield value


def constructor(model: type[Model]) -> str:
    """Write what a type checker reads of a model's constructor."""
    hints = get_type_hints(model, include_extras=True)
    lines = [
        f"    if TYPE_CHECKING:  # `{COMMAND}` writes it",
        "",
    ]
    lines += ["        def __init__(  # noqa: D107 - editors show what the class says"]
    lines += ["            self,", "            *,"]
    for name in _ordered(model):
        taken = TAKEN.get((model, name)) or " | ".join(_taken(hints[name], model.__module__))
        default = _default(model.__pydantic_fields__[name])
        why = "  # noqa: A002 - the field's name" if hasattr(builtins, name) else ""
        lines.append(f"            {name}: {taken}{default},{why}")
    lines += ["        ) -> None: ..."]
    return "\n".join(lines)


def _ordered(model: type[Model]) -> list[str]:
    """Put what a model inherits behind its own, and its tags behind both."""
    kinds = [inspect.get_annotations(kind) for kind in model.__mro__]
    homes = {name: n for n, kind in reversed([*enumerate(kinds)]) for name in kind}
    fields = model.__pydantic_fields__
    return sorted(fields, key=lambda name: (_is_tag(fields[name]), homes[name]))


def _is_tag(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return ""
    value = str(field.default) if isinstance(field.default, TextValue) else field.default
    if isinstance(value, str):
        return f' = "{value}"'
    return f" = {value!r}" if isinstance(value, NoneType | bool | int | tuple) else " = ..."


def _taken(hint: Any, module: str) -> Iterator[str]:
    """Yield each kind of value that a field of that type takes, None last."""
    origin, parts = get_origin(hint), get_args(hint)
    alias = next((text for known, text in ALIASES if hint == known), None)
    if alias is not None:
        yield alias
    elif origin is Annotated:
        yield from _taken(parts[0], module)
    elif origin in (Union, UnionType):
        kinds = [kind for part in parts for kind in _taken(part, module)]
        yield from sorted(dict.fromkeys(kinds), key=lambda kind: kind == "None")
    elif origin is tuple:
        yield f"Sequence[{' | '.join(_taken(parts[0], module))}]"
    elif origin is Literal:
        yield _named(hint, module) or repr(hint).removeprefix("typing.").replace("'", '"')
    elif inspect.isclass(origin) and issubclass(origin, Mapping):
        key, value = (" | ".join(_taken(part, module)) for part in parts)
        yield f"Mapping[{key}, {value}]"
    else:
        yield from _plain(hint, module)


def _plain(kind: type, module: str) -> Iterator[str]:
    name = "None" if kind is NoneType else _named(kind, module) or kind.__name__
    yield name
    if kind in SHORT:
        yield SHORT[kind]
    if kind in TEXTS or issubclass(kind, TextValue):
        yield "str"
    if issubclass(kind, Model):
        yield "Mapping[str, Any]"


def _named(hint: Any, module: str) -> str | None:
    """Return the name that a module has for a type, or None."""
    known = vars(sys.modules[module]).items()
    return next((name for name, value in known if value is hint), None)


def rewritten(text: str, kinds: Mapping[str, type[Model]]) -> str:
    """Put the constructors of a module's models in their places, the last first."""
    lines = text.splitlines()
    classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    for node in reversed(classes):
        if node.name in kinds:
            first, last = _place(node)
            lines[first:last] = ["", constructor(kinds[node.name])]
    return "\n".join([*lines, ""])


def _place(node: ast.ClassDef) -> tuple[int, int]:
    """Find the lines of a class's constructor, or where it has to stand: behind the fields."""
    end = node.lineno
    for part in node.body:
        if isinstance(part, ast.If) and ast.unparse(part.test) == "TYPE_CHECKING":
            return end, part.end_lineno or end
        if isinstance(part, ast.FunctionDef | ast.If):
            break
        end = part.end_lineno or end
    return end, end


def written() -> dict[Path, str]:
    """Write every file that type checkers read otherwise than Python does."""
    files: dict[Path, dict[str, type[Model]]] = {}
    for model in models():
        files.setdefault(Path(inspect.getfile(model)), {})[model.__name__] = model
    found = {file: rewritten(file.read_text("utf-8"), kinds) for file, kinds in files.items()}
    return found | {STUB: stub()}


if __name__ == "__main__":
    for path, content in written().items():
        path.write_text(content, encoding="utf-8")
