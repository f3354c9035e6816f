"""Plan files that `mesoplan plan --json` wrote: opened whole or refused, quoting nothing of a person."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mesoplan.cli.reading import content
from mesoplan.clinic import Clinic
from mesoplan.errors import Fault, PlanError
from mesoplan.plan import Plan

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
        raise PlanError(*_discreet(error.faults), subject=str(file)) from None


def moment(given: datetime | None, clinic: Clinic) -> datetime:
    """Give the aware moment; without a zone it is the clinic's local time, by default now."""
    if given is None:
        return datetime.now(UTC).replace(microsecond=0)
    return given if given.tzinfo else given.replace(tzinfo=clinic.zone)


def _discreet(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Say what is wrong without what was found; of what is no plan at all, only that."""
    if any(fault.path == "course" and fault.what == "is missing" for fault in faults):
        return (Fault("", "is not a plan", remedy=_REMEDY),)
    return tuple(replace(fault, got="") for fault in faults)
