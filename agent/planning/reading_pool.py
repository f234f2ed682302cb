"""Reading pool: plans requests in killable worker processes, each request under a CPU budget.

A costly request occupies one worker for a moment and nobody else. The server keeps answering, and takes requests from
each person in turn. Look-ups and the model are asked from the server, which holds the connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from agent.pipeline import PhaseCallback, Refusal, Resolved, ignore_phase
from agent.planning.task import CHEAP_ONLY, TOO_COSTLY, Outcome, make_too_costly
from agent.planning.thread import NO_THREAD, Thread
from agent.resolve.resolver import MODEL, OFFLINE
from agent.runs.run import Run
from executors.cpu_calls import Resource, Serve, TooCostly
from executors.cpu_workers import CpuWorkers
from executors.http.read_memo import ReadMemo, use_read_memo
from registry.conditions import condition
from registry.conditions.condition import ConditionResult, Evaluator

if TYPE_CHECKING:
    from agent.resolve.model.answer_shape import AnswerShape
    from agent.resolve.model.client import Completion, ModelClient
    from agent.resolve.model.resolver import VersionChoice
    from agent.workspace.context import WorkspaceContext

MODULE: Final = "agent.planning.reading_worker"
IDLE_LOOK_S: Final = 0.5


class ReadingPool:
    """A process pool that reads requests within a CPU budget. ``model`` answers the workers' resolver. Without one they
    resolve by words alone."""

    def __init__(
        self, *, processes: int, budget_s: float, model: ModelClient | None = None, evaluator: Evaluator = CHEAP_ONLY
    ) -> None:
        self._model, self._evaluator = model, evaluator
        self._choice: VersionChoice | None = None
        self.resolver = MODEL if model is not None else OFFLINE
        self.workers = CpuWorkers(MODULE, (str(budget_s), self.resolver), most=processes)

    async def propose(
        self,
        run: Run,
        context: WorkspaceContext,
        confirmed: Collection[str],
        on_phase: PhaseCallback = ignore_phase,
        thread: Thread = NO_THREAD,
    ) -> Outcome:
        """Like ``agent.planning.propose``, but refuses a request that cost too much."""
        try:
            outcome: Outcome = await self._call("propose", (run, frozenset(confirmed), thread), run, context, on_phase)
        except TooCostly:
            return Outcome(Refusal(code="too_complex", detail=TOO_COSTLY))
        return outcome

    async def resolve(self, run: Run, context: WorkspaceContext) -> Resolved:
        try:
            resolved: Resolved = await self._call("resolve", run, run, context)
        except TooCostly:
            return make_too_costly(self.resolver)
        return resolved

    async def warm_when_idle(
        self, is_busy: Callable[[], bool], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Starts a process before the first person needs it, once this process is idle. A start takes half a second of
        CPU or more, which a backlog of deliveries needs first."""
        await sleep(IDLE_LOOK_S)
        while is_busy():
            await sleep(IDLE_LOOK_S)
        self.workers.warm()

    async def close(self) -> None:
        await self.workers.close()

    async def _call(
        self,
        operation: str,
        arguments: Any,
        run: Run,
        context: WorkspaceContext,
        on_phase: PhaseCallback = ignore_phase,
    ) -> Any:
        return await self.workers.call(
            operation,
            arguments,
            who=f"{run.workspace}:{run.actor.person}",
            resource=Resource(context.key, context.pack),
            serve=self._make_serve(context),
            tell=on_phase,
            cut_off=frozenset({"complete", "version"}),
        )

    def _make_serve(self, context: WorkspaceContext) -> Serve:
        memo = ReadMemo()

        async def serve(what: str, arguments: Any) -> Any:
            match what:
                case "search":
                    with use_read_memo(memo):
                        return tuple(await context.kinds.search(arguments))
                case "record":
                    with use_read_memo(memo):
                        return await context.kinds.record(*arguments)
                case "complete":
                    return await self._complete(*arguments)
                case "version":
                    return await self._find_version()
                case "judge":
                    return await self._judge(*arguments)
            raise ValueError(f"a worker asks for {what!r}")

        return serve

    async def _complete(self, messages: Any, shape: AnswerShape, legal: str, most: int) -> Completion:
        assert self._model is not None
        return await self._model.complete(messages, shape, legal=legal, max_tokens=most)

    async def _find_version(self) -> str:
        """The form in which the model is asked. Found out once for all workers."""
        from agent.resolve.model.form import FormChoice

        assert self._model is not None
        if self._choice is None:
            self._choice = FormChoice(self._model, self._model.settings.model_form, probes=self._model.is_own)
        return await self._choice.version()

    async def _judge(
        self, expression: str, variables: frozenset[str], values: Mapping[str, Any], workspace: str
    ) -> ConditionResult:
        """Judges a policy's condition that isn't cheap, in the processes that may be killed for it."""
        return await self._evaluator.evaluate(condition.compile(expression, variables), values, workspace=workspace)
