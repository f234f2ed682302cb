"""References after a typed answer: which of the offered records it selects, and which record it means for each of
several.

An answer selects by position in the list, by age or size, all of them, or by a noun phrase ("the one in Poland").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from agent.extract.answer_words import list_cores, split_exclusion
from agent.pipeline import Question, Request, Span
from agent.planning.proposal import AS_SHOWN, Find, Handle, OrderByCount, OrderByField, Reference, Words
from agent.query.conditions import read_quantity
from agent.query.context import NOTHING_FOUND, Own, QueryContext
from agent.query.pool import MOST_SCANNED, Pool
from agent.query.record_search import RecordSearch
from agent.query.reference_conditions import ReferenceConditions
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.questions.restrictions import read_restricted
from agent.resolve.rules.grammar.reader import Reader
from agent.validate.questions import MAX_CANDIDATES, ask_between, quote_words
from agent.validate.records.located import LocatedRecord, Outcome, RecordQuery, fits, name_kinds
from agent.validate.records.ranking import fold_words, is_identifying, names_nothing, sort_by_field
from language.text import word_set
from registry.records import Record, RecordKind, write_field

_PLACES: Final = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "fifth": 4, "5th": 4,
    "sixth": 5, "6th": 5, "seventh": 6, "7th": 6, "eighth": 7, "8th": 7,
}  # fmt: skip
_COUNTS: Final = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_NEWEST: Final = frozenset({"newer", "newest", "latest", "last", "recent", "later", "younger", "youngest"})
_OLDEST: Final = frozenset({"older", "oldest", "earlier", "earliest"})
_BIGGEST: Final = frozenset({"bigger", "biggest", "larger", "largest", "higher", "highest", "dearer"})
_SMALLEST: Final = frozenset({"smaller", "smallest", "lower", "lowest", "cheaper", "cheapest", "least"})
_SEVERAL: Final = frozenset(_COUNTS) | {str(each) for each in _COUNTS.values()}
_ALL: Final = frozenset({"all", "both", "every", "everyone", "each"})
_IDLE: Final = word_set(
    "the one ones of them these those please that it this i mean meant and a an very his her their its just only sorry "
    "actually"
)
_OWN: Final = frozenset({"very", "his", "her", "their", "its"})
JOINT: Final = re.compile(r"\s*(?:[,;&+]|\band\b)\s*", re.IGNORECASE)
_MOST_ANSWERS: Final = 3
"""So many answers about one record are read in turn."""
_FEWEST_SIGNS: Final = 2
_SIGN: Final = re.compile(r"\w")
_OPTION: Final = re.compile(r"(?:option|number|no\.?|nr\.?)?\s*#?(\d+)[.)]?", re.IGNORECASE)


_DENIED: Final = re.compile(
    r"\b(?:not|no|nor|neither|none|never|without|but|except|excluding|other\s+than)\b|n['’]t\b", re.IGNORECASE
)


def is_denied(words: str) -> bool:
    """Whether the words deny or exclude something. A record that they describe is then not meant."""
    return _DENIED.search(words) is not None


_NEITHER: Final = re.compile(
    r"\W*(?:neither|none)(?:\s+of\s+(?:them|these|those|the\s+\w+))?\s*[,;:.–—-]+\s*", re.IGNORECASE
)


def strip_neither(words: str) -> tuple[str, bool]:
    """What an answer says behind "neither of them, …", and whether it denies all that was offered so."""
    found = _NEITHER.match(words)
    return (words[found.end() :], True) if found is not None and words[found.end() :].strip() else (words, False)


def choose(words: str, offered: Sequence[Record], kind: RecordKind) -> list[Record]:
    """The offered records that the words select. Empty if they don't tell."""
    said = fold_words(words)
    telling = [word for word in said if word not in _IDLE]
    if not telling or len(offered) < 2:
        return [each for each in offered if is_identifying(words, _make_text(each, kind), kind)]
    if (number := _read_option(words)) is not None:
        return _choose_numbered(number, offered, kind)
    told = [each for each in offered if is_identifying(words, _make_text(each, kind), kind)]
    if told and len(told) < len(offered):
        return told
    nouns = {word for noun in kind.nouns for word in fold_words(noun)}
    rest = [word for word in telling if word not in nouns]
    if (
        rest
        and _ALL & set(rest)
        and all(word in _ALL or _COUNTS.get(word, int(word) if word.isdigit() else 0) for word in rest)
    ):
        counts = [_COUNTS.get(word) or int(word) for word in rest if word not in _ALL]
        expected = 2 if "both" in rest else counts[0] if counts else len(offered)
        return list(offered) if expected == len(offered) else []
    if len(rest) == 2 and rest[0] == "first" and rest[1] in _SEVERAL and not _OWN & set(said):
        return list(offered[: _COUNTS.get(rest[1]) or int(rest[1])])
    if len(rest) == 1 and rest[0] in _PLACES and _OWN & set(said):
        # "His very first" goes by age, not by the position in the offer.
        return _take_end(offered, kind.order, descending=False) if _PLACES[rest[0]] == 0 else []
    return _by_word(rest[0], offered, kind) if len(rest) == 1 else []


def _read_option(words: str) -> str | None:
    """The bare number that an answer is: "3", "number 12"."""
    found = _OPTION.fullmatch(words.strip())
    return found[1] if found is not None else None


def _choose_numbered(number: str, offered: Sequence[Record], kind: RecordKind) -> list[Record]:
    """The offered record that a bare number means: its own number, its place in the list or, with more digits than a
    place has, a figure of it. Only what is shown counts: nobody sees an id that stands nowhere."""
    ids = {each.name for each in kind.fields if each.search == "number" or each.name == kind.id_field}
    shown = {each.id: fold_words(f"{each.label} {each.detail}") for each in offered}
    own = [
        each
        for each in offered
        if number in fold_words(each.label)
        or (number in shown[each.id] and number in {str(each.values.get(name)) for name in ids})
    ]
    if len(own) == 1:
        return own
    if 0 < int(number) <= len(offered):
        return [offered[int(number) - 1]]
    told = [each for each in offered if len(number) > 1 and number in shown[each.id]]
    return told if len(told) < len(offered) else []


def _choose_each(words: str, offered: Sequence[Record], kind: RecordKind) -> list[Record]:
    """The offered records that the parts of a list select, one each: "INV-1 and INV-3, the oldest one and the last"."""
    parts = [part for part in JOINT.split(words) if part.strip()]
    chosen = [choose(part, offered, kind) for part in parts] if 1 < len(parts) <= len(offered) else []
    made = {each[0].id: each[0] for each in chosen if len(each) == 1}
    return list(made.values()) if len(made) == len(parts) > 1 else []


def _by_word(word: str, offered: Sequence[Record], kind: RecordKind) -> list[Record]:
    if word in _PLACES:
        return [offered[_PLACES[word]]] if _PLACES[word] < len(offered) else []
    if word in _NEWEST or word in _OLDEST:
        return _take_end(offered, kind.order, descending=word in _NEWEST)
    if word in _BIGGEST or word in _SMALLEST:
        field = kind.field_named(kind.size or "")
        units = {quantity.unit for each in offered if field and (quantity := read_quantity(field, each.values))}
        return _take_end(offered, kind.size, descending=word in _BIGGEST) if len(units) == 1 else []
    return []


def _take_end(offered: Sequence[Record], field: str | None, *, descending: bool) -> list[Record]:
    line = sort_by_field(offered, field, descending=descending) if field is not None else []
    if len(line) != len(offered) or line[0].values[field or ""] == line[1].values[field or ""]:
        return []
    return line[:1]


def _make_text(record: Record, kind: RecordKind) -> str:
    """Everything visible of a record, as people read it."""
    values = (write_field(each, record.values).replace("_", " ") for each in kind.fields)
    return " ".join((record.label, record.detail, record.id, *values))


class Finder(Protocol):
    """Finds the records of references, as far as answers need it."""

    @property
    def context(self) -> QueryContext: ...
    @property
    def conditions(self) -> ReferenceConditions: ...
    @property
    def search(self) -> RecordSearch: ...
    async def find(self, need: RecordQuery, reference: Reference, own: Own) -> Outcome: ...
    async def run(self, need: RecordQuery, find: Find, own: Own) -> Outcome: ...
    def check(self, need: RecordQuery, found: Sequence[LocatedRecord]) -> Outcome: ...
    async def pick_by_order(
        self, need: RecordQuery, find: Find, order: OrderByField | OrderByCount, pool: Pool, own: Own
    ) -> Outcome: ...


async def find_answered(finder: Finder, need: RecordQuery, find: Find, own: Own) -> Outcome:
    """Reads the typed answers about a record in turn: each as a selection among the records that were offered before
    it, or else as a new name or number. A record that was not offered is remembered, so that a person sees it on a
    card. Raises PlatformUnavailable."""
    outcome = before = await finder.run(need, find, own)
    for words, spans in list_typed(finder.context.request, need.slot):
        outcome = await _read_answer(finder, need, find, before, words, spans, own)
        before = before if asks_again(outcome, before) else outcome  # only the latest answer is quoted
    return outcome


def asks_again(outcome: Outcome, before: Outcome) -> bool:
    """Whether an answer chose nothing of what was offered."""
    if not isinstance(outcome, Question) or not isinstance(before, Question):
        return False
    return bool(before.candidates) and outcome.text.endswith(before.text)


def list_typed(request: Request, slot: str) -> list[tuple[str, tuple[Span, ...]]]:
    """The last typed answers to a slot with their places, without those before a choice."""
    made: list[tuple[str, tuple[Span, ...]]] = []
    for origin, each in enumerate(request.answers, start=1):
        if each.slot == slot and each.choice is not None:
            made = []
        elif each.slot == slot and each.text is not None and each.text.strip():
            made.append((each.text, (Span(origin=origin, start=0, end=len(each.text), text=each.text),)))
    return made[-_MOST_ANSWERS:]


async def _read_answer(
    finder: Finder,
    need: RecordQuery,
    find: Find,
    before: Outcome,
    words: str,
    spans: tuple[Span, ...],
    own: Own,
) -> Outcome:
    """What an answer means after the question ``before`` it."""
    words, none_of_those = strip_neither(words)
    core = min((words, *list_cores(words)), key=len)
    if not isinstance(before, Question) or not before.candidates:
        return await _find_named(finder, need, find, (words, core), spans, own, described=True)
    if not none_of_those:
        held = [await finder.context.kinds.record(need.kind.name, each.id) for each in before.candidates]
        there = [each for each in held if each is not None]
        chosen = await single_out(finder, need, words, there, own) or await single_out(finder, need, core, there, own)
        if chosen:
            return finder.check(need, [LocatedRecord(each, need.kind, spans, (), "chosen") for each in chosen])
    if not names_nothing(words, need.kind) and all(names_another(each, before) for each in (words, core)):
        outcome = await _find_named(finder, need, find, (words, core), spans, own)
        # Names that are only similar to the answer replace no offered record.
        named = not isinstance(outcome, Question) or (outcome.candidates and outcome.code == "ambiguous")
        taken = {each.record.id for each in outcome} if none_of_those and isinstance(outcome, tuple) else set()
        if named and not any(each.id in taken for each in before.candidates):
            if isinstance(outcome, tuple):
                remember_unoffered(finder.context, outcome, before, words)
            return outcome
    return ask_again(before, words).model_copy(update={"code": "ambiguous"})


async def _find_named(
    finder: Finder,
    need: RecordQuery,
    find: Find,
    names: tuple[str, str],
    spans: tuple[Span, ...],
    own: Own,
    *,
    described: bool = False,
) -> Outcome:
    """The records that one of these ``names`` means: an answer, or the part of it that tells. ``described``: it may
    also be a phrase about what was asked for."""
    words, core = names
    origin = spans[0].origin if spans else 0
    outcome: Outcome = ()
    for said in dict.fromkeys((strip_lead(words), core)):
        outcome = await finder.run(need, Find(record=need.kind.name, said=Words(text=said, origin=origin)), own)
        if not isinstance(outcome, Question) or outcome.code == "ambiguous":
            break
    if isinstance(outcome, tuple):
        return tuple(replace(each, spans=each.spans or spans) for each in outcome)
    named = outcome.candidates and outcome.code == "ambiguous"
    phrase = await find_described(finder, need, find, words, own) if described and not named else None
    return phrase if phrase is not None else outcome


def ask_again(offered: Question, words: str) -> Question:
    """The same question after an answer that chooses nothing."""
    text = f"I can't tell which one you mean by {quote_words(words)}. {offered.text}"
    return offered.model_copy(update={"text": text})


def names_another(words: str, offered: Question) -> bool:
    """Whether an answer may name a record that was not offered. What it excludes it doesn't name, and a lone letter or
    digit is a place in the list or a slip, unless the list is open: then it may be the next one's number."""
    lone = len(_SIGN.findall(_read_option(words) or words)) < _FEWEST_SIGNS
    return split_exclusion(words) is None and not (lone and len(offered.candidates) < MAX_CANDIDATES)


def remember_unoffered(context: QueryContext, found: Sequence[LocatedRecord], offered: Question, words: str) -> None:
    """Remembers the records that an answer names although others were offered: they need a card."""
    ids = {each.id for each in offered.candidates}
    context.unoffered |= {each.key: words for each in found if each.record.id not in ids}


async def single_out(finder: Finder, need: RecordQuery, words: str, offered: list[Record], own: Own) -> list[Record]:
    """The offered records that the words select by position, by content, or as a phrase. Empty if they don't tell.
    Raises PlatformUnavailable."""
    if not is_denied(words) and (
        chosen := choose(words, offered, need.kind) or _choose_each(words, offered, need.kind)
    ):
        return chosen
    context = finder.context
    find = read_singled_out(words, need.kind, tuple(context.kinds), context.request.now)
    if find is None:
        return []
    wide = replace(need, filter={}, most=MOST_SCANNED)
    pool = await finder.conditions.select(wide, find.model_copy(update={"order": None, "pick": "all"}), own)
    if isinstance(pool, Question):
        return []
    ids = {each.id for each in offered}
    told = [each for each in pool.records if each.id in ids]
    if find.order is not None and told:
        picked = await finder.pick_by_order(wide, find, find.order, replace(pool, records=told, more=False), own)
        told = [] if isinstance(picked, Question) else [each.record for each in picked]
    return told if len(told) < len(offered) or find.pick == len(told) else []


async def find_described(finder: Finder, need: RecordQuery, asked: Find, words: str, own: Own) -> Outcome | None:
    """Reads an answer as a phrase instead of a name: "only the unassigned ones", of what was ``asked`` for. None if
    that finds nothing, or what to ask if it is about somebody's records."""
    find = read_singled_out(words, need.kind, tuple(finder.context.kinds), finder.context.request.now)
    if find is None or asked.record != need.kind.name:
        return None
    place = next((_PLACES[word] + 1 for word in fold_words(words) if word in _PLACES), 0)
    if asked.among is None and place > 1:
        return None  # no list was shown that has such a place
    if listed := asked.among is not None and place > 0:
        order = OrderByField(by=AS_SHOWN, first="earliest", nth=place)
        find = asked.model_copy(update={"order": order, "where": ()})
    # "The last one" of the Brightwater invoices is Brightwater's, also if they have none.
    owned = asked.said is not None and asked.said.text in finder.search.owners_names
    said = asked.said if owned else None
    outcome = await finder.run(need, find.model_copy(update={"said": said, "where": (*asked.where, *find.where)}), own)
    found = isinstance(outcome, tuple) and 0 < len(outcome) <= need.most
    return outcome if found or ((owned or listed) and isinstance(outcome, Question)) else None


MOST_LETTERS: Final = 120
_SORRY: Final = r"oh|oops|sorry|actually|rather|i\s+mean(?:t)?|it['’]?s|that['’]?s"
_LEAD: Final = re.compile(rf"^\W*(?:(?:{_SORRY}|no|just|only|please|ok|okay)\b[\s,:–—-]*)+", re.IGNORECASE)
_NAMING: Final = re.compile(
    rf"^\W*(?:(?:{_SORRY}|(?:the|that)\s+one\s+(?:about|called|named|titled|regarding))\b[\s,:–—-]*)+", re.IGNORECASE
)
_ONE: Final = re.compile(
    r"\b(?P<one>ones?|those|some(?:one|body)|any(?:one|body))\b(?!\s+of\b)|"
    r"^(?:the|that)\s+(?P<any>[^\W\d_]+)(?=\s+(?:in|from|with|on|at|who|that|which|whose)\b)",
    re.IGNORECASE,
)


def strip_lead(words: str) -> str:
    """An answer without the words before its name: "sorry, I meant …", "the one about …"."""
    return _NAMING.sub("", words).strip() or words


def read_singled_out(words: str, kind: RecordKind, kinds: Sequence[RecordKind], now: datetime) -> Find | None:
    """What an answer says about the records of a kind, with every word read. None if it says nothing that tells them
    apart. "One" stands for the kind's noun, and so does any noun behind which it is told which ("the firm in Graz")."""
    text = _LEAD.sub("", words.strip())
    if not text or len(text) > MOST_LETTERS or not kind.nouns:
        return None
    nouns = {noun.lower() for noun in kind.nouns}
    singular, plural = kind.nouns[0], name_kinds(kind)
    found = _ONE.search(text)
    if found is not None:  # what else the one is called, "the company that …", tells nothing of those offered
        at = found.start("one" if found["one"] else "any")
        noun = plural if (found["one"] or "").lower() in {"ones", "those"} else singular
        text = f"{text[:at]}{noun}{text[found.end() :]}"
        text = text if re.match(r"(?:the|that|this|an?|all|both|any)\b", text, re.IGNORECASE) else f"the {text}"
    elif not any(re.search(rf"\b{re.escape(noun)}\b", text, re.IGNORECASE) for noun in nouns):
        text = f"{text} {plural if _SEVERAL & set(fold_words(text)) else singular}"
    reader = Reader(text, kinds, now, lambda start, end: Words(text=text[start:end]))
    reader.asks = True
    stop = len(reader.tokens)
    while stop and reader.is_mark(stop - 1):
        stop -= 1
    phrase = read_phrase(reader, 0, stop, None) if stop else None
    if phrase is None or not phrase.noun or phrase.find.record != kind.name or phrase.find.said is not None:
        return None
    find = read_restricted(reader, phrase, stop)
    if find is None or find.said is not None or not (find.where or find.order):
        return None
    pick = find.pick if isinstance(find.pick, int) else "one" if find.order is not None else "all"
    return find.model_copy(update={"pick": pick})


async def ask_among(finder: Finder, need: RecordQuery, among: str, told: Question) -> Question:
    """A question, with the records of a set that its words were to choose among and chose none of."""
    there = await finder.find(replace(need, filter={}, most=MAX_CANDIDATES), Handle(handle=among), NOTHING_FOUND)
    records = [] if isinstance(there, Question) else [each.record for each in there if fits(each.record, need.filter)]
    lead = f"{told.text} {'Is it' if len(records) == 1 else 'Which one do you mean:'}"
    return ask_between(need.slot, need.param, need.kind, records, "", lead=lead) if records else told
