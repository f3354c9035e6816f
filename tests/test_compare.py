"""What changed between two protocols: said in words, completely, and only what changed."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.compose.compare import Difference, compare
from mesoplan.protocol.protocol import Protocol
from mesoplan.values.errors import ProtocolError

BASE: dict[str, Any] = {
    "id": "weekly",
    "title": "Weekly",
    "summary": "Sixteen sessions, a week apart, over about four months, then maintenance.",
    "deadline": "P2Y",
    "basis": {"*": "smith"},
    "phases": [
        {
            "id": "induction",
            "label": "A",
            "every": "P1W",
            "sessions": 16,
            "window": "P2D",
            "steps": ["low", {"label": "full", "duration": "PT40M"}],
            "tiers": [{"late": "P3D", "then": "shift"}, {"then": "restart"}],
        },
        {"id": "maintenance", "label": "B", "every": "P3M"},
    ],
    "reviews": [
        {"id": "month-3", "at": "start + P3M", "outcomes": ["better", "same"]},
        {"id": "month-6", "at": "start + P6M"},
    ],
    "milestones": [{"id": "growth", "title": "Growth", "at": "session 5"}],
    "adjuncts": [{"title": "Lotion"}],
    "spacing": [{"between": ["A", "B"], "at_least": "P1W"}],
    "variants": [
        {
            "id": "child",
            "title": "Children",
            "phases": {"induction": {"sessions": 14, "steps": ["5 mg", "15 mg"]}},
            "reviews": {"month-6": {"window": "P1W"}},
        },
    ],
    "sources": [{"id": "smith", "title": "A trial", "year": 2019}],
}

Place = tuple[str | int, ...]
CHILD: Place = ("variants", 0)
GONE = object()
WAITS = {"review": "month-3", "outcome": "better"}
EDITS: list[tuple[Place, Any, str, str]] = [
    (("id",), "other", "id", "id weekly -> other"),
    (("version",), "2", "version", "version 1 -> 2"),
    (("status",), "draft", "status", "status active -> draft"),
    (("deadline",), GONE, "deadline", "deadline removed (was P2Y)"),
    (("max_per_day",), 2, "max_per_day", "max per day added: 2"),
    (("month_end",), "roll", "month_end", "month end clip -> roll"),
    (("parents",), ["spaced 1"], "parents", "parents added: spaced 1"),
    (("summary",), "Sixteen sessions.", "summary", "summary reworded"),
    (("basis", "*"), "assumption", "basis.*", "basis of * smith -> assumption"),
    (("basis", "deadline"), "smith", "basis.deadline", "basis of deadline added: smith"),
    (("phases", 0, "sessions"), 18, "phases.0.sessions", "induction: sessions 16 -> 18"),
    (("phases", 0, "every"), "P2W", "phases.0.every", "induction: every P1W -> P2W"),
    (
        ("phases", 0, "window"),
        {"later": "P3D"},
        "phases.0.window",
        "induction: window ± 2 days -> 0 days earlier to 3 days later",
    ),
    (("phases", 0, "window"), GONE, "phases.0.window", "induction: window removed (was ± 2 days)"),
    (
        ("phases", 0, "steps", 0),
        "lower",
        "phases.0.steps.0.label",
        "induction step 1: label low -> lower",
    ),
    (
        ("phases", 0, "steps"),
        ["low"],
        "phases.0.steps.1",
        "induction: step 2 removed: full",
    ),
    (
        ("phases", 0, "tiers", 0, "then"),
        "carry_on",
        "phases.0.tiers.0.then",
        "induction tier 1: then shift -> carry_on",
    ),
    (("phases", 0, "tiers", 1), GONE, "phases.0.tiers.1", "induction: tier 2 removed"),
    (
        ("phases", 1, "requires"),
        WAITS,
        "phases.1.requires",
        "maintenance: requires added: review month-3, outcome better",
    ),
    (("phases", 1, "optional"), True, "phases.1.optional", "maintenance: optional false -> true"),
    (("reviews", 0, "join"), False, "reviews.0.join", "month-3: join before -> false"),
    (
        (*CHILD, "phases", "induction", "sessions"),
        12,
        "variants.0.phases.induction.sessions",
        "child induction: sessions 14 -> 12",
    ),
    (
        (*CHILD, "phases", "induction", "every"),
        "P2W",
        "variants.0.phases.induction.every",
        "child induction: every added: P2W",
    ),
    (
        (*CHILD, "phases", "induction", "steps", 1),
        "95 mg",
        "variants.0.phases.induction.steps.1.label",
        "child induction step 2: label 15 mg -> 95 mg",
    ),
    (
        (*CHILD, "phases", "induction"),
        GONE,
        "variants.0.phases.induction",
        "child: phase induction removed: sessions 14",
    ),
    (
        (*CHILD, "phases", "maintenance"),
        {"every": "P4M"},
        "variants.0.phases.maintenance",
        "child: phase maintenance added: every P4M",
    ),
    (
        (*CHILD, "reviews", "month-3"),
        {"window": "P2W"},
        "variants.0.reviews.month-3",
        "child: review month-3 added: window ± 2 weeks",
    ),
    (
        (*CHILD, "reviews", "month-6", "window"),
        "P2W",
        "variants.0.reviews.month-6.window",
        "child month-6: window ± 1 week -> ± 2 weeks",
    ),
    (("reviews", 0), GONE, "reviews.0", "review month-3 removed"),
    (("reviews", 0, "at"), "start + P4M", "reviews.0.at", "month-3: at start + P3M -> start + P4M"),
    (
        ("reviews", 0, "outcomes"),
        ["better"],
        "reviews.0.outcomes",
        "month-3: outcomes better, same -> better",
    ),
    (
        ("reviews", 2),
        {"id": "month-12", "at": "start + P1Y", "window": "P2W"},
        "reviews.2",
        "review month-12 added: at start + P1Y, window ± 2 weeks",
    ),
    (("milestones", 0, "text"), "Fine hair", "milestones.0.text", "growth: text added: Fine hair"),
    (
        ("adjuncts", 1),
        {"title": "Diet"},
        "adjuncts.1",
        "adjunct 2 added: starts start",
    ),
    (
        ("spacing", 0, "at_least"),
        "P2W",
        "spacing.0.at_least",
        "spacing 1: at least P1W -> P2W",
    ),
    (("sources", 0, "year"), 2020, "sources.0.year", "smith: year 2019 -> 2020"),
    (
        ("sources", 1),
        {"id": "jones", "title": "Another trial"},
        "sources.1",
        "source jones added: Another trial",
    ),
]


def edited(*edits: tuple[Place, Any]) -> Protocol:
    """Build the base with some places changed, added or taken away."""
    written = deepcopy(BASE)
    for place, value in edits:
        owner: Any = written
        for step in place[:-1]:
            owner = owner[step]
        _put(owner, place[-1], value)
    return Protocol.model_validate(written)


def _put(owner: Any, key: Any, value: Any) -> None:
    if value is GONE:
        del owner[key]
    elif isinstance(owner, list) and key == len(owner):
        owner.append(value)
    else:
        owner[key] = value


@pytest.mark.parametrize(("place", "value", "path", "said"), EDITS)
def test_one_change_is_one_difference_in_words_and_with_its_path(
    place: Place, value: Any, path: str, said: str
) -> None:
    """Each edit of a protocol file is told as a person would tell it."""
    found = compare(edited(), edited((place, value)))
    assert [(difference.path, str(difference)) for difference in found] == [(path, said)]


@pytest.mark.parametrize(("place", "value", "path", "said"), EDITS)
def test_a_change_taken_back_is_a_difference_too(
    place: Place, value: Any, path: str, said: str
) -> None:
    """What was added reads as removed, and the other way round."""
    del path
    (back,) = compare(edited((place, value)), edited())
    turned = {"added": "removed", "removed": "added"}
    words = [word for word in turned if f" {word}" in said.partition(":")[0] or f": {word}" in said]
    assert all(turned[word] in str(back) for word in words)
    assert str(back) != said or said.endswith("reworded")


@given(
    st.lists(st.sampled_from(EDITS), max_size=4, unique_by=lambda edit: edit[0][:3]),
    st.lists(st.sampled_from(EDITS), max_size=4, unique_by=lambda edit: edit[0][:3]),
)
def test_nothing_is_said_exactly_when_two_protocols_are_equal(
    ours: list[tuple[Place, Any, str, str]], theirs: list[tuple[Place, Any, str, str]]
) -> None:
    """For any edits of either: no difference if and only if they are equal, in both directions."""
    try:
        one, other = (edited(*(e[:2] for e in edits)) for edits in (ours, theirs))
    except (ProtocolError, LookupError):  # edits that contradict each other make no protocol
        return
    assert (compare(one, other) == ()) == (one == other)
    assert (compare(one, other) == ()) == (compare(other, one) == ())


def test_one_of_the_criteria_is_a_criterion() -> None:
    """Whose plural is not the singular with an s."""
    asked = {"id": "pregnancy", "kind": "contraindication", "question": "Pregnant?"}
    criterion = asked | {"problem": "yes", "text": "No sessions."}
    (found,) = compare(edited(), edited((("criteria",), [criterion])))
    assert str(found) == "criterion pregnancy added"


def test_the_order_of_parts_counts() -> None:
    """Phases follow each other as they are written, so that their order is a difference."""
    turned = [BASE["phases"][1] | {"sessions": 2}, BASE["phases"][0]]
    straight = edited((("phases", 1, "sessions"), 2))
    (found,) = compare(straight, edited((("phases",), turned)))
    assert found == Difference("phases", "phases reordered: maintenance, induction")


def test_the_same_meaning_in_other_words_is_no_difference() -> None:
    """Seven days are a week; a default that is written out is the default."""
    written = edited((("phases", 0, "every"), "P7D"), (("version",), "1"))
    assert compare(edited(), written) == ()
    assert written == edited()
