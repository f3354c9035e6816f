"""A named run of sessions with one rhythm."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.phase_parts import Outcome, Step, Tier
from mesoplan.protocol.places import Distance, Round, apart, rounds
from mesoplan.protocol.ranges import range_faults
from mesoplan.protocol.source import Cited
from mesoplan.values.errors import Fault, ProtocolError
from mesoplan.values.faults import unfit
from mesoplan.values.kinds import Line, Slug, Text
from mesoplan.values.period import Forward, Lasting, Length, Period, VisitLength, Window
from mesoplan.values.weekdays import Weekdays

MOST_SESSIONS = 5_000
"""More sessions than any published course has; a longer one is taken for a slip."""

Count = Annotated[int, Field(ge=1, le=MOST_SESSIONS, strict=True)]

MakeUp = Literal["make_up", "soon", "skip"]
"""What becomes of a lost session: made up on the next free place, on the nearest day, or given up."""
_RANGE = re.compile(r"\s*([0-9]+)\s*(?:-|–|to|or)\s*([0-9]+)\s*")


def _no_range(value: Any) -> Any:
    """Say how a published range is written, which is known by two numbers."""
    found = _RANGE.fullmatch(value) if isinstance(value, str) else None
    if found:
        low, high = found.groups()
        remedy = f"write min_sessions = {low}, max_sessions = {high}, and here how many are planned"
        raise unfit("is a range", remedy, code="not-a-number")
    return value


class Phase(Cited):
    """A named run of sessions with one rhythm: an induction, a maintenance.

    The rhythm is `every` with `offsets` inside each step, or `weekdays`, or an explicit list `at`, or
    `starts = "each session of <phase>"`. The length is `sessions`, or `until` (from the phase's first
    target, exclusive), or `total` (sessions of the course so far), or open.

    >>> Phase(id="induction", every="P1W", sessions=16).every.words
    '1 week'
    """

    remedies: ClassVar[Mapping[str, str]] = {
        "per_day": 'write the times of day, as in every = "P1D", offsets = ["PT0H", "PT8H"]',
        "per_week": 'write weekdays = "mon, thu", or offsets inside every = "P1W"',
    }

    id: Slug
    """The name by which anchors and visits know it: session 3 of `induction` is `induction-3`."""
    title: Line | None = None
    """What one of its sessions is called, e.g. "Mesotherapy session"."""
    label: Line | None = None
    """Which treatment it belongs to, where a protocol runs several side by side.

    Phases without one are all one treatment: no two of their sessions share a day, and each keeps its
    minimum from those of the others.
    """
    starts: Anchor | None = None
    """Default: the previous phase's last session, one `every` later; for the first phase the start.

    `as needed` is no day: it has no session until `Begun` is recorded, and again once that run is over.
    Phases that count from the start run side by side; where they are two treatments, each has a `label`.
    """

    every: Forward | None = None
    """The step of the rhythm."""
    offsets: Annotated[tuple[Period, ...], Field(max_length=MOST_SESSIONS)] = ()
    """Places inside one step of the rhythm; default the step's own day."""
    weekdays: Weekdays = ()
    """Days of the week, alone or with `every` in whole weeks; it begins on the first of them."""
    at: Annotated[tuple[Period, ...], Field(max_length=MOST_SESSIONS)] = ()
    """Explicit places, counted from where the phase starts."""

    sessions: Annotated[Count, BeforeValidator(_no_range)] | None = None
    """How many sessions it has; where a range is published, how many are planned."""
    until: Forward | None = None
    """How long it lasts, from its first target; a session on the very last day is not in it."""
    total: Count | None = None
    """The phase ends when the course has this many sessions in all."""
    min_sessions: Count | None = None
    """The fewest sessions of the published range."""
    max_sessions: Count | None = None
    """The most sessions of the published range."""

    min_interval: Length | None = None
    """Never less from one session to the next."""
    min_from: Anchor | None = None
    """Never before this: a minimum from a session of another phase, for each session; see `Step`."""
    max_interval: Forward | None = None
    """At most this long from one session to the next, if that is possible."""
    min_gap: Lasting | None = None
    """Never less from the beginning of one session to that of the next on the same day.

    Planned as `offsets` say where the day has room, else not nearer than this; grace is for days.
    """
    max_gap: Lasting | None = None
    """Never more from the beginning of one session to that of the next on the same day."""
    grace: Length | None = None
    """A session that came this much too early still counts; none is planned so early."""
    window: Window | None = None
    """The days around each target that are tolerated; default any, and `P0D` is that very day."""

    duration: VisitLength = Period("PT30M")
    """How long a session takes, in minutes or hours."""
    min_duration: Lasting | None = None
    """The shortest of the published range."""
    max_duration: Lasting | None = None
    """The longest of the published range."""
    observation: VisitLength = Period("PT0M")
    """Time the person stays after the session; part of the visit."""
    steps: Annotated[tuple[Step, ...], Field(max_length=MOST_SESSIONS)] = ()
    """What is particular to the first session, the second and so on."""
    place: Literal["clinic", "home"] = "clinic"
    """Sessions at home are shown and not booked."""

    rhythm: Literal["grid", "chain"] = "grid"
    """Whether targets stay on the grid of the first session, or each counts from the one before."""
    if_missed: MakeUp | None = None
    """What becomes of a missed session: made up on the next free place, soon, or given up.

    `soon` is the nearest possible day after it that keeps the minimums, and no other session moves.
    Default: made up where the sessions are counted, given up in a span and in a phase without an end.
    """
    if_cancelled: MakeUp | None = None
    """What becomes of a session that was called off beforehand; default as if it was missed."""
    within: Forward | None = None
    """A lost session is made up at most this long after its target, else given up; default any time."""
    stop_after_missed: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    """The course is stopped after so many no-shows in a row; what was called off is none."""
    restart_after: Forward | None = None
    """A gap longer than this begins the phase again; longer than any of its rhythm; default never."""
    tiers: Annotated[tuple[Tier, ...], Field(max_length=50)] = ()
    """What happens when a session comes late, from the shortest delay to the longest."""
    requires: Outcome | None = None
    """Its visits are tentative until this outcome is known, and dropped by any other.

    A phase as needed is begun by it, each time that it comes, from the day of that review on.
    """
    optional: bool = False
    """Whether the course is complete without it."""
    notes: Text | None = None
    """Remarks for whoever follows the protocol."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            id: str,  # noqa: A002 - the field's name
            title: str | None = None,
            label: str | None = None,
            starts: Anchor | str | None = None,
            every: Period | str | None = None,
            offsets: Sequence[Period | str] = (),
            weekdays: str | Sequence[str] = (),
            at: Sequence[Period | str] = (),
            sessions: int | None = None,
            until: Period | str | None = None,
            total: int | None = None,
            min_sessions: int | None = None,
            max_sessions: int | None = None,
            min_interval: Period | str | None = None,
            min_from: Anchor | str | None = None,
            max_interval: Period | str | None = None,
            min_gap: Period | str | None = None,
            max_gap: Period | str | None = None,
            grace: Period | str | None = None,
            window: Window | Period | str | Mapping[str, Any] | None = None,
            duration: Period | str = "PT30M",
            min_duration: Period | str | None = None,
            max_duration: Period | str | None = None,
            observation: Period | str = "PT0M",
            steps: Sequence[Step | str | Mapping[str, Any]] = (),
            place: Literal["clinic", "home"] = "clinic",
            rhythm: Literal["grid", "chain"] = "grid",
            if_missed: MakeUp | None = None,
            if_cancelled: MakeUp | None = None,
            within: Period | str | None = None,
            stop_after_missed: int | None = None,
            restart_after: Period | str | None = None,
            tiers: Sequence[Tier | Mapping[str, Any]] = (),
            requires: Outcome | Mapping[str, Any] | None = None,
            optional: bool = False,
            notes: str | None = None,
            basis: Mapping[str, str] = ...,
        ) -> None: ...

    @model_validator(mode="after")
    def _coherent(self) -> "Phase":
        faults = [*self._rhythm_faults(), *self._length_faults()]
        faults += [*self._duration_faults(), *self._interval_faults(), *self._gap_faults()]
        if faults:
            raise ProtocolError(*faults)
        return self

    def _rhythm_faults(self) -> list[Fault]:
        each = self.starts is not None and self.starts.kind == "each"
        ways = [bool(self.at), each, self.every is not None or bool(self.weekdays)]
        faults = []
        if not any(ways):
            faults.append(
                Fault(
                    "every",
                    "is missing: the phase has no rhythm",
                    remedy=_RHYTHM_REMEDY,
                    code="no-rhythm",
                )
            )
        if sum(ways) > 1:
            faults.append(
                Fault(
                    "at",
                    "gives the phase a second rhythm",
                    remedy="keep one: every, at or each",
                    code="second-rhythm",
                )
            )
        if self.weekdays and self.every is not None and (self.every.months or self.every.days % 7):
            faults.append(
                Fault(
                    "every",
                    "does not fit weekdays",
                    str(self.every),
                    'write "P1W" or "P2W"',
                    code="rhythm-not-in-weeks",
                )
            )
        return faults

    def _length_faults(self) -> list[Fault]:
        faults = []
        low, count, high = self.min_sessions, self.sessions, self.max_sessions
        if low is not None and high is not None and low > high:
            faults.append(
                Fault(
                    "min_sessions",
                    f"is more than max_sessions ({high})",
                    str(low),
                    _EXCHANGE,
                    code="least-over-most",
                )
            )
        elif count is not None and not (low or 1) <= count <= (high or MOST_SESSIONS):
            remedy = f"write {low or 1} to {high or MOST_SESSIONS}"
            faults.append(
                Fault(
                    "sessions",
                    "lies outside the published range",
                    str(count),
                    remedy,
                    code="out-of-range",
                )
            )
        return faults

    def _duration_faults(self) -> Iterator[Fault]:
        if not (self.duration or self.observation):
            remedy = 'write for example "PT30M"'
            yield Fault("duration", "is zero", remedy=remedy, code="not-positive")
        steps = ((f"steps.{n}.duration", step.duration) for n, step in enumerate(self.steps))
        chosen = (("duration", self.duration), *steps)
        planned = [(path, period) for path, period in chosen if period is not None]
        yield from range_faults("duration", self.min_duration, self.max_duration, planned)

    def _interval_faults(self) -> list[Fault]:
        faults = []
        low, high = self.min_interval, self.max_interval
        if low is not None and high is not None and low.length > high.length:
            faults.append(
                Fault(
                    "min_interval",
                    f"is longer than max_interval ({high})",
                    str(low),
                    _EXCHANGE,
                    code="least-over-most",
                )
            )
        if self.restart_after is not None:
            faults += self._restart_faults(self.restart_after)
        return faults

    def _gap_faults(self) -> Iterator[Fault]:
        written = [name for name in ("min_gap", "max_gap") if getattr(self, name) is not None]
        if written and not self.several_a_day:
            what = "says nothing: no two of its sessions stand on one day"
            remedy = 'write offsets = ["PT0H", "PT6H"], or min_interval for sessions of other days'
            yield Fault(written[0], what, remedy=remedy, code="meaningless-here")
        elif written:
            path = next(name for name in ("offsets", "at", "every") if getattr(self, name))
            planned = ((path, Period(minutes=gap)) for gap in sorted(self._gaps_within_days()))
            yield from range_faults("gap", self.min_gap, self.max_gap, planned)

    def _gaps_within_days(self) -> set[int]:
        """Return how many minutes lie between neighbouring places of one day."""
        pairs = (pair for places in self.rounds for pair in pairwise(places))
        return {b.less(a).minutes for a, b in pairs if a.whole_days == b.whole_days}

    def _restart_faults(self, after: Period) -> list[Fault]:
        """A gap that the rhythm itself has must not begin the phase again, or it never ended."""
        own = (gap for places in self.rounds for gap in apart(places))
        longest = max((gap.most for gap in own), default=0.0)
        if Distance.of(after).fewest > longest:
            return []
        what = "is not longer than the longest gap of the phase's own rhythm"
        remedy = f"lengthen it to more than {longest:.6g} days, or leave it out"
        return [Fault("restart_after", what, str(after), remedy, code="restarts-for-ever")]

    @property
    def name(self) -> str:
        """What one of its sessions is called."""
        return self.title or f"{self.id.replace('-', ' ').capitalize()} session"

    @property
    def is_open(self) -> bool:
        """Whether it goes on until someone ends it, so that planning it needs a horizon."""
        repeats = not self.at and (self.starts is None or self.starts.kind != "each")
        return repeats and self.sessions is None and self.until is None and self.total is None

    @property
    def as_needed(self) -> bool:
        """Whether it has no session until a fact begins it, and can be begun again."""
        return self.starts is not None and self.starts.kind == "needed"

    @property
    def gate(self) -> Outcome | None:
        """The outcome that its visits wait for; a phase as needed is begun by one, and waits for none."""
        return None if self.as_needed else self.requires

    @property
    def each_of_another(self) -> bool:
        """Whether it has one session at each session of another phase."""
        return self.starts is not None and self.starts.kind == "each"

    @property
    def is_chain(self) -> bool:
        """Whether each of its targets counts from where the session before stands."""
        plain = self.every is not None and not (self.offsets or self.weekdays)
        return self.rhythm == "chain" and plain

    def after_loss(self, lost: Literal["missed", "cancelled"] = "missed") -> MakeUp:
        """Return what becomes of a lost session: as it says, else made up where sessions are counted.

        Any other absence, such as days away or a closure, counts as a missed session.
        """
        said = (self.if_cancelled if lost == "cancelled" else None) or self.if_missed
        counted = not self.is_open and self.until is None
        return said or ("make_up" if counted else "skip")

    @cached_property
    def rounds(self) -> tuple[Round, ...]:
        """The places of one round of its rhythm, once for each weekday on which it may begin.

        A phase at each session of another has no rhythm of its own, and none.
        """
        return tuple(rounds(self.at, self.weekdays, self.offsets, self.every))

    @property
    def gaps(self) -> Round:
        """The distances between neighbouring sessions over one round, as far as it has sessions."""
        found = apart(self.rounds[0]) if self.rounds else ()
        return found if self.sessions is None else found[: self.sessions - 1]

    @cached_property
    def gap(self) -> int:
        """The fewest days between two places of its rhythm that lie on different days; 0 for none.

        A month counts as 28 days here, a year as 365.
        """
        days = [tuple(place.whole_days for place in places) for places in self.rounds]
        lengths = (gap.least for places in days for gap in apart(places))
        return min((length for length in lengths if length > 0), default=0)

    @cached_property
    def minimum(self) -> Period:
        """Never less from the session before: `min_interval`, else half of its smallest gap.

        The half is our assumption: nobody who writes `every = "P1W"` wants Friday and Saturday.
        """
        if self.min_interval is not None:
            return self.min_interval
        return Period(days=-(-self.gap // 2))

    @cached_property
    def several_a_day(self) -> bool:
        """Whether its rhythm itself puts several sessions on one day."""
        days = [[place.whole_days for place in places] for places in self.rounds]
        return any(len(places) != len(set(places)) for places in days)

    def tier(self, target: date, day: date) -> Tier:
        """Return what the lateness of a session means; a tier looks at the target."""
        for tier in self.tiers if day > target else ():
            if tier.late is None or day <= tier.late.after(target):
                return tier
        return _IN_TIME

    def begins_again(self, last: date | None, due: date | None, day: date) -> bool:
        """Whether the phase begins again with a session on a day: the gap is too long, or it is so late.

        `last` is the day of the session before it, `due` the day on which it was first due.
        """
        longest = self.restart_after
        if longest is not None and last is not None and day > longest.after(last):
            return True
        tier = self.tier(due or day, day)
        return tier.then == "restart" and tier.phase is None

    @property
    def may_begin_again(self) -> bool:
        """Whether a long delay may begin the phase again."""
        late = any(tier.then == "restart" and tier.phase is None for tier in self.tiers)
        return late or self.restart_after is not None

    @property
    def steps_back(self) -> bool:
        """Whether a late session may take an earlier step again."""
        return any(tier.then in {"repeat", "step_back"} for tier in self.tiers)

    @cached_property
    def named_minimums(self) -> tuple[Anchor, ...]:
        """The minimums of all its sessions that count from a session named, not from the one before."""
        named = (self.min_from, *(step.min_from for step in self.steps))
        return tuple(anchor for anchor in named if anchor is not None)

    def minimums_from(self, number: int) -> tuple[Anchor, ...]:
        """Return the same of the n-th session."""
        named = (self.min_from, self.step(number).min_from) if self.named_minimums else ()
        return tuple(anchor for anchor in named if anchor is not None)

    def step(self, number: int) -> Step:
        """Return what is particular to the n-th session, from 1; number 0 is a session that was lost."""
        return self.steps[number - 1] if 0 < number <= len(self.steps) else _PLAIN


_PLAIN = Step()
_IN_TIME = Tier(then="carry_on")
_RHYTHM_REMEDY = 'write every = "P1W", weekdays = "mon, wed, fri", or at = ["P0D", "P1M"]'
_EXCHANGE = "exchange the two"
