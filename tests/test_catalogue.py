from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from mesoplan import (
    Anchor,
    Attended,
    Away,
    Clinic,
    Course,
    Plan,
    Protocol,
    ProtocolError,
    check_protocol,
    dump_protocol,
    load_protocol,
    protocols,
    schedule,
)

FOLDER = Path(str(protocols.__file__)).parent

ALL = [protocols.get(name) for name in protocols.names()]
IDS = list(protocols.names())

HAIR = {
    "abdallah-2009",
    "atigh-waset",
    "dhurat-2013",
    "gkini-2014",
    "hausauer-jones-2018-g1",
    "izmir-mesotherapy",
    "kapoor-shome-qr678-2018",
    "kaur-2015-combination",
    "mesotherapy-spaced",
    "mesotherapy-weekly",
    "moftah-2013",
    "prp-consensus-maintenance",
    "saceda-corralo-2022",
    "sobhy-2013",
    "yepuri-mysore-2021",
}


def test_the_catalogue_holds_thirty_protocols_and_more() -> None:
    """All of them load, each under its own id, and their names are in order."""
    assert len(IDS) >= 30
    assert sorted(IDS) == IDS
    assert [protocol.id for protocol in ALL] == IDS
    assert sorted(path.stem for path in FOLDER.glob("*.toml")) == IDS


def test_a_protocol_is_read_once() -> None:
    """Asking again gives the same protocol, without reading the file."""
    assert protocols.get("dhurat-2013") is protocols.get("dhurat-2013")


def test_importing_mesoplan_reads_no_protocol() -> None:
    """A program that uses its own protocols does not wait for ours."""
    program = (
        "import mesoplan as m; print(m.protocols.names.cache_info(), m.protocols.get.cache_info())"
    )
    done = subprocess.run(  # noqa: S603 - our own sentence
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.count("currsize=0") == 2


def test_an_unknown_name_is_refused_with_the_closest_one() -> None:
    """A typo is answered with what was probably meant."""
    with pytest.raises(ProtocolError, match='did you mean "mesotherapy-weekly"'):
        protocols.get("mesotherapy-weakly")
    with pytest.raises(ProtocolError, match="is not in the catalogue"):
        protocols.get("../mesotherapy-weekly")


FOUND = [
    # what is looked for, what is found, why
    ({"field": "hair"}, HAIR, "a field"),
    ({"field": "Hair"}, HAIR, "upper and lower case are the same"),
    ({"indication": "alopecia areata"}, {"kaur-2015-combination"}, "an indication"),
    (
        {"treatment": "dutasteride"},
        {n for n in HAIR if n[:3] in {"abd", "sob", "mof", "sac"}},
        "part",
    ),
    ({"field": "hair", "treatment": "prp", "indication": "male"}, set(), "all must match"),
    ({}, set(IDS), "nothing asked gives everything"),
]


@pytest.mark.parametrize(("asked", "found", "why"), FOUND)
def test_the_catalogue_is_browsed_by_words(
    asked: dict[str, str], found: set[str], why: str
) -> None:
    """Field, indication and treatment are looked through, all at once."""
    assert {protocol.id for protocol in protocols.find(**asked)} == found, why


@pytest.mark.parametrize("protocol", ALL, ids=IDS)
def test_every_number_has_a_basis(protocol: Protocol) -> None:
    """Each number, period and anchor with an offset cites a source or says that it is ours."""
    without = []
    for path, part in protocol.parts():
        numbers = set(part.numbers) | {
            name
            for name in part.model_fields_set
            if isinstance(value := getattr(part, name), Anchor) and value.offset
        }
        without += [f"{path}.{name}" for name in numbers if part.basis_of(name) is None]
    assert without == []


@pytest.mark.parametrize("protocol", ALL, ids=IDS)
def test_every_protocol_says_what_it_is_and_where_it_comes_from(protocol: Protocol) -> None:
    """Whoever browses sees field, treatment, indication, the schedule in words, and sources."""
    assert all((protocol.field, protocol.treatment, protocol.indication, protocol.population))
    assert protocol.summary
    assert protocol.sources
    assert all(phase.title for phase in protocol.phases)
    cited = {basis for _, part in protocol.parts() for basis in part.basis.values()}
    for source in protocol.sources:
        assert any(source.id in basis for basis in cited), f"{source.id} is never cited"


@pytest.mark.parametrize("protocol", ALL, ids=IDS)
def test_no_protocol_of_the_catalogue_is_impossible(protocol: Protocol) -> None:
    """Our own checker finds no error in what we ship."""
    assert [str(r) for r in check_protocol(protocol) if r.level == "error"] == []


@pytest.mark.parametrize("name", ["hepb-standard", "prp-consensus-maintenance"])
def test_a_machine_written_source_says_so(name: str) -> None:
    """What was read on an answer page is to be checked before it is relied on."""
    assert "machine-written" in str(protocols.get(name).sources[0].note)


@pytest.mark.parametrize(
    "name", ["cardiac-rehab-36", "gkini-2014", "who-anc-2016", "zoledronic-horizon"]
)
def test_what_was_written_from_memory_says_so(name: str) -> None:
    """What was not read is to be checked before it is relied on."""
    assert "from memory" in str(protocols.get(name).sources[0].note)


def test_the_weekly_course_is_what_its_sources_say() -> None:
    """Weekly, sixteen to eighteen sessions, half an hour; maintenance; reviews; milestones."""
    weekly = protocols.get("mesotherapy-weekly")
    induction, maintenance = weekly.phases
    assert (str(induction.every), induction.sessions) == ("P1W", 16)
    assert (induction.min_sessions, induction.max_sessions) == (16, 18)
    assert str(induction.duration) == "PT30M"
    assert (str(maintenance.every), maintenance.is_open, maintenance.optional) == (
        "P3M",
        True,
        True,
    )
    assert [(r.id, str(r.at), r.kind, r.join) for r in weekly.reviews] == [
        ("consultation", "start - P1W", "consultation", False),
        ("month-3", "start + P3M", "review", "before"),
        ("month-6", "start + P6M", "review", "before"),
        ("month-12", "start + P1Y", "review", "before"),
    ]
    assert [str(milestone.at) for milestone in weekly.milestones] == [
        "session 5",
        "start + P3M",
        "start + P6M",
    ]
    for phase, name in (
        (induction, "window"),
        (induction, "min_interval"),
        (maintenance, "window"),
    ):
        assert str(phase.basis_of(name)).startswith("assumption: ")


def test_the_consultation_is_never_on_the_day_of_the_first_session() -> None:
    """Its window ends the day before, however the first session stands."""
    for name in ("mesotherapy-weekly", "mesotherapy-spaced"):
        consultation = protocols.get(name).review("consultation")
        start = datetime(2026, 12, 1, 17, 30)
        assert consultation.window is not None
        _, last = consultation.window.span((start + consultation.at.offset).date())
        assert last == datetime(2026, 11, 30).date()


def test_the_weekly_course_of_the_design_comes_out() -> None:
    """Sixteen Tuesdays, maintenance three months on, and three reviews in its first year."""
    course = Course(
        id="course-1042",
        protocol=protocols.get("mesotherapy-weekly"),
        start=datetime(2026, 12, 1, 17, 30),
    )
    plan = schedule(
        course, Clinic(timezone="Europe/Istanbul"), as_of=datetime(2026, 11, 1, tzinfo=UTC)
    )
    days = [str(visit.day) for visit in plan.sessions]
    assert (days[0], days[15], days[16:]) == (
        "2026-12-01",
        "2027-03-16",
        ["2027-06-16", "2027-09-16"],
    )
    assert [str(visit.target) for visit in plan.reviews] == [
        "2026-11-24",
        "2027-03-01",
        "2027-06-01",
        "2027-12-01",
    ]


def test_a_catalogue_file_is_a_file_like_any_other() -> None:
    """A clinic copies one, edits it and loads it."""
    text = (FOLDER / "dhurat-2013.toml").read_text(encoding="utf-8")
    assert load_protocol(text) == protocols.get("dhurat-2013")
    longer = load_protocol(text.replace("sessions = 12", "sessions = 14"))
    assert longer.phase("weekly").sessions == 14


def test_an_exported_protocol_is_a_file_like_any_other() -> None:
    """What is exported holds everything, also what several protocols share in the catalogue."""
    text = dump_protocol(protocols.get("mesotherapy-weekly"))
    longer = load_protocol(text.replace("sessions = 16\nmin", "sessions = 18\nmin"))
    assert longer.phase("induction").sessions == 18
    assert longer.advice == protocols.get("mesotherapy-weekly").advice != ()


def _five_weeks_away(protocol: Protocol) -> tuple[Plan, Plan]:
    """Plan a course, and again with five weeks away after its second session."""
    clinic = Clinic(timezone="Europe/Lisbon", hours={"mon-sat": "09:00-18:00"})
    dates = dict.fromkeys(protocol.outside_dates, date(2027, 3, 2))
    course = Course(id="c", protocol=protocol, start=datetime(2027, 3, 2, 11), dates=dates)
    first = schedule(course, clinic, as_of=datetime(2027, 2, 1, 9, tzinfo=UTC))
    sessions = [visit for visit in first.sessions if visit.place == "clinic"]
    begins = sessions[min(1, len(sessions) - 1)].day + timedelta(days=1)
    away = Away(first=begins, last=begins + timedelta(weeks=5))
    now = datetime.combine(begins, datetime.min.time(), tzinfo=UTC) - timedelta(days=2)
    now = max(now, first.as_of)
    return first, schedule(course.record(away), clinic, as_of=now, previous=first)


@pytest.mark.parametrize("protocol", ALL, ids=IDS)
def test_five_weeks_away_make_nothing_rush(protocol: Protocol) -> None:
    """Afterwards no sessions come on one day that did not before, and no three in a row come too soon."""
    before, after = _five_weeks_away(protocol)
    codes = {finding.code for finding in after.findings} - {f.code for f in before.findings}
    assert not codes & {"rushing", "interval-too-short", "spacing-too-short", "too-many-a-day"}
    for phase in protocol.phases:
        if phase.several_a_day or phase.place == "home" or phase.each_of_another:
            continue
        days = [v.day for v in after.sessions if v.phase == phase.id and v.upcoming]
        least = phase.minimum.after(days[0]) - days[0] if days else timedelta(days=1)
        assert all(two - one >= max(least, timedelta(days=1)) for one, two in pairwise(days))


@pytest.mark.parametrize(
    ("name", "away", "begins", "gaps", "why"),
    [
        (
            "inclisiran",
            (date(2027, 9, 1), date(2028, 2, 29)),
            "initial-1.2",
            [92, 183],
            "more than three months late: day 0, three months and six months again",
        ),
        (
            "inclisiran",
            (date(2027, 9, 1), date(2027, 12, 1)),
            "maintenance-1",
            [],
            "less than three months late: given, and the old dates kept",
        ),
        (
            "paliperidone-pp1m",
            (date(2027, 2, 1), date(2027, 9, 30)),
            "initiation-1.2",
            [7, 31],
            "more than six months since the last: day 1 and day 8 again, then monthly",
        ),
    ],
)
def test_after_a_long_absence_the_starting_doses_are_given_again(
    name: str, away: tuple[date, date], begins: str, gaps: list[int], why: str
) -> None:
    """As their sources say: the six-monthly and the monthly phase begin an earlier one again."""
    clinic = Clinic(timezone="Europe/Berlin")
    course = Course(id="c", protocol=protocols.get(name), start=datetime(2027, 1, 4, 10))
    plan = schedule(course, clinic, as_of=datetime(2027, 1, 1, tzinfo=UTC))
    first = plan.sessions[:2]
    course = course.record(*(Attended(visit=visit.key) for visit in first))
    course = course.record(Away(first=away[0], last=away[1]))
    later = first[-1].end + timedelta(days=1)
    again = schedule(course, clinic, as_of=later, previous=plan, horizon="P3Y")
    coming = [visit for visit in again.sessions if visit.upcoming]
    assert coming[0].key == begins, why
    assert coming[0].day == away[1] + timedelta(days=1)
    found = [(b.day - a.day).days for a, b in pairwise(coming[: len(gaps) + 1])]
    assert found == gaps, why
