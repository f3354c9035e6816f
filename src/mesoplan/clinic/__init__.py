"""Where and when visits can take place."""
