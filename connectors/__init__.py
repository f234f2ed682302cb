"""Connectors: one folder for each platform, with its record kinds and contracts."""
