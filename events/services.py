"""Construction of the event services, once for a process: the sources of subscribers that are built in, and those that
``app.container`` hands over. A new channel of notifications is a source of its own: a folder beside
``webhooks``, built in ``app.container``; what a source is says ``events.subscribers``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent.planning.planner import Planner
from agent.workspace.context import WorkspaceContexts
from core.clock import Clock
from core.crypto.secretbox import SecretBox
from events.automations.instructions import Instructions
from events.automations.rules import Rules
from events.automations.runner import AutomationRunner
from events.automations.service import AutomationService
from events.batch_publisher import BatchPublisher
from events.dispatcher import RETRY_JOB, Dispatcher
from events.inbound import Inbox
from events.publish import REACT_JOB, EventPublisher
from events.subscribers import Source
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
    inbox: Inbox
    handlers: Mapping[str, Handler]
    record_dead_job: OnDead
    """What is written in the transaction that parks work of this room."""


def build(
    database: Database,
    contexts: WorkspaceContexts,
    planner: Planner,
    clock: Clock,
    box: SecretBox,
    wake: Callable[[], None],
    sources: Sequence[Source] = (),
) -> Events:
    """Build the event services. ``sources`` are those of other rooms' subscribers beside the built-in ones (webhook
    endpoints)."""
    runner = AutomationRunner(database, contexts, planner, clock, wake)
    rules = Rules(runner)
    instructions = Instructions(runner, planner.resolver)
    dispatcher = Dispatcher(database, (instructions, rules, *sources), contexts, clock, wake)
    publisher = EventPublisher(database, clock, wake)
    return Events(
        publisher,
        BatchPublisher(publisher),
        AutomationService(database, contexts, clock),
        rules,
        instructions,
        Inbox(database, contexts, box, clock, wake),
        {REACT_JOB: dispatcher.react, RETRY_JOB: dispatcher.again},
        dispatcher.record_dead_job,
    )
