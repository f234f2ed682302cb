"""Attacks: prompt injection cases, and their runs."""
