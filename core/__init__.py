"""What every room may rely on and that relies on no room: errors, ids, clock, canonical JSON, crypto primitives,
settings."""
