"""A whole installation of real processes: the demo platform (with faults on demand) and the server, founded like a new
user's."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import tempfile
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import select, text

import store.jobs.jobs
from agent.history import sealing
from agent.workspace.data_keys import open_keyring
from app.container import open_container
from cli.client import Client, Refused
from cli.commands.ask import wait_until_idle
from cli.console_session import ConsoleSession
from cli.opener import find_opener
from core.clock import utc_now
from core.scopes import OWNER_SCOPES, SCOPES
from core.settings import Settings
from core.webhook_signature import make_secret
from store import rows
from store.database import Database
from store.migrate import upgrade
from store.rows import RowT
from tests.acceptance.fork_server import Forked

TOKEN = "read-token-of-the-tests"
PASSWORD = "correct horse battery"
PEOPLE = (
    ("olivia", "owner"),
    ("oscar", "owner"),
    ("amir", "admin"),
    ("sara", "support"),
)
Edit = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


@cache
def _migrated() -> bytes:
    """A database with every table and nothing in it."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(upgrade(f"sqlite+aiosqlite:///{folder}/opsiq.db"))
        return Path(folder, "opsiq.db").read_bytes()


def list_scopes(role: str) -> list[str]:
    """Every scope that a key of this role can use."""
    return [each for each in SCOPES if role == "owner" or each not in OWNER_SCOPES]


@dataclass
class Installation:
    folder: Path
    secret: str = field(default_factory=make_secret)
    clients: dict[str, Client] = field(default_factory=dict)
    processes: dict[str, Forked] = field(default_factory=dict)
    consoles: dict[tuple[str, str], ConsoleSession] = field(default_factory=dict)
    platform_url: str = ""
    workspace: str = ""
    database_url: str = ""
    url: str = ""
    from_nothing: bool = False
    """Whether what a server starts of its own is read from its first module on."""
    keep_logs: bool = False
    """Whether each process's standard error goes to a file of its own."""
    urls: dict[str, str] = field(default_factory=dict)
    """Of every server, by its name; ``url`` is the last one's."""

    def environment(self) -> dict[str, str]:
        mine = {name: value for name, value in os.environ.items() if not name.startswith("OPSIQ_")}
        database = {"OPSIQ_DATABASE_URL": self.database_url} if self.database_url else {}
        return (
            mine
            | database
            | ({"FROM_NOTHING": "1"} if self.from_nothing else {})
            | {
                "OPSIQ_DATA": str(self.folder),
                "OPSIQ_ALLOW_ADDRESSES": "127.0.0.0/8",
                "OPSIQ_WORK_LEASE_S": "2",
                "OPSIQ_LOG_LEVEL": "warning",
                "DEMO_SECRET": self.secret,
                "DEMO_TOKEN": TOKEN,
            }
        )

    def start_platform(self) -> None:
        data = str(self.folder / "platform.db")
        self.platform_url = self._start("platform", "demo", "--data", data, "--faults")

    def found(self, edit: Edit = lambda contracts: contracts) -> None:
        """Workspace, people, connector, contracts (after ``edit``) and a key for each person."""
        if not self.database_url:
            (self.folder / "opsiq.db").write_bytes(_migrated())
        keys = asyncio.run(self._found(replace(self._settings(), workers=0), edit))
        for name, (public, secret) in keys.items():
            self.clients[name] = Client("", public, secret)

    async def _found(self, settings: Settings, edit: Edit) -> dict[str, tuple[str, str]]:
        await upgrade(settings.database_url)
        made = {}
        async with open_container(settings) as container:
            owner = await container.workspace_admin.create_workspace(
                "Test", email="olivia@test.test", person="olivia", password=PASSWORD
            )
            self.workspace = owner.workspace
            people = {"olivia": owner}
            for name, role in PEOPLE[1:]:
                people[name] = await container.workspace_admin.add_member(
                    owner, email=f"{name}@test.test", person=name, role=role, password=PASSWORD
                )
            await container.workspace_admin.connect(
                owner, "saas", self.platform_url, {"read_token": TOKEN, "action_secret": self.secret}
            )
            proposed = await container.contract_admin.propose(owner, "saas")
            await container.contract_admin.register(owner, edit([json.loads(each.canonical) for each in proposed]))
            for name, actor in people.items():
                row, secret = await container.key_admin.create_key(actor, name, scopes=SCOPES, mode="live")
                made[name] = (row.public, secret)
        return made

    def start_server(
        self, name: str = "server", *, processes: int = 1, files: int | None = None, **environ: str
    ) -> None:
        """``files``: how many it may have open."""
        arguments = ("serve", "--port", "0", "--processes", str(processes))
        self.url = self._start(name, "cli.main", *arguments, environ=environ, files=files)
        self.urls[name] = self.url
        self.clients = {name: Client(self.url, each.key, each.secret) for name, each in self.clients.items()}

    def start_worker(self, name: str = "worker", **environ: str) -> None:
        self._start(name, "cli.main", "work", environ=environ)

    def make_key(self, by: str, role: str, name: str) -> None:
        """A key of this role, with every scope that it can use, that ``by`` makes over the API: from now on
        ``clients[name]``."""
        body = {"name": name, "role": role, "scopes": list_scopes(role), "mode": "live"}
        made = self.clients[by].post("/v1/keys", body)
        self.clients[name] = Client(self.url, made["key"]["public"], made["secret"])

    def call(self, person: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The status of one signed call and what it answered."""
        raw = b"" if body is None else json.dumps(body).encode()
        key = "" if method == "GET" else uuid.uuid4().hex
        try:
            return 200, self.clients[person]._call(method, path, "", raw, key)
        except Refused as refused:
            return refused.problem["status"], refused.problem

    def work_states(self) -> dict[str, int]:
        """How much durable work there is by state, from the database itself."""

        async def look() -> dict[str, int]:
            database = await Database.open(self._settings().database_url)
            async with database.read() as session:
                found = await store.jobs.jobs.counts(session)
            await database.close()
            states: dict[str, int] = {}
            for (_, state), count in found.items():
                states[state] = states.get(state, 0) + count
            return states

        return asyncio.run(look())

    def execute(self, statement: str, **given: Any) -> list[Any]:
        """One SQL statement in the database, past everything the server would check; its rows."""

        async def run() -> list[Any]:
            database = await Database.open(self._settings().database_url)
            try:
                async with database.begin() as session:
                    found = await session.execute(text(statement), given)
                    return list(found.all()) if found.returns_rows else []
            finally:
                await database.close()

        return asyncio.run(run())

    def rewrite(self, kind: type[RowT], row_id: str, **columns: Any) -> None:
        """Columns of one stored row, changed with a code that fits: as an earlier version might have written them."""

        async def run() -> None:
            settings = self._settings()
            database = await Database.open(settings.database_url)
            try:
                database.authenticator = (await open_keyring(database, settings.data_keys, utc_now)).box.authenticator
                async with database.begin() as session:
                    row = await rows.first(session, kind, select(kind.__table__).where(kind.__table__.c.id == row_id))
                    assert row is not None
                    assert await rows.amend(session, row, columns)
            finally:
                await database.close()

        asyncio.run(run())

    def accept(self) -> None:
        """As `opsiq seal --accept`: what somebody wrote into the database counts as OpsIQ's own from now on."""

        async def accepted() -> None:
            settings = self._settings()
            database = await Database.open(settings.database_url)
            await sealing.accept(database, settings, utc_now)
            await database.close()

        asyncio.run(accepted())

    def opsiq(self, *words: str, **environ: str) -> tuple[int, str]:
        """Another command of the same installation, beside its servers: exit code and what it said."""
        process = Forked("cli.main", words, self.environment() | environ)
        told: str = process.stdout.read()
        code: int = process.wait(60)
        process.stdout.close()
        return code, told

    def _settings(self) -> Settings:
        return Settings.load({k: v for k, v in self.environment().items() if k.startswith("OPSIQ_")})

    def kill_server(self) -> None:
        """kill -9: nothing is finished, nothing is tidied up."""
        server = self.processes.pop("server")
        server.send_signal(signal.SIGKILL)
        server.wait()
        server.stdout.close()

    def stop_server(self) -> None:
        """Gently, as a service manager would."""
        server = self.processes.pop("server")
        server.terminate()
        assert server.wait(30) == 0, "it stops in order, and ends by itself"
        server.stdout.close()

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(30)
            process.stdout.close()

    def ask(self, person: str, text: str, **body: Any) -> dict[str, Any]:
        client = self.clients[person]
        return wait_until_idle(client, client.post("/v1/runs", {"text": text, **body})["id"])

    def act(self, person: str, run: Mapping[str, Any], act: str, **body: Any) -> dict[str, Any]:
        client = self.clients[person]
        client.post(f"/v1/runs/{run['id']}/{act}", body)
        return wait_until_idle(client, run["id"])

    def confirm(self, person: str, run: Mapping[str, Any]) -> dict[str, Any]:
        """With the person's key; what only a person may confirm, as the person in the console."""
        if run["card"]["confirm_by"] == "anyone":
            return self.act(person, run, "confirm", digest=run["card"]["digest"])
        self.console(person).confirm(run["id"], run["card"]["digest"])
        return wait_until_idle(self.clients[person], run["id"])

    def console(self, person: str) -> ConsoleSession:
        """The person, signed in to the console of the server that runs now."""
        if (person, self.url) not in self.consoles:
            self.consoles[person, self.url] = ConsoleSession(self.url, f"{person}@test.test", PASSWORD)
        return self.consoles[person, self.url]

    def new_key(self, person: str = "olivia", **body: Any) -> Client:
        """A key that ``person``'s own one makes, by default with every scope, live."""
        made = self.clients[person].post("/v1/keys", {"name": "made", "scopes": list(SCOPES), "mode": "live", **body})
        return Client(self.url, made["key"]["public"], made["secret"])

    def ledger(self) -> list[dict[str, Any]]:
        """Every call that the platform has received."""
        items: list[dict[str, Any]] = self.platform("GET", "/ledger?format=json")["items"]
        return items

    def kinds(self, run: Mapping[str, Any]) -> list[str]:
        """The kinds of the run's history entries, oldest first, as an owner sees them."""
        page = self.clients["olivia"].get("/v1/history", f"run_id={run['id']}&limit=200")
        return [entry["kind"] for entry in reversed(page["data"])]

    def entries(self, run: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
        page = self.clients["olivia"].get("/v1/history", f"run_id={run['id']}&limit=200")
        return [entry for entry in reversed(page["data"]) if entry["kind"] == kind]

    def verify(self) -> dict[str, Any]:
        verdict: dict[str, Any] = self.clients["olivia"].get("/v1/history/verify")
        return verdict

    def faults(self, *faults: Mapping[str, Any]) -> None:
        self.platform("POST", "/faults", {"next": list(faults)})

    def received(self, call_id: str) -> list[dict[str, Any]]:
        """What the platform's own ledger says of a call."""
        ledger: Sequence[dict[str, Any]] = self.platform("GET", "/ledger?format=json")["items"]
        return [each for each in ledger if each["webhook_id"] == call_id]

    def platform(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.platform_url}{path}", data=data, headers=headers, method=method)
        with find_opener().open(request, timeout=10) as answer:
            return json.loads(answer.read())

    def received_of(self, run_id: str, person: str = "olivia") -> list[dict[str, Any]]:
        """… and of all calls of a run, as its card names them."""
        card = self.clients[person].get(f"/v1/runs/{run_id}")["card"]
        return [found for call in card["calls"] for found in self.received(call["call_id"])] if card else []

    def log_of(self, name: str = "server") -> Path:
        """What a process writes to its standard error, where ``keep_logs`` is set."""
        return self.folder / f"{name}.log"

    def _start(
        self,
        name: str,
        *arguments: str,
        environ: Mapping[str, str] = MappingProxyType({}),
        files: int | None = None,
    ) -> str:
        stderr = os.open(self.log_of(name), os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600) if self.keep_logs else 2
        environ = self.environment() | dict(environ)
        process = Forked(arguments[0], arguments[1:], environ, stderr=stderr, files=files)
        if stderr != 2:
            os.close(stderr)
        self.processes[name] = process
        line = process.stdout.readline()
        assert line, f"{name} did not start: exit code {process.wait(5)}"
        return str(json.loads(line).get("url", ""))


@contextmanager
def founded_installation(
    folder: Path, edit: Edit = lambda contracts: contracts, *, platform_url: str = "", database_url: str = ""
) -> Iterator[Installation]:
    """A workspace with its platform, the demo one unless another is named, and no server yet. Whatever was started is
    stopped at the end."""
    made = Installation(folder, platform_url=platform_url, database_url=database_url)
    try:
        if not platform_url:
            made.start_platform()
        with ThreadPoolExecutor(1) as aside:  # where the thread's own loop is Playwright's
            aside.submit(made.found, edit).result()
        yield made
    finally:
        made.stop()


@contextmanager
def running_installation(
    folder: Path, edit: Edit = lambda contracts: contracts, *, processes: int = 1, **environ: str
) -> Iterator[Installation]:
    """… and its server, with ``environ`` beside its own settings."""
    with founded_installation(folder, edit) as made:
        made.start_server(processes=processes, **environ)
        yield made
