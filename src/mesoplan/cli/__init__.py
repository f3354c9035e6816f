"""The command line (extra `cli`): thin, it does what the library does, and it alone reads a clock."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec

_USAGE = 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; `arguments` default to those of the process.

    Exits 0 when all is well, 1 for input that is refused, 2 for a command that cannot be understood.
    """
    missing = [name for name in ("typer", "rich") if find_spec(name) is None]
    if missing:
        needed = " and ".join(missing)
        complaint = f'mesoplan: the command line needs {needed}: pip install "mesoplan[cli]"'
        print(complaint, file=sys.stderr)
        raise SystemExit(_USAGE)
    from mesoplan.cli.app import run  # noqa: PLC0415 - an extra, imported when asked

    run(arguments)
