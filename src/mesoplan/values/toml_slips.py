"""What is probably wrong with a text that is not TOML, in the words of whoever wrote it.

tomllib says where the grammar breaks, which is often behind the slip: a quote that is not closed breaks it
at the end of the line or of the file, a thirteenth month in the middle of the day.
"""

import re
import tomllib
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from mesoplan.values.errors import Fault, shown
from mesoplan.values.toml_places import Token, position, tokens

TYPOGRAPHIC = re.compile("[“”„‟‘’‚‛«»″]")
"""A quotation mark of a word processor."""
NOT_STRAIGHT = ("is a typographic quotation mark", 'write straight ones, as in "P1W"')
"""What is said of one, in JSON as in TOML, and the remedy."""
_QUOTES = ('"""', "'''", '"', "'")
_MARKS = frozenset("=[]{},\n")
_BEFORE_VALUES = frozenset("=[,")
_AFTER_ITEMS = frozenset(",]")
_SHORT = 40
_MOST = 1_000
"""The words of a row that are looked at; more are in no file that a person wrote."""
_DAY = re.compile(r"[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}")
_TRUTH = {
    "true": "true",
    "yes": "true",
    "on": "true",
    "false": "false",
    "no": "false",
    "off": "false",
}


def slip(text: str, line: int) -> Fault | None:
    """Return what was probably meant in the line that breaks the grammar, or None if nobody can say.

    >>> print(slip("every = P1W", 1))
    line 1, column 9: is not in quotes, got 'P1W' (write "P1W")
    """
    begins = sum(len(row) + 1 for row in text.split("\n")[: line - 1])
    ends = begins + len(text[begins:].partition("\n")[0])
    row: list[Token] = []
    for token in takewhile(lambda token: token.at < ends, tokens(text)):
        is_open = not _is_closed(token)  # perhaps in an earlier line: it reaches to this one
        if is_open or token.at >= begins:
            row.append(token)
        if is_open or len(row) == _MOST:
            break
    found = next(_slips(_words(row)), None)
    if found is None:
        return None
    place = position(text, found.at)
    return Fault("", found.what, found.got, found.remedy, *place, code="not-toml")


class _Slip(NamedTuple):
    """What is wrong, in our words, and its offset in the text."""

    at: int
    what: str
    remedy: str
    got: str = ""


def _slips(words: list[Token]) -> Iterator[_Slip]:
    """Yield the slips of a row in the order in which they stand."""
    texts = ["\n", *(word.text for word in words), "\n"]
    if texts[1] == "[":
        return
    for word, before, after in zip(words, texts, texts[2:], strict=False):
        found = _in_word(word, before, after)
        if found is not None:
            yield found


def _words(row: list[Token]) -> list[Token]:
    """Join what is written without a blank: a date is one word, and so is a number with a dot."""
    words: list[Token] = []
    for token in row:
        last = words[-1] if words else None
        joins = last is not None and last.at + len(last.text) == token.at
        if last is not None and joins and _is_bare(last.text) and _is_bare(token.text):
            words[-1] = Token(last.text + token.text, last.at)
        else:
            words.append(token)
    return words


def _is_bare(text: str) -> bool:
    return text not in _MARKS and not text.startswith(_QUOTES)


def _is_closed(token: Token) -> bool:
    """Say whether a token is no text, or one that ends with the mark with which it begins."""
    mark = next((quote for quote in _QUOTES if token.text.startswith(quote)), "")
    return not mark or (len(token.text) >= 2 * len(mark) and token.text.endswith(mark))


def _in_word(word: Token, before: str, after: str) -> _Slip | None:
    """Return what is wrong with a word, between what stands before and behind it."""
    text, curly = word.text, TYPOGRAPHIC.search(word.text)
    if not _is_bare(text):
        if _is_closed(word):
            return None
        if not TYPOGRAPHIC.match(text.rstrip()[-1]):
            return _Slip(word.at, "opens a text that is not closed", "close the quotes")
    if curly:
        return _Slip(word.at + curly.start(), *NOT_STRAIGHT, curly[0])
    if before == "\n" and text.endswith(":"):
        return _Slip(word.at, "has a colon", "write = after the name", shown(text))
    is_value = after != "=" if before in _BEFORE_VALUES else after in _AFTER_ITEMS
    return _bare(word) if is_value and not _is_sound(text) else None


def _is_sound(value: str) -> bool:
    try:
        tomllib.loads(f"a = {value}")
    except ValueError:
        return False
    return True


def _bare(word: Token) -> _Slip:
    """Say what is wrong with a value that is no text, number, day, true or false."""
    value, at = word
    truth = _TRUTH.get(value.lower())
    if truth is not None:
        return _Slip(at, "is neither true nor false", f"write {truth}", shown(value))
    if _DAY.fullmatch(value):
        remedy = "write for example 2026-12-01"
        return _Slip(at, "is not a day of the calendar", remedy, value)
    return _Slip(at, "is not in quotes", f"write {_quoted(value)}", shown(value))


def _quoted(value: str) -> str:
    return f'"{value}"' if value.isprintable() and len(value) <= _SHORT else "it in quotes"
