"""Files and standard output: all of what a command writes, or none of it."""

import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex

import typer

from mesoplan.values.errors import Fault, MesoplanError

STANDARD_OUTPUT = Path("-")


def write(contents: Mapping[Path, bytes]) -> None:
    """Write each file under another name, then rename it, so that none is ever half written.

    `-` is standard output. Raises MesoplanError, with nothing written, where one cannot be.
    """
    files = {file: data for file, data in contents.items() if file != STANDARD_OUTPUT}
    with ExitStack() as undo:
        drafts = {file: _draft(file, data, undo) for file, data in files.items()}
        for file, draft in drafts.items():
            _settle(draft, file)
    if STANDARD_OUTPUT in contents:
        sys.stdout.buffer.write(contents[STANDARD_OUTPUT])
        sys.stdout.flush()


def once_each(**files: Path | None) -> dict[str, Path]:
    """Return the files that were asked for, by option; refuse one file for two of them."""
    given = {option: file for option, file in files.items() if file is not None}
    places = [file if file == STANDARD_OUTPUT else _place(file) for file in given.values()]
    if len(set(places)) < len(places):
        hint = ", ".join(f"--{option}" for option in given)
        raise typer.BadParameter("one file cannot hold both", param_hint=hint)
    return given


def _place(file: Path) -> Path:
    """Return where a file really is, so that a link to it stays a link."""
    return Path(os.path.realpath(file))  # Path.resolve fails on links that form a loop


def _draft(file: Path, data: bytes, undo: ExitStack) -> Path:
    """Write the data beside the file, with the permissions that the file has."""
    place = _place(file)
    draft = place.with_name(f".{place.name}.{token_hex(4)}.tmp")
    try:
        if place.exists() and not place.is_file():
            fault = Fault(
                "", "is not a file", remedy="write - for standard output", code="not-a-file"
            )
            raise MesoplanError(fault, subject=str(file))
        with draft.open("xb") as opened:
            undo.callback(draft.unlink, missing_ok=True)
            if place.exists():
                shutil.copymode(place, draft)  # before anything is in it
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())  # it has to be on the disk before it replaces the old file
    except OSError as error:
        raise _unwritten(file, error) from None
    return draft


def _settle(draft: Path, file: Path) -> None:
    """Let the draft take the file's place, in one step."""
    try:
        draft.replace(_place(file))
    except OSError as error:
        raise _unwritten(file, error) from None


def _unwritten(file: Path, error: OSError) -> MesoplanError:
    return MesoplanError(
        Fault("", f"cannot be written: {error.strerror}", code="unwritable-file"), subject=str(file)
    )
