"""`read`: what somebody moved, cancelled or removed in a calendar, to be recorded or not."""

from pathlib import Path
from typing import Annotated

import typer

from mesoplan.calendar.incoming.components import BYTES
from mesoplan.calendar.incoming.reading import CalendarReading, facts_from_ics
from mesoplan.cli import options
from mesoplan.cli.inputs import content, discreet, moment, opened
from mesoplan.cli.planning import publish, renewed
from mesoplan.cli.printing import print_table, tell
from mesoplan.languages import get
from mesoplan.values.errors import CalendarError


def read(
    file: options.PlanFile,
    calendar: Annotated[Path, typer.Argument(metavar="CALENDAR", help="An iCalendar file.")],
    *,
    part: Annotated[
        bool, typer.Option("--part", help="It is no whole calendar: what is not there stays.")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Record what is proposed, and plan anew.")
    ] = False,
    as_of: options.AsOf = None,
    as_json: options.AsJson = False,
) -> None:
    """Say what was moved, cancelled or removed in a calendar; nothing is recorded by itself."""
    if record and as_json:
        raise typer.BadParameter("give one of them", param_hint="--record, --json")
    plan = opened(file)
    at = moment(as_of, plan.clinic)
    try:
        found = facts_from_ics(content(calendar, most=BYTES), plan, as_of=at, whole=not part)
    except CalendarError as error:
        raise discreet(error, calendar) from None
    if as_json:
        tell(found, as_json=True)
        return
    _print_reading(found)
    if record and found.facts:
        made = renewed(plan, plan.course.record(*found.facts), as_of=at)
        publish(made, plan, {"json": file}, language=get("en"))


def _print_reading(found: CalendarReading) -> None:
    if not found.proposals and not found.findings:
        print("the calendar says nothing new")
        return
    proposals = [
        (one.how, one.fact.visit, "; ".join((one.reason, *one.cautions))) for one in found.proposals
    ]
    findings = [("look at", one.visit or "", one.message) for one in found.findings]
    print_table(("what", "visit", "why"), [*proposals, *findings])
