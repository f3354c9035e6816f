"""Make a protocol from another, or from two, without editing either."""

from mesoplan.authoring.compose.combining import combine
from mesoplan.authoring.compose.deriving import derive

__all__ = ["combine", "derive"]
