"""Random lives: two years of facts, closures, zones and versions; `python tests/lives` runs any number."""
