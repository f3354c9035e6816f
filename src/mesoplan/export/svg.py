"""The course at a glance, as a picture (SVG)."""

from mesoplan.export.pages import rendered
from mesoplan.export.picture import Picture
from mesoplan.ground.errors import Fault, PlanError
from mesoplan.ground.language import Language
from mesoplan.languages import chosen
from mesoplan.plan.plan import Plan

_WIDTHS = range(280, 2001)


def to_svg(plan: Plan, *, language: str | Language = "en", width: int = 720) -> str:
    """Give the timeline of a plan as an SVG picture: a row a month, a mark a visit.

    Sessions are discs, reviews diamonds; what was attended, moved, missed or cancelled differs in
    shape and not only in colour. It has a title and a description for those who cannot see it, is
    dark where the viewer is, and needs the extra `handout`. The same plan gives the same text.

    Args:
        plan: The plan to draw.
        language: A language's code, or a `Language` of your own.
        width: In units of about a pixel, 280 to 2000; below 480 it is drawn for a telephone.

    Raises:
        PlanError: The plan has no visits, or the width is out of bounds.
        MesoplanError: The language is not known, or the extra is not installed.

    """
    return drawn(plan, chosen(language), width=width, prefix="t")


def drawn(plan: Plan, language: Language, *, width: int, prefix: str) -> str:
    """Draw the picture; `prefix` begins its ids, which a page with two pictures keeps apart."""
    if not plan.visits:
        raise PlanError(Fault("visits", "are none; there is nothing to draw"))
    if width not in _WIDTHS:
        raise PlanError(Fault("width", "is no whole number from 280 to 2000", str(width)))
    return rendered("timeline.svg", pic=Picture(plan, language, width), id=prefix)
