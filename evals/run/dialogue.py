"""Dialogues: turns of one thread, played through the product's own planning. Calls that settle meanwhile are really
sent to a demo platform of its own.

A turn says something, answers the last question, edits the card or confirms it. A call that needs no confirmation is
made immediately; a confirmed one is made then. A card that nobody confirmed still waits. The last turn is judged.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from agent.pipeline import Abstain, Answer, CallOutcome, Plan, Question, Refusal, Reply, Trace
from agent.planning.propose import propose
from agent.planning.task import Outcome, make_task
from agent.planning.thread import MOST_TURNS, Thread, build_thread, restore_thread
from agent.planning.typed_answers import plan_in_thread
from agent.resolve.resolver import Resolver
from agent.runs.answer_phrases import is_cancellation, make_answer
from agent.runs.run import Run
from agent.workspace.context import WorkspaceContext
from core import ids
from core.actor import Actor
from core.errors import OpsIQError
from core.webhook_signature import make_secret
from evals.cases.reader import Case
from evals.run import platform, production
from evals.run.case_result import CaseResult
from executors.http.signed_client import SignedClient
from executors.http.ssrf_guard import SsrfGuard

EDITED = "You changed it, so it waits for a yes."


@dataclass
class DialoguePlatform:
    """One demo platform for a dialogue. ``changed`` says that something was done there, so that no other dialogue may
    start on it."""

    context: WorkspaceContext
    client: SignedClient
    secret: str
    changed: bool = False

    async def execute(self, plan: Plan) -> tuple[CallOutcome, ...]:
        """Sends each call, signed, one after another. Calls after a failure are skipped."""
        self.changed = True
        made: list[CallOutcome] = []
        for step in plan.steps:
            if any(each.state != "succeeded" for each in made):
                made.append(CallOutcome(call_id=step.call_id, state="skipped"))
                continue
            reply = await self.client.post(
                step.url,
                step.payload.encode(),
                message_id=step.call_id,
                secrets=[self.secret],
                timeout_s=step.timeout_s,
            )
            state: Any = "succeeded" if reply.ok else "failed" if reply.status else "unknown"
            made.append(
                CallOutcome(
                    call_id=step.call_id,
                    state=state,
                    status=reply.status,
                    answer=reply.body.decode("utf-8", "replace"),
                    detail=reply.detail,
                    attempts=1,
                )
            )
        return tuple(made)


@asynccontextmanager
async def open_ground() -> AsyncIterator[DialoguePlatform]:
    """Opens a demo platform with its initial data, and the signer of calls to it."""
    async with AsyncExitStack() as stack:
        secret = make_secret()
        url, token = stack.enter_context(platform.open_platform(secret))
        context = await stack.enter_async_context(platform.open_context(url, token))
        client = await stack.enter_async_context(SignedClient(SsrfGuard(["127.0.0.0/8"])))
        yield DialoguePlatform(context, client, secret)


class DialoguePlatforms:
    """Runs one dialogue at a time on one platform, and opens a new platform if a dialogue changed the last one. Close
    it."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._open: DialoguePlatform | None = None

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[DialoguePlatform]:
        async with self._lock:
            if self._open is None or self._open.changed:
                await self.close()
                self._open = await self._stack.enter_async_context(open_ground())
            yield self._open

    async def close(self) -> None:
        self._open = None
        await self._stack.aclose()


async def answer(case: Case, ground: DialoguePlatform, resolver: Resolver, now: datetime) -> CaseResult:
    """The result of the last turn. An error of the model or the platform is the entry's ``error``."""
    began = time.perf_counter()
    player = _Player(case, ground, resolver, now)
    try:
        for at, turn in enumerate(case.turns):
            await player.take(turn, last=at == len(case.turns) - 1)
    except OpsIQError as error:
        return CaseResult(case.id, "abstain", error=f"{error.code}: {error.detail}")
    trace = player.trace
    return replace(
        player.entry,
        ms=(time.perf_counter() - began) * 1000.0,
        tokens=trace.tokens_in + trace.tokens_out,
        cost=trace.cost,
        notes=trace.notes,
    )


class _Player:
    def __init__(self, case: Case, ground: DialoguePlatform, resolver: Resolver, now: datetime) -> None:
        self.case, self.ground, self.resolver, self.now = case, ground, resolver, now
        self.actor = Actor("ws_eval", "mem_eval", "member", "Eva", case.role, "eva")
        self.runs: list[Run] = []
        self.entry = CaseResult(case.id, "abstain")
        self.trace = Trace(resolver=resolver.name)

    async def take(self, turn: Mapping[str, Any], *, last: bool) -> None:
        match turn:
            case {"say": words}:
                await self._plan(self._make_run(words), last=last)
            case {"answer": words}:
                await self._answer(words, last=last)
            case {"edit": edits}:
                await self._edit(edits, last=last)
            case {"confirm": True}:
                await self._confirm()

    def _make_run(self, words: str) -> Run:
        return Run(
            id=ids.make_id("run"),
            workspace="ws_eval",
            session_id="ses_eval",
            actor=self.actor,
            surface=self.case.surface,
            text=words,
            now=self.now,
            thread_id=self.runs[0].id if self.runs else None,
            created_at=self.now,
            updated_at=self.now,
        )

    async def _answer(self, words: str, *, last: bool) -> None:
        run = self.runs[-1]
        if run.question is None or run.state != "asked":
            await self._plan(self._make_run(words), last=last)
            return
        if is_cancellation(words, run.question):
            self.runs[-1] = run.with_(state="rejected", question=None)
            self.entry = CaseResult(self.case.id, "abstain", question="Taken back; nothing was sent.")
            return
        answers = (*run.answers, make_answer(run.question, None, words))
        await self._plan(self.runs.pop().with_(answers=answers, question=None), last=last)

    async def _edit(self, edits: Mapping[str, str], *, last: bool) -> None:
        run = self.runs[-1]
        if run.state != "held":
            return
        said = tuple(Answer(slot=name if "." in name else f"0.{name}", text=words) for name, words in edits.items())
        again = self.runs.pop().with_(answers=(*run.answers, *said), must_wait=EDITED)
        await self._plan(again, last=last)

    async def _confirm(self) -> None:
        run = self.runs[-1]
        if run.plan is not None and run.state == "held":
            self.runs[-1] = await self._execute(run, run.plan)

    async def _plan(self, run: Run, *, last: bool) -> None:
        """Plans in the thread as the product does, where words may also answer, replace or drop what came before."""
        asked = bool(run.answers) and run.answers[-1].slot == "action"
        run = run.with_(drafts=(), proposal=None) if asked else run
        waiting = [each for each in self.runs if each.state == "held"]
        run, outcome = await plan_in_thread(run, self.runs[-MOST_TURNS:], self._propose, waiting)
        if outcome.resolved is not None:
            self.trace = outcome.resolved.trace
        for each in outcome.withdrawal.runs:
            self.runs = [one.with_(state="rejected") if one.id == each else one for one in self.runs]
        self.entry = await self._make_entry(run, outcome)
        self.runs.append(await self._settle(run, outcome, last=last))

    async def _propose(self, run: Run, earlier: Sequence[Run]) -> tuple[Thread, Outcome]:
        context = self.ground.context
        thread = build_thread(earlier, context.catalogue)
        if run.drafts or run.proposal is not None:
            thread = restore_thread(run.handles, earlier, now=thread)
        return thread, await propose(make_task(run, context, (), production.EVALUATOR, thread), self.resolver)

    async def _make_entry(self, run: Run, outcome: Outcome) -> CaseResult:
        if outcome.withdrawal.runs and isinstance(outcome.verdict, Reply):
            return CaseResult(self.case.id, "abstain", question=outcome.verdict.text)
        return await production.make_entry(self.case.id, run.request, outcome, self.ground.context, self.actor)

    async def _settle(self, run: Run, outcome: Outcome, *, last: bool) -> Run:
        match outcome.verdict:
            case Plan() as plan if plan.held or last:
                return run.with_(state="held", plan=plan)
            case Plan() as plan:
                return await self._execute(run.with_(plan=plan), plan)
            case Question() as question:
                return run.with_(state="asked", question=question, plan=None)
            case Reply() as reply:
                return run.with_(state="answered", reply=reply, plan=None)
            case Abstain(detail=detail, named=named):
                refusal = Refusal(code="no_match", detail=detail, about=named)
                return run.with_(state="abstained", refusal=refusal, plan=None)
            case Refusal() as refusal:
                return run.with_(state="refused", refusal=refusal, plan=None)
        raise AssertionError(outcome.verdict)

    async def _execute(self, run: Run, plan: Plan) -> Run:
        came = await self.ground.execute(plan)
        well = all(each.state == "succeeded" for each in came)
        return run.with_(state="succeeded" if well else "failed", plan=plan, outcomes=came)
