"""Micro-batching: small database queries that arrive while one batch runs are answered together by the next.

There is no timer: a single query is sent immediately. Each query is answered by a transaction that began after it was
asked, so its answer is as fresh as from a transaction of its own. A batch that fails has changed nothing. Its queries
are repeated one by one, so that a faulty query does not fail the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

from core.errors import Unavailable

MOST: Final = 200
"""Most questions of one group. Each has a few parameters, so their number stays well below every database's limit."""

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Batcher(Generic[Asked, Answer]):
    """Collects queries and has ``many`` answer a group, in its order, in one transaction. If ``many`` raises, each
    query is asked again alone, and only those that fail alone raise."""

    def __init__(self, many: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer]]], *, most: int = MOST) -> None:
        self._many, self._most = many, most
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._working: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Answer:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, future))
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._answer(group)
        finally:
            self._working = None

    async def _answer(self, group: Sequence[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._many([asked for asked, _ in group])
        except Exception as error:
            if len(group) > 1 and not isinstance(error, Unavailable):
                for each in group:
                    await self._answer([each])
                return
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(group, answers, strict=True):
            if not future.done():  # the caller may have gone
                future.set_result(answer)
