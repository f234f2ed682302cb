"""Direct calls: plan calls given as data, without a resolver, with the same validation as typed words. The verdict is
stored at once, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import store.runs.confirmations
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.pipeline import Draft, GivenBy, SuppliedValue
from agent.planning.planner import Planner
from agent.runs import repository
from agent.runs.run import Run
from agent.workspace.context import WorkspaceContexts
from core import ids
from core.actor import Actor, Surface
from core.clock import Clock
from core.errors import Finding, InvalidInput, NotFound
from registry.hints import find_nearest
from store.database import Database, after_commit
from store.transaction_hook import TransactionHook, no_hook

MAX_VALUES_BYTES: Final = 64 * 1024
TEXT_CHARS: Final = 4000


@dataclass(frozen=True)
class DirectCalls:
    database: Database
    contexts: WorkspaceContexts
    planner: Planner
    clock: Clock
    wake: Callable[[], None]
    zone: str = "UTC"
    """Time zone for the words of an edit (``Run.zone``)."""

    async def run(
        self,
        actor: Actor,
        action: str,
        values: Mapping[str, SuppliedValue],
        *,
        given: GivenBy,
        surface: Surface = "admin",
        session_id: str,
        request_id: str | None = None,
        in_transaction: TransactionHook[Run] = no_hook,
    ) -> Run:
        """Plans a call from given values. The run is held, confirmed or refused, and durable when this returns.
        ``in_transaction`` runs in its transaction.

        Raises NotFound for an unregistered action, InvalidInput for values that are too large, and PlatformUnavailable
        if a record can't be looked up. Nothing is stored then.
        """
        context = await self.contexts.of(actor.workspace)
        contract = context.catalogue.get(action)
        if contract is None and action not in context.catalogue.faults:
            near = find_nearest(action, (each.name for each in context.catalogue if actor.role in each.roles))
            hint = f" Did you mean {near!r}?" if near else ""
            raise NotFound(f"There is no registered action of this name.{hint}")
        written = json.dumps({name: each.value for name, each in values.items()}, ensure_ascii=False, sort_keys=True)
        if len(written.encode()) > MAX_VALUES_BYTES:
            detail = f"The parameters of one call have at most {MAX_VALUES_BYTES} bytes together."
            raise InvalidInput(detail, findings=[Finding("/params", "too_large", detail)])
        now = self.clock()
        run = Run(
            id=ids.make_id("run"),
            workspace=actor.workspace,
            session_id=session_id,
            actor=actor,
            surface=surface,
            text=f"{action} {written}"[:TEXT_CHARS],
            now=now,
            zone=self.zone,
            given=given,
            mode=actor.mode,
            request_id=request_id,
            created_at=now,
            updated_at=now,
            drafts=(Draft(action=action, version=contract.version if contract else 1, given=dict(values)),),
        )
        async with self.database.read() as session:
            confirmed = await store.runs.confirmations.of_session(session, actor, session_id)
        _, outcome = await self.planner.evaluate(run, context, confirmed)
        async with self.database.begin() as session:
            await repository.insert(session, run)
            refs = sorted({each.ref for each in values.values()})
            await recorder.record(session, run, EntryType.PROMPT, now, text=run.text, given=given, refs=refs)
            moved = await self.planner.write(session, run, outcome.verdict, None, outcome.took_ms)
            await in_transaction(session, moved)
            after_commit(session, self.wake)
        return moved
