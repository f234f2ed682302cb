"""Finders: spans of a text with a value, for any parameter."""
