"""Linked calls: the roles that the records named by a request have in one action, and the call that is made of them."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agent.planning.linked_values import JOINED
from agent.planning.proposal import (
    Aside,
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
from agent.planning.record_links import RecordLink, is_away, is_taken_off
from agent.planning.task import Task
from agent.planning.told_records import find_dated, find_day, find_states, has_own_day
from agent.planning.unread_words import SAYING_NOTHING, join_neighbours, list_unread
from agent.resolve.rules.grammar.orders.action_words import OWN, ActionWords
from agent.validate.records.located import RecordScope
from language.acts import HANDING
from language.opposites import GIVING_BACK, TAKING_AWAY
from language.stems import makes_anew, name_stems, split_runs, stem_text
from registry.contract import Contract

MOST_READINGS: Final = 24
"""Ways to give the links of one request their roles in one action."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a link is to a call: the record of ``parameter``, or what that record belongs to."""

    link: RecordLink
    kind: str
    parameter: str
    direct: bool


def make_scope(task: Task) -> RecordScope:
    return RecordScope(task.workspace_context.kinds, task.actor, task.request.surface)


def may_be_meant(
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
    verbs = {stem for each in (contract.title, *contract.aliases) for stem in stem_text(each)[:1]}
    if not TAKING_AWAY.isdisjoint(verbs) and not any(each.direct for each in roles):
        own = any(words.rate_verb(each) >= OWN for each in stem_text(text)) or not GIVING_BACK.isdisjoint(titled[:1])
        if len(roles) < 2 or not own:
            return False
    there = {each for one in roles if one.direct for each in name_stems(one.parameter)}
    if not makes_anew(contract.title) or (titled[:1] == ["add"] and {*titled[1:3]} & there):
        return True  # "Add lamps to stock" makes no new lamp
    changed = any(isinstance(each, Computed) for each in walk(tuple(values.values())))
    return not changed and (deed or len(roles) > 1 or not {*titled[1:]}.isdisjoint(stem_text(text)))


def is_list(text: str, links: Sequence[RecordLink]) -> bool:
    """Whether two neighbours are both meant ("Ada and Bo"), or are two halves of one name that nobody has."""
    return any(
        JOINED.fullmatch(text, one.end, other.start)
        or (
            text[one.end : other.start].isspace()
            and set(one.kinds) & {*other.kinds}
            and (other.by_name or not one.owns)  # "Ada's skiing", where a leave is of Ada and for skiing
        )
        for one, other in itertools.pairwise(links)
    )


def list_choices(links: Sequence[RecordLink], members: Collection[RecordLink] = ()) -> Iterator[tuple[RecordLink, ...]]:
    """All links, with and without each that may be none: a mere number, or one of ``members``, which may be values."""
    unsure = [each for each in links if not each.by_name or each in members]
    for many in range(len(unsure) + 1):
        for values in itertools.combinations(unsure, many):
            yield tuple(each for each in links if each not in values)


def assign_roles(
    task: Task, contract: Contract, links: Sequence[RecordLink], *, told: bool = False
) -> Iterator[tuple[Role, ...]]:
    """The ways in which every link has a role and every required record has a link. One that may be the record itself
    is what another belongs to only if that is said: "Ada's", "instead of Ada". ``told``: what is told comes from
    somebody, too."""
    kinds = task.workspace_context.kinds
    scope = make_scope(task)
    wanted = {
        name: kind
        for name in contract.properties
        if (kind := kinds.get(contract.annotation(name).record or "")) is not None
    }
    own = {kind.name for kind in wanted.values()}
    options: list[list[Role]] = []
    for link in links:
        away = not told and is_away(task.request.text, link.start, link.end)
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


def propose_call(
    task: Task,
    contract: Contract,
    words: ActionWords,
    roles: Sequence[Role],
    values: Mapping[str, Any],
    masked: str,
    wished: Sequence[str],
    ending: Sequence[str] = (),
) -> Proposal | None:
    """The call. A day that no parameter takes tells which record is meant. None if words are left that are not
    ``wished``, and don't say that something is ``ending``. The card shows which words say nothing else."""
    text = task.request.text
    said = {id(each.link): Words(text=text[each.link.start : each.link.end], start=each.link.start) for each in roles}
    arguments = dict(values)
    taken = [(each.link.start, each.link.end) for each in roles]
    taken += find_places(tuple(values.values()), task.request)
    day = find_day(task, taken)
    states = ["it", "it's", "him", "them", *wished, *ending]
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
    if any(list_unread(task, proposal, contract, words, states)):
        return None
    used = {at for place in find_places(proposal, task.request) for at in range(*place)}
    plain = SAYING_NOTHING.union(ending, wished)
    plain |= HANDING if any(contract.annotation(name).replaces for name in every) else frozenset()
    left = [
        (low, start, end) for word, start, end in split_runs(text) if (low := word.casefold()) and start not in used
    ]
    stretches = join_neighbours(text, [(start, end) for low, start, end in left if low in plain])
    asides = tuple(Aside(words=Words(text=text[start:end], start=start), role="expressed") for start, end in stretches)
    return proposal.model_copy(update={"asides": asides})


def list_holders(
    task: Task, contract: Contract, roles: Sequence[Role], values: Mapping[str, Any]
) -> list[tuple[int, int]]:
    """The places of new values of a record's fields: of whoever or whatever takes the place of another."""
    given = tuple(each for name, each in values.items() if contract.annotation(name).replaces)
    named = [(each.link.start, each.link.end) for each in roles if contract.annotation(each.parameter).replaces]
    return [*named, *find_places(given, task.request)]
