"""For those who write protocols: files, schema, checks, derivation, comparison."""
