"""One protocol made from two that a person follows side by side."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from mesoplan.compose.fields import assumed, build, is_prose, parent, refuse
from mesoplan.compose.rewriting import Rewriting, clashing, kinds_of_parts
from mesoplan.protocol.anchor import Anchor
from mesoplan.protocol.phase_parts import Spacing
from mesoplan.protocol.protocol import Protocol
from mesoplan.values.errors import Fault, ProtocolError, closest
from mesoplan.values.given import given
from mesoplan.values.period import Period

_SHARED = (
    *(
        "basis",
        "id",
        "title",
        "version",
        "parents",
        "status",
        "summary",
        "notes",
        "treatment",
        "variant",
    ),
    "checks",
)
"""Fields of a protocol that the combination writes itself."""


def combine(
    first: Protocol,
    second: Protocol,
    *,
    id: str,  # noqa: A002 - the field's name
    title: str,
    version: str = "1",
    apart: Period | str | None = "P7D",
    second_starts: Anchor | str | None = None,
) -> Protocol:
    """Make one protocol of two treatments side by side, `apart` from each other.

    The phases of each carry its label: their own, or the protocol's treatment, or its title. Where the
    two use one id for different parts, both are prefixed with their protocol's id. The second counts
    from `second_starts`, an anchor in the first ("start + P3D"); default the start, `apart` later, since
    both cannot open the course on one day. What counted sessions of the whole
    course counts those of the phase that it meant. Advice, effects and red flags belong to no
    treatment: all of them hold around every session, which errs on the side of care. The result names
    both parents.

    Raises ProtocolError, naming what clashes, where a number of the whole course differs, where both
    have one label, or where a count over the course cannot be given to one phase.

    >>> mesotherapy = Protocol(
    ...     id="weekly",
    ...     title="Mesotherapy",
    ...     phases=[{"id": "course", "every": "P2W", "sessions": 8}],
    ... )
    >>> prp = Protocol(
    ...     id="prp", title="PRP", phases=[{"id": "course", "every": "P4W", "sessions": 3}]
    ... )
    >>> both = combine(mesotherapy, prp, id="both", title="Both")
    >>> [phase.id for phase in both.phases], str(both.phases[1].starts)
    (['weekly-course', 'prp-course'], 'start + P7D')
    """
    given(first, Protocol, "first", ProtocolError)
    given(second, Protocol, "second", ProtocolError)
    both = (first, second)
    one = Rewriting(first, clashing(first, second), Anchor("start"), leads=True)
    days = None if apart is None else Period(str(apart))
    start = _start(one, Anchor(str(second_starts or f"start + {days or 'P0D'}")), id)
    two = Rewriting(second, clashing(second, first), start, leads=False)
    faults = [*_differences(first, second), *_label_faults(first, second)]
    refuse(id, [*faults, *one.faults(), *two.faults()])
    fields = _described(first, second) | _parts(one, two)
    if days is not None:
        fields["spacing"] = [*fields["spacing"], *_spacing(first, second, days)]
    fields["basis"] = two.bases(second) | one.bases(first)
    fields["checks"] = _silenced(both)
    named = {"id": id, "title": title, "version": version}
    return build(fields | named | {"parents": tuple(parent(protocol) for protocol in both)})


def _start(one: Rewriting, anchor: Anchor, subject: str) -> Anchor:
    """Return the start of the second protocol as an anchor in the combination."""
    known = {phase.id for phase in one.protocol.phases}
    if anchor.phase is not None and anchor.phase not in known:
        remedy = closest(anchor.phase, sorted(known))
        refuse(
            subject,
            [
                Fault(
                    "second_starts",
                    "counts from an unknown phase",
                    anchor.phase,
                    remedy,
                    code="unknown-phase",
                )
            ],
        )
    if not one.is_clear(anchor):
        remedy = "name one of its phases"
        refuse(
            subject,
            [
                Fault(
                    "second_starts",
                    "means no one session",
                    str(anchor),
                    remedy,
                    code="ambiguous-anchor",
                )
            ],
        )
    return anchor if anchor.kind == "start" else one.anchor(anchor)


def _labels(protocol: Protocol) -> list[str]:
    """Name the treatments of a protocol."""
    own = _own_label(protocol)
    return list(dict.fromkeys(phase.label or own for phase in protocol.phases))


def _own_label(protocol: Protocol) -> str:
    return protocol.treatment or protocol.title


def _label_faults(first: Protocol, second: Protocol) -> list[Fault]:
    shared = [label for label in _labels(first) if label in _labels(second)]
    remedy = "give each protocol its own treatment, or the phases labels"
    return [
        Fault(
            "phases", "carry one label for two treatments", label, remedy, code="one-label-for-two"
        )
        for label in shared
    ]


def _differences(first: Protocol, second: Protocol) -> list[Fault]:
    """List the rules of the whole course that cannot both hold."""
    remedy = "derive one of the two with the other's"
    return [
        Fault(
            name,
            f"is {ours or 'not set'} in {first.id} and {theirs or 'not set'} in {second.id}",
            remedy=remedy,
            code="differs",
        )
        for name, ours, theirs in _single(first, second)
        if ours != theirs and not is_prose(Protocol.__pydantic_fields__[name].annotation)
    ]


def _single(first: Protocol, second: Protocol) -> Iterator[tuple[str, Any, Any]]:
    """Yield the fields that hold one value, with both values."""
    several = {*kinds_of_parts(first), *_SHARED}
    for name in Protocol.__pydantic_fields__:
        if name not in several:
            yield name, getattr(first, name), getattr(second, name)


def _described(first: Protocol, second: Protocol) -> dict[str, Any]:
    """Return the fields of the combination: values that both share, and the texts of each."""
    both = (first, second)
    fields = {name: ours for name, ours, theirs in _single(first, second) if ours == theirs}
    for name in ("summary", "notes"):
        texts = [f"{p.title}: {text}" for p in both if (text := getattr(p, name))]
        fields[name] = "\n\n".join(texts) or None
    treatments = [protocol.treatment for protocol in both if protocol.treatment]
    fields["treatment"] = " and ".join(dict.fromkeys(treatments)) or None
    fields["status"] = next((p.status for p in both if p.status != "active"), "active")
    return {name: value for name, value in fields.items() if value is not None}


def _silenced(both: tuple[Protocol, Protocol]) -> dict[str, str]:
    """Return the silenced rules of both, each with whose reason it is."""
    reasons: dict[str, list[str]] = {}
    for protocol in both:
        for rule, reason in protocol.checks.items():
            reasons.setdefault(rule, []).append(f"{protocol.title}: {reason}")
    return {rule: "; ".join(told) for rule, told in reasons.items()}


def _parts(one: Rewriting, two: Rewriting) -> dict[str, list[dict[str, Any]]]:
    """Return the parts of both, each once."""
    joined = {}
    for kind in kinds_of_parts(one.protocol):
        ours = list(one.parts(kind, _own_label(one.protocol)))
        theirs = two.parts(kind, _own_label(two.protocol))
        joined[kind] = [*ours, *(part for part in theirs if part not in ours)]
    return joined


def _spacing(first: Protocol, second: Protocol, apart: Period) -> list[Spacing]:
    """Return the spacing between every treatment of the one and every treatment of the other."""
    basis = {"*": assumed("combined")}
    return [
        Spacing(between=pair, at_least=apart, basis=basis)
        for pair in product(_labels(first), _labels(second))
    ]
