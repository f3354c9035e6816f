"""Care around the sessions: who may start, what to do, what is usual, when to call."""
