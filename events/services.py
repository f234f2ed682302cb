"""Construction of the event services, once for a process: the publisher, the dispatcher over all notification channels
(``events.channels``), automations and the inbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.planning.planner import Planner
from agent.workspace.context import WorkspaceContexts
from core.clock import Clock
from core.crypto.secretbox import SecretBox
from events.automations.instructions import Instructions
from events.automations.rules import Rules
from events.automations.service import AutomationService
from events.batch_publisher import BatchPublisher
from events.channels import build_channels
from events.dispatcher import RETRY_JOB, Dispatcher
from events.inbound import Inbox
from events.publish import REACT_JOB, EventPublisher
from events.webhooks.services import Webhooks
from executors.http.signed_client import SignedClient
from executors.http.ssrf_guard import SsrfGuard
from executors.jobs.queue import OnDead
from executors.jobs.worker import Handler
from store.database import Database


@dataclass(frozen=True)
class Events:
    """Event services for web, CLI and worker. ``handlers`` go into the worker."""

    publisher: EventPublisher
    batch_publisher: BatchPublisher
    automation_service: AutomationService
    rules: Rules
    instructions: Instructions
    webhooks: Webhooks
    inbox: Inbox
    handlers: Mapping[str, Handler]
    record_dead_job: OnDead
    """Writes in the transaction that marks this room's jobs dead."""


def build_events(
    database: Database,
    contexts: WorkspaceContexts,
    planner: Planner,
    clock: Clock,
    box: SecretBox,
    wake: Callable[[], None],
    guard: SsrfGuard,
    signed_client: SignedClient,
) -> Events:
    channels = build_channels(database, contexts, planner, clock, box, wake, guard, signed_client)
    dispatcher = Dispatcher(database, [each.source for each in channels.all], contexts, clock, wake)
    handlers: dict[str, Handler] = {REACT_JOB: dispatcher.react, RETRY_JOB: dispatcher.again}
    for each in channels.all:
        handlers.update(each.handlers)
    publisher = EventPublisher(database, clock, wake)
    return Events(
        publisher,
        BatchPublisher(publisher),
        AutomationService(database, contexts, clock),
        channels.rules,
        channels.instructions,
        channels.webhooks,
        Inbox(database, contexts, box, clock, wake),
        handlers,
        dispatcher.record_dead_job,
    )
