"""`record`: what happened in a course, and the plan that follows from it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, NamedTuple, assert_never

import typer

from mesoplan.cli import inputs, options
from mesoplan.cli.planning import publish, renewed
from mesoplan.cli.writing import once_each
from mesoplan.course.fact_kinds import FACT_KINDS, About, kind_of
from mesoplan.course.facts import Fact
from mesoplan.plan.plan import Plan
from mesoplan.values.english import say_moment
from mesoplan.values.errors import Fault, MesoplanError, RecordError, closest

_LONGEST_NUMBER = 9


def _fields(about: About, text: str) -> Mapping[str, object]:
    """Read the word after a fact's name into the fields that it fills."""
    match about:
        case "visit":
            return {"visit": text}
        case "day":
            return {"on": options.day(text)}
        case "since":
            return {"since": options.day(text)}
        case "days":
            days = options.away(text)
            return {"first": days.first, "last": days.last}
        case "sessions":
            return {"sessions": _number(text, "no number of sessions; write 4")}
        case "fact":
            return {"number": _number(text, "no number of a fact; write 7")}
        case _:
            assert_never(about)


def _number(text: str, complaint: str) -> int:
    if not text.isdecimal() or len(text) > _LONGEST_NUMBER:
        raise typer.BadParameter(f"{text!r} is {complaint}")
    return int(text)


def _about(about: About) -> str:
    """Name the facts that are about something, for the help."""
    return ", ".join(word for word, kind in FACT_KINDS.items() if kind.about == about)


def _with(option: str) -> str:
    """Name the facts that an option belongs to, for the help."""
    return ", ".join(word for word, kind in FACT_KINDS.items() if option in kind.options)


_WORDS = (
    f"A visit's key (induction-6): {_about('visit')}. A day: {_about('day')}, {_about('since')}. "
    f"Days (2027-02-01/2027-02-14): {_about('days')}. A number: {_about('sessions')}. "
    f"The number of a fact in the log, from 1: {_about('fact')}."
)


def record(
    file: options.PlanFile,
    fact: Annotated[str | None, typer.Argument(metavar="FACT", help=", ".join(FACT_KINDS))] = None,
    about: Annotated[
        str | None, typer.Argument(metavar="VISIT|DAY|DAY/DAY|NUMBER", help=_WORDS)
    ] = None,
    *,
    at: Annotated[
        datetime | None,
        typer.Option(
            parser=options.moment, metavar="TIME", help=f"{_with('at')}: when it really was."
        ),
    ] = None,
    to: Annotated[
        datetime | None,
        typer.Option(
            parser=options.moment,
            metavar="TIME",
            help=f"{_with('to')}: the time that the person chose.",
        ),
    ] = None,
    next_after: Annotated[
        str | None,
        typer.Option(metavar="PERIOD", help=f"{_with('next_after')}: the gap to the next session."),
    ] = None,
    outcome: Annotated[str | None, typer.Option(help=f"{_with('outcome')}: what came out.")] = None,
    phase: Annotated[
        str | None, typer.Option(help=f"{_with('phase')}: the phase that is meant.")
    ] = None,
    weekdays: Annotated[
        str | None,
        typer.Option(metavar="WEEKDAYS", help=f"{_with('weekdays')}: tue,thu or mon-fri."),
    ] = None,
    time: Annotated[
        str | None, typer.Option(metavar="HH:MM", help=f"{_with('time')}: the time of day.")
    ] = None,
    said: Annotated[
        str | None, typer.Option(help=f"{_with('said')}: what it says, to be sure: missed a-6.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="A remark to keep with the fact.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last fact back.")] = False,
    as_of: options.AsOf = None,
    horizon: options.Horizon = None,
    ics: options.IcsFile = None,
    json: options.NewPlanFile = None,
    html: options.HtmlFile = None,
    csv: options.CsvFile = None,
    language: options.LanguageName = "en",
    privacy: options.PrivacyLevel = "full",
) -> None:
    """Record what happened, plan what is left anew, and say what changed."""
    details = {"at": at, "to": to, "next_after": next_after, "outcome": outcome}
    more = {"phase": phase, "weekdays": weekdays, "time": time, "said": said, "note": note}
    told = {**details, **more}
    given = {name: value for name, value in told.items() if value is not None}
    happened = _told(fact, about, given, undo=undo)
    files = once_each(ics=ics, json=json or file, html=html, csv=csv)
    spoken = inputs.language(language)
    plan = inputs.opened(file)
    now = inputs.moment(as_of, plan.clinic)
    course = plan.course.record(happened) if happened else plan.course.undo()
    if happened:
        _refuse_the_future(happened, plan, now)
    made = renewed(plan, course, as_of=now, horizon=horizon)
    publish(made, plan, files, language=spoken, privacy=privacy)


def _told(
    name: str | None, about: str | None, given: Mapping[str, object], *, undo: bool
) -> Fact | None:
    """Return the fact that was told, or None if the last one is to be taken back."""
    if undo and (name or given):
        raise typer.BadParameter("stands alone", param_hint="--undo")
    if undo:
        return None
    if name is None or about is None:
        raise typer.BadParameter("say what happened: missed induction-6", param_hint="FACT")
    return _fact(name, about, given)


def _fact(name: str, about: str, given: Mapping[str, object]) -> Fact:
    kind = FACT_KINDS.get(name)
    if kind is None:
        complaint = f"{name!r} is none: {closest(name, FACT_KINDS)}"
        raise typer.BadParameter(complaint, param_hint="FACT")
    for option in sorted(given.keys() - {*kind.options, "note"}):
        shown = option.replace("_", "-")
        raise typer.BadParameter(f"says nothing of {name}", param_hint=f"--{shown}")
    try:
        fact: Fact = kind.model(**_fields(kind.about, about), **given)
    except MesoplanError as error:
        said = "; ".join(map(str, error.faults))
        raise typer.BadParameter(said, param_hint=name) from None
    return fact


def _refuse_the_future(fact: Fact, plan: Plan, now: datetime) -> None:
    """Refuse what cannot have happened yet."""
    kind = kind_of(fact)
    time = _when(fact, plan) if kind.happened else None
    if time is None or time.moment.astimezone(UTC) <= now.astimezone(UTC):
        return
    what = f"lies after the moment of planning, {say_moment(now.astimezone(plan.clinic.zone))}"
    remedy = "record it when it has happened"
    if "at" in kind.options:
        remedy = f"give --at when it was, or {remedy}"
    path = f"facts.{len(plan.course.facts)}.{time.field}"
    raise RecordError(
        Fault(path, what, time.got, remedy, code="not-yet"), subject="the course's log"
    )


class _Time(NamedTuple):
    """When a fact says that it happened, and what says so."""

    moment: datetime
    field: str
    got: str


def _when(fact: Fact, plan: Plan) -> _Time | None:
    """Return the fact's own time, else that of its visit; None for a visit that the plan has not."""
    at: datetime | None = getattr(fact, "at", None)
    if at is not None:
        moment = inputs.moment(at, plan.clinic)
        return _Time(moment, "at", say_moment(moment.astimezone(plan.clinic.zone)))
    for visit in plan.visits:
        if visit.key == getattr(fact, "visit", None):
            return _Time(visit.start, "visit", f"{visit.key} on {say_moment(visit.start)}")
    return None
