"""A last check of a calendar before it is handed out, for what icalendar does not check."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC

from mesoplan.calendar.lines import Lines
from mesoplan.plan.visit import Visit
from mesoplan.values.errors import CalendarError, Fault

_REQUIRED = frozenset(
    {"UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS"}
)
_YEARS = range(1900, 9999)  # a zone needs the year before, and a last day in UTC
_PLANNED = "export a plan as schedule made it"
_SHARED = "has the UID of another entry"
_NAME = re.compile("[A-Z-]+")
_EMPTY = re.compile("[A-Z-]+:")
_MOMENT = re.compile(r"(?:DTSTART|DTEND)(?:;TZID=(?P<zone>[^:]+):\d{8}T\d{6}|:\d{8}T\d{6}Z)")


def check_visits(visits: Sequence[Visit]) -> None:
    """Raise CalendarError, naming every visit whose times no calendar can hold."""
    _refuse([fault for visit in visits for fault in _unfit_times(visit)])


def check_entries(entries: Sequence[tuple[str, Lines]], tzid: str) -> None:
    """Raise CalendarError with every fault of the entries, each given with the key of its visit.

    Each has every required property once (RFC 5545, 3.6.1), none without a value, times in the
    calendar's zone or in UTC, and a UID of its own.
    """
    faults = [
        Fault(key, what, code="not-a-calendar-entry")
        for key, lines in entries
        for what in _unfit(lines, tzid)
    ]
    uids = [(key, line) for key, lines in entries for line in lines if line.startswith("UID:")]
    count = Counter(uid for _, uid in uids)
    _refuse(
        faults + [Fault(key, _SHARED, code="used-twice") for key, uid in uids if count[uid] > 1]
    )


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise CalendarError(*faults, subject="calendar")


def _unfit_times(visit: Visit) -> Iterator[Fault]:
    named = {"start": visit.start, "end": visit.end, "stamp": visit.stamp}
    for name, moment in named.items():
        if moment.tzinfo is None:
            yield Fault(
                f"{visit.key}.{name}",
                "has no time zone",
                str(moment),
                _PLANNED,
                code="no-time-zone",
            )
        elif moment.year not in _YEARS:
            yield Fault(
                f"{visit.key}.{name}",
                "lies outside 1900 to 9998",
                str(moment),
                code="beyond-the-calendar",
            )
    if not any(moment.tzinfo is None for moment in named.values()):
        yield from _unfit_length(visit)


def _unfit_length(visit: Visit) -> Iterator[Fault]:
    # In UTC: within one zone Python compares what the clock shows, which autumn turns back.
    start, end = visit.start.astimezone(UTC), visit.end.astimezone(UTC)
    if end.replace(microsecond=0) <= start.replace(microsecond=0):
        yield Fault(
            f"{visit.key}.end",
            f"is not after start ({visit.start})",
            str(visit.end),
            code="ends-before-it-begins",
        )


def _unfit(lines: Lines, tzid: str) -> Iterator[str]:
    own = lines[: lines.index("BEGIN:VALARM")] if "BEGIN:VALARM" in lines else lines
    names = Counter(found.group() for found in map(_NAME.match, own) if found)
    yield from (f"has {names[name]} {name}" for name in sorted(_REQUIRED) if names[name] != 1)
    yield from (f"has an empty {line[:-1]}" for line in own if _EMPTY.fullmatch(line))
    for line in own:
        if line.startswith(("DTSTART", "DTEND")):
            found = _MOMENT.fullmatch(line)
            if not found or found["zone"] not in {None, tzid}:
                yield f"has a time neither in {tzid} nor in UTC: {line}"
