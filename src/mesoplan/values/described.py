"""What the fields of a model mean and take, read from the source when somebody asks.

Python does not keep the docstring under a field. pydantic can read it while it makes the class, which
would add a quarter to the time that importing us takes, for what only `help` and editors ask.
"""

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from inspect import Parameter, Signature
from itertools import pairwise
from textwrap import dedent, wrap
from typing import Any, Self, SupportsIndex

from pydantic import BaseModel
from pydantic.fields import FieldInfo

ModelClass = type[BaseModel]

_WIDTH = 96


class Asked:
    """An attribute of a class that is made each time it is asked for."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        """Take what makes it of the class."""
        self.make = make

    def __get__(self, instance: object, owner: type) -> Any:
        """Make it; asked of an instance it is that of its class."""
        return self.make(owner)


class Docstring(str):
    """A model's docstring to which the meanings of its fields are added when it is laid out to read.

    `help`, `?` and `inspect.getdoc` all lay a docstring out by `inspect.cleandoc`, whose first act is to
    expand its tabs. (A docstring that is computed would do for some of them, but `help` reads the
    dictionary of the class itself.)
    """

    __slots__ = ("kind",)
    kind: ModelClass

    @classmethod
    def of(cls, kind: ModelClass) -> Self:
        """Take the docstring that a model has."""
        made = cls(kind.__doc__)
        made.kind = kind
        return made

    def expandtabs(self, tabsize: SupportsIndex = 8) -> str:
        """Add the meanings, and then do what any text does."""
        return documented(self.kind, str(self)).expandtabs(tabsize)


@cache
def meanings(kind: ModelClass) -> Mapping[str, str]:
    """Return the first paragraph of the docstring under each field, inherited ones too."""
    found = {}
    for base in reversed(_kinds(kind)):
        for part, text in pairwise(_body(base)):
            name = _field(part)
            if name in kind.__pydantic_fields__ and isinstance(text, ast.Expr):
                assert isinstance(
                    text.value, ast.Constant
                )  # what else would stand there for itself
                found[name] = first_paragraph(str(text.value.value))
    return found


def described_fields(kind: ModelClass) -> dict[str, FieldInfo]:
    """Return the fields of a model as pydantic keeps them, each with its description."""
    for name, text in meanings(kind).items():
        field = kind.__pydantic_fields__[name]
        field.description = field.description or text
    return kind.__pydantic_fields__


def documented(kind: ModelClass, text: str) -> str:
    """Return a model's docstring with a line for each field that can be given."""
    lines = [inspect.cleandoc(text), "", "Args:"]
    for name in signature(kind).parameters:
        meaning = meanings(kind).get(name, "")
        lines += wrap(
            f"{name}: {meaning}", _WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 8
        )
    return "\n".join(lines)


@cache
def signature(kind: ModelClass) -> Signature:
    """Return what a model is built from: each field with what it takes, and its default."""
    taken = dict(_taken(kind))
    fields = kind.__pydantic_fields__
    parameters = [
        Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            default=_default(fields[name]),
            annotation=_Words(taken[name]) if name in taken else Parameter.empty,
        )
        for name in (name for name in dict.fromkeys((*taken, *fields)) if name in fields)
    ]
    return Signature(parameters, return_annotation=None)


def first_paragraph(text: str) -> str:
    """Return the first paragraph of a docstring on one line."""
    return " ".join(inspect.cleandoc(text).partition("\n\n")[0].split())


class _Words(str):
    """The text of an annotation or a default, which `help` shows without quotes."""

    __slots__ = ()

    __repr__ = str.__str__


def _default(field: FieldInfo) -> Any:
    if field.is_required():
        return Parameter.empty
    return field.default if field.default_factory is None else _Words("...")


def _taken(kind: ModelClass) -> Iterator[tuple[str, str]]:
    """Yield each field with what it takes: as type checkers are told, or else what is kept."""
    for part in _body(kind):
        if isinstance(part, ast.If) and ast.unparse(part.test) == "TYPE_CHECKING":
            for told in ast.walk(part):
                if isinstance(told, ast.arg) and told.annotation is not None:
                    yield told.arg, ast.unparse(told.annotation)
            return
    for base in _kinds(kind):
        for part in _body(base):
            if isinstance(part, ast.AnnAssign) and (name := _field(part)):
                yield name, ast.unparse(part.annotation)


def _kinds(kind: ModelClass) -> list[type]:
    """List a class and those that it inherits fields from, itself first."""
    return [base for base in kind.__mro__ if issubclass(base, BaseModel) and base is not BaseModel]


def _field(node: ast.stmt) -> str | None:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return None


@cache
def _body(kind: type) -> list[ast.stmt]:
    """Parse what stands in a class; nothing where its source is not there, as in a frozen program."""
    try:
        (defined,) = ast.parse(dedent(inspect.getsource(kind))).body
    except (OSError, TypeError, SyntaxError):
        return []
    assert isinstance(defined, ast.ClassDef)
    return defined.body
