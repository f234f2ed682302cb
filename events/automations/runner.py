"""Automation runner: runs what a rule or an instruction asks for, as its author, like any other run.

The run is judged first, which reads records and stores nothing. It is stored with its history entry in the transaction
that marks the reaction done. So one event makes at most one run of one rule, whatever crashes in between.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.automations
import store.history.log
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.pipeline import Plan, Question, Reply, Resolved
from agent.planning.planner import Planner
from agent.planning.task import Verdict
from agent.runs import repository
from agent.runs.run import Cause, Run
from agent.workspace import authority, principals
from agent.workspace.context import WorkspaceContext, WorkspaceContexts
from core import ids
from core.actor import Actor, Surface
from core.clock import Clock
from core.errors import Conflict
from events.subscribers import FiredEvent, ReactionResult
from registry.contract import Contract
from store.automations import FiringRow, RuleRow
from store.database import Database, after_commit

log = logging.getLogger(__name__)

MAX_OVERRUNS: Final = 3
"""Overruns of a rule's condition since the rule was last changed, after which the rule is parked."""
HOUR: Final = timedelta(hours=1)
OUTGROWN: Final = "{} set this up as {}, and that role may not run “{}”. Save it once more to have it act in another."
WITHDRAWN: Final = "{} may no longer act here, and this acts in their name."


@dataclass(frozen=True)
class EvaluatedRun:
    """A run with its verdict, not stored yet."""

    run: Run
    verdict: Verdict
    resolved: Resolved | None = None
    took_ms: float = 0.0


@dataclass(frozen=True)
class AutomationRunner:
    database: Database
    contexts: WorkspaceContexts
    planner: Planner
    clock: Clock
    wake: Callable[[], None]

    async def author(self, stored: str) -> tuple[Actor, bool]:
        """The principal that a rule acts as, with its present role, and whether it may still act at all."""
        actor = authority.read_author(stored)
        async with self.database.read() as session:
            now = await principals.find_current_actor(session, actor, self.clock())
        return (actor, False) if now is None else (now, True)

    def explain_not_covered(self, stored: str, contract: Contract) -> str:
        """Why it may not run this after its author's role changed. Empty if it may."""
        then = authority.read_author(stored)
        if authority.still_covers(then, contract):
            return ""
        return OUTGROWN.format(then.name, then.role, contract.title)

    async def context(self, workspace: str) -> WorkspaceContext:
        return await self.contexts.of(workspace)

    def make_run(self, author: Actor, surface: Surface, text: str, cause: Cause, **more: Any) -> Run:
        """A run that nobody typed. Its session is the event's own, so that no earlier confirmation counts."""
        now = self.clock()
        return Run(
            id=ids.make_id("run"),
            workspace=author.workspace,
            session_id=f"{cause.source}:{cause.event_id}",
            actor=author,
            surface=surface,
            text=text,
            now=now,
            cause=cause,
            mode=author.mode,
            created_at=now,
            updated_at=now,
            **more,
        )

    async def evaluate(self, run: Run, resolved: Resolved | None = None) -> EvaluatedRun:
        """The verdict over the run's drafts. Raises PlatformUnavailable."""
        _, outcome = await self.planner.evaluate(run, await self.context(run.workspace), frozenset())
        return EvaluatedRun(run, outcome.verdict, resolved, outcome.took_ms)

    async def over_limit(self, workspace: str, source: str, max_per_hour: int) -> bool:
        async with self.database.read() as session:
            return await store.automations.acted_since(session, workspace, source, self.clock() - HOUR) >= max_per_hour

    def record_run(self, event: FiredEvent, source: str, judged: EvaluatedRun) -> ReactionResult:
        """Stores the run and moves it by its verdict."""

        async def record(session: AsyncSession) -> None:
            run = judged.run
            firing = FiringRow(
                source=source,
                event_id=event.id,
                workspace=event.workspace,
                at=self.clock(),
                verdict="run",
                run_id=run.id,
            )
            if not await store.automations.insert_firing(session, firing):
                raise Conflict("This event has made a run of this rule before.")
            await repository.insert(session, run)
            assert run.cause is not None
            await recorder.record(
                session,
                run,
                EntryType.PROMPT,
                run.created_at,
                text=run.text,
                given="event",
                cause=run.cause.model_dump(),
            )
            await self.planner.write(session, run, judged.verdict, judged.resolved, judged.took_ms)
            after_commit(session, self.wake)

        return ReactionResult(f"Made {judged.run.id}: {describe_verdict(judged.verdict)}", record)

    def record_nothing_done(
        self, event: FiredEvent, source: str, verdict: str, detail: str, document: str = ""
    ) -> ReactionResult:
        """Records that nothing was done, and why: shadow mode, over the limit (over_limit), or not evaluable
        (untold)."""

        row = self._make_firing(event, source, verdict, detail, document)

        async def record(session: AsyncSession) -> None:
            await store.automations.insert_firing(session, row)

        return ReactionResult(detail, record)

    def _make_firing(self, event: FiredEvent, source: str, verdict: str, detail: str, document: str = "") -> FiringRow:
        return FiringRow(
            source=source,
            event_id=event.id,
            workspace=event.workspace,
            at=self.clock(),
            verdict=verdict,
            detail=detail[:1000],
            document=document,
        )

    def record_rate_limit(
        self, event: FiredEvent, source: str, name: str, author: Actor, max_per_hour: int
    ) -> ReactionResult:
        """Records that the rate limit is reached, so nothing is done."""
        detail = f"“{name}” has made {max_per_hour} runs within the hour, which is its ceiling."
        row = self._make_firing(event, source, "over_limit", detail)

        async def record(session: AsyncSession) -> None:
            await store.automations.insert_firing(session, row)
            await recorder.record_act(
                session,
                author,
                EntryType.RULE_HELD_BACK,
                self.clock(),
                source=source,
                name=name,
                event_id=event.id,
                detail=detail,
            )

        return ReactionResult(detail, record)

    def record_overrun(self, event: FiredEvent, rule: RuleRow, detail: str) -> ReactionResult:
        """Records that its condition timed out. The third time the rule is switched off, because the next event would
        time out too."""
        row = self._make_firing(event, rule.id, "untold", detail)

        async def record(session: AsyncSession) -> None:
            await store.automations.insert_firing(session, row)
            count = await store.automations.count_overrun(session, rule)
            if count < MAX_OVERRUNS:
                return
            why = f"Its condition was stopped {count} times. {detail}"
            if not await store.automations.park_rule(session, rule, why, self.clock()):
                return
            await recorder.record_act(
                session,
                Actor(**json.loads(rule.author)),
                EntryType.RULE_PARKED,
                self.clock(),
                rule=rule.id,
                name=rule.name,
                event_id=event.id,
                overruns=count,
                detail=why,
            )
            log.error("rule %s is switched off: %s", rule.id, why, extra={"event_id": event.id})

        return ReactionResult(detail, record)


def describe_verdict(verdict: Verdict) -> str:
    """A verdict in one line."""
    match verdict:
        case Plan():
            return f"held, because {verdict.held[0]}" if verdict.held else "sent at once, as its policy allows"
        case Question():
            return f"asked: {verdict.text}"
        case Reply():
            return f"answered: {verdict.text}"
        case _:
            return f"refused: {verdict.detail}"
