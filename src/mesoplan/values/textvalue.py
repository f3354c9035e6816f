"""The base of everything that is written as one short text: a period, an anchor, opening hours."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar, NoReturn, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from mesoplan.values.errors import Fault, MesoplanError, shown
from mesoplan.values.fault_codes import FaultCode
from mesoplan.values.faults import unfit


class TextValue:
    """A frozen value that is written as one short text and compared by what it means.

    A subclass names its parts in `__slots__`, reads its text in `__init__` and writes it in
    `__str__`; copying, pickling and JSON go by that text.
    """

    __slots__: tuple[str, ...] = ()
    refusal: ClassVar[type[MesoplanError]] = MesoplanError
    """What is raised for a text that cannot be read."""
    form: ClassVar[str] = ""
    """How to write one, for error messages and editors."""
    pattern: ClassVar[str | None] = None
    """A regular expression for editors."""

    _known: ClassVar[Callable[[str], Any]]

    def __init__(self, text: str) -> None:
        """Read the text; raises the `MesoplanError` of its kind where it cannot be read."""
        raise NotImplementedError(text)

    def _put(self, **parts: object) -> None:
        for name, value in parts.items():
            object.__setattr__(self, name, value)

    def _parts(self) -> tuple[Any, ...]:
        """Return what it is compared by."""
        return tuple(getattr(self, name) for name in self.__slots__)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: it is frozen."""
        kind = type(self).__name__
        raise AttributeError(f"{kind} is frozen; make a new one instead of setting {name}")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse: it is frozen."""
        kind = type(self).__name__
        raise AttributeError(f"{kind} is frozen; {name} cannot be deleted")

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        """Copy and pickle by text."""
        return type(self), (str(self),)

    def __eq__(self, other: object) -> bool:
        """Compare by meaning."""
        return isinstance(other, type(self)) and self._parts() == other._parts()

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(self._parts())

    def __repr__(self) -> str:
        """Show how to write it."""
        return f'{type(self).__name__}("{self}")'

    @classmethod
    def refused(
        cls, what: str, text: object, remedy: str | None = None, *, code: FaultCode
    ) -> MesoplanError:
        """Make the error for a text that cannot be read."""
        remedy = f"write {cls.form}" if remedy is None else remedy
        return cls.refusal(Fault("", what, shown(text), remedy, code=code), subject=cls.__name__)

    @classmethod
    def _text(cls, value: object) -> str:
        """Take the text that a caller gave; raises the `MesoplanError` of its kind for anything else."""
        if not isinstance(value, str):
            raise cls.refused("is not text", value, cls._remedy(value), code="not-text")
        return value

    @classmethod
    def accept(cls, value: Any) -> Self:
        """Take a value of this kind, or its text; the validator that pydantic calls."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, str):
            raise unfit("is not text", cls._remedy(value), code="not-text")
        try:
            found: Self = cls._known(value)
        except MesoplanError as error:
            fault = error.faults[0]
            raise unfit(fault.what, fault.remedy, fault.got, code=fault.code) from None
        return found

    @classmethod
    def __init_subclass__(cls) -> None:
        """Remember what was read from a text: a value that is frozen can be shared."""
        super().__init_subclass__()
        cls._known = lru_cache(maxsize=1024)(cls)

    @classmethod
    def _remedy(cls, value: object) -> str:
        """Say what to write instead of a value that is not text."""
        del value
        return f"write {cls.form}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic read and write it as text."""
        del source, handler
        return core_schema.no_info_plain_validator_function(
            cls.accept, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Tell editors how it is written."""
        del schema, handler
        described: JsonSchemaValue = {"type": "string", "description": cls.form}
        return described | ({"pattern": cls.pattern} if cls.pattern else {})
