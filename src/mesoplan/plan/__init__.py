"""The dated result, and what it can be asked."""
