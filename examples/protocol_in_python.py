"""A protocol of your own, written in Python: every number with its source, checked, planned, saved."""

from datetime import UTC, datetime

from mesoplan import (
    Clinic,
    Course,
    Milestone,
    Phase,
    Protocol,
    Review,
    Source,
    check_protocol,
    dump_protocol,
    load_protocol,
    schedule,
)

protocol = Protocol(
    id="example-microneedling",
    title="Microneedling, three weeks apart",
    version="1",
    field="hair",
    treatment="microneedling",
    month_end="clip",
    phases=[
        Phase(
            id="induction",
            title="Microneedling session",
            every="P3W",
            sessions=6,
            window="P4D",
            min_interval="P2W",
            restart_after="P12W",
            duration="PT40M",
            observation="PT10M",
            steps=["0.5 mm", "0.5 mm", "1.0 mm", "1.0 mm", "1.5 mm", "1.5 mm"],
            basis={"every": "leaflet", "sessions": "leaflet", "*": "assumption"},
        ),
        Phase(
            id="maintenance",
            title="Maintenance session",
            starts="last session of induction + P3M",
            every="P3M",
            until="P1Y",
            window="P2W",
            min_interval="P8W",
            basis={"*": "assumption: as long as it helps"},
        ),
    ],
    reviews=[
        Review(
            id="consultation",
            kind="consultation",
            at="start - P1W",
            window="P1W",
            basis={"*": "assumption"},
        ),
        Review(
            id="halfway",
            title="Photographs, halfway",
            at="session 3 of induction",
            basis={"*": "leaflet"},
        ),
        Review(
            id="result",
            title="Review of the result",
            at="last session of induction + P1M",
            window="P1W",
            basis={"*": "assumption"},
        ),
    ],
    milestones=[
        Milestone(
            id="first-results",
            title="First results",
            at="session 3",
            until="session 5",
            basis={"*": "leaflet"},
        )
    ],
    sources=[
        Source(
            id="leaflet",
            title="The leaflet of an example clinic",
            year=2026,
            url="https://example.org/leaflet",
        )
    ],
    checks={
        "MP203": "the leaflet prints rhythm and number only",
        "MP220": "a session of the maintenance may be late by any time",
    },
)

for remark in check_protocol(protocol):
    print(remark)

text = dump_protocol(protocol)
assert load_protocol(text) == protocol
print(text)

course = Course(id="course-3", protocol=protocol, start=datetime(2027, 3, 8, 10, 0))
clinic = Clinic(timezone="Europe/Berlin", hours={"mon-thu": "08:00-17:00", "fri": "08:00-13:00"})
print(schedule(course, clinic, as_of=datetime(2027, 2, 15, 9, 0, tzinfo=UTC)))
