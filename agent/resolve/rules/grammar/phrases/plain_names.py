"""Plain names: runs of everyday words that may be what a record is called ("move the corner shelf to the cellar").

Nothing in the words shows that they are a name. Only live data can tell.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from agent.extract.spans.politeness import is_polite_word
from agent.resolve.rules.clauses import is_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.titles import Place
from agent.resolve.rules.grammar.reader import Reader
from agent.validate.records.ranking import list_text_fields
from language.measures import counts_in
from language.stems import EMPTY, GENERIC, stem
from language.text import singularize, word_set
from language.wordnet import is_word
from registry.records import RecordKind

MOST_NAMES: Final = 2
MOST_WORDS: Final = 4
MOST_THING: Final = 2  # words
"""Plain words in a row that may be a record's name."""
_APART: Final = EMPTY | lexicon.NAME_STOP | lexicon.MANNER | lexicon.MORE | lexicon.COMMON | {*lexicon.UNITS}
_PLACING: Final = word_set("for on at in from near by")


def find_counting_words(reader: Reader) -> frozenset[int]:
    """The words behind numbers that say in what things are counted, with their "of": "20 metres of", "3 boxes of"."""
    found: set[int] = set()
    for at, held in reader.numbers.items():
        last = reader.end_index(held.end)
        last += reader.low(last) in {"a", "an"} | lexicon.MORE  # "half a metre of", "5 more kilos of"
        taken = held.unit or at in reader.dated or reader.noun(last) is not None
        of = reader.low(last + 1) == "of"
        if taken or not counts_in(reader.low(last), of=True):
            continue
        one = singularize(reader.low(last))  # "9 tins", where things are kept in tins
        kept = (one in field.values for kind in reader.kinds.values() for field in kind.fields)
        if of or counts_in(reader.low(last), of=False) or any(kept):
            found.update((last, last + 1) if of else (last,))
    return frozenset(found)


def find_plain_names(reader: Reader, first: int, stop: int, known: Collection[str]) -> list[Place]:
    """The runs of plain words between two tokens, at most ``MOST_NAMES``. ``known`` are stems of words that say
    something else. An owner's name ends a run: "Ada's corner shelf"."""
    lengths = (range(reader.end_index(each.start), reader.end_index(each.end)) for each in reader.durations)
    taken = reader.dated.union(reader.valued, reader.quoted, reader.numbers, find_counting_words(reader), *lengths)
    runs: list[Place] = []
    begin = first
    for at in range(first, stop + 1):
        if at < stop and at not in taken and may_name(reader, at, known):
            continue
        if 0 < at - begin <= MOST_WORDS and not all(_tells_state(reader, each) for each in range(begin, at)):
            runs.append((begin, at))
        begin = at + 1
    return runs[:MOST_NAMES]


def _tells_state(reader: Reader, at: int) -> bool:
    """Whether a word is a value that records have: "low" alone is no record's name, although only one may be that."""
    return any(reader.state(at, kind) is not None for kind in reader.kinds.values())


def may_name(reader: Reader, at: int, known: Collection[str] = ()) -> bool:
    """Whether a plain word stands here, that a name may be made of."""
    token = reader.tokens[at]
    said = stem(token.low)
    if any(reader.date_field(kind, at) is not None for kind in reader.kinds.values()):
        return False  # "Ada arrives on Friday"
    plain = token.word and not token.owns and token.low not in _APART and not is_polite_word(token.low)
    return plain and said not in GENERIC and said not in known and not (is_order(said) and reader.starts(at))


def find_thing_end(reader: Reader, kind: RecordKind, at: int, stop: int) -> int:
    """Where plain words behind an owner end that may be in a text of a record without a name: "Ada's lamp", of her
    parcel with one."""
    owned = at > 0 and reader.tokens[at - 1].owns
    named = any(each.search in ("name", "text") for each in kind.fields)
    if not owned or at >= stop or named or not list_text_fields(kind):
        return at
    meant = reader.meant or frozenset()
    last = next((step for step in range(at, stop) if not may_name(reader, step) or step in meant), stop)
    return last if last - at <= MOST_THING else at


def numbers_thing(reader: Reader, at: int, own: Collection[str]) -> bool:
    """Whether a bare number is that of a thing in a place or reason, and no amount: "(charge Ada) for court 2". ``own``
    are the stems of the action's words."""
    low, tokens = reader.low(at - 1), reader.tokens[max(at - 2, 0) : at]
    known = stem(low) in own or reader.noun(at - 1) is not None or all(each.capital for each in tokens)
    led = any(reader.low(step) in _PLACING for step in (at - 2, at - 3))
    return led and not known and low not in EMPTY | lexicon.NAME_STOP and low.isalpha() and is_word(low)
