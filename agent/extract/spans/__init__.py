"""Finders: spans of a text with a value, whatever parameter asks for them."""
