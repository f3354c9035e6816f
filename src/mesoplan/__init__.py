"""Turn a treatment protocol into one person's dated plan, and keep that plan true."""

from mesoplan import languages, protocols
from mesoplan.adherence import Adherence
from mesoplan.aftercare import Assessment, Holding, advice_at, assess
from mesoplan.alongside import Adjunct, Spacing
from mesoplan.alternatives import Alternative
from mesoplan.anchor import Anchor
from mesoplan.care import Advice, Effect, RedFlag
from mesoplan.change import Change
from mesoplan.checking import RULES, Remark, Rule, check_protocol
from mesoplan.clinic import Clinic, Closure
from mesoplan.compare import Difference, compare
from mesoplan.compose import combine, derive
from mesoplan.course import Course, Preferences
from mesoplan.criteria import Criterion
from mesoplan.errors import (
    CalendarError,
    ClinicError,
    CourseError,
    Fault,
    MesoplanError,
    PlanError,
    ProtocolError,
    RecordError,
)
from mesoplan.export.html import to_html
from mesoplan.export.ics import to_ics
from mesoplan.export.itip import Mailbox, to_itip
from mesoplan.export.svg import to_svg
from mesoplan.export.tables import to_csv, to_markdown
from mesoplan.export.uids import uid_of
from mesoplan.facts import (
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
from mesoplan.files import dump_protocol, load_clinic, load_language, load_protocol
from mesoplan.language import Language
from mesoplan.languages.translating import language_findings, translated
from mesoplan.period import Period, Window
from mesoplan.phase import Outcome, Phase, Step, Tier
from mesoplan.plan import Plan
from mesoplan.protocol import Protocol
from mesoplan.reading.facts import facts_from_ics
from mesoplan.reading.reading import CalendarReading, Proposal
from mesoplan.review import Milestone, Review
from mesoplan.schedule import schedule
from mesoplan.schema import protocol_schema
from mesoplan.screening import Question, Ruling, Screening, proposed_fact, questionnaire, screen
from mesoplan.source import Source
from mesoplan.timing import NextSession, Verdict
from mesoplan.visit import Expectation, Finding, Visit

__all__ = [
    "RULES",
    "Adherence",
    "Adjunct",
    "Advice",
    "Alternative",
    "Anchor",
    "Assessment",
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
