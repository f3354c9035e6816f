"""A protocol laid out without a person: where its sessions stand at a clinic that is always open.

The scheduler itself lays it, as a course with an empty log. The course begins on a Monday, the first of
a month; only what would be so on every such calendar may be told from it. What keeps sessions apart
(minimums, spacing, one treatment) or lets them wait (an outcome) is left out: it moves days, and changes
nothing about what the phases ask for. So each session stands on its target, and even an impossible protocol is laid in a moment.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import islice

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.protocol import Protocol
from mesoplan.scheduling.days import Circumstances, Days
from mesoplan.scheduling.history import History, Shown
from mesoplan.scheduling.sessions import lay_sessions
from mesoplan.scheduling.setting import Sessions, Setting, moments_of
from mesoplan.scheduling.standing import Standing
from mesoplan.scheduling.targets import places_from
from mesoplan.scheduling.wishes import Wishes
from mesoplan.values.period import Period

START = datetime(2001, 1, 1)  # noqa: DTZ001 - local, as every place of a rhythm
_YEAR = Period("P1Y")
_NOTHING = Period("P0D")


@dataclass(frozen=True, slots=True)
class Series:
    """Sessions of an undated protocol: those of a phase, or those that an anchor counts from."""

    moments: tuple[datetime, ...] = ()
    """When they stand, in the order of time; of an open phase only those of its beginning."""
    is_dated: bool = True
    """Whether their days follow from the start, and not from a date that only the course knows."""
    is_laid: bool = True
    """Whether they could be laid: not beyond the calendar, not more than any course has, not behind a
    phase without an end, and not in one as needed."""

    @property
    def never_comes(self) -> bool:
        """Whether there is no such session in any course."""
        return self.is_laid and not self.moments

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """The first and the last moment, or None if only the course knows them."""
        known = self.is_dated and self.moments
        return (self.moments[0], self.moments[-1]) if known else None


@dataclass(frozen=True, slots=True)
class Undated:
    """A protocol, and where its sessions stand."""

    protocol: Protocol
    runs: Mapping[str, Series]
    """The sessions of each phase where the phase asks for them, by its id."""
    anchored: Mapping[str, Series]
    """What each anchor of the protocol counts from, without its offset, by the anchor's text."""

    def __getitem__(self, phase: str) -> Series:
        """Return the sessions of one phase."""
        return self.runs[phase]

    def reached(self, anchor: Anchor) -> Series:
        """Return what an anchor of the protocol counts from, without its offset."""
        return self.anchored[str(anchor)]


def undated(protocol: Protocol) -> Undated:
    """Lay a protocol out from its start.

    What cannot be laid is left out with all behind it, and nothing is raised: a phase that leads beyond
    the calendar, or has more sessions than any course.
    """
    outside = dict.fromkeys(protocol.outside_dates, _day_from_outside(protocol))
    phases = [_bare(phase) for phase in protocol.phases]
    bare = protocol.replace(phases=phases, spacing=())
    course = Course(id="undated", protocol=bare, start=START, dates=outside)
    laid, unlaid = _as_far_as_possible(course)
    setting, sessions = laid or (_setting(course, START, ()), _NO_SESSIONS)
    runs = _runs(protocol, sessions, frozenset(unlaid))
    anchored = {
        str(anchor): _reached(anchor, runs, setting, sessions) for anchor in protocol.anchors()
    }
    return Undated(protocol, runs, anchored)


def _bare(phase: Phase) -> Phase:
    """Return a phase without what binds its sessions to those before them, or lets them wait."""
    intervals = {"min_interval": _NOTHING, "max_interval": None, "grace": None, "min_from": None}
    own = {"label": phase.id, "window": None, "requires": None}
    return phase.replace(**intervals, **own, steps=(), tiers=(), basis={})


def _as_far_as_possible(course: Course) -> tuple[tuple[Setting, Sessions] | None, Sequence[str]]:
    """Lay the phases up to the first that cannot be laid; return the names of the others, too."""
    whole = _laid(course, ())
    if whole is not None:
        return whole, ()
    order = course.protocol.phase_order
    few, many = 0, len(order)  # the first few can be laid, so many cannot
    found = _laid(course, order)
    while many - few > 1:
        middle = (few + many) // 2
        laid = _laid(course, order[middle:])
        if laid is None:
            many = middle
        else:
            few, found = middle, laid
    return found, order[few:]


_NO_SESSIONS = Sessions((), (), {}, (), {}, proved=True)


def _day_from_outside(protocol: Protocol) -> date:
    """Return the start, or as much later as phases begin ahead of what they count from.

    A session before the course's start would be one of a person who joins late.
    """
    day = START.date()
    with suppress(OverflowError, ValueError):  # at the end of the calendar as late as can be
        for phase in protocol.phases:
            if phase.starts is not None and phase.starts.offset.length < 0:
                day = (-phase.starts.offset).after(day)
    return day


def _laid(course: Course, unlaid: Sequence[str]) -> tuple[Setting, Sessions] | None:
    """Lay the phases but for some, as far as anchors count; None where one cannot be laid."""
    protocol = course.protocol
    try:
        setting = _setting(course, _YEAR.after(START), unlaid)
        sessions = lay_sessions(setting)
        # Each round settles one more open phase, but for what counts from the end of an open course.
        for _ in filter(None, (phase.is_open for phase in protocol.phases)):
            needed = _counted_until(protocol, sessions)
            if needed <= setting.horizon:
                break
            setting = replace(setting, horizon=needed)
            sessions = lay_sessions(setting)
    except (OverflowError, ValueError):  # every refusal of ours is a ValueError
        return None
    return setting, sessions


def _setting(course: Course, horizon: datetime, unlaid: Sequence[str]) -> Setting:
    clinic = Clinic(timezone="UTC")
    over = Standing(ended=date.min)  # a phase that has ended lays nothing
    history = History(
        course=course,
        clinic=clinic,
        as_of=START.replace(tzinfo=UTC),
        shown=Shown(),
        wishes=Wishes(START.time()),
        standings=dict.fromkeys(unlaid, over),
    )
    return Setting(
        history=history,
        days=Days(clinic, Circumstances()),
        published={},
        laid={},
        begins=START,
        horizon=horizon,
    )


def _counted_until(protocol: Protocol, sessions: Sessions) -> datetime:
    """Return the end of the day on which the last session that an anchor counts to is asked for."""
    last = START
    for laid in sessions.laid:
        phase = protocol.phase(laid.phase)
        most = counted_to(protocol, phase)
        if phase.is_open and len(sessions.outlooks[phase.id].targets) < most:
            places = places_from(phase, laid.origin, protocol.month_end)
            last = max([last, *islice(places, most)])
    return datetime.combine(last, time.max)


def counted_to(protocol: Protocol, phase: Phase) -> int:
    """Return the highest number of a session of a phase that an anchor counts to, at least 2."""
    numbers = (each.number for each in protocol.anchors() if each.phase in {None, phase.id})
    return max([2, *numbers])


def _runs(protocol: Protocol, sessions: Sessions, unlaid: frozenset[str]) -> dict[str, Series]:
    moments: defaultdict[str, list[datetime]] = defaultdict(list)
    for session in sessions.coming:
        moments[session.phase.id].append(session.target.moment)
    runs: dict[str, Series] = {}
    for name in protocol.phase_order:
        phase = protocol.phase(name)
        dated = _is_dated(protocol, phase, runs)
        waits = protocol.waits_for(name) is not None
        is_laid = name not in unlaid and not waits and not phase.as_needed
        runs[name] = Series(tuple(sorted(moments[name])), dated, is_laid)
    return runs


def _is_dated(protocol: Protocol, phase: Phase, runs: Mapping[str, Series]) -> bool:
    """Say whether the days of a phase follow from the start alone."""
    anchor = phase.starts
    if anchor is not None:
        return _anchor_is_dated(anchor, runs)
    for earlier in reversed(protocol.phases[: protocol.phases.index(phase)]):
        run = runs.get(earlier.id, Series())
        if run.moments or (earlier.is_open and not earlier.as_needed):
            return run.is_dated
    return True


def _anchor_is_dated(anchor: Anchor, runs: Mapping[str, Series]) -> bool:
    if anchor.kind in {"start", "external", "needed"}:
        return anchor.kind == "start"
    return all(run.is_dated for run in _counted(anchor, runs))


def _counted(anchor: Anchor, runs: Mapping[str, Series]) -> list[Series]:
    """Return the runs whose sessions an anchor counts."""
    return [*runs.values()] if anchor.phase is None else [runs[anchor.phase]]


def _reached(
    anchor: Anchor, runs: Mapping[str, Series], setting: Setting, sessions: Sessions
) -> Series:
    if anchor.kind == "needed":
        return Series((), is_dated=False, is_laid=False)
    dated = _anchor_is_dated(anchor, runs)
    counts = anchor.kind in {"session", "each"}
    if counts and not all(run.is_laid for run in _counted(anchor, runs)):
        return Series((), dated, is_laid=False)
    return Series(tuple(moments_of(anchor, setting, sessions)), dated)
