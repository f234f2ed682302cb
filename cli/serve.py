"""``opsiq serve``: the server, in the foreground, in one process or several on one port."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "serve",
        help="run the server",
        description="Run the server until it is told to stop. Settings come from OPSIQ_… variables. "
        "With several processes, SIGHUP replaces them one by one.",
    )
    made.add_argument("--host", help="address to listen on (OPSIQ_HOST)")
    made.add_argument("--port", type=int, help="port to listen on, 0 for a free one (OPSIQ_PORT)")
    made.add_argument(
        "--processes", "--workers", type=int, metavar="N", help="how many processes serve the port (OPSIQ_PROCESSES)"
    )
    made.add_argument("--family-fd", type=int, help=argparse.SUPPRESS)
    made.add_argument("--listen-fd", type=int, help=argparse.SUPPRESS)
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio
    import os
    import socket

    from core import logs
    from core.settings import Settings

    environ = dict(os.environ)
    for name, value in (("HOST", arguments.host), ("PORT", arguments.port), ("PROCESSES", arguments.processes)):
        if value is not None and value != "":
            environ[f"OPSIQ_{name}"] = str(value)
    settings = Settings.load(environ)
    logs.install(settings.log_level, settings.log_format)
    if arguments.listen_fd is not None:
        return asyncio.run(_serve(settings, socket.socket(fileno=arguments.listen_fd), arguments.family_fd))
    listening = socket.create_server((settings.host, settings.port), backlog=2048)
    # asyncio sets this only on sockets that name their protocol; what is accepted here inherits it. Without it, every answer
    # on a kept connection waits 40 ms for the client's delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return asyncio.run(
        _several(settings, listening, environ) if settings.processes > 1 else _serve(settings, listening, None)
    )


async def _several(settings: Any, listening: Any, environ: dict[str, str]) -> int:
    """One socket for all: what one process has not accepted when it dies, another does."""
    import sys

    from cli.family import Family

    command = [sys.executable, "-m", "cli.main", "serve", "--listen-fd", str(listening.fileno())]
    fd = listening.fileno()
    return await Family(command, settings.processes, environ, fds=[fd], ready=lambda: _announce(listening)).run()


async def _serve(settings: Any, listening: Any, family_fd: int | None) -> int:
    import uvicorn

    from agent.house import opened
    from cli.family import Line
    from core import traces
    from store.migrate import upgrade
    from web.app import create_app

    ended = traces.install(settings.otlp_url, "opsiq") if settings.otlp_url else lambda: None
    await upgrade(settings.database_url)
    line = Line(family_fd)

    class Announcing(uvicorn.Server):
        """Says when it serves, and stops when its parent is gone."""

        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            line.watch(lambda: setattr(self, "should_exit", True))
            line.ready()

    config = uvicorn.Config(
        create_app(opened(settings)),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        lifespan="on",
    )
    server = Announcing(config)
    if family_fd is None:
        _announce(listening)
    try:
        await server.serve(sockets=[listening])
    finally:
        ended()
    return 0 if server.started else 1


def _announce(listening: Any) -> None:
    import json

    host, port = listening.getsockname()[:2]
    print(json.dumps({"ready": True, "url": f"http://{host}:{port}"}), flush=True)
