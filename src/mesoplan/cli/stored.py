"""Plan files that `mesoplan plan --json` wrote: opened whole or refused, quoting nothing of a person."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from mesoplan.cli.reading import content
from mesoplan.clinic.clinic import Clinic
from mesoplan.ground.errors import Fault, MesoplanError, PlanError
from mesoplan.plan.plan import Plan

Refusal = TypeVar("Refusal", bound=MesoplanError)

_MOST_BYTES = 1 << 25
_REMEDY = "give a file that mesoplan plan --json wrote"


def opened(file: Path) -> Plan:
    """Open a plan; raises PlanError where the file holds none, without showing what it holds."""
    data = content(file, most=_MOST_BYTES)
    if len(data) > _MOST_BYTES:
        fault = Fault("", f"is longer than {_MOST_BYTES >> 20} MB", remedy=_REMEDY)
        raise PlanError(fault, subject=str(file))
    try:
        return Plan.model_validate_json(data)
    except PlanError as error:
        if any(fault.path == "visits" and fault.what == "is missing" for fault in error.faults):
            fault = Fault("", "is not a plan", remedy=_REMEDY)
            raise PlanError(fault, subject=str(file)) from None
        raise discreet(error, file) from None


def moment(given: datetime | None, clinic: Clinic) -> datetime:
    """Give the aware moment; without a zone it is the clinic's local time, by default now."""
    if given is None:
        return datetime.now(clinic.zone).replace(microsecond=0)
    return given if given.tzinfo else given.replace(tzinfo=clinic.zone)


def discreet(error: Refusal, file: Path) -> Refusal:
    """Give the same error about a file, saying what is wrong but not what was found there."""
    return error.about(str(file), [replace(fault, got="") for fault in error.faults])
