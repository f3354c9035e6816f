"""A protocol derived from another, and two combined, without editing either."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan import protocols
from mesoplan.care.aftercare import holding_at
from mesoplan.checking import check_protocol
from mesoplan.clinic.clinic import Clinic
from mesoplan.compose import combine, derive
from mesoplan.compose.compare import compare
from mesoplan.compose.fields import is_prose
from mesoplan.course.course import Course
from mesoplan.plan.plan import Plan
from mesoplan.protocol.protocol import Protocol
from mesoplan.scheduling.schedule import schedule
from mesoplan.values.errors import ProtocolError

SMITH = {"id": "smith", "title": "A trial of weekly sessions"}
WEEKLY = Protocol.model_validate(
    {
        "id": "weekly",
        "title": "Weekly mesotherapy",
        "treatment": "Mesotherapy",
        "summary": "Weekly.",
        "month_end": "clip",
        "sources": [SMITH],
        "basis": {"*": "smith"},
        "phases": [
            {
                "id": "induction",
                "title": "Mesotherapy session",
                "every": "P1W",
                "sessions": 16,
                "window": "P2D",
                "steps": ["low dose", "full dose"],
                "basis": {"*": "smith", "window": "assumption: usual"},
            },
            {"id": "maintenance", "every": "P3M", "sessions": 2, "basis": {"*": "smith: page 4"}},
        ],
        "reviews": [
            {"id": "consultation", "kind": "consultation", "at": "start - P1W"},
            {"id": "month-3", "at": "start + P3M", "basis": {"at": "smith"}},
        ],
        "milestones": [{"id": "growth", "title": "Growth", "at": "session 5"}],
    }
)
PRP = Protocol.model_validate(
    {
        "id": "prp",
        "title": "PRP",
        "month_end": "clip",
        "sources": [{"id": "smith", "title": "A trial of PRP"}],
        "phases": [{"id": "induction", "every": "P4W", "sessions": 3, "basis": {"*": "smith: 2"}}],
        "reviews": [{"id": "month-3", "at": "start + P3M"}],
        "adjuncts": [{"title": "Rest", "starts": "session 1", "until": "session 2"}],
    }
)


def planned(protocol: Protocol) -> Plan:
    """Plan a course at a clinic that is always open."""
    course = Course(id="course-1", protocol=protocol, start=datetime(2026, 12, 1, 10, 0))
    now = datetime(2026, 11, 1, tzinfo=UTC)
    return schedule(course, Clinic(timezone="Europe/Istanbul"), as_of=now)


def days(plan: Plan, phase: str) -> list[int]:
    """Give the days of a phase's sessions, from the start."""
    first = datetime(2026, 12, 1).date()
    return [(v.start.date() - first).days for v in plan.sessions if v.phase == phase]


def test_deriving_changes_what_is_named_and_keeps_the_rest() -> None:
    """Weekly with 18 sessions of 40 minutes: two numbers differ, and the id, version and parent."""
    changes = {"induction": {"sessions": 18, "duration": "PT40M"}}
    longer = derive(WEEKLY, id="weekly-18", phases=changes)
    first = WEEKLY.phases[0]
    assert longer.parents == ("weekly 1",)
    assert (longer.id, longer.version, longer.title) == ("weekly-18", "1", WEEKLY.title)
    again = {"sessions": 16, "duration": first.duration, "basis": first.basis}
    assert longer.phases[0].replace(**again) == first.replace(**again)
    assert longer.phases[1:] == WEEKLY.phases[1:]
    assert (longer.reviews, longer.sources) == (WEEKLY.reviews, WEEKLY.sources)
    assert days(planned(longer), "induction") == [7 * week for week in range(18)]


def test_deriving_leaves_the_source_as_it_was() -> None:
    """The parent is a value: it reads the same after any number of children."""
    before = WEEKLY.model_dump_json()
    derive(WEEKLY, id="x", phases={"induction": {"every": "P2W", "basis": {"every": "smith"}}})
    combine(WEEKLY, PRP, id="x", title="X")
    assert WEEKLY.model_dump_json() == before


DERIVED = "assumption: derived from weekly 1"
BASES: list[tuple[dict[str, Any], str, str, str]] = [
    ({"sessions": 18}, "sessions", DERIVED, "a changed number no longer cites the trial"),
    ({"sessions": 18}, "every", "smith", "one that stays still does"),
    ({"sessions": 16}, "sessions", "smith", "the same number again is no change"),
    ({"every": "P7D"}, "every", "smith", "seven days are a week"),
    ({"window": "P3D"}, "window", DERIVED, "an old remark does not survive the number"),
    ({"steps": ["other dose"]}, "steps", DERIVED, "doses are numbers of a kind"),
    ({"rhythm": "chain"}, "rhythm", DERIVED, "a rule is no prose"),
    ({"title": "Session"}, "title", "smith", "prose needs no new origin"),
    (
        {"sessions": 17, "basis": {"sessions": "smith: note A"}},
        "sessions",
        "smith: note A",
        "given",
    ),
    ({"sessions": 17, "basis": {"*": "assumption: ours"}}, "sessions", "assumption: ours", "all"),
    ({"sessions": None, "until": "P4M"}, "until", DERIVED, "one number for another"),
]


@pytest.mark.parametrize(("change", "field", "basis", "why"), BASES)
def test_a_changed_number_does_not_cite_the_old_source(
    change: dict[str, Any], field: str, basis: str, why: str
) -> None:
    """Provenance stays honest: what was derived says so, what was not keeps its citation."""
    derived = derive(WEEKLY, id="x", phases={"induction": change})
    assert derived.phase("induction").basis_of(field) == basis, why


def test_numbers_of_the_whole_course_are_derived_too() -> None:
    """A deadline is a number, a summary is not; None takes a field away."""
    derived = derive(WEEKLY, id="x", version="2", title="X", deadline="P1Y", summary=None)
    assert derived.basis == {"*": "smith", "deadline": DERIVED}
    assert (derived.summary, derived.version, derived.title) == (None, "2", "X")


def test_none_takes_a_part_away_and_an_unknown_id_adds_one() -> None:
    """Reviews and sources are told apart by their ids; what a part gains is checked as if new."""
    derived = derive(
        WEEKLY,
        id="x",
        reviews={"month-3": None, "month-6": {"at": "start + P6M", "basis": {"at": "jones"}}},
        sources={"jones": {"title": "Another trial"}, "smith": {"year": 2019}},
        adjuncts=[{"title": "Lotion"}],
    )
    assert [review.id for review in derived.reviews] == ["consultation", "month-6"]
    assert [(source.id, source.year) for source in derived.sources] == [
        ("smith", 2019),
        ("jones", None),
    ]
    assert derived.adjuncts[0].title == "Lotion"


REFUSED: list[tuple[dict[str, Any], list[str], str]] = [
    (
        {"phases": {"inductoin": {"sessions": 3}}},
        ['did you mean "induction"?', "no rhythm"],
        "typo",
    ),
    ({"phases": {"other": None}}, ["phases.other: is not in weekly 1"], "nothing to take away"),
    ({"criteria_": {}}, ["criteria_: is not a known field"], "an unknown field"),
    ({"adjuncts": {"lotion": {}}}, ["give it all its fields"], "adjuncts have no ids"),
    (
        {"phases": {"induction": {"sessions": 0}}},
        ["phase 1 (induction), sessions"],
        "a value that is refused",
    ),
    (
        {"phases": {"induction": None}, "reviews": {"month-3": {"at": "session 1 of induction"}}},
        ["counts from an unknown phase"],
        "what counts from a part cannot lose it",
    ),
]


@pytest.mark.parametrize(("changes", "said", "why"), REFUSED)
def test_a_derivation_that_cannot_be_is_refused_like_a_new_protocol(
    changes: dict[str, Any], said: list[str], why: str
) -> None:
    """The error names the derived protocol, the place and the remedy."""
    with pytest.raises(ProtocolError) as refused:
        derive(WEEKLY, id="x", **changes)
    assert refused.value.subject == "x"
    assert all(part in str(refused.value) for part in said), (why, str(refused.value))


def test_two_treatments_run_side_by_side_with_days_between() -> None:
    """Mesotherapy every second week and PRP every fourth, at least a week apart, on their own days."""
    every_other = derive(WEEKLY, id="spaced", phases={"induction": {"every": "P2W", "sessions": 8}})
    both = combine(every_other, PRP, id="both", title="Both")
    plan = planned(both)
    assert days(plan, "spaced-induction") == [14 * k for k in range(8)]
    assert days(plan, "prp-induction") == [7, 35, 63]
    assert both.parents == ("spaced 1", "prp 1")
    label = {phase.id: phase.label for phase in both.phases}
    ours = [v for v in plan.sessions if v.phase and label[v.phase] == "Mesotherapy"]
    others = [v for v in plan.sessions if v.phase and label[v.phase] == "PRP"]
    gaps = [abs(a.start.date() - b.start.date()) for a, b in product(ours, others)]
    assert min(gaps) >= timedelta(days=7)


def test_spacing_holds_where_the_two_rhythms_collide() -> None:
    """PRP is asked for on days of mesotherapy; the plan keeps them three days apart all the same."""
    both = combine(WEEKLY, PRP, id="both", title="Both", apart="P3D", second_starts="start + P1W")
    plan = planned(both)
    prp = [v.start.date() for v in plan.sessions if v.phase == "prp-induction"]
    rest = [v.start.date() for v in plan.sessions if v.phase != "prp-induction"]
    assert min(abs(a - b) for a, b in product(prp, rest)) >= timedelta(days=3)


def test_only_what_clashes_is_renamed_and_every_reference_follows() -> None:
    """Ids that both use are prefixed with their protocol's id, in anchors, citations and titles too."""
    both = combine(WEEKLY, PRP, id="both", title="Both", second_starts="start + P3D")
    assert [phase.id for phase in both.phases] == [
        "weekly-induction",
        "maintenance",
        "prp-induction",
    ]
    assert both.phases[0].title == "Mesotherapy session"
    assert both.phases[2].title == "Induction session"
    assert [(review.id, str(review.at)) for review in both.reviews] == [
        ("consultation", "start - P1W"),
        ("weekly-month-3", "start + P3M"),
        ("prp-month-3", "first session of prp-induction + P3M"),
    ]
    assert both.reviews[1].name == WEEKLY.reviews[1].name
    assert str(both.milestones[0].at) == "session 5 of weekly-induction"
    assert [source.id for source in both.sources] == ["weekly-smith", "prp-smith"]
    combined = {"starts": "assumption: combined"}
    window = {"window": "assumption: usual"}
    assert (both.phases[0].starts, str(both.phases[2].starts)) == (None, "start + P3D")
    assert both.phases[0].basis == {"*": "weekly-smith"} | window
    assert both.phases[1].basis == {"*": "weekly-smith: page 4"}
    assert both.phases[2].basis == {"*": "prp-smith: 2"} | combined
    assert str(both.adjuncts[0].until) == "session 2 of prp-induction"
    assert both.spacing[0].between == ("Mesotherapy", "PRP")
    assert both.spacing[0].basis == {"*": "assumption: combined"}
    assert both.summary == "Weekly mesotherapy: Weekly."


def test_a_source_of_both_is_named_once() -> None:
    """The same publication under the same id needs no prefix."""
    prp = derive(PRP, id="prp", sources={"smith": SMITH})
    both = combine(WEEKLY, prp, id="both", title="Both", apart=None)
    assert [source.id for source in both.sources] == ["smith"]
    assert both.spacing == ()


CARE: dict[str, Any] = {
    "advice": [
        {
            "id": "no-sun",
            "kind": "avoid",
            "title": "No sun",
            "until": "P1D",
            "basis": {"*": "smith"},
        },
        {"id": "no-sauna", "kind": "avoid", "title": "No sauna", "until": "P2D"},
    ],
    "criteria": [
        {"id": "fever", "kind": "caution", "question": "Fever?", "problem": "yes", "text": "Wait."}
    ],
}


def test_equal_parts_that_cite_different_sources_stay_two() -> None:
    """One id names two publications, so that a number that cites it is not the same number."""
    one, two = (Protocol.model_validate(dict(protocol) | CARE) for protocol in (WEEKLY, PRP))
    both = combine(one, two, id="both", title="Both")
    assert [(advice.id, dict(advice.basis)) for advice in both.advice] == [
        ("weekly-no-sun", {"*": "weekly-smith"}),
        ("no-sauna", {}),
        ("prp-no-sun", {"*": "prp-smith"}),
    ]
    assert [criterion.id for criterion in both.criteria] == ["fever"]
    same = two.replace(sources=one.sources)
    merged = combine(one, same, id="both", title="Both")
    assert [advice.id for advice in merged.advice] == ["no-sun", "no-sauna"]


def test_a_symptom_is_renamed_where_the_other_has_it_as_a_red_flag() -> None:
    """Effects and red flags are both asked for by their id."""
    pain = {"id": "pain", "title": "Pain", "text": "It hurts."}
    usual = WEEKLY.replace(effects=[pain | {"usual_max": "P2D", "if_longer": "Call."}])
    flag = PRP.replace(red_flags=[pain | {"urgency": "call"}])
    both = combine(usual, flag, id="both", title="Both")
    assert both.effects[0].id == "weekly-pain"
    assert both.red_flags[0].id == "prp-pain"


def test_care_of_both_holds_around_every_session() -> None:
    """Advice belongs to no treatment: the second's is kept after a session of the first, for safety."""
    both = combine(WEEKLY, PRP.replace(advice=CARE["advice"][1:]), id="both", title="Both")
    plan = planned(both)
    first = plan.sessions[0]
    assert first.phase == "weekly-induction"
    held = holding_at(both, plan.visits, first.end + timedelta(hours=1))
    assert [(holding.advice.id, holding.session) for holding in held] == [("no-sauna", first.key)]


def test_doubts_that_either_silences_are_silenced_with_whose_reason_it_is() -> None:
    """A reason belongs to one treatment, and says to which."""
    one = WEEKLY.replace(checks={"MP207": "none is named", "MP208": "the paper gives none"})
    two = PRP.replace(checks={"MP208": "the page gives none"})
    both = combine(one, two, id="both", title="Both")
    assert both.checks == {
        "MP207": f"{WEEKLY.title}: none is named",
        "MP208": f"{WEEKLY.title}: the paper gives none; {PRP.title}: the page gives none",
    }


def test_a_gate_of_the_second_may_come_after_the_start() -> None:
    """Its consultation precedes its own first session, and the checker asks a person to look."""
    gate = {"id": "talk", "kind": "consultation", "at": "start - P1W", "gate": True}
    both = combine(WEEKLY, PRP.replace(reviews=[gate]), id="both", title="Both", apart="P2W")
    assert [r.rule for r in check_protocol(both) if "gate" in r.what] == ["MP215"]


def other(**changes: Any) -> Protocol:
    """A second protocol whose ids are all its own."""
    phase = {"id": "infusion", "every": "P4W", "sessions": 3}
    base = {"id": "iron", "title": "Iron", "treatment": "Iron", "phases": [phase]}
    return Protocol.model_validate(base | changes)


PHASES: list[dict[str, Any]] = [
    {"id": "a", "every": "P1W", "sessions": 4},
    {"id": "b", "at": ["P1W", "P3W"]},
    {"id": "c", "every": "P4W"},
]
ANCHORS: list[tuple[str, str, str]] = [
    ("session 4", "session 4 of a", "the last of the first phase"),
    ("session 5 + P1D", "session 1 of b + P1D", "the first of the second; 1 is written as first"),
    ("session 6 - P1D", "session 2 of b - P1D", "the offset goes along"),
    ("session 9", "session 3 of c", "an open phase has any number"),
    ("first session of b", "first session of b", "a named phase stays"),
    ("every 2 sessions of a", "every 2 sessions of a", "each stays"),
    ("external:lmp + P2W", "external:lmp + P2W", "a date from outside is the same date"),
    ("start", "start + P2D", "the start is moved"),
    (
        "start + P1M",
        "first session of a + P1M",
        "what counts from it counts from its first session",
    ),
]


@pytest.mark.parametrize(("anchor", "becomes", "why"), ANCHORS)
def test_anchors_of_the_second_mean_the_same_in_the_combination(
    anchor: str, becomes: str, why: str
) -> None:
    """Each anchor still counts from the same session of the same treatment."""
    iron = other(phases=PHASES, reviews=[{"id": "look", "at": anchor}])
    both = combine(WEEKLY, iron, id="both", title="Both", second_starts="start + P2D")
    assert both.review("look").at == type(both.review("look").at)(becomes), why


def test_last_of_the_course_and_each_of_one_phase_are_kept() -> None:
    """The last session of a course is that of its last phase; each session of its only one."""
    reviews = [{"id": "end", "at": "last session + P1W"}]
    two = other(phases=PHASES[:2], reviews=reviews)
    assert str(combine(WEEKLY, two, id="x", title="X").review("end").at) == (
        "last session of b + P1W"
    )
    one = other(phases=PHASES[:1], reviews=[{"id": "end", "at": "every 2nd session"}])
    assert str(combine(WEEKLY, one, id="x", title="X").review("end").at) == "every 2 sessions of a"


def test_a_condition_follows_its_review() -> None:
    """A phase that waits for an outcome waits for the same review under its new id."""
    needs = {"review": "month-3", "outcome": "better"}
    iron = other(
        phases=[*PHASES[:1], PHASES[1] | {"requires": needs}],
        reviews=[{"id": "month-3", "at": "start + P3M", "outcomes": ["better"]}],
    )
    both = combine(WEEKLY, iron, id="both", title="Both")
    required = both.phase("b").requires
    assert required is not None
    assert required.review == "iron-month-3"


def test_the_second_may_start_at_a_session_of_the_first() -> None:
    """The start of the second is an anchor in the first, by the first's own names."""
    both = combine(WEEKLY, PRP, id="x", title="X", second_starts="last session of induction + P1W")
    assert str(both.phases[2].starts) == "last session of weekly-induction + P1W"
    assert days(planned(both), "prp-induction")[0] == 112


COMBINATIONS: list[tuple[Protocol, dict[str, Any], str, str]] = [
    (
        WEEKLY,
        {},
        "carry one label for two treatments, got Mesotherapy",
        "no label tells them apart",
    ),
    (other(month_end="roll"), {}, "month_end: is clip in weekly and roll in iron", "one calendar"),
    (other(deadline="P1Y"), {}, "deadline: is not set in weekly and P1Y in iron", "one deadline"),
    (
        other(phases=[PHASES[0], {"id": "b", "every": "P1W", "total": 9}]),
        {},
        "phase 2 (b), total: would count the other treatment's sessions too (iron)",
        "a total of the course means another course",
    ),
    (
        other(phases=PHASES[:2], reviews=[{"id": "look", "at": "each session"}]),
        {},
        "review 1 (look), at: cannot be told apart in the combination (iron)",
        "one anchor cannot stand for two phases",
    ),
    (
        other(
            phases=[*PHASES[:1], PHASES[1] | {"starts": "start"}],
            milestones=[{"id": "m", "title": "M", "at": "session 5"}],
        ),
        {},
        "milestone 1 (m), at: cannot be told apart",
        "parallel phases share the numbers of the course",
    ),
    (
        other(
            phases=[{"id": "a", "every": "P1W", "until": "P4W"}, PHASES[1]],
            milestones=[{"id": "m", "title": "M", "at": "session 5"}],
        ),
        {},
        "milestone 1 (m), at: cannot be told apart",
        "a phase without a count",
    ),
    (
        other(phases=PHASES[:1], milestones=[{"id": "m", "title": "M", "at": "start + P1M"}]),
        {"second_starts": "session 3 of indcution + P1D"},
        'did you mean "induction"?',
        "an unknown start",
    ),
    (
        other(phases=[{"id": "a", "at": ["P1D"]}], reviews=[{"id": "r", "at": "start + P1M"}]),
        {"second_starts": "start + P1D"},
        "review 1 (r), at: cannot be told apart",
        "no session stands on the start itself",
    ),
    (
        other(phases=PHASES[:2], milestones=[{"id": "m", "title": "M", "at": "session 9"}]),
        {},
        "milestone 1 (m), at: cannot be told apart",
        "a session beyond the last phase",
    ),
]


def test_a_second_cannot_start_where_the_first_has_no_one_session() -> None:
    """A number that two parallel phases share tells nobody when to begin."""
    parallel = other(phases=[PHASES[0], PHASES[1] | {"starts": "start"}])
    with pytest.raises(ProtocolError, match="second_starts: means no one session, got session 5"):
        combine(parallel, PRP, id="x", title="X", second_starts="session 5")


@pytest.mark.parametrize(("second", "options", "said", "why"), COMBINATIONS)
def test_what_cannot_be_combined_is_named(
    second: Protocol, options: dict[str, Any], said: str, why: str
) -> None:
    """The error says which rule or anchor would come to mean something else."""
    with pytest.raises(ProtocolError) as refused:
        combine(WEEKLY, second, id="both", title="Both", **options)
    assert said in str(refused.value), why


def test_a_combination_with_a_draft_is_a_draft() -> None:
    """It is ready for use only when both are."""
    assert combine(WEEKLY, other(status="draft"), id="x", title="X").status == "draft"


def test_prose_is_told_from_rules_by_the_type_of_the_field() -> None:
    """A title is prose; a count, a rhythm and a choice of words are not."""
    fields = type(WEEKLY.phases[0]).model_fields
    prose = {name for name, field in fields.items() if is_prose(field.annotation)}
    assert prose == {"id", "title", "label", "notes"}


NAMES = st.sampled_from(protocols.names())


@given(NAMES)
def test_deriving_without_a_change_changes_nothing_but_the_name(name: str) -> None:
    """For any protocol of the catalogue: version and parents differ, nothing else."""
    protocol = protocols.get(name)
    derived = derive(protocol, id=name, version="99")
    differing = {difference.path for difference in compare(protocol, derived)}
    assert differing == {"version", "parents"}


@given(NAMES, NAMES)
def test_any_two_protocols_are_combined_soundly_or_refused(first: str, second: str) -> None:
    """No combination of the catalogue is impossible: it keeps every part, or it is refused."""
    one, two = protocols.get(first), protocols.get(second)
    try:
        both = combine(one, two, id="both", title="Both")
    except ProtocolError:  # each reason has its row in the table above
        return
    assert len(both.phases) == len(one.phases) + len(two.phases)
    assert len(both.reviews) == len(one.reviews) + len(two.reviews)
    assert [remark for remark in check_protocol(both) if remark.level == "error"] == []
