"""Where and when visits can take place: time zone, opening hours, closures, holidays."""

import re
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, StringConstraints, field_validator, model_validator

from mesoplan.clinic.holidays import public_holidays, region_fault
from mesoplan.clinic.opening import Span
from mesoplan.values.base import Model
from mesoplan.values.errors import ClinicError, Fault, MesoplanError, nearest
from mesoplan.values.faults import unfit
from mesoplan.values.kinds import Day, Line, Table, Written
from mesoplan.values.weekdays import NAMES, WEEKDAYS, Weekday, weekdays_in

Region = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{2,3}(-[A-Z0-9]{1,4})?$"),
    Written(
        "is not a country, or country and subdivision, of ISO 3166",
        'write "TR" or "CA-SK"',
        code="not-a-region",
    ),
]
"""A country or country and subdivision, ISO 3166: `TR`, `CA-SK`."""

Stretches = tuple[tuple[int, int], ...]
"""Stretches of one day, in minutes after its midnight."""

_MOST_DAYS = 4096
"""So many days of a clinic are remembered, about eleven years."""

_ALWAYS: Stretches = ((0, 366 * 24 * 60),)  # a clinic that never closes lets a visit pass midnight


def _same_day(closure: dict[str, Any]) -> date:
    first: date = closure.get("first", date.max)  # if first is refused, one fault is enough
    return first


class Closure(Model):
    """Days on which the clinic is closed, both included, and why."""

    refusal: ClassVar[type[ClinicError]] = ClinicError

    first: Day
    """The first day."""
    last: Day = Field(default_factory=_same_day)
    """Without it the clinic is closed on the first day only."""
    reason: Line = "Closed"
    """Why, in the words that plans show."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            first: date | str,
            last: date | str = ...,
            reason: str = "Closed",
        ) -> None: ...

    @model_validator(mode="after")
    def _in_order(self) -> "Closure":
        if self.last < self.first:
            what = f"lies before first ({self.first})"
            raise ClinicError(
                Fault(
                    "last", what, str(self.last), "exchange the two", code="ends-before-it-begins"
                )
            )
        return self


class Clinic(Model):
    """A clinic's time zone, opening hours, closures and public holidays.

    `hours` maps weekdays to opening hours, several a day as a list; a weekday that is not named is
    closed, and a clinic without `hours` is always open. `holidays` names a region (`TR`, `CA-SK`)
    and needs the extra of that name. Raises ClinicError with every fault at once.

    >>> clinic = Clinic(timezone="Europe/Istanbul", hours={"mon-fri": ["09:00-12:30", "14:00-18:30"]})
    >>> clinic.closed(date(2026, 12, 6))
    'Sunday'
    """

    refusal: ClassVar[type[ClinicError]] = ClinicError

    name: Line | None = None
    """As it stands in a person's calendar."""
    location: Line | None = None
    """Its address."""
    phone: Line | None = None
    """The number to call, as it is shown to patients."""
    timezone: str
    """The IANA name; a `ZoneInfo` is taken by its name."""
    hours: Table[Weekday, tuple[Span, ...]] | None = None
    """Weekday to opening hours, several spans a day."""
    holidays: Region | None = None
    """The region whose public holidays it keeps."""
    closures: Annotated[tuple[Closure, ...], Field(max_length=10_000)] = ()
    """The days on which it is closed beside holidays."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            name: str | None = None,
            location: str | None = None,
            phone: str | None = None,
            timezone: str | zoneinfo.ZoneInfo,
            hours: Mapping[Any, str | Span | Sequence[str | Span]] | None = None,
            holidays: str | None = None,
            closures: Sequence[Closure | Mapping[str, Any]] = (),
        ) -> None: ...

    @field_validator("timezone", mode="before")
    @classmethod
    def _known_zone(cls, value: Any) -> Any:
        name = value.key if isinstance(value, zoneinfo.ZoneInfo) else value
        if isinstance(name, str) and name in _known_zones():
            return name
        remedy = _zone_remedy(name) if isinstance(name, str) else _NAMED_ZONE
        raise unfit("is not an IANA time zone", remedy, code="unknown-time-zone")

    @field_validator("hours", mode="before")
    @classmethod
    def _by_weekday(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        faults: list[Fault] = []
        days: dict[str, list[Span]] = {}
        for key, spans in value.items():
            try:
                for weekday in weekdays_in(str(key)):
                    days.setdefault(weekday, []).extend(_spans(spans))
            except MesoplanError as error:
                faults += [replace(fault, path=str(key)) for fault in error.faults]
        if faults:
            raise ClinicError(*faults)
        return {name: tuple(sorted(days[name])) for name in WEEKDAYS if days.get(name)}

    @field_validator("hours")
    @classmethod
    def _sometime(
        cls, value: Mapping[Weekday, tuple[Span, ...]] | None
    ) -> Mapping[Weekday, tuple[Span, ...]] | None:
        if value is None:
            return None
        if not value:
            raise unfit(
                "are never open",
                "write hours, or leave them out if it is always open",
                code="never-open",
            )
        faults = [
            Fault(
                weekday,
                "has hours that overlap",
                f"{one}, {other}",
                "join them",
                code="overlapping-hours",
            )
            for weekday, spans in value.items()
            for one, other in pairwise(spans)
            if other.opens < one.closes
        ]
        if faults:
            raise ClinicError(*faults)
        return value

    @field_validator("holidays")
    @classmethod
    def _known_region(cls, value: str | None) -> str | None:
        fault = region_fault(value) if value else None
        if fault:
            raise unfit(fault.what, fault.remedy, code=fault.code)
        return value

    @cached_property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone's rules."""
        return zoneinfo.ZoneInfo(self.timezone)

    @cached_property
    def _week(self) -> tuple[Stretches, ...]:
        if self.hours is None:
            return (_ALWAYS,) * 7
        spans = (self.hours.get(name, ()) for name in WEEKDAYS)
        return tuple(tuple((span.opens, span.closes) for span in day) for day in spans)

    @cached_property
    def _longest(self) -> tuple[int, ...]:
        return tuple(max((end - begin for begin, end in day), default=0) for day in self._week)

    @cached_property
    def _closed(self) -> tuple[tuple[int, int, str], ...]:
        return tuple((c.first.toordinal(), c.last.toordinal(), c.reason) for c in self.closures)

    @property
    def longest(self) -> int:
        """The longest visit that any day has room for, in minutes."""
        return max(self._longest)

    def closed(self, day: date) -> str | None:
        """Return why the clinic is closed (closure, holiday or weekday), or None if it is open."""
        return self.why_closed(day.toordinal())

    def why_closed(self, ordinal: int) -> str | None:
        """Return why the clinic is closed on the day of that ordinal, or None if it is open."""
        exception = self._exception(ordinal)
        if exception is not None:
            return exception
        weekday = (ordinal - 1) % 7
        return None if self._week[weekday] else NAMES[weekday]

    def exception(self, day: date) -> str | None:
        """Return the closure's reason or the holiday's name, or None on a day with its usual hours."""
        return self._exception(day.toordinal())

    def _exception(self, ordinal: int) -> str | None:
        for first, last, reason in self._closed:
            if first <= ordinal <= last:
                return reason
        if self.holidays is None:
            return None
        return public_holidays(self.holidays, date.fromordinal(ordinal).year).get(ordinal)

    def spans(self, ordinal: int) -> Stretches:
        """Return the opening hours of the weekday of that ordinal, in minutes after midnight."""
        return self._week[(ordinal - 1) % 7]

    def room(self, ordinal: int) -> int:
        """Return the longest visit that the day of that ordinal has room for, in minutes."""
        rooms = self._rooms
        found = rooms.get(ordinal)
        if found is None:
            if len(rooms) >= _MOST_DAYS:
                rooms.clear()
            found = 0 if self.why_closed(ordinal) else self._longest[(ordinal - 1) % 7]
            rooms[ordinal] = found
        return found

    @cached_property
    def _rooms(self) -> dict[int, int]:
        """What was asked of a day before: every course at a clinic asks for the same days."""
        return {}

    def at(self, ordinal: int, minutes: int) -> datetime:
        """Return the aware time of a local day and minutes after midnight; no other code makes one.

        A time that does not exist (spring) moves forward by the gap; of one that exists twice
        (autumn) it is the first.
        """
        local = datetime.fromordinal(ordinal) + timedelta(minutes=minutes)
        aware = local.replace(tzinfo=self.zone)
        return aware.astimezone(UTC).astimezone(self.zone)

    def local(self, moment: datetime) -> datetime:
        """Return the naive local time of a moment; a naive moment is local already."""
        return (
            moment if moment.tzinfo is None else moment.astimezone(self.zone).replace(tzinfo=None)
        )


def _spans(value: Any) -> Iterator[Span]:
    for part in value if isinstance(value, list | tuple) else [value]:
        if isinstance(part, Span):
            yield part
        elif isinstance(part, str):
            yield from map(_span, part.split(","))
        else:
            raise Span.refused("is not text", part, code="not-text")


_span = lru_cache(maxsize=256)(Span)


@cache
def _known_zones() -> frozenset[str]:
    # "localtime" depends on the machine, and "Factory" says that nobody has set it.
    return frozenset(zoneinfo.available_timezones() - {"localtime", "Factory"})


_NAMED_ZONE = 'write the name of a zone, for example "Europe/Istanbul" or "UTC"'
_OFFSET = re.compile(r"(?:Etc/|UTC|GMT)*\s*[+-]?[0-9:]+", re.IGNORECASE)


def _zone_remedy(value: str) -> str:
    if _OFFSET.fullmatch(value):  # the signs of Etc/GMT+3 mean the opposite of what people mean
        return 'an offset is no zone: write the name of one, for example "Europe/Istanbul"'
    known = sorted(name for name in _known_zones() if not name.startswith("Etc/"))
    by_city = {name.rpartition("/")[2].lower(): name for name in known}
    city = by_city.get(value.rpartition("/")[2].replace(" ", "_").lower())
    if city:
        return f'write "{city}"'
    near = nearest(value, known)
    return f'write the name of a zone, perhaps "{near}"' if near else _NAMED_ZONE
