"""Make a protocol from another, or from two, without editing either."""

from mesoplan.compose.combining import combine
from mesoplan.compose.deriving import derive

__all__ = ["combine", "derive"]
