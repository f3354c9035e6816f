"""Files and names from the command line, read into models; errors quote nothing from plan files."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import typer

from mesoplan import languages, protocols
from mesoplan.cli.options import SessionCount
from mesoplan.clinic.clinic import Clinic
from mesoplan.compose import derive
from mesoplan.files.protocol_file import load_clinic, load_protocol
from mesoplan.languages import load_language
from mesoplan.languages.language import Language
from mesoplan.plan.plan import Plan
from mesoplan.protocol.protocol import Protocol
from mesoplan.values.documents import MOST_CHARACTERS
from mesoplan.values.errors import Fault, MesoplanError, PlanError, ProtocolError
from mesoplan.values.faults import MISSING


def content(file: Path, most: int = MOST_CHARACTERS) -> bytes:
    """Read a file, but at most one byte more than `most`, which is enough for every protocol."""
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise MesoplanError(
            Fault("", f"cannot be read: {what}", code="unreadable-file"), subject=str(file)
        ) from None


def names_file(source: str) -> bool:
    """Say whether a file is meant: a name of ours has neither a dot nor a slash."""
    return bool(set(source) & set("./\\"))


def protocol(source: str, variant: str | None = None) -> Protocol:
    """Return the protocol of a file, or of a name of the catalogue, with the numbers of a variant."""
    found = _protocol(source)
    return found if variant is None else found.for_variant(variant)


def _protocol(source: str) -> Protocol:
    if names_file(source):
        return load_protocol(content(Path(source)), subject=source)
    return protocols.get(source)


def language(source: str) -> Language:
    """Return the language of a file, or of a code."""
    if names_file(source):
        return languages.chosen(load_language(content(Path(source)), subject=source))
    return languages.get(source)


def clinic(file: Path | None, timezone: str | None) -> Clinic:
    """Return the clinic of the file, or one that is always open in that time zone."""
    if file is None:
        if timezone is None:
            raise typer.BadParameter(
                "give the clinic's time zone, or --clinic", param_hint="--timezone"
            )
        return Clinic(timezone=timezone)
    found = load_clinic(content(file), subject=str(file))
    if timezone not in (None, found.timezone):
        complaint = f"{file} says {found.timezone}; leave the option out"
        raise typer.BadParameter(complaint, param_hint="--timezone")
    return found


def with_sessions(protocol: Protocol, counts: Iterable[SessionCount]) -> Protocol:
    """Derive a protocol with other numbers of sessions, which names its parent."""
    changes = {
        count.phase or _first_counted(protocol): {"sessions": count.number} for count in counts
    }
    if not changes:
        return protocol
    numbers = "-".join(str(change["sessions"]) for change in changes.values())
    return derive(protocol, id=f"{protocol.id}-{numbers}", phases=changes)


def _first_counted(protocol: Protocol) -> str:
    for phase in protocol.phases:
        if phase.sessions is not None:
            return phase.id
    remedy = "name one: --sessions PHASE=NUMBER"
    raise ProtocolError(
        Fault("phases", "have none with a number of sessions", remedy=remedy, code="not-counted")
    )


def course_id(protocol: Protocol, start: datetime, timezone: str) -> str:
    """Make an opaque id: the same command gives the same calendar entries again."""
    given = f"{protocol.id} {start.isoformat()} {timezone}"
    return f"course-{sha256(given.encode()).hexdigest()[:12]}"


Refusal = TypeVar("Refusal", bound=MesoplanError)

_MOST_BYTES = 1 << 25
_REMEDY = "give a file that mesoplan plan --json wrote"


def opened(file: Path) -> Plan:
    """Open a plan; raises PlanError where the file holds none, without showing what it holds."""
    data = content(file, most=_MOST_BYTES)
    if len(data) > _MOST_BYTES:
        fault = Fault("", f"is longer than {_MOST_BYTES >> 20} MB", remedy=_REMEDY, code="too-long")
        raise PlanError(fault, subject=str(file))
    try:
        return Plan.model_validate_json(data)
    except PlanError as error:
        if any(fault.path == "visits" and fault.code == MISSING for fault in error.faults):
            fault = Fault("", "is not a plan", remedy=_REMEDY, code="not-a-plan")
            raise PlanError(fault, subject=str(file)) from None
        raise discreet(error, file) from None


def moment(given: datetime | None, clinic: Clinic) -> datetime:
    """Return a moment with a zone: the clinic's if it has none; if none is given, now."""
    if given is None:
        return datetime.now(clinic.zone).replace(microsecond=0)
    return given if given.tzinfo else given.replace(tzinfo=clinic.zone)


def discreet(error: Refusal, file: Path) -> Refusal:
    """Return the same error about a file, saying what is wrong but not what was found there."""
    faults = (replace(fault, got="", place="") for fault in error.faults)
    return error.about(str(file), faults)
