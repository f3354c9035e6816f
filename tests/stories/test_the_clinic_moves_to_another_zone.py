"""The practice moves from Istanbul to Berlin, with its patients' records."""

from datetime import UTC, datetime

from mesoplan import Attended
from stories.telling import CLINIC, Story, begins, sessions

BERLIN = CLINIC.replace(timezone="Europe/Berlin")


def story() -> Story:
    """Eight sessions took place in Istanbul, the last forty minutes late; the others will in Berlin."""
    life = begins("The clinic moves to another zone").attended(*sessions(1, 7), on="2027-01-16")
    late = Attended(visit="induction-8", at=datetime(2027, 1, 22, 18, 10))
    life = life.then(late, on="2027-01-23")
    return life.then(on="2027-01-24", clinic=BERLIN)


def test_what_took_place_took_place_when_it_did() -> None:
    """The moment is the same; on the clocks of Berlin it was half past three, and ten past four."""
    life = story()
    for key in sessions(1, 8):
        before, after = life.before.visit(key), life.after.visit(key)
        assert (after.start, after.revision) == (before.start, before.revision)
    assert f"{life.after.visit('induction-7').start:%H:%M}" == "15:30"
    told = life.after.visit("induction-8").start.astimezone(UTC)
    assert told == datetime(2027, 1, 22, 15, 10, tzinfo=UTC), "ten past six, as told in Istanbul"


def test_the_sessions_ahead_keep_their_hour_on_the_wall() -> None:
    """Half past five after work is half past five in Berlin, and people are told so."""
    life = story()
    for key in sessions(9, 16):
        before, after = life.before.visit(key), life.after.visit(key)
        assert after.start.replace(tzinfo=None) == before.start.replace(tzinfo=None)
        assert after.revision == before.revision + 1
    assert life.told()[0] == (
        "Session 9 of 16 (induction-9) moved from Fri 29 Jan 2027 17:30 UTC+03:00 to "
        "Fri 29 Jan 17:30 UTC+01:00: the clinic's time zone is Europe/Berlin now"
    )
