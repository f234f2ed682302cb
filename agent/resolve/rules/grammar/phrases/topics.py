"""Topics: what a record is about or called, behind its noun."""

from __future__ import annotations

from agent.extract.references.vocabulary import rate_person_likeness
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.phrase_parts import PhraseParts
from agent.resolve.rules.grammar.reader import Reader
from language.wordnet import is_word


def read_topic(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """ "about the VAT thing", "called Goodwill", "that mentions exports"."""
    low = reader.low(at)
    called = low in {"called", "named", "titled"}
    whose = low == "for" and not (made.where or made.order) and _plain_topic(reader, at + 1, stop)
    if not (low in lexicon.ABOUT or low == "where" or called or whose) or made.said is not None or at + 1 >= stop:
        return 0
    if not any(each.search in ("text", "name") for each in made.kind.fields):
        return 0
    first = at + 1
    while first < stop and reader.low(first) in lexicon.DETERMINERS:
        first += 1
    end = first
    lax = low == "where"
    while end < stop and not reader.is_mark(end) and (end == first or lax or reader.low(end) not in lexicon.NAME_STOP):
        end += 1
    if low == "on" and first in reader.dated:
        return 0
    if end == first or end - first > 6 + 3 * lax or reader.low(first) in lexicon.PRONOUNS:
        return 0
    made.said = reader.words(first, end)
    return end


def _plain_topic(reader: Reader, at: int, stop: int) -> bool:
    """Whether "for" says what it is about: words in small letters, no name, number, day or person."""
    while reader.low(at) in lexicon.DETERMINERS:
        at += 1
    if at >= stop or reader.tokens[at].capital or at in reader.dated or at in reader.numbers or at in reader.money:
        return False
    known = is_word(reader.low(at)) and reader.low(at) not in lexicon.NAME_STOP | lexicon.OWNERS
    noun = reader.noun(at)
    return known and (noun is None or not rate_person_likeness(noun[0]))
