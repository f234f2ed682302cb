"""Scoring: the probability of each offer for a clause, by a conditional logit model over a few general features, with
"none of them" as an alternative (McFadden 1974).

A verb may be implied: by a noun that something is done with ("make a payment"), or by a level to move to ("lower it to
30"). ``evals.score.calibrate`` fitted the weights on development cases, and they are rounded. No feature names an
action, a source or a platform.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from agent.extract.references.vocabulary import match_noun
from agent.resolve.rules.clauses import Clause, asks, find_after_verb, find_head, is_order
from agent.resolve.rules.slot_filling import SlotFilling
from language.stems import EMPTY, GENERIC, KIN, ORDERS, READING, split_runs, stem, stem_text
from language.text import blank_quotations, read_text, word_set
from language.wordnet import find_similar_stems, rate_similarity
from registry.contract import Risk
from registry.offers.offer import Offer
from registry.offers.shortlist import ALIKE, Scored, Shortlist
from registry.records import RecordKind

# Light verbs (Jespersen 1942): their noun says what is done. "Take a look", "place an order", "perform a search".
_LIGHT: Final = re.compile(
    r"\b(?:mak(?:e|ing)|do(?:ing)?|tak(?:e|ing)|giv(?:e|ing)|hav(?:e|ing)|plac(?:e|ing)|perform(?:ing)?|carry(?:ing)?\s+out|run(?:ning)?|"
    r"conduct(?:ing)?|execut(?:e|ing)|establish(?:ing)?|set(?:ting)?\s+up|initiat(?:e|ing)|issu(?:e|ing)|put(?:ting)?\s+in|start(?:ing)?)"
    r"\s+(?:(?:me|us|him|her|them)\s+)?(?:a|an|the|another|some)\s+(?P<words>(?:[a-z][\w-]*\s+){0,2}[a-z][\w-]*)",
    re.IGNORECASE,
)
LEVELS: Final = frozenset(
    map(stem, word_set("lower raise increase decrease reduce bump turn boost drop lift cut bring adjust"))
)
"""Stems of verbs that move a level up or down."""
SETTING: Final = frozenset(map(stem, word_set("set change adjust update modify")))
_TO: Final = re.compile(r"\b(?:up|down|back)?\s*to\s+(?!(?:the|a|an|my|our|his|her|their)\b)[\w\"'“‘]", re.IGNORECASE)


@lru_cache(maxsize=256)
def find_light_verb_noun(text: str) -> str | None:
    """The stem of the noun after a light verb. It says what is done."""
    found = _LIGHT.search(blank_quotations(text))
    if found is None:
        return None
    for word in found["words"].split():
        if word.casefold() not in EMPTY and (made := stem_text(word)):
            last = made[-1]
            if last.endswith(_DEEDS) or word.casefold().endswith(_DEEDS):
                return last
    return None


_DEEDS: Final = (
    "ion", "ment", "al", "ance", "ence", "search", "order", "call", "copy", "change", "update", "refund", "transfer",
    "booking",
)  # fmt: skip


@lru_cache(maxsize=256)
def sets_to(text: str) -> bool:
    """Whether the words say a level that something is to have afterwards."""
    begin = find_after_verb(text)
    return begin is not None and _TO.search(text, begin) is not None


# "negated" is set by hand: cases hardly ever teach it, and nothing may outvote it.
BIAS: Final = -6.4
WEIGHTS: Final[Mapping[str, float]] = {
    "relative": 3.4, "lexical": 1.5, "explained": 2.2, "verb": 0.4, "clash": -1.2, "central": 2.3, "manner": 0.7,
    "things": 0.8, "filled": 1.1, "about": -0.7, "negated": -4.0,
}  # fmt: skip


OTHERWISE: Final = 0.8
"""How well a verb is met that is said by other means than a verb."""
PLAINLY: Final = 0.6
"""From this share on, the words left beside the values say which action is meant."""
_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class ScoredOffer:
    """An offer scored for a clause. ``marks`` are the feature values, each about 0 to 1."""

    offer: Offer
    probability: float
    marks: Mapping[str, float]
    filling: SlotFilling


def score_offers(candidates: Sequence[tuple[Offer, Mapping[str, float], SlotFilling]]) -> list[ScoredOffer]:
    """Candidates with their probabilities, likeliest first. "None of them" has strength 0, and the others share the
    rest. Two that fit alike are each unlikely, however well they fit."""
    strengths = [
        math.exp(BIAS + sum(weight * made[name] for name, weight in WEIGHTS.items())) for _, made, _ in candidates
    ]
    total = 1.0 + sum(strengths)
    weighed = [
        ScoredOffer(offer, strength / total, made, filling)
        for (offer, made, filling), strength in zip(candidates, strengths, strict=True)
    ]
    weighed.sort(key=lambda each: (-each.probability, each.offer.name))
    return weighed


def measure_features(
    clause: Clause, scored: Scored, best: float, shortlist: Shortlist, filling: SlotFilling, said_kinds: frozenset[str]
) -> dict[str, float]:
    """The marks of one offer. ``best`` is the highest lexical score any offer got for this clause, ``said_kinds`` are
    those it speaks of.

    relative, lexical  its score against the best one's, and by itself
    explained          how much of what is said it speaks of, or was used as a value
    central            how much of what is left after the values are taken out says what the action is
    verb, clash        whether it goes by the verb that was said; an order it knows nothing of
    manner             a question meets an action that reads, an order one that changes something
    things             a kind of record is named that it works on (1), or only others are (-1)
    filled             all that it needs was said, the more the surer
    object, reads      something of what it is was said beside the verb; it changes nothing
    changes            it changes something, by what it declares or the verb in its name
    strange            it knows nothing of the order's verb, however common that is, unless all that it needs was said ("make the volume
                       20"); these four are decided by, not weighed
    about, negated     a question about how things work; the verb not to be done is this action's
    """  # noqa: E501
    offer = scored.offer
    words = list_content_words(clause)
    said = {each for each, _, _ in words}
    near = said.union(*(KIN.get(each, frozenset()) for each in said)) if said else said
    spoken, core, named = shortlist.spoken(offer.name), shortlist.core(offer.name), shortlist.called(offer.name)
    explained = total = central = free = 0.0
    for each, start, end in words:
        weight = 0.4 if each in GENERIC else 1.0
        total += weight
        if any(begin <= start and end <= stop for begin, stop in filling.spans):
            explained += weight
            continue
        free += weight
        known = _rate_known if shortlist.knows(each) else _rate_meant
        central += weight * known(each, core)
        explained += weight * known(each, spoken)
    verb = find_head(clause.text)
    meets = max(_rate_verb(verb, named, spoken), _rate_light_verb(clause.text, verb, named))
    filled = _rate_filled(offer, filling)
    return {
        "relative": scored.score / best if best > 0 else 0.0,
        "lexical": min(1.0, scored.score / (3.0 * (1.0 + len(words) ** 0.5))),
        "explained": explained / total if total else 0.0,
        "verb": meets,
        "clash": float(verb is not None and verb not in GENERIC and is_order(verb) and not meets),
        "central": central / free if free else 0.5,
        "manner": _rate_manner(clause, named, offer),
        "things": _rate_things(said_kinds, offer),
        "filled": filled,
        "about": float(clause.about),
        "object": float(any(each in near for each in core if each not in GENERIC and each != verb)),
        "reads": float(is_lookup(offer, named)),
        "changes": float(
            not is_lookup(offer, named) and (offer.risk is not Risk.WRITE or any(each in ORDERS for each in named))
        ),
        "strange": float(
            verb is not None
            and is_order(verb)
            and verb not in spoken
            and meets < OTHERWISE
            and not (verb in GENERIC and (filled > 0.5 or (filled and free and central / free >= PLAINLY)))
            and not _rate_known(verb, frozenset((*named, *stem_text(offer.title))))
            and rate_similarity(verb, (*named, *stem_text(offer.title)), verb=True) < ALIKE
        ),
        "negated": float(
            any(stem(verb) in named or not KIN.get(stem(verb), _NONE).isdisjoint(named) for verb in clause.forbidden)
        ),
    }


def _rate_filled(offer: Offer, filling: SlotFilling) -> float:
    needed = [name for name in offer.required if name in filling.arguments]
    return 0.0 if filling.missing else 1.0 - 0.5 ** len(needed)


def list_kinds_said(clause: Clause, kinds: Sequence[RecordKind]) -> frozenset[str]:
    """The kinds of record that the clause mentions."""
    tokens = read_text(clause.text).tokens
    return frozenset(
        kind.name for kind in kinds if any(match_noun(tokens, index, kind) for index in range(len(tokens)))
    )


def _rate_things(said: frozenset[str], offer: Offer) -> float:
    own = {offer.annotation(name).record for name in offer.properties} - {None}
    return 0.0 if not said or not own else 1.0 if said & own else -1.0


@lru_cache(maxsize=8192)
def _rate_known(word: str, words: frozenset[str]) -> float:
    """1 for a word of these, 0.7 for a synonym."""
    if word in words:
        return 1.0
    return 0.0 if words.isdisjoint(KIN.get(word, ())) else 0.7


@lru_cache(maxsize=8192)
def _rate_meant(word: str, words: frozenset[str]) -> float:
    """The same for a word that no offer uses: 0.5 if WordNet relates it to one of these."""
    near = (
        share for verb in (True, False) for each, share in find_similar_stems(word, verb=verb).items() if each in words
    )
    return _rate_known(word, words) or (0.5 if max(near, default=0.0) >= ALIKE else 0.0)


def mentions_action(clause: Clause, named: Sequence[str], spoken: frozenset[str]) -> bool:
    """Whether this clause may also mean an action with these names: it knows the verb or, if the verb says little, most
    of the other words."""
    verb = find_head(clause.text)
    if verb is not None and verb not in GENERIC and is_order(verb):
        return _rate_verb(verb, named, spoken) > 0.0
    words = [each for each, _, _ in list_content_words(clause) if each not in GENERIC]
    known = sum(_rate_known(each, spoken) for each in words)
    return known * 2 >= len(words)


@lru_cache(maxsize=256)
def list_content_words(clause: Clause) -> tuple[tuple[str, int, int], ...]:
    """The content words of the clause: stem, and offsets in the request."""
    made = []
    for run, start, end in split_runs(clause.text):
        if run.casefold() not in EMPTY and not run.isdigit():
            made.append((stem(run), clause.start + start, clause.start + end))
    return tuple(made)


def _rate_manner(clause: Clause, named: Sequence[str], offer: Offer) -> float:
    """1 if a question meets an action that reads, or an order one that changes something. 0 for the reverse, otherwise
    0.5."""
    wonders = asks(clause.text)
    return 0.5 if wonders is None else float(wonders == is_lookup(offer, named))


def is_lookup(offer: Offer, named: Sequence[str]) -> bool:
    """Whether the action only reads, as declared or else by the verb in its name."""
    return offer.risk is Risk.READ or any(each in READING for each in named)


def _rate_light_verb(text: str, verb: str | None, named: Sequence[str]) -> float:
    """The rating of the verb behind a paraphrase: "establish a connection" means connect, "lower it to 30" means set
    it."""
    if verb is None:
        return 0.0
    thing = find_light_verb_noun(text)
    if thing is not None and thing in named:
        return OTHERWISE
    return OTHERWISE if verb in LEVELS and sets_to(text) and not SETTING.isdisjoint(named) else 0.0


def _rate_verb(verb: str | None, named: Sequence[str], spoken: frozenset[str]) -> float:
    if verb is None:
        return 0.0
    if verb in named:
        return 1.0
    kin = KIN.get(verb, frozenset())
    if any(each in kin for each in named):
        return 0.8
    if rate_similarity(verb, named, verb=True) >= ALIKE:
        return 0.6
    return 0.4 if verb in spoken or not kin.isdisjoint(spoken) else 0.0
