"""`advice` and `assess`: what holds around the sessions of a stored plan."""

from datetime import datetime
from typing import Annotated

import typer

from mesoplan.cli import options
from mesoplan.cli.stored import moment, opened
from mesoplan.cli.telling import tell


def advice(
    file: options.PlanFile, *, at: options.At = None, as_json: options.AsJson = False
) -> None:
    """Say what to do and to leave at a moment, until when, and because of which session."""
    plan = opened(file)
    found = plan.advice_at(moment(at, plan.clinic))
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
    tell(plan.assess(symptom, since=began, at=asked), as_json=as_json)
