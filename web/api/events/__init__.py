"""REST: events, and messages from platforms."""
