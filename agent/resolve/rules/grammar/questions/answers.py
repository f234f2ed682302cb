"""Questions about records: reads "how many …", "which …", "when was …" or "is … overdue?" into answers that code looks
up."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from agent.extract.references.vocabulary import is_person
from agent.planning.proposal import (
    Answer,
    CountOf,
    Find,
    HelpAnswer,
    OrderByCount,
    OrderByField,
    RecordsAnswer,
    TotalOf,
    ValueAnswer,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.conditions import list_meant, take_first
from agent.resolve.rules.grammar.phrases.fields import NUMERIC, find_measure, find_named_field, label_field
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase, count_placing
from agent.resolve.rules.grammar.phrases.positions import read_measured_order
from agent.resolve.rules.grammar.phrases.shown import read_spoken
from agent.resolve.rules.grammar.questions.absences import asks_absence, read_absence
from agent.resolve.rules.grammar.questions.accounted import accounts_for
from agent.resolve.rules.grammar.questions.continued import read_shown_set
from agent.resolve.rules.grammar.questions.debts import read_debts
from agent.resolve.rules.grammar.questions.figures import (
    HELD,
    drop_place,
    read_aggregate,
    read_breakdown,
    read_counted,
    read_how_many,
    read_how_much,
    read_labelled_field,
)
from agent.resolve.rules.grammar.questions.overdue import leave_out_later
from agent.resolve.rules.grammar.questions.plain import (
    read_about_somebody,
    read_told_of_things,
    read_told_when,
    read_when,
)
from agent.resolve.rules.grammar.questions.restrictions import BE, DO, read_restricted
from agent.resolve.rules.grammar.questions.verb_questions import read_costs, read_done, read_stocked, works_on
from agent.resolve.rules.grammar.questions.who import read_who
from agent.resolve.rules.grammar.questions.yes_no import read_without_verb, read_yes_no
from agent.resolve.rules.grammar.reader import Reader
from language.stems import is_past
from language.text import singularize, word_set
from language.wordnet import is_word

_LEAD: Final = re.compile(
    r"^\W*(?:(?:hi|hello|hey|morning|please|so|and|ok|okay)\b[\s,!.]*)*"
    r"(?:(?:can|could|would)\s+you\s+(?:please\s+)?)?(?:(?:please\s+)?(?:tell|show|give)\s+(?:me|us)\s+|"
    r"(?:do\s+you\s+know|(?:could|can)\s+you\s+(?:check|look\s+up)|(?:please\s+)?(?:check|remind\s+me)|"
    r"i(?:['’]d|['’]m|\s+am)?\s+(?:want|like|need|have|just|trying|would\s+like)\s+(?:want\s+|need\s+)?to\s+(?:know|see|find\s+out)|"
    r"any\s+idea|i\s+wonder)\s+(?!(?:if|whether)\b)|(?:quick|one|just\s+a|another)\s+question\s*[:,–—-]+\s*)?",
    re.IGNORECASE,
)
_HELP: Final = re.compile(
    r"^\W*(?:help(?:\s+me)?|what\s+(?:all\s+)?(?:can|could|may|am|are)\s+(?:i|you|we)\s+(?:(?:allowed|able)\s+to\s+)?(?:do|ask)"
    r"(?:\s+(?:here|for\s+me|with\s+this))?|"
    r"how\s+can\s+you\s+help(?:\s+me)?|what\s+are\s+you\s+able\s+to\s+do)\W*$",
    re.IGNORECASE,
)
_LIST: Final = word_set("list show display find which what what's name see all the any")
_ALL_TOLD: Final[tuple[tuple[str, ...], ...]] = (
    ("all", "in", "all"), ("all", "told"), ("in", "all"), ("so", "far"), ("to", "date"), ("right", "now"),
    ("at", "the", "moment"), ("these", "days"), ("at", "present"),
)  # fmt: skip
_SPOKEN_OF: Final = lexicon.PERSONAL | {"he", "she", "they"}
_THANKS: Final = word_set("please pls plz thanks thank you thx cheers ta")
_TOPICS: Final = (lexicon.ABOUT - {"on"}) | {"called", "named"}
_AND_ASKS: Final = (("and", "when"), ("and", "how"), ("and", "what"), ("and", "with"), ("and", "who"))
_WITH_WHOM: Final[tuple[tuple[str, ...], ...]] = (
    ("with", "whom"), ("with", "who"), ("who", "with"), ("whom", "with"), ("who", "is", "it", "with"),
    ("who", "are", "they", "with"),
)  # fmt: skip
_COSTS: Final = frozenset(("costs", "worth"))
_BEFALLS: Final = word_set("get gets go goes receive receives need needs")
_ASKS_FIELD: Final = word_set("what what's whats when when's whens tell me")
_PLACES: Final = word_set("last next first")
_NOW: Final = word_set("now then again")
_HAS_NOT: Final = word_set("hasn't haven't")
"""Perfect, denied: it isn't there yet, so it comes before it in line."""


def read_answer(reader: Reader, orders: Callable[[str], bool]) -> Answer | None:
    """The answer that the request asks for. None if it is no question, or if any word stays unread.

    ``orders`` says whether a word orders an action: "void invoices" is an order, "overdue invoices" a list.
    """
    reader.ask()
    text = reader.text.plain
    if _HELP.match(text):
        return HelpAnswer()
    lead = _LEAD.match(text)
    index = reader.end_index(lead.end() if lead is not None else 0)
    stop = len(reader.tokens)
    while stop > index and (reader.is_mark(stop - 1) or reader.low(stop - 1) in _NOW):
        stop -= 1
    index, stop = _within(reader, index, _without_why(reader, index, stop))
    if index >= stop:
        return None
    index = _of_whom(reader, index, stop)
    told = bool(lead and re.search(r"\b(?:tell|show|give)\b", lead[0], re.IGNORECASE))
    answer = _read_both(reader, index, stop, orders, told=told) or _read_one(reader, index, stop, orders, told=told)
    if answer is None or not accounts_for(reader, answer):
        return None
    said = reader.lows(index, stop - index + 1)
    due = ("yet" in said and (reader.denies or "to" in said)) or ("still" in said and "to" in said)
    due = due or not _HAS_NOT.isdisjoint(said)
    return leave_out_later(answer, reader.kinds) if due else answer


def _read_both(
    reader: Reader, index: int, stop: int, orders: Callable[[str], bool], *, told: bool
) -> RecordsAnswer | None:
    """A question and what else is asked of the same records: "how many leases do we have and when do they end"."""
    at = next((each for each in range(index + 2, stop - 2) if reader.lows(each, 2) in _AND_ASKS), None)
    one = _read_one(reader, index, at, orders, told=told) if at is not None else None
    counted = one.value if isinstance(one, ValueAnswer) and one.by is None else None
    of = counted.of if isinstance(counted, CountOf | TotalOf) else None
    find = one.records if isinstance(one, RecordsAnswer) else of
    if at is None or not isinstance(find, Find):
        return None
    asked = one.fields if isinstance(one, RecordsAnswer) else ()
    asked = (counted.field,) if isinstance(counted, TotalOf) else asked
    if reader.lows(at + 1, stop - at - 1) in _WITH_WHOM:
        kind, people = reader.kinds[find.record], reader.people()
        others = [reader.kinds[each.kind] for each in kind.relations if each.kind in reader.kinds]
        doers = {f"{each.name}_name" for each in others if each is not people and is_person(each)}
        named = [each.name for each in kind.fields if each.name in doers]
        return RecordsAnswer(records=find, fields=(*asked, *named)) if len(named) == 1 else None
    step = at + 2 + (reader.lows(at + 1, 2) == ("how", "much"))
    if reader.low(step) not in BE | DO | {"will"} or reader.low(step + 1) not in _SPOKEN_OF | {"it", "that", "those"}:
        return None
    kind, verb = reader.kinds[find.record], step + 2
    sized = kind.size is not None and (reader.low(at + 1) != "when" and reader.low(verb) in {"cost", ""} | _COSTS)
    more: tuple[str, ...] = (kind.size or "",) if sized and verb + 1 >= stop else ()
    if reader.low(at + 1) == "when" and (day := read_told_when(reader, find, verb, stop)) is not None:
        more = day.fields if day.records == find else ()
    return RecordsAnswer(records=find, fields=(*asked, *more)) if more else None


def _read_one(reader: Reader, index: int, stop: int, orders: Callable[[str], bool], *, told: bool) -> Answer | None:
    if asks_absence(reader, index, stop):
        return read_absence(reader, index, stop)
    return (
        _read_placed_label(reader, index, stop)
        or read_how_many(reader, index, stop)
        or read_debts(reader, index, stop)
        or read_how_much(reader, index, stop)
        or read_aggregate(reader, index, stop)
        or read_when(reader, index, stop)
        or read_absence(reader, index, stop)
        or read_who(reader, index, stop)
        or read_yes_no(reader, index, stop)
        or read_stocked(reader, index, stop)
        or read_costs(reader, index, stop)
        or _read_measure(reader, index, stop)
        or works_on(reader, index, stop)
        or read_done(reader, index, stop)
        or _field(reader, index, stop, orders)
        or read_told_of_things(reader, index, stop)
        or (read_about_somebody(reader, index, stop) if told or reader.low(index) in _OPENLY else None)
        or _read_top(reader, index, stop)
        or _list(reader, index, stop, orders, told=told)
        or _field_behind(reader, index, stop)
        or read_without_verb(reader, index, stop)
    )


def _read_placed_label(reader: Reader, index: int, stop: int) -> Answer | None:
    """The field whose name begins like a place in line, of what stands before it: "Ada's last day"."""
    first = index
    while reader.low(first) in _ASKS_FIELD | BE:
        first += 1
    for at in range(first + 1, stop - 1) if reader.low(stop - 1).isalpha() else ():
        if reader.low(at) in _PLACES and reader.noun(at) is None:
            return read_labelled_field(reader, list_meant(reader, first, at), at, stop)
    return None


def _read_measure(reader: Reader, index: int, stop: int) -> Answer | None:
    """What is measured of a record: "how long is visit 7, how heavy is Rex, how long does a hike take"."""
    lasts = reader.low(index + 2) in DO and reader.low(stop - 1) in {"take", "last", "weigh"}
    if reader.low(index) != "how" or not (lasts or reader.low(index + 2) in BE):
        return None
    ones = [each for each in list_meant(reader, index + 3, stop - lasts) if each.pick == "one"]
    fields = [(each, find_measure(reader.kinds[each.record], reader.low(index + 1))) for each in ones]
    return take_first(reader, [RecordsAnswer(records=each, fields=(field.name,)) for each, field in fields if field])


def _read_top(reader: Reader, index: int, stop: int) -> Answer | None:
    """Those with the most of something: "top 3 members by loans, the best member by loans"."""
    at = index
    while reader.low(at) in _LIST | {"me", "us", "our", "who", "who's", "whos"} | BE:
        at += 1
    held = reader.numbers.get(at + 1)
    first = reader.end_index(held.end) if held is not None else at + 1
    by = next((step for step in range(first + 1, stop) if reader.low(step) == "by"), None)
    if reader.low(at) not in {"top", "best"} or by is None or (held is not None and held.kind != "cardinal"):
        return None
    phrase = read_phrase(reader, first, by, None)
    if phrase is None or not phrase.noun or phrase.last < by or phrase.find.said is not None:
        return None
    kind, counted = reader.kinds[phrase.find.record], read_phrase(reader, by + 1, stop, None)
    field = find_named_field(kind, reader, by + 1, stop)
    order: OrderByField | OrderByCount | None = None
    if field is not None and field.type in ("money_minor", "number", "integer"):
        order = OrderByField(by=field.name, first="highest")
    elif counted is not None and counted.noun and counted.last >= stop and counted.find.said is None:
        held_by = reader.related(kind, reader.kinds[counted.find.record]) and counted.find.record != kind.name
        of = counted.find.model_copy(update={"pick": "all"})
        order = OrderByCount(count=of, first="highest") if held_by else None
    if order is None:
        return None
    pick = int(held.value) if held is not None and held.value > 1 else "one"
    return RecordsAnswer(records=phrase.find.model_copy(update={"order": order, "pick": pick}))


def _of_whom(reader: Reader, index: int, stop: int) -> int:
    """Where a question goes on whose person or thing is named first: "Ada Berg: what is her debt?"."""
    end = reader.name(index, stop)
    more = any(reader.low(at).split("'")[0] in _SPOKEN_OF for at in range(end + 1, stop))
    if end == index or not reader.is_mark(end) or not more or (people := reader.people()) is None:
        return index
    reader.person = Find(record=people.name, said=reader.words(index, end))
    reader.remembered = (*reader.remembered, reader.person)
    return end + 1


def _without_why(reader: Reader, index: int, stop: int) -> int:
    """Where a question ends before a clause with its purpose or thanks: "…, so I can ring them", "… – list them
    please"."""
    for at in range(index + 2, stop):
        if not reader.is_mark(at) and reader.low(at) not in {"so", "-"}:
            continue
        step = at + (reader.low(at) != "so")
        while reader.is_mark(step) and step < stop:
            step += 1
        why = reader.low(step) == "so" and reader.low(step + 1) in {"that", "i", "we"}
        lists = reader.low(step) in {"list", "show", "name"} and reader.low(step + 1) in {"them", "me", "those"}
        thanks = all(
            reader.low(each) in _THANKS or reader.low(each) in lexicon.PLURALS for each in range(step + lists, stop)
        )
        if why or (thanks and step < stop):
            return at
    while stop > index + 1 and (reader.low(stop - 1) in _THANKS or reader.is_mark(stop - 1)):
        stop -= 1
    return stop - 3 if reader.lows(stop - 3, 2) == ("across", "the") else stop  # "across the board"


def _within(reader: Reader, index: int, stop: int) -> tuple[int, int]:
    """Where a question begins and ends without an adverbial that says only that all is meant, or now: "all told, how
    much …", "how much …, all in all"."""
    for words in _ALL_TOLD:
        if reader.lows(index, len(words)) == words and stop > index + len(words):
            index += len(words)
        if reader.lows(stop - len(words), len(words)) == words and stop - len(words) > index:
            stop -= len(words)
    while index < stop and reader.is_mark(index):
        index += 1
    while stop > index and reader.is_mark(stop - 1):
        stop -= 1
    return index, stop


_OPENLY: Final = frozenset(("who", "who's", "show", "what"))
_NO_NAMES: Final = lexicon.COMMON | lexicon.NAME_STOP | lexicon.PRONOUNS | lexicon.QUANTITIES | {"ones", "kind", "type"}


def _list(reader: Reader, index: int, stop: int, orders: Callable[[str], bool], *, told: bool) -> Answer | None:
    at = index
    while reader.low(at) in _LIST | {"of", "me", "us"}:
        at += 1
    if reader.low(at) in BE and at > index:
        at += 1
    plain = reader.low(index) in _LIST - {"all", "the", "any", "name", "see", "of"}
    asked = plain or told or reader.text.plain.rstrip().endswith("?")
    begin = at
    while begin > index and reader.low(begin - 1) in {"all", "the", "any"}:
        begin -= 1
    phrase = read_shown_set(reader, at, stop) or read_phrase(reader, begin, stop, None)
    if (phrase is None or not phrase.noun) and reader.low(at - 1) == "which":
        phrase = _read_namesakes(reader, at, stop)
    if phrase is None or not phrase.noun:
        return None
    kind = reader.kinds[phrase.find.record]
    grouped = read_breakdown(reader, kind, begin, stop) if phrase.find.pick == "all" else None
    if grouped is not None and (asked or not orders(reader.low(begin))) and grouped[1] > begin:
        return read_counted(reader, begin, stop)
    find = read_restricted(reader, phrase, stop)
    if find is None:
        return None
    given = reader.low(phrase.last) == "to" and bool(reader.doers(kind))  # "all of Ada's to Ben"
    if not asked and (given or any(reader.low(step) in _BEFALLS for step in range(begin, stop))):
        return None  # "every new client gets a letter": a rule, not a question
    # "cheapest empty room", "Ada's next lesson", "room with the lowest rent"
    theirs = reader.low(begin) in lexicon.OWNERS and begin + 1 < stop
    placed = count_placing(reader, begin) or read_measured_order(reader, kind, begin)
    named = bool(theirs or placed) or not is_word(reader.low(begin)) or "with" in reader.lows(begin, stop - begin)
    alone = find.order is not None and find.said is None and begin == index and named and not orders(reader.low(begin))
    noun = reader.noun(begin)
    topical = noun is not None and reader.low(begin + noun[1]) in _TOPICS  # "calls about the roof"
    listed = find.pick == "all" and (topical or (bool(find.where) and find.said is None))
    if not asked and not alone and (not listed or orders(reader.low(begin))):
        return None  # the words may as well be an order
    which = any(reader.low(step) == "which" for step in range(index, at))
    return RecordsAnswer(records=drop_place(find) if which or find.pick == "all" else find)


def _is_plural(noun: str) -> bool:
    return singularize(noun) != noun


def _read_rest(reader: Reader, first: int, stop: int) -> Answer | None:
    """A sum of somebody's of which is asked what is left: "(what's left of) Adas credit"."""
    people = reader.people()
    for step in range(first + 1, min(first + 4, stop)) if people is not None and reader.noun(first) is None else ():
        field = find_named_field(people, reader, step, stop) if people is not None else None
        named = all(reader.tokens[at].capital for at in range(first, step))
        named = named or (step == first + 1 and not is_word(reader.low(first)))
        if people is not None and field is not None and field.type in NUMERIC and named:
            find = Find(record=people.name, said=reader.words(first, step))
            return RecordsAnswer(records=find, fields=(field.name,))
    return None


def _read_namesakes(reader: Reader, at: int, stop: int) -> Phrase | None:
    """All people of a name: "which Ada (has an open bill)"."""
    people, end, low = reader.people(), at + 1, reader.low(at)
    known = at >= stop or low in _NO_NAMES or any(reader.state(at, each) for each in reader.kinds.values())
    if people is None or known or reader.noun(at) is not None or reader.low(end) not in BE | DO | {"owes"}:
        return None
    return Phrase(Find(record=people.name, said=reader.words(at, end), pick="all"), at, end, True)


def _field(reader: Reader, index: int, stop: int, orders: Callable[[str], bool]) -> Answer | None:
    """A field's value: "what is the priority of ticket 7", "what priority does ticket 7 have", "Ada's e-mail"."""
    at = index
    if reader.low(at) in {"what", "what's", "which"}:
        at += 1
    if reader.low(at) in BE:
        at += 1
    first = at
    left = reader.lows(first, 2) == ("left", "of") and first > index
    named = first > index or not orders(reader.low(first))
    if left and (told := _read_rest(reader, first + 2, stop)) is not None:
        return told
    if first > index and (word := reader.low(stop - 1)) in {"about", "for"}:  # "what is ticket 7 about"
        held = [
            (find, each) for find in list_meant(reader, first, stop - 1) for each in reader.kinds[find.record].fields
        ]
        fits = [one for one in held if label_field(one[1]) == word or (one[1].search == "text" and word == "about")]
        return take_first(reader, [RecordsAnswer(records=find, fields=(each.name,)) for find, each in fits])
    for step in range(first + 1, min(first + 6, stop)):
        if reader.low(step) not in {"of", "for", "on", "in"} | DO | BE:
            continue
        begin, end = step + 1 + 3 * (reader.lows(step + 1, 3) == ("we", "have", "for")), stop
        while end > begin and reader.low(end - 1) in HELD:
            end -= 1
        if reader.low(step) in DO and begin == step + 1 and end == stop:
            continue  # "what squad did Ada join": a deed
        noun = reader.noun(first)
        if reader.low(step) in BE and noun is not None and first + noun[1] == step and _is_plural(reader.low(step - 1)):
            continue  # "which pens are free": what is told of the pens themselves
        if (found := read_labelled_field(reader, list_meant(reader, begin, end), first, step)) is not None:
            return found
    owning = read_spoken(reader, first, owns=True) if first > index else None
    if owning is not None:
        return read_labelled_field(reader, [owning.find], first + 1, stop)
    owner = next((step for step in range(first, stop) if reader.tokens[step].owns), stop)
    done = first == index and owner + 2 == stop and is_past(reader.low(owner + 1))  # "Ada's booked" reports
    unasked = first == index and not reader.text.plain.rstrip().endswith("?")
    named = (
        named and owner < stop and all(reader.tokens[at].capital or owner == first for at in range(first, owner + 1))
    )
    unasked = unasked and (not named or is_word(reader.low(first).removesuffix("'s")))  # "ada's e-mail" orders nothing
    if owner + 1 >= stop or unasked or done or "of" in reader.lows(first, owner - first):
        return None
    return read_labelled_field(reader, list_meant(reader, first, owner + 1), owner + 1, stop)


def _field_behind(reader: Reader, index: int, stop: int) -> Answer | None:
    """A field's value, asked for behind the name of what has it: "Ada Berg email?"."""
    if not reader.text.plain.rstrip().endswith("?") or not reader.tokens[index].capital:
        return None
    ends = (step for step in range(index + 1, stop) if not reader.tokens[step].capital)
    step = next(ends, stop)
    finds = list_meant(reader, index, step) if step < stop else []
    return read_labelled_field(reader, finds, step, stop) if finds else None
