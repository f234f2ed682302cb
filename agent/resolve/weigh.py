"""How well one offer fits one clause, as a probability: a few general marks, weighed by a logistic model.

The weights were fitted by ``evals.calibrate`` on development cases and are rounded; no mark names an action, a source
or a platform.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.resolve.fill import Filling
from agent.resolve.split import Clause, head
from registry.offer import Offer
from registry.shortlist import Scored, Shortlist
from registry.words import EMPTY, GENERIC, KIN, runs, stem

BIAS: Final = -4.0
WEIGHTS: Final[Mapping[str, float]] = {
    "relative": 2.0,
    "lexical": 1.0,
    "explained": 2.0,
    "name": 2.0,
    "verb": 0.7,
    "object": 1.5,
    "filled": 1.0,
    "unknown": -1.5,
    "short": -1.0,
    "about": -1.5,
    "negated": -4.0,
}


@dataclass(frozen=True, slots=True)
class Weighed:
    """An offer weighed against a clause. ``marks`` are the values the weights apply to, each about 0 to 1."""

    offer: Offer
    probability: float
    marks: Mapping[str, float]
    filling: Filling


def weigh(clause: Clause, scored: Scored, best: float, shortlist: Shortlist, filling: Filling) -> Weighed:
    made = marks(clause, scored, best, shortlist, filling)
    total = BIAS + sum(WEIGHTS[name] * value for name, value in made.items())
    return Weighed(scored.offer, 1.0 / (1.0 + math.exp(-total)), made, filling)


def marks(clause: Clause, scored: Scored, best: float, shortlist: Shortlist, filling: Filling) -> dict[str, float]:
    """The marks of one offer. ``best`` is the highest lexical score any offer got for this clause."""
    offer = scored.offer
    words = telling(clause)
    said = {each for each, _, _ in words}
    near = said.union(*(KIN.get(each, frozenset()) for each in said)) if said else said
    spoken = shortlist.spoken(offer.name)
    used = filling.spans

    explained = unknown = total = 0.0
    for each, start, end in words:
        weight = 0.4 if each in GENERIC else 1.0
        total += weight
        if each in spoken or any(begin <= start and end <= stop for begin, stop in used):
            explained += weight
        elif any(other in spoken for other in KIN.get(each, ())):
            explained += 0.7 * weight
        elif not shortlist.knows(each):
            unknown += weight

    named = shortlist.called(offer.name)
    telling_names = [each for each in named if each not in GENERIC]
    verb = head(clause.text)
    required = [name for name in offer.required if "default" not in (offer.properties.get(name) or {})]
    return {
        "relative": scored.score / best if best > 0 else 0.0,
        "lexical": min(1.0, scored.score / (3.0 * (1.0 + len(words) ** 0.5))),
        "explained": explained / total if total else 0.0,
        "name": _share(named, said, near),
        "verb": _meets(verb, named, spoken),
        "object": _share(telling_names, said, near) if telling_names else _share(named, said, near),
        "filled": 1.0 - len(filling.missing) / len(required) if required else 1.0,
        "unknown": unknown / total if total else 1.0,
        "short": 1.0 if len(words) < 2 else 0.0,
        "about": float(clause.about),
        "negated": float(clause.negated is not None and stem(clause.negated) in near.intersection({*named})),
    }


def telling(clause: Clause) -> list[tuple[str, int, int]]:
    """The clause's content words: stem and offsets in the request."""
    made = []
    for run, start, end in runs(clause.text):
        if run.casefold() not in EMPTY and not run.isdigit():
            made.append((stem(run), clause.start + start, clause.start + end))
    return made


def _share(wanted: Sequence[str], said: set[str], near: set[str] | frozenset[str]) -> float:
    if not wanted:
        return 0.0
    return sum(1.0 if each in said else 0.7 if each in near else 0.0 for each in wanted) / len(wanted)


def _meets(verb: str | None, named: Sequence[str], spoken: frozenset[str]) -> float:
    if verb is None:
        return 0.0
    if verb in named:
        return 1.0
    kin = KIN.get(verb, frozenset())
    if any(each in kin for each in named):
        return 0.8
    return 0.4 if verb in spoken or not kin.isdisjoint(spoken) else 0.0
