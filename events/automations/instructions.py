"""Instructions: plain-language orders that run when an event matches, within what their author named and may do.

Three limits hold, and none is a prompt. The choice is restricted to contracts that the instruction names *and* its
author may run now. The event's words appear only where the instruction asks for them, quoted, and a whole quotation
becomes the field itself. Every write waits for a person, unless an owner allowed this instruction to act alone. Even
then a write waits if a value was read from the event's own text, or if that text changes which actions are chosen.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.automations
from agent.pipeline import Abstain, Ask, Calls, Draft, Plan, Proposed, Question, Refusal, Resolved, Span, list_spans
from agent.planning.event_drafts import draft_by_words
from agent.planning.proposal import PlanResult, When
from agent.planning.task import make_task
from agent.resolve.resolver import Resolver
from agent.runs.run import Cause, Run
from agent.validate.coverage import unused_words
from agent.workspace.context import WorkspaceContext
from core.actor import Actor, Surface
from events.automations import runner
from events.automations.obstacles import acts_alone
from events.automations.quoting import MAX_CHARS, RenderedInstruction, bind_fields, render
from events.automations.rules import Evaluation, list_past_events, summarize
from events.automations.runner import AutomationRunner, EvaluatedRun
from events.subscribers import BRAIN, FiredEvent, ReactionResult, Subscriber
from language.stems import stem
from registry.contract import Contract
from registry.events.event_names import fits
from registry.records import Kinds
from store.automations import InstructionRow

ATTENDED: Final = "“{}” acts on an event, and what the AI brain proposes is confirmed by a person."
READ_OUT: Final = "“{}” acts alone, but a value here was read out of the event's own text."
SWAYED: Final = "“{}” acts alone, but without the event's own text it would have chosen otherwise."
UNCHECKED: Final = "“{}” names a condition, and nobody has checked it: confirm this only if it holds."
OTHERWISE: Final = "“{}” says what to do if something does not hold, which can't be checked here; nothing was sent."


@dataclass(frozen=True)
class Instructions:
    """Source of one subscriber for each instruction that is on or in shadow."""

    runner: AutomationRunner
    resolver: Resolver

    async def subscribers(self, session: AsyncSession, event: FiredEvent) -> Sequence[Subscriber]:
        rows = await store.automations.instructions(session, event.workspace, modes=("on", "shadow"))
        return [self._make_subscriber(row) for row in rows if fits(row.pattern, event.name)]

    def _make_subscriber(self, row: InstructionRow) -> Subscriber:
        async def react(event: FiredEvent) -> ReactionResult:
            return await self.react(row, event)

        return Subscriber(row.id, BRAIN, react)

    async def react(self, row: InstructionRow, event: FiredEvent) -> ReactionResult:
        """Reacts to an event. Raises PlatformUnavailable, ModelUnavailable, ModelMisbehaved: it is then tried again."""
        words = render(row.text, event)
        if words.missing or words.too_long:
            return self.runner.record_nothing_done(event, row.id, "untold", _explain_lack(words))
        author, may_act = await self.runner.author(row.author)
        if may_act and await self.runner.over_limit(row.workspace, row.id, row.max_per_hour):
            return self.runner.record_rate_limit(event, row.id, row.name, author, row.max_per_hour)
        judged = await self._evaluate(row, event, words, author, may_act=may_act)
        if row.mode == "shadow":
            document = json.dumps(summarize(judged.verdict), ensure_ascii=False)
            return self.runner.record_nothing_done(
                event, row.id, "shadow", f"Would have been {runner.describe_verdict(judged.verdict)}", document
            )
        return self.runner.record_run(event, row.id, judged)

    async def meet(self, row: InstructionRow, event: FiredEvent) -> Evaluation:
        """Evaluates one event by an instruction. Reads records and asks the resolver, but stores and sends nothing.
        Raises as ``react``."""
        words = render(row.text, event)
        if words.missing or words.too_long:
            return Evaluation("untold", _explain_lack(words))
        author, may_act = await self.runner.author(row.author)
        judged = await self._evaluate(row, event, words, author, may_act=may_act)
        return Evaluation("met", runner.describe_verdict(judged.verdict), judged)

    async def dry_run(
        self, row: InstructionRow, *, event_id: str | None = None, limit: int = 5
    ) -> list[tuple[FiredEvent, Evaluation]]:
        """What the instruction would have done on a past event, or on the newest that match its pattern. Raises
        NotFound, and as ``meet``."""
        async with self.runner.database.read() as session:
            events = await list_past_events(session, row.workspace, row.pattern, event_id=event_id, limit=limit)
        return [(event, await self.meet(row, event)) for event in events]

    async def _evaluate(
        self, row: InstructionRow, event: FiredEvent, words: RenderedInstruction, author: Actor, *, may_act: bool
    ) -> EvaluatedRun:
        cause = Cause(event_id=event.id, event=event.name, source=row.id, name=row.name)
        surface: Surface = row.surface  # type: ignore[assignment]  # checked when the instruction was made
        context = await self.runner.context(row.workspace)
        named = tuple(
            name
            for name in row.contracts.split()
            if not (contract := context.catalogue.get(name))
            or not self.runner.explain_not_covered(row.author, contract)
        )
        run = self.runner.make_run(author, surface, words.text, cause, only=named, hold=ATTENDED.format(row.name))
        if not may_act:
            return EvaluatedRun(run, Refusal(code="forbidden", detail=runner.WITHDRAWN.format(author.name)))
        offers = [offer for offer in context.shortlist(author, surface).offers if offer.name in named]
        if not offers:
            detail = f"{author.name} may run none of the actions that “{row.name}” names; nothing was sent."
            return EvaluatedRun(run, Refusal(code="forbidden", detail=detail))
        resolved = await self._resolve(run, context)
        run = run.with_(trace=resolved.trace.summary)
        said = _list_drafts(resolved, context)
        if said is None:
            return EvaluatedRun(run, _find_unsaid(resolved), resolved)
        conditions = _list_conditions(resolved)
        if any(not each.holds for each in conditions):
            return EvaluatedRun(run, Refusal(code="invalid", detail=OTHERWISE.format(row.name)), resolved)
        drafts: list[Draft] = []
        read_out = False
        for draft in said:
            contract = context.catalogue.get(draft.action) if draft.action in named else None
            if contract is None:
                detail = f"The event's text is no order, and “{row.name}” does not name that action; nothing was sent."
                return EvaluatedRun(run, Refusal(code="forbidden", detail=detail), resolved)
            made, out = bind_fields(draft, contract, words, event)
            drafts.append(made)
            read_out = read_out or out
        hold = await self._hold(row, words, drafts, context, run, resolved, read_out=read_out)
        # From here on it is a call given as data. What it leaves open is refused, because nobody is there to ask.
        run = run.with_(drafts=tuple(drafts), confidence=_find_confidence(resolved), hold=hold, given="event")
        judged = await self.runner.evaluate(run, resolved)
        if isinstance(judged.verdict, Plan):
            return _hold_unchecked(judged, row.name) if conditions else judged
        # A person who answers may have the words read again. From then on a person confirms.
        return replace(judged, run=run.with_(hold=ATTENDED.format(row.name)))

    async def _hold(
        self,
        row: InstructionRow,
        words: RenderedInstruction,
        drafts: Sequence[Draft],
        context: WorkspaceContext,
        run: Run,
        resolved: Resolved,
        *,
        read_out: bool,
    ) -> str:
        """Why a write must wait for a person. Empty only if an owner allowed it, is still an owner, and the event's
        text has no part in it."""
        async with self.runner.database.read() as session:
            alone = await acts_alone(session, row, self.runner.clock())
        if not alone:
            return ATTENDED.format(row.name)
        if read_out:
            return READ_OUT.format(row.name)
        if words.blank != words.text:
            blind = _list_drafts(await self._resolve(run.with_(text=words.blank), context), context) or ()
            if [each.action for each in blind] != [each.action for each in drafts]:
                return SWAYED.format(row.name)
        contracts = [context.catalogue.get(each.action) for each in drafts]
        unheard = _find_unheard(words, _list_drafts(resolved, context) or (), contracts, context.kinds)
        return unused_words.quote_spans(unheard) if unheard else ""

    async def _resolve(self, run: Run, context: WorkspaceContext) -> Resolved:
        """Resolves among the actions that the instruction names and its author may run (``run.only``)."""
        if self.resolver is self.runner.planner.resolver:
            return await self.runner.planner.resolve(run, context)
        from agent.planning.propose import resolve

        return await resolve(make_task(run, context, ()), self.resolver)


def _list_conditions(resolved: Resolved) -> list[When]:
    """The conditions that the calls wait on. Drafts don't carry them."""
    proposal = resolved.resolution.proposal if isinstance(resolved.resolution, Proposed) else None
    calls = proposal.result.calls if proposal is not None and isinstance(proposal.result, PlanResult) else ()
    return [each.condition for each in calls if each.condition is not None]


def _hold_unchecked(judged: EvaluatedRun, name: str) -> EvaluatedRun:
    """The plan, which waits for a person whatever its policy says, and whose card says that its condition is open."""
    assert isinstance(judged.verdict, Plan)
    held = (UNCHECKED.format(name), *judged.verdict.held)
    plan = judged.verdict.model_copy(update={"held": held, "approvals": max(1, judged.verdict.approvals)})
    return replace(judged, verdict=plan)


def _explain_lack(words: RenderedInstruction) -> str:
    if words.too_long:
        return f"With the event's fields in it the instruction has more than {MAX_CHARS} characters; it is not read."
    lacks = ", ".join(f"{{{path}}}" for path in words.missing)
    return f"The event has no {lacks}, which the instruction speaks of."


def _find_unheard(
    words: RenderedInstruction, drafts: Sequence[Draft], contracts: Sequence[Contract | None], kinds: Kinds
) -> tuple[Span, ...]:
    """The instruction's own words that nothing used, without the event's."""
    heard = [Span(start=each.start, end=each.end, text=words.text[each.start : each.end]) for each in words.quotes]
    heard += [span for draft in drafts for argument in draft.arguments.values() for span in list_spans(argument)]
    there = [each for each in contracts if each]
    # In which state a record must be ("the pending ticket", "if it is open") is a condition, unless an action says it.
    states = {stem(state) for kind in kinds for state in kind.states} - unused_words.collect_own_stems(there, ())
    known = unused_words.collect_subject_stems(there, kinds) - states
    return unused_words.find_left_over(words.text, heard, known)


def _list_drafts(resolved: Resolved, context: WorkspaceContext) -> tuple[Draft, ...] | None:
    """The resolved calls as drafts with their words. None if there are none."""
    resolution = resolved.resolution
    if isinstance(resolution, Calls):
        return resolution.drafts
    if isinstance(resolution, Proposed) and isinstance(resolution.proposal.result, PlanResult):
        return draft_by_words(resolution.proposal.result.calls, context.catalogue)
    return None


def _find_unsaid(resolved: Resolved) -> Question | Abstain:
    resolution = resolved.resolution
    if isinstance(resolution, Ask):
        return resolution.question
    if isinstance(resolution, Abstain):
        return resolution
    return Abstain(reason="nothing_fits", detail="The instruction asks for nothing that can be done here.")


def _find_confidence(resolved: Resolved) -> float | None:
    return resolved.resolution.confidence if isinstance(resolved.resolution, Calls) else None
