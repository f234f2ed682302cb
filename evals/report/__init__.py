"""Eval reports: written, parsed, compared, stored and shown."""
