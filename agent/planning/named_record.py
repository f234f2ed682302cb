"""Named record: what is said where a request names a record, and nothing is read that shall be done with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.extract.references.vocabulary import rate_person_likeness
from agent.pipeline import Abstain, Candidate, Question
from agent.planning.task import Task
from agent.query import Query
from agent.query.action_answers import list_fitting
from agent.validate.questions import ask_for_action, join
from agent.validate.records.located import LocatedRecord, RecordQuery, RecordScope
from core.display_text import to_display_text
from core.errors import PlatformUnavailable
from registry.contract import Contract
from registry.records import RecordKind

MOST_OFFERED: Final = 4
MOST_NAMED: Final = 6
SLOT: Final = "answer"


async def ask_about_record(task: Task, abstain: Abstain) -> Question | Abstain:
    """Asks what shall be done with the record, if words speak for some action that it is open to. Else the abstention
    says which those are."""
    try:
        found = await _find(task, abstain)
    except PlatformUnavailable:
        return abstain
    if found is None:
        return abstain
    context, request = task.workspace_context, task.request
    works = list_fitting(context.catalogue, task.actor, request.surface, [found.record])
    if not works:
        return abstain
    rank = {name: place for place, name in enumerate(abstain.fitting)}
    works = sorted(works, key=lambda each: rank.get(each.name, len(rank)))
    label = to_display_text(found.label, limit=_LONGEST)
    if works[0].name not in rank:
        first, _, rest = abstain.detail.partition("“What can you do?”")
        does = join([_lower(_shorten(each, found.kind)) for each in works[:MOST_NAMED]], "or")
        return abstain.model_copy(update={"detail": f"{first.strip()} With {label} you can: {does}." if rest else first})
    asked = ask_for_action(works[:MOST_OFFERED], f"What should happen with {label}?")
    offered = [
        Candidate(id=each.id, label=_shorten(contract, found.kind), detail=each.detail)
        for each, contract in zip(asked.candidates, works, strict=False)
    ]
    return asked.model_copy(update={"candidates": tuple(offered)})


async def _find(task: Task, abstain: Abstain) -> LocatedRecord | None:
    """The one record that is named. None if none or several may be."""
    kinds = task.workspace_context.kinds
    query = Query(task.request, RecordScope(kinds, task.actor, task.request.surface), thread=task.thread)
    for reference in abstain.about:
        kind = kinds.get(reference.record)
        if kind is None:
            continue
        found = await query.records.find_all(RecordQuery(SLOT, SLOT, kind), reference)
        if not isinstance(found, Question) and len(found) == 1:
            return found[0]
    return None


def _shorten(contract: Contract, kind: RecordKind) -> str:
    """An action's title for a record that was just named: "Assign it", "Set its priority"."""
    it, its = ("them", "their") if rate_person_likeness(kind) > 1 else ("it", "its")
    nouns = "|".join(map(re.escape, sorted({kind.name, *kind.nouns}, key=len, reverse=True)))
    one = re.compile(rf"\b(?:an?|the)\s+(?:[\w-]+\s+)?(?:{nouns})(?P<s>['’]s)?(?![\w'’-])", re.IGNORECASE)
    title = one.sub(lambda found: its if found["s"] else it, contract.title, count=1)
    return to_display_text(title, limit=_LONGEST)


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


_LONGEST: Final = 120
