"""Parts of noun phrases: phrases for records, a phrase under construction, and the negation of conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from agent.extract.references.vocabulary import PLACES, can_be_code, rate_person_likeness
from agent.planning.proposal import (
    BelongsTo,
    Compare,
    Condition,
    Find,
    First,
    Has,
    OrderByCount,
    OrderByField,
    StateIs,
    Word,
    Words,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.grammar.told_fields import leave_out
from language.measures import counts_in
from language.stems import stem
from language.text import singularize
from language.wordnet import is_word
from registry.records import RecordKind

_PLACED: Final = frozenset(place.split()[0] for place in PLACES)
FIRSTS: Final[dict[tuple[str | None, bool], First]] = {
    ("order", True): "latest", ("order", False): "earliest", ("size", True): "highest", ("size", False): "lowest",
}  # fmt: skip
_GIVES: Final = frozenset(("give", "grant", "offer", "pay", "send", "get"))
LEAST_CODE: Final = 3
"""Digits of a number that may be a record's though nothing beside it says so."""
_NEAR_NOUN: Final = 4  # words
MOST_GUESSES: Final = 12
"""Names that may be another kind's, of one request."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase with its query. ``find`` has the tokens ``first`` up to ``last``. ``noun``: its kind was named.
    ``line`` is the date of an event before the noun."""

    find: Find
    first: int
    last: int
    noun: bool
    line: str | None = None


ReadPhrase = Callable[[Reader, int, int, RecordKind | None, int], Phrase | None]


@dataclass
class PhraseParts:
    """A noun phrase under construction. ``read`` reads the phrases inside it."""

    kind: RecordKind
    read: ReadPhrase
    said: Words | None = None
    where: list[Condition] = field(default_factory=list)
    order: OrderByField | OrderByCount | None = None
    pick: str | int = "one"
    plural: bool = False
    counted: int | None = None
    single: bool = False
    line: str | None = None
    """The day that a state before the noun speaks of, where it has one of its own."""
    own_line: str | None = None
    """… and the one that the noun itself speaks of: a payment's."""


_SHARES: Final = frozenset({"%", "percent"})
"""Behind a number they make it a share of something, and no record's number."""


def pick_both(reader: Reader, phrase: Phrase, find: Find) -> Find:
    """The two of one name, for a name in the plural: "both Adas". Else as it was."""
    both = reader.low(phrase.first - 1) == "both" and not reader.joint(phrase.last) and not phrase.noun
    named = find.said is not None and find.said.text.endswith("s") and find.pick == "one"
    return find.model_copy(update={"pick": 2}) if both and named else find


def is_code(reader: Reader, at: int, kind: RecordKind, *, behind_noun: bool = False) -> bool:
    token = reader.tokens[at]
    text = token.text[:-2] if token.owns else token.text  # "3002's been paid"
    if not token.word or reader.low(at + 1) in _SHARES or at in reader.counting:
        return False
    low = text.lower()
    if any(low in field.values for each in reader.kinds.values() for field in each.fields):
        return False  # "sev3": a value
    if not any(each.search == "number" for each in kind.fields):
        return _is_coded_name(reader, text, kind, behind_noun=behind_noun)
    coded = any(map(str.isdigit, text)) and can_be_code(text, kind)
    if coded and any(map(str.isalpha, text)) and not _may_be_number(text, kind):
        others = [each for each in reader.kinds.values() if kind.relation_to(each.name) is None]
        coded = not any(_may_be_number(text, each) for each in reader.kinds.values())
        coded = coded and not any(_is_coded_name(reader, text, each) for each in others)
    return coded and (at not in reader.dates or text.isdigit())


def is_named_by_number(reader: Reader, at: int, kind: RecordKind) -> bool:
    """Whether a short number behind a noun may belong to a record's name, where no field holds its number: "desk 2"."""
    fields, number = {each.search for each in kind.fields}, reader.numbers.get(at)
    if "name" not in fields or "number" in fields or number is None or not reader.tokens[at].text.isdigit():
        return False
    last = reader.end_index(number.end)
    counts = number.unit or counts_in(reader.low(last), of=False) or reader.noun(last) is not None
    timed = at in reader.dates or at in reader.dated or at in reader.valued
    return not (counts or timed or last > at + 1)


def _is_coded_name(reader: Reader, text: str, kind: RecordKind, *, behind_noun: bool = False) -> bool:
    """Whether letters and figures ("B09") can be the name of a thing, where no kind has such numbers."""
    if any(each.search == "number" for each in kind.fields) or rate_person_likeness(kind) != 1:
        return False
    mixed = any(map(str.isdigit, text)) and any(map(str.isalpha, text)) and can_be_code(text, kind)
    return mixed and not any(_may_be_number(text, each, behind_noun=behind_noun) for each in reader.kinds.values())


def _may_be_number(text: str, kind: RecordKind, *, behind_noun: bool = False) -> bool:
    """Whether letters and figures may be the kind's own number, no mere id: they have the form that it declares. Any
    may be, if it declares none or no noun says of what kind they are."""
    numbers = [each for each in kind.fields if each.search == "number"]
    if any(each.type == "string" and not (behind_noun and each.pattern) for each in numbers):
        return True
    return any(each.pattern for each in numbers) and can_be_code(text, kind)


def count_placing(reader: Reader, index: int) -> int:
    """How many tokens from here on give a position ("most recent")."""
    for length in (3, 2, 1) if reader.low(index) in _PLACED else ():
        if " ".join(reader.lows(index, length)) in PLACES:
            return length
    return 0


def names_either_state(reader: Reader, at: int, kinds: Iterable[RecordKind]) -> bool:
    """Whether "or" joins two states: "high or urgent tickets"."""
    return reader.low(at) == "or" and any(reader.state(at - 1, each) and reader.state(at + 1, each) for each in kinds)


def count_worth_words(reader: Reader, at: int) -> int:
    """How many tokens give the value of the record whose noun follows ("the 49 euro invoice", "her 10 pound credit"). 0
    if they give an amount to create ("a 30 dollar credit")."""
    amount = reader.amount(at)
    if amount is None or amount[0].unit is None:
        return 0
    noun = reader.noun(amount[1])
    own = reader.low(at - 1) in lexicon.OWNERS | {"the", "that", "this"} or reader.tokens[at - 1].owns
    own = own and not (reader.low(at - 1) == "her" and reader.low(at - 2) in _GIVES)  # "give her 5 euros credit"
    return amount[1] - at if own and noun is not None and noun[0].size is not None else 0


def read_quantity(reader: Reader, made: PhraseParts, at: int, noun: int) -> int:
    """How many tokens before the noun say how many are meant. 0 if none do."""
    low = reader.low(at)
    if low == "both":
        made.pick = 2
        return 1
    if low == "one" and reader.low(at + 1) == "of":
        made.counted = 1
        return 2
    if low in {"all", "every", "each", "any"}:
        made.pick = "all"
        return 1
    held = reader.numbers.get(at)
    whole = held is not None and held.end >= reader.tokens[at].end
    if held is not None and whole and held.kind == "cardinal" and not held.unit and 1 < held.value <= 100:
        last = reader.end_index(held.end)
        several = singularize(reader.low(noun)) != reader.low(noun) or last < noun or noun in reader.standing
        if (
            held.value == int(held.value)
            and last <= noun
            and several
            and (held.words or len(reader.tokens[at].text) < 3)
        ):
            made.counted = int(held.value)
            return last - at
    return 0


def read_value(reader: Reader, kind: RecordKind, at: int) -> tuple[StateIs, int] | None:
    """A member of a closed list of the kind for the record that has it ("her inspection"). Words for its state don't
    count, because they only describe."""
    state = reader.state(at, kind)
    if state is None or not isinstance(state[0], StateIs) or _is_of_state(kind, state[0].state):
        return None
    return state[0], state[1]


def _is_of_state(kind: RecordKind, word: str) -> bool:
    fields = kind.states.get(word, {})
    named = next(iter(fields), "")
    return bool(fields) and (len(fields) > 1 or named in lexicon.STATE_FIELDS or not _is_enum(kind, named))


def _is_enum(kind: RecordKind, name: str) -> bool:
    held = kind.field_named(name)
    return held is not None and bool(held.values)


def add_noun_state(kind: RecordKind, noun: str, where: Sequence[Condition]) -> tuple[Condition, ...]:
    """Adds the state that a noun implies: "a trial" is a subscription on trial, while "bookings" are no booked ones
    alone. If the same word has a date ("trials that ended in May"), the date selects them, and they may be over."""
    single = singularize(noun)
    word = stem(single)
    own = {singularize(each.lower()) for each in (kind.name, kind.title, *kind.nouns[:1])}
    state = single if single in kind.states and single not in own else None
    days = [kind.field_named(each.field) for each in where if isinstance(each, Compare)]
    told = any(word in map(stem, f"{day.name} {day.label}".lower().replace("_", " ").split()) for day in days if day)
    if state is None or told or StateIs(state=state) in where:
        return tuple(where)
    return (*where, StateIs(state=state))


def read_state_of_theirs(reader: Reader, kind: RecordKind, at: int) -> tuple[Has, int] | None:
    """A value of the record's owner ("her inspection invoice"), or in a question a state that only one related kind
    has: "yearly clients, trial accounts"."""
    above = [reader.kinds[each.kind] for each in kind.relations if each.kind in reader.kinds]
    values = ((other.name, read_value(reader, other, at)) for other in above)
    told: Sequence[tuple[str, Condition, int]] = [(name, *value) for name, value in values if value is not None][:1]
    if not told and reader.asks and (reader.noun(at) is None or reader.noun(at + 1) is not None):
        below = [each for each in reader.kinds.values() if each.relation_to(kind.name) is not None]
        told = [(other.name, *state) for other in below if (state := reader.state(at, other)) is not None]
    found = [(Has(related=Find(record=name, where=(so,), pick="all")), length) for name, so, length in told]
    return found[0] if len(found) == 1 else None


def read_named_thing(
    reader: Reader, kind: RecordKind | None, at: int, stop: int, owner: Find | None = None
) -> tuple[Find, int] | None:
    """A thing by its code or name, and where it ends: one that ``kind`` belongs to (any if it is None) and that belongs
    to people itself."""
    people = reader.people()
    while reader.low(at) in lexicon.DETERMINERS:
        at += 1
    if people is None or at >= stop:
        return None
    things = [each for each in reader.kinds.values() if each.relation_to(people.name) is not None]
    things = [each for each in things if kind is None or kind.relation_to(each.name) is not None]
    where = (BelongsTo(owner=owner),) if owner is not None else ()
    for each in things:
        if is_code(reader, at, each) and any(map(str.isalpha, reader.tokens[at].text)):
            return Find(record=each.name, said=reader.words(at, at + 1), where=where), at + 1
    named = [each for each in things if rate_person_likeness(each)]
    end = at
    while end < stop and reader.tokens[end].capital and reader.tokens[end].word and reader.noun(end) is None:
        end += 1
    if len(named) != 1 or end == at:
        return None
    return Find(record=named[0].name, said=reader.words(at, end), where=where), end


def read_named_owner(
    reader: Reader, kind: RecordKind, at: int, stop: int, *, plain: bool = False
) -> tuple[Find, int] | None:
    """An owner by name alone: "(all visits) with Ada, (all stays) at Corner House". ``plain`` also accepts lower case
    ("at the mill")."""
    if at >= stop:
        return None
    end = reader.name(at, stop)
    owners = [each for relation in kind.relations if (each := reader.kinds.get(relation.kind)) is not None]
    named = [each for each in owners if rate_person_likeness(each)]
    if end == at or not (reader.tokens[at].capital or plain) or not named or reader.state(at, kind) is not None:
        return None
    things = [each for each in named if rate_person_likeness(each) == 1] or named
    return guess(reader, kind, Find(record=things[0].name, said=reader.words(at, end))), end


def guess(reader: Reader, kind: RecordKind, owner: Find) -> Find:
    """The ``owner`` of a record of ``kind`` by name alone. It may be of another owning kind."""
    named = [each for relation in kind.relations for each in _list_lenders(reader, relation.kind)]
    for other in dict.fromkeys(each.name for each in named if rate_person_likeness(each)):
        known = other == owner.record or (owner, other) in reader.guesses
        reader.guesses += [(owner, other)] if not known and len(reader.guesses) < MOST_GUESSES else []
    return owner


def _list_lenders(reader: Reader, name: str) -> list[RecordKind]:
    """A kind, or those whose names its records go by: a stay is called like its pet."""
    kind = reader.kinds.get(name)
    if kind is None:
        return []
    lent = {f"{each.via.removesuffix('id')}name": reader.kinds.get(each.kind) for each in kind.relations}
    return [lent.get(each.name) or kind for each in kind.fields if each.search == "name"] or [kind]


def is_one_name(reader: Reader, first: int, last: int) -> bool:
    """Whether words can be one name: all have a capital, or none. "Ada Berg takes Omar" are two."""
    if any(reader.low(at) in lexicon.NAME_STOP for at in range(first, last)):
        return True
    said = (at for at in range(first, last) if reader.tokens[at].word and not reader.starts(at))
    return len({reader.tokens[at].capital for at in said}) < 2


def find_named_kind(reader: Reader, index: int, end: int, wanted: RecordKind | None) -> RecordKind | None:
    """The kind that a name without a noun is of, where a record of ``wanted`` is looked for. What has no name itself
    goes by who has it, or by what it is of: an order line by its product."""
    people = reader.people()
    text = reader.words(index, end).text
    coded = [kind for kind in reader.kinds.values() if _is_coded_name(reader, text, kind)]
    if len(coded) == 1 and (wanted is None or wanted.relation_to(coded[0].name) is not None):
        return coded[0]
    if wanted is None:
        return people
    if rate_person_likeness(wanted):
        return wanted
    if reader.tokens[index].capital or not is_word(reader.low(index)):
        return people
    if end > index + 1 and any(field.search == "text" for field in wanted.fields):
        return wanted
    owner = reader.owner_of(wanted)
    return owner if owner is not None and rate_person_likeness(owner) else people


def negate_condition(kind: RecordKind, condition: Condition) -> Condition:
    """Negates a condition on a record. Prefers the platform's own opposite: "not paid" is unpaid, while a refunded bill
    is neither."""
    if isinstance(condition, StateIs):
        un = f"un{condition.state}"
        if un in kind.states:
            return condition.model_copy(update={"state": un})
        return condition.model_copy(update={"negated": True})
    if isinstance(condition, Compare) and isinstance(condition.value, Word) and isinstance(condition.value.word, bool):
        value = condition.value.model_copy(update={"word": not condition.value.word})
        return condition.model_copy(update={"value": value})
    if isinstance(condition, Compare) and condition.op == "=":
        return condition.model_copy(update={"op": "!="})
    return leave_out(kind, condition)


def read_holder(reader: Reader, index: int, stop: int) -> Phrase | None:
    """The owner of a thing: "owner of KX-12"."""
    people = reader.people()
    if people is None or reader.low(index) not in {"owner", "holder"} or reader.low(index + 1) not in {"of", "for"}:
        return None
    thing = read_named_thing(reader, None, index + 2, stop)
    if thing is None:
        return None
    return Phrase(Find(record=people.name, where=(Has(related=thing[0]),)), index, thing[1], True)


def read_role(reader: Reader, index: int, stop: int, read: ReadPhrase, depth: int) -> Phrase | None:
    """Somebody by the role that a record has them in: "director of Hamlet", where a play has one director."""
    index += reader.low(index) == "the"
    if reader.low(index + 1) not in {"of", "for"}:
        return None
    noun = reader.noun(index)
    for kind in reader.kinds.values():
        roles = [each for each in kind.relations if each.via.removesuffix("_id") == reader.low(index)]
        alone = len(roles) == 1 and sum(each.kind == roles[0].kind for each in kind.relations) == 1
        thing = read(reader, index + 2, stop, kind, depth + 1) if alone else None
        if thing is None or thing.find.record != kind.name or not rate_person_likeness(reader.kinds[roles[0].kind]):
            continue
        if noun is None or (noun[0].name == roles[0].kind and not thing.noun):  # "the driver of Old Town"
            return Phrase(Find(record=roles[0].kind, where=(BelongsTo(owner=thing.find),)), index, thing.last, True)
    return None


def modifies(reader: Reader, index: int) -> bool:
    """Whether a word belongs to a kind's noun behind it, with an article or owner before: "Ada's open cases"."""
    before = index - 1
    while before > max(index - _NEAR_NOUN, 0) and not reader.tokens[before].owns:
        if reader.is_mark(before) or reader.low(before) in lexicon.NAME_STOP:
            break
        before -= 1
    if before < 0 or not (reader.tokens[before].owns or reader.low(before) in lexicon.DETERMINERS | lexicon.OWNERS):
        return False
    behind = index + 1
    while behind < index + _NEAR_NOUN and not reader.is_mark(behind) and reader.low(behind) not in lexicon.NAME_STOP:
        if reader.noun(behind) is not None:
            return True
        behind += 1
    return False


def read_listed_holder(reader: Reader, made: PhraseParts, first: int, last: int) -> int:
    """Where words end that are who has it, by a closed list of its kind: "Ada's deals", where they have such owners."""
    said, lists = " ".join(reader.lows(first, last - first)), (each.values for each in made.kind.fields)
    value = next((each for values in lists for each in values if each.casefold() == said), None)
    made.where += [StateIs(state=value)] if value is not None else []
    return last if value is not None else 0


def read_owner(reader: Reader, first: int, last: int, kind: RecordKind) -> Find | None:
    """The owner: the words up to the possessive."""
    while first < last and reader.low(first) in lexicon.DETERMINERS:
        first += 1
    above = reader.owner_of(kind) or reader.people()
    if above is None or first >= last or any(reader.low(at) in lexicon.NAME_STOP for at in range(first, last)):
        return None
    return guess(reader, kind, Find(record=above.name, said=reader.words(first, last)))
