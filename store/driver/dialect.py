"""SQLAlchemy's dialect for SQLite, with compiled statements shared among engines."""

from __future__ import annotations

from typing import Final

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.util import LRUCache

DRIVER: Final = "sqlite+shared"
STATEMENTS: Final[LRUCache[object, object]] = LRUCache(1500)
"""Compiled statements of all engines of this process: a reader's statement serves a writer too."""


class SharedDialect(SQLiteDialect_aiosqlite):
    """Shares compiled statements with every other instance in this process: all have one SQLite library and the same
    options. SQLAlchemy keys compiled statements by dialect."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SharedDialect)

    def __hash__(self) -> int:
        return hash(SharedDialect)


registry.register("sqlite.shared", __name__, SharedDialect.__name__)
