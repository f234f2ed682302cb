"""Fallback answers: what is known of the record, or of the few days, that a question names, where the rest of it can't
be read.

Such an answer says first which words it doesn't understand. It counts nothing, so that no figure passes for what was
asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from agent.extract.time import date_math, dates, time_ranges
from agent.pipeline import Abstain, Question, Reply
from agent.planning.proposal import BelongsTo, Compare, Condition, Day, Find, Handle
from agent.planning.record_links import choose_root, find_links, list_linked
from agent.planning.task import Outcome, Task
from agent.query.conditions import DATES
from agent.query.day_words import say_deed
from agent.query.references import Query
from agent.resolve.rules.clauses import is_order, parse_clause, split_clauses
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.resolver import BY_GRAMMAR
from agent.validate.questions import join, make_candidate, quote_words
from agent.validate.records.field_words import add_aside, add_ended, name_field, tell_field
from agent.validate.records.located import LocatedRecord, RecordQuery, RecordScope, name_kinds
from core.clock import write_day
from core.display_text import begin_sentence, to_display_text
from core.errors import PlatformUnavailable
from language.stems import EMPTY, stem
from language.text import read_text, word_set
from registry.records import RecordKind, format_field

MOST_CHARACTERS: Final = 200
"""Of a question. Whoever writes more says more than one thing."""
MOST_KINDS: Final = 12
MOST_NAMED: Final = 2
MOST_FIELDS: Final = 8
MOST_LISTED: Final = 4
"""Records of one kind."""
MOST_TOLD: Final = 1500
"""Characters of the answer."""
_PARTS: Final = re.compile(r" · |, ")
_LONGEST: Final = 100
_SLOT: Final = "answer"
_HOW: Final = re.compile(r"\bhow\s+$", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_NAME_ON: Final = re.compile(r"\s+[A-Z](?=[a-z])")
"""Another part of a name."""
_POINTS: Final = re.compile(r"[→≠=]|->")
"""Signs of an order."""
_ASKING: Final = word_set("many much has does yet still already right next previous upcoming")
"""Beside empty words, what says little at the edge of a question."""
_WAS: Final = word_set("did was were had")
_COUNTED: Final = frozenset(("integer", "number", "money_minor"))
_UNTOLD: Final = frozenset(("id", "currency", "json"))
Days = tuple[date, date]
"""The first and the last day."""


async def tell_known(task: Task, made: Outcome) -> Outcome:
    """An answer with what is known of the record or the days that a question names. ``made`` if it stands, if more is
    typed than one question, or if that names nothing or too much."""
    text = task.request.text
    asked = not task.request.answers and len(text) <= MOST_CHARACTERS and task.request.surface == "admin"
    if not asked or not _is_unread(made) or not _only_asks(text):
        return made
    try:
        reply = await _tell(task, text)
    except PlatformUnavailable:
        return made
    return replace(made, verdict=reply, proposal=None) if reply is not None else made


def _is_unread(made: Outcome) -> bool:
    """Whether the grammar doesn't understand a question, or it asks for what nobody is called."""
    if made.resolved is None or BY_GRAMMAR not in made.resolved.trace.notes:
        return False
    match made.verdict:
        case Abstain(reason=reason):
            return reason == "nothing_fits"
        case Question(code=code, candidates=candidates, slot=slot):
            return code == "not_found" and slot == _SLOT and not candidates
    return False


def _only_asks(text: str) -> bool:
    """Whether the text is one question about how things stand, and nothing is ordered beside it."""
    one = len(split_clauses(text)) == 1 and "," not in text
    return one and parse_clause(text).stands and _POINTS.search(text) is None


async def _tell(task: Task, text: str) -> Reply | None:
    scope = RecordScope(task.workspace_context.kinds, task.actor, task.request.surface)
    kinds = [kind for kind in scope.kinds if any(each.search for each in kind.fields)][:MOST_KINDS]
    said = time_ranges.find(read_text(text), task.request.now)
    days = _read_days(said, text, task.request.now.date())
    places = [(each.start, each.end) for each in said]
    links = [each for each in await find_links(text, scope, kinds) if not _meets(each.start, each.end, places)]
    links = [each for each in links if each.by_name or _is_counted_out(text, each.start, kinds)]
    links = [each for each in links if not is_order(stem(text[each.start : each.end]))]  # "make" of a long title
    links = [each for each in links if not _HOW.search(text, 0, each.start)]  # "old" of "how old is the first"
    roots = [(each, choose_root(await list_linked(text, each, scope, kinds))) for each in links]
    named = [root for _, root in roots if root is not None]
    begins = {each.start for each in links}
    half = (_NAME_ON.match(text, each.end) for each in links)  # "Ada Shah", and only an Ada Berg is known
    if any(each is not None and each.end() - 1 not in begins for each in half):
        return None
    if len(named) > MOST_NAMED or (said and days is None):
        return None
    known = {f"@known{number}": (each.key,) for number, each in enumerate(named)}
    query = Query(task.request, scope, thread=known)
    places += [(each.start, each.end) for each, root in roots if root is not None]
    if named:
        told, records = await _tell_of_named(query, kinds, named, days, task.request.now.date())
    elif days is not None and days[0] == days[1]:
        told, records = await _tell_of_days(query, _list_spoken_of(text, kinds), days)
    else:
        return None
    if not told:
        return None
    unread = _quote_unread(text, places, kinds)
    opening = f"I can't tell what {unread} means here." if unread else "I can't answer that in these words."
    return Reply(
        text=to_display_text(f"{opening} {told}", limit=MOST_TOLD),
        record_kind=records[0].record.kind if len({each.record.kind for each in records}) == 1 else None,
        records=tuple(make_candidate(each.record) for each in records),
        partial=True,
        about=named[0].key if len(named) == 1 else None,
    )


def _read_days(said: Sequence[time_ranges.TimeRange], text: str, today: date) -> Days | None:
    """The days that a question names once. None if it names none, several, or an open stretch. "Did she come on the
    24th" asks about the last one."""
    one = said[0] if len(said) == 1 else None
    if one is None or one.low is None or one.high is None:
        return None
    first, last = one.low.date(), (one.high - timedelta(seconds=1)).date()
    if first <= today or _WAS.isdisjoint(_WORD.findall(text.casefold())):
        return first, last
    spans = (each for each in dates.find(read_text(text), today) if each.day == first and each.last is None)
    units = ["month" if each.bare else "week" for each in spans if each.bare or each.whole == "weekday"]
    before = date_math.shift(first, -1, units[0]) if units else first
    return (before, before) if before <= today else None


def _meets(start: int, end: int, places: Collection[tuple[int, int]]) -> bool:
    return any(start < last and first < end for first, last in places)


def _is_counted_out(text: str, start: int, kinds: Sequence[RecordKind]) -> bool:
    """Whether a noun of records stands before a mere number, so that it is no count."""
    before = _WORD.findall(text[:start])[-1:]
    return bool(before) and stem(before[0].casefold()) in _list_noun_stems(kinds)


def _list_noun_stems(kinds: Sequence[RecordKind]) -> set[str]:
    return {stem(word) for kind in kinds for noun in kind.nouns for word in noun.split()}


def _list_told_stems(kinds: Sequence[RecordKind]) -> set[str]:
    """The stems of what fields and states are called: such a word is known, however it is meant here."""
    told = [
        label for kind in kinds for each in kind.fields for label in (name_field(each, kind), *map(str, each.values))
    ]
    told += [state for kind in kinds for state in kind.states]
    return {stem(word) for each in told for word in each.casefold().replace("_", " ").split()}


def _list_spoken_of(text: str, kinds: Sequence[RecordKind]) -> list[RecordKind]:
    said = {stem(word.casefold()) for word in _WORD.findall(text)}
    return [kind for kind in kinds if any(stem(noun) in said for noun in kind.nouns)]


def _quote_unread(text: str, places: Sequence[tuple[int, int]], kinds: Sequence[RecordKind]) -> str:
    """The runs of words that name nothing known, without small words and nouns of records at their edges."""
    words = [(each, not _meets(*each.span(), places)) for each in _WORD.finditer(text)]
    runs = [[word for word, _ in run] for open_, run in groupby(words, key=lambda pair: pair[1]) if open_]
    nouns = _list_noun_stems(kinds) | _list_told_stems(kinds)
    quoted = [each for run in runs if (each := _trim(text, run, nouns))]
    return join([quote_words(each) for each in quoted], "or")


def _trim(text: str, run: Sequence[re.Match[str]], nouns: Collection[str]) -> str:
    low = [re.split(r"['’]", word[0].casefold())[0] for word in run]
    small = EMPTY | _ASKING | lexicon.QUANTITIES
    kept = [word for word, said in zip(run, low, strict=True) if said not in small and stem(said) not in nouns]
    return text[kept[0].start() : kept[-1].end()] if kept else ""


async def _tell_of_named(
    query: Query, kinds: Sequence[RecordKind], named: Sequence[LocatedRecord], days: Days | None, today: date
) -> tuple[str, list[LocatedRecord]]:
    """This is known of the named records: with days, what is theirs on those; else their fields and what is theirs,
    nearest to the present first. Of several, only what belongs to each of them."""
    whose = join([each.label for each in named], "and")
    owned = tuple(BelongsTo(owner=Handle(handle=each)) for each in query.context.thread)
    told: list[str] = []
    records: list[LocatedRecord] = []
    none: list[str] = []
    for kind in (each for each in kinds if all(each.relation_to(one.kind.name) for one in named)):
        if (found := await _find(query, kind, owned)) is None:
            continue
        spans = {each.key: _list_days(each, query) for each in found}
        if days is not None:  # a day of it is among them, or its first and last day are around them
            found = [each for each in found if (on := spans[each.key]) and on[0] <= days[1] and on[-1] >= days[0]]
        nearness = {key: _rate_distance(held, today) for key, held in spans.items()}
        own = sorted(found, key=lambda each: nearness[each.key])
        alone = len(own) == 1 and days is None
        shown = add_aside(own[0].label, _tell_fields(own[0], whose)) if alone else _list(own, whose)
        told += [begin_sentence(f"{name_kinds(kind)}: {shown}.")] if own else []
        none += [name_kinds(kind)] if any(each.type in DATES for each in kind.fields) and not own else []
        records += own[:MOST_LISTED]
    if days is not None and (told or none):
        nothing = f"There are no {join(none, 'or')} of {whose} {_write(days)}."
        return (f"Of {whose} {_write(days)}: {' '.join(told)}" if told else nothing), records
    if len(named) > 1:
        told = [f"Of {whose}: {' '.join(told)}"] if told else []
    else:
        fields = _tell_fields(named[0], whose) or "no more than the name"
        told.insert(0, f"This is known of {whose}: {fields}.")
        records.insert(0, named[0])
    return " ".join(told), records


async def _tell_of_days(query: Query, kinds: Sequence[RecordKind], days: Days) -> tuple[str, list[LocatedRecord]]:
    """The records that have a day of these, by kind and field."""
    told: list[str] = []
    records: list[LocatedRecord] = []
    for kind in kinds:
        for field in (each for each in kind.fields if each.type in DATES):
            found = await _find(query, kind, _bound(field.name, days)) or []
            heading = f"{name_kinds(kind)}{say_deed(name_field(field, kind).removesuffix(' on'))}"
            told += [begin_sentence(f"{heading}: {_list(found)}.")] if found else []
            records += [each for each in found[:MOST_LISTED] if each not in records]
    return (f"{begin_sentence(_write(days))}: {' '.join(told)}" if told else ""), records


def _bound(field: str, days: Days) -> tuple[Condition, ...]:
    first, last = (Day(date=each.isoformat()) for each in days)
    return Compare(field=field, op=">=", value=first), Compare(field=field, op="<=", value=last)


async def _find(query: Query, kind: RecordKind, where: tuple[Condition, ...]) -> list[LocatedRecord] | None:
    """The records in reach. None where there are too many to look through."""
    need = RecordQuery(_SLOT, _SLOT, kind, restricts=True)
    found = await query.records.find_all(need, Find(record=kind.name, where=where, pick="all"))
    return None if isinstance(found, Question) else [*found]


def _list_days(found: LocatedRecord, query: Query) -> list[date]:
    """The days of a record, the first one first."""
    held = [found.record.values.get(each.name) for each in found.kind.fields if each.type in DATES]
    moments = [datetime.fromisoformat(each) for each in held if isinstance(each, str)]
    zone = query.context.request.zone
    return sorted((each.astimezone(zone) if each.tzinfo else each).date() for each in moments)


def _rate_distance(days: Sequence[date], today: date) -> tuple[bool, int]:
    """How far days are from the present: what is to come first, then what was last."""
    ahead = [(each - today).days for each in days if each >= today]
    return not ahead, ahead[0] if ahead else min(((today - each).days for each in days), default=0)


def _list(found: Sequence[LocatedRecord], whose: str = "") -> str:
    """The records with what their kinds say of them, but for ``whose`` they are."""
    shown: list[str] = []
    for each in found[:MOST_LISTED]:
        ended = (str(each.record.values[one.name]) for one in add_ended((), each.kind, each.record.values))
        parts = _PARTS.split(to_display_text(each.record.detail, limit=_LONGEST))
        told = dict.fromkeys(part for part in (*parts, *ended) if part and part != whose)
        shown.append(add_aside(each.label, ", ".join(told)))
    return "; ".join([*shown, *(["and others"] if len(found) > MOST_LISTED else [])])


def _tell_fields(found: LocatedRecord, owner: str) -> str:
    """The safe fields of a record, except for what its label shows or who it belongs to."""
    kind, values = found.kind, found.record.values
    fields = [each for each in kind.fields if each.type not in _UNTOLD and each.name != kind.id_field]
    shown = [(each, to_display_text(format_field(each, values), limit=_LONGEST)) for each in fields]
    known = f"{found.label} {owner}"
    told = [
        tell_field(each, kind, value)
        for each, value in shown
        if value and not (each.type not in _COUNTED and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", known))
    ]
    return ", ".join(told[:MOST_FIELDS])


def _write(days: Days) -> str:
    first, last = (write_day(each.isoformat()) for each in days)
    return f"on {first}" if first == last else f"from {first} to {last}"
