"""The one planning path: resolves a request, validates, tries alternatives, and plans, asks, answers or refuses.

Console, API, automations, evals and the command line all use it, so what is measured is what is done.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from agent.pipeline import (
    Abstain,
    Ask,
    Calls,
    Draft,
    PhaseCallback,
    Plan,
    Proposed,
    Question,
    Refusal,
    Reply,
    Resolved,
    ignore_phase,
)
from agent.planning.answers_for_model import (
    explain_no_text,
    find_replaced_words,
    is_for_the_model,
    list_offered_records,
    take_up,
)
from agent.planning.asked_anew import list_named
from agent.planning.fallback_answers import tell_known
from agent.planning.linked_plans import ONLY_FIT
from agent.planning.named_record import ask_about_record, tell_of_linked
from agent.planning.no_plan_messages import NO_ACTION, explain_nothing_planned, name_left_over
from agent.planning.offline_readings import read_on
from agent.planning.open_choice import choose_by_records
from agent.planning.proposal import AnswerResult, NoneResult, PlanResult, Proposal, UndoResult
from agent.planning.reasons_to_wait import let_wait
from agent.planning.rest_of_plan import offer_rest
from agent.planning.reversal import aim_correction, correct_calls, undo_calls
from agent.planning.second_reading import TAKES_BACK, Around, read_again
from agent.planning.silent_connections import answer_from_others
from agent.planning.small_model import READ_BY_MODEL_ALONE, is_too_complex, weigh
from agent.planning.small_talk import NOTHING_WAITS, settle_small_talk
from agent.planning.task import (
    CORRECTED,
    ON_TOP,
    Outcome,
    Task,
    Verdict,
    Withdrawal,
    ask_which,
    counts_only,
    finds_nothing,
    hold,
    hold_titled,
    is_harmless,
    is_not_found,
    list_planned_actions,
    names_by_number,
    names_its_records,
    passes_over,
)
from agent.planning.thread import list_earlier_arguments
from agent.planning.typed_answers import settle_answer
from agent.planning.unchanged_calls import leave_out_unchanged
from agent.planning.unplaced_answers import TOLD, UNPLACED, place_answer
from agent.query.answers import Answerer
from agent.query.references import Query
from agent.resolve.resolver import MODEL, Resolver
from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.resolver import BY_GRAMMAR, RuleResolver
from agent.runs.answer_phrases import is_cancellation
from agent.validate.plan_builder import validate
from agent.validate.proposed import plan_proposal
from agent.validate.questions import join, quote_words
from agent.validate.records.located import RecordScope
from core.errors import ModelMisbehaved, ModelUnavailable, PlatformUnavailable
from executors.http.read_memo import ReadMemo, use_read_memo
from prompts import is_plain
from registry.offers.shortlist import Shortlist

CORRECTED_LATE: Final = "It corrects what was decided already, so it waits for a yes."
_STRAY: Final = "That names an action which is not among those allowed here."
NOT_ALL_SEEN: Final = "Not all records could be looked through; check that this is the one you mean."


async def propose(
    task: Task, resolver: Resolver, on_phase: PhaseCallback = ignore_phase, around: Around | None = None
) -> Outcome:
    """Turns a request into a plan, a question, an answer or a refusal. ``around`` wraps the call of the resolver.
    Raises PlatformUnavailable, ModelUnavailable or ModelMisbehaved."""

    def read_by_rules(own: Task) -> Awaitable[Outcome]:
        return _propose(own, RuleResolver(), on_phase, around)

    async def settle(asked: Task) -> Outcome:
        unplaced = any(each.slot in (UNPLACED, TOLD) for each in asked.request.answers)
        made = await (place_answer(asked, read_by_rules) if unplaced else _propose(asked, resolver, on_phase, around))
        asked, made = await settle_answer(asked, made, read_by_rules)
        made = await offer_rest(asked, made, lambda rest: _validate(asked, made.resolved, rest, on_phase))
        return let_wait(asked, leave_out_unchanged(asked, await tell_known(asked, made)))

    with use_read_memo(ReadMemo()):
        try:
            return settle_small_talk(task, await settle(task))
        except PlatformUnavailable as error:
            return await answer_from_others(task, error, settle)


async def _propose(task: Task, resolver: Resolver, on_phase: PhaseCallback, around: Around | None) -> Outcome:
    if task.proposal is not None:
        outcome = await _validate(task, None, task.proposal, on_phase)
        return await _read_answers(task, task.proposal, outcome, resolver, on_phase, around)
    if task.drafts:
        verdict, took_ms = await _judge(task, task.drafts, on_phase)
        return Outcome(verdict, None, task.drafts, took_ms=took_ms)
    on_phase("choosing")
    resolved = await (around(resolve(task, resolver)) if around is not None else resolve(task, resolver))
    made = await _plan_resolved(task, resolved, on_phase)
    made = await read_again(task, made, resolver, around, lambda read: _validate(task, None, read, on_phase))

    async def plan(anew: Task) -> Outcome:
        return await _plan_resolved(anew, await resolve(anew, resolver), on_phase)

    if BY_GRAMMAR in resolved.trace.notes:
        read = partial(resolver.resolve, kinds=tuple(task.workspace_context.kinds))
        return await tell_of_linked(
            task, await read_on(task, made, plan, read, lambda own, it: _validate(own, resolved, it, on_phase))
        )
    if resolved.by_rules is None:  # the plain form: words of a thread or after an answer, which don't stand alone
        made = await choose_by_records(task, made, lambda one: _propose(one, RuleResolver(), on_phase, around), plan)
        return hold(made, READ_BY_MODEL_ALONE) if is_plain(resolved.trace.prompt_version or "") else made
    return await weigh(
        task,
        resolved,
        made,
        lambda read: _plan_resolved(task, read, on_phase),
        lambda action: plan(replace(task, only=frozenset((action,)))),
    )


async def _plan_resolved(task: Task, resolved: Resolved, on_phase: PhaseCallback) -> Outcome:
    made = await _plan_titled(task, resolved, on_phase)
    if resolved.named is None or isinstance(made.verdict, Plan | Reply):
        return made
    named = resolved.model_copy(update={"resolution": resolved.named, "named": None})
    other = await _plan_titled(task, named, on_phase)
    return other if isinstance(other.verdict, Plan | Reply) else made


async def _plan_titled(task: Task, resolved: Resolved, on_phase: PhaseCallback) -> Outcome:
    made = await _plan_as_read(task, resolved, on_phase)
    proposed = resolved.resolution
    if not isinstance(proposed, Proposed):
        return made
    made = hold(made, ONLY_FIT if proposed.unnamed else ON_TOP) if proposed.unnamed or proposed.repeats else made
    planned = isinstance(made.verdict, Plan)
    for titled in proposed.titled:
        if (planned and not passes_over(proposed.proposal, titled)) or names_by_number(made, titled, proposed.proposal):
            continue
        other = await _validate(task, resolved, titled, on_phase)
        if isinstance(other.verdict, Plan) and names_its_records(other.verdict, titled):
            return hold_titled(other, other.verdict, titled, proposed.proposal)
        if planned:
            return ask_which(task, [*list_planned_actions(other), *list_planned_actions(made)], other)
        made = other if counts_only(made, other, titled, proposed.proposal) else made
    return made


async def _plan_as_read(task: Task, resolved: Resolved, on_phase: PhaseCallback) -> Outcome:
    match resolved.resolution:
        case Proposed(proposal=proposal, instead=(_, *_) as instead):
            sure = resolved.resolution.sure
            return await _plan_whichever_works(task, resolved, (proposal, *instead), on_phase, sure=sure)
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
        case Ask() if not task.request.answers and is_cancellation(task.request.text):
            return Outcome(Abstain(reason="nothing_fits", detail=NOTHING_WAITS), resolved)
        case Ask(question=question, drafts=drafts, confidence=confidence, likeliest=likeliest):
            if likeliest is not None and is_not_found((await _validate(task, resolved, likeliest, on_phase)).verdict):
                return Outcome(Abstain(reason="nothing_fits", detail=NO_ACTION), resolved)
            if resolved.resolution.lacks and (missing := await _ask_for_missing(task, drafts, on_phase)) is not None:
                question = missing
            return Outcome(question, resolved, drafts, confidence=confidence)
        case Abstain() as abstain:
            asked = not task.request.answers
            for named, fits in list_named(task, abstain) if asked else ():
                told = await _validate(task, resolved, named, on_phase)
                if fits(told.verdict):
                    return told
            return Outcome(await ask_about_record(task, abstain) if asked else abstain, resolved)
    raise AssertionError(resolved.resolution)


async def _read_answers(
    task: Task, proposal: Proposal, outcome: Outcome, resolver: Resolver, on_phase: PhaseCallback, around: Around | None
) -> Outcome:
    """Has the model read a typed answer that code can't read, together with the request. The question stands if the
    model can't be asked or says nothing that can be planned."""
    request, catalogue = task.request, task.workspace_context.catalogue
    edited = bool(task.must_wait)
    no_text = None if edited else explain_no_text(request.answers, outcome.verdict, proposal, catalogue)
    as_it_stands = replace(outcome, verdict=no_text) if no_text is not None else outcome
    fit = is_for_the_model(request.answers, outcome.verdict, proposal, catalogue, edited=edited)
    if resolver.name != MODEL or not fit:
        again = partial(_validate, task, None, on_phase=on_phase)
        return await read_again(task, as_it_stands, resolver, around, again)
    question = outcome.verdict if isinstance(outcome.verdict, Question) else None
    offered = list_offered_records(question, proposal, catalogue) if question is not None else {}
    told = tuple(f"{name} ({len(keys)} of kind {keys[0][0]})" for name, keys in offered.items())
    answers = take_up(request.answers)
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
        return as_it_stands
    if not isinstance(resolved.resolution, Proposed) or resolved.trace.model is None:
        return as_it_stands
    understood = resolved.resolution.proposal
    understood = understood.model_copy(update={"replaced": find_replaced_words(request.answers, proposal)})
    made = await _validate(anew, resolved, understood, on_phase)
    made = await read_again(anew, made, resolver, around, lambda read: _validate(anew, None, read, on_phase))
    if is_plain(resolved.trace.prompt_version or ""):
        made = hold(made, READ_BY_MODEL_ALONE)
    return replace(made, answers=answers, records={**offered, **made.records})


async def resolve(task: Task, resolver: Resolver) -> Resolved:
    """Resolves what a request means, among the actions of its actor. An action that the person chose when asked is
    certain: only its arguments are read. Raises ModelUnavailable or ModelMisbehaved."""
    workspace_context, request = task.workspace_context, task.request
    shortlist = workspace_context.shortlist(task.actor, request.surface)
    shortlist = _narrow(shortlist, task.only) if task.only is not None else shortlist
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
    kept = (each for each in shortlist.offers if each.name in names)
    return Shortlist([*kept], role=shortlist.role, others=shortlist.others)


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


async def _ask_for_missing(task: Task, drafts: tuple[Draft, ...], on_phase: PhaseCallback) -> Question | None:
    """The question about the first missing value that an action requires. It names the action."""
    verdict, _ = await _judge(task, drafts, on_phase)
    contract = task.workspace_context.catalogue.get(drafts[0].action)
    if contract is None or not isinstance(verdict, Question) or verdict.code != "missing":
        return None
    return verdict.model_copy(update={"text": f"{quote_words(contract.title)}: {verdict.text}"})


async def _plan_whichever_works(
    task: Task, resolved: Resolved, proposals: Sequence[Proposal], on_phase: PhaseCallback, *, sure: bool
) -> Outcome:
    """Chooses among plans that the same words express: the one that works on the records. If none or several do, asks
    which. ``sure`` as in ``Proposed``."""
    made, failed = list[Outcome](), None
    for each in proposals:
        try:
            made.append(await _validate(task, resolved, each, on_phase))
        except PlatformUnavailable as error:  # an unavailable platform doesn't matter if only a guess needs it
            failed = failed or error
    working = [each for each in made if isinstance(each.verdict, Plan)]
    standing = [each for each in made if not finds_nothing(each.verdict)]
    for some in (working, standing, [each for each in made if not (failed or is_not_found(each.verdict))]):
        if len(some) == 1 and (sure or is_harmless(task, some[0])):
            one = some[0] if sure or begins_like_an_order(task.request.text) else hold(some[0], ONLY_FIT)
            return hold(one, NOT_ALL_SEEN) if failed is not None else one
    if failed is not None and not standing:
        raise failed
    if len({tuple(list_planned_actions(each)) for each in made}) == 1 and not standing:
        return made[0]  # only the records are open, and none fit
    made = made if sure else working or standing or made
    return ask_which(task, [name for each in made for name in list_planned_actions(each)], made[0])


async def _validate(task: Task, resolved: Resolved | None, proposal: Proposal, on_phase: PhaseCallback) -> Outcome:
    began = time.perf_counter()
    match proposal.result:
        case UndoResult(calls=handles):
            outcome = await _undo(task, proposal, handles, on_phase)
        case PlanResult(replaces=(_, *_) as replaced):
            outcome = await _correct(task, proposal, replaced, on_phase)
        case _:
            outcome = Outcome(await _judge_proposal(task, proposal, on_phase), proposal=proposal)
    return replace(outcome, resolved=resolved, took_ms=(time.perf_counter() - began) * 1000)


async def _correct(task: Task, proposal: Proposal, replaced: Sequence[str], on_phase: PhaseCallback) -> Outcome:
    """A plan that replaces waiting calls. Their runs are withdrawn once it stands, and it waits itself."""
    verdict = await _judge_proposal(task, proposal, on_phase)
    if not isinstance(verdict, Plan):
        return Outcome(verdict, proposal=proposal)
    correction = correct_calls(aim_correction(replaced, task.calls, verdict), task.calls)
    withdrawal = Withdrawal(correction.supersedes, "Corrected")
    waits = (CORRECTED, *correction.told) if correction.supersedes else correction.told or (CORRECTED_LATE,)
    return Outcome(verdict, proposal=proposal, waits=waits, withdrawal=withdrawal)


async def _undo(task: Task, proposal: Proposal, handles: Sequence[str], on_phase: PhaseCallback) -> Outcome:
    """Undoes calls: withdraws those that wait, reverses done ones by calls that wait on a card, and reports the rest.

    The reversing plan is stored, so that a question about it can be answered.
    """
    undo = undo_calls(handles, task.calls, task.workspace_context.catalogue)
    withdrawal = Withdrawal(undo.withdraw, "Taken back")
    withdrawn = f"{join(undo.withdrawn, 'and')} was withdrawn; nothing was sent." if undo.withdrawn else ""
    told = tuple(filter(None, (withdrawn, *undo.stuck)))
    if not undo.calls:
        if undo.withdraw:
            reply = name_left_over(Reply(text=" ".join(told)), proposal, task.request)
            return Outcome(reply, proposal=proposal, withdrawal=withdrawal)
        detail = " ".join(told) or "There is nothing to take back here."
        return Outcome(Abstain(reason="nothing_fits", detail=detail), proposal=proposal)
    result = PlanResult(calls=undo.calls)
    reversing = Proposal(result=result, understood=proposal.understood, left_over=proposal.left_over)
    task = replace(task, thread={**task.thread, **undo.records})
    verdict = await _judge_proposal(task, reversing, on_phase)
    return Outcome(verdict, proposal=reversing, waits=(TAKES_BACK, *told), records=undo.records, withdrawal=withdrawal)


async def _judge_proposal(task: Task, proposal: Proposal, on_phase: PhaseCallback) -> Verdict:
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
                earlier=list_earlier_arguments(task.calls, workspace_context.catalogue),
                on_phase=on_phase,
                evaluator=task.evaluator,
            )
        case AnswerResult(answer=answer):
            scope = RecordScope(workspace_context.kinds, actor, request.surface)
            earlier = list_earlier_arguments(task.calls, workspace_context.catalogue)
            query = Query(request, scope, thread=task.thread, earlier=earlier, on_phase=on_phase)
            answered = await Answerer(query, workspace_context.catalogue, actor, request.surface).answer(answer)
            return name_left_over(answered, proposal, request)
        case NoneResult() as none:
            return explain_nothing_planned(none, workspace_context.catalogue, actor, request)
    raise AssertionError(proposal.result)
