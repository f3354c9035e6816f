"""Turn a treatment protocol into one person's dated plan, and keep that plan true."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mesoplan import languages, protocols
    from mesoplan.authoring.checking import RULES, Remark, Rule, check_protocol
    from mesoplan.authoring.compare import Difference, compare
    from mesoplan.authoring.compose import combine, derive
    from mesoplan.authoring.files import dump_protocol, load_clinic, load_language, load_protocol
    from mesoplan.authoring.schema import protocol_schema
    from mesoplan.clinic.clinic import Clinic, Closure
    from mesoplan.course.course import Course, Preferences
    from mesoplan.course.facts import (
        Attended,
        Away,
        Cancelled,
        Extended,
        Missed,
        Moved,
        Paused,
        Resumed,
        Reviewed,
        Stopped,
    )
    from mesoplan.course.screening import (
        Question,
        Ruling,
        Screening,
        proposed_fact,
        questionnaire,
        screen,
    )
    from mesoplan.export.html import to_html
    from mesoplan.export.ics import to_ics
    from mesoplan.export.itip import Mailbox, to_itip
    from mesoplan.export.svg import to_svg
    from mesoplan.export.tables import to_csv, to_markdown
    from mesoplan.export.uids import uid_of
    from mesoplan.ground.errors import (
        CalendarError,
        ClinicError,
        CourseError,
        Fault,
        MesoplanError,
        PlanError,
        ProtocolError,
        RecordError,
    )
    from mesoplan.ground.language import Language
    from mesoplan.ground.period import Period, Window
    from mesoplan.languages.translating import language_findings, translated
    from mesoplan.plan.adherence import Adherence
    from mesoplan.plan.aftercare import Assessment, Holding, advice_at, assess
    from mesoplan.plan.alternatives import Alternative
    from mesoplan.plan.change import Change
    from mesoplan.plan.plan import Plan
    from mesoplan.plan.schedule import schedule
    from mesoplan.plan.timing import NextSession, Verdict
    from mesoplan.protocol.alongside import Adjunct, Spacing
    from mesoplan.protocol.anchor import Anchor
    from mesoplan.protocol.care import Advice, Effect, RedFlag
    from mesoplan.protocol.criteria import Criterion
    from mesoplan.protocol.phase import Outcome, Phase, Step, Tier
    from mesoplan.protocol.protocol import Protocol
    from mesoplan.protocol.review import Milestone, Review
    from mesoplan.protocol.source import Source
    from mesoplan.reading.facts import facts_from_ics
    from mesoplan.reading.reading import CalendarReading, Proposal
    from mesoplan.scheduling.visit import AtHome, Expectation, Finding, Visit

_HOMES = {
    "languages": ("languages",),
    "protocols": ("protocols",),
    "authoring.checking": ("RULES", "Remark", "Rule", "check_protocol"),
    "authoring.compare": ("Difference", "compare"),
    "authoring.compose": ("combine", "derive"),
    "authoring.files": ("dump_protocol", "load_clinic", "load_language", "load_protocol"),
    "authoring.schema": ("protocol_schema",),
    "clinic.clinic": ("Clinic", "Closure"),
    "course.course": ("Course", "Preferences"),
    "course.facts": (
        "Attended",
        "Away",
        "Cancelled",
        "Extended",
        "Missed",
        "Moved",
        "Paused",
        "Resumed",
        "Reviewed",
        "Stopped",
    ),
    "course.screening": (
        "Question",
        "Ruling",
        "Screening",
        "proposed_fact",
        "questionnaire",
        "screen",
    ),
    "export.html": ("to_html",),
    "export.ics": ("to_ics",),
    "export.itip": ("Mailbox", "to_itip"),
    "export.svg": ("to_svg",),
    "export.tables": ("to_csv", "to_markdown"),
    "export.uids": ("uid_of",),
    "ground.errors": (
        "CalendarError",
        "ClinicError",
        "CourseError",
        "Fault",
        "MesoplanError",
        "PlanError",
        "ProtocolError",
        "RecordError",
    ),
    "ground.language": ("Language",),
    "ground.period": ("Period", "Window"),
    "languages.translating": ("language_findings", "translated"),
    "plan.adherence": ("Adherence",),
    "plan.aftercare": ("Assessment", "Holding", "advice_at", "assess"),
    "plan.alternatives": ("Alternative",),
    "plan.change": ("Change",),
    "plan.plan": ("Plan",),
    "plan.schedule": ("schedule",),
    "plan.timing": ("NextSession", "Verdict"),
    "protocol.alongside": ("Adjunct", "Spacing"),
    "protocol.anchor": ("Anchor",),
    "protocol.care": ("Advice", "Effect", "RedFlag"),
    "protocol.criteria": ("Criterion",),
    "protocol.phase": ("Outcome", "Phase", "Step", "Tier"),
    "protocol.protocol": ("Protocol",),
    "protocol.review": ("Milestone", "Review"),
    "protocol.source": ("Source",),
    "reading.facts": ("facts_from_ics",),
    "reading.reading": ("CalendarReading", "Proposal"),
    "scheduling.visit": ("AtHome", "Expectation", "Finding", "Visit"),
}
"""Where each public name lives. It is imported when it is first asked for, as pydantic does."""

_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "RULES",
    "Adherence",
    "Adjunct",
    "Advice",
    "Alternative",
    "Anchor",
    "Assessment",
    "AtHome",
    "Attended",
    "Away",
    "CalendarError",
    "CalendarReading",
    "Cancelled",
    "Change",
    "Clinic",
    "ClinicError",
    "Closure",
    "Course",
    "CourseError",
    "Criterion",
    "Difference",
    "Effect",
    "Expectation",
    "Extended",
    "Fault",
    "Finding",
    "Holding",
    "Language",
    "Mailbox",
    "MesoplanError",
    "Milestone",
    "Missed",
    "Moved",
    "NextSession",
    "Outcome",
    "Paused",
    "Period",
    "Phase",
    "Plan",
    "PlanError",
    "Preferences",
    "Proposal",
    "Protocol",
    "ProtocolError",
    "Question",
    "RecordError",
    "RedFlag",
    "Remark",
    "Resumed",
    "Review",
    "Reviewed",
    "Rule",
    "Ruling",
    "Screening",
    "Source",
    "Spacing",
    "Step",
    "Stopped",
    "Tier",
    "Verdict",
    "Visit",
    "Window",
    "advice_at",
    "assess",
    "check_protocol",
    "combine",
    "compare",
    "derive",
    "dump_protocol",
    "facts_from_ics",
    "language_findings",
    "languages",
    "load_clinic",
    "load_language",
    "load_protocol",
    "proposed_fact",
    "protocol_schema",
    "protocols",
    "questionnaire",
    "schedule",
    "screen",
    "to_csv",
    "to_html",
    "to_ics",
    "to_itip",
    "to_markdown",
    "to_svg",
    "translated",
    "uid_of",
]


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOME[name]}")
    value = module if name == _HOME[name] else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, those not yet imported too."""
    return sorted(__all__)
