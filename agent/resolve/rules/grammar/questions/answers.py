"""Questions about records: reads "how many …", "which …", "when was …" or "is … overdue?" into answers that code looks
up."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from agent.extract.references.vocabulary import rate_person_likeness
from agent.planning.proposal import Answer, BelongsTo, Find, Has, HelpAnswer, RecordsAnswer, YesNoAnswer
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.conditions import (
    count_test,
    list_namesakes,
    list_subjects,
    read_existence,
    read_flag,
    read_owes,
    read_subject,
    read_told,
)
from agent.resolve.rules.grammar.phrases.fields import read_measured_order
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase, count_placing
from agent.resolve.rules.grammar.phrases.shown import read_spoken
from agent.resolve.rules.grammar.questions.continued import read_shown_set
from agent.resolve.rules.grammar.questions.deeds import read_did
from agent.resolve.rules.grammar.questions.figures import (
    HELD,
    drop_place,
    is_over,
    read_aggregate,
    read_breakdown,
    read_counted,
    read_how_many,
    read_how_much,
    read_labelled_field,
    read_of_set,
)
from agent.resolve.rules.grammar.questions.plain import (
    list_below,
    read_about_somebody,
    read_exists,
    read_one_kind,
    read_owes_more,
    read_owner_of_named,
    read_told_of_things,
    read_when,
    read_whose,
)
from agent.resolve.rules.grammar.questions.restrictions import BE, DO, HOLDS, read_restricted
from agent.resolve.rules.grammar.questions.verb_questions import (
    find_doer,
    read_costs,
    read_plural,
    read_stocked,
    works_on,
)
from agent.resolve.rules.grammar.reader import Reader
from language.text import word_set
from language.wordnet import is_word
from registry.records import RecordKind

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
_THANKS: Final = word_set("please pls plz thanks thank you thx cheers ta")
_BEFALLS: Final = word_set("get gets go goes receive receives need needs")
_NOW: Final = word_set("now then again")
_BECOME: Final = frozenset(("been", "get", "got", "become"))
_THING: Final = frozenset(("anything", "something"))


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
    told = bool(lead and re.search(r"\b(?:tell|show|give)\b", lead[0], re.IGNORECASE))
    return (
        read_of_set(reader, index, stop)
        or read_how_many(reader, index, stop)
        or read_how_much(reader, index, stop)
        or read_aggregate(reader, index, stop)
        or read_when(reader, index, stop)
        or _who(reader, index, stop)
        or _yes_no(reader, index, stop)
        or read_stocked(reader, index, stop)
        or read_costs(reader, index, stop)
        or works_on(reader, index, stop)
        or read_plural(reader, index, stop)
        or _field(reader, index, stop)
        or read_told_of_things(reader, index, stop)
        or (read_about_somebody(reader, index, stop) if told or reader.low(index) in _OPENLY else None)
        or _list(reader, index, stop, orders, told=told)
    )


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


def _list(reader: Reader, index: int, stop: int, orders: Callable[[str], bool], *, told: bool) -> Answer | None:
    at = index
    while reader.low(at) in _LIST | {"of", "me", "us"}:
        at += 1
    if reader.low(at) in BE and at > index:
        at += 1
    plain = reader.low(index) in _LIST - {"all", "the", "any", "name", "see", "of"}
    asked = plain or told or reader.text.plain.rstrip().endswith("?")
    begin = at
    while begin > index and reader.low(begin - 1) in {"all", "the"}:
        begin -= 1
    phrase = read_shown_set(reader, at, stop) or read_phrase(reader, begin, stop, None)
    if phrase is None or not phrase.noun:
        return None
    kind = reader.kinds[phrase.find.record]
    grouped = read_breakdown(reader, kind, begin, stop) if phrase.find.pick == "all" else None
    if grouped is not None and (asked or not orders(reader.low(begin))) and grouped[1] > begin:
        return read_counted(reader, begin, stop)
    find = read_restricted(reader, phrase, stop)
    if find is None:
        return None
    if not asked and any(reader.low(step) in _BEFALLS for step in range(begin, stop)):
        return None  # "every new client gets a letter": a rule, not a question
    # "cheapest empty room", "Ada's next lesson"
    named = not is_word(reader.low(begin)) or bool(
        count_placing(reader, begin) or read_measured_order(reader, kind, begin)
    )
    alone = find.order is not None and find.said is None and begin == index and named and not orders(reader.low(begin))
    if (
        not asked
        and not alone
        and (find.pick != "all" or not find.where or find.said is not None or orders(reader.low(begin)))
    ):
        return None  # the words may as well be an order
    which = any(reader.low(step) == "which" for step in range(index, at))
    return RecordsAnswer(records=drop_place(find) if which or find.pick == "all" else find)


def _field(reader: Reader, index: int, stop: int) -> Answer | None:
    """A field's value: "what is the priority of ticket 7", "what priority does ticket 7 have", "Ada's e-mail"."""
    at = index
    if reader.low(at) in {"what", "what's", "which"}:
        at += 1
    if reader.low(at) in BE:
        at += 1
    first = at
    for step in range(first + 1, min(first + 6, stop)):
        low = reader.low(step)
        if low in {"of", "for"} | DO | BE:
            for about in list_subjects(reader, step + 1, stop):
                end = about.last
                while end < stop and reader.low(end) in HELD:
                    end += 1
                called = step
                found = read_labelled_field(reader, about.find, first, called) if end >= stop else None
                if found is not None:
                    return RecordsAnswer(records=found[0], fields=(found[1].name,))
    owning = read_spoken(reader, first, owns=True) if first > index else None
    if owning is not None:
        found = read_labelled_field(reader, owning.find, first + 1, stop)
        return RecordsAnswer(records=found[0], fields=(found[1].name,)) if found is not None else None
    if first == index and not reader.text.plain.rstrip().endswith("?"):
        return None
    owner = next((step for step in range(first, stop) if reader.tokens[step].owns), None)
    if owner is None or owner + 1 >= stop:
        return None
    whose = read_subject(reader, first, owner + 1)
    if whose is None or whose.last != owner + 1:
        return None
    found = read_labelled_field(reader, whose.find, owner + 1, stop)
    return RecordsAnswer(records=found[0], fields=(found[1].name,)) if found is not None else None


def _who(reader: Reader, index: int, stop: int) -> Answer | None:
    low = reader.low(index)
    if low == "whose":
        at = index + 1 + (reader.low(index + 1) in BE)
        people = reader.people()
        if people is not None and (coded := read_whose(reader, at, stop)) is not None:
            return RecordsAnswer(records=Find(record=people.name, where=(BelongsTo(owner=coded),)))
        about = read_phrase(reader, at, stop, None)
        if about is not None and at in reader.telling_nouns and rate_person_likeness(reader.kinds[about.find.record]):
            held = read_restricted(reader, about, stop)
            return RecordsAnswer(records=drop_place(held)) if held is not None and not held.bare else None
        if about is None or people is None or not about.noun:
            return None
        if about.last >= stop and not about.find.where:
            owners = Find(record=people.name, where=(BelongsTo(owner=about.find),), pick=about.find.pick)
            return RecordsAnswer(records=owners)
        own = about.find.record == people.name
        led = own or reader.leads(reader.kinds[about.find.record], people)
        theirs = read_restricted(reader, about, stop) if led else None
        if theirs is None or theirs.bare or theirs.order is not None:
            return None
        if own:
            return RecordsAnswer(records=drop_place(theirs))
        return RecordsAnswer(records=Find(record=people.name, where=(Has(related=drop_place(theirs)),), pick="all"))
    if low not in {"who", "who's", "anyone", "anybody"}:
        return None
    return _whoever(reader, index, stop)


def _whoever(reader: Reader, index: int, stop: int) -> RecordsAnswer | None:
    """The people that the words after "who" or "anyone" tell of."""
    low, at = reader.low(index), index + 1
    if reader.low(at) in BE:
        at += 1
    if reader.low(at) in lexicon.HANDLING:
        step = at + 1
        while reader.low(step) in {"on", "after", "with", "care", "of", "for", "the"}:
            step += 1
        for about in list_subjects(reader, step, stop):
            if about.noun and about.last >= stop and (about.find.said is not None or about.find.among is not None):
                doer = find_doer(reader, reader.kinds[about.find.record])
                if doer is not None:
                    return RecordsAnswer(
                        records=Find(record=doer.name, where=(BelongsTo(owner=about.find),), pick="all")
                    )
    if (owner := read_owner_of_named(reader, at, stop)) is not None:
        return RecordsAnswer(records=owner)
    people, at = reader.people(), index + 1
    if people is None:
        return None
    whoever = Phrase(Find(record=people.name, pick="all"), index, at, True)
    found = read_restricted(reader, whoever, stop, told=low == "who's")
    if found is not None and not found.bare:
        return RecordsAnswer(records=drop_place(found))
    if (others := _others_told(reader, index + 1, stop, people)) is not None:
        return RecordsAnswer(records=drop_place(others))
    for each in list_below(reader, Find(record=people.name)):  # "who leaves on Friday": whose stay does
        theirs = Phrase(Find(record=each.record, pick="all"), index, index + 1, True)
        found = read_restricted(reader, theirs, stop, told=low == "who's")
        if found is not None and not found.bare:
            return RecordsAnswer(records=Find(record=people.name, where=(Has(related=drop_place(found)),), pick="all"))
    return None


def _others_told(reader: Reader, at: int, stop: int, people: RecordKind) -> Find | None:
    """Another kind of people that "who" may ask for: the only one that all further words fit."""
    unread, found = reader.unread, []
    for kind in reader.kinds.values():
        if kind is people or not rate_person_likeness(kind):
            continue
        find = read_restricted(reader, Phrase(Find(record=kind.name, pick="all"), at, at, True), stop, told=True)
        if find is not None and find.where and not any(isinstance(each, Has | BelongsTo) for each in find.where):
            found.append(find)
    reader.unread = unread
    return found[0] if len(found) == 1 else None


def _yes_no(reader: Reader, index: int, stop: int) -> Answer | None:
    low = reader.low(index)
    if (at := read_exists(reader, index)) > index:
        made = read_existence(reader, at, stop, None)
        if made is not None and is_over(reader, made[1], stop):
            return YesNoAnswer(tests=(made[0],))
    if (some := _anything(reader, index, at, stop)) is not None or at > index or low not in BE | DO:
        return some
    if (more := read_owes_more(reader, index, stop)) is not None:
        return more
    while reader.low(stop - 1) in {"yet", "already"}:
        stop -= 1
    owes = read_owes(reader, index + 1, stop) if low in DO else None
    if owes is not None and is_over(reader, owes[1], stop):
        return YesNoAnswer(tests=(owes[0],))
    abouts = list_subjects(reader, index + 1, stop)
    for about in abouts:
        also = list_namesakes(reader, about.find) if not about.noun else []
        for find in (about.find, *also):
            tests = _tested(reader, low, Phrase(find, about.first, about.last, about.noun), stop)
            if tests is not None:
                return tests
    return None


def _anything(reader: Reader, index: int, at: int, stop: int) -> Answer | None:
    """Whether anything or anybody is so, of whatever kind: "is there anything overdue, has anybody in Oslo paid, anyone
    away today?"."""
    at += at == index and reader.low(at) in BE | DO
    if at == index and not reader.text.plain.rstrip().endswith("?"):
        return None
    if reader.low(at) in _THING:
        find = read_one_kind(reader, at + 1, stop)
    elif reader.low(at) in lexicon.EVERYONE and reader.low(at) not in lexicon.EVERY | {"people"}:
        whoever = _whoever(reader, at, stop)
        find = whoever.records if whoever is not None and isinstance(whoever.records, Find) else None
    else:
        return None
    return YesNoAnswer(tests=(count_test(find),)) if find is not None and find.order is None else None


def _tested(reader: Reader, low: str, about: Phrase, stop: int) -> Answer | None:
    at = about.last
    while reader.low(at) in {"still", "already", "currently", "actually", "any", "also", "really", "ever"}:
        at += 1
    if low in DO and reader.low(at) not in _BECOME:
        if (done := read_did(reader, about.find, at, stop)) is not None:
            return done
        at += reader.low(at) in HOLDS
        made = read_existence(reader, at, stop, about.find) or read_flag(reader, about.find, at)
    else:
        made = read_told(reader, about.find, at + (reader.low(at) in _BECOME), stop)
    if made is None or not is_over(reader, made[1], stop):
        return None
    return YesNoAnswer(tests=(made[0],), about=about.find)
