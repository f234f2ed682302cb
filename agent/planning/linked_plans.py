"""Linked plans: the one action that has a place for all records that a request names, found in live data, and for every
value that was typed. Tried where no action was understood.

Words without a verb of the action may only tell something, so each must be a value of the plan, a name of its records
or a word of its action, and the plan waits for a person. One that can't be undone is asked about.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from agent.pipeline import Abstain, Answer, Ask, Plan, Question, Refusal
from agent.planning.linked_values import JOINED, Read, add_reason, mask, names_value, read_values, tells_value
from agent.planning.proposal import (
    BelongsTo,
    Call,
    Compare,
    Computed,
    Condition,
    Find,
    PlanResult,
    Proposal,
    RecordArgument,
    StateIs,
    Words,
)
from agent.planning.quotes import find_places, walk
from agent.planning.record_links import RecordLink, find_links, is_away, is_taken_off, link_members
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
from agent.planning.told_records import find_dated, find_dates, find_day, find_states, has_own_day
from agent.planning.unread_words import HANDING, list_unread, names_action, names_deed, names_taking_away
from agent.planning.wished_deeds import blank_asking, find_asked, find_taker, find_wish, list_wished
from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.grammar.orders.action_words import OWN, ActionWords, read_action_words
from agent.validate.coverage.opposed_verbs import GIVING_BACK, TAKING_AWAY
from agent.validate.questions import REST, preview_steps
from agent.validate.records.located import RecordScope
from core.errors import PlatformUnavailable
from language.stems import makes_anew, name_stems, stem_text
from language.text import word_set
from registry.contract import Contract, Risk
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

ONLY_FIT: Final = "Your words don't name this action; it is the one that fits. Check that it is what you mean."
FOUND: Final = "It was found by the names in your words. Check that it is the one you mean."
MOST_KINDS, MOST_OFFERS = 12, 40
"""Of larger registries those that share words with the request are tried."""
NEAREST: Final = 8
MOST_READINGS: Final = 24
"""Ways to give a request's links their roles in one action."""
MOST_CHOICES: Final = 8
"""Ways to take a number for a record's or for a value."""
MOST_TRIED: Final = 6
"""Plans that are tried on live data."""
MOST_CHARACTERS: Final = 400
"""Of a request that is read once more."""
_OPEN: Final = frozenset({"unclear_action", "not_found", "missing"})
_SPOKEN_OF: Final = word_set("it him her them this that those these")
_ASKS: Final = word_set("is are was were do does did has have had can could will would shall should may might")
"""Words that begin a question."""
Validate = Callable[[Proposal], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Role:
    """What a link is to a call: the record of ``parameter``, or what that record belongs to."""

    link: RecordLink
    kind: str
    parameter: str
    direct: bool


async def plan_linked(task: Task, made: Outcome, read: Read, validate: Validate) -> Outcome:
    """The one plan that has a place for all words, held; the question which, if several have. ``made`` if it stands, if
    there is none, or if an action of another role has a place for all words, too. What is only told beside an order is
    shown on its card. ``read`` reads a request among some offers, ``validate`` tries a proposal on live data."""
    text, asked = blank_asking(task.request.text), find_asked(task.request.text)
    asks = not asked and ("?" in text or text.casefold().partition(" ")[0] in _ASKS)
    if task.request.answers or asks or len(text) > MOST_CHARACTERS or not _may_be_linked(task, made):
        return made
    task = _read_as(task, text)
    shortlist = task.workspace_context.shortlist(task.actor, task.request.surface)
    try:
        links = await find_links(mask(text, find_dates(task)), _make_scope(task), _list_kinds(task, shortlist))
        planned = await _plan_links(task, made, links, shortlist, read, validate)
        if planned is not made:
            return planned
        for untold, told in list_tellings(text, [(each.start, each.end) for each in links if each.by_name]):
            kept = [each for each in links if untold[each.start : each.end].strip()]

            async def explained(proposal: Proposal, told: Sequence[tuple[int, int]] = told) -> Outcome:
                return await validate(add_reason(task, proposal, told))

            planned = await _plan_links(_read_as(task, untold), made, kept, shortlist, read, explained)
            if planned is not made and (
                isinstance(planned.verdict, Plan) or getattr(planned.verdict, "slot", None) == REST
            ):
                used = find_places(planned.proposal, task.request)
                left = [text[start:end] for start, end in told if (start, end) not in used]
                return hold_for_words(planned, left) if left else planned
    except PlatformUnavailable:
        return made
    return made


def _read_as(task: Task, text: str) -> Task:
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
    found = await _list_readings(task, links, shortlist, read, _list_offered(made))
    closed = shortlist.closed is not None and await _list_readings(task, links, shortlist.closed, read)
    tried = [await validate(each) for each in found[: 0 if closed else MOST_TRIED]]
    whole = {
        tuple((step.action, *((each.param, repr(each.value)) for each in step.filled)) for step in plan.steps): each
        for each in tried
        if isinstance(plan := each.verdict, Plan) and len(plan.steps) == 1
    }
    plans = [each for each in whole.values() if names_itself(each.verdict)] or [*whole.values()]
    plans = [each for each in plans if names_value(task, list_planned_actions(each))] or plans
    named = len(plans) == 1 and names_action(task, list_planned_actions(plans[0])[0], shortlist)
    planned = hold(plans[0], FOUND) if named else hold_or_ask(task, plans[0], ONLY_FIT) if len(plans) == 1 else made
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


def _list_offered(made: Outcome) -> list[str]:
    asked = made.verdict if isinstance(made.verdict, Question) and made.verdict.slot == "action" else None
    return [each.id for each in asked.candidates] if asked is not None else []


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
        case Plan(steps=(step,)) if "instead" in task.request.text.casefold().split() and makes_anew(step.title):
            return not begins_like_an_order(task.request.text)
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


async def _list_readings(
    task: Task, links: Sequence[RecordLink], shortlist: Shortlist, read: Read, offered: Collection[str] = ()
) -> list[Proposal]:
    """The calls in which every link has a role and every word a place, those first whose records are named
    themselves. ``offered`` are the actions that would be asked about."""
    text = task.request.text
    offers = [each for each in shortlist.offers if each.risk is not Risk.READ] if links else []
    if len(offers) > MOST_OFFERS:
        ranked = (each.offer for each in shortlist.top(text, len(shortlist)))
        likely = [each for each in ranked if each.risk is not Risk.READ]
        offers = likely[:NEAREST]
    made: list[tuple[tuple[int, int], Proposal]] = []
    wish = find_wish(text)
    # A number may name a record or be a value. So may a word of a closed list: "bath", of what is added.
    members = [
        each
        for each in links
        if (said := text[each.start : each.end]) and any(link_members(said, said, one) for one in offers)
    ]
    for those in itertools.islice(list_choices(links, members), MOST_CHOICES):
        masked = mask(text, [(each.start, each.end) for each in those])
        for offer in offers if those and not _is_list(text, those) else ():
            contract = task.workspace_context.catalogue.get(offer.name)
            roles = [*_assign(task, contract, those)] if contract is not None else []
            words = read_action_words(offer, shortlist)
            if contract is None or not roles or not names_taking_away(task, contract, words):
                continue
            values = await read_values(task, offer, those, masked, read)
            if values is None and offer.name in offered:  # so little is said beside the name that it is read with it
                values = await read_values(task, offer, those, text, read)
            if values is None:
                continue
            deed = names_deed(contract, words, task, masked)
            told = deed or tells_value(task, contract, values, masked)
            for each in roles:
                direct = sum(one.direct for one in each)
                if not _may_be_meant(contract, words, text, each, values, deed=deed):
                    continue
                handed = any(one.direct and contract.annotation(one.parameter).replaces for one in each)
                meant = told or direct > 1 or (handed and not HANDING.isdisjoint(text.casefold().split()))
                taker = find_taker(text, wish, _list_holders(task, contract, each, values)) if wish else 0
                if not taker and find_asked(text):
                    continue
                wished = list_wished(text, contract, shortlist, wish, taker) if wish else []
                proposal = _propose(task, contract, words, each, values, masked, wished) if meant else None
                if proposal is not None:
                    made.append(((-direct, len(each)), proposal))
    return [each for _, each in sorted(made, key=lambda pair: pair[0])]


def _may_be_meant(
    contract: Contract,
    words: ActionWords,
    text: str,
    roles: Sequence[Role],
    values: Mapping[str, Any],
    *,
    deed: bool,
) -> bool:
    """Whether an action may be meant without its verb: to delete somebody cancels nothing of theirs, and nothing new is
    made of one record and a day, unless that or its ``deed`` is said: "Ada's visit to Friday" books no stay. "Refund
    Ada's lamp" names an order by whose it is and what of."""
    titled = stem_text(contract.title)
    if not TAKING_AWAY.isdisjoint(titled[:1]) and not any(each.direct for each in roles):
        own = any(words.rate_verb(each) >= OWN for each in stem_text(text)) or not GIVING_BACK.isdisjoint(titled[:1])
        if len(roles) < 2 or not own:
            return False
    there = {stem for one in roles if one.direct for stem in name_stems(one.parameter)}
    if not makes_anew(contract.title) or (titled[:1] == ["add"] and {*titled[1:3]} & there):
        return True  # "Add lamps to stock" makes no new lamp
    changed = any(isinstance(each, Computed) for each in walk(tuple(values.values())))
    return not changed and (deed or len(roles) > 1 or not {*titled[1:]}.isdisjoint(stem_text(text)))


def _is_list(text: str, links: Sequence[RecordLink]) -> bool:
    """Whether two neighbours are both meant ("Ada and Bo"), or are two halves of one name that nobody has."""
    return any(
        JOINED.fullmatch(text, one.end, other.start)
        or (text[one.end : other.start].isspace() and set(one.kinds) & {*other.kinds})
        for one, other in itertools.pairwise(links)
    )


def list_choices(links: Sequence[RecordLink], members: Collection[RecordLink] = ()) -> Iterator[tuple[RecordLink, ...]]:
    """All links, with and without each that may be none: a mere number, or one of ``members``, which may be values."""
    unsure = [each for each in links if not each.by_name or each in members]
    for many in range(len(unsure) + 1):
        for values in itertools.combinations(unsure, many):
            yield tuple(each for each in links if each not in values)


def _assign(task: Task, contract: Contract, links: Sequence[RecordLink]) -> Iterator[tuple[Role, ...]]:
    """The ways in which every link has a role and every required record has a link. One that may be the record itself
    is what another belongs to only if that is said: "Ada's", "instead of Ada"."""
    kinds = task.workspace_context.kinds
    scope = _make_scope(task)
    wanted = {
        name: kind
        for name in contract.properties
        if (kind := kinds.get(contract.annotation(name).record or "")) is not None
    }
    own = {kind.name for kind in wanted.values()}
    options: list[list[Role]] = []
    for link in links:
        away = is_away(task.request.text, link.start, link.end)
        open_to = [
            Role(link, name, parameter, name == kind.name)
            for name in link.kinds
            for parameter, kind in wanted.items()
            if (named := kinds.get(name)) is not None
            and (
                not away
                if name == kind.name
                else scope.find_path(kind, named) and (away or link.owns or name not in own)
            )
        ]
        options.append(open_to)
    required = {name for name in wanted if name in contract.required}
    for roles in itertools.islice(itertools.product(*options), MOST_READINGS):
        direct = [each.parameter for each in roles if each.direct]
        if len(direct) == len({*direct}) and required <= {each.parameter for each in roles}:
            yield roles


def _propose(
    task: Task,
    contract: Contract,
    words: ActionWords,
    roles: Sequence[Role],
    values: Mapping[str, Any],
    masked: str,
    wished: Sequence[str],
) -> Proposal | None:
    """The call. A day that no parameter takes tells which record is meant. None if words are left that are not
    ``wished``."""
    text = task.request.text
    said = {id(each.link): Words(text=text[each.link.start : each.link.end], start=each.link.start) for each in roles}
    arguments = dict(values)
    taken = [(each.link.start, each.link.end) for each in roles]
    taken += find_places(tuple(values.values()), task.request)
    day = find_day(task, taken)
    states = ["it", "it's", "him", "them", *wished]
    if any(is_taken_off(text, *each) for each in taken):
        states += ["off", "give"]
    every = {each.parameter: contract.annotation(each.parameter).record or "" for each in roles}
    for parameter, kind in sorted(every.items(), key=lambda pair: not has_own_day(task, pair[1])):
        name = next((said[id(each.link)] for each in roles if each.parameter == parameter and each.direct), None)
        where: tuple[Condition, ...] = tuple(
            BelongsTo(owner=Find(record=each.kind, said=said[id(each.link)]))
            for each in roles
            if each.parameter == parameter and not each.direct
        )
        told = find_states(task, kind, masked, taken)
        states += itertools.chain.from_iterable(told.values())
        where += tuple(StateIs(state=each) for each in told)
        dated = find_dated(task, kind) if day is not None else None
        if day is not None and dated is not None:
            where = (*where, Compare(field=dated, op="during", value=day))
            day = None
        arguments[parameter] = RecordArgument(reference=Find(record=kind, said=name, where=where))
    proposal = Proposal(result=PlanResult(calls=(Call(action=contract.name, arguments=arguments),)))
    return proposal if not any(list_unread(task, proposal, contract, words, states)) else None


def _list_holders(
    task: Task, contract: Contract, roles: Sequence[Role], values: Mapping[str, Any]
) -> list[tuple[int, int]]:
    """The places of new values of a record's fields: of whoever or whatever takes the place of another."""
    given = tuple(each for name, each in values.items() if contract.annotation(name).replaces)
    named = [(each.link.start, each.link.end) for each in roles if contract.annotation(each.parameter).replaces]
    return [*named, *find_places(given, task.request)]
