"""Events: what was published, how subscribers reacted, and inbound messages."""
