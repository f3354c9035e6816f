"""`plan`: a course's dated visits, as a table, a calendar file and JSON."""

from mesoplan.cli import options, reading
from mesoplan.cli.exporting import contents, remark_on
from mesoplan.cli.stored import moment
from mesoplan.cli.tables import print_plan
from mesoplan.cli.writing import STANDARD_OUTPUT, once_each, write
from mesoplan.course.course import Course
from mesoplan.plan.schedule import schedule


def plan(
    source: options.Source,
    *,
    start: options.Start,
    timezone: options.Timezone = None,
    clinic: options.ClinicFile = None,
    course_id: options.CourseId = None,
    sessions: options.Sessions = None,
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
) -> None:
    """Plan a course: print its visits; write a calendar, a handout, a table, and JSON."""
    files = once_each(ics=ics, json=json, html=html, csv=csv)
    spoken = reading.language(language)
    place = reading.clinic(clinic, timezone)
    protocol = reading.with_sessions(reading.protocol(source), sessions or ())
    wishes = {"weekdays": prefer or (), "time": time}
    course = Course(
        id=course_id or reading.course_id(protocol, start, place.timezone),
        protocol=protocol,
        start=start,
        preferences={name: wish for name, wish in wishes.items() if wish},
        dates=dict(date or ()),
        facts=away or (),
    )
    until = options.horizon(horizon) if horizon else None
    made = schedule(course, place, as_of=moment(as_of, place), horizon=until)
    write(contents(made, files, language=spoken, privacy=privacy))
    remark_on(made, spoken)
    if STANDARD_OUTPUT not in files.values():
        print_plan(made)
