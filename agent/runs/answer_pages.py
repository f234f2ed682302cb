"""Answer pages: reads further records of an answer again from the platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from agent.pipeline import Reply
from agent.planning.proposal import AnswerResult
from agent.planning.task import make_task
from agent.planning.thread import list_earlier_arguments, restore_thread
from agent.runs.service import RunService
from agent.validate.records.located import RecordScope
from agent.workspace import authority
from agent.workspace.context import WorkspaceContexts
from core import cpu_budget
from core.actor import Actor
from core.errors import Forbidden, NotFound, Unavailable
from executors.http.read_memo import ReadMemo, use_read_memo

NO_ANSWER: Final = "This was not answered with records that there could be more of."


@dataclass(frozen=True)
class AnswerPages:
    """Reads on in an answer, for the principal that asked. The question is the stored one and the records are the
    present ones, so their number may differ from what the answer said."""

    runs: RunService
    contexts: WorkspaceContexts
    budget_s: float

    async def read(self, actor: Actor, run_id: str, *, start: int) -> Reply:
        """The answer with the records after the first ``start``. Raises NotFound, Forbidden, Unavailable or
        PlatformUnavailable."""
        from agent.query.answers import Answerer
        from agent.query.references import Query

        run = await self.runs.show(actor, run_id)
        result = run.proposal.result if run.proposal is not None else None
        if run.reply is None or run.reply.record_kind is None or not isinstance(result, AnswerResult):
            raise NotFound(NO_ANSWER)
        if not authority.continues(actor, run.surface, run):
            raise Forbidden("Only who asked may read on; ask the same yourself.")
        context = await self.contexts.of(run.workspace)
        earlier = [each for each in await self.runs.thread_of(actor, run) if each.id < run.id]
        task = make_task(run.with_(actor=actor), context, (), thread=restore_thread(run.handles, earlier))
        scope = RecordScope(context.kinds, actor, run.surface)
        query = Query(
            task.request, scope, thread=task.thread, earlier=list_earlier_arguments(task.calls, context.catalogue)
        )
        answerer = Answerer(query, context.catalogue, actor, run.surface, start=start)
        try:
            with use_read_memo(ReadMemo()):
                made = await cpu_budget.run_within(self.budget_s, answerer.answer(result.answer))
        except cpu_budget.Exhausted as error:
            raise Unavailable("It took longer to work out than a request may. Ask again, in narrower words.") from error
        return made if isinstance(made, Reply) else Reply(text=made.text, record_kind=run.reply.record_kind, count=0)
