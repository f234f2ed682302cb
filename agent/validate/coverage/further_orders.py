"""Further orders: another verb of an order behind "and", and one more name or number that "and" joins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.pipeline import Span
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.unused_words import find_left_over
from language.stems import ORDER_WORDS, stem
from language.wordnet import find_similar_stems

Place = tuple[int, int]


def find_further_orders(text: str, taken: Sequence[Place], known: frozenset[str]) -> Iterator[Place]:
    """Clauses that begin with the verb of an order which none of the calls is about, and of which no word was used."""
    for found in patterns.FURTHER.finditer(text):
        said = found["verb"].casefold()
        verb = stem(said)
        orders = (
            said in ORDER_WORDS
            or verb in patterns.TELLING
            or (patterns.MARKED.search(found.group()) and find_similar_stems(verb, verb=True))
        )
        if not orders or verb in known or patterns.TO_ME.match(text, found.end()):
            continue
        closing = patterns.CLAUSE.search(text, found.end())
        end = closing.start() if closing else len(text)
        if not any(start < end and found.start("verb") < stop for start, stop in taken):
            yield found.start("verb"), end


def find_joined_names(text: str, taken: Sequence[Place], known: frozenset[str]) -> Iterator[Place]:
    """Names and numbers that "and" joins to something that was used, as one more of it."""
    claimed = [Span(start=start, end=end, text=text[start:end]) for start, end in taken]
    starts, ends = {start for start, _ in taken}, {end for _, end in taken}
    for each in find_left_over(text, claimed, known):
        if not patterns.NAME.match(each.text):
            continue
        whole = patterns.search_before(patterns.CODE, text, each.start)
        before = patterns.search_before(patterns.JOINED, text, whole.start() if whole is not None else each.start)
        after = patterns.JOINS.match(text, each.end)
        if patterns.search_before(patterns.CHOICE, text, each.start):
            continue  # "whichever of A and B is older": one is chosen
        if (before is not None and before.start() in ends) or (after is not None and after.end() in starts):
            yield each.start, each.end
