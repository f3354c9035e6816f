"""The files that a plan becomes, by the options that ask for them."""

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from mesoplan.export.html import to_html
from mesoplan.export.ics import to_ics
from mesoplan.export.tables import to_csv
from mesoplan.export.wording import Privacy
from mesoplan.ground.language import Language
from mesoplan.languages.translating import language_findings
from mesoplan.plan.plan import Plan


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
