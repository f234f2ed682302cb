"""A request → the phrases in it that refer to a record of one kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from agent.read import money
from agent.read.references import words as lists
from agent.read.references.groups import GROUP, extended
from agent.read.references.nouns import CODE, EMAIL, code_of, has_form, noun_at, owner_kind, person_like
from agent.read.text import Text, Token, read_text, word_set
from registry.records import RecordKind
from registry.words import ORDERS, stem

_LEFT: Final = (
    word_set("the a an this that these those of one my our his her their its new old")
    | lists.EVERY
    | frozenset(word for phrase in lists.PLACES for word in phrase.split())
    | frozenset(lists.COUNTS)
)
_STOP: Final = word_set(
    "and or then but if because so when while please with to into as via using than not is are was were has have "
    "had can could should would will do does did tell send give make set mark let also"
)
# Said after a name of when or how something shall be done, and never a part of one.
_MANNER: Final = word_set(
    "immediately now today tomorrow tonight asap again soon quickly urgently please thanks thank right straight once effective instantly "
    "already too back there here twice permanently temporarily completely fully"
)
_JOINERS: Final = word_set("of de di da del della la le van von der den du al el y & and o'")
_BENEFICIARIES: Final = word_set("me us you myself")
_DETERMINERS: Final = word_set("the our")
_MOST_DESCRIBING: Final = 4
_PREPOSITIONS: Final = word_set(
    "of for from by belonging about regarding concerning called named titled on in to with under"
)


def find(text: str, kind: RecordKind, kinds: Iterable[RecordKind]) -> list[tuple[int, int]]:
    """Offsets of the phrases of ``text`` that refer to ``kind``, best first: around its noun, then e-mail addresses and owners
    ("Adam" in "Adam's last invoice" for customers), then names and codes standing alone."""
    read = read_text(text)
    every = tuple(kinds)
    made: list[tuple[int, int]] = []
    index = 0
    while index < len(read.tokens):
        length = noun_at(read.tokens, index, kind)
        if length:
            first = _left(read.tokens, index, kind)
            last = _right(read.tokens, index + length, kind, every)
            made.append((read.tokens[first].start, _end(read.tokens[last - 1])))
            index = max(last, index + length)
        else:
            index += 1
    named = person_like(kind)
    if named == 2:
        made += [match.span() for match in EMAIL.finditer(read.plain)]
    if named:
        made += _owners(read, kind, every)
        made += _names(read, every, things=named == 1)
    things = _things(read, every) if not made and named == 1 else []
    if not made or has_form(kind):
        made += [
            (token.start, token.end)
            for index, token in enumerate(read.tokens)
            if code_of(token.text, kind)
            and (not token.text.isdigit() or len(token.text) > 3)
            and not _ordinal(token.low)
            and not _sum(read.tokens, index)
        ]
    made = things + made
    seen: list[tuple[int, int]] = []
    groups = [found.span() for found in GROUP.finditer(read.plain) if found[0][0] != "("]
    for start, end in ((start, extended(read.plain, end)) for start, end in made):
        # What stands in brackets says something of what stands before them.
        if any(first < start and end < last for first, last in groups):
            continue
        if all(end <= other or start >= stop for other, stop in seen):
            seen.append((start, end))
    return [read.span(start, end) for start, end in seen]


def _sum(tokens: Sequence[Token], index: int) -> bool:
    """Whether a bare number is an amount of money: "5000 EUR" is no record's number."""
    beside = [tokens[step].low for step in (index - 1, index + 1) if 0 <= step < len(tokens)]
    return tokens[index].text.isdigit() and any(money.currency_of(word) is not None for word in beside)


def _ordinal(low: str) -> bool:
    return low[:-2].isdigit() and low[-2:] in {"st", "nd", "rd", "th"}


def _end(token: Token) -> int:
    return token.end - 2 if token.owns else token.end


def _left(tokens: Sequence[Token], index: int, kind: RecordKind) -> int:
    """Back over determiners, places in line, states, possessives and the name that possesses."""
    states = {word for phrase in kind.states for word in phrase.lower().replace("-", " ").split()} | set(kind.states)
    first = index
    while first > 0:
        token = tokens[first - 1]
        if token.owns or (token.text == "'" and first > 1 and tokens[first - 2].low.endswith("s")):
            first -= 1
            while first > 0 and _name_part(tokens, first - 1, tokens[first].capital):
                first -= 1
            # What stands before a possessor is no state of what is possessed: "void Emma's invoice".
            while first > 0 and tokens[first - 1].low in _LEFT and not _toward(tokens, first - 1):
                first -= 1
            break
        if _toward(tokens, first - 1) or money.currency_of(token.low) is not None:
            break
        if token.low in states and _starts_sentence(tokens, first - 1) and stem(token.low) in ORDERS:
            break  # "void invoice 1051": the verb
        if token.low in _LEFT or token.low in states or (token.low.isdigit() and len(token.low) < 4):
            first -= 1
            continue
        if token.capital and first > 1 and token.word and not _starts_sentence(tokens, first - 1):
            first -= 1
            continue
        break
    while first < index and tokens[first].low in {"of", "to", "but"}:
        first += 1
    return _described(tokens, first) if first == index and person_like(kind) != 2 else first


def _toward(tokens: Sequence[Token], index: int) -> bool:
    """Whether "to" or "but" stands in no "second to last", "last but one"."""
    return tokens[index].low in {"to", "but"} and (
        index == 0 or tokens[index - 1].low not in {*lists.ORDINALS, "next", "last"}
    )


def _described(tokens: Sequence[Token], first: int) -> int:
    """Back over what a record is about: "the password reset article". Only up to a determiner; without one it is no such phrase."""
    start = first
    while start > 0 and first - start < _MOST_DESCRIBING:
        token = tokens[start - 1]
        if token.low in _DETERMINERS:
            return start - 1
        if not token.word or token.capital or token.owns or token.low in _STOP | _PREPOSITIONS:
            break
        start -= 1
    return first


def _name_part(tokens: Sequence[Token], index: int, capital: bool) -> bool:
    token = tokens[index]
    if not token.word or token.owns or token.low in _STOP | _PREPOSITIONS | _LEFT:
        return token.low in {"the"} and False
    if capital:
        return token.capital and not _starts_sentence(tokens, index)
    # A name typed in lower case: at most a first name before the last one, and never the sentence's verb.
    return (
        not token.capital
        and token.low.isalpha()
        and not _starts_sentence(tokens, index)
        and stem(token.low) not in ORDERS
        and (tokens[index + 1].owns or tokens[index - 1].low in {"of", "for", "to", "customer", "client", "user"})
    )


def _starts_sentence(tokens: Sequence[Token], index: int) -> bool:
    return index == 0 or tokens[index - 1].text in {".", "!", "?", ":"}


def _right(tokens: Sequence[Token], index: int, kind: RecordKind, kinds: Sequence[RecordKind]) -> int:
    """On over a number, a name, and "of/about/called …" tails, up to the next clause."""
    last = index
    if tokens[index - 1].owns:
        return last
    owned = owner_kind(kind, kinds) is not None
    while last < len(tokens):
        token = tokens[last]
        if token.low in lists.NUMBERED - {"with"} and last + 1 < len(tokens) and CODE.fullmatch(tokens[last + 1].text):
            last += 2
        elif token.text in {"#", "'", '"'} and last + 1 < len(tokens):
            closing = next((step for step in range(last + 1, len(tokens)) if tokens[step].text == token.text), None)
            if closing is None:
                break
            last = closing + 1
        elif CODE.fullmatch(token.text) or EMAIL.fullmatch(token.text) or (token.capital and token.low not in _STOP):
            last += 1
        elif token.low in {"before", "but"} and last + 1 < len(tokens) and tokens[last + 1].low in {"last", "one"}:
            last += 2
        elif token.low in lists.ABOUT | lists.CALLED and token.low not in {"on", "re"}:
            return _clause(tokens, last + 1)
        elif token.low in {"of", "for", "from", "by"} and owned and last + 1 < len(tokens):
            if token.low == "for" and (tokens[last + 1].low in _BENEFICIARIES or CODE.fullmatch(tokens[last - 1].text)):
                break  # "order 1042 for a new one": what has a number needs no owner to be told by
            stop = _clause(tokens, last + 1)
            if stop == last + 1:
                break
            last = stop
        else:
            break
    return last


def _clause(tokens: Sequence[Token], index: int) -> int:
    first = index
    while (
        index < len(tokens)
        and tokens[index].text not in {",", ";", ".", "?", "!", ":", "(", ")"}
        and tokens[index].low not in _STOP | _MANNER
    ):
        if index - first > 7 or _past_name(tokens, first, index):
            break
        index += 1
    return index


def _past_name(tokens: Sequence[Token], first: int, index: int) -> bool:
    """Whether a name that began with a capital is over: "Hugo Bernard" of "Hugo Bernard by mail"."""
    token, before = tokens[index], tokens[index - 1]
    return (
        index > first
        and tokens[first].capital
        and before.capital
        and not before.owns
        and token.word
        and not token.capital
        and not token.text[:1].isdigit()
        and token.low not in _JOINERS
        and token.low.isascii()
    )


def _owners(read: Text, kind: RecordKind, kinds: Sequence[RecordKind]) -> list[tuple[int, int]]:
    """ "Adam" in "Adam's last invoice", and "Adam" in "the last invoice of Adam"."""
    made: list[tuple[int, int]] = []
    owned = [each for each in kinds if each.relation_to(kind.name)]
    tokens = read.tokens
    for index in range(len(tokens)):
        if tokens[index].owns and tokens[index].low not in lists.FILLERS:
            first = index
            while first > 0 and _name_part(tokens, first - 1, tokens[index].capital):
                first -= 1
            made.append((tokens[first].start, _end(tokens[index])))
    for each in owned:
        for index in range(len(tokens)):
            length = noun_at(tokens, index, each)
            after = index + length
            if length and after + 1 < len(tokens) and tokens[after].low in {"of", "for", "from", "by"}:
                stop = _clause(tokens, after + 1)
                if stop > after + 1:
                    made.append((tokens[after + 1].start, _end(tokens[stop - 1])))
    return made


def _things(read: Text, kinds: Sequence[RecordKind]) -> list[tuple[int, int]]:
    """What a determiner introduces ("the electric kettle"), where it holds no kind's noun: a thing may be called so."""
    made: list[tuple[int, int]] = []
    tokens = read.tokens
    for index, token in enumerate(tokens):
        stop = index + 1
        while stop < len(tokens) and stop - index <= _MOST_DESCRIBING and _plain_word(tokens, stop, kinds):
            stop += 1
        if token.low in _DETERMINERS | {"my", "a", "an"} and stop > index + 1:
            made.append((tokens[index + 1].start, _end(tokens[stop - 1])))
    return made


def _plain_word(tokens: Sequence[Token], index: int, kinds: Sequence[RecordKind]) -> bool:
    token = tokens[index]
    return (
        token.word
        and token.text.replace("-", "").isalpha()
        and token.low not in _STOP | _PREPOSITIONS | _MANNER
        and not any(noun_at(tokens, index, kind) for kind in kinds)
    )


def _names(read: Text, kinds: Sequence[RecordKind], *, things: bool) -> list[tuple[int, int]]:
    """Capitalised runs inside a sentence; for ``things`` also those that a colon introduces."""
    made: list[tuple[int, int]] = []
    tokens = read.tokens
    index = 0
    while index < len(tokens):
        token = tokens[index]
        ours = any(noun_at(tokens, index, kind) for kind in kinds)
        if (
            token.capital
            and token.text.replace("-", "").isalpha()
            and token.text != "I"
            and not ours
            and (not _starts_sentence(tokens, index) or (things and index and tokens[index - 1].text == ":"))
        ):
            last = index + 1
            while (
                last < len(tokens)
                and tokens[last].capital
                and not tokens[last - 1].owns
                and not tokens[last].text.isdigit()
            ):
                last += 1
            made.append((token.start, _end(tokens[last - 1])))
            index = last
        else:
            index += 1
    return made
