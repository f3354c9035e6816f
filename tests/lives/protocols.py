"""Random protocols of every rhythm, and random clinics: what a life is drawn in."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from random import Random
from typing import Any

from mesoplan import Clinic, Closure, Phase, Protocol, ProtocolError

Fields = dict[str, Any]

ZONES = (
    "Europe/Istanbul",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Sydney",
    "Pacific/Auckland",
)
HOURS: tuple[dict[str, Any] | None, ...] = (
    None,
    {"mon-fri": "09:00-18:00"},
    {"mon-sat": "08:30-19:00"},
    {"mon-fri": ["09:00-12:30", "14:00-18:30"], "sat": "10:00-14:00"},
    {"tue": "08:00-20:00", "thu": "08:00-20:00", "fri": "09:00-15:00"},
)
_STEPS = ("P3D", "P5D", "P1W", "P1W", "P1W", "P10D", "P2W", "P2W", "P3W", "P4W", "P1M", "P2M")
_DAYS = {"D": 1, "W": 7, "M": 30}
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat")
_SPREADS = (
    ("P1W", ("P0D", "P2D", "P4D"), 2),
    ("P4W", ("P0D", "P1W", "P2W"), 7),
    ("P3W", ("P0D", "P3D"), 3),
    ("P2W", ("P0D", "PT4H"), 14),
    ("P28D", ("P0D", "P7D", "P14D"), 7),
)
_LISTS = (
    (("P0D", "P1M", "P6M"), 28),
    (("P0D", "P7D", "P21D", "P28D"), 7),
    (("P0D", "P2W", "P6W", "P14W", "P22W"), 14),
)
OUTCOMES = ("go on", "change", "end")


def clinic(random: Random, start: date) -> Clinic:
    """Draw a clinic: a zone, hours or none, and perhaps closures that are known from the beginning."""
    closures = [closure(random, start, 600) for _ in range(random.choice((0, 0, 1, 3)))]
    return Clinic(
        timezone=random.choice(ZONES), hours=random.choice(HOURS), closures=tuple(closures)
    )


def closure(random: Random, after: date, within: int) -> Closure:
    """Draw days on which the clinic is closed."""
    first = after + timedelta(days=random.randint(1, within))
    long = random.choice((0, 0, 1, 4, 13, 27))
    return Closure(first=first, last=first + timedelta(days=long), reason="Closed")


def protocol(random: Random) -> Protocol:
    """Draw a protocol: one phase, two in any order, or two treatments side by side."""
    while True:
        with suppress(ProtocolError):  # some draws contradict themselves; they are drawn again
            return Protocol(id="p", title="Protocol", **random.choice(_SHAPES)(random))


def _one(random: Random) -> Fields:
    return {"phases": [phase(random, "a")], "reviews": _reviews(random, "a")}


def _one_after_another(random: Random) -> Fields:
    second = phase(random, "b", length=random.choice(("sessions", "sessions", "open", "total")))
    if random.random() < 1 / 2:
        gap = random.choice(("P1W", "P4W", "P1M"))
        second["starts"] = f"{random.choice(('last', 'last', 'first'))} session of a + {gap}"
        if second["starts"].startswith("first"):
            second["label"] = "other"
    first = phase(random, "a", length=random.choice(("sessions", "sessions", "until")))
    return {"phases": [first, second], "reviews": _reviews(random, "a", "b")}


def _side_by_side(random: Random) -> Fields:
    first, second = phase(random, "a"), phase(random, "b", length="sessions")
    second["starts"] = random.choice(("start", "start + P3D", "start + P10D"))
    first["label"], second["label"] = "PRP", "meso"
    fields: Fields = {"phases": [first, second], "reviews": _reviews(random, "a", "b")}
    if random.random() < 3 / 4:
        apart = random.choice(("P1D", "P2D", "P3D"))
        fields["spacing"] = [{"between": ["PRP", "meso"], "at_least": apart}]
    return fields


def _decided(random: Random) -> Fields:
    phases = [phase(random, "a", length="sessions")]
    for name, outcome in zip("bc", OUTCOMES, strict=False):
        more = phase(random, name, length=random.choice(("sessions", "open")))
        more["requires"] = {"review": "look", "outcome": outcome}
        more["starts"] = f"last session of a + {random.choice(('P2W', 'P1M'))}"
        phases.append(more)
    keep = random.choice((2, 3))
    offset = random.choice(("P1D", "P1W", "P10D"))
    look = {"id": "look", "at": f"last session of a + {offset}", "outcomes": OUTCOMES}
    look |= _window(random, 7)
    return {"phases": phases[:keep], "reviews": [look, *_reviews(random, "a")]}


_SHAPES = (_one, _one, _one_after_another, _one_after_another, _side_by_side, _decided)


def phase(random: Random, name: str, length: str | None = None) -> Fields:
    """Draw a phase of any rhythm that a protocol can write; `length` is how it ends."""
    rhythm, gap = _rhythm(random)
    fields: Fields = {"id": name, **rhythm, **_window(random, gap), **_intervals(random, gap)}
    fields |= _length(random, length or random.choice(_LENGTHS), rhythm, gap)
    if random.random() < 1 / 2:
        fields["if_missed"] = random.choice(("make_up", "skip"))
    fields["duration"] = random.choice(("PT30M", "PT30M", "PT45M", "PT1H"))
    if random.random() < 1 / 6:
        fields["steps"] = ["10 %", {"label": "20 %", "duration": "PT1H30M"}, "50 %"]
    return _with_its_rules_for_gaps(random, fields, gap)


_LENGTHS = ("sessions", "sessions", "sessions", "sessions", "until", "open")


def _rhythm(random: Random) -> tuple[Fields, int]:
    """Draw a rhythm, with its smallest gap in days."""
    kind = random.choice(("every", "every", "every", "chain", "weekdays", "offsets", "at"))
    if kind == "weekdays":
        days = sorted(random.sample(_WEEK, random.randint(1, 3)), key=_WEEK.index)
        weeks = random.choice(({}, {}, {"every": "P2W"}))
        return {"weekdays": days, **weeks}, 1
    if kind == "offsets":
        every, offsets, gap = random.choice(_SPREADS)
        return {"every": every, "offsets": offsets}, gap
    if kind == "at":
        places, gap = random.choice(_LISTS)
        return {"at": places}, gap
    every = random.choice(_STEPS)
    chain = {"rhythm": "chain"} if kind == "chain" else {}
    return {"every": every, **chain}, int(every[1:-1]) * _DAYS[every[-1]]


def _length(random: Random, length: str, rhythm: Fields, gap: int) -> Fields:
    if "at" in rhythm or length == "open":
        return {}
    if length == "until":
        return {"until": f"P{gap * random.randint(3, 12)}D"}
    if length == "total":
        return {"total": random.randint(10, 24)}
    most = max(4, min(30, 500 // gap))
    return {"sessions": random.randint(2, most)}


def _window(random: Random, gap: int) -> Fields:
    """Draw a window or none; it is narrower than the gap."""
    most = max(gap // 2, 0)
    kind = random.choice(("none", "same day", "even", "even", "late"))
    if kind == "none":
        return {}
    days = 0 if kind == "same day" else random.randint(0, min(most, 7))
    if kind == "late":
        return {"window": {"earlier": "P0D", "later": f"P{days}D"}}
    return {"window": f"P{days}D"}


def _intervals(random: Random, gap: int) -> Fields:
    fields: Fields = {}
    if random.random() < 1 / 3:
        fields["min_interval"] = f"P{max(gap - random.randint(0, max(gap // 3, 1)), 1)}D"
    if random.random() < 1 / 4:
        fields["max_interval"] = f"P{2 * gap + random.randint(0, 7)}D"
    return fields


def _with_its_rules_for_gaps(random: Random, fields: Fields, gap: int) -> Fields:
    """Add what a long gap or a late session means, where the phase may say so."""
    rules: Fields = {}
    if random.random() < 1 / 6:
        rules["restart_after"] = f"P{max(4 * gap, 30) + random.randint(0, 30)}D"
    if random.random() < 1 / 6:
        last = random.choice(("shift", "restart", "carry_on"))
        rules["tiers"] = [
            {"late": "P2D", "then": "carry_on"},
            {"late": "P9D", "then": "shift"},
            {"then": last},
        ]
    with suppress(ProtocolError):
        Phase.model_validate({**fields, **rules})
        return {**fields, **rules}
    return fields


def _reviews(random: Random, *phases: str) -> list[Fields]:
    """Draw reviews of every kind of anchor."""
    last = random.choice(phases)
    anchors = {
        "first-talk": "start - P1W",
        "month-three": "start + P3M",
        "halfway": f"session 3 of {phases[0]} + P1D",
        "course-four": "session 4",
        "beginning": f"first session of {last}",
        "result": f"last session of {phases[0]} + P1M",
        "follow-up": f"each session of {last} + P2D",
        "check": "every 4th session",
        "lab": "external:lab + P1W",
    }
    names = random.sample(sorted(anchors), random.choice((0, 0, 1, 2, 3)))
    return [
        {
            "id": name,
            "at": anchors[name],
            **_window(random, 14),
            **({} if random.random() < 2 / 3 else {"join": False}),
        }
        for name in names
    ]
