"""Text that every calendar can hold."""

import re
from typing import Self

from icalendar import vText

_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202d\u202e\ufeff\ud800-\udfff]")


class PlainText(vText):
    r"""TEXT without what breaks calendars, whoever let it in.

    Every kind of line break becomes a line feed; control characters, byte order marks and lone
    surrogates are taken out (RFC 5545, 3.1), and so are the two overrides of the writing direction,
    which can disguise a text. Marks and isolates of right-to-left text stay.

    >>> PlainText("Dose 2 ml,\x07 scalp\r\nBEGIN:VEVENT").to_ical()
    b'Dose 2 ml\\, scalp\\nBEGIN:VEVENT'
    """

    def __new__(cls, value: str) -> Self:
        """Take out what does not belong."""
        return super().__new__(cls, _UNFIT.sub("", _BREAK.sub("\n", value)))

    def to_ical(self) -> bytes:
        r"""Escape; icalendar 7.3 reads a backslash before an N as a line break, so part it there."""
        return rb"\\N".join(vText(part).to_ical() for part in self.split(r"\N"))
