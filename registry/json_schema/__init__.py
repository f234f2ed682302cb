"""JSON Schema 2020-12: bounded validation, pointers, and an example that fits a schema."""
