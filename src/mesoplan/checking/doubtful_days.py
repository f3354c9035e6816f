"""Rules about days that can be planned, but hardly as they were meant, or that somebody else decides."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime

from mesoplan.checking.finder import in_each_phase
from mesoplan.plan.intervals import excluded
from mesoplan.protocol.phase import Phase
from mesoplan.scheduling.undated import Undated
from mesoplan.values.english import count
from mesoplan.values.errors import Fault

_MOST_PUBLISHED = 100
"""More sessions than any published series that we know of counts."""


@in_each_phase
def until_before_second(phase: Phase) -> Iterator[Fault]:
    """A phase's `until` leaves room for a second session, or for each of its weekdays.

    Its end is exclusive, so that "P1W" of a weekly rhythm is a single session. One Monday in one week
    is plainly meant, and no doubt. Ours.

    To mend it, lengthen `until`, or write sessions = 1.
    """
    if phase.until is None or not phase.gaps:
        return
    if phase.weekdays:
        # The phase may begin on any of its weekdays; the last place of a round is the next round's.
        last = max(places[-2].mean for places in phase.rounds)
        what = "ends before each of its weekdays has come"
    else:
        last = phase.gaps[0].mean
        what = f"ends before the second session, {last:.4g} days after the first"
    if last and phase.until.length <= last:
        yield Fault("until", what, str(phase.until), "lengthen it, or write sessions = 1")


def default_minimum(laid: Undated) -> Iterator[Fault]:
    """A phase says how close two of its sessions may come.

    Where it does not, half of its smallest gap is assumed (M5): sessions that are moved or made up keep
    at least that. Whether it is enough, only the source or the clinic knows. From CDSi, where each
    interval has its minimum.

    To mend it, write min_interval.
    """
    for index, phase in enumerate(laid.protocol.phases):
        has_one_before = _spreads(phase, laid) or _last_before(phase, laid) is not None
        assumed = phase.min_interval is None and phase.gap > 0
        if assumed and phase.place == "clinic" and has_one_before:
            what = f"is not given: half of the smallest gap is assumed, {phase.minimum.words}"
            remedy = f'write for example min_interval = "{phase.minimum}"'
            yield Fault(f"phases.{index}.min_interval", what, remedy=remedy)


@in_each_phase
def minimum_far_below_rhythm(phase: Phase) -> Iterator[Fault]:
    """A minimum interval is no less than half of the rhythm.

    A session that comes late may stand as close to the next one: a weekly treatment with a minimum of a
    day may be given on Friday and on Saturday. A narrow window, or a chain, keeps them apart as well.
    Ours.

    To mend it, lengthen min_interval, or narrow the window.
    """
    least = phase.min_interval
    if least is None or phase.is_chain or phase.place == "home":
        return
    slack = phase.window.earlier.length + phase.window.later.length if phase.window else phase.gap
    nearest = max(least.length, 0 if phase.at else phase.gap - slack)
    if 2 * nearest < phase.gap:
        what = f"lets sessions that lie {count(phase.gap, 'day')} apart come together"
        yield Fault("min_interval", what, str(least), "lengthen it, or narrow the window")


def rushed_at_the_border(laid: Undated) -> Iterator[Fault]:
    """A single session that counts from elsewhere says how long after the session before it may come.

    It keeps its day while the series before it grows longer after an absence, so that the two could
    stand on neighbouring days. Ours.

    To mend it, write min_interval, or count from the last session of the phase before.
    """
    for index, phase in enumerate(laid.protocol.phases):
        before = _last_before(phase, laid)
        if before is None or phase.min_interval is not None or phase.gap:
            continue
        earlier, days = before
        if days > 1 and not _moves_with(earlier, phase, laid):
            what = f"is not given: after an absence it could follow {earlier.id} at once"
            remedy = f"write it, or count from the last session of {earlier.id}"
            yield Fault(f"phases.{index}.min_interval", what, remedy=remedy)


def _last_before(phase: Phase, laid: Undated) -> tuple[Phase, int] | None:
    """Return the phase of the session of this treatment before a phase, and the days between them."""
    run = laid[phase.id]
    if phase.place == "home" or not run.moments or not run.is_dated:
        return None
    first = run.moments[0]
    ends = [
        (last, other)
        for other in laid.protocol.phases
        if other.id != phase.id
        and other.label == phase.label
        and other.place == "clinic"
        and not excluded(other, phase)
        and (last := _end_before(first, other, laid)) is not None
    ]
    if not ends:
        return None
    last, other = max(ends, key=lambda end: end[0])
    return other, (first.date() - last.date()).days


def _end_before(first: datetime, phase: Phase, laid: Undated) -> datetime | None:
    """Return the last session of a phase before a moment, if its days are known."""
    run = laid[phase.id]
    earlier = bisect_left(run.moments, first) if run.is_dated else 0
    return run.moments[earlier - 1] if earlier else None


def _moves_with(earlier: Phase, phase: Phase, laid: Undated) -> bool:
    """Say whether a phase counts from the last session of one before it."""
    if phase.starts is None:
        names = [each.id for each in laid.protocol.phases]
        return names[names.index(phase.id) - 1] == earlier.id
    anchor = phase.starts
    return anchor.phase == earlier.id and anchor.number in {-1, earlier.sessions}


def no_rule_for_absence(laid: Undated) -> Iterator[Fault]:
    """A phase says what becomes of it after a long absence: `restart_after`, or `tiers`.

    Without either it goes on where it was and repeats nothing, which is right for a vaccine and wrong for
    a rising dose. From the delay rules on drug labels and CDSi.

    To mend it, write restart_after, or tiers; tiers = [{ then = "carry_on" }] says that it goes on.
    """
    for index, phase in enumerate(laid.protocol.phases):
        ruled = phase.restart_after is not None or phase.tiers
        if phase.gap > 0 and phase.place == "clinic" and _spreads(phase, laid) and not ruled:
            what = "is not given: after a long absence it goes on where it was"
            remedy = 'write for example restart_after = "P8W", or tiers = [{ then = "carry_on" }]'
            yield Fault(f"phases.{index}.restart_after", what, remedy=remedy)


def _spreads(phase: Phase, laid: Undated) -> bool:
    """Say whether a phase has sessions on different days."""
    return len({moment.date() for moment in laid[phase.id].moments}) > 1


def outcome_after_phase_begins(laid: Undated) -> Iterator[Fault]:
    """A review that opens a phase comes before the first session of that phase.

    Until its outcome is known the sessions wait, so that those before it never take place on their day.
    Ours.

    To mend it, let the review come earlier, or the phase begin later.
    """
    for index, phase in enumerate(laid.protocol.phases):
        run = laid[phase.id]
        if phase.requires is None or not run.moments or not run.is_dated:
            continue
        anchor = laid.protocol.review(phase.requires.review).at
        span = laid.reached(anchor).span
        late = span and (anchor.offset.after(span[0]).date() - run.moments[0].date()).days
        if late and late > 0:
            what = f"comes {count(late, 'day')} after the first session of the phase"
            remedy = "let the review come earlier, or the phase begin later"
            path = f"phases.{index}.requires.review"
            yield Fault(path, what, phase.requires.review, remedy)


def waits_for_an_end(laid: Undated) -> Iterator[Fault]:
    """No phase, and no review that opens one, waits for somebody to end a phase without an end.

    Until `Ended` is recorded they have no day, and nobody is reminded of them. Where a treatment goes on
    until a relapse, that is meant. Ours.

    To mend it, give the phase before sessions or until, or anchor what follows elsewhere.
    """
    protocol = laid.protocol
    for index, phase in enumerate(protocol.phases):
        opener = protocol.review(phase.gate.review).at.phase if phase.gate else None
        for path, name in (("starts", phase.id), ("requires.review", opener)):
            before = None if name is None else protocol.waits_for(name)
            if before is not None:
                what = f"waits until {before}, which has no end, is ended"
                remedy = f"give {before} sessions or until, or count from elsewhere"
                yield Fault(f"phases.{index}.{path}", what, remedy=remedy)


@in_each_phase
def unusually_many_sessions(phase: Phase) -> Iterator[Fault]:
    """A series counts no more than a hundred sessions.

    No published series that we know of counts more, and 300 is easily typed for 3; a treatment that goes
    on for years is written without a number. Ours.

    To mend it, correct the number, or leave it out where the treatment has no end.
    """
    if phase.sessions is not None and phase.sessions > _MOST_PUBLISHED:
        remedy = "correct it, or leave it out where the treatment has no end"
        yield Fault("sessions", "are unusually many", str(phase.sessions), remedy)
