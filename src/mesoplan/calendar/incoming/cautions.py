"""What a time that a calendar proposes would be against: what the plan would find once it is recorded."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from mesoplan.calendar.incoming.proposals import Proposal
from mesoplan.course.facts import Moved
from mesoplan.plan.plan import Plan
from mesoplan.scheduling.schedule import schedule
from mesoplan.values.errors import MesoplanError


def cautioned(proposals: Iterable[Proposal], plan: Plan, as_of: datetime) -> Iterator[Proposal]:
    """Yield each proposal with its cautions; each is looked at as if it were the only one."""
    moment = max(as_of, plan.as_of)
    known: frozenset[str] | None = None
    for proposal in proposals:
        if not isinstance(proposal.fact, Moved):
            yield proposal
            continue
        if known is None:
            known = frozenset(_found(plan, (), moment))
        found = _found(plan, (proposal.fact,), moment)
        yield proposal.replace(cautions=tuple(each for each in found if each not in known))


def _found(plan: Plan, facts: Iterable[Moved], moment: datetime) -> list[str]:
    """Return what is found in a plan once facts are recorded, or why they are refused."""
    try:
        course = plan.course.record(*facts)
        later = schedule(course, plan.clinic, as_of=moment, previous=plan, horizon=plan.horizon)
    except MesoplanError as error:
        return [str(fault) for fault in error.faults]
    return [str(finding) for finding in later.findings]
