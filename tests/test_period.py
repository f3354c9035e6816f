from __future__ import annotations

import copy
import pickle
import re
from datetime import date, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pydantic_core import PydanticCustomError

import strategies as some
from mesoplan import Anchor, Period, ProtocolError, Window

JANUARY_31 = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("text", "parts", "words", "why"),
    [
        ("P1W", (0, 7, 0), "1 week", "a week is seven days"),
        ("P3M", (3, 0, 0), "3 months", "months stay months"),
        ("P1Y6M", (18, 0, 0), "18 months", "a year is twelve months"),
        ("P2Y", (24, 0, 0), "2 years", "whole years are said as years"),
        ("P10D", (0, 10, 0), "10 days", "no whole weeks"),
        ("PT30M", (0, 0, 30), "30 minutes", "after T an M is minutes"),
        ("PT1H30M", (0, 0, 90), "90 minutes", "hours and minutes are one amount"),
        ("P1M2W3DT4H", (1, 17, 240), "1 month 17 days 4 hours", "all in the order of ISO 8601"),
        ("-P1W", (0, -7, 0), "-1 week", "backwards"),
        ("P0D", (0, 0, 0), "0 days", "zero is a period"),
        ("PT0M", (0, 0, 0), "0 days", "zero minutes too"),
    ],
)
def test_a_period_reads_an_iso_duration(
    text: str, parts: tuple[int, int, int], words: str, why: str
) -> None:
    """Each unit of the text is counted in months, days or minutes."""
    period = Period(text)
    assert (period.months, period.days, period.minutes) == parts, why
    assert period.words == words
    assert str(period) == text


@pytest.mark.parametrize(
    ("text", "said", "why"),
    [
        (
            "P1.5M",
            'Period: is not a duration in whole units, got \'P1.5M\' (write for example "P6W" instead of "P1.5M")',
            "half a month has no length",
        ),
        ("P1,5W", "whole units", "ISO 8601 allows a comma as well"),
        ("", "is not an ISO 8601 duration, got ''", "nothing"),
        ("P", "is not an ISO 8601 duration", "no amount"),
        ("PT", "is not an ISO 8601 duration", "no amount of time"),
        ("P1DT", "is not an ISO 8601 duration", "T needs something after it"),
        ("1W", "is not an ISO 8601 duration", "P is missing"),
        ("P1W ", "is not an ISO 8601 duration", "a space at the end"),
        ("P1W\n", "is not an ISO 8601 duration", "a line break at the end"),
        ("p1w", "is not an ISO 8601 duration", "small letters"),
        ("PT5S", "is not an ISO 8601 duration", "seconds are not planned"),
        ("P1D1W", "is not an ISO 8601 duration", "units in the wrong order"),
        ("P\u0663W", "is not an ISO 8601 duration", "Arabic digits"),
        ("P\uff11W", "is not an ISO 8601 duration", "full-width digits"),
        ("P99999Y", "is longer than 200 years, got 'P99999Y'", "no calendar reaches there"),
        ("-P201Y", "is longer than 200 years", "nor back"),
        ("P" + "9" * 100_000 + "D", "is not an ISO 8601 duration", "too many digits to count"),
    ],
)
def test_what_is_no_duration_is_refused(text: str, said: str, why: str) -> None:
    """The error shows what was written and how to write it, in a few lines whatever came in."""
    with pytest.raises(ProtocolError) as caught:
        Period(text)
    assert said in str(caught.value), why
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        (7, 'write "P1W" or "P7D"'),
        (14, 'write "P2W" or "P14D"'),
        (3, 'write "P3D"'),
        (0, 'write "P0D"'),
        (True, 'write a duration such as "P1W", "P3M", "P1Y6M", "P10D" or "PT30M"'),
        (1.5, 'write a duration such as "P1W", "P3M", "P1Y6M", "P10D" or "PT30M"'),
        (timedelta(days=7), 'write a duration such as "P1W", "P3M", "P1Y6M", "P10D" or "PT30M"'),
    ],
)
def test_a_number_is_not_a_period(value: object, remedy: str) -> None:
    """A number has no unit, so that the remedy names one."""
    with pytest.raises(ProtocolError) as caught:
        Period(value)  # type: ignore[arg-type]
    assert caught.value.faults[0].what == "is not text"
    assert caught.value.faults[0].remedy == remedy


def test_parts_that_make_no_period_are_refused() -> None:
    """Half units, two directions at once, and a text with parts beside it have no meaning."""
    with pytest.raises(ProtocolError, match="not whole numbers"):
        Period(days=1.5)  # type: ignore[arg-type]
    with pytest.raises(ProtocolError, match="forwards and backwards at once"):
        Period(months=1, days=-1)
    with pytest.raises(ProtocolError, match="parts beside its text"):
        Period("P1W", days=3)
    with pytest.raises(ProtocolError, match="longer than 200 years"):
        Period(days=10**400)
    with pytest.raises(TypeError):
        Period("P1W") * 1.5  # type: ignore[operator]


def test_equal_meaning_is_equal() -> None:
    """Weeks are days and years are months, but a month is never thirty days."""
    assert Period("P1W") == Period("P7D") == Period(days=7)
    assert len({Period("P1Y"), Period("P12M"), Period(years=1)}) == 1
    assert Period("P1M") != Period("P30D")
    assert Period("PT24H") != Period("P1D"), "a day of 23 hours is a day"
    assert Period("P1W") != "P1W"


def test_a_period_is_frozen() -> None:
    """No part can be set or deleted."""
    period = Period("P1W")
    with pytest.raises(AttributeError, match="Period is frozen"):
        period.days = 3
    with pytest.raises(AttributeError, match="days cannot be deleted"):
        del period.days


@pytest.mark.parametrize(
    ("day", "period", "month_end", "expected", "why"),
    [
        (JANUARY_31, "P1M", "clip", date(2026, 2, 28), "February ends"),
        (JANUARY_31, "P1M", "roll", date(2026, 3, 1), "a minimum is never shortened (CALCDT-5)"),
        (date(2028, 1, 31), "P1M", "clip", date(2028, 2, 29), "a leap year"),
        (date(2028, 2, 29), "P1Y", "clip", date(2029, 2, 28), "no leap year"),
        (date(2028, 2, 29), "P1Y", "roll", date(2029, 3, 1), "no leap year, rolled"),
        (JANUARY_31, "P2M", "roll", date(2026, 3, 31), "nothing is missing"),
        (JANUARY_31, "P1M1D", "clip", date(2026, 3, 1), "months first, then days"),
        (JANUARY_31, "P1M1D", "roll", date(2026, 3, 2), "rolled first, then days"),
        (date(2026, 3, 31), "-P1M", "clip", date(2026, 2, 28), "backwards as well"),
    ],
)
def test_a_day_that_its_month_lacks(
    day: date, period: str, month_end: str, expected: date, why: str
) -> None:
    """It is clipped to the last of the month, or rolled to the first of the next."""
    assert Period(period).after(day, month_end=month_end) == expected, why  # type: ignore[arg-type]


def test_the_kth_month_is_counted_from_the_origin() -> None:
    """A chain of steps would stay on the 28th for good."""
    found = [JANUARY_31 + k * Period("P1M") for k in range(1, 5)]
    assert [day.day for day in found] == [28, 31, 30, 31]


def test_whole_days_count_begun_days() -> None:
    """An observation of 25 hours takes two days."""
    assert [Period(text).whole_days for text in ("P2D", "PT1H", "PT24H", "P1DT25H")] == [2, 1, 1, 3]


@given(some.moments, some.periods(), st.integers(-6, 6))
def test_the_kth_place_agrees_with_relativedelta(
    origin: datetime, period: Period, times: int
) -> None:
    """The k-th of a series is the origin plus k periods at once, as dateutil adds them."""
    whole = relativedelta(
        months=times * period.months, days=times * period.days, minutes=times * period.minutes
    )
    assert period.after(origin, times) == origin + whole
    assert origin + period * times == origin + whole


@given(some.days, some.periods(minutes=False, signed=False))
def test_rolled_is_clipped_or_one_day_later(origin: date, period: Period) -> None:
    """Rolling never shortens, and moves only where clipping did."""
    clipped, rolled = period.after(origin), period.after(origin, month_end="roll")
    assert rolled - clipped in {timedelta(0), timedelta(days=1)}
    assert (rolled != clipped) == (Period(months=period.months).after(origin).day < origin.day)


@given(some.periods())
def test_text_pickle_copy_and_json_give_the_period_back(period: Period) -> None:
    """Whatever way it takes, it means the same and hashes alike."""
    adapter = TypeAdapter(Period)
    for other in (
        Period(str(period)),
        pickle.loads(pickle.dumps(period)),  # noqa: S301 - our own bytes
        copy.deepcopy(period),
        adapter.validate_json(adapter.dump_json(period)),
        period * -1 * -1,
        eval(repr(period)),  # noqa: S307 - repr shows how to write it
    ):
        assert other == period
        assert hash(other) == hash(period)
        assert str(other) == str(period)


@given(some.periods(signed=False), some.periods(signed=False))
def test_periods_join_part_by_part(one: Period, other: Period) -> None:
    """Joining is commutative and zero is neutral."""
    assert one + other == other + one
    assert one + Period("P0D") == one
    assert -one == one * -1
    assert bool(one) == (one != Period("P0D"))
    assert (one + other).length == pytest.approx(one.length + other.length)


@given(some.periods())
def test_the_pattern_for_editors_accepts_what_is_written(period: Period) -> None:
    """The JSON Schema of a period never marks a right text as wrong."""
    schema = TypeAdapter(Period).json_schema()
    assert schema["description"].startswith("a duration")
    assert re.fullmatch(schema["pattern"], str(period))


@pytest.mark.parametrize(
    ("day", "inside", "why"),
    [
        (date(2026, 11, 29), False, "two days early"),
        (date(2026, 11, 30), True, "the first day"),
        (date(2026, 12, 1), True, "the target"),
        (date(2026, 12, 4), True, "the last day"),
        (date(2026, 12, 5), False, "four days late"),
    ],
)
def test_a_window_includes_both_of_its_ends(day: date, inside: bool, why: str) -> None:  # noqa: FBT001
    """One day early to three days late around the first of December."""
    window = Window(earlier="P1D", later="P3D")
    assert window.contains(day, target=date(2026, 12, 1)) is inside, why


@given(some.windows(), some.days, st.integers(-4000, 4000))
def test_a_window_contains_exactly_its_span(window: Window, target: date, shift: int) -> None:
    """The target is always inside, and a day is inside when it lies between first and last."""
    first, last = window.span(target)
    day = target + timedelta(days=shift)
    assert first <= target <= last
    assert window.contains(day, target=target) == (first <= day <= last)


@given(some.windows())
def test_a_window_survives_json(window: Window) -> None:
    """Both ways, equal and hashed alike."""
    again = Window.model_validate_json(window.model_dump_json())
    assert again == window
    assert hash(again) == hash(window)


def test_the_short_form_of_a_window_is_either_side() -> None:
    """A text or a period stands for both sides; zero is that very day."""
    assert Window.model_validate("P2D") == Window(earlier="P2D", later="P2D")
    assert Window.model_validate(Period("P2D")) == Window.model_validate("P2D")
    assert str(Window.model_validate("P2D")) == "± 2 days"
    assert str(Window()) == "that very day"
    assert str(Window(later="P1D")) == "0 days earlier to 1 day later"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (2, 'Window: is not text, got 2 (write "P2D")'),
        ("2 days", "Window: is not an ISO 8601 duration, got '2 days'"),
        (
            "PT5M",
            'is not a number of days, weeks or months, got PT5M (write for example "P2D")',
        ),
        ({"earlier": "-P1D"}, "earlier: is not a number of days, weeks or months, got -P1D"),
        ({"later": 3}, 'Window: later: is not text, got 3 (write "P3D")'),
        ({"latter": "P1D"}, "latter: is not a known field, got 'P1D' (did you mean \"later\"?)"),
        ([], "Window: is not a table of fields, got []"),
    ],
)
def test_what_is_no_window_is_refused(value: object, said: str) -> None:
    """Each fault says where, what, got and remedy."""
    with pytest.raises(ProtocolError) as caught:
        Window.model_validate(value)
    assert said in str(caught.value)


def test_what_a_model_read_from_a_text_is_shared() -> None:
    """A frozen value need not be read twice; each kind remembers its own, and only what it could read."""
    assert Period.accept("P1W") is Period.accept("P1W")
    assert Period.accept("P7D") is not Period.accept("P1W")
    assert str(Period.accept("P7D")) == "P7D"
    for _ in range(2):
        with pytest.raises(PydanticCustomError, match="is not an ISO 8601 duration"):
            Period.accept("start")
    assert type(Anchor.accept("start")) is Anchor
