"""The one planning path: from a request to a plan, question, answer or refusal. Resolves, validates, tries
alternatives, falls back.

Console, API, automations, evals and the command line all come through here, so that what is measured is what is done.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import replace
from typing import Any, Final

from agent.extract.limits import LEAD
from agent.pipeline import (
    Abstain,
    Ask,
    Calls,
    Candidate,
    Draft,
    PhaseCallback,
    Plan,
    Proposed,
    Question,
    Refusal,
    Reply,
    Resolved,
    Trace,
    ignore_phase,
)
from agent.planning.answered import is_for_the_model, offered_records, replaced_words, taken_up
from agent.planning.no_plan import NO_ACTION, explain_nothing_planned
from agent.planning.proposal import AnswerResult, NoneResult, PlanResult, Proposal, TypedValue, UndoResult
from agent.planning.reversal import correct_calls, undo_calls
from agent.planning.task import (
    Outcome,
    Task,
    Verdict,
    Withdrawal,
    finds_nothing,
    is_harmless,
    is_not_found,
    list_planned_actions,
    names_its_records,
)
from agent.planning.thread import earlier_arguments
from agent.query.answers import Answerer
from agent.query.references import Query
from agent.resolve.resolver import MODEL, Resolver
from agent.validate import validate
from agent.validate.proposed import plan_proposal
from agent.validate.questions import join
from agent.validate.records.located import RecordScope
from core.errors import ModelMisbehaved, ModelUnavailable
from language.wordnet import is_english
from registry.contract import Risk
from registry.offers.shortlist import Shortlist

TOO_COSTLY: Final = (
    f"{LEAD}: it took longer to work out than a request may. Say it in fewer and plainer words; nothing was done."
)
"""What is said where the budget of CPU was spent."""
CORRECTED: Final = "It takes the place of an earlier card, so it waits for a yes."
UNDERSTOOD_OTHERWISE: Final = "The model understood this otherwise; it is how your words read without it. Check it."
READ_BY_MODEL_ALONE: Final = "Only the model can read these words; check that it is what you mean."
TAKES_BACK: Final = "It takes back what was done before, so it waits for a yes."


Around = Callable[[Coroutine[Any, Any, Resolved]], Awaitable[Resolved]]


async def propose(
    task: Task, resolver: Resolver, on_phase: PhaseCallback = ignore_phase, around: Around | None = None
) -> Outcome:
    """``around`` is put around the asking of the resolver. Raises PlatformUnavailable, ModelUnavailable or
    ModelMisbehaved."""
    outcome = await _propose(task, resolver, on_phase, around)
    plan = outcome.verdict
    if not isinstance(plan, Plan):
        return outcome
    held = (*plan.held, *outcome.waits)
    if not held and (why := _waits(task, plan)):
        held = (why,)
    if held == plan.held:
        return outcome
    return replace(outcome, verdict=plan.model_copy(update={"held": held, "approvals": max(1, plan.approvals)}))


def _waits(task: Task, plan: Plan) -> str:
    """Why a plan that its policy would let go waits all the same, empty where it need not."""
    if task.must_wait:
        return task.must_wait
    return task.hold if any(step.risk is not Risk.READ for step in plan.steps) else ""


async def _propose(task: Task, resolver: Resolver, on_phase: PhaseCallback, around: Around | None) -> Outcome:
    if task.proposal is not None:
        outcome = await _validate(task, None, task.proposal, on_phase)
        return await _read_answers(task, task.proposal, outcome, resolver, on_phase, around)
    if task.drafts:
        verdict, took_ms = await _judge(task, task.drafts, on_phase)
        return Outcome(verdict, None, task.drafts, took_ms=took_ms)
    on_phase("choosing")
    asked = resolve(task, resolver)
    resolved = await (asked if around is None else around(asked))
    made = await _planned(task, resolved, on_phase)
    return made if resolved.by_rules is None else await _weigh(task, resolved, made, on_phase)


async def _weigh(task: Task, resolved: Resolved, made: Outcome, on_phase: PhaseCallback) -> Outcome:
    """What comes of a small model's answer beside the words alone. Which action is meant they tell more surely, where
    they come to a plan; the values are the model's where both plan the same calls and no grammar read the words in
    full. What no word asks for is asked about, whatever the model plans."""
    read, planned = resolved.by_rules, list_planned_actions(made)
    if isinstance(read, Abstain) and isinstance(made.verdict, Plan | Question) and planned:
        if read.reason not in ("nothing_fits", "below_threshold"):
            return made
        if is_english(task.request.text) or not _quotes(made):
            return _ask_which(task, planned, made)
        return _held(made, READ_BY_MODEL_ALONE)
    if isinstance(read, Ask) and read.question.slot == "action" and isinstance(made.verdict, Plan) and planned:
        left_open = tuple(each.id for each in read.question.candidates)
        told = set(planned) <= set(left_open) and (_quotes(made) or not _typed(made))
        return made if told else _ask_which(task, (*left_open, *planned), made)
    if not isinstance(read, Calls | Proposed):
        return made
    notes = (*resolved.trace.notes, "planned as the words read without the model")
    without = Resolved(resolution=read, trace=resolved.trace.model_copy(update={"notes": notes}))
    other = await _planned(task, without, on_phase)
    if isinstance(read, Proposed) and isinstance(read.proposal.result, NoneResult):
        return other  # what this person may not do: another action is no substitute
    same = planned == (tuple(draft.action for draft in other.drafts) or list_planned_actions(other))
    if not isinstance(other.verdict, Plan | Reply):
        # A grammar's question is about what was said; a small model's "none", or another action, often isn't.
        stands = isinstance(made.verdict, Plan | Reply) and (same or isinstance(made.verdict, Reply))
        return made if stands or not isinstance(read, Proposed) else other
    if same and isinstance(read, Calls) and (isinstance(made.verdict, Plan) or _contradicts(other.verdict, made)):
        return made
    return other if same and isinstance(made.verdict, Plan | Reply) else _held(other, UNDERSTOOD_OTHERWISE)


def _held(made: Outcome, why: str) -> Outcome:
    """The outcome, waiting for a person where its plan changes something."""
    changes = isinstance(made.verdict, Plan) and any(step.risk is not Risk.READ for step in made.verdict.steps)
    return replace(made, waits=(*made.waits, why)) if changes else made


def _typed(made: Outcome) -> list[TypedValue]:
    """The values that the model gave itself: no record, sum or text."""
    result = made.proposal.result if made.proposal is not None else None
    calls = result.calls if isinstance(result, PlanResult) else ()
    return [each for call in calls for each in call.arguments.values() if isinstance(each, TypedValue)]


def _quotes(made: Outcome) -> bool:
    """Whether some value that the model gave stands in the words."""
    return any(each.quote and each.quote.text.casefold() in str(each.value).casefold() for each in _typed(made))


def _contradicts(verdict: Plan | Reply, made: Outcome) -> bool:
    """Whether a plan has another value for what the model read from words, in a call of the same action."""
    result = made.proposal.result if made.proposal is not None else None
    if not isinstance(verdict, Plan) or not isinstance(result, PlanResult):
        return False
    read = {
        (call.action, name): argument.value
        for call in result.calls
        for name, argument in call.arguments.items()
        if isinstance(argument, TypedValue) and argument.quote is not None
    }
    return any(
        str(read.get((step.action, filled.param), filled.value)).casefold() != str(filled.value).casefold()
        for step in verdict.steps
        for filled in step.filled
    )


def _ask_which(task: Task, actions: Sequence[str], made: Outcome) -> Outcome:
    """Which of the actions is meant; of a single one, whether it is."""
    catalogue = task.workspace_context.catalogue
    contracts = [contract for name in dict.fromkeys(actions) if (contract := catalogue.get(name)) is not None]
    candidates = tuple(Candidate(id=each.name, label=each.title, detail=each.description[:200]) for each in contracts)
    text = "Is this what you mean?" if len(candidates) == 1 else "Which of these do you mean?"
    question = Question(slot="action", code="unclear_action", text=text, candidates=candidates)
    return replace(made, verdict=question, proposal=None)


async def _planned(task: Task, resolved: Resolved, on_phase: PhaseCallback) -> Outcome:
    made = await _planned_as_read(task, resolved, on_phase)
    titled = resolved.resolution.titled if isinstance(resolved.resolution, Proposed) else ()
    for proposal in () if isinstance(made.verdict, Plan) else titled:
        other = await _validate(task, resolved, proposal, on_phase)
        if isinstance(other.verdict, Plan) and names_its_records(other.verdict, proposal):
            return other
    return made


async def _planned_as_read(task: Task, resolved: Resolved, on_phase: PhaseCallback) -> Outcome:
    match resolved.resolution:
        case Proposed(proposal=proposal, instead=(_, *_) as instead):
            sure = resolved.resolution.sure
            return await _whichever_works(task, resolved, (proposal, *instead), on_phase, sure=sure)
        case Proposed(proposal=proposal, otherwise=otherwise):
            first = await _validate(task, resolved, proposal, on_phase)
            for other in otherwise if is_not_found(first.verdict) else ():
                made = await _validate(task, resolved, other, on_phase)
                if not finds_nothing(made.verdict):
                    return made
            return first
        case Calls() as calls:
            verdict, took_ms = await _judge(task, calls.drafts, on_phase)
            return Outcome(verdict, resolved, calls.drafts, confidence=calls.confidence, took_ms=took_ms)
        case Ask(question=question, drafts=drafts, confidence=confidence, likeliest=likeliest):
            if likeliest is not None and is_not_found((await _validate(task, resolved, likeliest, on_phase)).verdict):
                return Outcome(Abstain(reason="nothing_fits", detail=NO_ACTION), resolved)
            return Outcome(question, resolved, drafts, confidence=confidence)
        case Abstain() as abstain:
            return Outcome(abstain, resolved)
    raise AssertionError(resolved.resolution)


async def _read_answers(
    task: Task, proposal: Proposal, outcome: Outcome, resolver: Resolver, on_phase: PhaseCallback, around: Around | None
) -> Outcome:
    """An answer in words that code can't read is read by the model, together with the request; where it can't be asked,
    or says nothing that can be planned, the question stands."""
    request, catalogue = task.request, task.workspace_context.catalogue
    edited = bool(task.must_wait)
    if resolver.name != MODEL or not is_for_the_model(
        request.answers, outcome.verdict, proposal, catalogue, edited=edited
    ):
        return outcome
    question = outcome.verdict if isinstance(outcome.verdict, Question) else None
    offered = offered_records(question, proposal, catalogue) if question is not None else {}
    told = tuple(f"{name} ({len(keys)} of kind {keys[0][0]})" for name, keys in offered.items())
    answers = taken_up(request.answers)
    anew = replace(
        task,
        request=request.model_copy(update={"answers": answers, "offered": told}),
        proposal=None,
        thread={**task.thread, **offered},
    )
    asked = resolve(anew, resolver)
    try:
        resolved = await (asked if around is None else around(asked))
    except (ModelUnavailable, ModelMisbehaved):
        return outcome
    if not isinstance(resolved.resolution, Proposed) or resolved.trace.model is None:
        return outcome
    understood = resolved.resolution.proposal
    understood = understood.model_copy(update={"replaced": replaced_words(request.answers, proposal)})
    made = await _validate(anew, resolved, understood, on_phase)
    return replace(made, answers=answers, records={**offered, **made.records})


async def resolve(task: Task, resolver: Resolver) -> Resolved:
    """What the request is taken to mean, among what its actor may do here. An action that the person chose when asked
    is taken as said: only its arguments are still to be read. Raises ModelUnavailable or ModelMisbehaved."""
    workspace_context, request = task.workspace_context, task.request
    shortlist = workspace_context.shortlist(task.actor, request.surface)
    if task.only is not None:
        shortlist = _narrow(shortlist, task.only)
    chosen = next((each for each in reversed(request.answers) if each.slot == "action" and each.choice), None)
    if chosen is None or chosen.choice is None or chosen.choice not in shortlist:
        return await resolver.resolve(request, shortlist, tuple(workspace_context.kinds))
    shortlist = _narrow(shortlist, (chosen.choice,))
    resolved = await resolver.resolve(request, shortlist, tuple(workspace_context.kinds))
    if isinstance(resolved.resolution, Calls | Proposed) or is_too_complex(resolved):
        return resolved
    bare = Calls(drafts=(Draft(action=chosen.choice, version=shortlist.offers[0].version),))
    return resolved.model_copy(update={"resolution": bare})


def _narrow(shortlist: Shortlist, names: Collection[str]) -> Shortlist:
    offers = [offer for offer in shortlist.offers if offer.name in names]
    return Shortlist(offers, role=shortlist.role, others=shortlist.others)


async def _judge(
    task: Task, drafts: tuple[Draft, ...], on_phase: PhaseCallback
) -> tuple[Plan | Question | Refusal, float]:
    began = time.perf_counter()
    if task.only is not None and any(draft.action not in task.only for draft in drafts):
        return Refusal(code="forbidden", detail=_STRAY), 0.0
    verdict = await validate(
        task.request,
        drafts,
        run_id=task.run_id,
        actor=task.actor,
        catalogue=task.workspace_context.catalogue,
        kinds=task.workspace_context.kinds,
        confirmed_in_session=task.confirmed.__contains__,
        on_phase=on_phase,
        evaluator=task.evaluator,
    )
    return verdict, (time.perf_counter() - began) * 1000


async def _whichever_works(
    task: Task, resolved: Resolved, proposals: Sequence[Proposal], on_phase: PhaseCallback, *, sure: bool
) -> Outcome:
    """Of plans that the same words say as well, the one that works on the records that are meant; where none or several
    do, the person is asked which. ``sure`` as in ``Proposed``."""
    made = [await _validate(task, resolved, each, on_phase) for each in proposals]
    working = [each for each in made if isinstance(each.verdict, Plan)]
    standing = [each for each in made if not finds_nothing(each.verdict)]
    for some in (working, standing):
        if len(some) == 1 and (sure or is_harmless(task, some[0])):
            return some[0]
    made = made if sure else working or standing or made
    return _ask_which(task, [name for each in made for name in list_planned_actions(each)], made[0])


async def _validate(task: Task, resolved: Resolved | None, proposal: Proposal, on_phase: PhaseCallback) -> Outcome:
    began = time.perf_counter()
    match proposal.result:
        case UndoResult(calls=handles):
            outcome = await _undo(task, proposal, handles, on_phase)
        case PlanResult(replaces=(_, *_) as replaced):
            outcome = await _correct(task, proposal, replaced, on_phase)
        case _:
            outcome = Outcome(await _verdict(task, proposal, on_phase), proposal=proposal)
    return replace(outcome, resolved=resolved, took_ms=(time.perf_counter() - began) * 1000)


async def _correct(task: Task, proposal: Proposal, replaced: Sequence[str], on_phase: PhaseCallback) -> Outcome:
    """A plan that takes the place of calls that wait: their runs are withdrawn once it stands, and it waits itself."""
    verdict = await _verdict(task, proposal, on_phase)
    correction = correct_calls(replaced, task.calls)
    if not isinstance(verdict, Plan):
        return Outcome(verdict, proposal=proposal)
    withdrawal = Withdrawal(correction.supersedes, "Corrected")
    return Outcome(verdict, proposal=proposal, waits=(CORRECTED, *correction.told), withdrawal=withdrawal)


async def _undo(task: Task, proposal: Proposal, handles: Sequence[str], on_phase: PhaseCallback) -> Outcome:
    """What only waits is withdrawn, what was done is reversed by calls that wait on a card; the rest is said. What is
    stored is the reversing plan, so that a question about it can be answered."""
    undo = undo_calls(handles, task.calls, task.workspace_context.catalogue)
    withdrawal = Withdrawal(undo.withdraw, "Taken back")
    withdrawn = f"{join(undo.withdrawn, 'and')} was withdrawn; nothing was sent." if undo.withdrawn else ""
    told = tuple(each for each in (withdrawn, *undo.stuck) if each)
    if not undo.calls:
        if undo.withdraw:
            return Outcome(Reply(text=" ".join(told)), proposal=proposal, withdrawal=withdrawal)
        detail = " ".join(told) or "There is nothing to take back here."
        return Outcome(Abstain(reason="nothing_fits", detail=detail), proposal=proposal)
    reversing = Proposal(result=PlanResult(calls=undo.calls), understood=proposal.understood)
    task = replace(task, thread={**task.thread, **undo.records})
    verdict = await _verdict(task, reversing, on_phase)
    return Outcome(verdict, proposal=reversing, waits=(TAKES_BACK, *told), records=undo.records, withdrawal=withdrawal)


async def _verdict(task: Task, proposal: Proposal, on_phase: PhaseCallback) -> Verdict:
    workspace_context, request, actor = task.workspace_context, task.request, task.actor
    match proposal.result:
        case PlanResult(calls=calls):
            if task.only is not None and any(call.action not in task.only for call in calls):
                return Refusal(code="forbidden", detail=_STRAY)
            return await plan_proposal(
                request,
                proposal,
                run_id=task.run_id,
                actor=actor,
                catalogue=workspace_context.catalogue,
                kinds=workspace_context.kinds,
                confirmed_in_session=task.confirmed.__contains__,
                thread=task.thread,
                earlier=earlier_arguments(task.calls, workspace_context.catalogue),
                on_phase=on_phase,
                evaluator=task.evaluator,
            )
        case AnswerResult(answer=answer):
            scope = RecordScope(workspace_context.kinds, actor, request.surface)
            earlier = earlier_arguments(task.calls, workspace_context.catalogue)
            query = Query(request, scope, thread=task.thread, earlier=earlier, on_phase=on_phase)
            return await Answerer(query, workspace_context.catalogue, actor, request.surface).answer(answer)
        case NoneResult() as none:
            return explain_nothing_planned(none, workspace_context.catalogue, actor, request.surface)
    raise AssertionError(proposal.result)


def is_too_complex(resolved: Resolved) -> bool:
    return isinstance(resolved.resolution, Abstain) and resolved.resolution.reason == "too_complex"


def make_too_costly(resolver: str) -> Resolved:
    """What stands in the place of a resolution that cost too much."""
    abstain = Abstain(reason="too_complex", detail=TOO_COSTLY)
    return Resolved(
        resolution=abstain, trace=Trace(resolver=resolver, attempts=0, notes=("the budget of CPU was spent",))
    )


_STRAY: Final = "That names an action which is not among those allowed here."
