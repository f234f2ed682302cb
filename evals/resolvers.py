"""Which resolver a name stands for."""

from __future__ import annotations

from agent.resolve.offline import Offline
from agent.resolve.resolver import Resolver
from core.errors import InvalidInput


def resolver(name: str) -> Resolver:
    """``offline`` is the built-in one. Raises InvalidInput for a name nobody answers to."""
    if name == "offline":
        return Offline()
    raise InvalidInput(f"No resolver is called {name!r}; 'offline' is.")
