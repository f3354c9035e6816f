from __future__ import annotations

import copy
import pickle
from datetime import date
from itertools import pairwise
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

import strategies as some
from mesoplan import Milestone, Period, Phase, Protocol, ProtocolError, Review

PHASE: dict[str, Any] = {"id": "a", "every": "P1W", "sessions": 4}


def faults(**fields: object) -> list[str]:
    """Say the faults of a protocol with these fields."""
    with pytest.raises(ProtocolError) as caught:
        Protocol.model_validate({"id": "x", "title": "X", "phases": [PHASE]} | fields)
    return [str(fault) for fault in caught.value.faults]


def phase_faults(**fields: object) -> list[str]:
    """Say the faults of a phase with these fields."""
    with pytest.raises(ProtocolError) as caught:
        Phase.model_validate({"id": "a"} | fields)
    return [str(fault) for fault in caught.value.faults]


WHOLE = Protocol(
    id="weekly",
    title="Weekly course",
    version="2.1",
    phases=[
        Phase(
            id="induction",
            label="mesotherapy",
            every="P1W",
            sessions=16,
            min_sessions=16,
            max_sessions=18,
            window={"earlier": "P1D", "later": "P3D"},
            steps=["first", {"label": "second", "duration": "PT45M"}],
            basis={"every": "paper: table 1", "*": "assumption"},
            requires={"review": "before", "outcome": "fit"},
        ),
        Phase(id="prp", label="prp", weekdays="mon-wed", sessions=3, starts="start + P1W"),
        Phase(id="upkeep", every="P3M", tiers=[{"late": "P1W", "then": "shift"}]),
    ],
    reviews=[
        Review(id="before", kind="consultation", at="start - P1W", outcomes=["fit", "unfit"]),
        Review(id="photo", at="every 4th session of induction"),
    ],
    milestones=[Milestone(id="first", title="First results", at="session 5")],
    adjuncts=[{"title": "Minoxidil", "until": "last session of induction"}],
    spacing=[{"between": ["prp", "mesotherapy"], "at_least": "P7D"}],
    sources=[{"id": "paper", "title": "A paper", "url": "https://example.org/paper"}],
)


def test_a_protocol_is_a_value() -> None:
    """The same after JSON, a table of texts, pickle and copies; and it can be hashed."""
    for other in (
        Protocol.model_validate_json(WHOLE.model_dump_json()),
        Protocol.model_validate(WHOLE.model_dump(mode="json")),
        Protocol.model_validate(WHOLE.model_dump(exclude_unset=True)),
        pickle.loads(pickle.dumps(WHOLE)),  # noqa: S301 - our own bytes
        copy.deepcopy(WHOLE),
        WHOLE.replace(),
    ):
        assert other == WHOLE
        assert hash(other) == hash(WHOLE)


def test_a_protocol_gives_its_parts_by_name() -> None:
    """An unknown name is answered with the known ones."""
    assert WHOLE.phase("prp").weekdays == ("mon", "tue", "wed")
    assert WHOLE.review("photo").name == "Review photo"
    assert WHOLE.phase_order.index("prp") < WHOLE.phase_order.index("upkeep")
    assert set(WHOLE.phase_order) == {phase.id for phase in WHOLE.phases}
    with pytest.raises(
        ProtocolError, match=r'has no phase of this name, got indction \(did you mean "induction"'
    ):
        WHOLE.phase("indction")
    with pytest.raises(
        ProtocolError, match=r"has no review of this name, got zz \(known: before, photo"
    ):
        WHOLE.review("zz")


def test_a_protocol_names_its_anchors_and_parts() -> None:
    """Whoever checks or shows a protocol walks them."""
    said = {str(anchor) for anchor in WHOLE.anchors()}
    assert {"start + P1W", "start - P1W", "session 5", "last session of induction"} <= said
    paths = [path for path, _ in WHOLE.parts()]
    assert {"", "phases.0", "reviews.1", "milestones.0", "adjuncts.0", "spacing.0"} <= set(paths)


def test_numbers_know_their_basis() -> None:
    """By name, or by the star; what nobody wrote is no number of the protocol."""
    phase = WHOLE.phase("induction")
    assert phase.basis_of("every") == "paper: table 1"
    assert phase.basis_of("sessions") == "assumption"
    assert WHOLE.phase("upkeep").basis_of("every") is None
    assert phase.numbers == {
        "every": "P1W",
        "sessions": "16",
        "min_sessions": "16",
        "max_sessions": "18",
        "window": "1 day earlier to 3 days later",
    }
    places = Phase(id="a", at=["P0D", "P1M"], optional=True)
    assert places.numbers == {"at": "P0D, P1M"}


@pytest.mark.parametrize(
    ("fields", "said", "why"),
    [
        (
            {},
            [
                (
                    "every: is missing: the phase has no rhythm"
                    ' (write every = "P1W", weekdays = "mon, wed, fri", or at = ["P0D", "P1M"])'
                )
            ],
            "no rhythm",
        ),
        (
            {"every": 7},
            ['every: is not text, got 7 (write "P1W" or "P7D")'],
            "a number where a duration belongs",
        ),
        (
            {"every": "P1.5M"},
            [
                (
                    "every: is not a duration in whole units, got 'P1.5M'"
                    ' (write for example "P6W" instead of "P1.5M")'
                )
            ],
            "half a month",
        ),
        (
            {"every": "P0D"},
            ['every: is not longer than nothing, got \'P0D\' (write for example "P1W" or "PT30M")'],
            "no step",
        ),
        (
            {"every": "-P1W", "restart_after": "-P4W"},
            [
                'every: is not longer than nothing, got \'-P1W\' (write for example "P1W" or "PT30M")',
                (
                    "restart_after: is not longer than nothing, got '-P4W'"
                    ' (write for example "P1W" or "PT30M")'
                ),
            ],
            "backwards",
        ),
        (
            {"every": "P99999Y"},
            ["every: is longer than 200 years, got 'P99999Y' (write a shorter one)"],
            "beyond any calendar",
        ),
        (
            {"every": "P1W", "at": ["P0D"]},
            ["at: gives the phase a second rhythm (keep one: every, at or each)"],
            "two rhythms",
        ),
        (
            {"every": "P1M", "weekdays": "mon"},
            ['every: does not fit weekdays, got P1M (write "P1W" or "P2W")'],
            "a month is not whole weeks",
        ),
        (
            {"every": "P1W", "until": "P0D"},
            ['until: is not longer than nothing, got \'P0D\' (write for example "P1W" or "PT30M")'],
            "no length",
        ),
        (
            {"every": "P1W", "sessions": 10_000_000},
            ["sessions: is more than 5000, got 10000000 (write at most 5000)"],
            "ten million sessions",
        ),
        (
            {"every": "P1W", "min_sessions": 5, "max_sessions": 4},
            ["min_sessions: is more than max_sessions (4), got 5 (exchange the two)"],
            "min over max",
        ),
        (
            {"every": "P1W", "sessions": 19, "max_sessions": 18},
            ["sessions: lies outside the published range, got 19 (write 1 to 18)"],
            "over the published range",
        ),
        (
            {"every": "P1W", "min_interval": "P2W", "max_interval": "P1W", "duration": "PT0M"},
            [
                'duration: is zero (write for example "PT30M")',
                "min_interval: is longer than max_interval (P1W), got P2W (exchange the two)",
            ],
            "two faults of the whole phase at once",
        ),
        (
            {"every": "P1W", "min_duration": "PT2H", "max_duration": "PT1H"},
            ["min_duration: is more than max_duration (PT1H), got PT2H (exchange the two)"],
            "the shortest over the longest",
        ),
        (
            {
                "every": "P1W",
                "duration": "PT45M",
                "min_duration": "PT20M",
                "max_duration": "PT40M",
                "steps": ["first", {"duration": "PT15M"}, {"duration": "PT20M"}],
            },
            [
                (
                    "duration: lies outside the published range, got PT45M "
                    "(write at least PT20M and at most PT40M)"
                ),
                (
                    "step 2, duration: lies outside the published range, got PT15M "
                    "(write at least PT20M and at most PT40M)"
                ),
            ],
            "longer and shorter than is published",
        ),
        (
            {"every": "P1W", "duration": "PT45M", "max_duration": "PT40M"},
            ["duration: lies outside the published range, got PT45M (write at most PT40M)"],
            "a published range may have one end",
        ),
        (
            {"every": "P1D", "offsets": ["PT0H", "PT5H"], "min_gap": "PT6H", "max_gap": "PT4H"},
            ["min_gap: is more than max_gap (PT4H), got PT6H (exchange the two)"],
            "the least over the most",
        ),
        (
            {"every": "P1D", "offsets": ["PT0H", "PT5H", "PT6H"], "min_gap": "PT2H"},
            ["offsets: has a gap outside the published range, got PT1H (write at least PT2H)"],
            "nearer than is published",
        ),
        (
            {"every": "PT8H", "max_gap": "PT6H"},
            ["every: has a gap outside the published range, got PT8H (write at most PT6H)"],
            "farther apart, in a rhythm of hours",
        ),
        (
            {"every": "P1W", "max_gap": "PT6H"},
            [
                (
                    "max_gap: says nothing: no two of its sessions stand on one day "
                    '(write offsets = ["PT0H", "PT6H"], or min_interval for sessions of other days)'
                )
            ],
            "no second session on a day",
        ),
        (
            {"every": "P1W", "min_interval": "-P1D"},
            ["min_interval: is negative, got '-P1D' (write it without the minus)"],
            "a negative interval",
        ),
        (
            {"every": "P1W", "duration": "P1M"},
            ['duration: is counted in months, got \'P1M\' (write for example "PT30M" or "P2D")'],
            "PT30M without its T is thirty months",
        ),
        (
            {"every": "P1W", "steps": [{"duration": "PT0M"}]},
            [
                (
                    "step 1, duration: is not longer than nothing, got 'PT0M'"
                    ' (write for example "P1W" or "PT30M")'
                )
            ],
            "a visit of no length",
        ),
        (
            {"every": "P1W", "basis": {"evry": "assumption"}},
            ['basis.evry: names no field (did you mean "every"?)'],
            "a basis for nothing",
        ),
        (
            {"every": "P1W", "window": {"lter": "P1D"}},
            ["window.lter: is not a known field, got 'P1D' (did you mean \"later\"?)"],
            "a slip inside a part",
        ),
    ],
)
def test_a_phase_that_no_plan_can_use_is_refused(
    fields: dict[str, object], said: list[str], why: str
) -> None:
    """The exact words, all at once."""
    assert phase_faults(**fields) == said, why


@pytest.mark.parametrize(
    ("fields", "said", "why"),
    [
        (
            {"phases": [{**PHASE, "starts": "last session of b"}]},
            ["phase 1 (a), starts: counts from an unknown phase, got b (known: a)"],
            "an unknown anchor",
        ),
        (
            {"reviews": [{"id": "r", "at": "session 9 of a"}]},
            ["review 1 (r), at: counts from a session that a has not, got 9 (write at most 4)"],
            "a session too many",
        ),
        (
            {
                "phases": [{"id": "open", "every": "P1W"}],
                "adjuncts": [{"title": "Foam", "until": "last session of open"}],
            },
            [
                (
                    "adjunct 1, until: counts from the last session of a phase that has no end,"
                    " got open (give that phase sessions or until)"
                )
            ],
            "no last session, in treatment at home too",
        ),
        (
            {
                "phases": [
                    {**PHASE, "starts": "last session of b"},
                    {**PHASE, "id": "b", "starts": "last session of a"},
                ]
            },
            ["phases: count from each other in a loop, got a -> b -> a (anchor one on the start)"],
            "a loop of anchors",
        ),
        (
            {"phases": [PHASE, PHASE], "sources": [{"id": "s", "title": "S"}] * 2},
            [
                "phase 2 (a), id: is used twice, got a (give each its own)",
                "source 2 (s), id: is used twice, got s (give each its own)",
            ],
            "one name for two parts",
        ),
        (
            {"reviews": [{"id": "a-2", "at": "start"}, {"id": "a", "at": "start"}]},
            [
                "review 1 (a-2), id: gives two visits one key, got a-2 (rename the review)",
                "review 2 (a), id: gives two visits one key, got a (rename the review)",
            ],
            "the key of a session",
        ),
        (
            {"reviews": [{"id": "r", "at": "each session"}, {"id": "r-2", "at": "start"}]},
            ["review 2 (r-2), id: gives two visits one key, got r-2 (rename the review)"],
            "the key of a review of each session",
        ),
        (
            {"phases": [PHASE, {**PHASE, "id": "a-2"}]},
            ["phase 2 (a-2), id: is the key of a visit of a, got a-2 (rename one of the two)"],
            "a phase like a session",
        ),
        (
            {"reviews": [{"id": "r", "at": "each session"}], "phases": [{**PHASE, "id": "r-1"}]},
            ["phase 1 (r-1), id: is the key of a visit of r, got r-1 (rename one of the two)"],
            "a phase like a review",
        ),
        (
            {"phases": [{**PHASE, "requires": {"review": "r", "outcome": "fit"}}]},
            ["phase 1 (a), requires.review: is not a review, got r (add that review)"],
            "no review at all",
        ),
        (
            {
                "phases": [{**PHASE, "requires": {"review": "r", "outcome": "fitt"}}],
                "reviews": [{"id": "r", "at": "start - P1W", "outcomes": ["fit"]}],
            },
            ['phase 1 (a), requires.outcome: is no outcome of r, got fitt (did you mean "fit"?)'],
            "an outcome that it cannot have",
        ),
        (
            {"spacing": [{"between": ["prp", "a"], "at_least": "P7D"}]},
            [
                (
                    "spacing 1, between 1: names a label that no phase has, got prp"
                    " (give the phases labels)"
                ),
                (
                    "spacing 1, between 2: names a label that no phase has, got a"
                    " (give the phases labels)"
                ),
            ],
            "no labels at all",
        ),
        (
            {"basis": {"title": "papr"}, "sources": [{"id": "paper", "title": "P"}]},
            ['basis.title: cites an unknown source, got papr (did you mean "paper"?)'],
            "a source that is not there",
        ),
        (
            {"phases": [{**PHASE, "basis": {"every": "lore"}}]},
            ["phase 1 (a), basis.every: cites an unknown source, got lore (known: assumption)"],
            "in a part",
        ),
        (
            {"version": "v1"},
            [
                'version: is not a version in numbers and dots, got \'v1\' (write for example "1" or "2.1")'
            ],
            "letters in a version",
        ),
        (
            {"phases": []},
            ["phases: has too few entries, got [] (give at least 1)"],
            "no phase",
        ),
        (
            {"basis": 5, "phases": {"a": 1}},
            [
                "basis: is not a table of names and values, got 5",
                "phases: is not a list, got {'a': 1} (write a list, in TOML [[phases]] instead of [phases])",
            ],
            "parts of the wrong kind",
        ),
    ],
)
def test_what_does_not_hold_together_is_refused(
    fields: dict[str, object], said: list[str], why: str
) -> None:
    """The exact words, all at once."""
    assert faults(**fields) == said, why


def test_a_broken_phase_hides_nothing_beside_it() -> None:
    """Faults in parts and faults between the readable ones come together, and no more than those."""
    said = faults(
        titel="X",
        phases=[
            {"id": "broken", "every": 7, "label": "prp"},
            {**PHASE, "starts": "last session of broken"},
            {**PHASE, "id": "c", "starts": "last session of nowhere"},
            {**PHASE, "requires": {"review": "unread", "outcome": "fit"}},
        ],
        reviews=[{"id": "unread", "at": "lst session"}],
        spacing=[{"between": ["prp", "iron"], "at_least": "P7D"}],
    )
    assert [line.partition(", got")[0] for line in said] == [
        "phase 1 (broken), every: is not text",
        "review 1 (unread), at: is not an anchor",
        "titel: is not a known field",
        "phase 3 (c), starts: counts from an unknown phase",
        "phase 4 (a), id: is used twice",
        "spacing 1, between 2: names a label that no phase has",
    ]


@pytest.mark.slow
def test_a_protocol_of_any_size_is_refused_in_bounded_time() -> None:
    """A million phases, or notes of megabytes, are one fault."""
    begun = perf_counter()
    assert faults(phases=[PHASE] * 1_000_000)[0].startswith("phases: has more than 200 entries")
    assert faults(notes="x" * 10_000_000)[0].startswith("notes: is longer than 10000 characters")
    assert phase_faults(at=["P1W"] * 1_000_000)[0].startswith("at: has more than 5000 entries")
    assert perf_counter() - begun < 5


def test_inside_a_foreign_model_a_protocol_takes_part_in_its_errors() -> None:
    """A developer's form reports our faults under its own field."""

    class Form(BaseModel):
        protocol: Protocol

    with pytest.raises(ValidationError) as caught:
        Form.model_validate({"protocol": {"id": "x", "title": "X", "phases": [{"id": "a"}]}})
    assert caught.value.errors()[0]["loc"] == ("protocol",)
    assert "phase 1, every: is missing: the phase has no rhythm" in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "is_open", "why"),
    [
        ({"every": "P1W"}, True, "nothing ends it"),
        ({"weekdays": "mon"}, True, "nor this"),
        ({"every": "P1W", "sessions": 3}, False, "a number of sessions"),
        ({"every": "P1W", "until": "P4M"}, False, "a length"),
        ({"every": "P1W", "total": 9}, False, "a total"),
        ({"at": ["P0D", "P1M"]}, False, "a list"),
        ({"starts": "each session of b + P1D"}, False, "as many as the other phase"),
        ({"starts": "start", "every": "P1W"}, True, "an anchor is no end"),
    ],
)
def test_a_phase_without_an_end_needs_a_horizon(
    fields: dict[str, Any], *, is_open: bool, why: str
) -> None:
    """A phase is open when nothing of its own ends it."""
    assert Phase(id="a", **fields).is_open is is_open, why


RESTARTS: list[tuple[dict[str, Any], str, str, str]] = [
    ({"every": "P1W"}, "P7D", "P8D", "a session a week later is on its place"),
    ({"every": "P1W", "sessions": 3}, "P4D", "P4W", "it began again without end"),
    ({"every": "PT8H"}, "PT8H", "PT9H", "three a day"),
    ({"every": "P1M"}, "P31D", "P32D", "a month may have 31 days"),
    ({"every": "P1M"}, "P1M1D", "P5W", "28 February and a month is 28 March"),
    ({"every": "P2M"}, "P61D", "P63D", "July and August have 62 days"),
    ({"every": "P30D"}, "P1M", "P2M", "February is shorter than 30 days"),
    ({"every": "P1Y"}, "P365D", "P367D", "a leap year"),
    ({"every": "P4W", "offsets": ["P0D", "P1W", "P2W"]}, "P2W", "P15D", "three on, one off"),
    ({"weekdays": "mon, tue"}, "P6D", "P7D", "from Tuesday to Monday"),
    ({"weekdays": "mon"}, "P7D", "P8D", "once a week"),
    (
        {"every": "P2W", "weekdays": "mon, thu"},
        "P11D",
        "P12D",
        "from Thursday to the second Monday",
    ),
    ({"at": ["P0D", "P1M", "P6M"]}, "P5M", "P6M", "five months of up to 153 days"),
    ({"every": "P1M", "offsets": ["P0D", "P3W"]}, "P3W", "P22D", "three weeks, then ten days"),
    ({"at": ["P0D"], "offsets": ["P0D", "P10D"]}, "P10D", "P11D", "two places of one step"),
    ({"at": ["P5W", "P3M"]}, "P57D", "P58D", "three months of 92 days, less five weeks"),
]


@pytest.mark.parametrize(("rhythm", "short", "long", "why"), RESTARTS)
def test_the_rhythm_itself_does_not_begin_a_phase_again(
    rhythm: dict[str, Any], short: str, long: str, why: str
) -> None:
    """A gap that restarts is longer than the longest that the rhythm has on any calendar."""
    (fault,) = phase_faults(**rhythm, restart_after=short)
    said = "restart_after: is not longer than the longest gap of the phase's own rhythm"
    assert fault.startswith(f"{said}, got {short} (lengthen it to more than "), why
    assert Phase(id="a", **rhythm, restart_after=long), why


@pytest.mark.parametrize(
    ("rhythm", "gap", "minimum", "why"),
    [
        ({"every": "P1W"}, 7, "P4D", "half of seven, rounded up"),
        ({"every": "P1M"}, 28, "P14D", "a month is 28 days for this"),
        ({"every": "P1M", "min_interval": "P3W"}, 28, "P3W", "what is written"),
        ({"weekdays": "mon, wed, fri"}, 2, "P1D", "Monday and Wednesday"),
        ({"every": "P2W", "weekdays": "mon, sat"}, 2, "P1D", "when it begins on a Saturday"),
        ({"every": "P1D", "offsets": ["PT0H", "PT8H"]}, 1, "P1D", "hours do not count"),
        ({"at": ["P11M", "P1Y"]}, 28, "P14D", "a month, wherever the year ends"),
        ({"at": ["P3D"]}, 0, "P0D", "no second place"),
        ({"starts": "each session of b"}, 0, "P0D", "no rhythm of its own"),
    ],
)
def test_a_default_minimum_is_half_of_the_smallest_gap(
    rhythm: dict[str, Any], gap: int, minimum: str, why: str
) -> None:
    """The gap between two days of the rhythm, from whichever place it begins."""
    phase = Phase(id="a", **rhythm)
    assert (phase.gap, phase.minimum) == (gap, Period(minimum)), why


def test_what_has_no_rhythm_of_its_own_may_begin_again_after_any_gap() -> None:
    """A list of one place has no gap, and sessions at another phase's have that one's."""
    assert Phase(id="a", at=["P1W"], restart_after="P1D")
    assert Phase(id="a", starts="each session of b", offsets=["P1D", "P9D"], restart_after="P1D")


@given(
    some.periods(minutes=False, signed=False).filter(bool),
    some.periods(minutes=False, signed=False).filter(bool),
    st.dates(date(1990, 1, 1), date(2030, 12, 31)),
)
def test_a_restart_that_is_accepted_waits_for_the_next_place(
    every: Period, restart: Period, start: date
) -> None:
    """From whichever day the rhythm is laid, the next place comes first."""
    try:
        Phase(id="a", every=every, restart_after=restart)
    except ProtocolError:
        return
    places = [every.after(start, times) for times in range(3)]
    for place, following in pairwise(places):
        assert following < restart.after(place)


def test_a_step_says_what_is_particular_to_a_session() -> None:
    """Sessions count from one; where no step is written there is nothing particular."""
    phase = WHOLE.phase("induction")
    assert [phase.step(number).label for number in (0, 1, 2, 3)] == [None, "first", "second", None]


@pytest.mark.parametrize(
    ("review", "name"),
    [
        (Review(id="month-3", at="start"), "Review month 3"),
        (Review(id="consultation", kind="consultation", at="start"), "Consultation"),
        (Review(id="x", title="First look", at="start"), "First look"),
    ],
)
def test_a_review_has_a_name(review: Review, name: str) -> None:
    """Its title, or its kind and id in words."""
    assert review.name == name


def test_a_session_has_a_name() -> None:
    """Its title, or the phase's id in words."""
    assert Phase(id="long-induction", every="P1W").name == "Long induction session"
    assert Phase(id="a", title="PRP", every="P1W").name == "PRP"


@pytest.mark.parametrize("duration", ["PT0M", "-PT30M", "P1M"])
def test_a_review_lasts(duration: str) -> None:
    """A visit of no length cannot be planned."""
    with pytest.raises(ProtocolError, match="Review: duration: is "):
        Review(id="r", at="start", duration=duration)


@given(st.lists(st.integers(0, 7), min_size=1, max_size=8))
def test_an_order_of_phases_exists_or_a_loop_is_refused(targets: list[int]) -> None:
    """Each phase comes after the one it counts from; where that is impossible it is refused."""
    phases = [
        Phase(
            id=f"p{index}",
            every="P1W",
            sessions=2,
            starts="start" if target >= len(targets) else f"last session of p{target}",
        )
        for index, target in enumerate(targets)
    ]
    try:
        order = Protocol(id="x", title="X", phases=phases).phase_order
    except ProtocolError as error:
        assert "in a loop" in str(error)  # noqa: PT017 - one of two lawful ends
        assert _has_loop(targets)
        return
    assert not _has_loop(targets)
    assert sorted(order) == [phase.id for phase in phases]
    for phase in phases:
        if phase.starts is not None and phase.starts.phase is not None:
            assert order.index(phase.starts.phase) < order.index(phase.id)


def _has_loop(targets: list[int]) -> bool:
    """Walk from every phase for longer than any path without a loop."""
    for begin in range(len(targets)):
        at = begin
        for _ in targets:
            at = targets[at] if at < len(targets) else at
        if at < len(targets):
            return True
    return False


def test_a_phase_may_count_from_the_courses_sessions() -> None:
    """It comes after all phases that do not, in any order of writing."""
    late = Phase(id="late", every="P1W", starts="session 3 + P1D")
    free = Phase(id="free", every="P1W", sessions=4, starts="start")
    assert Protocol(id="x", title="X", phases=[late, free]).phase_order == ("free", "late")


@given(some.anchors, some.windows(), some.periods(minutes=False, signed=False))
def test_a_phase_survives_json(anchor: Any, window: Any, every: Any) -> None:
    """Whatever its anchor, window and rhythm."""
    rhythm: dict[str, Any] = {} if anchor.kind == "each" else {"every": every or "P1W"}
    phase = Phase(id="a", starts=anchor, window=window, **rhythm)
    again = Phase.model_validate_json(phase.model_dump_json())
    assert again == phase
    assert hash(again) == hash(phase)


def test_a_broken_part_does_not_hide_its_own_wrong_anchor() -> None:
    """What it counts from is checked beside what is wrong in it."""
    with pytest.raises(ProtocolError) as caught:
        Protocol(
            id="p",
            title="P",
            phases=[
                {"id": "a", "every": "P1W", "sessions": 3},
                {"id": "b", "every": 7, "starts": "last session of q"},
                {"id": "c", "every": 7, "starts": "on a fine day"},
                "no table",  # type: ignore[list-item]
            ],
            reviews=[{"id": "r", "at": "last session of z", "duration": 5}],
        )
    assert [fault.path for fault in caught.value.faults if "unknown phase" in fault.what] == [
        "phases.1.starts",
        "reviews.0.at",
    ]
