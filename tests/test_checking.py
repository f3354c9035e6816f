"""Every rule of the checker: a protocol that trips exactly it, and a neighbour that trips none."""

from typing import Any

import pytest

from mesoplan.checking import RULES, Remark, check_protocol, explain_rule
from mesoplan.compose import derive
from mesoplan.compose.compare import compare
from mesoplan.files.protocol_file import dump_protocol, load_protocol
from mesoplan.files.schema import protocol_schema
from mesoplan.protocol.checks import DOUBTS
from mesoplan.protocol.protocol import Protocol
from mesoplan.values.errors import Fault, MesoplanError, ProtocolError

INDUCTION: dict[str, Any] = {
    "id": "induction",
    "every": "P1W",
    "sessions": 4,
    "window": "P2D",
    "basis": {"*": "smith"},
}
CONSULTATION: dict[str, Any] = {
    "id": "consultation",
    "kind": "consultation",
    "at": "start - P1W",
    "basis": {"*": "smith"},
}
EARLIER = CONSULTATION | {"id": "referral"}
CONTROL: dict[str, Any] = {"id": "control", "at": "start + P3M", "basis": {"*": "smith"}}
SOUND: dict[str, Any] = {
    "id": "course",
    "title": "Course",
    "month_end": "clip",
    "phases": [INDUCTION],
    "reviews": [CONSULTATION, CONTROL],
    "sources": [{"id": "smith", "title": "A trial", "url": "https://example.org/smith"}],
    "basis": {"*": "smith"},
    "checks": {"MP217": "half of the rhythm will do", "MP220": "nothing is repeated"},
}

Changes = dict[str, Any]


def phase(**changes: Any) -> Changes:
    """Change the only phase; None takes a field away."""
    fields = INDUCTION | changes
    return {"phases": [{name: value for name, value in fields.items() if value is not None}]}


def then(**second: Any) -> Changes:
    """Add a second phase."""
    return {"phases": [INDUCTION, {"window": "P0D", "basis": {"*": "smith"}} | second]}


def opened_by(review: Changes, **second: Any) -> Changes:
    """Add a review and a phase that depends on it."""
    needs = {"requires": {"review": "look", "outcome": "better"}}
    looked = {"id": "look", "basis": {"*": "smith"}} | review
    every = then(id="more", every="P4W", sessions=2, **needs, **second)
    return every | {"reviews": [CONSULTATION, CONTROL, looked]}


def side_by_side(apart: str, every: str = "P2W", starts: str = "start + P1W") -> Changes:
    """Two treatments with a spacing."""
    first = INDUCTION | {"label": "A", "every": "P2W"}
    second = INDUCTION | {"id": "other", "label": "B", "starts": starts, "every": every}
    spacing = {"between": ["A", "B"], "at_least": apart, "basis": {"*": "smith"}}
    return {"phases": [first, second], "spacing": [spacing]}


def listed(**changes: Any) -> Changes:
    """Give the phase another rhythm than `every`; beside a phase that it counts from, if any."""
    phases = phase(id="list", every=None, sessions=None, window="P0D", **changes)["phases"]
    return {"phases": [INDUCTION, *phases] if "starts" in changes else phases}


def phases_beside(first: Changes, **second: Any) -> Changes:
    """Put another single session of the same treatment beside a phase."""
    other = INDUCTION | {"id": "more", "sessions": None, "every": None, "at": ["P0D"]}
    other |= {"min_interval": "P3D"} | second
    kept = {name: value for name, value in other.items() if value is not None}
    return {"phases": [first, kept]}


TWO_WITHOUT_END: list[Changes] = [
    INDUCTION | {"id": "one", "every": "P3W", "sessions": None},
    INDUCTION | {"id": "two", "every": "P5W", "sessions": None, "starts": "start + P5W"},
]


def either_way(**second: Any) -> Changes:
    """Two phases of which a review opens one."""
    opened = opened_by({"at": "start + P1D", "outcomes": ["better", "worse"]})
    needs = {"review": "look", "outcome": second.pop("outcome")}
    other = opened["phases"][1] | {"id": "other", "requires": needs} | second
    both = {"starts": "start + P5W"}
    return opened | {"phases": [INDUCTION, opened["phases"][1] | both, other | both]}


def depending(second: str, look: str = "start + P3W") -> Changes:
    """Three phases: one that an outcome opens, and one that waits for it and for a review of its own."""
    opened = {"window": "P0D", "basis": {"*": "smith"}, "every": "P4W", "sessions": 2}
    reviews = [
        {"id": "look", "at": look, "outcomes": ["better", "worse"]},
        {"id": "again", "at": "last session of better", "outcomes": ["good"]},
    ]
    first = {"id": "better", "requires": {"review": "look", "outcome": "better"}}
    other = {"id": "other", "requires": {"review": "look", "outcome": second}}
    last = {"id": "last", "requires": {"review": "again", "outcome": "good"}}
    phases = [
        INDUCTION,
        opened | first,
        opened | other | {"starts": "start + P13W"},
        opened | last | {"starts": "last session of other + P9W"},
    ]
    cited = [{"basis": {"*": "smith"}} | review for review in reviews]
    return {"phases": phases, "reviews": [CONSULTATION, CONTROL, *cited]}


def waiting_for_each_other(at: str) -> Changes:
    """Two phases, each opened by a review."""
    opened = {"window": "P0D", "basis": {"*": "smith"}, "every": "P4W", "sessions": 1}
    opened |= {"starts": "start + P6W"}
    one = {"id": "one", "label": "A", "requires": {"review": "a", "outcome": "good"}}
    other = {"id": "other", "label": "B", "requires": {"review": "b", "outcome": "good"}}
    reviews = [
        {"id": "a", "at": at, "outcomes": ["good"], "basis": {"*": "smith"}},
        {"id": "b", "at": "first session of one", "outcomes": ["good"], "basis": {"*": "smith"}},
    ]
    both = [opened | one, opened | other]
    return {"phases": [INDUCTION, *both], "reviews": [CONSULTATION, CONTROL, *reviews]}


def booster(**changes: Any) -> Changes:
    """Add a single session that counts from the start."""
    fields = {"id": "booster", "starts": "start", "at": ["P6W"]} | changes
    return then(**{name: value for name, value in fields.items() if value is not None})


def behind_an_open_phase(at: str) -> Changes:
    """A phase without an end, one that follows it, and a third that a review opens."""
    opened = {"window": "P0D", "basis": {"*": "smith"}, "every": "P4W", "sessions": 2}
    needs = {"requires": {"review": "look", "outcome": "better"}, "starts": "external:relapse"}
    look = {"id": "look", "at": at, "outcomes": ["better"], "basis": {"*": "smith"}}
    phases = [
        INDUCTION | {"sessions": None},
        opened | {"id": "more"},
        opened | {"id": "last"} | needs,
    ]
    return {"phases": phases, "reviews": [CONSULTATION, CONTROL, look]}


def advised(basis: str) -> Changes:
    """Advice with many numbers of one basis."""
    advice = [
        {"id": f"no-{name}", "kind": "avoid", "title": name, "until": "P1D", "basis": {"*": basis}}
        for name in ("sauna", "sun", "sport", "soap", "salt")
    ]
    return {"advice": advice}


def milestone(at: str, until: str) -> Changes:
    """Something to expect."""
    return {"milestones": [{"id": "growth", "title": "Growth", "at": at, "until": until}]}


RULE_TABLE: list[tuple[str, Changes, Changes, str]] = [
    ("MP101", phase(window="P4D"), phase(window="P3D"), "4 + 4 days are more than 7"),
    (
        "MP101",
        phase(window={"later": "P8D"}),
        phase(window={"later": "P7D"}),
        "late by 7 days is the next session's day, by 8 beyond it",
    ),
    (
        "MP101",
        phase(window="P4D"),
        phase(window="P4D", min_interval="P4D"),
        "a minimum interval keeps the order",
    ),
    (
        "MP101",
        phase(steps=["a", "b", {"window": "P6D"}]),
        phase(steps=["a", "b", {"window": "P5D"}]),
        "a step's own window counts for that session",
    ),
    (
        "MP101",
        phase(every=None, sessions=None, at=["P0D", "P3D", "P5W"]),
        phase(every=None, sessions=None, at=["P0D", "P4D", "P5W"]),
        "the narrowest gap of a list counts",
    ),
    (
        "MP101",
        phase(every=None, weekdays="mon, wed, fri", window="P2D"),
        phase(every=None, weekdays="mon, wed, fri", window="P1D"),
        "Monday and Wednesday are two days apart",
    ),
    (
        "MP101",
        phase(window="P4D", sessions=2),
        phase(window="P4D", sessions=1),
        "a single session has none to swap with",
    ),
    ("MP102", phase(min_interval="P8D"), phase(min_interval="P7D"), "8 days do not fit in 7"),
    (
        "MP102",
        phase(every="P1M", min_interval="P31D"),
        phase(every="P1M", min_interval="P4W"),
        "a month is 30.4 days on average",
    ),
    (
        "MP101",
        phase(offsets=["PT0H", "PT4H"], window="P4D"),
        phase(offsets=["PT0H", "PT4H"], window="P3D"),
        "two sessions of one day are placed together; the next day is a week off",
    ),
    (
        "MP102",
        phase(offsets=["PT0H", "PT4H"], min_interval="P8D"),
        phase(offsets=["PT0H", "PT4H"], min_interval="P7D"),
        "nothing has to lie between two sessions of one day",
    ),
    ("MP103", phase(max_interval="P6D"), phase(max_interval="P7D"), "7 days are over 6"),
    (
        "MP103",
        phase(every="P4W", offsets=["P0D", "P1W", "P2W"], max_interval="P13D"),
        phase(every="P4W", offsets=["P0D", "P1W", "P2W"], max_interval="P2W"),
        "the pause of an on/off cycle is its longest gap",
    ),
    (
        "MP104",
        phase(min_interval="P4D", grace="P4D"),
        phase(min_interval="P4D", grace="P3D"),
        "four days less four are none",
    ),
    (
        "MP104",
        phase(grace="P1D"),
        phase(grace="P1D", min_interval="P5D"),
        "grace of no minimum means nothing",
    ),
    (
        "MP126",
        phase(if_missed="skip", within="P2W"),
        phase(if_missed="skip", if_cancelled="make_up", within="P2W"),
        "what is given up comes at no time",
    ),
    (
        "MP126",
        phase(sessions=None, until="P8W", if_missed="make_up"),
        phase(sessions=None, until="P8W", if_missed="soon"),
        "each place of a span has its session",
    ),
    (
        "MP126",
        phase(within="P6D"),
        phase(within="P7D"),
        "the place behind the last one is a week later",
    ),
    (
        "MP126",
        phase(if_missed="make_up", within="P6D"),
        phase(rhythm="chain", if_missed="make_up", within="P6D"),
        "in a chain the next day is as good",
    ),
    (
        "MP107",
        phase(tiers=[{"late": "P7D", "then": "shift"}, {"late": "P3D", "then": "carry_on"}]),
        phase(tiers=[{"late": "P3D", "then": "carry_on"}, {"late": "P7D", "then": "shift"}]),
        "the second is never read",
    ),
    (
        "MP107",
        phase(tiers=[{"then": "shift"}, {"then": "restart"}]),
        phase(tiers=[{"late": "P1D", "then": "shift"}, {"then": "restart"}]),
        "after a tier without limit comes nothing",
    ),
    (
        "MP127",
        phase(tiers=[{"then": "repeat"}]),
        phase(tiers=[{"then": "repeat"}], steps=["a", "b"]),
        "what would be repeated is not written",
    ),
    (
        "MP108",
        phase(every=None, sessions=None, at=["P0D", "P5W", "P10D"]),
        phase(every=None, sessions=None, at=["P0D", "P10D", "P5W"]),
        "the numbers would not follow the days",
    ),
    (
        "MP108",
        phase(offsets=["PT4H", "PT0H"], window="P0D"),
        phase(offsets=["PT0M", "PT0M"], steps=["left arm", "right arm"]),
        "two at one moment are in order, as the 2-1-1 rabies course has it",
    ),
    (
        "MP109",
        phase(offsets=["P0D", "P7D"], window="P0D"),
        phase(offsets=["P0D", "P6D"], window="P0D"),
        "the eighth day is the next step's first",
    ),
    (
        "MP109",
        phase(every=None, weekdays="mon", offsets=["PT0H", "PT24H"], window="P0D"),
        phase(every=None, weekdays="mon", offsets=["PT0H", "PT4H"], window="P0D"),
        "places inside a weekday stay on that day",
    ),
    (
        "MP109",
        listed(at=["P0D", "P3M", "P6M"], offsets=["P0D", "P1W", "P14W"]),
        listed(at=["P0D", "P3M", "P6M"], offsets=["P0D", "P1W", "P2W"]),
        "a step of a list reaches to its next place, three months on",
    ),
    (
        "MP109",
        listed(at=["P0D", "P0D", "P2W"], offsets=["P0D", "P2W"], steps=["a", "b"]),
        listed(at=["P3M"], offsets=["P0D", "P1W", "P20W"]),
        "of equal places the next other one counts; after the last place there is no end",
    ),
    (
        "MP109",
        listed(starts="each session of induction + P1D", offsets=["P0D"]),
        listed(starts="each session of induction + P1D"),
        "one session for each has no step to lie in",
    ),
    (
        "MP110",
        then(id="more", every="P4W", sessions=2, starts="session 5 + P1W"),
        then(id="more", every="P4W", sessions=2, starts="session 4 + P1W"),
        "the course has four sessions",
    ),
    (
        "MP110",
        {"reviews": [CONSULTATION, CONTROL | {"at": "every 5 sessions of induction"}]},
        {"reviews": [CONSULTATION, CONTROL | {"at": "every 4 sessions of induction"}]},
        "there is no fifth session",
    ),
    (
        "MP111",
        then(id="more", every="P4W", total=4),
        then(id="more", every="P4W", total=5),
        "the first phase has four already",
    ),
    (
        "MP111",
        {
            "phases": [
                INDUCTION,
                INDUCTION | {"id": "more", "sessions": None, "total": 4},
                INDUCTION | {"id": "last", "sessions": None, "total": 4},
            ]
        },
        {
            "phases": [
                INDUCTION,
                {"id": "home", "starts": "each session of induction + P1D", "place": "home"},
                INDUCTION | {"id": "last", "sessions": None, "total": 9},
            ]
        },
        "an empty phase is stepped over; sessions at home count as sessions",
    ),
    (
        "MP112",
        then(id="more", every="P4W")
        | {"reviews": [CONSULTATION, CONTROL | {"at": "last session + P1M"}]},
        then(id="more", every="P4W", sessions=2)
        | {"reviews": [CONSULTATION, CONTROL | {"at": "last session + P1M"}]},
        "an open course has no last session",
    ),
    (
        "MP113",
        {"reviews": [CONSULTATION, CONTROL | {"at": "start - P1D"}]},
        {"reviews": [CONSULTATION, CONTROL | {"at": "start"}]},
        "there is no result to look at",
    ),
    (
        "MP113",
        {"reviews": [CONSULTATION, CONTROL | {"at": "session 2 - P8D"}]},
        {"reviews": [CONSULTATION, CONTROL | {"at": "external:birth - P8D"}]},
        "only what can be dated from the start is judged",
    ),
    (
        "MP114",
        phase(steps=["a", "b", "c", "d", "e"]),
        phase(steps=["a", "b", "c", "d", "e"], max_sessions=5),
        "the fifth dose is given only where the range allows a fifth session",
    ),
    ("MP115", {"deadline": "P20D"}, {"deadline": "P21D"}, "the fourth session is on day 21"),
    (
        "MP115",
        then(id="more", every="P4W") | {"deadline": "P48D"},
        then(id="more", every="P4W", optional=True) | {"deadline": "P48D"},
        "an open phase must begin in time, one that is optional need not",
    ),
    (
        "MP116",
        phase(offsets=["PT0H", "PT4H"], window="P0D") | {"max_per_day": 1},
        phase(offsets=["PT0H", "PT4H"], window="P0D") | {"max_per_day": 2},
        "two a day",
    ),
    (
        "MP117",
        opened_by({"at": "start + P1W"}),
        opened_by({"at": "start + P1W", "outcomes": ["better", "same"]}),
        "a review without outcomes cannot give this one",
    ),
    (
        "MP118",
        opened_by({"at": "first session of more", "outcomes": ["better"]}),
        opened_by({"at": "last session of induction", "outcomes": ["better"]}),
        "each waits for the other",
    ),
    (
        "MP119",
        milestone("start + P3M", "start + P2M"),
        milestone("start + P3M", "start + P6M"),
        "it ends before it begins",
    ),
    (
        "MP119",
        {"adjuncts": [{"title": "Lotion", "starts": "session 2", "until": "session 1"}]},
        {"adjuncts": [{"title": "Lotion", "starts": "session 2", "until": "external:end"}]},
        "only days that can be compared are compared",
    ),
    (
        "MP119",
        {"reviews": [CONSULTATION, CONTROL | {"every": "P2M", "until": "start + P2W"}]},
        {"reviews": [CONSULTATION, CONTROL | {"every": "P2M", "until": "start + P5M"}]},
        "it would never take place",
    ),
    (
        "MP119",
        {"reviews": [CONSULTATION, CONTROL | {"every": "P2M", "until": "session 2 of induction"}]},
        {"reviews": [CONSULTATION, CONTROL | {"every": "P2M", "until": "P1Y"}]},
        "a span begins with it",
    ),
    (
        "MP120",
        side_by_side("P9D", starts="start"),
        side_by_side("P9D", starts="external:other"),
        "both would stand on the first day, which nobody moves",
    ),
    (
        "MP121",
        {"reviews": [CONSULTATION, CONTROL | {"gate": True, "at": "each session"}]},
        {"reviews": [CONSULTATION | {"gate": True, "at": "external:referral"}, CONTROL]},
        "a gate is one visit; of a day from outside nothing is known",
    ),
    (
        "MP121",
        {"reviews": [CONSULTATION | {"gate": True, "every": "P2D", "until": "P5D"}, CONTROL]},
        {"reviews": [CONSULTATION | {"gate": True}, CONTROL]},
        "nor does one that repeats open a course",
    ),
    (
        "MP122",
        then(id="more", every="P4W", sessions=2, starts="start + P2W"),
        then(id="more", every="P4W", sessions=2, starts="start + P15D"),
        "the third session of the one is the first of the other",
    ),
    (
        "MP122",
        {"phases": TWO_WITHOUT_END},
        {"phases": [one | {"label": one["id"]} for one in TWO_WITHOUT_END]},
        "they meet after fifteen weeks; two treatments may share a day",
    ),
    (
        "MP122",
        then(id="more", every="P1W", sessions=1, starts="session 2 of induction"),
        then(id="more", every="P1W", sessions=1, starts="session 2 of induction", place="home"),
        "what is done at home takes up no day",
    ),
    (
        "MP122",
        either_way(outcome="better"),
        either_way(outcome="worse"),
        "only one of the two takes place",
    ),
    (
        "MP122",
        then(id="more", every="P1W", sessions=1, starts="first session of induction + P1W"),
        then(id="more", every="P1W", sessions=1, starts="external:trip + P1W"),
        "of a day from outside nothing is known",
    ),
    (
        "MP122",
        then(id="more", every="P1W", sessions=4, starts="start + P1D", min_interval="P5D"),
        then(
            id="more", every="P1W", sessions=4, starts="start + P1D", label="B", min_interval="P5D"
        ),
        "each of its sessions would come a day after one of the other; two treatments may",
    ),
    (
        "MP122",
        phases_beside(INDUCTION | {"min_interval": "P5D"}, starts="start + P3D"),
        phases_beside(INDUCTION | {"min_interval": "P4D"}, starts="start + P3D"),
        "the one that is written first comes after it as well",
    ),
    (
        "MP122",
        then(id="more", at=["P0D"], starts="last session of induction + P27D", min_interval="P1M"),
        then(id="more", at=["P0D"], starts="last session of induction + P28D", min_interval="P1M"),
        "a month has 28 days in some calendar, and never less",
    ),
    (
        "MP202",
        phase(basis={"every": "smith", "sessions": "smith"}),
        phase(basis={"every": "smith", "sessions": "smith", "window": "assumption"}),
        "the window has no basis",
    ),
    (
        "MP203",
        phase(basis={"*": "assumption", "every": "smith"}),
        phase(basis={"*": "smith", "window": "assumption"}),
        "two of three numbers are assumptions",
    ),
    (
        "MP203",
        phase(basis={"*": "assumption", "every": "smith"}) | advised("smith"),
        advised("assumption"),
        "only the numbers of the schedule count, not those of the care around it",
    ),
    (
        "MP204",
        {"sources": [*SOUND["sources"], {"id": "jones", "title": "A", "where": "J Hair 1"}]},
        {"sources": [{"id": "smith", "title": "A", "where": "J Hair 1"}]},
        "nothing cites it",
    ),
    (
        "MP205",
        {"sources": [{"id": "smith", "title": "A"}]},
        {"sources": [{"id": "smith", "title": "A", "where": "J Hair 1"}]},
        "nobody can look it up",
    ),
    ("MP206", {"reviews": [CONSULTATION]}, {}, "nobody looks at the result"),
    ("MP207", {"reviews": [CONTROL]}, {}, "nobody asks who may start"),
    (
        "MP207",
        {"reviews": [CONSULTATION | {"at": "session 2"}, CONTROL]},
        {"reviews": [CONSULTATION | {"at": "external:referral"}, CONTROL]},
        "one after the start comes too late, one on a date from outside may not",
    ),
    ("MP208", phase(window=None), phase(window=None, place="home"), "home sessions are not booked"),
    (
        "MP208",
        phase(window=None, steps=["a"]),
        phase(window=None, steps=[{"window": "P1D"}]),
        "a window on every step will do",
    ),
    ("MP209", {"status": "draft"}, {"status": "active"}, "a draft is not followed"),
    (
        "MP214",
        phase(offsets=["PT0H", "PT4H", "PT4H"], window="P0D"),
        phase(offsets=["PT0H", "PT4H", "PT8H"], window="P0D"),
        "four hours, written twice",
    ),
    (
        "MP214",
        listed(at=["P0D", "P0D", "P7D"], steps=["one arm", "one arm", "one arm"]),
        listed(at=["P0D", "P0D", "P7D"], steps=["one arm", "the other", "one arm"]),
        "two doses at once say which arm",
    ),
    (
        "MP215",
        {"reviews": [CONSULTATION | {"gate": True, "at": "start + P1D"}, EARLIER, CONTROL]},
        {"reviews": [CONSULTATION | {"gate": True, "at": "start"}, EARLIER, CONTROL]},
        "at the latest it is directly before the first session",
    ),
    (
        "MP123",
        depending("worse"),
        depending("better"),
        "the review that opens the last phase stands in a phase that another outcome opens",
    ),
    (
        "MP123",
        depending("worse"),
        depending("worse", look="each session"),
        "a review at each session may conclude otherwise the next time",
    ),
    (
        "MP118",
        waiting_for_each_other("first session of other"),
        waiting_for_each_other("last session of induction"),
        "each of the two waits for a review of the other",
    ),
    (
        "MP124",
        then(id="more", every="P4W", sessions=2, min_from="first session of induction + P8W"),
        then(id="more", every="P4W", sessions=2, min_from="first session of induction + P7W"),
        "the first session of the second phase is asked for on day 49",
    ),
    (
        "MP124",
        phase(steps=["a", "b", {"min_from": "first session of induction + P15D"}]),
        phase(steps=["a", "b", {"min_from": "first session of induction + P14D"}]),
        "the third dose of a weekly course is due after fourteen days",
    ),
    (
        "MP124",
        then(id="more", every="P4W", sessions=2, min_from="first session of induction + P8W"),
        then(
            id="more",
            every="P4W",
            sessions=2,
            starts="external:trip",
            min_from="first session of induction + P8W",
        ),
        "of a day from outside nothing is known",
    ),
    (
        "MP216",
        phase(sessions=None, until="P1W"),
        phase(sessions=None, until="P8D"),
        "until is exclusive: a week holds one weekly session",
    ),
    (
        "MP216",
        phase(every=None, sessions=None, weekdays="mon, thu", window="P1D", until="P4D"),
        phase(every=None, sessions=None, weekdays="mon", until="P1W"),
        "begun on a Thursday it leaves the Monday out; one Monday in one week is plainly meant",
    ),
    (
        "MP216",
        phase(every=None, sessions=None, at=["P0D", "P1W"], until="P1W"),
        listed(starts="each session of induction + P1D", until="P1W"),
        "the second place is left out; what has no rhythm has no second place",
    ),
    (
        "MP217",
        {"checks": {"MP220": "nothing is repeated"}},
        phase(min_interval="P4D") | {"checks": {"MP220": "nothing is repeated"}},
        "half a week is only assumed",
    ),
    (
        "MP217",
        then(id="more", every="P4W", sessions=1)
        | {"phases": [INDUCTION | {"min_interval": "P4D"}, INDUCTION | {"id": "x", "sessions": 1}]}
        | {"checks": {"MP220": "nothing is repeated"}},
        phase(sessions=1) | {"checks": {"MP220": "nothing is repeated"}},
        "a single session has a minimum to the one before it, if there is one",
    ),
    (
        "MP218",
        phase(min_interval="P1D", window=None) | {"checks": {"MP208": "x", "MP220": "x"}},
        phase(min_interval="P1D", window="P1D") | {"checks": {"MP220": "x"}},
        "Friday and Saturday of a weekly treatment; a narrow window keeps them apart",
    ),
    (
        "MP218",
        listed(at=["P0D", "P1W", "P2W"], min_interval="P1D"),
        phase(min_interval="P1D", rhythm="chain"),
        "a list takes the nearest day, outside a window as well; a chain counts from the session before",
    ),
    (
        "MP218",
        phase(min_interval="P3D", window="P3D"),
        phase(min_interval="P4D", window="P3D"),
        "three days are less than half a week, four are not",
    ),
    (
        "MP219",
        booster(),
        booster(min_interval="P3W"),
        "three weeks on, whatever becomes of the series",
    ),
    (
        "MP219",
        booster(),
        booster(starts=None),
        "without an anchor it counts from the session before",
    ),
    (
        "MP219",
        booster(),
        booster(starts="session 4 of induction", at=["P6M"]),
        "the fourth of four is the last",
    ),
    ("MP219", booster(), booster(label="other"), "two treatments may follow each other at once"),
    ("MP219", booster(), booster(place="home"), "what is done at home keeps no interval"),
    ("MP219", booster(), booster(starts="external:trip"), "of a day from outside nothing is known"),
    ("MP219", booster(), booster(starts="start - P6W", at=["P0D"]), "it comes before all others"),
    (
        "MP220",
        {"checks": {"MP217": "half of the rhythm will do"}},
        phase(restart_after="P4W") | {"checks": {"MP217": "half of the rhythm will do"}},
        "after a long absence it begins again",
    ),
    (
        "MP220",
        {"checks": {"MP217": "half of the rhythm will do"}},
        phase(tiers=[{"then": "carry_on"}]) | {"checks": {"MP217": "half of the rhythm will do"}},
        "it says that nothing is repeated",
    ),
    (
        "MP221",
        opened_by({"at": "start + P8W", "outcomes": ["better"]}),
        opened_by({"at": "start + P7W", "outcomes": ["better"]}),
        "the phase begins in the eighth week, a week before the review",
    ),
    (
        "MP221",
        opened_by({"at": "start + P8W", "outcomes": ["better"]}),
        opened_by({"at": "start + P8W", "outcomes": ["better"]}, starts="external:relapse"),
        "of a day from outside nothing is known",
    ),
    (
        "MP222",
        phase(sessions=300),
        phase(sessions=100),
        "300 is easily typed for 3",
    ),
    (
        "MP223",
        {"phases": [phase(sessions=None)["phases"][0], INDUCTION | {"id": "more"}]},
        {"phases": [INDUCTION, INDUCTION | {"id": "more"}]},
        "what never ends is followed by nothing until somebody ends it",
    ),
    ("MP211", side_by_side("P11D"), side_by_side("P9D"), "14 + 4 days hold twice 9"),
    ("MP211", side_by_side("P9D", every="P1W"), side_by_side("P1D", every="P1W"), "7 + 4 do not"),
]


@pytest.mark.parametrize(
    ("at", "waits", "why"),
    [
        (
            "first session of more",
            ["phases.1.starts", "phases.2.requires.review"],
            "behind its end",
        ),
        ("session 4 of induction", ["phases.1.starts"], "while it goes on"),
    ],
)
def test_a_review_behind_a_phase_without_an_end_waits_as_well(
    at: str, waits: list[str], why: str
) -> None:
    """What it opens has to wait for somebody to end that phase."""
    remarks = check_protocol(Protocol(**(SOUND | behind_an_open_phase(at))))
    assert [remark.path for remark in remarks if remark.rule == "MP223"] == waits, why


SILENCED = [
    # what the protocol says beside, what it silences, the rules that are told, why
    (phase(window=None), {"MP208": "the label gives none"}, [], "a doubt with a reason"),
    (phase(window=None), {"MP207": "none is named"}, ["MP207", "MP208"], "another rule, in vain"),
    ({}, {"MP208": "the label gives none"}, ["MP208"], "a reason that nothing needs any more"),
]


@pytest.mark.parametrize(("changes", "checks", "told", "why"), SILENCED)
def test_a_doubt_is_silenced_with_a_reason(
    changes: Changes, checks: dict[str, str], told: list[str], why: str
) -> None:
    """A protocol that follows its source can be fine, and says why it is."""
    silenced = SOUND["checks"] | checks
    remarks = check_protocol(Protocol(**(SOUND | changes | {"checks": silenced})))
    assert [remark.rule for remark in remarks] == told, why
    vain = [remark.path for remark in remarks if "silenced" in remark.what]
    assert vain == [f"checks.{rule}" for rule in checks if rule in told], why


REFUSED = [
    # what is silenced, the fault, why
    (
        {"MP101": "so be it"},
        "checks.MP101: is about what is impossible, which no reason makes possible, got 'MP101' (mend that)",
        "no reason makes it possible",
    ),
    (
        {"MP270": "so be it"},
        "checks.MP270: is no rule of the checker that can be silenced, got 'MP270' (did you mean \"MP220\"?)",
        "a slip in the number",
    ),
    (
        {"MP208": " "},
        "checks.MP208: is empty, got ' ' (leave it out, or write something)",
        "nobody learns why",
    ),
    ({"MP208": 7}, "checks.MP208: is not text, got 7 (put it in quotes)", "a number is no reason"),
]


@pytest.mark.parametrize(("checks", "said", "why"), REFUSED)
def test_what_cannot_be_silenced_is_refused(checks: dict[str, Any], said: str, why: str) -> None:
    """Where the protocol is read, with the remedy."""
    with pytest.raises(ProtocolError) as caught:
        Protocol(**(SOUND | {"checks": checks}))
    assert [str(fault) for fault in caught.value.faults] == [said], why


def test_every_doubt_can_be_silenced_and_nothing_else() -> None:
    """The numbers that a protocol may silence are those of the warnings."""
    assert {rule.code for rule in RULES if rule.level == "warning"} == set(DOUBTS)


def test_what_is_silenced_survives_its_forms_and_is_told_by_their_differences() -> None:
    """TOML, JSON, the schema, a derived protocol, and what changed between two."""
    reasons = SOUND["checks"] | {"MP208": "the label gives none"}
    silent = Protocol(**(SOUND | {"checks": reasons}))
    assert load_protocol(dump_protocol(silent)) == silent
    assert load_protocol(dump_protocol(silent, "json")) == silent
    assert "MP208" in protocol_schema()["properties"]["checks"]["properties"]
    assert derive(silent, id="other").checks == silent.checks
    added = "checks of MP208 added: the label gives none"
    assert [str(found) for found in compare(Protocol(**SOUND), silent)] == [added]


def test_an_explanation_says_how_to_mend_and_how_to_silence() -> None:
    """Each rule, and only doubts can be silenced; a number that no rule has is refused."""
    for rule in RULES:
        told = explain_rule(rule.code)
        assert told.startswith(str(rule))
        assert "\n\nTo mend it, " in told
        assert (f'[checks]\n{rule.code} = "' in told) is (rule.level == "warning")
    with pytest.raises(MesoplanError, match=r'is no rule of the checker.*did you mean "MP2'):
        explain_rule("MP2")


def codes(changes: Changes) -> set[str]:
    """Check the sound protocol with these changes; that it silences a rule in vain is no matter here."""
    remarks = check_protocol(Protocol(**(SOUND | changes)))
    return {remark.rule for remark in remarks if not remark.path.startswith("checks.")}


@pytest.mark.parametrize(("code", "wrong", "right", "why"), RULE_TABLE)
def test_a_rule_trips_on_its_case_alone_and_not_on_the_neighbour(
    code: str, wrong: Changes, right: Changes, why: str
) -> None:
    """Each rule tells the impossible or doubtful protocol from one just beside it."""
    assert (codes(wrong), codes(right)) == ({code}, set()), why


def test_a_protocol_without_sources_says_so_and_nothing_else() -> None:
    """A rule about sources is not drowned by the rules about what cites them."""
    bare = [{name: v for name, v in part.items() if name != "basis"} for part in (CONSULTATION,)]
    assert "MP201" in codes(
        {
            "sources": [],
            "phases": [INDUCTION | {"basis": {}}],
            "basis": {},
            "reviews": [*bare, CONTROL | {"basis": {}}],
        }
    )
    assert "MP201" not in codes({})


def test_a_month_rhythm_asks_for_the_rule_at_the_end_of_a_month() -> None:
    """Only a rhythm in months, and only where the protocol is silent."""
    silent = {name: value for name, value in SOUND.items() if name != "month_end"}
    monthly = silent | phase(every="P1M")
    assert [r.rule for r in check_protocol(Protocol(**monthly))] == ["MP210"]
    assert check_protocol(Protocol(**(monthly | {"month_end": "clip"}))) == ()
    assert check_protocol(Protocol(**silent)) == ()


def test_every_rule_is_tripped_by_a_test() -> None:
    """No rule stands in the table without a proof that it can speak."""
    elsewhere = {"MP201", "MP210", "MP212", "MP213"}
    assert {rule.code for rule in RULES} == {row[0] for row in RULE_TABLE} | elsewhere


def test_rules_are_numbered_in_order_and_say_their_reason() -> None:
    """Errors are MP1xx, warnings MP2xx; each rule has a sentence, a reason and a source."""
    assert [rule.code for rule in RULES] == sorted({rule.code for rule in RULES})
    assert str(RULES[1]) == "MP102 error: A minimum interval is no longer than the rhythm."
    for rule in RULES:
        assert rule.level == {"1": "error", "2": "warning"}[rule.code[2]]
        assert rule.title.endswith(".")
        assert any(name in rule.text for name in ("Ours", "ours", "CDSi", "USDM", "FHIR")), rule


def test_a_remark_says_rule_place_finding_and_remedy_on_one_line() -> None:
    """What the command line prints is the remark's own text, and a remark can be located like a fault."""
    wrong = SOUND | phase(min_interval="P8D") | {"checks": {"MP220": "nothing is repeated"}}
    (remark,) = check_protocol(Protocol(**wrong))
    assert str(remark) == (
        "MP102 error: phase 1 (induction), min_interval: is longer than the 7 days between two "
        "sessions of the rhythm, got P8D (shorten it, or widen the rhythm)"
    )
    assert isinstance(remark, Remark)
    assert isinstance(remark, Fault)


def test_errors_come_before_warnings_and_all_at_once() -> None:
    """A bad protocol is told everything in one go."""
    first = {"id": "a", "every": "P1W", "min_interval": "P2W"}
    wrong = Protocol.model_validate({"id": "x", "title": "X", "phases": [first]})
    found = [remark.rule for remark in check_protocol(wrong)]
    assert found == sorted(found)
    assert found[0] == "MP102"
    assert {"MP201", "MP202", "MP206", "MP207", "MP208"} <= set(found)


def test_a_course_longer_than_the_calendar_is_checked_in_bounded_time() -> None:
    """Five thousand sessions a century apart end with the year 9999, not with an error."""
    assert codes(phase(every="P100Y", sessions=5000)) == {"MP222"}
