"""``opsiq work``: runs job workers without HTTP, in the foreground, in one process or several."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "work",
        help="do durable work without serving HTTP",
        description="Do durable work (deliveries, actions, reactions) beside the servers, until told to stop. "
        "Settings come from OPSIQ_… "
        "variables. With several processes, SIGHUP replaces them one by one.",
    )
    made.add_argument(
        "--processes", "--workers", type=int, metavar="N", help="how many processes work (OPSIQ_PROCESSES)"
    )
    made.add_argument("--family-fd", type=int, help=argparse.SUPPRESS)
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio
    import os

    from cli.supervisor import Supervisor
    from core import logs
    from core.errors import BadSetting
    from core.python_command import make_newest_command
    from core.settings import Settings

    environ = dict(os.environ)
    if arguments.processes is not None:
        environ["OPSIQ_PROCESSES"] = str(arguments.processes)
    settings = Settings.load(environ)
    if not settings.workers:
        raise BadSetting("OPSIQ_WORKERS is 0, so this process would do nothing: leave it unset here.")
    logs.install(settings.log_level, settings.log_format)
    if arguments.family_fd is None and settings.processes > 1:
        command = make_newest_command("cli.main", "work")
        return asyncio.run(Supervisor(command, settings.processes, environ, ready=_announce).run())
    return asyncio.run(_work(settings, arguments.family_fd))


async def _work(settings: Any, family_fd: int | None) -> int:
    import asyncio
    import signal

    from cli.data_folder import refuse_lost_database
    from cli.gc_freeze import freeze_imports
    from cli.supervisor import ReadinessPipe

    refuse_lost_database(settings)

    with freeze_imports():
        from app.container import open_container
        from core import traces
        from core.cpu_watchdog import watch_cpu
        from store.migrate import upgrade

    stop, line = asyncio.Event(), ReadinessPipe(family_fd)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    line.watch(stop.set)
    ended = traces.install(settings.otlp_url, "opsiq") if settings.otlp_url else lambda: None
    try:
        await upgrade(settings.database_url)
        async with open_container(settings), watch_cpu():
            line.ready()
            if family_fd is None:
                _announce()
            await stop.wait()
    finally:
        ended()
    return 0


def _announce() -> None:
    import json

    print(json.dumps({"ready": True}), flush=True)
