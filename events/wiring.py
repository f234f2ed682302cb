"""The room's parts, put together once for a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent.planning.planner import Planner
from agent.workspace.context import WorkspaceContexts
from core.clock import Clock
from core.secretbox import SecretBox
from events.automations.instructions import Instructions
from events.automations.rules import Rules
from events.automations.runner import AutomationRunner
from events.automations.service import AutomationService
from events.batch_publisher import BatchPublisher
from events.dispatcher import RETRY_WORK, Dispatcher
from events.inbound import Inbox
from events.publish import REACT_WORK, EventPublisher
from events.subscribers import Source
from executors.jobs.queue import OnDead
from executors.jobs.worker import Handler
from store.database import Database


@dataclass(frozen=True)
class Events:
    """What faces and the engine need of this room. ``handlers`` go into the engine."""

    firing: EventPublisher
    batch_publisher: BatchPublisher
    automation_service: AutomationService
    rules: Rules
    instructions: Instructions
    inbox: Inbox
    handlers: Mapping[str, Handler]
    parked: OnDead
    """What is written in the transaction that parks work of this room."""


def build(
    sessions: Database,
    grounds: WorkspaceContexts,
    planner: Planner,
    clock: Clock,
    box: SecretBox,
    wake: Callable[[], None],
    sources: Sequence[Source] = (),
) -> Events:
    """``sources`` are those of other rooms' subscribers beside the built-in ones (webhook endpoints)."""
    acting = AutomationRunner(sessions, grounds, planner, clock, wake)
    rules = Rules(acting)
    brain = Instructions(acting, planner.resolver)
    walk = Dispatcher(sessions, (brain, rules, *sources), grounds, clock, wake)
    firing = EventPublisher(sessions, clock, wake)
    return Events(
        firing,
        BatchPublisher(firing),
        AutomationService(sessions, grounds, clock),
        rules,
        brain,
        Inbox(sessions, grounds, box, clock, wake),
        {REACT_WORK: walk.react, RETRY_WORK: walk.again},
        walk.parked,
    )
