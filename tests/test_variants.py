"""Variants of a protocol: other numbers by weight, site or age, chosen by the course (M4)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mesoplan import (
    Attended,
    Clinic,
    Course,
    CourseError,
    Period,
    PhaseNumbers,
    Plan,
    Protocol,
    ProtocolError,
    Variant,
    check_protocol,
    combine,
    compare,
    dump_protocol,
    load_protocol,
    protocol_schema,
    schedule,
    to_html,
)

START = datetime(2027, 1, 4, 10, 0)
BEFORE = datetime(2026, 12, 20, 9, tzinfo=UTC)
CLINIC = Clinic(timezone="UTC")
CITED = {"*": "trial"}
CHILD: dict[str, Any] = {
    "id": "child",
    "title": "Up to 30 kg",
    "when": "body weight up to 30 kg",
    "phases": {
        "a": {"sessions": 2, "steps": ["5 mg", "10 mg"], "basis": {"sessions": "trial: table 2"}}
    },
    "reviews": {"look": {"window": "P1D", "duration": "PT10M"}},
}
SCALP: dict[str, Any] = {"id": "scalp", "title": "Scalp", "phases": {"a": {"observation": "PT0M"}}}


def protocol(**fields: Any) -> Protocol:
    """Return four weekly sessions with two variants, so many fields of it changed."""
    phase = {"id": "a", "every": "P1W", "sessions": 4, "observation": "PT15M", "basis": CITED}
    whole: dict[str, Any] = {
        "id": "p",
        "title": "Weekly",
        "phases": [phase | {"steps": ["10 mg", "20 mg"], "min_interval": "P5D", "window": "P1D"}],
        "reviews": [{"id": "look", "at": "last session of a + P1W", "basis": CITED}],
        "sources": [{"id": "trial", "title": "A trial", "url": "https://example.org"}],
        "variants": [CHILD, SCALP],
        "basis": CITED,
    }
    return Protocol(**(whole | fields))


def plan_of(variant: str | None) -> Plan:
    """Return the first plan of a course that chose a variant."""
    return schedule(
        Course(id="c", protocol=protocol(), variant=variant, start=START), CLINIC, as_of=BEFORE
    )


def test_a_course_chooses_one_and_its_numbers_are_planned() -> None:
    """Numbers and doses; what it does not name stays."""
    plain, child = plan_of(None), plan_of("child")
    assert [visit.label for visit in plain.sessions] == ["10 mg", "20 mg", None, None]
    assert [visit.label for visit in child.sessions] == ["5 mg", "10 mg"]
    assert child.visit("look").minutes == 10
    assert child.course.protocol.phases[0].min_interval == Period("P5D")
    assert plan_of("scalp").sessions[0].minutes == 30  # zero is a number, too
    assert plain.sessions[0].minutes == 45


def test_each_number_has_its_basis() -> None:
    """The variant's own, else it is an assumption: the protocol's source does not say it."""
    phase = protocol().for_variant("child").phase("a")
    assert phase.basis_of("sessions") == "trial: table 2"
    assert phase.basis_of("steps") == "assumption: of the variant child"
    assert phase.basis_of("every") == "trial"


def test_a_saved_course_keeps_what_was_chosen_and_a_new_version_is_asked_for_it() -> None:
    """It opens again, and its protocol may be replaced by a later one."""
    course = Course(id="c", protocol=protocol(), variant="child", start=START)
    again = Course.model_validate_json(course.model_dump_json())
    assert again == course
    assert again.record(Attended(visit="a-1")).protocol.variant == "child"
    numbers = CHILD["phases"]["a"] | {"sessions": 3}
    later = protocol(version="2", variants=[CHILD | {"phases": {"a": numbers}}])
    assert course.replace(protocol=later).protocol.phase("a").sessions == 3
    with pytest.raises(CourseError, match="no variant"):
        course.replace(protocol=protocol(variants=[SCALP]))


@pytest.mark.parametrize(
    ("variant", "said"),
    [
        (CHILD | {"phases": {"b": {"sessions": 2}}}, "phases.b: is not a phase"),
        (CHILD | {"reviews": {"loko": {"window": "P1D"}}}, "reviews.loko: is not a review"),
        (CHILD | {"phases": {"a": {"weekdays": "mon"}}}, "phases.a.weekdays: is not a known field"),
        (CHILD | {"phases": {"a": {"starts": "start"}}}, "phases.a.starts: is not a known field"),
        (CHILD | {"phases": {"a": {"max_sessions": 3}}}, "phases.a.sessions: lies outside"),
        (CHILD | {"phases": {"a": {"sessions": 2, "basis": {"*": "book"}}}}, "unknown source"),
        (CHILD | {"reviews": {"look": {"every": "PT3H"}}}, "is not a number of days"),
        (SCALP, "id: is used twice"),
    ],
)
def test_what_cannot_be_meant_is_refused(variant: dict[str, Any], said: str) -> None:
    """Numbers may change, and no meaning; each fault with its place."""
    with pytest.raises(ProtocolError) as refused:
        protocol(variants=[SCALP, variant])
    assert len(refused.value.faults) == 1
    assert "variant 2" in str(refused.value)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "remedy", "why"),
    [
        ({"phases": {"a": {"evry": "P2W"}}}, 'did you mean "every"?', "a number of a phase"),
        ({"phases": {"a": {"id": "kk"}}}, "known: basis, every, offsets, at, ", "which has no id"),
        ({"phases": {"a": {"if_missed": "skip"}}}, "known: basis, every, offsets, at, ", "meaning"),
        ({"phases": {"every": {"if_missed": "skip"}}}, "known: basis, every, ", "a phase's name"),
        ({"phases": {"a": {"window": {"latter": "P1D"}}}}, 'did you mean "later"?', "a part of it"),
        (
            {"reviews": {"look": {"at": "start"}}},
            "known: basis, every, window, duration",
            "a review",
        ),
    ],
)
def test_what_a_variant_cannot_change_is_told_with_what_it_can(
    changes: dict[str, Any], remedy: str, why: str
) -> None:
    """The fields that are offered are those that a variant may change, not the protocol's."""
    with pytest.raises(ProtocolError) as refused:
        protocol(variants=[CHILD | changes])
    (fault,) = refused.value.faults
    assert fault.remedy.startswith(remedy), why


def test_numbers_that_do_not_fit_the_rest_of_the_protocol_are_refused() -> None:
    """A review counts from the fourth of two sessions; of a review that fits nothing, its own fault."""
    fourth = {"id": "look", "at": "session 4 of a"}
    with pytest.raises(ProtocolError, match=r"variant 1 \(child\), reviews.look.at: counts"):
        protocol(reviews=[fourth])
    with pytest.raises(ProtocolError, match=r"variant 1 \(child\), milestone 1, at: counts"):
        protocol(milestones=[{"id": "half", "title": "Half", "at": "session 4 of a"}])
    second = {"id": "b", "every": "P1W", "sessions": 2, "starts": "last session of a"}
    loop = CHILD | {"phases": {"a": {"steps": [{"min_from": "first session of b + P1W"}]}}}
    with pytest.raises(ProtocolError, match=r"variant 1 \(child\), phases: count from each other"):
        protocol(phases=[{"id": "a", "every": "P1W", "sessions": 4}, second], variants=[loop])
    once = CHILD | {"reviews": {"each": {"every": "P1M"}}}
    with pytest.raises(ProtocolError, match="second rhythm"):
        protocol(reviews=[{"id": "each", "at": "each session"}], variants=[once])


@pytest.mark.parametrize(
    ("chosen", "name", "said"),
    [
        (None, "chidl", 'has no variant of this name, got chidl (did you mean "child"?)'),
        ("scalp", "child", "has the numbers of the variant scalp already"),
    ],
)
def test_another_name_is_refused(chosen: str | None, name: str, said: str) -> None:
    """With the nearest one; and two are never mixed."""
    begun = protocol() if chosen is None else protocol().for_variant(chosen)
    with pytest.raises(ProtocolError) as refused:
        begun.for_variant(name)
    assert said in str(refused.value)
    assert protocol().for_variant("child").for_variant("child") == protocol().for_variant("child")


@pytest.mark.parametrize("variants", [[], [SCALP]])
def test_a_protocol_that_says_it_is_a_variant_names_one(variants: list[Any]) -> None:
    """In a file that somebody wrote."""
    with pytest.raises(ProtocolError, match="variant: is no variant"):
        protocol(variants=variants, variant="child")


def test_everything_says_which_was_chosen() -> None:
    """The printed plan and the handout."""
    child = plan_of("child")
    assert str(child).startswith("Weekly (Up to 30 kg) ·")
    assert str(plan_of(None)).startswith("Weekly ·")
    assert "Weekly (Up to 30 kg)" in to_html(child)
    assert child.course.protocol.chosen == Variant(**CHILD)


def test_the_checker_judges_each_variant() -> None:
    """What only its numbers make impossible, with its place; what the protocol has is said once."""
    slow = CHILD | {"phases": {"a": {"min_interval": "P9D", "basis": CITED}}}
    found = [r for r in check_protocol(protocol(variants=[SCALP, slow])) if r.rule == "MP102"]
    assert [(remark.path, remark.place) for remark in found] == [
        ("variants.1.phases.0.min_interval", "variant 2 (child), phase 1 (a), min_interval")
    ]
    assert "MP102" not in {r.rule for r in check_protocol(protocol())}
    assert "MP102" in {
        r.rule for r in check_protocol(protocol(variants=[slow]).for_variant("child"))
    }


def test_it_is_written_compared_and_combined() -> None:
    """In files, in the schema, as differences, and beside another protocol of the same names."""
    told = protocol()
    for form in ("toml", "json"):
        assert load_protocol(dump_protocol(told, form)) == told
    assert "sessions" in protocol_schema()["$defs"]["PhaseNumbers"]["properties"]
    numbers = CHILD["phases"]["a"] | {"sessions": 3}
    other = protocol(variants=[CHILD | {"phases": {"a": numbers}}])
    assert [str(each) for each in compare(told, other)] == [
        "variant scalp removed",
        "child a: sessions 2 -> 3",
    ]
    renamed = told.replace(id="q", title="Other")
    both = combine(told, renamed, id="both", title="Both")
    assert [(v.id, [*v.phases], [*v.reviews]) for v in both.variants] == [
        ("p-child", ["p-a"], ["p-look"]),
        ("p-scalp", ["p-a"], []),
        ("q-child", ["q-a"], ["q-look"]),
        ("q-scalp", ["q-a"], []),
    ]
    assert both.variants[0].phases["p-a"] == PhaseNumbers(**CHILD["phases"]["a"])
    chosen = combine(told.for_variant("child"), renamed, id="both", title="Both")
    assert chosen.parents == ("p 1 (child)", "q 1")
    assert [variant.id for variant in chosen.variants] == ["q-child", "q-scalp"]
    assert chosen.phase("p-a").sessions == 2
