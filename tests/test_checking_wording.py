"""What titles and summaries say, held against the numbers."""

import pytest

from mesoplan.checking import check_protocol
from mesoplan.protocol import Protocol

RHYTHMS: list[tuple[str, dict[str, object], bool, str]] = [
    ("Weekly course", {"every": "P1W"}, True, "seven days"),
    ("Weekly course", {"every": "P2W"}, False, "fourteen are not"),
    ("Every 3 weeks", {"every": "P21D"}, True, "21 days are three weeks"),
    ("Every three weeks", {"every": "P4W"}, False, "numbers may be words"),
    ("Every other week", {"every": "P2W"}, True, "every second"),
    ("Every week", {"every": "P1W"}, True, "no number is one"),
    ("Three-weekly infusions", {"every": "P3W"}, True, "hyphens are spaces"),
    ("Three-weekly infusions", {"every": "P1W"}, False, "not weekly"),
    ("Monthly injections", {"every": "P28D"}, True, "four weeks are called a month"),
    ("Monthly injections", {"every": "P1M"}, True, "a month is one"),
    ("Monthly injections", {"every": "P6W"}, False, "six weeks are not"),
    ("Quarterly maintenance", {"every": "P3M"}, True, "three months"),
    ("Twice a week", {"weekdays": "mon, thu"}, True, "two days in seven"),
    ("Twice weekly", {"weekdays": "mon, wed, fri"}, False, "three days in seven"),
    ("Three times a week", {"weekdays": "mon, wed, fri"}, True, "three days in seven"),
    ("3 times per week", {"every": "P1W", "offsets": ["P0D", "P1D", "P2D"]}, True, "three"),
    ("Three to five times a week", {"weekdays": "mon-thu"}, True, "four are within the range"),
    ("Three to five times a week", {"weekdays": "mon, thu"}, False, "two are not"),
    ("Five sessions a week", {"weekdays": "mon-fri"}, True, "sessions are times"),
    ("Three sessions a month apart", {"every": "P4W"}, True, "a distance, not a number a month"),
    ("Twelve-weekly", {"every": "P12W"}, True, "not weekly"),
    ("Five weekly doses", {"every": "P1W"}, True, "five of them, not every five weeks"),
    ("Daily", {"every": "P1D"}, True, "one day"),
    ("Yearly", {"every": "P1Y"}, True, "a year"),
    ("Biweekly", {"every": "P3D"}, True, "ambiguous, so left alone"),
    ("Every 2 weeks", {"every": "P3W", "min_interval": "P2W"}, True, "an end of a range"),
]


def protocol(**changes: object) -> Protocol:
    """A phase of four sessions in a protocol with these words."""
    parts = {"title": "Course", "phases": [{"id": "a", "every": "P1W", "sessions": 4}]}
    return Protocol.model_validate({"id": "x"} | parts | changes)


def places(found: Protocol, code: str) -> list[str]:
    """Where a rule speaks."""
    return [remark.path for remark in check_protocol(found) if remark.code == code]


@pytest.mark.parametrize(("words", "rhythm", "fits", "why"), RHYTHMS)
def test_a_rhythm_in_words_is_held_against_the_numbers(
    words: str,
    rhythm: dict[str, object],
    why: str,
    *,
    fits: bool,
) -> None:
    """A title of the protocol or of a phase that names a rhythm names one that is there."""
    phase = {"id": "a", "sessions": 6} | rhythm
    assert places(protocol(title=words, phases=[phase]), "MP212") == ([] if fits else ["title"]), (
        why
    )
    titled = protocol(phases=[phase | {"title": words}])
    assert places(titled, "MP212") == ([] if fits else ["phases.0.title"]), why


def test_an_id_speaks_too() -> None:
    """A copied protocol often keeps its old name."""
    changed = protocol(id="mesotherapy-weekly", phases=[{"id": "a", "every": "P2W", "sessions": 4}])
    assert places(changed, "MP212") == ["id"]


def test_a_phase_after_another_may_be_named_by_its_distance() -> None:
    """One session a month after the last is monthly, although it never comes again."""
    last = {"id": "b", "title": "Monthly", "starts": "last session of a + P1M", "at": ["P0D"]}
    both = protocol(phases=[{"id": "a", "every": "P1W", "sessions": 4}, last])
    assert places(both, "MP212") == []


def test_a_summary_may_speak_of_reviews() -> None:
    """The rhythm of the reviews is a rhythm of the protocol, but not one of its title."""
    reviews = [{"id": "one", "at": "start + P3M"}, {"id": "two", "at": "start + P6M"}]
    words = "Reviewed every 3 months"
    assert places(protocol(summary=words, reviews=reviews), "MP212") == []
    assert places(protocol(summary=words), "MP212") == ["summary"]
    assert places(protocol(title=words, reviews=reviews), "MP212") == ["title"]


COUNTS: list[tuple[str, bool, str]] = [
    ("4 sessions", True, "the first phase"),
    ("Seven treatments", True, "both phases"),
    ("3 weekly sessions", True, "the second phase"),
    ("16 sessions", False, "no phase and no sum"),
    ("16 to 18 sessions", False, "none of the three"),
    ("Five sessions a week", True, "a rhythm, not a count"),
    ("Two doses on day 0", True, "not all of them"),
    ("Four-weekly injection", True, "one of many, four weeks apart"),
    ("Sixteen sessions", False, "numbers may be words"),
    ("5-6 sessions", True, "an end of the published range"),
    ("First results around session 9", True, "a number of a session is no count"),
    ("Improves after 2 sessions", True, "an anchor names it"),
]


@pytest.mark.parametrize(("words", "fits", "why"), COUNTS)
def test_a_count_in_words_is_held_against_the_numbers(
    words: str,
    why: str,
    *,
    fits: bool,
) -> None:
    """A number of sessions in words is that of a phase, of phases in a row, of a range, of an anchor."""
    first = {"id": "a", "every": "P1W", "sessions": 4, "max_sessions": 6}
    phases = [first, {"id": "b", "every": "P4W", "sessions": 3}, {"id": "c", "every": "P3M"}]
    growth = {"id": "growth", "title": "Growth", "at": "session 2"}
    found = protocol(summary=words, phases=phases, milestones=[growth])
    assert places(found, "MP213") == ([] if fits else ["summary"]), why
