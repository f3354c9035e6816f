"""`check`: what is wrong or doubtful in protocols and clinic files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mesoplan import protocols
from mesoplan.checking import Remark, check_protocol, explain_rule
from mesoplan.cli.inputs import content, names_file
from mesoplan.files.protocol_file import load_clinic, load_protocol
from mesoplan.protocol.protocol import Protocol
from mesoplan.values.errors import Fault, MesoplanError
from mesoplan.values.toml_places import Places

_REFUSED = 1


def check(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PROTOCOL...", help="TOML or JSON files, or names of the catalogue."
        ),
    ] = None,
    *,
    clinic: Annotated[bool, typer.Option("--clinic", help="The files are clinics.")] = False,
    explain: Annotated[
        str, typer.Option(metavar="RULE", help="Say what a rule asks for, and why: MP207.")
    ] = "",
) -> None:
    """Check protocols: every fault and remark with its line and column.

    Exits 0 where all can be carried out, even with doubts (warnings), which are for a person to look at;
    1 where one is refused or a remark is an error; 2 where the command itself is wrong.
    """
    if bool(sources) is bool(explain):
        complaint = "give protocols to check, or --explain and the number of a rule"
        raise typer.BadParameter(complaint, param_hint="PROTOCOL...")
    if explain:
        print(explain_rule(explain))
        return
    sound = [_clinic(each) if clinic else _protocol(each) for each in sources or ()]
    if not all(sound):
        raise typer.Exit(_REFUSED)


def _clinic(source: str) -> bool:
    try:
        load_clinic(content(Path(source)), subject=source)
    except MesoplanError as error:
        return _refused(error, source)
    print(f"{source}: fine")
    return True


def _protocol(source: str) -> bool:
    try:
        protocol, data = _read(source)
    except MesoplanError as error:
        return _refused(error, source)
    remarks = list(_located(check_protocol(protocol), data))
    for remark in remarks:
        print(_line(source, remark))
    for rule, reason in protocol.checks.items():
        print(f"{source}: {rule} silenced: {reason}")
    if not remarks:
        print(f"{source}: fine")
    return all(remark.level == "warning" for remark in remarks)


def _read(source: str) -> tuple[Protocol, bytes]:
    """Return a protocol with the text in which its parts have their places; ours have none."""
    if not names_file(source):
        return protocols.get(source), b""
    data = content(Path(source))
    return load_protocol(data, subject=source), data


def _refused(error: MesoplanError, source: str) -> bool:
    for fault in error.faults:
        typer.echo(_line(source, fault), err=True)
    return False


def _line(source: str, fault: Fault) -> str:
    """Write file, line and column the way that editors can follow."""
    place = "" if fault.line is None else f":{fault.line}:{fault.column or 1}"
    return f"{source}{place}: {replace(fault, line=None)}"


def _located(remarks: tuple[Remark, ...], data: bytes) -> Iterator[Remark]:
    """Yield the remarks with line and column, where the file is TOML."""
    text = data.decode("utf-8-sig")
    places = None if text.lstrip().startswith("{") else Places(text)
    for remark in remarks:
        line, column = (places and places.find(remark.path)) or (None, None)
        yield replace(remark, line=line, column=column)
