"""Event types: the catalogue of universal events, names and patterns."""
