"""Credentials of connections: stored sealed, added to a request when it is sent, never shown again."""
