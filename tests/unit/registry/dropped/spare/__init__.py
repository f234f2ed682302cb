"""No connector at all."""

from registry.connector import Connector  # imported, not made here

__all__ = ["Connector"]
