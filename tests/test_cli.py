"""The command line does what the library does, and ends as it says: 0 fine, 1 refused, 2 usage."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import mesoplan
from mesoplan import Protocol, cli, codes, explain_rule, protocols
from mesoplan.calendar.ics import to_ics
from mesoplan.files.protocol_file import dump_protocol, load_clinic, load_protocol
from mesoplan.files.schema import protocol_schema

PROTOCOL = """\
id = "weekly"
title = "Weekly course"
month_end = "clip"
basis = { "*" = "assumption" }

[[phases]]
id = "induction"
title = "Session"
every = "P1W"
sessions = 4
window = "P2D"
min_interval = "P5D"
tiers = [{ then = "carry_on" }]
basis = { every = "trial", "*" = "assumption: our own" }

[[phases]]
id = "maintenance"
every = "P3M"
window = "P2W"
min_interval = "P8W"
tiers = [{ then = "carry_on" }]
basis = { "*" = "trial" }

[[reviews]]
id = "before"
kind = "consultation"
at = "start - P1W"
basis = { "*" = "assumption" }

[[reviews]]
id = "after"
at = "last session of induction"
basis = { "*" = "assumption" }

[[milestones]]
id = "first"
title = "First results"
at = "session 3"
until = "session 4"

[[sources]]
id = "trial"
title = "A trial"
authors = "A. Author"
year = 2020
url = "https://example.org/trial"
"""
CLINIC = """\
timezone = "Europe/Istanbul"
hours.mon-fri = "09:00-18:30"
closures = [{ first = 2026-12-08, reason = "Painters" }]
"""
START = ("--start", "2026-12-01T17:30", "--as-of", "2026-11-20T09:00")
PLAN = ("plan", "protocol.toml", *START)
ZONE = ("--timezone", "Europe/Istanbul")


class Told(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Told]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run commands in a folder that holds a protocol and a clinic, away from any terminal."""
    (tmp_path / "protocol.toml").write_text(PROTOCOL)
    (tmp_path / "clinic.toml").write_text(CLINIC)
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


def test_protocols_lists_the_catalogue_and_browses_it(run: Run) -> None:
    """`protocols` prints a line each, and the filters choose among them."""
    listed = run("protocols")
    assert listed.code == 0
    names = [line.split()[0] for line in listed.out.splitlines()[1:]]
    assert tuple(names) == protocols.names()
    chosen = run("protocols", "--field", "hair", "--treatment", "mesotherapy", "--json")
    found = protocols.find(field="hair", treatment="mesotherapy")
    assert [short["id"] for short in json.loads(chosen.out)] == [p.id for p in found]


def test_protocols_that_nothing_matches_is_an_empty_list(run: Run) -> None:
    """A filter that fits nothing leaves the headings, and in JSON an empty list."""
    assert run("protocols", "--indication", "no such thing").out.count("\n") == 1
    assert json.loads(run("protocols", "--indication", "no such thing", "--json").out) == []


def test_show_says_where_each_number_comes_from(run: Run) -> None:
    """Every number stands beside its source, or beside the word assumption, or is not said."""
    shown = run("show", "protocol.toml")
    assert shown.code == 0
    rows = [line.split() for line in shown.out.splitlines()]
    assert ["induction", "every", "P1W", "trial"] in rows
    assert ["induction", "sessions", "4", "assumption:", "our", "own"] in rows
    assert "[trial] A. Author. A trial. 2020. https://example.org/trial" in shown.out


def test_show_says_when_each_thing_is_beside_the_numbers(run: Run) -> None:
    """Anchors, weekdays, choices and what a phase waits for stand in the table, too."""
    phases: list[dict[str, Any]] = [
        {"id": "a", "weekdays": "mon, thu", "sessions": 4, "steps": ["10 %"]},
        {
            "id": "b",
            "every": "P1M",
            "sessions": 2,
            "requires": {"review": "look", "outcome": "better"},
        },
    ]
    look: dict[str, Any] = {"id": "look", "at": "last session of a + P1W", "outcomes": ["better"]}
    lab = {"id": "lab", "at": "start", "every": "P3M", "until": "last session of b"}
    reviews = [look | {"join": "after", "counts": "treatment"}, lab]
    protocol = Protocol(id="p", title="P", month_end="roll", phases=phases, reviews=reviews)
    Path("p.json").write_text(dump_protocol(protocol, "json"))
    rows = [" ".join(line.split()) for line in run("show", "p.json").out.splitlines()]
    assert [row for row in rows if row.endswith("not said")] == [
        "p month_end roll not said",
        "a weekdays mon, thu not said",
        "a sessions 4 not said",
        "a steps label 10 % not said",
        "b every P1M not said",
        "b sessions 2 not said",
        "b requires review look, outcome better not said",
        "look at last session of a + P1W not said",
        "look counts treatment not said",
        "look join after not said",
        "look outcomes better not said",
        "lab at start not said",
        "lab every P3M not said",
        "lab until last session of b not said",
    ]


SHOWN = [
    # a part, a field, its value, where it comes from, why
    ("weekly", "month_end", "clip", "assumption", "what becomes of the 31st moves days"),
    ("before", "at", "start - P1W", "assumption", "where a review stands"),
    ("before", "kind", "consultation", "assumption", "what it is"),
    ("first", "at", "session 3", "not said", "nobody said whence"),
    ("induction", "weekdays", "mon, thu", "assumption: our own", "the days of a rhythm"),
    ("induction", "steps", "label a; -; window ± 1 day", "assumption: our own", "each session"),
    ("induction", "tiers", "then carry_on", "assumption: our own", "what a delay does"),
    (
        "maintenance",
        "min_interval",
        "P6W",
        "assumption: half of its smallest gap, as none is written (M5)",
        "what is assumed is shown as such",
    ),
    ("no-sun", "until", "P2D", "trial", "of care its numbers"),
]


@pytest.mark.parametrize("row", SHOWN, ids=[row[4] for row in SHOWN])
def test_show_says_all_that_days_are_computed_with(
    run: Run, row: tuple[str, str, str, str, str]
) -> None:
    """Places, weekdays, steps and tiers are no numbers, and decide days all the same."""
    steps = 'weekdays = "mon, thu"\nsteps = ["a", {}, { window = "P1D" }]\n'
    advice = '[[advice]]\nid = "no-sun"\nkind = "avoid"\ntitle = "Sun"\nuntil = "P2D"\n'
    text = PROTOCOL.replace('every = "P1W"\n', steps).replace('min_interval = "P8W"\n', "")
    text += advice + 'basis = { "*" = "trial" }\n[checks]\nMP207 = "one is named"\n'
    Path("full.toml").write_text(text)
    shown = run("show", "full.toml").out
    lines = [re.split(" {2,}", line) for line in shown.splitlines()]
    assert list(row[:4]) in lines
    assert "MP207 silenced: one is named" in shown
    assert ["no-sun", "kind"] not in [line[:2] for line in lines], "of care no more"


@pytest.mark.parametrize(("option", "ending"), [("--json", "json"), ("--toml", "toml")])
def test_show_prints_a_file_that_is_the_same_protocol(run: Run, option: str, ending: str) -> None:
    """What `--json` and `--toml` print can be saved and shown again, and is the same."""
    printed = run("show", "protocol.toml", option).out
    Path(f"again.{ending}").write_text(printed)
    assert run("show", f"again.{ending}", option).out == printed
    assert load_protocol(printed) == load_protocol(PROTOCOL)


def test_show_says_which_phase_waits_for_the_end_of_another(run: Run) -> None:
    """Behind a phase without an end the next has no visits until that one is ended (M3)."""
    phases = [{"id": "weekly", "every": "P1W"}, {"id": "later", "every": "P1M", "sessions": 2}]
    protocol = {"id": "open", "title": "Open", "phases": phases}
    Path("open.json").write_text(json.dumps(protocol))
    told = run("show", "open.json")
    assert "later begins once weekly, which has no end of its own, is ended" in told.out
    assert "is ended" not in run("show", "protocol.toml").out


def test_show_says_what_begins_a_phase_as_needed(run: Run) -> None:
    """A person, or an outcome as well; until then it has no visits."""
    phases = [
        {"id": "first", "every": "P1W", "sessions": 2},
        {"id": "again", "starts": "as needed", "every": "P1W", "sessions": 2},
        {"id": "more", "starts": "as needed", "every": "P1W", "sessions": 2},
    ]
    phases[2]["requires"] = {"review": "look", "outcome": "relapse"}
    look = {"id": "look", "at": "start + P6M", "outcomes": ["well", "relapse"]}
    protocol = {"id": "open", "title": "Open", "phases": phases, "reviews": [look]}
    Path("open.json").write_text(json.dumps(protocol))
    told = run("show", "open.json")
    assert "again begins as needed, from the day of begun on" in told.out
    assert (
        "more begins as needed, from the day of begun, or of look concluded: relapse on" in told.out
    )


def test_show_takes_a_name_of_the_catalogue(run: Run) -> None:
    """A word without dot and slash is a name."""
    assert run("show", "mesotherapy-weekly").out.startswith(
        "Weekly hair mesotherapy (mesotherapy-weekly"
    )


def test_a_variant_is_planned_and_shown_by_its_name(run: Run) -> None:
    """Another one is refused with the nearest."""
    phases = {"induction": {"sessions": 2, "basis": {"*": "assumption"}}}
    child = {"id": "child", "title": "Up to 30 kg", "when": "body weight", "phases": phases}
    other = {"id": "other", "title": "Other", "phases": phases}
    protocol = load_protocol(PROTOCOL).replace(variants=[child, other])
    Path("p.toml").write_text(dump_protocol(protocol, "toml"))
    shown = run("show", "p.toml", "--variant", "child").out
    assert shown.startswith("Weekly course (Up to 30 kg) (weekly, version 1, active)")
    assert "Variant child, Up to 30 kg: body weight\nVariant other, Other\n" in shown
    rows = [" ".join(line.split()) for line in shown.splitlines()]
    assert "variant 1 (child), phases.induction sessions 2 assumption" in rows
    begin = ("--start", "2027-01-04T10:00", "--timezone", "UTC")
    planned = run("plan", "p.toml", *begin, "--variant", "child").out
    assert "Weekly course (Up to 30 kg)" in planned
    assert "2 of 2" in planned
    assert 'did you mean "child"' in run("plan", "p.toml", *begin, "--variant", "chid").err


def test_diff_says_what_changed(run: Run) -> None:
    """A line for each difference, in words, between names and files alike."""
    Path("longer.toml").write_text(PROTOCOL.replace("sessions = 4", "sessions = 6"))
    assert run("diff", "protocol.toml", "longer.toml").out == "induction: sessions 4 -> 6\n"
    assert run("diff", "protocol.toml", "protocol.toml") == (0, "no difference\n", "")
    assert run("diff", "protocol.toml", "mesotherapy-wekly").code == 1


def test_schema_prints_the_schema(run: Run) -> None:
    """What is printed is the library's schema, as JSON."""
    assert json.loads(run("schema").out) == json.loads(json.dumps(protocol_schema()))


def test_codes_lists_the_reference_of_codes(run: Run) -> None:
    """A line each, and the same as JSON, as the library lists them."""
    lines = run("codes").out.splitlines()
    assert [line.split(maxsplit=2) for line in lines[1:]] == [list(code) for code in codes()]
    assert json.loads(run("codes", "--json").out) == [code._asdict() for code in codes()]


def test_check_says_nothing_but_fine_of_a_good_file(run: Run) -> None:
    """A clinic without faults and a catalogue protocol without remarks are fine."""
    assert run("check", "clinic.toml", "--clinic") == (0, "clinic.toml: fine\n", "")


def test_check_places_its_remarks(run: Run) -> None:
    """A remark of the checker names file, line and column; a warning alone is no failure."""
    Path("doubtful.toml").write_text(PROTOCOL.replace('window = "P2W"\n', ""))
    told = run("check", "doubtful.toml")
    assert told.code == 0
    assert "doubtful.toml:16:1: MP208 warning: phase 2 (maintenance)" in told.out


def test_check_takes_names_of_the_catalogue_beside_files(run: Run) -> None:
    """What has neither a dot nor a slash is a name; a name that is not there hides nothing else."""
    told = run("check", "saceda-corralo-2022", "saceda", "protocol.toml")
    assert told.code == 1
    assert told.out.startswith("saceda-corralo-2022: ")
    assert told.out.endswith("protocol.toml: fine\n")
    assert told.err.startswith("saceda: is not in the catalogue, got saceda")


def test_check_says_what_is_silenced_and_why(run: Run) -> None:
    """A reason that nobody sees would hide a doubt; one that nobody needs is told with its line."""
    text = PROTOCOL.replace('window = "P2W"\n', "")
    silenced = '\n[checks]\nMP208 = "the source gives none"\n'
    Path("silent.toml").write_text(text + silenced)
    Path("vain.toml").write_text(PROTOCOL + silenced)
    reason = "MP208 silenced: the source gives none"
    assert run("check", "silent.toml").out == f"silent.toml: {reason}\nsilent.toml: fine\n"
    told = run("check", "vain.toml")
    line = PROTOCOL.count("\n") + 3
    assert told.out.startswith(f"vain.toml:{line}:1: MP208 warning: checks.MP208: is silenced, and")
    assert told.code == 0


def test_check_explains_a_rule(run: Run) -> None:
    """What it asks for, why, how to mend what it finds, how to silence it; the library says the same."""
    assert run("check", "--explain", "mp207") == (0, explain_rule("MP207") + "\n", "")
    told = run("check", "--explain", "MP270")
    assert told.code == 1
    assert (
        told.err == "mesoplan: is no rule of the checker, got 'MP270' (did you mean \"MP220\"?)\n"
    )


@pytest.mark.parametrize(
    "arguments", [("check",), ("check", "protocol.toml", "--explain", "MP207")]
)
def test_check_does_one_thing(run: Run, arguments: tuple[str, ...]) -> None:
    """With nothing to do, or with two things, the command itself is wrong."""
    told = run(*arguments)
    assert told.code == 2
    assert "give protocols to check, or --explain" in told.err


def test_check_fails_for_what_cannot_be_carried_out(run: Run) -> None:
    """A remark of level error ends in 1, though the file can be read; JSON has no lines."""
    wide = PROTOCOL.replace('window = "P2D"\nmin_interval = "P5D"', 'window = "P4D"')
    protocol = load_protocol(wide)
    Path("wide.json").write_text(dump_protocol(protocol, "json"))
    told = run("check", "wide.json")
    assert told.code == 1
    assert "wide.json: MP101 error: phase 1 (induction), window" in told.out


def test_check_reports_every_fault_of_every_file(run: Run) -> None:
    """One broken file hides neither its other faults nor the next file."""
    broken = PROTOCOL.replace("\nevery", "\nevry", 1).replace('"P2W"', "14")
    Path("broken.toml").write_text(broken)
    told = run("check", "broken.toml", "missing.toml", "protocol.toml")
    assert told.code == 1
    assert told.out == "protocol.toml: fine\n"
    assert told.err.splitlines() == [
        "broken.toml:9:1: phase 1 (induction), evry: is not a known field, got 'P1W' (did you mean \"every\"?)",
        'broken.toml:19:1: phase 2 (maintenance), window: is not text, got 14 (write "P2W" or "P14D")',
        "missing.toml: cannot be read: No such file or directory",
    ]


def test_check_refuses_a_broken_clinic(run: Run) -> None:
    """A clinic file is checked like a protocol file."""
    Path("never.toml").write_text('timezone = "UTC"\nhours = {}\n')
    told = run("check", "never.toml", "--clinic")
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith("never.toml:2:1: hours: are never open")


def test_plan_prints_the_plan(run: Run) -> None:
    """Away from a terminal the table is the one that the library prints."""
    told = run(*PLAN, "--clinic", "clinic.toml", "--id", "course-1042")
    assert told.code == 0
    course = mesoplan.Course(
        id="course-1042",
        protocol=load_protocol(PROTOCOL),
        start=datetime(2026, 12, 1, 17, 30),
    )
    plan = mesoplan.schedule(
        course, load_clinic(CLINIC), as_of=datetime(2026, 11, 20, 6, tzinfo=UTC)
    )
    assert told.out == f"{plan}\n"
    assert "target 2026-12-08 is closed (Painters)" in told.out


def test_plan_writes_the_calendar_and_json(run: Run) -> None:
    """The files hold the plan that the library makes, and nothing else is left behind."""
    told = run(*PLAN, *ZONE, "--ics", "a.ics", "--json", "a.json")
    assert told.code == 0
    plan = mesoplan.Plan.model_validate_json(Path("a.json").read_bytes())
    assert Path("a.ics").read_bytes() == to_ics(plan)
    assert {f.name for f in Path().iterdir()} == {"a.ics", "a.json", "clinic.toml", "protocol.toml"}


def test_plan_writes_to_standard_output(run: Run) -> None:
    """`-` prints a file's content alone, ready for a pipe."""
    told = run(*PLAN, *ZONE, "--json", "-", "--ics", "b.ics")
    plan = mesoplan.Plan.model_validate_json(told.out)
    assert Path("b.ics").read_bytes() == to_ics(plan)


def made(run: Run, *options: str) -> mesoplan.Plan:
    """Plan the course with these options."""
    told = run(*PLAN, *ZONE, "--json", "-", *options)
    assert (told.code, told.err) == (0, "")
    return mesoplan.Plan.model_validate_json(told.out)


def test_the_same_command_makes_the_same_calendar(run: Run) -> None:
    """The id made from the input is the same again, and another one for another start or zone."""
    assert made(run) == made(run)
    ids = {
        made(run).course.id,
        made(run, "--start", "2026-12-02T17:30").course.id,
        made(run, "--timezone", "Europe/Berlin").course.id,
    }
    assert len(ids) == 3
    assert not any("weekly" in name or "2026" in name for name in ids)


@pytest.mark.parametrize(
    ("options", "counts"),
    [
        (["--sessions", "6"], (6, None)),
        (["--sessions", "induction=6"], (6, None)),
        (["--sessions", "maintenance=2"], (4, 2)),
        (["--sessions", "6", "--sessions", "maintenance=2"], (6, 2)),
    ],
)
def test_another_number_of_sessions(
    run: Run, options: list[str], counts: tuple[int | None, ...]
) -> None:
    """A number goes to the phase that it names, else to the first phase that has one."""
    protocol = made(run, *options).course.protocol
    assert tuple(phase.sessions for phase in protocol.phases) == counts
    assert protocol.parents == ("weekly 1",)


def test_away_days_and_preferences_reach_the_plan(run: Run) -> None:
    """Days away, preferred weekdays and time are kept."""
    plan = made(run, "--away", "2026-12-15", "--away", "2027-03-01/2027-03-31")
    assert [type(fact) for fact in plan.course.facts] == [mesoplan.Away, mesoplan.Away]
    assert date(2026, 12, 15) not in {visit.day for visit in plan.visits}
    assert not any(visit.day.replace(day=1) == date(2027, 3, 1) for visit in plan.visits)
    wished = made(run, "--prefer", "wed,thu", "--time", "10:00")
    assert {visit.day.weekday() for visit in wished.sessions[1:]} <= {2, 3}
    assert wished.sessions[1].start.hour == 10


@pytest.mark.parametrize(
    ("given", "last"), [("P2Y", date(2028, 12, 1)), ("2027-06-30", date(2027, 6, 30))]
)
def test_the_horizon_is_a_period_or_a_day(run: Run, given: str, last: date) -> None:
    """Open-ended phases are planned up to there."""
    assert made(run, "--horizon", given).horizon == last


def test_dates_from_outside(run: Run) -> None:
    """`--date` gives the day that an external anchor counts from."""
    anchored = PROTOCOL.replace('at = "start - P1W"', 'at = "external:lmp + P12W"')
    Path("protocol.toml").write_text(anchored)
    review = made(run, "--date", "lmp=2026-09-21").visit("before")
    assert review.target == date(2026, 12, 14)


@pytest.mark.parametrize(
    ("given", "stamp"),
    [
        ("2026-11-20T09:00", datetime(2026, 11, 20, 6, tzinfo=UTC)),
        ("2026-11-20T09:00+00:00", datetime(2026, 11, 20, 9, tzinfo=UTC)),
    ],
)
def test_as_of_is_local_unless_it_names_its_offset(run: Run, given: str, stamp: datetime) -> None:
    """A naive moment is the clinic's local time."""
    assert made(run, "--as-of", given).as_of == stamp


def test_as_of_is_now_by_default(run: Run) -> None:
    """The command line, and nothing below it, looks at the clock."""
    start = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT12:00")
    told = run("plan", "protocol.toml", "--start", start, *ZONE, "--json", "-")
    plan = mesoplan.Plan.model_validate_json(told.out)
    assert abs(plan.as_of - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_zone_beside_a_clinic_must_be_its_own(run: Run) -> None:
    """Naming the clinic's zone once more is fine; another one is a usage error."""
    assert run(*PLAN, "--clinic", "clinic.toml", *ZONE).code == 0
    other = ("--clinic", "clinic.toml", "--timezone", "Europe/Berlin")
    told = run(*PLAN, *other)
    assert told.code == 2
    assert "clinic.toml says Europe/Istanbul" in told.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Usage"),
        (["nonsense"], "nonsense"),
        (["plan", "protocol.toml"], "--start"),
        ([*PLAN], "--timezone"),
        (["plan", "protocol.toml", "--start", "soon", *ZONE], "write 2026-12-01T17:30"),
        (["plan", "protocol.toml", "--start", "2026-12-01", *ZONE], "2026-12-01T17:30"),
        ([*PLAN, *ZONE, "--away", "2027-02-30"], "is no day"),
        ([*PLAN, *ZONE, "--away", "2027-02-02/2027-02-01"], "first"),
        ([*PLAN, *ZONE, "--horizon", "P1.5M"], "P2Y"),
        ([*PLAN, *ZONE, "--horizon", "later"], "P2Y"),
        ([*PLAN, *ZONE, "--date", "2026-09-01"], "lmp=2026-09-01"),
        ([*PLAN, *ZONE, "--sessions", "many"], "induction=18"),
        ([*PLAN, *ZONE, "--ics", "x", "--json", "./x"], "both"),
        ([*PLAN, *ZONE, "--ics", "-", "--json", "-"], "both"),
        (["show", "protocol.toml", "--json", "--toml"], "one of them"),
    ],
)
def test_a_command_that_cannot_be_understood(run: Run, arguments: list[str], said: str) -> None:
    """A usage error ends in 2, says what to write and leaves no file."""
    told = run(*arguments)
    assert told.code == 2
    assert said in told.err + told.out
    assert not Path("x").exists()


BROKEN = [
    ('every = "P1W"\n', "", "phase 1 (induction), every: is missing", "a phase without rhythm"),
    ('every = "P1W"', 'evry = "P1W"', 'did you mean "every"', "a typo in a field"),
    ('"start - P1W"', '"begin - P1W"', "is not an anchor", "an unknown anchor"),
    ("sessions = 4", "sessions = 10_000_000", "10000000", "ten million sessions"),
    ('title = "Session"', 'title = "A\\u0007B"', "U+0007", "a control character"),
    ('title = "Session"', 'title = "A\\r\\nBEGIN:VEVENT"', "line break", "an injected entry"),
]


@pytest.mark.parametrize(("part", "instead", "said", "why"), BROKEN, ids=[row[3] for row in BROKEN])
def test_a_protocol_that_is_refused(run: Run, part: str, instead: str, said: str, why: str) -> None:
    """A broken protocol ends in 1 with its fault, without traceback and file."""
    assert part in PROTOCOL
    Path("protocol.toml").write_text(PROTOCOL.replace(part, instead, 1))
    told = run(*PLAN, *ZONE, "--ics", "no.ics", "--json", "no.json")
    assert (told.code, told.out) == (1, ""), why
    assert said in told.err, why
    assert "Traceback" not in told.err
    assert not list(Path().glob("*no.*"))


REFUSED = [
    (["--timezone", "Europe/Istambul"], "is not an IANA time zone", "an unknown zone"),
    (["--timezone", "UTC+3"], "is not an IANA time zone", "a fixed offset"),
    (["--clinic", "late.toml"], "ends before it begins", "hours that end before they begin"),
    (["--clinic", "never.toml"], "never open", "a clinic never open"),
    (["--clinic", "short.toml"], "30 minutes", "a session longer than any opening"),
    (["--clinic", "nowhere.toml"], "No such file", "a clinic file that is not there"),
    ([*ZONE, "--start", "9999-12-20T09:00"], "9999", "a year beyond the calendar"),
    ([*ZONE, "--horizon", "2020-01-01"], "horizon", "a horizon before the start"),
    ([*ZONE, "--id", "two words"], "id", "an id with a space"),
    ([*ZONE, "--prefer", "someday"], "someday", "an unknown weekday"),
    ([*ZONE, "--time", "25:00"], "time", "a time no clock shows"),
    ([*ZONE, "--sessions", "indction=5"], 'did you mean "induction"', "an unknown phase"),
    ([*ZONE, "--ics", "no/folder/no.ics"], "No such file", "a folder that is not there"),
    ([*ZONE, "--ics", "folder"], "is not a file", "a folder instead of a file"),
    ([*ZONE, "--ics", 300 * "n"], "File name too long", "a name that no disk takes"),
]


@pytest.mark.parametrize(("options", "said", "why"), REFUSED, ids=[row[2] for row in REFUSED])
def test_input_that_is_refused(run: Run, options: list[str], said: str, why: str) -> None:
    """What cannot be planned or written ends in 1 with where, what and remedy, and writes nothing."""
    Path("late.toml").write_text(CLINIC.replace("09:00-18:30", "18:30-09:00"))
    Path("never.toml").write_text('timezone = "UTC"\nhours = {}\n')
    Path("short.toml").write_text(CLINIC.replace("09:00-18:30", "09:00-09:20"))
    Path("folder").mkdir()
    before = set(Path().iterdir())
    told = run(*PLAN, "--json", "no.json", *options)
    assert (told.code, told.out) == (1, ""), why
    assert told.err.startswith("mesoplan: "), why
    assert said in told.err, why
    assert set(Path().iterdir()) == before


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("mesotherapy-wekly", 'did you mean "mesotherapy-weekly"'),
        ("nowhere.toml", "nowhere.toml: cannot be read: No such file or directory"),
        (".", "cannot be read: Is a directory"),
        ("nul\0.toml", "cannot be read: embedded null"),
    ],
)
def test_a_protocol_that_is_not_there(run: Run, source: str, said: str) -> None:
    """An unknown name says the closest one, a missing file its path."""
    told = run("show", source)
    assert told.code == 1
    assert said in told.err


def test_sessions_need_a_phase_that_counts_them(run: Run) -> None:
    """A number without a phase is refused where no phase has a number of sessions."""
    Path("open.toml").write_text(PROTOCOL.replace("sessions = 4\n", 'until = "P4W"\n'))
    told = run("plan", "open.toml", *START, *ZONE, "--sessions", "6")
    assert told.code == 1
    assert "--sessions PHASE=NUMBER" in told.err


def test_a_start_on_a_closed_day_is_planned_with_a_note(run: Run) -> None:
    """What can be answered but looks wrong is no refusal."""
    told = run(*PLAN, "--clinic", "clinic.toml", "--start", "2026-12-08T10:00")
    assert told.code == 0
    assert "Note: induction-1: the start 2026-12-08 is closed (Painters)" in told.out


def test_an_endless_file_is_read_to_the_limit_only(run: Run) -> None:
    """A file without end is refused after a megabyte."""
    told = run("show", "/dev/zero")
    assert told.code == 1
    assert "is too long" in told.err


def test_a_failed_write_leaves_the_old_files_whole(run: Run) -> None:
    """Where the second file cannot be written, the first keeps its old content too."""
    Path("a.ics").write_text("old")
    told = run(*PLAN, *ZONE, "--ics", "a.ics", "--json", "no/a.json")
    assert told.code == 1
    assert Path("a.ics").read_text() == "old"
    assert {f.name for f in Path().iterdir()} == {"a.ics", "clinic.toml", "protocol.toml"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions and links")
def test_a_rewritten_file_keeps_its_permissions_and_links(run: Run) -> None:
    """A link goes on pointing at the file that is rewritten, which stays as private as it was."""
    Path("real.ics").write_text("old")
    Path("real.ics").chmod(0o600)
    Path("link.ics").symlink_to("real.ics")
    assert run(*PLAN, *ZONE, "--ics", "link.ics").code == 0
    assert Path("link.ics").is_symlink()
    assert Path("real.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert Path("real.ics").stat().st_mode & 0o777 == 0o600


def test_version_and_help(run: Run) -> None:
    """`--version` says the version, `--help` names every command."""
    assert run("--version").out == f"mesoplan {version('mesoplan')}\n"
    told = run("--help")
    assert told.code == 0
    assert all(name in told.out for name in ("protocols", "diff", "schema", "plan"))


@pytest.mark.parametrize("width", [50, 80, 200])
def test_on_a_terminal_tables_fit_its_width(
    run: Run, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """Lines are no longer than the terminal is wide, and reasons stand below their visit."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    planned = re.sub("\x1b\\[[0-9;]*m", "", run(*PLAN, "--clinic", "clinic.toml").out)
    assert max(map(len, planned.splitlines())) <= width
    words = " ".join(planned.split())
    assert "Painters" in words
    assert "Expect: First results, 2026-12-15 to 2026-12-22" in words
    assert "Note: phases without an end" in words
    shown = run("show", "protocol.toml").out
    assert "induction" in shown


def test_colours_come_only_where_they_are_wanted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets colours, NO_COLOR takes them away, and a pipe never has any."""
    command = (*PLAN, *ZONE)
    assert "\x1b[" not in run(*command).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[32mExpect" in run(*command).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in run(*command).out


def test_without_the_extra_it_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where typer or rich is missing, one line says the command that installs them."""
    monkeypatch.setattr(cli, "find_spec", lambda name: None if name == "rich" else name)
    told = run("protocols")
    assert told.code == 2
    assert told.err == 'mesoplan: the command line needs rich: pip install "mesoplan[cli]"\n'


def test_a_terminal_that_lacks_letters_is_no_reason_to_fail(run: Run) -> None:
    """Output in plain ASCII shows a question mark instead of a letter that it cannot show."""
    del run
    program = "from mesoplan.cli import main; main()"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, *PLAN, *ZONE],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert b"Weekly course ? Europe/Istanbul" in done.stdout


def test_streams_that_are_no_terminal_streams_are_left_as_they_are(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A caller may put anything that can be written to in the place of standard error."""
    kept = io.StringIO()
    monkeypatch.setattr(sys, "stderr", kept)
    assert run("show", "nowhere.toml").code == 1
    assert "cannot be read" in kept.getvalue()


def test_treatment_at_home_is_told_on_a_terminal_and_off_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the protocol, and with the days of a plan."""
    shown = run("show", "dhurat-2013").out
    assert "At home: Topical minoxidil twice a day, as prescribed, from start on" in shown
    told = "At home: Topical minoxidil twice a day, as prescribed, from 2026-12-01 to 2027-02-23"
    planning = ("plan", "dhurat-2013", "--start", "2026-12-01T17:30", *ZONE)
    assert told in run(*planning).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    assert told in re.sub("\x1b\\[[0-9;]*m", "", run(*planning).out)
