"""Named record: what is said where a request names a record, and nothing is read that shall be done with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from agent.extract.references.vocabulary import rate_person_likeness
from agent.pipeline import Abstain, Candidate, Question, Reply
from agent.planning.proposal import AnswerResult, Find, Proposal, RecordsAnswer, Words
from agent.planning.record_links import choose_root, find_links, list_linked
from agent.planning.task import Outcome, Task, Verdict
from agent.planning.unplaced_answers import strip_beside
from agent.query.action_answers import list_fitting
from agent.query.references import Query
from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.grammar.understand import NOTHING
from agent.validate.coverage.contrary_orders import is_contrary
from agent.validate.questions import ask_for_action, join
from agent.validate.records.located import LocatedRecord, RecordQuery, RecordScope
from agent.validate.records.ranking import fold_words
from core.display_text import to_display_text, within_sentence
from core.errors import PlatformUnavailable
from language.stems import EMPTY
from registry.contract import Contract
from registry.records import RecordKind

MOST_OFFERED: Final = 4
MOST_NAMED: Final = 6
MOST_NAME_WORDS: Final = 5
MOST_KINDS: Final = 3
MOST_LINKED: Final = 12
"""Kinds of record in whose names a refused request is looked for."""
SMALL: Final = EMPTY | {"one"}
_LISTED: Final = "“What can you do?”"
_NAME: Final = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*\.?")
SLOT: Final = "answer"


async def ask_about_record(task: Task, abstain: Abstain) -> Question | Abstain:
    """Asks what shall be done with the record, if words speak for an action that it is open to. If they speak for none,
    the abstention says which those are. It says nothing of them if the words speak for another."""
    try:
        found = await _find(task, abstain)
    except PlatformUnavailable:
        return abstain
    return _tell_of(task, abstain, found) if found is not None else abstain


async def tell_of_linked(task: Task, made: Outcome) -> Outcome:
    """A bare refusal with what can be done with the one record that live data finds in the words. ``made`` if it says
    more already, or if none or several may be named."""
    abstain = made.verdict
    if (
        task.request.answers
        or not isinstance(abstain, Abstain)
        or abstain.detail != NOTHING
        or "?" in task.request.text
    ):
        return made
    text, scope = task.request.text, RecordScope(task.workspace_context.kinds, task.actor, task.request.surface)
    kinds = [each for each in task.workspace_context.kinds if any(one.search for one in each.fields)][:MOST_LINKED]
    try:
        links = await find_links(text, scope, kinds)
        links = tuple(each for each in links if not SMALL.issuperset(text[each.start : each.end].casefold().split()))
        every = [(each, await list_linked(text, each, scope, kinds)) for each in links]
    except PlatformUnavailable:
        return made
    named = [each for link, each in every if each and (link.by_name or text[link.start : link.end].isdigit())]
    roots = (choose_root(_list_common(some)) for some in ([each for _, each in every if each], named))
    found = next((each for each in roots if each is not None), None)
    if found is None:
        return made
    told = _tell_of(task, abstain, found)
    if isinstance(told, Question) and begins_like_an_order(text):  # of something else: "raise her wage to 20"
        told = _tell_of(task, abstain.model_copy(update={"fitting": ()}), found)
    return replace(made, verdict=told)


def _list_common(every: Sequence[Sequence[LocatedRecord]]) -> list[LocatedRecord]:
    """The records that each name means, or that belong to one that it means: Ada's lamp."""
    keys = [{each.key for each in one} for one in every]

    def is_meant(found: LocatedRecord, named: set[tuple[str, str]]) -> bool:
        owners = ((role.kind, str(found.record.values.get(role.via))) for role in found.kind.relations)
        return found.key in named or not named.isdisjoint(owners)

    candidates = {each.key: each for one in every for each in one}
    return [each for each in candidates.values() if all(is_meant(each, named) for named in keys)]


def _tell_of(task: Task, abstain: Abstain, found: LocatedRecord) -> Question | Abstain:
    context, request = task.workspace_context, task.request
    works = list_fitting(context.catalogue, task.actor, request.surface, [found.record])
    works = [each for each in works if not is_contrary(request.text, each)]
    if not works:
        return abstain
    if abstain.fitting and abstain.fitting[0] not in {each.name for each in works}:
        return abstain
    rank = {name: place for place, name in enumerate(abstain.fitting)}
    works = sorted(works, key=lambda each: rank.get(each.name, len(rank)))
    label = to_display_text(found.label, limit=_LONGEST)
    if not rank:
        first, _, rest = abstain.detail.partition(_LISTED)
        does = join([within_sentence(_shorten(each, found.kind)) for each in works[:MOST_NAMED]], "or")
        detail = f"{first.strip()} With {label} you can: {does}." if rest else first
        return Abstain(reason=abstain.reason, detail=detail, named=found.key)
    asked = ask_for_action(works[:MOST_OFFERED], f"What should happen with {label}?")
    offered = [
        Candidate(id=each.id, label=_shorten(contract, found.kind), detail=each.detail)
        for each, contract in zip(asked.candidates, works, strict=False)
    ]
    return asked.model_copy(update={"candidates": tuple(offered)})


def list_bare_names(task: Task, abstain: Abstain) -> Iterator[Proposal]:
    """The questions who or what a request means that says nothing but a name, one for each kind that has names, people
    first. None if it says more, or if something else was refused."""
    text = task.request.text.strip(" \t\n.!?¿¡")
    text = strip_beside(text) if task.request.thread else text  # "and Bo?"
    words = text.split()
    plain = all(_NAME.fullmatch(each) for each in words) and 0 < len(words) <= MOST_NAME_WORDS
    if abstain.reason != "nothing_fits" or not plain or all(each.casefold() in EMPTY for each in words):
        return
    kinds = [each for each in task.workspace_context.kinds if any(one.search == "name" for one in each.fields)]
    start = task.request.text.index(text)
    for kind in sorted(kinds, key=rate_person_likeness, reverse=True)[:MOST_KINDS]:
        find = Find(record=kind.name, said=Words(text=text, origin=0, start=start))
        yield Proposal(result=AnswerResult(answer=RecordsAnswer(records=find)))


def tells_whom(verdict: Verdict, text: str) -> bool:
    """Whether a bare name leads to a record that is called just so, or to the question which of several is."""
    said = {*fold_words(text)}
    match verdict:
        case Reply(records=named) if len(named) == 1:
            pass
        case Question(code="ambiguous", candidates=named):
            pass
        case _:
            return False
    return bool(named) and all(said <= {*fold_words(each.label)} for each in named)


async def _find(task: Task, abstain: Abstain) -> LocatedRecord | None:
    """The one record that is named. None if none or several may be. A name that is only nearly right tells nothing."""
    kinds = task.workspace_context.kinds
    query = Query(task.request, RecordScope(kinds, task.actor, task.request.surface), thread=task.thread)
    for group in abstain.about:
        held: dict[tuple[str, str], LocatedRecord] = {}
        for reference in group:
            if (kind := kinds.get(reference.record)) is None:
                continue
            found = await query.records.find_all(RecordQuery(SLOT, SLOT, kind), reference)
            if not isinstance(found, Question) and len(found) == 1 and found[0].key not in query.records.slips:
                held[found[0].key] = found[0]
        if held:
            return next(iter(held.values())) if len(held) == 1 else None
    return None


def _shorten(contract: Contract, kind: RecordKind) -> str:
    """An action's title for a record that was just named: "Assign it", "Set its priority". Whole where the record may
    be a person or a thing."""
    likeness = rate_person_likeness(kind)
    if likeness == 1:
        return to_display_text(contract.title, limit=_LONGEST)
    it, its = ("them", "their") if likeness else ("it", "its")
    nouns = "|".join(map(re.escape, sorted({kind.name, *kind.nouns}, key=len, reverse=True)))
    noun = rf"\b(?:an?|the)\s+(?:[\w-]+\s+)?(?:{nouns})(?![\w-])"
    title = re.sub(rf"\bthe\s+([\w-]+)\s+of\s+{noun}(?!['’])", rf"{its} \1", contract.title, flags=re.IGNORECASE)
    title = re.sub(rf"{noun}['’]s\b", its, title, count=1, flags=re.IGNORECASE)
    title = re.sub(rf"{noun}(?!['’])", it, title, count=1, flags=re.IGNORECASE)
    return to_display_text(title, limit=_LONGEST)


_LONGEST: Final = 120
