"""Finding a record by its reference, or a person by exact details."""
