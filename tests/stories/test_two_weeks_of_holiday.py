"""A patient books two weeks by the sea in the middle of the course."""

import itertools
from datetime import date

from mesoplan import Away
from stories.telling import Story, begins, sessions, when

FIRST, LAST = date(2027, 1, 25), date(2027, 2, 7)


def story() -> Story:
    """Seven sessions took place; the patient tells of the holiday a week before it."""
    life = begins("Two weeks of holiday").attended(*sessions(1, 7), on="2027-01-16")
    return life.then(Away(first=FIRST, last=LAST), on="2027-01-18")


def test_nobody_is_called_from_the_beach() -> None:
    """No visit stands on a day away."""
    days = [visit.day for visit in story().after.visits if visit.status != "cancelled"]
    assert not [day for day in days if FIRST <= day <= LAST]


def test_the_session_before_it_stays_and_the_first_after_it_is_on_the_first_day_back() -> None:
    """Fifteen days without a session, not more."""
    after = story().after
    assert when(after.visit("induction-8")) == "Fri 2027-01-22 17:30"
    assert when(after.visit("induction-9")) == "Mon 2027-02-08 17:30"
    assert "a day that the person is away" in after.visit("induction-9").reasons[0]


def test_the_course_catches_up_without_coming_too_soon_and_ends_as_planned() -> None:
    """Five days lie between two sessions, and the last one keeps its day."""
    after = story().after
    days = [after.visit(key).day for key in sessions(8, 16)]
    assert min((b - a).days for a, b in itertools.pairwise(days)) == 5
    assert after.visit("induction-16").start == story().before.visit("induction-16").start


def test_the_sessions_outside_their_window_are_pointed_out() -> None:
    """The clinic sees which ones come late."""
    late = [finding.visit for finding in story().after.findings if finding.code == "outside-window"]
    assert late == sessions(9, 13)
