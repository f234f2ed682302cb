"""The resolver that needs no model."""
