"""The picture of a course: whole, readable without colour, and closed to what users write."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import handouts
from mesoplan import (
    Clinic,
    Course,
    Expectation,
    MesoplanError,
    Phase,
    Plan,
    PlanError,
    Protocol,
    languages,
    schedule,
    to_svg,
)
from mesoplan.handout.timeline import lanes, rows

SVG = "{http://www.w3.org/2000/svg}"


def _root(plan: Plan, **options: object) -> ET.Element:
    return ET.fromstring(to_svg(plan, **options))  # type: ignore[arg-type]  # noqa: S314 - our own


def _marks(root: ET.Element) -> list[str]:
    """Give the class of every visit's mark."""
    return [
        one.get("class", "") for one in root.iter(f"{SVG}g") if one.find(f"{SVG}title") is not None
    ]


def _planned(at: tuple[str, ...]) -> Plan:
    protocol = Protocol(id="p", title="P", phases=[Phase(id="a", title="Dose", at=at)])
    course = Course(id="c", protocol=protocol, start=datetime(2026, 12, 1, 10))
    return schedule(course, Clinic(timezone="UTC"), as_of=handouts.FIRST)


@pytest.mark.parametrize("code", languages.names())
def test_the_picture_can_be_heard(code: str) -> None:
    """It is an image with a title and a description that say what it shows."""
    root = _root(handouts.lived(), language=code)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert "18" in (description.text or "")  # sixteen of the first series and two of maintenance
    assert (root.get("lang"), root.get("direction")) == (code, languages.get(code).direction)


def test_the_description_tells_the_course() -> None:
    """Sessions with first and last day, then the reviews."""
    description = _root(handouts.lived()).find(f"{SVG}desc")
    assert description is not None
    assert (description.text or "").startswith(
        "18 sessions from 4 Dec 2026 to 9 Oct 2027. Also: First consultation (27 Nov 2026), "
    )


def test_every_visit_has_a_mark_of_its_state() -> None:
    """Attended, missed, cancelled, moved and planned ones differ in class, and so in shape."""
    plan = handouts.lived()
    marks = _marks(_root(plan))
    assert len(marks) == len(plan.visits)
    states = {mark.split()[1] for mark in marks if mark.startswith("session")}
    assert states == {"attended", "missed", "cancelled", "moved", "planned"}
    assert sum(mark.startswith("review") for mark in marks) == 4


def test_states_differ_in_shape() -> None:
    """Without any colour, each state has its own sign or outline."""
    plan = handouts.lived()
    last = plan.sessions[-1].replace(status="on_hold")
    visits = [last if visit.key == last.key else visit for visit in plan.visits]
    shapes = {}
    for group in _root(plan.replace(visits=visits)).iter(f"{SVG}g"):
        kind = group.get("class", "")
        drawn = [ET.tostring(part).decode() for part in group if part.tag != f"{SVG}title"]
        shapes[kind] = tuple(drawn)
    assert "session on_hold" in shapes
    assert len({shapes[kind] for kind in shapes}) == len(shapes)


def test_the_key_names_what_is_in_the_picture_and_nothing_else() -> None:
    """A plan in which nothing has happened needs no sign for what was missed."""
    lived, fresh = (
        "".join(_root(plan).itertext()) for plan in (handouts.lived(), _planned(("P0D", "P1D")))
    )
    for word in ("Attended", "Missed", "Cancelled", "Clinic closed", "You are away"):
        assert word in lived
        assert word not in fresh
    assert "Session" in fresh


def test_each_phase_has_a_line_of_its_own() -> None:
    """Induction and maintenance differ, and the key names both; one phase alone needs no name."""
    lived, single = (to_svg(plan) for plan in (handouts.lived(), _planned(("P0D", "P1D"))))
    assert set(re.findall('class="phase (line[0-9])"', lived)) == {"line0", "line1"}
    assert ">Mesotherapy maintenance session</text>" in lived
    assert set(re.findall('class="phase (line[0-9])"', single)) == {"line0"}
    assert ">Dose</text>" not in single


def test_right_to_left_is_the_mirror_image() -> None:
    """The first day of a month stands at the right in Arabic, as far from the edge."""
    lefts = {}
    for code in ("en", "ar"):
        found = _root(_planned(("P0D", "P5D")), language=code)
        lefts[code] = [
            float(one.get("transform", "")[10:].split()[0])
            for one in found.iter(f"{SVG}g")
            if one.find(f"{SVG}title") is not None
        ]
    assert lefts["en"] == sorted(lefts["en"])
    assert lefts["ar"] == sorted(lefts["ar"], reverse=True)


@pytest.mark.parametrize("code", languages.names())
@pytest.mark.parametrize("width", [280, 340, 720, 2000])
def test_nothing_is_drawn_outside(code: str, width: int) -> None:
    """Every mark, band and text begins inside the picture, at any width."""
    root = _root(handouts.lived(), language=code, width=width)
    height = float(root.get("height", "0"))
    for part in root.iter():
        if part.get("x") and part.tag in {f"{SVG}rect", f"{SVG}text"}:
            left = float(part.get("x", "0"))
            assert -1 <= left <= width
            assert left + float(part.get("width", "0")) <= width + 1
            assert 0 <= float(part.get("y", "0")) <= height


def test_the_picture_of_the_readme_is_what_its_example_draws() -> None:
    """So nobody is shown what the library no longer does."""
    examples = Path(__file__).parent.parent / "examples"
    plan = runpy.run_path(str(examples / "handout.py"))["plan"]
    assert to_svg(plan) == (examples / "timeline.svg").read_text(encoding="utf-8")


def test_long_empty_stretches_are_left_out() -> None:
    """A visit today and one in five years make a picture of two months and a gap."""
    plan = _planned(("P0D", "P5Y"))
    assert [row.length for row in rows(plan)] == [31, 0, 31]
    assert "…" in to_svg(plan)
    near = _planned(("P0D", "P3M"))
    assert [row.length for row in rows(near)] == [31, 31, 28, 31]


def test_several_visits_on_a_day_share_a_mark() -> None:
    """Its tip names each of them."""
    (mark,) = [
        one
        for one in _root(_planned(("P0D", "PT2H", "PT4H"))).iter(f"{SVG}title")
        if (one.text or "").startswith("Tue")
    ]
    assert (mark.text or "").count("Dose") == 3


def test_milestones_that_overlap_lie_on_lines_of_their_own() -> None:
    """And those that do not share one; there are never more than three."""
    days = [(1, 5), (3, 8), (6, 7), (4, 9), (5, 9)]
    expected = [
        Expectation(id=f"m{n}", title="M", first=date(2026, 12, first), last=date(2026, 12, last))
        for n, (first, last) in enumerate(days)
    ]
    plan = _planned(("P0D", "P9D")).replace(milestones=tuple(expected))
    assert lanes(plan) == (0, 1, 0, 2, 0)
    assert len(re.findall('class="flag" x', to_svg(plan))) == 5


def test_hostile_text_stays_text() -> None:
    """The picture is well-formed XML without scripts, handlers or foreign links."""
    root = _root(handouts.hostile())
    names = {part.tag.removeprefix(SVG) for part in root.iter()}
    assert names <= {
        "svg",
        "title",
        "desc",
        "style",
        "defs",
        "pattern",
        "path",
        "rect",
        "text",
        "g",
        "circle",
    }
    attributes = {name for part in root.iter() for name in part.attrib}
    assert not any(name.startswith("on") or "href" in name for name in attributes)
    text = "".join(root.itertext())
    assert handouts.HOSTILE[0] in text  # shown, not run
    assert "{{ 7*7 }}" in text
    assert "\u202e" not in text


def test_nothing_is_fetched() -> None:
    """The only addresses are the name of SVG and the picture's own patterns."""
    picture = to_svg(handouts.lived())
    assert set(re.findall(r"https?://[^\"' ]+", picture)) == {"http://www.w3.org/2000/svg"}
    assert {found[0] for found in re.findall(r"url\((.)", picture)} == {"#"}


@pytest.mark.parametrize("width", [279, 2001, 0, -5, 300.5])
def test_a_width_that_cannot_be_drawn_is_refused(width: int) -> None:
    """With the bounds."""
    with pytest.raises(PlanError, match="width: is no whole number from 280 to 2000"):
        to_svg(handouts.lived(), width=width)


def test_a_plan_without_visits_is_refused() -> None:
    """There is nothing to draw."""
    empty = handouts.lived().replace(visits=(), entries=())
    with pytest.raises(PlanError, match="visits: are none"):
        to_svg(empty)


def test_a_plan_of_lost_visits_is_drawn() -> None:
    """Where everything was cancelled the description counts no session, and breaks nothing."""
    plan = _planned(("P0D",))
    lost = plan.replace(visits=tuple(visit.replace(status="cancelled") for visit in plan.visits))
    description = _root(lost).find(f"{SVG}desc")
    assert description is not None
    assert description.text == "0 sessions from 1 Dec 2026 to 1 Dec 2026."


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_bytes_do_not_depend_on_the_process(seed: str) -> None:
    """The same plan gives the same picture and page under any hash seed and in any zone."""
    program = (
        "import sys, handouts; from mesoplan import to_html, to_svg;"
        "p = handouts.lived(); sys.stdout.buffer.write((to_svg(p) + to_html(p, language='ar')).encode())"
    )
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    odd = {"PYTHONHASHSEED": seed, "PYTHONPATH": path, "TZ": "Pacific/Chatham"}
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program], env={**os.environ, **odd}, capture_output=True, check=True
    )
    from mesoplan import to_html  # noqa: PLC0415 - beside its use

    plan = handouts.lived()
    assert done.stdout.decode() == to_svg(plan) + to_html(plan, language="ar")


def test_rows_hold_their_months() -> None:
    """Months follow one another, and every mark's day is in its month."""
    found = rows(handouts.lived())
    assert all(one.first < other.first for one, other in pairwise(found))
    assert all(1 <= mark.day <= row.length for row in found for mark in row.marks)


def test_an_unknown_language_is_refused() -> None:
    """With the known ones."""
    with pytest.raises(MesoplanError, match="known: ar, en, es, fr, tr"):
        to_svg(handouts.lived(), language="zz")


def _ratio(one: str, other: str) -> float:
    """Give the contrast of two colours (WCAG 2.2, 1.4.3)."""
    low, high = sorted(_luminance(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1])
def test_contrast_is_enough(scheme: int) -> None:
    """In light and in dark: 4.5 for what is read, 3 for what is seen."""
    blocks = re.findall(r"\{((?:--[a-z]+:#[0-9a-f]+;?)+)", to_svg(handouts.lived()))
    colours = dict(re.findall(r"--([a-z]+):(#[0-9a-f]+)", blocks[scheme]))
    read = [("ink", "paper"), ("soft", "paper"), ("on", "session"), ("flag", "paper")]
    seen = [("session", "paper"), ("session", "band"), ("review", "band"), ("closed", "paper")]
    assert all(_ratio(colours[one], colours[other]) >= 4.5 for one, other in read)
    assert all(_ratio(colours[one], colours[other]) >= 3 for one, other in seen)
    assert round(_ratio("#fff", "#000000")) == 21
