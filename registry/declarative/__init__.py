"""Connectors without code: ``connector.json``, read, linted and run by one engine."""
