"""The log of a course: what may be recorded, what contradicts it, and what is taken back."""

import sys
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan import (
    Attended,
    Away,
    Cancelled,
    Course,
    Extended,
    Missed,
    Moved,
    Paused,
    Protocol,
    RecordError,
    Resumed,
    Review,
    Reviewed,
    Stopped,
)
from mesoplan.course.course import contradictions
from mesoplan.course.fact_kinds import ABOUT_FIELDS, FACT_KINDS
from mesoplan.course.facts import Fact
from mesoplan.values.errors import Fault
from samples import START, course_of, weekly

DAY = START.date()
LATE = date(2027, 3, 1)
MOMENT = datetime(2026, 12, 11, 17, 30)


def course(**fields: Any) -> Course:
    """Return a course with a weekly phase, one without an end, and reviews of each kind."""
    reviews = [
        Review(id="consultation", at="start - P1W"),
        Review(id="check", at="every 4th session"),
        Review(id="month-3", at="start + P3M", outcomes=("go on", "stop")),
    ]
    return course_of(weekly(reviews=reviews), **fields)


TAKEN: list[tuple[list[Any], str]] = [
    ([Attended(visit="induction-1")], "a session of a counted phase"),
    ([Attended(visit="induction-17")], "an earlier version had more; the plan knows which stood"),
    ([Missed(visit="induction-6"), Missed(visit="induction-6.2")], "made up and missed again"),
    ([Attended(visit="maintenance-40")], "an open-ended phase has no last session"),
    ([Attended(visit="consultation"), Reviewed(visit="consultation", outcome="yes")], "both"),
    ([Reviewed(visit="month-3", outcome="go on")], "as the review names it"),
    ([Reviewed(visit="consultation", outcome="Whatever")], "a review that names no outcomes"),
    ([Reviewed(visit="month-3.2", outcome="stop")], "a review that was made up"),
    ([Attended(visit="check-3")], "a review that takes place several times"),
    ([Attended(visit="consultation", at=START - timedelta(days=7))], "before the start"),
    ([Moved(visit="consultation", to=START - timedelta(days=9))], "a consultation moved there"),
    ([Attended(visit="induction-1", at=START - timedelta(hours=5))], "earlier on the first day"),
    ([Moved(visit="induction-2", to=MOMENT), Moved(visit="induction-2", to=MOMENT)], "twice"),
    ([Moved(visit="induction-2", to=MOMENT), Missed(visit="induction-2")], "moved and missed"),
    ([Paused(on=DAY), Resumed(on=DAY), Paused(on=DAY)], "one hold after another"),
    (
        [Paused(on=LATE), Resumed(on=LATE), Paused(on=DAY), Resumed(on=DAY)],
        "an older hold told late",
    ),
    ([Stopped(on=DAY), Missed(visit="induction-1")], "told late"),
    ([Stopped(on=DAY), Away(first=DAY, last=LATE)], "away days contradict nothing"),
    ([Extended(sessions=2)], "of the only phase with a number of sessions"),
    ([Extended(sessions=1, phase="induction"), Extended(sessions=1)], "by name, and once more"),
    ([Extended(sessions=2), Stopped(on=LATE)], "more was planned before the course ended"),
]


@pytest.mark.parametrize(("facts", "why"), TAKEN, ids=[why for _, why in TAKEN])
def test_what_happened_is_recorded_in_order(facts: list[Any], why: str) -> None:
    """The log grows by what is told."""
    assert course().record(*facts).facts == tuple(facts), why


_START = "(give a later day, or the course another start)"
_OUTCOMES = 'is no outcome of month-3, which names "go on", "stop", got'
REFUSED: list[tuple[list[Any], str, str]] = [
    (
        [Missed(visit="inducton-6")],
        'fact 1, visit: is not a visit of this course, got inducton-6 (did you mean "induction-6"?)',
        "a slip in the phase",
    ),
    (
        [Missed(visit="induction")],
        'fact 1, visit: is not a visit of this course, got induction (did you mean "induction-1"?)',
        "a session has a number",
    ),
    (
        [Missed(visit="induction-06")],
        'fact 1, visit: is not a visit of this course, got induction-06 (did you mean "induction-1"?)',
        "one visit, one way to write it",
    ),
    (
        [Missed(visit="induction-6.1")],
        'fact 1, visit: is not a visit of this course, got induction-6.1 (did you mean "induction-6"?)',
        "the first attempt is not written",
    ),
    (
        [Missed(visit="consultation-1")],
        'fact 1, visit: is not a visit of this course, got consultation-1 (did you mean "consultation"?)',
        "a review that is one visit has no number",
    ),
    (
        [Missed(visit="check")],
        'fact 1, visit: is not a visit of this course, got check (did you mean "check-1"?)',
        "one that takes place several times has",
    ),
    (
        [Attended(visit="induction-1"), Missed(visit="induction-1")],
        "fact 2, visit: is already recorded as attended, got induction-1 (undo the earlier fact first)",
        "who came was not missed",
    ),
    (
        [Attended(visit="induction-1"), Attended(visit="induction-1")],
        "fact 2, visit: is already recorded as attended, got induction-1 (undo the earlier fact first)",
        "nobody comes twice to one visit",
    ),
    (
        [Cancelled(visit="induction-1"), Moved(visit="induction-1", to=MOMENT)],
        "fact 2, visit: is already recorded as cancelled, got induction-1 (undo the earlier fact first)",
        "what has its outcome is not moved",
    ),
    (
        [Reviewed(visit="consultation", outcome="yes"), Attended(visit="consultation")],
        "fact 2, visit: is already recorded as reviewed, got consultation (undo the earlier fact first)",
        "who was reviewed had come",
    ),
    (
        [
            Attended(visit="month-3"),
            Reviewed(visit="month-3", outcome="go on"),
            Reviewed(visit="month-3", outcome="stop"),
        ],
        "fact 3, visit: is already recorded as reviewed, got month-3 (undo the earlier fact first)",
        "one conclusion",
    ),
    (
        [Reviewed(visit="month-3", outcome="Go on")],
        f'fact 1, outcome: {_OUTCOMES} Go on (did you mean "go on"?)',
        "a phase that waits for it would be dropped",
    ),
    (
        [Reviewed(visit="month-3", outcome="well")],
        f"fact 1, outcome: {_OUTCOMES} well (known: go on, stop)",
        "no outcome at all",
    ),
    (
        [Reviewed(visit="induction-2", outcome="go on")],
        "fact 1, visit: is a session and has no outcome, got induction-2 (record Attended)",
        "only a review concludes",
    ),
    (
        [Paused(on=DAY), Paused(on=LATE)],
        (
            "fact 2, on: begins a second hold: the course is already paused since 2026-12-04, "
            "got 2027-03-01 (record Resumed first)"
        ),
        "a hold begins once",
    ),
    (
        [Resumed(on=DAY)],
        "fact 1, on: ends no hold: the course is not paused, got 2026-12-04 (record Paused first)",
        "a hold that never began",
    ),
    (
        [Paused(on=date(2027, 1, 2)), Resumed(on=date(2027, 1, 1))],
        (
            "fact 2, on: lies before the hold: the course was paused only on 2027-01-02, "
            "got 2027-01-01 (give a later day)"
        ),
        "it ends after it began",
    ),
    (
        [Stopped(on=DAY), Extended(sessions=1)],
        (
            "fact 2, sessions: comes after a stop: the course was stopped on 2026-12-04, got 1 "
            "(undo Stopped, or start anew)"
        ),
        "what is over is not extended",
    ),
    (
        [Stopped(on=DAY), Stopped(on=LATE)],
        (
            "fact 2, on: comes after a stop: the course was stopped on 2026-12-04, got 2027-03-01 "
            "(undo Stopped, or start anew)"
        ),
        "it ends once",
    ),
    (
        [Attended(visit="induction-1", at=datetime(2026, 12, 3, 23, 59))],
        f"fact 1, at: lies before the start 2026-12-04, got 2026-12-03 23:59:00 {_START}",
        "the start is the first session",
    ),
    (
        [Moved(visit="induction-1", to=datetime(2026, 11, 1, 9, 0))],
        f"fact 1, to: lies before the start 2026-12-04, got 2026-11-01 09:00:00 {_START}",
        "nor is a session moved there",
    ),
    (
        [Paused(on=date(2026, 1, 1))],
        f"fact 1, on: lies before the start 2026-12-04, got 2026-01-01 {_START}",
        "nothing to hold yet",
    ),
    (
        [Stopped(on=date(2026, 1, 1))],
        f"fact 1, on: lies before the start 2026-12-04, got 2026-01-01 {_START}",
        "nothing to stop yet",
    ),
    (
        [Extended(sessions=1, phase="inducton")],
        'fact 1, phase: is not a phase of this course, got inducton (did you mean "induction"?)',
        "a slip in the phase",
    ),
    (
        [Extended(sessions=1, phase="maintenance")],
        (
            "fact 1, phase: has no number of sessions to add to, got maintenance "
            "(name one that has sessions: induction)"
        ),
        "what has no end has no more",
    ),
]


@pytest.mark.parametrize(("facts", "message", "why"), REFUSED, ids=[row[2] for row in REFUSED])
def test_a_contradiction_is_refused_by_name(facts: list[Any], message: str, why: str) -> None:
    """The error names the fact and its field, what is wrong with it, and what to do."""
    with pytest.raises(RecordError) as caught:
        course().record(*facts)
    assert str(caught.value) == f"the course's log: {message}", why


LENGTHS: list[tuple[list[dict[str, Any]], str | None, str | None, str]] = [
    ([{"sessions": 4}], None, "a", "the only one"),
    ([{"sessions": 4}], "a", "a", "the only one, named"),
    ([{"sessions": 4}, {}], None, "a", "the other has no end"),
    ([{"sessions": 4}, {"sessions": 2}], "b", "b", "the one that is named"),
    ([{"sessions": 4}, {"sessions": 2}], None, None, "nobody knows which"),
    ([{}], "a", None, "it has no end"),
    ([{"until": "P3M"}], "a", None, "a span, not a count"),
    ([{"until": "P3M"}, {"sessions": 3}], None, "b", "a span is not counted"),
    ([{"every": None, "at": ("P0D", "P1M")}], None, None, "an explicit list"),
    ([{"total": 8}], None, None, "a count of the course, not its own"),
    (
        [{"sessions": 4}, {"every": None, "starts": "each session of a + P1D"}],
        "b",
        None,
        "as many as the other has",
    ),
]


@pytest.mark.parametrize(("phases", "named", "phase", "why"), LENGTHS, ids=[r[3] for r in LENGTHS])
def test_sessions_are_added_to_a_phase_that_counts_them(
    phases: list[dict[str, Any]], named: str | None, phase: str | None, why: str
) -> None:
    """One place says which phase is meant; where there is none, the record is refused."""
    fields = [
        {name: value for name, value in ({"id": "ab"[i], "every": "P1W"} | one).items() if value}
        for i, one in enumerate(phases)
    ]
    protocol = Protocol(id="x", title="X", phases=fields)
    fact = Extended(sessions=2, phase=named)
    assert fact.phase_in(protocol) == phase, why
    if phase is not None:
        assert course_of(protocol).record(fact).facts == (fact,)
        return
    with pytest.raises(RecordError) as caught:
        course_of(protocol).record(fact)
    assert caught.value.faults[0].path == "facts.0.phase"


def test_several_counted_phases_are_named() -> None:
    """The error lists those from which to choose."""
    phases = [{"id": name, "every": "P1W", "sessions": 2} for name in ("a", "b")]
    with pytest.raises(RecordError, match=r"name one that has sessions: a, b"):
        course_of(Protocol(id="x", title="X", phases=phases)).record(Extended(sessions=1))


EAST = timezone(timedelta(hours=3))
STARTS: list[tuple[datetime, datetime, bool, str]] = [
    (START, datetime(2026, 12, 3, 23, 0), True, "both as the clinic's clock has it"),
    (START, datetime(2026, 12, 3, 23, tzinfo=UTC), False, "may be the next day at the clinic"),
    (START, datetime(2026, 12, 2, 23, tzinfo=UTC), True, "is the day before in every zone"),
    (datetime(2026, 12, 4, 1, tzinfo=EAST), datetime(2026, 12, 3, 22), False, "west of it"),
    (datetime(2026, 12, 4, 1, tzinfo=EAST), datetime(2026, 12, 2, 22), True, "in every zone"),
    (
        datetime(2026, 12, 4, 1, tzinfo=EAST),
        datetime(2026, 12, 3, 23, tzinfo=UTC),
        False,
        "an hour after the start",
    ),
    (
        datetime(2026, 12, 4, 1, tzinfo=EAST),
        datetime(2026, 12, 2, 22, tzinfo=UTC),
        True,
        "a day before, to the minute",
    ),
    (
        datetime(1, 1, 2, tzinfo=timezone(timedelta(hours=14))),
        datetime(1, 1, 2, 5),
        False,
        "the beginning of the calendar",
    ),
]


@pytest.mark.parametrize(("start", "at", "early", "why"), STARTS, ids=[row[3] for row in STARTS])
def test_before_the_start_means_in_every_time_zone(
    start: datetime, at: datetime, *, early: bool, why: str
) -> None:
    """The log does not know the clinic's zone, and refuses nobody who came in time."""
    told = course(start=start, facts=[Attended(visit="induction-1", at=at)])
    assert bool(contradictions(told)) is early, why


EARLY: list[tuple[str, str, bool, str]] = [
    ("start - P4W", "a-1", False, "its first session precedes the start"),
    ("external:lmp + P12W", "a-1", False, "its day comes from outside"),
    ("start - P4W", "b-1", False, "the next phase follows it, wherever that leads"),
    ("start - P4W", "c-1", True, "another phase does not"),
    ("start - P4W", "d-1", False, "counts from sessions of the course, the early ones too"),
    ("start + P4W", "a-1", True, "begins after the start"),
]


@pytest.mark.parametrize(("starts", "visit", "refused", "why"), EARLY, ids=[r[3] for r in EARLY])
def test_a_phase_may_begin_before_the_start(
    starts: str, visit: str, *, refused: bool, why: str
) -> None:
    """Where its anchor says so, its sessions may have taken place before."""
    anchors = {"a": starts, "b": None, "c": "start + P1D", "d": "session 2"}
    phases = [
        {"id": name, "every": "P1W", "sessions": 2, "starts": anchor}
        for name, anchor in anchors.items()
    ]
    dates = {"lmp": date(2026, 6, 1)} if "lmp" in starts else {}
    person = course_of(Protocol(id="x", title="X", phases=phases), dates=dates)
    told = person.replace(facts=[Attended(visit=visit, at=datetime(2026, 11, 10, 9))])
    assert bool(contradictions(told)) is refused, why


def test_a_refused_record_adds_nothing_and_tells_every_fault() -> None:
    """All facts are taken or none."""
    before = course()
    with pytest.raises(RecordError) as caught:
        before.record(Missed(visit="induktion-9"), Away(first=DAY, last=DAY), Resumed(on=DAY))
    assert [fault.path for fault in caught.value.faults] == ["facts.0.visit", "facts.2.on"]
    assert before.facts == ()


def test_the_last_fact_is_taken_back_with_an_audit_line() -> None:
    """What was said by mistake is not forgotten."""
    told = course().record(Missed(visit="induction-6"), Attended(visit="induction-7"))
    undone = told.undo()
    assert undone.facts == told.facts[:1]
    assert [(line.fact, line.after) for line in undone.undone] == [(told.facts[1], 1)]
    assert Course.model_validate_json(undone.model_dump_json()) == undone


def test_an_empty_log_has_nothing_to_take_back() -> None:
    """It says so."""
    with pytest.raises(RecordError, match="nothing to undo"):
        course().undo()


def test_a_log_that_was_saved_is_opened_whatever_it_says() -> None:
    """What contradicts is listed for whoever plans, and does not keep the next fact out."""
    told = course(facts=[Attended(visit="zz-9"), Resumed(on=DAY), Missed(visit="induction-2")])
    assert [fault.path for fault in contradictions(told)] == ["facts.0.visit", "facts.1.on"]
    assert told.record(Missed(visit="induction-3")).facts[:3] == told.facts
    assert Course.model_validate_json(told.model_dump_json()) == told


VISITS = (
    "induction-1",
    "induction-2",
    "induction-2.2",
    "maintenance-1",
    "month-3",
    "check-1",
    "zz-1",
)
_days = st.dates(date(2026, 11, 1), date(2027, 6, 1))
_moments = st.datetimes(datetime(2026, 11, 1), datetime(2027, 6, 1))
_visits = st.sampled_from(VISITS)
FACTS = st.lists(
    st.one_of(
        st.builds(Attended, visit=_visits, at=st.none() | _moments),
        st.builds(Missed, visit=_visits),
        st.builds(Moved, visit=_visits, to=_moments),
        st.builds(Cancelled, visit=_visits),
        st.builds(Reviewed, visit=_visits, outcome=st.sampled_from(["go on", "stop", "Stop"])),
        st.builds(Paused, on=_days),
        st.builds(Resumed, on=_days),
        st.builds(Stopped, on=_days),
        st.builds(Extended, sessions=st.just(1), phase=st.none() | st.just("maintenance")),
    ),
    max_size=8,
)


def refusals(told: Course, facts: list[Any]) -> list[Fault]:
    """Return what recording these facts is refused for."""
    try:
        told.record(*facts)
    except RecordError as error:
        return list(error.faults)
    return []


@given(FACTS)
def test_facts_told_together_or_apart_are_the_same_facts(facts: list[Any]) -> None:
    """The first fact that is refused by itself is the first that is refused among the others."""
    refused, told = refusals(course(), facts), course()
    for index, fact in enumerate(facts):
        alone = refusals(told, [fact])
        if alone:
            assert alone == [fault for fault in refused if fault.path.startswith(f"facts.{index}.")]
            assert alone[0] == refused[0]
            return
        told = told.record(fact)
    assert (refused, contradictions(told)) == ([], [])
    assert told == course().record(*facts)


@given(FACTS)
def test_any_log_opens_and_what_contradicts_has_its_place(facts: list[Any]) -> None:
    """Each fault names a field of a fact; recording refuses just these."""
    told = course(facts=facts)
    for fault in contradictions(told):
        _, index, field = fault.path.split(".")
        assert field in type(facts[int(index)]).model_fields
    for known in range(len(facts)):
        late = [fault for fault in contradictions(told) if int(fault.path.split(".")[1]) >= known]
        assert contradictions(told, since=known) == late


LONG: list[tuple[list[Any], str]] = [
    ([Missed(visit=f"maintenance-{n}") for n in range(1, 5001)], "a visit each"),
    ([Moved(visit="induction-2", to=MOMENT)] * 5000, "one visit, moved over and over"),
    ([Paused(on=DAY), Resumed(on=DAY)] * 2500, "holds"),
    ([Attended(visit="induction-2")] * 5000, "each contradicts the one before"),
    ([Attended(visit="inducton-2")] * 5000, "each names no visit"),
]


def _calls_to_read(facts: list[Any]) -> int:
    """Count the calls that reading a log, and recording into one, takes: the same on every machine."""
    told, calls = course(facts=facts), 0

    def count(_frame: object, event: str, _what: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        contradictions(told)
        with suppress(RecordError):
            course().record(*facts)
        told.record(Missed(visit="induction-9"))
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize(("facts", "why"), LONG, ids=[why for _, why in LONG])
def test_a_long_log_is_read_once(facts: list[Any], why: str) -> None:
    """Five thousand facts are held against the log in the time of reading it, not its square."""
    few, many = _calls_to_read(facts[:500]), _calls_to_read(facts)
    assert many < 15 * few, f"{why}: {few} calls for 500 facts, {many} for 5,000"
    found = contradictions(course(facts=facts))
    assert bool(found) is any("tt" in type(fact).__name__ for fact in facts), why


def test_every_kind_of_fact_has_its_row() -> None:
    """Each member of the union stands in the table under its word, and its fields are all asked for."""
    kinds = get_args(get_args(Fact)[0])
    words = {kind.model_fields["fact"].default: kind for kind in kinds}
    assert {word: kind.model for word, kind in FACT_KINDS.items()} == words
    for kind in FACT_KINDS.values():
        fields = {*ABOUT_FIELDS[kind.about], *kind.options, "fact", "note"}
        assert fields == kind.model.model_fields.keys()
