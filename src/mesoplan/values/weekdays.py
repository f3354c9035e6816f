"""Days of the week as people write them: `mon`, `mon-fri`, `mon, wed, fri`."""

from functools import lru_cache
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator

from mesoplan.values.errors import Fault, MesoplanError, closest, shown
from mesoplan.values.faults import unfit

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
"""All seven, Monday first, as `date.weekday()` counts them."""

NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@lru_cache(maxsize=256)
def weekdays_in(text: str) -> tuple[Weekday, ...]:
    """Read `mon-fri`, `sat` or `mon, wed, fri`; raises MesoplanError for an unknown day.

    >>> weekdays_in("sat-mon")
    ('sat', 'sun', 'mon')
    """
    found: list[Weekday] = []
    for part in text.lower().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        start, stop = _index(first), _index(last if dash else first)
        found += [WEEKDAYS[(start + n) % 7] for n in range((stop - start) % 7 + 1)]
    return tuple(dict.fromkeys(found))


def _index(name: str) -> int:
    for number, weekday in enumerate(WEEKDAYS):
        if name and NAMES[number].lower().startswith(name) and name.startswith(weekday):
            return number
    fault = Fault(
        "", "is not a day of the week", shown(name), closest(name, WEEKDAYS), code="unknown-weekday"
    )
    raise MesoplanError(fault)


def _expanded(value: Any) -> Any:
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        return value
    try:
        return tuple(dict.fromkeys(day for part in parts for day in weekdays_in(part)))
    except MesoplanError as error:
        fault = error.faults[0]
        raise unfit(fault.what, fault.remedy, fault.got, code=fault.code) from None


Weekdays = Annotated[tuple[Weekday, ...], BeforeValidator(_expanded)]
"""A set of weekdays in the order given, from `"mon-fri"` or `("mon", "wed", "fri")`."""
