"""A clinic with lunch breaks, public holidays and summer leave, and a person with wishes of their own."""

from datetime import UTC, date, datetime, time

from mesoplan import Away, Clinic, Closure, Course, Preferences, protocols, schedule

clinic = Clinic(
    name="Example Clinic",
    timezone="Europe/Istanbul",
    hours={"mon-fri": ["09:00-12:30", "14:00-18:30"], "sat": "10:00-14:00"},
    holidays="TR",
    closures=[
        Closure(first=date(2027, 1, 18), last=date(2027, 1, 29), reason="Winter leave"),
        Closure(first=date(2027, 3, 5), last=date(2027, 3, 5), reason="Congress"),
    ],
)
course = Course(
    id="course-2077",
    protocol=protocols.get("mesotherapy-weekly"),
    start=datetime(2026, 12, 4, 17, 30),
    preferences=Preferences(weekdays=("thu", "fri"), time=time(17, 30)),
    facts=[Away(first=date(2027, 2, 17), last=date(2027, 2, 20))],
)
plan = schedule(course, clinic, as_of=datetime(2026, 11, 20, 9, 0, tzinfo=UTC))

print("Visits that do not stand on their target, and why:")
for visit in plan.visits:
    if visit.day != visit.target:
        print(
            f"  {visit.start:%a %Y-%m-%d %H:%M}  {visit.title}: {'; '.join(map(str, visit.reasons))}"
        )

print("\nFor a person to look at:")
for finding in plan.findings:
    print(f"  {finding}")

assert not any(clinic.closed(visit.day) for visit in plan.visits)
