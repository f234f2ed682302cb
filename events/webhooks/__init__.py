"""Outgoing webhooks: endpoints that receive events, and the deliveries to them (docs/reference/wire.md §2, §6)."""
