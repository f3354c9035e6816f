from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan import (
    Clinic,
    Course,
    Criterion,
    MesoplanError,
    Paused,
    Phase,
    Protocol,
    ProtocolError,
    Screening,
    Source,
    Stopped,
    proposed_fact,
    protocols,
    questionnaire,
    schedule,
    screen,
)

DAY = date(2026, 11, 20)


def criterion(name: str, kind: Any, problem: Any = "yes", **fields: Any) -> Criterion:
    """Give a criterion whose words follow from its name."""
    return Criterion(
        id=name,
        kind=kind,
        question=f"Is it {name}?",
        problem=problem,
        text=f"About {name}.",
        basis={"*": "page"},
        **fields,
    )


PATTERN = criterion("pattern", "indication", "no")
SEASONAL = criterion("seasonal", "indication", "no")
FOLLICLES = criterion("follicles", "prerequisite", "no")
CONSENT = criterion("consent", "prerequisite", "no", until="consent is given", recheck="P1W")
DIABETES = criterion("diabetes", "contraindication")
PREGNANCY = criterion("pregnancy", "contraindication", until="the pregnancy has ended")
INFECTION = criterion("infection", "contraindication", until="it has healed", recheck="P1M")
ADVANCED = criterion("advanced", "caution")

PROTOCOL = Protocol(
    id="weekly",
    title="Weekly",
    version="2",
    phases=[Phase(id="induction", every="P1W", sessions=16)],
    criteria=[PATTERN, SEASONAL, FOLLICLES, CONSENT, DIABETES, PREGNANCY, INFECTION, ADVANCED],
    sources=[Source(id="page", title="A page")],
)
WELL: dict[str, bool | None] = {
    "pattern": True,
    "seasonal": False,
    "follicles": True,
    "consent": True,
    "diabetes": False,
    "pregnancy": False,
    "infection": False,
    "advanced": False,
}


def asked(**changes: bool | None) -> Screening:
    """Screen a person who is well, with these answers changed."""
    return screen(PROTOCOL, WELL | changes, on=DAY)


@pytest.mark.parametrize(
    ("changes", "outcome", "recheck", "why"),
    [
        ({}, "eligible", None, "nothing stands in the way"),
        ({"advanced": True}, "eligible", None, "a caution never bars"),
        ({"pattern": False, "seasonal": True}, "eligible", None, "one indication suffices"),
        ({"seasonal": None}, "eligible", None, "another indication is not needed"),
        ({"pattern": False}, "excluded", None, "no indication at all"),
        ({"pattern": None}, "incomplete", None, "the other indication may still be given"),
        ({"follicles": False}, "excluded", None, "without follicles nothing can work"),
        ({"consent": False}, "deferred", date(2026, 11, 27), "consent can still be given"),
        ({"diabetes": True}, "excluded", None, "standing"),
        ({"pregnancy": True}, "excluded", None, "it ends, but no date can be named"),
        ({"infection": True}, "deferred", date(2026, 12, 20), "temporary, a month on"),
        (
            {"infection": True, "consent": False},
            "deferred",
            date(2026, 12, 20),
            "the later of two dates",
        ),
        ({"infection": True, "diabetes": True}, "excluded", None, "the strongest decides"),
        ({"infection": True, "diabetes": None}, "deferred", date(2026, 12, 20), "not before then"),
        ({"advanced": None}, "incomplete", None, "a caution needs its answer too"),
        ({"diabetes": None}, "incomplete", None, "never assumed"),
        ({"diabetes": None, "pregnancy": True}, "excluded", None, "one bar is enough"),
    ],
)
def test_the_strongest_answer_decides_the_outcome(
    changes: dict[str, bool | None], outcome: str, recheck: date | None, why: str
) -> None:
    """Excluded before deferred before incomplete before eligible."""
    found = asked(**changes)
    assert (found.outcome, found.recheck) == (outcome, recheck), why
    assert found.eligible is (outcome == "eligible")


@given(st.fixed_dictionaries(dict.fromkeys(WELL, st.sampled_from([True, False, None]))))
def test_whoever_is_eligible_has_answered_all_that_matters(
    answers: dict[str, bool | None],
) -> None:
    """An unanswered question is always shown, and with one open nobody is eligible."""
    found = screen(PROTOCOL, answers, on=DAY)
    indicated = answers["pattern"] is True or answers["seasonal"] is True
    needed = [name for name in WELL if not (indicated and name in {"pattern", "seasonal"})]
    open_ = [name for name in needed if answers[name] is None]
    assert list(found.unanswered) == open_
    assert not (found.eligible and open_)
    assert [r.criterion for r in found.rulings] == list(WELL)
    barred = not indicated and answers["pattern"] is answers["seasonal"] is False
    barred |= answers["follicles"] is False or bool(answers["diabetes"] or answers["pregnancy"])
    assert (found.outcome == "excluded") is barred


def test_leaving_an_answer_out_is_the_same_as_not_knowing_it() -> None:
    """No answers at all leave every question open."""
    empty = screen(PROTOCOL, {}, on=DAY)
    assert empty == screen(PROTOCOL, dict.fromkeys(WELL), on=DAY)
    assert empty.unanswered == tuple(WELL)
    assert empty.outcome == "incomplete"


def test_each_rule_has_a_line_with_its_source() -> None:
    """The checklist reads line by line and says what it is."""
    answers = {"infection": True, "pregnancy": True, "advanced": True, "diabetes": None}
    found = asked(**answers)
    assert found.cautions == ("advanced",)
    assert str(found).splitlines() == [
        "weekly 2, 2026-11-20: excluded",
        "  - clear: Is it pattern? Yes. [page]",
        "  - absent: Is it seasonal? No. [page]",
        "  - clear: Is it follicles? Yes. [page]",
        "  - clear: Is it consent? Yes. [page]",
        "  - unanswered: Is it diabetes? Not answered. [page]",
        "  - excluded until the pregnancy has ended: Is it pregnancy? Yes. About pregnancy. [page]",
        (
            "  - deferred until it has healed, ask again on 2026-12-20: Is it infection? Yes."
            " About infection. [page]"
        ),
        "  - caution: Is it advanced? Yes. About advanced. [page]",
        "A checklist for the practitioner, who decides; by itself it decides nothing.",
    ]
    deferred = asked(infection=True)
    assert str(deferred).startswith("weekly 2, 2026-11-20: deferred until 2026-12-20\n")


def test_the_re_check_date_follows_the_protocols_end_of_month() -> None:
    """A month after 31 January is the last of February, or the first of March where it rolls."""
    day = date(2027, 1, 31)
    infected = WELL | {"infection": True}
    assert screen(PROTOCOL, infected, on=day).recheck == date(2027, 2, 28)
    rolling = PROTOCOL.replace(month_end="roll")
    assert screen(rolling, infected, on=day).recheck == date(2027, 3, 1)


def test_the_questionnaire_asks_what_the_screening_needs() -> None:
    """Its questions come in the protocol's order and their ids are the names of the answers."""
    questions = questionnaire(PROTOCOL)
    assert [(q.id, q.kind, q.text) for q in questions][:2] == [
        ("pattern", "indication", "Is it pattern?"),
        ("seasonal", "indication", "Is it seasonal?"),
    ]
    assert tuple(q.id for q in questions) == screen(PROTOCOL, {}, on=DAY).unanswered


@pytest.mark.parametrize(
    ("answers", "paths", "remedies"),
    [
        ({"pregnant": True}, ["'pregnant'"], ['did you mean "pregnancy"?']),
        (
            {"smoker": True},
            ["'smoker'"],
            ["known: " + ", ".join(WELL)],
        ),
        (
            {"diabetes": "yes", "infection": 1},
            ["diabetes", "infection"],
            ["give True, False or None"] * 2,
        ),
        ({"\x1b[31m": True, "diabetes": "no"}, ["'\\x1b[31m'", "diabetes"], None),
    ],
)
def test_answers_that_are_no_answers_are_refused_all_at_once(
    answers: Any, paths: list[str], remedies: list[str] | None
) -> None:
    """A name that is not asked and a text for yes are slips, shown escaped with a remedy."""
    with pytest.raises(MesoplanError) as refused:
        screen(PROTOCOL, answers, on=DAY)
    assert [fault.path for fault in refused.value.faults] == paths
    if remedies:
        assert [fault.remedy for fault in refused.value.faults] == remedies


def test_a_protocol_without_criteria_cannot_be_screened_for() -> None:
    """Nobody is eligible because nothing was asked."""
    with pytest.raises(ProtocolError, match="weekly: criteria: are missing"):
        screen(PROTOCOL.replace(criteria=[]), {}, on=DAY)


@pytest.mark.parametrize(
    ("changes", "expected", "why"),
    [
        ({}, None, "nothing is wrong"),
        ({"advanced": True}, None, "a caution changes nothing"),
        ({"diabetes": None}, None, "an open question proposes nothing"),
        ({"pregnancy": True}, (Paused, "pregnancy"), "it ends by itself"),
        ({"infection": True}, (Paused, "infection"), "it heals"),
        ({"diabetes": True}, (Stopped, "diabetes"), "it stays"),
        (
            {"pregnancy": True, "diabetes": True},
            (Stopped, "diabetes, pregnancy"),
            "what stays is stronger",
        ),
    ],
)
def test_a_problem_in_mid_course_proposes_the_fact_to_record(
    changes: dict[str, bool | None], expected: tuple[type[Paused | Stopped], str] | None, why: str
) -> None:
    """What ends proposes a pause, what stays a stop, and the note says what was found."""
    fact = proposed_fact(asked(**changes), on=date(2027, 1, 25))
    if expected is None:
        assert fact is None, why
        return
    assert isinstance(fact, expected[0]), why
    assert fact.on == date(2027, 1, 25)
    assert fact.note == f"Screening on 2026-11-20: {expected[1]}."


def test_one_answer_is_enough_in_mid_course() -> None:
    """A pregnancy reported at session 9 pauses the course without the other questions."""
    course = Course(id="course-1", protocol=PROTOCOL, start=datetime(2026, 12, 1, 17, 30))
    clinic = Clinic(timezone="Europe/Istanbul")
    plan = schedule(course, clinic, as_of=datetime(2026, 11, 20, tzinfo=UTC))
    ninth = plan.visit("induction-9").day
    found = screen(PROTOCOL, {"pregnancy": True}, on=ninth)
    fact = proposed_fact(found, on=ninth)
    assert fact is not None
    later = schedule(
        course.record(fact), clinic, as_of=datetime(2027, 1, 26, tzinfo=UTC), previous=plan
    )
    assert not [v for v in later.sessions if v.status == "planned" and v.day >= ninth]


@pytest.mark.parametrize(
    ("kind", "fields", "path", "why"),
    [
        ("caution", {"until": "it ends"}, "until", "a caution bars nothing that could end"),
        ("indication", {"recheck": "P1W"}, "until", "an indication is given or not"),
        ("prerequisite", {"recheck": "P1W"}, "until", "a date without what has to happen"),
        ("prerequisite", {"until": "x", "recheck": "P0D"}, "recheck", "the same day again"),
        ("contraindication", {"problem": "maybe"}, "problem", "only yes or no"),
    ],
)
def test_a_criterion_that_cannot_be_meant_is_refused(
    kind: str, fields: dict[str, str], path: str, why: str
) -> None:
    """Until and recheck mean something only where something can bar and end."""
    with pytest.raises(ProtocolError) as refused:
        criterion("x", kind, **({"problem": "yes"} | fields))
    assert [fault.path for fault in refused.value.faults] == [path], why


def test_a_long_basis_is_shown_whole() -> None:
    """A source with a long remark does not break the checklist."""
    remark = "page: " + "why " * 200 + "so"
    told = PROTOCOL.replace(criteria=[DIABETES.replace(basis={"*": remark})])
    assert screen(told, {}, on=DAY).rulings[0].basis == (remark,)


def test_standing_means_that_nothing_named_would_end_it() -> None:
    """Without until a criterion is standing."""
    assert (DIABETES.standing, PREGNANCY.standing) == (True, False)


def test_criteria_are_asked_once_each() -> None:
    """Two criteria of one id could not be answered apart."""
    with pytest.raises(ProtocolError, match=r"criterion 2 \(diabetes\), id: is used twice"):
        PROTOCOL.replace(criteria=[DIABETES, DIABETES])


def test_a_screening_is_kept_as_json() -> None:
    """What the practitioner saw can be stored and opened again, in every outcome."""
    for pregnant, infected in product([True, False, None], repeat=2):
        found = asked(pregnancy=pregnant, infection=infected)
        assert Screening.model_validate_json(found.model_dump_json()) == found


WEEKLY = protocols.get("mesotherapy-weekly")
HEALTHY: dict[str, bool | None] = {c.id: c.problem == "no" for c in WEEKLY.criteria}


@pytest.mark.parametrize(
    ("name", "outcome", "fact", "why"),
    [
        ("allergy", "excluded", Stopped, "standing"),
        ("diabetes", "excluded", Stopped, "standing: two pages exclude it"),
        ("liver-failure", "excluded", Stopped, "standing"),
        ("kidney-failure", "excluded", Stopped, "standing"),
        ("heart-failure", "excluded", Stopped, "standing"),
        ("living-follicles", "excluded", Stopped, "permanent loss stays permanent"),
        ("pregnancy", "excluded", Paused, "it ends, at no date that the page names"),
        ("breastfeeding", "excluded", Paused, "it ends, at no date that the page names"),
        ("anticoagulants", "excluded", Paused, "while the medicine is taken"),
        ("skin-infection", "deferred", Paused, "until resolved"),
        ("bleeding-disorder", "deferred", Paused, "until resolved"),
        ("consultation", "deferred", Paused, "it can still take place"),
        ("cause-known", "deferred", Paused, "it can still be looked into"),
        ("history-taken", "deferred", Paused, "it can still be taken"),
        ("allergens-checked", "deferred", Paused, "it can still be checked"),
        ("consent", "deferred", Paused, "it can still be given"),
        ("trained-practitioner", "deferred", Paused, "one can still be found"),
        ("advanced-loss", "eligible", None, "a caution: it may not work"),
        ("other-risks", "eligible", None, "a caution: weigh them"),
        ("scalp-inflammation", "eligible", None, "inflammation does not exclude, infection does"),
        ("pattern-loss", "eligible", None, "the other indications are given"),
    ],
)
def test_the_shipped_screening_bars_what_its_sources_bar(
    name: str, outcome: str, fact: type[Paused | Stopped] | None, why: str
) -> None:
    """One problem in an otherwise clear screening has the outcome that the pages ask for."""
    found = screen(WEEKLY, HEALTHY | {name: not HEALTHY[name]}, on=DAY)
    assert found.outcome == outcome, why
    assert type(proposed_fact(found, on=DAY)) is (fact or type(None)), why


def test_a_scalp_infection_is_asked_about_again_after_two_weeks() -> None:
    """A deferred screening names the day on which to ask again."""
    assert screen(WEEKLY, HEALTHY, on=DAY).eligible
    infected = screen(WEEKLY, HEALTHY | {"skin-infection": True}, on=DAY)
    assert infected.recheck == date(2026, 12, 4)
