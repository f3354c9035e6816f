"""After session 8 the practitioner adds platelet-rich plasma to the mesotherapy."""

from mesoplan import Phase, Protocol, alternatives, combine
from stories.telling import WEEKLY, Story, begins, sessions, when

MESOTHERAPY = WEEKLY.replace(treatment="mesotherapy")
PRP = Protocol(
    id="prp",
    title="Platelet-rich plasma",
    treatment="PRP",
    phases=[
        Phase(id="prp", title="PRP", every="P4W", sessions=3, window="P1W", min_interval="P3W")
    ],
)
BOTH = combine(
    MESOTHERAPY,
    PRP,
    id="mesotherapy-weekly",
    title="Weekly mesotherapy with PRP",
    version="2",
    apart="P3D",
    second_starts="session 8 of induction + P3D",
)


def story() -> Story:
    """The protocol becomes version 2 while the course goes on (M8)."""
    life = begins("PRP added midway", MESOTHERAPY).attended(*sessions(1, 8), on="2027-01-23")
    return life.then(on="2027-01-24", protocol=BOTH)


def test_three_prp_sessions_come_in_four_weeks_apart() -> None:
    """The first one three days after session 8."""
    after = story().after
    assert [when(after.visit(key)) for key in sessions(1, 3, "prp")] == [
        "Mon 2027-01-25 17:30",
        "Mon 2027-02-22 17:30",
        "Mon 2027-03-22 17:30",
    ]


def test_nothing_that_was_announced_changes() -> None:
    """The weekly sessions, their keys and their calendar entries stay as they are."""
    life = story()
    assert {change.kind for change in life.after.changes_since(life.before)} == {"added"}
    assert [visit for visit in life.after.visits if visit.phase != "prp"] == list(
        life.before.visits
    )


def test_the_two_treatments_keep_three_days_apart() -> None:
    """Also where a PRP session moves: on the 28th it would push session 9, which is on the 29th."""
    offers = {each.start.day: each for each in alternatives(story().after, "prp-1")}
    assert offers[26].pushes == ()
    assert offers[28].pushes[0].key == "induction-9"
