"""Rules between the parts of a protocol: what cannot be reached, or cannot be kept together."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from mesoplan.plan.intervals import excluded
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.protocol import Protocol
from mesoplan.protocol.structure import anchors_of
from mesoplan.scheduling.undated import START, Series, Undated
from mesoplan.values.english import count
from mesoplan.values.errors import Fault
from mesoplan.values.period import reach


def _anchors(protocol: Protocol) -> Iterator[tuple[str, Anchor]]:
    for path, part in protocol.parts():
        yield from ((f"{path}.{name}", anchor) for name, anchor in anchors_of(part))


def _span(anchor: Anchor, laid: Undated) -> tuple[datetime, datetime] | None:
    """Return the first and last day that an anchor stands for, or None if only the course knows."""
    found = laid.reached(anchor).span
    return (anchor.offset.after(found[0]), anchor.offset.after(found[1])) if found else None


def never_reached(laid: Undated) -> Iterator[Fault]:
    """Every anchor counts from a session that the course has.

    What counts from the twentieth of sixteen sessions never begins. From the CDISC USDM conformance
    rules: every timing leads back to an anchor.

    To mend it, count from a session that the protocol has, or give the phase more sessions.
    """
    for path, anchor in _anchors(laid.protocol):
        if laid.reached(anchor).never_comes:
            remedy = "count from a session that the protocol has"
            yield Fault(path, "counts from a session that never comes", str(anchor), remedy)


def phase_without_sessions(laid: Undated) -> Iterator[Fault]:
    """Every phase has a session.

    A phase has none when the course already has as many sessions as its `total` asks for. From the
    CDISC USDM conformance rules: no activity is orphaned.

    To mend it, let `total` count all sessions of the course, or leave the phase out.
    """
    for index, phase in enumerate(laid.protocol.phases):
        if laid[phase.id].never_comes and phase.total is not None:
            what = "is already reached when the phase begins"
            remedy = "count all sessions of the course"
            yield Fault(f"phases.{index}.total", what, str(phase.total), remedy)


def last_of_open_course(laid: Undated) -> Iterator[Fault]:
    """Nothing counts from the last session of a course that has no end.

    The day would move with the horizon up to which the course happens to be planned. Ours.

    To mend it, name a phase that ends, or give the open one an end.
    """
    endless = [phase.id for phase in laid.protocol.phases if phase.is_open]
    for path, anchor in _anchors(laid.protocol):
        last = anchor.kind == "session" and anchor.number == -1
        if last and endless and anchor.phase is None:
            remedy = f"name a phase that ends, or end {endless[0]}"
            yield Fault(path, "counts from the last session of an open course", str(anchor), remedy)


def review_before_start(laid: Undated) -> Iterator[Fault]:
    """A review before the course's first session says that it is one: a consultation.

    A review looks at a result; before the start there is none. From the CDISC USDM conformance
    rules: a timing before its anchor says so.

    To mend it, write kind = "consultation", or a later day.
    """
    for index, review in enumerate(laid.protocol.reviews):
        if review.kind != "review":
            continue
        span = _span(review.at, laid)
        if span and span[0] < START:
            remedy = 'write kind = "consultation", or a later day'
            yield Fault(f"reviews.{index}.at", "lies before the start", str(review.at), remedy)


def gate_at_each_session(laid: Undated) -> Iterator[Fault]:
    """A gate is a single visit.

    What stands at each session, or repeats, is never the one that has to have taken place before the
    first, so that nobody would be told that it is missing. Ours.

    To mend it, write one day, for example "start - P1W", or leave the gate out.
    """
    for index, review in enumerate(laid.protocol.reviews):
        if review.gate and review.repeats:
            field = "at" if review.every is None else "every"
            remedy = 'write for example at = "start - P1W", or leave gate out'
            got = str(getattr(review, field))
            yield Fault(f"reviews.{index}.{field}", "makes several of a gate", got, remedy)


def more_steps_than_sessions(laid: Undated) -> Iterator[Fault]:
    """A phase has a session for each of its steps.

    A dose without a session is never given. Ours.

    To mend it, drop the steps that are too many, or raise the number of sessions.
    """
    for index, phase in enumerate(laid.protocol.phases):
        most = max(phase.max_sessions or 0, len(laid[phase.id].moments))
        if not phase.is_open and len(phase.steps) > most > 0:
            what = f"are more than the {most} sessions of the phase"
            remedy = "drop a step or add a session"
            yield Fault(f"phases.{index}.steps", what, str(len(phase.steps)), remedy)


def deadline_before_end(laid: Undated) -> Iterator[Fault]:
    """A deadline leaves time for the whole course.

    Ours, after vaccine series that must be complete by a given day.

    To mend it, lengthen the deadline, or shorten a phase.
    """
    if laid.protocol.deadline is None:
        return
    end = laid.protocol.deadline.after(START)
    last = max(_ends(laid), default=START)
    if last > end:
        days = (last - START).days
        what = f"is over before the last session, {days} days after the start"
        yield Fault("deadline", what, str(laid.protocol.deadline), "lengthen it or shorten a phase")


def _ends(laid: Undated) -> Iterator[datetime]:
    """Yield the last session of every phase that must take place, the first of an open one."""
    for phase in laid.protocol.phases:
        run = laid[phase.id]
        if run.moments and run.is_dated and not phase.optional:
            yield run.moments[0] if phase.is_open else run.moments[-1]


def too_many_a_day(laid: Undated) -> Iterator[Fault]:
    """A phase puts no more sessions on one day than the protocol allows.

    Ours, after dialysis and radiotherapy, where the number a day is a limit of dose.

    To mend it, raise max_per_day, or spread the sessions over more days.
    """
    if laid.protocol.max_per_day is None:
        return
    for index, phase in enumerate(laid.protocol.phases):
        a_day = Counter(moment.date() for moment in laid[phase.id].moments)
        most = max(a_day.values(), default=0)
        if most > laid.protocol.max_per_day:
            what = f"puts {most} sessions on one day; max_per_day is {laid.protocol.max_per_day}"
            yield Fault(f"phases.{index}", what, remedy="raise max_per_day or spread the sessions")


def named_minimum_after_target(laid: Undated) -> Iterator[Fault]:
    """A minimum from a session that is named ends by the day that the protocol asks for.

    Otherwise the later session never stands on its target. From CDSi, where the minimum interval lies
    before the recommended one.

    To mend it, shorten min_from, or let the session come later.
    """
    for index, phase in enumerate(laid.protocol.phases):
        run = laid[phase.id]
        for number, moment in enumerate(run.moments if run.is_dated else (), 1):
            for anchor in phase.minimums_from(number):
                span = _span(anchor, laid)
                late = span and (span[0].date() - moment.date()).days
                if late and late > 0:
                    what = f"keeps session {number} {count(late, 'day')} behind its target"
                    remedy = "shorten it, or let the session come later"
                    yield Fault(f"phases.{index}.min_from", what, str(anchor), remedy)


def ends_before_it_begins(laid: Undated) -> Iterator[Fault]:
    """What is expected, taken or looked at up to a day begins before that day.

    Ours; applies to milestones, to treatment at home and to reviews that repeat.

    To mend it, swap the two, or move one.
    """
    spans = [
        *((f"milestones.{i}", m.at, m.until) for i, m in enumerate(laid.protocol.milestones)),
        *((f"adjuncts.{i}", a.starts, a.until) for i, a in enumerate(laid.protocol.adjuncts)),
        *((f"reviews.{i}", r.at, r.until) for i, r in enumerate(laid.protocol.reviews)),
    ]
    for path, first, last in spans:
        if not isinstance(last, Anchor):
            continue
        begins, ends = _span(first, laid), _span(last, laid)
        if begins and ends and ends[1] < begins[0]:
            remedy = "swap the two or move one"
            yield Fault(f"{path}.until", f"comes before {first}", str(last), remedy)


def spaced_on_the_first_day(laid: Undated) -> Iterator[Fault]:
    """Two treatments that must lie apart do not both open the course.

    The first day is the person's choice and is not moved, so that they would meet on it. Ours.

    To mend it, let one of the two begin later, by the spacing at least.
    """
    openers = {
        p.label for p in laid.protocol.phases if START in laid[p.id].moments and laid[p.id].is_dated
    }
    for index, spacing in enumerate(laid.protocol.spacing):
        if openers.issuperset(spacing.between) and spacing.at_least:
            what = f"cannot hold on the first day: {' and '.join(spacing.between)} both begin on it"
            remedy = f'anchor one on "start + {spacing.at_least}"'
            yield Fault(f"spacing.{index}.at_least", what, str(spacing.at_least), remedy)


def two_phases_too_close(laid: Undated) -> Iterator[Fault]:
    """Two phases of one treatment ask for no sessions on the same day, nor closer than min_interval.

    There is never a second session of a treatment on a day, unless one phase itself has several; and the
    minimum of the later session holds after one of another phase, too. One of the two could not stand
    where it should. Phases that require different outcomes of one review never meet. Of a phase without
    an end the first year is looked at. Ours.

    To mend it, move one of the phases, or give them labels if they are two treatments.
    """
    phases = laid.protocol.phases
    days = {phase.id: _days_at_the_clinic(phase, laid[phase.id]) for phase in phases}
    for index, phase in enumerate(phases):
        for place, other in enumerate(phases):
            if place == index or other.label != phase.label or excluded(other, phase):
                continue
            shared = days[phase.id] & days[other.id]
            if shared and place < index:
                what = f"has a session on a day of {other.id}, {_days_in(min(shared))}"
                yield Fault(f"phases.{index}", what, remedy=f"move one, or {_TWO}")
            elif not shared:
                yield from _too_close(
                    f"phases.{index}", phase, days[phase.id], other, days[other.id]
                )


_TWO = "give the two labels if they are two treatments"


def _days_in(day: date) -> str:
    return f"{count((day - START.date()).days, 'day')} after the start"


def _too_close(
    path: str, later: Phase, days: frozenset[date], before: Phase, others: frozenset[date]
) -> Iterator[Fault]:
    """Yield the first session that comes sooner after one of another phase than its minimum allows."""
    if not later.min_interval:
        return
    least = reach(_SHORTEST, later.min_interval) - _SHORTEST
    ends = sorted(others)
    for day in sorted(days):
        earlier = bisect_left(ends, day)
        apart = (day - ends[earlier - 1]).days if earlier else least
        if apart < least:
            what = f"has a session {count(apart, 'day')} after one of {before.id}, {_days_in(day)}"
            remedy = f"move one, shorten min_interval, or {_TWO}"
            yield Fault(f"{path}.min_interval", what, str(later.min_interval), remedy)
            return


_SHORTEST = date(START.year, 2, 1).toordinal()
"""Months that begin with this one are never shorter."""


def _days_at_the_clinic(phase: Phase, series: Series) -> frozenset[date]:
    """Return the days of a phase that are known and taken up at the clinic."""
    if phase.place == "home" or not series.is_dated:
        return frozenset()
    return frozenset(moment.date() for moment in series.moments)
