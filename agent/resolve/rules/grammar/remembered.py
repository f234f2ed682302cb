"""Remembered records: what pronouns and "those" mean after the earlier requests of a thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.pipeline import EarlierRecords, Turn
from agent.planning.proposal import (
    Answer,
    BelongsTo,
    CountOf,
    Find,
    Has,
    RecordsAnswer,
    TotalOf,
    ValueAnswer,
    YesNoAnswer,
)
from agent.resolve.rules.grammar.earlier_calls import drop_places
from agent.resolve.rules.grammar.orders.stretch_spoken import is_somebody
from agent.resolve.rules.grammar.phrases.shown import find_standing
from agent.resolve.rules.grammar.reader import Reader

MOST_SHOWN: Final = 20
"""Records that an answer remembers; where there are as many, there may be more."""


def remember(reader: Reader, thread: Sequence[Turn]) -> None:
    """Makes the records of earlier requests available to pronouns, the latest first: "block her", "print them"."""
    for turn in thread:
        for each in turn.records:
            kind = reader.kinds.get(each.kind)
            if kind is None:
                continue
            find = _find(each)
            people = reader.people()
            reader.spoken[kind.name] = find
            reader.spoken |= {theirs.record: theirs for theirs in _list_related(turn.answered, find)}
            if each.count > 1:
                reader.shown[kind.name] = find
            if kind is people or (turn.answered is not None and is_somebody(reader, kind)):
                reader.person = find
                continue
            reader.thing = find
            if people is not None and reader.leads(kind, people):
                reader.person = Find(record=people.name, where=(Has(related=find),))
    reader.last_set = _those(reader, thread[-1]) if thread else None
    reader.standing = find_standing(reader, thread)
    reader.several = _list_together(thread)
    reader.remembered = tuple({*reader.spoken.values(), *filter(None, (reader.person, reader.thing))})


def _list_related(answer: Answer | None, shown: Find) -> list[Find]:
    """The records of other kinds by which an answer told which it is about: "who has open bills?" is about those bills,
    too."""
    asked = answer.records if isinstance(answer, RecordsAnswer) else None
    conditions = [each for each in asked.where if isinstance(each, Has)] if isinstance(asked, Find) else []
    related = [drop_places(each.related) for each in conditions if (each.op, each.count) == (">=", 1)]
    return [
        each.model_copy(update={"where": (*each.where, BelongsTo(owner=shown))})
        for each in related
        if isinstance(each, Find) and each.pick == "all" and each.order is None and each.among is None
    ]


def _list_together(thread: Sequence[Turn]) -> tuple[Find, ...]:
    """The records for which the latest calls did the same, one each: what "both" are after "close 7" and "close 8"."""
    kinds = {each.handle: each.kind for turn in thread for each in turn.records if each.count == 1}
    handles: list[str] = []
    action = ""
    for turn in reversed(thread):
        actions = {call.action for call in turn.calls}
        if len(actions) != 1 or (action and action not in actions):
            break
        (action,) = actions
        handles += [handle for call in reversed(turn.calls) for handle in call.records.values()]
    found = [*dict.fromkeys(reversed(handles))]
    alike = len({kinds.get(each, "") for each in found}) == 1 and all(each in kinds for each in found)
    return tuple(Find(record=kinds[each], among=each) for each in found) if alike and len(found) > 1 else ()


def _find(records: EarlierRecords) -> Find:
    pick = "one" if records.count == 1 else records.count if records.count == 2 else "all"
    return Find(record=records.kind, among=records.handle, pick=pick)


def _those(reader: Reader, turn: Turn) -> Find | None:
    """The records of the latest request: all that its question was about, or the records themselves if all of them are
    remembered."""
    answer = turn.answered
    asked = answer.records if isinstance(answer, RecordsAnswer) else None
    if isinstance(answer, ValueAnswer) and isinstance(answer.value, CountOf | TotalOf):
        asked = answer.value.of
    test = answer.tests[0] if isinstance(answer, YesNoAnswer) and len(answer.tests) == 1 else None
    if test is not None and test.op == ">=" and isinstance(test.left, CountOf):  # "are there any …": of those
        asked = test.left.of if isinstance(test.left.of, Find) and test.left.of.said is None else None
    if isinstance(asked, Find) and asked.pick == "all" and '"among"' not in asked.model_dump_json(exclude_none=True):
        return drop_places(asked) if asked.record in reader.kinds else None
    if len(turn.records) != 1 or turn.records[0].kind not in reader.kinds or turn.records[0].count >= MOST_SHOWN:
        return None
    return _find(turn.records[0]).model_copy(update={"pick": "all"})
