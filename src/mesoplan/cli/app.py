"""The commands, and how each ends."""

import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated

import typer

from mesoplan.cli.asking import adherence, advice, alternatives, assess, changes, next_session
from mesoplan.cli.catalogue import diff, list_codes, list_protocols, schema, show
from mesoplan.cli.check import check
from mesoplan.cli.planning import plan, replan
from mesoplan.cli.read import read
from mesoplan.cli.record import record
from mesoplan.cli.screen import screen
from mesoplan.values.errors import MesoplanError

app = typer.Typer(
    name="mesoplan",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("protocols")(list_protocols)
app.command()(show)
app.command()(check)
app.command()(diff)
app.command()(schema)
app.command("codes")(list_codes)
app.command()(plan)
app.command()(record)
app.command()(replan)
app.command()(read)
app.command("next")(next_session)
app.command()(changes)
app.command()(alternatives)
app.command()(adherence)
app.command()(screen)
app.command()(advice)
app.command()(assess)


def _version(asked: bool) -> None:  # noqa: FBT001 - typer calls it so
    if asked:
        print(f"mesoplan {version('mesoplan')}")
        raise typer.Exit


@app.callback()
def mesoplan(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Turn a treatment protocol into one person's dated plan, and keep that plan true."""


def run(arguments: Sequence[str] | None) -> None:
    """Run one command; what is refused is said on standard error, without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")  # a terminal that lacks a letter shows ? instead
    try:
        app(args=arguments)
    except MesoplanError as error:
        typer.echo(f"mesoplan: {error}", err=True)
        raise SystemExit(1) from None
