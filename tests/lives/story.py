"""A life as it can be told again: the protocol, the clinic, and what each step brought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from mesoplan import (
    Attended,
    Begun,
    Clinic,
    Course,
    Fact,
    Missed,
    Plan,
    Preferences,
    Protocol,
    RecordError,
    Reviewed,
    dump_protocol,
    schedule,
)
from mesoplan.values.base import Model


@dataclass(frozen=True, kw_only=True)
class Step:
    """What is new at one moment."""

    as_of: datetime
    facts: tuple[Fact, ...] = ()
    clinic: Clinic | None = None
    """The clinic from now on, where it has changed."""
    protocol: Protocol | None = None
    """The protocol from now on, where it has changed."""
    reopened: bool = False
    """Whether the plan that was out is opened from its JSON before."""

    @property
    def is_quiet(self) -> bool:
        """Whether only time has passed."""
        return not (self.facts or self.clinic or self.protocol)


@dataclass(frozen=True, kw_only=True)
class Story:
    """A life from its beginning: whoever tells it again gets the same plans."""

    course: Course
    clinic: Clinic
    as_of: datetime
    steps: tuple[Step, ...] = ()

    def __str__(self) -> str:
        """Write it as a program that prints its last two plans and what has changed."""
        return "\n".join(_program(self))


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One step as it was lived: the plan before, the plan after, and that one planned again."""

    step: Step
    before: Plan | None
    plan: Plan
    again: Plan

    @property
    def course(self) -> Course:
        """The course as it is now."""
        return self.plan.course


@dataclass(frozen=True)
class Life:
    """A course on its way: what is true now, from which the next step is taken."""

    course: Course
    clinic: Clinic
    plan: Plan | None = None
    told: tuple[Step, ...] = field(default=())

    def stepped(self, step: Step, *, twice: bool = True) -> tuple[Life, Turn]:
        """Take a step; of its facts those that are legal now are recorded. `twice` plans it again."""
        course, clinic, before = self.course, step.clinic or self.clinic, self.plan
        if step.protocol is not None:
            course = course.replace(protocol=step.protocol)
        if step.reopened and before is not None:
            before = Plan.model_validate_json(before.model_dump_json())
        course, recorded = _recorded(course, before, step)
        step = replace(step, facts=recorded)
        plan = schedule(course, clinic, as_of=step.as_of, previous=before)
        again = schedule(course, clinic, as_of=step.as_of, previous=plan) if twice else plan
        turn = Turn(step=step, before=before, plan=plan, again=again)
        return Life(course, clinic, plan, (*self.told, step)), turn


def _recorded(course: Course, before: Plan | None, step: Step) -> tuple[Course, tuple[Fact, ...]]:
    """Record the facts that are legal by now, and return them too."""
    facts: list[Fact] = []
    for fact in step.facts:
        if before is not None and not legal(fact, before, step.as_of):
            continue
        try:
            course = course.record(fact)
        except RecordError:
            continue
        facts.append(fact)
    return course, tuple(facts)


def legal(fact: Fact, plan: Plan, as_of: datetime) -> bool:
    """Say whether a fact may be recorded: its visit stands, is not over, and its time has come."""
    if isinstance(fact, Begun):  # a run that goes on is extended or ended instead
        own = [v for v in plan.sessions if v.phase == fact.phase and v.status != "attended"]
        return not any((v.start > as_of or v.day > fact.on) and not v.lost for v in own)
    key = getattr(fact, "visit", None)
    if key is None:
        return True
    visits = {visit.key: visit for visit in plan.visits}
    visit = visits.get(key)
    if visit is None or visit.lost:
        return False
    if isinstance(fact, Reviewed):
        return visit.start <= as_of
    if visit.status == "attended":
        return False
    if isinstance(fact, Attended | Missed):
        at = getattr(fact, "at", None)
        return (visit.start if at is None else _aware(at, plan)) <= as_of
    return True


def _aware(at: datetime, plan: Plan) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=plan.clinic.zone)


def lived(story: Story) -> Turn:
    """Live a story again and return its last turn."""
    life = Life(story.course, story.clinic)
    turn: Turn | None = None
    steps = (Step(as_of=story.as_of), *story.steps)
    for number, step in enumerate(steps, 1):
        life, turn = life.stepped(step, twice=number == len(steps))
    assert turn is not None
    return turn


# The story as a program


def _program(story: Story) -> Iterator[str]:
    yield "from datetime import *"
    yield "from mesoplan import *"
    yield f"protocol = load_protocol('''\n{dump_protocol(story.course.protocol)}''')"
    yield f"clinic = Clinic(**{_plain(story.clinic)})"
    more = _plain(story.course)
    fields = {name: more[name] for name in ("start", "preferences", "dates") if name in more}
    yield f'course = Course(id="c", protocol=protocol, **{fields})'
    yield f"plan = schedule(course, clinic, as_of={_moment(story.as_of)})"
    for number, step in enumerate(story.steps):
        yield from _told(step, is_last=number == len(story.steps) - 1)
    yield "print(plan)"
    if story.steps:
        yield "print(*plan.changes_since(before), sep='\\n')"


def _told(step: Step, *, is_last: bool) -> Iterator[str]:
    if step.protocol is not None:
        yield f"course = course.replace(protocol=load_protocol('''\n{dump_protocol(step.protocol)}'''))"
    if step.clinic is not None:
        yield f"clinic = Clinic(**{_plain(step.clinic)})"
    if step.facts:
        yield f"course = course.record({', '.join(map(_fact, step.facts))})"
    if is_last:
        yield "before = plan"
        yield "print(before)"
    previous = "Plan.model_validate_json(plan.model_dump_json())" if step.reopened else "plan"
    yield f"plan = schedule(course, clinic, as_of={_moment(step.as_of)}, previous={previous})"


def _fact(fact: Fact) -> str:
    fields = _plain(fact)
    fields.pop("fact", None)
    written = ", ".join(f"{name}={value!r}" for name, value in fields.items())
    return f"{type(fact).__name__}({written})"


def _plain(model: Model) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_defaults=True)


def _moment(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return f"datetime({utc.year}, {utc.month}, {utc.day}, {utc.hour}, {utc.minute}, tzinfo=UTC)"


NO_PREFERENCES = Preferences()
