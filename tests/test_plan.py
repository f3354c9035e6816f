from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mesoplan import (
    Attended,
    Clinic,
    Closure,
    Course,
    Finding,
    Plan,
    PlanError,
    Protocol,
    Visit,
    schedule,
)

BERLIN = ZoneInfo("Europe/Berlin")
AS_OF = datetime(2026, 9, 1, 9, tzinfo=UTC)
PROTOCOL = Protocol.model_validate(
    {
        "id": "weekly",
        "title": "Weekly course",
        "phases": [{"id": "a", "every": "P1W", "sessions": 5, "window": "P3D"}],
        "reviews": [{"id": "check", "at": "last session of a + P1M", "window": "P1W"}],
        "milestones": [
            {"id": "first", "title": "First results", "at": "session 3", "until": "session 5"},
            {"id": "half", "title": "Half way", "at": "session 3"},
        ],
    }
)
CLINIC = Clinic(
    timezone="Europe/Berlin",
    hours={"mon-fri": "09:00-18:00"},
    closures=[Closure(first=date(2026, 10, 12), reason="Staff training day of the whole house")],
)
COURSE = Course(id="c", protocol=PROTOCOL, start=datetime(2026, 9, 28, 17, 30))
PLAN = schedule(COURSE, CLINIC, as_of=AS_OF)

VISIT: dict[str, Any] = {
    "key": "a-1",
    "kind": "session",
    "name": "A session",
    "target": date(2026, 12, 1),
    "start": datetime(2026, 12, 1, 9, tzinfo=BERLIN),
    "end": datetime(2026, 12, 1, 10, tzinfo=BERLIN),
    "stamp": AS_OF,
}


def test_a_plan_saved_and_opened_is_the_plan() -> None:
    """Course and clinic inside, times in the clinic's zone again, equal and hashed alike."""
    for other in (
        Plan.model_validate_json(PLAN.model_dump_json()),
        Plan.model_validate(PLAN.model_dump(mode="json")),
        pickle.loads(pickle.dumps(PLAN)),  # noqa: S301 - our own bytes
        copy.deepcopy(PLAN),
        PLAN.replace(),
    ):
        assert other == PLAN
        assert hash(other) == hash(PLAN)
        assert other.model_dump_json() == PLAN.model_dump_json()
        assert all(visit.start.tzinfo is BERLIN for visit in other.visits)
        assert all(visit.end.tzinfo is BERLIN for visit in other.visits)
        assert (other.course, other.clinic) == (COURSE, CLINIC)


@given(
    st.datetimes(datetime(2026, 3, 20), datetime(2027, 4, 10)),
    st.sampled_from(["Europe/Berlin", "Africa/Casablanca", "Australia/Lord_Howe", "Europe/Dublin"]),
)
@example(datetime(2026, 10, 25, 2, 30), "Europe/Berlin")
@example(datetime(2026, 3, 29, 2, 30), "Europe/Berlin")
@example(datetime(2027, 4, 4, 1, 45), "Australia/Lord_Howe")
def test_times_survive_saving_around_every_change_of_the_clocks(start: datetime, zone: str) -> None:
    """Also where the wall clock shows a time twice, for visits and for the moment of planning."""
    start = start.replace(second=0, microsecond=0)
    as_of = start.replace(tzinfo=ZoneInfo(zone), fold=1)
    course = Course(id="c", protocol=PROTOCOL, start=start)
    plan = schedule(course, Clinic(timezone=zone), as_of=as_of)
    again = Plan.model_validate_json(plan.model_dump_json())
    assert [v.start.astimezone(UTC) for v in again.visits] == [
        v.start.astimezone(UTC) for v in plan.visits
    ]
    assert again == plan
    assert again.model_dump_json() == plan.model_dump_json()


def test_a_plan_answers_for_its_visits() -> None:
    """Sessions and reviews apart, by key, and the next one after a moment."""
    assert [visit.key for visit in PLAN.sessions] == [f"a-{n}" for n in range(1, 6)]
    assert [visit.key for visit in PLAN.reviews] == ["check"]
    assert PLAN.visit("a-3").number == 3
    first = PLAN.visits[0]
    assert PLAN.next(first.start) == PLAN.visits[1]
    assert PLAN.next(first.start - timedelta(seconds=1)) == first
    assert PLAN.next(datetime(2030, 1, 1, tzinfo=UTC)) is None


def test_what_a_plan_cannot_answer_is_refused() -> None:
    """An unknown key is answered with the closest, a naive moment with a remedy."""
    with pytest.raises(PlanError) as caught:
        PLAN.visit("a-33")
    assert str(caught.value) == 'visit: is not in the plan, got a-33 (did you mean "a-3"?)'
    with pytest.raises(PlanError, match=r"after: has no time zone, got 2026-12-01 00:00:00 \(give"):
        PLAN.next(datetime(2026, 12, 1))


def test_a_key_stands_for_one_visit() -> None:
    """A plan edited by hand that says otherwise is refused."""
    data = PLAN.model_dump(mode="json")
    data["visits"][1]["key"] = "a-1"
    with pytest.raises(PlanError) as caught:
        Plan.model_validate(data)
    assert str(caught.value) == "Plan: visits: gives two visits one key, got a-1"


@pytest.mark.parametrize(
    ("index", "key", "remedy"),
    [
        (0, "b-1", "write for example a-1"),
        (0, "a", "write for example a-1"),
        (0, "check", "write for example a-1"),
        (-1, "a-6", "write check"),
    ],
)
def test_a_key_is_that_of_its_phase_or_review(index: int, key: str, remedy: str) -> None:
    """What is recorded of one would otherwise be told of another."""
    data = PLAN.model_dump(mode="json")
    data["visits"][index]["key"] = key
    with pytest.raises(PlanError) as caught:
        Plan.model_validate(data)
    (fault,) = caught.value.faults
    assert (fault.path.rpartition(".")[2], fault.got, fault.remedy) == ("key", key, remedy)


def test_what_is_recorded_is_recorded_of_a_visit_of_the_plan() -> None:
    """A key that was changed by hand would be planned again under its own name."""
    course = COURSE.record(Attended(visit="a-1"), Attended(visit="a-2"))
    now = datetime(2026, 10, 6, 20, tzinfo=UTC)
    data = schedule(course, CLINIC, as_of=now, previous=PLAN).model_dump(mode="json")
    data["visits"][1]["key"] = "a-77"
    with pytest.raises(PlanError) as caught:
        Plan.model_validate(data)
    (fault,) = caught.value.faults
    assert (fault.path, fault.code, fault.got) == ("entries.1.key", "unknown-visit", "a-2")


def test_faults_of_a_saved_plan_come_at_once() -> None:
    """In the visits, the clinic and the protocol inside the course."""
    data = PLAN.model_dump(mode="json")
    data["visits"][0]["start"] = "2026-09-28T17:30:00"
    data["visits"][1]["end"] = data["visits"][1]["start"]
    data["clinic"]["timezone"] = "Europe/Berln"
    data["course"]["protocol"]["phases"][0]["every"] = 7
    data["format"] = "2"
    with pytest.raises(PlanError) as caught:
        Plan.model_validate(data)
    said = [str(fault) for fault in caught.value.faults]
    assert [line.partition(", got")[0] for line in said] == [
        "format: is not one of 2",
        "course.protocol.phase 1 (a), every: is not text",
        "clinic.timezone: is not an IANA time zone",
        "visit 1, start: has no time zone",
        f"visit 2, end: does not lie after start ({PLAN.visits[1].start.isoformat(' ')})",
    ]


def test_a_visit_ends_after_it_starts() -> None:
    """In the hour that autumn repeats the moments count, not the wall clock."""
    with pytest.raises(PlanError, match="Visit: end: does not lie after start"):
        Visit(**VISIT | {"end": VISIT["start"]})
    over_the_change = {
        "start": datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN),
        "end": datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN, fold=1),
    }
    assert Visit(**VISIT | over_the_change).end.fold == 1


@pytest.mark.parametrize(
    ("earliest", "latest", "inside", "why"),
    [
        (None, None, True, "no window"),
        (date(2026, 12, 1), date(2026, 12, 1), True, "that very day"),
        (date(2026, 12, 2), None, False, "before it"),
        (None, date(2026, 11, 30), False, "after it"),
    ],
)
def test_a_visit_knows_whether_it_is_inside_its_window(
    earliest: date | None, latest: date | None, *, inside: bool, why: str
) -> None:
    """Both ends are inside; without a window every day is."""
    visit = Visit(**VISIT | {"earliest": earliest, "latest": latest})
    assert visit.inside_window is inside, why
    assert visit.day == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("status", "upcoming"),
    [
        ("planned", True),
        ("tentative", True),
        ("attended", False),
        ("missed", False),
        ("cancelled", False),
        ("on_hold", False),
    ],
)
def test_a_visit_is_upcoming_until_something_happened(status: str, *, upcoming: bool) -> None:
    """Planned and tentative visits are still to take place."""
    assert Visit(**VISIT | {"status": status}).upcoming is upcoming


def test_a_finding_names_its_visit() -> None:
    """Or stands for the whole plan."""
    assert str(Finding(code="outside-window", message="is late", visit="a-1")) == "a-1: is late"
    assert str(Finding(code="outside-window", message="is late")) == "is late"


def test_a_plan_prints_as_a_table() -> None:
    """A line for each visit, aligned; the reason of a moved one below it; notes at the end."""
    lines = str(PLAN).splitlines()
    assert lines[:6] == [
        "Weekly course · Europe/Berlin · course c",
        "Mon 2026-09-28 17:30-18:00  A session 1 of 5  a-1",
        "Mon 2026-10-05 17:30-18:00  A session 2 of 5  a-2",
        "Tue 2026-10-13 17:30-18:00  A session 3 of 5  a-3",
        "    target 2026-10-12 is closed (Staff training day of the whole house); placed on 2026-10-13, 1",
        "    day later, inside the window",
    ]
    assert "Expect: First results, 2026-10-13 to 2026-10-26" in lines
    assert "Expect: Half way, 2026-10-13" in lines


def test_a_table_is_as_narrow_as_a_terminal() -> None:
    """Whatever the texts; a status other than planned is said, and no line ends in space."""
    data = PLAN.model_dump(mode="json")
    data["visits"][0] |= {"name": "Long words " * 20, "status": "tentative"}
    data["findings"] = [{"code": "outside-window", "message": "a word " * 100, "visit": "a-2"}]
    lines = str(Plan.model_validate(data)).splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[1].endswith("a-1    tentative")
    assert "…" in lines[1]
    assert all(line == line.rstrip() for line in lines)
    assert [line for line in lines if line.startswith("Note: ")] == [
        next(line for line in lines if line.startswith("Note: a-2: a word"))
    ]


def test_a_plan_without_visits_prints_its_heading() -> None:
    """A course that was stopped before it began."""
    assert str(PLAN.replace(visits=(), milestones=(), findings=())) == (
        "Weekly course · Europe/Berlin · course c"
    )


def test_a_hold_is_said_in_words() -> None:
    """In the table and in a notebook, as a person would write it."""
    held = [PLAN.visits[0].replace(status="on_hold"), *PLAN.visits[1:]]
    plan = PLAN.replace(visits=held)
    assert str(plan).splitlines()[1].endswith("a-1    on hold")
    assert "<td>on hold</td>" in plan._repr_html_()


class _Outline(HTMLParser):
    """What a browser would build of a page: its elements, how they are nested, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_plan_shows_itself_in_a_notebook() -> None:
    """A plain table: a row a visit, with the reason of one that was moved."""
    page = _Outline(PLAN._repr_html_())
    assert page.tags.count("tr") == 1 + len(PLAN.visits)
    assert page.attributes == []
    assert "Weekly course · Europe/Berlin · course c" in page.texts
    assert "A session 1 of 5" in page.texts
    moved = [text for text in page.texts if "Staff training day of the whole house" in text]
    assert len(moved) == 1


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "</td></tr></table><img src=x onerror=alert(1)>",
        "<!-- never closed",
        "&lt;b&gt; & 'quoted' \"twice\"",
        "<a href='javascript:alert(1)'>",
    ],
)
def test_no_text_breaks_out_of_the_table(hostile: str) -> None:
    """Titles, names, reasons and findings are shown as they are written."""
    safe = _Outline(PLAN._repr_html_())
    data = PLAN.model_dump(mode="json")
    data["course"]["protocol"]["title"] = hostile
    for visit in data["visits"]:
        visit["name"] = hostile
        visit["target"] = "2020-01-01"
        visit["reasons"] = [{"code": "told", "cause": hostile}]
    data["findings"] = [{"code": "overlap", "message": hostile}]
    page = _Outline(Plan.model_validate(data)._repr_html_())
    assert set(page.tags) <= set(safe.tags) | {"ul", "li"}
    assert page.attributes == []
    assert "".join(page.texts).count(hostile) == 2 + 2 * len(PLAN.visits)


def test_a_long_plan_is_cut_short_in_a_notebook() -> None:
    """Nobody reads five thousand rows, and a browser would not like them."""
    phase = PROTOCOL.phases[0].replace(every="P1D", sessions=300)
    course = COURSE.replace(protocol=PROTOCOL.replace(phases=[phase], reviews=(), milestones=()))
    page = _Outline(schedule(course, Clinic(timezone="UTC"), as_of=AS_OF)._repr_html_())
    assert page.tags.count("tr") == 1 + 200
    assert "and 100 more visits" in page.texts


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 9, 28), "any year: it is not checked again"),
        (date(9999, 12, 30), "the last year, in which another zone may have no such day"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_visit_told_in_another_zone_is_the_same_instant(day: date, why: str) -> None:
    """Only the wall time is another one."""
    start = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    end = start + timedelta(minutes=30)
    visit = Visit.model_validate(VISIT | {"target": day, "start": start, "end": end})
    told = visit.in_zone(ZoneInfo("Asia/Tokyo"))
    assert (told.start, told.end) == (start, end), why
    assert told.start.hour == 18, why
    assert Visit.model_validate(told.model_dump()) == told, why
