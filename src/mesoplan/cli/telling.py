"""Answers of a plan: a sentence a line for people, JSON for programs."""

from collections.abc import Sequence

from pydantic_core import to_json

from mesoplan.ground.base import Model


def tell(found: Model | Sequence[Model] | None, *, as_json: bool, nothing: str = "") -> None:
    """Print one answer or several; `nothing` is what people are told where there is none."""
    if as_json:
        print(to_json(found, indent=2).decode())
        return
    answers: Sequence[object] = [found] if isinstance(found, Model) else found or [nothing]
    for answer in answers:
        print(answer)
