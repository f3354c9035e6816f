"""`protocols`, `show`, `diff`, `schema` and `codes`: what there is to look up."""

import json
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from mesoplan import protocols
from mesoplan.cli import inputs, options
from mesoplan.cli.printing import print_heading, print_table
from mesoplan.compose.compare import compare
from mesoplan.compose.fields import OWN_NUMBERS, is_prose, said
from mesoplan.files.protocol_file import dump_protocol
from mesoplan.files.schema import protocol_schema
from mesoplan.plan.codes import codes
from mesoplan.protocol.phase import Phase
from mesoplan.protocol.phase_parts import Spacing
from mesoplan.protocol.protocol import Protocol
from mesoplan.protocol.review import Adjunct, Milestone, Review
from mesoplan.protocol.source import Cited, Source
from mesoplan.protocol.variant import PhaseNumbers, ReviewNumbers
from mesoplan.values.fault_places import place_of

_SHORT = ("id", "version", "status", "title", "field", "treatment", "indication", "summary")
_UNSAID = "not said"
_HALF = "assumption: half of its smallest gap, as none is written (M5)"


def list_protocols(
    *,
    field: Annotated[str, typer.Option(help="The branch of medicine: hair.")] = "",
    treatment: Annotated[str, typer.Option(help="The treatment: mesotherapy.")] = "",
    indication: Annotated[str, typer.Option(help="What it is for: alopecia.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the protocols of the catalogue."""
    found = protocols.find(field=field, treatment=treatment, indication=indication)
    if as_json:
        short = [protocol.model_dump(mode="json", include=set(_SHORT)) for protocol in found]
        print(json.dumps(short, ensure_ascii=False, indent=2))
        return
    rows = [[p.id, p.treatment or "", p.indication or "", p.title] for p in found]
    print_table(("name", "treatment", "indication", "title"), rows)


def show(
    source: options.ProtocolSource,
    *,
    variant: options.VariantName = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the protocol as JSON.")] = False,
    as_toml: Annotated[bool, typer.Option("--toml", help="Print the protocol as TOML.")] = False,
) -> None:
    """Show a protocol: every number, and the source that it comes from."""
    protocol = inputs.protocol(source, variant)
    if as_json and as_toml:
        raise typer.BadParameter("give one of them", param_hint="--json, --toml")
    if as_json or as_toml:
        print(dump_protocol(protocol, "json" if as_json else "toml"), end="")
        return
    print_heading(f"{protocol.name} ({protocol.id}, version {protocol.version}, {protocol.status})")
    for text in filter(None, (protocol.summary, protocol.population, protocol.notes)):
        print(text)
    print_table(("part", "", "value", "comes from"), list(_values(protocol)))
    for line in _waiting(protocol):
        print(line)
    for each in protocol.variants:
        told = f": {each.when}" if each.when else ""
        print(f"Variant {each.id}, {each.title}{told}")
    for adjunct in protocol.adjuncts:
        print(f"At home: {adjunct.title}, from {adjunct.starts} on")
    for rule, reason in protocol.checks.items():
        print(f"{rule} silenced: {reason}")
    for cited in protocol.sources:
        print(_citation(cited))


def diff(old: options.ProtocolSource, new: options.ProtocolSource) -> None:
    """Say in words what changed from one protocol to another."""
    differences = compare(inputs.protocol(old), inputs.protocol(new))
    for difference in differences:
        print(difference)
    if not differences:
        print("no difference")


def schema() -> None:
    """Print the JSON Schema of a protocol file, with which an editor completes and checks it."""
    print(json.dumps(protocol_schema(), ensure_ascii=False, indent=2))


def list_codes(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """List the codes of faults, findings and reasons, for software that tells them apart."""
    found = codes()
    if as_json:
        print(json.dumps([code._asdict() for code in found], indent=2))
        return
    print_table(found[0]._fields, found)


def _waiting(protocol: Protocol) -> Iterator[str]:
    """Say of each phase that a fact begins which one does."""
    for phase in protocol.phases:
        before = protocol.waits_for(phase.id)
        if phase.as_needed:
            yield f"{phase.id} begins as needed, from the day of {_beginning(phase)} on"
        elif before is not None:
            yield f"{phase.id} begins once {before}, which has no end of its own, is ended"


def _beginning(phase: Phase) -> str:
    """Say what begins a phase as needed."""
    wanted = phase.requires
    return (
        "begun" if wanted is None else f"begun, or of {wanted.review} concluded: {wanted.outcome}"
    )


_Row = tuple[str, str, str, str]
_SCHEDULE = (Phase, Review, Milestone, Adjunct, Spacing, PhaseNumbers, ReviewNumbers)
"""The parts of which all is shown that days are computed with; of care only its numbers."""


def _values(protocol: Protocol) -> Iterator[_Row]:
    """Yield all that is computed with: part, field, value, and where it comes from."""
    for path, part in protocol.parts():
        name = str(getattr(part, "id", None) or place_of(path, protocol))
        for field in filter(part.model_fields_set.__contains__, _told_of(part)):
            text = said(getattr(part, field)) or "-"
            yield name, field, text, part.basis_of(field) or _UNSAID
        if isinstance(part, Phase) and part.min_interval is None and part.gap:
            yield name, "min_interval", str(part.minimum), _HALF


def _told_of(part: Cited) -> Iterable[str]:
    """Name the fields of a part that are shown: those that days are computed with, or its numbers."""
    if isinstance(part, Protocol):
        return OWN_NUMBERS
    if not isinstance(part, _SCHEDULE):
        return part.numbers
    fields = type(part).__pydantic_fields__.items()
    return [name for name, kind in fields if name != "basis" and not is_prose(kind.annotation)]


def _citation(source: Source) -> str:
    year = str(source.year) if source.year else None
    said = (source.authors, source.title, source.where, year, source.url, source.note)
    return f"[{source.id}] {'. '.join(filter(None, said))}"
