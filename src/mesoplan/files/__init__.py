"""Protocol and clinic files, and the JSON Schema of a protocol file."""
