"""One person's run of a protocol, and what happened in it."""
