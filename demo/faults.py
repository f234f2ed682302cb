"""Fault injection (only with ``--faults``): what the next action calls meet instead of a well-behaved platform."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from demo.problem import Refused

FAULT: Final = "demo.fault"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``status`` answers it without acting; ``hang_s`` waits before acting, ``hang_after_acting_s`` after
    it; ``close_before`` and ``close_after_acting`` cut the connection without a byte of answer."""

    status: int | None = None
    hang_s: float = 0
    hang_after_acting_s: float = 0
    close_before: bool = False
    close_after_acting: bool = False


class Faults:
    """The queue of faults, one for each action call to come."""

    def __init__(self) -> None:
        self._next: deque[Fault] = deque()

    def replace(self, value: Any) -> int:
        """Replaces the queue by ``{"next": [{…}, …]}``; ``{}`` stands for a call without fault. Raises Refused 422."""
        faults = value.get("next") if isinstance(value, dict) else None
        try:
            self._next = deque(Fault(**each) for each in faults or ())
        except TypeError:
            raise Refused(422, "bad_fault", f"A fault has {', '.join(Fault.__slots__)}.") from None
        return len(self._next)

    def take(self) -> Fault:
        return self._next.popleft() if self._next else Fault()


class Cutting:
    """ASGI middleware, outermost: carries out ``close_…`` by aborting the connection under uvicorn's feet."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/opsiq/actions/"):
            await self._app(scope, receive, send)
            return
        fault = self._faults.take()
        scope[FAULT] = fault
        if fault.close_before:
            await _cut(receive, send)
            return
        await asyncio.sleep(fault.hang_s)

        async def unheard(_message: Any) -> None:
            """The answer is made and thrown away."""

        await self._app(scope, receive, unheard if fault.close_after_acting else _late(send, fault.hang_after_acting_s))
        if fault.close_after_acting:
            await _cut(receive, send)


def _late(send: Send, delay_s: float) -> Send:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(delay_s)
        await send(message)

    return sending if delay_s else send


async def _cut(receive: Receive, send: Send) -> None:
    """``send`` is a method of uvicorn's cycle, which holds the transport. Waits until uvicorn has seen the connection
    go, so that it doesn't answer 500 by itself."""
    send.__self__.transport.abort()  # type: ignore[attr-defined]
    while (await receive())["type"] != "http.disconnect":
        pass
