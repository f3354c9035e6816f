"""A patient's calendar from a published protocol: plan, write the file, replan after a missed session."""

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from mesoplan import Away, Clinic, Course, Missed, protocols, schedule, to_ics

clinic = Clinic(
    name="Example Clinic",
    timezone="Europe/Istanbul",
    hours={"mon-fri": "09:00-18:30", "sat": "10:00-14:00"},
)
course = Course(
    id="course-1042",
    protocol=protocols.get("mesotherapy-weekly"),
    start=datetime(2026, 12, 1, 17, 30),
)
plan = schedule(course, clinic, as_of=datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
print(plan)

with TemporaryDirectory() as folder:
    file = Path(folder, "course-1042.ics")
    file.write_bytes(to_ics(plan))
    print(f"\n{file.name}: {len(plan.visits)} visits, {file.stat().st_size} bytes")

# Life happens: facts are recorded, and the same function plans what is left.
course = course.record(
    Missed(visit="induction-6"), Away(first=date(2027, 2, 1), last=date(2027, 2, 14))
)
later = schedule(course, clinic, as_of=datetime(2027, 1, 6, 9, 0, tzinfo=UTC), previous=plan)
print("\nAfter a missed session and two weeks away:")
for change in later.changes_since(plan):
    print(change)
