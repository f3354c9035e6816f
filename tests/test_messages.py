"""What people type by mistake, and the message that tells them what to write."""

from __future__ import annotations

import pytest

from mesoplan import ClinicError, ProtocolError, check_protocol, load_clinic, load_protocol

HEAD = 'id = "x"\ntitle = "X"\n'
PHASE = f'{HEAD}[[phases]]\nid = "a"\n'
GOOD = f'{PHASE}every = "P1W"\nsessions = 4\n'
REVIEW = f'{GOOD}[[reviews]]\nid = "r"\n'

TYPED = [
    # what comes first, the line that was typed, the message, why
    (
        f'{PHASE}every = "P1W"\n',
        'sessions = "4-6"',
        (
            "line 6, column 1: phase 1 (a), sessions: is a range, got '4-6' "
            "(write min_sessions = 4, max_sessions = 6, and here how many are planned)"
        ),
        "a published range is two numbers",
    ),
    (
        f'{PHASE}every = "P1W"\n',
        'sessions = "4 to 6"',
        (
            "line 6, column 1: phase 1 (a), sessions: is a range, got '4 to 6' "
            "(write min_sessions = 4, max_sessions = 6, and here how many are planned)"
        ),
        "a range in words",
    ),
    (
        f'{PHASE}every = "P1W"\n',
        'sessions = "16"',
        (
            "line 6, column 1: phase 1 (a), sessions: is not a whole number, got '16' "
            "(write it in digits, without quotes)"
        ),
        "a number is no text",
    ),
    (
        f'{PHASE}every = "P1D"\n',
        "per_day = 2",
        (
            "line 6, column 1: phase 1 (a), per_day: is not a known field, got 2 "
            '(write the times of day, as in every = "P1D", offsets = ["PT0H", "PT8H"])'
        ),
        "twice a day is written as two places of the day",
    ),
    (
        f'{PHASE}every = "P1W"\n',
        "per_week = 2",
        (
            "line 6, column 1: phase 1 (a), per_week: is not a known field, got 2 "
            '(write weekdays = "mon, thu", or offsets inside every = "P1W")'
        ),
        "twice a week as well",
    ),
    (
        REVIEW,
        'at = "start + P3M + P1W"',
        (
            "line 9, column 1: review 1 (r), at: has two offsets, got 'start + P3M + P1W' "
            '(write both as one, as in "start + P3M1W")'
        ),
        "an anchor has one offset",
    ),
    (
        PHASE,
        'requires = "r = good"',
        (
            "line 5, column 1: phase 1 (a), requires: is not a table of fields, got 'r = good' "
            "(write a table, in TOML { review = ..., outcome = ... })"
        ),
        "a text that holds two fields",
    ),
    (
        f'{PHASE}every = "P1W"\n',
        "tiers = [5]",
        "line 6, column 10: phase 1 (a), tier 1: is not a table of fields, got 5",
        "a number says nothing of what was meant",
    ),
    (
        HEAD,
        '[phases]\nid = "a"',
        (
            "line 3, column 1: phases: is not a list, got {'id': 'a'} "
            "(write a list, in TOML [[phases]] instead of [phases])"
        ),
        "one pair of brackets is one table",
    ),
    (
        PHASE,
        'steps = "a"',
        "line 5, column 1: phase 1 (a), steps: is not a list, got 'a' (write it in square brackets)",
        "a list of one",
    ),
    (
        PHASE,
        "every = “P1W”",
        (
            "line 5, column 9: is a typographic quotation mark, got “ "
            '(write straight ones, as in "P1W")'
        ),
        "a word processor's quotation marks",
    ),
    (
        PHASE,
        'every = "P1W“',
        (
            "line 5, column 13: is a typographic quotation mark, got “ "
            '(write straight ones, as in "P1W")'
        ),
        "only the last of the two",
    ),
    (
        PHASE,
        'notes = "the “new” one',
        "line 5, column 9: opens a text that is not closed (close the quotes)",
        "inside a text they may stand",
    ),
    (
        PHASE,
        "every = P1W",
        "line 5, column 9: is not in quotes, got 'P1W' (write \"P1W\")",
        "missing quotes",
    ),
    (
        PHASE,
        "weekdays = [mon, thu]",
        "line 5, column 13: is not in quotes, got 'mon' (write \"mon\")",
        "in a list",
    ),
    (
        PHASE,
        'weekdays = [\n  "mon",\n  thu,\n]',
        "line 7, column 3: is not in quotes, got 'thu' (write \"thu\")",
        "in a list over several lines",
    ),
    (
        PHASE,
        "window = { earlier = P1D, later = P2D }",
        "line 5, column 22: is not in quotes, got 'P1D' (write \"P1D\")",
        "in a table on one line",
    ),
    (
        PHASE,
        f"every = P{'1' * 41}",
        f"line 5, column 9: is not in quotes, got 'P{'1' * 41}' (write it in quotes)",
        "a long one is not said twice",
    ),
    (
        PHASE,
        'every = "P1W',
        "line 5, column 9: opens a text that is not closed (close the quotes)",
        "an unclosed quote",
    ),
    (
        PHASE,
        "every = 'P1W\nsessions = 4",
        "line 5, column 9: opens a text that is not closed (close the quotes)",
        "tomllib tells of this one only at the end of the file",
    ),
    (
        PHASE,
        'notes = """\nFirst\nsecond',
        "line 5, column 9: opens a text that is not closed (close the quotes)",
        "a text of several lines",
    ),
    (
        PHASE,
        'every: "P1W"',
        "line 5, column 1: has a colon, got 'every:' (write = after the name)",
        "as it is written elsewhere",
    ),
    (
        PHASE,
        "optional = True",
        "line 5, column 12: is neither true nor false, got 'True' (write true)",
        "as it is written in Python",
    ),
    (
        PHASE,
        "optional = no",
        "line 5, column 12: is neither true nor false, got 'no' (write false)",
        "as people say it",
    ),
    (
        f"{REVIEW}at = 'start'\n",
        "day = 2027-13-02",
        (
            "line 10, column 7: is not a day of the calendar, got 2027-13-02 "
            "(write for example 2026-12-01)"
        ),
        "there is no thirteenth month",
    ),
    (
        f"{REVIEW}at = 'start'\n",
        "day = 02.01.2027",
        (
            "line 10, column 7: is not a day of the calendar, got 02.01.2027 "
            "(write for example 2026-12-01)"
        ),
        "as it is written by hand",
    ),
    (
        HEAD,
        "[[phases]",
        "line 3, column 9: is not valid TOML: Expected ']]' at the end of an array declaration",
        "what nobody can know better is said as tomllib says it",
    ),
    (
        PHASE,
        'every == "P1W"',
        "line 5, column 8: is not valid TOML: Invalid value",
        "the same for what no slip here is",
    ),
]


@pytest.mark.parametrize(("before", "typed", "said", "why"), TYPED, ids=[row[3] for row in TYPED])
def test_a_slip_in_a_protocol_is_answered_with_what_to_write(
    before: str, typed: str, said: str, why: str
) -> None:
    """The place, what is wrong there, what was found, and the remedy."""
    with pytest.raises(ProtocolError) as caught:
        load_protocol(f"{before}{typed}\n")
    assert said in [str(fault) for fault in caught.value.faults], why


PERIODS = [
    # what was typed, the remedy, why
    ("1 month", 'write "P1M"', "in words"),
    ("every 2 weeks", 'write "P2W"', "as a source says it"),
    ("a day", 'write "P1D"', "one of them"),
    ("week", 'write "P1W"', "without a number"),
    ("weekly", 'write "P1W"', "as an adverb"),
    ("Monthly", 'write "P1M"', "with a capital letter"),
    ("30 min", 'write "PT30M"', "minutes are not months"),
    ("2h", 'write "PT2H"', "an abbreviation"),
    ("p1w", 'write "P1W"', "in small letters"),
    ("1M", 'write "P1M" for months or "PT1M" for minutes', "what could be either"),
    ("soon", 'write a duration such as "P1W", "P3M", "P1Y6M", "P10D" or "PT30M"', "who knows"),
]


@pytest.mark.parametrize(("typed", "remedy", "why"), PERIODS, ids=[row[0] for row in PERIODS])
def test_a_period_in_words_is_answered_with_how_it_is_written(
    typed: str, remedy: str, why: str
) -> None:
    """The very text to write, where it is clear what was meant."""
    with pytest.raises(ProtocolError) as caught:
        load_protocol(f'{PHASE}every = "{typed}"')
    assert caught.value.faults[0].remedy == remedy, why


ZONES = [
    # what was typed, the remedy, why
    ("Istanbul", 'write "Europe/Istanbul"', "a city has one zone"),
    (
        "Europe/Instanbul",
        'write the name of a zone, perhaps "Europe/Istanbul"',
        "a slip is only guessed at",
    ),
    (
        "GMT+3",
        'an offset is no zone: write the name of one, for example "Europe/Istanbul"',
        "Etc/GMT+3 would be three hours the other way",
    ),
    (
        "+03:00",
        'an offset is no zone: write the name of one, for example "Europe/Istanbul"',
        "summer time changes an offset",
    ),
    (
        "Mars/Phobos",
        'write the name of a zone, for example "Europe/Istanbul" or "UTC"',
        "nothing is near",
    ),
]


@pytest.mark.parametrize(("typed", "remedy", "why"), ZONES, ids=[row[0] for row in ZONES])
def test_a_time_zone_is_answered_with_what_to_write(typed: str, remedy: str, why: str) -> None:
    """A sentence that says what to do, not a question."""
    with pytest.raises(ClinicError) as caught:
        load_clinic(f'timezone = "{typed}"')
    assert caught.value.faults[0].remedy == remedy, why


def test_three_hundred_sessions_are_remarked() -> None:
    """300 is a number like any other, and easily typed for 3."""
    remarks = check_protocol(load_protocol(f'{PHASE}every = "P1W"\nsessions = 300'))
    assert [remark.got for remark in remarks if remark.rule == "MP222"] == ["300"]
