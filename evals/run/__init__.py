"""Runs cases through a resolver."""
