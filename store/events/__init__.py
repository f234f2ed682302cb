"""Events, reactions to them, and inbound messages."""
