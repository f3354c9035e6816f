"""A plan as JSON text, whole or without its protocol.

Most of a saved plan is the protocol that it follows. Who stores many plans of few protocols may keep
each protocol once and save plans in the compact form, which names the protocol by id, version and
digest; such a plan is opened with that very protocol.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic_core import from_json

from mesoplan.plan.plan import Plan
from mesoplan.protocol.protocol import Protocol
from mesoplan.values.errors import Fault, PlanError
from mesoplan.values.given import given, one_of

_SHORT = len("sha256:") + 12
_PATH = "course.protocol"


def dump_plan(plan: Plan, *, protocol: Literal["whole", "digest"] = "whole") -> str:
    """Write a plan as JSON that `load_plan` reads as the same plan.

    `protocol="digest"` is the compact form: instead of the protocol stand its id, its version, and a
    digest of all that it says.
    """
    given(plan, Plan, "plan")
    one_of(protocol, ("whole", "digest"), "protocol")
    if protocol == "whole":
        return plan.model_dump_json()
    written = plan.model_dump(mode="json", exclude={"course": {"protocol"}})
    written["course"]["protocol"] = _name(plan.course.protocol)
    return json.dumps(written, ensure_ascii=False, separators=(",", ":"))


def load_plan(data: str | bytes, *, protocol: Protocol | None = None) -> Plan:
    """Read a plan that was saved as JSON; one in the compact form needs its protocol.

    Raises PlanError where the protocol is missing, or another one is given than the plan was saved
    with, and with every fault at once for what is no plan.
    """
    given(data, (str, bytes), "data")
    try:
        written = from_json(data)
    except ValueError:
        written = None
    named = _named(written)
    if named is None:
        plan = Plan.model_validate_json(data)
        if protocol is not None:
            _same(protocol, _name(plan.course.protocol))
        return plan
    if protocol is None:
        remedy = f"give it: load_plan(data, protocol=...) with {_words(named)}"
        got = _short(named.get("digest"))
        fault = Fault(_PATH, "is named and not saved", got, remedy, code="missing")
        raise PlanError(fault, subject="Plan")
    _same(protocol, named)
    course = {**written["course"], "protocol": protocol}
    return Plan.model_validate({**written, "course": course})


def _name(protocol: Protocol) -> dict[str, str]:
    """Return what the compact form says of a protocol."""
    return {"id": protocol.id, "version": protocol.version, "digest": _digest(protocol)}


def _same(protocol: Protocol, named: Mapping[str, Any]) -> None:
    """Refuse another protocol than the one that a plan names."""
    if _digest(protocol) != named.get("digest"):
        given = f"{protocol.id} version {protocol.version}, {_short(_digest(protocol))}"
        what = f"is another one than the plan was saved with ({_short(named.get('digest'))})"
        remedy = f"give {_words(named)}"
        raise PlanError(Fault(_PATH, what, given, remedy, code="not-accepted"), subject="Plan")


def _named(written: Any) -> Mapping[str, Any] | None:
    """Return what the compact form says of its protocol, or None where a plan is whole."""
    course = written.get("course") if isinstance(written, Mapping) else None
    named = course.get("protocol") if isinstance(course, Mapping) else None
    return named if isinstance(named, Mapping) and "digest" in named else None


def _words(named: Mapping[str, Any]) -> str:
    return f"{named.get('id')} version {named.get('version')} as it was then"


def _digest(protocol: Protocol) -> str:
    """Return what stands for all that a protocol says, the same in every release.

    What is left at its default is left out, so that a field that a later release adds changes nothing.
    """
    said = protocol.model_dump(mode="json", exclude_defaults=True)
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _short(digest: object) -> str:
    """Return enough of a digest to tell two apart."""
    return str(digest)[:_SHORT]
