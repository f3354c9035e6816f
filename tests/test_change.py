"""What differs between two plans: kinds, sentences and reasons in tables, completeness as a law."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories import histories
from mesoplan import Change, Course, Finding, Plan, PlanError, Protocol, Visit
from mesoplan.plan.cause import news
from mesoplan.plan.change import changes
from mesoplan.plan.entries import Decision, Entry
from mesoplan.values.english import listed

FRIDAY = datetime(2027, 1, 15, 17, 30, tzinfo=UTC)
SATURDAY = datetime(2027, 1, 16, 13, 30, tzinfo=UTC)
STAMP = datetime(2026, 11, 20, 9, tzinfo=UTC)
PHASE = {"id": "induction", "every": "P1W", "sessions": 16}
OPENED = {
    "id": "more",
    "every": "P1M",
    "sessions": 2,
    "requires": {"review": "look", "outcome": "better"},
}
PROTOCOL: dict[str, Any] = {
    "id": "weekly",
    "title": "Weekly",
    "phases": [PHASE, OPENED],
    "reviews": [{"id": "look", "at": "start + P3M"}],
}


def visit(**changed: Any) -> Visit:
    """Give session 7 of 16 on its Friday, or a variation."""
    fields: dict[str, Any] = {
        "key": "induction-7",
        "kind": "session",
        "phase": "induction",
        "number": 7,
        "of": 16,
        "name": "Session",
        "target": date(2027, 1, 15),
        "start": FRIDAY,
        "stamp": STAMP,
        "reasons": [{"code": "on-target", "target": date(2027, 1, 15)}],
    }
    fields |= changed
    return Visit(**({"end": fields["start"] + timedelta(minutes=30)} | fields))


def told(*sentences: str) -> list[dict[str, str]]:
    """Return reasons in the words of an earlier release."""
    return [{"code": "told", "cause": sentence} for sentence in sentences]


TAKEN = {"code": "taken", "wished": time(17, 30), "time": time(16, 30)}


def course(*facts: dict[str, Any], **changed: Any) -> Course:
    """Give the course with these facts and a protocol changed in this way."""
    protocol = Protocol(**(PROTOCOL | changed))
    return Course(id="c", protocol=protocol, start=datetime(2026, 12, 4, 17, 30)).replace(
        facts=facts
    )


def change(before: Visit | None, after: Visit | None, later: Course) -> Change:
    """Give the one change between plans of one visit."""
    old, new = ([] if each is None else [each] for each in (before, after))
    return changes(old, new, earlier=course(), later=later)[0]


MOVED = visit(start=SATURDAY, reasons=told("target 2027-01-15 is closed (Burst pipe)"))
LOST = {"number": None, "of": None}
OF_MORE = {"key": "more-1", "phase": "more", "name": "More", "number": 1, "of": 2}
ON = "on Fri 15 Jan 2027 17:30"

SENTENCES: list[tuple[str, Visit | None, Visit | None, list[dict[str, Any]], str]] = [
    ("kept", visit(), visit(), [], f"Session 7 of 16 (induction-7) stays {ON}"),
    (
        "kept",
        visit(status="attended"),
        visit(status="attended"),
        [],
        f"Session 7 of 16 (induction-7) stays attended {ON}",
    ),
    (
        "moved",
        visit(),
        MOVED,
        [],
        (
            "Session 7 of 16 (induction-7) moved from Fri 15 Jan 2027 17:30 to Sat 16 Jan 13:30: "
            "target 2027-01-15 is closed (Burst pipe)"
        ),
    ),
    (
        "moved",
        visit(),
        visit(start=FRIDAY + timedelta(days=360), reasons=()),
        [],
        "Session 7 of 16 (induction-7) moved from Fri 15 Jan 2027 17:30 to Mon 10 Jan 2028 17:30",
    ),
    (
        "moved",
        visit(),
        MOVED,
        [
            {"fact": "moved", "visit": "induction-8", "to": FRIDAY},
            {"fact": "moved", "visit": "induction-7", "to": SATURDAY},
        ],
        (
            "Session 7 of 16 (induction-7) moved from Fri 15 Jan 2027 17:30 to Sat 16 Jan 13:30: "
            "the person chose it, 1 day late"
        ),
    ),
    (
        "moved",
        visit(),
        visit(start=FRIDAY.replace(tzinfo=ZoneInfo("Europe/Berlin"))),
        [],
        (
            "Session 7 of 16 (induction-7) moved from Fri 15 Jan 2027 17:30 UTC+00:00 to "
            "Fri 15 Jan 17:30 UTC+01:00: the clinic's time zone is Europe/Berlin now"
        ),
    ),
    (
        "moved",
        visit(),
        visit(start=SATURDAY, target=date(2027, 1, 16)),
        [],
        (
            "Session 7 of 16 (induction-7) moved from Fri 15 Jan 2027 17:30 to Sat 16 Jan 13:30: "
            "its target is Sat 16 Jan 2027 now"
        ),
    ),
    (
        "moved",
        visit(),
        visit(start=SATURDAY, target=date(2027, 1, 17), reasons=told("target is closed (Sunday)")),
        [],
        (
            "Session 7 of 16 (induction-7) moved from Fri 15 Jan 2027 17:30 to Sat 16 Jan 13:30: "
            "its target is Sun 17 Jan 2027 now; target is closed (Sunday)"
        ),
    ),
    (
        "moved",
        visit(),
        visit(
            start=FRIDAY - timedelta(hours=1),
            end=FRIDAY,
            reasons=[*told("on its target"), TAKEN],
        ),
        [],
        (
            "Session 7 of 16 (induction-7) moved from Fri 15 Jan 2027 17:30 to Fri 15 Jan 16:30, "
            "lasts 60 minutes, so far 30: 17:30 is taken; placed at 16:30"
        ),
    ),
    (
        "added",
        None,
        visit(),
        [],
        f"Session 7 of 16 (induction-7) added {ON}: on its target 2027-01-15",
    ),
    ("added", None, visit(reasons=()), [], f"Session 7 of 16 (induction-7) added {ON}"),
    (
        "added",
        None,
        visit(key="induction-7.2"),
        [],
        (
            f"Session 7 of 16 (induction-7.2) added {ON}: in place of induction-7; "
            "on its target 2027-01-15"
        ),
    ),
    (
        "added",
        None,
        visit(status="attended", reasons=()),
        [],
        f"Session 7 of 16 (induction-7) added as attended {ON}",
    ),
    (
        "attended",
        visit(),
        visit(status="attended"),
        [],
        f"Session 7 of 16 (induction-7) attended {ON}",
    ),
    (
        "attended",
        visit(),
        visit(status="attended", start=SATURDAY),
        [],
        (
            "Session 7 of 16 (induction-7) attended on Sat 16 Jan 2027 13:30, "
            "planned for Fri 15 Jan 17:30"
        ),
    ),
    (
        "missed",
        visit(),
        visit(status="missed", **LOST),
        [],
        f"Session 7 of 16 (induction-7) missed {ON}",
    ),
    (
        "missed",
        visit(status="cancelled"),
        visit(status="missed"),
        [],
        f"Session 7 of 16 (induction-7) missed {ON}",
    ),
    (
        "reopened",
        visit(status="missed", **LOST),
        visit(),
        [],
        (
            f"Session 7 of 16 (induction-7) is planned again {ON}, so far Session: "
            "on its target 2027-01-15"
        ),
    ),
    (
        "retitled",
        visit(),
        visit(number=6),
        [],
        (
            f"Session 6 of 16 (induction-7) stays {ON}, so far Session 7 of 16: "
            "numbers count what was attended or is planned"
        ),
    ),
    (
        "retitled",
        visit(),
        visit(of=20),
        [],
        f"Session 7 of 20 (induction-7) stays {ON}, so far Session 7 of 16: there are 20 sessions now",
    ),
    (
        "retitled",
        visit(),
        visit(of=None),
        [],
        f"Session 7 (induction-7) stays {ON}, so far Session 7 of 16: their number is open now",
    ),
    (
        "retitled",
        visit(label="3 ml", place="home"),
        visit(label="4 ml"),
        [],
        (
            f"Session 7 of 16 (induction-7) stays {ON}, so far Session 7 of 16, 3 ml, at home: "
            "the protocol names it so"
        ),
    ),
    (
        "resized",
        visit(),
        visit(end=FRIDAY + timedelta(minutes=45)),
        [],
        f"Session 7 of 16 (induction-7) stays {ON}, lasts 45 minutes, so far 30",
    ),
    (
        "confirmed",
        visit(status="tentative", **OF_MORE),
        visit(**OF_MORE),
        [
            {"fact": "missed", "visit": "induction-2"},
            {"fact": "reviewed", "visit": "look", "outcome": "better"},
        ],
        f"More 1 of 2 (more-1) confirmed {ON}: look concluded: better",
    ),
    (
        "held",
        visit(),
        visit(status="on_hold"),
        [
            {"fact": "attended", "visit": "induction-2"},
            {"fact": "paused", "on": date(2027, 1, 10)},
        ],
        (
            f"Session 7 of 16 (induction-7) is on hold, it stands {ON}: "
            "the course is on hold since Sun 10 Jan 2027"
        ),
    ),
    (
        "confirmed",
        visit(status="on_hold"),
        visit(),
        [{"fact": "resumed", "on": date(2027, 1, 12)}],
        (f"Session 7 of 16 (induction-7) confirmed {ON}: the course goes on from Tue 12 Jan 2027"),
    ),
    (
        "moved",
        visit(status="on_hold"),
        visit(start=SATURDAY, target=date(2027, 1, 16)),
        [{"fact": "resumed", "on": date(2027, 1, 12)}],
        (
            "Session 7 of 16 (induction-7) moved from Fri 15 Jan 2027 17:30 to Sat 16 Jan 13:30: "
            "the course goes on from Tue 12 Jan 2027"
        ),
    ),
    (
        "cancelled",
        visit(status="on_hold"),
        visit(status="cancelled"),
        [{"fact": "stopped", "on": date(2027, 1, 12)}],
        (
            "Session 7 of 16 (induction-7) cancelled, it stood on Fri 15 Jan 2027 17:30: "
            "the course was stopped on Tue 12 Jan 2027"
        ),
    ),
    (
        "unsettled",
        visit(**OF_MORE),
        visit(status="tentative", **OF_MORE),
        [],
        f"More 1 of 2 (more-1) is tentative now {ON}",
    ),
]


@pytest.mark.parametrize(("kind", "before", "after", "facts", "sentence"), SENTENCES)
def test_a_change_reads_as_a_sentence_with_its_reason(
    kind: str, before: Visit | None, after: Visit | None, facts: list[dict[str, Any]], sentence: str
) -> None:
    """Each kind of difference has one word, and one sentence that says what, when and why."""
    found = change(before, after, course(*facts))
    assert (found.kind, str(found)) == (kind, sentence)


CALLED_OFF = visit(status="cancelled", reasons=told("no longer planned"))
MORE = visit(status="cancelled", **(OF_MORE | {"reasons": ()}))
LOOK = visit(
    key="look",
    kind="review",
    phase=None,
    review="look",
    number=None,
    of=None,
    status="cancelled",
    reasons=told("no anchor"),
)
STOPPED = {"fact": "stopped", "on": date(2027, 1, 15)}
PAUSED = {"fact": "paused", "on": date(2027, 1, 15)}
ENDED = {"fact": "reviewed", "visit": "look", "outcome": "worse"}

CAUSES: list[tuple[Visit, list[dict[str, Any]], dict[str, Any], str, str]] = [
    (
        CALLED_OFF,
        [{"fact": "cancelled", "visit": "induction-7"}],
        {},
        "it was called off",
        "a fact",
    ),
    (
        CALLED_OFF,
        [{"fact": "cancelled", "visit": "induction-6"}],
        {},
        "no longer planned",
        "another visit was called off",
    ),
    (CALLED_OFF, [STOPPED], {}, "the course was stopped on Fri 15 Jan 2027", "from that day on"),
    (
        CALLED_OFF,
        [STOPPED | {"on": date(2027, 1, 16)}],
        {},
        "no longer planned",
        "it stood before the course was stopped",
    ),
    (CALLED_OFF, [PAUSED], {}, "the course is on hold since Fri 15 Jan 2027", "a hold"),
    (
        CALLED_OFF,
        [PAUSED | {"on": date(2027, 1, 16)}],
        {},
        "no longer planned",
        "it stood before the hold",
    ),
    (LOOK, [PAUSED], {}, "no anchor", "a hold concerns sessions, not reviews"),
    (
        CALLED_OFF,
        [PAUSED | {"fact": "resumed"}],
        {},
        "the course goes on from Fri 15 Jan 2027",
        "the sessions after a hold are planned anew",
    ),
    (LOOK, [PAUSED | {"fact": "resumed"}], {}, "no anchor", "nor does its end"),
    (MORE, [ENDED], {}, "look concluded: worse", "the outcome drops the phase"),
    (MORE, [ENDED | {"visit": "other"}], {}, "None", "another review's outcome says nothing"),
    (CALLED_OFF, [], {"version": "2"}, "it follows weekly version 2 now", "a newer protocol"),
]


@pytest.mark.parametrize(("after", "facts", "protocol", "reason", "why"), CAUSES)
def test_a_visit_called_off_says_what_took_it_out(
    after: Visit, facts: list[dict[str, Any]], protocol: dict[str, Any], reason: str, why: str
) -> None:
    """What is new in the course since the earlier plan is the cause; older facts are not."""
    later = course(*facts, **protocol)
    before = after.replace(status="planned")
    found = change(before, after, later)
    assert (found.kind, str(found.reason)) == ("cancelled", reason), why
    assert "cancelled, it stood on Fri 15 Jan 2027 17:30" in str(found)
    again = changes([before], [after], earlier=later, later=later)[0]
    assert again.reason == (str(after.reasons[0]) if after.reasons else None), "nothing is new"


def test_entries_and_findings_say_why_too() -> None:
    """What was decided of a fact, and what found no place, is looked up and not guessed."""
    facts: list[dict[str, Any]] = [
        {"fact": "missed", "visit": "induction-7"},
        {"fact": "extended", "sessions": 2, "phase": "more"},
    ]
    later = course(*facts)
    entries = [
        Entry(key="induction-7", decided=(Decision(phase="induction", what="given-up", slot=7),)),
        Entry(decided=(Decision(phase="more", what="added", sessions=2),)),
    ]
    before = [visit(), visit(key="induction-8")]
    after = [
        visit(status="missed"),
        visit(key="induction-8", status="cancelled", reasons=()),
        visit(**OF_MORE),
    ]
    finding = Finding(code="given-up", visit="induction-8", message="finds no place")
    found = changes(
        before, after, earlier=course(), later=later, entries=entries, findings=[finding]
    )
    assert {each.key: each.reason for each in found} == {
        "induction-7": "it is not made up",
        "induction-8": "no place is left for it, and it is given up",
        "more-1": "2 sessions more agreed on; on its target 2027-01-15",
    }


def test_the_end_of_a_hold_says_why_only_where_it_moved_a_phase() -> None:
    """Its entry names the phases that go on elsewhere."""
    later = course({"fact": "resumed", "on": date(2027, 1, 12)})
    entry = Entry(decided=(Decision(phase="more", what="moved-on", day=date(2027, 1, 12)),))
    moved = visit(start=SATURDAY, reasons=told("closed"))
    found = changes([visit()], [moved], earlier=course(), later=later, entries=[entry])
    assert [each.reason for each in found] == ["closed"]


AWAY = {"fact": "away", "first": date(2027, 1, 14), "last": date(2027, 1, 15)}


@pytest.mark.parametrize(
    ("gone", "reason"),
    [
        ({"fact": "missed", "visit": "induction-7"}, "the record of it was taken back"),
        ({"fact": "cancelled", "visit": "induction-7"}, "the record of it was taken back"),
        ({"fact": "stopped", "on": date(2027, 1, 10)}, "the stop was taken back"),
        ({"fact": "paused", "on": date(2027, 1, 10)}, "the hold was taken back"),
        ({"fact": "missed", "visit": "induction-6"}, "on its target 2027-01-15"),
        (AWAY, "the person is not away on Fri 15 Jan 2027 after all"),
    ],
)
def test_a_visit_planned_again_says_what_was_taken_back(gone: dict[str, Any], reason: str) -> None:
    """Only a fact that stood in the earlier log was taken back; otherwise it says why it stands."""
    (found,) = changes([visit(status="cancelled")], [visit()], earlier=course(gone), later=course())
    assert (found.kind, found.reason) == ("reopened", reason)


def test_a_visit_that_moves_onto_a_day_away_that_was_taken_back_says_so() -> None:
    """Elsewhere it says why it stands where it does."""
    there, away = [visit(start=SATURDAY, reasons=told("closed"))], course(AWAY)
    (found,) = changes(there, [visit()], earlier=away, later=course())
    assert found.reason == "the person is not away on Fri 15 Jan 2027 after all"
    (found,) = changes([visit()], there, earlier=away, later=course())
    assert found.reason == "closed"


def test_the_same_fact_told_again_is_news() -> None:
    """Whoever cancels, is taken back, and cancels again has called it off again."""
    fact = {"fact": "away", "first": date(2027, 1, 1), "last": date(2027, 1, 2)}
    assert [f for f, _ in news(course(fact), course(fact, fact)).facts] == [course(fact).facts[0]]
    assert news(course(fact), course(fact)).facts == ()
    assert news(course(fact, fact), course(fact)).facts == ()


TELLS: list[tuple[Visit | None, Visit | None, bool, str]] = [
    (visit(), MOVED, True, "a new time"),
    (visit(), visit(status="cancelled"), True, "called off"),
    (visit(), None, True, "not in the plan any more"),
    (None, visit(), True, "added"),
    (None, visit(status="tentative"), True, "added, perhaps"),
    (None, visit(status="attended"), False, "recorded without having been planned"),
    (None, visit(status="cancelled"), False, "never planned for anybody"),
    (visit(status="missed"), visit(), True, "planned again"),
    (visit(), visit(status="on_hold"), True, "it waits for the end of a hold"),
    (visit(status="on_hold"), visit(), True, "the hold has ended"),
    (visit(), visit(status="tentative"), True, "it may not take place"),
    (visit(), visit(end=FRIDAY + timedelta(minutes=45)), True, "it takes longer"),
    (visit(), visit(place="home"), True, "the person need not come"),
    (visit(), visit(number=6), False, "a new number in a title"),
    (visit(), visit(of=18), False, "a new count in a title"),
    (visit(), visit(label="300 mg"), False, "its content"),
    (visit(), visit(status="attended"), False, "the person was there"),
    (visit(), visit(status="missed"), False, "and knows that as well"),
    (visit(), visit(), False, "it stays"),
]


@pytest.mark.parametrize(("before", "after", "tells", "why"), TELLS)
def test_a_change_says_whether_the_person_needs_to_be_told(
    before: Visit | None, after: Visit | None, *, tells: bool, why: str
) -> None:
    """A new time, called off, added; not a new number (M8)."""
    assert change(before, after, course()).tells is tells, why


def test_a_visit_that_the_later_plan_does_not_know_is_cancelled_too() -> None:
    """Two plans made without each other need not share their keys."""
    found = change(visit(), None, course())
    assert (found.kind, found.after) == ("cancelled", None)
    assert str(found).startswith("Session 7 of 16 (induction-7) cancelled, it stood on Fri 15 Jan")


def test_plans_of_two_courses_are_not_compared() -> None:
    """The keys of two courses are the same words for different visits."""
    with pytest.raises(PlanError, match="is the plan of another course, got d"):
        changes([], [], earlier=course().replace(id="d"), later=course())


def applied(visits: tuple[Visit, ...], found: tuple[Change, ...]) -> list[Visit]:
    """Put each change's `after` in the place of its `before`."""
    now = {each.key: each for each in visits}
    for each in found:
        assert now.pop(each.key, None) == each.before
        if each.after is not None:
            now[each.key] = each.after
    return sorted(now.values(), key=lambda each: (each.start, each.key))


def booked(visits: list[Visit] | tuple[Visit, ...]) -> list[tuple[Any, ...]]:
    """Give what a person has to know of visits."""
    return [(v.key, v.start, v.end, v.status, v.title, v.label, v.place) for v in visits]


@given(histories(), st.data())
def test_applied_to_an_earlier_plan_the_changes_give_the_later_one(
    plans: list[Plan], data: st.DataObject
) -> None:
    """All of them give the very visits; those shown by default give every booking."""
    old, new = data.draw(st.sampled_from(plans)), plans[-1]
    every, shown = new.changes_since(old, kept=True), new.changes_since(old)
    assert applied(old.visits, every) == list(new.visits)
    assert booked(applied(old.visits, shown)) == booked(new.visits)
    assert [each for each in every if each.kind != "kept"] == list(shown)
    assert all(str(each).count("None") == 0 for each in every)


@given(histories())
def test_nothing_changes_between_a_plan_and_itself(plans: list[Plan]) -> None:
    """And no fact of long ago is taken for a cause."""
    assert plans[-1].changes_since(plans[-1]) == ()
    assert all(each.reason is None for each in plans[-1].changes_since(plans[-1], kept=True))


@given(histories())
def test_changes_survive_json(plans: list[Plan]) -> None:
    """Clinic software stores and sends them; the instants and the sentence stay."""
    for each in plans[-1].changes_since(plans[0]):
        again = Change.model_validate_json(each.model_dump_json())
        assert again == each
        assert str(again) == str(each)


def test_a_long_list_is_counted() -> None:
    """A sentence stays readable."""
    assert [listed(list("abcd"[:n])) for n in range(5)] == [
        "",
        "a",
        "a and b",
        "a, b and 1 more",
        "a, b and 2 more",
    ]
