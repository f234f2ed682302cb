"""Named record: the one record that words name although nothing is read that shall be done with it."""

from __future__ import annotations

from agent.planning.proposal import Find
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase, is_code
from agent.resolve.rules.grammar.reader import Reader
from language.wordnet import is_word


def find_named_record(reader: Reader) -> tuple[Find, ...]:
    """The readings of the record that the words name: a number or code, else a phrase with a noun, else a person. A
    number may be one of several kinds. Empty if none is named, or if several are."""
    coded: dict[int, list[Find]] = {}
    nouns: list[Find] = []
    people: list[Find] = []
    at = 0
    while at < len(reader.tokens):
        if at in reader.quoted or not reader.tokens[at].word:
            at += 1
            continue
        for kind in reader.kinds.values():
            if is_code(reader, at, kind):
                coded.setdefault(at, []).append(Find(record=kind.name, said=reader.words(at, at + 1)))
        phrase = read_phrase(reader, at, len(reader.tokens), None)
        if phrase is not None and phrase.find.pick == "one" and (phrase.find.said or phrase.find.where):
            (nouns if phrase.noun else people if _names_person(reader, phrase) else []).append(phrase.find)
            at = max(phrase.last, at + 1)
            continue
        at += 1
    named = nouns if nouns else people
    if not coded:
        return tuple(named) if len(set(named)) == 1 else ()
    if len(coded) > 1:
        return ()
    spoken = [each for each in nouns if each.said is not None and any(map(str.isdigit, each.said.text))]
    return tuple(dict.fromkeys((*spoken, *next(iter(coded.values())))))


def _names_person(reader: Reader, phrase: Phrase) -> bool:
    """Whether a phrase without a noun is a name rather than a word that begins a sentence."""
    token = reader.tokens[phrase.first]
    opens = reader.starts(phrase.first) and is_word(token.low) and phrase.last == phrase.first + 1
    return not is_word(token.low) or (token.capital and not (opens and not token.owns))
