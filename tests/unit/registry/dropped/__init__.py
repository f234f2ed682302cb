"""Folders as strangers might drop them in."""
