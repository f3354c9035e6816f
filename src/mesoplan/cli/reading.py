"""Files and names from the command line, read into models."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import typer

from mesoplan import languages, protocols
from mesoplan.authoring.compose import derive
from mesoplan.authoring.files import MOST_CHARACTERS, load_clinic, load_language, load_protocol
from mesoplan.cli.options import SessionCount
from mesoplan.clinic.clinic import Clinic
from mesoplan.ground.errors import Fault, MesoplanError, ProtocolError
from mesoplan.ground.language import Language
from mesoplan.protocol.protocol import Protocol


def content(file: Path, most: int = MOST_CHARACTERS) -> bytes:
    """Read a file, but no more of it than a byte beyond `most`, by default what protocols need."""
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise MesoplanError(Fault("", f"cannot be read: {what}"), subject=str(file)) from None


def protocol(source: str) -> Protocol:
    """Give a protocol: a name has neither dot nor slash, a file has one of them."""
    if set(source) & set("./\\"):
        return load_protocol(content(Path(source)), subject=source)
    return protocols.get(source)


def language(source: str) -> Language:
    """Give a language: a code has neither dot nor slash, a file has one of them."""
    if set(source) & set("./\\"):
        return languages.chosen(load_language(content(Path(source)), subject=source))
    return languages.get(source)


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


def with_sessions(protocol: Protocol, counts: Iterable[SessionCount]) -> Protocol:
    """Derive a protocol with other numbers of sessions; it names its parent."""
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
    raise ProtocolError(Fault("phases", "have none with a number of sessions", remedy=remedy))


def course_id(protocol: Protocol, start: datetime, timezone: str) -> str:
    """Make an opaque id: the same command gives the same calendar entries again."""
    given = f"{protocol.id} {start.isoformat()} {timezone}"
    return f"course-{sha256(given.encode()).hexdigest()[:12]}"
