"""A plan made anew: nothing planned further ahead is lost, and its file is never half written."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from mesoplan.cli import options, stored
from mesoplan.cli.exporting import contents, remark_on
from mesoplan.cli.writing import STANDARD_OUTPUT, write
from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.export.wording import Privacy
from mesoplan.ground.language import Language
from mesoplan.plan.plan import Plan
from mesoplan.plan.schedule import schedule


def renewed(
    plan: Plan,
    course: Course,
    clinic: Clinic | None = None,
    *,
    as_of: datetime | None = None,
    horizon: str | None = None,
) -> Plan:
    """Plan the course anew at its clinic, or at another; no less far ahead unless told to."""
    place = clinic or plan.clinic
    at = stored.moment(as_of, place)
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
