"""A workspace: its context, members, connectors, keys."""
