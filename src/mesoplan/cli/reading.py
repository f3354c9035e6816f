"""Files and names from the command line, read into models."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import typer

from mesoplan import protocols
from mesoplan.clinic import Clinic
from mesoplan.errors import Fault, MesoplanError, ProtocolError
from mesoplan.files import MOST_CHARACTERS, load_clinic, load_protocol
from mesoplan.phase import Phase
from mesoplan.protocol import Protocol


def content(file: Path) -> bytes:
    """Read a file, but not much more of it than any protocol needs."""
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_CHARACTERS + 1)
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise MesoplanError(Fault("", f"cannot be read: {what}"), subject=str(file)) from None


def protocol(source: str) -> Protocol:
    """Give a protocol: a name has neither dot nor slash, a file has one of them."""
    if set(source) & set("./\\"):
        return load_protocol(content(Path(source)), subject=source)
    return protocols.get(source)


def clinic(file: Path | None, timezone: str | None) -> Clinic:
    """Give the clinic of the file, or one that is always open in that time zone."""
    if file is None and timezone is None:
        raise typer.BadParameter(
            "give the clinic's time zone, or --clinic", param_hint="--timezone"
        )
    if file is None:
        return Clinic(timezone=timezone)
    found = load_clinic(content(file), subject=str(file))
    if timezone not in (None, found.timezone):
        complaint = f"{file} says {found.timezone}; leave the option out"
        raise typer.BadParameter(complaint, param_hint="--timezone")
    return found


def with_sessions(protocol: Protocol, counts: Iterable[tuple[str, int]]) -> Protocol:
    """Give the protocol with other numbers of sessions, unnamed for the first phase that has one."""
    for name, number in counts:
        changed = protocol.phase(name) if name else _first_counted(protocol)
        phases = [p.replace(sessions=number) if p is changed else p for p in protocol.phases]
        protocol = protocol.replace(phases=phases)
    return protocol


def _first_counted(protocol: Protocol) -> Phase:
    for phase in protocol.phases:
        if phase.sessions is not None:
            return phase
    remedy = "name one: --sessions PHASE=NUMBER"
    raise ProtocolError(Fault("phases", "have none with a number of sessions", remedy=remedy))


def course_id(protocol: Protocol, start: datetime, timezone: str) -> str:
    """Make an opaque id: the same command gives the same calendar entries again."""
    given = f"{protocol.id} {start.isoformat()} {timezone}"
    return f"course-{sha256(given.encode()).hexdigest()[:12]}"
