"""Container: opens one process's services in order, passes them to each other as values, and closes them in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from agent.credentials.connection_check import ConnectionCheck
from agent.credentials.vault import Vault
from agent.history.anchors import Anchors, refuse_unwritable
from agent.history.sealing import open_sealed
from agent.pipeline import Step
from agent.planning.planner import Planner
from agent.planning.reading_pool import ReadingPool
from agent.planning.simulation import Simulations
from agent.record_cache import RecordCaches
from agent.record_cache.sync import CacheSync
from agent.resolve.resolver import Resolver
from agent.runs.answer_pages import AnswerPages
from agent.runs.approval import ApprovalService
from agent.runs.decisions import Decisions
from agent.runs.direct_calls import DirectCalls
from agent.runs.progress import Progress, RunWakeups
from agent.runs.recovery import RunRecovery
from agent.runs.service import RunService
from agent.sending.action_secrets import ActionSecrets
from agent.sending.endpoint_client import EndpointClient
from agent.sending.http_endpoint import HttpEndpointClient
from agent.sending.mcp_endpoint import McpCredentials, McpEndpointClient
from agent.sending.reconciler import Reconciler
from agent.sending.sender import Sender
from agent.sso.login import SsoLogin
from agent.sso.provider import Provider
from agent.workspace.admin import WorkspaceAdmin
from agent.workspace.context import WorkspaceContexts
from agent.workspace.contract_admin import ContractAdmin
from agent.workspace.document_imports import DocumentImports
from agent.workspace.key_admin import KeyAdmin
from agent.workspace.members import MemberService
from agent.workspace.upstream_watch import UpstreamWatch
from agent.workspace.wrong_passwords import WrongPasswords
from app.maintenance import run_maintenance, write_anchors
from app.providers import build_issuer, build_model, defer_resolver, name_issuer
from app.workers import JobHandlers
from core.actor import Actor
from core.clock import Clock, utc_now
from core.crypto.secretbox import SecretBox
from core.errors import NotFound
from core.settings import Settings
from events.services import Events, build_events
from events.webhooks.fanout import DELIVER_JOB
from events.webhooks.services import Webhooks
from executors.evaluator import WorkerPool
from executors.http.issuer_client import IssuerClient
from executors.http.platform_client import HttpPlatformClient
from executors.http.request_client import RequestClient
from executors.http.signed_client import SignedClient
from executors.http.ssrf_guard import SsrfGuard
from executors.jetstream.broker import Broker
from executors.jetstream.jetstream_queue import JetStreamQueue
from executors.jobs.inline_dispatcher import InlineDispatcher
from executors.jobs.queue import Queue, SqlQueue
from executors.jobs.wake_ups import open_notifier
from executors.jobs.worker import WakeSource, Worker
from executors.mcp.servers import McpServers, read_servers
from registry.connector import ReadAccess
from registry.discovery import discover, list_entry_points
from registry.endpoints.types import McpEndpoint
from store.database import Database

log = logging.getLogger("opsiq.app.container")


@dataclass(frozen=True)
class Container:
    """Application services for web and CLI."""

    settings: Settings
    database: Database
    box: SecretBox
    contexts: WorkspaceContexts
    runs: RunService
    decisions: Decisions
    workspace_admin: WorkspaceAdmin
    contract_admin: ContractAdmin
    key_admin: KeyAdmin
    action_secrets: ActionSecrets
    worker: Worker
    resolver: Resolver
    clock: Clock
    events: Events
    webhooks: Webhooks
    simulations: Simulations
    cache_sync: CacheSync
    member_service: MemberService
    issuer: Provider | None
    sso_login: SsoLogin
    anchors: Anchors
    vault: Vault
    connection_check: ConnectionCheck
    document_imports: DocumentImports
    answer_pages: AnswerPages


@asynccontextmanager
async def open_container(
    settings: Settings, *, clock: Clock = utc_now, resolver: Resolver | None = None
) -> AsyncIterator[Container]:
    """Opens the container and starts its worker. At exit it stops claiming, finishes what it holds, and closes. The
    schema must be up to date."""
    async with contextlib.AsyncExitStack() as closing:
        database = await Database.open(settings.database_url)
        closing.push_async_callback(database.close)
        box = await open_sealed(database, settings, clock)
        guard = SsrfGuard(map(str, settings.allow_addresses))
        vault = Vault(database, box, IssuerClient(guard), clock)
        mirrors = RecordCaches(database, clock, timedelta(seconds=settings.mirror_max_age_s))
        mcp_servers = read_servers(settings.mcp_servers)
        contexts = _open_contexts(settings, database, box, guard, vault, mirrors, mcp_servers, closing)
        action_secrets = ActionSecrets(database, box, clock)
        contract_admin = ContractAdmin(database, contexts, action_secrets, box, clock)
        signed_client = SignedClient(guard, clock=clock)
        closing.push_async_callback(signed_client.close)
        run_wakeups = RunWakeups()
        progress = Progress(database, run_wakeups)
        notifier = open_notifier(settings.database_url)

        def wake() -> None:
            worker.wake()
            notifier.notify()

        reading = await _open_reading(settings, resolver, closing)
        planner = Planner(
            database,
            contexts,
            reading.resolver,
            clock,
            run_wakeups.notify_changed,
            wake,
            settings.question_expiry_s,
            progress,
            reading.budget_s,
            reading.evaluator,
            reading.pool,
        )
        check_every = timedelta(seconds=settings.upstream_check_s)
        endpoints = _open_endpoints(
            database, contexts, guard, vault, contract_admin, clock, mcp_servers, check_every, closing
        )
        sender = Sender(
            database, contexts, signed_client, action_secrets, clock, run_wakeups.notify_changed, endpoints.clients
        )
        reconciler = Reconciler(
            database, contexts, endpoints.http, reading.evaluator, clock, run_wakeups.notify_changed, wake
        )
        events = build_events(database, contexts, planner, clock, box, wake, guard, signed_client)
        cache_sync = CacheSync(database, contexts, mirrors, wake)
        anchors = Anchors(
            database,
            clock,
            box.authenticator,
            settings.anchor_file,
            settings.anchor_url,
            settings.anchor_every_s,
            signed_client,
        )
        wrong_passwords = WrongPasswords(database, clock)
        job_handlers = JobHandlers(planner, sender, events, cache_sync, reconciler, anchors, wrong_passwords, clock)
        sql = SqlQueue(
            database,
            owner=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
            lease_s=settings.work_lease_s,
            per_lane=events.webhooks.per_lane(settings.workers),
            on_dead=job_handlers.record_dead_job,
            beside=events.webhooks.beside,
            forgets=(DELIVER_JOB,),
        )
        queue, wakes = _choose_queue(settings, database, sql, notifier)
        worker = Worker(
            queue,
            job_handlers.by_kind(),
            concurrency=settings.workers or 1,
            limits=events.webhooks.limits(settings.workers or 1),
            per_lane={DELIVER_JOB: events.webhooks.per_lane(settings.workers or 1)},
            wakes=wakes,
            on_parked=job_handlers.record_parked_job,
        )
        begin = InlineDispatcher(sql, worker, wake).put
        direct = DirectCalls(database, contexts, planner, clock, wake, settings.time_zone)
        approvals = ApprovalService(
            database, contexts, clock, timedelta(hours=settings.second_person_h), settings.base_url
        )
        runs = RunService(database, contexts, clock, run_wakeups, begin, direct, progress, settings.time_zone)
        decisions = Decisions(runs, database, contexts, approvals, clock, run_wakeups, wake, begin, progress)
        container = Container(
            settings=settings,
            database=database,
            box=box,
            contexts=contexts,
            runs=runs,
            decisions=decisions,
            workspace_admin=WorkspaceAdmin(database, contexts, action_secrets, box, clock),
            contract_admin=contract_admin,
            key_admin=KeyAdmin(database, contexts, box, clock),
            action_secrets=action_secrets,
            worker=worker,
            resolver=reading.resolver,
            clock=clock,
            events=events,
            webhooks=events.webhooks,
            simulations=Simulations(database, contexts, planner, clock, settings.time_zone),
            cache_sync=cache_sync,
            member_service=MemberService(database, clock),
            issuer=build_issuer(settings, guard, clock),
            sso_login=SsoLogin(database, clock, name_issuer(settings), settings.oidc_domains),
            anchors=anchors,
            vault=vault,
            connection_check=ConnectionCheck(contexts, endpoints.http),
            document_imports=DocumentImports(guard),
            answer_pages=AnswerPages(runs, contexts, reading.budget_s),
        )
        recovery = RunRecovery(database, clock, wake)
        async with _work(container, recovery, wakes, reading.pool):
            yield container


def _open_contexts(
    settings: Settings,
    database: Database,
    box: SecretBox,
    guard: SsrfGuard,
    vault: Vault,
    mirrors: RecordCaches,
    mcp_servers: McpServers,
    closing: contextlib.AsyncExitStack,
) -> WorkspaceContexts:
    """The contexts of the workspaces, with the connectors found here and a client for each of their connections."""
    found, broken = discover(folders=settings.connector_folders, installed=list_entry_points())
    for each in broken:
        log.warning("a connector can't be used: %s", each)

    def open_client(base_url: str, token: str, access: ReadAccess, whose: tuple[str, str] | None) -> HttpPlatformClient:
        credentials = vault.make_reader(*whose, base_url) if whose is not None else None
        client = HttpPlatformClient(base_url, token, guard=guard, access=access, credentials=credentials)
        closing.push_async_callback(client.close)
        return client

    return WorkspaceContexts(database, box, found, broken, open_client, mirrors, mcp_servers)


@dataclass(frozen=True)
class _Reading:
    """What reads requests: the resolver with its fallback, and where it runs."""

    resolver: Resolver
    evaluator: WorkerPool
    pool: ReadingPool | None
    budget_s: float


async def _open_reading(settings: Settings, resolver: Resolver | None, closing: contextlib.AsyncExitStack) -> _Reading:
    """Opens the readers. ``resolver`` replaces the one in the settings and reads in this process."""
    model = build_model(settings) if resolver is None else None
    if model is not None:
        await closing.enter_async_context(model)  # its connections are kept while the container is open
    budget_s = settings.reading_budget_ms / 1000
    evaluator = WorkerPool()
    pool = None
    if resolver is None and settings.reading_processes:
        pool = ReadingPool(processes=settings.reading_processes, budget_s=budget_s, model=model, evaluator=evaluator)
        closing.push_async_callback(pool.close)
    closing.callback(evaluator.close)
    return _Reading(defer_resolver(resolver, model), evaluator, pool, budget_s)


@dataclass(frozen=True)
class _Endpoints:
    """The clients of endpoints that don't use OpsIQ's signature, by their name in a contract."""

    http: HttpEndpointClient
    mcp: McpEndpointClient

    @property
    def clients(self) -> Mapping[str, EndpointClient]:
        return {"http": self.http, "mcp": self.mcp}


def _open_endpoints(
    database: Database,
    contexts: WorkspaceContexts,
    guard: SsrfGuard,
    vault: Vault,
    contract_admin: ContractAdmin,
    clock: Clock,
    mcp_servers: McpServers,
    check_every: timedelta,
    closing: contextlib.AsyncExitStack,
) -> _Endpoints:
    """Opens the endpoint clients. A contract whose endpoint changed at the platform is suspended until a person has
    looked at it."""

    async def suspend(workspace: str, name: str, version: int, reason: Mapping[str, Any]) -> None:
        system = Actor(workspace, id="opsiq", kind="system", name="OpsIQ", role="", person="")
        await contract_admin.suspend(system, name, version, reason)

    async def suspend_tool(workspace: str, step: Step, changed: str) -> None:
        operation = step.endpoint.tool if isinstance(step.endpoint, McpEndpoint) else step.action
        reason = {"operation": operation, "change": "changed", "details": [changed]}
        with contextlib.suppress(NotFound):  # a person has replaced or retired it since
            await suspend(workspace, step.action, step.version, reason)

    request_client = RequestClient(guard, clock=clock)
    closing.push_async_callback(request_client.close)
    upstreams = UpstreamWatch(database, contexts, guard, suspend, clock, check_every)
    closing.push_async_callback(upstreams.close)
    return _Endpoints(
        http=HttpEndpointClient(request_client, vault, upstreams.find_change),
        mcp=McpEndpointClient(mcp_servers, guard, suspend_tool, McpCredentials(contexts, vault)),
    )


def _choose_queue(
    settings: Settings, database: Database, sql: SqlQueue, notifier: WakeSource
) -> tuple[Queue, list[WakeSource]]:
    """The queue that a worker takes jobs from, and what wakes it: the database, or JetStream for deliveries if a broker
    is set."""
    if not settings.nats_url:
        return sql, [notifier]
    # Installations on one broker are told apart by a secret that only their own processes share.
    name = hashlib.sha256(b"opsiq-nats:" + settings.data_key).hexdigest()[:16]
    carried = JetStreamQueue(sql, Broker(settings.nats_url, name, unacked_s=settings.work_lease_s), [DELIVER_JOB])
    database.tell(carried.put)
    return carried, [notifier, carried]


@asynccontextmanager
async def _work(
    container: Container, recovery: RunRecovery, wakes: Sequence[WakeSource], pool: ReadingPool | None
) -> AsyncIterator[None]:
    """Runs the worker and the maintenance of a process. A process without workers only listens for changes. At exit
    nothing new is claimed, and what is held is finished."""
    settings, worker, anchors = container.settings, container.worker, container.anchors
    ending = asyncio.Event()
    async with contextlib.AsyncExitStack() as stack:
        if settings.workers:
            refuse_unwritable(anchors.path)
            stack.push_async_callback(write_anchors, anchors, now_all=True)
        stack.push_async_callback(worker.stop, 10.0)
        if settings.workers:
            maintenance = run_maintenance(
                container.decisions,
                recovery,
                container.cache_sync,
                anchors,
                container.database,
                container.clock,
                ending,
                settings.events_keep_days,
            )
            stack.push_async_callback(_end, asyncio.create_task(maintenance), ending)
            await worker.start()
            if pool is not None:
                warming = asyncio.create_task(pool.warm_when_idle(lambda: worker.running > 0))
                stack.push_async_callback(_cancel, warming)
        else:
            for each in wakes:
                await each.open(worker.wake)
        yield


async def _end(maintenance: asyncio.Task[None], ending: asyncio.Event) -> None:
    ending.set()
    await maintenance


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
