"""Operations of a worker process that behave well and badly: ``python -m tests.integration.executors.cpu_operations FD
BUDGET_S``."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from typing import Any

from executors.cpu_worker import ParentLink, Worker


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


async def die(held: bytes, given: Any, line: ParentLink) -> Any:
    os._exit(9)


async def fail(held: bytes, given: Any, line: ParentLink) -> Any:
    raise given


async def forever(held: bytes, given: Any, line: ParentLink) -> Any:
    await line.ask("never", None)


def main() -> None:
    operations = {each.__name__: each for each in (echo, spin, backtrack, swallow, ask, die, fail, forever)}
    asyncio.run(Worker(operations, bytes, budget_s=float(sys.argv[2]), socket_fd=int(sys.argv[1])).run())


if __name__ == "__main__":
    main()
