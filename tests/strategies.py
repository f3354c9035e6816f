"""Values of the model for the laws: any period, window, anchor, set of weekdays, opening span."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import strategies as st

from mesoplan import Anchor, Period, Window
from mesoplan.clinic.opening import Span
from mesoplan.values.weekdays import WEEKDAYS

days = st.dates(date(1950, 1, 1), date(2150, 12, 31))
moments = st.datetimes(datetime(1950, 1, 1), datetime(2150, 12, 31))
weekdays = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True)

_amount = st.integers(0, 120)
_words = st.lists(st.text("abcxyz019", min_size=1, max_size=5), min_size=1, max_size=2)
_phase = _words.map("-".join)


@st.composite
def periods(draw: st.DrawFn, *, minutes: bool = True, signed: bool = True) -> Period:
    """Any period of up to some decades."""
    sign = draw(st.sampled_from([1, -1])) if signed else 1
    return Period(
        years=sign * draw(st.integers(0, 20)),
        months=sign * draw(_amount),
        weeks=sign * draw(_amount),
        days=sign * draw(_amount),
        hours=sign * draw(_amount) if minutes else 0,
        minutes=sign * draw(_amount) if minutes else 0,
    )


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Any window, zero included."""
    length = periods(minutes=False, signed=False)
    return Window(earlier=draw(length), later=draw(length))


@st.composite
def anchor_texts(draw: st.DrawFn) -> str:
    """The text of any anchor."""
    number = draw(st.integers(1, 99))
    points = ("first session", "last session", f"session {number}", "each session")
    point = draw(st.sampled_from([*points, f"every {number + 1}th session"]))
    owner = f" of {draw(_phase)}" if draw(st.booleans()) else ""
    plain = draw(st.sampled_from(["start", "external:lmp", point + owner]))
    period = draw(periods(signed=False))
    sign = draw(st.sampled_from("+-"))
    return f"{plain} {sign} {period}" if period else plain


anchors = anchor_texts().map(Anchor)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """Any stretch of opening time."""
    opens = draw(st.integers(0, 24 * 60 - 1))
    closes = draw(st.integers(opens + 1, 24 * 60))
    return Span(f"{opens // 60:02d}:{opens % 60:02d}-{closes // 60:02d}:{closes % 60:02d}")
