"""What titles and summaries say, held against the numbers."""

import pytest

from mesoplan.checking import check_protocol
from mesoplan.protocol.protocol import Protocol

HOURS = [f"PT{hour}H" for hour in range(10)]
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
    ("Five weekly doses", {"every": "P5W"}, True, "as well one in five weeks"),
    ("Five weekly doses", {"every": "P2W"}, False, "neither reading"),
    ("Twelve-weekly", {"every": "P1W"}, False, "a hyphen leaves one reading"),
    ("12 weekly injections", {"every": "P12W"}, True, "as doctors write it"),
    ("Five times a week", {"weekdays": "mon-fri"}, True, "five places in seven days"),
    (
        "Five times a week",
        {"weekdays": "mon-fri", "sessions": 4},
        True,
        "also for less than a week",
    ),
    ("Five times a week", {"at": ["P0D", "P1D"]}, False, "a list of two has no five"),
    ("Five times weekly", {"weekdays": "mon-fri"}, True, "the same"),
    ("5 times/week", {"weekdays": "mon-fri"}, True, "a stroke is per"),
    ("5 times/week", {"weekdays": "mon-thu"}, False, "four are not five"),
    ("Two doses", {"every": "P1W"}, True, "no rhythm at all"),
    ("Two doses monthly", {"every": "P1M"}, True, "two of them, a month apart"),
    ("Two doses monthly", {"every": "P15D"}, True, "or two a month"),
    ("Two doses a month", {"every": "P1M"}, False, "plainly two a month"),
    ("Twice weekly", {"every": "P6W", "offsets": ["P0D", "P3D", "P7D"]}, True, "some of the time"),
    ("Ten sessions a day", {"weekdays": "mon-fri", "offsets": HOURS}, True, "ten hours"),
    ("Twice daily", {"every": "P1D", "offsets": ["PT0H", "PT8H"]}, True, "two in a day"),
    ("Twice daily", {"every": "P1D"}, False, "not once"),
    ("Twice yearly", {"every": "P6M"}, True, "two in a year"),
    ("Half-yearly, semi-annually", {"every": "P6M"}, True, "a prefix makes another word"),
    ("Bi-weekly, tri-weekly", {"every": "P3D"}, True, "ambiguous with a hyphen too"),
    ("Weekly", {"at": ["P0D", "P3M"], "offsets": ["P0D", "P1W"]}, True, "weeks inside months"),
    ("Every twenty-four weeks", {"every": "P24W"}, True, "numbers up to ninety-nine"),
    ("Every twenty-four weeks", {"every": "P4W"}, False, "not the last part of the number"),
]


def protocol(**changes: object) -> Protocol:
    """A phase of four sessions in a protocol with these words."""
    parts = {"title": "Course", "phases": [{"id": "a", "every": "P1W", "sessions": 4}]}
    return Protocol.model_validate({"id": "x"} | parts | changes)


def places(found: Protocol, code: str) -> list[str]:
    """Where a rule speaks."""
    return [remark.path for remark in check_protocol(found) if remark.rule == code]


@pytest.mark.parametrize(("words", "rhythm", "fits", "why"), RHYTHMS)
def test_a_rhythm_in_words_is_held_against_the_numbers(
    words: str,
    rhythm: dict[str, object],
    why: str,
    *,
    fits: bool,
) -> None:
    """A title of the protocol or of a phase that names a rhythm names one that is there."""
    phase = {"id": "a"} | ({} if "at" in rhythm else {"sessions": 16}) | rhythm
    assert places(protocol(title=words, phases=[phase]), "MP212") == ([] if fits else ["title"]), (
        why
    )
    titled = protocol(phases=[phase | {"title": words}])
    assert places(titled, "MP212") == ([] if fits else ["phases.0.title"]), why


def test_an_id_speaks_too() -> None:
    """A copied protocol often keeps its old name."""
    changed = protocol(id="mesotherapy-weekly", phases=[{"id": "a", "every": "P2W", "sessions": 4}])
    assert places(changed, "MP212") == ["id"]


def test_an_id_is_read_as_words() -> None:
    """Hyphens are blanks in an id, so that "five-weekly" in one is as ambiguous as it looks."""
    five = {"id": "five-weekly", "every": "P1W", "sessions": 5}
    assert places(protocol(id="five-weekly-doses", phases=[five]), "MP212") == []
    every_day = protocol(phases=[five | {"every": "P1D"}])
    assert places(every_day, "MP212") == ["phases.0.id"]


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
    ("The first nine doses", True, "a part of them"),
    ("Every nine sessions", True, "a rhythm of something else"),
    ("Nine doses at the first visit", True, "not all of them"),
    ("Nine doses of 2 ml", True, "a mixture"),
    ("9 sessions/week", True, "a rhythm with a stroke"),
    ("Nine sessions weekly", True, "may be nine a week"),
    ("Nine weekly sessions", False, "plainly a count, and no phase comes every nine weeks"),
    ("Four weekly sessions", True, "the first phase"),
    ("Twelve-weekly doses", True, "a distance"),
    ("Twelve weekly doses", False, "nothing here is twelve weeks apart"),
    ("Two doses", True, "two in a row"),
    ("Thirty-six sessions", False, "not six"),
    ("Thirty-six or thirty seven sessions", False, "both in words"),
    ("1,004 sessions", True, "numbers this large are not read, nor their ends"),
    ("8 daily doses", False, "eight days are no rhythm here"),
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


STRANGE: list[tuple[str, list[dict[str, object]], str]] = [
    (
        "Five weekly doses, then monthly",
        [{"id": "a", "at": ["P0D", "P1W", "P2W", "P3W", "P4W", "P8W", "P12W"]}],
        "five of seven stand a week apart",
    ),
    (
        "Five weekly doses, then every 4 weeks",
        [
            {"id": "a", "every": "P1W", "sessions": 4},
            {"id": "b", "starts": "start + P4W", "every": "P4W"},
        ],
        "the fifth opens the next phase",
    ),
    ("Three weekly doses", [{"id": "a", "every": "P3W", "sessions": 8}], "one every three weeks"),
    (
        "Three treatments in turn",
        [
            {"id": name, "label": name, "every": "P3W", "sessions": 9, "starts": f"start + P{day}D"}
            for name, day in (("a", 0), ("b", 5), ("c", 11))
        ],
        "as many labels",
    ),
    (
        "Four weekly sessions, in months 0, 3 and 6",
        [{"id": "a", "at": ["P0D", "P3M", "P6M"], "offsets": ["P0D", "P1W", "P2W", "P3W"]}],
        "four in each step",
    ),
]


@pytest.mark.parametrize(("words", "phases", "why"), STRANGE)
def test_what_is_no_count_of_a_phase_may_be_one_of_something_else(
    words: str, phases: list[dict[str, object]], why: str
) -> None:
    """A run of equal distances, the places of one step and the treatments can be counted too."""
    found = protocol(title=words, phases=phases)
    assert (places(found, "MP212"), places(found, "MP213")) == ([], []), why
    assert places(protocol(title="Nine doses", phases=phases), "MP213") == (
        ["title"] if all(phase.get("sessions") != 9 for phase in phases) else []
    ), "and yet not every number will do"
