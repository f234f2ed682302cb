"""Linked plans: the one action that has a place for all records that a request names, found in live data, and for every
value that was typed. Tried where no action was understood.

Words without a verb of the action may only tell something, so each must be a value of the plan, a name of its records
or a word of its action, and the plan waits for a person. One that can't be undone is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

from agent.pipeline import Abstain, Answer, Ask, Plan, Question, Refusal
from agent.planning.acts_on_several import plan_several
from agent.planning.answers_for_model import asks_for_text
from agent.planning.linked_calls import make_scope
from agent.planning.linked_readings import list_offers, list_readings
from agent.planning.linked_texts import find_text_name, list_text_calls, sends
from agent.planning.linked_values import Read, add_reason, has_bare_sum, mask, names_value
from agent.planning.proposal import Proposal
from agent.planning.quotes import find_places
from agent.planning.record_links import MOST_LINKS, RecordLink, find_first_links, is_short
from agent.planning.task import (
    Outcome,
    Task,
    ask_which,
    hold,
    hold_for_words,
    hold_or_ask,
    is_not_found,
    list_planned_actions,
    names_itself,
)
from agent.planning.told_clauses import list_tellings
from agent.planning.told_records import find_dates, leads_to_day
from agent.planning.unread_words import names_action
from agent.planning.wished_deeds import blank_asking, find_asked
from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.grammar.orders.colon_texts import TITLING
from agent.validate.questions import REST, preview_steps
from core.errors import PlatformUnavailable
from language.stems import MAKING, makes_anew, split_runs, stem
from language.text import read_text, word_set
from registry.contract import Risk
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

ONLY_FIT: Final = "Your words don't name this action; it is the one that fits. Check that it is what you mean."
FOUND: Final = "It was found by the names in your words. Check that it is the one you mean."
MOST_KINDS: Final = 12
MOST_TRIED: Final = 6
"""Plans that are tried on live data."""
MOST_CHARACTERS: Final = 400
"""Of a request that is read once more."""
_OPEN: Final = frozenset({"unclear_action", "not_found", "missing"})
_SPOKEN_OF: Final = word_set("it him her them this that those these")
QUESTIONS: Final = word_set("what which who whose whom when where why how")
_SPEAKERS: Final = word_set("me us")
"""Who is told something in "remind me that …": nobody else is."""
_INTRODUCING: Final = TITLING | {"that"}
"""What introduces a text that was read, but for what its writer shall do with it: "saying it is shut, in brief"."""
_NEW: Final = MAKING | {"new", "another"}
_OWNED: Final = re.compile(r"['’]s(?!\w)")
_OPENING: Final = 3
_ASKS: Final = word_set("is are was were do does did has have had can could will would shall should may might")
"""Words that begin a question."""
Validate = Callable[[Proposal], Awaitable[Outcome]]


async def plan_linked(task: Task, made: Outcome, read: Read, validate: Validate) -> Outcome:
    """The one plan that has a place for all words, held; the question which, if several have. ``made`` if it stands, if
    there is none, or if an action of another role has a place for all words, too. What is only told beside an order is
    shown on its card. ``read`` reads a request among some offers, ``validate`` tries a proposal on live data."""
    made = hold(made, ONLY_FIT) if isinstance(made.verdict, Plan) and is_open(task, made) else made
    text = blank_asking(task.request.text)
    if (
        task.request.answers
        or asks_something(task.request.text)
        or len(text) > MOST_CHARACTERS
        or not _may_be_linked(task, made)
    ):
        return made
    task = read_as(task, text)
    shortlist = task.workspace_context.shortlist(task.actor, task.request.surface)
    try:
        first = await find_first_links(mask(text, find_dates(task)), make_scope(task), list_kinds(task, shortlist))
        links = first if is_short(text) and len(first) <= MOST_LINKS else ()
        planned = await _plan_links(task, made, links, shortlist, read, validate)
        planned = await _plan_text(task, made, first, shortlist, read, validate) if planned is made else planned
        if planned is made and is_open(task, made):
            offers = list_offers(text, shortlist)
            planned = await plan_several(task, made, first, offers, shortlist, read, validate, ONLY_FIT)
        if planned is not made:
            return planned
        for untold, told in list_tellings(text, [(each.start, each.end) for each in links if each.by_name]):
            kept = [each for each in links if untold[each.start : each.end].strip()]

            async def explained(proposal: Proposal, told: Sequence[tuple[int, int]] = told) -> Outcome:
                return await validate(add_reason(task, proposal, told))

            planned = await _plan_links(read_as(task, untold), made, kept, shortlist, read, explained)
            if planned is not made and (
                isinstance(planned.verdict, Plan) or getattr(planned.verdict, "slot", None) == REST
            ):
                used = find_places(planned.proposal, task.request)
                left = [text[start:end] for start, end in told if (start, end) not in used]
                return hold_for_words(planned, left) if left else planned
    except PlatformUnavailable:
        return made
    return made


def asks_something(said: str) -> bool:
    """Whether words ask a question, and not whether somebody may do something."""
    text = blank_asking(said)
    return not find_asked(said) and ("?" in text or text.casefold().partition(" ")[0] in _ASKS)


def read_as(task: Task, text: str) -> Task:
    return replace(task, request=task.request.model_copy(update={"text": text}))


def _may_be_linked(task: Task, made: Outcome) -> bool:
    """Whether no plan was made that names of live data may bring. Which of several was asked about may be said, and
    what is spoken of in a thread ("put it in the attic") is no name."""
    if task.request.thread and not _SPOKEN_OF.isdisjoint(task.request.text.casefold().split()):
        return False
    asked = made.verdict if isinstance(made.verdict, Question) else None
    named = asked is not None and asked.code in ("ambiguous", "unreadable", "missing")
    return asked.slot != "action" if asked is not None and named else is_open(task, made)


async def _plan_links(
    task: Task, made: Outcome, links: Sequence[RecordLink], shortlist: Shortlist, read: Read, validate: Validate
) -> Outcome:
    """The plan, the question, or ``made``."""
    found = await list_readings(task, links, shortlist, read, _list_offered(made))
    closed = shortlist.closed is not None and await list_readings(task, links, shortlist.closed, read)
    tried = [] if closed else [await validate(each) for each in found[:MOST_TRIED]]
    whole = {
        tuple((step.action, *((each.param, repr(each.value)) for each in step.filled)) for step in plan.steps): each
        for each in tried
        if isinstance(plan := each.verdict, Plan) and len(plan.steps) == 1
    }
    plans = [each for each in whole.values() if names_itself(each.verdict)]
    bare = any(has_bare_sum(task, each.verdict) for each in plans)  # "make it 9" may as well count something
    plans = plans if plans and not bare else [*whole.values()]
    plans = [each for each in plans if names_value(task, list_planned_actions(each))] or plans
    named = len(plans) == 1 and names_action(task, list_planned_actions(plans[0])[0], shortlist)
    planned = hold(plans[0], FOUND) if named else hold_or_ask(task, plans[0], ONLY_FIT) if len(plans) == 1 else made
    if (
        not tried
        and not closed
        and (isinstance(made.verdict, Abstain) or getattr(made.verdict, "slot", "") == "action")
    ):
        needing = await list_readings(task, links, shortlist, read, lacking=True)
        tried = [await validate(each) for each in needing[:MOST_TRIED]]
        needed = [each for each in tried if isinstance(each.verdict, Question) and each.verdict.code == "missing"]
        return (
            hold(needed[0], ONLY_FIT) if len({list_planned_actions(each) for each in tried}) == 1 and needed else made
        )
    asked_before = isinstance(made.verdict, Question) and (made.verdict.candidates or made.verdict.slot == REST)
    if asked_before and not isinstance(planned.verdict, Plan):
        return made
    if isinstance(made.verdict, Question) and made.verdict.code == "ambiguous":
        same = list_planned_actions(planned) == list_planned_actions(made)
        words = (len(task.request.text[each.start : each.end].split()) for each in links if each.by_name)
        return planned if sum(words) > 1 and (same or names_itself(planned.verdict)) else made
    opened = is_open(task, made)
    if planned is not made and (opened or isinstance(planned.verdict, Plan)):
        return planned
    if plans and opened:
        return ask_which(task, [name for each in plans for name in list_planned_actions(each)], made)
    least = 1 if isinstance(made.verdict, Abstain) else 2
    questions = [(each, each.verdict) for each in tried if isinstance(each.verdict, Question)]
    questions = [(each, one) for each, one in questions if opened or one.slot == REST]
    asked = [each for each, one in questions if len(one.candidates) >= (1 if one.slot == REST else least)]
    asked.sort(key=lambda each: is_not_found(each.verdict))
    asked = asked or [each for each in tried if opened and isinstance(each.verdict, Refusal)]
    return hold(asked[0], ONLY_FIT) if len({list_planned_actions(each) for each in asked}) == 1 else made


async def _plan_text(
    task: Task, made: Outcome, links: Sequence[RecordLink], shortlist: Shortlist, read: Read, validate: Validate
) -> Outcome:
    """The plan of the one action whose text is what the words leave over, or the question for whom it is. ``made`` if
    there is none, or if it asks about words. A text that was introduced and not taken is none to send."""
    question = made.verdict if isinstance(made.verdict, Question) else None
    catalogue = task.workspace_context.catalogue
    if question is not None and question.slot == REST:
        return made
    opening = [each.low for each in read_text(task.request.text).tokens][:_OPENING]
    if not {*opening[:1]}.isdisjoint(QUESTIONS) or not _SPEAKERS.isdisjoint(opening):
        return made
    offers = list_offers(task.request.text, shortlist)
    introduced = ":" in task.request.text or not _INTRODUCING.isdisjoint(task.request.text.casefold().split())
    if introduced and question is not None and asks_for_text(question.slot, made.proposal, catalogue):
        offers = [each for each in offers if not sends(each)]
    found, lacking = await list_text_calls(task, links, offers, shortlist, read)
    tried = [await validate(each) for each in found[:MOST_TRIED]]
    plans = [each for each in tried if isinstance(each.verdict, Plan)]
    actions = dict.fromkeys(list_planned_actions(each) for each in tried)
    if len(actions) > 1:
        return ask_which(task, [name for each in actions for name in each], made)
    if plans:
        named = names_action(task, list_planned_actions(plans[0])[0], shortlist)
        return hold(plans[0], FOUND if named else ONLY_FIT)
    if tried:
        return tried[0]
    contracts = [each for name in list_planned_actions(made) if (each := catalogue.get(name)) is not None]
    beside = question is not None and question.code == "not_found" and question.param is not None
    beside = beside and not any(question.param in each.required for each in contracts if question is not None)
    asked = [await validate(each) for each in lacking] if beside or isinstance(made.verdict, Abstain) else []
    return next((each for each in asked if isinstance(each.verdict, Question)), made)


def _list_offered(made: Outcome) -> list[str]:
    asked = made.verdict
    return [each.id for each in asked.candidates] if isinstance(asked, Question) and asked.slot == "action" else []


async def preview_offered(task: Task, made: Outcome, plan: Callable[[Task], Awaitable[Outcome]]) -> Outcome:
    """A question whether one action is meant, with what it would do. What was read in full without doubt is a plan that
    waits instead, unless it can't be undone. ``plan`` plans a task anew."""
    asked, meant = made.verdict, made.resolved.resolution if made.resolved is not None else None
    if task.request.answers or isinstance(meant, Abstain) or not isinstance(asked, Question) or asked.code not in _OPEN:
        return made
    if asked.slot != "action" or len(asked.candidates) != 1 or len(task.request.text) > MOST_CHARACTERS:
        return made
    chosen = Answer(slot="action", choice=asked.candidates[0].id, text="")
    other = await plan(replace(task, request=task.request.model_copy(update={"answers": (chosen,)})))
    if not isinstance(other.verdict, Plan):
        return made
    sure = isinstance(meant, Ask) and meant.likeliest is not None and begins_like_an_order(task.request.text)
    if sure and all(step.risk is not Risk.IRREVERSIBLE for step in other.verdict.steps):
        return hold(other, ONLY_FIT)
    text = f"{asked.text.removesuffix('?')}: {preview_steps(other.verdict.steps)}?"
    return replace(made, verdict=asked.model_copy(update={"text": text}))


def is_open(task: Task, made: Outcome) -> bool:
    """Whether nothing was planned because no action, or no record for it, was understood."""
    match made.verdict:
        case Abstain(reason=reason):
            return reason == "nothing_fits"
        case Question(code="missing", param=str(name)):
            actions = (task.workspace_context.catalogue.get(each) for each in list_planned_actions(made))
            called = [each for each in actions if each is not None]  # something new may be there already by its name
            return any(each.annotation(name).record is not None or makes_anew(each.title) for each in called)
        case Question(code=code, slot=slot):
            return code in _OPEN or slot == REST
        case Plan(steps=(step,)) if makes_anew(step.title) and is_about_what_is_there(task, step.action):
            return not made.withdrawal.runs and not begins_like_an_order(task.request.text)
    return False


def is_about_what_is_there(task: Task, action: str) -> bool:
    """Whether words change something rather than making a new one, although they may say either: "instead", "bring it
    on Friday", "Ada's visit", "the visit to Friday". In the text of a new thing any words may stand."""
    text, offer = task.request.text, task.workspace_context.shortlist(task.actor, task.request.surface).get(action)
    if offer is not None and find_text_name(offer) is not None:
        return False
    said = {word.casefold() for word, _, _ in split_runs(text)}
    if not _NEW.isdisjoint(map(stem, said)):
        return False
    return "instead" in said or not _SPOKEN_OF.isdisjoint(said) or _OWNED.search(text) is not None or leads_to_day(task)


def list_kinds(task: Task, shortlist: Shortlist) -> list[RecordKind]:
    """The kinds of record that the actions take, and those that these belong to."""
    kinds = task.workspace_context.kinds
    taken = [offer.annotation(name).record for offer in shortlist.offers for name in offer.properties]
    every = [kind for name in dict.fromkeys(taken) if name and (kind := kinds.get(name)) is not None]
    for kind in every:  # which grows meanwhile
        above = (kinds.get(each.kind) for each in kind.relations)
        every += [each for each in above if each is not None and each not in every]
        if len(every) >= MOST_KINDS:
            break
    return [each for each in every if any(field.search for field in each.fields)][:MOST_KINDS]
