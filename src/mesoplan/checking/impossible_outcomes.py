"""Rules about phases that wait for an outcome that cannot come."""

from collections.abc import Iterator, Mapping

from mesoplan.protocol.protocol import Protocol
from mesoplan.scheduling.undated import Undated
from mesoplan.values.errors import Fault


def outcome_nobody_gives(laid: Undated) -> Iterator[Fault]:
    """An outcome that a phase requires is among those that its review can give.

    From FHIR and USDM, where a condition names a coded result. A misspelt one is refused earlier.

    To mend it, list the review's outcomes, among them the one that the phase requires.
    """
    for index, phase in enumerate(laid.protocol.phases):
        if phase.requires and not laid.protocol.review(phase.requires.review).outcomes:
            what = f"is not announced by {phase.requires.review}, which lists no outcomes"
            remedy = f'give that review outcomes = ["{phase.requires.outcome}", ...]'
            path = f"phases.{index}.requires.outcome"
            yield Fault(path, what, phase.requires.outcome, remedy)


def outcome_too_late(laid: Undated) -> Iterator[Fault]:
    """A review that opens a phase does not wait for that phase.

    Each would wait for the other, and neither would come. Ours, as for a loop of anchors.

    To mend it, anchor the review on what comes before the phase.
    """
    needs = _needs(laid.protocol)
    for index, phase in enumerate(laid.protocol.phases):
        if phase.gate is None:
            continue
        counted = laid.protocol.review(phase.gate.review).at.phase
        if counted is not None and phase.id in _begun_before(needs, counted):
            what = "waits for a review that counts from this phase"
            remedy = "anchor the review on what comes before"
            path = f"phases.{index}.requires.review"
            yield Fault(path, what, phase.gate.review, remedy)


def outcomes_exclude_each_other(laid: Undated) -> Iterator[Fault]:
    """A phase does not wait for two outcomes of one review.

    What it counts from, or the review that it requires, may itself require an outcome; a review has only
    one. Of a review that takes place several times each may have its own. Ours.

    To mend it, let both require the same outcome, or anchor the phase elsewhere.
    """
    protocol, needs = laid.protocol, _needs(laid.protocol)
    for index, phase in enumerate(protocol.phases):
        if phase.gate is None:
            continue
        begun = _begun_before(needs, phase.id)
        found: dict[str, list[str]] = {}
        for needed in (each.gate for each in protocol.phases if each.id in begun):
            if needed is not None and needed.outcome not in found.setdefault(needed.review, []):
                found[needed.review].append(needed.outcome)
        for review, outcomes in found.items():
            if len(outcomes) > 1 and not protocol.review(review).repeats:
                what = f"waits for {len(outcomes)} outcomes of {review}: {' and '.join(outcomes)}"
                remedy = "require one of them, or anchor the phase elsewhere"
                yield Fault(f"phases.{index}.requires.outcome", what, remedy=remedy)


Needs = Mapping[str, frozenset[str]]
"""For each phase those that it counts from, by itself or by the review that opens it."""


def _needs(protocol: Protocol) -> Needs:
    openers = {review.id: review.at.phase for review in protocol.reviews}
    before: str | None = None
    needs = {}
    for phase in protocol.phases:
        counted = {before if phase.starts is None else phase.starts.phase}
        if phase.gate is not None:
            counted.add(openers[phase.gate.review])
        needs[phase.id] = frozenset(filter(None, counted))
        before = before if phase.as_needed else phase.id
    return needs


def _begun_before(needs: Needs, name: str) -> set[str]:
    """Name a phase and every one that must have begun before it."""
    found: set[str] = set()
    waiting = {name}
    while waiting:
        found |= waiting
        waiting = {name for each in waiting for name in needs[each]} - found
    return found
