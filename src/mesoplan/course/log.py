"""A course's log, read fact by fact: what a new fact is held against.

It knows the log and the protocol and nothing else: no clinic, no clock, no plan. What it remembers of
the facts before is the last one of each kind, for each visit and phase, so that a log is read once whatever its
length, and a new kind of fact needs nothing here.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from mesoplan.course.facts import Begun, Corrected, Fact, Reviewed
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.protocol import Protocol
from mesoplan.protocol.review import Review
from mesoplan.protocol.visit_key import VisitKey, number_in, owners
from mesoplan.values.errors import closest

_DAY = timedelta(days=1)


class Log:
    """What stands before a fact: the protocol, the start, and the facts entered so far."""

    def __init__(self, protocol: Protocol, start: datetime, stood: Iterable[str] = ()) -> None:
        """Begin an empty log; `stood` are keys of visits that there were, whatever the protocol says now."""
        self.protocol = protocol
        self._start = start
        self._parts: dict[str, Phase | Review] = {phase.id: phase for phase in protocol.phases}
        self._parts |= {review.id: review for review in protocol.reviews}
        self._early = frozenset(_early_phases(protocol))
        self._last: dict[tuple[str, str | None], tuple[int, Fact]] = {}
        self.stand: list[Fact] = []
        """Every fact so far that was not taken back."""
        self._gone: set[str] = set()
        for key in stood:
            self._name(key)
        self.gone = frozenset(self._gone)
        """The names of phases and reviews that the protocol has no more, and of which visits stood."""
        self.facts: list[Fact] = []
        """Every fact so far, those that were taken back as well."""

    def enter(self, fact: Fact) -> None:
        """Add a fact behind the others."""
        said = (len(self.facts), fact)
        self._last[fact.fact, None] = said
        self.pass_over(fact)
        about = getattr(fact, "visit", None) or getattr(fact, "phase", None)
        about = str(fact.number) if isinstance(fact, Corrected) else about
        if about is not None:
            self._last[fact.fact, about] = said
        self.stand.append(fact)

    def since(self, fact: Fact) -> Iterator[Fact]:
        """Yield what stands behind a fact, but for what was taken back."""
        behind = next(index for index, each in enumerate(self.stand, 1) if each is fact)
        yield from self.stand[behind:]

    def pass_over(self, fact: Fact) -> None:
        """Count a fact that was taken back, and take no more from it than whose visit it names."""
        self.facts.append(fact)
        visit = getattr(fact, "visit", None)
        if visit is not None:
            self._name(visit)

    def _name(self, visit: str) -> None:
        """Remember whose visit a key names, where the protocol does not know it."""
        if self.part(visit) is None:
            self._gone |= set(owners(visit)) - self._parts.keys()

    def last(self, *kinds: str, of: str | None = None) -> Fact | None:
        """Return the last fact of these kinds, of one visit or phase where it is named, or None."""
        said = [self._last[kind, of] for kind in kinds if (kind, of) in self._last]
        return max(said, key=lambda one: one[0])[1] if said else None

    def part(self, visit: str) -> Phase | Review | None:
        """Return the phase or the review that a visit's key belongs to, or None if it is no key.

        A session has its number, and so has a review that takes place at each session; other reviews
        have none. Whether there is a session of that number is for the plan to say.
        """
        key = VisitKey.read(visit, self._parts)
        if key is None or str(key) != visit:
            return None
        part = self._parts[key.name]
        return part if _is_numbered(part) == (key.number is not None) else None

    def was_part(self, visit: str) -> bool:
        """Say whether a visit's key may belong to a phase or a review that the log has named before."""
        return VisitKey.read(visit, self._gone) is not None

    def nearest(self, visit: str) -> str:
        """Say which visit was probably meant by a key that is none."""
        number = number_in(visit) or 1
        keys = (
            VisitKey(name, number if _is_numbered(part) else None)
            for name, part in self._parts.items()
        )
        return closest(visit, map(str, keys))

    def precedes(self, moment: date | datetime, phase: str | None = None) -> bool:
        """Say whether a day or a moment lies before the course's first day, wherever the clinic is.

        What a phase does that itself may begin before the start lies before nothing.
        """
        if self._early if phase is None else phase in self._early:
            return False
        if isinstance(moment, datetime) and moment.tzinfo and self._start.tzinfo:
            return self._start - moment >= _DAY
        return _days(moment)[1] < _days(self._start)[0]

    @property
    def begins(self) -> date:
        """The day of the start, as it was written."""
        return self._start.date()


def begins(fact: Fact, phase: Phase) -> bool:
    """Whether a fact begins a phase as needed: it says so, or it is the outcome that does (M4)."""
    if not phase.as_needed:
        return False
    if isinstance(fact, Begun):
        return fact.phase == phase.id
    wanted = phase.requires
    if wanted is None or not isinstance(fact, Reviewed) or fact.outcome != wanted.outcome:
        return False
    return VisitKey.read(fact.visit, {wanted.review}) is not None


def _is_numbered(part: Phase | Review) -> bool:
    return isinstance(part, Phase) or part.repeats


def _days(moment: date | datetime) -> tuple[date, date]:
    """Return the first and the last day that it may be at the clinic, whose zone the log has not."""
    if not isinstance(moment, datetime):
        return moment, moment
    slack = _DAY if moment.tzinfo else timedelta()
    return moment.date() - slack, moment.date() + slack


def _early_phases(protocol: Protocol) -> Iterator[str]:
    """Yield the phases that may begin before the start: by a date from outside, or a minus."""
    early: set[str] = set()
    before = dict(zip(protocol.phases[1:], protocol.phases, strict=False))
    for name in protocol.phase_order:
        phase = protocol.phase(name)
        anchor = phase.starts
        if anchor is None:
            leads = phase in before and before[phase].id in early
        elif anchor.kind in {"session", "each"}:
            leads = anchor.phase in early if anchor.phase else bool(early)
        else:
            leads = anchor.kind == "external"
        if leads or (anchor is not None and anchor.offset.length < 0):
            early.add(name)
            yield name
