"""Who may start: a checklist for the practitioner, made from a protocol and a person's answers.

It decides nothing by itself. A question without an answer is shown as one, never assumed.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from mesoplan.course.facts import Paused, Stopped
from mesoplan.protocol.criteria import Criterion
from mesoplan.protocol.protocol import Protocol
from mesoplan.protocol.source import Basis
from mesoplan.values.base import Model
from mesoplan.values.errors import Fault, MesoplanError, ProtocolError, closest, shown
from mesoplan.values.given import given
from mesoplan.values.kinds import Day, Line, Slug, Text

CHECKLIST = "A checklist for the practitioner, who decides; by itself it decides nothing."

CriterionKind = Literal["indication", "prerequisite", "contraindication", "caution"]
Judgement = Literal[
    "clear", "absent", "not-needed", "caution", "deferred", "excluded", "unanswered"
]
Eligibility = Literal["eligible", "deferred", "excluded", "incomplete"]
Answer = bool | None
"""Yes (True), no (False), or not known (None)."""
Answers = Mapping[str, Answer]
"""Criterion id to answer."""


class Question(Model):
    """A question of a protocol's screening, to be answered with yes or no."""

    id: Slug
    """Its name among the answers."""
    kind: CriterionKind
    """Which kind of criterion asks it."""
    text: Line
    """What to ask, to be answered with yes or no."""


class Ruling(Model):
    """What one criterion says about one answer, with its source."""

    criterion: Slug
    """The id of the criterion."""
    kind: CriterionKind
    """Which kind of criterion it is."""
    question: Line
    """What was asked."""
    answer: Answer
    """What was answered; None where nobody did."""
    verdict: Judgement
    """`absent` and `not-needed`: an indication beside another one that is given."""
    text: Text
    """What the problem would mean, in the protocol's words."""
    until: Line | None = None
    """What has to end first, in words that follow "until"."""
    recheck: Day | None = None
    """When to ask again, where the protocol says so."""
    basis: tuple[Basis, ...] = ()
    """Where the criterion comes from: sources of the protocol, or `assumption`."""

    def __str__(self) -> str:
        """Say it on one line."""
        answer = {True: "Yes", False: "No", None: "Not answered"}[self.answer]
        until = f" until {self.until}" if self.until and self.verdict in _BARRED else ""
        again = f", ask again on {self.recheck}" if self.recheck else ""
        source = f" [{'; '.join(self.basis)}]" if self.basis else ""
        means = f" {self.text}" if self.verdict in _PROBLEMS else ""
        return f"{self.verdict}{until}{again}: {self.question} {answer}.{means}{source}"


class Screening(Model):
    """What a protocol's criteria say about a person's answers on one day.

    It is a checklist for the practitioner and decides nothing by itself. `eligible` needs every
    question answered; `excluded` and `deferred` do not wait for the others.
    """

    protocol: Line
    """Id and version of the protocol that was asked."""
    on: Day
    """The day of the screening."""
    outcome: Eligibility
    """What all rulings come to."""
    recheck: Day | None = None
    """When a deferred person is to be screened again: the latest date of its criteria."""
    rulings: tuple[Ruling, ...]
    """What each criterion says, in the order of the protocol."""
    note: Line = CHECKLIST
    """What a screening is and is not."""

    @property
    def eligible(self) -> bool:
        """Whether nothing stands in the way and every question is answered."""
        return self.outcome == "eligible"

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The ids of the questions that still need an answer."""
        return tuple(ruling.criterion for ruling in self.rulings if ruling.verdict == "unanswered")

    @property
    def cautions(self) -> tuple[str, ...]:
        """The ids of the cautions that apply."""
        return tuple(ruling.criterion for ruling in self.rulings if ruling.verdict == "caution")

    def __str__(self) -> str:
        """Return the checklist, the outcome first."""
        again = f" until {self.recheck}" if self.outcome == "deferred" else ""
        head = f"{self.protocol}, {self.on}: {self.outcome}{again}"
        return "\n".join([head, *(f"  - {ruling}" for ruling in self.rulings), self.note])


_BARRED = frozenset({"deferred", "excluded"})
_PROBLEMS = _BARRED | {"caution"}


def questionnaire(protocol: Protocol) -> tuple[Question, ...]:
    """Return the questions of a protocol's screening, in its order."""
    given(protocol, Protocol, "protocol", ProtocolError)
    return tuple(Question(id=c.id, kind=c.kind, text=c.question) for c in protocol.criteria)


def screen(protocol: Protocol, answers: Answers, *, on: date) -> Screening:
    """Hold a person's answers against the protocol's criteria, on a day.

    Raises ProtocolError where the protocol has no criteria, MesoplanError for an answer to a question
    that it does not ask, with the closest one, and for one that is neither yes, no nor None.
    """
    given(protocol, Protocol, "protocol", ProtocolError)
    given(answers, Mapping, "answers", MesoplanError)
    if not protocol.criteria:
        fault = Fault(
            "criteria",
            "are missing: this protocol cannot be screened for",
            code="nothing-to-screen",
        )
        raise ProtocolError(fault, subject=protocol.id)
    faults = tuple(_answer_faults(protocol, answers))
    if faults:
        raise MesoplanError(*faults, subject="answers")
    state = _indication(protocol, answers)
    rulings = tuple(_ruling(protocol, c, answers.get(c.id), state, on) for c in protocol.criteria)
    return _screening(protocol, on, rulings)


def proposed_fact(screening: Screening, *, on: date) -> Paused | Stopped | None:
    """Propose what to record when a screening in the middle of a course finds a problem.

    Something that ends by itself or with treatment (pregnancy, an infection, a medicine) proposes a
    pause from `on`, a standing contraindication the end of the course; nothing found proposes None.
    It is a proposal: the practitioner decides whether it is recorded.
    """
    given(screening, Screening, "screening", MesoplanError)
    given(on, date, "on", MesoplanError)
    barred = [ruling for ruling in screening.rulings if ruling.verdict in _BARRED]
    if not barred:
        return None
    note = f"Screening on {screening.on}: {', '.join(ruling.criterion for ruling in barred)}."
    standing = any(ruling.until is None for ruling in barred)
    return Stopped(on=on, note=note) if standing else Paused(on=on, note=note)


def _answer_faults(protocol: Protocol, answers: Answers) -> Iterator[Fault]:
    known = [criterion.id for criterion in protocol.criteria]
    for name, answer in answers.items():
        if name not in known:
            yield Fault(
                shown(name),
                "is not asked by this protocol",
                remedy=closest(name, known),
                code="unknown-question",
            )
        elif not isinstance(answer, bool | None):
            yield Fault(
                name,
                "is neither yes nor no",
                shown(answer),
                "give True, False or None",
                code="not-true-or-false",
            )


def _is_problem(criterion: Criterion, answer: Answer) -> bool:
    return answer is not None and answer is (criterion.problem == "yes")


def _indication(protocol: Protocol, answers: Answers) -> Literal["given", "absent", "open"]:
    """Say whether one of the indications, of which one suffices, is given."""
    asked = [(c, answers.get(c.id)) for c in protocol.criteria if c.kind == "indication"]
    if any(answer is not None and not _is_problem(c, answer) for c, answer in asked):
        return "given"
    return "absent" if all(_is_problem(c, answer) for c, answer in asked) else "open"


def _verdict(criterion: Criterion, answer: Answer, indication: str) -> Judgement:
    beside = criterion.kind == "indication"
    if answer is None:
        return "not-needed" if beside and indication == "given" else "unanswered"
    if not _is_problem(criterion, answer):
        return "clear"
    if criterion.kind == "caution":
        return "caution"
    if beside and indication != "absent":
        return "absent"
    return "deferred" if criterion.recheck is not None else "excluded"


def _ruling(
    protocol: Protocol,
    criterion: Criterion,
    answer: Answer,
    indication: str,
    on: date,
) -> Ruling:
    verdict = _verdict(criterion, answer, indication)
    again = criterion.recheck if verdict == "deferred" else None
    return Ruling(
        criterion=criterion.id,
        kind=criterion.kind,
        question=criterion.question,
        answer=answer,
        verdict=verdict,
        text=criterion.text,
        until=criterion.until,
        recheck=None if again is None else again.after(on, month_end=protocol.month_end),
        basis=tuple(dict.fromkeys(criterion.basis.values())),
    )


def _screening(protocol: Protocol, on: date, rulings: tuple[Ruling, ...]) -> Screening:
    verdicts = {ruling.verdict for ruling in rulings}
    dates = [ruling.recheck for ruling in rulings if ruling.recheck is not None]
    deferred = "excluded" not in verdicts and bool(dates)
    return Screening(
        protocol=f"{protocol.id} {protocol.version}",
        on=on,
        outcome=next(
            (outcome for verdict, outcome in _OUTCOMES if verdict in verdicts), "eligible"
        ),
        recheck=max(dates) if deferred else None,
        rulings=rulings,
    )


_OUTCOMES: tuple[tuple[Judgement, Eligibility], ...] = (
    ("excluded", "excluded"),
    ("deferred", "deferred"),
    ("unanswered", "incomplete"),
)
"""The verdict that decides the outcome, the strongest first."""
