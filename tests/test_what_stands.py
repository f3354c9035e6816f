"""What stands, stays (M6, M8): courses in which planning again used to change a plan with nothing new.

Each was the shortest story of a random life. A case is a course and what each further plan brings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from mesoplan import (
    Attended,
    Away,
    Cancelled,
    Clinic,
    Corrected,
    Course,
    Extended,
    Fact,
    Missed,
    Moved,
    Paused,
    Plan,
    Protocol,
    Resumed,
    Review,
    Stopped,
    schedule,
)
from mesoplan.scheduling import placement
from samples import codes_of, one_phase

OPEN = Clinic(timezone="UTC")
NEW_YORK = Clinic(timezone="America/New_York")
TUE_THU_FRI = Clinic(
    timezone="UTC", hours={"tue": "08:00-20:00", "thu": "08:00-20:00", "fri": "09:00-15:00"}
)


@dataclass(frozen=True)
class Step:
    """What is new in one plan."""

    day: str
    facts: tuple[Fact, ...] = ()
    clinic: Clinic | None = None
    protocol: Protocol | None = None


@dataclass(frozen=True)
class Case:
    """A course that begins on a day, and the plans that follow the first one."""

    start: str
    protocol: Protocol
    steps: tuple[Step, ...]
    why: str
    clinic: Clinic = field(default=OPEN)


def lived(case: Case) -> Plan:
    """Plan a course, and each of its steps."""
    start = datetime.fromisoformat(case.start)
    course, clinic = Course(id="c", protocol=case.protocol, start=start), case.clinic
    plan = schedule(course, clinic, as_of=datetime(2027, 1, 1, tzinfo=UTC))
    for step in case.steps:
        clinic = step.clinic or clinic
        course = course.replace(protocol=step.protocol or course.protocol).record(*step.facts)
        as_of = datetime.fromisoformat(f"{step.day}T14:30").replace(tzinfo=UTC)
        plan = schedule(course, clinic, as_of=as_of, previous=plan)
    return plan


def away(first: str, last: str) -> Away:
    """Say that the person is away."""
    return Away(first=date.fromisoformat(first), last=date.fromisoformat(last))


def phases(*fields: dict[str, Any]) -> Protocol:
    """Return a protocol of some phases."""
    return Protocol(id="p", title="Protocol", phases=fields)


MONTHLY_CHAIN = one_phase(every="P1M", sessions=5, rhythm="chain")
RESTART = (
    {"late": "P2D", "then": "carry_on"},
    {"late": "P9D", "then": "shift"},
    {"then": "restart"},
)
OF_TWO = {"every": "P1W", "sessions": 2, "rhythm": "chain", "restart_after": "P39D"}

CASES = [
    Case(
        "2027-03-03T10:30",
        MONTHLY_CHAIN,
        (
            Step(
                "2027-07-13",
                (
                    Cancelled(visit="course-4"),
                    away("2027-07-26", "2027-08-29"),
                    Extended(sessions=4, phase="course"),
                ),
            ),
            Step("2027-09-17", (Moved(visit="course-9", to=datetime(2028, 1, 4, 10)),)),
            Step("2027-10-31", (Paused(on=date(2027, 10, 29)),)),
            Step("2027-12-01", (Resumed(on=date(2027, 12, 3)),)),
        ),
        "a free session that has no day before a fixed one is laid behind it",
    ),
    Case(
        "2027-08-11T11:00",
        phases(
            {"id": "a", "every": "P2M", "sessions": 8},
            {
                "id": "b",
                "starts": "last session of a + P1M",
                "every": "P10D",
                "sessions": 7,
                "window": "P0D",
                "rhythm": "chain",
            },
        ),
        (
            Step("2028-03-03", clinic=TUE_THU_FRI),
            Step(
                "2028-04-27",
                (Missed(visit="a-5"), Moved(visit="b-1", to=datetime(2028, 11, 15, 16))),
            ),
        ),
        "how far targets lie apart bounds a minimum; in a chain these move",
    ),
    Case(
        "2027-09-03T09:00",
        phases(
            {"id": "a", "every": "P4W", "sessions": 8},
            {"id": "b", "starts": "last session of a + P1M", "every": "P2W"},
        ),
        (
            Step("2027-12-21", (Cancelled(visit="a-8"),)),
            Step("2028-05-07", (Moved(visit="b-1", to=datetime(2028, 6, 12, 16)),)),
            Step("2028-06-06", (Cancelled(visit="a-8.2"),)),
        ),
        "what a person fixed keeps apart from its day, whatever its target becomes",
    ),
    Case(
        "2027-04-09T13:30",
        one_phase(**OF_TWO),
        (Step("2028-02-16"), Step("2028-09-10")),
        "a run that had begun again without a record is counted by itself, when one more begins",
    ),
    Case(
        "2027-02-12T10:30",
        one_phase(every="P1M"),
        (
            Step("2027-05-27", (Moved(visit="course-9", to=datetime(2027, 10, 9, 12)),)),
            Step("2027-10-09", clinic=OPEN),
        ),
        "by the clock of the new zone the time that was chosen has passed",
        NEW_YORK,
    ),
    Case(
        "2027-04-14T13:00",
        one_phase(every="P2W", offsets=("P0D", "PT4H"), until="P140D", tiers=RESTART),
        (
            Step("2027-05-21", clinic=Clinic(timezone="Pacific/Auckland")),
            Step("2027-06-27", (Attended(visit="course-7", at=datetime(2027, 6, 14, 15)),)),
            Step("2027-06-29"),
        ),
        "a phase begins again with both sessions of its first day",
    ),
    Case(
        "2027-03-23T15:30",
        one_phase(every="P1W", sessions=5, if_missed="skip", restart_after="P30D"),
        (Step("2027-03-25", (away("2027-04-01", "2027-05-11"),)), Step("2027-05-18")),
        "what is to begin again today begins today, with all of its sessions",
    ),
    Case(
        "2027-08-27T13:30",
        one_phase(every="P1M", sessions=2).replace(
            reviews=[Review(id="look", at="start + P1W", join=False)]
        ),
        (Step("2027-09-03", clinic=OPEN),),
        "a review whose time has passed by the clock of the new zone takes place another day",
        NEW_YORK,
    ),
    Case(
        "2027-08-19T10:00",
        one_phase(every="P1M", sessions=6).replace(
            reviews=[Review(id="look", at="session 4", window="P0D")]
        ),
        (
            Step("2027-09-28", (Missed(visit="course-2"),)),
            Step("2027-11-20", (Missed(visit="course-4"),)),
            Step(
                "2028-01-04",
                (Moved(visit="look", to=datetime(2028, 2, 20, 10)), Paused(on=date(2028, 1, 7))),
            ),
            Step("2028-03-18", (Resumed(on=date(2028, 3, 24)),)),
        ),
        "a review that waited through a hold does not stand where it was moved to in the hold",
    ),
    Case(
        "2027-07-01T13:30",
        one_phase(every="P2M", sessions=3).replace(
            reviews=[Review(id="look", at="each session of course + P2D", window="P4D", join=False)]
        ),
        (
            Step("2027-09-30", (Moved(visit="look-3", to=datetime(2027, 11, 16, 15)),)),
            Step("2027-11-15", (Cancelled(visit="course-3"), Paused(on=date(2027, 11, 13)))),
            Step("2027-11-20", (Resumed(on=date(2027, 11, 18)),)),
        ),
        "nor where it was announced in the hold",
    ),
    Case(
        "2027-08-05T15:30",
        phases(
            {"id": "a", "every": "P4W", "sessions": 3},
            {
                "id": "b",
                "starts": "last session of a + P1M",
                "every": "P2W",
                "weekdays": ("mon", "tue", "thu"),
                "restart_after": "P45D",
            },
        ),
        (Step("2029-07-16"), Step("2029-07-17", (Stopped(on=date(2029, 7, 17)),))),
        "a phase that a stop keeps from beginning again does not begin again",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_planning_again_changes_nothing(case: Case) -> None:
    """Byte for byte; the last column says what is to be seen."""
    plan = lived(case)
    again = schedule(plan.course, plan.clinic, as_of=plan.as_of, previous=plan)
    assert again.model_dump_json() == plan.model_dump_json()


def test_days_that_were_not_proved_stay_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are kept because they were announced, and are no better for that."""
    monkeypatch.setattr(placement, "MOST_MOVES", 1)
    protocol = one_phase(every="P4D", sessions=12, min_interval="P4D", window="P2D")
    closed = Clinic(timezone="UTC", hours={"mon": "09:00-18:00", "wed-sat": "09:00-18:00"})
    course = Course(id="c", protocol=protocol, start=datetime(2027, 3, 3, 10))
    plan = schedule(course, closed, as_of=datetime(2027, 1, 1, tzinfo=UTC))
    assert "not-proved" in codes_of(plan)
    again = schedule(course, closed, as_of=plan.as_of, previous=plan)
    assert again.model_dump_json() == plan.model_dump_json()


FEWER = one_phase(every="P1W", sessions=2)
LIST = one_phase(at=("P0D", "P1W"))
SPAN = one_phase(every="P1W", until="P2W", if_missed="skip")
DONE = (Attended(visit="course-1"), Attended(visit="course-2"))
FOLLOWED = [Review(id="look", at="each session of course + P1D")]


@pytest.mark.parametrize(
    ("protocol", "version", "moved", "why"),
    [
        (one_phase(every="P1W", sessions=4), FEWER, "course-4", "the phase has fewer sessions now"),
        (one_phase(at=("P0D", "P1W", "P2W")), LIST, "course-3", "its list has fewer places now"),
        (one_phase(every="P1W", until="P4W"), SPAN, "course-4", "its span has fewer places now"),
        (
            one_phase(every="P1W", sessions=4).replace(reviews=FOLLOWED),
            FEWER.replace(reviews=FOLLOWED),
            "look-4",
            "the session that it follows is gone",
        ),
    ],
)
def test_what_a_person_chose_stands_when_nothing_asks_for_it(
    protocol: Protocol, version: Protocol, moved: str, why: str
) -> None:
    """A finding says so; the others go."""
    to = datetime(2027, 4, 1, 12)
    steps = (
        Step("2027-03-11", (*DONE, Moved(visit=moved, to=to))),
        Step("2027-03-12", protocol=version.replace(version="2")),
    )
    plan = lived(Case("2027-03-03T10:30", protocol, steps, why))
    visit = plan.visit(moved)
    assert (visit.status, visit.start.replace(tzinfo=None)) == ("planned", to)
    assert [f.visit for f in plan.findings if f.code == "not-asked"] == [moved]


def test_what_a_stop_calls_off_is_not_given_up() -> None:
    """Nobody needs to find a place for it."""
    protocol = phases(
        {"id": "a", "every": "P1W", "sessions": 4},
        {"id": "b", "starts": "start + P5W", "every": "P1W", "sessions": 1},
    )
    lost = (Missed(visit="a-1"), Missed(visit="a-2"), Missed(visit="a-3"))
    case = Case("2027-03-03T10:30", protocol, (Step("2027-03-20", lost),), "too many are lost")
    assert "given-up" in codes_of(lived(case))
    stopped = Step("2027-03-21", (Stopped(on=date(2027, 3, 22)),))
    plan = lived(Case(case.start, protocol, (*case.steps, stopped), "and the course is stopped"))
    assert "given-up" not in codes_of(plan)


def test_a_lost_review_without_its_session_is_told() -> None:
    """It cannot be made up: nothing says when."""
    fewer = FEWER.replace(reviews=FOLLOWED, version="2")
    steps = (Step("2027-03-01", (Cancelled(visit="look-4"),), protocol=fewer),)
    protocol = one_phase(every="P1W", sessions=4).replace(reviews=FOLLOWED)
    plan = lived(Case("2027-03-03T10:30", protocol, steps, "its session is gone"))
    assert [f.visit for f in plan.findings if f.code == "not-reached"] == ["look-4"]


def test_a_phase_begins_again_with_the_next_session_where_the_first_is_lost() -> None:
    """The rest of the new run was called off with it."""
    protocol = one_phase(every="P1W", sessions=4, restart_after="P30D")
    steps = (
        Step("2027-03-04", (Attended(visit="course-1"), away("2027-03-05", "2027-05-10"))),
        Step("2027-05-13", (Missed(visit="course-1.2"),)),
        Step("2027-05-27"),
    )
    plan = lived(Case("2027-03-03T10:30", protocol, steps, "the first of the new run is missed"))
    stand = [(v.key, v.number) for v in plan.sessions if v.status == "planned"]
    assert len(stand) == 4
    assert [number for _, number in stand] == [1, 2, 3, 4]


def test_a_minimum_holds_to_the_session_of_the_phase_before_another_phase() -> None:
    """Where phases take turns, one of another phase may stand between."""
    protocol = phases(
        {"id": "a", "every": "P4W", "sessions": 3},
        {"id": "b", "starts": "start + P1W", "every": "P4W", "sessions": 2},
    )
    late = Attended(visit="b-1", at=datetime(2027, 3, 30, 10, 30))
    steps = (Step("2027-03-30", (Attended(visit="a-1"), late)),)
    plan = lived(Case("2027-03-03T10:30", protocol, steps, "b-1 comes a day before a-2"))
    assert (plan.visit("b-2").day - plan.visit("b-1").day).days >= 14


def test_a_gap_that_was_set_is_used_up_by_the_session_after_it() -> None:
    """It stood there again once that session had passed without a record, and moved the rest."""
    protocol = one_phase(every="P3W", sessions=4, rhythm="chain")
    steps = (
        Step("2027-03-03", (Attended(visit="course-1", next_after="P6W"),)),
        Step("2027-03-04", (Moved(visit="course-2", to=datetime(2027, 4, 1, 10)),)),
    )
    before = lived(Case("2027-03-03T10:30", protocol, steps, "it comes two weeks sooner"))
    later = schedule(
        before.course, before.clinic, as_of=datetime(2027, 4, 5, tzinfo=UTC), previous=before
    )
    assert [v.day for v in later.sessions] == [v.day for v in before.sessions]


def test_a_chain_that_owes_nothing_does_not_begin_again() -> None:
    """Nothing was recorded of its sessions; time alone laid them once more."""
    protocol = one_phase(every="P5D", sessions=4, rhythm="chain", restart_after="P52D")
    plan = lived(Case("2027-03-03T10:30", protocol, (Step("2029-01-05"),), "two years later"))
    assert [visit.key for visit in plan.sessions] == [f"course-{n}" for n in range(1, 5)]


def test_what_was_recorded_by_itself_stands_when_what_it_shared_is_taken_back() -> None:
    """A joined review shares the fact of its session unless it has its own (M3)."""
    protocol = one_phase(every="P1W", sessions=3).replace(
        reviews=[Review(id="look", at="session 2 of course", window="P0D")]
    )
    steps = (
        Step("2027-03-11", (Missed(visit="course-2"), Attended(visit="look"))),
        Step("2027-03-12", (Corrected(number=1),)),
    )
    plan = lived(Case("2027-03-03T10:30", protocol, steps, "the session was there after all"))
    assert plan.visit("look").status == "attended"


def test_a_time_inside_a_hold_that_is_over_does_not_stand_for_what_waited() -> None:
    """The hold rules it out (M7), though the session that the review counts from has passed by now."""
    protocol = one_phase(every="P1W", sessions=6, window="P0D").replace(
        reviews=[Review(id="check", at="every 2 sessions", window="P0D")]
    )
    moved = Moved(visit="check-1", to=datetime(2027, 1, 14, 11))
    steps = (
        Step("2027-01-08", (Attended(visit="course-1"), Paused(on=date(2027, 1, 8)), moved)),
        Step("2027-01-25", (Missed(visit="course-2"), Resumed(on=date(2027, 1, 24)))),
    )
    plan = lived(
        Case("2027-01-04T11:00", protocol, steps, "it was on hold on the day chosen for it")
    )
    again = schedule(plan.course, OPEN, as_of=plan.as_of, previous=plan)
    assert plan.visit("check-1").day == date(2027, 1, 26)
    assert again.visits == plan.visits
