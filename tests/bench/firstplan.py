"""What a fresh process runs for its first plan and calendar file, with mesoplan and without it.

Models are built when they are first used, so that an import alone does not say how long a program of
one plan takes.
"""

from __future__ import annotations

from pathlib import Path

OURS = """\
from datetime import UTC, datetime
from mesoplan import Clinic, Course, protocols, schedule, to_ics

course = Course(
    id="course-1", protocol=protocols.get("mesotherapy-weekly"), start=datetime(2026, 12, 1, 17, 30)
)
clinic = Clinic(timezone="Europe/Istanbul", hours={"mon-sat": "09:00-18:30"})
assert to_ics(schedule(course, clinic, as_of=datetime(2026, 11, 20, tzinfo=UTC)))
"""
PLAINLY = f"""\
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo
from icalendar import Calendar, Event
import script

hours = dict.fromkeys(range(6), (time(9), time(18, 30)))
place = script.Place(zone=ZoneInfo("Europe/Istanbul"), hours=hours, holidays=(), closures=())
now = datetime(2026, 11, 20, tzinfo=UTC)
calendar = Calendar.new(prodid="-//bench//EN")
for number, entry in enumerate(script.plan(datetime(2026, 12, 1, 17, 30), place, [])):
    calendar.add_component(
        Event.new(
            uid=str(number),
            stamp=now,
            summary=entry["title"],
            start=entry["start"],
            end=entry["end"],
        )
    )
calendar.add_missing_timezones()
assert calendar.to_ical()
"""
