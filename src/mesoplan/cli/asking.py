"""What a stored plan answers: the next session, changes, other times, adherence, advice, symptoms."""

from datetime import datetime
from typing import Annotated

import typer

from mesoplan.care.aftercare import advice_at
from mesoplan.care.aftercare import assess as judge
from mesoplan.cli import options
from mesoplan.cli.inputs import moment, opened
from mesoplan.cli.printing import tell
from mesoplan.scheduling.alternatives import alternatives as offers
from mesoplan.values.period import Period


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
    found = offers(plan, visit, after=moment(after, plan.clinic), within=reach)
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


def advice(
    file: options.PlanFile, *, at: options.At = None, as_json: options.AsJson = False
) -> None:
    """Say what to do and to leave at a moment, until when, and because of which session."""
    plan = opened(file)
    found = advice_at(plan, moment(at, plan.clinic))
    tell(found, as_json=as_json, nothing="nothing is advised at that moment")


def assess(
    file: options.PlanFile,
    symptom: Annotated[str, typer.Argument(metavar="SYMPTOM", help="Its name in the protocol.")],
    *,
    since: Annotated[
        datetime, typer.Option(parser=options.moment, metavar="TIME", help="When it began.")
    ],
    at: options.At = None,
    as_json: options.AsJson = False,
) -> None:
    """Say whether a symptom is within what is usual, or whom to call; it is no diagnosis."""
    plan = opened(file)
    began, asked = (moment(time, plan.clinic) for time in (since, at))
    tell(judge(plan, symptom, since=began, at=asked), as_json=as_json)
