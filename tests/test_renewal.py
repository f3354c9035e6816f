"""An earlier phase begun again, because a later session comes late (M4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mesoplan import (
    Attended,
    Away,
    Cancelled,
    Clinic,
    Closure,
    Corrected,
    Ended,
    Fact,
    Missed,
    Moved,
    Paused,
    Plan,
    Protocol,
    ProtocolError,
    RecordError,
    Resumed,
    combine,
    schedule,
)
from samples import ALWAYS_OPEN, AS_OF, START, course_of

DAY = timedelta(days=1)
FIRST = START.date()
TIERS = ({"late": "P2W", "then": "shift"}, {"then": "restart", "phase": "doses"})


def protocol(doses: dict[str, Any] | None = None, **monthly: Any) -> Protocol:
    """Two doses a week apart, then one every four weeks."""
    first = {"id": "doses", **(doses or {"at": ("P0D", "P1W")})}
    later = {"id": "monthly", "every": "P4W", "sessions": 4, "tiers": TIERS, **monthly}
    return Protocol(id="two", title="Two", phases=[first, later])


def replanned(before: Plan, *facts: Fact, now: int, clinic: Clinic = ALWAYS_OPEN) -> Plan:
    """Record facts and plan again so many days after the start; planning is stable."""
    as_of = AS_OF + (FIRST - AS_OF.date()) + now * DAY
    later = schedule(before.course.record(*facts), clinic, as_of=as_of, previous=before)
    again = schedule(later.course, clinic, as_of=as_of, previous=later)
    assert again.model_dump_json() == later.model_dump_json()
    return Plan.model_validate_json(later.model_dump_json())


def under_way(protocol: Protocol) -> Plan:
    """Plan a course of which both doses and the first monthly one took place, on days 0, 7 and 35."""
    plan = schedule(course_of(protocol), ALWAYS_OPEN, as_of=AS_OF)
    keys = ("doses-1", "doses-2", "monthly-1")
    return replanned(plan, *(Attended(visit=key) for key in keys), now=40)


def rest(plan: Plan) -> list[tuple[str, int]]:
    """Return the sessions after the first three with their days."""
    kept = [visit for visit in plan.sessions if not visit.lost]
    return [(visit.key, (visit.day - FIRST).days) for visit in kept][3:]


def away(first: int, last: int) -> Away:
    """Return days away, counted from the start."""
    return Away(first=FIRST + first * DAY, last=FIRST + last * DAY)


AGAIN = ["doses-1.2", "doses-2.2", "monthly-1.2", "monthly-2.2", "monthly-3.2", "monthly-4.2"]
STEPS = (0, 7, 35, 63, 91, 119)
CLOSED = Closure(first=FIRST + 50 * DAY, last=FIRST + 100 * DAY, reason="Leave")
HELD = [Paused(on=FIRST + 50 * DAY), Resumed(on=FIRST + 101 * DAY)]
DOSES_WEEKLY = {"every": "P1W", "sessions": 2}


@pytest.mark.parametrize(
    ("doses", "monthly", "told", "begins", "why"),
    [
        (None, {}, [away(50, 100)], 101, "days away: the day after"),
        (None, {}, [CLOSED], 101, "a closure"),
        (None, {}, HELD, 105, "a hold: where the rhythm goes on"),
        (None, {"rhythm": "chain"}, [away(50, 100)], 101, "a chain: the day after"),
        (None, {"if_missed": "soon"}, [away(50, 100)], 101, "soon: the day after"),
        (DOSES_WEEKLY, {}, [away(50, 100)], 101, "doses on a grid"),
        (DOSES_WEEKLY | {"rhythm": "chain"}, {}, [away(50, 100)], 101, "doses in a chain"),
        (
            None,
            {"starts": "first session of doses + P5W"},
            [away(50, 100)],
            101,
            "anchored on the first dose of the run",
        ),
    ],
)  # fmt: skip
def test_an_earlier_phase_begins_again(
    doses: dict[str, Any] | None,
    monthly: dict[str, Any],
    told: list[Any],
    begins: int,
    why: str,
) -> None:
    """It is planned, passes unrecorded, and is history once its first session took place."""
    clinic = ALWAYS_OPEN.replace(closures=[each for each in told if isinstance(each, Closure)])
    facts = [each for each in told if not isinstance(each, Closure)]
    later = replanned(under_way(protocol(doses, **monthly)), *facts, now=45, clinic=clinic)
    expected = [(key, begins + step) for key, step in zip(AGAIN, STEPS, strict=True)]
    assert rest(later) == expected, why
    told_of = [(visit.number, visit.of) for visit in later.sessions if visit.upcoming]
    assert told_of == [(1, 2), (2, 2), (1, 4), (2, 4), (3, 4), (4, 4)], why
    nearer = replanned(later, now=begins - 1, clinic=clinic)
    assert rest(nearer) == expected, f"{why}, a day before"
    unrecorded = replanned(nearer, now=begins + 1, clinic=clinic)
    assert rest(unrecorded) == expected, f"{why}, not recorded yet"
    came = replanned(unrecorded, Attended(visit="doses-1.2"), now=begins + 2, clinic=clinic)
    assert rest(came) == expected, f"{why}, recorded"
    assert came.visit("doses-1.2").number == 1
    second = replanned(came, Attended(visit="doses-2.2"), now=begins + 8, clinic=clinic)
    assert rest(second) == expected, f"{why}, the second dose"
    third = replanned(second, Attended(visit="monthly-1.2"), now=begins + 36, clinic=clinic)
    assert rest(third) == expected, f"{why}, the first monthly one"


def planned_again() -> Plan:
    """Plan a course whose first dose of the new run stands on day 101."""
    return replanned(under_way(protocol()), away(50, 100), now=45)


@pytest.mark.parametrize(
    ("told", "now", "expected", "why"),
    [
        (
            [Moved(visit="doses-1.2", to=START + 104 * DAY)],
            46,
            [("doses-1.2", 104), ("doses-2.2", 108), ("monthly-1.2", 136)],
            "the person chose another day: a list moves no other",
        ),
        (
            [Missed(visit="doses-1.2")],
            102,
            [("doses-1.3", 103), ("doses-2.2", 108), ("monthly-1.2", 136)],
            "missed: a dose of a list is given on the nearest day",
        ),
        (
            [Cancelled(visit="doses-1.2")],
            90,
            [("doses-1.3", 102), ("doses-2.2", 108), ("monthly-1.2", 136)],
            "called off beforehand",
        ),
        (
            [Attended(visit="doses-1.2", at=START + 103 * DAY)],
            104,
            [("doses-1.2", 103), ("doses-2.2", 110), ("monthly-1.2", 138)],
            "the run counts from the day on which it began",
        ),
        (
            [away(101, 110)],
            90,
            [("doses-1.2", 111), ("doses-2.2", 118), ("monthly-1.2", 146)],
            "away for longer: it begins later",
        ),
        (
            [away(106, 110)],
            90,
            [("doses-1.2", 101), ("doses-2.2", 111), ("monthly-1.2", 139)],
            "away at the second dose",
        ),
        (
            [Corrected(number=4)],
            46,
            [("monthly-2.3", 63), ("monthly-3.3", 91), ("monthly-4.3", 119)],
            "not away after all: nothing comes late",
        ),
        (
            [Corrected(number=4), away(50, 70)],
            46,
            [("monthly-2.3", 71), ("monthly-3.3", 91), ("monthly-4.3", 119)],
            "away for so short that it is carried on",
        ),
        (
            [Attended(visit="monthly-1", at=START + 36 * DAY)],
            46,
            None,
            "recorded already",
        ),
    ],
)
def test_what_is_told_of_a_run_that_is_only_planned(
    told: list[Fact], now: int, expected: list[tuple[str, int]] | None, why: str
) -> None:
    """It is judged anew as long as nothing is recorded of its first session."""
    plan = planned_again()
    if expected is None:
        with pytest.raises(RecordError):
            plan.course.record(*told)
        return
    assert rest(replanned(plan, *told, now=now))[:3] == expected, why


def test_the_only_session_of_the_phase_is_lost() -> None:
    """The run begins with the next attempt at it, and what is not recorded of it changes nothing."""
    plan = schedule(course_of(protocol({"at": ("P0D",)})), ALWAYS_OPEN, as_of=AS_OF)
    plan = replanned(plan, Attended(visit="doses-1"), Attended(visit="monthly-1"), now=40)
    plan = replanned(plan, away(50, 100), now=45)
    later = replanned(plan, Missed(visit="doses-1.2"), now=102)
    kept = [(v.key, (v.day - FIRST).days) for v in later.sessions if v.upcoming]
    assert kept[:2] == [("doses-1.3", 112), ("monthly-1.2", 140)]
    came = replanned(later, Attended(visit="doses-1.3"), now=113)
    kept = [(v.key, (v.day - FIRST).days) for v in came.sessions if v.upcoming]
    assert kept[0] == ("monthly-1.2", 140)


def test_the_day_itself_changes_nothing() -> None:
    """On the morning of the first dose of the new run the plan stays."""
    plan = planned_again()
    assert rest(replanned(plan, now=101)) == rest(plan)


def test_the_first_session_of_a_phase_may_come_late_too() -> None:
    """The doses took place, and the first monthly one can only come months later."""
    plan = schedule(course_of(protocol()), ALWAYS_OPEN, as_of=AS_OF)
    plan = replanned(plan, *(Attended(visit=f"doses-{n}") for n in (1, 2)), now=8)
    later = replanned(plan, away(20, 100), now=9)
    assert [key for key, _ in rest(later)] == [f"{key}" for key in _from_the_second_dose()]


def _from_the_second_dose() -> list[str]:
    return ["doses-2.2", "monthly-1.2", "monthly-2.2", "monthly-3.2", "monthly-4.2"]


def test_a_session_that_a_person_put_so_late_stands_as_it_is() -> None:
    """What a person chose is never replaced; recorded under its own name it counts as itself."""
    moved = Moved(visit="monthly-2", to=START + 82 * DAY)
    later = replanned(under_way(protocol()), moved, now=45)
    assert ("monthly-2", 82) in rest(later)
    assert not any(key.startswith("doses") for key, _ in rest(later))
    came = replanned(later, Attended(visit="monthly-2"), now=83)
    assert not any(key.startswith("doses") for key, _ in rest(came))


def test_another_session_that_a_person_moved_stands_in_the_new_run() -> None:
    """The run begins again around it."""
    plan = replanned(under_way(protocol()), Moved(visit="monthly-4", to=START + 200 * DAY), now=44)
    later = replanned(plan, away(50, 100), now=45)
    assert ("monthly-4", 200) in rest(later)
    assert ("doses-1.2", 101) in rest(later)


def test_a_phase_that_was_ended_does_not_begin_again() -> None:
    """A person has ended it; the late session is given when it can."""
    plan = under_way(protocol({"every": "P1W", "sessions": 2}))
    plan = replanned(plan, Ended(phase="doses", on=FIRST + 8 * DAY), now=41)
    later = replanned(plan, away(50, 100), now=45)
    assert not any(key.startswith("doses") for key, _ in rest(later))


@pytest.mark.parametrize(
    ("phases", "path", "said"),
    [
        ([{"tiers": [{"then": "restart", "phase": "b"}]}, {}], "phases.0", "no earlier phase"),
        ([{}, {"tiers": [{"then": "restart", "phase": "b"}]}], "phases.1", "no earlier phase"),
        ([{}, {"tiers": [{"then": "restart", "phase": "x"}]}], "phases.1", "is not a phase"),
        (
            [{}, {"label": "other", "tiers": [{"then": "restart", "phase": "a"}]}],
            "phases.1",
            "no earlier phase",
        ),
        (
            [{}, {"starts": "start + P9W", "tiers": [{"then": "restart", "phase": "a"}]}],
            "phases.1.starts",
            "does not move when a begins again",
        ),
        ([{}, {"tiers": [{"then": "shift", "phase": "a"}]}], "phases.1", "without a restart"),
    ],
    ids=["later", "itself", "unknown", "another treatment", "from the start", "shift"],
)
def test_what_cannot_begin_again_is_refused(
    phases: list[dict[str, Any]], path: str, said: str
) -> None:
    """The fault names the place, and a remedy."""
    own = [{"id": name, "every": "P1W", "sessions": 3} for name in "ab"]
    given = [one | more for one, more in zip(own, phases, strict=True)]
    with pytest.raises(ProtocolError, match=said) as caught:
        Protocol(id="two", title="Two", phases=given)
    assert caught.value.faults[0].path.startswith(path)
    assert caught.value.faults[0].remedy


def test_a_combination_renames_the_phase_that_begins_again() -> None:
    """Two protocols that call it alike stand beside each other."""
    one = protocol(notes="one")
    other = protocol().replace(id="other", title="Other")
    both = combine(one, other, id="both", title="Both")
    named = [tier.phase for phase in both.phases for tier in phase.tiers if tier.phase]
    assert named == ["two-doses", "other-doses"]
