"""Asked fields: what a question about one named record may ask for, told by its question word alone or by the words of
the field: a day ("when does the tenancy run out"), an amount ("what does the room cost"), somebody ("who"), how it is
("is it back yet"), or any field ("on which hook is it").

The words between say more than is known here, so the answer names the fields that it gives. Only live data can tell
which record is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from agent.extract.references.vocabulary import find_doer_field, is_person
from agent.planning.proposal import (
    AnswerResult,
    BelongsTo,
    Compare,
    Day,
    Find,
    Has,
    OrderByField,
    Proposal,
    RecordsAnswer,
    StateIs,
    Words,
)
from agent.planning.quotes import walk
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import DATES, find_rest, may_lie_ahead, takes_place
from agent.resolve.rules.grammar.named_records import find_named_records
from agent.resolve.rules.grammar.phrases.fields import SPARE, find_core, label_field, list_cores, list_stock_fields
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import PhraseParts
from agent.resolve.rules.grammar.phrases.plain_names import find_plain_names
from agent.resolve.rules.grammar.phrases.positions import from_now, read_which
from agent.resolve.rules.grammar.reader import Reader
from language.stems import EMPTY, GENERIC, is_past, stem, stem_text
from language.text import word_set
from language.wordnet import find_similar_stems
from registry.records import Field, RecordKind

Asked = Literal["day", "amount", "somebody", "field", "state"]
MOST_TOKENS: Final = 16
_FEWEST: Final = 4  # letters
_MOST_RUNS: Final = 3  # "how many tickets … sold … gala"
_MOST_BEHIND: Final = 2  # words behind a name that are no part of it
MOST_ANSWERS: Final = 8
_OPENINGS: Final[tuple[tuple[tuple[str, ...], Asked], ...]] = (
    (("when",), "day"), (("when's",), "day"),
    (("until", "when"), "day"), (("till", "when"), "day"), (("by", "when"), "day"),
    (("how", "much"), "field"), (("how", "many"), "field"), (("what",), "field"), (("what's",), "field"),
    (("whats",), "field"), (("which",), "field"), (("is",), "state"), (("are",), "state"),
    (("who",), "somebody"), (("who's",), "somebody"), (("whos",), "somebody"), (("whose",), "somebody"),
)  # fmt: skip
_TO_COME: Final = word_set("is are do does will can should")
_WENT: Final = word_set("did was were")
_PAYING: Final = word_set("cost costs charge charges worth price come owe owes get gets pay pays paid")
_PLAIN: Final = (
    lexicon.PRONOUNS
    | lexicon.PARTICLES
    | lexicon.MANNER
    | (lexicon.HAVING - {"with"})
    | _TO_COME
    | word_set("we i you us me due so far")
)
"""Words that ask for nothing of their own."""
_NO_NAMES: Final = _PAYING | _PLAIN | {"most", "least"}
_AFTER_NOUNS: Final = lexicon.DETERMINERS | lexicon.OWNERS | lexicon.OF | word_set("with without in on at my our your")
"""What stands before a noun rather than a verb."""
_FUNCTION: Final = (
    (_PLAIN - lexicon.PARTICLES) | lexicon.DETERMINERS | lexicon.OF | lexicon.BE | word_set("on in at to")
)
"""… beside the words of a field: how many are out is not how many there are."""
_PLACED: Final = word_set("on in at from for")
_COUNTS: Final = ("integer", "number")
_LEFT: Final = "left"
_WISHED: Final = word_set("will need needs get gets should want wants")
_UNASKED: Final = ("id", "currency")
_PLACING: Final = word_set("next last first latest upcoming")
_ASKING: Final = word_set("who whom whose what when where why which how")
_RECEIVES: Final = word_set("receive receives received keep keeps kept hold holds use uses")
"""What tells of somebody that a thing is theirs. Who did anything else with it, such as refund it, no record says."""
_COMING: Final = word_set("coming")
_COMES: Final = lexicon.BE | _COMING | word_set("seen visit")
_KNOWN: Final[Mapping[Asked, frozenset[str]]] = {
    "amount": _PAYING, "somebody": _RECEIVES | {"assigned"}, "field": lexicon.HANDLING | {"drive", "need"},
    "state": lexicon.BE,
}  # fmt: skip
"""The verbs that say no more than is known."""


def list_field_answers(reader: Reader) -> tuple[Proposal, ...]:
    """The answers to try on live data that a question's first words and the record that it names allow, likeliest
    first."""
    behind = range(_list_opening(reader).stop, len(reader.tokens))
    if len(reader.tokens) > MOST_TOKENS or reader.denies or any(reader.low(at) in _ASKING for at in behind):
        return ()  # "who … and when": a part of the question is no answer to it
    made: list[RecordsAnswer] = []
    for asked in _read_asked(reader):
        for find in _list_named(reader):
            found = [each for each in _answer_of(reader, find, asked) if _is_all_read(reader, each, asked)]
            found = [each for each in found if _counts(reader, each)]
            made += [each for each in found if each not in made]
    return tuple(Proposal(result=AnswerResult(answer=each)) for each in made[:MOST_ANSWERS])


def _is_all_read(reader: Reader, answer: RecordsAnswer, asked: Asked) -> bool:
    """Whether every word is in the name, of the fields or their kind, or only a verb. What is asked of something that a
    record has, as "Ada's visa", is not known."""
    named = {word for each in walk(answer) if isinstance(each, Words) for word in each.text.casefold().split()}
    own, verbs = _list_own_words(reader, answer), 0
    placed = isinstance(answer.records, Find) and answer.records.order is not None
    for at, token in enumerate(reader.tokens):
        low, typed = token.low.removesuffix("'s"), reader.words(at, at + 1).text.casefold()
        if not token.word or low in named or typed in named or find_core(low) in own or at in _list_opening(reader):
            continue
        if at in reader.dated:
            return False  # of another day it may not be so
        if low in (_FUNCTION if asked == "field" else EMPTY | _PLAIN) or (placed and low in _PLACING):
            continue
        if stem(low) in GENERIC and find_core(reader.low(at - 1)) in own:
            continue  # "phone number"
        before = reader.tokens[at - 1] if at else token
        noun = before.owns or before.low in _AFTER_NOUNS
        known = _COMES if placed else _KNOWN.get(asked)
        if noun or (low not in known if known is not None else not find_similar_stems(stem(low), verb=True)):
            return False
        be = asked != "amount" and reader.low(_list_opening(reader).stop) in lexicon.BE
        if be and not (placed or is_past(low) or low.endswith("ing")):
            return False  # "when is the winter sale": a noun
        if asked == "day" and not placed and _is_of_another(reader, stem(low), answer):
            return False  # "when is it being delivered": its delivery says so
        verbs += 1
    return placed or verbs > 0 or asked != "day" or not own.isdisjoint(stem(token.low) for token in reader.tokens)


def _counts(reader: Reader, answer: RecordsAnswer) -> bool:
    """Whether "how many" is answered by a number that is called just so: how many seats there are, are needed or will
    come is not how many are left."""
    opening = _list_opening(reader)
    if reader.lows(opening.start, len(opening)) != ("how", "many") or not isinstance(answer.records, Find):
        return True
    kind, said = reader.kinds[answer.records.record], {find_core(token.low) for token in reader.tokens}
    fields = [each for name in answer.fields if (each := kind.field_named(name)) is not None]
    wished = any(token.low in _WISHED for token in reader.tokens)
    return not wished and all(
        each.type in _COUNTS and said.issuperset(map(find_core, label_field(each).split())) for each in fields
    )


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
    numbered = isinstance(find, Find) and (find.said is None or any(map(str.isdigit, find.said.text)))
    nouns = kind.nouns if kind is not None and numbered else ()
    names = {*stem_text(" ".join((*nouns, *(f"{each.name} {each.label}".replace("_", " ") for each in fields))))}
    rest = {_LEFT} if kind is not None and any(each.name in _list_rest(kind) for each in fields) else set()
    return (names - GENERIC) | {word for each in fields for core in list_cores(each) for word in core} | rest


def _list_opening(reader: Reader) -> range:
    first = next((at for at, token in enumerate(reader.tokens) if token.word), 0)
    first += reader.low(first) in _PLACED and reader.low(first + 1) in {"what", "which"}
    length = max((len(words) for words, _ in _OPENINGS if reader.lows(first, len(words)) == words), default=0)
    return range(first, first + length)


def _read_asked(reader: Reader) -> tuple[Asked, ...]:
    opening = _list_opening(reader)
    asked = next((asked for words, asked in _OPENINGS if reader.lows(opening.start, len(opening)) == words), None)
    behind, be = reader.low(opening.stop), reader.low(opening.stop - 1).endswith("'s")
    said = reader.lows(opening.stop, len(reader.tokens) - opening.stop)
    if asked is None or behind == "else" or (asked == "day" and not be and behind not in _TO_COME | _WENT):
        return ()
    if asked == "state":  # "is it back yet"
        return ("state",) if "back" in said[-3:] else ()
    asked = "amount" if asked == "field" and not _PAYING.isdisjoint(said) else asked
    named = asked == "somebody" and (behind in lexicon.BE or reader.low(opening.stop - 1) != "who")
    return (asked, "field") if named else (asked,)


def _list_named(reader: Reader) -> Iterator[Find]:
    """The records that the words name: by a code, a noun phrase or a name, and by plain words."""
    groups = find_named_records(reader)
    theirs = [one for group in groups[1:] for one in group if reader.is_somebody(reader.kinds[one.record])]
    for each in (one for group in groups for one in group):  # "what does Ada owe for 7"
        held = [one for one in theirs if reader.kinds[each.record].relation_to(one.record) is not None]
        yield from (each.model_copy(update={"where": (*each.where, BelongsTo(owner=one))}) for one in held)
        yield each
    begin = _list_opening(reader).stop
    begin += reader.low(begin - 1) == "who" and reader.low(begin) not in lexicon.BE  # a verb is no part of a name
    for first, last in find_plain_names(reader, begin, len(reader.tokens), lexicon.HAVING, _MOST_RUNS):
        first += reader.low(first) in _PLACING and last - first > 1  # "the next Hamlet"
        for end in range(last, max(first, last - _MOST_BEHIND - 1), -1):  # "when does the bronze horse move"
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
        if not people and (doer := find_doer_field(kind)) is not None:
            yield RecordsAnswer(records=find, fields=(doer.name,))
        return
    came = asked == "day" and reader.low(_list_opening(reader).stop) in _WENT
    if not came and (fields := _list_fields(reader, kind, asked)):
        yield RecordsAnswer(records=find, fields=fields)
    for below in reader.kinds.values() if asked != "state" else ():
        made = _read_position(reader, below, find)
        fields = (below.order or "",) if asked == "day" and made.order is not None else ()
        coming = came or (asked == "day" and not _COMING.isdisjoint(token.low for token in reader.tokens))
        if below.relation_to(kind.name) is None or (fields and not takes_place(below, "")) or (coming > bool(fields)):
            continue
        if fields := fields or _list_fields(reader, below, asked):
            stands = [StateIs(state="cancelled", negated=True)][
                : made.order is not None and "cancelled" in below.states
            ]
            where = (*made.where, BelongsTo(owner=find), *stands)
            yield RecordsAnswer(records=Find(record=below.name, where=where, order=made.order), fields=fields)


def _read_position(reader: Reader, kind: RecordKind, find: Find) -> PhraseParts:
    """Which record of an owner is meant, where that is said beside the owner's name: "when is the next Hamlet, when is
    Ada next in"."""
    made = PhraseParts(kind, read_phrase)
    said = find.said.text.casefold().split() if find.said is not None else []
    lows = [each.low if each.low not in said else "" for each in reader.tokens]
    at = next((at for at, low in enumerate(lows) if low in _PLACING), None)
    ahead = next((step for step, low in enumerate(lows) if low in _COMING), None) if at is None else None
    if ahead is not None and (to_come := from_now(reader, kind, ahead)) is not None:
        made.where, made.order = [to_come], OrderByField(first="earliest")
    if at is not None and read_which(reader, made, at, at + 1) > at and said:
        past = reader.low(at) == "last" and kind.order is not None
        today = Day(date=reader.now.date().isoformat(), quote=reader.words(at, at + 1))
        made.where += [Compare(field=kind.order or "", op="<=", value=today)] if past else []
    return made


def _list_fields(reader: Reader, kind: RecordKind, asked: Asked) -> tuple[str, ...]:
    if asked != "field":
        return tuple(each.name for each in kind.fields if _is_asked(each, asked))
    said, many = {find_core(token.low) for token in reader.tokens}, "many" in reader.lows(0, len(reader.tokens))
    asked_of = [each for each in kind.fields if each.type not in _UNASKED and (not many or each.type in _COUNTS)]
    cores = {each.name: [set(core) for core in list_cores(each)] for each in asked_of}
    if many:  # "bags" of "Bags out"
        cores = {name: [*held, *(core - SPARE for core in held)] for name, held in cores.items()}
    fits = {name: max((len(core) for core in held if core <= said), default=0) for name, held in cores.items()}
    most = max(fits.values(), default=0)
    found = tuple(name for name, length in fits.items() if most and length == most)
    if not most and _LEFT in said:
        found = tuple(_list_rest(kind))
    return found if len(found) == 1 else ()


def _list_rest(kind: RecordKind) -> list[str]:
    """What a question for what is left may ask for: a sum, or a stock."""
    return [*filter(None, (find_rest(kind),)), *(each.name for _, each in list_stock_fields([kind]))]


def _is_asked(field: Field, asked: Asked) -> bool:
    if asked == "state":
        return field.name in lexicon.STATE_FIELDS or (field.type in DATES and "due" in label_field(field).split())
    if asked == "day":  # to come: "when is she coming in" asks for no birthday
        label = label_field(field).split()
        return field.type in DATES and (label[-1] == "until" or may_lie_ahead(field))
    return asked == "amount" and (field.type == "money_minor" or field.currency_field is not None)
