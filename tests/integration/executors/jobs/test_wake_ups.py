"""How processes on one database tell each other that there is work."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from sqlalchemy import text

from executors.jobs.wake_ups import JobNotifier, SocketNotifier, open_notifier
from store.database import Database


class Ear:
    def __init__(self) -> None:
        self.heard = 0

    def __call__(self) -> None:
        self.heard += 1


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 (what is waited for comes over a socket)
            await asyncio.sleep(0.01)


async def heard_from(one: JobNotifier, ear: Ear) -> None:
    """Rings until it is heard: a bell on PostgreSQL connects in the background."""
    before = ear.heard
    async with asyncio.timeout(20):
        while ear.heard == before:
            one.notify()
            await asyncio.sleep(0.02)


async def test_a_ring_is_heard_by_the_others_and_not_by_who_rang(database_url: str) -> None:
    notifiers, ears = [open_notifier(database_url) for _ in range(3)], [Ear(), Ear(), Ear()]
    for each, ear in zip(notifiers, ears, strict=True):
        await each.open(ear)
    await heard_from(notifiers[0], ears[1])
    await heard_from(notifiers[0], ears[2])
    await asyncio.sleep(0.2)  # the bells' connections have been made, and every ring has arrived
    mine = ears[0].heard
    await heard_from(notifiers[0], ears[1])
    assert ears[0].heard == mine
    for each in notifiers:
        await each.close()


async def test_a_hundred_rings_in_a_moment_are_few(database_url: str) -> None:
    one, other, ear = open_notifier(database_url), open_notifier(database_url), Ear()
    await one.open(lambda: None)
    await other.open(ear)
    await heard_from(one, ear)
    await asyncio.sleep(0.2)
    before = ear.heard
    for _ in range(100):
        one.notify()
    await until(lambda: ear.heard > before)
    await one.close()
    await other.close()
    assert ear.heard - before < 10


async def test_a_bell_that_closes_rings_once_more(database_url: str) -> None:
    one, other, ear = open_notifier(database_url), open_notifier(database_url), Ear()
    await one.open(lambda: None)
    await other.open(ear)
    await heard_from(one, ear)
    await asyncio.sleep(0.2)
    before = ear.heard
    await one.close()
    await until(lambda: ear.heard > before)
    await other.close()


async def test_a_bell_whose_connection_is_cut_connects_again_and_looks(postgresql: Callable[[], str]) -> None:
    url = await asyncio.to_thread(postgresql)
    one, ear = open_notifier(url), Ear()
    await one.open(ear)
    await until(lambda: ear.heard > 0)
    before = ear.heard
    database = await Database.open(url)
    async with database.begin() as session:
        await session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = "
                "current_database()"
            )
        )
    await until(lambda: ear.heard > before)
    await database.close()
    await one.close()


async def test_the_socket_of_a_killed_process_is_cleared_away(tmp_path: object) -> None:
    one = SocketNotifier(f"{tmp_path}/opsiq.db")
    await one.open(lambda: None)
    dead = one._folder / "1-dead.bell"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as gone:
        gone.bind(str(dead))
    one.notify()
    assert not dead.exists()
    await one.close()
    assert not one._folder.exists()


async def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: object) -> None:
    one, ear = SocketNotifier(f"{tmp_path}/opsiq.db"), Ear()
    one._folder.mkdir()
    one._folder.chmod(0o777)
    await one.open(ear)
    one.notify()
    await one.close()
    assert list(one._folder.iterdir()) == []
    one._folder.rmdir()
