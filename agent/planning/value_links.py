"""Value links: what the words beside the names of a request give the other parameters of an action.

A grammar reads a value where its place tells it. A closed list knows its own words, wherever they stand, and what is a
day or a number of things is told by its form.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from agent.extract.parameter_reader import scan
from agent.pipeline import Answer, Proposed, Request, Resolved
from agent.planning.proposal import DraftedText, PlanResult, QuotedText, TypedValue, Words
from agent.planning.quotes import find_places
from agent.planning.record_links import RecordLink
from agent.planning.task import Task
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from language.stems import split_runs, stem
from registry.contract import Unit
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

Phrase = tuple[str, ...]
Read = Callable[[Request, Shortlist], Awaitable[Resolved]]
_PART: Final = re.compile(r"[\s_\-/]+")
AWAY: Final = re.compile(r"\b(?:instead\s+of|rather\s+than|not|from)\s+(?:the\s+)?\Z", re.IGNORECASE)
"""Words before what another one takes the place of: "instead of Ada", "from the red room"."""
_BESIDE_NAMES: Final = lexicon.DETERMINERS | {"and"}


async def read_values(
    task: Task, offer: Offer, links: Sequence[RecordLink], masked: str, read: Read
) -> dict[str, Any] | None:
    """The values that ``masked`` says, the request without its names: members of closed lists, what the grammar reads,
    and a day or number that only one parameter takes. None if not all that the action requires are said, or if a free
    text took some of the words: any may be that."""
    text = task.request.text
    members = link_members(text, masked, offer)
    listed = [name for name, schema in offer.properties.items() if "enum" in schema]
    rest = _blank(masked, find_places(tuple(members.values()), task.request))
    chosen = Answer(slot="action", choice=offer.name, text="")
    request = task.request.model_copy(update={"text": rest, "answers": (chosen,)})
    resolved = await read(request, Shortlist([offer]))
    result = resolved.resolution.proposal.result if isinstance(resolved.resolution, Proposed) else None
    calls = result.calls if isinstance(result, PlanResult) else ()
    if len(calls) > 1 or any(each.action != offer.name or each.condition is not None for each in calls):
        return None
    said = {name: each for call in calls for name, each in call.arguments.items()}
    values = {name: each for name, each in said.items() if offer.annotation(name).record is None and name not in listed}
    places = find_places(tuple(values.values()), task.request)
    if any(isinstance(each, QuotedText | DraftedText) for each in values.values()):
        return None
    if any(first < each.end and each.start < last for first, last in places for each in links):
        return None  # a value of words that name a record
    values |= {**members, **_link_lone(_blank(rest, places), offer, {*values, *members}, task.request.now)}
    lacking = [each for each in offer.list_missing(values) if offer.annotation(each).record is None]
    return values if not lacking else None


def _blank(text: str, places: Iterable[tuple[int, int]]) -> str:
    for first, last in places:
        text = text[:first] + " " * (last - first) + text[last:]
    return text


def _link_lone(text: str, offer: Offer, given: Collection[str], now: datetime) -> dict[str, TypedValue]:
    """The day, and the number of things, that a text says alone, for the only parameter that takes such a value."""
    made: dict[str, TypedValue] = {}
    free = [name for name in offer.properties if name not in given and offer.annotation(name).record is None]
    dated = [name for name in free if (offer.properties[name] or {}).get("format") == "date"]
    counted = [name for name in free if offer.annotation(name).unit is Unit.COUNT]
    for name in (each[0] for each in (dated, counted) if len(each) == 1):
        schema, note = offer.properties[name], offer.annotation(name)
        found = scan(text, name=name, schema=schema, annotation=note, now=now, required=True)
        if len(found) == 1:
            made[name] = TypedValue(value=found[0].value, quote=Words(text=found[0].text, start=found[0].start))
    return made


def link_members(text: str, masked: str, offer: Offer) -> dict[str, TypedValue]:
    """For each parameter with a closed list the one member that ``masked`` says, which is ``text`` without its names.
    None of a list of which it says several."""
    runs = [(find_base_form(stem(word.casefold())), start, end) for word, start, end in split_runs(masked)]
    said = [each for each, _, _ in runs]
    made: dict[str, TypedValue] = {}
    for name, schema in offer.properties.items():
        members = schema.get("enum") or () if isinstance(schema, Mapping) else ()
        found = {
            (member, first, last)
            for member in members
            for phrase in _list_phrases(str(member), offer.annotation(name).words.get(str(member), ()))
            for first, last in _find_said(said, phrase)
            if not AWAY.search(text, 0, runs[first][1])
        }
        longest = max((last - first for _, first, last in found), default=0)
        best = [each for each in found if each[2] - each[1] == longest]
        if len({member for member, _, _ in best}) == 1:
            value, first, last = min(best)
            start, end = runs[first][1], runs[last][2]
            made[name] = TypedValue(value=value, quote=Words(text=text[start:end], start=start))
    return made


def _list_phrases(member: str, others: Collection[str]) -> set[Phrase]:
    """The ways to say a member, as stems."""
    every = (_PART.split(each.casefold().strip()) for each in (member, *others))
    return {tuple(find_base_form(stem(word)) for word in each if word) for each in every} - {()}


def _find_said(said: Sequence[str], phrase: Phrase) -> Iterator[tuple[int, int]]:
    """Where a phrase is said, as its first and last place. Articles may stand within it ("off the road"), and names,
    which are left out here: "check Ada and Bo in"."""
    for first, word in enumerate(said):
        at, rest = first, phrase[1:]
        while word == phrase[0] and rest and at + 1 < len(said) and said[at + 1] in (rest[0], *_BESIDE_NAMES):
            at += 1
            rest = rest[said[at] == rest[0] :]
        if word == phrase[0] and not rest:
            yield first, at
