"""Entity linking: finds in live data which words of a request name records, and in contracts which name values.

A grammar sees a name only where its shape or its place tells it. Records and closed lists know their names.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

from agent.planning.proposal import TypedValue, Words
from agent.resolve.rules.clauses import is_order
from agent.resolve.rules.grammar import lexicon
from agent.validate.records.located import LocatedRecord, RecordScope
from agent.validate.records.ranking import fold_words
from language.irregular_verbs import PLAIN_FORMS
from language.number_words import CARDINALS
from language.stems import EMPTY, is_past, split_runs, stem
from language.wordnet import is_word
from registry.contract import Contract
from registry.offers.offer import Offer
from registry.records import Field, Query, Record, RecordKind

MOST_WORDS: Final = 16
"""Of a request whose words are looked for in live data."""
MOST_LINKS: Final = 4
"""Of one request: each may have several roles in each action."""
MOST_RECORDS: Final = 100
"""Of a kind, to look through. A larger kind is searched for each word."""
MOST_SEARCHED: Final = 8
"""Words that a larger kind is searched for."""
PAGE: Final = 50
_LEAST_LIKE: Final = 3
"""Letters of a word that may be another form of a name."""
_LEAST_SLIP: Final = 5
"""Letters of a word in which one may be wrong."""
_SHORT: Final = 60
"""Letters of a text that tells one record from others."""
_WORD: Final = re.compile(r"\d+(?:[.,:]\d+)+|[^\W_]+")
_CODE: Final = re.compile(r"(?:\w{1,8}[-/.]|#)\Z")
_OWNS: Final = re.compile(r"['’]")
_AWAY: Final = re.compile(r"\b(?:instead\s+of|rather\s+than|not|from|to\s+be)\s+(?:the\s+)?\Z", re.IGNORECASE)
"""Words before what another one takes the place of, and before what is still to come: "instead of Ada", "from the red
room", "to be cleaned"."""
_TAKE: Final = re.compile(r"(?<!\w)take\s+(?:the\s+)?\Z", re.IGNORECASE)
_OFF: Final = re.compile(r"\s+off(?!\w)", re.IGNORECASE)
_BESIDE_NAMES: Final = lexicon.DETERMINERS | lexicon.PRONOUNS | lexicon.OWNERS | {"and"}


@dataclass(frozen=True, slots=True)
class RecordLink:
    """Words of the request from ``start`` to ``end`` that name records of these kinds."""

    start: int
    end: int
    kinds: tuple[str, ...]
    owns: bool
    """They end like an owner's name: "Ada's", "adas"."""
    by_name: bool
    """The words are a name. A mere number may be a value instead, and what some text of a record holds may be none."""
    held: Mapping[str, tuple[str, ...]]
    """For each of the kinds none of whose names this is: the fields whose texts hold all words."""


async def find_links(text: str, scope: RecordScope, kinds: Sequence[RecordKind]) -> tuple[RecordLink, ...]:
    """The runs of words that name records of these kinds, longest first from the left. None if the text is long or
    names many. Raises PlatformUnavailable."""
    links = await find_first_links(text, scope, kinds)
    return links if is_short(text) and len(links) <= MOST_LINKS else ()


def is_short(text: str) -> bool:
    return len(_WORD.findall(text)) <= MOST_WORDS


async def find_first_links(text: str, scope: RecordScope, kinds: Sequence[RecordKind]) -> tuple[RecordLink, ...]:
    """The runs among the first words of a text that name records of these kinds. Raises PlatformUnavailable."""
    words = [(fold_words(each[0]), each.start(), each.end()) for each in _WORD.finditer(text)][:MOST_WORDS]
    said = ["".join(word) if len(word) == 1 else "" for word, _, _ in words]  # an amount with cents names nothing
    nouns = {stem(word) for kind in kinds for noun in kind.nouns for word in noun.split()}
    every = await asyncio.gather(*(_list_records(scope, each, said) for each in kinds))
    named = {
        kind.name: _match_each(said, [frozenset(_list_name_words(each, kind)) for each in records])
        for kind, records in zip(kinds, every, strict=True)
    }
    numbered = {
        kind.name: {number for each in records for number in _list_numbers(each, kind)}
        for kind, records in zip(kinds, every, strict=True)
    }
    told = {
        kind.name: _match_each(said, [frozenset(_list_held_words(each, kind)) for each in records])
        for kind, records in zip(kinds, every, strict=True)
    }
    links: list[RecordLink] = []
    at = 0
    while at < len(words):
        names = {
            name: max(_find_end(said, at, matched), at + (said[at] in numbered[name]))
            for name, matched in named.items()
        }
        held = {name: _find_end(said, at, matched) for name, matched in told.items()}
        end = max((*names.values(), *held.values()), default=at)
        if end == 1 and is_order(stem(said[0])) and text[:1].islower():
            end = 0  # "set", although somebody is called so
        if not _stands_in_order(said[at:end], every, kinds):
            end = next(step for step in range(at, end) if said[step] in EMPTY)
        if end > at + 1 and stem(said[at]) in nouns and said[at + 1][:1].isdigit():
            at += 1  # "lesson 611" is called 611
        if end > at and not {stem(each) for each in said[at:end]} <= nouns:
            start, stop = _find_code_start(text, words[at][1]), words[end - 1][2]
            called = tuple(name for name in names if names[name] >= end)
            counts = text[start:stop].isdigit() or all(each in CARDINALS for each in said[at:end])
            by_name = bool(called) and not counts
            kinds_of = called or tuple(name for name in held if held[name] >= end)
            owns = _OWNS.match(text, stop) is not None or said[end - 1].endswith("s")
            texts = zip(kinds, every, strict=True) if not called else ()
            fields = {kind.name: _list_holding(said[at:end], kind, records) for kind, records in texts}
            links.append(RecordLink(start, stop, kinds_of, owns, by_name, fields))
        at = max(end, at + 1)
    return tuple(links)


async def list_linked(
    text: str, link: RecordLink, scope: RecordScope, kinds: Sequence[RecordKind]
) -> list[LocatedRecord]:
    """The records that a link names. Raises PlatformUnavailable."""
    said = ["".join(fold_words(each)) for each in _WORD.findall(text[link.start : link.end])]
    made: list[LocatedRecord] = []
    for kind in (each for each in kinds if each.name in link.kinds):
        for record in await _list_records(scope, kind, said):
            words = {*_list_name_words(record, kind), *_list_numbers(record, kind)}
            words |= {*_list_held_words(record, kind)} if link.held else frozenset()
            if all(any(_is_like(one, word) for word in words) for one in said):
                made.append(LocatedRecord(record, kind, ()))
    return made


def choose_root(found: Sequence[LocatedRecord]) -> LocatedRecord | None:
    """The one record to which all others of a name belong: the pet, and not its stays, which are called like it."""
    keys = {each.key for each in found}
    roots = [
        each
        for each in found
        if not any((role.kind, str(each.record.values.get(role.via))) in keys for role in each.kind.relations)
    ]
    return roots[0] if len(roots) == 1 else None


def is_away(text: str, start: int, end: int) -> bool:
    """Whether something else takes the place of what is named here: "from Ada", "take Ada off it"."""
    return _AWAY.search(text, 0, start) is not None or is_taken_off(text, start, end)


def is_taken_off(text: str, start: int, end: int) -> bool:
    return _TAKE.search(text, 0, start) is not None and _OFF.match(text, end) is not None


def _stands_in_order(run: Sequence[str], every: Sequence[Sequence[Record]], kinds: Sequence[RecordKind]) -> bool:
    """Whether small words in a run join the words that they join in a name: "Deal to Dover" is no "Dover to Deal"."""
    if EMPTY.isdisjoint(run):
        return True
    wanted = [word for word in run if word != "and"]
    for kind, records in zip(kinds, every, strict=True):
        for record in records:
            texts = (record.label, *(str(record.values.get(each.name)) for each in kind.fields))
            shown = ([word for word in fold_words(text) if word != "and"] for text in texts)
            if any(_begins_somewhere(each, wanted) for each in shown):
                return True
    return False


def _begins_somewhere(words: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether words stand in a row somewhere."""
    places = range(len(words) - len(wanted) + 1)
    return any(all(map(_is_like, wanted, words[at:])) for at in places)


def _find_code_start(text: str, start: int) -> int:
    """Where a code begins of which a name is the rest: "S-" of "S-314"."""
    code = _CODE.search(text, 0, start)
    return code.start() if code is not None else start


async def _list_records(scope: RecordScope, kind: RecordKind, said: Sequence[str]) -> list[Record]:
    """The records in reach. Of many, those that a typed word is found in."""
    reach = await scope.find_bounds(kind)
    if not isinstance(reach, Mapping):
        return []
    found: dict[str, Record] = {}
    for offset in range(0, MOST_RECORDS, PAGE):
        page = await scope.kinds.search(Query(kind.name, where=reach, limit=PAGE, offset=offset))
        found |= {each.id: each for each in page}
        if len(page) < PAGE:
            return [*found.values()]
    found = {}
    for word in [each for each in dict.fromkeys(said) if each and each not in EMPTY][:MOST_SEARCHED]:
        page = await scope.kinds.search(Query(kind.name, word, where=reach, limit=PAGE))
        found |= {each.id: each for each in page}
    return [*found.values()]


def _list_name_words(record: Record, kind: RecordKind) -> Iterator[str]:
    held = (record.values.get(each.name) for each in kind.fields if each.search in ("name", "number"))
    yield from (word for word in fold_words(record.label) if not word.isdigit())
    for each in (record.id, *held):
        yield from fold_words(str(each)) if each is not None and not str(each).isdigit() else ()


def _list_numbers(record: Record, kind: RecordKind) -> Iterator[str]:
    """Its mere numbers: none is a part of a longer name."""
    held = (record.values.get(each.name) for each in kind.fields if each.search == "number")
    yield from (str(each) for each in (record.id, *held) if str(each).isdigit())


def _list_held_words(record: Record, kind: RecordKind) -> Iterator[str]:
    """The words of its short texts: where a journey goes, what an item is. Names of others are found as theirs."""
    for each in kind.fields:
        if kind.field_named(f"{each.name.removesuffix('_name')}_id") is None:
            yield from _fold_held(record, each)


def _fold_held(record: Record, each: Field) -> list[str]:
    held = record.values.get(each.name)
    short = each.type == "string" and not each.values and isinstance(held, str) and len(held) <= _SHORT
    return fold_words(str(held)) if short else []


def _list_holding(run: Sequence[str], kind: RecordKind, records: Sequence[Record]) -> tuple[str, ...]:
    """The fields of a kind in whose text some record holds a run of words."""
    return tuple(
        each.name
        for each in kind.fields
        if any(all(any(_is_like(one, word) for word in held) for one in run) for held in _fold_each(records, each))
    )


def _fold_each(records: Sequence[Record], each: Field) -> list[list[str]]:
    return [_fold_held(record, each) for record in records]


def _match_each(said: Sequence[str], records: Sequence[frozenset[str]]) -> list[frozenset[int]]:
    """For each typed word the records, by number, that have it."""
    having: dict[str, set[int]] = {}
    for number, words in enumerate(records):
        for word in words:
            having.setdefault(word, set()).add(number)
    every = frozenset(range(len(records)))  # "Crown and Thistle", written with an ampersand
    like = (frozenset(at for word in having if _is_like(one, word) for at in having[word]) for one in said)
    return [every if one == "and" else found for one, found in zip(said, like, strict=True)]


def _is_like(said: str, word: str) -> bool:
    """Whether a typed word is one of a name, but for an s of the owner or several, or one wrong letter."""
    if said == word or len(said) < _LEAST_LIKE or said.isdigit() or said in EMPTY:
        return said == word
    if said == f"{word}s" or stem(said) == stem(word):
        return True
    return (
        len(said) >= _LEAST_SLIP
        and not is_word(said)
        and any(OSA.distance(said, each, score_cutoff=1) <= 1 for each in (word, f"{word}s"))
    )


def _find_end(said: Sequence[str], at: int, matched: Sequence[frozenset[int]]) -> int:
    """Where the longest run of words from one on ends that one record has."""
    if said[at] in EMPTY or not matched[at]:
        return at
    end, records = at, matched[at]
    while end < len(said) and (records := records & matched[end]):
        end += 1
    while end > at and said[end - 1] in EMPTY:
        end -= 1
    return end


def link_members(text: str, masked: str, offer: Offer | Contract) -> dict[str, TypedValue]:
    """For each parameter with a closed list the one member that ``masked`` says, which is ``text`` without its names.
    None of a list of which it says several."""
    runs = [*split_runs(masked)]
    said = [_fold_form(word.casefold()) for word, _, _ in runs]
    head = next((at for at, (word, _, _) in enumerate(runs) if word.casefold() not in EMPTY), None)
    made: dict[str, TypedValue] = {}
    for name, schema in offer.properties.items():
        members = schema.get("enum") or () if isinstance(schema, Mapping) else ()
        found = {
            (member, first, last)
            for member in members
            for phrase in _list_phrases(str(member), offer.annotation(name).words.get(str(member), ()))
            for first, last in (*_find_said(said, phrase), *_find_ordered(said, head, phrase))
            if not is_away(text, runs[first][1], runs[last][2])
        }
        best = [each for each in found if each[2] - each[1] == max(last - first for _, first, last in found)]
        if len({member for member, _, _ in best}) == 1:
            value, first, last = min(best)
            start, end = runs[first][1], runs[last][2]
            made[name] = TypedValue(value=value, quote=Words(text=text[start:end], start=start))
    return made


def _list_phrases(member: str, others: Collection[str]) -> set[tuple[str, ...]]:
    """The ways to say a member, as stems."""
    every = (re.split(r"[\s_\-/]+", each.casefold()) for each in (member, *others))
    return {tuple(_fold_form(word) for word in each if word) for each in every} - {()}


def _fold_form(word: str) -> str:
    """The stem of a word, with a mark for the past: what has been cleaned is not in "cleaning" now, but what went out
    has gone out."""
    return f"{PLAIN_FORMS.get(word) or stem(word)} (past)" if is_past(word) else stem(word)


def _find_said(said: Sequence[str], phrase: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where a phrase is said, as its first and last place. Articles may stand within it ("off the road"), and names,
    which are left out here: "check Ada and Bo in"."""
    for first, word in enumerate(said):
        at, rest = first, phrase[1:]
        while word == phrase[0] and rest and at + 1 < len(said) and said[at + 1] in (rest[0], *_BESIDE_NAMES):
            at += 1
            rest = rest[said[at] == rest[0] :]
        if word == phrase[0] and not rest:
            yield first, at


def _find_ordered(said: Sequence[str], head: int | None, phrase: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where the verb of an order stands that makes something so: "reject Ada" of rejected, "reopen 7" of open."""
    if head is not None and phrase in ((f"{said[head]} (past)",), (said[head].removeprefix("re"),)):
        yield head, head
