"""The clock that a TZID means, by whichever name calendar programs call it."""

import re
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_OFFSET = re.compile(r"(?:UTC|GMT)(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d))?")
_HOURS = range(15)
_NOWHERE = frozenset({"Factory", "localtime"})


def zone_of(tzid: str) -> tzinfo | None:
    """Give the clock of a name; None where it is nobody's.

    An IANA name, alone or behind a maker's prefix as Evolution writes it, a Windows name as Outlook
    does, or an offset from UTC as Apple does. A name that only the file's own VTIMEZONE explains is
    nobody's: programs disagree on whether to believe such a block.

    >>> str(zone_of("/freeassociation.sourceforge.net/Europe/Istanbul"))
    'Europe/Istanbul'
    >>> str(zone_of("Turkey Standard Time")), str(zone_of("GMT+0300"))
    ('Europe/Istanbul', 'UTC+03:00')
    """
    names = _names()
    parts = tzid.strip("/ ").split("/")[-6:]
    tails = ["/".join(parts[number:]) for number in range(len(parts))]
    known = [name for name in (*tails, WINDOWS_TO_OLSON.get(tzid)) if name in names]
    return ZoneInfo(known[0]) if known else _offset(tzid)


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    """List the names there are: a stranger's name is looked up, never tried as a file."""
    return frozenset(available_timezones() - _NOWHERE)


def _offset(tzid: str) -> tzinfo | None:
    found = _OFFSET.fullmatch(tzid)
    if found is None or int(found["hours"]) not in _HOURS:
        return None
    east = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    return timezone(east if found["sign"] == "+" else -east)
