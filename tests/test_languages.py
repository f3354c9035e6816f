"""Languages: complete, filled in rightly, open to a clinic's own, and never silently English."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from calendars import visit
from mesoplan import (
    Language,
    MesoplanError,
    Period,
    Phase,
    Protocol,
    Review,
    language_findings,
    languages,
    load_language,
    protocols,
    questionnaire,
    screen,
    translated,
)
from mesoplan.languages import dates
from mesoplan.languages.translating import PATIENTS_READ, visit_title

ENGLISH = languages.get("en")
OTHERS = [name for name in languages.names() if name != "en"]
MESOTHERAPY = [name for name in protocols.names() if name.startswith("mesotherapy-")]
PLACES = re.compile(r"\{[a-z]+\}")
NUMBERS = re.compile(r"\d+")
LETTERS = {"ar": re.compile("[\u0600-\u06ff]")}


def _texts(protocol: Protocol) -> Iterator[str]:
    yield protocol.title
    for where, names in PATIENTS_READ.items():
        for part in getattr(protocol, where):
            yield from (getattr(part, name) for name in names if getattr(part, name))


def test_five_languages_come_with_mesoplan() -> None:
    """English, Turkish, French, Spanish and Arabic, of which Arabic alone runs from right to left."""
    assert languages.names() == ("ar", "en", "es", "fr", "tr")
    directions = {name: languages.get(name).direction for name in languages.names()}
    assert [name for name, direction in directions.items() if direction == "rtl"] == ["ar"]


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("name", MESOTHERAPY)
def test_the_mesotherapy_protocols_are_complete(code: str, name: str) -> None:
    """Titles, reviews, milestones, criteria, advice, effects and red flags: all there, none reviewed."""
    found = language_findings(protocols.get(name), code)
    assert [finding.code for finding in found] == ["unreviewed-translation"]
    language = languages.get(code)
    texts = list(_texts(protocols.get(name)))
    assert len(texts) > 140
    assert all(language.text(text) != text for text in texts)


@pytest.mark.parametrize("code", OTHERS)
def test_every_word_has_its_places_in_every_language(code: str) -> None:
    """A word is there in each language, and what is filled in is the same as in English."""
    language = languages.get(code)
    assert list(language.words) == list(ENGLISH.words)
    assert list(language.plurals) == list(ENGLISH.plurals)
    for name, word in ENGLISH.words.items():
        assert set(PLACES.findall(language.words[name])) == set(PLACES.findall(word)), name
    assert list(language.endings) == list(ENGLISH.endings)


@pytest.mark.parametrize("code", OTHERS)
def test_every_number_survives_translation(code: str) -> None:
    """Hours, weeks and months written in digits are the same in the translation."""
    for text in languages.get(code).texts:
        assert NUMBERS.findall(text.en) == NUMBERS.findall(text.to), text.en


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_left_over(code: str) -> None:
    """What no protocol says any more is not kept: its English would have changed."""
    said = {text for name in MESOTHERAPY for text in _texts(protocols.get(name))}
    assert [text.en for text in languages.get(code).texts if text.en not in said] == []


def test_translations_are_in_the_script_of_their_language() -> None:
    """Every Arabic text holds Arabic letters, so that no line has slipped from another file."""
    for text in languages.get("ar").texts:
        assert LETTERS["ar"].search(text.to), text.to


@pytest.mark.parametrize(
    ("code", "known"), [("de", "known: ar, en, es, fr, tr"), ("trk", 'did you mean "tr"?')]
)
def test_an_unknown_language_is_refused_with_the_known_ones(code: str, known: str) -> None:
    """It is never replaced by another one."""
    with pytest.raises(MesoplanError, match=re.escape(known)):
        languages.get(code)


@pytest.mark.parametrize(
    ("name", "number", "of", "code", "said"),
    [
        ("Mesotherapy session", 5, 16, "tr", "Mezoterapi seansı 5/16"),
        ("Mesotherapy session", 5, 16, "ar", "جلسة ميزوثيرابي 5 من 16"),
        ("Mesotherapy maintenance session", 2, None, "fr", "Séance d’entretien de mésothérapie 2"),
        ("Review at 3 months", None, None, "es", "Revisión a los 3 meses"),
        ("Review at 4 months", None, None, "es", "Review at 4 months"),  # no translation
        ("Sitting", 5, 16, "tr", "Sitting 5 of 16"),  # half a translation would be neither
        ("Mesotherapy session", 5, 16, "en", "Mesotherapy session 5 of 16"),
    ],
)
def test_a_visit_is_named_in_the_language(
    name: str, number: int | None, of: int | None, code: str, said: str
) -> None:
    """Its number stands where the language wants it."""
    one = visit("a", 4, name=name, number=number, of=of)
    assert visit_title(one, languages.get(code)) == said


def test_the_questionnaire_and_the_screening_are_in_the_patients_language() -> None:
    """A translated protocol asks and answers in its language, with the same ids and rules."""
    weekly = protocols.get("mesotherapy-weekly")
    turkish = translated(weekly, "tr")
    asked = {question.id: question.text for question in questionnaire(turkish)}
    assert list(asked) == [question.id for question in questionnaire(weekly)]
    assert asked["pregnancy"] == "Kişi hamile mi veya hamile olabilir mi?"
    ruling = screen(turkish, {"skin-infection": True}, on=date(2026, 12, 1))
    plain = screen(weekly, {"skin-infection": True}, on=date(2026, 12, 1))
    assert (ruling.outcome, ruling.recheck) == (plain.outcome, plain.recheck)
    assert "enfeksiyon iyileşene kadar" in {one.until for one in ruling.rulings}


def test_changed_english_is_never_shown_with_the_old_meaning() -> None:
    """A clinic that says 48 hours gets its own English, and a finding, not our 24 hours."""
    weekly = protocols.get("mesotherapy-weekly")
    own = weekly.advice[2].replace(text="Leave the scalp dry for at least 48 hours.")
    changed = weekly.replace(advice=(*weekly.advice[:2], own, *weekly.advice[3:]))
    assert translated(changed, "tr").advice[2].text == own.text
    assert [str(finding) for finding in language_findings(changed, "tr")] == [
        "advice.no-washing.text has no text in Türkçe; it is shown in English",
        "no health professional has reviewed the texts in Türkçe",
    ]


def test_nothing_is_missing_in_english() -> None:
    """Protocols are written in it, and phases without a title get the name that they go by."""
    protocol = Protocol(id="p", title="P", phases=[Phase(id="first", every="P1W", sessions=2)])
    assert language_findings(protocol, "en") == ()
    assert translated(protocol, "en").phases[0].title == "First session"


def test_a_clinic_adds_its_own_language() -> None:
    """From a text, without touching code; words that it lacks are English, and findings say so."""
    german = load_language(
        'code = "de"\nname = "Deutsch"\nreviewed = true\nwords.busy = "Belegt"\n'
        '[[texts]]\nen = "Redness"\nto = "Rötung"\n'
    )
    assert languages.chosen(german).word("busy") == "Belegt"
    assert languages.chosen(german).word("reminder") == "Reminder"
    found = [str(finding) for finding in language_findings(protocols.get("hepb-standard"), german)]
    assert "the word reminder is missing in Deutsch; it is shown in English" in found
    assert "title has no text in Deutsch; it is shown in English" in found
    assert not any(line.startswith("no health professional") for line in found)


def test_a_clinic_can_build_on_ours() -> None:
    """A language of ours with a text more, that somebody has reviewed."""
    ours = languages.get("tr")
    review = Review(id="look", title="A look", at="start + P1M")
    protocol = Protocol(
        id="p",
        title="Redness",
        phases=[Phase(id="a", title="Redness", every="P1W", sessions=2)],
        reviews=[review],
    )
    more = ours.replace(texts=(*ours.texts, {"en": "A look", "to": "Bir bakış", "reviewed": True}))
    assert [finding.code for finding in language_findings(protocol, more)] == [
        "unreviewed-translation"
    ]
    assert more.has_reviewed("A look")
    assert translated(protocol, more).reviews[0].title == "Bir bakış"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('code = "Turkish!"\nname = "x"', "is not the tag of a language"),
        ('code = "tr"\nname = "x"\nwordz = {}', 'did you mean "words"?'),
        ('code = "tr"\nname = "x"\ndirection = "up"', "direction"),
        ('code = "tr"\nname = "x"\nplurals.day.several = "x"', "plurals.day"),
        ('code = "tr"', "name: is missing"),
        ("\x00", "is binary"),
    ],
)
def test_a_broken_language_file_is_refused(text: str, complaint: str) -> None:
    """With what is wrong and where, like a protocol's file."""
    with pytest.raises(MesoplanError, match=re.escape(complaint)):
        load_language(text)


def test_a_pattern_reaches_nothing_but_its_values() -> None:
    """What a language file or a title writes in braces is text, not a program."""
    odd = Language(code="de", name="D", words={"reminder": "{title.__class__} {n} {0}"})
    assert odd.word("reminder", n="{title}", title=1) == "{title.__class__} {title} {0}"


@pytest.mark.parametrize(
    ("code", "day", "short", "month"),
    [
        ("en", "Fri, 4 Dec 2026", "4 Dec 2026", "Dec 2026"),
        ("tr", "4 Ara 2026 Cum", "4 Ara 2026", "Ara 2026"),
        ("fr", "ven. 4 déc. 2026", "4 déc. 2026", "déc. 2026"),
        ("es", "vie, 4 dic 2026", "4 dic 2026", "dic 2026"),
        ("ar", "الجمعة، 4 ديسمبر 2026", "4 ديسمبر 2026", "ديسمبر 2026"),
    ],
)
def test_days_are_written_as_the_language_does(code: str, day: str, short: str, month: str) -> None:
    """By the CLDR, with the digits of a clock."""
    language, value = languages.get(code), date(2026, 12, 4)
    found = dates.day(language, value), dates.short_day(language, value)
    assert [text.replace("\u200f", "") for text in found] == [day, short]
    assert dates.month(language, value) == month


@pytest.mark.parametrize(
    ("code", "period", "said"),
    [
        ("en", "PT24H", "24 hours"),
        ("tr", "PT24H", "24 saat"),  # one form for every number
        ("fr", "P2W", "2 semaines"),
        ("es", "P1D", "1 día"),
        ("ar", "P1D", "يوم واحد"),  # Arabic has six forms
        ("ar", "P2D", "يومان"),
        ("ar", "P3M", "3 أشهر"),
        ("ar", "PT24H", "24 ساعة"),
        ("fr", "P1Y6M", "18 mois"),
        ("fr", "P1MT2H", "1 mois 2 heures"),
    ],
)
def test_lengths_take_the_plural_form_of_the_language(code: str, period: str, said: str) -> None:
    """By the plural rules of the CLDR."""
    assert dates.length(languages.get(code), Period(period)) == said


def test_lists_are_joined_as_the_language_does() -> None:
    """By the CLDR too."""
    assert dates.listed(languages.get("en"), ["a", "b", "c"]) == "a, b and c"
    assert dates.listed(languages.get("tr"), ["a", "b", "c"]) == "a, b ve c"


@pytest.mark.parametrize(("code", "locale"), [("qqq", None), ("tr", "zz-ZZ")])
def test_a_locale_that_babel_lacks_is_refused(code: str, locale: str | None) -> None:
    """With what to write instead."""
    language = languages.chosen(Language(code=code, name="N", locale=locale))
    with pytest.raises(MesoplanError, match="is not known to Babel"):
        dates.day(language, date(2026, 12, 4))


def test_without_babel_another_language_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """English works without the extra; any other language names it."""
    real = builtins.__import__

    def no_babel(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "babel":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", no_babel)
    fresh = languages.get("tr").replace(name="Türkçe (deneme)")
    assert dates.length(ENGLISH, Period("P2W")) == "2 weeks"
    with pytest.raises(MesoplanError, match=re.escape('pip install "mesoplan[handout]"')):
        dates.length(fresh, Period("P2W"))
