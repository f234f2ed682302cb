"""Linked terms: what one word of a question says of the records of a kind, as its noun, state, field, deed or time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from agent.extract.references.vocabulary import find_doer_field, is_person
from agent.planning.proposal import BelongsTo, Compare, Condition, Day, Find, First, StateIs, Words
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import (
    does,
    ends_then,
    find_rest,
    is_ending,
    join_verb,
    takes_place,
)
from agent.resolve.rules.grammar.orders.action_words import find_base_form, is_over
from agent.resolve.rules.grammar.phrases.fields import find_core, find_named_field, label_field, list_stock_fields
from agent.resolve.rules.grammar.questions.accounted import list_capacities
from agent.resolve.rules.grammar.questions.overdue import tells_stage
from agent.resolve.rules.grammar.reader import Reader
from language.stems import is_past, stem
from language.text import singularize, word_set
from language.wordnet import find_similar_stems, rate_similarity
from registry.records import Field, RecordKind

PLAIN: Final = (
    (lexicon.DETERMINERS | lexicon.BE | lexicon.HAVING)
    | word_set("of for in on at to from by about do does did get gets we us our i me my you now currently again still")
    | word_set("left so far please pls plz thanks going go goes ours need needs with")
) - {"that", "this"}
"""Words that ask for nothing of their own."""
_FREE: Final = word_set("left free available remaining spare")
_PLACE: Final = stem("place")
_AS_MUCH: Final = 0.2
_HAS: Final = word_set("has have")
PREPOSITIONS: Final = word_set("of for in on at from by with to about")
_PLACES: Final[Mapping[str, First]] = {"next": "earliest", "coming": "earliest", "last": "latest", "first": "earliest"}
_OWING: Final = word_set("left owe owes owing")
"""Words that ask for what is left, to pay or of a stock."""
_ASSIGNED: Final = word_set("assigned allocated given")
_COUNTING: Final = frozenset(("many", "which", "what", "any"))
INSIDE: Final = "in"
FEWEST: Final = 4
_LONGEST: Final = 5
"""Words of a label: "can still be refunded"."""
_SHORTEST: Final = 3
"""Letters of a word that stands for a longer one: "med" for "medicine"."""
_UNASKED: Final = ("id", "currency")
_NOUN, _DEED, _FIELD, STATE, PLACE = 4, 3, 3, 2, 1
"""How much a word tells of a kind."""


@dataclass(slots=True)
class Reading:
    """What the words of a question say of the records of one kind."""

    kind: RecordKind
    asked: str
    head_at: int
    """The noun right after "which", "what" or "how many", but for adjectives. -1 if there is none."""
    head: RecordKind | None = None
    where: list[Condition] = field(default_factory=list)
    said: Words | None = None
    head_is: list[Condition] = field(default_factory=list)
    """What is said of the records that are asked for, if those are what the kind's belong to."""
    fields: list[Field] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    doers: list[RecordKind | Field] = field(default_factory=list)
    days: list[Field] = field(default_factory=list)
    names: tuple[int, ...] = ()
    """Where names begin."""
    first: First | None = None
    """Which of several the next or the last one is."""
    stated: bool = False
    placed: bool = False
    """A thing is named that the records are in: "in B1"."""
    whether: bool = False
    """It is asked whether there is any."""
    rest: tuple[Field, ...] | None = None
    """What is left, or the whole and the part that is taken of it."""
    unasked: bool = False
    """Only an owner and what is theirs are named: "Ada's bills"."""
    rate: int = 0


def read_term(reader: Reader, made: Reading, at: int) -> int:
    """Where the words end that say something from a token on. 0 if they say nothing."""
    if made.asked in ("when", "what") and (first := _PLACES.get(reader.low(at))) and takes_place(made.kind, "is"):
        made.first = first
        made.rate += STATE
        return at + 1
    if step := _read_time(reader, made, at) or _read_noun(reader, made, at):
        return step
    readers = [_read_state, _read_field, _read_deed]
    if made.asked.startswith("who"):  # "driving" tells a driver
        readers = [_read_state, _read_deed, _read_field]
    elif made.asked in ("what", "when", "much", "many", "does"):
        readers = [_read_field, _read_state, _read_deed]
    return next((step for each in readers if (step := each(reader, made, at))), 0)


def _read_time(reader: Reader, made: Reading, at: int) -> int:
    apart = reader.low(at) == INSIDE and reader.low(at + 1) in ("this", "next", "last")  # "who is in this week"
    when = reader.when(at, "") if not apart else None
    made.times += [at] if when is not None else []
    return when[1] if when is not None else 0


def _read_noun(reader: Reader, made: Reading, at: int) -> int:
    found = reader.noun(at)
    if found is None:
        return 0
    kind, length = found
    value = reader.state(at, kind) if at in reader.valued_nouns else None
    told = [value[0]] if value is not None else []
    state, day = reader.telling_nouns.get(at, (None, None))
    told += [state] if state is not None else []
    if kind is made.kind:
        made.where += told
        made.fields += [each for each in kind.fields if each.name == day]
        made.rate += _NOUN if day is None else _FIELD
        if day is not None:
            return at + length
    elif made.asked == "when" and not is_person(kind):
        return 0  # "when is Ada's next stay" asks of stays
    elif reader.leads(made.kind, kind) and day is None:
        if at == made.head_at:
            made.head_is = told
        elif told:
            made.where.append(BelongsTo(owner=Find(record=kind.name, where=tuple(told), pick="all")))
        made.rate += PLACE
    else:
        return 0
    made.head = kind if at == made.head_at else made.head
    return at + length


def _read_state(reader: Reader, made: Reading, at: int) -> int:
    """A state or value of the records, or of what they belong to."""
    if (found := reader.state(at, made.kind)) is not None:
        made.where.append(found[0])
        made.stated = made.stated or tells_stage(found[0], made.kind)
        if reader.low(at - 1) in _COUNTING and reader.low(at + found[1] - 1).endswith("s"):
            made.head = made.kind  # "how many fittings"
        made.rate += STATE
        return at + found[1]
    if reader.low(at) == INSIDE and (inside := find_inside(made.kind)) is not None and _is_there(reader, at):
        made.where.append(StateIs(state=inside))
        made.stated = True
        made.rate += STATE
        return at + 1
    owners = [reader.kinds[each.kind] for each in made.kind.relations if each.kind in reader.kinds]
    told = [(each, found) for each in owners if (found := reader.state(at, each)) is not None]
    if len(told) != 1 or reader.low(at) in PLAIN:
        return 0
    owner, (condition, length) = told[0]
    made.where.append(BelongsTo(owner=Find(record=owner.name, where=(condition,), pick="all")))
    return at + length


def find_inside(kind: RecordKind) -> str | None:
    """The one state that says that somebody or something is in: "checked in", "in house"."""
    told = {str(held): state for state, held in kind.states.items() if INSIDE in state.split()}
    return next(iter(told.values())) if len(told) == 1 else None


def _is_there(reader: Reader, at: int) -> bool:
    """Whether "in" says where somebody is, and nothing that will be or was."""
    return not reader.ranges and lexicon.PAST.isdisjoint(reader.lows(0, at))


def _read_field(reader: Reader, made: Reading, at: int) -> int:
    kind = made.kind
    if reader.low(at) in PREPOSITIONS:
        return 0
    if (step := _read_rest(reader, made, at)) or (made.rest is not None and reader.low(at) in _FREE):
        return step or at + 1
    ending = [each for each in made.fields if ends_then(each)]
    if ending and is_ending(join_verb(*reader.lows(at, 2))):  # "(whose insurance has) run out, runs out this week"
        if is_past(reader.low(at)) or not _HAS.isdisjoint(reader.lows(0, at)):
            today = Day(date=reader.now.date().isoformat(), quote=reader.words(at, at + 1))
            made.where.append(Compare(field=ending[0].name, op="<", value=today))
            made.fields.remove(ending[0])
            made.days = ending
        return at + 1 + (reader.low(at + 1) in lexicon.PARTICLES)
    late = reader.low(at).startswith("over") and reader.state(at, kind) is not None  # "overdue" asks for no due date
    if not late and (day := reader.date_field(kind, at)) is not None:
        made.fields.append(day)
        made.rate += _FIELD
        phrasal = join_verb(*reader.lows(at, 2)) != reader.low(at) or reader.low(at + 1) in lexicon.PARTICLES
        phrasal = phrasal and at + 1 not in reader.ranges  # "renews | on Monday"
        return at + 1 + phrasal  # "run out, due back"
    pays = reader.low(at + 1) != "to" or reader.low(at + 2) == "pay"
    if reader.low(at) in _OWING and pays and made.asked in ("what", "much", "many", "any"):
        stock = [each for _, each in list_stock_fields([kind])] if reader.low(at) == "left" else []
        rest = [each for each in kind.fields if each.name == find_rest(kind)] or stock
        if len(rest) == 1:
            made.fields.append(rest[0])
            made.rate += _FIELD
            return at + 1 + 2 * (reader.lows(at + 1, 2) == ("to", "pay"))
    for length in range(_LONGEST, 0, -1) if reader.low(at) not in lexicon.DETERMINERS else ():
        ended = length > 1 and reader.low(at + length - 1) in PREPOSITIONS
        each = find_named_field(kind, reader, at, at + length) if not ended else None
        each = each or (_find_alike(kind, reader.low(at)) if length == 1 else None)
        if each is not None and each.type not in _UNASKED and (length > 1 or reader.low(at) not in PLAIN):
            made.fields.append(each)
            made.rate += _FIELD
            return at + length
    return 0


def _read_rest(reader: Reader, made: Reading, at: int) -> int:
    """Places that are left, where a kind holds how many there are and how many are taken: "places left, seats free".
    Days that are left, where a kind holds one number of what is left."""
    whole, taken = list_capacities(made.kind)
    said = stem(reader.low(at))
    free = not _FREE.isdisjoint(reader.lows(0, len(reader.tokens)))
    places = {_PLACE, *(stem(word) for each in whole for word in label_field(each).split())}
    own = [each for each in made.kind.fields if each.type in ("integer", "number")]
    own = [each for each in own if not _FREE.isdisjoint(label_field(each).split())]
    if free and len(own) == 1 and singularize(reader.low(at)) in lexicon.UNITS:
        made.rest = (own[0],)
        made.rate += _FIELD
        return at + 1
    if (
        len(whole) != 1
        or len(taken) != 1
        or not free
        or (rate_similarity(said, places) < _AS_MUCH and said not in places)
    ):
        return 0
    made.rest = whole[0], taken[0]
    made.rate += _FIELD
    return at + 1


def _find_alike(kind: RecordKind, low: str) -> Field | None:
    """The one field that a word shortens, or that is what the word says: "meds" of "medicine", "price" of the one sum
    of money, "allergic" of "allergies"."""
    said = stem(low)
    if find_core(low) == find_core("price"):
        sums = [each for each in kind.fields if each.type == "money_minor"]
        return sums[0] if len(sums) == 1 else None
    if len(said) < _SHORTEST or said == stem("pay"):  # what was paid, or is to be
        return None
    told = [
        each
        for each in kind.fields
        if any(stem(word).startswith(said) or _is_akin(said, stem(word)) for word in label_field(each).split())
    ]
    return told[0] if len(told) == 1 else None


def _is_akin(said: str, label: str) -> bool:
    shared = len(said) > FEWEST and said.startswith(label[:-1]) and len(label) > FEWEST
    states = label in map(stem, lexicon.STATE_FIELDS)  # a note that says something states it, and is no state
    return shared or (not states and find_similar_stems(said, verb=True).get(label, 0.0) > 0.0)


def _read_deed(reader: Reader, made: Reading, at: int) -> int:
    """What somebody does with the records, or what these are called: "teaching", "who is brewing"."""
    if is_over(reader.low(at)) and reader.low(at) not in _ASSIGNED:
        return 0  # whose deed it was is told by what is over
    base = find_base_form(stem(reader.low(at)))
    doers: list[RecordKind | Field] = []
    verbs = (base, *find_similar_stems(base, verb=True))  # whoever "teaches" is an instructor
    for relation in made.kind.relations:
        owner = reader.kinds.get(relation.kind)
        names = (relation.via.removesuffix("_id"), *(owner.nouns if owner is not None else ()))
        if owner is not None and is_person(owner) and any(does(name, verb) for name in names for verb in verbs):
            doers.append(owner)
    fields = [each for each in made.kind.fields if each.type in ("string", "enum")]
    doers = doers or [each for each in fields if does(label_field(each).removesuffix(" name"), base)]
    if reader.low(at) in _ASSIGNED:
        doers = doers or [*filter(None, (find_doer_field(made.kind),))]
    nouns = [noun for noun in made.kind.nouns if " " not in noun]
    called = len(base) >= FEWEST and any(stem(noun) == base or noun.startswith(base) for noun in nouns)
    if not doers and not called:
        return 0
    made.doers += doers[:1]
    made.rate += _DEED
    return at + 1 + (reader.low(at) in _ASSIGNED and reader.low(at + 1) == "to")
