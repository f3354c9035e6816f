"""The catalogue: published treatment courses, one TOML file each, with the source of every number.

Schedules as they were published, and for mesotherapy the care around the sessions: no dosing advice,
and not for treating anyone by themselves. A file in `care/` is the end of every protocol file whose
name begins with its name.
"""

from functools import cache
from typing import TYPE_CHECKING

from mesoplan.files.protocol_file import load_protocol
from mesoplan.protocol.protocol import Protocol
from mesoplan.values.errors import Fault, ProtocolError, closest

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["find", "get", "names"]

_ENDING = ".toml"


@cache
def _folder() -> "Traversable":
    from importlib import resources  # noqa: PLC0415 - slow to import, and not always needed

    return resources.files(__name__)


@cache
def names() -> tuple[str, ...]:
    """Return the name of every protocol in the catalogue, in alphabetical order."""
    entries = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(_ENDING) for name in entries if name.endswith(_ENDING)))


@cache
def get(name: str) -> Protocol:
    """Return a protocol by name; raises ProtocolError naming the closest one.

    >>> get("mesotherapy-weekly").phase("induction").every.words
    '1 week'
    """
    if name not in names():
        remedy = closest(name, names())
        raise ProtocolError(
            Fault("", "is not in the catalogue", name, remedy, code="unknown-protocol")
        )
    care = _folder() / "care" / f"{name.partition('-')[0]}{_ENDING}"
    entry = _folder() / f"{name}{_ENDING}"
    shared = care.read_bytes() if care.is_file() else b""
    return load_protocol(entry.read_bytes() + shared, subject=entry.name)


def find(*, field: str = "", indication: str = "", treatment: str = "") -> tuple[Protocol, ...]:
    """Return the protocols whose field, indication and treatment contain these words.

    Upper and lower case are the same; a text that is left out matches everything.

    >>> [protocol.id for protocol in find(field="hair", treatment="microneedling", indication="")]
    ['dhurat-2013', 'yepuri-mysore-2021']
    """
    wanted = (field.casefold(), indication.casefold(), treatment.casefold())
    return tuple(
        protocol
        for protocol in map(get, names())
        if all(
            words in (text or "").casefold()
            for words, text in zip(
                wanted, (protocol.field, protocol.indication, protocol.treatment), strict=True
            )
        )
    )
