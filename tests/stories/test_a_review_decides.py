"""The maintenance is for those whom the course has helped; the review at six months decides."""

from mesoplan import Outcome, Review, Reviewed
from stories.telling import WEEKLY, Story, begins, sessions

INDUCTION, MAINTENANCE = WEEKLY.phases
IF_BETTER = WEEKLY.replace(
    phases=[
        INDUCTION,
        MAINTENANCE.replace(sessions=2, requires=Outcome(review="month-6", outcome="better")),
    ],
    reviews=[
        Review(
            id="month-6",
            title="Review at 6 months",
            at="start + P6M",
            outcomes=("better", "no change"),
        )
    ],
)


def reviewed(outcome: str) -> Story:
    """All sixteen sessions took place; then the review concludes."""
    life = begins("A review decides", IF_BETTER).attended(*sessions(1, 16), on="2027-03-20")
    return life.then(Reviewed(visit="month-6", outcome=outcome), on="2027-06-05")


def story() -> Story:
    """It has not helped."""
    return reviewed("no change")


def test_until_the_review_the_maintenance_is_tentative() -> None:
    """It keeps its place in the calendar, and nobody counts on it yet."""
    before = story().before
    assert [before.visit(key).status for key in sessions(1, 2, "maintenance")] == ["tentative"] * 2
    assert before.adherence(before.as_of.date()).left == 0


def test_the_wanted_outcome_confirms_it_where_it_stood() -> None:
    """Nothing moves, and each says why."""
    told = reviewed("better").told()
    assert told[1:] == [
        (
            "Maintenance 1 of 2 (maintenance-1) confirmed on Sat 19 Jun 2027 13:30: "
            "month-6 concluded: better"
        ),
        (
            "Maintenance 2 of 2 (maintenance-2) confirmed on Mon 20 Sep 2027 17:30: "
            "month-6 concluded: better"
        ),
    ]


def test_any_other_outcome_drops_it() -> None:
    """Both visits are called off."""
    assert story().told()[1:] == [
        (
            "Maintenance 1 of 2 (maintenance-1) cancelled, it stood on Sat 19 Jun 2027 13:30: "
            "month-6 concluded: no change"
        ),
        (
            "Maintenance 2 of 2 (maintenance-2) cancelled, it stood on Mon 20 Sep 2027 17:30: "
            "month-6 concluded: no change"
        ),
    ]
