"""The calendar in a patient's language, and what it tells at each level of privacy."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, date, datetime

import icalendar
import pytest

from mesoplan import (
    Advice,
    CalendarError,
    Clinic,
    Closure,
    Course,
    Fact,
    MesoplanError,
    Missed,
    Plan,
    languages,
    protocols,
    schedule,
    to_ics,
    uid_of,
)
from mesoplan.calendar.wording import Privacy
from mesoplan.care.around import lasting
from mesoplan.languages.translating import PATIENTS_READ

AS_OF = datetime(2026, 11, 20, 9, tzinfo=UTC)
CLINIC = Clinic(
    name="Klinik",
    location="Bağdat Cd. 12",
    phone="+90 216 000 00 00",
    timezone="Europe/Istanbul",
    hours={"mon-sat": "09:00-18:30"},
    closures=[Closure(first=date(2027, 1, 1), reason="Yılbaşı")],
)
WORD = re.compile(r"[^\W\d_]{4,}")
COMMON = {"with", "that", "more", "your", "this", "name", "does", "status", "before", "after"}


def _plan(*facts: Fact) -> Plan:
    course = Course(
        id="course-1",
        protocol=protocols.get("mesotherapy-weekly"),
        start=datetime(2026, 12, 4, 17, 30),
        facts=facts,
    )
    return schedule(course, CLINIC, as_of=datetime(2027, 1, 12, tzinfo=UTC) if facts else AS_OF)


PLAN = _plan()


def _entry(key: str, **options: object) -> icalendar.Event:
    data = to_ics(PLAN, visit=key, **options)  # type: ignore[arg-type]
    return icalendar.Calendar.from_ical(data).events[0]


def _telling_words(code: str) -> set[str]:
    """Give every word that the protocol's and its visits' texts have, in English and in a language."""
    protocol, language = PLAN.course.protocol, languages.get(code)
    texts = [protocol.title, protocol.id, protocol.treatment or "", protocol.indication or ""]
    texts += [visit.title for visit in PLAN.visits] + [visit.key for visit in PLAN.visits]
    for where, names in PATIENTS_READ.items():
        for part in getattr(protocol, where):
            texts += [getattr(part, name) or "" for name in names]
    said = texts + [language.text(text) for text in texts]
    return {word.casefold() for text in said for word in WORD.findall(text)} - COMMON


@pytest.mark.parametrize("code", languages.names())
@pytest.mark.parametrize("privacy", ["neutral", "busy"])
def test_nothing_tells_of_the_treatment(privacy: Privacy, code: str) -> None:
    """No word of protocol, visits or care is in the bytes: names, titles, alarms, UIDs, product."""
    file = to_ics(PLAN, privacy=privacy, language=code, endings=["no-washing"])
    words = _telling_words(code)
    assert len(words) > 300
    ours = {languages.get(code).words[name].casefold() for name in ("appointment", "appointments")}
    text = file.replace(b"\r\n ", b"").decode().casefold()
    for word in ours:
        text = text.replace(word, "")
    assert {word for word in words if re.search(rf"\b{re.escape(word)}\b", text)} == set()
    assert "meso" not in text
    assert "DESCRIPTION" not in {
        name for entry in icalendar.Calendar.from_ical(file).events for name in entry
    }


def test_the_search_for_telling_words_can_fail() -> None:
    """At the full level the same search finds many."""
    text = to_ics(PLAN).replace(b"\r\n ", b"").decode().casefold()
    found = {word for word in _telling_words("en") if re.search(rf"\b{re.escape(word)}\b", text)}
    assert {"mesotherapy", "sauna", "breathing", "induction"} - found == {"induction"}


@pytest.mark.parametrize(
    ("privacy", "code", "summary", "location", "calendar"),
    [
        ("neutral", "en", "Appointment", "Klinik", "Appointments"),
        ("neutral", "tr", "Randevu", "Klinik", "Randevular"),
        ("neutral", "ar", "موعد", "Klinik", "مواعيد"),
        ("busy", "en", "Busy", None, "Busy"),  # not even the place
        ("busy", "es", "Ocupado", None, "Ocupado"),
    ],
)
def test_what_each_level_tells(
    privacy: Privacy, code: str, summary: str, location: str | None, calendar: str
) -> None:
    """Neutral is a word and the clinic's name, busy is one word."""
    data = to_ics(PLAN, privacy=privacy, language=code)
    file = icalendar.Calendar.from_ical(data)
    assert {str(entry["SUMMARY"]) for entry in file.events} == {summary}
    assert {entry.get("LOCATION") for entry in file.events} == {location}
    assert file["X-WR-CALNAME"] == calendar


def test_discretion_changes_no_time_and_no_uid() -> None:
    """The same entries, so that a calendar can go from one level to another."""
    full, busy = (
        icalendar.Calendar.from_ical(to_ics(PLAN, privacy=level)).events
        for level in ("full", "busy")
    )
    assert [(e["UID"], e.start, e.end) for e in full] == [(e["UID"], e.start, e.end) for e in busy]


def test_others_do_not_learn_that_a_visit_was_missed() -> None:
    """Outside the full level it is called off, no more."""
    plan = _plan(Missed(visit="induction-2"))
    levels: tuple[tuple[Privacy, str], ...] = (("full", "en"), ("neutral", "en"), ("busy", "fr"))
    titles = [
        re.findall("SUMMARY:(.*)\r", file.decode())[0]
        for file in (
            to_ics(plan, visit="induction-2", privacy=level, language=code)
            for level, code in levels
        )
    ]
    assert titles == [
        "Missed: Mesotherapy session",
        "Cancelled: Appointment",
        "Annulé\u00a0: Occupé",
    ]


@pytest.mark.parametrize(
    ("privacy", "code", "title"),
    [
        ("full", "en", "On hold: Mesotherapy session 2 of 16"),
        ("full", "tr", "Beklemede: Mezoterapi seansı 2/16"),
        ("full", "fr", "En pause\u00a0: Séance de mésothérapie 2 sur 16"),
        ("full", "es", "En pausa: Sesión de mesoterapia 2 de 16"),
        ("full", "ar", "معلق مؤقتًا: جلسة ميزوثيرابي 2 من 16"),
        ("neutral", "en", "To be confirmed: Appointment"),
        ("busy", "fr", "À confirmer\u00a0: Occupé"),
    ],
)
def test_a_hold_is_told_to_the_patient_alone(privacy: Privacy, code: str, title: str) -> None:
    """In every language; others see that the visit is uncertain, not that somebody may be ill."""
    held = PLAN.visit("induction-2").replace(status="on_hold")
    data = to_ics(PLAN.replace(visits=[held]), privacy=privacy, language=code)
    (entry,) = icalendar.Calendar.from_ical(data).events
    assert (entry["SUMMARY"], entry["STATUS"]) == (title, "TENTATIVE")
    assert "sauna" not in str(entry.get("DESCRIPTION"))


def test_the_end_of_advice_waits_with_its_session() -> None:
    """It is as uncertain as the session on hold, and takes no time either."""
    held = PLAN.visit("induction-2").replace(status="on_hold")
    data = to_ics(PLAN.replace(visits=[held]), endings=["no-washing"])
    ending = icalendar.Calendar.from_ical(data).events[1]
    assert (ending["STATUS"], ending["SUMMARY"]) == (
        "TENTATIVE",
        "On hold: Hair may be washed again",
    )


def test_the_description_says_what_to_do_and_when_to_call() -> None:
    """Number, care with its times, red flags by urgency, telephone."""
    lines = str(_entry("induction-5")["DESCRIPTION"]).split("\n")
    assert lines[:2] == [
        "Weekly hair mesotherapy: session 5 of 16",
        "Instead of 2027-01-01 (Yılbaşı)",
    ]
    for line in (
        "Before each session:",
        "- Do not wash your hair (for 24 hours)",
        "- No heavy hair products (for 3 days)",
        "- Keep the scalp clean (after 24 hours)",
        "- Keep strong sun off the scalp",
        "Seek medical help at once:",
        "- Trouble breathing",
        "Call the clinic:",
    ):
        assert line in lines
    assert lines[-1] == "Phone: +90 216 000 00 00"


def test_the_description_is_in_the_patients_language() -> None:
    """All of it, but for what the clinic wrote itself."""
    lines = str(_entry("induction-5", language="tr")["DESCRIPTION"]).split("\n")
    assert lines[:2] == [
        "Haftalık saç mezoterapisi: seans 5/16",
        "1 Oca 2027 Cum yerine (Yılbaşı)",
    ]
    assert "- Saçınızı yıkamayın (24 saat boyunca)" in lines
    alarms = _entry("induction-5", language="tr").walk("VALARM")
    assert {str(alarm["DESCRIPTION"]) for alarm in alarms} == {"Hatırlatma"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "avoid", "until": "PT24H"}, "for 24 hours"),
        ({"kind": "avoid", "since": "PT2H", "until": "P3D"}, "after 2 hours, up to 3 days"),
        ({"kind": "avoid"}, ""),  # the source names no end
        ({"kind": "do", "since": "PT24H", "until": "P3D"}, "after 24 hours"),
        ({"kind": "do", "until": "P3D"}, ""),  # nobody stops looking after oneself then
        ({"kind": "prepare", "since": "-P2D", "until": "P0D"}, ""),
    ],
)
def test_times_of_advice_are_told_where_they_matter(fields: dict[str, str], said: str) -> None:
    """How long something is avoided, and after how long something may begin."""
    advice = Advice.model_validate({"id": "a", "title": "A", **fields})
    assert lasting(advice, languages.get("en")) == said


def test_a_review_carries_no_care_of_sessions() -> None:
    """Nothing is injected there."""
    assert "sauna" not in str(_entry("month-3")["DESCRIPTION"])


def test_a_closed_weekday_is_named_once() -> None:
    """The day that is avoided has its weekday already."""
    reason = {"code": "closed", "target": date(2026, 12, 13), "cause": "Sunday"}
    plan = PLAN.replace(visits=[PLAN.visit("induction-2").replace(reasons=(reason,))])
    data = to_ics(plan, language="fr")
    (entry,) = icalendar.Calendar.from_ical(data).events
    assert str(entry["DESCRIPTION"]).split("\n")[1] == "Au lieu du dim. 13 déc. 2026"


@pytest.mark.parametrize(
    ("code", "title"),
    [("en", "Hair may be washed again"), ("tr", "Saç yeniden yıkanabilir")],
)
def test_when_advice_ends_there_can_be_an_entry(code: str, title: str) -> None:
    """24 hours after each session's end, taking no time, ringing for nobody, with a UID for life."""
    data = to_ics(PLAN, visit="induction-1", endings=["no-washing"], language=code)
    session, ending = icalendar.Calendar.from_ical(data).events
    assert (ending["SUMMARY"], ending["TRANSP"]) == (title, "TRANSPARENT")
    assert ending.start - session.end == date(2026, 12, 2) - date(2026, 12, 1)
    assert ending["UID"] == uid_of("course-1", "induction-1 no-washing")
    assert ending.walk("VALARM") == []


def test_advice_without_a_phrase_of_its_own_ends_too() -> None:
    """In words that fit every piece of advice."""
    data = to_ics(PLAN, visit="induction-1", endings=["no-sauna"], language="es")
    assert b"Ya no es necesario: Nada de sauna" in data.replace(b"\r\n ", b"")


def test_a_missed_session_ends_no_advice() -> None:
    """Its entry is called off with it; a review never has one."""
    plan = _plan(Missed(visit="induction-2"))
    data = to_ics(plan, visit="induction-2", endings=["no-washing"])
    ending = icalendar.Calendar.from_ical(data).events[1]
    assert (ending["STATUS"], ending["SUMMARY"]) == (
        "CANCELLED",
        "Cancelled: Hair may be washed again",
    )
    assert (
        len(
            icalendar.Calendar.from_ical(
                to_ics(plan, visit="month-3", endings=["no-washing"])
            ).events
        )
        == 1
    )


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (
            {"endings": ["no-wash"]},
            "is no advice of the protocol, got 'no-wash' (did you mean \"no-washing\"?)",
        ),
        ({"endings": ["gentle-products"]}, "is advice without an end"),
        (
            {"privacy": "secret"},
            "privacy: is not a level, got 'secret' (known: full, neutral, busy)",
        ),
    ],
)
def test_what_cannot_be_said_is_refused(options: dict[str, object], complaint: str) -> None:
    """With the known names, and nothing is written."""
    with pytest.raises(CalendarError, match=re.escape(complaint)):
        to_ics(PLAN, **options)  # type: ignore[arg-type]


def test_an_unknown_language_is_refused() -> None:
    """Rather than written in English."""
    with pytest.raises(MesoplanError, match="language: is not known"):
        to_ics(PLAN, language="xx")


def test_an_english_calendar_needs_no_babel() -> None:
    """The extra is for other languages."""
    program = (
        "import sys; sys.modules['babel'] = None\n"
        "from datetime import UTC, datetime\n"
        "from mesoplan import *\n"
        "course = Course(id='c', protocol=protocols.get('mesotherapy-weekly'), start=datetime(2026, 12, 4))\n"
        "plan = schedule(course, Clinic(timezone='UTC'), as_of=datetime(2026, 11, 1, tzinfo=UTC))\n"
        "print(len(to_ics(plan)) > 10_000)\n"
        "to_ics(plan, language='tr')\n"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout == "True\n"
    assert 'language: tr needs Babel (pip install "mesoplan[handout]")' in done.stderr
