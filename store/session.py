"""Database session: one transaction's connection, passed to queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.sql.base import Executable

from core.crypto.authenticator import Authenticator
from store.driver.sqlite import SqliteConnection

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class Session(AsyncSession):
    """An ``AsyncSession`` without the ORM: statements go directly to the connection. Rows are snapshots here
    (``store.rows``), so the ORM's state (identity map, unit of work) would never be read. It made up more than half of
    a short statement's cost. Methods that need the ORM are not defined and raise.

    Only ``Database`` creates sessions and commits.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        sqlite: SqliteConnection | None = None,
        authenticator: Authenticator | None = None,
    ) -> None:
        # No super().__init__(): it would create the ORM session that this class avoids.
        self._connection = connection
        self.sqlite = sqlite
        """SQLite's own connection, in the same transaction, for compiled statements (``store.driver.prepared``)."""
        self.authenticator = authenticator
        """Checks and writes the codes of sealed rows (``store.rows``). None before the data keys are open."""
        self._info: dict[Any, Any] = {}

    @property
    def info(self) -> dict[Any, Any]:
        """Dictionary that belongs to this transaction alone, and disappears with it."""
        return self._info

    async def execute(  # type: ignore[override]
        self, statement: Executable, params: Parameters = None
    ) -> CursorResult[Any]:
        return await self._connection.execute(statement, params)

    async def stream(self, statement: Executable, params: Parameters = None) -> Any:  # type: ignore[override]
        return await self._connection.stream(statement, params)

    async def connection(self) -> AsyncConnection:  # type: ignore[override]
        return self._connection

    def get_bind(self) -> Any:  # type: ignore[override]
        return self._connection.sync_engine
