"""Days, moments and counts as a person says them in English, the same on every machine."""

from collections.abc import Sequence
from datetime import date, datetime

from mesoplan.values.weekdays import NAMES

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def say_day(day: date, *, near: date | None = None) -> str:
    """Say a day; its year is left out where it is that of `near`, a day just named.

    >>> say_day(date(2027, 1, 15))
    'Fri 15 Jan 2027'
    """
    said = f"{NAMES[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1]}"
    return said if near is not None and near.year == day.year else f"{said} {day.year}"


def say_moment(moment: datetime, *, near: date | None = None) -> str:
    """Say a day and its time.

    >>> say_moment(datetime(2027, 1, 15, 17, 30), near=date(2027, 1, 8))
    'Fri 15 Jan 17:30'
    """
    return f"{say_day(moment.date(), near=near)} {moment:%H:%M}"


def count(number: int, thing: str) -> str:
    """Say how many there are.

    >>> count(1, "day"), count(3, "day")
    ('1 day', '3 days')
    """
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def off_target(days: int) -> str:
    """Say how many days after its target something stands.

    >>> off_target(1), off_target(-2), off_target(0)
    ('1 day late', '2 days early', 'on its target')
    """
    if not days:
        return "on its target"
    return f"{count(abs(days), 'day')} {'late' if days > 0 else 'early'}"


def listed(parts: Sequence[str], *, most: int = 2) -> str:
    """Join things to a list, the rest of a long one counted.

    >>> listed(["a", "b", "c", "d"])
    'a, b and 2 more'
    """
    if len(parts) > most:
        return f"{', '.join(parts[:most])} and {len(parts) - most} more"
    return " and ".join(parts)
