"""`screen`: the questions of a protocol, and what its criteria say about the answers."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from mesoplan.care.screening import CHECKLIST, questionnaire
from mesoplan.care.screening import screen as held_against
from mesoplan.cli import inputs, options
from mesoplan.cli.printing import print_table, tell
from mesoplan.languages.translating import translated
from mesoplan.values.errors import Fault, MesoplanError

_WORDS = {"yes": True, "no": False, "unknown": None}
_MOST_BYTES = 1 << 16


def screen(
    source: options.ProtocolSource,
    *,
    answers: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE|NAME=ANSWER",
            help="A TOML file of answers, or one: pregnancy=no (yes, no, unknown). Repeatable.",
        ),
    ] = None,
    on: options.On = None,
    questions: Annotated[
        bool, typer.Option("--questions", help="Print the questions and their names.")
    ] = False,
    language: options.LanguageName = "en",
    as_json: options.AsJson = False,
) -> None:
    """Hold answers against the criteria of a protocol: a checklist, which decides nothing."""
    if questions == bool(answers):
        raise typer.BadParameter("give one of them", param_hint="--answers, --questions")
    given = dict(pair for text in answers or () for pair in _answers(text))
    protocol = translated(inputs.protocol(source), inputs.language(language))
    if answers:
        tell(held_against(protocol, given, on=on or _today()), as_json=as_json)
        return
    asked = questionnaire(protocol)
    if as_json:
        tell(asked, as_json=True)
        return
    print_table(("name", "kind", "question"), [(each.id, each.kind, each.text) for each in asked])
    print(CHECKLIST)


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


def _answers(text: str) -> Iterator[tuple[str, Any]]:
    name, equals, word = text.partition("=")
    if not equals:
        yield from _loaded(Path(text)).items()
        return
    if word not in _WORDS:
        complaint = f"{word!r} is no answer; write yes, no or unknown"
        raise typer.BadParameter(complaint, param_hint="--answers")
    yield name, _WORDS[word]


def _loaded(file: Path) -> dict[str, Any]:
    """Read a file of answers: true and false, or the words for them."""
    data = inputs.content(file, most=_MOST_BYTES)
    if len(data) > _MOST_BYTES:
        fault = Fault("", f"is longer than {_MOST_BYTES >> 10} KB", code="too-long")
        raise MesoplanError(fault, subject=str(file))
    try:
        found = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        fault = Fault(
            "", "is not TOML", remedy="write a line an answer: pregnancy = false", code="not-toml"
        )
        raise MesoplanError(fault, subject=str(file)) from None
    return {
        name: _WORDS.get(said, said) if isinstance(said, str) else said
        for name, said in found.items()
    }
