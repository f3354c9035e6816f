"""Where each key of a TOML text stands, so that a fault can name its line and column.

tomllib says where a text breaks the grammar, but not where a key of a sound text stands. This reads
a sound text once more, just closely enough to know what is a key.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

Path = tuple[str, ...]

# The closing quote is optional, so that a text without one is not read again from its next quote.
_GRAMMAR = r'''
    (?P<string> """ (?: \\. | (?!""") [^\\] )* (?: "{3,5} )?
              | \'\'\' (?: (?!\'\'\') . )* (?: '{3,5} )?
              | " (?: \\. | [^"\\\n] )* "?
              | ' [^'\n]* '? )
  | (?P<space>  \# [^\n]* | [^\S\n]+ )
  | (?P<line>   \n )
  | (?P<mark>   [][{}=,.] )
  | (?P<bare>   [^][{}=,.\s"'\#]+ )
'''


class Token(NamedTuple):
    """A piece of a TOML text: a string with its quotes, a mark, the end of a line, a bare word."""

    text: str
    at: int
    """Its offset in the text."""


_END = Token("", -1)
_ENDS_SCALAR = frozenset({"\n", ",", "]", "}", ""})
_ENDS_KEY = _ENDS_SCALAR | {"=", "[", "{"}


def tokens(text: str) -> Iterator[Token]:
    """Cut a text into tokens, without white space and comments."""
    for match in re.finditer(_GRAMMAR, text, re.VERBOSE | re.DOTALL):
        if match.lastgroup != "space":
            yield Token(match[0], match.start())


def has_longer_key(text: str, most: int) -> bool:
    """Say whether a dotted key has more than `most` parts, even if the text is not TOML."""
    parts = 1
    for token in tokens(text):
        if token.text == ".":
            parts += 1
            if parts > most:
                return True
        elif token.text in _ENDS_KEY:
            parts = 1
    return False


def position(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column, both from 1, of an offset into the text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class Places:
    r"""The keys and list items of a sound TOML text, each with where it stands.

    >>> Places('id = "weekly"\n[[phases]]\nevery = "P1W"').find("phases.0.every")
    (3, 1)
    """

    def __init__(self, text: str) -> None:
        """Read the text, which tomllib has accepted."""
        self._text = text
        self._tokens = tokens(text)
        self._next = next(self._tokens, _END)
        self._offsets: dict[Path, int] = {}
        self._items: dict[Path, int] = {}
        self._document()

    def find(self, path: str) -> tuple[int, int] | None:
        """Return line and column of a dotted path, or of the nearest part above it in the file."""
        parts = tuple(path.split("."))
        while parts and parts not in self._offsets:
            parts = parts[:-1]
        return position(self._text, self._offsets[parts]) if parts else None

    def _take(self) -> Token:
        token, self._next = self._next, next(self._tokens, _END)
        return token

    def _took(self, text: str) -> bool:
        found = self._next.text == text
        if found:
            self._take()
        return found

    def _past_lines(self) -> Token:
        while self._took("\n"):
            pass
        return self._next

    def _note(self, path: Path, offset: int) -> None:
        self._offsets.setdefault(path, offset)

    def _document(self) -> None:
        owner: Path = ()
        while (token := self._past_lines()) is not _END:
            if token.text == "[":
                owner = self._header()
            else:
                self._pair(owner)

    def _header(self) -> Path:
        """Read `[table]` or `[[array]]`, and return the path of what follows it."""
        at = self._take().at
        many = self._took("[")
        path: Path = ()
        for part in self._key():
            path = (*self._current(path), part)
            self._note(path, at)
        if many:
            self._items[path] = self._items.get(path, -1) + 1
        while self._took("]"):
            pass
        path = self._current(path)
        self._note(path, at)
        return path

    def _current(self, path: Path) -> Path:
        """Go into the latest table of an array of tables."""
        return (*path, str(self._items[path])) if path in self._items else path

    def _key(self) -> list[str]:
        parts = [self._take().text.strip("\"'")]
        while self._took("."):
            parts.append(self._take().text.strip("\"'"))
        return parts

    def _pair(self, owner: Path) -> None:
        at = self._next.at
        path = owner
        for part in self._key():
            path = (*path, part)
            self._note(path, at)
        self._took("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._took("["):
            self._array(path)
        elif self._took("{"):
            self._inline_table(path)
        else:
            while self._next.text not in _ENDS_SCALAR:
                self._take()

    def _array(self, path: Path) -> None:
        index = 0
        while not self._took("]") and self._past_lines() is not _END:
            if self._took(","):
                index += 1
            elif self._next.text != "]":
                item = (*path, str(index))
                self._note(item, self._next.at)
                self._value(item)

    def _inline_table(self, path: Path) -> None:
        while not self._took("}") and self._past_lines() is not _END:
            if not self._took(",") and self._next.text != "}":
                self._pair(path)
