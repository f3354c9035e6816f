"""A plan as a calendar file or a message, and what comes back from somebody's calendar."""
