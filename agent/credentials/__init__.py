"""Credentials of connections: kept sealed, put into requests at the last moment, never shown again."""
