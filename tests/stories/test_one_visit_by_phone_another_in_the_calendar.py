"""A patient moves one visit by phone, and drags another in their own calendar."""

from datetime import UTC, datetime

from mesoplan import Plan, alternatives, facts_from_ics, to_ics
from stories.telling import Story, begins, sessions, when


def by_phone() -> Story:
    """Six sessions took place; the seventh does not suit at any hour, and the desk offers other days."""
    life = begins("One visit moved by phone, another in the calendar")
    life = life.attended(*sessions(1, 6), on="2027-01-09")
    offers = alternatives(life.after, "induction-7")
    chosen = next(each for each in offers if each.days)
    return life.then(chosen.fact, on="2027-01-10")


def dragged(plan: Plan) -> bytes:
    """Give the patient's calendar after session 9 was dragged from Friday to Tuesday in it."""
    calendar = to_ics(plan)
    for old, new in (
        (b"20270129T173000", b"20270202T160000"),
        (b"20270129T180000", b"20270202T163000"),
    ):
        assert calendar.count(old) == 1
        calendar = calendar.replace(old, new)
    return calendar


def story() -> Story:
    """Then session 9 is found on a Tuesday in the patient's calendar."""
    life = by_phone()
    asked = datetime(2027, 1, 17, 9, 0, tzinfo=UTC)
    reading = facts_from_ics(dragged(life.after), life.after, as_of=asked)
    return life.then(*reading.facts, on="2027-01-17")


def test_the_desk_reads_out_the_times_that_are_possible() -> None:
    """Best first, each with what it costs: another hour of that Friday, then other days."""
    asked = begins("").attended(*sessions(1, 6), on="2027-01-09").after
    assert [str(each) for each in alternatives(asked, "induction-7")][:6] == [
        "Fri 15 Jan 2027 18:00 is on its target",
        "Fri 15 Jan 2027 17:00 is on its target",
        "Sat 16 Jan 2027 13:30 is 1 day late",
        "Thu 14 Jan 2027 17:30 is 1 day early",
        "Wed 13 Jan 2027 17:30 is 2 days early",
        (
            "Mon 18 Jan 2027 17:30 is 3 days late, outside the window, and would push "
            "Session 8 of 16 (induction-8) to Sat 23 Jan 2027 13:30"
        ),
    ]


def test_the_visit_stands_where_the_patient_chose() -> None:
    """It moves, and no other visit does: the grid stays."""
    assert by_phone().told() == [
        (
            "Session 7 of 16 (induction-7) moved from Fri 15 Jan 2027 17:30 to Sat 16 Jan 13:30: "
            "the person chose it, 1 day late"
        )
    ]


def test_a_visit_dragged_far_pushes_the_next_ones_and_the_clinic_sees_it() -> None:
    """Four days late leaves too little time before session 10."""
    after = story().after
    assert when(after.visit("induction-9")) == "Tue 2027-02-02 16:00"
    assert when(after.visit("induction-10")) == "Mon 2027-02-08 17:30"
    assert {f.visit for f in after.findings if f.code == "outside-window"} == {
        "induction-9",
        "induction-10",
    }


def test_what_was_chosen_by_phone_still_holds_then() -> None:
    """A chosen time stays through every later plan."""
    assert when(story().after.visit("induction-7")) == "Sat 2027-01-16 13:30"
