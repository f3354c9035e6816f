"""Where a protocol's numbers come from.

Every number in a protocol either cites one of the protocol's sources or is marked as an assumption;
the `basis` of each part says which, field by field.
"""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, model_validator

from mesoplan.ground.base import Model
from mesoplan.ground.errors import Fault, ProtocolError, closest
from mesoplan.ground.kinds import FrozenTable, Line, Slug, Table, Text, Written
from mesoplan.ground.period import Period, Window

ASSUMPTION = "assumption"
EVERY_FIELD = "*"

Basis = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9-]+(: .+)?$", max_length=1000),
    Written(
        "is not the id of a source, or assumption, perhaps with a remark",
        'write for example "abdallah-2009" or "assumption: half of the rhythm"',
    ),
]
"""`<source id>` or `assumption`, then perhaps `: ` and a remark."""


Url = Annotated[
    str,
    StringConstraints(pattern=r"^https?://[^\s\x00-\x1f\x7f-\x9f]+$", max_length=1000),
    Written("is not the address of a page", 'write for example "https://example.org/paper"'),
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


class Cited(Model):
    """A part of a protocol whose numbers say where they come from."""

    refusal: ClassVar[type[ProtocolError]] = ProtocolError

    basis: Table[str, Basis] = FrozenTable()
    """Field name to basis; `"*"` stands for every field that is not named."""

    @model_validator(mode="after")
    def _basis_names_fields(self) -> "Cited":
        known = [*type(self).model_fields, EVERY_FIELD]
        unknown = [name for name in self.basis if name not in known]
        if unknown:
            faults = [
                Fault(f"basis.{n}", "names no field", remedy=closest(n, known)) for n in unknown
            ]
            raise self.refusal(*faults)
        return self

    def basis_of(self, field: str) -> str | None:
        """Give the basis of one field: a source id or `assumption`, perhaps with a remark."""
        return self.basis.get(field, self.basis.get(EVERY_FIELD))

    @property
    def numbers(self) -> dict[str, str]:
        """Name every field of this part that holds a number or a period, with its text."""
        return {
            name: _text(value)
            for name in type(self).model_fields
            if name in self.model_fields_set and _holds_number(value := getattr(self, name))
        }


def _holds_number(value: object) -> bool:
    if isinstance(value, tuple):
        return any(_holds_number(part) for part in value)
    return isinstance(value, int | Period | Window) and not isinstance(value, bool)


def _text(value: object) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
