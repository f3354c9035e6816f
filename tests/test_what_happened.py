"""What has happened never changes, whatever becomes of protocol, clinic or zone (M7, M8)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from mesoplan import (
    Attended,
    Clinic,
    Closure,
    Course,
    Ended,
    Extended,
    Fact,
    Missed,
    Moved,
    Phase,
    Plan,
    Protocol,
    RecordError,
    Review,
    schedule,
)

LIMA = Clinic(timezone="America/Lima", hours={"tue-sat": "08:00-16:00"})
START = datetime(2027, 3, 3, 9)


def protocol(version: str = "1", **changes: Any) -> Protocol:
    """Give sessions every nine days with a review nine days after the start; `changes` are fields of the phase."""
    fields: dict[str, Any] = {"id": "a", "every": "P9D", "sessions": 5, "window": "P2D"} | changes
    look = Review(id="look", at="start + P9D", window="P1D")
    return Protocol(id="p", title="P", version=version, phases=[Phase(**fields)], reviews=[look])


def lived() -> Plan:
    """Give a plan in which three sessions are over, one of them at a time told without a zone."""
    course = Course(id="c", protocol=protocol(), start=START)
    first = schedule(course, LIMA, as_of=datetime(2027, 2, 1, 12, tzinfo=UTC))
    facts: list[Fact] = [
        Attended(visit="a-1", at=datetime(2027, 3, 3, 11, 20)),
        Attended(visit="a-2"),
        Missed(visit="a-3"),
    ]
    now = datetime(2027, 3, 24, 12, tzinfo=UTC)
    return schedule(course.record(*facts), LIMA, as_of=now, previous=first)


OVER = ("a-1", "a-2", "a-3", "look")
TOKYO = Clinic(timezone="Asia/Tokyo", hours={"mon-sun": "09:00-12:00"})


@pytest.mark.parametrize(
    ("clinic", "version", "why"),
    [
        (TOKYO, None, "the clinic moves over the date line"),
        (LIMA.replace(hours={"sun": "20:00-21:00"}), None, "other hours"),
        (
            LIMA.replace(closures=[Closure(first=date(2027, 3, 1), last=date(2027, 3, 30))]),
            None,
            "",
        ),
        (LIMA, protocol("2", duration="PT2H"), "sessions last longer"),
        (LIMA, protocol("2", title="Other", steps=["10 %", "20 %"]), "they have another name"),
        (LIMA, protocol("2", every="P3W", sessions=3), "another rhythm, and fewer"),
        (LIMA, protocol("2", sessions=1), "fewer than took place"),
        (LIMA, protocol("2", id="b"), "the phase is gone"),
        (TOKYO, protocol("2", duration="PT10M", every="P1M"), "all of it at once"),
    ],
)
def test_the_past_is_as_it_was(clinic: Clinic, version: Protocol | None, why: str) -> None:
    """Its instants, lengths, numbers, names, revisions and stamps."""
    plan = lived()
    course = plan.course if version is None else plan.course.replace(protocol=version)
    later = schedule(course, clinic, as_of=datetime(2027, 3, 25, 12, tzinfo=UTC), previous=plan)
    for key in OVER:
        old, new = plan.visit(key), later.visit(key)
        assert (new.start.astimezone(UTC), new.end.astimezone(UTC)) == (
            old.start.astimezone(UTC),
            old.end.astimezone(UTC),
        ), why
        told = ("status", "number", "title", "label", "revision", "stamp", "target")
        assert {n: getattr(new, n) for n in told} == {n: getattr(old, n) for n in told}, why
    assert not {change.key for change in later.changes_since(plan)} & set(OVER), why


@pytest.mark.parametrize("sessions", [3, 4])
def test_a_session_announced_by_an_older_version_may_still_be_recorded(sessions: int) -> None:
    """It took place before anybody knew of the new version, which asks for fewer."""
    first = schedule(
        Course(id="c", protocol=protocol(), start=START),
        LIMA,
        as_of=datetime(2027, 2, 1, 12, tzinfo=UTC),
    )
    course = first.course.record(*(Attended(visit=f"a-{n}") for n in range(1, 5)))
    course = course.replace(protocol=protocol("2", sessions=sessions))
    now = datetime(2027, 4, 20, 12, tzinfo=UTC)
    plan = schedule(course, LIMA, as_of=now, previous=first)
    last = schedule(plan.course.record(Attended(visit="a-5")), LIMA, as_of=now, previous=plan)
    assert last.visit("a-5").status == "attended"
    assert [visit.number for visit in last.sessions if not visit.lost] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("fact", "stands", "why"),
    [
        (Attended(visit="a-4"), "attended", "it took place before anybody knew of the new version"),
        (Missed(visit="a-4"), "missed", "nothing follows, as nothing of the phase is planned"),
        (Attended(visit="a-5"), "attended", "it was called off, and took place all the same"),
    ],
)
def test_what_happened_in_a_phase_that_is_gone_may_still_be_recorded(
    fact: Attended | Missed, stands: str, why: str
) -> None:
    """Its history stands, and what the log has said of it contradicts nothing (M7, M8)."""
    then, now = (datetime(2027, 4, day, 12, tzinfo=UTC) for day in (5, 12))
    plan = lived()
    agreed = Extended(sessions=1, phase="a"), Ended(phase="a", on=date(2027, 5, 1))
    told = plan.course.record(*agreed)
    plan = schedule(told.replace(protocol=protocol("2", id="b")), LIMA, as_of=then, previous=plan)
    later = schedule(plan.course.record(fact), LIMA, as_of=now, previous=plan)
    assert later.visit(fact.visit).status == stands, why
    assert "contradiction" not in {finding.code for finding in (*plan.findings, *later.findings)}
    with pytest.raises(RecordError, match="a-90"):
        schedule(plan.course.record(Missed(visit="a-90")), LIMA, as_of=now, previous=plan)
    for unknown in (Missed(visit="d-1"), *agreed):
        with pytest.raises(RecordError, match=r"is not a (visit|phase) of this course"):
            plan.course.record(unknown)


@pytest.mark.parametrize(
    "facts",
    [
        [Attended(visit="a-1")],
        [Missed(visit="a-1")],
        [Moved(visit="a-1", to=datetime(2027, 10, 31, 2, 45, fold=1))],
        [Attended(visit="a-1", at=datetime(2027, 10, 31, 2, 45, fold=1))],
    ],
    ids=["attended", "missed", "moved", "attended in the second hour"],
)
def test_what_happened_in_the_hour_that_autumn_repeats_is_equal_after_saving(
    facts: list[Fact],
) -> None:
    """A time with a zone and one with its offset are never equal there, so one of them is kept."""
    berlin = Clinic(timezone="Europe/Berlin")
    course = Course(id="c", protocol=protocol(), start=datetime(2027, 10, 31, 2, 30))
    first = schedule(course, berlin, as_of=datetime(2027, 10, 1, tzinfo=UTC))
    now = datetime(2027, 10, 31, 12, tzinfo=UTC)
    plan = schedule(course.record(*facts), berlin, as_of=now, previous=first)
    opened = Plan.model_validate_json(plan.model_dump_json())
    assert opened == plan
    assert schedule(plan.course, berlin, as_of=now, previous=opened) == plan
