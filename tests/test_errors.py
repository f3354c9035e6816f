from __future__ import annotations

import copy
import pickle

import pytest

from mesoplan import Fault, MesoplanError, ProtocolError
from mesoplan.values.errors import closest, shown


@pytest.mark.parametrize(
    ("fault", "said", "why"),
    [
        (Fault("", "is empty"), "is empty", "the least"),
        (Fault("a.0.b", "is empty"), "a 1, b: is empty", "where"),
        (Fault("a", "is long", "9"), "a: is long, got 9", "got"),
        (Fault("a", "is long", "9", "cut it"), "a: is long, got 9 (cut it)", "remedy"),
        (Fault("a", "is bad", line=3, column=7), "line 3, column 7: a: is bad", "in a file"),
        (Fault("", "is bad", line=3), "line 3, column 1: is bad", "a whole line"),
    ],
)
def test_a_fault_says_where_what_got_and_remedy(fault: Fault, said: str, why: str) -> None:
    """One line, in that order, leaving out what is not known."""
    assert str(fault) == said, why


def test_a_fault_seen_from_the_owner_has_the_whole_path() -> None:
    """The rest of the fault stays as it is."""
    fault = Fault("every", "is bad", "x", "y", 3, 4)
    assert fault.below("phases.0") == Fault("phases.0.every", "is bad", "x", "y", 3, 4)
    assert Fault("", "is bad").below("phases").path == "phases"
    assert fault.below("") == fault


NAMED = {"phases": [{"id": "induction", "steps": ["a"]}, {"id": "\x1b[2J"}, {"id": "x" * 65}, 7]}

PLACES = [
    # a path, what it leads through, the place as people say it, why
    ("", NAMED, "", "the whole has no place"),
    ("title", NAMED, "title", "a field is called what it is called in the file"),
    ("phases.0", NAMED, "phase 1 (induction)", "people count from 1, and know a part by its name"),
    ("phases.0.every", None, "phase 1, every", "without the whole its names are not known"),
    ("phases.0.steps.0.label", NAMED, "phase 1 (induction), step 1, label", "a part of a part"),
    ("phases.0.basis.every", NAMED, "phase 1 (induction), basis.every", "a table inside a part"),
    ("phases.1.every", NAMED, "phase 2, every", "a name with control characters is not printed"),
    ("phases.2.every", NAMED, "phase 3, every", "nor one without an end"),
    ("phases.3", NAMED, "phase 4", "what is no table has no name"),
    ("phases.9", NAMED, "phase 10", "nor has what is not there"),
    ("criteria.1", None, "criterion 2", "an irregular plural"),
    ("red_flags.0", None, "red flag 1", "a name of two words"),
    ("course.facts.2.visit", None, "course.fact 3, visit", "below another part"),
    ("hours.1", {"hours": {"1": "09:00"}}, "hours.1", "a key of a table is no place in a list"),
    ("0.id", None, "0.id", "a place in nothing that has a name"),
]


@pytest.mark.parametrize(("path", "whole", "said", "why"), PLACES)
def test_a_place_is_said_as_people_count(path: str, whole: object, said: str, why: str) -> None:
    """Software addresses a part from 0; whoever reads a message counts from 1."""
    fault = Fault(path, "is bad").within(whole)
    assert (fault.place, fault.path) == (said, path), why


def test_a_place_is_said_anew_where_the_path_grows() -> None:
    """What was said of a part is not what is said of the whole."""
    fault = Fault("steps.0", "is bad").within({}).below("phases.0")
    assert fault.place == "phase 1, step 1"


def test_an_error_lists_every_fault() -> None:
    """One fault stands on the line of the subject, several are listed below it."""
    one, other = Fault("a", "is bad"), Fault("b", "is worse")
    assert str(ProtocolError("no")) == "no"
    assert str(ProtocolError(one, subject="file.toml")) == "file.toml: a: is bad"
    assert str(ProtocolError(one, other)) == (
        "2 faults in what was given:\n  - a: is bad\n  - b: is worse"
    )
    assert str(ProtocolError(one, other).about("f")).startswith("2 faults in f:\n")
    assert ProtocolError(one).about("f", [other]).faults == (other,)


def test_a_thousand_faults_are_kept_and_a_hundred_said() -> None:
    """A message stays readable, and software can still read them all."""
    error = MesoplanError(*(Fault(str(number), "is bad") for number in range(1000)))
    lines = str(error).splitlines()
    assert (len(lines), lines[-1]) == (102, "  and 900 more")
    assert len(error.faults) == 1000


def test_an_error_crosses_to_another_process_whole() -> None:
    """Courses are planned in parallel; an error pickles with its kind, faults and subject."""
    error = ProtocolError(Fault("a", "is bad", "1", "b", 2, 3), "no", subject="f")
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - our own bytes
        assert type(other) is ProtocolError
        assert (other.faults, other.subject, str(other)) == (
            error.faults,
            error.subject,
            str(error),
        )


@pytest.mark.parametrize(
    ("name", "known", "said", "why"),
    [
        ("sesions", ["sessions", "starts"], 'did you mean "sessions"?', "a slip"),
        ("zzz", ["sessions", "starts"], "known: sessions, starts", "nothing near"),
        (
            "zzz",
            list("abcdefghijklmno"),
            "known: a, b, c, d, e, f, g, h, i, j, k, l and 3 more",
            "many",
        ),
        ("z" * 1_000_000, ["sessions"], "known: sessions", "a long name is cut first"),
    ],
)
def test_the_known_name_that_was_meant_is_suggested(
    name: str, known: list[str], said: str, why: str
) -> None:
    """Or the known names are listed, not more than twelve."""
    assert closest(name, known) == said, why


def test_what_was_given_is_shown_safe_and_short() -> None:
    """No control character and no megabyte reaches a terminal through a message."""
    assert shown("a\r\nBEGIN:VEVENT\x1b[2J") == "'a\\r\\nBEGIN:VEVENT\\x1b[2J'"
    assert shown("x" * 10_000_000) == "'" + "x" * 79 + "..."
    assert shown(b"x" * 10_000_000).endswith("...")
    assert shown(7) == "7"
