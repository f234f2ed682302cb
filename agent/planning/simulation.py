"""Simulation: resolves and validates a request without storing or sending it, and replays past calls under a contract's
draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import store.runs.runs
from agent.extract.limits import MAX_TEXT
from agent.pipeline import Plan, RecordSource, Step
from agent.planning.planner import Planner
from agent.planning.task import Verdict
from agent.runs import repository
from agent.runs.run import Run
from agent.validate.payload import find_misfits
from agent.validate.policy import decide
from agent.workspace.context import WorkspaceContext, WorkspaceContexts
from core import ids
from core.actor import Actor
from core.clock import Clock
from core.errors import InvalidInput
from registry.catalogue import Catalogue
from registry.conditions.condition import Evaluator
from registry.confirmation import ConfirmBy
from registry.contract import Contract
from store.database import Database

LOOKED_AT: Final = 500
"""How many of the newest runs a draft is judged over."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a call: sent at once, held for ``approvals`` people, or blocked. ``by_person``: no key may
    confirm it."""

    kind: Literal["allowed", "held", "blocked"]
    approvals: int = 0
    by_person: bool = False


_BLOCKED: Final = Fate("blocked")


@dataclass(frozen=True)
class SimulatedRun:
    """A simulated request. ``run`` was never stored. A card is drawn from it."""

    run: Run
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ReplayedCall:
    """A past call as it was planned, and as the draft would plan it."""

    run_id: str
    at: datetime
    asked_by: str
    preview: str
    was: Fate
    would_be: Fate
    why: str


@dataclass(frozen=True)
class Simulations:
    database: Database
    contexts: WorkspaceContexts
    planner: Planner
    clock: Clock
    zone: str = "UTC"
    """The time zone that words are read in (``Run.zone``)."""

    async def simulate(self, actor: Actor, text: str, *, draft: Contract | None = None) -> SimulatedRun:
        """Simulates ``text`` as ``actor``, with ``draft`` in place of the contract of its name. Raises InvalidInput,
        and what resolving raises (PlatformUnavailable, ModelUnavailable, ModelMisbehaved)."""
        words = text.strip()
        if not words or len(words) > MAX_TEXT:
            raise InvalidInput(f"Type what is to be done, in at most {MAX_TEXT} characters.")
        now = self.clock()
        run = Run(
            id=ids.make_id("run"),
            workspace=actor.workspace,
            session_id="rehearsal",
            actor=actor,
            surface="admin",
            text=words,
            now=now,
            zone=self.zone,
            created_at=now,
            updated_at=now,
        )
        context = await self.contexts.of(actor.workspace)
        if draft is not None:
            context = _with(context, draft)
        run, outcome = await self.planner.evaluate(run, context, ())
        return SimulatedRun(run, outcome.verdict)

    async def replay(self, workspace: str, draft: Contract) -> Sequence[ReplayedCall]:
        """Replays past calls of this action, newest first, under ``draft``: its roles, surfaces, schema and policy,
        with the values and records of that time."""
        found: list[ReplayedCall] = []
        async with self.database.read() as session:
            rows = await store.runs.runs.listed(session, workspace, action=draft.name, limit=LOOKED_AT)
        for run in repository.list_readable(rows):
            if run.plan is None:
                continue
            for step in run.plan.steps:
                if step.action == draft.name:
                    fate, why = await _judge_fate(run, run.plan, step, draft, self.planner.evaluator)
                    found.append(
                        ReplayedCall(
                            run_id=run.id,
                            at=run.created_at,
                            asked_by=run.actor.name,
                            preview=step.preview,
                            was=_find_past_fate(run.plan, step),
                            would_be=fate,
                            why=why,
                        )
                    )
        return found


def _find_past_fate(plan: Plan, step: Step) -> Fate:
    approvals = step.approvals or int(bool(plan.held))
    return Fate("held", approvals, step.confirm_by is ConfirmBy.PERSON) if approvals else Fate("allowed")


async def _judge_fate(run: Run, plan: Plan, step: Step, draft: Contract, evaluator: Evaluator) -> tuple[Fate, str]:
    if run.actor.role not in draft.roles:
        return _BLOCKED, f"The role {run.actor.role} may not run it."
    if run.surface not in draft.surfaces:
        return _BLOCKED, f"It is not offered on the surface {run.surface}."
    params = {each.param: each.value for each in step.filled}
    misfit = next(iter(find_misfits(draft, params)), None)
    if misfit is not None:
        return _BLOCKED, f"{misfit.param or 'The call'}: {misfit.why}"
    pins = {(pin.record_kind, pin.record_id): pin.values for pin in step.pins}
    records = {
        each.param: pins.get((each.source.record_kind, each.source.record_id), {})
        for each in step.filled
        if isinstance(each.source, RecordSource)
    }
    workspace = run.actor.workspace
    decision = await decide(draft, params, records, lambda _: False, evaluator, workspace=workspace)
    by_person = draft.confirm_by is ConfirmBy.PERSON
    if decision.why:
        return Fate("held", decision.approvals, by_person), decision.why
    if plan.held and not step.approvals:  # something other than its policy held it, and would again
        return Fate("held", 1, by_person), plan.held[0]
    return Fate("allowed"), ""


def _with(context: WorkspaceContext, draft: Contract) -> WorkspaceContext:
    """A copy of the context with the draft in it. The cached context stays as it is."""
    others = [each for each in context.catalogue if each.name != draft.name]
    return WorkspaceContext(
        f"{context.generation}+draft",
        Catalogue([*others, draft], addresses=context.catalogue.addresses),
        context.kinds,
        context.live,
    )
