"""`replan`: the plan of a file made anew, as time passes or the clinic changes."""

from mesoplan.cli import options, reading, stored
from mesoplan.cli.renewing import publish, renewed
from mesoplan.cli.writing import once_each


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
    spoken = reading.language(language)
    plan = stored.opened(file)
    place = reading.clinic(clinic, None) if clinic else None
    made = renewed(plan, plan.course, place, as_of=as_of, horizon=horizon)
    publish(made, plan, files, language=spoken, privacy=privacy)
