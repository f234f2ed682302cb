"""Noted orders: words behind an order that none of its values accounts for are the note that its action takes
("a lamp for Ada on Friday, use the side door")."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from agent.extract.time import dates
from agent.pipeline import Abstain, Plan, Question
from agent.planning.linked_calls import make_scope
from agent.planning.linked_plans import MOST_CHARACTERS, list_kinds, plan_linked, read_as
from agent.planning.linked_texts import JOINING, TextOrder
from agent.planning.linked_values import Read, add_reason, list_free_notes, mask
from agent.planning.proposal import Proposal, Words
from agent.planning.quotes import find_places
from agent.planning.record_links import find_first_links
from agent.planning.task import Outcome, Task, hold, list_planned_actions
from agent.planning.told_records import find_dates
from agent.planning.valued_texts import settle_text
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.colon_texts import CHANGING
from agent.resolve.rules.grammar.orders.message_texts import SUBJECTS
from agent.resolve.rules.grammar.orders.text_parameters import TELLING
from agent.validate.questions import quote_words
from language.number_words import CARDINALS
from language.stems import split_runs, stem
from language.text import find_quotations, read_text, word_set
from registry.contract import Risk
from registry.offers.shortlist import Shortlist

MOST_NOTES: Final = 3
"""Places where the note of a request may begin."""
_MOST_MARKS: Final = 6
"""Marks in a request whose note is looked for."""
_FEWEST: Final = 2
"""Words of a note that nothing introduces."""
_MARK: Final = re.compile(r"\s*[,;:.!?]\s+|\s+[-–—]+\s+|\s*\n\s*")
_BEFORE: Final = word_set("a an the with and add as my")
"""What stands before the word for a note: "with a note"."""
_BEHIND: Final = word_set("that says saying say is reads to for the")
"""What stands behind it, before its words: "note says", "a note to the driver"."""
_SIGNS: Final = " \t\n\"'“”‘’:=-–—.,;!?"
_DENIALS: Final = word_set("no not never don't all every each")
"""Words by which something inside a note may be told."""
_SPOKEN_OF: Final = lexicon.PRONOUNS - SUBJECTS | word_set("it me us ones later earlier sooner more less fewer same")
"""What tells more of an order's own things: "leave it", "send them the list", "the red one", "a bit later"."""
Try = Callable[[Task], Awaitable[Outcome]]
Validate = Callable[[Task, Proposal], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Note:
    """Where the words begin that are no order, and where the note in them begins and ends. ``named``: a word for a note
    introduces it."""

    first: int
    start: int
    end: int
    named: bool


async def place_left_over(task: Task, made: Outcome, plan: Try, read: Read, validate: Validate) -> Outcome:
    """The plan in which each word has its place: values in a text go to their parameters, and words behind an order are
    its note. Held, or ``made`` where none stands. ``plan`` plans a task, ``read`` reads a request among some offers,
    ``validate`` tries a proposal for a task."""
    if len(task.request.text) > MOST_CHARACTERS:
        return made
    made = await settle_text(task, made, read, partial(validate, task))

    async def plan_alone(order: Task) -> Outcome:
        return await plan_linked(order, await plan(order), read, partial(validate, order))

    return await _plan_noted(task, made, plan_alone, partial(validate, task))


async def _plan_noted(
    task: Task, made: Outcome, plan: Try, validate: Callable[[Proposal], Awaitable[Outcome]]
) -> Outcome:
    """The plan of the order without the words behind it, which are its note."""
    verdict = made.verdict
    if task.request.answers or task.request.thread or not isinstance(verdict, Abstain | Plan | Question):
        return made
    text, shortlist = task.request.text, task.workspace_context.shortlist(task.actor, task.request.surface)
    taken = find_places(made.proposal, task.request) if isinstance(verdict, Plan) else []
    for note in list_notes(text, shortlist):
        if any(start < note.end and note.start < end for start, end in taken):
            continue
        order = await plan(read_as(task, mask(text, [(note.first, len(text))])))
        if not isinstance(order.verdict, Plan) or len(order.verdict.steps) != 1 or order.proposal is None:
            continue
        if not await _is_note(task, note, list_planned_actions(order)[0], shortlist):
            continue
        said = Words(text=text[note.first : note.start].rstrip(_SIGNS), start=note.first)  # what introduces it
        placed = order.proposal.model_copy(update={"replaced": (*order.proposal.replaced, said)})
        noted = await validate(add_reason(task, placed if note.named else order.proposal, [(note.start, note.end)]))
        if isinstance(noted.verdict, Plan):
            why = f"{quote_words(text[note.start : note.end])} is put down as its note: check that it is no order."
            return hold(noted, order.hold or why)
    return made


def list_notes(text: str, shortlist: Shortlist) -> Iterator[Note]:
    """The places where the note of an order may be, those that are named before others, and longer ones first."""
    called = {word for offer in shortlist.offers for words in list_free_notes(offer).values() for word in words}
    if not called:
        return
    quoted = find_quotations(text)
    marks = [each for each in _MARK.finditer(text) if not any(a < each.start() < b for a, b in quoted)]
    ends = [each.span() for each in marks if text[each.end() :].strip() and text[: each.start()].strip()]
    if len(ends) > _MOST_MARKS:
        return  # each place is planned once more, which is too much for a text of many pieces
    words = [(word.casefold(), start, end) for word, start, end in split_runs(text)]
    named = _find_named(text, words, ends, called)
    yield from (named,) if named is not None else ()
    if named is None:
        yield from (Note(start, end, len(text.rstrip(_SIGNS)), named=False) for start, end in ends[-MOST_NOTES:])


def _find_named(
    text: str, words: Sequence[tuple[str, int, int]], marks: Sequence[tuple[int, int]], called: set[str]
) -> Note | None:
    """The note behind the word for it: behind a mark, or with a colon or a quotation behind that word."""
    starts = {end for _, end in marks}
    for at, (low, _, _) in enumerate(words):
        first = at
        while first > 0 and words[first - 1][0] in _BEFORE | TELLING:
            first -= 1
        begins = words[first][1] in starts
        behind = at + 1
        while begins and behind < len(words) and (words[behind][0] in _BEHIND or stem(words[behind][0]) in called):
            behind += 1
        colon = text[words[behind - 1][2] :].lstrip()[:1]
        if stem(low) in called and first > 0 and behind < len(words) and (begins or colon in ':"“'):
            said = text[words[behind][1] :].rstrip(_SIGNS)
            return Note(words[first][1], words[behind][1], words[behind][1] + len(said), named=True) if said else None
    return None


async def _is_note(task: Task, note: Note, action: str, shortlist: Shortlist) -> bool:
    """Whether the words may be the note of an action: no further order, condition or name, and no value. What can't be
    undone takes only one that is called so."""
    offer, contract = shortlist.get(action), task.workspace_context.catalogue.get(action)
    free = [*list_free_notes(offer)] if offer is not None else []
    if offer is None or contract is None or len(free) != 1:
        return False
    text = task.request.text
    links = await find_first_links(mask(text, find_dates(task)), make_scope(task), list_kinds(task, shortlist))
    order = TextOrder(task, offer, contract, free[0], links, shortlist)
    if note.named:
        return order.may_be_text(note.start, note.end, shown=True, beside=True)
    linked = any(each.by_name and each.start < note.end and note.start < each.end for each in links)
    return not linked and contract.risk is not Risk.IRREVERSIBLE and may_be_note(order, note.start, note.end)


def may_be_note(order: TextOrder, start: int, end: int) -> bool:
    """Whether words that nothing introduces may be the note of an order: they say no value and nothing more of it."""
    words = [each for clause in order.clauses for each in clause.words if start <= each.start < end]
    now = order.task.request.now.astimezone(order.task.request.zone).date()
    return (
        len(words) >= _FEWEST
        and not [*dates.find(read_text(order.text[start:end]), now)]
        and not any(each.low in CARDINALS for each in words)
        and not any(each.part == "value" or any(map(str.isdigit, each.low)) for each in words)
        and not any(each.low in CHANGING - _DENIALS | _SPOKEN_OF for each in words)
        and words[0].low not in JOINING | TELLING
        and order.may_be_text(start, end, shown=False, beside=True)
    )
