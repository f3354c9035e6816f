"""The practitioner sets the gap to the next injection at each one: longer while all is well."""

import itertools

from mesoplan import Attended, Phase, Protocol
from stories.telling import Story, begins, sessions, when

EYE = Protocol(
    id="treat-and-extend",
    title="Treat and extend",
    phases=[
        Phase(id="loading", title="Loading injection", every="P4W", sessions=3),
        Phase(id="extend", title="Injection", every="P8W", sessions=6, min_interval="P4W"),
    ],
)
"""Three injections four weeks apart; then every eight weeks until the person says otherwise."""


def longer() -> Story:
    """All is well at the first injection after the loading: ten weeks to the next."""
    life = begins("Treat and extend", EYE).attended(*sessions(1, 3, "loading"), on="2027-02-01")
    return life.then(Attended(visit="extend-1", next_after="P10W"), on="2027-03-27")


def story() -> Story:
    """At the second one it has come back: only six weeks to the next."""
    return longer().then(Attended(visit="extend-2", next_after="P6W"), on="2027-06-05")


def test_the_next_injection_stands_where_it_was_set() -> None:
    """Ten weeks after 26 March, six weeks after 4 June."""
    assert when(longer().after.visit("extend-2")) == "Fri 2027-06-04 17:30"
    assert when(story().after.visit("extend-3")) == "Fri 2027-07-16 17:30"


def test_those_after_it_follow_in_the_rhythm_of_the_protocol() -> None:
    """What was set holds for one gap; then it is eight weeks again until it is set anew."""
    after = story().after
    days = [after.visit(key).day for key in sessions(3, 6, "extend")]
    assert {(later - day).days for day, later in itertools.pairwise(days)} == {56}


def test_no_injection_is_lost() -> None:
    """Six of them stay six."""
    assert [v.number for v in story().after.sessions if v.phase == "extend"] == [1, 2, 3, 4, 5, 6]
