"""What has no hash as a cache's key."""

from __future__ import annotations

from typing import Any


class HashableById:
    """Kinds (and offers) as a key: equal where they are the very same, since their mappings have no hash."""

    __slots__ = ("_hash", "kinds")

    def __init__(self, kinds: tuple[Any, ...]) -> None:
        self.kinds = kinds
        self._hash = hash(tuple(map(id, kinds)))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, HashableById) or len(self.kinds) != len(other.kinds):
            return False
        return all(mine is theirs for mine, theirs in zip(self.kinds, other.kinds, strict=True))
