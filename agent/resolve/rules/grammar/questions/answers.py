"""Questions: "how many …", "which …", "when was …", "is … overdue?", read into answers that code looks up."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from rapidfuzz.distance import OSA

from agent.planning.proposal import (
    Answer,
    BelongsTo,
    FieldOf,
    Find,
    HelpAnswer,
    OrderByField,
    RecordsAnswer,
    TotalOf,
    ValueAnswer,
    YesNoAnswer,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.phrases.conditions import existing, namesakes, subject, subjects, told_of
from agent.resolve.rules.grammar.phrases.fields import named_field
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from agent.resolve.rules.grammar.phrases.totals import total_of
from agent.resolve.rules.grammar.questions.aggregates import aggregate, counted, every
from agent.resolve.rules.grammar.questions.continued import shown_set
from agent.resolve.rules.grammar.questions.owners import anyone, either, owes_more, owner_of_named, whose_is
from agent.resolve.rules.grammar.questions.restrictions import BE, DO, HOLDS, TAIL, restricted
from agent.resolve.rules.grammar.questions.verb_questions import bigger, costs, did, doer_of, left_of, plural, works_on
from agent.resolve.rules.grammar.reader import DATES, Reader
from language.stems import stem
from language.text import word_set
from registry.records import Field

_LEAD: Final = re.compile(
    r"^\W*(?:(?:hi|hello|hey|morning|please|so|and|ok|okay)\b[\s,!.]*)*"
    r"(?:(?:can|could|would)\s+you\s+(?:please\s+)?)?(?:(?:please\s+)?(?:tell|show|give)\s+(?:me|us)\s+|"
    r"(?:do\s+you\s+know|i(?:['’]d)?\s+(?:want|like|need)\s+to\s+know)\s+)?",
    re.IGNORECASE,
)
_HELP: Final = re.compile(
    r"^\W*(?:help(?:\s+me)?|what\s+(?:all\s+)?(?:can|could)\s+(?:i|you|we)\s+(?:do|ask)(?:\s+(?:here|for\s+me|with\s+this))?|"
    r"how\s+can\s+you\s+help(?:\s+me)?|what\s+are\s+you\s+able\s+to\s+do)\W*$",
    re.IGNORECASE,
)
_LIST: Final = word_set("list show display find which what what's name see all the any")
_NOW: Final = word_set("now then again")


def read_answer(reader: Reader, orders: Callable[[str], bool]) -> Answer | None:
    """The answer that the request asks for; None where it is no question, or any word of it stays unread. ``orders``
    says whether an action goes by a word: "void invoices" is something to do, "overdue invoices" a list."""
    reader.asks = True
    text = reader.text.plain
    if _HELP.match(text):
        return HelpAnswer()
    lead = _LEAD.match(text)
    index = reader.end_index(lead.end() if lead is not None else 0)
    stop = len(reader.tokens)
    while stop > index and (reader.is_mark(stop - 1) or reader.low(stop - 1) in _NOW):
        stop -= 1
    if index >= stop:
        return None
    told = bool(lead and re.search(r"\b(?:tell|show|give)\b", lead[0], re.IGNORECASE))
    return (
        _how_many(reader, index, stop)
        or _how_much(reader, index, stop)
        or aggregate(reader, index, stop)
        or _when(reader, index, stop)
        or _who(reader, index, stop)
        or _yes_no(reader, index, stop)
        or costs(reader, index, stop)
        or works_on(reader, index, stop)
        or plural(reader, index, stop)
        or _field(reader, index, stop)
        or _list(reader, index, stop, orders, told=told)
    )


def _how_many(reader: Reader, index: int, stop: int) -> Answer | None:
    step = index
    while reader.low(step) in {"what", "what's", "is", "the", "total"}:
        step += 1
    if reader.low(index + 1) == "many" and OSA.distance(reader.low(index), "how") <= 1:
        at = index + 2 + (reader.low(index + 2) == "of")
    elif reader.lows(step, 2) == ("number", "of"):
        at = step + 2
    elif reader.low(index) == "count":
        at = index + 1
    else:
        return None
    return counted(reader, at, stop) or left_of(reader, at, stop)


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
    phrase = shown_set(reader, at, stop) or read_phrase(reader, begin, stop, None)
    if phrase is None or not phrase.noun:
        return None
    find = restricted(reader, phrase, stop)
    if find is None:
        return None
    if not asked and (find.pick != "all" or not find.where or find.said is not None or orders(reader.low(begin))):
        return None  # words that may as well be something to do
    which = any(reader.low(step) == "which" for step in range(index, at))
    return RecordsAnswer(records=every(find) if which or find.pick == "all" else find)


def _how_much(reader: Reader, index: int, stop: int) -> Answer | None:
    if reader.low(index) == "what" and reader.low(index + 1) in DO:
        total = total_of(reader, index + 2, stop)
        return ValueAnswer(value=total[0]) if total is not None and total[1] >= stop else None
    if reader.lows(index, 2) != ("how", "much"):
        return None
    at = index + 2
    label = at
    while at < stop and reader.low(at) not in BE | DO:
        at += 1
    verb = reader.low(at)
    if at > label:
        about = subject(reader, at + 1, stop) if verb in DO else None
        if about is None or about.last + 1 < stop or reader.low(about.last) not in HOLDS | {""}:
            return None
        found = _labelled(reader, about.find, label, at)
        return RecordsAnswer(records=found[0], fields=(found[1].name,)) if found is not None else None
    if verb in DO:
        total = total_of(reader, at + 1, stop)
        return ValueAnswer(value=total[0]) if total is not None and total[1] >= stop else None
    for about in subjects(reader, at + 1, stop) if verb in BE else ():
        size = reader.kinds[about.find.record].size
        if about.last >= stop and size is not None and about.find.pick == "one":
            return ValueAnswer(value=FieldOf(field=size, of=about.find), about=about.find)
    return None


def _labelled(reader: Reader, find: Find, first: int, last: int) -> tuple[Find, Field] | None:
    """The field so called of what is meant, or of the one thing that belongs to it."""
    kind = reader.kinds[find.record]
    own = named_field(kind, reader, first, last)
    if own is not None:
        # "tickets" are the records themselves, whatever their number is called.
        return (find, own) if own.type != "id" or reader.noun(first) is None else None
    for other in reader.kinds.values():
        held = named_field(other, reader, first, last) if other.relation_to(kind.name) is not None else None
        if held is not None and held.type != "id":
            return Find(record=other.name, where=(BelongsTo(owner=find),)), held
    return None


def _field(reader: Reader, index: int, stop: int) -> Answer | None:
    """ "what is the priority of ticket 7", "what priority does ticket 7 have", "Ada's e-mail"."""
    at = index
    if reader.low(at) in {"what", "what's", "which"}:
        at += 1
    if reader.low(at) in BE:
        at += 1
    first = at
    for step in range(first + 1, min(first + 6, stop)):
        low = reader.low(step)
        if low in {"of", "for"} | DO | BE:
            for about in subjects(reader, step + 1, stop):
                end = about.last
                while end < stop and reader.low(end) in HOLDS | {"on", "in", "at", "from", "of", "with"}:
                    end += 1
                found = _labelled(reader, about.find, first, step) if end >= stop else None
                if found is not None and found[1].type == "money_minor" and found[0].pick == "all":
                    return ValueAnswer(value=TotalOf(field=found[1].name, of=found[0]))
                if found is not None:
                    return RecordsAnswer(records=found[0], fields=(found[1].name,))
    if first == index and not reader.text.plain.rstrip().endswith("?"):
        return None
    owner = next((step for step in range(first, stop) if reader.tokens[step].owns), None)
    if owner is None or owner + 1 >= stop:
        return None
    whose = subject(reader, first, owner + 1)
    if whose is None or whose.last != owner + 1:
        return None
    found = _labelled(reader, whose.find, owner + 1, stop)
    return RecordsAnswer(records=found[0], fields=(found[1].name,)) if found is not None else None


def _when(reader: Reader, index: int, stop: int) -> Answer | None:
    """ "when was INV-7 paid", "when does her trial end"."""
    at = index + 1
    if reader.low(index) != "when" or reader.low(at) not in BE | DO | {"will"}:
        return None
    whole = [each for each in subjects(reader, at + 1, stop) if each.last == stop and each.noun]
    for about in whole:
        kind, noun = reader.kinds[about.find.record], reader.low(stop - 1)
        line = next(
            (f.name for f in kind.fields if f.type in DATES and _same_deed(f.label or f.name, noun)), kind.order
        )
        if line is not None and about.find.pick == "one":
            find = about.find
            if isinstance(find.order, OrderByField) and line != kind.order:
                find = find.model_copy(update={"order": find.order.model_copy(update={"by": line})})
            return RecordsAnswer(records=find, fields=(line,))
    for length in (1, 2):
        for about in subjects(reader, at + 1, stop - length + 1):
            made = _told_when(reader, about, stop) if about.last + length == stop else None
            if made is not None:
                return made
    return None


def _same_deed(label: str, noun: str) -> bool:
    """Whether a day is that of what a noun names: "Paid" of a payment."""
    deed, named = find_base_form(stem(label.split()[0].lower())), stem(noun)
    return len(deed) > 2 and named.startswith(deed[: max(3, len(deed) - 1)])


def _told_when(reader: Reader, about: Phrase, stop: int) -> Answer | None:
    said = [find_base_form(stem(reader.low(at))) for at in range(about.last, stop)]
    for find in (about.find, *_below(reader, about.find)):
        for each in reader.kinds[find.record].fields:
            labels = [
                find_base_form(stem(word)) for word in (each.label or each.name).lower().replace("_", " ").split()
            ]
            if each.type in DATES and all(word in labels for word in said):
                return RecordsAnswer(records=find, fields=(each.name,))
    return None


def _below(reader: Reader, find: Find) -> list[Find]:
    kinds = [kind for kind in reader.kinds.values() if kind.relation_to(find.record) is not None]
    return [Find(record=kind.name, where=(BelongsTo(owner=find),)) for kind in kinds]


def _who(reader: Reader, index: int, stop: int) -> Answer | None:
    low = reader.low(index)
    if low == "whose":
        at = index + 1 + (reader.low(index + 1) in BE)
        people = reader.people()
        if people is not None and (coded := whose_is(reader, at, stop)) is not None:
            return RecordsAnswer(records=Find(record=people.name, where=(BelongsTo(owner=coded),)))
        about = read_phrase(reader, at, stop, None)
        if about is None or about.last < stop or people is None or not about.noun:
            return None
        return RecordsAnswer(records=Find(record=people.name, where=(BelongsTo(owner=about.find),)))
    if low not in {"who", "who's"}:
        return None
    at = index + 1
    if reader.low(at) in BE:
        at += 1
    if reader.low(at) in lexicon.HANDLING:
        step = at + 1
        while reader.low(step) in {"on", "after", "with", "care", "of", "for", "the"}:
            step += 1
        for about in subjects(reader, step, stop):
            if about.noun and about.last >= stop and about.find.said is not None:
                doer = doer_of(reader, reader.kinds[about.find.record])
                if doer is not None:
                    return RecordsAnswer(
                        records=Find(record=doer.name, where=(BelongsTo(owner=about.find),), pick="all")
                    )
    if (owner := owner_of_named(reader, at, stop)) is not None:
        return RecordsAnswer(records=owner)
    people = reader.people()
    if people is None:
        return None
    whoever = Phrase(Find(record=people.name, pick="all"), index, index + 1, True)
    found = restricted(reader, whoever, stop, told=low == "who's")
    return RecordsAnswer(records=every(found)) if found is not None and not found.bare else None


def _yes_no(reader: Reader, index: int, stop: int) -> Answer | None:
    low = reader.low(index)
    if low in BE and reader.low(index + 1) == "there":
        made = existing(reader, index + 2, stop, None)
        return YesNoAnswer(tests=(made[0],)) if made is not None and _over(reader, made[1], stop) else None
    if low not in BE | DO:
        return None
    if (
        special := anyone(reader, index, stop) or either(reader, index, stop) or owes_more(reader, index, stop)
    ) is not None:
        return special
    for about in subjects(reader, index + 1, stop):
        also = namesakes(reader, about.find) if not about.noun else []
        for find in sorted((about.find, *also), key=lambda each: not _is_own_state(reader, each, about.last)):
            tests = _tested(reader, low, Phrase(find, about.first, about.last, about.noun), stop)
            if tests is not None:
                return tests
        if low in DO and (tests := did(reader, about, stop)) is not None:
            return tests
        if low in BE and (tests := bigger(reader, about, stop)) is not None:
            return tests
    return None


def _is_own_state(reader: Reader, find: Find, at: int) -> bool:
    """Whether what is told is a state of the very kind: "(is Rex) a dog" of an animal, and of nobody who has one."""
    while reader.low(at) in lexicon.DETERMINERS | {"on", "in", "still", "already", "not"}:
        at += 1
    return at < len(reader.tokens) and reader.state(at, reader.kinds[find.record]) is not None


def _tested(reader: Reader, low: str, about: Phrase, stop: int) -> Answer | None:
    at = about.last
    while reader.low(at) in {"still", "already", "currently", "actually", "any", "also", "really"}:
        at += 1
    if low in DO:
        at += reader.low(at) in HOLDS
        made = existing(reader, at, stop, about.find)
    else:
        made = told_of(reader, about.find, at, stop)
    if made is None or not _over(reader, made[1], stop):
        return None
    return YesNoAnswer(tests=(made[0],), about=about.find)


def _over(reader: Reader, at: int, stop: int) -> bool:
    return all(reader.low(step) in TAIL for step in range(at, stop))
