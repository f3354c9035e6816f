"""What a stored plan answers: the next session, what changed, other times, how the course is kept."""

from typing import Annotated

import typer

from mesoplan.cli import options
from mesoplan.cli.stored import moment, opened
from mesoplan.cli.telling import tell
from mesoplan.ground.period import Period


def next_session(
    file: options.PlanFile, *, after: options.After = None, as_json: options.AsJson = False
) -> None:
    """Say when the next session may, should and has to take place, and when it is booked."""
    plan = opened(file)
    found = plan.next_session(moment(after, plan.clinic))
    tell(found, as_json=as_json, nothing="no session is planned after that")


def changes(
    old: options.PlanFile, new: options.PlanFile, *, as_json: options.AsJson = False
) -> None:
    """Say what changed from one plan of a course to a later one."""
    found = opened(new).changes_since(opened(old))
    tell(found, as_json=as_json, nothing="every visit stays")


def alternatives(
    file: options.PlanFile,
    visit: Annotated[str, typer.Argument(metavar="VISIT", help="Its key: induction-6.")],
    *,
    after: options.After = None,
    within: Annotated[
        str, typer.Option(metavar="PERIOD", help="How far around it to look: P10D, at most P31D.")
    ] = "P1W",
    as_json: options.AsJson = False,
) -> None:
    """Offer other times for a visit, best first, each with what it would cause."""
    reach = _period(within)
    plan = opened(file)
    found = plan.alternatives(visit, after=moment(after, plan.clinic), within=reach)
    tell(found, as_json=as_json, nothing="no other time is possible")


def adherence(
    file: options.PlanFile, *, on: options.On = None, as_json: options.AsJson = False
) -> None:
    """Say how the course was kept up to a day: what took place, how late, and what is left."""
    plan = opened(file)
    tell(plan.adherence(on or moment(None, plan.clinic).date()), as_json=as_json)


def _period(text: str) -> Period:
    try:
        return Period(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--within") from None
