from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesoplan import (
    Advice,
    Clinic,
    Course,
    Effect,
    Phase,
    PlanError,
    Protocol,
    ProtocolError,
    RedFlag,
    Visit,
    advice_at,
    assess,
    protocols,
    schedule,
)
from mesoplan.care.aftercare import assessed, holding_at

ISTANBUL = ZoneInfo("Europe/Istanbul")
BERLIN = ZoneInfo("Europe/Berlin")
PHASE = Phase(id="induction", every="P1W", sessions=16)

WASHING = Advice(id="no-washing", kind="avoid", title="No washing", until="PT24H")
PRODUCTS = Advice(id="no-products", kind="avoid", title="No heavy products", until="P3D")
SUN = Advice(id="no-sun", kind="avoid", title="No strong sun")
TELL = Advice(
    id="tell", kind="prepare", title="Tell us", counts_from="start", since="-P2D", until="P0D"
)
SWELLING = Effect(
    id="swelling",
    title="Swelling",
    text="It goes down by itself.",
    onset="P1D",
    usual_min="PT3H",
    usual_max="P2D",
    urgent_after="P4D",
    if_longer="It should be seen.",
)
SHEDDING = Effect(
    id="shedding", title="Shedding", text="It passes.", usual_max="P3M", if_longer="Ask."
)
BREATHING = RedFlag(id="breathing", title="Trouble breathing", text="Help!", urgency="urgent")
RASH = RedFlag(id="rash", title="A rash", text="Have it seen.", urgency="call")
CARE = Protocol(
    id="care",
    title="Care",
    phases=[PHASE],
    advice=[WASHING, PRODUCTS, SUN, TELL],
    effects=[SWELLING, SHEDDING],
    red_flags=[BREATHING, RASH],
)


def session(key: str, start: datetime, status: Any = "planned", minutes: int = 30) -> Visit:
    """Give a session of thirty minutes."""
    end = (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(start.tzinfo)
    return Visit(
        key=key,
        kind="session",
        name=key,
        target=start.date(),
        start=start,
        end=end,
        status=status,
        stamp=datetime(2026, 11, 20, tzinfo=UTC),
    )


def local(text: str, zone: ZoneInfo = ISTANBUL) -> datetime:
    """Read a local time."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


FIRST = session("induction-1", local("2026-12-01 17:30"), "attended")
SECOND = session("induction-2", local("2026-12-08 17:30"))


def held(moment: str, *sessions: Visit, protocol: Protocol = CARE) -> list[str]:
    """Name the advice that holds at a local time."""
    return [h.advice.id for h in holding_at(protocol, sessions, local(moment))]


@pytest.mark.parametrize(
    ("moment", "expected", "why"),
    [
        ("2026-11-29 17:29", [], "two days and a minute before the first session"),
        ("2026-11-29 17:30", ["tell"], "a window includes its first moment"),
        ("2026-12-01 17:29", ["tell"], "preparation ends with the start"),
        ("2026-12-01 17:45", [], "during the session nothing begins: it counts from the end"),
        ("2026-12-01 18:00", ["no-washing", "no-products", "no-sun"], "the session has ended"),
        ("2026-12-02 17:59", ["no-washing", "no-products", "no-sun"], "one minute is left"),
        ("2026-12-02 18:00", ["no-products", "no-sun"], "24 hours have passed: wash again"),
        ("2026-12-04 18:00", ["no-sun"], "three days have passed"),
        ("2026-12-07 12:00", ["no-sun", "tell"], "the next session is near"),
        ("2028-01-01 12:00", ["no-sun"], "advice without an end stays"),
    ],
)
def test_advice_holds_in_its_window_around_each_session(
    moment: str, expected: list[str], why: str
) -> None:
    """Advice holds from the first moment of its window up to and without the last."""
    assert held(moment, FIRST, SECOND) == expected, why


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("planned", ["no-washing"]),
        ("tentative", ["no-washing"]),
        ("attended", ["no-washing"]),
        ("missed", []),
        ("cancelled", []),
    ],
)
def test_a_session_that_did_not_take_place_asks_for_nothing(
    status: str, expected: list[str]
) -> None:
    """A missed or cancelled session has no aftercare; any other is taken to happen as planned."""
    only = Protocol(id="one", title="One", phases=[PHASE], advice=[WASHING])
    lost = session("induction-1", local("2026-12-01 17:30"), status)
    assert held("2026-12-01 20:00", lost, protocol=only) == expected


def test_a_late_session_overlaps_with_the_windows_of_the_one_before() -> None:
    """Where two windows overlap, the advice holds from the first's begin to the last's end."""
    late = session("induction-1", local("2026-12-06 17:30"), "attended")
    after = holding_at(CARE, [late, SECOND], local("2026-12-08 18:30"))
    products = next(h for h in after if h.advice.id == "no-products")
    assert (products.since, products.until) == (late.end, local("2026-12-11 18:00"))
    assert products.session == "induction-2"
    assert str(products) == "No heavy products until Fri 2026-12-11 18:00 (induction-2)"


def test_while_the_next_session_has_not_begun_only_the_one_before_counts() -> None:
    """What a later session will ask for does not lengthen what holds before it."""
    late = session("induction-1", local("2026-12-06 17:30"), "attended")
    before = holding_at(CARE, [late, SECOND], local("2026-12-08 17:00"))
    assert {h.advice.id: h.session for h in before} == {
        "no-products": "induction-1",
        "no-sun": "induction-1",
        "tell": "induction-2",
    }


def test_advice_without_end_holds_since_the_first_session() -> None:
    """Open advice says since when it holds and names no end."""
    sun = holding_at(CARE, [SECOND, FIRST], local("2026-12-20 12:00"))[0]
    assert (sun.since, sun.until, sun.session) == (FIRST.end, None, "induction-2")
    assert str(sun) == "No strong sun (induction-2)"


@pytest.mark.parametrize(
    ("start", "advice", "until", "why"),
    [
        ("2027-03-27 17:30", WASHING, "2027-03-28 19:00", "24 hours pass, the night has 23"),
        ("2027-10-30 17:30", WASHING, "2027-10-31 17:00", "24 hours pass, the night has 25"),
        ("2027-03-27 17:30", PRODUCTS, "2027-03-30 18:00", "days end at the same local time"),
        ("2027-10-30 17:30", PRODUCTS, "2027-11-02 18:00", "days end at the same local time"),
        ("2027-03-25 02:00", PRODUCTS, "2027-03-28 03:30", "02:30 does not exist: the gap later"),
        ("2027-10-28 02:00", PRODUCTS, "2027-10-31 02:30", "02:30 comes twice: the first"),
    ],
)
def test_hours_pass_and_days_keep_the_local_time_when_clocks_change(
    start: str, advice: Advice, until: str, why: str
) -> None:
    """A rule of at least 24 hours is never shortened to 23 by summer time."""
    visit = session("induction-1", local(start, BERLIN))
    assert advice.span(visit.start, visit.end)[1] == local(until, BERLIN), why


def test_a_moment_in_the_hour_that_comes_twice_is_told_apart() -> None:
    """The second 02:30 of an autumn night lies an hour after the first, though clocks agree."""
    short = Advice(id="rest", kind="do", title="Rest", until="PT30M")
    only = Protocol(id="one", title="One", phases=[PHASE], advice=[short])
    visit = session("induction-1", local("2027-10-31 01:45", BERLIN), minutes=30)
    first = local("2027-10-31 02:30", BERLIN)
    assert [h.advice for h in holding_at(only, [visit], first)] == [short]
    assert holding_at(only, [visit], first.replace(fold=1)) == ()


HOURS = st.integers(-100, 200)
SPANS = st.tuples(HOURS, st.none() | st.integers(1, 300), st.sampled_from(["start", "end"]))
SESSIONS = st.lists(
    st.tuples(st.integers(0, 1000), st.sampled_from(["planned", "attended", "missed"])), max_size=6
)


@given(SPANS, SESSIONS, st.integers(-200, 1500))
def test_what_holds_is_what_a_look_at_every_window_finds(
    span: tuple[int, int | None, Any], sessions: list[tuple[int, Any]], hour: int
) -> None:
    """At any moment the advice, its begin and its end equal those of plain arithmetic."""
    since, length, counts_from = span
    zero = datetime(2026, 12, 1, tzinfo=UTC)
    advice = Advice(
        id="some",
        kind="do",
        title="Some",
        counts_from=counts_from,
        since=f"-PT{-since}H" if since < 0 else f"PT{since}H",
        until=None if length is None else _hours(since + length),
    )
    only = Protocol(id="one", title="One", phases=[PHASE], advice=[advice])
    visits = [
        session(f"s-{i}", zero + timedelta(hours=at), status, minutes=60)
        for i, (at, status) in enumerate(sessions)
    ]
    shift = 0 if counts_from == "start" else 1
    begins = [at + shift + since for at, status in sessions if status != "missed"]
    covering = [b for b in begins if b <= hour and (length is None or hour < b + length)]
    found = holding_at(only, visits, zero + timedelta(hours=hour))
    assert len(found) == bool(covering)
    for holding in found:
        assert holding.since == zero + timedelta(hours=min(covering))
        end = None if length is None else zero + timedelta(hours=max(covering) + length)
        assert holding.until == end


def _hours(number: int) -> str:
    return f"-PT{-number}H" if number < 0 else f"PT{number}H"


def test_a_session_in_another_zone_counts_at_its_instant() -> None:
    """A moment may be asked in any zone; the answer is told in the clinic's."""
    asked = datetime(2026, 12, 1, 16, 0, tzinfo=UTC)  # 19:00 in Istanbul
    holding = holding_at(CARE, [FIRST], asked)[0]
    assert holding.until is not None
    assert holding.until.isoformat() == "2026-12-02T18:00:00+03:00"


@pytest.mark.parametrize(
    ("symptom", "since", "at", "expected", "why"),
    [
        ("swelling", "12-01 18:00", "12-01 20:00", ("usual", "none"), "hours after the session"),
        ("swelling", "12-01 17:45", "12-01 17:50", ("usual", "none"), "during the session"),
        ("swelling", "12-01 18:00", "12-03 18:00", ("usual", "none"), "two days are still usual"),
        ("swelling", "12-01 18:00", "12-03 18:01", ("longer", "call"), "more than two days"),
        ("swelling", "12-01 18:00", "12-05 18:00", ("longer", "call"), "four days, not beyond"),
        ("swelling", "12-01 18:00", "12-05 18:01", ("longer", "urgent"), "prolonged"),
        ("swelling", "12-02 18:00", "12-02 19:00", ("usual", "none"), "it began within a day"),
        ("swelling", "12-02 18:01", "12-02 19:00", ("unexplained", "call"), "it began too late"),
        ("swelling", "12-02 18:01", "12-08 19:00", ("unexplained", "urgent"), "late and prolonged"),
        ("swelling", "12-01 17:29", "12-01 19:00", ("unexplained", "call"), "before any session"),
        ("swelling", "12-05 18:00", "12-08 18:30", ("unexplained", "call"), "the last one counts"),
        ("shedding", "12-20 12:00", "12-25 12:00", ("usual", "none"), "it may begin at any time"),
        ("shedding", "11-20 12:00", "11-25 12:00", ("unexplained", "call"), "no session yet"),
        ("breathing", "11-20 12:00", "11-20 12:00", ("red-flag", "urgent"), "a flag at any time"),
        ("breathing", "12-01 18:00", "12-01 18:05", ("red-flag", "urgent"), "never waited for"),
        ("rash", "12-01 18:00", "12-01 18:05", ("red-flag", "call"), "as urgent as it says"),
    ],
)
def test_a_symptom_is_held_against_what_is_usual(
    symptom: str, since: str, at: str, expected: tuple[str, str], why: str
) -> None:
    """An effect is usual, longer than usual or unexplained; a red flag is one at any time."""
    missed = session("induction-0", local("2026-11-10 17:30"), "missed")
    found = assessed(
        CARE,
        [missed, FIRST, SECOND],
        symptom,
        since=local(f"2026-{since}"),
        at=local(f"2026-{at}"),
    )
    assert (found.verdict, found.urgency) == expected, why


def test_an_assessment_reads_as_a_sentence_and_names_session_and_end() -> None:
    """It says what is usual, until when, and what to do."""
    asked = local("2026-12-02 09:00")
    usual = assessed(CARE, [FIRST], "swelling", since=FIRST.end, at=asked)
    assert str(usual) == "Swelling: within what is usual. It goes down by itself."
    assert (usual.session, usual.usual_until) == ("induction-1", local("2026-12-03 18:00"))
    late = assessed(CARE, [FIRST], "swelling", since=FIRST.end, at=local("2026-12-06 09:00"))
    assert str(late) == "Swelling: longer than usual. Seek medical help now. It should be seen."
    flag = assessed(CARE, [FIRST], "rash", since=FIRST.end, at=asked)
    assert str(flag) == "A rash: a red flag. Call the clinic. Have it seen."
    assert (flag.session, flag.usual_until) == ("induction-1", None)
    before = assessed(CARE, [], "swelling", since=FIRST.end, at=asked)
    assert (before.session, before.usual_until) == (None, None)
    assert str(before) == (
        "Swelling: not explained by a session. Call the clinic. No session explains it."
    )


@pytest.mark.parametrize(
    ("symptom", "said"),
    [
        ("sweling", 'did you mean "swelling"? known: swelling, shedding, breathing, rash'),
        ("<script>", "known: swelling, shedding, breathing, rash"),
    ],
)
def test_an_unknown_symptom_is_refused_with_the_known_ones(symptom: str, said: str) -> None:
    """Nothing is guessed about a symptom that the protocol does not know."""
    with pytest.raises(PlanError) as refused:
        assessed(CARE, [FIRST], symptom, since=FIRST.end, at=FIRST.end)
    assert refused.value.faults[0].remedy == said


def test_a_protocol_without_care_knows_no_symptom_and_gives_no_advice() -> None:
    """Where nothing is written, nothing holds and no symptom is judged."""
    bare = Protocol(id="bare", title="Bare", phases=[PHASE])
    assert holding_at(bare, [FIRST], FIRST.end) == ()
    with pytest.raises(PlanError, match="known: none"):
        assessed(bare, [FIRST], "swelling", since=FIRST.end, at=FIRST.end)


def test_naive_moments_are_refused_all_at_once() -> None:
    """A moment without a zone could mean another hour."""
    naive = datetime(2026, 12, 2, 9, 0)
    with pytest.raises(PlanError, match="moment: has no time zone"):
        holding_at(CARE, [FIRST], naive)
    with pytest.raises(PlanError) as refused:
        assessed(CARE, [FIRST], "swelling", since=naive, at=naive)
    assert [fault.path for fault in refused.value.faults] == ["since", "at"]


def test_a_symptom_cannot_begin_after_it_is_asked_about() -> None:
    """Since after at is a slip, not a symptom of no length."""
    with pytest.raises(PlanError, match="since: lies after at"):
        assessed(CARE, [FIRST], "swelling", since=SECOND.end, at=FIRST.end)


@pytest.mark.parametrize(
    ("kind", "fields", "path", "why"),
    [
        (Advice, {"until": "P0D"}, "until", "a window that is empty"),
        (Advice, {"since": "P2D", "until": "P1D"}, "until", "a window that ends before it begins"),
        (Effect, {"usual_max": "P0D"}, "usual_max", "an effect that never lasts"),
        (Effect, {"usual_min": "P2D", "usual_max": "P1D"}, "usual_min", "a range upside down"),
        (Effect, {"usual_max": "P2D", "urgent_after": "P1D"}, "urgent_after", "urgent while usual"),
    ],
)
def test_care_that_cannot_be_meant_is_refused(
    kind: type[Advice | Effect], fields: dict[str, str], path: str, why: str
) -> None:
    """A window or a range the wrong way round is one fault at its field."""
    plain: dict[str, Any] = {"id": "x", "title": "X", "text": "X"}
    more = {"kind": "do"} if kind is Advice else {"if_longer": "Call."}
    with pytest.raises(ProtocolError) as refused:
        kind(**(plain | more | fields))
    assert [fault.path for fault in refused.value.faults] == [path], why


def test_one_name_means_one_piece_of_care() -> None:
    """Ids repeat neither inside a list nor between the two kinds of symptoms."""
    with pytest.raises(ProtocolError) as refused:
        Protocol(
            id="twice",
            title="Twice",
            phases=[PHASE],
            advice=[WASHING, WASHING],
            effects=[SWELLING],
            red_flags=[RASH, BREATHING.replace(id="swelling")],
        )
    paths = [fault.path for fault in refused.value.faults]
    assert paths == ["advice.1.id", "red_flags.1.id"]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ("PT3H", "P2D", "3 hours to 2 days"),
        ("P2D", "P2D", "up to 2 days"),
        (None, "P1W", "up to 1 week"),
    ],
)
def test_a_usual_time_reads_as_a_range(low: str | None, high: str, words: str) -> None:
    """What is usual is said the way a leaflet says it."""
    assert SWELLING.replace(usual_min=low, usual_max=high, urgent_after=None).usual == words


def test_care_and_its_answers_survive_json() -> None:
    """A protocol's care and what was answered are read back as they were."""
    assert Protocol.model_validate_json(CARE.model_dump_json()) == CARE
    holding = holding_at(CARE, [FIRST], date_at(date(2026, 12, 2)))[0]
    assert type(holding).model_validate_json(holding.model_dump_json()) == holding


def date_at(day: date) -> datetime:
    """Give noon of a day in Istanbul."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=ISTANBUL)


WEEKLY = protocols.get("mesotherapy-weekly")


@pytest.mark.parametrize(
    ("moment", "avoided", "why"),
    [
        ("2026-11-20 12:00", [], "before the first session nothing has to be left"),
        (
            "2026-12-01 20:00",
            [
                *("no-washing", "no-intense-exercise", "no-sauna"),
                *("no-heavy-products", "no-strong-sun"),
            ],
            "the evening after",
        ),
        ("2026-12-02 18:00", ["no-heavy-products", "no-strong-sun"], "24 hours later"),
        ("2026-12-04 18:00", ["no-strong-sun"], "a few days later"),
        ("2026-12-08 17:45", ["no-strong-sun"], "during the next session"),
    ],
)
def test_the_shipped_advice_answers_whether_hair_may_be_washed(
    moment: str, avoided: list[str], why: str
) -> None:
    """What is to be left after a session ends as the pages say."""
    now = holding_at(WEEKLY, [FIRST, SECOND], local(moment))
    assert [h.advice.id for h in now if h.advice.kind == "avoid"] == avoided, why


@pytest.mark.parametrize(
    ("symptom", "hours", "urgency", "why"),
    [
        ("redness", 48, "none", "hours to two days"),
        ("redness", 49, "call", "longer than two days"),
        ("swelling", 96, "call", "a few days in some people"),
        ("swelling", 97, "urgent", "prolonged"),
        ("bruising", 14 * 24, "none", "one to two weeks"),
        ("bruising", 14 * 24 + 1, "call", "longer than two weeks"),
        ("pain", 24, "none", "gone soon"),
        ("pain", 73, "urgent", "no better after a few days"),
        ("itching", 73, "call", "no better after a few days"),
        ("headache", 73, "call", "no better after a few days"),
        ("bumps", 73, "call", "no better after a few days"),
        ("shedding", 80 * 24, "none", "it passes, and less is expected from the third month"),
        ("shedding", 93 * 24, "call", "three months"),
        ("breathing-trouble", 0, "urgent", "a severe allergy"),
        ("face-swelling", 0, "urgent", "a severe allergy"),
        ("hives", 0, "urgent", "a severe allergy"),
        ("infection-signs", 0, "urgent", "the stricter of two statements"),
        ("severe-pain", 0, "urgent", "at once"),
        ("open-sore", 0, "urgent", "promptly"),
        ("getting-worse", 0, "call", "contact the provider"),
        ("rash", 0, "call", "contact the provider"),
        ("itching-with-more", 0, "call", "contact the provider"),
        ("anything-unusual", 0, "call", "contact the provider"),
    ],
)
def test_the_shipped_symptoms_call_for_help_as_their_sources_do(
    symptom: str, hours: int, urgency: str, why: str
) -> None:
    """So many hours after a session each symptom is as urgent as the pages say."""
    at = (FIRST.end.astimezone(UTC) + timedelta(hours=hours)).astimezone(ISTANBUL)
    assert assessed(WEEKLY, [FIRST], symptom, since=FIRST.end, at=at).urgency == urgency, why


def test_every_symptom_that_ships_is_told_apart() -> None:
    """The table above leaves no symptom out, and the consultation is a gate."""
    assert len(WEEKLY.effects) + len(WEEKLY.red_flags) == 18
    assert [review.id for review in WEEKLY.reviews if review.gate] == ["consultation"]


def test_a_plan_answers_for_its_own_course() -> None:
    """The same questions, asked of the plan."""
    plan = schedule(
        Course(
            id="c",
            protocol=protocols.get("mesotherapy-weekly"),
            start=datetime(2026, 12, 1, 17, 30),
        ),
        Clinic(timezone="Europe/Istanbul"),
        as_of=datetime(2026, 11, 20, tzinfo=UTC),
    )
    first = plan.visit("induction-1")
    held = {holding.advice.id for holding in advice_at(plan, first.end + timedelta(hours=1))}
    assert "no-washing" in held
    assert "no-washing" not in {h.advice.id for h in advice_at(plan, first.end + timedelta(days=2))}
    said = assess(plan, "swelling", since=first.end, at=first.end + timedelta(hours=3))
    assert said.verdict == "usual"
