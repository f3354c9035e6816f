"""An infusion every six months is missed: it is given at once, and the six months run from it."""

from mesoplan import Attended, Missed, Phase, Protocol
from stories.telling import Story, begins, when

INFUSIONS = Protocol(
    id="six-monthly",
    title="An infusion every six months",
    phases=[
        Phase(
            id="infusion", every="P6M", sessions=4, min_interval="P5M", rhythm="chain", window="P1W"
        )
    ],
)


def missed() -> Story:
    """The second infusion was planned for 4 June; on the 8th it is recorded as missed."""
    life = begins("A missed dose of a chain", INFUSIONS).attended("infusion-1", on="2026-12-05")
    return life.then(Missed(visit="infusion-2"), on="2027-06-08")


def story() -> Story:
    """It is given on the day that was offered instead."""
    return missed().then(Attended(visit="infusion-2.2"), on="2027-06-10")


def test_it_is_made_up_on_the_next_possible_day() -> None:
    """Not at the next turn, half a year later."""
    assert when(missed().after.visit("infusion-2.2")) == "Wed 2027-06-09 17:30"


def test_the_six_months_run_from_the_day_it_is_given() -> None:
    """The next ones move with it, and it stays so once it was given."""
    for life in (missed(), story()):
        assert when(life.after.visit("infusion-3")) == "Thu 2027-12-09 17:30"
        assert when(life.after.visit("infusion-4")) == "Fri 2028-06-09 17:30"


def test_four_infusions_stay_four() -> None:
    """The missed one keeps no number; its second attempt is number two."""
    numbers = {visit.key: visit.number for visit in story().after.sessions}
    assert numbers == {
        "infusion-1": 1,
        "infusion-2": None,
        "infusion-2.2": 2,
        "infusion-3": 3,
        "infusion-4": 4,
    }
