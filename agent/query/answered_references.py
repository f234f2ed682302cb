"""References after an answer in words: which of those offered it singles out, and what is meant of each of several."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final, Protocol

from agent.pipeline import Question
from agent.planning.proposal import BelongsTo, Find, Handle, OrderByCount, OrderByField, Reference
from agent.query.choosing import choose, is_denied, split_all_but
from agent.query.conditions import Filter
from agent.query.context import Own, QueryContext
from agent.query.record_search import MOST_SCANNED, Pool, RecordSearch
from agent.query.reference_conditions import ReferenceConditions
from agent.resolve.rules.grammar.questions.singled_out import read_singled_out
from agent.validate.records.located import LocatedRecord, Outcome, RecordQuery
from registry.records import Record

_CONTRAST: Final = re.compile(r"(?P<this>[^,;]*?\w)\s*[,;–—-]?\s+(?:and\s+|but\s+)?not\s+(?P<that>\w.*)", re.IGNORECASE)


class Finder(Protocol):
    """What finds the records of references, as far as answers are looked up by it."""

    @property
    def context(self) -> QueryContext: ...
    @property
    def conditions(self) -> ReferenceConditions: ...
    @property
    def search(self) -> RecordSearch: ...
    async def find(self, need: RecordQuery, reference: Reference, own: Own) -> Outcome: ...
    async def run(self, need: RecordQuery, find: Find, own: Own) -> Outcome: ...
    async def pick_by_order(
        self, need: RecordQuery, find: Find, order: OrderByField | OrderByCount, pool: Pool, own: Own
    ) -> Outcome: ...


async def find_of_each(finder: Finder, need: RecordQuery, find: Find, own: Own) -> Outcome | None:
    """ "Adam's last invoice" where "both" was answered to which Adam: the last one of each. None where it is of one
    owner. Raises PlatformUnavailable."""
    owned = next((each for each in find.where if isinstance(each, BelongsTo)), None)
    owner = owned.owner if owned is not None else None
    above = finder.context.kinds.get(owner.record) if isinstance(owner, Find) else None
    if not isinstance(owner, Find) or above is None or owner.pick != "one":
        return None
    owners = await finder.find(need.owner(above), owner, own)
    if isinstance(owners, Question) or len(owners) == 1:
        return None
    made: list[LocatedRecord] = []
    each_owner = BelongsTo(owner=Handle(handle="@each"))
    one = find.model_copy(update={"where": tuple(each_owner if each is owned else each for each in find.where)})
    for found in owners:
        outcome = await finder.run(need, one, {**own, "each": (found,)})
        if isinstance(outcome, Question):
            return outcome
        made += outcome
    return tuple(made)


async def single_out(finder: Finder, need: RecordQuery, words: str, offered: list[Record], own: Own) -> list[Record]:
    """The offered records that the words single out, by their place, by what stands in them, or read as a phrase; empty
    where they don't tell. Raises PlatformUnavailable."""
    contrast = _CONTRAST.fullmatch(words.strip()) if split_all_but(words) is None else None
    if contrast is not None:
        chosen = await single_out(finder, need, contrast["this"], offered, own)
        gone = {each.id for each in await single_out(finder, need, contrast["that"], offered, own)}
        return chosen if gone and not any(each.id in gone for each in chosen) else []
    all_but = split_all_but(words)
    if all_but is not None:
        gone = {each.id for each in await single_out(finder, need, all_but, offered, own)}
        return [each for each in offered if each.id not in gone] if 0 < len(gone) < len(offered) else []
    if not is_denied(words) and (chosen := choose(words, offered, need.kind)):
        return chosen
    context = finder.context
    find = read_singled_out(words, need.kind, tuple(context.kinds), context.request.now)
    if find is None:
        return await _by_their_things(finder, need, words, offered)
    wide = replace(need, filter={}, most=MOST_SCANNED)
    pool = await finder.conditions.select(wide, find.model_copy(update={"order": None, "pick": "all"}), own)
    if isinstance(pool, Question):
        return []
    ids = {each.id for each in offered}
    told = [each for each in pool.records if each.id in ids]
    if find.order is not None and told:
        picked = await finder.pick_by_order(wide, find, find.order, replace(pool, records=told, more=False), own)
        told = [] if isinstance(picked, Question) else [each.record for each in picked]
    return told if len(told) < len(offered) else []


async def _by_their_things(finder: Finder, need: RecordQuery, words: str, offered: list[Record]) -> list[Record]:
    """Whoever of those offered has the thing that is told of: "the one about the printer", of two people with
    tickets."""
    for kind in finder.context.kinds:
        relation = kind.relation_to(need.kind.name)
        if relation is None or "/" not in need.slot or not need.param.startswith(kind.name) or is_denied(words):
            continue
        via, ids = relation.via, {each.id: each for each in offered}
        thing = RecordQuery(need.base_slot, need.param, kind)
        records, more = await finder.search.scan(thing, Filter(_make_keeper(via, ids)))
        owners = {str(each.values.get(via)) for each in choose(words, records, kind)} if not more else set()
        return [ids[each] for each in owners] if len(owners) == 1 else []
    return []


def _make_keeper(via: str, ids: Collection[str]) -> Callable[[Record], bool]:
    return lambda record: str(record.values.get(via)) in ids


async def find_described(finder: Finder, need: RecordQuery, asked: Find, words: str, own: Own) -> Outcome | None:
    """What an answer says as a phrase instead of a name: "only the unassigned ones", of what was ``asked`` for. None
    where that finds none."""
    find = read_singled_out(words, need.kind, tuple(finder.context.kinds), finder.context.request.now)
    if find is None or asked.record != need.kind.name:
        return None
    outcome = await finder.run(need, find.model_copy(update={"where": (*asked.where, *find.where)}), own)
    return outcome if isinstance(outcome, tuple) and 0 < len(outcome) <= need.most else None
