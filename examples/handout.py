"""What a patient takes home: the handout in Turkish, the picture of the course, a discreet calendar."""

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from mesoplan import (
    Attended,
    Away,
    Clinic,
    Closure,
    Course,
    Missed,
    language_findings,
    protocols,
    schedule,
    to_html,
    to_ics,
    to_svg,
)

clinic = Clinic(
    name="Example Clinic",
    phone="+90 216 000 00 00",
    timezone="Europe/Istanbul",
    hours={"mon-fri": "09:00-18:30", "sat": "10:00-14:00"},
    closures=[Closure(first=date(2027, 8, 2), last=date(2027, 8, 15), reason="Summer leave")],
)
course = Course(
    id="course-1042",
    protocol=protocols.get("mesotherapy-weekly"),
    start=datetime(2026, 12, 4, 17, 30),
)
first = schedule(course, clinic, as_of=datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
course = course.record(
    *(Attended(visit=f"induction-{number}") for number in range(1, 6)),
    Missed(visit="induction-6"),
    Away(first=date(2027, 2, 10), last=date(2027, 2, 20)),
)
plan = schedule(course, clinic, as_of=datetime(2027, 1, 11, 9, 0, tzinfo=UTC), previous=first)

# What a language lacks, and whether anybody has reviewed it, is told and never passed over.
for finding in language_findings(course.protocol, "tr"):
    print(f"Note: {finding}")

with TemporaryDirectory() as folder:
    written = {
        "handout.html": to_html(plan, language="tr").encode(),
        "timeline.svg": to_svg(plan).encode(),
        "visits.ics": to_ics(plan, language="tr", privacy="neutral"),
    }
    for name, content in written.items():
        Path(folder, name).write_bytes(content)
        print(f"{name}: {len(content):,} bytes")
