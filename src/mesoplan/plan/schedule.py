"""From a course and a clinic to a plan: the one pure function that the library is about."""

from datetime import date, datetime

from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.ground.errors import Fault, PlanError
from mesoplan.ground.period import Period
from mesoplan.plan.plan import Plan
from mesoplan.scheduling.arrange import arrange


def schedule(
    course: Course,
    clinic: Clinic,
    *,
    as_of: datetime,
    previous: Plan | None = None,
    horizon: Period | date | None = None,
) -> Plan:
    """Give the dated plan of a course at a clinic.

    `as_of` is the aware moment at which the plan is made; it stamps what is new or changed.
    `previous` is the plan that was last published: what was announced and is still possible stays.
    `horizon` is how far open-ended phases are planned, a period from the start or a last day; without
    it one year from the start, and as many more as look half a year ahead once a plan is out.

    The same input gives the same plan. Raises CourseError where the course cannot be planned at this
    clinic, PlanError where no day is possible for ten years, `as_of` is naive or lies before the
    previous plan, or that plan is of another course.
    """
    _check(course, as_of, previous)
    published = {visit.key: visit for visit in previous.visits} if previous else {}
    retold = previous is not None and _told(previous.clinic) != _told(clinic)
    found = arrange(course, clinic, as_of, published, horizon, retold=retold)
    return Plan(
        course=course,
        clinic=clinic,
        as_of=as_of,
        horizon=found.horizon,
        visits=found.visits,
        milestones=found.milestones,
        at_home=found.at_home,
        findings=found.findings,
    )


def _told(clinic: Clinic) -> tuple[str | None, ...]:
    """Give what a calendar tells of a clinic beside a visit's own fields."""
    return clinic.name, clinic.location, clinic.phone


def _check(course: Course, as_of: datetime, previous: Plan | None) -> None:
    """Refuse what cannot be answered: a moment without a zone, a plan that is no history."""
    if as_of.tzinfo is None:
        raise PlanError(Fault("as_of", "has no time zone", str(as_of), "give an aware datetime"))
    if previous is None:
        return
    if previous.course.id != course.id:
        what = "is the plan of another course"
        raise PlanError(Fault("previous", what, previous.course.id, f"give that of {course.id}"))
    if as_of < previous.as_of:
        what = f"lies before the plan that is out ({previous.as_of})"
        raise PlanError(Fault("as_of", what, str(as_of), "give a later moment"))
