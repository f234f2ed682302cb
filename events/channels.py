"""Notification channels: everything that reacts to an event or reports it, in one list.

A new channel (e-mail, say) is a folder beside ``webhooks`` with a source of subscribers (``events.subscribers``) and
one line in ``build_channels``. Dispatcher and worker then use it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.planning.planner import Planner
from agent.workspace.context import WorkspaceContexts
from core.clock import Clock
from core.crypto.secretbox import SecretBox
from events.automations.instructions import Instructions
from events.automations.rules import Rules
from events.automations.runner import AutomationRunner
from events.record_cache_sync import RecordCacheSubscribers
from events.subscribers import Source
from events.webhooks.services import Webhooks, build_webhooks
from executors.http.signed_client import SignedClient
from executors.http.ssrf_guard import SsrfGuard
from executors.jobs.worker import Handler
from store.database import Database


@dataclass(frozen=True)
class Channel:
    """A notification channel: whom to notify of an event, and the handlers of the jobs that do it."""

    source: Source
    handlers: Mapping[str, Handler] = field(default_factory=dict)


@dataclass(frozen=True)
class Channels:
    """All notification channels, and the services by which web and CLI set some of them up."""

    rules: Rules
    instructions: Instructions
    webhooks: Webhooks
    all: Sequence[Channel]


def build_channels(
    database: Database,
    contexts: WorkspaceContexts,
    planner: Planner,
    clock: Clock,
    box: SecretBox,
    wake: Callable[[], None],
    guard: SsrfGuard,
    signed_client: SignedClient,
) -> Channels:
    """Every channel, built once for a process."""
    runner = AutomationRunner(database, contexts, planner, clock, wake)
    rules = Rules(runner)
    instructions = Instructions(runner, planner.resolver)
    webhooks = build_webhooks(database, guard, box, signed_client, clock, wake)
    return Channels(
        rules,
        instructions,
        webhooks,
        all=(
            Channel(instructions),
            Channel(rules),
            Channel(RecordCacheSubscribers(database, contexts, clock)),
            Channel(webhooks.source, webhooks.handlers),
        ),
    )
