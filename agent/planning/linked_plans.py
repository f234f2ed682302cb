"""Linked plans: the one action that has a place for all records that a request names, found in live data, and for every
value that was typed. Tried where no action was understood.

Words without a verb of the action may only tell something, so each must be a value of the plan, a name of its records
or a word of its action, and the plan waits for a person. One that can't be undone is asked about.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from agent.extract.time import dates
from agent.pipeline import Abstain, Answer, Plan, Question, RecordSource
from agent.planning.link_roles import Role, assign, assign_list, list_choices, split_list
from agent.planning.proposal import (
    BelongsTo,
    Call,
    Compare,
    Computed,
    Condition,
    Day,
    Find,
    PlanResult,
    Proposal,
    RecordArgument,
    StateIs,
    Words,
)
from agent.planning.quotes import find_places, walk
from agent.planning.record_links import RecordLink, find_links
from agent.planning.task import (
    Outcome,
    Task,
    ask_which,
    hold,
    hold_or_ask,
    is_not_found,
    list_planned_actions,
    tell_what_it_would_do,
)
from agent.planning.unread_words import hands_over, is_payment, list_unnamed, list_unread, names_deed, names_taking_away
from agent.planning.value_links import Read, link_members, read_values
from agent.resolve.rules.grammar.orders.action_words import ActionWords, read_action_words
from agent.validate.coverage.opposed_verbs import TAKING_AWAY
from agent.validate.questions import REST
from agent.validate.records.located import RecordScope
from core.errors import PlatformUnavailable
from language.stems import makes_anew, split_runs, stem, stem_text
from language.text import read_text, word_set
from registry.contract import Contract
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

ONLY_FIT: Final = "Your words don't name this action; it is the one that fits. Check that it is what you mean."
MOST_KINDS: Final = 12
MOST_OFFERS: Final = 40
"""Of larger registries those that share words with the request are tried."""
NEAREST: Final = 8
MOST_CHOICES: Final = 8
"""Ways to take a number for a record's or for a value."""
MOST_TRIED: Final = 6
"""Plans that are tried on live data."""
MOST_CHARACTERS: Final = 400
"""Of a request that is read once more."""
_OPEN: Final = frozenset({"unclear_action", "not_found", "missing"})
_ASKS: Final = word_set("is are was were do does did has have had can could will would shall should may might")
"""Words that begin a question."""
_OWNS: Final = re.compile(r"['’]s?(?!\w)")
_DATES: Final = frozenset({"date", "datetime"})
Validate = Callable[[Proposal], Awaitable[Outcome]]


async def plan_linked(task: Task, made: Outcome, read: Read, validate: Validate) -> Outcome:
    """The one plan that has a place for all words, held; the question which, if several have. ``made`` if it stands, if
    there is none, or if an action of another role has a place for all words, too. ``read`` reads a request among some
    offers, ``validate`` tries a proposal on live data."""
    text = task.request.text
    asks = "?" in text or not _ASKS.isdisjoint(word.casefold() for word in text.split()[:1])
    if task.request.answers or asks or len(text) > MOST_CHARACTERS or not _is_open(made):
        return made
    shortlist = task.workspace_context.shortlist(task.actor, task.request.surface)
    try:
        links = await find_links(text, _make_scope(task), _list_kinds(task, shortlist))
        found = await _list_readings(task, links, shortlist, read, _list_offered(made))
        closed = shortlist.closed is not None and await _list_readings(task, links, shortlist.closed, read)
        tried = [] if closed else [await validate(each) for each in found[:MOST_TRIED]]
    except PlatformUnavailable:
        return made
    whole = {
        tuple((step.action, *((each.param, repr(each.value)) for each in step.filled)) for step in plan.steps): each
        for each in tried
        if isinstance(plan := each.verdict, Plan) and len(plan.steps) == len(list_planned_actions(each))
    }
    plans = [each for each in whole.values() if _names_itself(each.verdict)] or [*whole.values()]
    if len(_list_offered(made)) < len(plans):
        unnamed = [_count_unnamed(task, each) for each in plans]
        plans = [each for each, number in zip(plans, unnamed, strict=True) if number == min(unnamed)]
    offers = isinstance(made.verdict, Question) and bool(made.verdict.candidates)
    planned = hold_or_ask(task, plans[0], ONLY_FIT) if len(plans) == 1 else made
    if len(plans) == 1 and not (offers and isinstance(planned.verdict, Question)):
        return planned
    if offers:
        return made
    if plans:
        return ask_which(task, [name for each in plans for name in list_planned_actions(each)], made)
    least = 1 if isinstance(made.verdict, Abstain) else 2
    asked = [each for each in tried if isinstance(each.verdict, Question) and _offers_records(each.verdict, least)]
    asked.sort(key=lambda each: is_not_found(each.verdict))
    return hold(asked[0], ONLY_FIT) if len({list_planned_actions(each) for each in asked}) == 1 else made


def _list_offered(made: Outcome) -> list[str]:
    asked = made.verdict
    return [each.id for each in asked.candidates] if isinstance(asked, Question) and asked.slot == "action" else []


def _offers_records(asked: Question, least: int) -> bool:
    """Whether a question offers as many records, or asks whether that is meant which it says."""
    return len(asked.candidates) >= (1 if asked.slot == REST else least)


async def preview_offered(task: Task, made: Outcome, plan: Callable[[Task], Awaitable[Outcome]]) -> Outcome:
    """A question whether one action is meant, with what it would do. ``plan`` plans a task anew."""
    asked = made.verdict
    unread = made.resolved is not None and isinstance(made.resolved.resolution, Abstain)
    if task.request.answers or unread or not isinstance(asked, Question) or asked.code not in _OPEN:
        return made
    if asked.slot != "action" or len(asked.candidates) != 1 or len(task.request.text) > MOST_CHARACTERS:
        return made
    chosen = Answer(slot="action", choice=asked.candidates[0].id, text="")
    other = await plan(replace(task, request=task.request.model_copy(update={"answers": (chosen,)})))
    return tell_what_it_would_do(made, other)


def _is_open(made: Outcome) -> bool:
    """Whether nothing was planned because no action, or no record for it, was understood."""
    match made.verdict:
        case Abstain(reason=reason):
            return reason == "nothing_fits"
        case Question(code=code, slot=slot):
            return code in _OPEN or slot == REST
    return False


def _make_scope(task: Task) -> RecordScope:
    return RecordScope(task.workspace_context.kinds, task.actor, task.request.surface)


def _list_kinds(task: Task, shortlist: Shortlist) -> list[RecordKind]:
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


def _count_unnamed(task: Task, planned: Outcome) -> int:
    """How many words of a request a plan needs neither for its values nor for what it is called: the plan with the
    fewest is meant."""
    contract = task.workspace_context.catalogue.get(list_planned_actions(planned)[0])
    if contract is None or planned.proposal is None:
        return len(task.request.text)
    return sum(1 for _ in list_unnamed(task, planned.proposal, contract))


def _names_itself(verdict: Any) -> bool:
    """Whether each record of a plan is named itself, and not by what it is of."""
    sources = (each.source for step in verdict.steps for each in step.filled)
    return not any(each.via for each in sources if isinstance(each, RecordSource))


async def _list_readings(
    task: Task, links: Sequence[RecordLink], shortlist: Shortlist, read: Read, offered: Collection[str] = ()
) -> list[Proposal]:
    """The calls in which every link has a role and every word a place, those first whose records are named
    themselves. ``offered`` are the actions that would be asked about."""
    text = task.request.text
    offers: Sequence[Offer] = shortlist.offers if links else ()
    if len(offers) > MOST_OFFERS:
        offers = [each.offer for each in shortlist.top(text, NEAREST)]
    made: list[tuple[int, int, Proposal]] = []
    said = {each: text[each.start : each.end] for each in links}
    # A number may name a record or be a value. So may a word of a closed list: "bath", of what is added.
    unsure = [
        each for each in links if not each.by_name or any(link_members(said[each], said[each], one) for one in offers)
    ]
    for those in itertools.islice(list_choices(links, unsure), MOST_CHOICES):
        masked = _mask(text, those)
        first, joined = split_list(text, those) or ((), ())
        for offer in offers if first else ():
            contract = task.workspace_context.catalogue.get(offer.name)
            roles = [*assign(task, contract, first)] if contract is not None else []
            words = read_action_words(offer, shortlist)
            if contract is None or not roles or not names_taking_away(task, contract, words):
                continue
            values = await read_values(task, offer, those, masked, read)
            if values is None and offer.name in offered:  # so little is said beside the name that it is read with it
                values = await read_values(task, offer, those, text, read)
            if values is None:
                continue
            deed = names_deed(contract, words, task, masked)
            told = deed or _tells_value(task, contract, values, masked)
            handed = hands_over(text)
            for each in roles:
                direct = sum(one.direct for one in each)
                every = assign_list(contract, those, each, joined)
                if not every or not _may_be_meant(contract, text, each, values, deed=deed):
                    continue
                meant = told or direct > 1 or (handed and direct and _takes_place(contract, each))
                proposal = _propose(task, contract, words, every, values, masked) if meant else None
                if proposal is not None:
                    made.append((-direct, len(each), proposal))
    return [each for _, _, each in sorted(made, key=lambda found: found[:2])]


def _takes_place(contract: Contract, roles: Sequence[Role]) -> bool:
    """Whether a record is named that takes the place of the one that another record has: its new driver."""
    return any(each.direct and contract.annotation(each.parameter).replaces for each in roles)


def _may_be_meant(
    contract: Contract, text: str, roles: Sequence[Role], values: Mapping[str, Any], *, deed: bool
) -> bool:
    """Whether an action may be meant without its verb: to delete somebody cancels nothing of theirs, and nothing new is
    made of one record and a day, unless that, its sort or ``deed`` is said: "Ada's visit to Friday" books no stay."""
    titled = stem_text(contract.title)
    if not TAKING_AWAY.isdisjoint(titled[:1]) and not any(each.direct for each in roles):
        return False
    if not makes_anew(contract.title):
        return True
    changed = any(isinstance(each, Computed) for each in walk(tuple(values.values())))
    listed = any("enum" in contract.properties[name] for name in values if name in contract.required)
    return not changed and (deed or listed or len(roles) > 1 or not {*titled[1:]}.isdisjoint(stem_text(text)))


def _mask(text: str, links: Sequence[RecordLink]) -> str:
    """The text with blanks in the place of the links and of an owner's s, so that each other word keeps its place."""
    for each in links:
        owns = _OWNS.match(text, each.end)
        end = owns.end() if owns is not None else each.end
        text = text[: each.start] + " " * (end - each.start) + text[end:]
    return text


def _tells_value(task: Task, contract: Contract, values: Mapping[str, Any], masked: str) -> bool:
    """Whether values alone tell the action: no bare number beside a name, and no money that anybody may give or get."""
    if any(is_payment(task, contract, name) for name in values):
        return False
    places = find_places(tuple(values.values()), task.request)
    said = [word for word, start, _ in split_runs(masked) if not any(first <= start < last for first, last in places)]
    quoted = "".join(task.request.text[first:last] for first, last in places)
    return bool(values) and (bool(said) or not quoted.strip().isdigit())


def _propose(
    task: Task,
    contract: Contract,
    words: ActionWords,
    every: Sequence[Sequence[Role]],
    values: Mapping[str, Any],
    masked: str,
) -> Proposal | None:
    """The calls. A day that no parameter takes tells which record is meant. None if words are left."""
    taken = [(each.link.start, each.link.end) for roles in every for each in roles]
    taken += find_places(tuple(values.values()), task.request)
    day = _find_day(task, taken)
    kinds = (contract.annotation(each.parameter).record for each in every[0])
    told = {kind: _find_states(task, kind, masked, taken) for kind in kinds if kind is not None}
    calls: list[Call] = []
    for roles in every:
        named = {
            parameter: _find_record(
                task, kind, [each for each in roles if each.parameter == parameter], told[kind], day
            )
            for parameter in dict.fromkeys(each.parameter for each in roles)
            if (kind := contract.annotation(parameter).record) is not None
        }
        calls.append(Call(action=contract.name, arguments={**values, **named}))
    proposal = Proposal(result=PlanResult(calls=tuple(calls)))
    states = [word for each in told.values() for state in each for word in state.state.split()]
    return proposal if not any(list_unread(task, proposal, contract, words, states)) else None


def _find_record(
    task: Task, kind: str, roles: Sequence[Role], told: tuple[StateIs, ...], day: Day | None
) -> RecordArgument:
    """The record that has these roles for one parameter, in one of the states ``told`` and on a ``day``."""
    text = task.request.text
    said = [Words(text=text[each.link.start : each.link.end], start=each.link.start) for each in roles]
    name = next((words for each, words in zip(roles, said, strict=True) if each.direct), None)
    where: tuple[Condition, ...] = tuple(
        BelongsTo(owner=Find(record=each.kind, said=words))
        for each, words in zip(roles, said, strict=True)
        if not each.direct
    )
    where += told
    dated = _find_dated(task, kind) if day is not None else None
    if day is not None and dated is not None:
        where = (*where, Compare(field=dated, op="during", value=day))
    return RecordArgument(reference=Find(record=kind, said=name, where=where))


def _find_day(task: Task, taken: Collection[tuple[int, int]]) -> Day | None:
    """A day that is no value."""
    text, now = task.request.text, task.request.now
    for each in dates.find(read_text(text), now.astimezone(task.request.zone).date()):
        if (
            each.last is None
            and not each.now
            and not any(each.start < end and start < each.end for start, end in taken)
        ):
            return Day(date=each.day.isoformat(), quote=Words(text=text[each.start : each.end], start=each.start))
    return None


def _find_dated(task: Task, name: str) -> str | None:
    """The field that tells when a record is: the one that such records are ordered by, or the only day."""
    kind = task.workspace_context.kinds.get(name)
    days = [each.name for each in kind.fields if each.type in _DATES] if kind is not None else []
    if kind is not None and kind.order in days:
        return kind.order
    return days[0] if len(days) == 1 else None


def _find_states(task: Task, name: str, masked: str, taken: Collection[tuple[int, int]]) -> tuple[StateIs, ...]:
    """The states by which a record is told: "the overdue one". One of a value or of what was done tells none."""
    kind = task.workspace_context.kinds.get(name)
    if kind is None:
        return ()
    nouns = {"one", "ones"} | {stem(noun.split()[-1]) for noun in kind.nouns}
    pairs = itertools.pairwise(split_runs(masked))
    said = {
        word.casefold()
        for (word, start, _), (behind, _, _) in pairs
        if stem(behind.casefold()) in nouns and not any(first <= start < last for first, last in taken)
    }
    return tuple(StateIs(state=each) for each in kind.states if each in said)
