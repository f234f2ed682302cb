"""Shortlist: finds the few offers that a request may mean among thousands, by fielded BM25 with tolerance for typos.

BM25F after Robertson & Zaragoza, "The Probabilistic Relevance Framework" (2009) §3.6: term frequencies are weighted and
length-normalised per field, summed, then saturated once.
"""

from __future__ import annotations

import heapq
import math
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.actor import Surface
from language.spell_correction import Speller
from language.stems import EMPTY, KIN, split_runs, stem, stem_text
from language.wordnet import find_similar_stems
from registry.catalogue import Catalogue
from registry.offers.offer import Offer
from registry.offers.offer_text import collect_words, stem_fields, stem_name

# Field → (weight, how much its length is normalised away). A name is short and chosen with care. A parameter's
# description is neither.
FIELDS: Final[Mapping[str, tuple[float, float]]] = {
    "name": (3.0, 0.3),
    "title": (2.5, 0.3),
    "aliases": (2.5, 0.0),
    "lead": (2.0, 0.5),
    "description": (1.0, 0.6),
    "examples": (1.0, 0.3),
    "parameters": (1.0, 0.6),
    "parameter_words": (0.5, 0.7),
    "values": (0.7, 0.7),
}
K1: Final = 1.2
KIN_WEIGHT: Final = 0.35  # the weight of a synonym
ALIKE: Final = 0.3  # the share of a word's uses with this meaning from which a synonym is looked up instead
TYPO_WEIGHT: Final = 0.8
TYPO_LEAST: Final = 0.75  # normalised OSA similarity from which an unknown word counts as a misspelt known one
MOST_TERMS: Final = 32  # only the rarest words of a long request are looked up
MOST_TYPOS: Final = 6
MOST_TOPS: Final = 16
"""Most cached results. Several readers of one request ask for the best offers for the same words, which are found only
once."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An offer and its score. ``score`` is comparable only within one query. ``coverage`` in [0, 1] is the share of the
    request's terms (weighted by rarity) that this offer contains. ``matched`` are the common stems, rarest first."""

    offer: Offer
    score: float
    matched: tuple[str, ...] = ()
    coverage: float = 0.0


@dataclass(frozen=True, slots=True)
class Term:
    """One query term: a word of a request or its correction (``weight`` 1 or less), and its synonyms."""

    word: str
    stem: str
    known: bool
    weight: float
    kin: tuple[str, ...]


class Shortlist:
    """Search index over the offers of one role on one surface. Immutable, so safe to share."""

    def __init__(
        self,
        offers: Sequence[Offer],
        *,
        role: str = "owner",
        others: Sequence[str] = (),
        closed: Sequence[Offer] = (),
    ) -> None:
        self.offers: tuple[Offer, ...] = tuple(offers)
        self.role, self.others = role, tuple(others)
        """The role of the shortlist, and the names of actions that only other roles may run."""
        self.closed = Shortlist(closed) if closed else None
        """Actions of other roles on the same surface, to tell a person that they exist. They are never called."""
        self._by_name = {offer.name: offer for offer in self.offers}
        if len(self._by_name) != len(self.offers):
            twice = [name for name, n in Counter(offer.name for offer in self.offers).items() if n > 1]
            raise ValueError(f"two offers are called {twice[0]!r}; a shortlist is a closed set of names")
        self._postings, self._idf = _make_index(self.offers)
        aliases = [alias.casefold().split() for offer in self.offers for alias in offer.aliases]
        titles = [offer.title.casefold().split() for offer in self.offers]
        apart = {f"{words[0]} {words[-1]}" for words in titles if len(words) > 2}  # "Call a job off"
        self._openings = apart.union(" ".join(words[:count]) for words in aliases for count in (2, 3, 4))
        self._vocabulary = [word for word in self._postings if len(word) >= 4 and not word.isdigit()]
        self.speller = Speller(collect_words(self.offers))
        """Corrects slips in words that the offers use."""
        self._core: dict[str, frozenset[str]] = {}
        self._spoken: dict[str, frozenset[str]] = {}
        self._tops: dict[tuple[str, int], tuple[Scored, ...]] = {}
        self._unknown_idf = _compute_idf(0, len(self.offers))

    def __len__(self) -> int:
        return len(self.offers)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def get(self, name: str) -> Offer | None:
        return self._by_name.get(name)

    def spoken(self, name: str) -> frozenset[str]:
        """Every stem in the offer of that name."""
        found = self._spoken.get(name)
        if found is None:
            said = stem_fields(self._by_name[name])
            found = self._spoken[name] = frozenset(word for each in said.values() for word in each)
        return found

    def core(self, name: str) -> frozenset[str]:
        """The stems of the offer's name, title and the first sentence of its description."""
        found = self._core.get(name)
        if found is None:
            said = stem_fields(self._by_name[name])
            told = (*self.called(name), *said["title"], *said["aliases"], *said["lead"])
            found = self._core[name] = frozenset(told)
        return found

    def called(self, name: str) -> tuple[str, ...]:
        """The stems of an offer's name, in order, each once."""
        return tuple(dict.fromkeys(stem_name(self._by_name[name])))

    def rarity(self, word_stem: str) -> float:
        """Inverse document frequency of a stem, at its highest for one that no offer contains."""
        return self._idf.get(word_stem, self._unknown_idf)

    def knows(self, word_stem: str) -> bool:
        return word_stem in self._postings

    def calls(self, phrase: str) -> bool:
        """Whether some offer's other name begins with these two to four words, or its title is of two of them."""
        return phrase in self._openings

    def terms(self, text: str) -> list[Term]:
        """Query terms of a request, rarest first, at most MOST_TERMS. Unknown words are tried as typos."""
        seen: dict[str, str] = {}
        previous = ""
        for run, _, _ in split_runs(text):
            word = run.casefold()
            if previous:
                joined = stem(previous + word)
                if joined in self._postings:
                    seen.setdefault(joined, previous + word)
            previous = word
            if word in EMPTY:
                continue
            for each in stem_text(run):
                seen.setdefault(each, word)
        made, typos = [], 0
        for each, word in seen.items():
            known, weight, looked_up = each in self._postings, 1.0, each
            kin = tuple(other for other in KIN.get(each, ()) if other in self._postings)
            if not known and not kin:
                kin = tuple(other for other in _list_alike(each) if other in self._postings)
            if not known and not kin and len(each) >= 4 and not each.isdigit() and typos < MOST_TYPOS:
                typos += 1
                close = process.extractOne(
                    each, self._vocabulary, scorer=OSA.normalized_similarity, score_cutoff=TYPO_LEAST
                )
                if close is not None:
                    looked_up, known, weight = close[0], True, TYPO_WEIGHT * close[1]
            made.append(Term(word, looked_up, known, weight, kin))
        made.sort(key=lambda term: -self.rarity(term.stem))
        return [term for term in made if term.known or term.kin][:MOST_TERMS] + [
            term for term in made if not term.known and not term.kin
        ]

    def top(self, text: str, k: int = 8) -> list[Scored]:
        """The ``k`` best offers, best first. Fewer if fewer share a word with the text."""
        if (text, k) not in self._tops:
            if len(self._tops) >= MOST_TOPS:
                self._tops.clear()
            self._tops[text, k] = self._rank_cached(text, k)
        return list(self._tops[text, k])

    def _rank_cached(self, text: str, k: int) -> tuple[Scored, ...]:
        terms = self.terms(text)
        scores = [0.0] * len(self.offers)
        for term in terms:
            if not term.known and not term.kin:
                continue
            self._add(scores, term)
        best = heapq.nlargest(k, ((score, -at) for at, score in enumerate(scores) if score > 0.0))
        return tuple(self._score(-at, score, terms) for score, at in best)

    def _add(self, scores: list[float], term: Term) -> None:
        if term.known:
            docs, weights = self._postings[term.stem]
            factor = term.weight
            for at, weight in zip(docs, weights, strict=True):
                scores[at] += weight * factor
        for other in term.kin:
            docs, weights = self._postings[other]
            # A synonym can't say more than the word itself would.
            factor = KIN_WEIGHT * min(1.0, self.rarity(term.stem) / self._idf[other])
            for at, weight in zip(docs, weights, strict=True):
                scores[at] += weight * factor

    def _score(self, at: int, score: float, terms: Sequence[Term]) -> Scored:
        matched = []
        covered = total = 0.0
        for term in terms:
            rarity = self.rarity(term.stem)
            total += rarity
            if term.known and self._holds(term.stem, at):
                matched.append(term.stem)
                covered += rarity * term.weight
            elif any(self._holds(other, at) for other in term.kin):
                matched.append(term.stem)
                covered += rarity * 0.7
        return Scored(self.offers[at], score, tuple(matched), covered / total if total else 0.0)

    def _holds(self, word: str, at: int) -> bool:
        found = self._postings.get(word)
        if found is None:
            return False
        docs = found[0]
        place = bisect_left(docs, at)
        return place < len(docs) and docs[place] == at


def _list_alike(word: str) -> Iterator[str]:
    """Synonyms for a word that no offer contains."""
    near = {**find_similar_stems(word), **find_similar_stems(word, verb=True)}
    return (other for other, share in near.items() if share >= ALIKE)


def _make_index(offers: Sequence[Offer]) -> tuple[dict[str, tuple[array[int], array[float]]], dict[str, float]]:
    told = [stem_fields(offer) for offer in offers]
    count = len(offers)
    average = {
        name: max(1.0, sum(len(each[name]) for each in told) / max(1, sum(1 for each in told if each[name])))
        for name in FIELDS
    }
    weighed: dict[str, list[tuple[int, float]]] = {}
    for at, each in enumerate(told):
        frequency: dict[str, float] = {}
        for name, (weight, b) in FIELDS.items():
            tokens = each[name]
            if not tokens:
                continue
            unit = weight / (1.0 - b + b * len(tokens) / average[name])
            for token in tokens:
                frequency[token] = frequency.get(token, 0.0) + unit
        for token, tf in frequency.items():
            weighed.setdefault(token, []).append((at, tf))
    idf = {token: _compute_idf(len(rows), count) for token, rows in weighed.items()}
    postings = {
        token: (array("L", [at for at, _ in rows]), array("d", [idf[token] * tf / (K1 + tf) for _, tf in rows]))
        for token, rows in weighed.items()
    }
    return postings, idf


def _compute_idf(document_frequency: int, count: int) -> float:
    return math.log(1.0 + (count - document_frequency + 0.5) / (document_frequency + 0.5))


def make_shortlist(catalogue: Catalogue, role: str, surface: Surface) -> Shortlist:
    """The shortlist of this role's actions on this surface, with the names of all other actions, and the actions closed
    to this role."""
    offers = catalogue.offers(role, surface)
    mine = {offer.name for offer in offers}
    others = [contract.name for contract in catalogue if contract.name not in mine]
    return Shortlist(offers, role=role, others=others, closed=catalogue.closed(role, surface))
