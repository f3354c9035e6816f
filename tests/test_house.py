"""What the house promises a reader: one name for one thing, and docstrings in plain English."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import mesoplan

ROOT = Path(mesoplan.__file__).parent
FILES = [file for file in sorted(ROOT.rglob("*.py")) if file.stem != "__init__"]
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _classes(file: Path) -> Iterator[str]:
    yield from (node.name for node in ast.walk(_tree(file)) if isinstance(node, ast.ClassDef))


def _types(file: Path) -> Iterator[str]:
    """Yield the public names that a module gives to classes and to types made of others."""
    for node in _tree(file).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            if isinstance(target, ast.Name) and target.id[0].isupper() and not target.id.isupper():
                yield target.id


def _homes(named: Iterable[tuple[str, Path]]) -> dict[str, list[str]]:
    """Return the names that stand in several files, each with these files."""
    homes: dict[str, list[str]] = defaultdict(list)
    for name, file in named:
        homes[name].append(file.relative_to(ROOT).as_posix())
    return {name: files for name, files in homes.items() if len(files) > 1}


def test_no_two_modules_share_a_name() -> None:
    """Whoever reads "reading" need not ask which one."""
    assert _homes((file.stem, file) for file in FILES) == {}


def test_no_two_classes_share_a_name() -> None:
    """Private ones neither: a word has one meaning in the whole house."""
    assert _homes((name, file) for file in FILES for name in _classes(file)) == {}


def test_no_two_types_share_a_name() -> None:
    """What is not a class but names a type, such as a list of allowed words, is a word as well."""
    assert _homes((name, file) for file in FILES for name in _types(file)) == {}


@pytest.mark.parametrize("file", sorted(ROOT.rglob("*.py")), ids=lambda file: file.stem)
def test_no_docstring_begins_with_give(file: Path) -> None:
    """A function returns; it says so, and when it returns None."""
    texts = [ast.get_docstring(n) or "" for n in ast.walk(_tree(file)) if isinstance(n, DOCUMENTED)]
    assert [text for text in texts if text.startswith("Give ")] == []
