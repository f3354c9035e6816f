"""What a calendar entry says to the patient, and nothing that belongs to the clinic alone."""

import re
from collections.abc import Iterator

from mesoplan.plan import Plan
from mesoplan.visit import Status, Visit

REMINDER = "Reminder"
"""The text of every alarm; it may light up on a locked screen, so it names no treatment."""

_PREFIXES: dict[Status, str] = {
    "tentative": "To be confirmed: ",
    "missed": "Missed: ",
    "cancelled": "Cancelled: ",
}
_CLOSED = re.compile(r"target (?P<day>\S+) is closed \((?P<why>.+)\); placed on ")


def summary(visit: Visit) -> str:
    """Give the title; some calendars draw no STATUS, so what is not certain is said here too."""
    return f"{_PREFIXES.get(visit.status, '')}{visit.title}"


def description(visit: Visit, plan: Plan) -> str:
    """Say what the visit is, its dose, the closed day it avoids, and whom to call."""
    return "\n".join(_sentences(visit, plan))


def location(plan: Plan) -> str:
    """Name the clinic and where it is, as far as they are known."""
    return ", ".join(filter(None, (plan.clinic.name, plan.clinic.location)))


def _sentences(visit: Visit, plan: Plan) -> Iterator[str]:
    yield f"{plan.course.protocol.title}: {_numbered(visit)}"
    if visit.label:
        yield visit.label
    if visit.upcoming:
        yield from _moved(visit)
    if plan.clinic.phone:
        yield f"Phone: {plan.clinic.phone}"


def _numbered(visit: Visit) -> str:
    number = "" if visit.number is None else f" {visit.number}"
    of = "" if visit.of is None else f" of {visit.of}"
    return f"{visit.kind}{number}{of}"


def _moved(visit: Visit) -> Iterator[str]:
    """Read the holiday or closure out of the reasons, which a saved plan holds for good."""
    for found in filter(None, map(_CLOSED.match, visit.reasons)):
        yield f"Instead of {found['day']} ({found['why']})"
