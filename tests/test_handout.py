"""The handout: complete, in the patient's language, whole in itself, and closed to what users write."""

from __future__ import annotations

import builtins
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

import handouts
from mesoplan import (
    Clinic,
    Course,
    Language,
    MesoplanError,
    Phase,
    PlanError,
    Protocol,
    Review,
    languages,
    protocols,
    schedule,
    to_csv,
    to_html,
    to_svg,
)
from mesoplan.handout import pages
from samples import plan_of

VOID = {"meta", "br", "img", "link", "input"}
OURS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "footer"),
    *("h1", "h2", "h3", "p", "bdi", "figure", "svg", "desc", "defs", "pattern", "path", "rect"),
    *("text", "g", "circle", "div", "table", "thead", "tbody", "tr", "th", "td", "time", "span"),
    *("small", "strong", "ul", "li"),
}


def _plain(text: str) -> str:
    """Make every kind of space one."""
    return " ".join(text.split())


class _Page(HTMLParser):
    """What a browser would make of a page: elements, attributes, text, and whether all close."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element; those without an end tag are not waited for."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element that ends where it begins."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Every end belongs to the last beginning."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text with the element that it is in."""
        self.texts.append((self.open[-1] if self.open else "", data))

    @property
    def text(self) -> str:
        """All that can be read, spaces made one."""
        said = " ".join(data for tag, data in self.texts if tag != "style")
        return _plain(said)


def _page(code: str = "en") -> _Page:
    return _Page(to_html(handouts.lived(), language=code))


@pytest.mark.parametrize("code", languages.names())
def test_the_page_says_all_that_the_protocol_says_to_patients(code: str) -> None:
    """Milestones, advice, effects and red flags, each with its text, in the language."""
    protocol, language = handouts.lived().course.protocol, languages.get(code)
    text = _page(code).text
    parts: list[Any] = [
        *protocol.milestones,
        *protocol.advice,
        *protocol.effects,
        *protocol.red_flags,
    ]
    for part in parts:
        assert _plain(language.text(part.title)) in text
        if part.text:
            assert _plain(language.text(part.text)) in text
    for effect in protocol.effects:
        assert _plain(language.text(effect.if_longer)) in text
    for review in protocol.reviews:
        assert review.looks_at
        assert _plain(language.text(review.looks_at)) in text


@pytest.mark.parametrize("code", languages.names())
def test_the_page_is_marked_with_its_language(code: str) -> None:
    """Tag and direction stand on the page and on each picture."""
    page, language = _page(code), languages.get(code)
    marked = [attrs for tag, attrs in page.tags if tag in {"html", "svg"}]
    assert [attrs["lang"] for attrs in marked] == [code] * 3
    assert marked[0]["dir"] == language.direction
    assert page.open == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", []),  # the original
        ("tr", ["Bu çeviri bir sağlık uzmanı tarafından gözden geçirilmemiştir."]),
    ],
)
def test_an_unreviewed_translation_is_called_one(code: str, said: list[str]) -> None:
    """At the foot of the page, for the patient to read."""
    found = [languages.get(code).word(name) for name in ("not_reviewed", "partly_english")]
    assert [line for line in found if line in _page(code).text] == said


def test_a_text_without_translation_is_marked_as_english() -> None:
    """A screen reader speaks it rightly, its direction holds, and the page says why it is there."""
    partly = Language(code="ar", name="عربي", direction="rtl", texts=())
    html = to_html(handouts.lived(), language=partly)
    assert '<strong><span lang="en" dir="ltr">Redness</span></strong>' in html
    assert '<span lang="en" dir="ltr">Mesotherapy session 7\u00a0of\u00a016</span>' in html
    assert languages.get("en").word("partly_english") in _Page(html).text


def test_every_visit_stands_in_the_table_in_time_order() -> None:
    """With the machine's time beside the reader's."""
    plan = handouts.lived()
    moments = [attrs["datetime"] for tag, attrs in _page().tags if tag == "time"]
    assert moments == [visit.start.isoformat() for visit in plan.visits]


@pytest.mark.parametrize(
    "said",
    [
        "Mesotherapy session 5 of 16 30 minutes · attended",
        "Mesotherapy session 30 minutes · missed",
        "Instead of Fri, 19 Feb 2027",  # moved by the days away
        "Do not wash your hair · for 24 hours Leave the scalp dry",
        "Keep the scalp clean · after 24 hours",
        "Swelling · Usual duration: 3 hours to 2 days",
        "Itching · Usually gone within 3 days",
        "A First results may show · 2 Jan 2027",
        "All times are local times (Europe/Istanbul).",
        "Plan made on 11 Jan 2027",
        "Phone: +90 216 000 00 00",
    ],
)
def test_the_page_says(said: str) -> None:
    """Each of the things that a patient looks for."""
    assert said in _page().text


@pytest.mark.parametrize("ids", [("month", "month-long"), ("month-long", "month"), ("a", "a-1")])
def test_each_review_has_its_own_text_whatever_the_others_are_called(ids: tuple[str, str]) -> None:
    """A name that begins with another one's is another name."""
    reviews = [
        Review(id=name, at=f"start + P{weeks}W", looks_at=f"Text of {name}.", join=False)
        for name, weeks in zip(ids, (3, 5), strict=True)
    ]
    phase = Phase(id="session", every="P9D", sessions=6)
    plan = plan_of(Protocol(id="p", title="P", phases=[phase], reviews=reviews))
    page = to_html(plan)
    assert [page.count(f"Text of {name}.") for name in ids] == [1, 1]


def test_what_a_past_review_looked_at_is_not_said() -> None:
    """It is of no use to the patient any more."""
    plan = handouts.lived()
    over = plan.visit("month-3").replace(status="attended")
    visits = tuple(over if visit.key == "month-3" else visit for visit in plan.visits)
    page = _Page(to_html(plan.replace(visits=visits)))
    assert "Whether less hair is shed" not in page.text
    assert "New growth, density and strength" in page.text


def test_red_flags_stand_under_what_to_do_the_urgent_ones_first() -> None:
    """Call now, then call."""
    text = _page().text
    order = ["When to call", "Seek medical help at once", "Trouble breathing", "Call the clinic A"]
    places = [
        text.rindex(words) if words != order[3] else text.rindex("Call the clinic ")
        for words in order
    ]
    assert places == sorted(places)


def test_headings_go_down_step_by_step() -> None:
    """One h1, then h2, h3 only below h2; and every section has a name that exists."""
    page = _page()
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = {
        name for _, attrs in page.tags for name in (attrs.get("aria-labelledby") or "").split()
    }
    assert named <= set(ids)


@pytest.mark.parametrize("code", languages.names())
def test_the_page_is_whole_in_itself(code: str) -> None:
    """No script, no handler, no address but SVG's name, and a policy that would stop any."""
    html = to_html(handouts.lived(), language=code)
    page = _Page(html)
    assert {tag for tag, _ in page.tags} <= OURS
    attributes = {name for _, attrs in page.tags for name in attrs}
    assert not any(name.startswith("on") or name in {"src", "href"} for name in attributes)
    assert set(re.findall(r"https?://[^\"' ]+", html)) == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in html
    assert "@import" not in html


def test_hostile_text_stays_text() -> None:
    """Markup, style ends, templates and overrides in every text that a user can set are shown."""
    html = to_html(handouts.hostile())
    page = _Page(html)
    assert {tag for tag, _ in page.tags} <= OURS
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    for text in handouts.HOSTILE[:5]:
        assert " ".join(text.split()) in page.text
    assert "\u202e" not in html
    assert "\ufffe" not in html
    assert "👩🏽‍⚕️ مرحبا" in page.text


def test_a_long_text_is_shown_whole() -> None:
    """Ten thousand characters are text like any other."""
    long = handouts.hostile().milestones[0].text
    assert long is not None
    assert len(long) > 9_000
    shown = pages.fit(long)
    assert " ".join(shown.split()) in _Page(to_html(handouts.hostile())).text


@pytest.mark.parametrize("name", ["hepb-standard", "tms-response-branch", "who-anc-2016"])
def test_protocols_without_care_have_a_page_too(name: str) -> None:
    """Sections that would be empty are left out, and other languages fall back to English."""
    protocol = protocols.get(name)
    names = {anchor.name for anchor in protocol.anchors() if anchor.kind == "external"}
    course = handouts.lived().course.replace(
        protocol=protocol,
        facts=(),
        dates={name: handouts.lived().visits[0].day for name in names},
    )
    plan = schedule(
        course, handouts.CLINIC.replace(name=None, location=None, phone=None), as_of=handouts.FIRST
    )
    page = _Page(to_html(plan, language="fr"))
    assert "Quand appeler" not in page.text
    assert "Votre clinique" not in page.text
    assert languages.get("fr").word("partly_english") in page.text


def test_a_plan_without_visits_is_refused() -> None:
    """There would be nothing on the page."""
    with pytest.raises(PlanError, match="visits: are none"):
        to_html(handouts.lived().replace(visits=(), entries=()))


def test_without_jinja_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install; tables do without."""
    real = builtins.__import__

    def no_jinja(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] in {"jinja2", "markupsafe"}:
            raise ImportError(name)
        return real(name, *rest, **named)

    pages._environment.cache_clear()  # noqa: SLF001 - as in a fresh process
    monkeypatch.setattr(builtins, "__import__", no_jinja)
    with pytest.raises(MesoplanError, match=re.escape('pip install "mesoplan[handout]"')):
        to_svg(handouts.lived())
    assert to_csv(handouts.lived())


@pytest.mark.parametrize(("language", "heading"), [("en", "At home"), ("tr", "Evde")])
def test_treatment_at_home_has_its_place(language: str, heading: str) -> None:
    """With its days; an end that nobody knows stays open."""
    course = Course(
        id="home", protocol=protocols.get("dhurat-2013"), start=datetime(2026, 12, 1, 17, 30)
    )
    plan = schedule(course, Clinic(timezone="UTC"), as_of=datetime(2026, 11, 20, tzinfo=UTC))
    page = to_html(plan, language=language)
    assert f'<h2 id="at-home">{heading}</h2>' in page
    assert "Topical minoxidil twice a day, as prescribed" in page
    endless = course.replace(protocol=protocols.get("atigh-waset"))
    page = to_html(
        schedule(endless, Clinic(timezone="UTC"), as_of=datetime(2026, 11, 20, tzinfo=UTC))
    )
    assert "1 December 2026 –</span>" in page or "1 Dec 2026 –</span>" in page
