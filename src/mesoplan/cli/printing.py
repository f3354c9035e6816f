"""What people read on a terminal: tables, a plan, answers; and JSON for programs."""

from collections.abc import Iterator, Sequence

from pydantic_core import to_json
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mesoplan.plan.plan import Plan
from mesoplan.plan.visit import Visit
from mesoplan.values.base import Model

GAP = "  "


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows below their headings."""
    console = _console()
    if console.is_terminal:
        console.print(_fitted(headings, [[Text(cell) for cell in row] for row in rows]))
        return
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(GAP.join(cells).rstrip())


def print_plan(plan: Plan) -> None:
    """Print the visits with why they stand where they stand, what to expect and what to look at."""
    console = _console()
    if not console.is_terminal:
        print(plan)
        return
    course = plan.course
    title = f"{course.protocol.name} · {plan.clinic.timezone} · course {course.id}"
    console.print(Text(title, style="bold"))
    console.print(_fitted(("when", "visit", "key"), [list(_cells(v)) for v in plan.visits]))
    for expected in plan.milestones:
        until = "" if expected.last == expected.first else f" to {expected.last}"
        console.print(Text(f"Expect: {expected.title}, {expected.first}{until}", style="green"))
    for adjunct in plan.at_home:
        console.print(Text(f"At home: {adjunct}", style="cyan"))
    for finding in plan.findings:
        console.print(Text(f"Note: {finding}", style="yellow"))


def print_heading(text: str) -> None:
    """Print a line that stands out on a terminal."""
    _console().print(Text(text, style="bold"), soft_wrap=True)


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False)


def _fitted(headings: Sequence[str], rows: Sequence[Sequence[RenderableType]]) -> Table:
    table = Table(*headings, box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*row)
    return table


def _cells(visit: Visit) -> Iterator[RenderableType]:
    style = "" if visit.inside_window else "yellow"
    yield Text(visit.when, style=style)
    status = "" if visit.status == "planned" else f" [{visit.status.replace('_', ' ')}]"
    title = f"{visit.title}{status}"
    why = map(str, visit.reasons if visit.day != visit.target else visit.reasons[1:])
    reasons = (Padding(Text(reason, style="dim"), (0, 0, 0, 2)) for reason in why)
    yield Group(Text(title, style=style or ("" if visit.kind == "session" else "cyan")), *reasons)
    yield Text(visit.key, style="dim")


def tell(found: Model | Sequence[Model] | None, *, as_json: bool, nothing: str = "") -> None:
    """Print one answer or several; if there is none, people are told `nothing`."""
    if as_json:
        print(to_json(found, indent=2).decode())
        return
    answers: Sequence[object] = [found] if isinstance(found, Model) else found or [nothing]
    for answer in answers:
        print(answer)
