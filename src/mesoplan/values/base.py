"""The base of every model: frozen, without unknown fields, refused with every fault at once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from mesoplan.values import brief
from mesoplan.values.described import (
    Asked,
    Docstring,
    described_fields,
    first_paragraph,
    meanings,
    signature,
)
from mesoplan.values.errors import MesoplanError
from mesoplan.values.faults import faults_of


class Model(BaseModel):
    """A frozen value with named fields.

    Building one that cannot be used raises the `MesoplanError` of its kind with every fault at once,
    whether from keywords, `model_validate` or `model_validate_json`. Inside a pydantic model of your
    own it takes part in pydantic's own errors.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        hide_input_in_errors=True,
        defer_build=True,
        ignored_types=(Asked,),
    )
    refusal: ClassVar[type[MesoplanError]] = MesoplanError
    """What is raised for one that cannot be used."""
    remedies: ClassVar[Mapping[str, str]] = {}
    """What to write instead of a name that people try, and that is no field."""

    if not TYPE_CHECKING:  # the type checker reads the fields, not these wrappers

        def __init__(self, **data: Any) -> None:
            """Build from keywords."""
            try:  # what BaseModel.__init__ does, without one more call for each visit and reason
                self.__pydantic_validator__.validate_python(data, self_instance=self)
            except ValidationError as error:
                raise _refused(type(self), error, data) from None

        model_fields = Asked(described_fields)
        __signature__ = Asked(signature)

        # Without this mark pydantic would call __init__ for parts too and lose the faults beside them.
        __init__.__pydantic_base_init__ = True

        @classmethod
        def model_validate(cls, obj: Any, **options: Any) -> Self:
            """Build from a mapping."""
            try:
                return super().model_validate(obj, **options)
            except ValidationError as error:
                raise _refused(cls, error, obj) from None

        @classmethod
        def model_validate_json(cls, *args: Any, **options: Any) -> Self:
            """Build from JSON text or bytes."""
            try:
                return super().model_validate_json(*args, **options)
            except ValidationError as error:
                raise _refused(cls, error, None) from None

        @classmethod
        def __pydantic_init_subclass__(cls, **options: Any) -> None:
            """Add the meanings of the fields to the docstring, once somebody reads it."""
            super().__pydantic_init_subclass__(**options)
            if cls.__doc__:
                cls.__doc__ = Docstring.of(cls)

        @classmethod
        def model_rebuild(cls, *, _parent_namespace_depth: int = 2, **options: Any) -> bool | None:
            """Build as pydantic does; the signature stays ours."""
            depth = _parent_namespace_depth + 1  # this method stands between
            built = super().model_rebuild(_parent_namespace_depth=depth, **options)
            if "__signature__" in vars(cls):
                del cls.__signature__
            return built

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe each field in the words of its docstring."""
        found = handler(schema)
        described = handler.resolve_ref_schema(found)
        if cls.__doc__:
            described["description"] = first_paragraph(cls.__doc__)
        told = meanings(cls)
        for name, field in described.get("properties", {}).items():
            if name in told:
                field["description"] = told[name]
        return found

    def __repr__(self) -> str:
        """Say on one line what it is, in about a hundred characters."""
        kind, words = type(self).__name__, self._in_short()
        if words:
            return brief.of_words(kind, words)
        kept = vars(self)
        given = {
            name: kept[name]
            for name, field in type(self).__pydantic_fields__.items()
            if kept.get(name) not in (None, (), field.default)
        }
        return brief.of_fields(kind, given)

    def _in_short(self) -> str:
        """Return what its repr says behind its name, or "" to say the fields that were given."""
        return ""

    def __str__(self) -> str:
        """Say the same, where a class has no words of its own."""
        return repr(self)

    def replace(self, **changes: Any) -> Self:
        """Return a copy with these fields changed, checked like a new one.

        A field that was never set stays unset: the copy has the default of this release.
        """
        fields = {name: getattr(self, name) for name in self.model_fields_set}
        return type(self)(**(fields | changes))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy; unlike pydantic's, an update is checked."""
        return self.replace(**update) if update else super().model_copy(deep=deep)


def _refused(model: type[Model], error: ValidationError, given: object) -> MesoplanError:
    faults = (fault.within(given) for fault in faults_of(model, error))
    return model.refusal(*faults, subject=model.__name__)
