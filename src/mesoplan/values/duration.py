"""The text of an ISO 8601 duration in whole calendar units, read and written."""

import re

from mesoplan.values.errors import Fault

_YEARS = 200
_MINUTES_A_DAY = 24 * 60
_MINUTES_A_MONTH = 43_829  # the Gregorian mean, only ever used to compare lengths
_LONGEST = _YEARS * 12 * _MINUTES_A_MONTH
_FORM = re.compile(
    r"(?P<sign>-?)P(?=[0-9T])(?:(?P<years>[0-9]+)Y)?(?:(?P<months>[0-9]+)M)?"
    r"(?:(?P<weeks>[0-9]+)W)?(?:(?P<days>[0-9]+)D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]+)H)?(?:(?P<minutes>[0-9]+)M)?)?"
)
_MOST_TEXT = 64
_SAID = re.compile(
    r"(?:every )?(?:(?P<number>[1-9][0-9]{0,2}|an?|one) ?)?"
    r"(?P<unit>minutes?|mins?|hours?|h|days?|d|weeks?|wks?|w|months?|mos?|m|years?|yrs?|y)"
    r"|(?P<adverb>daily|weekly|monthly|yearly)"
)
"""A period as people say it, in small letters."""

PATTERN = f"^{re.sub('[?]P<[a-z]+>', '', _FORM.pattern)}$"
"""A regular expression for editors."""

EXAMPLES = 'a duration such as "P1W", "P3M", "P1Y6M", "P10D" or "PT30M"'

DurationParts = tuple[int, int, int]
"""Months, days and minutes."""


def read(text: str) -> DurationParts | None:
    """Return the months, days and minutes of a duration's text, or None if it is no duration.

    >>> read("P1Y6M"), read("-P2W"), read("PT1H30M"), read("P1.5M")
    ((18, 0, 0), (0, -14, 0), (0, 0, 90), None)
    """
    found = _FORM.fullmatch(text) if len(text) <= _MOST_TEXT else None
    if not found:
        return None
    names = ("years", "months", "weeks", "days", "hours", "minutes")
    years, months, weeks, days, hours, minutes = (int(found[name] or 0) for name in names)
    sign = -1 if found["sign"] else 1
    return sign * (12 * years + months), sign * (7 * weeks + days), sign * (60 * hours + minutes)


def write(parts: DurationParts) -> str:
    """Write months, days and minutes of one sign in the largest whole units.

    >>> write((18, 0, 0)), write((0, -14, 0)), write((0, 0, 90)), write((0, 0, 0))
    ('P18M', '-P2W', 'PT90M', 'P0D')
    """
    sign = "-" if any(part < 0 for part in parts) else ""
    months, days, minutes = (abs(part) for part in parts)
    calendar = "".join(f"{n}{unit[0].upper()}" for n, unit in units((months, days, 0)))
    clock = "".join(f"{n}{unit[0].upper()}" for n, unit in units((0, 0, minutes)))
    return f"{sign}P{calendar}" + (f"T{clock}" if clock else "") if calendar or clock else "P0D"


def words(parts: DurationParts) -> str:
    """Say it in English.

    >>> words((3, 0, 0)), words((0, 7, 0)), words((0, 0, 0))
    ('3 months', '1 week', '0 days')
    """
    return " ".join(_counted(n, unit) for n, unit in units(parts)) or "0 days"


def complaint(text: str) -> Fault:
    """Say what is wrong with a text that is no duration, and what to write."""
    if re.search(r"[0-9][.,][0-9]", text[:_MOST_TEXT]):
        remedy = 'write for example "P6W" instead of "P1.5M"'
        return Fault("", "is not a duration in whole units", remedy=remedy, code="not-whole")
    what = "is not an ISO 8601 duration"
    return Fault("", what, remedy=f"write {_meant(text) or EXAMPLES}", code="not-a-period")


def _meant(text: str) -> str:
    """Return how what was said in words is written, or nothing where nobody can say.

    >>> _meant("1 month"), _meant("Every 2 weeks"), _meant("daily"), _meant("2M"), _meant("soon")
    ('"P1M"', '"P2W"', '"P1D"', '"P2M" for months or "PT2M" for minutes', '')
    """
    said = text[:_MOST_TEXT].strip()
    if read(said.upper()) is not None:
        return f'"{said.upper()}"'
    found = _SAID.fullmatch(said.lower())
    if found is None:
        return ""
    number = {"a": 1, "an": 1, "one": 1, None: 1}.get(found["number"]) or int(found["number"])
    date, clock = f'"P{number}{{}}"', f'"PT{number}{{}}"'
    letter = (found["unit"] or found["adverb"])[0].upper()
    if found["unit"] == "m":
        return f"{date.format('M')} for months or {clock.format('M')} for minutes"
    is_clock = letter == "H" or (found["unit"] or "").startswith("mi")
    return (clock if is_clock else date).format(letter)


def fault_in(parts: DurationParts) -> Fault | None:
    """Return why no calendar can use these parts, and what to do, or None if it can."""
    if min(parts) < 0 < max(parts):
        what = "goes forwards and backwards at once"
        return Fault("", what, remedy="give all parts one sign", code="mixed-signs")
    months, days, minutes = parts
    if abs(months * _MINUTES_A_MONTH + days * _MINUTES_A_DAY + minutes) > _LONGEST:
        what = f"is longer than {_YEARS} years"
        return Fault("", what, remedy="write a shorter one", code="out-of-range")
    return None


def units(parts: DurationParts) -> list[tuple[int, str]]:
    """Split into the largest whole units, leaving out the zeros."""
    months, days, minutes = parts
    weeks, days = (days // 7, 0) if days % 7 == 0 else (0, days)
    years, months = (months // 12, 0) if months % 12 == 0 else (0, months)
    hours, minutes = (minutes // 60, 0) if minutes % 60 == 0 else (0, minutes)
    named = {"year": years, "month": months, "week": weeks, "day": days, "hour": hours}
    return [(n, unit) for unit, n in (named | {"minute": minutes}).items() if n]


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if abs(number) == 1 else f"{number} {unit}s"
