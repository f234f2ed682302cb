"""Named records: the records that words name although nothing is read that shall be done with them."""

from __future__ import annotations

from typing import Final

from agent.planning.proposal import Find
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase, is_code
from agent.resolve.rules.grammar.reader import Reader
from language.wordnet import is_word

MOST_TOKENS: Final = 60
FEWEST_DIGITS: Final = 3


def find_named_records(reader: Reader) -> tuple[tuple[Find, ...], ...]:
    """The records that the words name, in groups: by a number or code (which may be one of several kinds), by a phrase
    with a noun, by a person's name. None for a text that names much else, or several numbers."""
    if len(reader.tokens) > MOST_TOKENS:
        return ()
    coded: dict[int, list[Find]] = {}
    nouns: list[Find] = []
    people: list[Find] = []
    at = 0
    while at < len(reader.tokens):
        phrase = None
        if at not in reader.quoted and reader.tokens[at].word:
            kinds = [kind for kind in reader.kinds.values() if is_code(reader, at, kind) and _identifies(reader, at)]
            if kinds:
                coded[at] = [Find(record=kind.name, said=reader.words(at, at + 1)) for kind in kinds]
            phrase = read_phrase(reader, at, len(reader.tokens), None)
        if phrase is not None and phrase.find.pick == "one" and (phrase.find.said or phrase.find.where):
            (nouns if phrase.noun else people if _names_person(reader, phrase) else []).append(phrase.find)
        at = max(phrase.last if phrase is not None else 0, at + 1)
    if len(coded) > 1:
        return ()
    return tuple(tuple(dict.fromkeys(each)) for each in (*coded.values(), nouns, people) if each)


def _identifies(reader: Reader, at: int) -> bool:
    """Whether a number or code can be a record's own: no amount, and no small number that may count anything."""
    text = reader.tokens[at].text
    held = reader.money.get(at)
    amount = held is not None and held.currency is not None
    return reader.numbered(at) or (not amount and (len(text) >= FEWEST_DIGITS or not text.isdigit()))


def _names_person(reader: Reader, phrase: Phrase) -> bool:
    """Whether a phrase without a noun is a name rather than a word that begins a sentence."""
    token = reader.tokens[phrase.first]
    opens = reader.starts(phrase.first) and is_word(token.low) and phrase.last == phrase.first + 1
    return not is_word(token.low) or (token.capital and not (opens and not token.owns))
