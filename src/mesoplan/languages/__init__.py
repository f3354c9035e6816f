"""The languages that patients read: one TOML file each, and those that a clinic writes itself."""

from functools import cache
from typing import TYPE_CHECKING

from mesoplan.languages.language import Language
from mesoplan.values.documents import load
from mesoplan.values.errors import Fault, MesoplanError, closest, shown
from mesoplan.values.given import given
from mesoplan.values.kinds import FrozenTable

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["chosen", "get", "load_language", "names"]

_ENDING = ".toml"


def load_language(data: str | bytes, *, subject: str = "language") -> Language:
    """Read a language from TOML or JSON; raises MesoplanError like `load_protocol`."""
    return load(Language, data, subject)


@cache
def _folder() -> "Traversable":
    from importlib import resources  # noqa: PLC0415 - slow to import, and not always needed

    return resources.files(__name__)


@cache
def names() -> tuple[str, ...]:
    """Return the code of every language that comes with mesoplan.

    >>> names()
    ('ar', 'en', 'es', 'fr', 'tr')
    """
    entries = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(_ENDING) for name in entries if name.endswith(_ENDING)))


@cache
def get(code: str) -> Language:
    """Return a language by its code; raises MesoplanError naming the known ones.

    >>> get("tr").word("busy")
    'Meşgul'
    """
    if code not in names():
        raise MesoplanError(
            Fault(
                "language",
                "is not known",
                shown(code),
                closest(code, names()),
                code="unknown-language",
            )
        )
    entry = _folder() / f"{code}{_ENDING}"
    return load_language(entry.read_bytes(), subject=entry.name)


def chosen(language: str | Language) -> Language:
    """Return the language that a caller named or wrote, with English words where it lacks some."""
    given(language, (str, Language), "language", MesoplanError)
    if isinstance(language, str):
        return get(language)
    return _complete(language)


@cache
def _complete(language: Language) -> Language:
    english = get("en")
    return language.replace(
        words=FrozenTable({**english.words, **language.words}),
        plurals=FrozenTable({**english.plurals, **language.plurals}),
    )
