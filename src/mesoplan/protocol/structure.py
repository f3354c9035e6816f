"""What must hold between the parts of a protocol: names known and used once, no loop of anchors.

Each rule takes the parts that could be read, by their place in the file, and yields faults, so that
one broken phase does not hide what is wrong with the others.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.care import Advice, Effect, RedFlag
from mesoplan.protocol.criteria import Criterion
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.phase_parts import Spacing
from mesoplan.protocol.review import Adjunct, Milestone, Review
from mesoplan.protocol.source import ASSUMPTION, Cited, Source, source_of
from mesoplan.protocol.variant import Variant
from mesoplan.protocol.visit_key import VisitKey
from mesoplan.values.base import Model
from mesoplan.values.errors import Fault, closest

_START = "start"
_COURSE = "the course's sessions"
_Named = Phase | Review | Variant | Milestone | Source | Criterion | Advice | Effect | RedFlag
_NAMED = (
    *(("phases",), ("reviews",), ("milestones",), ("sources",), ("criteria",), ("advice",)),
    ("variants",),
    ("effects", "red_flags"),  # both are symptoms, and a name has to mean one of them
)
CITED = (
    *("phases", "reviews", "milestones", "adjuncts", "spacing"),
    *("criteria", "advice", "effects", "red_flags"),
)
"""The lists of a protocol whose parts cite sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of a protocol that could be read, each by its place in the file."""

    phases: Mapping[int, Phase]
    reviews: Mapping[int, Review]
    milestones: Mapping[int, Milestone]
    adjuncts: Mapping[int, Adjunct]
    spacing: Mapping[int, Spacing]
    variants: Mapping[int, Variant]
    criteria: Mapping[int, Criterion]
    advice: Mapping[int, Advice]
    effects: Mapping[int, Effect]
    red_flags: Mapping[int, RedFlag]
    sources: Mapping[int, Source]
    basis: Mapping[str, str]
    """The protocol's own."""
    written: Mapping[str, tuple[str, ...]]
    """The ids of every phase, review and source that is written, readable or not, and the labels."""
    unread: tuple[tuple[str, Anchor], ...] = ()
    """The anchors that stand in parts that could not be read, with their places."""


def phase_order(phases: Iterable[Phase]) -> list[str]:
    """Return the phases' ids so that each comes after what it counts from.

    Raises CycleError for a loop of anchors.
    """
    needs = _needs(list(phases))
    return [
        name for name in TopologicalSorter(needs).static_order() if name not in {_START, _COURSE}
    ]


def begun_again(phases: Iterable[Phase], named: str, phase: Phase) -> list[Phase]:
    """Return the phases of a treatment from one that is named up to a later one; none if it is not later."""
    treatment = [each for each in phases if each.label == phase.label]
    names = [each.id for each in treatment]
    if named not in names:
        return []
    run = treatment[names.index(named) : names.index(phase.id) + 1]
    return run if len(run) > 1 else []


def _needs(phases: list[Phase]) -> dict[str, set[str]]:
    needs: dict[str, set[str]] = {}
    before = {_START}
    for phase in phases:
        named = {anchor.phase for anchor in phase.named_minimums if anchor.phase is not None}
        counted = before if phase.starts is None else {_need(phase.starts)}
        needs.setdefault(phase.id, counted | (named - {phase.id}))
        # a phase as needed is passed over while it has not begun
        before = {*before, phase.id} if phase.as_needed else {phase.id}
    needs[_COURSE] = {phase.id for phase in phases if not _counts_course(phase.starts)}
    return needs


def _need(anchor: Anchor) -> str:
    if _counts_course(anchor):
        return _COURSE
    return anchor.phase or _START


def _counts_course(anchor: Anchor | None) -> bool:
    return anchor is not None and anchor.kind in {"session", "each"} and anchor.phase is None


def faults(parts: Parts) -> Iterator[Fault]:
    """Yield everything that is wrong between the parts."""
    for path, anchor in _anchors(parts):
        yield from _anchor_faults(path, anchor, parts)
    for names in _NAMED:
        yield from _repeated({name: getattr(parts, name) for name in names})
    yield from _clashes(parts)
    yield from _loops(parts)
    yield from _requirements(parts)
    yield from _minimums(parts)
    yield from _restarts(parts)
    yield from _changed_by_variants(parts)
    yield from _unlabelled(parts)
    yield from _uncited(parts)


def anchors_of(part: Model) -> Iterator[tuple[str, Anchor]]:
    """Yield the anchors that a part of a protocol writes, each with its path inside the part."""
    for name, value in part:
        if isinstance(value, Anchor):
            yield name, value
        elif name == "steps":
            for index, step in enumerate(value):
                yield from ((f"steps.{index}.{inside}", each) for inside, each in anchors_of(step))


def _anchors(parts: Parts) -> Iterator[tuple[str, Anchor]]:
    yield from parts.unread
    for kind in ("phases", "reviews", "milestones", "adjuncts"):
        for index, part in getattr(parts, kind).items():
            yield from ((f"{kind}.{index}.{name}", anchor) for name, anchor in anchors_of(part))


def _anchor_faults(path: str, anchor: Anchor, parts: Parts) -> Iterator[Fault]:
    if anchor.kind == "needed" and not _STARTS.fullmatch(path):
        what, remedy = "counts from no day", 'count from "first session of <phase>" instead'
        yield Fault(path, what, str(anchor), remedy, code="only-for-phases")
    if anchor.phase is None:
        return
    if anchor.phase not in parts.written["phases"]:
        remedy = closest(anchor.phase, parts.written["phases"])
        yield Fault(
            path, "counts from an unknown phase", anchor.phase, remedy, code="unknown-phase"
        )
        return
    counted = next((p for p in parts.phases.values() if p.id == anchor.phase), None)
    if counted is not None and anchor.kind == "session":
        yield from _session_faults(path, anchor, counted)


_STARTS = re.compile(r"phases\.[0-9]+\.starts")
"""The places at which a protocol may write `as needed`."""


def _session_faults(path: str, anchor: Anchor, counted: Phase) -> Iterator[Fault]:
    if counted.is_open and anchor.number == -1:
        what = "counts from the last session of a phase that has no end"
        yield Fault(
            path, what, counted.id, "give that phase sessions or until", code="no-last-session"
        )
    most = counted.max_sessions or counted.sessions
    if most is not None and anchor.number > most:
        what = f"counts from a session that {counted.id} has not"
        yield Fault(path, what, str(anchor.number), f"write at most {most}", code="no-such-session")


def _repeated(lists: Mapping[str, Mapping[int, _Named]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for kind, parts in lists.items():
        for index, part in parts.items():
            if part.id in seen:
                yield Fault(
                    f"{kind}.{index}.id",
                    "is used twice",
                    part.id,
                    "give each its own",
                    code="used-twice",
                )
            seen.add(part.id)


def _clashes(parts: Parts) -> Iterator[Fault]:
    """A visit's key is read among the ids of phases and reviews, so no id may look like a key."""
    phases = set(parts.written["phases"])
    numbered = phases | {r.id for r in parts.reviews.values() if r.repeats}
    for index, review in parts.reviews.items():
        if review.id in phases or VisitKey.read(review.id, numbered - {review.id}):
            what, remedy = "gives two visits one key", "rename the review"
            yield Fault(f"reviews.{index}.id", what, review.id, remedy, code="used-twice")
    for index, phase in parts.phases.items():
        key = VisitKey.read(phase.id, numbered - {phase.id})
        if key is not None:
            what = f"is the key of a visit of {key.name}"
            yield Fault(
                f"phases.{index}.id", what, phase.id, "rename one of the two", code="used-twice"
            )


def _loops(parts: Parts) -> Iterator[Fault]:
    try:
        phase_order(parts.phases.values())
    except CycleError as error:
        loop = " -> ".join(error.args[1])
        yield Fault(
            "phases",
            "count from each other in a loop",
            loop,
            "anchor one on the start",
            code="anchor-loop",
        )


def _requirements(parts: Parts) -> Iterator[Fault]:
    reviews = {review.id: review for review in parts.reviews.values()}
    known = parts.written["reviews"]
    for index, phase in parts.phases.items():
        needed = phase.requires
        if needed is None:
            continue
        path = f"phases.{index}.requires"
        outcomes = reviews[needed.review].outcomes if needed.review in reviews else ()
        if needed.review not in known:
            remedy = closest(needed.review, known) if known else "add that review"
            yield Fault(
                f"{path}.review", "is not a review", needed.review, remedy, code="unknown-review"
            )
        elif outcomes and needed.outcome not in outcomes:
            what = f"is no outcome of {needed.review}"
            remedy = closest(needed.outcome, outcomes)
            yield Fault(f"{path}.outcome", what, needed.outcome, remedy, code="unknown-outcome")


def _changed_by_variants(parts: Parts) -> Iterator[Fault]:
    """A variant changes phases and reviews that there are."""
    for index, variant in parts.variants.items():
        for name in variant.phases.keys() - set(parts.written["phases"]):
            remedy, path = closest(name, parts.written["phases"]), f"variants.{index}.phases.{name}"
            yield Fault(path, "is not a phase", name, remedy, code="unknown-phase")
        for name in variant.reviews.keys() - set(parts.written["reviews"]):
            known, path = parts.written["reviews"], f"variants.{index}.reviews.{name}"
            remedy = closest(name, known) if known else "leave it out"
            yield Fault(path, "is not a review", name, remedy, code="unknown-review")


def _minimums(parts: Parts) -> Iterator[Fault]:
    """A minimum is named from a session of a phase that comes before it."""
    for index, phase in parts.phases.items():
        for name, anchor in anchors_of(phase):
            if not name.endswith("min_from"):
                continue
            number = int(name.split(".")[1]) + 1 if "." in name else 1
            own = anchor.phase == phase.id
            earlier = anchor.kind == "session" and anchor.phase is not None
            if not earlier or (own and not 0 < anchor.number < number):
                what, remedy = "names no session of a phase that comes before", _FROM_BEFORE
                path = f"phases.{index}.{name}"
                yield Fault(path, what, str(anchor), remedy, code="no-earlier-session")
            elif anchor.offset.length <= 0:
                what, remedy = "is not longer than nothing", _FROM_BEFORE
                path = f"phases.{index}.{name}"
                yield Fault(path, what, str(anchor), remedy, code="not-positive")


_FROM_BEFORE = 'write for example "first session of doses + P16W"'


def _restarts(parts: Parts) -> Iterator[Fault]:
    """A tier begins an earlier phase of its treatment again, and what follows counts from that."""
    known, phases = parts.written["phases"], [phase for _, phase in sorted(parts.phases.items())]
    read = {phase.id: index for index, phase in parts.phases.items()}
    for index, phase in parts.phases.items():
        for place, tier in enumerate(phase.tiers):
            named, path = tier.phase, f"phases.{index}.tiers.{place}.phase"
            if named is None:
                continue
            run = begun_again(phases, named, phase)
            if named not in known:
                remedy = closest(named, known)
                yield Fault(path, "is not a phase", named, remedy, code="unknown-phase")
            elif named in read and not run:
                what, remedy = "is no earlier phase of this treatment", "name one that comes before"
                yield Fault(path, what, named, remedy, code="no-earlier-phase")
            names = {each.id for each in run}
            for each in run[1:]:
                if each.starts is not None and each.starts.phase not in names:
                    what = f"does not move when {named} begins again, as a tier of {phase.id} says"
                    remedy = f"count from a session of {named}"
                    where = f"phases.{read[each.id]}.starts"
                    yield Fault(where, what, str(each.starts), remedy, code="cannot-begin-again")


def _unlabelled(parts: Parts) -> Iterator[Fault]:
    labels = parts.written["labels"]
    for index, spacing in parts.spacing.items():
        for place, label in enumerate(spacing.between):
            if label not in labels:
                remedy = closest(label, labels) if labels else "give the phases labels"
                path = f"spacing.{index}.between.{place}"
                yield Fault(
                    path, "names a label that no phase has", label, remedy, code="unknown-label"
                )


def _uncited(parts: Parts) -> Iterator[Fault]:
    """Yield every basis that names no source."""
    known = dict.fromkeys((ASSUMPTION, *parts.written["sources"]))
    for path, basis in _bases(parts):
        for name, cited in basis.items():
            if cited in known:  # most cite without a remark
                continue
            source = source_of(cited)
            if source not in known:
                remedy = closest(source, known)
                yield Fault(
                    f"{path}basis.{name}",
                    "cites an unknown source",
                    source,
                    remedy,
                    code="unknown-source",
                )


def _bases(parts: Parts) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield "", parts.basis
    for kind in CITED:
        for index, part in getattr(parts, kind).items():
            assert isinstance(part, Cited)
            yield f"{kind}.{index}.", part.basis
    for index, variant in parts.variants.items():
        yield from ((f"variants.{index}.{path}.", part.basis) for path, part in variant.parts())
