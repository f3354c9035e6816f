"""Days, times and lengths in a patient's language; Babel is known only here.

Digits are those of English everywhere, so that a time reads alike on paper and on a telephone.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from mesoplan.languages.language import Language
from mesoplan.values.errors import Fault, MesoplanError
from mesoplan.values.period import Period

if TYPE_CHECKING:
    from babel import Locale

_EXTRA = 'pip install "mesoplan[handout]"'


def day(language: Language, value: date) -> str:
    """Return a day with its weekday: "Fri, 4 Dec 2026"."""
    return _skeleton(language, "yMMMEd", value)


def unbroken(text: str) -> str:
    """Keep words on one line: a date, "5 of 16"."""
    return text.replace(" ", "\u00a0")


def short_day(language: Language, value: date) -> str:
    """Return a day without its weekday: "4 Dec 2026"."""
    return _skeleton(language, "yMMMd", value)


def month(language: Language, value: date) -> str:
    """Return a month: "Dec 2026"."""
    return _skeleton(language, "yMMM", value)


def clock(value: datetime) -> str:
    """Return a time of day by the 24-hour clock, which reads alike in every language."""
    return f"{value:%H:%M}"


def length(language: Language, period: Period) -> str:
    """Return a length of time in words: "24 hours", "2 weeks"; English needs no Babel."""
    if language.is_english:
        return period.words
    return " ".join(counted(language, unit, number) for number, unit in period.units)


def listed(language: Language, parts: Sequence[str]) -> str:
    """Join parts as a list: "a, b and c"."""
    locale = _locale(language)
    from babel.lists import format_list  # noqa: PLC0415 - an extra

    return format_list(parts, locale=locale)


def counted(language: Language, name: str, number: int) -> str:
    """Return a number of things, in the plural form of the language."""
    return language.counted(name, _locale(language).plural_form(number), number)


def _skeleton(language: Language, skeleton: str, value: date) -> str:
    locale = _locale(language)  # raises an error that names the extra if Babel is missing
    from babel.dates import format_skeleton  # noqa: PLC0415 - an extra

    return format_skeleton(skeleton, value, locale=locale)


@cache
def _locale(language: Language) -> "Locale":
    try:
        from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - an extra
    except ImportError:
        fault = Fault(
            "language", f"{language.code} needs Babel", remedy=_EXTRA, code="missing-extra"
        )
        raise MesoplanError(fault) from None
    name = language.locale or language.code
    try:
        return Locale.parse(name, sep="-")
    except (UnknownLocaleError, ValueError):
        fault = Fault(
            "locale",
            "is not known to Babel",
            name,
            'write for example "tr" or "pt-BR"',
            code="unknown-language",
        )
        raise MesoplanError(fault, subject=language.code) from None
