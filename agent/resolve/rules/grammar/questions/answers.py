"""Questions: "how many …", "which …", "when was …", "is … overdue?", read into answers that code looks up."""

from __future__ import annotations

import re
from typing import Final

from agent.extract.references.vocabulary import PLACES
from agent.planning.proposal import (
    Answer,
    BelongsTo,
    CountOf,
    FieldOf,
    Find,
    Has,
    HelpAnswer,
    OrderByField,
    RecordsAnswer,
    TotalOf,
    ValueAnswer,
    YesNoAnswer,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import base_form
from agent.resolve.rules.grammar.phrases.conditions import existing, namesakes, subject, subjects, told_of
from agent.resolve.rules.grammar.phrases.noun_phrase import FIRSTS, predicate_of, read_phrase, related_clause
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase, placed
from agent.resolve.rules.grammar.phrases.totals import total_of
from agent.resolve.rules.grammar.questions.verb_questions import bigger, costs, did, doer_of, left_of, plural, works_on
from agent.resolve.rules.grammar.reader import DATES, Reader
from language.stems import stem
from language.text import word_set
from registry.records import Field, RecordKind

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
_BE: Final = word_set("is are was were isn't aren't wasn't weren't")
_DO: Final = word_set("do does did has have had")
_LIST: Final = word_set("list show display find which what what's name see all the any")
_TAIL: Final = word_set(
    "are is was were there do does did we have has us now right currently today at the moment total in still please "
    "exist altogether overall you know i see all that ones these again already yet been being and"
)
_NOW: Final = word_set("now then again")
_HOLDS: Final = word_set("have has had got own owns")


def read_answer(reader: Reader) -> Answer | None:
    """The answer that the request asks for; None where it is no question, or any word of it stays unread."""
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
        or _when(reader, index, stop)
        or _who(reader, index, stop)
        or _yes_no(reader, index, stop)
        or costs(reader, index, stop)
        or works_on(reader, index, stop)
        or plural(reader, index, stop)
        or _field(reader, index, stop)
        or _list(reader, index, stop, told=told)
    )


def _all(find: Find) -> Find:
    if find.order is not None:
        return find.model_copy(update={"pick": "one"}) if find.pick == "all" else find
    return find.model_copy(update={"pick": "all"})


def _how_many(reader: Reader, index: int, stop: int) -> Answer | None:
    if reader.lows(index, 2) in {("how", "many"), ("number", "of")}:
        at = index + 2 + (reader.low(index + 2) == "of")
    elif reader.lows(index, 3) == ("the", "number", "of"):
        at = index + 3
    elif reader.low(index) == "count":
        at = index + 1
    else:
        return None
    phrase = read_phrase(reader, at, stop, None)
    if phrase is None or not phrase.noun:
        return left_of(reader, at, stop)
    find = _rest(reader, phrase, stop)
    return ValueAnswer(value=CountOf(of=_all(find))) if find is not None else None


def _rest(reader: Reader, phrase: Phrase, stop: int) -> Find | None:
    """What a phrase means with all that follows it in a question; None where words stay unread."""
    find, at = phrase.find, phrase.last
    kind = reader.kinds[find.record]
    while at < stop:
        if reader.low(at) in {"do", "does", "did"} and reader.low(at + 1) not in {"we", "you"}:
            owner = subject(reader, at + 1, stop)
            if owner is None or reader.low(owner.last) not in _HOLDS | {"owe"}:
                return None
            find = find.model_copy(update={"where": (*find.where, BelongsTo(owner=owner.find))})
            at = owner.last + 1
            if (state := reader.state(at, kind)) is not None:  # "(does Ada have) planned"
                find, at = find.model_copy(update={"where": (*find.where, state[0])}), at + state[1]
            continue
        related = _related(reader, kind, at, stop) if reader.low(at) == "on" else None
        if related is not None:
            find, at = find.model_copy(update={"where": (*find.where, related[0])}), related[1]
            continue
        if (ordered := _is_first(reader, at, stop)) is not None:
            find, at = find.model_copy(update={"order": ordered[0], "pick": "one"}), ordered[1]
            continue
        made = related_clause(reader, kind, at, stop)
        if made is not None and made[1] > at:
            find = find.model_copy(update={"where": (*find.where, *made[0]), "order": made[2] or find.order})
            at = made[1]
            continue
        if reader.low(at) not in _TAIL and not reader.is_mark(at):
            return None
        at += 1
    return find


def _is_first(reader: Reader, at: int, stop: int) -> tuple[OrderByField, int] | None:
    """ "(which room) is the largest"."""
    step = at + 1
    while reader.low(step) in lexicon.DETERMINERS | {"our"}:
        step += 1
    last = step + placed(reader, step)
    if reader.low(at) not in _BE or step == at + 1 or last == step or last < stop:
        return None
    position, by, descending = PLACES[" ".join(reader.lows(step, last - step))]
    return OrderByField(first=FIRSTS[by, descending], nth=abs(position)), last


def _related(reader: Reader, kind: RecordKind, at: int, stop: int) -> tuple[Has, int] | None:
    """ "(who is) on the pro plan": what something of theirs is."""
    if predicate_of(reader, kind, at, stop) is not None:
        return None
    for other in reader.kinds.values():
        made = predicate_of(reader, other, at, stop) if other.relation_to(kind.name) is not None else None
        if made is not None:
            return Has(related=Find(record=other.name, where=made[0], pick="all")), made[1]
    return None


def _list(reader: Reader, index: int, stop: int, *, told: bool) -> Answer | None:
    at = index
    while reader.low(at) in _LIST | {"of", "me", "us"}:
        at += 1
    if reader.low(at) in _BE and at > index:
        at += 1
    plain = reader.low(index) in _LIST - {"all", "the", "any", "name", "see", "of"}
    if not told and (at == index or not (plain or reader.text.plain.rstrip().endswith("?"))):
        return None
    begin = at
    while begin > index and reader.low(begin - 1) in {"all", "the"}:
        begin -= 1
    phrase = read_phrase(reader, begin, stop, None)
    if phrase is None or not phrase.noun:
        return None
    find = _rest(reader, phrase, stop)
    if find is None:
        return None
    which = any(reader.low(step) == "which" for step in range(index, at))
    return RecordsAnswer(records=_all(find) if which or find.pick == "all" else find)


def _how_much(reader: Reader, index: int, stop: int) -> Answer | None:
    if reader.low(index) == "what" and reader.low(index + 1) in _DO:
        total = total_of(reader, index + 2, stop)
        return ValueAnswer(value=total[0]) if total is not None and total[1] >= stop else None
    if reader.lows(index, 2) != ("how", "much"):
        return None
    at = index + 2
    label = at
    while at < stop and reader.low(at) not in _BE | _DO:
        at += 1
    verb = reader.low(at)
    if at > label:
        about = subject(reader, at + 1, stop) if verb in _DO else None
        if about is None or about.last + 1 < stop or reader.low(about.last) not in _HOLDS | {""}:
            return None
        found = _labelled(reader, about.find, label, at)
        return RecordsAnswer(records=found[0], fields=(found[1].name,)) if found is not None else None
    if verb in _DO:
        total = total_of(reader, at + 1, stop)
        return ValueAnswer(value=total[0]) if total is not None and total[1] >= stop else None
    for about in subjects(reader, at + 1, stop) if verb in _BE else ():
        size = reader.kinds[about.find.record].size
        if about.last >= stop and size is not None and about.find.pick == "one":
            return ValueAnswer(value=FieldOf(field=size, of=about.find), about=about.find)
    return None


def _named(reader: Reader, kind: RecordKind, first: int, last: int) -> Field | None:
    """The field that these words, and no others, are called by."""
    said = [stem(reader.low(at)) for at in range(first, last) if reader.low(at) not in lexicon.DETERMINERS]
    for each in kind.fields:
        for label in (each.label, each.name.replace("_", " "), *each.words):
            if said and said == [stem(word) for word in label.lower().replace("-", " ").split()]:
                return each
    joined = "".join(reader.low(at) for at in range(first, last))
    return next((each for each in kind.fields if joined and joined == each.name.replace("_", "")), None)


def _labelled(reader: Reader, find: Find, first: int, last: int) -> tuple[Find, Field] | None:
    """The field so called of what is meant, or of the one thing that belongs to it."""
    kind = reader.kinds[find.record]
    if (own := _named(reader, kind, first, last)) is not None:
        return find, own
    for other in reader.kinds.values():
        if other.relation_to(kind.name) is not None and (held := _named(reader, other, first, last)) is not None:
            return Find(record=other.name, where=(BelongsTo(owner=find),)), held
    return None


def _field(reader: Reader, index: int, stop: int) -> Answer | None:
    """ "what is the priority of ticket 7", "what priority does ticket 7 have", "Ada's e-mail"."""
    at = index
    if reader.low(at) in {"what", "what's", "which"}:
        at += 1
    if reader.low(at) in _BE:
        at += 1
    first = at
    for step in range(first + 1, min(first + 6, stop)):
        low = reader.low(step)
        if low in {"of", "for"} | _DO | _BE:
            for about in subjects(reader, step + 1, stop):
                end = about.last
                while end < stop and reader.low(end) in _HOLDS | {"on", "in", "at", "from", "of", "with"}:
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
    if reader.low(index) != "when" or reader.low(at) not in _BE | _DO | {"will"}:
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
    deed, named = base_form(stem(label.split()[0].lower())), stem(noun)
    return len(deed) > 2 and named.startswith(deed[: max(3, len(deed) - 1)])


def _told_when(reader: Reader, about: Phrase, stop: int) -> Answer | None:
    said = [base_form(stem(reader.low(at))) for at in range(about.last, stop)]
    for find in (about.find, *_below(reader, about.find)):
        for each in reader.kinds[find.record].fields:
            labels = [base_form(stem(word)) for word in (each.label or each.name).lower().replace("_", " ").split()]
            if each.type in DATES and all(word in labels for word in said):
                return RecordsAnswer(records=find, fields=(each.name,))
    return None


def _below(reader: Reader, find: Find) -> list[Find]:
    kinds = [kind for kind in reader.kinds.values() if kind.relation_to(find.record) is not None]
    return [Find(record=kind.name, where=(BelongsTo(owner=find),)) for kind in kinds]


def _who(reader: Reader, index: int, stop: int) -> Answer | None:
    low = reader.low(index)
    if low == "whose":
        at = index + 1 + (reader.low(index + 1) in _BE)
        about = read_phrase(reader, at, stop, None)
        people = reader.people()
        if about is None or about.last < stop or people is None or not about.noun:
            return None
        return RecordsAnswer(records=Find(record=people.name, where=(BelongsTo(owner=about.find),)))
    if low not in {"who", "who's"}:
        return None
    at = index + 1
    if reader.low(at) in _BE:
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
    people = reader.people()
    if people is None:
        return None
    found = _rest(reader, Phrase(Find(record=people.name, pick="all"), index, index + 1, True), stop)
    return RecordsAnswer(records=_all(found)) if found is not None and not found.bare else None


def _yes_no(reader: Reader, index: int, stop: int) -> Answer | None:
    low = reader.low(index)
    if low in _BE and reader.low(index + 1) == "there":
        made = existing(reader, index + 2, stop, None)
        return YesNoAnswer(tests=(made[0],)) if made is not None and _over(reader, made[1], stop) else None
    if low not in _BE | _DO:
        return None
    for about in subjects(reader, index + 1, stop):
        also = namesakes(reader, about.find) if not about.noun else []
        for find in (about.find, *also):
            tests = _tested(reader, low, Phrase(find, about.first, about.last, about.noun), stop)
            if tests is not None:
                return tests
        if low in _DO and (tests := did(reader, about, stop)) is not None:
            return tests
        if low in _BE and (tests := bigger(reader, about, stop)) is not None:
            return tests
    return None


def _tested(reader: Reader, low: str, about: Phrase, stop: int) -> Answer | None:
    at = about.last
    while reader.low(at) in {"still", "already", "currently", "actually", "any", "also", "really"}:
        at += 1
    if low in _DO:
        at += reader.low(at) in _HOLDS
        made = existing(reader, at, stop, about.find)
    else:
        made = told_of(reader, about.find, at, stop)
    if made is None or not _over(reader, made[1], stop):
        return None
    return YesNoAnswer(tests=(made[0],), about=about.find)


def _over(reader: Reader, at: int, stop: int) -> bool:
    return all(reader.low(step) in _TAIL for step in range(at, stop))
