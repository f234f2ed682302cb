"""Told records: the day and the states by which a request tells which record is meant ("the overdue one of Friday")."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection
from typing import Final

from agent.extract.time import dates
from agent.planning.proposal import Day, Words
from agent.planning.task import Task
from language.stems import split_runs, stem
from language.text import read_text

_DATES: Final = frozenset({"date", "datetime"})
_SURE: Final = 0.9
_WHICH: Final = r"(?<!\w)(?:that|which|who)(?:['’]s|\s+is)\s+(?:still\s+|now\s+)?"


def find_day(task: Task, taken: Collection[tuple[int, int]]) -> Day | None:
    """A day that is no value."""
    text, now = task.request.text, task.request.now
    for each in dates.find(read_text(text), now.astimezone(task.request.zone).date()):
        if (
            each.last is None
            and not each.now
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


def find_dated(task: Task, name: str) -> str | None:
    """The field that tells when a record is: the one that such records are ordered by, or the only day."""
    kind = task.workspace_context.kinds.get(name)
    days = [each.name for each in kind.fields if each.type in _DATES] if kind is not None else []
    if kind is not None and kind.order in days:
        return kind.order
    return days[0] if len(days) == 1 else None


def find_states(task: Task, name: str, masked: str, taken: Collection[tuple[int, int]]) -> dict[str, list[str]]:
    """The states by which a record is told, with the words for each: "the overdue one", "that's in the wash". One of a
    value or of what was done tells none."""
    kind = task.workspace_context.kinds.get(name)
    if kind is None:
        return {}
    which = {each: re.search(rf"{_WHICH}{re.escape(each)}(?!\w)", masked, re.IGNORECASE) for each in kind.states}
    told = {state: found[0].casefold().split() for state, found in which.items() if found is not None}
    nouns = {"one", "ones"} | {stem(noun.split()[-1]) for noun in kind.nouns}
    pairs = itertools.pairwise(split_runs(masked))
    said = {
        word.casefold()
        for (word, start, _), (behind, _, _) in pairs
        if stem(behind.casefold()) in nouns and not any(first <= start < last for first, last in taken)
    }
    return told | {each: [each] for each in kind.states if each in said}
