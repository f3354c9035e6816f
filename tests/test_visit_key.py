from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.protocol.visit_key import VisitKey, number_in, owners

NAMES = {"induction", "month", "month-3", "month-long"}

READ = [
    ("induction-6", VisitKey("induction", 6), "a session"),
    ("induction-6.2", VisitKey("induction", 6, 2), "made up"),
    ("month-3", VisitKey("month-3"), "a name that ends in a number is that name"),
    ("month-4", VisitKey("month", 4), "the fourth of a repeated review"),
    ("month-long", VisitKey("month-long"), "no name is the beginning of another"),
    ("month-long.3", VisitKey("month-long", None, 3), "a review made up twice"),
    ("induction", VisitKey("induction"), "whether a number is missing is for the caller"),
    ("induction-0", None, "numbers begin at 1"),
    ("induction-06", None, "one text, one key"),
    ("induction-6.0", None, "attempts begin at 1"),
    ("induction-6.2.3", None, "one attempt"),
    ("induktion-6", None, "no such phase"),
    ("", None, "nothing"),
    ("induction-" + "9" * 5000, None, "no number of thousands of digits is read"),
    ("induction-6.\u0662", None, "digits are those of ASCII"),
]


@pytest.mark.parametrize(("text", "key", "why"), READ, ids=[why for *_, why in READ])
def test_a_key_is_read_among_the_names_of_a_protocol(
    text: str, key: VisitKey | None, why: str
) -> None:
    """What a key says depends on which names there are."""
    assert VisitKey.read(text, NAMES) == key, why


@given(
    st.sampled_from(["induction", "month-long"]),
    st.none() | st.integers(1, 5000),
    st.integers(1, 99),
)
def test_what_is_written_is_read_back(name: str, number: int | None, attempt: int) -> None:
    """Writing and reading are one another's opposite."""
    key = VisitKey(name, number, attempt)
    assert VisitKey.read(str(key), NAMES) == key


def test_a_visit_made_up_keeps_its_place() -> None:
    """Only the attempt differs."""
    assert str(VisitKey("induction", 6).again(2)) == "induction-6.2"


@pytest.mark.parametrize(
    ("text", "number", "why"),
    [
        ("inducton-6", 6, "the name is unknown, the number is not"),
        ("inducton-6.2", 6, "not the attempt"),
        ("induction", None, "a name alone"),
        ("induction-06", None, "no number begins with nought"),
        ("a.b.c", None, "nothing like a key"),
    ],
)
def test_the_number_in_a_text_that_is_no_key(text: str, number: int | None, why: str) -> None:
    """It serves to say which key was meant."""
    assert number_in(text) == number, why


@pytest.mark.parametrize(
    ("text", "names", "why"),
    [
        ("month-3.2", ["month-3", "month"], "a review of that name, or the third of another"),
        ("induction", ["induction"], "a name alone"),
        ("a.b.c", [], "nothing like a key"),
    ],
)
def test_whose_key_a_text_may_be(text: str, names: list[str], why: str) -> None:
    """It serves where the protocol no longer knows the names."""
    assert list(owners(text)) == names, why
