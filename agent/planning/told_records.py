"""Told records: the day and the states by which a request tells which record is meant ("the overdue one of Friday")."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator
from typing import Final

from agent.extract.time import dates
from agent.planning.proposal import Day, Words
from agent.planning.task import Task
from agent.resolve.rules.grammar.dated_verbs import may_lie_ahead
from agent.resolve.rules.grammar.lexicon import STATE_FIELDS
from language.stems import split_runs, stem
from language.text import read_text
from registry.records import RecordKind

_DATES: Final = frozenset({"date", "datetime"})
_SURE: Final = 0.9
_TO: Final = re.compile(r"(?<!\w)to\s+(?:the\s+)?$", re.IGNORECASE)
_WHICH: Final = r"(?<!\w)(?:that|which|who)(?:['’]s|\s+is)\s+(?:still\s+|now\s+)?"


def find_day(task: Task, taken: Collection[tuple[int, int]], *, sure: bool = False) -> Day | None:
    """A day that is no value. ``sure``: one that may not be another day as well, as 1/12 may."""
    text, now = task.request.text, task.request.now
    for each in dates.find(read_text(text), now.astimezone(task.request.zone).date()):
        if (
            each.last is None
            and not each.now
            and (not sure or each.weight >= _SURE)
            and not any(each.start < end and start < each.end for start, end in taken)
        ):
            return Day(date=each.day.isoformat(), quote=Words(text=text[each.start : each.end], start=each.start))
    return None


def find_dates(task: Task) -> list[tuple[int, int]]:
    """The places of days that are written with numbers, which name no record."""
    text, now = task.request.text, task.request.now
    found = dates.find(read_text(text), now.astimezone(task.request.zone).date())
    sure = [(each.start, each.end) for each in found if each.weight >= _SURE]
    return [(start, end) for start, end in sure if any(map(str.isdigit, text[start:end]))]


def leads_to_day(task: Task) -> bool:
    """Whether something is led to a day: "the visit to Friday"."""
    text, now = task.request.text, task.request.now
    found = dates.find(read_text(text), now.astimezone(task.request.zone).date())
    return any(_TO.search(text, 0, each.start) for each in found)


def find_dated(task: Task, name: str) -> str | None:
    """The field that tells when a record is: the one that such records are ordered by, or the only day."""
    kind = task.workspace_context.kinds.get(name)
    days = [each.name for each in kind.fields if each.type in _DATES] if kind is not None else []
    if kind is not None and kind.order in days:
        return kind.order
    return days[0] if len(days) == 1 else None


def has_own_day(task: Task, name: str) -> bool:
    """Whether records of a kind take place on a day, rather than having been there since."""
    kind = task.workspace_context.kinds.get(name)
    return (
        kind is not None
        and (line := kind.field_named(find_dated(task, name) or "")) is not None
        and may_lie_ahead(line)
    )


def find_states(task: Task, name: str, masked: str, taken: Collection[tuple[int, int]]) -> dict[str, list[str]]:
    """The states by which a record is told, with the words for each: "the overdue one", "that's in the wash". One of a
    value or of what was done tells none."""
    kind = task.workspace_context.kinds.get(name)
    if kind is None:
        return {}
    which = {each: re.search(rf"{_WHICH}{re.escape(each)}(?!\w)", masked, re.IGNORECASE) for each in kind.states}
    told = {state: found[0].casefold().split() for state, found in which.items() if found is not None}
    told = {
        each: [*each.casefold().split(), f"{each.casefold()}'s"]
        for each in _list_own_values(kind)
        if _says(each, masked, taken)
    } | told
    nouns = {"one", "ones"} | {stem(noun.split()[-1]) for noun in (*kind.nouns, *_list_own_values(kind))}
    pairs = itertools.pairwise(split_runs(masked))
    said = {
        word.casefold()
        for (word, start, _), (behind, _, _) in pairs
        if stem(behind.casefold()) in nouns and not any(first <= start < last for first, last in taken)
    }
    return told | {each: [each] for each in kind.states if each in said}


def _list_own_values(kind: RecordKind) -> Iterator[str]:
    """The words for what a record is, and for who has it, which stay while it comes along: its type, its owner."""
    stays = {each.name: each.values for each in kind.fields if each.values and each.name not in STATE_FIELDS}
    yield from (each for each, held in kind.states.items() if held.keys() <= stays.keys())
    yield from (str(one) for values in stays.values() for one in values if "_" not in str(one))


def _says(phrase: str, masked: str, taken: Collection[tuple[int, int]]) -> bool:
    places = re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", masked, re.IGNORECASE)
    return any(not any(first < each.end() and each.start() < last for first, last in taken) for each in places)
