"""Made things: which actions make something new of what is said, and whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.extract.spans import money
from agent.planning.linked_calls import make_scope
from agent.planning.record_links import RecordLink
from agent.planning.task import Task
from language.number_words import CARDINALS
from language.stems import KIN, stem, stem_text
from language.text import read_text, word_set
from registry.contract import Contract, Risk
from registry.offers.offer import Offer

_CHANGE: Final = stem("change")
_CHANGING: Final = (
    KIN.get(_CHANGE, frozenset()) | {_CHANGE} | frozenset(map(stem, ("set", "mark", "put", "move", "let")))
)
"""Verbs by which something that is there becomes another."""
_TO_WHOM: Final = word_set("to for by with")
_LEAST_NUMBER: Final = 3
"""Digits of a number that names a record rather than counting something beside a name."""
_GIVE: Final = stem("give")
"""Behind it stands who gets something, before what: "Give a guest a refund"."""


def makes_something(task: Task, contract: Contract) -> bool:
    """Whether an action makes something new of what is said, which can be undone: it changes nothing that a record has,
    and isn't done to a record that it needs."""
    names = (contract.annotation(each).record for each in contract.required)
    kinds = [kind for each in names if each and (kind := task.workspace_context.kinds.get(each)) is not None]
    nouns = {stem(word) for kind in kinds for noun in kind.nouns for word in noun.split()}
    replaces = any(contract.annotation(each).replaces for each in contract.properties)
    values = [each for each in contract.properties if contract.annotation(each).record is None]
    first, *titled = stem_text(contract.title) or [""]
    if first in _CHANGING:
        return False
    of = titled[:1] if first != _GIVE else titled[-1:]
    return contract.risk is Risk.WRITE and not replaces and bool(values) and nouns.isdisjoint(of)


def says_amount(words: str) -> bool:
    """Whether words say a number or money, and nothing by which an amount is counted: "a month"."""
    low = words.casefold().split()
    return bool(money.find(read_text(words))) or any(each in CARDINALS or any(map(str.isdigit, each)) for each in low)


def _rate_number(link: RecordLink) -> tuple[bool, int]:
    """Names and long numbers come first, in order: a short one may count something beside a name."""
    return not link.by_name and link.end - link.start < _LEAST_NUMBER, link.start


def choose_links(task: Task, offer: Offer, contract: Contract, links: Sequence[RecordLink]) -> tuple[RecordLink, ...]:
    """The first name that leads to each record that is needed, and those of whom or what else it is handed to."""
    kinds, scope, text = task.workspace_context.kinds, make_scope(task), task.request.text
    wanted = {name: offer.annotation(name).record for name in offer.properties if offer.annotation(name).record}
    made: list[RecordLink] = []
    for link in sorted(
        links, key=lambda each: (not each.by_name and each.end - each.start < _LEAST_NUMBER, each.start)
    ):
        if not (link.by_name or text[link.start : link.end].isdigit()):
            continue
        named = [kind for each in link.kinds if (kind := kinds.get(each)) is not None]
        for name, record in wanted.items():
            kind = kinds.get(record or "")
            leads = kind is not None and any(one.name == record or scope.find_path(kind, one) for one in named)
            before = text[: link.start].split()
            handed = bool(before) and before[-1].casefold() in _TO_WHOM
            if leads and (name in contract.required or (handed and any(one.name == record for one in named))):
                made.append(link)
                del wanted[name]
                break
    return tuple(sorted(made, key=lambda each: each.start))
