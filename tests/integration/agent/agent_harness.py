"""The agent on a real SQLite file: a platform in memory, a hand that posts into a list, a resolver that does as it is
told."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncSession

import store.history.log
import store.jobs.enqueue
import store.jobs.jobs
import store.runs.calls
from agent.pipeline import Abstain, Calls, Draft, Mention, Refusal, Request, Resolution, Resolved, Span, Trace
from agent.planning.planner import Planner
from agent.resolve.resolver import Resolver
from agent.runs import repository
from agent.runs.approval import ApprovalService
from agent.runs.decisions import Decisions
from agent.runs.direct_calls import DirectCalls
from agent.runs.progress import Progress, RunWakeups
from agent.runs.run import MOVING, Run
from agent.runs.service import RunService
from agent.sending.action_secrets import ActionSecrets
from agent.sending.sender import Sender
from agent.workspace.admin import WorkspaceAdmin
from agent.workspace.context import WorkspaceContexts
from agent.workspace.contract_admin import ContractAdmin
from agent.workspace.key_admin import KeyAdmin
from connectors.saas import SaasConnector
from core.actor import Actor
from core.crypto.secretbox import SecretBox
from executors.http.platform_client import HttpPlatformClient
from executors.http.signed_client import SignedClient
from executors.http.ssrf_guard import SsrfGuard
from executors.jobs.queue import Done, Outcome, Reschedule
from executors.retry import Reply
from registry.connector import ReadAccess
from registry.discovery import DiscoveredConnector
from registry.offers.shortlist import Shortlist
from registry.records import ContextProvider, Query, Record, RecordKind
from store.database import Database
from store.history.log import HistoryRow
from store.jobs.enqueue import NewJob
from store.runs.calls import CallRow
from tests.integration.frozen_clock import FrozenClock
from tests.unit.agent.validate.fake_platform import NOW, SAAS, Platform, town

PASSWORD = "correct horse battery"
PEOPLE = (("oscar", "owner"), ("amir", "admin"), ("ada", "admin"), ("sara", "support"))

Order = tuple[str, str, dict[str, str]]
BERTA: Final = {"customer_id": "Berta Lind"}
CREDIT: Order = ("apply 20 EUR credit to Berta Lind", "saas.apply_credit", BERTA | {"amount": "20 EUR"})
EMAIL: Order = ("change Berta Lind's email to b@x.example", "saas.update_email", BERTA | {"email": "b@x.example"})
SUSPEND: Order = ("suspend Berta Lind for unpaid bills", "saas.suspend_customer", BERTA | {"reason": "unpaid bills"})
REPLY: Order = ("reply to 5519 with done", "saas.reply_ticket", {"ticket_id": "5519", "message": "done"})
CLOSE: Order = ("close ticket 5519", "saas.close_ticket", {"ticket_id": "5519"})
UNCLEAR: Order = ("apply some credit to Berta Lind", "saas.apply_credit", BERTA)
ADDRESS: Order = (
    "write b@x.example down for Berta Lind",
    "saas.write_down_email",
    BERTA | {"email": "b@x.example"},
)
"""Of a contract that a test registers itself."""
ORDERS = (ADDRESS, CREDIT, EMAIL, SUSPEND, REPLY, CLOSE, UNCLEAR)

OK = Reply(200, b'{"ok":true}', 5, None, True)
ERROR = Reply(500, b"", 5, None, True)
NO = Reply(422, b"", 5, None, True)
LOST = Reply(None, b"", 5, "timeout", True)
UNREACHED = Reply(None, b"", 5, "connect", False)


class WorkerDied(BaseException):
    """The process is gone: nothing after this line runs."""


@dataclass(frozen=True)
class Posted:
    key: str
    body: bytes


class ListClient(SignedClient):
    """``answers`` are what comes back, in order, then ``OK``. An exception among them is raised after the bytes have
    left."""

    def __init__(self) -> None:
        super().__init__(SsrfGuard(()))
        self.posted: list[Posted] = []
        self.answers: list[Reply | BaseException] = []
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def post(self, url: str, body: bytes, *, message_id: str, **_: Any) -> Reply:
        self.posted.append(Posted(message_id, body))
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        answer = self.answers.pop(0) if self.answers else OK
        if isinstance(answer, BaseException):
            raise answer
        return answer


class FakePlatform(Platform):
    """``meanwhile`` is done once, while the next record is looked up, ``while_searching`` while the next ones are
    searched."""

    meanwhile: Callable[[], Awaitable[object]] | None = None
    while_searching: Callable[[], Awaitable[object]] | None = None

    async def search(self, query: Query) -> list[Record]:
        if self.while_searching is not None:
            meanwhile, self.while_searching = self.while_searching, None
            await meanwhile()
        return list(await super().search(query))

    async def get(self, kind: str, record_id: str) -> Record | None:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        return await super().get(kind, record_id)


class ScriptedResolver:
    """Drafts for the texts it was told; several orders joined by " and then " are several calls."""

    name = "told"

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        drafts = []
        for part in request.text.split(" and then "):
            known = next((order for order in ORDERS if order[0] == part), None)
            if known is not None and known[1] in shortlist:
                words = known[2].items()
                drafts.append(Draft(action=known[1], arguments={name: mention(request, said) for name, said in words}))
        resolution: Resolution = (
            Calls(drafts=tuple(drafts)) if drafts else Abstain(reason="nothing_fits", detail="Nothing fits.")
        )
        return Resolved(resolution=resolution, trace=Trace(resolver=self.name))


def mention(request: Request, words: str) -> Mention:
    start = request.text.index(words)
    return Mention(spans=(Span(start=start, end=start + len(words), text=words),))


@dataclass
class AgentHarness:
    database: Database
    clock: FrozenClock
    platform: FakePlatform
    signed_client: ListClient
    contexts: WorkspaceContexts
    workspace_admin: WorkspaceAdmin
    contract_admin: ContractAdmin
    key_admin: KeyAdmin
    planner: Planner
    sender: Sender
    run_service: RunService
    decisions: Decisions
    people: dict[str, Actor] = field(default_factory=dict)

    @property
    def workspace(self) -> str:
        return self.people["olivia"].workspace

    async def ask(self, person: str, *orders: tuple[str, str, Mapping[str, str]], session_id: str = "s1") -> Run:
        text = " and then ".join(order[0] for order in orders)
        run = await self.run_service.ask(self.people[person], text, session_id=session_id)
        return await self.job(run.id)

    async def job(self, run_id: str) -> Run:
        """Do what the queue's rows ask for, until the run waits for a person, for time, or is over."""
        while (run := await self.run(run_id)).state in MOVING:
            if isinstance(await self.once(run), Reschedule):
                return await self.run(run_id)
        return run

    async def once(self, run: Run) -> Outcome:
        if run.state == "received":
            await self.planner.plan(run.workspace, run.id)
            return Done()
        return await self.sender.send(run.workspace, run.id)

    async def confirm(self, person: str, run: Run) -> Run | Refusal:
        assert run.digest is not None
        return await self.decisions.confirm(self.people[person], run.id, run.digest)

    async def run(self, run_id: str) -> Run:
        async with self.database.read() as session:
            return await repository.get(session, self.workspace, run_id)

    async def calls(self, run_id: str) -> list[CallRow]:
        async with self.database.read() as session:
            return await store.runs.calls.of_run(session, self.workspace, run_id)

    async def entries(self, run_id: str) -> list[HistoryRow]:
        async with self.database.read() as session:
            return await store.history.log.of_run(session, self.workspace, run_id)

    async def kinds(self, run_id: str) -> list[str]:
        return [entry.kind for entry in await self.entries(run_id)]

    async def buried(self, run_id: str) -> None:
        """The engine gives up on the run's work."""
        async with self.database.begin() as session:
            await self.planner.give_up(session, self.workspace, run_id, "Given up after 5 attempts.")


def contracts() -> list[dict[str, Any]]:
    """The demo platform's own contracts, at an address of TLS."""
    return [json.loads(each.canonical.replace(b"http://platform", b"https://platform")) for each in SAAS]


@dataclass(frozen=True)
class FoundedTown:
    """A SQLite file with the town in it, made once a run of tests and copied for each: contracts are checked and signed
    in it."""

    database: str
    people: Mapping[str, Actor]


_FOUNDED: list[FoundedTown] = []


@asynccontextmanager
async def open_harness(url: str, resolver: Resolver | None = None) -> AsyncIterator[AgentHarness]:
    """The town in a database that has every table and nothing in it."""
    file = make_url(url).database if url.startswith("sqlite") else None
    if file is None:
        async with _opened(url, resolver) as made:
            await _found(made)
            yield made
        return
    if not _FOUNDED:
        folder = tempfile.mkdtemp(prefix="opsiq-town-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        copy = shutil.copy(file, folder)
        async with _opened(f"sqlite+aiosqlite:///{copy}") as made:
            await _found(made)
        _FOUNDED.append(FoundedTown(copy, made.people))
    shutil.copy(_FOUNDED[0].database, file)
    async with _opened(url, resolver) as made:
        made.people.update(_FOUNDED[0].people)
        yield made


async def _found(made: AgentHarness) -> None:
    olivia = await made.workspace_admin.create_workspace(
        "Town", email="olivia@x.example", person="olivia", password=PASSWORD
    )
    made.people["olivia"] = olivia
    for name, role in PEOPLE:
        made.people[name] = await made.workspace_admin.add_member(
            olivia, email=f"{name}@x.example", person=name, role=role, password=PASSWORD
        )
    await made.workspace_admin.connect(olivia, "saas", "https://platform.example", {"read_token": "t"})
    await made.contract_admin.register(olivia, contracts())


@asynccontextmanager
async def _opened(url: str, resolver: Resolver | None = None) -> AsyncIterator[AgentHarness]:
    database = await Database.open(url)
    clock, platform, signed_client = FrozenClock(NOW), FakePlatform(town()), ListClient()

    class Shop(SaasConnector):
        def context_providers(self) -> Sequence[ContextProvider]:
            return (platform,)

    box = SecretBox(bytes(32))
    guard = SsrfGuard(("127.0.0.0/8",))
    clients: list[HttpPlatformClient] = []

    def client(base_url: str, token: str, access: ReadAccess, _: tuple[str, str] | None) -> HttpPlatformClient:
        clients.append(HttpPlatformClient(base_url, token, guard=guard, access=access))
        return clients[-1]

    contexts = WorkspaceContexts(database, box, [DiscoveredConnector("saas", "Shop", Shop)], [], client)
    secrets, run_wakeups = ActionSecrets(database, box, clock), RunWakeups()
    workspace_admin = WorkspaceAdmin(database, contexts, secrets, box, clock)
    contract_admin = ContractAdmin(database, contexts, secrets, box, clock)
    key_admin = KeyAdmin(database, contexts, box, clock)
    planner = Planner(
        database,
        contexts,
        resolver or ScriptedResolver(),
        clock,
        run_wakeups.notify_changed,
        lambda: None,
        3600,
        Progress(database, run_wakeups),
        budget_s=10.0,  # here a reading shares its process with all tests before it, and with what they left to collect
    )
    sender = Sender(database, contexts, signed_client, secrets, clock, run_wakeups.notify_changed)

    def wake() -> None:
        """Work is done when the test says so."""

    async def put(session: AsyncSession, item: NewJob) -> None:
        await store.jobs.enqueue.enqueue_one(session, item)

    gate = ApprovalService(database, contexts, clock, timedelta(hours=24))
    direct = DirectCalls(database, contexts, planner, clock, wake)
    progress = Progress(database, run_wakeups)
    run_service = RunService(database, contexts, clock, run_wakeups, put, direct, progress)
    decisions = Decisions(run_service, database, contexts, gate, clock, run_wakeups, wake, put, progress)
    made = AgentHarness(
        database,
        clock,
        platform,
        signed_client,
        contexts,
        workspace_admin,
        contract_admin,
        key_admin,
        planner,
        sender,
        run_service,
        decisions,
    )
    try:
        yield made
    finally:
        await signed_client.close()
        for each in clients:
            await each.close()
        await database.close()
