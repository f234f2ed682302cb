"""Cached records of platforms, and how far they are synchronised."""
