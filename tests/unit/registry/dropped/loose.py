"""Not a connector."""
