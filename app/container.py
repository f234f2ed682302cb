"""Container: opens one process's services in order, hands them to each other as values, and closes them in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

import store.history.log
from agent.credentials.connection_check import ConnectionCheck
from agent.credentials.vault import Vault
from agent.history.anchors import ANCHOR_JOB, Anchors
from agent.history.recorder import EntryType
from agent.history.sealing import open_sealed
from agent.pipeline import Step
from agent.planning.planner import RECONCILE_JOB, RESOLVE_JOB, SEND_JOB, Planner
from agent.planning.reading_pool import ReadingPool
from agent.planning.simulation import Simulations
from agent.record_cache import RecordCaches
from agent.record_cache.sync import READ_JOB, CacheSync
from agent.resolve.resolver import FallbackResolver, Resolver
from agent.resolve.rules.resolver import RuleResolver
from agent.runs.answer_pages import AnswerPages
from agent.runs.approval import ApprovalService
from agent.runs.decisions import Decisions
from agent.runs.direct_calls import DirectCalls
from agent.runs.progress import Progress, RunWakeups
from agent.runs.recovery import RunRecovery
from agent.runs.service import RunService
from agent.sending.action_secrets import ActionSecrets
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
from app.maintenance import run_maintenance, write_anchors
from app.providers import build_issuer, build_model, build_resolver, name_issuer
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
from executors.jobs.worker import Handler, WakeSource, Worker
from executors.mcp.servers import read_servers
from registry.connector import ReadAccess
from registry.discovery import discover, list_entry_points
from registry.endpoints.types import McpEndpoint
from store.database import Database
from store.jobs.jobs import Job

log = logging.getLogger(__name__)

SYSTEM = {"id": "opsiq", "kind": "system", "name": "OpsIQ", "role": "", "person": ""}


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
    """Open the container and start its worker; at exit stop claiming, finish what is held, close. The schema must be up
    to date."""
    database = await Database.open(settings.database_url)
    try:
        box = await open_sealed(database, settings, clock)
    except BaseException:
        await database.close()
        raise
    guard = SsrfGuard(map(str, settings.allow_addresses))
    signed_client = SignedClient(guard, clock=clock)
    found, broken = discover(folders=settings.connector_folders, installed=list_entry_points())
    clients: list[HttpPlatformClient] = []

    vault = Vault(database, box, IssuerClient(guard), clock)

    def client(base_url: str, token: str, access: ReadAccess, whose: tuple[str, str] | None) -> HttpPlatformClient:
        credentials = vault.make_reader(*whose) if whose is not None else None
        made = HttpPlatformClient(base_url, token, guard=guard, access=access, credentials=credentials)
        clients.append(made)
        return made

    mirrors = RecordCaches(database, clock, timedelta(seconds=settings.mirror_max_age_s))
    mcp_servers = read_servers(settings.mcp_servers)
    contexts = WorkspaceContexts(database, box, found, broken, client, mirrors, mcp_servers)
    run_wakeups = RunWakeups()
    progress = Progress(database, run_wakeups)
    action_secrets = ActionSecrets(database, box, clock)

    ringing = open_notifier(settings.database_url)

    def wake() -> None:
        worker.wake()
        ringing.notify()

    evaluator = WorkerPool()
    rule_resolver = RuleResolver()
    model = build_model(settings) if resolver is None else None
    chosen = resolver or build_resolver(model) or rule_resolver
    budget_s = settings.reading_budget_ms / 1000
    pool = (
        ReadingPool(processes=settings.reading_processes, budget_s=budget_s, model=model, evaluator=evaluator)
        if resolver is None and settings.reading_processes
        else None
    )
    planner = Planner(
        database,
        contexts,
        FallbackResolver(chosen, rule_resolver) if chosen is not rule_resolver else rule_resolver,
        clock,
        run_wakeups.notify_changed,
        wake,
        settings.question_expiry_s,
        progress,
        budget_s,
        evaluator,
        pool,
    )
    request_client = RequestClient(guard, clock=clock)
    workspace_admin = WorkspaceAdmin(database, contexts, action_secrets, box, clock)
    contract_admin = ContractAdmin(database, contexts, action_secrets, box, clock)

    async def suspend_changed(workspace: str, name: str, version: int, reason: Mapping[str, Any]) -> None:
        system = Actor(workspace, id="opsiq", kind="system", name="OpsIQ", role="", person="")
        await contract_admin.suspend(system, name, version, reason)

    upstreams = UpstreamWatch(
        database, contexts, guard, suspend_changed, clock, timedelta(seconds=settings.upstream_check_s)
    )
    http_endpoints = HttpEndpointClient(request_client, vault, upstreams.find_change)

    async def suspend_tool(workspace: str, step: Step, changed: str) -> None:
        operation = step.endpoint.tool if isinstance(step.endpoint, McpEndpoint) else step.action
        reason = {"operation": operation, "change": "changed", "details": [changed]}
        with contextlib.suppress(NotFound):  # somebody has replaced or retired it since
            await suspend_changed(workspace, step.action, step.version, reason)

    mcp_endpoints = McpEndpointClient(mcp_servers, guard, suspend_tool, McpCredentials(contexts, vault))
    sender = Sender(
        database,
        contexts,
        signed_client,
        action_secrets,
        clock,
        run_wakeups.notify_changed,
        {"http": http_endpoints, "mcp": mcp_endpoints},
    )

    events = build_events(database, contexts, planner, clock, box, wake, guard, signed_client)
    webhooks = events.webhooks
    reading = CacheSync(database, contexts, mirrors, wake)
    reconciler = Reconciler(database, contexts, http_endpoints, evaluator, clock, run_wakeups.notify_changed, wake)
    job_handlers = JobHandlers(planner, sender, webhooks, reading, reconciler)

    async def record_dead_job(session: AsyncSession, job: Job, error: str) -> None:
        await events.record_dead_job(session, job, error)
        ids = {name: job.payload[name] for name in ("run_id", "event_id") if isinstance(job.payload.get(name), str)}
        await store.history.log.append(
            session, workspace=job.workspace, kind=EntryType.WORK_PARKED.value, run_id=ids.get("run_id"), actor=SYSTEM, at=clock(),  # noqa: E501
            data={**ids, "work": job.kind, "key": job.key, "claims_lost": job.lost, "error": error},
        )  # fmt: skip

    sql = SqlQueue(
        database,
        owner=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
        lease_s=settings.work_lease_s,
        per_lane=webhooks.per_lane(settings.workers),
        on_dead=job_handlers.record_dead_job,
        beside=webhooks.beside,
        forgets=(DELIVER_JOB,),
    )
    anchors = Anchors(
        database,
        clock,
        box.authenticator,
        settings.anchor_file,
        settings.anchor_url,
        settings.anchor_every_s,
        signed_client,
    )
    handlers: dict[str, Handler] = {
        RESOLVE_JOB: job_handlers.resolve, SEND_JOB: job_handlers.send, RECONCILE_JOB: job_handlers.reconcile,
        READ_JOB: reading.read, ANCHOR_JOB: anchors.send, **events.handlers,
    }  # fmt: skip
    queue: Queue = sql
    wakes: list[WakeSource] = [ringing]
    if settings.nats_url:
        # Installations on one broker are told apart by what only their own processes share.
        name = hashlib.sha256(b"opsiq-nats:" + settings.data_key).hexdigest()[:16]
        carried = JetStreamQueue(sql, Broker(settings.nats_url, name, unacked_s=settings.work_lease_s), [DELIVER_JOB])
        database.tell(carried.put)
        queue = carried
        wakes.append(carried)
    worker = Worker(
        queue,
        handlers,
        concurrency=settings.workers or 1,
        limits=webhooks.limits(settings.workers or 1),
        per_lane={DELIVER_JOB: webhooks.per_lane(settings.workers or 1)},
        wakes=wakes,
        on_parked=record_dead_job,
    )
    direct = DirectCalls(database, contexts, planner, clock, wake, settings.time_zone)
    gate = ApprovalService(database, contexts, clock, timedelta(hours=settings.second_person_h), settings.base_url)
    begin = InlineDispatcher(sql, worker, wake).put
    run_service = RunService(database, contexts, clock, run_wakeups, begin, direct, progress, settings.time_zone)
    decisions = Decisions(run_service, database, contexts, gate, clock, run_wakeups, wake, begin, progress)
    container = Container(
        settings,
        database,
        box,
        contexts,
        run_service,
        decisions,
        workspace_admin,
        contract_admin,
        KeyAdmin(database, contexts, box, clock),
        action_secrets,
        worker,
        chosen,
        clock,
        events,
        webhooks,
        Simulations(database, contexts, planner, clock, settings.time_zone),
        reading,
        MemberService(database, clock),
        build_issuer(settings, guard, clock),
        SsoLogin(database, clock, name_issuer(settings), settings.oidc_domains),
        anchors,
        vault,
        ConnectionCheck(contexts, http_endpoints),
        DocumentImports(guard),
        AnswerPages(run_service, contexts, budget_s),
    )
    closing, stranded = asyncio.Event(), RunRecovery(database, clock, wake)
    warming: asyncio.Task[None] | None = None
    sweep = (
        asyncio.create_task(
            run_maintenance(decisions, stranded, reading, anchors, database, clock, closing, settings.events_keep_days)
        )
        if settings.workers
        else None
    )
    async with model or contextlib.nullcontext():  # its connections are kept while the container is open
        try:
            if settings.workers:
                await worker.start()
                if pool is not None:
                    warming = asyncio.create_task(pool.warm_when_idle(lambda: worker.running > 0))
            else:
                for wakened in wakes:
                    await wakened.open(worker.wake)
            yield container
        finally:
            closing.set()
            if warming is not None:
                warming.cancel()
                await asyncio.gather(warming, return_exceptions=True)
            if sweep is not None:
                await sweep
            await worker.stop(10.0)
            evaluator.close()
            if settings.workers:
                await write_anchors(anchors, now_all=True)
            if pool is not None:
                await pool.close()
            await upstreams.close()
            await signed_client.close()
            await request_client.close()
            for each in clients:
                await each.close()
            await database.close()
