"""Names and noun phrases: runs of capitals, and what prepositions and labels introduce. Guesses, weighed by their
context."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from agent.extract.context import PREPOSITIONS
from language.stems import ORDER_WORDS, READING_WORDS
from language.text import Text, Token, word_set

_STOP: Final = PREPOSITIONS | word_set(
    "and or but if then so because while when where who whom which what how why that this these those is are was "
    "were be been being am do does did have has had can could will would shall should may might must please thanks "
    "thank i we you he she it they me us him them want wants need needs like would'd let's also not don't just next "
    "last every monday tuesday wednesday thursday friday saturday sunday now today tomorrow yesterday tonight there "
    "here"
)
_ARTICLES: Final = word_set("the a an my our his her their its your some any this that")
_JOINERS: Final = word_set("of the de la le di da van von der den del al el & and 's in")
_OPENERS: Final = word_set(
    "i i'm i'd i've i'll can could please would what what's who how when where why show find get give tell let help "
    "book set create make add delete remove update change send play check is are do does did the a an my our this "
    "that these those we he she they it if hi hello hey ok okay yes no and but or so search look list retrieve "
    "fetch call cancel open close refund for in on at to from with need want you your start stop turn put schedule "
    "reserve buy order return exchange modify provide generate calculate convert translate share"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Phrase of a text that may be a value. ``kind``: "name" (a capitalised run), "slot" (introduced by ``by``, a
    preposition), "label" (right after a word that may name it), "before" (right before such a word)."""

    start: int
    end: int
    kind: str
    by: str = ""
    capital: bool = False


_VERBS: Final = _OPENERS | word_set(
    "go see attend watch visit pick eat buy try meet travel stay pay listen hear read know learn reach connect "
    "keep move rename transfer"
)


_ORDERING: Final = (ORDER_WORDS | READING_WORDS | word_set("ask remind arrange pick visit wake")) - word_set(
    "mark bill grant will drew rob sue"
)


def is_verb(word: str) -> bool:
    return word in _VERBS


def is_stop(word: str) -> bool:
    return word in _STOP


@lru_cache(maxsize=512)
def find(text: Text) -> tuple[Phrase, ...]:
    return (*_find_names(text), *_find_slots(text))


def _find_names(text: Text) -> list[Phrase]:
    made: list[Phrase] = []
    tokens = text.tokens
    index = 0
    while index < len(tokens):
        token = tokens[index]
        opening = index == 0 or tokens[index - 1].text in {".", "!", "?", ":", "\n"}
        if not _proper(token) or (
            (token.low in _OPENERS or (opening and _orders(tokens, index)))
            and (opening or token.low in {"i", "i'm", "i'd", "i've", "i'll"})
        ):
            index += 1
            continue
        last = _find_run_end(tokens, index)
        # The first word of a sentence is capital anyhow: alone it is a weak name.
        weak = opening and last == index + 1
        made.append(Phrase(token.start, tokens[last - 1].bare_end, "weak" if weak else "name", capital=True))
        if tokens[last - 1].owns and last < len(tokens) and _proper(tokens[last]):
            # "John's Barber Shop" may be one name.
            made.append(Phrase(token.start, tokens[_find_run_end(tokens, last) - 1].bare_end, "name", capital=True))
        index = last
    return made


def _orders(tokens: tuple[Token, ...], index: int) -> bool:
    """Whether a sentence's first word is an order before a name ("Ask Maria"), not part of it."""
    low = tokens[index].low
    return low in _ORDERING and index + 1 < len(tokens) and not tokens[index].owns and _proper(tokens[index + 1])


def _proper(token: Token) -> bool:
    return token.capital and token.word


def _find_run_end(tokens: tuple[Token, ...], index: int) -> int:
    last = index + 1
    while last < len(tokens) and not tokens[last - 1].owns:
        token = tokens[last]
        follows = tokens[last + 1] if last + 1 < len(tokens) else None
        if (_proper(token) and token.low not in {"i"}) or (
            token.text.isdigit() and tokens[last - 1].word and len(token.text) <= 2 and follows is None
        ):
            last += 1
        elif token.low in _JOINERS - {"and", "in"} and follows is not None and _proper(follows):
            last += 2
        else:
            break
    return last


def _find_slots(text: Text) -> list[Phrase]:
    made: list[Phrase] = []
    tokens = text.tokens
    for index, token in enumerate(tokens):
        if token.low in PREPOSITIONS:
            first = index + 1
            while first < len(tokens) and tokens[first].low in _ARTICLES:
                first += 1
            last = find_extent(text, first)
            if last > first:
                made.append(
                    Phrase(tokens[first].start, tokens[last - 1].bare_end, "slot", token.low, tokens[first].capital)
                )
    return made


def find_extent(text: Text, first: int) -> int:
    """Where the phrase that begins at token ``first`` ends: at a mark, a preposition or a word that no name holds. An
    address or "City, State" goes on over its commas."""
    tokens = text.tokens
    last = first
    while last < len(tokens) and last - first < 10:
        token = tokens[last]
        if token.text == "," and last > first and last + 1 < len(tokens):
            follows = tokens[last + 1]
            if (
                follows.capital
                and tokens[last - 1].word
                and follows.low not in _OPENERS
                and (tokens[first].capital or tokens[first].text[0].isdigit())
            ):
                last += 1
                continue
            break
        if token.text in {"&", "+"} and last > first:
            last += 1
            continue
        if not token.word:
            break
        if tokens[first].capital and last > first and not token.capital and not _goes_on(tokens, last):
            break
        if token.low in _STOP and not (token.capital and last > first and tokens[last - 1].capital):
            joins = (
                last > first
                and token.low in {"of", "the", "in", "and"}
                and last + 1 < len(tokens)
                and tokens[last + 1].capital
            )
            if not (joins and tokens[last - 1].capital and token.low == "of"):
                break
        if tokens[last].owns:
            last += 1
            break
        last += 1
    while last > first and not tokens[last - 1].word:
        last -= 1
    return last


def _goes_on(tokens: tuple[Token, ...], index: int) -> bool:
    """Whether a small word inside a name leads on to more of it: "of the", a number, a capital."""
    token = tokens[index]
    if token.text[0].isdigit() or token.text[0] == "#" or not token.word:
        return True
    follows = tokens[index + 1] if index + 1 < len(tokens) else None
    if follows is None or not follows.word:
        return False
    return (
        follows.capital
        or follows.text[0].isdigit()
        or follows.text[0] == "#"
        or (token.low in _JOINERS and follows.low == "the")
    )


def find_after_label(text: Text, index: int) -> Phrase | None:
    """The phrase right after the label at token ``index``, over "is", ":", "named", "of"."""
    tokens = text.tokens
    first = index + 1
    while first < len(tokens) and first - index < 5 and tokens[first].low in _LINKS:
        first += 1
    last = find_extent(text, first)
    if last <= first:
        return None
    return Phrase(tokens[first].start, tokens[last - 1].bare_end, "label", capital=tokens[first].capital)


def find_before_label(text: Text, index: int) -> Phrase | None:
    """The name or joined word right before the label at token ``index``: "the Stronger album", "the e-commerce-website
    project"."""
    tokens = text.tokens
    first = index
    while first > 0 and tokens[first - 1].word and tokens[first - 1].low not in _STOP | _ARTICLES and index - first < 4:
        previous = tokens[first - 1]
        if first == index and tokens[index].capital and previous.capital:
            break  # "Mexico City" is one name
        if first < index and not (previous.capital and tokens[first].capital):
            break
        if previous.low in _OPENERS and not (previous.capital and first - 1 > 0):
            break
        first -= 1
        if previous.owns:
            break
    if first == index:
        return None
    return Phrase(tokens[first].start, tokens[index - 1].bare_end, "before", capital=tokens[first].capital)


_LINKS: Final = word_set(
    "is are = : named called as of to be the a an number set with value should ' \" - being must #"
)
