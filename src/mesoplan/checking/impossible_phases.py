"""Rules about one phase whose numbers cannot all be kept, although each by itself makes sense."""

from collections.abc import Iterator
from itertools import cycle, islice, pairwise
from math import inf

from mesoplan.checking.finder import in_each_phase
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.places import apart
from mesoplan.values.errors import Fault
from mesoplan.values.period import Window


def _days(number: float) -> str:
    return f"{number:.4g} days"


def _window(phase: Phase, number: int) -> tuple[str, Window | None]:
    """Return the window of the n-th session, and where it is written."""
    own = phase.step(number).window
    return (f"steps.{number - 1}.window", own) if own else ("window", phase.window)


@in_each_phase
def windows_overlap(phase: Phase) -> Iterator[Fault]:
    """A window is no wider than half its rhythm, so that two sessions cannot swap.

    The days that a session may come late and those that the next may come early fit between them,
    or a minimum interval keeps the two in order. From the CDISC USDM conformance rules, which ask
    for windows that do not overlap.

    To mend it, narrow the window, or write the min_interval that keeps two sessions in order.
    """
    if phase.min_interval:
        return
    for number, gap in _neighbours(phase):
        (path, earlier), (_, later) = _window(phase, number), _window(phase, number + 1)
        differ = gap > 0
        if differ and earlier and later and earlier.later.length + later.earlier.length > gap:
            what = f"lets sessions {number} and {number + 1} swap: they are {_days(gap)} apart"
            yield Fault(path, what, str(earlier), "narrow the window, or give min_interval")
            return


def _neighbours(phase: Phase) -> Iterator[tuple[int, float]]:
    """Number the gaps between sessions, as far as they or the windows at their ends differ."""
    found = _gaps(phase)
    most = len(found) if phase.at else max(len(found), len(phase.steps))
    last = most if phase.sessions is None else min(most, phase.sessions - 1)
    return enumerate(islice(cycle(found), last), 1)


def _gaps(phase: Phase) -> list[float]:
    """Return the days between neighbouring sessions; none lie between those of one day (M5)."""
    days = tuple(place.whole_days for places in phase.rounds[:1] for place in places)
    return [gap.mean for gap in apart(days)][: len(phase.gaps)]


@in_each_phase
def minimum_over_rhythm(phase: Phase) -> Iterator[Fault]:
    """A minimum interval is no longer than the rhythm.

    Otherwise no session but the first can stand on its target. From CDSi, where the minimum interval
    lies before the recommended one.

    To mend it, shorten min_interval, or write the longer rhythm that is really meant.
    """
    shortest = min(filter(None, _gaps(phase)), default=None)
    if phase.min_interval and shortest is not None and phase.min_interval.length > shortest:
        yield Fault(
            "min_interval",
            f"is longer than the {_days(shortest)} between two sessions of the rhythm",
            str(phase.min_interval),
            "shorten it, or widen the rhythm",
        )


@in_each_phase
def maximum_under_rhythm(phase: Phase) -> Iterator[Fault]:
    """A maximum interval is no shorter than the rhythm.

    Otherwise every session on its target comes too late. From CDSi, where the latest interval lies
    after the recommended one.

    To mend it, lengthen max_interval, or write the shorter rhythm that is really meant.
    """
    longest = max((gap.mean for gap in phase.gaps), default=0.0)
    if phase.max_interval and phase.max_interval.length < longest:
        yield Fault(
            "max_interval",
            f"is shorter than the {_days(longest)} between two sessions of the rhythm",
            str(phase.max_interval),
            "lengthen it, or tighten the rhythm",
        )


@in_each_phase
def grace_without_minimum(phase: Phase) -> Iterator[Fault]:
    """A grace is shorter than the minimum interval that it softens.

    As long as the minimum, it would let two sessions on one day count; without a minimum it means
    nothing. From CDSi: the absolute minimum is the minimum less a few days.

    To mend it, shorten the grace, or write the min_interval that it softens.
    """
    minimum = phase.min_interval.length if phase.min_interval else 0
    if phase.grace and phase.grace.length >= minimum:
        remedy = "shorten it, or give min_interval"
        yield Fault("grace", "leaves nothing of min_interval", str(phase.grace), remedy)


@in_each_phase
def nothing_made_up(phase: Phase) -> Iterator[Fault]:
    """A lost session can be made up in the time that is left for it.

    On a grid the next free place comes behind the last session: not inside a span, and not within less
    than one step of the rhythm. A bound means nothing where what is lost is given up. Ours.

    To mend it, write if_missed = "soon", or leave the bound out.
    """
    policies = {phase.after_loss("missed"), phase.after_loss("cancelled")}
    on_grid = not (phase.at or phase.is_chain or phase.each_of_another)
    if phase.within is not None and policies == {"skip"}:
        remedy = 'write if_missed = "soon", or leave it out'
        yield Fault("within", "bounds nothing: what is lost is given up", str(phase.within), remedy)
    elif "make_up" in policies and on_grid and phase.until is not None:
        yield Fault("until", "leaves no free place to make up on", str(phase.until), _SOON)
    elif "make_up" in policies and on_grid and phase.within is not None:
        shortest = min((gap.least for gap in phase.gaps), default=0.0)
        if phase.within.length < shortest:
            what = f"ends before the next free place, {_days(shortest)} later at the soonest"
            yield Fault("within", what, str(phase.within), _SOON)


_SOON = 'write if_missed = "soon"'


@in_each_phase
def tiers_out_of_order(phase: Phase) -> Iterator[Fault]:
    """Tiers of lateness rise, and the one without a limit comes last.

    They are read in order, so that a tier below the one before it is never reached. Ours, after the
    delay rules on drug labels.

    To mend it, write the tiers from the shortest delay to the longest, and the one without `late` last.
    """
    limits = [inf if tier.late is None else tier.late.length for tier in phase.tiers]
    for index, (before, limit) in enumerate(pairwise([0.0, *limits])):
        if limit <= before:
            got = str(phase.tiers[index].late or "no limit")
            remedy = "write the tiers from the shortest delay to the longest"
            yield Fault(f"tiers.{index}.late", "is never reached", got, remedy)


@in_each_phase
def no_step_to_take_again(phase: Phase) -> Iterator[Fault]:
    """A tier that takes a step again finds steps in its phase.

    Without them no session differs from the next, and only their number would change. Ours.

    To mend it, write steps, such as the doses, or then = "shift".
    """
    for index, tier in enumerate(phase.tiers):
        if tier.then in {"repeat", "step_back"} and not phase.steps:
            remedy = 'write steps, or then = "shift"'
            yield Fault(f"tiers.{index}.then", "finds no steps in the phase", tier.then, remedy)


@in_each_phase
def places_out_of_order(phase: Phase) -> Iterator[Fault]:
    """The places of a phase are written in the order of time.

    Sessions are numbered as they are written, so that the second would come before the first. Ours.

    To mend it, write the earliest place first.
    """
    for name in ("at", "offsets"):
        for index, (before, place) in enumerate(pairwise(getattr(phase, name)), 1):
            if place.length < before.length:
                what = "comes before the place ahead of it"
                yield Fault(f"{name}.{index}", what, str(place), "write the earliest first")


@in_each_phase
def offset_beyond_step(phase: Phase) -> Iterator[Fault]:
    """A place inside a step of the rhythm lies inside that step.

    One before it or beyond its end would fall among the sessions of another step. In a list `at` a
    step reaches to the next place, and the last one has no end. Ours.

    To mend it, lengthen the rhythm, or move the place into its step.
    """
    step = _shortest_step(phase)
    for index, place in enumerate(phase.offsets):
        if not 0 <= place.length < step:
            what = f"lies outside the {_days(step)} of one step"
            yield Fault(f"offsets.{index}", what, str(place), "lengthen the rhythm or move it")


def _shortest_step(phase: Phase) -> float:
    """Return the days of the shortest step that the offsets of a phase lie in."""
    if phase.at:
        places = sorted({place.length for place in phase.at})
        return min((later - earlier for earlier, later in pairwise(places)), default=inf)
    if phase.weekdays:
        return 1.0
    return phase.every.length if phase.every else 0.0
