"""Linked questions: semantic parsing of a question by what its words are in declared kinds and live data.

An answer is a query over one kind that has a place for all words. A question with any other word has none.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from agent.extract.references.vocabulary import is_person, rate_person_likeness
from agent.planning.proposal import (
    Answer,
    AnyOf,
    BelongsTo,
    Compare,
    Comparison,
    Computed,
    Condition,
    CountOf,
    Day,
    FieldOf,
    Find,
    Has,
    OrderByField,
    RecordsAnswer,
    StateIs,
    TotalOf,
    ValueAnswer,
    YesNoAnswer,
)
from agent.planning.record_links import RecordLink
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import (
    DATES,
    find_line_ahead,
    find_owing,
    find_rest,
    may_lie_ahead,
    takes_place,
)
from agent.resolve.rules.grammar.phrases.conditions import NONE, count_test
from agent.resolve.rules.grammar.phrases.fields import NUMERIC, find_core, label_field
from agent.resolve.rules.grammar.phrases.phrase_parts import negate_condition
from agent.resolve.rules.grammar.questions.figures import TOGETHER
from agent.resolve.rules.grammar.questions.linked_terms import PREPOSITIONS, Reading
from agent.resolve.rules.grammar.questions.linked_words import TELLS, list_roles, read_words
from agent.resolve.rules.grammar.questions.overdue import is_due, list_finished, list_waiting
from agent.resolve.rules.grammar.reader import Reader
from language.stems import is_past
from language.text import word_set
from registry.records import Field

MOST_TOKENS: Final = 16
MOST_READINGS: Final = 16
"""Ways to give the names of one question their roles in one kind."""
_OPENINGS: Final[tuple[tuple[str, ...], ...]] = (
    ("how", "many"), ("how", "much"), ("are", "there"), ("is", "there"), ("do", "we", "have"), ("have", "we", "got"),
    ("who",), ("who's",), ("whos",), ("whose",), ("what",), ("what's",), ("whats",), ("which",), ("any",),
    ("when",), ("when's",), ("whens",), ("is",), ("are",), ("does",), ("has",), ("why",),
)  # fmt: skip
_BACK: Final = "back"
_WHETHER: Final = frozenset(("is", "are", "has", "does"))
_REASONS: Final = word_set("reason reasons cause answer note remark comment")
"""What the fields are called that tell why."""
_COMPARING: Final = "than"


def list_linked_answers(reader: Reader, named: Sequence[RecordLink]) -> list[tuple[int, Answer]]:
    """The answers that have a place for every word, each with how much of the question tells its kind."""
    reader.ask()
    begin = next((at for at, token in enumerate(reader.tokens) if token.word), 0)
    begin += reader.low(begin) in PREPOSITIONS and reader.low(begin + 1) in ("which", "what")  # "on which shelf"
    opening = max((each for each in _OPENINGS if reader.lows(begin, len(each)) == each), key=len, default=())
    low = reader.lows(0, len(reader.tokens))
    over = "did" in low and "last" not in low and opening != ("why",)
    if (
        not (opening or _begins_with_owner(reader, named, begin))
        or reader.denies
        or len(low) > MOST_TOKENS
        or over
        or _COMPARING in low
    ):
        return []
    asked, first = (opening[0] if opening else "what").removesuffix("'s"), begin + len(opening)
    whether = len(opening) > 1 and opening[0] != "how"
    asked = (
        "any"
        if whether
        else opening[-1]
        if len(opening) > 1
        else {"whos": "who", "whats": "what", "whens": "when"}.get(asked, asked)
    )
    made: list[tuple[int, Answer]] = []
    for kind in reader.kinds.values():
        for roles in itertools.islice(list_roles(reader, kind, named), MOST_READINGS):
            reading = read_words(reader, kind, roles, first, asked)
            if reading is not None:
                reading.unasked, reading.whether = not opening, whether
                made += _list_rated(reader, reading)
    return made


def _begins_with_owner(reader: Reader, named: Sequence[RecordLink], begin: int) -> bool:
    """Whether nothing but what somebody or something has is named: "Ada's phone number"."""
    return bool(named) and named[0].owns and named[0].by_name and reader.end_index(named[0].start) == begin


def _list_rated(reader: Reader, made: Reading) -> list[tuple[int, Answer]]:
    """The answers over what lasts, and over all records if one is named itself and a field of it asked for."""
    lasting = _list_lasting(reader, made)
    several = made.unasked and made.head is made.kind and reader.low(made.head_at).endswith("s")  # "Ada's fees"
    rated = [(2 * made.rate + 1 + several, each) for each in _list_answers(reader, made, lasting)]
    alone = made.said is not None and (made.fields or made.asked == "when")
    return [*rated, *((2 * made.rate, each) for each in _list_answers(reader, made, []) if lasting and alone)]


def _list_lasting(reader: Reader, made: Reading) -> Sequence[Condition]:
    """What records are meant without a word for it: those that wait for something, that still have to be paid, or of
    some time those that stand."""
    kind, rest = made.kind, find_rest(made.kind)
    owing = find_owing(kind) if any(each.name == rest for each in made.fields) else None
    if made.stated or made.asked == "why" or (made.unasked and made.head is kind):  # "Ada's bills": all of them
        return []
    if owing is not None:
        return [owing]
    if any(is_due(each) for each in made.days):
        return list_waiting(kind)
    if made.times:
        return [StateIs(state="cancelled", negated=True)][: "cancelled" in kind.states]
    past = not lexicon.PAST.isdisjoint(reader.lows(0, len(reader.tokens)))
    return [StateIs(state=each, negated=True) for each in list_finished(kind)] if not past else []


def _list_answers(reader: Reader, made: Reading, lasting: Sequence[Condition]) -> Iterator[Answer]:
    """What is asked for of the records that were read."""
    kind = made.kind
    if not (made.where or made.said) or made.rate < TELLS:
        return
    where = [*made.where, *(each for each in lasting if each not in made.where)]
    find = Find(record=kind.name, said=made.said, where=tuple(where), pick="one" if made.said is not None else "all")
    head, asked = made.head, made.asked
    fields = tuple(dict.fromkeys(each.name for each in made.fields))
    sums = [each for each in made.fields if each.type in NUMERIC]
    if made.rest is not None:  # "how many places are left on the course"
        if made.said is None or made.where or fields:
            return
        if len(made.rest) == 1:
            yield RecordsAnswer(records=find, fields=(made.rest[0].name,))
        else:
            held, taken = (FieldOf(field=each.name, of=find) for each in made.rest)
            yield ValueAnswer(value=Computed(op="-", a=held, b=taken), about=find)
    elif asked == "is" and not made.where:
        stages = tuple(each.name for each in kind.fields if each.name in lexicon.STATE_FIELDS or is_due(each))
        if made.said is not None and _BACK in reader.lows(0, len(reader.tokens)):
            yield RecordsAnswer(records=Find(record=kind.name, said=made.said, pick="all"), fields=stages)
    elif asked in _WHETHER and not fields:
        yield from _list_tests(reader, made, find)
    elif asked == "why":  # what was said of it, by whoever asked for it or decided on it
        reasons = tuple(each.name for each in kind.fields if not _REASONS.isdisjoint(label_field(each).split()))
        if reasons and not fields and len(made.where) + (made.said is not None) > 1:
            yield RecordsAnswer(records=find.model_copy(update={"pick": "all"}), fields=reasons)
    elif asked in ("does", "has") and fields:  # "does Ada have any credit": so much
        if made.said is not None and len(fields) == 1 and not made.where and (sums or made.fields[0].type in DATES):
            yield RecordsAnswer(records=find, fields=fields)
    elif asked in ("which", "what", "any", "many") and head is not None and not (asked == "many" and fields):
        now = not (made.stated or made.head_is or lexicon.BE.isdisjoint(reader.lows(0, len(reader.tokens))))
        over = [StateIs(state=each, negated=True) for each in list_finished(head)] if now else []
        theirs = (*made.head_is, *over, Has(related=find))
        whole = find if head is kind else Find(record=head.name, where=theirs, pick="all")
        if head is not kind and kind.relation_to(head.name) is None:
            return  # what they have nothing to do with but through something else
        if asked == "many":
            yield ValueAnswer(value=CountOf(of=whole))
        elif made.whether:
            yield YesNoAnswer(tests=(count_test(whole),))
        elif not fields or head is kind:
            yield RecordsAnswer(records=whole, fields=fields)
    elif asked in ("what", "which", "much", "many", "any") and len(fields) == 1 and made.fields[0].type not in DATES:
        said = reader.lows(0, len(reader.tokens))
        words = {*map(find_core, label_field(made.fields[0]).split())}
        called = asked != "many" or words <= {*map(find_core, said)}
        countable = bool(sums) and called and (asked == "much" or sums[0].type != "money_minor")
        summed = made.said is None and fields[0] == kind.size and asked == "many"  # "how many days has Ada requested"
        if sums and (summed or not (TOGETHER - {"worth"}).isdisjoint(said)):
            yield ValueAnswer(value=TotalOf(field=sums[0].name, of=find))
        elif countable or asked in ("what", "which", "any"):
            yield RecordsAnswer(records=find, fields=fields)
    elif asked in ("when", "when's") and not made.times:
        line = find_line_ahead(kind) if takes_place(kind, "is") else None
        told = made.fields or ([line] if line is not None else [])
        find = _find_next(reader, made, find) or find
        if len({each.name for each in told}) == 1 and told[0].type in DATES:
            yield RecordsAnswer(records=find, fields=(told[0].name,))
    elif asked == "what" and made.first is not None and not fields:
        if (ahead := _find_next(reader, made, find)) is not None:
            yield RecordsAnswer(records=ahead)  # "what's next for Ada"
    elif (
        asked == "what"
        and not (fields or made.said or made.times or made.unasked)
        and (made.placed or any(isinstance(each, StateIs | AnyOf) for each in where))
        and all(isinstance(each, StateIs | AnyOf | BelongsTo) for each in where)
    ):
        yield RecordsAnswer(records=find)  # "what is waiting, what does Ada have open, what is in B1"
    elif asked == "what" and not fields and made.times and (made.days or takes_place(kind, "")):
        yield RecordsAnswer(records=find)
    elif asked == "whose" and made.days and any(each.search == "name" for each in kind.fields) and not fields:
        yield RecordsAnswer(records=find)  # "whose vaccination runs out": the animal's
    elif asked in ("who", "whose") and not made.head_is and not any(each.type in DATES for each in made.fields):
        yield from _list_people(reader, made, find)


def _find_next(reader: Reader, made: Reading, find: Find) -> Find | None:
    """The next or the last of the records that take place."""
    line = find_line_ahead(made.kind) if takes_place(made.kind, "is") else None
    if made.first is None or line is None:
        return None
    side: Comparison = "<=" if made.first == "latest" else ">="
    today = Compare(field=line.name, op=side, value=Day(date=reader.now.date().isoformat()))
    stands = [StateIs(state="cancelled", negated=True)][: "cancelled" in made.kind.states]
    order = OrderByField(by=line.name, first=made.first)
    return find.model_copy(update={"where": (*made.where, today, *stands), "order": order, "pick": "one"})


def _is_there_then(reader: Reader, made: Reading) -> bool:
    """Whether a record's day says that whose it is is there on it: what lasts is there on more days, and whoever does
    something may be there on others."""
    owners = [each.owner for each in made.where if isinstance(each, BelongsTo) and isinstance(each.owner, Find)]
    days = [each for each in made.kind.fields if each.type in DATES and may_lie_ahead(each)]
    does_it = any(reader.kinds[each.record] in reader.doers(made.kind) for each in owners)
    return takes_place(made.kind, "") and len(days) == 1 and not does_it


def _list_tests(reader: Reader, made: Reading, find: Find) -> Iterator[Answer]:
    """Whether somebody's or named records are as told. Whoever has paid has paid all that is spoken of."""
    told = [each for each in made.where if not isinstance(each, BelongsTo)]
    whose = [each for each in made.where if isinstance(each, BelongsTo)]
    if not told or not (made.said or whose) or (made.times and not _is_there_then(reader, made)):
        return
    about = find.model_copy(update={"where": tuple(whose)})
    tests = [count_test(find.model_copy(update={"where": tuple(made.where)}))]
    done = next((each for each in told if isinstance(each, StateIs) and is_past(each.state)), None)
    if made.asked == "has" and done is not None:
        rest = (negate_condition(made.kind, done) if each is done else each for each in made.where)
        tests.append(count_test(find.model_copy(update={"where": tuple(rest)}), "=", NONE))
    yield YesNoAnswer(tests=tuple(tests), about=about)


def _list_people(reader: Reader, made: Reading, find: Find) -> Iterator[Answer]:
    """Who does something with the records, whose they are, or the people themselves."""
    people, doer = reader.people(), made.doers[0] if made.doers else None
    owners = {each.owner.record for each in made.where if isinstance(each, BelongsTo) and isinstance(each.owner, Find)}
    if made.placed and any(each.search == "name" for each in made.kind.fields):
        yield RecordsAnswer(records=find)  # "who is in B1": the boat, which tells whose it is
        return
    if doer is None and people is not None and people.name in owners:  # somebody else, who handles what is theirs
        doer = next(iter(others)) if len(others := reader.doers(made.kind)) == 1 else None
        people = None
    if made.fields:
        return  # "who calls Ada" asks for no number
    if made.asked != "whose" and any(made.kind.relates_twice(each.name) for each in (doer, people) if each is not None):
        return  # of a letter's writer and reader, who are people of one kind, it isn't looked up which is asked for
    if isinstance(doer, Field):
        yield RecordsAnswer(records=find, fields=(doer.name,))
    elif made.said is not None and any(isinstance(each, StateIs) for each in made.where):
        return  # "who refunded 7": nobody's role says who did it
    elif doer is not None:
        yield RecordsAnswer(records=Find(record=doer.name, where=(Has(related=find),), pick="all"))
    elif is_person(made.kind):
        if made.said is None:
            yield RecordsAnswer(records=find)
    elif people is not None and reader.leads(made.kind, people):
        near = [reader.kinds[each.kind] for each in made.kind.relations if each.kind in reader.kinds]
        nearest = next((each for each in near if each.relation_to(people.name) and rate_person_likeness(each)), people)
        whole = Find(record=nearest.name, where=(Has(related=find),), pick="all")
        # An animal or its owner may be meant: the records tell both.
        yield RecordsAnswer(records=whole if is_person(nearest) else find)
