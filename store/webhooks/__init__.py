"""Webhook endpoints, deliveries and attempts."""
