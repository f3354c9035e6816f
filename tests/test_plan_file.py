"""A plan as JSON text: whole, and in the compact form that names its protocol."""

from __future__ import annotations

import json

import pytest

from mesoplan import Plan, PlanError, Protocol, dump_plan, load_plan, protocols
from samples import plan_of

PROTOCOL = protocols.get("mesotherapy-weekly")
PLAN = plan_of(PROTOCOL)
COMPACT = dump_plan(PLAN, protocol="digest")


def test_a_plan_is_saved_whole_by_default() -> None:
    """As pydantic writes it, so that either opens it."""
    assert dump_plan(PLAN) == PLAN.model_dump_json()
    assert load_plan(dump_plan(PLAN)) == PLAN
    assert load_plan(PLAN.model_dump_json(indent=1).encode()) == PLAN


@pytest.mark.parametrize("name", protocols.names())
def test_a_compact_plan_is_opened_with_its_protocol(name: str) -> None:
    """The same plan, to the byte, from a protocol of the catalogue or one that was read anew."""
    protocol = protocols.get(name)
    if protocol.outside_dates:
        return
    plan = plan_of(protocol)
    compact = dump_plan(plan, protocol="digest")
    again = Protocol.model_validate_json(protocol.model_dump_json())
    for given in (protocol, again):
        found = load_plan(compact, protocol=given)
        assert found == plan
        assert found.model_dump_json() == plan.model_dump_json()
    assert dump_plan(load_plan(compact, protocol=again), protocol="digest") == compact


def test_it_is_compact() -> None:
    """The protocol is most of a plan; its id, version and digest stand beside the rest."""
    assert len(COMPACT) < len(dump_plan(PLAN)) / 2
    named = json.loads(COMPACT)["course"]["protocol"]
    assert named.keys() == {"id", "version", "digest"}
    assert (named["id"], named["version"]) == (PROTOCOL.id, PROTOCOL.version)


def test_the_digest_stays() -> None:
    """A field that a release adds has a default, and what is left at its default is not digested."""
    bare = Protocol(id="p", title="P", phases=[{"id": "a", "every": "P1W", "sessions": 4}])
    plain = json.loads(dump_plan(plan_of(bare), protocol="digest"))["course"]["protocol"]
    assert plain["digest"] == (
        "sha256:b6adbc73e1f9b2a397de981ee18b77f9a4c872766d8a1e4448f8c260b6db9ff9"
    )


def test_without_its_protocol_it_says_which_one() -> None:
    """By name, version and the beginning of the digest."""
    with pytest.raises(PlanError) as caught:
        load_plan(COMPACT)
    (fault,) = caught.value.faults
    assert fault.path == "course.protocol"
    assert fault.got == json.loads(COMPACT)["course"]["protocol"]["digest"][:19]
    assert "load_plan(data, protocol=...)" in fault.remedy
    assert f"{PROTOCOL.id} version {PROTOCOL.version}" in fault.remedy


@pytest.mark.parametrize("change", [{"notes": "A remark"}, {"version": "9"}, {"month_end": "roll"}])
def test_another_protocol_is_refused(change: dict[str, str]) -> None:
    """Also of the same name and version; both digests are named, and what to give."""
    with pytest.raises(PlanError) as caught:
        load_plan(COMPACT, protocol=PROTOCOL.replace(**change))
    (fault,) = caught.value.faults
    own = json.loads(COMPACT)["course"]["protocol"]["digest"][:19]
    assert fault.path == "course.protocol"
    assert own in fault.what
    assert own not in fault.got
    assert "sha256:" in fault.got
    assert fault.remedy == f"give {PROTOCOL.id} version {PROTOCOL.version} as it was then"


def test_a_whole_plan_follows_the_protocol_that_it_carries() -> None:
    """Nothing is exchanged on opening, and nobody believes that it was: another one is refused."""
    whole = dump_plan(PLAN)
    assert load_plan(whole, protocol=PROTOCOL) == PLAN
    with pytest.raises(PlanError) as caught:
        load_plan(whole, protocol=PROTOCOL.replace(notes="A remark"))
    (fault,) = caught.value.faults
    assert (fault.path, fault.code) == ("course.protocol", "not-accepted")
    assert fault.remedy == f"give {PROTOCOL.id} version {PROTOCOL.version} as it was then"


@pytest.mark.parametrize(
    "data", ["", "{", "[]", "null", '{"course": 7}', b"\xff", '{"course": {"protocol": 7}}']
)
def test_what_is_no_plan_is_refused(data: str | bytes) -> None:
    """With the faults that Plan finds."""
    with pytest.raises(PlanError):
        load_plan(data, protocol=PROTOCOL)


def test_faults_of_a_compact_plan_come_at_once() -> None:
    """The rest of it is checked as ever."""
    data = json.loads(COMPACT)
    data["clinic"]["timezone"] = "Europe/Berln"
    data["visits"][0]["status"] = "lost"
    with pytest.raises(PlanError) as caught:
        load_plan(json.dumps(data), protocol=PROTOCOL)
    assert {f.path for f in caught.value.faults} >= {"clinic.timezone", "visits.0.status"}
    assert isinstance(load_plan(COMPACT, protocol=PROTOCOL), Plan)
