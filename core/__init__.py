"""Core: errors, ids, clock, canonical JSON, crypto primitives and settings, which every room may use and which use no
room."""
