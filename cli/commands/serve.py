"""``opsiq serve``: runs the server in the foreground, in one process or several on one port."""

from __future__ import annotations

import argparse
from typing import Any, Final

ORPHANS_S: Final = 30.0


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
    listening = _listening(settings.host, settings.port, wait_s=ORPHANS_S if settings.processes > 1 else 0.0)
    if not settings.port:  # addresses that are told have the port that was found free
        environ["OPSIQ_PORT"] = str(listening.getsockname()[1])
        settings = Settings.load(environ)
    return asyncio.run(
        _several(settings, listening, environ) if settings.processes > 1 else _serve(settings, listening, None)
    )


async def _several(settings: Any, listening: Any, environ: dict[str, str]) -> int:
    """One socket for all: what one process has not accepted when it dies, another does."""
    import logging
    import tempfile

    from cli.supervisor import Supervisor
    from core.python_command import make_newest_command

    if not settings.redis_url:
        logging.getLogger("opsiq.cli.serve").warning(
            "each of the %d processes counts requests by itself, so rate limits are that much wider: set "
            "OPSIQ_REDIS_URL",
            settings.processes,
        )
    command = make_newest_command("cli.main", "serve", "--listen-fd", str(listening.fileno()))
    fd = listening.fileno()
    with tempfile.TemporaryDirectory(prefix="opsiq-meters-") as counted:
        # What each process counts is kept here, so that whichever is asked for /metrics tells the sum, the dead
        # included.
        shared = {**environ, "PROMETHEUS_MULTIPROC_DIR": counted}
        return await Supervisor(command, settings.processes, shared, fds=[fd], ready=lambda: _announce(listening)).run()


async def _serve(settings: Any, listening: Any, family_fd: int | None) -> int:
    import os
    import signal
    from functools import partial

    from cli.data_folder import refuse_lost_database
    from cli.gc_freeze import freeze_imports
    from cli.supervisor import ReadinessPipe

    refuse_lost_database(settings)
    with freeze_imports():
        from app.container import open_container
        from core import traces
        from core.cpu_watchdog import watch_cpu
        from store.migrate import upgrade
        from web.app import create_app
        from web.connections.limits import ConnectionLimits
        from web.connections.protocol import Timeouts
        from web.server import Server, StartupFault, make_server_config

        fault = StartupFault()
        app = create_app(fault.keep(open_container(settings)))
    ended = traces.install(settings.otlp_url, "opsiq") if settings.otlp_url else lambda: None
    line = ReadinessPipe(family_fd)
    # Until the server handles signals it holds nothing, and this ends the process.
    line.watch(lambda: os.kill(os.getpid(), signal.SIGTERM))
    await upgrade(settings.database_url)

    limits = ConnectionLimits.of(settings.max_connections, settings.max_address_connections, settings.trusted_proxies)
    timeouts = Timeouts(settings.head_timeout_s, settings.body_timeout_s, settings.read_timeout_s)
    ready = line.ready if family_fd is not None else partial(_announce, listening)
    server = Server(make_server_config(fault.quieten(app), settings), ready, limits=limits, timeouts=timeouts)
    try:
        async with watch_cpu():
            await server.serve(sockets=[listening])
    except SystemExit:  # uvicorn ends so where the application does not start
        if fault.error is not None:
            raise fault.error from None
        raise
    finally:
        ended()
    return 0 if server.started else 1


def _listening(host: str, port: int, wait_s: float) -> Any:
    """The port, waited for while the children of a parent that was killed are still giving it up. Raises BadSetting."""
    import errno
    import os
    import socket
    import time

    from core.errors import BadSetting

    end = time.monotonic() + wait_s
    while True:
        try:
            made = socket.create_server(
                (host, port), backlog=2048, family=socket.AF_INET6 if ":" in host else socket.AF_INET
            )
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() >= end:
                mend = (
                    " Stop what listens there, or choose another with --port or OPSIQ_PORT."
                    if error.errno == errno.EADDRINUSE
                    else ""
                )
                by_number = error.errno is not None and error.errno > 0  # that of a name without an address is not
                told = (error.strerror or str(error)).partition(" (while ")[0]
                why = os.strerror(error.errno or 0) if by_number else told
                raise BadSetting(f"Can't listen on {host}:{port}: {why}.{mend}") from error
            time.sleep(0.2)
        else:
            break
    # asyncio sets this only on sockets that name their protocol; what is accepted here inherits it. Without it, every
    # answer on a kept connection waits 40 ms for the client's delayed acknowledgement.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def _announce(listening: Any) -> None:
    import sys

    host, port = listening.getsockname()[:2]
    print(make_ready_line(f"http://{f'[{host}]' if ':' in host else host}:{port}", sys.stdout.isatty()), flush=True)


def make_ready_line(url: str, terminal: bool) -> str:
    """What is said once the port is open: JSON for a program, a sentence for a person."""
    import json

    return f"OpsIQ is at {url}. Ctrl-C stops it." if terminal else json.dumps({"ready": True, "url": url})
