"""Conditions on records: reads "Ada has an open invoice", "INV-7 is paid", "there are more than two" or "the total is
over 50 EUR".

They test a count, the state of a record at a position, a field's value, or a yes-or-no field.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from agent.extract.references.vocabulary import rate_person_likeness
from agent.planning.proposal import (
    Answer,
    BelongsTo,
    Compare,
    Comparison,
    Condition,
    CountOf,
    FieldOf,
    Find,
    Number,
    StateIs,
    Test,
    TotalOf,
    Word,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import does
from agent.resolve.rules.grammar.phrases.fields import (
    LEFT,
    find_compared_field,
    find_named_field,
    find_owed,
    list_stock_fields,
    read_total,
)
from agent.resolve.rules.grammar.phrases.having import read_held_by_anyone
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import (
    Phrase,
    PhraseParts,
    count_placing,
    negate_condition,
)
from agent.resolve.rules.grammar.phrases.placed import read_placed_test
from agent.resolve.rules.grammar.phrases.places_and_deeds import is_born
from agent.resolve.rules.grammar.phrases.predicates import read_predicate_of, read_related_clause
from agent.resolve.rules.grammar.phrases.subjects import list_subjects
from agent.resolve.rules.grammar.reader import Reader
from language.text import word_set
from registry.records import RecordKind

_AT_PRESENT: Final = word_set("now today currently")
ONE: Final = Number(number=Decimal(1))
NONE: Final = Number(number=Decimal(0))
_NO_NAME: Final = (lexicon.NAME_STOP | lexicon.CHANGED | word_set("there here")) - word_set(
    "a an the and of for to in on at with by"
)


def count_test(find: Find, op: Comparison = ">=", number: Number = ONE) -> Test:
    return Test(left=CountOf(of=find.model_copy(update={"pick": "all", "order": None})), op=op, right=number)


def list_namesakes(reader: Reader, find: Find) -> list[Find]:
    """The same name as another kind's: a colleague's instead of a customer's. Things come last."""
    kinds = [kind for kind in reader.kinds.values() if rate_person_likeness(kind) and kind.name != find.record]
    kinds.sort(key=rate_person_likeness, reverse=True)
    return [find.model_copy(update={"record": kind.name}) for kind in kinds if find.said is not None and not find.where]


def test_told(find: Find, *told: Condition, negated: bool) -> Test:
    """Whether any of the records is as told, or none where that is denied."""
    such = find.model_copy(update={"where": (*find.where, *told)})
    return count_test(such, "=", NONE) if negated else count_test(such)


def read_flag(reader: Reader, find: Find, at: int, *, negated: bool = False) -> tuple[Test, int] | None:
    """A yes-or-no field of a record by its label: "(is Ada) at work, allowed pets, (does she) drive"."""
    for each in reader.kinds[find.record].fields:
        label = tuple((each.label or each.name.replace("_", " ")).lower().split())
        if each.type == "boolean" and (reader.lows(at, len(label)) == label or does(label[-1], reader.low(at))):
            last = at + len(label)
            flag = Compare(field=each.name, op="=", value=Word(word=True))
            return test_told(find, flag, negated=negated), last + (reader.low(last) in _AT_PRESENT)
    return None


_BE: Final = word_set("is are was were isn't aren't wasn't weren't 's")
_HAVE: Final = word_set("has have had got hasn't haven't hadn't")
_ADVERBS: Final = word_set("still already currently now yet really actually also both all just ever only")
_SO_FAR: Final = word_set("yet already now")
_ANY: Final = word_set("a an any some more")


def read_tests(reader: Reader, index: int, stop: int, *, holds: bool = True) -> tuple[Test, ...] | None:
    """The tests in the words from ``index`` to ``stop``. None if any word stays unread. ``holds`` says whether the
    dependent action is done if they hold."""
    while stop > index and (reader.is_mark(stop - 1) or reader.low(stop - 1) in _SO_FAR):
        reader.covered.add(stop - 1)
        stop -= 1
    made = (
        _there(reader, index, stop)
        or read_owes(reader, index, stop)
        or _by_anyone(reader, index, stop)
        or _told(reader, index, stop)
    )
    if made is None:
        tests = _read_paid(reader, index, stop) or read_placed_test(reader, index, stop)
    else:
        tests = (made[0],) if made[1] >= stop else None
    if tests is not None:
        _speaks_of(reader, tests[0], holds=holds)
        reader.covered.update(range(index, stop))
    return tests


def _speaks_of(reader: Reader, test: Test, *, holds: bool) -> None:
    """Makes the tested record available to "it", restricted to what must be true for anything to be done."""
    find = test.left.of if isinstance(test.left, CountOf | FieldOf | TotalOf) else None
    if isinstance(find, Find):
        none = test.op == "=" and test.right == NONE
        if find.where and none is holds and isinstance(test.left, CountOf):
            denied = negate_condition(reader.kinds[find.record], find.where[-1])
            denials = () if denied == find.where[-1] else (denied,)
            find = find.model_copy(update={"where": (*find.where[:-1], *denials)})
        one = find.model_copy(update={"pick": "one"})
        reader.spoken.setdefault(find.record, one)
        if reader.owner_of(reader.kinds[find.record]) is not None:
            reader.thing = reader.thing or one


def read_owes(reader: Reader, index: int, stop: int) -> tuple[Test, int] | None:
    """A debt: "she still owes us something"."""
    made = read_total(reader, index, stop)
    if made is None or not isinstance(made[0].of, Find):
        return None
    find, at = made[0].of, made[1]
    if not any(isinstance(each, StateIs) for each in find.where):
        return None
    compared = reader.comparison(at)
    if compared is not None:
        amount = reader.amount(at + compared[1])
        return (Test(left=made[0], op=compared[0], right=amount[0]), amount[1]) if amount is not None else None
    return count_test(find), skip_owed(reader, at)


def _read_paid(reader: Reader, index: int, stop: int) -> tuple[Test, ...] | None:
    """Whether somebody has paid, which is so if something of theirs is paid and nothing unpaid: "Ada hasn't paid"."""
    verb = next((at for at in range(index + 1, stop) if reader.low(at) in _HAVE), index)
    rest, owed = set(reader.lows(verb + 1, stop - verb - 1)), find_owed(reader)
    about = next((each for each in list_subjects(reader, index, verb) if each.last == verb), None)
    if about is None or owed is None:
        return None
    kind = reader.kinds[owed.record]
    said = rest - _ADVERBS - lexicon.OWNERS - {"not", *kind.nouns}  # "(has paid) her bill"
    if said != {"paid"} or "paid" not in kind.states or not reader.leads(kind, reader.kinds[about.find.record]):
        return None
    unpaid = owed.model_copy(update={"where": (BelongsTo(owner=about.find), *owed.where)})
    if "not" in rest or reader.low(verb) in lexicon.NOT:
        return (count_test(unpaid),)
    paid = owed.model_copy(update={"where": (BelongsTo(owner=about.find), StateIs(state="paid"))})
    return count_test(paid), count_test(unpaid, "=", NONE)


def skip_owed(reader: Reader, at: int) -> int:
    """Past what is owed, where it is just anything: "(Ada owes us) some money"."""
    while reader.low(at) in {"something", "anything", "money", "us", "any", "some"}:
        at += 1
    return at


def _there(reader: Reader, index: int, stop: int) -> tuple[Test, int] | None:
    if reader.low(index) != "there" or reader.low(index + 1) not in _BE | {"be"}:
        return None
    return read_existence(reader, index + 2, stop, None) or _stocked(reader, index + 2, stop)


def _by_anyone(reader: Reader, index: int, stop: int) -> tuple[Test, int] | None:
    """Whether anybody handles a record: "nobody has ticket 7", "somebody is working on it"."""
    for at in range(index + 1, stop):
        for about in list_subjects(reader, at, stop):
            made = PhraseParts(reader.kinds[about.find.record], read_phrase)
            if about.last >= stop and read_held_by_anyone(reader, made, index, upto=at):
                told = about.find.model_copy(update={"where": (*about.find.where, *made.where), "pick": "one"})
                return count_test(told), stop
    return None


def _stocked(reader: Reader, at: int, stop: int) -> tuple[Test, int] | None:
    """The stock of a thing, by the count that it holds itself: "(if there are) more than 20 chairs left"."""
    compared = reader.comparison(at)
    held = reader.numbers.get(at + compared[1]) if compared is not None else None
    things = list_stock_fields(reader.kinds.values())
    if compared is None or held is None or held.kind != "cardinal" or len(things) != 1:
        return None
    first = reader.end_index(held.end)
    end = first
    while end < stop and reader.low(end) not in LEFT and reader.tokens[end].word:
        end += 1
    if end in (first, stop) or any(reader.low(step) not in LEFT for step in range(end, stop)):
        return None
    number = Number(number=held.value, quote=reader.words(at + compared[1], first))
    one = Find(record=things[0][0].name, said=reader.words(first, end))
    return Test(left=FieldOf(field=things[0][1].name, of=one), op=compared[0], right=number), stop


def read_existence(reader: Reader, at: int, stop: int, owner: Find | None) -> tuple[Test, int] | None:
    """Existence: "(no | any | two or more | more than one) open ticket(s)", with an owner."""
    negated = False
    op: Comparison = ">="
    number = ONE
    small = _ADVERBS | _ANY | {"no", "not", "never", "got", "had"}
    while at < stop and reader.low(at) in small and reader.comparison(at) is None:
        negated = negated or reader.low(at) in {"no", "not", "never"}
        at += 1
    if (found := reader.comparison(at)) is not None:
        op, at = found[0], at + found[1]
    if (money := reader.money.get(at)) is not None and money.currency:
        return _read_held_sum(reader, at, stop, owner, op) if owner is not None and not negated else None
    if reader.low(at) in {"one", "some", "any"} and at + 1 == stop:
        return (count_test(reader.thing), at + 1) if reader.thing is not None else None
    held = reader.numbers.get(at)
    one = found is not None and reader.low(at) == "one"
    if one or (held is not None and held.kind == "cardinal" and not held.unit):
        after = at + 1 if held is None else reader.end_index(held.end)
        more = reader.lows(after, 2) == ("or", "more")
        number = Number(number=Decimal(1) if held is None else held.value, quote=reader.words(at, after + 2 * more))
        op = op if found is not None or more else "="
        at = after + 2 * more
    phrase = read_phrase(reader, at, stop, None)
    if phrase is None or not phrase.noun:
        return None
    after = phrase.last
    while reader.lows(after, 2) in {("from", "us"), ("with", "us")} or reader.low(after) in {"before", "yet"}:
        after += 2 if reader.low(after + 1) == "us" else 1
    phrase = Phrase(phrase.find, phrase.first, after, phrase.noun)
    find = phrase.find
    if owner is not None:
        kind, above = reader.kinds[find.record], reader.kinds[owner.record]
        if kind.name == above.name or not reader.related(kind, above):
            return None
        find = find.model_copy(update={"where": (BelongsTo(owner=owner), *find.where)})
    if negated:
        return count_test(find, "=", NONE), phrase.last
    return count_test(find, op, number), phrase.last


def _read_held_sum(reader: Reader, at: int, stop: int, owner: Find, op: Comparison) -> tuple[Test, int] | None:
    """What a record has of a sum by a field of its own: "(has more than) 5 euros of balance". Sums of other records may
    count what is over, so they are none."""
    amount, kind = reader.amount(at), reader.kinds[owner.record]
    first = at if amount is None else amount[1]
    first += reader.low(first) in {"of", "in"}
    held = find_named_field(kind, reader, first, stop) if first < stop else None
    if amount is None or held is None or held.type != "money_minor":
        return None
    return Test(
        left=FieldOf(field=held.name, of=owner.model_copy(update={"pick": "one"})), op=op, right=amount[0]
    ), stop


def list_meant(reader: Reader, at: int, stop: int, *, named: bool = True) -> list[Find]:
    """Every record that all these words may mean: by a phrase or code, or else (``named``) by a name of any kind and
    perhaps its day ("the seagull on Friday"), likeliest first. "Outstanding" and "the next" are no names."""
    known = [each for each in list_subjects(reader, at, stop) if each.last == stop and not each.find.bare]
    sure = [each.find for each in known if each.noun or reader.low(at) in lexicon.PRONOUNS]
    while at + 1 < stop and reader.low(at) in lexicon.DETERMINERS:
        at += 1
    plain = at < stop and not reader.tokens[at].capital
    told = plain and any(reader.state(at, each) for each in reader.kinds.values())
    if sure or not named or at >= stop or told or count_placing(reader, at):
        return sure
    times = {*reader.ranges, *reader.dated, *reader.valued}
    made = [each.find for each in known]
    for kind in sorted(reader.kinds.values(), key=lambda each: all(one.search != "name" for one in each.fields)):
        line = "" if is_born(kind) else kind.order or ""  # nobody joined on the day that is told behind a name
        days = [(end, spent) for end in range(at + 1, stop) if line and (spent := reader.when(end, line))]
        end, where = next(((end, tuple(spent[0])) for end, spent in days if spent[1] == stop), (stop, ()))
        end -= at + 1 < end and reader.low(end - 1) in lexicon.PARTICLES and not reader.tokens[end - 1].capital
        words = [
            reader.low(step) if reader.tokens[step].word and step not in times else "is" for step in range(at, end)
        ]
        find = Find(record=kind.name, said=reader.words(at, end), where=where)
        made += [find] if find not in made and _NO_NAME.isdisjoint(words) else []
    return made


def take_first(reader: Reader, answers: Sequence[Answer]) -> Answer | None:
    """The likeliest answer. The others are tried where it finds nothing."""
    reader.readings += answers[1:]
    return answers[0] if answers else None


def _told(reader: Reader, index: int, stop: int) -> tuple[Test, int] | None:
    """A subject with what is said about it: "Ada (still) has …", "INV-7 is overdue", "it's under 50 euros"."""
    if index >= stop:
        return None
    verbs = [at for at in range(index + 1, stop) if reader.low(at) in _BE | _HAVE][:2]
    abouts = [about for verb in verbs for about in list_subjects(reader, index, verb) if about.last == verb]
    abouts += [about for about in list_subjects(reader, index, stop) if about.last not in verbs]
    made = (_told_about(reader, about, index, stop) for about in abouts)
    return next((each for each in made if each is not None and each[1] >= stop), None)


def _told_about(reader: Reader, about: Phrase, index: int, stop: int) -> tuple[Test, int] | None:
    at = about.last
    if not about.noun and about.find.record in reader.kinds:
        reader.person = about.find
    glued = reader.tokens[at - 1].owns or reader.low(index) in {"it's", "that's", "he's", "she's", "they're"}
    while reader.low(at) in _ADVERBS:
        at += 1
    if reader.low(at) in _HAVE:
        been = next((step for step in range(at + 1, min(at + 4, stop)) if reader.low(step) == "been"), None)
        if been is None or any(reader.low(step) not in _ADVERBS | {"not", "never"} for step in range(at + 1, been)):
            made = read_existence(reader, at + 1, stop, about.find)
            denied = reader.low(at) in lexicon.NOT
            # "It hasn't shipped (yet)": it isn't in that state.
            return made or (_is_told(reader, about, at + 1, stop, negated=denied) if about.noun else None)
        negated = any(reader.low(step) in lexicon.NOT for step in range(at, been))
        return _is_told(reader, about, been + 1, stop, negated=negated)
    told = at < stop and reader.date_field(reader.kinds[about.find.record], at) is not None
    if reader.low(at) not in _BE and not glued and not told:
        return None
    negated = reader.low(at) in lexicon.NOT
    at += 1 if reader.low(at) in _BE else 0
    return _is_told(reader, about, at, stop, negated=negated)


def _is_told(reader: Reader, about: Phrase, at: int, stop: int, *, negated: bool) -> tuple[Test, int] | None:
    if about.noun and about.find.bare and about.find.pick == "one" and about.find != reader.thing:
        return None  # "if the bill is open": no particular bill is named, and not any bill is meant
    while reader.low(at) in _ADVERBS | {"not"}:
        negated = negated or reader.low(at) == "not"
        at += 1
    finds = (about.find, *(list_namesakes(reader, about.find) if not about.noun else ()))
    made = (read_told(reader, find, at, stop, negated=negated) for find in finds)
    return next((each for each in made if each is not None and each[1] >= stop), None)


def read_told(reader: Reader, find: Find, at: int, stop: int, *, negated: bool = False) -> tuple[Test, int] | None:
    """What is said about the records of ``find``: a state, an amount, a field's value."""
    kind = reader.kinds[find.record]
    step = at + 1 if reader.low(at) in {"for", "worth"} else at
    compared = reader.comparison(step)
    amount = reader.amount(step + compared[1]) if compared is not None else None
    size = find_compared_field(kind, amount[0]) if amount is not None else None
    if compared is not None and amount is not None and size is not None and not negated:
        one = find.model_copy(update={"pick": "one"})
        return Test(left=FieldOf(field=size, of=one), op=compared[0], right=amount[0]), amount[1]
    if (there := _read_whose(reader, kind, at, stop)) is not None:
        return test_told(find, BelongsTo(owner=there), negated=negated), stop
    for other in (kind, *(each for each in reader.kinds.values() if each.relation_to(kind.name) is not None)):
        whole = find if other is kind else Find(record=other.name, where=(BelongsTo(owner=find),), pick="all")
        if other is not kind and reader.low(at) not in {"on", "in"}:
            continue
        made = read_predicate_of(reader, other, at, stop)
        if made is not None and made[1] >= stop:
            if whole.order is not None:
                return None  # among those that are so, it would be another
            return test_told(whole, *made[0], negated=negated), made[1]
    named = reader.asks and find.pick == "one" and (find.said is None or not find.said.text.islower())
    clause = read_related_clause(reader, kind, at, stop) if named and find.order is None else None
    if clause is not None and clause[1] >= stop and clause[0] and clause[2] is None and not is_born(kind):
        return test_told(find, *clause[0], negated=negated), clause[1]  # "(is 7) on Friday with Ada"
    return read_flag(reader, find, at, negated=negated) if find.order is None else None


def _read_whose(reader: Reader, kind: RecordKind, at: int, stop: int) -> Find | None:
    """A thing with its noun that the record may belong to: "(is 7) on the north round"."""
    there = read_phrase(reader, at + 1, stop, None, 1) if reader.low(at) in {"on", "in", "at"} else None
    named = there is not None and there.noun and there.last >= stop and there.find.said is not None
    return there.find if there is not None and named and kind.relation_to(there.find.record) is not None else None
