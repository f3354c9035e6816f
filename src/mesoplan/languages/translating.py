"""A protocol in a patient's language, and what that language lacks."""

from collections.abc import Iterator, Sequence

from mesoplan.languages import chosen, dates, get
from mesoplan.languages.language import Language
from mesoplan.plan.visit import Finding, Visit
from mesoplan.protocol.protocol import Protocol
from mesoplan.protocol.source import Cited
from mesoplan.values.errors import MesoplanError, ProtocolError
from mesoplan.values.given import given

PATIENTS_READ = {
    "phases": ("name",),
    "reviews": ("name", "looks_at"),
    "milestones": ("title", "text"),
    "adjuncts": ("title", "text"),
    "criteria": ("question", "text", "until"),
    "advice": ("title", "text"),
    "effects": ("title", "text", "if_longer"),
    "red_flags": ("title", "text"),
}
"""The lists of a protocol, and the texts of their parts that patients read."""


def translated(protocol: Protocol, language: str | Language) -> Protocol:
    """Return a protocol whose patients' texts are in a language; what it lacks stays English.

    So a questionnaire is `questionnaire(translated(protocol, "tr"))`, and what a screening or
    `advice_at` says of the translated protocol is in that language too.

    >>> from mesoplan import protocols
    >>> translated(protocols.get("mesotherapy-weekly"), "fr").effects[0].title
    'Rougeur'
    """
    given(protocol, Protocol, "protocol", ProtocolError)
    spoken = chosen(language)
    lists = {name: getattr(protocol, name) for name in PATIENTS_READ}
    changes = {
        name: tuple(_part(part, PATIENTS_READ[name], spoken) for part in parts)
        for name, parts in lists.items()
        if parts
    }
    return protocol.replace(title=spoken.text(protocol.title), **changes)


def visit_title(visit: Visit, language: Language, *, unbroken: bool = False) -> str:
    """Return a visit's title in a language, or in English where the language lacks its name.

    With `unbroken`, a line never breaks inside its number ("5 of 16").
    """
    spoken = language if language.knows(visit.name) else get("en")
    return numbered(spoken.text(visit.name), visit, spoken, unbroken=unbroken)


def numbered(title: str, visit: Visit, language: Language, *, unbroken: bool = False) -> str:
    """Return a title with the visit's number, where it has one, in the order of the language."""
    if visit.number is None:
        return title
    number = str(visit.number)
    if visit.of is not None:
        number = language.word("number_of", number=visit.number, of=visit.of)
    shown = dates.unbroken(number) if unbroken else number
    return language.word("numbered", title=title, number=shown)


def language_findings(protocol: Protocol, language: str | Language) -> tuple[Finding, ...]:
    """Name what a language lacks of a protocol's texts and of our words, and what nobody reviewed.

    >>> from mesoplan import protocols
    >>> print(*language_findings(protocols.get("mesotherapy-weekly"), "tr"))
    no health professional has reviewed the texts in Türkçe
    """
    given(protocol, Protocol, "protocol", ProtocolError)
    given(language, (str, Language), "language", MesoplanError)
    own = get(language) if isinstance(language, str) else language
    return (*_words_missing(own), *_texts_missing(protocol, own), *_unreviewed(protocol, own))


def _part(part: Cited, names: Sequence[str], language: Language) -> Cited:
    texts = {name: getattr(part, name) for name in names}
    return part.replace(
        **{
            "title" if name == "name" else name: language.text(text)
            for name, text in texts.items()
            if text
        }
    )


def _texts(protocol: Protocol) -> Iterator[tuple[str, str]]:
    """Yield every text that patients read, with its path."""
    yield "title", protocol.title
    for where, names in PATIENTS_READ.items():
        for index, part in enumerate(getattr(protocol, where)):
            for name in names:
                text = getattr(part, name)
                if text:
                    yield f"{where}.{getattr(part, 'id', index)}.{name}", text


def _words_missing(language: Language) -> Iterator[Finding]:
    english = get("en")
    known = language.words.keys() | language.plurals.keys()
    for name in [*english.words, *english.plurals]:
        if name not in known:
            message = f"the word {name} is missing in {language.name}; it is shown in English"
            yield Finding(code="untranslated", message=message)


def _texts_missing(protocol: Protocol, language: Language) -> Iterator[Finding]:
    for path, text in _texts(protocol):
        if not language.knows(text):
            message = f"{path} has no text in {language.name}; it is shown in English"
            yield Finding(code="untranslated", message=message)


def _unreviewed(protocol: Protocol, language: Language) -> Iterator[Finding]:
    known = [text for _, text in _texts(protocol) if language.knows(text)]
    if not all(language.has_reviewed(text) for text in known):
        message = f"no health professional has reviewed the texts in {language.name}"
        yield Finding(code="unreviewed-translation", message=message)
