"""A patient does not come three weeks in a row."""

from datetime import date

from mesoplan import Missed
from stories.telling import Story, begins, sessions


def story() -> Story:
    """Four sessions took place, then three did not."""
    life = begins("Three no-shows").attended(*sessions(1, 4), on="2026-12-26")
    return life.then(*(Missed(visit=key) for key in sessions(5, 7)), on="2027-01-16")


def test_the_course_still_has_sixteen_sessions() -> None:
    """Each missed one is made up at the end, a week apart, in its order."""
    after = story().after
    made_up = [after.visit(f"induction-{number}.2") for number in (5, 6, 7)]
    assert [f"{visit.start:%a %d %b}" for visit in made_up] == [
        "Fri 26 Mar",
        "Fri 02 Apr",
        "Fri 09 Apr",
    ]
    assert [visit.number for visit in made_up] == [14, 15, 16]


def test_the_next_one_stays_where_it_was_announced_and_is_number_five() -> None:
    """The patient keeps the weekly hour."""
    life = story()
    found = life.after.next_session(life.after.as_of)
    assert found is not None
    assert (found.key, found.title) == ("induction-8", "Session 5 of 16")
    assert found.booked == life.before.visit("induction-8").start


def test_the_adherence_says_what_to_talk_about() -> None:
    """One sentence for the person at the desk."""
    assert str(story().after.adherence(date(2027, 1, 16))) == (
        "By Sat 16 Jan 2027: 4 sessions attended (4 on time, 0.0 days late on average), 3 missed; "
        "longest gap 22 days; 12 left, the last on Fri 9 Apr 2027"
    )
