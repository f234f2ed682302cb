"""Webhooks out: endpoints that hear of events, and the deliveries to them (docs/reference/wire.md §2, §6)."""
