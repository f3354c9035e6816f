"""The commands that keep a stored plan true, and those that ask it something."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

from mesoplan import (
    Attended,
    Away,
    Cancelled,
    Clinic,
    Closure,
    Course,
    Ended,
    Extended,
    Missed,
    Moved,
    Paused,
    Period,
    Plan,
    Preferred,
    Protocol,
    Resumed,
    Reviewed,
    Stopped,
    advice_at,
    alternatives,
    assess,
    cli,
    dump_protocol,
    protocols,
    questionnaire,
    schedule,
    screen,
    to_ics,
)
from mesoplan.course.facts import Fact
from mesoplan.handout.html import to_html
from mesoplan.handout.tables import to_csv
from mesoplan.languages.translating import translated

CLINIC = Clinic(timezone="Europe/Istanbul", hours={"mon-fri": "09:00-18:30", "sat": "10:00-14:00"})
MADE = datetime(2026, 11, 20, 6, tzinfo=UTC)
LATER = datetime(2027, 1, 6, 9, tzinfo=CLINIC.zone)
AS_OF = ("--as-of", "2027-01-06T09:00")
NAME = "Nilgün Örnek"


@cache
def first() -> Plan:
    """Give the plan that every test finds stored; a note in it names a person."""
    course = Course(
        id="course-1042",
        protocol=protocols.get("mesotherapy-weekly"),
        start=datetime(2026, 12, 1, 17, 30),
        notes=NAME,
    )
    return schedule(course, CLINIC, as_of=MADE)


def after(*facts: Fact) -> Plan:
    """Give the plan that follows it once these facts are recorded."""
    course = first().course.record(*facts)
    return schedule(course, CLINIC, as_of=LATER, previous=first())


class Told(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Told]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run commands in a folder that holds the stored plan, away from any terminal."""
    (tmp_path / "course.json").write_text(first().model_dump_json(indent=2), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def called(*arguments: str) -> Told:
        code = 0
        try:
            cli.main(arguments)
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Told(code, *capsys.readouterr())

    return called


def stored(name: str = "course.json") -> Plan:
    """Open what a file holds now."""
    return Plan.model_validate_json(Path(name).read_bytes())


def sentences(new: Plan, old: Plan) -> str:
    """Say what a command should print of a new plan."""
    notes = [f"Note: {finding}" for finding in new.findings if finding not in old.findings]
    return "".join(f"{line}\n" for line in (*map(str, new.changes_since(old)), *notes))


FACTS: list[tuple[str, Fact, str]] = [
    ("missed induction-6", Missed(visit="induction-6"), "a no-show"),
    ("cancelled induction-8", Cancelled(visit="induction-8"), "called off beforehand"),
    ("attended induction-5", Attended(visit="induction-5"), "as planned"),
    (
        "attended induction-5 --at 2027-01-02T13:30 --next-after P10D --note hurt",
        Attended(
            visit="induction-5",
            at=datetime(2027, 1, 2, 13, 30),
            next_after=Period("P10D"),
            note="hurt",
        ),
        "at another time, with the next gap and a note",
    ),
    (
        "moved induction-8 --to 2027-01-25T10:00",
        Moved(visit="induction-8", to=datetime(2027, 1, 25, 10)),
        "a time of the person's choice, local",
    ),
    (
        "moved induction-8 --to 2027-01-25T10:00+00:00",
        Moved(visit="induction-8", to=datetime(2027, 1, 25, 10, tzinfo=UTC)),
        "a time with its offset",
    ),
    (
        "away 2027-02-01/2027-02-14",
        Away(first=date(2027, 2, 1), last=date(2027, 2, 14)),
        "a holiday",
    ),
    ("away 2027-02-02", Away(first=date(2027, 2, 2), last=date(2027, 2, 2)), "one day"),
    ("paused 2027-01-27", Paused(on=date(2027, 1, 27)), "a hold"),
    ("stopped 2027-03-01", Stopped(on=date(2027, 3, 1)), "the end"),
    (
        "ended 2027-02-01 --phase induction",
        Ended(phase="induction", on=date(2027, 2, 1)),
        "the end of one phase",
    ),
    (
        "preferred 2027-01-20 --weekdays mon-wed --time 10:00",
        Preferred(since=date(2027, 1, 20), weekdays="mon-wed", time="10:00"),
        "other wishes",
    ),
    ("extended 4", Extended(sessions=4), "more sessions"),
    (
        "extended 4 --phase induction",
        Extended(sessions=4, phase="induction"),
        "more sessions of a phase",
    ),
    (
        "reviewed month-3 --outcome active --at 2027-01-05T10:00",
        Reviewed(visit="month-3", outcome="active", at=datetime(2027, 1, 5, 10)),
        "a review with its outcome",
    ),
]


@pytest.mark.parametrize(("typed", "fact", "why"), FACTS, ids=[row[0] for row in FACTS])
def test_every_fact_is_recorded_and_planned(run: Run, typed: str, fact: Fact, why: str) -> None:
    """The file holds the course with the fact and the plan that follows; the changes are told."""
    told = run("record", "course.json", *typed.split(), *AS_OF)
    assert (told.code, told.err) == (0, ""), why
    expected = after(fact)
    assert stored() == expected
    assert told.out == sentences(expected, first()), why


def test_a_phase_as_needed_is_begun(run: Run) -> None:
    """Once it is needed, and once only as long as it goes on."""
    phases = [
        {"id": "first", "every": "P1W", "sessions": 2},
        {"id": "again", "starts": "as needed", "every": "P1W", "sessions": 2},
    ]
    protocol = Protocol(id="relapse", title="Relapse", phases=phases)
    course = Course(id="c", protocol=protocol, start=datetime(2026, 12, 1, 17, 30))
    plan = schedule(course, CLINIC, as_of=MADE)
    Path("relapse.json").write_text(plan.model_dump_json(), encoding="utf-8")
    begun = ("record", "relapse.json", "begun", "2027-03-01", "--phase", "again", *AS_OF)
    told = run(*begun)
    assert (told.code, told.err) == (0, "")
    assert stored("relapse.json").visit("again-1").day == date(2027, 3, 1)
    assert "was already begun on 2027-03-01, and goes on" in run(*begun).err


def test_every_kind_of_fact_can_be_recorded(run: Run) -> None:
    """Whatever the library knows as a fact has its word on the command line."""
    known = {kind.model_fields["fact"].default for kind in get_args(get_args(Fact)[0])}
    assert known == {row[0].split()[0] for row in FACTS} | {"resumed", "corrected", "begun"}
    told = run("record", "--help")
    assert all(name in told.out for name in known)
    for option, words in {
        "--at": "attended, reviewed:",
        "--phase": "extended, begun, ended:",
    }.items():
        assert re.search(rf"{option} .*{words}", told.out)


NOW: list[tuple[str, str, str]] = [
    ("attended induction-6", "2027-01-05T17:30", "at its very minute"),
    ("attended induction-6", "2027-01-05T14:30+00:00", "told in another zone"),
    ("attended induction-7 --at 2027-01-05T17:30", "2027-01-05T18:00", "it came a week early"),
    ("cancelled induction-8", "2027-01-05T18:00", "called off beforehand"),
    ("stopped 2027-06-01", "2027-01-05T18:00", "an end agreed on"),
]


@pytest.mark.parametrize(("typed", "at", "why"), NOW, ids=[row[2] for row in NOW])
def test_what_has_happened_is_recorded_and_what_is_agreed_on(
    run: Run, typed: str, at: str, why: str
) -> None:
    """Only what says that a visit's time has come must not lie in the future."""
    assert run("record", "course.json", *typed.split(), "--as-of", at).code == 0, why


def test_a_hold_ends(run: Run) -> None:
    """What is resumed was paused before; each command goes on from the file of the last one."""
    assert run("record", "course.json", "paused", "2027-01-27", *AS_OF).code == 0
    assert run("record", "course.json", "resumed", "2027-11-29", *AS_OF).code == 0
    assert stored().course.facts == (Paused(on=date(2027, 1, 27)), Resumed(on=date(2027, 11, 29)))


def test_the_last_fact_is_taken_back(run: Run) -> None:
    """`--undo` plans as if it had not been recorded, keeps an audit line and says why."""
    run("record", "course.json", "missed", "induction-6", *AS_OF)
    told = run("record", "course.json", "--undo", *AS_OF)
    assert told.code == 0
    assert "(induction-6) is planned again on Tue 5 Jan 2027 17:30" in told.out
    assert "the record of it was taken back" in told.out
    assert stored().course.facts == ()
    assert [line.fact for line in stored().course.undone] == [Missed(visit="induction-6")]
    assert run("record", "course.json", "--undo", *AS_OF).code == 1


def test_an_older_fact_is_taken_back(run: Run) -> None:
    """It stays in the log, with the correction behind it; what it says may be told to be sure."""
    run("record", "course.json", "missed", "induction-6", *AS_OF)
    run("record", "course.json", "cancelled", "induction-9", *AS_OF)
    slip = ("record", "course.json", "corrected", "1", "--said")
    assert run(*slip, "missed induction-7", *AS_OF).code == 1
    told = run(*slip, "missed induction-6", *AS_OF)
    assert told.code == 0
    assert "the record of it was taken back" in told.out
    assert stored().course.kept_facts == (Cancelled(visit="induction-9"),)
    assert run("record", "course.json", "corrected", "first", *AS_OF).code == 2


def test_a_calendar_and_the_other_forms_follow(run: Run) -> None:
    """With a fact the calendar, the handout and the table can be written, as `plan` does it."""
    forms = ("--ics", "a.ics", "--html", "a.html", "--csv", "a.csv")
    patient = ("--language", "tr", "--privacy", "neutral")
    told = run("record", "course.json", "missed", "induction-6", *AS_OF, *forms, *patient)
    assert told.code == 0
    assert Path("a.ics").read_bytes() == to_ics(stored(), language="tr", privacy="neutral")
    assert Path("a.html").read_text(encoding="utf-8") == to_html(stored(), language="tr")
    assert Path("a.csv").read_bytes().decode("utf-8-sig") == to_csv(stored(), language="tr")


def test_a_fact_can_be_tried_out(run: Run) -> None:
    """`--json` writes the new plan elsewhere, `-` to standard output; the file stays as it was."""
    command = ("record", "course.json", "missed", "induction-6")
    printed = run(*command, *AS_OF, "--json", "-")
    assert Plan.model_validate_json(printed.out) == after(Missed(visit="induction-6"))
    assert run(*command, *AS_OF, "--json", "b.json").code == 0
    assert stored("b.json") == after(Missed(visit="induction-6"))
    assert stored() == first()


def test_replan_follows_a_changed_clinic(run: Run) -> None:
    """A closure announced after publication moves what it meets, and nothing else."""
    clinic = CLINIC.replace(closures=(Closure(first=date(2027, 1, 12), reason="Painters"),))
    Path("clinic.json").write_text(clinic.model_dump_json())
    told = run("replan", "course.json", "--clinic", "clinic.json", *AS_OF, "--ics", "a.ics")
    expected = schedule(first().course, clinic, as_of=LATER, previous=first())
    assert (told.code, told.out) == (0, sentences(expected, first()))
    assert "target 2027-01-12 is closed (Painters)" in told.out
    assert stored() == expected
    assert Path("a.ics").read_bytes() == to_ics(expected)


def test_replan_says_when_nothing_changed(run: Run) -> None:
    """A plan that is still right stays, visit by visit."""
    told = run("replan", "course.json", "--as-of", "2026-11-21T09:00")
    assert told == (0, "every visit stays\n", "")
    assert stored().visits == first().visits


def test_replan_looks_no_less_far_ahead(run: Run) -> None:
    """A horizon that was asked for once is kept, and shortened only when that is asked for."""
    assert run("replan", "course.json", *AS_OF, "--horizon", "P3Y").code == 0
    far = stored()
    assert far.horizon == date(2029, 12, 1)
    assert run("replan", "course.json", *AS_OF).out == "every visit stays\n"
    assert stored().horizon == far.horizon
    assert run("replan", "course.json", *AS_OF, "--horizon", "2028-06-01").code == 0
    assert stored().horizon == date(2028, 6, 1)


def test_now_is_the_default(run: Run) -> None:
    """Only the command line looks at the clock."""
    assert run("replan", "course.json").code == 0
    assert abs(stored().as_of - datetime.now(UTC)) < timedelta(minutes=5)


def test_next_tells_the_five_dates(run: Run) -> None:
    """The sentence and the JSON are those of the library; where none is left it says so."""
    asked = ("next", "course.json", "--after", "2027-01-06T09:00")
    found = first().next_session(LATER)
    assert run(*asked) == (0, f"{found}\n", "")
    assert found is not None
    assert json.loads(run(*asked, "--json").out) == found.model_dump(mode="json")
    late = ("next", "course.json", "--after", "2090-01-01T00:00")
    assert run(*late).out == "no session is planned after that\n"
    assert json.loads(run(*late, "--json").out) is None


def test_changes_tells_two_plans_apart(run: Run) -> None:
    """A sentence a change, in JSON an object each."""
    later = after(Missed(visit="induction-6"))
    Path("later.json").write_text(later.model_dump_json(), encoding="utf-8")
    found = later.changes_since(first())
    told = run("changes", "course.json", "later.json")
    assert told == (0, "".join(f"{change}\n" for change in found), "")
    as_json = json.loads(run("changes", "course.json", "later.json", "--json").out)
    assert as_json == [change.model_dump(mode="json") for change in found]
    assert run("changes", "course.json", "course.json").out == "every visit stays\n"


def test_alternatives_offers_other_times(run: Run) -> None:
    """Best first, and `--within` looks further or less far."""
    asked = ("alternatives", "course.json", "induction-8", "--after", "2027-01-06T09:00")
    found = alternatives(first(), "induction-8", after=LATER)
    assert run(*asked) == (0, "".join(f"{one}\n" for one in found), "")
    assert json.loads(run(*asked, "--json").out) == [one.model_dump(mode="json") for one in found]
    assert len(run(*asked, "--within", "P1D").out.splitlines()) == 4


def test_alternatives_may_find_none(run: Run) -> None:
    """A visit beside which the clinic is closed has no other time."""
    clinic = CLINIC.replace(hours={"tue": "17:30-18:00"})
    plan = schedule(first().course, clinic, as_of=MADE)
    Path("tuesdays.json").write_text(plan.model_dump_json(), encoding="utf-8")
    asked = ("alternatives", "tuesdays.json", "induction-8", "--within", "P1D")
    told = run(*asked, "--after", "2027-01-06T09:00")
    assert told == (0, "no other time is possible\n", "")


def test_adherence_is_one_sentence(run: Run) -> None:
    """Up to the day that is named, by default today."""
    asked = ("adherence", "course.json")
    found = first().adherence(date(2027, 1, 6))
    assert run(*asked, "--on", "2027-01-06") == (0, f"{found}\n", "")
    told = run(*asked, "--on", "2027-01-06", "--json")
    assert json.loads(told.out) == found.model_dump(mode="json")
    today = datetime.now(CLINIC.zone).date()
    said = json.loads(run(*asked, "--json").out)["on"]
    assert today - timedelta(days=1) <= date.fromisoformat(said) <= datetime.now(CLINIC.zone).date()


def test_advice_tells_what_holds(run: Run) -> None:
    """At the moment that is named; before every session nothing does."""
    asked = ("advice", "course.json", "--at", "2027-01-12T20:00")
    found = advice_at(first(), datetime(2027, 1, 12, 20, tzinfo=CLINIC.zone))
    assert run(*asked) == (0, "".join(f"{one}\n" for one in found), "")
    assert json.loads(run(*asked, "--json").out) == [one.model_dump(mode="json") for one in found]
    before = run("advice", "course.json", "--at", "2026-01-01T00:00")
    assert before.out == "nothing is advised at that moment\n"


def test_assess_tells_what_is_usual(run: Run) -> None:
    """A symptom is held against what the protocol calls usual."""
    times = ("--since", "2027-01-12T20:00", "--at", "2027-01-13T20:00")
    found = assess(
        first(),
        "swelling",
        since=datetime(2027, 1, 12, 20, tzinfo=CLINIC.zone),
        at=datetime(2027, 1, 13, 20, tzinfo=CLINIC.zone),
    )
    assert run("assess", "course.json", "swelling", *times) == (0, f"{found}\n", "")
    told = run("assess", "course.json", "swelling", *times, "--json")
    assert json.loads(told.out) == json.loads(found.model_dump_json())


def moved_calendar() -> None:
    """Write the plan's calendar as one in which somebody dragged session 8 to an hour before."""
    text = to_ics(first()).decode()
    for time, other in (("17300", "16300"), ("18000", "17000")):
        assert f"20270119T{time}0" in text
        text = text.replace(f"20270119T{time}0", f"20270119T{other}0")
    Path("mine.ics").write_bytes(text.encode())


def test_read_proposes_and_records_nothing(run: Run) -> None:
    """What was moved in a calendar is shown, and the plan stays as it is."""
    moved_calendar()
    told = run("read", "course.json", "mine.ics", "--as-of", "2026-12-20T09:00")
    assert told.code == 0
    assert told.out.splitlines()[0].split() == ["what", "visit", "why"]
    assert told.out.splitlines()[1].startswith("moved  induction-8  ")
    assert stored() == first()
    as_json = run("read", "course.json", "mine.ics", "--as-of", "2026-12-20T09:00", "--json")
    (proposal,) = json.loads(as_json.out)["proposals"]
    assert proposal["fact"]["visit"] == "induction-8"


def test_read_records_when_asked(run: Run) -> None:
    """`--record` shows the proposals first, then takes them over and plans anew."""
    moved_calendar()
    told = run("read", "course.json", "mine.ics", "--as-of", "2026-12-20T09:00", "--record")
    assert told.code == 0
    assert "(induction-8) moved from Tue 19 Jan 2027 17:30 to Tue 19 Jan 16:30" in told.out
    (fact,) = stored().course.facts
    assert isinstance(fact, Moved)
    assert stored().visit("induction-8").start.hour == 16


def test_read_has_nothing_to_record(run: Run) -> None:
    """The plan's own calendar says nothing new, and `--record` then writes nothing."""
    Path("mine.ics").write_bytes(to_ics(first()))
    before = Path("course.json").stat().st_mtime_ns
    told = run("read", "course.json", "mine.ics", "--as-of", "2026-12-20T09:00", "--record")
    assert told == (0, "the calendar says nothing new\n", "")
    assert Path("course.json").stat().st_mtime_ns == before


def test_read_takes_a_part_of_a_calendar(run: Run) -> None:
    """With `--part` what is not in the file was not removed; without it that is proposed."""
    Path("one.ics").write_bytes(to_ics(first(), visit="induction-8"))
    asked = ("read", "course.json", "one.ics", "--as-of", "2026-12-20T09:00")
    assert "removed" in run(*asked).out
    assert run(*asked, "--part").out == "the calendar says nothing new\n"


def test_read_shows_what_it_doubts(run: Run) -> None:
    """Somebody else's calendar is a finding, without a visit."""
    Path("empty.ics").write_bytes(
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
    )
    told = run("read", "course.json", "empty.ics")
    assert told.code == 0
    assert "look at" in told.out
    assert "none of the plan's visits is in this calendar" in told.out


WEEKLY = protocols.get("mesotherapy-weekly")


def test_screen_prints_the_questionnaire(run: Run) -> None:
    """Every question with the name by which it is answered, in the language asked for."""
    told = run("screen", "mesotherapy-weekly", "--questions")
    assert told.code == 0
    names = [line.split()[0] for line in told.out.splitlines()[1:-1]]
    assert names == [question.id for question in questionnaire(WEEKLY)]
    assert told.out.splitlines()[-1].startswith("A checklist for the practitioner")
    turkish = run("screen", "mesotherapy-weekly", "--questions", "--language", "tr", "--json")
    asked = questionnaire(translated(WEEKLY, "tr"))
    assert json.loads(turkish.out) == [question.model_dump(mode="json") for question in asked]


def test_screen_takes_answers_from_a_file_and_one_by_one(run: Run) -> None:
    """A later answer replaces an earlier one; TOML has true and false, or the words."""
    Path("answers.toml").write_text('pregnancy = false\nallergy = "no"\ndiabetes = "unknown"\n')
    typed = ("--answers", "answers.toml", "--answers", "skin-infection=yes")
    told = run("screen", "mesotherapy-weekly", *typed, "--on", "2026-11-20")
    answers = {"pregnancy": False, "allergy": False, "diabetes": None, "skin-infection": True}
    found = screen(WEEKLY, answers, on=date(2026, 11, 20))
    assert told == (0, f"{found}\n", "")
    as_json = run("screen", "mesotherapy-weekly", *typed, "--on", "2026-11-20", "--json")
    assert json.loads(as_json.out) == found.model_dump(mode="json")
    assert json.loads(as_json.out)["outcome"] == "deferred"


def test_screen_is_for_today_by_default(run: Run) -> None:
    """Without `--on` the answers count from today."""
    before = datetime.now(UTC).astimezone().date()
    told = run("screen", "mesotherapy-weekly", "--answers", "allergy=no", "--json")
    said = date.fromisoformat(json.loads(told.out)["on"])
    assert before <= said <= datetime.now(UTC).astimezone().date()


USAGE = [
    ("record course.json", "say what happened", "no fact"),
    ("record course.json missed", "say what happened", "no visit"),
    ("record course.json mised induction-6", 'did you mean "missed"', "a typo in the fact"),
    ("record course.json moved induction-6", "to: is missing", "a move to nowhere"),
    ("record course.json reviewed month-3", "outcome: is missing", "a review without outcome"),
    ("record course.json missed x --to 2027-01-01T10:00", "says nothing of missed", "a misfit"),
    ("record course.json missed x --next-after P1W", "for --next-after: says", "its name as typed"),
    ("record course.json attended x --next-after soon", "P1W", "no period"),
    ("record course.json attended x --at 2027-01-01", "names no time", "a day for a time"),
    ("record course.json attended x --at 0001-01-01T00:00", "beyond the calendar", "a first day"),
    ("record course.json attended x --at 9999-12-31T23:00", "beyond the calendar", "a last day"),
    ("record course.json paused soon", "is no day", "a word for a day"),
    ("record course.json away 2027-02-02/2027-02-01", "first", "a stretch that ends before"),
    ("record course.json extended many", "is no number", "a word for a number"),
    ("record course.json extended induction=4", "is no number", "the phase is an option"),
    (f"record course.json extended {'9' * 5000}", "is no number", "more digits than Python reads"),
    ("record course.json extended 0", "sessions: is less than 1", "nothing more"),
    ("record course.json missed induction-6 --undo", "stands alone", "a fact and its undoing"),
    ("record course.json --undo --note x", "stands alone", "a note on an undoing"),
    ("record course.json missed induction-6 --json a --ics a", "both", "one file for two"),
    ("record course.json missed induction-6 --ics course.json", "both", "over the plan"),
    ("replan course.json --horizon later", "P2Y", "no horizon"),
    ("replan course.json --ics course.json", "both", "over the plan"),
    ("replan", "FILE", "no file"),
    ("read course.json mine.ics --record --json", "one of them", "two ends"),
    ("next course.json --after soon", "is no time", "a word for a time"),
    ("adherence course.json --on soon", "is no day", "a word for a day"),
    ("alternatives course.json induction-8 --within far", "--within", "no period"),
    ("assess course.json swelling", "--since", "no beginning"),
    ("screen mesotherapy-weekly", "one of them", "neither answers nor questions"),
    ("screen mesotherapy-weekly --questions --answers a=yes", "one of them", "both"),
    ("screen mesotherapy-weekly --answers allergy=maybe", "yes, no or unknown", "no answer"),
]


@pytest.mark.parametrize(("typed", "said", "why"), USAGE, ids=[row[2] for row in USAGE])
def test_a_command_that_cannot_be_understood(run: Run, typed: str, said: str, why: str) -> None:
    """A usage error ends in 2, says what to write, and changes no file."""
    before = Path("course.json").read_bytes()
    told = run(*typed.split())
    assert told.code == 2, why
    assert said in " ".join(told.err.split()), told.err
    assert Path("course.json").read_bytes() == before
    assert [file.name for file in Path().iterdir()] == ["course.json"]


REFUSED = [
    ("record course.json missed inducton-6", 'did you mean "induction-6"', "no such phase's visit"),
    ("record course.json missed induction-99", "stands nowhere", "no session of that number"),
    (
        "record course.json attended induction-6 --as-of 2027-01-05T17:29",
        (
            "fact 1, visit: lies after the moment of planning, Tue 5 Jan 2027 17:29, got induction-6 "
            "on Tue 5 Jan 2027 17:30 (give --at when it was, or record it when it has happened)"
        ),
        "a minute before the visit",
    ),
    (
        "record course.json missed induction-6 --as-of 2027-01-05T09:00",
        "Tue 5 Jan 2027 17:30 (record it when it has happened)",
        "nobody has missed it yet",
    ),
    (
        "record course.json reviewed month-3 --outcome active --as-of 2027-01-06T09:00",
        "fact 1, visit: lies after the moment of planning",
        "a review to come",
    ),
    (
        "record course.json attended induction-5 --at 2027-01-06T09:01 --as-of 2027-01-06T09:00",
        "fact 1, at: lies after the moment of planning, Wed 6 Jan 2027 09:00, got Wed 6 Jan 2027 09:01",
        "a time to come, of a visit that has passed",
    ),
    (
        "record course.json attended induction-5 --at 2027-01-06T09:01+03:00 --as-of 2027-01-06T06:00Z",
        "got Wed 6 Jan 2027 09:01",
        "whatever the zone it is told in",
    ),
    ("record course.json resumed 2027-01-01", "the course is not paused", "no hold to end"),
    ("record course.json paused 2020-01-01", "lies before the start", "a hold before the start"),
    ("record course.json extended 4 --phase indction", 'did you mean "induction"', "no such phase"),
    ("record course.json --undo", "there is nothing to undo", "an empty log"),
    ("record course.json away 2020-01-01/2099-01-01", "no possible day", "away for good"),
    (
        "record course.json moved induction-6 --to 2090-01-01T10:00 --ics no/a.ics",
        "No such file",
        "a missing folder",
    ),
    ("record course.json missed induction-6 --language xx", "language", "an unknown language"),
    ("replan course.json --clinic nowhere.toml", "cannot be read", "a clinic that is not there"),
    ("replan course.json --horizon 2020-01-01", "lies before the start", "an early horizon"),
    ("replan course.json --as-of 9998-12-01T09:00", "beyond the year 9999", "the end of time"),
    ("alternatives course.json induction-99", "is not in the plan", "no such visit"),
    ("alternatives course.json induction-8 --within P3Y", "give 1 to 31 days", "too far"),
    ("alternatives course.json induction-8 --after 2090-01-01T10:00", "not to come", "the past"),
    ("assess course.json swollen --since 2020-01-01T10:00", "is not known", "no such symptom"),
    (
        "assess course.json swelling --since 2090-01-01T10:00 --at 2027-01-01T10:00",
        "since",
        "order",
    ),
    ("read course.json nowhere.ics", "cannot be read", "a calendar that is not there"),
    ("read course.json course.json", "course.json: is not a calendar (", "no calendar"),
    ("changes course.json nowhere.json", "cannot be read", "a plan that is not there"),
    ("screen nowhere.toml --questions", "cannot be read", "a protocol that is not there"),
    ("screen cab-rpv-q2m --answers allergy=no", "cannot be screened for", "no criteria"),
    ("screen mesotherapy-weekly --answers alergy=no", 'did you mean "allergy"', "no such question"),
    ("screen mesotherapy-weekly --answers nowhere.toml", "cannot be read", "no such answers"),
]


@pytest.mark.parametrize(("typed", "said", "why"), REFUSED, ids=[row[2] for row in REFUSED])
def test_input_that_is_refused(run: Run, typed: str, said: str, why: str) -> None:
    """What cannot be done ends in 1 with where, what and remedy; no file is changed or left."""
    before = Path("course.json").read_bytes()
    told = run(*typed.split())
    assert (told.code, told.out) == (1, ""), why
    assert told.err.startswith("mesoplan: "), why
    assert said in told.err, why
    assert NAME not in told.err
    assert Path("course.json").read_bytes() == before
    assert [file.name for file in Path().iterdir()] == ["course.json"]


def test_a_contradiction_names_the_fact_and_the_remedy(run: Run) -> None:
    """A visit that was missed cannot be attended too, and the file keeps the first fact."""
    run("record", "course.json", "missed", "induction-6", *AS_OF)
    before = Path("course.json").read_bytes()
    told = run("record", "course.json", "attended", "induction-6", *AS_OF)
    assert told.code == 1
    assert "fact 2, visit: is already recorded as missed, got induction-6" in told.err
    assert "undo the earlier fact first" in told.err
    assert Path("course.json").read_bytes() == before


def test_plans_of_two_courses_are_not_compared(run: Run) -> None:
    """Changes are those of one course."""
    other = schedule(first().course.replace(id="course-7"), CLINIC, as_of=MADE)
    Path("other.json").write_text(other.model_dump_json(), encoding="utf-8")
    told = run("changes", "course.json", "other.json")
    assert told.code == 1
    assert "is the plan of another course" in told.err


WHOLE = first().model_dump_json().encode()
BAD_FILES = [
    (b"", "is not JSON", "empty"),
    (b"a plan", "is not JSON", "text"),
    (WHOLE[: len(WHOLE) // 2], "is not JSON", "cut off"),
    (b"\xff\xfe" + WHOLE, "is not JSON", "not UTF-8"),
    (b"[" * 100_000, "is not JSON", "nested without end"),
    (b"[]", "", "a list"),
    (b"{}", "is not a plan", "an empty object"),
    (first().course.model_dump_json().encode(), "is not a plan", "a course"),
    (dump_protocol(WEEKLY, "json").encode(), "is not a plan", "a protocol"),
    (WHOLE.replace(b'"format":1', b'"format":9', 1), "format", "of a later release"),
    (WHOLE.replace(b'"notes":', b'"note":', 1), "is not a known field", "a field nobody knows"),
    (WHOLE.replace(b'"induction-2"', b'"induction-1"'), "two visits one key", "a key twice"),
    (b" " * 50_000_000, "is longer than 32 MB", "50 MB"),
]
COMMANDS = ["record bad.json missed induction-6", "replan bad.json", "changes course.json bad.json"]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("data", "said", "why"), BAD_FILES, ids=[row[2] for row in BAD_FILES])
def test_a_file_that_is_no_plan(run: Run, command: str, data: bytes, said: str, why: str) -> None:
    """It is refused by its name, quoting nothing of it, and stays as it is."""
    Path("bad.json").write_bytes(data)
    told = run(*command.split())
    assert (told.code, told.out) == (1, ""), why
    assert "bad.json" in told.err, why
    assert said in told.err, why
    assert NAME not in told.err
    assert ", got " not in told.err
    assert Path("bad.json").read_bytes() == data


BAD_ANSWERS = [
    (b"allergy", "is not TOML", "no TOML"),
    (b"\xff", "is not TOML", "not UTF-8"),
    (b"a = " + b"[" * 10_000, "is not TOML", "nested without end"),
    (b" " * 70_000, "is longer than 64 KB", "too long"),
    (b"allergy = 7", "is neither yes nor no", "a number"),
    (b"allergy = [true]", "is neither yes nor no", "a list"),
    (b'allergy = "maybe"', "is neither yes nor no", "a word that is no answer"),
]


@pytest.mark.parametrize(("data", "said", "why"), BAD_ANSWERS, ids=[row[2] for row in BAD_ANSWERS])
def test_answers_that_are_none(run: Run, data: bytes, said: str, why: str) -> None:
    """They are refused with what is wrong."""
    Path("answers.toml").write_bytes(data)
    told = run("screen", "mesotherapy-weekly", "--answers", "answers.toml")
    assert (told.code, told.out) == (1, ""), why
    assert said in told.err, why


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failed_write_leaves_the_old_plan_whole(
    run: Run, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A full disk, or a file that another program holds, costs the command and nothing else."""

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = Path("course.json").read_bytes()
    monkeypatch.setattr(os, step, fails)
    told = run("record", "course.json", "missed", "induction-6", *AS_OF)
    assert (told.code, told.out) == (1, "")
    assert told.err == "mesoplan: course.json: cannot be written: No space left on device\n"
    assert Path("course.json").read_bytes() == before
    assert [file.name for file in Path().iterdir()] == ["course.json"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_crash_in_the_middle_leaves_the_old_plan_whole(run: Run, step: str) -> None:
    """A process that dies while it writes leaves what was there, which the next command opens."""
    before = Path("course.json").read_bytes()
    program = (
        f"import os; os.{step} = lambda *_: os._exit(9); from mesoplan.cli import main; main()"
    )
    typed = ("record", "course.json", "missed", "induction-6", *AS_OF)
    died = subprocess.run([sys.executable, "-c", program, *typed], check=False)  # noqa: S603 - our own program
    assert died.returncode == 9
    assert Path("course.json").read_bytes() == before
    assert run(*typed).code == 0
    assert stored() == after(Missed(visit="induction-6"))
