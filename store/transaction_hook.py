"""Transaction hook: lets a caller add writes to a service's own transaction, such as the answer it stores for a key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")
TransactionHook = Callable[[AsyncSession, T], Awaitable[None]]
"""Called with the result of the service's change, before its transaction commits."""


async def no_hook(session: AsyncSession, made: object) -> None:
    """No-op transaction hook."""
