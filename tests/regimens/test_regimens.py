from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import agreement
import published
import pytest
import written

from mesoplan import (
    Attended,
    Clinic,
    Course,
    Period,
    Phase,
    Protocol,
    Reviewed,
    Window,
    dump_protocol,
    load_protocol,
    schedule,
)
from mesoplan.course.facts import Fact

CASES = [
    pytest.param(name, start, id=f"{name}-{start}", marks=pytest.mark.slow if number else ())
    for name in published.REGIMENS
    for number, start in enumerate(published.STARTS)
]
"""Each regimen from its first start date; from the others in the slow tests."""
MONDAY = datetime(2024, 1, 8, 8)
OPEN = Clinic(timezone="UTC")
BEFORE = datetime(2023, 1, 1, tzinfo=UTC)


def phase(regimen: str, name: str) -> Phase:
    """Give a phase of a regimen's protocol."""
    return written.protocol(regimen).phase(name)


def days(protocol: Protocol, until: date, *facts: Fact) -> list[int]:
    """Give the session days, counted from the start, of a course that begins on a Monday."""
    course = Course(id="x", protocol=protocol, start=MONDAY).record(*facts)
    plan = schedule(course, OPEN, as_of=BEFORE, horizon=until)
    return [(visit.day - MONDAY.date()).days for visit in plan.sessions]


@pytest.mark.parametrize(("name", "start"), CASES)
def test_the_plan_has_the_published_days(name: str, start: date) -> None:
    """Sessions, their number a day, times where printed, and reviews stand as published."""
    assert list(agreement.disagreements(name, start)) == []


def test_the_comparison_notices_a_protocol_that_is_one_day_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A comparison that agrees with anything would prove nothing."""
    right = written.protocol("dhurat-2013")
    wrong = right.replace(phases=[right.phases[0].replace(every="P8D")])
    monkeypatch.setattr(written, "protocol", lambda _: wrong)
    found = list(agreement.disagreements("dhurat-2013", published.STARTS[0]))
    assert [line.partition(":")[0] for line in found] == [
        "targets",
        "days",
        "sessions a day",
    ]
    assert "12 published, 12 planned; from number 2" in found[0]


def test_the_comparison_notices_missing_sessions_reviews_and_doubles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each thing that is compared can differ by itself."""
    right = written.protocol("dhurat-2013")
    only = right.phases[0]
    for wrong, differs in (
        (right.replace(phases=[only.replace(sessions=11)]), ["targets", "days", "sessions a day"]),
        (right.replace(reviews=[]), ["reviews"]),
        (
            right.replace(phases=[only.replace(offsets=("P0D", "PT1H"), sessions=24)]),
            ["sessions a day"],
        ),
    ):
        monkeypatch.setattr(written, "protocol", lambda _, wrong=wrong: wrong)
        found = agreement.disagreements("dhurat-2013", published.STARTS[0])
        assert [line.partition(":")[0] for line in found] == differs


OFFSETS = [
    ("P49D+P3M", "2024-05-26T08:00", "49 days on, then three calendar months"),
    ("P1M1D", "2024-02-09T08:00", "months before days inside one duration"),
    ("P3Y6M", "2027-07-08T08:00", "years and months"),
    ("P1DT9H", "2024-01-09T17:00", "a day and hours"),
    ("PT80M", "2024-01-08T09:20", "minutes beyond an hour"),
]


@pytest.mark.parametrize(("offset", "expected", "why"), OFFSETS)
def test_the_oracle_reads_offsets_as_the_conventions_say(
    offset: str, expected: str, why: str
) -> None:
    """Computed by hand from Monday 2024-01-08 at 08:00."""
    assert published.moment(offset, MONDAY) == datetime.fromisoformat(expected), why


def test_the_published_list_is_whole() -> None:
    """36 regimens on nine start dates, all of them Mondays."""
    assert len(published.REGIMENS) == 36
    assert {start.weekday() for start in published.STARTS} == {0}
    assert len(published.STARTS) == 9


@pytest.mark.parametrize("name", list(published.REGIMENS))
def test_every_regimen_survives_its_file(name: str) -> None:
    """What Python or TOML says is the same protocol after TOML and JSON."""
    protocol = written.protocol(name)
    assert load_protocol(dump_protocol(protocol)) == protocol
    assert load_protocol(dump_protocol(protocol, "json")) == protocol


def test_published_windows_are_kept() -> None:
    """Each window is the published one, also where it differs between phases or sessions."""
    assert phase("paliperidone-pp1m", "initiation").step(1).window is None
    assert phase("paliperidone-pp1m", "initiation").step(2).window == Window(
        earlier="P4D", later="P4D"
    )
    for regimen, name in (("paliperidone-pp1m", "maintenance"), ("cab-rpv-q2m", "continuation")):
        assert phase(regimen, name).window == Window(earlier="P7D", later="P7D")
    assert phase("palforzia", "up-dosing").step(1).window == Window(later="P3D")
    assert phase("palforzia", "up-dosing").step(2).window is None
    assert phase("dose-dense-tc", "pegfilgrastim").window == Window(later="P1D")
    assert written.protocol("bcg-swog-27").review("cystoscopy").window == Window(later="P14D")
    assert phase("tbe-fsme-immun", "dose-two").window == Window(later="P2M")
    assert phase("tbe-fsme-immun", "dose-three").window == Window(later="P7M")


RANGES = [
    # regimen, phase, field, value, why
    ("bortezomib-vmp", "twice-weekly", "min_interval", "PT72H", "at least 72 hours"),
    ("bortezomib-vmp", "weekly", "min_interval", "PT72H", "in every cycle"),
    ("ocrelizumab", "maintenance", "min_interval", "P5M", "at least five months"),
    ("hepb-standard", "second", "min_interval", "P28D", "first to second"),
    ("hepb-standard", "third", "min_interval", "P56D", "second to third"),
    ("hepb-standard", "second", "grace", "P4D", "four days early are accepted"),
    ("hepb-standard", "third", "grace", "P4D", "four days early are accepted"),
    ("aflibercept-altair-4w", "treat-and-extend", "min_interval", "P56D", "never under 8 weeks"),
    ("aflibercept-altair-4w", "treat-and-extend", "max_interval", "P112D", "nor over 16"),
    ("izmir-mesotherapy", "seasonal", "min_interval", "P3M", "every 3 to 4 months"),
    ("izmir-mesotherapy", "seasonal", "max_interval", "P4M", "every 3 to 4 months"),
    ("tbe-fsme-immun", "dose-two", "max_interval", "P3M", "1 to 3 months"),
    ("tbe-fsme-immun", "dose-three", "max_interval", "P12M", "5 to 12 months"),
    ("tbe-fsme-immun", "boosters", "min_interval", "P3Y", "every 3 to 5 years"),
    ("nbuvb-aad", "clearance", "restart_after", "P3W", "start over"),
    ("esketamine-trd", "induction", "observation", "PT2H", "two hours each time"),
    ("esketamine-trd", "weekly", "observation", "PT2H", "two hours each time"),
    ("esketamine-trd", "maintenance", "observation", "PT2H", "two hours each time"),
]


@pytest.mark.parametrize(("regimen", "name", "field", "value", "why"), RANGES)
def test_published_intervals_are_kept(
    regimen: str, name: str, field: str, value: str, why: str
) -> None:
    """Ranges stay ranges, and minimums stay minimums."""
    assert getattr(phase(regimen, name), field) == Period(value), why


def test_published_counts_are_kept() -> None:
    """A published range of sessions stays a range, with the pinned count inside it."""
    izmir, yepuri = phase("izmir-mesotherapy", "weekly"), phase("yepuri-mysore-2021", "sessions")
    assert (izmir.min_sessions, izmir.sessions, izmir.max_sessions) == (4, 10, 10)
    assert (yepuri.min_sessions, yepuri.sessions, yepuri.max_sessions) == (4, 4, 6)


def test_published_limits_of_the_course_are_kept() -> None:
    """The most a day, and the time within which all is done."""
    rehab = written.protocol("cardiac-rehab-36")
    assert (rehab.max_per_day, rehab.deadline) == (2, Period("P252D"))
    assert written.protocol("saint-2020").max_per_day == 10


def test_the_hour_after_the_last_rising_dose_is_kept() -> None:
    """Twenty minutes as for every dose, and sixty of observation."""
    assert phase("palforzia", "escalation").step(5).duration == Period("PT80M")


MISSED = [
    # regimen, phase, tiers, why
    ("inclisiran", "maintenance", [("P3M", "carry_on"), (None, "restart")], "keep the grid"),
    ("ocrelizumab", "maintenance", [(None, "shift")], "six months run from the late one"),
    (
        "paliperidone-pp1m",
        "maintenance",
        [("P2W", "shift"), ("P5M", "shift"), (None, "restart")],
        "6 weeks and 6 months since the last, less the month to the target",
    ),
    ("hepb-standard", "third", [(None, "carry_on")], "an interrupted series goes on"),
]


@pytest.mark.parametrize(("regimen", "name", "tiers", "why"), MISSED)
def test_published_policies_on_late_sessions_are_kept(
    regimen: str, name: str, tiers: list[tuple[str | None, str]], why: str
) -> None:
    """Tiers say what a late session does to those after it."""
    found = phase(regimen, name).tiers
    assert [(tier.late and str(tier.late), tier.then) for tier in found] == tiers, why


def test_a_late_infusion_moves_those_after_it() -> None:
    """ocrelizumab: the six months run from the infusion that came 30 days late."""
    protocol = written.protocol("ocrelizumab")
    late = Attended(visit="maintenance-1", at=datetime(2024, 8, 7, 8))
    course = Course(id="x", protocol=protocol, start=MONDAY).record(late)
    plan = schedule(course, OPEN, as_of=datetime(2024, 8, 8, tzinfo=UTC), horizon=Period("P2Y"))
    assert [str(v.target) for v in plan.sessions][3:] == ["2025-02-07", "2025-08-07"]


def test_a_late_injection_keeps_the_old_dates() -> None:
    """inclisiran: one month late, the next is where it would have been."""
    protocol = written.protocol("inclisiran")
    late = Attended(visit="maintenance-1", at=datetime(2024, 11, 8, 8))
    course = Course(id="x", protocol=protocol, start=MONDAY).record(late)
    plan = schedule(course, OPEN, as_of=datetime(2024, 11, 9, tzinfo=UTC), horizon=Period("P2Y"))
    assert [str(v.target) for v in plan.sessions][3:] == ["2025-04-08", "2025-10-08"]


GATES = [
    ("esketamine-trd", ["weekly", "maintenance"], "benefit"),
    ("tms-response-branch", ["maintenance"], "remission"),
    ("tms-response-branch", ["continued"], "no remission"),
]


@pytest.mark.parametrize(("regimen", "names", "outcome"), GATES)
def test_a_published_gate_makes_what_follows_tentative(
    regimen: str, names: list[str], outcome: str
) -> None:
    """Until the review has an outcome its phases are tentative; another outcome drops them."""
    protocol = written.protocol(regimen)
    course = Course(id="x", protocol=protocol, start=MONDAY)
    review = protocol.reviews[0]
    other = next(text for text in review.outcomes if text != outcome)
    undecided = schedule(course, OPEN, as_of=BEFORE, horizon=Period("P24W"))
    for decided, wanted in ((None, "tentative"), (outcome, "planned"), (other, None)):
        plan = undecided
        if decided is not None:
            told = course.record(Reviewed(visit=review.id, outcome=decided))
            plan = schedule(told, OPEN, as_of=BEFORE, horizon=Period("P24W"))
        found = Counter(visit.status for visit in plan.sessions if visit.phase in names)
        assert set(found) == ({wanted} if wanted else set())


def test_without_remission_the_course_goes_on_to_session_36() -> None:
    """The published alternative of tms-response-branch, as a cumulative total."""
    regimen = published.REGIMENS["tms-response-branch"]
    listed = regimen["alternatives"]["no remission: weekdays until session 36"]
    protocol = written.protocol("tms-response-branch")
    outcome = Reviewed(visit="remission", outcome="no remission")
    expected = [int(offset.strip("PD")) for offset in listed]
    assert days(protocol, date(2024, 12, 31), outcome) == expected


ALTERNATIVES = [
    # regimen, alternative, what changes, why
    ("moftah-2013", "literal 8 weekly doses = 11 sessions", {"weekly": {"sessions": 8}}, "count"),
]


@pytest.mark.parametrize(("regimen", "name", "changes", "why"), ALTERNATIVES)
def test_a_published_alternative_is_one_change_away(
    regimen: str, name: str, changes: dict[str, dict[str, object]], why: str
) -> None:
    """What another source reads differently is the same protocol with that number changed."""
    listed = published.REGIMENS[regimen]["alternatives"][name]
    protocol = written.protocol(regimen)
    phases = [each.replace(**changes.get(each.id, {})) for each in protocol.phases]
    expected = [int(offset.strip("PD")) for offset in listed]
    assert days(protocol.replace(phases=phases), date(2024, 12, 31)) == expected, why


def test_the_latest_days_of_a_range_are_allowed() -> None:
    """tbe-fsme-immun: the published latest days lie at the end of windows and maximum intervals."""
    listed = published.REGIMENS["tbe-fsme-immun"]["expected_sessions_latest"]
    latest = [published.moment(offset, MONDAY).date() for offset in listed]
    second, third = (phase("tbe-fsme-immun", name) for name in ("dose-two", "dose-three"))
    assert second.window is not None
    assert third.window is not None
    assert second.max_interval is not None
    assert third.max_interval is not None
    assert second.window.contains(latest[1], target=MONDAY.date() + second.at[0])
    assert third.window.contains(latest[2], target=latest[1] + third.at[0])
    assert latest[1] == MONDAY.date() + second.max_interval
    assert latest[2] == latest[1] + third.max_interval


@pytest.mark.slow
def test_the_table_is_printed_by_one_command() -> None:
    """One line a regimen, and a last line that counts them."""
    table = Path(__file__).with_name("table.py")
    done = subprocess.run(  # noqa: S603 - our own table
        [sys.executable, table], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[-1] == "36 of 36 regimens agree on every start date"
    assert done.stdout.count(" pass") == 36 * 9
