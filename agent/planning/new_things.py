"""New things by what is said of them: the one action that makes something of all values and words of a request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent.pipeline import Abstain, Plan, Question
from agent.planning.linked_calls import assign_roles, make_scope, propose_call
from agent.planning.linked_plans import FOUND, MOST_CHARACTERS, ONLY_FIT, asks_something, is_open, list_kinds
from agent.planning.linked_values import Read, mask, read_values
from agent.planning.proposal import Argument, PlanResult, Proposal, QuotedText, Words
from agent.planning.quotes import find_places
from agent.planning.record_links import find_first_links
from agent.planning.task import Outcome, Task, ask_which, hold, hold_for_words, list_planned_actions
from agent.planning.thing_words import Piece, ThingOrder, makes_something
from agent.planning.told_records import find_dates
from agent.planning.unread_words import names_action
from agent.validate.questions import REST
from core.errors import PlatformUnavailable
from registry.offers.shortlist import Shortlist

_SURE: Final = 2
"""How much words must tell of an action of which a value is missing, or that another one may be meant beside."""
_MOST: Final = 3
"""Actions that are tried on live data."""
Validate = Callable[[Proposal], Awaitable[Outcome]]


@dataclass(frozen=True)
class Reading:
    """A request read as the order of one new thing. ``beside``: words that only tell."""

    rate: int
    proposal: Proposal
    beside: tuple[str, ...]
    whole: bool


async def plan_new_thing(task: Task, made: Outcome, read: Read, validate: Validate) -> Outcome:
    """The plan of something new in which every word has its place, held. Where several actions could be meant, the
    question which. ``made`` if none is, or if it stands and has as much."""
    request = task.request
    if request.answers or request.thread or len(request.text) > MOST_CHARACTERS or asks_something(request.text):
        return made
    planned = isinstance(made.verdict, Plan)
    if not planned and not _may_be_new(task, made):
        return made
    shortlist = task.workspace_context.shortlist(task.actor, request.surface)
    try:
        masked = mask(request.text, find_dates(task))
        links = await find_first_links(masked, make_scope(task), list_kinds(task, shortlist))
        found = [each async for each in _list_readings(task, links, shortlist, read)]
        found = [each for each in found if each.whole] or [each for each in found if each.rate >= _SURE]
        found.sort(key=lambda each: -each.rate)
        if planned:
            return await _complete(task, made, found, validate)
        tried = [(each, await validate(each.proposal)) for each in found[:_MOST]]
    except PlatformUnavailable:
        return made
    fits = [(each, one) for each, one in tried if isinstance(one.verdict, Plan)] or [
        (each, one) for each, one in tried if isinstance(one.verdict, Question) and one.verdict.slot != REST
    ]
    best = [(each, one) for each, one in fits if each.rate == fits[0][0].rate]
    actions = list(dict.fromkeys(name for _, one in best for name in list_planned_actions(one)))
    if len(actions) > 1:
        return ask_which(task, actions, made)
    return _hold(task, *best[0], shortlist) if best else made


def _may_be_new(task: Task, made: Outcome) -> bool:
    return isinstance(made.verdict, Abstain | Question) and (
        is_open(task, made) or getattr(made.verdict, "code", "") in ("ambiguous", "not_found", "missing")
    )


def _hold(task: Task, reading: Reading, made: Outcome, shortlist: Shortlist) -> Outcome:
    named = names_action(task, list_planned_actions(made)[0], shortlist)
    return hold_for_words(made, reading.beside) if reading.beside else hold(made, FOUND if named else ONLY_FIT)


async def _complete(task: Task, made: Outcome, found: Sequence[Reading], validate: Validate) -> Outcome:
    """The plan of the same action with the values and words that ``made`` leaves out, held."""
    result = made.proposal.result if made.proposal is not None else None
    call = result.calls[0] if isinstance(result, PlanResult) and len(result.calls) == 1 else None
    own = [each for each in found if call is not None and list_actions(each.proposal) == (call.action,)]
    if call is None or not own:
        return made
    used = {at for place in find_places(made.proposal, task.request) for at in range(*place)}
    for each in own:
        more = {at for place in find_places(each.proposal, task.request) for at in range(*place)}
        result = each.proposal.result
        given = result.calls[0].arguments.keys() if isinstance(result, PlanResult) else set()
        other = call.arguments.keys()
        if given >= other and (given > other or any(task.request.text[at].isalnum() for at in more - used)):
            tried = await validate(each.proposal)
            if isinstance(tried.verdict, Plan):
                shortlist = task.workspace_context.shortlist(task.actor, task.request.surface)
                return _hold(task, each, tried, shortlist)
    return made


def list_actions(proposal: Proposal) -> tuple[str, ...]:
    return tuple(each.action for each in proposal.result.calls) if isinstance(proposal.result, PlanResult) else ()


async def _list_readings(task: Task, links, shortlist: Shortlist, read: Read):  # type: ignore[no-untyped-def]
    for offer in shortlist.offers:
        contract = task.workspace_context.catalogue.get(offer.name)
        if contract is None or not makes_something(task, contract):
            continue
        order = ThingOrder(task, offer, contract, links, shortlist)
        pieces = order.list_pieces()
        placed = place_texts(order, pieces)
        if placed is None:
            continue
        texts, beside = placed
        rate = order.rate(pieces)
        if not rate or order.is_barred([*texts.values(), *beside]):
            continue
        for proposal, whole in await _fill(task, order, texts, beside, read):
            said = tuple(task.request.text[each.start : each.end] for each in beside)
            yield Reading(rate, proposal, said, whole)


def place_texts(order: ThingOrder, pieces: Sequence[Piece]) -> tuple[dict[str, Piece], list[Piece]] | None:
    """Which stretch is which text, and those that only tell. None if some may be no text."""
    texts = {each.label: each for each in pieces if each.label is not None}
    rest = [each for each in pieces if each.label is None]
    beside: list[Piece] = []
    if order.called:
        beside = [each for each in rest if each.end <= order.called[0][0]]
        rest = [each for each in rest if each not in beside]
    needed = [each for each in order.needed if each not in texts]
    for name in needed:
        if not rest:
            break
        last = name == needed[-1] and not order.free
        texts[name], rest = (_join(order, rest), []) if last and _follow(order, rest) else (rest[0], rest[1:])
    free = [each for each in order.free if each not in texts]
    if rest and free and _follow(order, rest):
        texts[free[0]], rest = _join(order, rest), []
    beside += rest
    for name, each in texts.items():
        shown = each.shown or name == each.label
        if not order.may_be_text(each.start, each.end, shown=shown, beside=True):
            return None
    return (texts, beside) if len(beside) < _SURE else None


def _join(order: ThingOrder, pieces: Sequence[Piece]) -> Piece:
    return replace(pieces[0], end=pieces[-1].end)


def _follow(order: ThingOrder, pieces: Sequence[Piece]) -> bool:
    """Whether nothing stands between these but marks and small words."""
    words = [each for clause in order.clauses for each in clause.words if pieces[0].start <= each.start < pieces[-1].end]
    return all(each.part in ("", "light", "told", "bar", "own") for each in words)


async def _fill(
    task: Task, order: ThingOrder, texts: dict[str, Piece], beside: Sequence[Piece], read: Read
) -> list[tuple[Proposal, bool]]:
    """The calls with these texts, and whether nothing is missing."""
    text = task.request.text
    given: dict[str, Argument] = {
        name: QuotedText(quote=Words(text=text[each.start : each.end], start=each.start))
        for name, each in texts.items()
    }
    if order.name_of is not None:
        if not order.called:
            return []
        (start, end) = order.called[0]
        given[order.name_of] = QuotedText(quote=Words(text=text[start:end], start=start))
    kept = {"when", "sum", "value"}
    places = [
        (each.start, each.end)
        for clause in order.clauses
        for each in clause.words
        if each.part in kept or (each.part == "light" and not any(one.start <= each.start < one.end for one in texts.values()))
    ]
    values_at = [each.quote for each in order.members.values() if each.quote is not None]
    places += [(each.start, each.start + len(each.text)) for each in values_at if each.start is not None]
    shown = {at for place in (*places, *order.when, *order.sums) for at in range(*place)}
    rest = "".join(char if at in shown else " " for at, char in enumerate(order.masked))
    lacking = False
    values = await read_values(task, order.offer, order.given, rest, read, given)
    if values is None:
        lacking = True
        values = await read_values(task, order.offer, order.given, rest, read, given, lacking=True)
    if values is None:
        return []
    states = [each.low for clause in order.clauses for each in clause.words if each.part in ("own", "light", "told")]
    states += [each.low for clause in order.clauses for each in clause.words if any(one.start <= each.start < one.end for one in beside)]
    made = (
        propose_call(task, order.contract, order.words, roles, values, rest, states)
        for roles in assign_roles(task, order.contract, order.given, told=True)
    )
    return [(each, not lacking) for each in made if each is not None]
