"""Totals: "she paid in October", "Ada still owes": a sum over what is somebody's."""

from __future__ import annotations

import re
from typing import Final

from agent.planning.proposal import BelongsTo, Compare, Day, Find, StateIs, TotalOf
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.phrases.fields import label_of
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem
from registry.records import Field

_OWE: Final = re.compile(r"owe[sd]?|owing")


def total_of(reader: Reader, at: int, stop: int) -> tuple[TotalOf, int] | None:
    """ "she paid (for …) (in October)", "Ada (still) owes (us)": a sum over what is hers."""
    if reader.low(at) in lexicon.PRONOUNS and reader.person is not None:
        owner, step = reader.person, at + 1
    else:
        end = reader.name(at, stop)
        people = reader.people()
        if end == at or people is None:
            return None
        owner, step = Find(record=people.name, said=reader.words(at, end)), end
    while reader.low(step) in {"still", "already", "has", "have", "had", "currently"}:
        step += 1
    if reader.low(step - 1) in {"has", "have"} and reader.lows(step, 2) == ("to", "pay"):
        step, verb = step + 1, "owes"
    else:
        verb = reader.low(step)
    for kind in reader.kinds.values():
        if kind.size is None or reader.owner_of(kind) is None:
            continue
        if _OWE.fullmatch(verb) and (state := next((s for s in kind.states if s in ("unpaid", "outstanding")), None)):
            find = Find(record=kind.name, where=(BelongsTo(owner=owner), StateIs(state=state)), pick="all")
            last = step + 2 if reader.low(step + 1) == "us" else step + 1
            reader.person = owner
            return TotalOf(field=kind.size, of=find), last
        line = next((each for each in kind.fields if each.type in ("date", "datetime") and _is(each, verb)), None)
        if line is None:
            continue
        above = reader.owner_of(kind)
        if above is not None and owner.record != above.name and owner.said is not None and not owner.where:
            owner = owner.model_copy(update={"record": above.name})
        after = step + 1
        while reader.low(after) in {"us", "back"}:
            after += 1
        when = reader.when(after, line.name)
        if when is None and reader.asks:  # "has paid (so far)"
            today = Day(date=reader.now.date().isoformat(), quote=reader.words(step, step + 1))
            when = [Compare(field=line.name, op="<=", value=today)], after
        if when is None:
            continue
        where = (BelongsTo(owner=owner), *(each for each in when[0] if isinstance(each, Compare)))
        reader.person = owner
        return TotalOf(field=kind.size, of=Find(record=kind.name, where=where, pick="all")), when[1]
    return None


def _is(each: Field, verb: str) -> bool:
    label = label_of(each).split()
    label = label[:-1] if label[1:] in (["on"], ["at"]) else label
    return len(label) == 1 and find_base_form(stem(label[0])) == find_base_form(stem(verb))
