"""Pages, pictures and tables of a plan for people to read."""
