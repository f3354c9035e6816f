"""Why a visit changed, as far as what is new in the course, and the visit's own reasons, tell."""

from collections.abc import Sequence
from dataclasses import dataclass

from mesoplan.course.course import Course
from mesoplan.course.facts import Cancelled, Fact, Moved, Paused, Resumed, Reviewed, Stopped
from mesoplan.plan.saying import off_target, say_day
from mesoplan.protocol.phase import Outcome
from mesoplan.protocol.protocol import Protocol
from mesoplan.scheduling.visit import Visit


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a course since its earlier plan."""

    facts: Sequence[Fact]
    protocol: Protocol
    updated: bool
    """Whether it follows another protocol, or another version of it, than before."""


def news(earlier: Course, later: Course) -> News:
    """Compare a course as it was with what it is now."""
    facts = [fact for fact in later.facts if fact not in earlier.facts]
    return News(facts, later.protocol, updated=later.protocol != earlier.protocol)


def cause(kind: str, before: Visit | None, after: Visit | None, new: News) -> str | None:
    """Say why a visit changed; None where nothing can be said."""
    if kind == "cancelled":
        return _why_called_off(after or before, new)
    if kind == "reopened":
        return "the record of it was taken back"
    if after is None or kind in {"kept", "attended", "missed"}:
        return None
    return _why_added(after) if before is None else _why_other(kind, before, after, new)


def _why_other(kind: str, before: Visit, after: Visit, new: News) -> str | None:
    if kind == "moved":
        return _why_moved(before, after, new)
    if kind == "retitled":
        return _why_retitled(before, after)
    return _concluded(after, new) or _updated(new)


def _why_called_off(visit: Visit | None, new: News) -> str | None:
    """Find what took a visit out of the plan: a fact, an outcome, or another protocol."""
    assert visit is not None
    for fact in new.facts:
        match fact:
            case Cancelled() if fact.visit == visit.key:
                return "it was called off"
            case Stopped() if fact.on <= visit.day:
                return f"the course was stopped on {say_day(fact.on)}"
            case Paused() if fact.on <= visit.day and visit.kind == "session":
                return f"the course is on hold since {say_day(fact.on)}"
            case Resumed() if visit.kind == "session":
                return f"the course goes on from {say_day(fact.on)}"
            case _:
                continue
    return _concluded(visit, new) or _updated(new) or _own(visit)


def _concluded(visit: Visit, new: News) -> str | None:
    """Say which new outcome of a review opens or drops the visit's phase."""
    wanted = _wanted(visit, new.protocol)
    for fact in new.facts:
        if wanted is not None and isinstance(fact, Reviewed) and fact.visit == wanted.review:
            return f"{fact.visit} concluded: {fact.outcome}"
    return None


def _wanted(visit: Visit, protocol: Protocol) -> Outcome | None:
    return next((p.requires for p in protocol.phases if p.id == visit.phase), None)


def _updated(new: News) -> str | None:
    protocol = new.protocol
    return f"it follows {protocol.id} version {protocol.version} now" if new.updated else None


def _own(visit: Visit) -> str | None:
    return visit.reasons[0] if visit.reasons else None


def _why_added(visit: Visit) -> str | None:
    """Name the visit that it stands for, where it is planned again under a new key."""
    stem, again, _ = visit.key.rpartition(".")
    parts = (f"in place of {stem}" if again else None, _own(visit))
    return "; ".join(filter(None, parts)) or None


def _why_moved(before: Visit, after: Visit, new: News) -> str | None:
    """Say that the person chose it, or that its target has changed; else what kept it from there."""
    if any(isinstance(fact, Moved) and fact.visit == after.key for fact in new.facts):
        return f"the person chose it, {off_target((after.day - after.target).days)}"
    if before.start.replace(tzinfo=None) == after.start.replace(tzinfo=None):
        return f"the clinic's time zone is {after.start.tzinfo} now"
    if after.target != before.target:
        said = f"its target is {say_day(after.target)} now"
        return said if after.day == after.target else f"{said}; {_own(after) or ''}".rstrip("; ")
    return after.reasons[-1] if after.reasons and after.day == before.day else _own(after)


def _why_retitled(before: Visit, after: Visit) -> str | None:
    if after.of != before.of:
        return f"there are {after.of} sessions now" if after.of else "their number is open now"
    if after.number != before.number:
        return "numbers count what was attended or is planned"
    return "the protocol names it so"
