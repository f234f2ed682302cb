"""Asked fields: what a question about one named record may ask for, told by its question word alone: a day ("when does
the tenancy run out"), an amount ("what does the room cost") or somebody ("who").

The words between say more than is known here, so the answer names the fields that it gives. Only live data can tell
which record is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Literal

from agent.extract.references.vocabulary import is_person
from agent.planning.proposal import Answer, BelongsTo, Find, Has, RecordsAnswer, Words
from agent.planning.quotes import walk
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import DATES
from agent.resolve.rules.grammar.named_records import find_named_records
from agent.resolve.rules.grammar.phrases.fields import label_field
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import PhraseParts
from agent.resolve.rules.grammar.phrases.plain_names import find_plain_names
from agent.resolve.rules.grammar.phrases.positions import read_which
from agent.resolve.rules.grammar.reader import Reader
from language.stems import EMPTY, GENERIC, is_past, stem, stem_text
from language.text import word_set
from language.wordnet import find_similar_stems
from registry.records import Field, RecordKind

Asked = Literal["day", "amount", "somebody"]
MOST_TOKENS: Final = 16
_FEWEST: Final = 4  # letters
MOST_ANSWERS: Final = 8
_OPENINGS: Final[tuple[tuple[tuple[str, ...], Asked], ...]] = (
    (("when",), "day"), (("when's",), "day"),
    (("until", "when"), "day"), (("till", "when"), "day"), (("by", "when"), "day"),
    (("how", "much"), "amount"), (("what",), "amount"),
    (("who",), "somebody"), (("who's",), "somebody"), (("whose",), "somebody"),
)  # fmt: skip
_TO_COME: Final = word_set("is are do does will can should")
_PAYING: Final = word_set("cost costs charge charges worth price come owe owes get gets")
_PLAIN: Final = (
    lexicon.PRONOUNS | lexicon.PARTICLES | lexicon.MANNER | lexicon.HAVING | _TO_COME | word_set("we i you us me due")
)
"""Words that ask for nothing of their own."""
_NO_NAMES: Final = _PAYING | _PLAIN | {"most", "least"}
_AFTER_NOUNS: Final = lexicon.DETERMINERS | lexicon.OWNERS | lexicon.OF | word_set("with without in on at my our your")
"""What stands before a noun rather than a verb."""
_PLACING: Final = word_set("next last first latest upcoming")
_ASKING: Final = word_set("who whom whose what when where why which how")
_RECEIVES: Final = word_set("receive receives received keep keeps kept hold holds use uses")
"""What tells of somebody that a thing is theirs. Who did anything else with it, such as refund it, no record says."""


def list_field_answers(reader: Reader) -> list[RecordsAnswer]:
    """The answers that a question's first words and the record that it names allow, likeliest first."""
    asked = _read_asked(reader)
    behind = range(_list_opening(reader).stop, len(reader.tokens))
    if asked is None or len(reader.tokens) > MOST_TOKENS or any(reader.low(at) in _ASKING for at in behind):
        return []  # "who … and when": a part of the question is no answer to it
    made: list[RecordsAnswer] = []
    for find in _list_named(reader):
        for answer in _answer_of(reader, find, asked):
            made += [answer] if answer not in made else []
    return [each for each in made if _is_all_read(reader, each, asked)][:MOST_ANSWERS]


def _is_all_read(reader: Reader, answer: RecordsAnswer, asked: Asked) -> bool:
    """Whether every word is in the name, of the fields or their kind, or only a verb. What is asked of something that a
    record has, as "Ada's visa", is not known."""
    named = {word for each in walk(answer) if isinstance(each, Words) for word in each.text.casefold().split()}
    own, verbs = _list_own_words(reader, answer), 0
    placed = isinstance(answer.records, Find) and answer.records.order is not None
    for at, token in enumerate(reader.tokens):
        low = token.low.removesuffix("'s")
        if not token.word or low in named or low in _PLAIN | EMPTY or stem(low) in own or at in _list_opening(reader):
            continue
        if placed and low in _PLACING:
            continue
        before = reader.tokens[at - 1] if at else token
        noun = before.owns or before.low in _AFTER_NOUNS
        known = {"amount": _PAYING, "somebody": _RECEIVES}.get(asked)
        if noun or (known is not None and low not in known) or not find_similar_stems(stem(low), verb=True):
            return False
        if reader.low(_list_opening(reader).stop) in lexicon.BE and not (is_past(low) or low.endswith("ing")):
            return False  # "when is the winter sale": a noun
        if asked == "day" and _is_of_another(reader, stem(low), answer):
            return False  # "when is it being delivered": its delivery says so
        verbs += 1
    return placed or verbs > 0 or asked != "day" or not own.isdisjoint(stem(token.low) for token in reader.tokens)


def _is_of_another(reader: Reader, said: str, answer: RecordsAnswer) -> bool:
    """Whether a verb is what records of another kind are called, and not those that are asked about."""
    held = answer.records.record if isinstance(answer.records, Find) else None
    if held is not None and said in map(stem, reader.kinds[held].nouns):
        return False
    named = (kind for kind in reader.kinds.values() if len(said) >= _FEWEST and kind.name != held)
    return any(noun.startswith(said) for kind in named for noun in kind.nouns)


def _list_own_words(reader: Reader, answer: RecordsAnswer) -> set[str]:
    """The stems of what is answered: of the fields, and of a kind that isn't named itself."""
    find = answer.records
    kind = reader.kinds[find.record] if isinstance(find, Find) else None
    fields = [each for each in kind.fields if each.name in answer.fields] if kind is not None else []
    nouns = kind.nouns if kind is not None and isinstance(find, Find) and find.said is None else ()
    return {
        *stem_text(" ".join((*nouns, *(f"{each.name} {each.label}".replace("_", " ") for each in fields))))
    } - GENERIC


def _list_opening(reader: Reader) -> range:
    first = next((at for at, token in enumerate(reader.tokens) if token.word), 0)
    length = max((len(words) for words, _ in _OPENINGS if reader.lows(first, len(words)) == words), default=0)
    return range(first, first + length)


def _read_asked(reader: Reader) -> Asked | None:
    opening = _list_opening(reader)
    asked = next((asked for words, asked in _OPENINGS if reader.lows(opening.start, len(opening)) == words), None)
    behind = reader.low(opening.stop)
    be = reader.low(opening.stop - 1).endswith("'s")
    if behind == "else" or (asked == "day" and behind not in _TO_COME and not be):
        return None
    said = reader.lows(opening.stop, len(reader.tokens) - opening.stop)
    return asked if asked != "amount" or not _PAYING.isdisjoint(said) else None


def _list_named(reader: Reader) -> Iterator[Find]:
    """The records that the words name: by a code, a noun phrase or a name, and by plain words."""
    for group in find_named_records(reader):
        yield from group
    for first, last in find_plain_names(reader, _list_opening(reader).stop, len(reader.tokens), lexicon.HAVING):
        first += reader.low(first) in _PLACING and last - first > 1  # "the next Hamlet"
        for end in (last, last - 1) if last - first > 1 else (last,):  # "when does the bronze horse move"
            if _NO_NAMES.issuperset(reader.lows(first, end - first)):
                continue  # "who owes us": a verb
            for kind in reader.kinds.values():
                if any(each.search in ("name", "text") for each in kind.fields):
                    yield Find(record=kind.name, said=reader.words(first, end))


def _answer_of(reader: Reader, find: Find, asked: Asked) -> Iterator[RecordsAnswer]:
    """What is asked for of a record, or of the only record that belongs to it."""
    kind = reader.kinds[find.record]
    if asked == "somebody":
        people = [each for relation in kind.relations if (each := reader.kinds.get(relation.kind)) and is_person(each)]
        if len(people) == 1:
            yield RecordsAnswer(records=Find(record=people[0].name, where=(Has(related=find),)))
        return
    if fields := _list_fields(kind, asked):
        yield RecordsAnswer(records=find, fields=fields)
    for below in reader.kinds.values():
        if below.relation_to(kind.name) is not None and (fields := _list_fields(below, asked)):
            made = _read_position(reader, below, find)
            where = (*made.where, BelongsTo(owner=find))
            yield RecordsAnswer(records=Find(record=below.name, where=where, order=made.order), fields=fields)


def _read_position(reader: Reader, kind: RecordKind, find: Find) -> PhraseParts:
    """Which record of an owner is meant, where that is said before the owner's name: "when is the next Hamlet"."""
    made, begin = PhraseParts(kind, read_phrase), _list_opening(reader).stop
    said = find.said.text.split() if find.said is not None else []
    ends = (at for at in range(begin, len(reader.tokens)) if reader.words(at, at + len(said)).text == " ".join(said))
    named = next(ends, begin) if said else begin
    while begin < named and reader.low(begin) in lexicon.BE | lexicon.DETERMINERS:
        begin += 1
    if begin < named and read_which(reader, made, begin, named) == named:
        return made
    return PhraseParts(kind, read_phrase)


def _list_fields(kind: RecordKind, asked: Asked) -> tuple[str, ...]:
    return tuple(each.name for each in kind.fields if _is_asked(each, asked))


def _is_asked(field: Field, asked: Asked) -> bool:
    if asked == "day":  # to come: "when is she coming in" asks for no birthday
        label = label_field(field).split()
        return field.type in DATES and (label[-1] == "until" or not is_past(label[0]))
    return asked == "amount" and (field.type == "money_minor" or field.currency_field is not None)


def read_amount(reader: Reader, index: int, read: Callable[[], Answer | None]) -> Answer | None:
    """An amount by the name of its field, which ``read`` finds: "how much is the deposit of lease 7"."""
    before = [*reader.readings]
    answer = read() if reader.lows(index, 2) == ("how", "much") and reader.low(index + 2) in lexicon.BE else None
    if isinstance(answer, RecordsAnswer) and isinstance(answer.records, Find) and answer.records.pick == "one":
        held = [reader.kinds[answer.records.record].field_named(each) for each in answer.fields]
        if held and all(each is not None and _is_asked(each, "amount") for each in held):
            return answer
    reader.readings = before
    return None
