"""Pages and pictures from templates: every text a user can set is escaped, and fit for XML."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from mesoplan.values.errors import Fault, MesoplanError

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufeff\ufffe\uffff\ud800-\udfff]")
_EXTRA = 'pip install "mesoplan[handout]"'


def rendered(template: str, **values: Any) -> str:
    """Fill a template of ours; raises MesoplanError where Jinja2 is not installed."""
    return _environment().get_template(template).render(**values)


def fit(value: Any) -> Any:
    """Take out what XML forbids and what overrides the direction of text; write measures alike.

    >>> fit("a" + chr(0x202E) + "b"), fit(2.04), fit(3.0)
    ('ab', '2', '3')
    """
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return _UNFIT.sub("", value) if type(value) is str else value


def marked(page: str, *texts: str) -> "Markup":
    """Return our own markup, marked as safe; the texts that fill its braces are escaped."""
    from markupsafe import Markup  # noqa: PLC0415 - comes with Jinja2, an extra

    return Markup(page).format(*map(fit, texts)) if texts else Markup(page)  # noqa: S704 - ours


@cache
def _environment() -> "Environment":
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - an extra
    except ImportError:
        fault = Fault("", "a page or a picture needs Jinja2", remedy=_EXTRA, code="missing-extra")
        raise MesoplanError(fault) from None
    return Environment(
        loader=PackageLoader("mesoplan.handout"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=fit,
        trim_blocks=True,
        lstrip_blocks=True,
    )
