"""An infusion every six months is missed: it is given at once, and the six months run from it.

The next one was announced for a day inside the week that is tolerated around its new target, so that
the person is not called again; told in one go or day by day, it ends in the same plan.
"""

from datetime import date, datetime

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


def told_at_once() -> Story:
    """Nobody planned in between: both facts are recorded on the day on which it was given."""
    life = begins("A missed dose of a chain", INFUSIONS).attended("infusion-1", on="2026-12-05")
    given = Attended(visit="infusion-2.2", at=datetime(2027, 6, 9, 17, 30))
    return life.then(Missed(visit="infusion-2"), given, on="2027-06-10")


def test_the_six_months_run_from_the_day_it_is_given() -> None:
    """The target of the next one moves; its announced day is near enough to it and stays (M8)."""
    for life in (missed(), story(), told_at_once()):
        third = life.after.visit("infusion-3")
        assert (third.target, when(third)) == (date(2027, 12, 9), "Sat 2027-12-04 13:30")
        assert third.inside_window
        assert life.after.visit("infusion-4").target == date(2028, 6, 4)


def test_given_later_than_is_tolerated_the_next_one_moves() -> None:
    """It came almost four weeks late; six months from then."""
    given = Attended(visit="infusion-2.2", at=datetime(2027, 6, 30, 17, 30))
    after = missed().then(given, on="2027-07-01").after
    assert when(after.visit("infusion-3")) == "Thu 2027-12-30 17:30"
    assert after.visit("infusion-4").target == date(2028, 6, 30)


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
