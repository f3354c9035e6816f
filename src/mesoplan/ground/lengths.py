"""The kinds of length that a field takes: none below zero, longer than nothing, a visit's stay."""

from typing import Annotated

from pydantic import AfterValidator

from mesoplan.ground.faults import unfit
from mesoplan.ground.period import Period


def _not_negative(value: Period) -> Period:
    if value.length < 0:
        raise unfit("is negative", "write it without the minus")
    return value


def _forward(value: Period) -> Period:
    if value.length <= 0:
        raise unfit("is not longer than nothing", 'write for example "P1W" or "PT30M"')
    return value


def _without_months(value: Period) -> Period:
    if value.months:
        raise unfit("is counted in months", 'write for example "PT30M" or "P2D"')
    return value


Length = Annotated[Period, AfterValidator(_not_negative)]
"""A period that is not negative."""

Forward = Annotated[Period, AfterValidator(_forward)]
"""A period longer than nothing."""

Stay = Annotated[Length, AfterValidator(_without_months)]
"""How long a person stays, perhaps no time at all: minutes, hours, days."""

Lasting = Annotated[Forward, AfterValidator(_without_months)]
"""How long a visit lasts: minutes, hours, days."""
