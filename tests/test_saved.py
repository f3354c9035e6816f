"""What an earlier release saved opens in this one.

`tests/golden/saved` holds a plan and a course as each format was first written. They are never
rewritten: a new format gets files of its own (`python tests/test_saved.py` writes missing ones).
"""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from mesoplan import (
    Attended,
    Away,
    Cancelled,
    Clinic,
    Closure,
    Course,
    Extended,
    Missed,
    Moved,
    Paused,
    Plan,
    PlanError,
    Protocol,
    Resumed,
    Reviewed,
    protocols,
    schedule,
)
from mesoplan.course.facts import Fact
from mesoplan.plan.entries import Decision

SAVED = Path(__file__).parent / "golden" / "saved"
CLINIC = Clinic(
    name="Example Clinic",
    timezone="Europe/Istanbul",
    hours={"mon-fri": ["09:00-12:30", "14:00-18:30"], "sat": "10:00-14:00"},
    closures=[Closure(first=date(2027, 1, 1), last=date(2027, 1, 1), reason="New Year")],
)


def lived() -> Plan:
    """Give the plan of a course in which much has happened."""
    protocol = protocols.get("mesotherapy-weekly")
    course = Course(id="saved-1", protocol=protocol, start=datetime(2026, 12, 4, 17, 30))
    first = schedule(course, CLINIC, as_of=datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    course = course.record(
        Reviewed(visit="consultation", outcome="suitable"),
        *(Attended(visit=f"induction-{n}") for n in range(1, 6)),
        Missed(visit="induction-6"),
        Moved(visit="induction-8", to=datetime(2027, 1, 25, 10, 0)),
        Away(first=date(2027, 2, 10), last=date(2027, 2, 14)),
        Paused(on=date(2027, 2, 20)),
        Resumed(on=date(2027, 3, 6)),
        Extended(sessions=2),
    )
    return schedule(course, CLINIC, as_of=datetime(2027, 1, 10, 9, 0, tzinfo=UTC), previous=first)


def booked(plan: Plan) -> dict[str, tuple[Any, ...]]:
    """Return what people were told of each visit."""
    return {v.key: (v.start, v.end, v.status, v.revision) for v in plan.visits}


@pytest.mark.parametrize("file", [SAVED / "plan-2.json"], ids=lambda file: file.stem)
def test_a_saved_plan_opens_and_goes_on(file: Path) -> None:
    """It is read whole, and planning again from it changes nothing that was announced."""
    plan = Plan.model_validate_json(file.read_bytes())
    assert len(plan.visits) > 20
    assert Plan.model_validate_json(plan.model_dump_json()) == plan
    again = schedule(plan.course, plan.clinic, as_of=plan.as_of, previous=plan)
    assert booked(again) == booked(plan)


OF_0_1 = [SAVED / "plan-1.json", *sorted((SAVED / "0.1").glob("*.json"))]
"""Plans as release 0.1 wrote them: those in the folder are random lives of catalogue protocols."""

ASKED_FOR: dict[str, dict[str, str]] = {
    "nusinersen-label": dict.fromkeys(
        ("maintenance-1", "maintenance-2"),
        "moved: M3, a phase counts from where the last session of the one before stands, and 0.1 counted "
        "from its target; M8, a visit without a window follows its target",
    ),
    "gkini-2014": dict.fromkeys(
        ("initial-4.2", "initial-5.2", "initial-1.3", "booster-1.2"),
        "added: M7, an open hold ends no visit, and 0.1 called them off; M8, a key is never used again",
    ),
}
"""What planning again does change in a plan of 0.1, key by key, and which meaning asks for it."""


@pytest.mark.parametrize("file", OF_0_1, ids=lambda file: file.stem)
def test_a_plan_of_0_1_goes_on_without_a_move(file: Path) -> None:
    """Planning again with nothing new keeps days, keys and revisions; the rest is in the table."""
    plan = Plan.model_validate_json(file.read_bytes())
    again = schedule(plan.course, plan.clinic, as_of=plan.as_of, previous=plan)
    before, after = booked(plan), booked(again)
    differ = {key for key in {**before, **after} if before.get(key) != after.get(key)}
    assert differ == set(ASKED_FOR.get(file.stem, {}))
    named = {c.key for c in again.changes_since(plan) if c.kind != "retitled"}
    assert named == differ, "each is told"


LIVES_OF_0_1 = sorted((SAVED / "0.1-lives").glob("*.json"))
"""Plans of 0.1 after many facts, one for each kind of rhythm: lost and moved, away, on hold, more agreed on."""


@pytest.mark.parametrize("file", LIVES_OF_0_1, ids=lambda file: file.stem)
def test_a_life_of_0_1_goes_on_and_each_change_is_named(file: Path) -> None:
    """What happened stays; what differs is told with a reason that the new plan bears out."""
    plan = Plan.model_validate_json(file.read_bytes())
    again = schedule(plan.course, plan.clinic, as_of=plan.as_of, previous=plan)
    before, after = booked(plan), booked(again)
    differ = {key for key in {**before, **after} if before.get(key) != after.get(key)}
    told = {change.key: change for change in again.changes_since(plan) if change.tells}
    assert told.keys() == differ
    over = {v.key for v in plan.visits if v.status in {"attended", "missed"}}
    assert not over & differ, "the past is as it was"
    for change in told.values():
        assert change.reason is not None
        assert change.after is not None
        visit, stood = change.after, change.before
        said = change.reason.removeprefix(f"in place of {_lost(visit.key)}; ")
        if said.startswith("its target is"):
            assert stood is not None
            assert visit.target != stood.target
        elif said.startswith("the course goes on"):
            assert "resumed" in {fact.fact for fact in plan.course.facts}
        else:
            assert said == str(visit.reasons[0]), change


def _lost(key: str) -> str:
    """Return the key of the visit that one makes up for."""
    name, _, attempt = key.partition(".")
    return name if attempt in {"", "2"} else f"{name}.{int(attempt) - 1}"


@pytest.mark.parametrize("file", LIVES_OF_0_1, ids=lambda file: file.stem)
def test_a_life_of_0_1_planned_again_twice_changes_nothing_more(file: Path) -> None:
    """What changed in meaning is applied once."""
    plan = Plan.model_validate_json(file.read_bytes())
    once = schedule(plan.course, plan.clinic, as_of=plan.as_of, previous=plan)
    twice = schedule(once.course, once.clinic, as_of=once.as_of, previous=once)
    assert twice.changes_since(once) == ()
    assert booked(twice) == booked(once)


@pytest.mark.parametrize("file", [*OF_0_1, *LIVES_OF_0_1], ids=lambda file: file.stem)
def test_a_plan_of_0_1_opens_whole(file: Path) -> None:
    """Titles, reasons, times and revisions read as they were written; history has an entry a fact."""
    raw = json.loads(file.read_bytes())
    plan = Plan.model_validate_json(file.read_bytes())
    assert plan == Plan.model_validate(raw)
    assert plan == Plan.model_validate_json(plan.model_dump_json())
    assert plan.format == 2
    assert [v.title for v in plan.visits] == [v["title"] for v in raw["visits"]]
    for visit, written in zip(plan.visits, raw["visits"], strict=True):
        told = [str(reason) for reason in visit.reasons if reason.code == "told"]
        assert set(told) <= set(written["reasons"])
        assert len(visit.reasons) == len(written["reasons"])
        assert visit.start == datetime.fromisoformat(written["start"])
        assert (visit.revision, visit.status) == (written["revision"], written["status"])
        assert (visit.review is None) == (visit.kind == "session")
    assert [entry.key for entry in plan.entries] == [f.get("visit") for f in raw["course"]["facts"]]
    assert {one.phase for one in plan.laid} == {v.phase for v in plan.sessions}


def decided(*facts: Fact, **phase: Any) -> list[Decision]:
    """Return what is decided of facts in a plan of 0.1 with one phase of four sessions."""
    fields = {"id": "a", "every": "P1W", "sessions": 4} | phase
    protocol = Protocol(id="p", title="P", phases=[fields])
    course = Course(id="c", protocol=protocol, start=datetime(2026, 12, 4, 17, 30), facts=facts)
    visits = [_of_0_1(number) for number in range(1, 5)]
    data = {"format": 1, "course": course, "clinic": CLINIC, "visits": visits}
    plan = Plan.model_validate(data | {"as_of": STAMP, "horizon": date(2027, 12, 4)})
    return [decision for entry in plan.entries for decision in entry.decided]


STAMP = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def _of_0_1(number: int, phase: str = "a", days: int = 0) -> dict[str, Any]:
    day = date(2026, 12, 4) + timedelta(weeks=number - 1, days=days)
    return {
        "key": f"{phase}-{number}",
        "kind": "session",
        "phase": phase,
        "number": number,
        "of": 4,
        "title": f"{phase.upper()} session {number} of 4",
        "target": day,
        "start": f"{day}T17:30:00+03:00",
        "end": f"{day}T18:00:00+03:00",
        "stamp": STAMP,
    }


@pytest.mark.parametrize(
    ("facts", "phase", "found"),
    [
        ([Attended(visit="a-1")], {}, [("done", 1, date(2026, 12, 4))]),
        ([Missed(visit="a-1")], {}, [("made-up", 1, date(2026, 12, 4))]),
        ([Cancelled(visit="a-2")], {"if_missed": "skip"}, [("given-up", 2, date(2026, 12, 11))]),
        ([Missed(visit="a-2")], {"sessions": None}, [("given-up", 2, date(2026, 12, 11))]),
        ([Missed(visit="a-1"), Attended(visit="a-1")], {}, [("done", 1, date(2026, 12, 4))]),
        ([Extended(sessions=2)], {}, [("added", None, None)]),
        (
            [Paused(on=date(2026, 12, 10)), Resumed(on=date(2026, 12, 11))],
            {},
            [("moved-on", None, None)],
        ),
        ([Paused(on=date(2026, 12, 10)), Resumed(on=date(2026, 12, 12))], {}, []),
        ([Away(first=date(2026, 12, 10), last=date(2026, 12, 12))], {}, []),
        ([Missed(visit="b-1")], {}, []),
        ([Extended(sessions=2, phase="b")], {}, []),
        ([Extended(sessions=2)], {"sessions": None}, []),
        ([Extended(sessions=2)], {"until": "P4W", "sessions": None}, [("added", None, None)]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_history_is_written_down_as_0_1_told_it(
    facts: list[Fact], phase: dict[str, Any], found: list[tuple[str, int | None, date | None]]
) -> None:
    """Which session counts, is made up or given up; the last of several facts about one decides."""
    assert [(d.what, d.slot, d.target) for d in decided(*facts, **phase)] == found


def of_0_1(visits: list[dict[str, Any]] | None = None, **course: Any) -> Plan:
    """Open a plan of 0.1, by default of four weekly sessions, of a course with these fields."""
    fields: dict[str, Any] = {"id": "c", "start": datetime(2026, 12, 4, 17, 30)} | course
    visits = visits or [_of_0_1(number) for number in range(1, 5)]
    data = {"format": 1, "course": Course(**fields), "clinic": CLINIC, "visits": visits}
    return Plan.model_validate(data | {"as_of": STAMP, "horizon": date(2027, 12, 4)})


@pytest.mark.parametrize(
    ("phase", "moment", "offset", "why"),
    [
        ({"every": "P1W"}, date(2026, 12, 4), "P0D", "the first phase begins with the course"),
        ({"starts": "start", "every": "P1W"}, date(2026, 12, 4), "P0D", "it says so itself"),
        (
            {"starts": "external:lab + P3D", "every": "P1W"},
            date(2026, 12, 1),
            "P3D",
            "from a date from outside",
        ),
        ({"every": "P1W", "rhythm": "chain"}, date(2026, 12, 4), "P0D", "from the first one"),
        (
            {"at": ("P0D", "P1W", "P2W", "P3W"), "sessions": None},
            date(2026, 12, 4),
            "P0D",
            "a list from its first place",
        ),
    ],
)
def test_a_rhythm_of_0_1_counts_on_from_where_it_did(
    phase: dict[str, Any], moment: date, offset: str, why: str
) -> None:
    """By its anchor where that is simple, else from the days that were announced."""
    protocol = Protocol(
        id="p", title="P", phases=[{"id": "a", "sessions": 4} | phase, {"id": "z", "every": "P1W"}]
    )
    plan = of_0_1(protocol=protocol, dates={"lab": date(2026, 12, 1)})
    (laid,) = plan.laid
    assert (laid.phase, laid.origin.moment.date(), str(laid.origin.offset)) == (
        "a",
        moment,
        offset,
    ), why


@pytest.mark.parametrize(
    ("phase", "moment", "offset", "why"),
    [
        (
            {"starts": "first session of a + P1D", "every": "P1W"},
            date(2026, 12, 4),
            "P1D",
            "from where that session stands",
        ),
        (
            {"starts": "each session of a + P1D", "sessions": None},
            date(2026, 12, 4),
            "P1D",
            "one a session, so far behind each",
        ),
        (
            {"starts": "session 30 + P1D", "every": "P1W", "rhythm": "chain"},
            date(2026, 12, 5),
            "P0D",
            "the course has no such session, so it is the first day that was announced",
        ),
        (
            {"starts": "start + P1D", "at": ("P0D", "P1W", "P2W", "P3W"), "sessions": None},
            date(2026, 12, 5),
            "P0D",
            "a list from its first place; what was made up says nothing of it",
        ),
    ],
)
def test_a_rhythm_of_0_1_that_hangs_on_another_counts_on_from_there(
    phase: dict[str, Any], moment: date, offset: str, why: str
) -> None:
    """As far as the days that were announced show it."""
    phases = [{"id": "a", "every": "P1W", "sessions": 4}, {"id": "b", "sessions": 4} | phase]
    protocol = Protocol(id="p", title="P", phases=phases)
    later = [_of_0_1(number, "b", days=1) for number in (1, 2, 3)]
    made_up = _of_0_1(9, "b", days=1) | {"key": "b-4.2", "number": 4}
    visits = [*(_of_0_1(number) for number in range(1, 5)), *later]
    plan = of_0_1(visits=[*visits, made_up] if "at" in phase else visits, protocol=protocol)
    _, laid = plan.laid
    assert laid.origin.shift == 0
    assert (laid.phase, laid.origin.moment.date(), str(laid.origin.offset)) == (
        "b",
        moment,
        offset,
    ), why


def test_a_course_of_0_1_keeps_its_preferred_time() -> None:
    """What is laid next comes at that time of day."""
    protocol = Protocol(id="p", title="P", phases=[{"id": "a", "every": "P1W", "sessions": 4}])
    plan = of_0_1(protocol=protocol, preferences={"time": "10:00"})
    assert f"{plan.begins:%Y-%m-%d %H:%M}" == "2026-12-04 10:00"


@pytest.mark.parametrize("visit", ["a visit", {"key": "a-1", "kind": "session"}], ids=str)
def test_what_is_no_visit_in_a_plan_of_0_1_is_refused_by_its_place(visit: object) -> None:
    """It stays as it is, for the plan to say what is wrong with it."""
    raw = json.loads((SAVED / "plan-1.json").read_bytes())
    raw["visits"][1] = visit
    with pytest.raises(PlanError) as caught:
        Plan.model_validate(raw)
    assert all(fault.path.startswith("visits.1") for fault in caught.value.faults)


def test_faults_of_a_plan_of_0_1_come_at_once() -> None:
    """With the paths of format 2, each by its own name."""
    raw = json.loads((SAVED / "plan-1.json").read_bytes())
    raw["clinic"]["timezone"] = "Europe/Berln"
    raw["visits"][0]["start"] = "2026-09-28T17:30:00"
    with pytest.raises(PlanError) as caught:
        Plan.model_validate(raw)
    paths = [fault.path for fault in caught.value.faults]
    assert "clinic.timezone" in paths
    assert "visits.0.start" in paths


def test_a_plan_of_0_1_opens_inside_a_model_of_your_own() -> None:
    """There it takes part in pydantic's own errors."""

    class Stored(BaseModel):
        plan: Plan

    raw = (SAVED / "0.1" / "sobhy-2013.json").read_text()
    assert Stored.model_validate_json(f'{{"plan": {raw}}}').plan == Plan.model_validate_json(raw)
    with pytest.raises(ValidationError, match="a newer release of mesoplan is needed"):
        Stored.model_validate({"plan": json.loads(raw) | {"format": 3}})


@pytest.mark.parametrize("number", [0, True, "1", 1.0, None])
def test_what_is_no_format_is_refused(number: object) -> None:
    """Only a number that a release has written says how a plan is read."""
    raw = json.loads((SAVED / "plan-2.json").read_bytes()) | {"format": number}
    with pytest.raises(PlanError) as caught:
        Plan.model_validate(raw)
    assert [fault.path for fault in caught.value.faults] == ["format"]


@pytest.mark.parametrize("number", [3, 17])
def test_a_newer_format_asks_for_a_newer_release(number: int) -> None:
    """Nothing of it is guessed, and nothing else is complained of."""
    raw = json.loads((SAVED / "plan-1.json").read_bytes()) | {"format": number, "unheard-of": 1}
    with pytest.raises(PlanError) as caught:
        Plan.model_validate_json(json.dumps(raw))
    assert str(caught.value) == (
        f"Plan: format: is not known here, got {number} "
        "(a newer release of mesoplan is needed; this one reads up to 2)"
    )


@pytest.mark.parametrize("file", sorted(SAVED.glob("course-*.json")), ids=lambda file: file.stem)
def test_a_saved_course_opens_with_its_log_and_its_protocol(file: Path) -> None:
    """The protocol is the one that the course began with, whatever the catalogue says today."""
    course = Course.model_validate_json(file.read_bytes())
    assert len(course.facts) == 12
    assert course.protocol.phase("induction").sessions == 16
    assert course.undo().undone[0].fact == course.facts[-1]


def test_every_format_has_its_files() -> None:
    """A format without a saved example is not held to anything."""
    for kind, model in (("plan", Plan), ("course", Course)):
        newest = model.model_fields["format"].default
        saved = {SAVED / f"{kind}-{number}.json" for number in range(1, newest + 1)}
        assert all(file.exists() for file in saved)


if __name__ == "__main__":
    SAVED.mkdir(exist_ok=True)
    for name, value in (("plan-2", lived()), ("course-1", lived().course)):
        if not (SAVED / f"{name}.json").exists():
            (SAVED / f"{name}.json").write_text(value.model_dump_json(indent=1) + "\n")
