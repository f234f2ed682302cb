"""The CPU watchdog, in a process of its own: it ends one whose event loop is stuck, and no other."""

from __future__ import annotations

import signal
import subprocess
import sys

PROGRAM = """
import asyncio, sys, time
from core.cpu_watchdog import watch_cpu
from registry.conditions import condition

async def main():
    async with watch_cpu(0.5):
        await asyncio.sleep(0.05)
        {}
    print("well", flush=True)

asyncio.run(main())
"""
STUCK = "cel = __import__('cel'); cel.compile('[1,1,1,1,1,1,1,1,1,1]' + ''.join(f'.all(a{n},[1,1,1,1,1,1,1,1,1,1]' for n in range(8)) + '.all(b,true' + ')' * 9).execute({})"  # noqa: E501
BUSY = "[(sum(range(200_000)), await asyncio.sleep(0.01)) for _ in range(20)]"


def ran(what: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(what)], capture_output=True, text=True, check=False, timeout=60
    )


def test_a_process_that_is_stuck_without_the_interpreter_ends_and_says_where() -> None:
    done = ran(STUCK)
    assert done.returncode == -signal.SIGPROF
    assert "in main" in done.stderr


def test_a_process_that_works_hard_and_turns_goes_on() -> None:
    done = ran(BUSY)
    assert (done.returncode, done.stdout) == (0, "well\n"), done.stderr


def test_sleep_that_blocks_the_loop_is_no_processor_time() -> None:
    assert ran("time.sleep(1.0)").stdout == "well\n"
