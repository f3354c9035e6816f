"""Calendars that update: what a plan's file becomes when life happens (M8).

`python tests/test_updates.py` prints the lines that each situation changes.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings

from histories import histories
from mesoplan import (
    Away,
    Closure,
    Course,
    Missed,
    Moved,
    Outcome,
    Paused,
    Phase,
    Plan,
    Protocol,
    Resumed,
    Review,
    Reviewed,
    Stopped,
    Visit,
    schedule,
    to_ics,
    uid_of,
)
from mesoplan.course.facts import Fact
from readers import Reader, restrictions_many
from samples import BUSY

BEFORE = datetime(2026, 11, 20, 9, tzinfo=UTC)
AFTER = datetime(2026, 12, 21, 9, tzinfo=UTC)
_PROTOCOL = Protocol(
    id="short",
    title="Short course",
    phases=[
        Phase(id="a", title="Session", every="P1W", sessions=5, window="P2D", min_interval="P5D"),
        Phase(
            id="b",
            title="Maintenance",
            every="P1M",
            sessions=2,
            requires=Outcome(review="look", outcome="go on"),
        ),
    ],
    reviews=[Review(id="look", title="Review", at="last session of a + P1W", outcomes=("go on",))],
)
_COURSE = Course(id="course-3", protocol=_PROTOCOL, start=datetime(2026, 12, 4, 17, 30))


@dataclass(frozen=True)
class Update:
    """What happened, and what has to become of whom."""

    facts: tuple[Fact, ...] = ()
    closures: tuple[Closure, ...] = ()
    changed: tuple[str, ...] = ()
    """Visits with a changed booking: SEQUENCE rises by one."""
    added: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    """Visits with a changed text: a new DTSTAMP, the same SEQUENCE."""
    cancelled: tuple[str, ...] = ()
    """Of the changed ones, those with STATUS:CANCELLED."""
    held: tuple[str, ...] = ()
    """Of the changed ones, those that wait for the end of a hold: tentative and free."""


_LEAVE = Closure(first=date(2026, 12, 24), last=date(2026, 12, 27), reason="Leave")
UPDATES = {
    "nothing happened": Update(),
    "a missed session": Update(
        facts=(Missed(visit="a-3"),),
        changed=("a-3", "look", "b-1", "b-2"),
        cancelled=("a-3",),
        added=("a-3.2",),
        renamed=("a-4", "a-5"),
    ),
    "a closure announced late": Update(closures=(_LEAVE,), changed=("a-4",)),
    "a move by the patient": Update(
        facts=(Moved(visit="a-4", to=datetime(2026, 12, 26, 11)),), changed=("a-4",)
    ),
    "days away": Update(
        facts=(Away(first=date(2026, 12, 25), last=date(2026, 12, 25)),), changed=("a-4",)
    ),
    "a pause": Update(
        facts=(Paused(on=date(2026, 12, 22)),),
        changed=("a-4", "a-5", "look", "b-1", "b-2"),
        held=("a-4", "a-5", "look", "b-1", "b-2"),
    ),
    "a stop": Update(
        facts=(Stopped(on=date(2026, 12, 22)),),
        changed=("a-4", "a-5", "look", "b-1", "b-2"),
        cancelled=("a-4", "a-5", "look", "b-1", "b-2"),
    ),
}


def _plans(update: Update) -> tuple[Plan, Plan]:
    before = schedule(_COURSE, BUSY, as_of=BEFORE)
    clinic = BUSY.replace(closures=update.closures)
    course = _COURSE.record(*update.facts)
    return before, schedule(course, clinic, as_of=AFTER, previous=before)


_BLOCK = re.compile(r"^BEGIN:VEVENT\n.*?^END:VEVENT\n", re.MULTILINE | re.DOTALL)


def _blocks(plan: Plan) -> dict[str, str]:
    """Give the text of every entry, by its UID."""
    found = _BLOCK.findall(to_ics(plan).decode().replace("\r\n", "\n"))
    return {re.findall("^UID:(.*)$", block, re.MULTILINE)[0]: block for block in found}


def _line(block: str, name: str) -> str:
    (found,) = re.findall(f"^{name}:(.*)$", block, re.MULTILINE)
    return str(found)


@pytest.mark.parametrize("name", UPDATES)
def test_only_what_changed_is_counted_up(name: str) -> None:
    """SEQUENCE rises by one where the booking changed, stays where only the title did."""
    update, (before, after) = UPDATES[name], _plans(UPDATES[name])
    old, new = _blocks(before), _blocks(after)
    for visit in before.visits:
        uid = uid_of("course-3", visit.key)
        rise = int(_line(new[uid], "SEQUENCE")) - int(_line(old[uid], "SEQUENCE"))
        assert rise == (visit.key in update.changed), visit.key
        renewed = visit.key in update.changed + update.renamed
        stamp = "20261221T090000Z" if renewed else "20261120T090000Z"
        assert _line(new[uid], "DTSTAMP") == _line(new[uid], "LAST-MODIFIED") == stamp, visit.key


@pytest.mark.parametrize("name", UPDATES)
def test_what_did_not_change_is_the_same_to_the_byte(name: str) -> None:
    """Every other entry stays, so that a calendar that compares has nothing to do."""
    update, (before, after) = UPDATES[name], _plans(UPDATES[name])
    old, new = _blocks(before), _blocks(after)
    differing = {uid for uid, block in old.items() if new[uid] != block}
    assert differing == {uid_of("course-3", key) for key in update.changed + update.renamed}
    assert new.keys() - old.keys() == {uid_of("course-3", key) for key in update.added}


def test_a_plan_made_again_is_the_same_file() -> None:
    """A month later, with nothing new, not a byte differs; so a hash of it is a good ETag."""
    before, after = _plans(UPDATES["nothing happened"])
    assert after.as_of != before.as_of
    assert to_ics(after) == to_ics(before)


@pytest.mark.parametrize("name", UPDATES)
def test_what_was_called_off_or_waits_says_so_everywhere_and_reminds_nobody(name: str) -> None:
    """STATUS, the title, free time and no alarms; what is to come keeps its reminders."""
    update, (_, after) = UPDATES[name], _plans(UPDATES[name])
    blocks = _blocks(after)
    for visit in after.visits:
        block = blocks[uid_of("course-3", visit.key)]
        gone, held = visit.key in update.cancelled, visit.key in update.held
        assert (_line(block, "STATUS") == "CANCELLED") == gone
        assert _line(block, "SUMMARY").startswith(("Cancelled: ", "Missed: ")) == gone
        assert _line(block, "SUMMARY").startswith("On hold: ") == held
        assert not held or _line(block, "STATUS") == "TENTATIVE"
        assert (_line(block, "TRANSP") == "TRANSPARENT") == (gone or held)
        assert ("VALARM" not in block) == (gone or held)


def test_what_waits_for_a_review_is_tentative_until_it_is_known() -> None:
    """Its outcome confirms the maintenance: another STATUS and title, SEQUENCE one up."""
    fact = Reviewed(visit="look", outcome="go on", at=datetime(2026, 12, 20, 10))
    before, after = _plans(Update(facts=(fact,)))
    old, new = (_blocks(plan)[uid_of("course-3", "b-1")] for plan in (before, after))
    assert [_line(block, "STATUS") for block in (old, new)] == ["TENTATIVE", "CONFIRMED"]
    assert [_line(block, "SUMMARY") for block in (old, new)] == [
        "To be confirmed: Maintenance 1 of 2",
        "Maintenance 1 of 2",
    ]
    assert [_line(block, "SEQUENCE") for block in (old, new)] == ["0", "1"]


def test_a_course_taken_up_again_forgets_no_entry() -> None:
    """Paused and resumed months later: what waited is asked for again, each under its own UID."""
    before, paused = _plans(UPDATES["a pause"])
    course = paused.course.record(Resumed(on=date(2027, 3, 1)))
    now = datetime(2027, 2, 22, 9, tzinfo=UTC)
    resumed = schedule(course, BUSY, as_of=now, previous=paused)
    old, held, new = _blocks(before), _blocks(paused), _blocks(resumed)
    assert old.keys() <= held.keys() <= new.keys()
    upcoming = [visit for visit in resumed.sessions if visit.upcoming and visit.start > now]
    assert [visit.key for visit in upcoming] == ["a-4", "a-5", "b-1", "b-2"]
    for visit in upcoming:
        assert _line(new[uid_of("course-3", visit.key)], "STATUS") in {"CONFIRMED", "TENTATIVE"}


@settings(max_examples=60, deadline=None)
@given(histories())
def test_every_file_carries_the_last_one_on(life: list[Plan]) -> None:
    """Law: no UID is lost; SEQUENCE counts the changed bookings; an entry differs only with a new
    stamp.
    """
    for before, after in pairwise(life):
        old, new = _blocks(before), _blocks(after)
        assert old.keys() <= new.keys()
        for visit in before.visits:
            uid, later = uid_of("c", visit.key), after.visit(visit.key)
            rise = int(_line(new[uid], "SEQUENCE")) - int(_line(old[uid], "SEQUENCE"))
            assert rise == (_booking(visit) != _booking(later))
            if old[uid] != new[uid]:
                assert _line(new[uid], "DTSTAMP") == f"{after.as_of:%Y%m%dT%H%M%SZ}"


def _booking(visit: Visit) -> tuple[object, ...]:
    """Tell what M8 counts: when it is, how long, and what became of it."""
    return visit.start, visit.end, visit.status


def test_every_program_reads_the_updates(reader: Reader) -> None:
    """Instants and SEQUENCE of every situation come out of each reader as the plan has them."""
    plans = [_plans(update)[1] for update in UPDATES.values()]
    for plan, entries in zip(plans, reader.read_many([to_ics(p) for p in plans]), strict=True):
        read = {entry.uid: (entry.start, entry.sequence) for entry in entries}
        assert read == {
            uid_of("course-3", visit.key): (visit.start.astimezone(UTC), visit.revision)
            for visit in plan.visits
        }


def test_libical_has_no_complaint(libical: Reader) -> None:
    """Each updated file passes libical's checks."""
    assert libical.name == "libical"
    files = [to_ics(_plans(update)[1]) for update in UPDATES.values()]
    assert restrictions_many(files) == [[]] * len(files)


def _difference(update: Update) -> Iterator[str]:
    before, after = (to_ics(plan).decode().replace("\r\n ", "") for plan in _plans(update))
    yield from difflib.unified_diff(
        before.split("\r\n"), after.split("\r\n"), "before.ics", "after.ics", n=3, lineterm=""
    )


def test_the_printed_difference_shows_the_change() -> None:
    """What the command prints: the SEQUENCE that rises, the title, the alarms that go."""
    lines = list(_difference(UPDATES["a missed session"]))
    assert "-SUMMARY:Session 3 of 5" in lines
    assert "+SUMMARY:Missed: Session" in lines
    assert "+SEQUENCE:1" in lines
    assert "-BEGIN:VALARM" in lines
    assert list(_difference(UPDATES["nothing happened"])) == []


if __name__ == "__main__":
    for situation, happened in UPDATES.items():
        print(f"\n=== {situation}", *_difference(happened), sep="\n")  # noqa: T201 - it prints
