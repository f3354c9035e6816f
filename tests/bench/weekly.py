"""The default course, as mesoplan and as the plain script take it: the same weeks, the same clinic."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import script

from mesoplan import Away, Clinic, Closure, Course, Plan, protocols, schedule

AS_OF = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
AWAY = (date(2027, 2, 1), date(2027, 2, 14))
LEAVE = (date(2027, 8, 2), date(2027, 8, 15))

PROTOCOL = protocols.get("mesotherapy-weekly")
STARTS = [
    start
    for days in range(14)
    if (start := datetime(2026, 12, 1, 17, 30) + timedelta(days=days)).weekday() < 5
]
"""Ten courses, each with days of its own, so that remembering an answer helps neither side."""

CLINIC = Clinic(
    timezone="Europe/Istanbul",
    hours={"mon-fri": "09:00-18:30", "sat": "10:00-14:00"},
    holidays="TR",
    closures=[Closure(first=LEAVE[0], last=LEAVE[1], reason="Summer leave")],
)
PLACE = script.Place(
    zone=ZoneInfo("Europe/Istanbul"),
    hours=dict.fromkeys(range(5), (time(9), time(18, 30))) | {5: (time(10), time(14))},
    holidays=holidays.country_holidays("TR", years=range(2026, 2030)),
    closures=[LEAVE],
)


def courses() -> list[Course]:
    """Make the courses, each with its two weeks away."""
    away = Away(first=AWAY[0], last=AWAY[1])
    return [
        Course(id=f"course-{number}", protocol=PROTOCOL, start=start, facts=(away,))
        for number, start in enumerate(STARTS)
    ]


def ours(fresh: list[Course]) -> list[Plan]:
    """Plan every course with mesoplan."""
    return [schedule(course, CLINIC, as_of=AS_OF) for course in fresh]


def theirs(starts: list[datetime]) -> list[list[dict[str, object]]]:
    """Plan every course with the script."""
    return [script.plan(start, PLACE, [AWAY]) for start in starts]
