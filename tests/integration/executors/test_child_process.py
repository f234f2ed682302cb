"""A child that ends while it is being signalled keeps its own exit code."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys

import pytest

from executors.child_process import signal_child


async def test_a_child_that_has_just_ended_is_left_to_the_event_loop(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(20):
        child = await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", "raise SystemExit(7)")
        with contextlib.suppress(ChildProcessError):  # Python 3.11 waits for it on a thread
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # noqa: ASYNC222 - the loop shall stand still
        signal_child(child, signal.SIGKILL)
        assert await child.wait() == 7
        signal_child(child, signal.SIGKILL)  # its number may be another's by now: nothing is sent
    assert not caplog.records


async def test_a_child_that_runs_is_ended() -> None:
    child = await asyncio.create_subprocess_exec("/bin/sleep", "60")
    signal_child(child, signal.SIGTERM)
    assert await child.wait() == -signal.SIGTERM
