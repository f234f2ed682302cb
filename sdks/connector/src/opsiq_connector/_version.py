"""Version of the connector interface."""

__version__ = "1.1.0"
