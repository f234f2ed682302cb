"""Accounted words: decides which single words say nothing beyond the proposal, quoted or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

from agent.extract.spans.money import find_currency
from agent.planning.proposal import (
    AnyOf,
    BelongsTo,
    Call,
    Compare,
    Computed,
    Except,
    FieldOf,
    Find,
    Has,
    OrderByCount,
    OrderByField,
    StateIs,
    TotalOf,
    Words,
)
from agent.resolve.rules.grammar.orders.text_parameters import find_note_verb
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.order import Order
from agent.validate.coverage.unused_words import SAID_AROUND, collect_own_stems
from language.common_words import find_common_word
from language.locales import translate
from language.stems import EMPTY, name_stems, split_runs, stem, stem_text
from language.text import word_set
from language.wordnet import is_word
from registry.records import RecordKind

_HOW_MANY: Final = frozenset(("few", "several", "couple", "most", "many"))
EVERY: Final = frozenset(
    ("whatever", "whichever", "whoever", "anything", "everything", "anyone", "everyone", "all", "any", "every", "each")
)
# Said beside any record or order: general nouns, positions, degrees of certainty and of urgency.
_LIGHT_WORDS: Final = """
account system platform list record records file side behalf name person one ones someone somebody anyone guy lady
thing things bit little altogether whole entire full total complete completely fully rest case matter way time times
moment place number nr id called named following said mentioned respective certain particular specific current
existing poor dear nice good old own usual right correct possible course far once soon still yet well
instead first next last latest newest oldest recent previous earlier really actually finally quickly immediately
already simply directly accidentally mistakenly obviously apparently unfortunately sadly hopefully possibly probably
basically definitely certainly promptly shortly early reply apply family owner another extra additional further saying
titled reading able allowed care know rid app site website service goes damn damned bloody fucking freaking stupid
lol haha ideally super something exactly precisely
"""
LIGHT: Final = frozenset(_LIGHT_WORDS.split())
_NARROWING: Final = Except | Compare | Has | StateIs | AnyOf | OrderByField | OrderByCount
_REPORT: Final = re.compile(rf"(?:is|are|has|have|{patterns.PAST})$")
# Without their apostrophe.
_CONTRACTED: Final = word_set("thats whos whats wheres hows theres im ive youre youve hes shes theyre theyve weve lets")
NOTHING: Final = EMPTY | SAID_AROUND


@dataclass(frozen=True, slots=True)
class Accounts:
    """What accounts for words without a quote.

    - ``known``: stems of words that the calls are about.
    - ``restricted``: a condition selects records.
    - ``ordered``: records are put in an order.
    - ``described``: a record has no name or number, only a description.
    - ``answered``: a record was asked about and chosen.
    - ``others``: stems of what records of other kinds are called.
    - ``shown``: names shown beside the records, in lower case.
    """

    known: frozenset[str]
    restricted: bool
    ordered: bool
    described: bool
    answered: bool
    phrases: tuple[tuple[str, ...], ...]
    """Names of the called actions that have several words ("call off", "was delivered")."""
    others: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()

    def says_whole(self, told: str, *, reports: bool = False) -> bool:
        """Whether all words of such a phrase are said. With ``reports``, only phrases that report something done
        count."""
        said = {plain_word(word) for word, _, _ in split_runs(told)}
        return any(said.issuperset(each) for each in self.phrases if not reports or _REPORT.match(each[0]))


# "Bring it forward" is one verb.
_BRINGING: Final = frozenset(map(stem, ("bring", "brought")))
_SOONER: Final = frozenset((stem("forward"),))


def list_accounts(order: Order, text: str, known: frozenset[str]) -> Accounts:
    """Lists what accounts for the words of a text of an order. ``known`` are the stems of what its calls are about."""
    nodes, finds, contracts = order.nodes, order.parts(Find), order.contracts
    # If no name, number or noun identifies a record, the identifying noun may be any word of the record.
    nouns = {each.name: {stem(noun) for noun in each.nouns} for each in order.kinds}
    typed = {*stem_text(text)}
    unnamed = [each for each in finds if each.said is None]
    own = (
        known
        if any(typed.isdisjoint(nouns.get(each.record, ())) for each in unnamed)
        else collect_own_stems(contracts, order.kinds)
    )
    restricted = any(
        isinstance(node, _NARROWING | Computed) or (isinstance(node, Call) and node.condition) for node in nodes
    )
    phrases = tuple(tuple(said.casefold().split()) for each in contracts for said in each.aliases if " " in said)
    own |= order.told_by_records | order.sum_words
    known = own | _named_in_form(nodes) | _list_roles(finds, order.kinds)
    known |= _list_small_words(text) | {find_note_verb(order.text, each) or "" for each in contracts}
    known |= _SOONER if not _BRINGING.isdisjoint(typed) else frozenset()
    ordered = any(isinstance(node, OrderByField | OrderByCount) for node in nodes)
    referred = {each.record for each in finds} | {note.record for note in order.notes}
    theirs = {word for name, held in nouns.items() if name in referred for word in held}
    others = frozenset(word for held in nouns.values() for word in held if word not in theirs | known)
    return Accounts(known, restricted, ordered, bool(unnamed), order.chosen, phrases, others, order.shown)


_JOINING: Final = word_set("the a and")


def _list_small_words(text: str) -> frozenset[str]:
    """Stems of another language's articles and words for "and" in a text, which say no more than in English."""
    translation = translate(text)
    pieces = translation.pieces if translation is not None else ()
    small = (text[start:end] for start, end, english in pieces if english in _JOINING)
    return frozenset(root for each in small for root in stem_text(each))


def _named_in_form(nodes: Sequence[object]) -> frozenset[str]:
    """Stems of what a proposal names: fields, states, kinds, and quotes that don't stand in one piece."""
    said: list[str] = []
    for node in nodes:
        match node:
            case Compare(field=name) | FieldOf(field=name) | TotalOf(field=name) | OrderByField(by=name):
                said.append(name)
            case StateIs(state=name) | Find(record=name):
                said.append(name)
            case Words(text=words):
                said += words.split()
    return frozenset(root for each in said for root in name_stems(each))


def _list_roles(finds: Sequence[Find], kinds: Sequence[RecordKind]) -> frozenset[str]:
    """The stems of the roles that records have somebody in who is found by them: "the director of Hamlet"."""
    named = {each.name: each for each in kinds}
    owned = (
        (each, held.owner) for each in finds for held in each.where if isinstance(held, BelongsTo) and each.said is None
    )
    relations = (
        relation.via.removesuffix("_id")
        for each, owner in owned
        if isinstance(owner, Find) and owner.record in named
        for relation in named[owner.record].relations
        if relation.kind == each.record
    )
    return frozenset(root for each in relations for root in name_stems(each))


def plain_word(word: str) -> str:
    """A word in lower case, without an apostrophe and what follows it."""
    return re.split("['’]", word.casefold())[0]


def has_weight(word: str, by: Accounts) -> bool:
    low = plain_word(word)
    root = stem(low)
    if (by.ordered and (low == "most" or low.endswith(("er", "est")))) or (by.restricted and low in EVERY):
        return False
    if low in _HOW_MANY:
        return True
    if (
        len(low) < 3
        or low.isdigit()
        or low in NOTHING
        or low in LIGHT
        or root in by.known
        or root in SAID_AROUND
        or low in _CONTRACTED
        or word.endswith(("n't", "n’t"))
    ):
        return False
    if (root in patterns.UNITS and not low.endswith("ly")) or find_currency(low) is not None:
        return False  # beside a number, other checks look at them
    if any(sorted(each) == sorted(root) and OSA.distance(root, each) <= 1 for each in by.known):
        return False  # two swapped letters are a typo, even if they make a word
    allowed = 0 if is_word(low) or len(low) < 4 else 1 if len(low) < 7 else 2
    if allowed and (any(each.startswith(low) for each in by.known) or find_common_word(low) in NOTHING | LIGHT):
        return False  # an abbreviation ("prio"), or a function word with a slip
    return not allowed or not any(_is_slip(root, each, allowed) for each in by.known)


def _is_slip(root: str, known: str, allowed: int) -> bool:
    """Whether a strange stem is a known one with a slip. In a short one no letter may be replaced: names differ that
    way ("Owen" isn't "open")."""
    short = allowed == 1 and len(root) == len(known)
    return root[:1] == known[:1] and not short and OSA.distance(root, known, score_cutoff=allowed) <= allowed
