"""Core: errors, ids, clock, canonical JSON, crypto primitives and settings. Every room may use it; it uses no room."""
