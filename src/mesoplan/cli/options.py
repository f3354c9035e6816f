"""What a person types after a command, read into values; what cannot be read is a usage error."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple, cast, get_args

import typer

from mesoplan.calendar.wording import Privacy
from mesoplan.course.facts import Away
from mesoplan.values.errors import MesoplanError
from mesoplan.values.period import Period


def moment(text: str) -> datetime:
    """Read a day with its time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time; write 2026-12-01T17:30") from None
    if len(text) <= len("2026-12-01"):
        raise typer.BadParameter(f"{text!r} names no time of day; write {text}T17:30")
    if found.date() in {date.min, date.max}:  # in another zone its day would not exist
        raise typer.BadParameter(f"{text!r} lies beyond the calendar")
    return found


def day(text: str) -> date:
    """Read a day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; write 2026-12-01") from None


def away(text: str) -> Away:
    """Read a day, or the first and the last day of a stretch."""
    first, _, last = text.partition("/")
    try:
        return Away(first=day(first), last=day(last or first))
    except MesoplanError as error:
        raise typer.BadParameter(str(error)) from None


def horizon(text: str) -> Period | date:
    """Read how far to plan: a period from the start, or a last day."""
    try:
        return Period(text) if text.startswith("P") else date.fromisoformat(text)
    except ValueError:
        complaint = f"{text!r} is neither a period nor a day; write P2Y or 2028-12-01"
        raise typer.BadParameter(complaint, param_hint="--horizon") from None


class NamedDay(NamedTuple):
    """A date from outside that a protocol counts from."""

    name: str
    day: date


def named_day(text: str) -> NamedDay:
    """Read a date from outside with its name."""
    name, equals, rest = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"{text!r} has no name; write lmp=2026-09-01")
    return NamedDay(name, day(rest))


class SessionCount(NamedTuple):
    """A number of sessions, for one phase; its name is empty for the first that has a number."""

    phase: str
    number: int


def session_count(text: str) -> SessionCount:
    """Read a number of sessions, perhaps with the phase that it is for."""
    name, _, number = text.rpartition("=")
    if not number.isdecimal():
        raise typer.BadParameter(f"{text!r} is no number of sessions; write 18 or induction=18")
    return SessionCount(name, int(number))


def level(text: str) -> Privacy:
    """Read a level of privacy."""
    levels = get_args(Privacy)
    if text not in levels:
        raise typer.BadParameter(f"{text!r} is no level; write {', '.join(levels)}")
    return cast("Privacy", text)


ProtocolSource = Annotated[
    str,
    typer.Argument(metavar="NAME_OR_FILE", help="A name of the catalogue, or a TOML or JSON file."),
]
Start = Annotated[
    datetime,
    typer.Option(
        parser=moment, metavar="TIME", help="The first session: 2026-12-01T17:30, local time."
    ),
]
Timezone = Annotated[
    str | None, typer.Option(help="The clinic's time zone: Europe/Istanbul. Or give --clinic.")
]
ClinicFile = Annotated[
    Path | None, typer.Option("--clinic", metavar="FILE", help="The clinic: zone, hours, closures.")
]
CourseName = Annotated[
    str | None,
    typer.Option(
        "--id", help="The course's name for good, nothing personal; default made from the input."
    ),
]
SessionsOption = Annotated[
    list[SessionCount] | None,
    typer.Option(
        parser=session_count,
        metavar="NUMBER",
        help="Another number of sessions: 18, or induction=18. Repeatable.",
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(parser=moment, metavar="TIME", help="When the plan is made; default now."),
]
Horizon = Annotated[
    str | None,
    typer.Option(metavar="PERIOD|DAY", help="How far open-ended phases are planned: P2Y."),
]
AwayDays = Annotated[
    list[Away] | None,
    typer.Option(
        "--away",
        parser=away,
        metavar="DAY[/DAY]",
        help="Days the person cannot come: 2027-02-01/2027-02-14. Repeatable.",
    ),
]
Dates = Annotated[
    list[NamedDay] | None,
    typer.Option(
        "--date",
        parser=named_day,
        metavar="NAME=DAY",
        help="A date that the protocol counts from: lmp=2026-09-01. Repeatable.",
    ),
]
Prefer = Annotated[
    str | None, typer.Option(metavar="WEEKDAYS", help="Preferred weekdays: tue,thu or mon-fri.")
]
Time = Annotated[
    str | None, typer.Option(metavar="HH:MM", help="Preferred time of day; default the start's.")
]
IcsFile = Annotated[
    Path | None, typer.Option("--ics", metavar="FILE", help="Write the calendar here; - prints it.")
]
JsonFile = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the plan here; - prints it.")
]
HtmlFile = Annotated[
    Path | None,
    typer.Option(
        "--html", metavar="FILE", help="Write the patient's handout here; needs mesoplan[handout]."
    ),
]
CsvFile = Annotated[
    Path | None, typer.Option("--csv", metavar="FILE", help="Write a table for spreadsheets here.")
]
VariantName = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The variant of the protocol whose numbers are used: child."),
]
LanguageName = Annotated[
    str,
    typer.Option(
        "--language",
        metavar="CODE|FILE",
        help="What patients read is in it: tr, fr, es, ar, en, or a language file of your own.",
    ),
]
PrivacyLevel = Annotated[
    Any,
    typer.Option(
        parser=level,
        metavar="LEVEL",
        help="What the calendar tells: full; neutral: appointment and clinic; or busy.",
    ),
]
PlanFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A plan that mesoplan plan --json wrote.")
]
NewPlanFile = Annotated[
    Path | None,
    typer.Option(
        "--json", metavar="FILE", help="Write the new plan here and leave FILE; - prints it."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
At = Annotated[
    datetime | None,
    typer.Option(parser=moment, metavar="TIME", help="The moment asked about; default now."),
]
After = Annotated[
    datetime | None,
    typer.Option(parser=moment, metavar="TIME", help="What comes after this; default now."),
]
On = Annotated[date | None, typer.Option(parser=day, metavar="DAY", help="The day; default today.")]
