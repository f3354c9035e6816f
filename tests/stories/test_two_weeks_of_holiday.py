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


def test_the_week_without_a_possible_day_is_made_up_at_the_end() -> None:
    """Session 9 could stand only a week late, which is another week: it closes the series."""
    after = story().after
    assert when(after.visit("induction-8")) == "Fri 2027-01-22 17:30"
    assert when(after.visit("induction-9")) == "Fri 2027-03-26 17:30"


def test_the_first_one_after_it_is_on_the_first_day_back() -> None:
    """Session 10 can stand a little late; the next one gives way by a day, and then all stay."""
    after = story().after
    assert when(after.visit("induction-10")) == "Mon 2027-02-08 17:30"
    assert after.visit("induction-10").reasons[0].code == "away"
    assert when(after.visit("induction-11")) == "Sat 2027-02-13 13:30"
    for key in sessions(12, 16):
        assert after.visit(key).start == story().before.visit(key).start


def test_nothing_rushes() -> None:
    """Five days lie between two sessions at least, and sixteen stay sixteen."""
    after = story().after
    days = [v.day for v in after.sessions if v.phase == "induction" and not v.lost]
    assert len(days) == 16
    assert min((b - a).days for a, b in itertools.pairwise(days)) == 5


def test_the_session_outside_its_window_is_pointed_out() -> None:
    """The clinic sees which one comes late."""
    late = [finding.visit for finding in story().after.findings if finding.code == "outside-window"]
    assert late == ["induction-10"]
