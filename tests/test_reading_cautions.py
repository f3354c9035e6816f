"""What a calendar proposes is proposed with what it would be against, before anybody records it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mesoplan import (
    Attended,
    Away,
    CalendarReading,
    Clinic,
    Closure,
    Course,
    Moved,
    Phase,
    Plan,
    Protocol,
    Spacing,
    facts_from_ics,
    schedule,
    to_ics,
    uid_of,
)

LIMA = Clinic(
    timezone="America/Lima",
    hours={"mon-fri": "08:00-16:00"},
    closures=[Closure(first=date(2027, 3, 25), last=date(2027, 3, 26), reason="Flood")],
)
MADE = datetime(2027, 2, 1, 12, tzinfo=UTC)
ASKED = datetime(2027, 3, 5, 12, tzinfo=UTC)


def published() -> Plan:
    """Give a plan of which the first session took place: every ten days from Wednesday 3 March."""
    main = Phase(
        id="a",
        label="A",
        every="P10D",
        sessions=5,
        window="P3D",
        min_interval="P6D",
        duration="PT1H",
    )
    other = Phase(id="b", label="B", starts="start + P16D", every="P1M", sessions=2, window="P5D")
    spacing = Spacing(between=("A", "B"), at_least="P2D")
    protocol = Protocol(id="p", title="P", phases=[main, other], spacing=[spacing])
    course = Course(id="c", protocol=protocol, start=datetime(2027, 3, 3, 9))
    course = course.record(Away(first=date(2027, 3, 29), last=date(2027, 3, 30)))
    first = schedule(course, LIMA, as_of=MADE)
    course = course.record(Attended(visit="a-1"))
    return schedule(course, LIMA, as_of=ASKED, previous=first)


def read(plan: Plan, key: str, start: datetime, **options: Any) -> CalendarReading:
    """Read a calendar in which one entry was dragged to another time."""
    entry = f"UID:{uid_of(plan.course.id, key)}\r\nDTSTART:{start.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    text = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{entry}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    return facts_from_ics(text.encode(), plan, as_of=ASKED, whole=False, **options)


PLAN = published()


@pytest.mark.parametrize(
    ("to", "cautions", "why"),
    [
        ("2027-03-24 11:00", (), "a free hour inside the window"),
        ("2027-03-25 11:00", ("a-3: stands on 2027-03-25, when the clinic is closed (Flood)",), ""),
        (
            "2027-03-24 15:30",
            ("a-3: stands at 15:30, outside the opening hours",),
            "it ends at 16:30",
        ),
        (
            "2027-03-27 09:00",
            (
                "a-3: stands 1 day after its window (2027-03-20 to 2027-03-26)",
                "a-3: stands on 2027-03-27, when the clinic is closed (Saturday)",
            ),
            "each conflict is said",
        ),
        (
            "2027-03-29 09:00",
            (
                "a-3: stands 3 days after its window (2027-03-20 to 2027-03-26)",
                "a-3: stands on 2027-03-29, when the person is away",
            ),
            "the other days give way, so that nothing else is said",
        ),
        (
            "2027-03-08 09:00",
            (
                "a-3: stands 12 days before its window (2027-03-20 to 2027-03-26)",
                "a-3: stands less than 6 days after a-1",
            ),
            "nothing moves what has happened",
        ),
    ],
)
def test_a_proposed_time_comes_with_its_cautions(
    to: str, cautions: tuple[str, ...], why: str
) -> None:
    """They are the findings that the plan would have once it is recorded."""
    start = datetime.fromisoformat(to).replace(tzinfo=LIMA.zone)
    reading = read(PLAN, "a-3", start)
    (proposal,) = reading.proposals
    assert proposal.cautions == cautions, why
    assert all(caution in str(proposal) for caution in cautions)
    course = PLAN.course.record(*reading.facts)
    later = schedule(course, LIMA, as_of=ASKED, previous=PLAN)
    assert later.visit("a-3").start == start, "what a person fixed stands"
    assert {str(finding) for finding in later.findings} >= set(cautions)


def test_a_session_dragged_to_before_the_start_says_that_it_would_be_refused() -> None:
    """`record` would refuse it; whoever reads the calendar learns so."""
    asked = datetime(2027, 2, 2, 9, tzinfo=UTC)
    plan = schedule(PLAN.course.replace(facts=()), LIMA, as_of=MADE)
    entry = f"UID:{uid_of('c', 'a-2')}\r\nDTSTART:20270210T140000Z"
    text = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{entry}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    (proposal,) = facts_from_ics(text.encode(), plan, as_of=asked, whole=False).proposals
    (caution,) = proposal.cautions
    assert "lies before the start 2027-03-03" in caution


def test_what_was_wrong_before_is_no_caution() -> None:
    """The plan says so already; the reading says what the move would add."""
    course = PLAN.course.record(Moved(visit="a-3", to=datetime(2027, 3, 25, 11)))
    plan = schedule(course, LIMA, as_of=ASKED, previous=PLAN)
    assert [finding.code for finding in plan.findings] == ["closed-day"]
    (proposal,) = read(plan, "a-5", plan.visit("a-5").start + timedelta(hours=1)).proposals
    assert proposal.cautions == ()


@pytest.mark.parametrize("fold", [0, 1])
def test_either_of_the_hours_that_autumn_repeats_comes_back_as_itself(fold: int) -> None:
    """Dragged to it, recorded, published and read again: nothing more is proposed."""
    clinic = Clinic(timezone="America/New_York")
    phase = Phase(id="a", every="P9D", sessions=4, min_interval="P1D")
    protocol = Protocol(id="p", title="P", phases=[phase])
    course = Course(id="c", protocol=protocol, start=datetime(2027, 10, 29, 1, 15))
    plan = schedule(course, clinic, as_of=ASKED)
    to = datetime(2027, 11, 7, 1, 45, fold=fold, tzinfo=clinic.zone)
    reading = read(plan, "a-2", to)
    later = schedule(course.record(*reading.facts), clinic, as_of=ASKED, previous=plan)
    instant = later.visit("a-2").start.astimezone(UTC)
    assert instant == datetime(2027, 11, 7, 5 + fold, 45, tzinfo=UTC)
    again = Plan.model_validate_json(later.model_dump_json())
    assert facts_from_ics(to_ics(again), again) == CalendarReading()
    assert facts_from_ics(to_ics(later), plan, as_of=ASKED).facts == reading.facts
