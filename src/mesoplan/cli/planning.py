"""`plan` and `replan`: dated visits as a table and in files, and a plan made anew."""

import sys
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from mesoplan.calendar.ics import to_ics
from mesoplan.calendar.wording import Privacy
from mesoplan.cli import inputs, options
from mesoplan.cli.printing import print_plan
from mesoplan.cli.writing import STANDARD_OUTPUT, once_each, write
from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.handout.html import to_html
from mesoplan.handout.tables import to_csv
from mesoplan.languages.language import Language
from mesoplan.languages.translating import language_findings
from mesoplan.plan.plan import Plan
from mesoplan.scheduling.schedule import schedule


def plan(
    source: options.ProtocolSource,
    *,
    start: options.Start,
    timezone: options.Timezone = None,
    clinic: options.ClinicFile = None,
    course_id: options.CourseName = None,
    sessions: options.SessionsOption = None,
    away: options.AwayDays = None,
    date: options.Dates = None,
    prefer: options.Prefer = None,
    time: options.Time = None,
    as_of: options.AsOf = None,
    horizon: options.Horizon = None,
    ics: options.IcsFile = None,
    json: options.JsonFile = None,
    html: options.HtmlFile = None,
    csv: options.CsvFile = None,
    language: options.LanguageName = "en",
    privacy: options.PrivacyLevel = "full",
    variant: options.VariantName = None,
) -> None:
    """Plan a course: print its visits; write a calendar, a handout, a table, and JSON."""
    files = once_each(ics=ics, json=json, html=html, csv=csv)
    spoken = inputs.language(language)
    place = inputs.clinic(clinic, timezone)
    protocol = inputs.with_sessions(inputs.protocol(source, variant), sessions or ())
    wishes = {"weekdays": prefer or (), "time": time}
    course = Course(
        id=course_id or inputs.course_id(protocol, start, place.timezone),
        protocol=protocol,
        variant=variant,
        start=start,
        preferences={name: wish for name, wish in wishes.items() if wish},
        dates=dict(date or ()),
        facts=away or (),
    )
    until = options.horizon(horizon) if horizon else None
    made = schedule(course, place, as_of=inputs.moment(as_of, place), horizon=until)
    write(contents(made, files, language=spoken, privacy=privacy))
    remark_on(made, spoken)
    if STANDARD_OUTPUT not in files.values():
        print_plan(made)


def replan(
    file: options.PlanFile,
    *,
    clinic: options.ClinicFile = None,
    as_of: options.AsOf = None,
    horizon: options.Horizon = None,
    ics: options.IcsFile = None,
    json: options.NewPlanFile = None,
    html: options.HtmlFile = None,
    csv: options.CsvFile = None,
    language: options.LanguageName = "en",
    privacy: options.PrivacyLevel = "full",
) -> None:
    """Plan what is left anew, say what changed, and keep the new plan in the file.

    What was announced and is still possible stays; what has happened never moves.
    """
    files = once_each(ics=ics, json=json or file, html=html, csv=csv)
    spoken = inputs.language(language)
    plan = inputs.opened(file)
    place = inputs.clinic(clinic, None) if clinic else None
    made = renewed(plan, plan.course, place, as_of=as_of, horizon=horizon)
    publish(made, plan, files, language=spoken, privacy=privacy)


def renewed(
    plan: Plan,
    course: Course,
    clinic: Clinic | None = None,
    *,
    as_of: datetime | None = None,
    horizon: str | None = None,
) -> Plan:
    """Plan the course anew at its clinic or another, as far ahead as before unless told otherwise."""
    place = clinic or plan.clinic
    at = inputs.moment(as_of, place)
    until = options.horizon(horizon) if horizon else None
    made = schedule(course, place, as_of=at, previous=plan, horizon=until)
    if until is None and made.horizon < plan.horizon:
        return schedule(course, place, as_of=at, previous=plan, horizon=plan.horizon)
    return made


def publish(
    new: Plan,
    old: Plan,
    files: Mapping[str, Path],
    *,
    language: Language,
    privacy: Privacy = "full",
) -> None:
    """Write the new plan in the forms that were asked for, and say what changed from the old one."""
    write(contents(new, files, language=language, privacy=privacy))
    remark_on(new, language)
    if STANDARD_OUTPUT not in files.values():
        _print_changes(new, old)


def _print_changes(new: Plan, old: Plan) -> None:
    changes = new.changes_since(old)
    for change in changes:
        print(change)
    if not changes:
        print("every visit stays")
    for finding in new.findings:
        if finding not in old.findings:
            print(f"Note: {finding}")


def contents(
    plan: Plan, files: Mapping[str, Path], *, language: Language, privacy: Privacy
) -> dict[Path, bytes]:
    """Write a plan in each form that was asked for; what patients read is in their language."""
    return {file: _written(form, plan, language, privacy) for form, file in files.items()}


def remark_on(plan: Plan, language: Language) -> None:
    """Say on standard error what the language lacks, each kind of lack once."""
    found = language_findings(plan.course.protocol, language)
    times = Counter(finding.code for finding in found)
    for code, finding in {finding.code: finding for finding in reversed(found)}.items():
        more = f" (and {times[code] - 1} more)" if times[code] > 1 else ""
        print(f"Note: {finding}{more}", file=sys.stderr)


def _written(form: str, plan: Plan, language: Language, privacy: Privacy) -> bytes:
    match form:
        case "ics":
            return to_ics(plan, language=language, privacy=privacy)
        case "html":
            return to_html(plan, language=language).encode()
        case "csv":
            return to_csv(plan, language=language).encode("utf-8-sig")  # Excel asks for the mark
        case _:
            return f"{plan.model_dump_json(indent=2)}\n".encode()
