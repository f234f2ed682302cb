"""Reference finder: finds the phrases of a request that refer to a record of one kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from agent.extract.references import vocabulary as lists
from agent.extract.references.qualifiers import find_narrowed_end
from agent.extract.references.vocabulary import (
    BENEFICIARIES,
    CODE,
    DETERMINERS,
    EMAIL,
    GROUP,
    IDENTIFIER,
    LEFT,
    MANNER,
    MOST_DESCRIBING,
    PREPOSITIONS,
    STOP,
    HashableById,
    can_be_code,
    extend_over_brackets,
    find_clause_end,
    find_owner_kind,
    is_name_part,
    joins_capitals,
    match_noun,
    rate_person_likeness,
    starts_sentence,
)
from agent.extract.spans import money
from language import numerals, quotes
from language.date_forms import DAYS, MONTHS
from language.stems import EMPTY, KIN, ORDERS, READING, stem
from language.text import Text, Token, read_text, singularize, word_set
from registry.records import RecordKind

_BEFORE_ORDERS: Final = word_set("to please and then you i we can could just also let's")
_SPANS: Final = word_set("second minute hour day week fortnight month quarter year")
# Precedes a thing that isn't identified: "any more strategy meetings".
_BEFORE_ANY: Final = word_set("any more all every future past")


def find(text: str, kind: RecordKind, kinds: Iterable[RecordKind]) -> list[tuple[int, int]]:
    """The offsets of the phrases of ``text`` that refer to ``kind``, best first.

    Phrases with the kind's noun come first, then e-mail addresses and owners ("Adam" in "Adam's last invoice" for
    customers), then names and codes alone.
    """
    return list(_find_cached(text, HashableById((kind, *kinds))))


@lru_cache(maxsize=512)
def _find_cached(text: str, these: HashableById) -> tuple[tuple[int, int], ...]:
    """Cached, like ``parse``: each action that may be meant looks at the same words."""
    kind, *rest = these.kinds
    read = read_text(text)
    every = tuple(rest)
    made: list[tuple[int, int]] = []
    index = 0
    while index < len(read.tokens):
        length = match_noun(read.tokens, index, kind)
        if length:
            first = _extend_left(read.tokens, index, kind)
            last = find_narrowed_end(read, _extend_right(read.tokens, index + length, kind, every), kind)
            made.append((read.tokens[first].start, read.tokens[last - 1].bare_end))
            index = max(last, index + length)
        else:
            index += 1
    named = rate_person_likeness(kind)
    if named == 2:
        made += [match.span() for match in EMAIL.finditer(read.plain)]
    if named:
        made += find_owners(read, kind, every)
        made += find_names(read, every, with_colon=named == 1)
    called = find_things(read, every) if not made and named == 1 else []
    if not made or any(each.search == "number" and each.pattern for each in kind.fields):
        made += [
            (token.start, token.end)
            for index, token in enumerate(read.tokens)
            if can_be_code(token.text, kind)
            and (not token.text.isdigit() or len(token.text) > 3)
            and not _ordinal(token.low)
            and not _sum(read.tokens, index)
        ]
    made = called + made
    seen: list[tuple[int, int]] = []
    groups = [found.span() for found in GROUP.finditer(read.plain) if found[0][0] != "("]
    for start, end in ((start, extend_over_brackets(read.plain, end)) for start, end in made):
        # Brackets describe what precedes them.
        if any(first < start and end < last for first, last in groups):
            continue
        if all(end <= other or start >= stop for other, stop in seen):
            seen.append((start, end))
    return tuple(read.span(start, end) for start, end in seen)


def _sum(tokens: Sequence[Token], index: int) -> bool:
    """Whether a bare number is an amount of money: "5000 EUR" is no record's number."""
    beside = [tokens[step].low for step in (index - 1, index + 1) if 0 <= step < len(tokens)]
    return tokens[index].text.isdigit() and any(money.find_currency(word) is not None for word in beside)


def _counts(tokens: Sequence[Token], index: int) -> bool:
    """Whether a count begins here, which is no record: "3 days", "three", "a week"."""
    token = tokens[index]
    if token.low in {"a", "an", "one", "another"}:
        return index + 1 < len(tokens) and singularize(tokens[index + 1].low) in _SPANS
    return (token.text.isdigit() and len(token.text) < 4) or token.low in numerals.COUNTS


def _ordinal(low: str) -> bool:
    return low[:-2].isdigit() and low[-2:] in {"st", "nd", "rd", "th"}


def _extend_left(tokens: Sequence[Token], index: int, kind: RecordKind) -> int:
    """Extends a phrase to the left over determiners, positions, states, possessives and the owner's name."""
    states = {word for phrase in kind.states for word in phrase.lower().replace("-", " ").split()} | set(kind.states)
    first = index
    while first > 0:
        token = tokens[first - 1]
        if token.owns or (token.text == "'" and first > 1 and tokens[first - 2].low.endswith("s")):
            first -= 1
            while first > 0 and is_name_part(tokens, first - 1, tokens[first].capital):
                first -= 1
            # A word before the owner is no state of the record: "void Emma's invoice".
            while first > 0 and tokens[first - 1].low in LEFT and not _toward(tokens, first - 1):
                first -= 1
            break
        if _toward(tokens, first - 1) or (token.low not in LEFT and money.find_currency(token.low) is not None):
            break
        if token.low in states and starts_sentence(tokens, first - 1) and stem(token.low) in ORDERS:
            break  # "void invoice 1051": the verb
        if token.low in LEFT or token.low in states or (token.low.isdigit() and len(token.low) < 4):
            first -= 1
            continue
        if token.capital and first > 1 and token.word and not starts_sentence(tokens, first - 1):
            first -= 1
            continue
        if joins_capitals(tokens, first - 1):
            first -= 2
            continue
        break
    while first < index and tokens[first].low in {"of", "to", "but"}:
        first += 1
    if first < index or rate_person_likeness(kind) == 2:
        return first
    first = _extend_over_description(tokens, first)
    while first < index and first > 0 and tokens[first - 1].low in LEFT and not _toward(tokens, first - 1):
        first -= 1
    return first


def _toward(tokens: Sequence[Token], index: int) -> bool:
    """Whether "to" or "but" stands outside "second to last" and "last but one"."""
    return tokens[index].low in {"to", "but"} and (
        index == 0 or tokens[index - 1].low not in {*lists.ORDINALS, "next", "last"}
    )


def _extend_over_description(tokens: Sequence[Token], first: int) -> int:
    """Extends a phrase to the left over its topic: "the password reset article". Stops at a determiner, and needs
    one."""
    start = first
    while start > 0 and first - start < MOST_DESCRIBING:
        token = tokens[start - 1]
        if token.low in DETERMINERS:
            return start - 1
        if token.low in _BEFORE_ANY or (start < first and _orders(tokens, start - 1)):
            return start
        inner = token.low == "of" and start < first
        if not token.word or token.capital or token.owns or (token.low in STOP | PREPOSITIONS and not inner):
            break
        start -= 1
    return first


def _orders(tokens: Sequence[Token], index: int) -> bool:
    """Whether the word at ``index`` is the order's verb, not part of the topic ("sync up")."""
    before = tokens[index - 1].low if index else ""
    return stem(tokens[index].low) in ORDERS and (starts_sentence(tokens, index) or before in _BEFORE_ORDERS)


def _extend_right(tokens: Sequence[Token], index: int, kind: RecordKind, kinds: Sequence[RecordKind]) -> int:
    """Extends a phrase to the right over a number, a name, and "of/about/called …", up to the next clause."""
    last = index
    if tokens[index - 1].owns:
        return last
    owned = find_owner_kind(kind, kinds) is not None
    while last < len(tokens):
        token = tokens[last]
        if token.low in lists.NUMBERED - {"with"} and last + 1 < len(tokens) and CODE.fullmatch(tokens[last + 1].text):
            last += 2
        elif token.text in {"#", "'", '"'} and last + 1 < len(tokens):
            closing = next((step for step in range(last + 1, len(tokens)) if tokens[step].text == token.text), None)
            if closing is None:
                break
            last = closing + 1
        elif any(form.fullmatch(token.text) for form in (CODE, EMAIL, IDENTIFIER)) or (
            token.capital and token.low not in STOP
        ):
            last += 1
        elif token.low in {"before", "but"} and last + 1 < len(tokens) and tokens[last + 1].low in {"last", "one"}:
            last += 2
        elif token.low in lists.ABOUT | lists.CALLED and token.low not in {"on", "re"}:
            return find_clause_end(tokens, last + 1)
        elif token.low in {"of", "for", "from", "by"} and owned and last + 1 < len(tokens):
            if token.low == "for" and (tokens[last + 1].low in BENEFICIARIES or CODE.fullmatch(tokens[last - 1].text)):
                break  # "order 1042 for a new one": a numbered record needs no owner
            if token.low in {"by", "for"} and _counts(tokens, last + 1):
                break  # "Mia's trial by 3 days"
            stop = find_clause_end(tokens, last + 1)
            if stop == last + 1:
                break
            last = stop
        else:
            break
    return last


_SAID_OF_SOMEBODY: Final = word_set("is was has had will wants needs asked says said left")


def find_owners(read: Text, kind: RecordKind, kinds: Sequence[RecordKind]) -> list[tuple[int, int]]:
    """Owners: "Adam" in "Adam's last invoice" and in "the last invoice of Adam"."""
    made: list[tuple[int, int]] = []
    owned = [each for each in kinds if each.relation_to(kind.name)]
    tokens = read.tokens
    for index in range(len(tokens)):
        if tokens[index].owns and tokens[index].low not in lists.FILLERS:
            first = index
            while first > 0 and is_name_part(tokens, first - 1, tokens[index].capital):
                first -= 1
            made.append((tokens[first].start, tokens[index].bare_end))
    for each in owned:
        for index in range(len(tokens)):
            length = match_noun(tokens, index, each)
            after = index + length
            if length and after + 1 < len(tokens) and tokens[after].low in {"of", "for", "from", "by"}:
                stop = find_clause_end(tokens, after + 1)
                if stop > after + 1 and _can_own(tokens[after + 1 : stop], kind):
                    made.append((tokens[after + 1].start, tokens[stop - 1].bare_end))
    return made


def _can_own(tokens: Sequence[Token], kind: RecordKind) -> bool:
    """Whether words can be an owner: a name, or a noun of the kind. "The outage" of "a credit for the outage" is
    neither."""
    if tokens[0].low not in ("the", "a", "an", "this", "that"):
        return True
    return any(token.capital for token in tokens[:3]) or any(match_noun(tokens, at, kind) for at in range(len(tokens)))


def find_things(read: Text, kinds: Sequence[RecordKind]) -> list[tuple[int, int]]:
    """Phrases with a determiner ("the electric kettle") and no kind's noun. A thing may have such a name."""
    made: list[tuple[int, int]] = []
    tokens = read.tokens
    for index, token in enumerate(tokens):
        stop = index + 1
        while stop < len(tokens) and stop - index <= MOST_DESCRIBING and _plain_word(tokens, stop, kinds):
            stop += 1
        if token.low in DETERMINERS | {"my", "a", "an"} and stop > index + 1:
            made.append((tokens[index + 1].start, tokens[stop - 1].bare_end))
    return made


def _plain_word(tokens: Sequence[Token], index: int, kinds: Sequence[RecordKind]) -> bool:
    token = tokens[index]
    return (
        token.word
        and token.text.replace("-", "").isalpha()
        and token.low not in STOP | PREPOSITIONS | MANNER
        and not any(match_noun(tokens, index, kind) for kind in kinds)
    )


def _begins_name(tokens: Sequence[Token], index: int, *, with_colon: bool) -> bool:
    """Whether a name begins here. Inside a sentence a capital shows it. At its beginning, another capital or a
    following verb does."""
    if not starts_sentence(tokens, index) or (with_colon and index and tokens[index - 1].text == ":"):
        return True
    token, after = tokens[index], tokens[index + 1] if index + 1 < len(tokens) else None
    known = stem(token.low)
    if after is None or token.owns or token.low in EMPTY or known in ORDERS or known in READING or known in KIN:
        return False
    return (after.capital and after.text.isalpha() and after.text != "I") or after.low in _SAID_OF_SOMEBODY


def _is_identifier(tokens: Sequence[Token], index: int, kinds: Sequence[RecordKind]) -> bool:
    """Whether a program's name stands alone. After a kind's noun it is that kind's."""
    if not IDENTIFIER.fullmatch(tokens[index].text):
        return False
    behind = range(1, min(index, 3) + 1)
    return not any(match_noun(tokens, index - length, kind) == length for length in behind for kind in kinds)


def find_names(read: Text, kinds: Sequence[RecordKind], *, with_colon: bool) -> list[tuple[int, int]]:
    """Capitalised runs, outside quotes. At the beginning of a sentence only certain names ("Quinn Thomas has …").
    ``with_colon`` adds those after a colon."""
    made: list[tuple[int, int]] = []
    tokens = read.tokens
    quoted = [(each.outer_start, each.outer_end) for each in quotes.find(read) if each.kind in ("quoted", "named")]
    index = 0
    while index < len(tokens):
        token = tokens[index]
        ours = any(match_noun(tokens, index, kind) for kind in kinds)
        if _is_identifier(tokens, index, kinds) and not any(start <= token.start < end for start, end in quoted):
            made.append((token.start, token.end))
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
            made.append((token.start, tokens[last - 1].bare_end))
            index = last
        else:
            index += 1
    return made
