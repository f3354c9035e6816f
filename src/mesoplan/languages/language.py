"""A language: the words that patients read, and the texts of protocols in it."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, StringConstraints

from mesoplan.values.base import Model
from mesoplan.values.kinds import FrozenTable, Line, Table, Text, Written

Tag = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35),
    Written(
        "is not the tag of a language (BCP 47)",
        'write for example "tr" or "pt-BR"',
        code="not-a-language",
    ),
]
Form = Literal["zero", "one", "two", "few", "many", "other"]
"""A plural form of the Unicode CLDR."""

_PLACE = re.compile(r"\{([a-z]+)\}")
_MOST = 5_000


class Translated(Model):
    """One English text of a protocol, and what it is in a language."""

    en: Text
    """The English text, as the protocol writes it."""
    to: Text
    """The same in the language."""
    reviewed: bool | None = None
    """Whether a health professional has reviewed it; None means what the language says."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            en: str,
            to: str,
            reviewed: bool | None = None,
        ) -> None: ...


class Language(Model):
    """A language: its words, its direction, and the texts of protocols in it.

    Texts go by their English, so that a protocol whose English a clinic has changed ("48 hours") is
    never shown with the old meaning: what has no translation is shown in English.

    >>> french = Language(code="fr", name="Français", texts=[{"en": "Redness", "to": "Rougeur"}])
    >>> french.text("Redness"), french.text("Fever")
    ('Rougeur', 'Fever')
    """

    code: Tag
    """Its tag, for example `tr` or `pt-BR`."""
    name: Line
    """What the language calls itself."""
    locale: Tag | None = None
    """The locale of the CLDR for dates and numbers, where it is not the code."""
    direction: Literal["ltr", "rtl"] = "ltr"
    """Whether it is written from left to right or from right to left."""
    reviewed: bool = False
    """Whether a health professional has reviewed the texts."""
    words: Table[str, Line] = FrozenTable()
    """Our own words by their names in `en.toml`; `{title}` and the like are filled in."""
    plurals: Table[str, Table[Form, Line]] = FrozenTable()
    """Our own words that take a number, by name and plural form."""
    endings: Table[str, Line] = FrozenTable()
    """English title of a piece of advice to what is said when it no longer holds."""
    texts: Annotated[tuple[Translated, ...], Field(max_length=_MOST)] = ()
    """The texts of protocols in the language."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            code: str,
            name: str,
            locale: str | None = None,
            direction: Literal["ltr", "rtl"] = "ltr",
            reviewed: bool = False,
            words: Mapping[str, str] = ...,
            plurals: Mapping[str, Mapping[Form, str]] = ...,
            endings: Mapping[str, str] = ...,
            texts: Sequence[Translated | Mapping[str, Any]] = (),
        ) -> None: ...

    @cached_property
    def _by_english(self) -> Mapping[str, Translated]:
        return {text.en: text for text in self.texts}

    @property
    def is_english(self) -> bool:
        """Whether protocols are written in it already."""
        return self.code.partition("-")[0] == "en"

    def knows(self, text: str) -> bool:
        """Say whether it has that text of a protocol."""
        return self.is_english or text in self._by_english

    def has_reviewed(self, text: str) -> bool:
        """Say whether a health professional has reviewed that text in it; English is the original."""
        found = self._by_english.get(text)
        if found is None:
            return self.is_english
        return self.reviewed if found.reviewed is None else found.reviewed

    def text(self, english: str) -> str:
        """Return a text of a protocol in this language, in English where it has none."""
        found = self._by_english.get(english)
        return english if found is None else found.to

    def word(self, name: str, **values: object) -> str:
        """Return one of our words, its places filled in."""
        return filled(self.words[name], **values)

    def counted(self, name: str, form: str, number: int) -> str:
        """Return a number of things in the plural form that it takes."""
        forms = self.plurals[name]
        return filled(forms.get(form, forms["other"]), n=number)  # type: ignore[call-overload]


def filled(pattern: str, **values: object) -> str:
    """Fill the places of a pattern; a pattern can reach nothing but these values."""
    return _PLACE.sub(lambda place: str(values.get(place[1], place[0])), pattern)
