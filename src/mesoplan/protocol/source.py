"""Where a protocol's numbers come from.

Every number in a protocol either cites one of the protocol's sources or is marked as an assumption;
the `basis` of each part says which, field by field.
"""

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, StringConstraints, model_validator

from mesoplan.values.base import Model
from mesoplan.values.errors import Fault, ProtocolError, closest
from mesoplan.values.kinds import FrozenTable, Line, Slug, Table, Text, Written
from mesoplan.values.period import Period, Window

ASSUMPTION = "assumption"
EVERY_FIELD = "*"

Basis = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9-]+(: .+)?$", max_length=1000),
    Written(
        "is not the id of a source, or assumption, perhaps with a remark",
        'write for example "abdallah-2009" or "assumption: half of the rhythm"',
        code="not-a-basis",
    ),
]
"""`<source id>` or `assumption`, then perhaps `: ` and a remark."""


def source_of(basis: str) -> str:
    """Return the id of the source that a basis cites, or `assumption`.

    >>> source_of("abdallah-2009: table 2")
    'abdallah-2009'
    """
    return basis.partition(":")[0]


Url = Annotated[
    str,
    StringConstraints(pattern=r"^https?://[^\s\x00-\x1f\x7f-\x9f]+$", max_length=1000),
    Written(
        "is not the address of a page",
        'write for example "https://example.org/paper"',
        code="not-a-web-address",
    ),
]


class Source(Model):
    """A publication, page or person that a protocol's numbers come from."""

    refusal: ClassVar[type[ProtocolError]] = ProtocolError

    id: Slug
    """The name by which a basis cites it: `abdallah-2009`."""
    title: Line
    """Its title, as printed."""
    authors: Line | None = None
    """Who wrote it, as printed."""
    year: Annotated[int, Field(ge=1900, le=9999)] | None = None
    """The year in which it came out."""
    where: Line | None = None
    """Journal, volume and pages, or the kind of page."""
    url: Url | None = None
    """The address at which it can be read."""
    note: Text | None = None
    """How the source was read, and where it contradicts itself or others."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            id: str,  # noqa: A002 - the field's name
            title: str,
            authors: str | None = None,
            year: int | None = None,
            where: str | None = None,
            url: str | None = None,
            note: str | None = None,
        ) -> None: ...


class Cited(Model):
    """A part of a protocol whose numbers say where they come from."""

    refusal: ClassVar[type[ProtocolError]] = ProtocolError

    basis: Table[str, Basis] = FrozenTable()
    """Field name to basis; `"*"` stands for every field that is not named."""

    @model_validator(mode="after")
    def _basis_names_fields(self) -> "Cited":
        fields = type(self).__pydantic_fields__
        unknown = [name for name in self.basis if name not in fields and name != EVERY_FIELD]
        if unknown:
            known = [*fields, EVERY_FIELD]
            faults = [
                Fault(
                    f"basis.{n}", "names no field", remedy=closest(n, known), code="unknown-field"
                )
                for n in unknown
            ]
            raise self.refusal(*faults)
        return self

    def basis_of(self, field: str) -> str | None:
        """Return the basis of one field: a source id or `assumption`, perhaps with a remark."""
        return self.basis.get(field, self.basis.get(EVERY_FIELD))

    @property
    def numbers(self) -> dict[str, str]:
        """Name every field of this part that holds a number or a period, with its text."""
        return {
            name: _text(value)
            for name in type(self).__pydantic_fields__
            if name in self.model_fields_set and _holds_number(value := getattr(self, name))
        }


def _holds_number(value: object) -> bool:
    if isinstance(value, tuple):
        return any(_holds_number(part) for part in value)
    return isinstance(value, int | Period | Window) and not isinstance(value, bool)


def _text(value: object) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
