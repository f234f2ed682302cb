"""What an order is about, in its own words: "the database" of "erase the database". An action that knows neither is not
meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from agent.extract.references.vocabulary import match_noun
from agent.resolve.rules.clauses import Clause, after_verb
from language.stems import EMPTY, KIN, stem
from language.text import read_text
from registry.offers.offer import Offer
from registry.records import RecordKind

_OBJECT: Final = re.compile(
    r"\s*(?:(?:me|us)\s+)?(?:(?:(?:all|every|each|any|both)\s+(?:of\s+)?)?(?:the|a|an|some|this|that|these|those|my|our|all|every|each)\b"
    r"|(?:[^\W\d_][\w’'-]*\s+){0,3}?[^\W\d_][\w-]*(?:['’]s|s['’])(?!\w))\s+(?P<words>[^\W\d_]+(?:\s+[^\W\d_]+)*)",
    re.IGNORECASE,
)


def list_named_objects(clause: Clause) -> list[tuple[str, int, int]]:
    """The words after the verb and its article or possessor, up to the first little word, with their offsets in the
    request."""
    start = after_verb(clause.text)
    found = _OBJECT.match(clause.text, start) if start is not None else None
    if found is None:
        return []
    made: list[tuple[str, int, int]] = []
    for word in re.finditer(r"[^\W\d_]+", found["words"]):
        if word[0].casefold() in EMPTY:
            break
        at = clause.start + found.start("words")
        made.append((word[0], at + word.start(), at + word.end()))
    return made


def is_foreign_object(
    clause: Clause,
    offer: Offer,
    spoken: frozenset[str],
    kinds: Sequence[RecordKind],
    spans: Sequence[tuple[int, int]],
    arguments: Collection[str],
    *,
    same_verb: bool,
) -> bool:
    """Whether the order is about a thing that this offer does not work on: words it never speaks of and uses for no
    value; or, where its verb is only akin, a kind of record that none of its parameters refers to, nor is the owner of
    one that was named.

    Never where no records are known: there the thing may be any words.
    """
    words = list_named_objects(clause) if kinds else []
    if not words or any(start < last and first < end for _, start, end in words for first, last in spans):
        return False
    own = {offer.annotation(name).record for name in offer.properties}
    used = any(offer.annotation(name).record for name in arguments)
    tokens = read_text(" ".join(word for word, _, _ in words)).tokens
    said = {kind.name for kind in kinds for index in range(len(tokens)) if match_noun(tokens, index, kind)}
    if said and not same_verb:
        named_too = {
            each for kind in kinds if used and kind.name in own for each in (part.kind for part in kind.relations)
        }
        return said.isdisjoint(own | named_too)
    stems = [stem(word) for word, _, _ in words]
    return not any(each in spoken or not spoken.isdisjoint(KIN.get(each, ())) for each in stems)
