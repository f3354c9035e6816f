"""How late an injection comes decides what follows: inclisiran and paliperidone, as published."""

from datetime import datetime

from mesoplan import Attended, protocols
from stories.telling import Story, begins, sessions

INCLISIRAN = protocols.get("inclisiran")
PALIPERIDONE = protocols.get("paliperidone-pp1m")


def inclisiran() -> Story:
    """The six-monthly injection of 4 September is given six weeks late."""
    life = begins("Inclisiran, six weeks late", INCLISIRAN)
    life = life.attended(*sessions(1, 2, "initial"), on="2027-03-10")
    late = Attended(visit="maintenance-1", at=datetime(2027, 10, 15, 10))
    return life.then(late, on="2027-10-16")


def story() -> Story:
    """The monthly injection of 11 February is given ten days late."""
    life = begins("Paliperidone, ten days late", PALIPERIDONE)
    life = life.attended(*sessions(1, 2, "initiation"), "maintenance-1", on="2027-01-20")
    late = Attended(visit="maintenance-2", at=datetime(2027, 2, 20, 10))
    return life.then(late, on="2027-02-22")


def test_under_three_months_late_inclisiran_keeps_its_old_dates() -> None:
    """Give it, and keep the original schedule: the next is still on 4 March."""
    after = inclisiran().after
    assert after.visit("maintenance-2").target.isoformat() == "2028-03-04"
    assert after.visit("maintenance-3").target.isoformat() == "2028-09-04"


def test_paliperidone_goes_on_monthly_from_the_late_injection() -> None:
    """Under six weeks since the last one: give it and go on monthly, from the day it was given."""
    after = story().after
    targets = [after.visit(key).target.isoformat() for key in sessions(3, 5, "maintenance")]
    assert targets == ["2027-03-20", "2027-04-20", "2027-05-20"]


def test_the_late_injection_is_judged() -> None:
    """Ten days late is outside the seven that are tolerated."""
    verdict = story().after.verdicts()[-1]
    assert (verdict.key, verdict.kind) == ("maintenance-2", "too late")
    assert verdict.reason == "2 days after its window"
