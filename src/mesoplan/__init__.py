"""Turn a treatment protocol into one person's dated plan, and keep that plan true."""

from importlib import import_module
from typing import Any

_HOMES = {
    "calendar.ics": ("to_ics",),
    "calendar.incoming.proposals": ("Proposal",),
    "calendar.incoming.reading": ("CalendarReading", "facts_from_ics"),
    "calendar.itip": ("Mailbox", "to_itip"),
    "calendar.entry": ("uid_of",),
    "care.aftercare": ("Assessment", "Holding", "advice_at", "assess"),
    "care.screening": (
        "Question",
        "Ruling",
        "Screening",
        "proposed_fact",
        "questionnaire",
        "screen",
    ),
    "checking": ("RULES", "Remark", "Rule", "check_protocol", "explain_rule"),
    "clinic.clinic": ("Clinic", "Closure"),
    "compose": ("combine", "derive"),
    "compose.compare": ("Difference", "compare"),
    "course.course": ("Course", "Preferences"),
    "course.facts": (
        "Attended",
        "Away",
        "Begun",
        "Cancelled",
        "Corrected",
        "Ended",
        "Extended",
        "Fact",
        "Missed",
        "Moved",
        "Paused",
        "Preferred",
        "Resumed",
        "Reviewed",
        "Stopped",
    ),
    "files.plan_file": ("dump_plan", "load_plan"),
    "files.protocol_file": ("dump_protocol", "load_clinic", "load_protocol"),
    "files.schema": ("protocol_schema",),
    "handout.html": ("to_html",),
    "handout.picture": ("to_svg",),
    "handout.tables": ("to_csv", "to_markdown"),
    "languages": ("languages", "load_language"),
    "languages.language": ("Language",),
    "languages.translating": ("language_findings", "translated"),
    "plan.adherence": ("Adherence",),
    "plan.change": ("Change",),
    "plan.codes": ("codes",),
    "plan.plan": ("Plan",),
    "plan.reason": ("Reason",),
    "plan.timing": ("NextSession", "Verdict"),
    "plan.visit": ("AtHome", "Expectation", "Finding", "Visit"),
    "protocol.anchor": ("Anchor",),
    "protocol.care": ("Advice", "Effect", "RedFlag"),
    "protocol.criteria": ("Criterion",),
    "protocol.phase": ("Phase",),
    "protocol.phase_parts": ("Outcome", "Spacing", "Step", "Tier"),
    "protocol.protocol": ("Protocol",),
    "protocol.review": ("Adjunct", "Milestone", "Review"),
    "protocol.source": ("Source",),
    "protocol.variant": ("PhaseNumbers", "ReviewNumbers", "Variant"),
    "protocol.visit_key": ("VisitKey",),
    "protocols": ("protocols",),
    "scheduling.alternatives": ("Alternative", "alternatives"),
    "scheduling.schedule": ("schedule",),
    "values.errors": (
        "CalendarError",
        "ClinicError",
        "CourseError",
        "Fault",
        "MesoplanError",
        "PlanError",
        "ProtocolError",
        "RecordError",
    ),
    "values.period": ("Period", "Window"),
}
"""Where each public name lives, once; `python tests/front_door.py` tells type checkers from it.

A name is imported when it is first asked for, as pydantic does.
"""

_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(  # noqa: PLE0605 - type checkers read it in the stub
    _HOME, key=lambda name: (not name.isupper(), name[0].islower(), name)
)


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives (PEP 562), or look the version up."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - slow to import, and seldom needed

        return version(__name__)
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOME[name]}")
    value = module if name == _HOME[name] else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, those not yet imported too."""
    return sorted(__all__)
