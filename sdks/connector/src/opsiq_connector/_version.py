"""Version of the connector interface."""

__version__ = "1.0.0"
