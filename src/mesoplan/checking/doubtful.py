"""Rules about what can be carried out but is probably not what was meant, or cannot be traced."""

from collections.abc import Iterator
from itertools import pairwise

from mesoplan.checking.finder import in_each_phase
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.source import ASSUMPTION, source_of
from mesoplan.scheduling.undated import START, Undated
from mesoplan.values.errors import Fault


def no_source(laid: Undated) -> Iterator[Fault]:
    """A protocol names at least one source.

    Whoever follows it can then read where it comes from. From FHIR PlanDefinition (related artifact).

    To mend it, add [[sources]] with id, title, and where it can be found.
    """
    if not laid.protocol.sources:
        remedy = "add [[sources]] with id, title and where it was published"
        yield Fault("sources", "names no source", remedy=remedy)


def number_without_basis(laid: Undated) -> Iterator[Fault]:
    """Every number of a protocol cites a source or is marked as an assumption.

    One remark per part names all its fields. Ours: nobody can weigh a number without an origin.

    To mend it, name the source of each number in `basis`, or write "assumption"; "*" stands for
    every field of the part.
    """
    for path, part in laid.protocol.parts():
        bare = [name for name in part.numbers if part.basis_of(name) is None]
        if bare:
            where = f"{path}.basis" if path else "basis"
            remedy = 'name a source, or write "assumption"; "*" stands for every field'
            yield Fault(where, f"says nothing about {', '.join(bare)}", remedy=remedy)


def mostly_assumed(laid: Undated) -> Iterator[Fault]:
    """No more than half of the numbers of a protocol's schedule are assumptions.

    More than that, and it is an opinion with a citation. Only the phases and the reviews count: care
    around the sessions has numbers of its own. Ours.

    To mend it, cite sources for some of the numbers.
    """
    parts = (*laid.protocol.phases, *laid.protocol.reviews)
    bases = [part.basis_of(name) for part in parts for name in part.numbers]
    assumed = sum(basis is not None and source_of(basis) == ASSUMPTION for basis in bases)
    if 2 * assumed > len(bases):
        what = f"marks {assumed} of the {len(bases)} numbers of the schedule as assumptions"
        remedy = "cite sources for some; where there are none, this remark tells who follows it"
        yield Fault("basis", what, remedy=remedy)


def source_never_cited(laid: Undated) -> Iterator[Fault]:
    """Every source is cited by a number.

    One that is not suggests a basis that was forgotten. Ours.

    To mend it, cite the source in the basis of a number, or leave it out.
    """
    parts = [part for _, part in laid.protocol.parts()]
    cited = {source_of(basis) for part in parts for basis in part.basis.values()}
    for index, source in enumerate(laid.protocol.sources):
        if source.id not in cited:
            remedy = "cite it in a basis, or leave it out"
            yield Fault(f"sources.{index}", "is cited by no number", source.id, remedy)


def source_not_findable(laid: Undated) -> Iterator[Fault]:
    """A source says where it can be found: an address, or where it was printed.

    Ours, after the citation rules of medical journals.

    To mend it, add the url of the source, or where it was printed.
    """
    for index, source in enumerate(laid.protocol.sources):
        if source.url is None and source.where is None:
            yield Fault(f"sources.{index}", "cannot be found", source.id, "add url or where")


def no_review(laid: Undated) -> Iterator[Fault]:
    """A protocol has a review.

    A course whose result nobody looks at cannot be stopped for want of one. Ours.

    To mend it, add a review, for example at start + P3M.
    """
    if not any(review.kind == "review" for review in laid.protocol.reviews):
        yield Fault("reviews", "holds no review", remedy="add one, for example at start + P3M")


def no_consultation(laid: Undated) -> Iterator[Fault]:
    """A consultation precedes the first session.

    Who may start is asked before the first session, not at it. Ours, after the source documents.

    To mend it, add a review with kind = "consultation", for example at start - P1W.
    """
    anchors = [review.at for review in laid.protocol.reviews if review.kind == "consultation"]
    if not any(_by_the_start(anchor, laid) for anchor in anchors):
        remedy = 'add a review with kind = "consultation", for example at start - P1W'
        yield Fault("reviews", "hold no consultation before the first session", remedy=remedy)


def gate_after_start(laid: Undated) -> Iterator[Fault]:
    """A gate comes before the first session.

    One that comes later is never open in time; it may be meant for a later treatment. Ours.

    To mend it, move the gate to "start - P1W", or let the later phase require its outcome.
    """
    for index, review in enumerate(laid.protocol.reviews):
        if review.gate and not review.repeats and not _by_the_start(review.at, laid):
            remedy = 'write for example "start - P1W", or let the phase require its outcome'
            yield Fault(
                f"reviews.{index}.at", "puts a gate after the start", str(review.at), remedy
            )


def _by_the_start(anchor: Anchor, laid: Undated) -> bool:
    """Say whether something takes place, or could take place, before the first session."""
    span = laid.reached(anchor).span
    return span is None or anchor.offset.after(span[0]) <= START


@in_each_phase
def no_window(phase: Phase) -> Iterator[Fault]:
    """A phase says how far from its target a session may stand.

    Without a window every displaced session counts as inside, and nobody is told. From the CDISC USDM
    conformance rules and CDSi, where each interval has its tolerance.

    To mend it, write for example window = "P2D"; "P0D" is that very day.
    """
    stepped = phase.steps and all(step.window for step in phase.steps)
    if phase.window is None and not stepped and phase.place == "clinic":
        remedy = 'write for example window = "P2D"; "P0D" is that very day'
        yield Fault("window", "is not given: every displaced session counts as inside", "", remedy)


@in_each_phase
def two_at_one_moment(phase: Phase) -> Iterator[Fault]:
    """Two sessions at one moment are told apart by their steps.

    Some vaccines are given in both arms at once; a place written twice by mistake looks the same
    until `steps` says what each of the two is. Ours.

    To mend it, write the place once, or name both sessions in `steps`.
    """
    for name in ("at", "offsets"):
        for number, (before, place) in enumerate(pairwise(getattr(phase, name)), 1):
            told_apart = phase.step(number).label != phase.step(number + 1).label
            if place == before and not told_apart:
                remedy = (
                    'write it once, or name both, for example steps = ["left arm", "right arm"]'
                )
                yield Fault(f"{name}.{number}", "is the same moment again", str(place), remedy)


def not_in_use(laid: Undated) -> Iterator[Fault]:
    """A protocol that is followed is active, neither a draft nor retired.

    From FHIR: a definition's status says whether it is ready for use.

    To mend it, follow a newer version, or make this one active.
    """
    if laid.protocol.status != "active":
        remedy = "follow a newer version, or make this one active"
        yield Fault("status", "is not ready for use", laid.protocol.status, remedy)


def month_end_not_said(laid: Undated) -> Iterator[Fault]:
    """A rhythm in months says what becomes of a course that starts on the 29th, 30th or 31st.

    From CDSi, calculation rule CALCDT-5.

    To mend it, write month_end = "clip" (the last day) or "roll" (the first of the next month).
    """
    counted = [
        period
        for phase in laid.protocol.phases
        for period in (phase.every, phase.min_interval, *phase.at, *phase.offsets)
        if period is not None and period.months
    ]
    if counted and "month_end" not in laid.protocol.model_fields_set:
        remedy = 'write month_end = "clip" (the last day) or "roll" (the first of the next month)'
        yield Fault("month_end", "is not said, though the rhythm counts months", "", remedy)


def no_room_for_spacing(laid: Undated) -> Iterator[Fault]:
    """Two spaced treatments leave room for each other between their sessions.

    Where the sessions of one are closer than twice the spacing, less their windows, each session of
    the other pushes them out of their windows. Ours.

    To mend it, shorten the spacing, or run the two one after the other.
    """
    for index, spacing in enumerate(laid.protocol.spacing):
        for phase in laid.protocol.phases:
            needed = 2 * spacing.at_least.length
            gap = min((gap.mean for gap in phase.gaps), default=needed)
            slack = phase.window.earlier.length + phase.window.later.length if phase.window else 0
            if phase.label in spacing.between and gap + slack < needed:
                what = f"leaves no room between the sessions of {phase.id}, {gap:.4g} days apart"
                remedy = "shorten it, or run the two one after the other"
                yield Fault(f"spacing.{index}.at_least", what, str(spacing.at_least), remedy)
