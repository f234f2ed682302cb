"""Operations of a worker process that behave well and badly: ``python -m tests.integration.executors.cpu_operations FD
BUDGET_S [MOST_MB]``."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from typing import Any

from executors.cpu_worker import MOST_MB, ParentLink, Worker


async def echo(held: bytes, given: Any, line: ParentLink) -> Any:
    return held.decode(), given, os.getpid()


async def spin(held: bytes, given: Any, line: ParentLink) -> Any:
    if given:
        await line.ask("begun", given)
    while True:
        pass


async def backtrack(held: bytes, given: Any, line: ParentLink) -> Any:
    return re.match(r"(a+)+$", "a" * 64 + "b")


async def swallow(held: bytes, given: Any, line: ParentLink) -> Any:
    while True:
        try:
            while True:
                pass
        except Exception:
            continue


async def ask(held: bytes, given: Any, line: ParentLink) -> Any:
    line.tell("asking")
    first, second = await asyncio.gather(line.ask("double", given), line.ask("double", given + 1))
    return first + second


async def look_up(held: bytes, given: Any, line: ParentLink) -> Any:
    """One thing after another, as many as are wanted."""
    for _ in range(given):
        await line.ask("record", None)


async def die(held: bytes, given: Any, line: ParentLink) -> Any:
    os._exit(9)


async def fail(held: bytes, given: Any, line: ParentLink) -> Any:
    raise given


async def forever(held: bytes, given: Any, line: ParentLink) -> Any:
    await line.ask("never", None)


def main() -> None:
    operations = {each.__name__: each for each in (echo, spin, backtrack, swallow, ask, look_up, die, fail, forever)}
    socket_fd, budget_s, most_mb = int(sys.argv[1]), float(sys.argv[2]), float((*sys.argv, MOST_MB)[3])
    asyncio.run(Worker(operations, bytes, budget_s=budget_s, socket_fd=socket_fd, most_mb=most_mb).run())


if __name__ == "__main__":
    main()
