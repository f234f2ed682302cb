"""The room's parts, put together once for a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent.planning.planner import Planner
from agent.workspace.context import WorkspaceContexts
from core.clock import Clock
from core.secretbox import SecretBox
from events.act import Acting
from events.brain import Brain
from events.fire import REACT_WORK, Firing
from events.inbound import Inbox
from events.intake import Intake
from events.rulebook import Rulebook
from events.rules import Rules
from events.subscribers import Source
from events.walk import RETRY_WORK, Walk
from executors.jobs.queue import OnDead
from executors.jobs.worker import Handler
from store.database import Database


@dataclass(frozen=True)
class Events:
    """What faces and the engine need of this room. ``handlers`` go into the engine."""

    firing: Firing
    intake: Intake
    rulebook: Rulebook
    rules: Rules
    brain: Brain
    inbox: Inbox
    handlers: Mapping[str, Handler]
    parked: OnDead
    """What is written in the transaction that parks work of this room."""


def assembled(
    sessions: Database,
    grounds: WorkspaceContexts,
    planner: Planner,
    clock: Clock,
    box: SecretBox,
    wake: Callable[[], None],
    sources: Sequence[Source] = (),
) -> Events:
    """``sources`` are those of other rooms' subscribers beside the built-in ones (webhook endpoints)."""
    acting = Acting(sessions, grounds, planner, clock, wake)
    rules = Rules(acting)
    brain = Brain(acting, planner.resolver)
    walk = Walk(sessions, (brain, rules, *sources), grounds, clock, wake)
    firing = Firing(sessions, clock, wake)
    return Events(
        firing,
        Intake(firing),
        Rulebook(sessions, grounds, clock),
        rules,
        brain,
        Inbox(sessions, grounds, box, clock, wake),
        {REACT_WORK: walk.react, RETRY_WORK: walk.again},
        walk.parked,
    )
