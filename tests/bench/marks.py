"""The marks of the house: how large its rooms are and how they hang together."""

from __future__ import annotations

import ast
import math
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from importlib.util import resolve_name
from itertools import chain
from pathlib import Path

_PACKAGE = "mesoplan"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DOCUMENTED = (ast.Module, ast.ClassDef, *_FUNCTIONS)


def marks(checkout: Path) -> list[tuple[str, str]]:
    """Measure a checkout; each mark with its numbers."""
    house = House(checkout / "src" / _PACKAGE)
    modules = list(house.modules.values())
    lines = [module.lines for module in modules]
    total = sum(lines)
    functions = list(chain.from_iterable(module.functions for module in modules))
    named = [node.name for node in functions if not node.name.startswith("__")]
    private = sum(name.startswith("_") for name in named)
    tests = sum(len(_text(file).splitlines()) for file in (checkout / "tests").rglob("*.py"))
    return [
        ("files / lines", f"{len(lines)} / {total:,}"),
        ("file median / p90 / max", _spread(lines)),
        ("body median / p90 / max", _spread([_body(node) for node in functions])),
        ("functions per 100 lines", f"{100 * len(functions) / total:.1f}"),
        ("private functions", f"{100 * private / len(named):.0f} %"),
        ("comment lines", f"{100 * sum(module.comments for module in modules) / total:.1f} %"),
        ("docstring share", f"{100 * sum(module.docstrings for module in modules) / total:.1f} %"),
        ("imports per module", f"{statistics.mean(map(len, house.imports.values())):.1f}"),
        ("public names", f"{_public(checkout / 'src')}"),
        ("test lines a line", f"{tests / total:.2f}"),
        ("run-time import circles", f"{house.circles}"),
    ]


def printed(columns: Sequence[Path]) -> str:
    """Lay out the marks of some checkouts side by side."""
    tables = [marks(checkout) for checkout in columns]
    heads = ["", *(checkout.resolve().name for checkout in columns)]
    rows = [heads] + [
        [row[0][0], *(numbers for _, numbers in row)] for row in zip(*tables, strict=True)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


class House:
    """Every module of a package, and who imports whom."""

    def __init__(self, root: Path) -> None:
        """Read every file."""
        files = {_name(file.relative_to(root)): file for file in sorted(root.rglob("*.py"))}
        self.modules = {name: Module(file) for name, file in files.items()}

    @cached_property
    def imports(self) -> dict[str, set[str]]:
        """The modules of the house that each imports, for type checking too."""
        return {name: set(self._imports(name)) for name in self.modules}

    @property
    def circles(self) -> int:
        """How many circles the imports of the running program form, those inside functions too."""
        graph = {name: set(self._imports(name, running=True)) - {name} for name in self.modules}
        found = 0
        while True:
            try:
                TopologicalSorter(graph).prepare()
            except CycleError as error:
                found += 1
                circle = error.args[1]
                # graphlib lists each one behind those that it waits for.
                graph[circle[1]].discard(circle[0])
            else:
                return found

    def _imports(self, name: str, *, running: bool = False) -> Iterator[str]:
        """Yield the modules that one imports; `running` leaves out what only a type checker reads."""
        module = self.modules[name]
        package = name if module.is_package else name.rpartition(".")[0]
        for node in module.nodes(running=running):
            if isinstance(node, ast.ImportFrom):
                source = resolve_name("." * node.level + (node.module or ""), package)
                wholes = (f"{source}.{alias.name}" for alias in node.names)
                taken = [whole if whole in self.modules else source for whole in wholes]
            else:
                taken = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            yield from (other for other in taken if other in self.modules)


class Module:
    """One file, read once."""

    def __init__(self, file: Path) -> None:
        """Read it."""
        text = _text(file)
        self.is_package = file.name == "__init__.py"
        self.lines = len(text.splitlines())
        self.comments = sum(line.lstrip().startswith("#") for line in text.splitlines())
        self.tree = ast.parse(text)

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method, inner ones too."""
        return [node for node in ast.walk(self.tree) if isinstance(node, _FUNCTIONS)]

    @property
    def docstrings(self) -> int:
        """The lines that are docstrings, those below a field or a constant too."""
        return sum(
            _length(part)
            for node in ast.walk(self.tree)
            if isinstance(node, _DOCUMENTED)
            for number, part in enumerate(node.body)
            if _is_text(part) and (number == 0 or not isinstance(node, _FUNCTIONS))
        )

    def nodes(self, *, running: bool) -> Iterator[ast.AST]:
        """Yield every node; `running` passes over the blocks for type checking."""
        waiting: list[ast.AST] = [self.tree]
        while waiting:
            node = waiting.pop()
            yield node
            if running and isinstance(node, ast.If) and _is_typing(node.test):
                waiting += node.orelse
            else:
                waiting += ast.iter_child_nodes(node)


def _public(source: Path) -> int:
    """Count what the front door of that checkout offers, however it is written down."""
    asked = f"import sys; sys.path.insert(0, {str(source.resolve())!r}); import {_PACKAGE} as m"
    told = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", f"{asked}; print(len(m.__all__))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(told.stdout)


def _spread(numbers: Sequence[int]) -> str:
    ordered = sorted(numbers)
    ninth = ordered[min(len(ordered) - 1, math.floor(0.9 * len(ordered)))]
    return f"{statistics.median(ordered):.0f} / {ninth} / {ordered[-1]}"


def _body(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines below the head and the docstring."""
    body = node.body[1:] if _is_text(node.body[0]) else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_typing(test: ast.expr) -> bool:
    return "TYPE_CHECKING" in {getattr(test, "id", None), getattr(test, "attr", None)}


def _length(node: ast.stmt) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def _name(file: Path) -> str:
    parts = (_PACKAGE, *file.with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")
