"""Calendar programs that read our files and know nothing of our code.

Every reader answers with the same `Entry` list, ordered by start: ical.js (Thunderbird's parser)
and libical (Evolution, GNOME, KDE) run as programs of their own, icalendar and
recurring-ical-events inside the tests.
"""

from readers.model import Entry, Reader, Refused
from readers.programs import ICALJS, LIBICAL, libical_restrictions, restrictions_many
from readers.python import ICALENDAR, RECURRING

ALL = (ICALJS, LIBICAL, ICALENDAR, RECURRING)

read_with_icaljs = ICALJS.read
read_with_libical = LIBICAL.read
read_with_icalendar = ICALENDAR.read
read_with_recurring = RECURRING.read

__all__ = [
    "ALL",
    "ICALENDAR",
    "ICALJS",
    "LIBICAL",
    "RECURRING",
    "Entry",
    "Reader",
    "Refused",
    "libical_restrictions",
    "read_with_icalendar",
    "read_with_icaljs",
    "read_with_libical",
    "read_with_recurring",
    "restrictions_many",
]
