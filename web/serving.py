"""uvicorn, as it is stopped: what a client had sent is answered before its connection is closed."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Final

import uvicorn

DRAIN_S: Final = 1.0
"""How long a connection that has asked for nothing yet is waited for."""
_LOOK_S: Final = 0.01


class Server(uvicorn.Server):
    """Calls ``ready`` once it serves. Told to stop, it first accepts no more, and hears out the connections that it has accepted
    but not read from: by itself uvicorn closes them, and a request that was on its way is lost though another process stood ready for it.
    """

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        loop = asyncio.get_running_loop()
        for server in self.servers:
            for listening in server.sockets:
                # Not closed yet: asyncio breaks off what it has accepted in this very moment when it finds its server closed.
                loop.remove_reader(listening.fileno())
        # Clients that keep their connection learn with their next answer not to.
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        until = loop.time() + DRAIN_S
        await asyncio.sleep(_LOOK_S)
        while loop.time() < until and not self.force_exit and any(map(_unheard, self.server_state.connections)):  # noqa: ASYNC110 (uvicorn has no event for it)
            await asyncio.sleep(_LOOK_S)
        await super().shutdown(sockets)


def _unheard(connection: object) -> bool:
    """Whether it has sent no whole head of a request yet."""
    return getattr(connection, "cycle", None) is None
