"""Plans that show everything a handout can hold, and one whose every text is hostile."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

from mesoplan import (
    Advice,
    Attended,
    Away,
    Cancelled,
    Clinic,
    Closure,
    Course,
    Effect,
    Milestone,
    Missed,
    Phase,
    Plan,
    Protocol,
    RedFlag,
    Review,
    Step,
    protocols,
    schedule,
)

FIRST = datetime(2026, 11, 20, 9, tzinfo=UTC)
LATER = datetime(2027, 1, 11, 9, tzinfo=UTC)
CLINIC = Clinic(
    name="Klinik Işık",
    location="Bağdat Cd. 12, Kadıköy, İstanbul",
    phone="+90 216 000 00 00",
    timezone="Europe/Istanbul",
    hours={"mon-fri": "09:00-18:30", "sat": "10:00-14:00"},
    closures=[
        Closure(first=date(2027, 1, 1), reason="New Year's Day"),
        Closure(first=date(2027, 3, 9), last=date(2027, 3, 11), reason="Bayram"),
    ],
)
HOSTILE = (
    '<script>alert(1)</script><img src=x onerror="alert(1)">',
    "</style></svg><svg onload=alert(1)>",
    "]]><!-- &lt; {{ 7*7 }} {% raw %} ${x}",
    '=HYPERLINK("http://x","y") | pipe `code` [a](javascript:x) *b*',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "gnp.exe\u202ecod \u2067א\u2069 👩🏽‍⚕️ مرحبا \ufffe",
)


@cache
def lived() -> Plan:
    """Give the weekly course in its sixth week: attended, missed, cancelled, moved, away."""
    protocol = protocols.get("mesotherapy-weekly")
    course = Course(id="course-1042", protocol=protocol, start=datetime(2026, 12, 4, 17, 30))
    plan = schedule(course, CLINIC, as_of=FIRST)
    course = course.record(
        *(Attended(visit=f"induction-{number}") for number in range(1, 6)),
        Missed(visit="induction-6"),
        Cancelled(visit="induction-8"),
        Away(first=date(2027, 2, 10), last=date(2027, 2, 20)),
    )
    return schedule(course, CLINIC, as_of=LATER, previous=plan)


@cache
def hostile() -> Plan:
    """Give a plan whose every text tries to break out of the page, the picture or the table."""
    script, style, template, formula, command, odd = HOSTILE
    long = (odd + script) * 120
    protocol = Protocol(
        id="hostile",
        title=script,
        phases=[
            Phase(
                id="a", title=formula, every="P1W", sessions=2, steps=[Step(label=command), Step()]
            ),
            Phase(id="b", title=odd, every="P1W", sessions=1, place="home"),
        ],
        reviews=[Review(id="look", title=style, at="start + P3D", looks_at=template)],
        milestones=[Milestone(id="m", title=template, at="start", text=long[:10_000])],
        advice=[Advice(id="a", kind="avoid", title=style, text=odd, until="P1D")],
        effects=[Effect(id="e", title=script, text=style, usual_max="P1D", if_longer=template)],
        red_flags=[RedFlag(id="r", title=odd, text=script, urgency="urgent")],
    )
    clinic = Clinic(
        name=script,
        location=style,
        phone=command,
        timezone="Europe/Istanbul",
        closures=[Closure(first=date(2026, 12, 3), reason=template)],
    )
    course = Course(id="course-9", protocol=protocol, start=datetime(2026, 12, 1, 10))
    return schedule(course, clinic, as_of=FIRST)
