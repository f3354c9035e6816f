"""A minimum from a session that is not the one before: hepatitis B, HPV (M5).

It is one rule: planning, findings, reasons, verdicts and alternatives ask it of one place.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesoplan import (
    Attended,
    Clinic,
    Closure,
    Course,
    Missed,
    Moved,
    Plan,
    Protocol,
    ProtocolError,
    alternatives,
    check_protocol,
    combine,
    compare,
    dump_protocol,
    load_protocol,
    protocol_schema,
    protocols,
    schedule,
)

START = datetime(2027, 1, 4, 10, 0)
BEFORE = datetime(2026, 12, 20, 9, tzinfo=UTC)
CLINIC = Clinic(timezone="UTC")
THIRD = {"min_from": "first session of doses + P16W"}


def protocol(**phase: Any) -> Protocol:
    """Return three doses: four weeks after the first, eight after the second and 16 after the first."""
    fields: dict[str, Any] = {
        "id": "doses",
        "at": ("P0D", "P4W", "P16W"),
        "min_interval": "P4W",
        "steps": [{}, {}, THIRD],
    }
    return Protocol(id="hepb", title="Hepatitis B", phases=[fields | phase])


def plan_of(*facts: Any, on: int = -5, clinic: Clinic = CLINIC, **phase: Any) -> Plan:
    """Return the first plan, or the one that follows some facts on a day counted from the start."""
    course = Course(id="c", protocol=protocol(**phase), start=START)
    plan = schedule(course, clinic, as_of=BEFORE)
    if not facts:
        return plan
    now = datetime.combine(day(on), START.time(), tzinfo=UTC) + timedelta(hours=8)
    return schedule(course.record(*facts), clinic, as_of=now, previous=plan)


def day(number: int) -> date:
    """Return a day, counted from the start."""
    return START.date() + timedelta(days=number)


def attended(number: int, on: int) -> Attended:
    """Return that a dose was given on a day."""
    return Attended(visit=f"doses-{number}", at=datetime.combine(day(on), START.time()))


def moved(number: int, on: int) -> Moved:
    """Return that a dose was moved to a day."""
    return Moved(visit=f"doses-{number}", to=datetime.combine(day(on), START.time()))


def days(plan: Plan) -> list[int]:
    """Return the days of the doses that are not lost."""
    return [(v.day - START.date()).days for v in plan.sessions if not v.lost]


@pytest.mark.parametrize(
    ("facts", "on", "phase", "expected", "why"),
    [
        ((), 0, {}, [0, 28, 112], "as published"),
        ((), 0, {"at": ("P0D", "P4W", "P8W")}, [0, 28, 112], "asked for earlier, it waits"),
        (
            (attended(1, 5),),
            6,
            {},
            [5, 28 + 5, 117],
            "given late, the first keeps all behind it off",
        ),
        (
            (attended(1, 0), attended(2, 100)),
            101,
            {},
            [0, 100, 128],
            "four weeks after the second are the later of the two",
        ),
        ((attended(1, 0), attended(2, 40)), 41, {}, [0, 40, 112], "sixteen after the first are"),
        ((attended(1, 0), moved(3, 90)), 1, {}, [0, 28, 90], "what a person fixed stands"),
        (
            (Missed(visit="doses-1"),),
            3,
            {},
            [4, 32, 116],
            "the first is made up, and counts from where it stands then",
        ),
        (
            (),
            0,
            {"every": "P4W", "at": (), "sessions": 3, "rhythm": "chain"},
            [0, 28, 112],
            "in a chain, too",
        ),
        ((), 0, {"min_interval": "P1W", "steps": [{}, {}, {}]}, [0, 28, 112], "without it"),
    ],
)
def test_where_the_doses_stand(
    facts: tuple[Any, ...], on: int, phase: dict[str, Any], expected: list[int], why: str
) -> None:
    """The latest of all minimums wins."""
    assert days(plan_of(*facts, on=on, **phase)) == expected, why


def test_it_is_the_reason_the_finding_the_verdict_and_the_next_earliest_day() -> None:
    """Each asks the same place."""
    early = plan_of(at=("P0D", "P4W", "P8W"))
    why = early.visit("doses-3").reasons[0]
    assert (why.code, why.other, str(why.interval)) == ("interval", "doses-1", "P16W")
    fixed = plan_of(attended(1, 0), attended(2, 28), moved(3, 90), on=29)
    (found,) = [finding for finding in fixed.findings if finding.visit == "doses-3"]
    assert found.code == "interval-too-short"
    assert "16 weeks after doses-1" in found.message
    following = fixed.next_session(datetime.combine(day(30), START.time(), tzinfo=UTC))
    assert following is not None
    assert following.earliest == day(112)
    given_early = plan_of(attended(1, 0), attended(2, 28), attended(3, 110), on=111, grace="P4D")
    assert [str(verdict.kind) for verdict in given_early.verdicts()][2] == "valid by grace"
    too_early = plan_of(attended(1, 0), attended(2, 28), attended(3, 100), on=111, grace="P4D")
    assert [str(verdict.kind) for verdict in too_early.verdicts()][2] == "too soon"


def test_no_other_day_is_offered_below_it_and_a_later_first_dose_pushes_the_third() -> None:
    """Alternatives ask the same place."""
    plan = plan_of()
    offers = alternatives(plan, "doses-3", within="P2W")
    assert {offer.start.date() for offer in offers} >= {day(n) for n in range(113, 127)}
    assert min(offer.start.date() for offer in offers) >= day(112)
    later = next(o for o in alternatives(plan, "doses-1") if o.start.date() == day(3))
    assert [change.key for change in later.pushes] == ["doses-2", "doses-3"]


def test_what_was_announced_is_released_where_it_breaks_the_minimum() -> None:
    """The clinic closes on the day of the first dose: the third moves with it (M8)."""
    plan = plan_of()
    closed = CLINIC.replace(closures=[Closure(first=day(0), last=day(2))])
    shown = schedule(plan.course, closed, as_of=BEFORE + timedelta(days=1), previous=plan)
    assert days(shown)[0] == 3
    assert days(shown)[2] == 115
    again = schedule(shown.course, closed, as_of=BEFORE + timedelta(days=2), previous=shown)
    assert again.visits == shown.visits


@given(
    closed=st.sets(st.integers(0, 130), max_size=40),
    late=st.integers(0, 27),
    chain=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_it_is_kept_whatever_is_closed_and_however_late_the_first_two_come(
    closed: set[int],
    late: int,
    chain: bool,  # noqa: FBT001 - drawn
) -> None:
    """And nothing free stands below any minimum."""
    closures = [Closure(first=day(n), last=day(n)) for n in sorted(closed)]
    rhythm: dict[str, Any] = {"every": "P4W", "at": (), "sessions": 3, "rhythm": "chain"}
    course = Course(id="c", protocol=protocol(**(rhythm if chain else {})), start=START)
    plan = schedule(course, CLINIC.replace(closures=closures), as_of=BEFORE)
    told = course.record(attended(1, late))
    now = datetime.combine(day(late), START.time(), tzinfo=UTC) + timedelta(hours=8)
    shown = schedule(told, plan.clinic, as_of=now, previous=plan)
    one, two, three = days(shown)
    assert (one, two >= one + 28, three >= max(two + 28, one + 112)) == (late, True, True)


def test_a_phase_may_keep_it_from_another_phase_of_any_treatment() -> None:
    """Each of its sessions; it is laid after the phase that it names."""
    phases: list[dict[str, Any]] = [
        {"id": "booster", "label": "b", "starts": "start + P1W", "every": "P1W", "sessions": 2},
        {"id": "primary", "label": "a", "starts": "start", "every": "P2W", "sessions": 3},
    ]
    phases[0]["min_from"] = "last session of primary + P8W"
    told = Protocol(id="p", title="P", phases=phases)
    plan = schedule(Course(id="c", protocol=told, start=START), CLINIC, as_of=BEFORE)
    assert days(plan) == [0, 14, 28, 84, 91]


def test_the_catalogue_keeps_sixteen_weeks_between_the_first_and_the_third_dose_of_hepatitis_b() -> (
    None
):
    """Its source says so; eight weeks after the second are not enough."""
    course = Course(id="c", protocol=protocols.get("hepb-standard"), start=START)
    sooner = Moved(visit="third-1", to=datetime.combine(day(91), START.time()))
    plan = schedule(course.record(sooner), CLINIC, as_of=BEFORE)
    (found,) = [finding for finding in plan.findings if finding.visit == "third-1"]
    assert found.message == "stands less than 16 weeks after first-1"


def test_what_stands_before_the_session_that_it_names_is_said_to_stand_before_it() -> None:
    """It is not "less than 3 weeks after" what comes later; that holds for a verdict as well."""
    phases: list[dict[str, Any]] = [
        {"id": "a", "every": "P1W", "sessions": 3},
        {"id": "b", "at": ("P0D",), "starts": "start + P2M", "min_from": "last session of a + P3W"},
    ]
    told = Protocol(id="p", title="P", phases=phases)
    course = Course(id="c", protocol=told, start=START)
    early = Moved(visit="b-1", to=datetime.combine(day(10), START.time()))
    plan = schedule(course.record(early), CLINIC, as_of=BEFORE)
    before = "before a-3, and 3 weeks after it at the soonest is asked for"
    found = [finding.message for finding in plan.findings if finding.visit == "b-1"]
    assert f"stands {before}" in found
    facts = [Attended(visit=key) for key in ("a-1", "a-2", "b-1", "a-3")]
    now = datetime.combine(day(20), START.time(), tzinfo=UTC)
    seen = schedule(plan.course.record(*facts), CLINIC, as_of=now, previous=plan)
    (verdict,) = [each for each in seen.verdicts() if each.key == "b-1"]
    assert (verdict.kind, verdict.reason) == ("too soon", before)


@pytest.mark.parametrize(
    ("phase", "said"),
    [
        (
            {"steps": [{}, {"min_from": "session 2 of doses + P1W"}]},
            "no session of a phase that comes",
        ),
        ({"steps": [{"min_from": "start + P1W"}]}, "names no session of a phase that comes before"),
        (
            {"min_from": "first session of doses + P1W"},
            "names no session of a phase that comes before",
        ),
        (
            {"steps": [{}, {"min_from": "last session of doses + P1W"}]},
            "names no session of a phase",
        ),
        (
            {"steps": [{}, {"min_from": "each session of doses + P1W"}]},
            "names no session of a phase",
        ),
        ({"steps": [{}, {"min_from": "first session of doses"}]}, "is not longer than nothing"),
        ({"steps": [{}, {"min_from": "session 1 of dose + P1W"}]}, "counts from an unknown phase"),
    ],
)
def test_what_cannot_be_kept_is_refused(phase: dict[str, Any], said: str) -> None:
    """At the border, with its place."""
    with pytest.raises(ProtocolError) as refused:
        protocol(**phase)
    assert [said in str(fault) for fault in refused.value.faults] == [True]


def test_two_phases_that_wait_for_each_other_are_refused() -> None:
    """A loop, like one of anchors."""
    phases: list[dict[str, Any]] = [
        {"id": "a", "every": "P1W", "sessions": 2, "min_from": "first session of b + P1W"},
        {"id": "b", "every": "P1W", "sessions": 2},
    ]
    with pytest.raises(ProtocolError, match="loop"):
        Protocol(id="p", title="P", phases=phases)


def test_it_is_written_checked_compared_and_combined() -> None:
    """In files, in the schema, by the checker, as a difference, and under another name."""
    told = protocol()
    assert load_protocol(dump_protocol(told, "toml")) == told
    longer = protocol(steps=[{}, {}, {"min_from": "first session of doses + P24W"}])
    assert [str(each) for each in compare(told, longer)] == [
        "doses step 3: min from first session of doses + P16W -> first session of doses + P24W"
    ]
    both = combine(told, told.replace(id="q", title="Q"), id="both", title="Both")
    named = [str(phase.steps[2].min_from) for phase in both.phases]
    assert named == [f"first session of {name}-doses + P16W" for name in ("hepb", "q")]
    assert {"$ref": "#/$defs/Anchor"}.items() <= protocol_schema()["$defs"]["Phase"]["properties"][
        "min_from"
    ].items()
    unreached = Protocol(
        id="p",
        title="P",
        phases=[
            {"id": "a", "every": "P1W", "until": "P4W"},
            {"id": "b", "every": "P1W", "sessions": 2, "min_from": "session 9 of a + P1W"},
        ],
    )
    assert "MP110" in {remark.rule for remark in check_protocol(unreached)}
