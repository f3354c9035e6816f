"""The handout as a real browser shows it: on a telephone, a screen and paper, light and dark."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chromium
import pytest

import handouts
from mesoplan import languages, to_html

pytestmark = pytest.mark.slow

CODES = languages.names()
AXE_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .map(found => found.id + ": " + found.nodes.map(node => node.html.slice(0, 90)).join(" | "))"""
TOO_WIDE = """() => [...document.querySelectorAll("body, body *")]
    .filter(part => !part.closest("svg") || part.localName === "svg")
    .filter(part => { const box = part.getBoundingClientRect();
        return box.width > 0 && (box.left < -0.5 || box.right > innerWidth + 0.5); })
    .map(part => part.outerHTML.slice(0, 90))"""
OUTSIDE_PICTURE = """() => [...document.querySelectorAll("figure svg text")].filter(text => {
        const box = text.getBoundingClientRect(), all = text.ownerSVGElement.getBoundingClientRect();
        return box.width > 0 && (box.left < all.left - 1 || box.right > all.right + 1); })
    .map(text => text.textContent)"""
OVERLAPS = """() => [...document.querySelectorAll("figure svg")].flatMap(svg => {
        const boxes = [...svg.querySelectorAll("text:not(.number):not(.flag)")]
            .map(text => [text.textContent, text.getBoundingClientRect()]).filter(([, box]) => box.width);
        return boxes.flatMap(([one, a], n) => boxes.slice(n + 1).filter(([, b]) =>
            a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
            .map(([other]) => one + " / " + other)); })"""
TOPS = """() => [...document.querySelectorAll("h1, h2, h3, tbody tr, footer")]
    .map(part => part.getBoundingClientRect().top)"""
CELLS = """() => [...document.querySelectorAll("tbody tr:first-child td")]
    .map(cell => cell.getBoundingClientRect().left)"""
SHOWN = """() => [...document.querySelectorAll("figure")]
    .filter(figure => getComputedStyle(figure).display !== "none").map(figure => figure.className)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for this file; skipped where it is missing, failing where it is promised."""
    if complaint := chromium.missing():
        promised = os.environ.get("MESOPLAN_REQUIRE_READERS") == "1"
        (pytest.fail if promised else pytest.skip)(complaint)
    with chromium.opened() as found:
        yield found


def _page(browser: Any, html: str, folder: Path, width: int = 1000, **options: Any) -> Any:
    """Open a page, with everything it asks for and everything it complains of noted on it."""
    file = folder / "handout.html"
    file.write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800}, bypass_csp=True, **options)
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("dialog", lambda dialog: (page.complaints.append(dialog.message), dialog.dismiss()))
    page.goto(file.as_uri())
    return page


def _lived(code: str) -> str:
    return to_html(handouts.lived(), language=code)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("width", [360, 736, 1280])
def test_nothing_is_wider_than_the_screen(
    browser: Any, tmp_path: Path, code: str, width: int
) -> None:
    """On a telephone, a tablet and a desk: no sideways scrolling, no text outside the picture."""
    page = _page(browser, _lived(code), tmp_path, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(OUTSIDE_PICTURE) == []
    assert page.evaluate(OVERLAPS) == []
    page.close()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, tmp_path: Path, code: str, scheme: str) -> None:
    """Every rule of axe-core: contrast, names, landmarks, headings, tables, languages."""
    page = _page(browser, _lived(code), tmp_path, color_scheme=scheme)
    page.add_script_tag(path=chromium.AXE / "axe.min.js")
    assert page.evaluate(AXE_RUN) == []
    page.close()


def test_axe_can_find_something(browser: Any, tmp_path: Path) -> None:
    """The same run complains of a page that is pale and has no language."""
    html = _lived("en").replace('<html lang="en"', "<html").replace("--ink:#1d2733", "--ink:#ccc")
    page = _page(browser, html, tmp_path)
    page.add_script_tag(path=chromium.AXE / "axe.min.js")
    rules = {line.partition(":")[0] for line in page.evaluate(AXE_RUN)}
    assert {"color-contrast", "html-has-lang"} <= rules
    page.close()


@pytest.mark.parametrize("code", CODES)
def test_it_prints_on_two_pages_of_a4(browser: Any, tmp_path: Path, code: str) -> None:
    """A whole year of the weekly course, with its care, on one sheet."""
    page = _page(browser, _lived(code), tmp_path)
    assert chromium.pages_in(page.pdf(prefer_css_page_size=True)) == 2
    page.emulate_media(media="print")
    assert page.evaluate(SHOWN) == ["wide"]
    page.close()


@pytest.mark.parametrize("code", CODES)
def test_what_is_seen_first_is_read_first(browser: Any, tmp_path: Path, code: str) -> None:
    """Headings and rows stand down the page as in the text, cells in the reading direction."""
    page = _page(browser, _lived(code), tmp_path, 360)
    tops, cells = page.evaluate(TOPS), page.evaluate(CELLS)
    assert tops == sorted(tops)
    assert cells == sorted(cells, reverse=languages.get(code).direction == "rtl")
    page.close()


@pytest.mark.parametrize(("width", "shown"), [(360, "narrow"), (1000, "wide")])
def test_one_picture_is_shown(browser: Any, tmp_path: Path, width: int, shown: str) -> None:
    """The one that fits the screen; who cannot see it hears of one."""
    page = _page(browser, _lived("en"), tmp_path, width)
    assert page.evaluate(SHOWN) == [shown]
    assert page.get_by_role("img").count() == 1
    page.close()


@pytest.mark.parametrize("plan", [handouts.lived, handouts.hostile])
def test_nothing_is_fetched_and_nothing_runs(browser: Any, tmp_path: Path, plan: Any) -> None:
    """Only the page itself is asked for; hostile texts open no dialog and raise no error."""
    page = _page(browser, to_html(plan()), tmp_path)
    assert len(page.asked) == 1
    assert page.complaints == []
    assert page.evaluate("document.scripts.length") == 0
    page.close()


def test_hostile_texts_break_no_layout(browser: Any, tmp_path: Path) -> None:
    """Long words without a space, mixed directions and emoji wrap on a telephone."""
    page = _page(browser, to_html(handouts.hostile(), language="ar"), tmp_path, 360)
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(OUTSIDE_PICTURE) == []
    page.close()
