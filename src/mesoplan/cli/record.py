"""`record`: what happened in a course, and the plan that follows from it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, NamedTuple

import typer

from mesoplan.cli import options, reading, stored
from mesoplan.cli.renewing import publish, renewed
from mesoplan.cli.writing import once_each
from mesoplan.course.facts import (
    Attended,
    Away,
    Cancelled,
    Extended,
    Fact,
    Missed,
    Moved,
    Paused,
    Resumed,
    Reviewed,
    Stopped,
)
from mesoplan.ground.errors import MesoplanError, closest

_LONGEST_NUMBER = 9


class _Kind(NamedTuple):
    """A kind of fact, and what the word after its name says."""

    fact: type[Fact]
    fields: Callable[[str], Mapping[str, object]]


def _visit(text: str) -> Mapping[str, object]:
    return {"visit": text}


def _day(text: str) -> Mapping[str, object]:
    return {"on": options.day(text)}


def _stretch(text: str) -> Mapping[str, object]:
    days = options.away(text)
    return {"first": days.first, "last": days.last}


def _sessions(text: str) -> Mapping[str, object]:
    if not text.isdecimal() or len(text) > _LONGEST_NUMBER:
        raise typer.BadParameter(f"{text!r} is no number of sessions; write 4")
    return {"sessions": int(text)}


_KINDS = {
    "attended": _Kind(Attended, _visit),
    "missed": _Kind(Missed, _visit),
    "moved": _Kind(Moved, _visit),
    "cancelled": _Kind(Cancelled, _visit),
    "reviewed": _Kind(Reviewed, _visit),
    "away": _Kind(Away, _stretch),
    "paused": _Kind(Paused, _day),
    "resumed": _Kind(Resumed, _day),
    "stopped": _Kind(Stopped, _day),
    "extended": _Kind(Extended, _sessions),
}


def record(
    file: options.PlanFile,
    fact: Annotated[str | None, typer.Argument(metavar="FACT", help=", ".join(_KINDS))] = None,
    about: Annotated[
        str | None, typer.Argument(metavar="VISIT|DAY|DAY/DAY|NUMBER", help="What it is about.")
    ] = None,
    *,
    at: Annotated[
        datetime | None,
        typer.Option(
            parser=options.moment, metavar="TIME", help="attended, reviewed: when it really was."
        ),
    ] = None,
    to: Annotated[
        datetime | None,
        typer.Option(
            parser=options.moment, metavar="TIME", help="moved: the time that the person chose."
        ),
    ] = None,
    next_after: Annotated[
        str | None, typer.Option(metavar="PERIOD", help="attended: the gap to the next session.")
    ] = None,
    outcome: Annotated[str | None, typer.Option(help="reviewed: what came out.")] = None,
    phase: Annotated[str | None, typer.Option(help="extended: the phase that goes on.")] = None,
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
    """Record what happened, plan what is left anew, and say what changed.

    attended, missed, moved, cancelled and reviewed are about a visit (induction-6); away about days
    (2027-02-01/2027-02-14); paused, resumed and stopped about a day; extended about a number.
    """
    details = {"at": at, "to": to, "next_after": next_after, "outcome": outcome}
    said = {**details, "phase": phase, "note": note}
    given = {name: value for name, value in said.items() if value is not None}
    happened = _told(fact, about, given, undo=undo)
    files = once_each(ics=ics, json=json or file, html=html, csv=csv)
    spoken = reading.language(language)
    plan = stored.opened(file)
    course = plan.course.record(happened) if happened else plan.course.undo()
    made = renewed(plan, course, as_of=as_of, horizon=horizon)
    publish(made, plan, files, language=spoken, privacy=privacy)


def _told(
    name: str | None, about: str | None, given: Mapping[str, object], *, undo: bool
) -> Fact | None:
    """Give the fact that was told; None where the last one is to be taken back."""
    if undo and (name or given):
        raise typer.BadParameter("stands alone", param_hint="--undo")
    if undo:
        return None
    if name is None or about is None:
        raise typer.BadParameter("say what happened: missed induction-6", param_hint="FACT")
    return _fact(name, about, given)


def _fact(name: str, about: str, given: Mapping[str, object]) -> Fact:
    if name not in _KINDS:
        raise typer.BadParameter(f"{name!r} is none: {closest(name, _KINDS)}", param_hint="FACT")
    kind = _KINDS[name]
    for option in sorted(given.keys() - kind.fact.model_fields):
        shown = option.replace("_", "-")
        raise typer.BadParameter(f"says nothing of {name}", param_hint=f"--{shown}")
    try:
        return kind.fact(**kind.fields(about), **given)
    except MesoplanError as error:
        said = "; ".join(map(str, error.faults))
        raise typer.BadParameter(said, param_hint=name) from None
