"""Names in a request: whose something is, capitalised words, and what a thing may be called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.extract.references import vocabulary as lists
from agent.extract.references.edges import (
    DETERMINERS,
    MANNER,
    MOST_DESCRIBING,
    PREPOSITIONS,
    STOP,
    clause_end,
    end_of,
    joins_capitals,
    name_part,
    starts_sentence,
)
from agent.extract.references.nouns import noun_at
from language import quotes
from language.date_forms import DAYS, MONTHS
from language.stems import EMPTY, KIN, ORDERS, READING, stem
from language.text import Text, Token, word_set
from registry.records import RecordKind

_SAID_OF_SOMEBODY: Final = word_set("is was has had will wants needs asked says said left")


def owners(read: Text, kind: RecordKind, kinds: Sequence[RecordKind]) -> list[tuple[int, int]]:
    """ "Adam" in "Adam's last invoice", and "Adam" in "the last invoice of Adam"."""
    made: list[tuple[int, int]] = []
    owned = [each for each in kinds if each.relation_to(kind.name)]
    tokens = read.tokens
    for index in range(len(tokens)):
        if tokens[index].owns and tokens[index].low not in lists.FILLERS:
            first = index
            while first > 0 and name_part(tokens, first - 1, tokens[index].capital):
                first -= 1
            made.append((tokens[first].start, end_of(tokens[index])))
    for each in owned:
        for index in range(len(tokens)):
            length = noun_at(tokens, index, each)
            after = index + length
            if length and after + 1 < len(tokens) and tokens[after].low in {"of", "for", "from", "by"}:
                stop = clause_end(tokens, after + 1)
                if stop > after + 1 and _can_own(tokens[after + 1 : stop], kind):
                    made.append((tokens[after + 1].start, end_of(tokens[stop - 1])))
    return made


def _can_own(tokens: Sequence[Token], kind: RecordKind) -> bool:
    """A name, or a noun of the kind; "the outage" of "a credit for the outage" is neither."""
    if tokens[0].low not in ("the", "a", "an", "this", "that"):
        return True
    return any(token.capital for token in tokens[:3]) or any(noun_at(tokens, at, kind) for at in range(len(tokens)))


def things(read: Text, kinds: Sequence[RecordKind]) -> list[tuple[int, int]]:
    """What a determiner introduces ("the electric kettle"), where it holds no kind's noun: a thing may be called so."""
    made: list[tuple[int, int]] = []
    tokens = read.tokens
    for index, token in enumerate(tokens):
        stop = index + 1
        while stop < len(tokens) and stop - index <= MOST_DESCRIBING and _plain_word(tokens, stop, kinds):
            stop += 1
        if token.low in DETERMINERS | {"my", "a", "an"} and stop > index + 1:
            made.append((tokens[index + 1].start, end_of(tokens[stop - 1])))
    return made


def _plain_word(tokens: Sequence[Token], index: int, kinds: Sequence[RecordKind]) -> bool:
    token = tokens[index]
    return (
        token.word
        and token.text.replace("-", "").isalpha()
        and token.low not in STOP | PREPOSITIONS | MANNER
        and not any(noun_at(tokens, index, kind) for kind in kinds)
    )


def _begins_name(tokens: Sequence[Token], index: int, *, with_colon: bool) -> bool:
    """Inside a sentence a capital says it; at its beginning, another capital or a verb after it does."""
    if not starts_sentence(tokens, index) or (with_colon and index and tokens[index - 1].text == ":"):
        return True
    token, after = tokens[index], tokens[index + 1] if index + 1 < len(tokens) else None
    known = stem(token.low)
    if after is None or token.owns or token.low in EMPTY or known in ORDERS or known in READING or known in KIN:
        return False
    return (after.capital and after.text.isalpha() and after.text != "I") or after.low in _SAID_OF_SOMEBODY


def names(read: Text, kinds: Sequence[RecordKind], *, with_colon: bool) -> list[tuple[int, int]]:
    """Capitalised runs; at the beginning of a sentence only what can be nothing but a name ("Quinn Thomas has …"). ``with_colon`` also
    those that a colon introduces. Nothing out of quoted words."""
    made: list[tuple[int, int]] = []
    tokens = read.tokens
    quoted = [(each.outer_start, each.outer_end) for each in quotes.find(read) if each.kind in ("quoted", "named")]
    index = 0
    while index < len(tokens):
        token = tokens[index]
        ours = any(noun_at(tokens, index, kind) for kind in kinds)
        if (
            token.capital
            and token.text.replace("-", "").isalpha()
            and token.text != "I"
            and not ours
            and token.low not in DAYS
            and token.low not in MONTHS
            and not any(start <= token.start < end for start, end in quoted)
            and _begins_name(tokens, index, with_colon=with_colon)
        ):
            last = index + 1
            while (
                last < len(tokens)
                and (tokens[last].capital or joins_capitals(tokens, last))
                and not tokens[last - 1].owns
                and not tokens[last].text.isdigit()
            ):
                last += 1
            made.append((token.start, end_of(tokens[last - 1])))
            index = last
        else:
            index += 1
    return made
