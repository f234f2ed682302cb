"""Linked readings: the calls of each action in which every name of live data has a role, and every word a place."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Final

from agent.planning.linked_calls import (
    Role,
    assign_roles,
    is_list,
    list_choices,
    list_holders,
    may_be_meant,
    propose_call,
)
from agent.planning.linked_values import Read, mask, read_values, tells_value
from agent.planning.proposal import Proposal
from agent.planning.record_links import RecordLink, link_members
from agent.planning.said_acts import (
    ABSENCE,
    belongs_to_others,
    does,
    find_short_nouns,
    is_said_of,
    is_word_of_act,
    list_chosen,
    list_said_acts,
    may_be_replaced,
)
from agent.planning.task import Task
from agent.planning.unread_words import names_deed, names_taking_away
from agent.planning.wished_deeds import find_asked, find_taker, find_wish, list_wished
from agent.resolve.rules.grammar.orders.action_words import read_action_words
from language.acts import HANDING, Act
from registry.contract import Contract, Risk
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

MOST_OFFERS: Final = 40
"""Of larger registries those that share words with the request are tried."""
NEAREST: Final = 8
MOST_CHOICES: Final = 8
"""Ways to take a number for a record's or for a value."""


def list_offers(text: str, shortlist: Shortlist) -> list[Offer]:
    """The actions that change something. Of a larger registry those that share words with the request."""
    offers = [each for each in shortlist.offers if each.risk is not Risk.READ]
    if len(offers) <= MOST_OFFERS:
        return offers
    ranked = (each.offer for each in shortlist.top(text, len(shortlist)))
    return [each for each in ranked if each.risk is not Risk.READ][:NEAREST]


async def list_readings(
    task: Task,
    links: Sequence[RecordLink],
    shortlist: Shortlist,
    read: Read,
    offered: Collection[str] = (),
    *,
    lacking: bool = False,
) -> list[Proposal]:
    """The calls in which every link has a role and every word a place, those first whose records are named
    themselves. ``offered`` are the actions that would be asked about. ``lacking``: those that need more than is
    said."""
    text = task.request.text
    offers = list_offers(text, shortlist) if links else []
    made: list[tuple[tuple[int, int], Proposal]] = []
    wish = find_wish(text)
    # A number may name a record or be a value. So may a word of a closed list: "bath", of what is added.
    members = [
        each
        for each in links
        if (said := text[each.start : each.end])
        and (any(link_members(said, said, one) for one in offers) or is_word_of_act(text, each, links))
    ]
    for those in itertools.islice(list_choices(links, members), MOST_CHOICES):
        without = mask(text, [(each.start, each.end) for each in those])
        acts = list_said_acts(text, without, those, wish)
        for offer in offers if those and not is_list(text, those) else ():
            contract = task.workspace_context.catalogue.get(offer.name)
            roles = [*assign_roles(task, contract, those)] if contract is not None else []
            if contract is None or not roles:
                continue
            said_of = [each for each in acts if does(task.workspace_context.kinds, contract, each, offer, shortlist)]
            said_of = [each for each in said_of if not belongs_to_others(text, each, offer, shortlist)]
            absent = any(each.kind == ABSENCE for each in said_of)
            for act in said_of if absent else (*said_of, None):
                found = [
                    each
                    async for each in _read_offer(
                        task,
                        contract,
                        offer,
                        roles,
                        without,
                        act,
                        wish,
                        shortlist,
                        read,
                        offer.name in offered,
                        lacking,
                    )
                ]
                made += found
                if found:
                    break
    return [each for _, each in sorted(made, key=lambda pair: pair[0])]


async def _read_offer(
    task: Task,
    contract: Contract,
    offer: Offer,
    every: Sequence[Sequence[Role]],
    without: str,
    act: Act | None,
    wish: re.Match[str] | None,
    shortlist: Shortlist,
    read: Read,
    offered: bool,
    lacking: bool,
) -> AsyncIterator[tuple[tuple[int, int], Proposal]]:
    """The calls of one action, with their rank: by its own words, or by the words of an ``act`` that it does."""
    text, words = task.request.text, read_action_words(offer, shortlist)
    if act is None and not names_taking_away(task, contract, words):
        return
    those = [each.link for each in every[0]]
    places = (*act.places, *find_short_nouns(task, contract, every, without)) if act is not None else ()
    ending = [each for place in places for each in text[slice(*place)].casefold().split()]
    masked = mask(without, places)
    chosen = list_chosen(contract, act, text) if act is not None else {}
    values = await read_values(task, offer, those, masked, read, chosen, lacking=lacking)
    if values is None and offered and not lacking:  # so little is said beside the name that it is read with it
        values = await read_values(task, offer, those, text, read)
    if values is None:
        return
    deed = act is not None or names_deed(contract, words, task, masked)
    told = deed or tells_value(task, contract, values, masked)
    for each in every:
        direct = sum(one.direct for one in each)
        if act is not None and act.kind == ABSENCE and may_be_replaced(shortlist, contract, each):
            continue
        if act is not None and act.kind != ABSENCE:
            if not is_said_of(task, act, contract, each, without):
                continue
        elif not may_be_meant(contract, words, text, each, values, deed=deed):
            continue
        handed = any(one.direct and contract.annotation(one.parameter).replaces for one in each)
        meant = direct > 1 or (told and not lacking) or (handed and not HANDING.isdisjoint(text.casefold().split()))
        taker = find_taker(text, wish, list_holders(task, contract, each, values)) if wish else 0
        if not taker and find_asked(text):
            continue
        wished = list_wished(text, contract, shortlist, wish, taker) if wish else []
        proposal = propose_call(task, contract, words, each, values, masked, wished, ending) if meant else None
        if proposal is not None:
            yield (-direct, len(each)), proposal
