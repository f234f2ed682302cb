"""How fast a request finds its action among 100 and 10,000 contracts: ``python -m bench.resolve``.

The registry is made by recombining verbs, things and parameters, so that names collide as they do in a real one. Ratios
are against a plain BM25 scan over the same words (every document scored, no fields, no typos), which is what a first
version of such a search would be.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from agent.pipeline import Request
from agent.resolve.rules.resolver import RuleResolver
from language.stems import stem_text
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist


def _words(text: str) -> list[str]:
    return text.split()


VERBS = _words("""
create cancel refund send archive restore assign approve reject export
import schedule pause resume merge tag close reopen rename lock
""")
THINGS = _words("""
invoice order ticket customer subscription payment shipment product
coupon domain server mailbox backup report contract lead
""")
QUALITIES = _words("""
draft overdue partial recurring annual monthly bulk
internal external archived disputed urgent regional legacy shared
""")
PLACES = _words("""
warehouse branch team region account project channel
queue folder store campaign tenant site cluster market
""")
FIELDS = {
    "amount": {"type": "integer", "description": "How much, in cents"},
    "reason": {"type": "string", "description": "Why it is done"},
    "date": {"type": "string", "format": "date", "description": "When it shall happen"},
    "priority": {"type": "string", "enum": ["low", "normal", "urgent"], "description": "How pressing it is"},
    "email": {"type": "string", "format": "email", "description": "Who is told"},
    "note": {"type": "string", "description": "Words for the record"},
}
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def offers(count: int, chance: random.Random) -> list[Offer]:
    made: dict[str, Offer] = {}
    while len(made) < count:
        verb, thing, quality, place = (chance.choice(words) for words in (VERBS, THINGS, QUALITIES, PLACES))
        name = f"{place}.{thing}.{verb}_{quality}"
        fields = dict(chance.sample(sorted(FIELDS.items()), 3))
        schema = {"type": "object", "properties": fields, "required": [next(iter(fields))]}
        description = (
            f"{verb.capitalize()} a {quality} {thing} of the {place}. Only for {chance.choice(QUALITIES)} ones."
        )
        made.setdefault(name, Offer(name, 1, f"{verb} {quality} {thing}", description, schema))
    return list(made.values())


def requests(count: int, chance: random.Random) -> list[str]:
    return [
        f"please {chance.choice(VERBS)} the {chance.choice(QUALITIES)} {chance.choice(THINGS)} of our "
        f"{chance.choice(PLACES)} tomorrow, "
        f"{chance.randint(2, 99)} euros, because the customer asked for it"
        for _ in range(count)
    ]


class PlainScan:
    """BM25 over one bag of words each, every document scored."""

    def __init__(self, every: list[Offer]) -> None:
        self.bags = [
            Counter(
                stem_text(
                    " ".join((each.name.replace("_", " "), each.description, *map(str, each.properties.values())))
                )
            )
            for each in every
        ]
        self.average = sum(sum(bag.values()) for bag in self.bags) / len(self.bags)
        found = Counter(word for bag in self.bags for word in bag)
        self.idf = {word: math.log(1 + (len(self.bags) - n + 0.5) / (n + 0.5)) for word, n in found.items()}

    def top(self, text: str, k: int = 8) -> list[int]:
        words = set(stem_text(text))
        scores = []
        for at, bag in enumerate(self.bags):
            norm = 1.2 * (0.25 + 0.75 * sum(bag.values()) / self.average)
            scores.append((sum(self.idf[w] * bag[w] * 2.2 / (bag[w] + norm) for w in words if w in bag), at))
        return [at for _, at in sorted(scores, reverse=True)[:k]]


def timed(run: Callable[[str], object], texts: list[str]) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    took = []
    for text in texts:
        began = time.perf_counter()
        run(text)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return took[len(took) // 2], took[int(len(took) * 0.95)]


def _resolve(runner: asyncio.Runner, resolver: RuleResolver, shortlist: Shortlist, text: str) -> None:
    runner.run(resolver.resolve(Request(text=text, now=NOW), shortlist, ()))


def main() -> None:
    for count in (100, 10_000):
        chance = random.Random(7)
        every, texts = offers(count, chance), requests(200, chance)
        began = time.perf_counter()
        shortlist = Shortlist(every)
        built_s = time.perf_counter() - began
        plain = PlainScan(every)
        with asyncio.Runner() as runner:
            search = timed(shortlist.top, texts)
            scan = timed(plain.top, texts[:50])
            whole = timed(partial(_resolve, runner, RuleResolver(), shortlist), texts)
        print(
            f"{count:>6} contracts: index {built_s:.2f} s; shortlist p50 {search[0]:.2f} ms, p95 {search[1]:.2f} ms "
            f"({scan[0] / search[0]:.1f}x a plain scan's speed); resolve p50 {whole[0]:.1f} ms, p95 {whole[1]:.1f} ms"
        )


if __name__ == "__main__":
    main()
