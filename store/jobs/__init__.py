"""Job queue: its tables and queries."""
