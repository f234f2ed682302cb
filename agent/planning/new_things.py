"""New things by what is said of them: the one action that makes something of all values and words of a request."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent.pipeline import Abstain, Plan, Question
from agent.planning.linked_calls import assign_roles, make_scope, propose_call
from agent.planning.linked_plans import (
    FOUND,
    MOST_CHARACTERS,
    ONLY_FIT,
    QUESTIONS,
    asks_something,
    is_open,
    list_kinds,
    read_as,
)
from agent.planning.linked_texts import list_joints
from agent.planning.linked_values import Read, mask, read_values
from agent.planning.made_things import makes_something, says_amount
from agent.planning.noted_orders import may_be_note
from agent.planning.proposal import Argument, PlanResult, Proposal, QuotedText, Words
from agent.planning.quotes import find_places
from agent.planning.record_links import RecordLink, find_first_links
from agent.planning.task import (
    Outcome,
    Task,
    ask_which,
    hold,
    hold_for_words,
    is_harmless,
    list_planned_actions,
)
from agent.planning.thing_words import Piece, ThingOrder
from agent.planning.told_clauses import tells
from agent.planning.told_records import find_dates
from agent.planning.unread_words import names_action
from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.grammar.orders.colon_texts import TITLING
from agent.resolve.rules.grammar.orders.text_parameters import TELLING
from agent.validate.questions import REST
from core.errors import PlatformUnavailable
from language.stems import EMPTY, stem
from registry.offers.shortlist import Shortlist

_SURE: Final = 2
"""How much words must tell of an action of which a value is missing, or that another one may be meant beside."""
_MOST_BESIDE: Final = 1
"""Stretches of words that only tell something."""
_DASH: Final = re.compile(r"(?<=\s)[-–—](?=\s)")
_READ: Final = frozenset({"when", "sum", "value", "told"})
"""The parts of words that values are read from."""
_MOST: Final = 3
"""Actions that are tried on live data."""
Validate = Callable[[Proposal], Awaitable[Outcome]]


@dataclass(frozen=True)
class Reading:
    """A request read as the order of one new thing. ``rate``: how much its words tell of the action. ``told``: the
    same, with the words that order it shown to be read. ``beside``: words that only tell. ``whole``: no value is
    missing. ``says``: enough is said to ask for what is missing."""

    rate: int
    proposal: Proposal
    told: Proposal
    beside: tuple[str, ...]
    whole: bool
    says: bool


async def plan_new_thing(task: Task, made: Outcome, read: Read, validate: Validate) -> Outcome:
    """The plan of something new in which every word has its place, held. Where several actions could be meant, the
    question which. ``made`` if none is, or if it stands and has as much."""
    request = task.request
    if request.answers or request.thread or len(request.text) > MOST_CHARACTERS or asks_something(request.text):
        return made
    said = request.text.casefold().split()
    if said[:1] and (said[0] in QUESTIONS or {"take", "back"} <= {*said}):
        return made
    planned = isinstance(made.verdict, Plan)
    if not planned and not _may_be_new(task, made):
        return made
    shortlist = task.workspace_context.shortlist(task.actor, request.surface)
    try:
        masked = mask(request.text, find_dates(task))
        links = await find_first_links(masked, make_scope(task), list_kinds(task, shortlist))
        found = [each async for each in _list_readings(task, links, shortlist, read)]
        found = [each for each in found if each.whole] or [each for each in found if each.says and not each.beside]
        if (
            isinstance(made.verdict, Question)
            and made.verdict.code == "missing"
            and (own := list_planned_actions(made))
        ):
            found = [each for each in found if {*list_actions(each.proposal)} <= {*own}]
        found.sort(key=lambda each: -each.rate)
        only_fits = planned and made.hold == ONLY_FIT and not is_harmless(task, made) and _is_likelier(made, found)
        if planned and not only_fits:
            return await _complete(task, made, found, validate)
        tried = [(each, await _try(each, validate)) for each in found[:_MOST]]
    except PlatformUnavailable:
        return made
    fits = [(each, one) for each, one in tried if isinstance(one.verdict, Plan)] or [
        (each, one) for each, one in tried if isinstance(one.verdict, Question) and not planned
    ]
    fits = [(each, one) for each, one in fits if getattr(one.verdict, "slot", "") != REST] or fits
    best = [(each, one) for each, one in fits if each.rate == fits[0][0].rate]
    actions = list(dict.fromkeys(name for _, one in best for name in list_planned_actions(one)))
    asked = made.verdict.candidates if isinstance(made.verdict, Question) and made.verdict.slot == "action" else ()
    if best and not best[0][0].whole and 0 < len(asked) < _MOST:
        actions = [*dict.fromkeys((*actions, *(each.id for each in asked)))]
    elif best and not best[0][0].whole and (best[0][0].rate < _SURE or not _says_asked(best[0][0], made)):
        return made
    if len(actions) > 1:
        return ask_which(task, actions, made)
    return _hold(task, *best[0], shortlist) if best else made


async def _try(reading: Reading, validate: Validate) -> Outcome:
    made = await validate(reading.proposal)
    return made if isinstance(made.verdict, Plan) or not reading.whole else await validate(reading.told)


def _is_likelier(made: Outcome, found: Sequence[Reading]) -> bool:
    """Whether words tell more of another action than of the one that only fits."""
    own = max((each.rate for each in found if list_actions(each.proposal) == list_planned_actions(made)), default=0)
    return bool(found) and found[0].rate > own


def _says_asked(reading: Reading, made: Outcome) -> bool:
    """Whether what is asked for is said, if a value of a known action is asked for."""
    param = made.verdict.param if isinstance(made.verdict, Question) else None
    result = reading.proposal.result
    given = result.calls[0].arguments if isinstance(result, PlanResult) else {}
    return param is None or not list_planned_actions(made) or param in given


def _may_be_new(task: Task, made: Outcome) -> bool:
    """Whether nothing was planned for want of an action, a record or a value. A question about words that are left over
    stands: they may change the deal."""
    if isinstance(made.verdict, Question) and made.verdict.slot == REST:
        return False
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
    used = {at for place in find_places(result, task.request) for at in range(*place)}
    for each in own:
        result = each.proposal.result
        more = {at for place in find_places(result, task.request) for at in range(*place)}
        given = result.calls[0].arguments.keys() if isinstance(result, PlanResult) else set()
        other = call.arguments.keys()
        fuller = given > other or any(task.request.text[at].isalnum() for at in more - used)
        less = made.hold and more < used and _says_less(each, call.arguments)
        if given >= other and (fuller or less):
            tried = await _try(each, validate)
            if isinstance(tried.verdict, Plan):
                shortlist = task.workspace_context.shortlist(task.actor, task.request.surface)
                return _hold(task, each, tried, shortlist)
    return made


def _says_less(reading: Reading, given: Mapping[str, Argument]) -> bool:
    """Whether a text is the beginning of the one that it takes the place of."""
    texts = {each.quote.text for each in given.values() if isinstance(each, QuotedText)}
    result = reading.proposal.result
    own = result.calls[0].arguments.values() if isinstance(result, PlanResult) else ()
    return all(any(one.startswith(each.quote.text) for one in texts) for each in own if isinstance(each, QuotedText))


def list_actions(proposal: Proposal) -> tuple[str, ...]:
    return tuple(each.action for each in proposal.result.calls) if isinstance(proposal.result, PlanResult) else ()


async def _list_readings(
    task: Task, links: Sequence[RecordLink], shortlist: Shortlist, read: Read
) -> AsyncIterator[Reading]:
    for offer in shortlist.offers:
        contract = task.workspace_context.catalogue.get(offer.name)
        if contract is None or not makes_something(task, contract):
            continue
        if task.request.text.casefold().split()[0] in contract.properties and begins_like_an_order(task.request.text):
            continue  # "email Ada" gives nobody an address
        order = ThingOrder(task, offer, contract, links, shortlist)
        pieces = order.list_pieces()
        placed = place_texts(order, pieces)
        if placed is None:
            continue
        texts, beside = placed
        rate = order.rate(pieces)
        if not rate or order.is_barred([*texts.values()]):
            continue
        for proposal, whole in await _fill(task, order, texts, beside, read):
            says = rate >= _SURE if texts else order.says_values()
            said = tuple(task.request.text[each.start : each.end] for each in beside)
            told = proposal.model_copy(update={"replaced": tuple(order.list_told(beside, [*texts.values()]))})
            yield Reading(
                rate,
                proposal,
                told,
                said,
                whole,
                says=says,
            )


def place_texts(order: ThingOrder, pieces: Sequence[Piece]) -> tuple[dict[str, Piece], list[Piece]] | None:
    """Which stretch is which text, and those that only tell something. None if some may be an order or a value."""
    if order.name_of is not None and not order.called and not TITLING.isdisjoint(order.text.casefold().split()):
        return None  # "called" leads to a name that isn't written like one
    texts = {each.label: each for each in pieces if each.label is not None}
    rest = [each for each in pieces if each.label is None]
    whole = [each for each in rest if each.whole]
    verbs = [each for each in rest if each.first and not each.shown and begins_like_an_order(order.text, each.start)]
    if any(each.whole and len(whole) > 1 for each in verbs) or any(not each.whole and not each.noun for each in verbs):
        return None
    beside = [each for each in rest if not each.whole and each.first and (each in verbs or each.noun or each.single)]
    beside += [each for each in rest if order.called and each.end <= order.called[0][0] and each not in beside]
    rest = [each for each in rest if each not in beside]
    beside += [each for each in rest if order.is_per(each)]
    rest = [each for each in rest if each not in beside]
    needed = [each for each in order.needed if each not in texts]
    free = [each for each in order.free if each not in texts]
    for name in needed:
        if rest:
            took = _list_following(order, rest) if name == needed[-1] and not free else rest[:1]
            texts[name] = replace(took[0], end=took[-1].end)
            rest = [each for each in rest if each not in took]
    if rest and free:
        took = _list_following(order, rest[::-1])[::-1]
        note = order.start_behind_for(replace(took[0], end=took[-1].end))
        before = order.text[: note.start].casefold().split()[-1:]
        if (before and before[0] in TELLING) or not order.stands_behind_values(note):
            return None  # "text everybody", "half of that: 9 for Ada"
        if note.shown or note.whole or note.start != took[0].start:
            texts[free[0]] = note
            rest = [each for each in rest if each not in took]
            linked = any(each.by_name and note.start <= each.start < note.end for each in order.links)
            telling = tells(order.text[note.start : note.end]) or order.says_why(note, free[0])
            if not note.shown and (linked or not (telling or may_be_note(order, note.start, note.end))):
                return None
    beside += rest
    for name, each in texts.items():
        if not order.may_be_text(each.start, each.end, shown=each.shown or name == each.label, beside=True):
            return None
        if any(begins_like_an_order(order.text, at) for at in list_joints(order.text, each.start, each.end)):
            return None
        ordered = order.text[: each.start].rstrip().endswith(",") and begins_like_an_order(order.text, each.start)
        if ordered or order.kind_nouns.issuperset(map(stem, order.text[each.start : each.end].casefold().split())):
            return None  # "a note on 7, tell Ada", "a note on Ada's visit"
    if any(each.whole or order.belongs_to_name(each) or not order.tells_nothing(each) for each in beside):
        return None
    told = " ".join(order.text[each.start : each.end] for each in beside)
    return None if len(beside) > _MOST_BESIDE or says_amount(told) else (texts, beside)


def _list_following(order: ThingOrder, pieces: Sequence[Piece]) -> list[Piece]:
    """The first of these and those behind it, in their order, between which only marks and small words stand."""
    took = [pieces[0]]
    for each in pieces[1:]:
        first, last = sorted((took[-1], each), key=lambda one: one.start)
        between = [
            word.part for clause in order.clauses for word in clause.words if first.end <= word.start < last.start
        ]
        if any(part != "light" for part in between):
            break
        took.append(each)
    return took


async def _fill(
    task: Task, order: ThingOrder, texts: dict[str, Piece], beside: Sequence[Piece], read: Read
) -> list[tuple[Proposal, bool]]:
    """The calls with these texts, and whether nothing is missing."""
    text = task.request.text
    given: dict[str, Argument] = {
        name: QuotedText(quote=Words(text=text[each.start : each.end], start=each.start))
        for name, each in texts.items()
    }
    if order.name_of is not None and order.called:
        (start, end) = order.called[0]
        given[order.name_of] = QuotedText(quote=Words(text=text[start:end], start=start))
    taken = [(each.start, each.end) for each in (*texts.values(), *beside)]
    words = [each for clause in order.clauses for each in clause.words]
    outside = [each for each in words if not any(start <= each.start < end for start, end in taken)]
    led = [one for one, other in itertools.pairwise(outside) if one.part == "light" and other.part in _READ]
    shown = {at for each in outside if each.part in _READ or each in led for at in range(each.start, each.end)}
    read_whole = [
        *order.list_values(),
        *(each for each in (*order.when, *order.sums) if not shown.isdisjoint(range(*each))),
    ]
    shown |= {at for place in read_whole for at in range(*place)}
    rest = "".join(char if at in shown else " " for at, char in enumerate(order.masked))
    values = await read_values(task, order.offer, order.given, rest, read, given)
    lacking = values is None
    if values is None:
        values = await read_values(task, order.offer, order.given, rest, read, given, lacking=True)
    if values is None:
        return []
    used = {at for place in find_places(tuple(values.values()), task.request) for at in range(*place)}
    left = [each for each in outside if each.part in ("when", "sum", "value") and each.start not in used]
    if any(each.low not in EMPTY for each in left):
        return []
    states = [each.low for each in words if each.part in ("own", "light", "told")]
    states += [each.low for each in words if any(one.start <= each.start < one.end for one in beside)]
    plain = read_as(task, _mask_dashes(text, taken))
    made = (
        propose_call(plain, order.contract, order.words, roles, values, rest, states)
        for roles in assign_roles(task, order.contract, order.given, told=True)
    )
    return [(each, not lacking) for each in made if each is not None]


def _mask_dashes(text: str, texts: Sequence[tuple[int, int]]) -> str:
    """The text with commas for the dashes that part its clauses."""
    for each in _DASH.finditer(text):
        if not any(start <= each.start() < end for start, end in texts):
            text = f"{text[: each.start()]},{text[each.end() :]}"
    return text
