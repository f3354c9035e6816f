"""`check`: what is wrong or doubtful in protocol and clinic files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mesoplan.checking import Remark, check_protocol
from mesoplan.cli.inputs import content
from mesoplan.files.protocol_file import load_clinic, load_protocol
from mesoplan.values.errors import Fault, MesoplanError
from mesoplan.values.toml_places import Places

_REFUSED = 1


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="TOML or JSON files.")],
    *,
    clinic: Annotated[bool, typer.Option("--clinic", help="The files are clinics.")] = False,
) -> None:
    """Check protocol files: every fault and remark with its line and column.

    Exits 1 where a file is refused or a remark is an error; warnings are for a person to look at.
    """
    sound = [_clinic(file) if clinic else _protocol(file) for file in files]
    if not all(sound):
        raise typer.Exit(_REFUSED)


def _clinic(file: Path) -> bool:
    try:
        load_clinic(content(file), subject=str(file))
    except MesoplanError as error:
        return _refused(error, file)
    print(f"{file}: fine")
    return True


def _protocol(file: Path) -> bool:
    try:
        data = content(file)
        protocol = load_protocol(data, subject=str(file))
    except MesoplanError as error:
        return _refused(error, file)
    remarks = list(_located(check_protocol(protocol), data))
    for remark in remarks:
        print(_line(file, remark))
    if not remarks:
        print(f"{file}: fine")
    return all(remark.level == "warning" for remark in remarks)


def _refused(error: MesoplanError, file: Path) -> bool:
    for fault in error.faults:
        typer.echo(_line(file, fault), err=True)
    return False


def _line(file: Path, fault: Fault) -> str:
    """Write file, line and column the way that editors can follow."""
    place = "" if fault.line is None else f":{fault.line}:{fault.column or 1}"
    return f"{file}{place}: {replace(fault, line=None)}"


def _located(remarks: tuple[Remark, ...], data: bytes) -> Iterator[Remark]:
    """Yield the remarks with line and column, where the file is TOML."""
    text = data.decode("utf-8-sig")
    places = None if text.lstrip().startswith("{") else Places(text)
    for remark in remarks:
        line, column = (places and places.find(remark.path)) or (None, None)
        yield replace(remark, line=line, column=column)
