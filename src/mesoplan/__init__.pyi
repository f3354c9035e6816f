# What type checkers see of mesoplan, written by `python tests/front_door.py`.

from mesoplan import languages as languages
from mesoplan import protocols as protocols
from mesoplan.calendar.entry import uid_of as uid_of
from mesoplan.calendar.ics import to_ics as to_ics
from mesoplan.calendar.incoming.proposals import Proposal as Proposal
from mesoplan.calendar.incoming.reading import CalendarReading as CalendarReading
from mesoplan.calendar.incoming.reading import facts_from_ics as facts_from_ics
from mesoplan.calendar.itip import Mailbox as Mailbox
from mesoplan.calendar.itip import to_itip as to_itip
from mesoplan.care.aftercare import Assessment as Assessment
from mesoplan.care.aftercare import Holding as Holding
from mesoplan.care.aftercare import advice_at as advice_at
from mesoplan.care.aftercare import assess as assess
from mesoplan.care.screening import Question as Question
from mesoplan.care.screening import Ruling as Ruling
from mesoplan.care.screening import Screening as Screening
from mesoplan.care.screening import proposed_fact as proposed_fact
from mesoplan.care.screening import questionnaire as questionnaire
from mesoplan.care.screening import screen as screen
from mesoplan.checking import RULES as RULES
from mesoplan.checking import Remark as Remark
from mesoplan.checking import Rule as Rule
from mesoplan.checking import check_protocol as check_protocol
from mesoplan.checking import explain_rule as explain_rule
from mesoplan.clinic.clinic import Clinic as Clinic
from mesoplan.clinic.clinic import Closure as Closure
from mesoplan.compose import combine as combine
from mesoplan.compose import derive as derive
from mesoplan.compose.compare import Difference as Difference
from mesoplan.compose.compare import compare as compare
from mesoplan.course.course import Course as Course
from mesoplan.course.course import Preferences as Preferences
from mesoplan.course.facts import Attended as Attended
from mesoplan.course.facts import Away as Away
from mesoplan.course.facts import Begun as Begun
from mesoplan.course.facts import Cancelled as Cancelled
from mesoplan.course.facts import Corrected as Corrected
from mesoplan.course.facts import Ended as Ended
from mesoplan.course.facts import Extended as Extended
from mesoplan.course.facts import Fact as Fact
from mesoplan.course.facts import Missed as Missed
from mesoplan.course.facts import Moved as Moved
from mesoplan.course.facts import Paused as Paused
from mesoplan.course.facts import Preferred as Preferred
from mesoplan.course.facts import Resumed as Resumed
from mesoplan.course.facts import Reviewed as Reviewed
from mesoplan.course.facts import Stopped as Stopped
from mesoplan.files.plan_file import dump_plan as dump_plan
from mesoplan.files.plan_file import load_plan as load_plan
from mesoplan.files.protocol_file import dump_protocol as dump_protocol
from mesoplan.files.protocol_file import load_clinic as load_clinic
from mesoplan.files.protocol_file import load_protocol as load_protocol
from mesoplan.files.schema import protocol_schema as protocol_schema
from mesoplan.handout.html import to_html as to_html
from mesoplan.handout.picture import to_svg as to_svg
from mesoplan.handout.tables import to_csv as to_csv
from mesoplan.handout.tables import to_markdown as to_markdown
from mesoplan.languages import load_language as load_language
from mesoplan.languages.language import Language as Language
from mesoplan.languages.translating import language_findings as language_findings
from mesoplan.languages.translating import translated as translated
from mesoplan.plan.adherence import Adherence as Adherence
from mesoplan.plan.change import Change as Change
from mesoplan.plan.codes import codes as codes
from mesoplan.plan.plan import Plan as Plan
from mesoplan.plan.reason import Reason as Reason
from mesoplan.plan.timing import NextSession as NextSession
from mesoplan.plan.timing import Verdict as Verdict
from mesoplan.plan.visit import AtHome as AtHome
from mesoplan.plan.visit import Expectation as Expectation
from mesoplan.plan.visit import Finding as Finding
from mesoplan.plan.visit import Visit as Visit
from mesoplan.protocol.anchor import Anchor as Anchor
from mesoplan.protocol.care import Advice as Advice
from mesoplan.protocol.care import Effect as Effect
from mesoplan.protocol.care import RedFlag as RedFlag
from mesoplan.protocol.criteria import Criterion as Criterion
from mesoplan.protocol.phase import Phase as Phase
from mesoplan.protocol.phase_parts import Outcome as Outcome
from mesoplan.protocol.phase_parts import Spacing as Spacing
from mesoplan.protocol.phase_parts import Step as Step
from mesoplan.protocol.phase_parts import Tier as Tier
from mesoplan.protocol.protocol import Protocol as Protocol
from mesoplan.protocol.review import Adjunct as Adjunct
from mesoplan.protocol.review import Milestone as Milestone
from mesoplan.protocol.review import Review as Review
from mesoplan.protocol.source import Source as Source
from mesoplan.protocol.variant import PhaseNumbers as PhaseNumbers
from mesoplan.protocol.variant import ReviewNumbers as ReviewNumbers
from mesoplan.protocol.variant import Variant as Variant
from mesoplan.protocol.visit_key import VisitKey as VisitKey
from mesoplan.scheduling.alternatives import Alternative as Alternative
from mesoplan.scheduling.alternatives import alternatives as alternatives
from mesoplan.scheduling.schedule import schedule as schedule
from mesoplan.values.errors import CalendarError as CalendarError
from mesoplan.values.errors import ClinicError as ClinicError
from mesoplan.values.errors import CourseError as CourseError
from mesoplan.values.errors import Fault as Fault
from mesoplan.values.errors import MesoplanError as MesoplanError
from mesoplan.values.errors import PlanError as PlanError
from mesoplan.values.errors import ProtocolError as ProtocolError
from mesoplan.values.errors import RecordError as RecordError
from mesoplan.values.period import Period as Period
from mesoplan.values.period import Window as Window

__version__: str
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
    "Begun",
    "CalendarError",
    "CalendarReading",
    "Cancelled",
    "Change",
    "Clinic",
    "ClinicError",
    "Closure",
    "Corrected",
    "Course",
    "CourseError",
    "Criterion",
    "Difference",
    "Effect",
    "Ended",
    "Expectation",
    "Extended",
    "Fact",
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
    "PhaseNumbers",
    "Plan",
    "PlanError",
    "Preferences",
    "Preferred",
    "Proposal",
    "Protocol",
    "ProtocolError",
    "Question",
    "Reason",
    "RecordError",
    "RedFlag",
    "Remark",
    "Resumed",
    "Review",
    "ReviewNumbers",
    "Reviewed",
    "Rule",
    "Ruling",
    "Screening",
    "Source",
    "Spacing",
    "Step",
    "Stopped",
    "Tier",
    "Variant",
    "Verdict",
    "Visit",
    "VisitKey",
    "Window",
    "advice_at",
    "alternatives",
    "assess",
    "check_protocol",
    "codes",
    "combine",
    "compare",
    "derive",
    "dump_plan",
    "dump_protocol",
    "explain_rule",
    "facts_from_ics",
    "language_findings",
    "languages",
    "load_clinic",
    "load_language",
    "load_plan",
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
