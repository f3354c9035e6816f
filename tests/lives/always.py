"""What holds in every life, after every step: each law in one function, with its reason.

A law yields a sentence for each visit that breaks it. It knows what a caller knows: the plans, the log
and the clinic, and nothing of how the days are found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise

from lives.story import Turn
from mesoplan import (
    Attended,
    Away,
    Cancelled,
    Corrected,
    Ended,
    Missed,
    Moved,
    Paused,
    Phase,
    Plan,
    Resumed,
    Reviewed,
    Stopped,
    Visit,
    schedule,
)
from mesoplan.protocol.visit_key import VisitKey

FAR = date(2100, 1, 1)
_RECORDED = frozenset({"attended", "missed", "cancelled"})
_NEAR = frozenset({"interval-too-short", "spacing-too-short", "overlap"})


def _by_key(plan: Plan | None) -> dict[str, Visit]:
    return {} if plan is None else {visit.key: visit for visit in plan.visits}


def _said(plan: Plan, key: str) -> set[str]:
    """Return the codes of the findings about a visit."""
    return {finding.code for finding in plan.findings if finding.visit == key}


def _is_stopped(turn: Turn) -> bool:
    """Whether the course was stopped, by a person or by too many no-shows in a row."""
    no_shows = any(finding.code == "no-shows" for finding in turn.plan.findings)
    return no_shows or any(isinstance(fact, Stopped) for fact in turn.course.kept_facts)


def _mended(turn: Turn) -> set[str]:
    """Return the visits that a fact was about which this step takes back, and those joined to it."""
    before = turn.before
    numbers = [fact.number for fact in turn.step.facts if isinstance(fact, Corrected)]
    slips = [before.entries[n - 1] for n in numbers if before and n <= len(before.entries)]
    return {key for entry in slips for key in (entry.key, *entry.shared) if key is not None}


def _outcomes(plan: Plan) -> dict[str, str]:
    """Return what the log says of each visit that has an outcome."""
    words = {Attended: "attended", Reviewed: "attended", Missed: "missed", Cancelled: "cancelled"}
    return {
        fact.visit: words[type(fact)]
        for fact in plan.course.kept_facts
        if isinstance(fact, Attended | Reviewed | Missed | Cancelled)
    }


def nothing_recorded_is_lost(turn: Turn) -> Iterator[str]:
    """M7: what was recorded is in the plan and in every count, whatever else the log says."""
    visits, outcomes = _by_key(turn.plan), _outcomes(turn.plan)
    for key, outcome in outcomes.items():
        status = visits[key].status if key in visits else "not in the plan"
        if status != outcome:
            yield f"{key} was recorded as {outcome} and is {status}"
    attended = [key for key, outcome in outcomes.items() if outcome == "attended"]
    sessions = [key for key in attended if key in visits and visits[key].kind == "session"]
    counted = turn.plan.adherence(FAR).attended
    if counted != len(sessions):
        yield f"{len(sessions)} sessions were recorded as attended, adherence counts {counted}"


def the_past_never_changes(turn: Turn) -> Iterator[str]:
    """M8: what has happened keeps its instant, length, number and revision, whatever is changed."""
    now, mended = _by_key(turn.plan), _mended(turn)
    over = _outcomes(turn.before) if turn.before is not None else {}
    for key, old in _by_key(turn.before).items():
        new = now.get(key)
        happened = key in over or old.status in {"attended", "missed"}
        if new is None or key in mended or not happened:
            continue
        for name in ("status", "start", "length", "number", "label", "target", "revision", "stamp"):
            was, is_ = getattr(old, name), getattr(new, name)
            if _instant(was) != _instant(is_):
                yield f"{name} of {key} ({old.status}) was {was} and is {is_}"


def _instant(value: object) -> object:
    """Return a moment in UTC: of two zones Python calls an hour that autumn repeats unequal to itself."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def planning_again_changes_nothing(turn: Turn) -> Iterator[str]:
    """M8: with nothing new the plan is the same, byte for byte, or every plan sends new entries."""
    if turn.again.model_dump_json() == turn.plan.model_dump_json():
        return
    yield from (f"planned again: {change}" for change in turn.again.changes_since(turn.plan))
    was, is_ = set(turn.plan.findings), set(turn.again.findings)
    yield from (f"planned again it is no longer said: {gone.code}: {gone}" for gone in was - is_)
    yield from (f"planned again it is said: {new.code}: {new}" for new in is_ - was)
    for name in type(turn.plan).model_fields:
        if getattr(turn.again, name) != getattr(turn.plan, name):
            yield f"planned again: {name} differ"


def time_alone_moves_nothing(turn: Turn) -> Iterator[str]:
    """M8: what was announced stays; only what waits for an outcome may wait longer."""
    if turn.before is None or not turn.step.is_quiet:
        return
    now = _by_key(turn.plan)
    for old in turn.before.visits:
        new = now.get(old.key)
        if (
            old.status == "planned"
            and new is not None
            and (new.start, new.status)
            != (
                old.start,
                old.status,
            )
        ):
            yield f"{old.key} stood on {old.start}, and is {new.status} on {new.start}"


def _live(plan: Plan) -> list[Visit]:
    """Return the sessions at the clinic that took place or stand on a day; on hold they stand on none."""
    gone = {"missed", "cancelled", "on_hold"}
    return [v for v in plan.sessions if v.status not in gone and v.place == "clinic"]


def sessions_keep_apart(turn: Turn) -> Iterator[str]:
    """M5: no two sessions of a treatment on a day or below the minimum without a Finding."""
    phases = {phase.id: phase for phase in turn.course.protocol.phases}
    for before, visit in _neighbours(turn.plan, phases):
        later = phases[visit.phase or ""]
        least = 1
        if before.phase == visit.phase or later.min_interval is not None:
            least = max(1, (later.minimum.after(before.day) - before.day).days)
        apart = (visit.day - before.day).days
        named = _said(turn.plan, visit.key) | _said(turn.plan, before.key)
        if apart < least and not named & _NEAR:
            yield (
                f"{before.key} ({before.status}, {before.day}) and {visit.key} ({visit.status}, "
                f"{visit.day}) are {apart} days apart, at least {least} are asked, and no Finding"
            )


def _neighbours(plan: Plan, phases: Mapping[str, Phase]) -> Iterator[tuple[Visit, Visit]]:
    """Yield neighbouring sessions of a treatment, but for those that share a day by their rhythm."""
    tracks: dict[str, list[Visit]] = {}
    for visit in _live(plan):
        phase = phases.get(visit.phase or "")
        if phase is not None:
            tracks.setdefault(phase.label or "", []).append(visit)
    for track in tracks.values():
        for number, before in enumerate(track):
            for visit in track[number + 1 : number + 4]:
                if not _may_share(phases[before.phase or ""], phases[visit.phase or ""]):
                    yield before, visit


def _may_share(one: Phase, other: Phase) -> bool:
    if one.id == other.id:
        return one.several_a_day
    return bool(one.requires and other.requires and one.requires != other.requires)


def treatments_keep_their_spacing(turn: Turn) -> Iterator[str]:
    """M5: two treatments keep the spacing that is written, or a Finding says so."""
    labels = {phase.id: phase.label for phase in turn.course.protocol.phases}
    for rule in turn.course.protocol.spacing:
        both = [v for v in _live(turn.plan) if labels.get(v.phase or "") in rule.between]
        for before, visit in pairwise(both):
            if labels[before.phase or ""] == labels[visit.phase or ""]:
                continue
            named = _said(turn.plan, visit.key) | _said(turn.plan, before.key)
            if rule.at_least.after(before.day) > visit.day and not named & _NEAR:
                yield f"{before.key} ({before.day}) and {visit.key} ({visit.day}) break the spacing"


def _away(plan: Plan) -> list[tuple[date, date]]:
    return [(fact.first, fact.last) for fact in plan.course.kept_facts if isinstance(fact, Away)]


def _holds(plan: Plan) -> list[tuple[date, date | None]]:
    holds: list[tuple[date, date | None]] = []
    for fact in plan.course.kept_facts:
        if isinstance(fact, Paused):
            holds.append((fact.on, None))
        elif isinstance(fact, Resumed) and holds:
            holds[-1] = (holds[-1][0], fact.on)
    return holds


def _fixed(plan: Plan) -> set[str]:
    return {fact.visit for fact in plan.course.kept_facts if isinstance(fact, Moved)}


def _impossible(plan: Plan, visit: Visit) -> str | None:
    """Say why no visit can stand where this one does, or None."""
    closed = plan.clinic.closed(visit.day)
    if closed:
        return f"the clinic is closed ({closed})"
    if any(first <= visit.day <= last for first, last in _away(plan)):
        return "the person is away"
    start = 60 * visit.start.hour + visit.start.minute
    spans = plan.clinic.spans(visit.day.toordinal())
    if not any(opens <= start and start + visit.minutes <= closes for opens, closes in spans):
        return "it lies outside the opening hours"
    return None


def free_visits_stand_on_possible_days(turn: Turn) -> Iterator[str]:
    """M6: never a closed day, never a day away; what a person fixed there has a Finding."""
    fixed = _fixed(turn.plan)
    for visit in turn.plan.visits:
        if not visit.upcoming or visit.start <= turn.step.as_of or visit.place != "clinic":
            continue
        why = _impossible(turn.plan, visit)
        said = _said(turn.plan, visit.key)
        if why is None or "day-full" in said:
            continue
        if visit.key not in fixed:
            yield f"{visit.key} is free and stands on {visit.start:%a %Y-%m-%d %H:%M}, where {why}"
        elif not said & {"closed-day", "away-day", "outside-hours"}:
            yield f"{visit.key} is fixed on {visit.start:%a %Y-%m-%d %H:%M}, where {why}; no Finding"


def _is_dropped(turn: Turn, name: str | None) -> bool:
    """Whether an outcome has dropped a phase, or it is one as needed that has never begun."""
    if any(phase.id == name and phase.as_needed for phase in turn.course.protocol.phases):
        return name not in _begun(turn.plan)
    wanted = {p.id: p.requires for p in turn.course.protocol.phases}.get(name or "")
    said = [f for f in turn.course.kept_facts if isinstance(f, Reviewed)]
    outcomes = [f.outcome for f in said if wanted is not None and f.visit.startswith(wanted.review)]
    return wanted is not None and bool(outcomes) and wanted.outcome not in outcomes


def what_a_person_chose_stands(turn: Turn) -> Iterator[str]:
    """M6: a time that a person fixed stands; a stop, a hold, a record, an outcome or the end of its phase ends it."""
    chosen = {fact.visit: fact.to for fact in turn.course.kept_facts if isinstance(fact, Moved)}
    outcomes, holds = _outcomes(turn.plan), _holds(turn.plan)
    if _is_stopped(turn) or holds:
        return
    for visit in turn.plan.visits:
        to = chosen.get(visit.key)
        if to is None or visit.key in outcomes or visit.status in {"attended", "missed"}:
            continue
        if _is_dropped(turn, visit.phase) or _is_ended(turn, visit):
            continue
        if visit.status == "cancelled":
            yield f"{visit.key} was moved to {to} by the person, and is called off"
            continue
        old = _by_key(turn.before).get(visit.key)
        over = old is not None and old.start == visit.start <= turn.step.as_of  # keeps its instant
        wall = visit.start.replace(tzinfo=None)
        if not over and to.tzinfo is None and wall != to and turn.step.clinic is None:
            yield f"{visit.key} was moved to {to} by the person, and stands on {visit.start}"


def moving_one_visit_moves_no_other(turn: Turn) -> Iterator[str]:
    """M4: on a grid one moved session moves no other, and keeps its own target and number.

    Held against the plan of that moment without the move, for what is still to come and was announced
    (M4: "once announced, only the session that stood there moves to the end of the series"; what is new
    behind that end comes after it). What is over counts in the order of time (M10). A session that the
    moved one comes too close before is released (M8): it may move, and where its place is left no day it
    loses it, so that those behind it count one less.
    """
    facts, before = turn.step.facts, turn.before
    news = turn.step.clinic or turn.step.protocol or not facts
    if news or before is None or not all(isinstance(fact, Moved) for fact in facts):
        return
    moved = {fact.visit for fact in facts if isinstance(fact, Moved)}
    grids = {phase.id for phase in turn.course.protocol.phases if not phase.is_chain}
    named = {visit.phase for visit in before.visits if visit.key in moved}
    if len(named) != 1 or not named <= grids:
        return  # what another phase counts from may move it
    stayed = schedule(before.course, before.clinic, as_of=turn.step.as_of, previous=before)
    now, announced = _by_key(turn.plan), _by_key(before)
    pairs = [
        (old, now[old.key])
        for old in stayed.sessions
        if old.phase in named
        and old.key in announced
        and min(old.start, now[old.key].start) > turn.step.as_of
    ]
    crowded = {old.key for old, _ in pairs if any(_crowds(turn, key, old) for key in moved)}
    leave = any(old.target != new.target or new.lost for old, new in pairs if old.key in crowded)
    for old, new in pairs:
        if old.key in crowded:
            continue
        same_day = old.key in moved or crowded or old.day == new.day
        same_number = leave or old.number == new.number
        if not (same_day and same_number and old.target == new.target):
            yield (
                f"{old.key} was number {old.number} for {old.target} on {old.day}, and is number "
                f"{new.number} for {new.target} on {new.day}, because {', '.join(sorted(moved))} moved"
            )


def _crowds(turn: Turn, key: str, other: Visit) -> bool:
    """Whether one of its phase stands below a minimum behind a session that was moved.

    One before it stays: the minimum belongs to the later session, which a person fixed. M5: "`min_from`
    gives a minimum from a session that is not the one before", and "all minimums must hold": what names
    one from the session that was moved follows it.
    """
    now = _by_key(turn.plan)[key]
    phase = next(p for p in turn.course.protocol.phases if p.id == now.phase)
    named = (
        anchor.offset
        for anchor in phase.minimums_from(other.number or 0)
        if anchor.phase == phase.id and anchor.number in {-1, now.number}
    )
    too_soon = any(least.after(now.day) > other.day for least in named)
    behind = now.day <= other.day < phase.minimum.after(now.day)
    return other.key != key and (behind or too_soon)


def holds_and_stops_are_kept(turn: Turn) -> Iterator[str]:
    """M7: no session inside a hold, on hold while it is open; nothing from the day of a stop on."""
    stops = [fact.on for fact in turn.course.kept_facts if isinstance(fact, Stopped)]
    for visit in turn.plan.visits:
        waits = visit.upcoming or visit.status == "on_hold"
        if not waits or visit.start <= turn.step.as_of:
            continue
        if any(visit.day >= on for on in stops):
            yield f"{visit.key} is {visit.status} on {visit.day}, after the stop"
        if visit.kind != "session" or stops:
            continue
        for first, end in _holds(turn.plan):
            if end is None and visit.day > first and visit.status != "on_hold":
                yield f"{visit.key} is {visit.status} on {visit.day}, inside the hold since {first}"
            if end is not None and first < visit.day < end:
                yield f"{visit.key} stands on {visit.day}, inside the hold {first} to {end}"


def _ends(plan: Plan) -> dict[str | None, date]:
    """Return the day on which each phase was ended early."""
    return {fact.phase: fact.on for fact in plan.course.kept_facts if isinstance(fact, Ended)}


def _ends_of_runs(plan: Plan) -> dict[str, date]:
    """Return the day on which each phase was ended early, where it was not begun again since."""
    ends: dict[str, date] = {}
    for decided in (each for entry in plan.entries for each in entry.decided):
        if decided.what == "ended" and decided.day is not None:
            ends[decided.phase] = decided.day
        elif decided.what == "begun":
            ends.pop(decided.phase, None)
    return ends


def _begun(plan: Plan) -> dict[str, date]:
    """Return the first day of the latest run of each phase as needed."""
    decided = (each for entry in plan.entries for each in entry.decided)
    return {each.phase: each.day for each in decided if each.what == "begun" and each.day}


def _is_ended(turn: Turn, visit: Visit) -> bool:
    """Whether a session belongs to a phase that was ended, or a review counts from one."""
    ends = _ends(turn.plan)
    counted = {review.id: review.at.phase for review in turn.course.protocol.reviews}
    named = visit.phase or counted.get(visit.review or "")
    return named in ends if named else bool(ends)


def ended_phases_stay_ended(turn: Turn) -> Iterator[str]:
    """M4: no session of a phase from the day on which it was ended; one that took place has a Finding."""
    ends = _ends_of_runs(turn.plan)
    for visit in turn.plan.sessions:
        on = ends.get(visit.phase or "")
        if on is None or visit.day < on:
            continue
        if visit.upcoming or visit.status == "on_hold":
            yield f"{visit.key} is {visit.status} on {visit.day}, and {visit.phase} ended on {on}"
        if visit.status == "attended" and not _said(turn.plan, visit.key) & {
            "after-end",
            "after-stop",
        }:
            yield f"{visit.key} took place on {visit.day}, after the end on {on}; no Finding"


def _begun_again(plan: Plan) -> set[str]:
    """Return the phases that were begun again, whose earlier run no longer counts."""
    again = {one.phase for one in plan.laid if one.begins is not None}
    for entry in plan.entries:
        again |= {
            decided.phase for decided in entry.decided if decided.what in {"begun-again", "renewed"}
        }
    return again


def done_plus_planned_is_prescribed(turn: Turn) -> Iterator[str]:
    """M4, M7: the protocol's count and what was added; a session less has a Finding or a rule."""
    plan = turn.plan
    again, laid = _begun_again(plan), {one.phase for one in plan.laid}
    if _is_stopped(turn):
        return
    for index, phase in enumerate(turn.course.protocol.phases):
        asked = _prescribed(phase, plan)
        begun = phase.id in laid or (index == 0 and phase.requires is None)
        if asked is None or phase.id in again or phase.id in _ends(plan) or not begun:
            continue
        since = _begun(plan).get(phase.id, date.min)
        own = [v for v in plan.sessions if v.phase == phase.id and v.day >= since]
        kept = [visit for visit in own if not visit.lost]
        over = [v for v in kept if v.status == "attended" or v.start <= turn.step.as_of]
        fixed = [visit for visit in kept if visit not in over and visit.key in _fixed(plan)]
        given_up = _given_up(phase, plan)
        if len(kept) + given_up < asked:
            yield (
                f"{phase.id}: {asked} sessions are prescribed, {len(kept)} stand or are done and "
                f"{given_up} are given up"
            )
        elif len(kept) - _twice(over) > max(asked, len(over) + len(fixed)):
            yield f"{phase.id}: {asked} sessions are prescribed, and {len(kept)} stand or are done"


def _twice(over: Sequence[Visit]) -> int:
    """Count what stands beside its make-up: the loss was a slip, and neither is recorded yet."""
    slots = [VisitKey.read(visit.key, {visit.phase or ""}) for visit in over]
    return len(over) - len({key.number for key in slots if key is not None})


def _prescribed(phase: Phase, plan: Plan) -> int | None:
    """Return how many sessions a phase has in all, or None where its length is no number."""
    if phase.until is not None or phase.each_of_another:
        return None
    count = len(phase.at) or phase.sessions
    if count is None:
        return None
    again = sum(
        sum(one.late.values()) for one in plan.laid if one.phase == phase.id and not phase.at
    )
    for decided in (each for entry in plan.entries for each in entry.decided):
        if decided.phase != phase.id:
            continue
        if decided.what == "begun":  # a new run
            again = 0
        again += 0 if phase.at else decided.back
        again += decided.sessions if decided.what == "added" else 0
    return count + again


def _given_up(phase: Phase, plan: Plan) -> int:
    """Count the sessions that a Finding or the rule of the phase gives up."""
    found = sum(
        finding.code in {"given-up", "joined-late"}
        and (finding.visit or finding.message).startswith(phase.id)
        for finding in plan.findings
    )
    skipped = {
        outcome
        for outcome, after in (
            ("missed", phase.after_loss("missed")),
            ("cancelled", phase.after_loss("cancelled")),
        )
        if after == "skip"
    }
    lost = {key for key, outcome in _outcomes(plan).items() if outcome in skipped}
    return found + sum(visit.phase == phase.id and visit.key in lost for visit in plan.sessions)


def lost_reviews_are_made_up(turn: Turn) -> Iterator[str]:
    """M7: a review that was missed or called off takes place later, or a Finding says that it does not."""
    plan = turn.plan
    reviews = {review.id: review for review in turn.course.protocol.reviews}
    if _is_stopped(turn):
        return
    outcomes, visits = _outcomes(plan), _by_key(plan)
    for visit in plan.reviews:
        lost = visit.status == "missed" or outcomes.get(visit.key) == "cancelled"
        key = VisitKey.read(visit.key, reviews)
        if not lost or key is None or _said(plan, visit.key):
            continue
        later = visits.get(str(key.again(key.attempt + 1)))
        name = reviews[key.name].name
        silent = not any(finding.message.startswith(name) for finding in plan.findings)
        if later is None and silent:
            yield f"{visit.key} was {visit.status} on {visit.day} and is not made up; no Finding"


def keys_are_for_good(turn: Turn) -> Iterator[str]:
    """M8: a key is never used for another visit, and only what a slip called off comes back."""
    slips = [fact for fact in turn.step.facts if isinstance(fact, Corrected)]
    now = _by_key(turn.plan)
    for key, old in _by_key(turn.before).items():
        new = now.get(key)
        if new is None:
            yield f"{key} ({old.status}) has gone from the plan"
            continue
        if (old.kind, old.phase, old.review) != (new.kind, new.phase, new.review):
            yield f"{key} is another visit now"
        if old.lost and new.status != old.status and not slips:
            yield f"{key} was {old.status} and is {new.status} again"


def revisions_rise_with_the_booking(turn: Turn) -> Iterator[str]:
    """M8: calendars take an entry for new only where its revision rises, and never take a lower one."""
    now = _by_key(turn.plan)
    for key, old in _by_key(turn.before).items():
        new = now.get(key)
        if new is None:
            continue
        same = _booking(old) == _booking(new)
        if new.revision < old.revision:
            yield f"{key} had revision {old.revision} and has {new.revision}"
        elif same and new.revision != old.revision:
            yield f"{key} is unchanged, and its revision rose to {new.revision}"
        elif not same and new.revision == old.revision:
            yield f"{key} changed ({old.status} to {new.status}), and its revision did not rise"
        elif not same and new.stamp != turn.step.as_of:
            yield f"{key} changed, and its stamp is {new.stamp}"


def _booking(visit: Visit) -> tuple[object, ...]:
    return _instant(visit.start), _instant(visit.end), visit.status


def changes_are_the_difference(turn: Turn) -> Iterator[str]:
    """M8: whoever puts each `after` in the place of its `before` has the new plan, and is told no more."""
    if turn.before is None:
        return
    old, new = _by_key(turn.before), _by_key(turn.plan)
    every = {change.key: change.after for change in turn.plan.changes_since(turn.before, kept=True)}
    if every != new:
        yield "all changes together are not the new plan"
    told = {**old}
    for change in turn.plan.changes_since(turn.before):
        if change.after is None:
            told.pop(change.key)
        else:
            told[change.key] = change.after
        if (
            change.before is not None
            and change.after is not None
            and _seen(change.before) == _seen(change.after)
        ):
            yield f"{change.key} did not change, and a change is told: {change}"
    for key in {**told, **new}:
        shown, is_ = told.get(key), new.get(key)
        if shown is None or is_ is None or _seen(shown) != _seen(is_):
            yield f"{key} differs, and no change is told"


def _seen(visit: Visit) -> tuple[object, ...]:
    """Return what people see of a visit."""
    return visit.start, visit.end, visit.status, visit.title, visit.label, visit.revision


def adherence_adds_up(turn: Turn) -> Iterator[str]:
    """Every session at the clinic is counted once, and what was attended is never counted less."""
    on = turn.plan.clinic.local(turn.step.as_of).date()
    said = turn.plan.adherence(on)
    sessions = [v for v in turn.plan.sessions if v.place == "clinic" and v.status != "tentative"]
    counts = Counter(visit.status for visit in sessions if visit.day <= on)
    waits = counts["planned"] + counts["on_hold"]
    if (said.attended, said.missed, said.unrecorded) != (
        counts["attended"],
        counts["missed"],
        waits,
    ):
        yield f"{said}; by the visits {dict(counts)}"
    left = [v for v in sessions if v.day > on and not v.lost and v.of is not None]
    if said.left != len(left):
        yield f"{said.left} are left, by the visits {len(left)}"
    if said.rate is not None and not 0 <= said.rate <= 1:
        yield f"the rate is {said.rate}"
    if (
        turn.before is not None
        and not _mended(turn)
        and turn.before.adherence(FAR).attended > turn.plan.adherence(FAR).attended
    ):
        yield "fewer sessions are counted as attended than before"


def findings_agree_with_their_visit(turn: Turn) -> Iterator[str]:
    """M6: one rule for windows, and a Finding is about a visit that there is."""
    visits = _by_key(turn.plan)
    for finding in turn.plan.findings:
        if finding.visit is not None and finding.visit not in visits and finding.code != "given-up":
            yield f"the Finding {finding} is about a visit that is not in the plan"
    for visit in turn.plan.visits:
        if visit.lost or visit.place != "clinic":
            continue
        outside = "outside-window" in _said(turn.plan, visit.key)
        if outside == visit.inside_window:
            word = "has no Finding" if not outside else "has a Finding outside-window"
            yield f"{visit.key} on {visit.day} ({visit.earliest} to {visit.latest}) {word}"


def visits_are_in_order(turn: Turn) -> Iterator[str]:
    """Readers of `plan.visits` take them in time order, one visit a key."""
    visits = turn.plan.visits
    for before, visit in pairwise(visits):
        if visit.start < before.start:
            yield f"{visit.key} stands after {before.key}, and is earlier"
    if len(_by_key(turn.plan)) != len(visits):
        yield "two visits have one key"


def nothing_is_laid_in_the_past(turn: Turn) -> Iterator[str]:
    """M7: the future is laid after the day on which the plan is made; nobody can come yesterday."""
    old, fixed = _by_key(turn.before), _fixed(turn.plan)
    for visit in turn.plan.visits if turn.before is not None else ():
        before = old.get(visit.key)
        # In another zone the time on the wall stays of what is to come, the instant of what is over.
        same = before is not None and (
            before.start == visit.start
            or before.start.replace(tzinfo=None) == visit.start.replace(tzinfo=None)
        )
        if (
            visit.upcoming
            and not same
            and visit.start <= turn.step.as_of
            and visit.key not in fixed
            and visit.key not in _mended(turn)
        ):
            yield f"{visit.key} is laid on {visit.start}, and it is {turn.step.as_of}"


def numbers_count_once(turn: Turn) -> Iterator[str]:
    """M10: two sessions of a phase are never both "session 5"; what happened keeps its number (M8).

    Each run of a phase as needed counts from 1.
    """
    again, begun = _begun_again(turn.plan), _begun(turn.plan)
    open_ = [
        v
        for v in turn.plan.sessions
        if not v.lost and v.status != "attended" and v.day >= begun.get(v.phase or "", date.min)
    ]
    kept = [v for v in open_ if v.phase not in again and v.number]
    for (phase, number), times in Counter((v.phase, v.number) for v in kept).items():
        if times > 1:
            keys = [f"{v.key} ({v.status})" for v in kept if (v.phase, v.number) == (phase, number)]
            yield f"{times} sessions of {phase} are number {number}: {', '.join(keys)}"


def what_is_saved_is_what_was_planned(turn: Turn) -> Iterator[str]:
    """A plan is stored as JSON between two days: opened again it is the same plan."""
    if (
        turn.step.reopened
        and type(turn.plan).model_validate_json(turn.plan.model_dump_json()) != turn.plan
    ):
        yield "the plan that was opened is not the plan that was saved"


LAWS: tuple[Callable[[Turn], Iterator[str]], ...] = (
    nothing_recorded_is_lost,
    the_past_never_changes,
    planning_again_changes_nothing,
    time_alone_moves_nothing,
    sessions_keep_apart,
    treatments_keep_their_spacing,
    free_visits_stand_on_possible_days,
    what_a_person_chose_stands,
    moving_one_visit_moves_no_other,
    holds_and_stops_are_kept,
    ended_phases_stay_ended,
    done_plus_planned_is_prescribed,
    lost_reviews_are_made_up,
    keys_are_for_good,
    revisions_rise_with_the_booking,
    changes_are_the_difference,
    adherence_adds_up,
    findings_agree_with_their_visit,
    visits_are_in_order,
    nothing_is_laid_in_the_past,
    numbers_count_once,
    what_is_saved_is_what_was_planned,
)
"""Every law; `no_crash` is the one that a life itself holds."""


def broken(turn: Turn) -> Iterator[tuple[str, str]]:
    """Yield the name of each law that a turn breaks, with a sentence for each visit."""
    for law in LAWS:
        yield from ((law.__name__, said) for said in law(turn))
