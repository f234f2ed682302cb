"""Workspace: contracts, connectors, members and keys."""
