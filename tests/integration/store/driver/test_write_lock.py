"""Writers of several processes on one SQLite file take turns."""

from __future__ import annotations

import asyncio
import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from store.driver.write_lock import WriteLock


async def taken_within(turn: WriteLock, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds), turn.held():
            return True
    except TimeoutError:
        return False


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "opsiq.db"


async def test_two_processes_are_never_in_their_turn_together(database: Path) -> None:
    inside = most = 0

    async def write(turn: WriteLock) -> None:
        nonlocal inside, most
        for _ in range(20):
            async with turn.held():
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.001)
                inside -= 1

    await asyncio.gather(*(write(turn) for turn in (WriteLock(database), WriteLock(database)) for _ in range(3)))
    assert most == 1


async def test_who_gives_up_waiting_leaves_the_turn_to_others(database: Path) -> None:
    holder, other = WriteLock(database), WriteLock(database)
    async with holder.held():
        assert not await taken_within(other, 0.05)
        assert not await taken_within(other, 0.05)
    async with asyncio.timeout(20):
        while not await taken_within(holder, 1):
            pass
    assert await taken_within(other, 20)


async def test_a_turn_ends_with_its_process_however_that_ends(database: Path) -> None:
    script = (
        "import asyncio, pathlib, sys; from store.driver.write_lock import WriteLock\n"
        "async def main():\n"
        "    async with WriteLock(pathlib.Path(sys.argv[1])).held():\n"
        "        print('taken', flush=True); await asyncio.sleep(600)\n"
        "asyncio.run(main())"
    )
    process = await asyncio.to_thread(
        subprocess.Popen, [sys.executable, "-c", script, str(database)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert await asyncio.to_thread(process.stdout.readline) == "taken\n"
    mine = WriteLock(database)
    assert not await taken_within(mine, 0.05)
    process.kill()
    await asyncio.to_thread(process.wait)
    process.stdout.close()
    assert await taken_within(mine, 20)


async def test_the_lock_is_the_users_alone(database: Path) -> None:
    async with WriteLock(database).held():
        beside = database.with_name("opsiq.db-turn")
        assert beside.stat().st_mode & 0o777 == 0o600
        with beside.open() as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
