"""How a rule or an instruction acts: as a run like any other, of the person who set it up, with that person's rights of this moment.

The run is judged first (records are read, nothing is stored) and then written, with what history says of it, in the transaction that marks
the reaction done. So one event makes at most one run of one rule, whatever crashes in between.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.history
import store.rules
from agent import history, people, runs
from agent.ground import Ground, Grounds
from agent.history import Kind
from agent.pipeline import Abstain, Plan, Question, Refusal, Resolved
from agent.plan import Planner, judged
from agent.run import Cause, Run
from core import ids
from core.actor import Actor, Surface
from core.clock import Clock
from core.errors import Conflict
from events.subscribers import Fired, Reacted
from store.rules import FiringRow
from store.sessions import Sessions, after_commit

Verdict = Plan | Question | Refusal | Abstain
HOUR: Final = timedelta(hours=1)
WITHDRAWN: Final = "{} may no longer act here, and this acts in their name."


@dataclass(frozen=True)
class Judged:
    """A run with its verdict, not stored yet."""

    run: Run
    verdict: Verdict
    resolved: Resolved | None = None
    took_ms: float = 0.0


@dataclass(frozen=True)
class Acting:
    sessions: Sessions
    grounds: Grounds
    planner: Planner
    clock: Clock
    wake: Callable[[], None]

    async def author(self, stored: str) -> tuple[Actor, bool]:
        """Whom a rule acts as, as of this moment, and whether that principal may still act at all."""
        actor = Actor(**json.loads(stored))
        async with self.sessions.read() as session:
            now = await people.current(session, actor, self.clock())
        return (actor, False) if now is None else (now, True)

    async def ground(self, workspace: str) -> Ground:
        return await self.grounds.of(workspace)

    def new_run(self, author: Actor, surface: Surface, text: str, cause: Cause, **more: Any) -> Run:
        """A run nobody typed. Its session is the event's own, so that nothing counts as confirmed there before."""
        now = self.clock()
        return Run(
            id=ids.new("run"), workspace=author.workspace, session_id=f"{cause.source}:{cause.event_id}", actor=author, surface=surface,
            text=text, now=now, cause=cause, mode=author.mode, created_at=now, updated_at=now, **more,
        )  # fmt: skip

    async def judge(self, run: Run, resolved: Resolved | None = None) -> Judged:
        """The verdict over the run's drafts. Raises PlatformUnavailable."""
        verdict, took_ms = await judged(run, await self.ground(run.workspace), frozenset())
        return Judged(run, verdict, resolved, took_ms)

    async def over_limit(self, workspace: str, source: str, max_per_hour: int) -> bool:
        async with self.sessions.read() as session:
            return await store.rules.acted_since(session, workspace, source, self.clock() - HOUR) >= max_per_hour

    def acted(self, event: Fired, source: str, judged: Judged) -> Reacted:
        """Stores the run and moves it by its verdict."""

        async def record(session: AsyncSession) -> None:
            run = judged.run
            firing = FiringRow(
                source=source, event_id=event.id, workspace=event.workspace, at=self.clock(), verdict="run", run_id=run.id,
            )  # fmt: skip
            if not await store.rules.fired(session, firing):
                raise Conflict("This event has made a run of this rule before.")
            await runs.insert(session, run)
            assert run.cause is not None
            await history.record(
                session, run, Kind.PROMPT, run.created_at, text=run.text, given="event", cause=run.cause.model_dump()
            )
            await self.planner.write(session, run, judged.verdict, judged.resolved, judged.took_ms)
            after_commit(session, self.wake)

        return Reacted(f"Made {judged.run.id}: {told(judged.verdict)}", record)

    def passed(self, event: Fired, source: str, verdict: str, detail: str, document: str = "") -> Reacted:
        """Nothing was done, and that is worth a line: it would have been (shadow), it may not (over_limit), it can't be told (untold)."""

        async def record(session: AsyncSession) -> None:
            await store.rules.fired(
                session,
                FiringRow(
                    source=source, event_id=event.id, workspace=event.workspace, at=self.clock(), verdict=verdict,
                    detail=detail[:1000], document=document,
                ),
            )  # fmt: skip

        return Reacted(detail, record)

    def held_back(self, event: Fired, source: str, name: str, author: Actor, max_per_hour: int) -> Reacted:
        """Its ceiling is reached: reported, and nothing is done."""
        detail = f"“{name}” has made {max_per_hour} runs within the hour, which is its ceiling."
        passed = self.passed(event, source, "over_limit", detail)

        async def record(session: AsyncSession) -> None:
            assert passed.record is not None
            await passed.record(session)
            await history.record_act(
                session,
                author,
                Kind.RULE_HELD_BACK,
                self.clock(),
                source=source,
                name=name,
                event_id=event.id,
                detail=detail,
            )

        return Reacted(detail, record)


def told(verdict: Verdict) -> str:
    """A verdict in a line."""
    match verdict:
        case Plan():
            return f"held, because {verdict.held[0]}" if verdict.held else "confirmed by its policy"
        case Question():
            return f"asked: {verdict.text}"
        case _:
            return f"refused: {verdict.detail}"
