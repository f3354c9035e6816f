"""The ground that every model stands on: frozen, closed to unknown fields, refused with all faults."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from mesoplan.ground.errors import MesoplanError
from mesoplan.ground.faults import faults_of


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
    )
    refusal: ClassVar[type[MesoplanError]] = MesoplanError
    """What is raised for one that cannot be used."""

    if not TYPE_CHECKING:  # the type checker reads the fields, not these wrappers

        def __init__(self, **data: Any) -> None:
            """Build from keywords."""
            try:
                super().__init__(**data)
            except ValidationError as error:
                raise _refused(type(self), error) from None

        # Without this mark pydantic would call __init__ for parts too and lose the faults beside them.
        __init__.__pydantic_base_init__ = True

        @classmethod
        def model_validate(cls, *args: Any, **options: Any) -> Self:
            """Build from a mapping."""
            try:
                return super().model_validate(*args, **options)
            except ValidationError as error:
                raise _refused(cls, error) from None

        @classmethod
        def model_validate_json(cls, *args: Any, **options: Any) -> Self:
            """Build from JSON text or bytes."""
            try:
                return super().model_validate_json(*args, **options)
            except ValidationError as error:
                raise _refused(cls, error) from None

    def replace(self, **changes: Any) -> Self:
        """Give a copy with these fields changed, checked like a new one.

        What was left at its default stays so: the copy takes the default of the release at hand.
        """
        fields = {name: getattr(self, name) for name in self.model_fields_set}
        return type(self)(**(fields | changes))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Give a copy; unlike pydantic's, an update is checked."""
        return self.replace(**update) if update else super().model_copy(deep=deep)


def _refused(model: type[Model], error: ValidationError) -> MesoplanError:
    return model.refusal(*faults_of(model, error), subject=model.__name__)
