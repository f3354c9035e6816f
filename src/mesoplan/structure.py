"""What must hold between the parts of a protocol: names known and used once, no loop of anchors.

Each rule takes the parts that could be read, by their place in the file, and yields faults, so that
one broken phase does not hide what is wrong with the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from mesoplan.anchor import Anchor
from mesoplan.errors import Fault, closest
from mesoplan.phase import Phase
from mesoplan.review import Milestone, Review

START = "start"
COURSE = "the course's sessions"


def phase_order(phases: Iterable[Phase]) -> list[str]:
    """Give the phases' ids so that each comes after what it counts from.

    Raises CycleError for a loop of anchors.
    """
    needs = _needs(list(phases))
    return [name for name in TopologicalSorter(needs).static_order() if name not in {START, COURSE}]


def _needs(phases: list[Phase]) -> dict[str, set[str]]:
    needs: dict[str, set[str]] = {}
    before = START
    for phase in phases:
        needs[phase.id] = {_need(phase.starts, before)}
        before = phase.id
    free = {phase.id for phase in phases if not _counts_course(phase.starts)}
    needs[COURSE] = free
    return needs


def _need(anchor: Anchor | None, before: str) -> str:
    if anchor is None:
        return before
    if _counts_course(anchor):
        return COURSE
    return anchor.phase or START


def _counts_course(anchor: Anchor | None) -> bool:
    return anchor is not None and anchor.kind in {"session", "each"} and anchor.phase is None


def faults(
    phases: Mapping[int, Phase],
    reviews: Mapping[int, Review],
    milestones: Mapping[int, Milestone],
    phase_ids: tuple[str, ...],
) -> Iterator[Fault]:
    """Yield everything that is wrong between the parts; `phase_ids` names every phase written."""
    anchors = [
        *((f"phases.{i}.starts", p.starts) for i, p in phases.items() if p.starts is not None),
        *((f"reviews.{i}.at", r.at) for i, r in reviews.items()),
        *((f"milestones.{i}.at", m.at) for i, m in milestones.items()),
        *((f"milestones.{i}.until", m.until) for i, m in milestones.items() if m.until is not None),
    ]
    for path, anchor in anchors:
        yield from _anchor_faults(path, anchor, phase_ids, phases)
    yield from _repeated("phases", phases)
    yield from _repeated("reviews", reviews)
    yield from _repeated("milestones", milestones)
    yield from _clashes(phases, reviews)
    yield from _loops(phases)
    yield from _requirements(phases, reviews)


def _anchor_faults(
    path: str, anchor: Anchor, phase_ids: tuple[str, ...], phases: Mapping[int, Phase]
) -> Iterator[Fault]:
    if anchor.phase is None:
        return
    if anchor.phase not in phase_ids:
        remedy = closest(anchor.phase, phase_ids)
        yield Fault(path, "counts from an unknown phase", anchor.phase, remedy)
        return
    counted = next((p for p in phases.values() if p.id == anchor.phase), None)
    if counted is None or anchor.kind != "session":
        return
    if counted.is_open and anchor.number == -1:
        yield Fault(
            path,
            "counts from the last session of a phase that has no end",
            anchor.phase,
            "give that phase sessions or until",
        )
    most = counted.max_sessions or counted.sessions
    if most is not None and anchor.number > most:
        yield Fault(path, f"counts from a session that {counted.id} has not", str(anchor.number))


def _repeated(kind: str, parts: Mapping[int, Phase | Review | Milestone]) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, part in parts.items():
        if part.id in seen:
            yield Fault(f"{kind}.{index}.id", "is used twice", part.id, "give each its own")
        seen.add(part.id)


def _clashes(phases: Mapping[int, Phase], reviews: Mapping[int, Review]) -> Iterator[Fault]:
    """A visit's key is `<phase>-<number>` or the review's id: two visits need two keys."""
    names = {phase.id for phase in phases.values()}
    for index, review in reviews.items():
        stem, _, number = review.id.rpartition("-")
        if review.id in names or (stem in names and number.isdigit()):
            remedy = "rename the review"
            yield Fault(f"reviews.{index}.id", "gives two visits one key", review.id, remedy)


def _loops(phases: Mapping[int, Phase]) -> Iterator[Fault]:
    try:
        phase_order(phases.values())
    except CycleError as error:
        loop = " -> ".join(error.args[1])
        yield Fault("phases", "count from each other in a loop", loop, "anchor one on the start")


def _requirements(phases: Mapping[int, Phase], reviews: Mapping[int, Review]) -> Iterator[Fault]:
    known = {review.id: review for review in reviews.values()}
    for index, phase in phases.items():
        if phase.requires is None:
            continue
        path = f"phases.{index}.requires"
        review = known.get(phase.requires.review)
        if review is None:
            remedy = closest(phase.requires.review, tuple(known)) if known else "add that review"
            yield Fault(f"{path}.review", "is not a review", phase.requires.review, remedy)
        elif review.outcomes and phase.requires.outcome not in review.outcomes:
            remedy = closest(phase.requires.outcome, review.outcomes)
            yield Fault(
                f"{path}.outcome", f"is no outcome of {review.id}", phase.requires.outcome, remedy
            )
