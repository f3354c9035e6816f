"""After twelve sessions patient and practitioner agree on four more."""

from mesoplan import Extended
from stories.telling import Story, begins, sessions, when


def story() -> Story:
    """Twelve sessions took place when it is agreed."""
    life = begins("Extension by four sessions").attended(*sessions(1, 12), on="2027-02-20")
    return life.then(Extended(sessions=4), on="2027-02-22")


def test_four_sessions_follow_the_sixteenth() -> None:
    """A week apart, on the hour that the patient knows."""
    after = story().after
    assert [when(after.visit(key)) for key in sessions(17, 20)] == [
        "Fri 2027-03-26 17:30",
        "Fri 2027-04-02 17:30",
        "Fri 2027-04-09 17:30",
        "Fri 2027-04-16 17:30",
    ]


def test_what_was_announced_keeps_its_day_and_counts_to_twenty() -> None:
    """Session 13 of 16 is session 13 of 20; the ones that took place are history."""
    life = story()
    for key in sessions(13, 16):
        assert life.after.visit(key).start == life.before.visit(key).start
        assert life.after.visit(key).of == 20
    assert life.after.visit("induction-12") == life.before.visit("induction-12")


def test_the_maintenance_counts_from_the_new_end() -> None:
    """Three months after 16 April."""
    assert when(story().after.visit("maintenance-1")) == "Fri 2027-07-16 17:30"
