"""Webhooks: endpoints, deliveries and attempts."""
