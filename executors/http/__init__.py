"""Outbound HTTP: signed client, SSRF guard, connection pool."""
