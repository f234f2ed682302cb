"""``opsiq serve``: the server, in the foreground."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "serve",
        help="run the server",
        description="Run the server until it is told to stop. Settings come from OPSIQ_… variables.",
    )
    made.add_argument("--host", help="address to listen on (OPSIQ_HOST)")
    made.add_argument("--port", type=int, help="port to listen on, 0 for a free one (OPSIQ_PORT)")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio
    import os

    from core.settings import Settings

    environ = dict(os.environ)
    if arguments.host:
        environ["OPSIQ_HOST"] = arguments.host
    if arguments.port is not None:
        environ["OPSIQ_PORT"] = str(arguments.port)
    return asyncio.run(_serve(Settings.load(environ)))


async def _serve(settings: Any) -> int:
    import json
    import socket

    import uvicorn

    from agent.house import opened
    from core import logs, traces
    from store.migrate import upgrade
    from web.app import create_app

    logs.install(settings.log_level, settings.log_format)
    ended = traces.install(settings.otlp_url, "opsiq") if settings.otlp_url else lambda: None
    await upgrade(settings.database_url)
    listening = socket.create_server((settings.host, settings.port), backlog=2048)
    # asyncio sets this only on sockets that name their protocol; what is accepted here inherits it. Without it, every answer
    # on a kept connection waits 40 ms for the client's delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    host, port = listening.getsockname()[:2]
    config = uvicorn.Config(
        create_app(opened(settings)),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        lifespan="on",
    )
    server = uvicorn.Server(config)

    print(json.dumps({"ready": True, "url": f"http://{host}:{port}"}), flush=True)
    try:
        await server.serve(sockets=[listening])
    finally:
        ended()
    return 0 if server.started else 1
