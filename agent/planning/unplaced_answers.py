"""Unplaced answers: words that continue what was said before find their parameter by its type. A name corrects the
record, a day the day, a number the number.

Each parameter of the one call is tried on live data as if it had been asked for. What fits in exactly one way is taken
and waits for a person, who sees it on the card. Any words could be a free text, so no free text is tried.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from agent.extract.answer_words import list_cores, split_exclusion
from agent.pipeline import Abstain, Answer, Plan, Question
from agent.planning.changed_texts import correct_in_text, read_changed_text
from agent.planning.proposal import PlanResult
from agent.planning.task import Outcome, Task, hold
from agent.resolve.rules.grammar.earlier_calls import AGREES
from agent.validate.questions import REST, join, label_parameter, list_members, quote_words
from language.text import read_text, word_set
from registry.contract import Contract

UNPLACED: Final = "unplaced"
"""The slot of an answer to no question."""
TOLD: Final = "told"
"""The slot of one that can only change a card's text."""
MOST_TRIED: Final = 12
"""Parameters that words are tried for, each with look-ups of its own."""
_TAKEN: Final = "{words} was read as “{label}”{shown}. Check that it is what you mean."
_SEVERAL: Final = "{words} may be {labels} here. Say which; nothing was changed."
_NONE: Final = "{words} fits nothing of what was said before; nothing was changed."
_BESIDE: Final = AGREES | word_set("and also too same again plus well as so then what how about for with")
"""What says that something is done besides, at either end of the words."""
_FORMS: Final = frozenset({"date", "date-time", "time"})
Propose = Callable[[Task], Awaitable[Outcome]]


def strip_beside(text: str) -> str:
    """The words without those that only say that it is one more: "also for Ada", "the same again on Friday"."""
    read = read_text(text)
    tokens = read.tokens
    first, last = 0, len(tokens)
    while first < last and (
        tokens[first].low in _BESIDE
        or (tokens[first].low == "the" and (first or (last > 1 and tokens[1].low in _BESIDE)))
    ):
        first += 1
    while last > first and (tokens[last - 1].low in _BESIDE or not tokens[last - 1].word):
        last -= 1
    return text[slice(*read.span(tokens[first].start, tokens[last - 1].end))] if first < last else ""


def _strip_denied(text: str, before: Sequence[str]) -> str:
    """The words without the value that they deny, if that was said before: "12 not 24", "not Ada, Bo"."""
    denied, instead = split_exclusion(text) or ("", "")
    said = re.compile(rf"(?<!\w){re.escape(denied)}(?!\w)", re.IGNORECASE)
    return instead if instead and any(map(said.search, before)) else text


async def place_answer(task: Task, propose: Propose) -> Outcome:
    """The outcome with the last answer, which has no slot, in the one that it fits, and what it was taken for. An
    abstention if it fits none, or several. ``propose`` plans by rules alone."""
    *before, told = task.request.answers
    typed, words = told.text or "", quote_words(told.text or "")
    said_before = (task.request.text, *(each.text or each.label or "" for each in before))
    said = told.model_copy(update={"text": _strip_denied(strip_beside(typed), said_before)})
    contract = find_contract(task)
    names = [*_list_typed(contract, typed)] if contract is not None and told.slot == UNPLACED else []
    if contract is None or len(names) > MOST_TRIED:
        return Outcome(Abstain(reason="nothing_fits", detail=_NONE.format(words=words)))

    async def answer(*answers: Answer) -> Outcome:
        made = await propose(replace(task, request=task.request.model_copy(update={"answers": answers})))
        return replace(made, answers=answers)

    stood = await answer(*before)
    card = stood.verdict if isinstance(stood.verdict, Plan) else None
    if card is not None and (text := read_changed_text(typed, card, contract)) is not None:
        return await answer(*before, text)
    fits: dict[str, Outcome] = {}
    asked: dict[str, Outcome] = {}
    for name in names:
        slot, record = f"0.{name}", contract.annotation(name).record is not None
        kept = (each for each in before if not record or each.slot.partition("/")[0] != slot)
        made = await answer(*kept, said.model_copy(update={"slot": slot}))
        if _is_taken(made, stood, name):
            fits[name] = made
        elif isinstance(made.verdict, Question) and made.verdict.code == "ambiguous" and made.verdict.candidates:
            stays = str(_list_values(stood).get(name)) in {
                each.id for each in made.verdict.candidates
            }  # Ada's, as it is
            asked |= {name: made} if made.verdict.slot.partition("/")[0] == slot and not stays else {}
    had = {name: made for name, made in fits.items() if name in _list_values(stood)}
    fits = had or fits or (asked if len(asked) == 1 else {})
    if len(fits) == 1:
        (name, made), *_ = fits.items()
        *_, taken = said.text or typed, *list_cores(said.text or typed)
        taken = quote_words(taken)
        return hold(made, _TAKEN.format(words=taken, label=_label(contract, name), shown=_show(made, name)))
    if card is not None and not fits and (text := correct_in_text(typed, card, contract, task.request.now)) is not None:
        return await answer(*before, text)
    labels = join([_label(contract, name) for name in fits], "or")
    detail = _SEVERAL.format(words=words, labels=labels) if fits else _NONE.format(words=words)
    return Outcome(Abstain(reason="nothing_fits", detail=detail))


def find_contract(task: Task) -> Contract | None:
    """The contract of the one call that the request is about."""
    result = task.proposal.result if task.proposal is not None else None
    names = [each.action for each in result.calls] if isinstance(result, PlanResult) else []
    names = names or [each.action for each in task.drafts]
    return task.workspace_context.catalogue.get(names[0]) if len(names) == 1 else None


def _list_typed(contract: Contract, text: str) -> Iterator[str]:
    """The parameters whose type some words may be. A bare number names no record where it may be a number."""
    counts = [name for name in contract.properties if _takes_number(contract, name)]
    bare = any(char.isdigit() for char in text) and not any(char.isalpha() for char in text)
    for name, schema in contract.properties.items():
        if contract.annotation(name).record is not None:
            if not (bare and counts):
                yield name
        elif isinstance(schema, Mapping) and (name in counts or list_members(schema) or schema.get("format") in _FORMS):
            yield name


def _takes_number(contract: Contract, name: str) -> bool:
    schema = contract.properties[name]
    number = isinstance(schema, Mapping) and schema.get("type") in ("integer", "number")
    return number and contract.annotation(name).record is None


def _is_taken(made: Outcome, stood: Outcome, name: str) -> bool:
    """Whether an answer gives a parameter another value, and the plan or question is no other for it."""
    verdict, before = made.verdict, stood.verdict
    if isinstance(verdict, Plan):
        return len(verdict.steps) == 1 and _list_values(made).get(name) != _list_values(stood).get(name)
    if not isinstance(verdict, Question) or not isinstance(before, Question):
        return False
    # What is missing is asked for when all that was said could be read.
    same = (verdict.slot, verdict.code) == (before.slot, before.code)
    return same and verdict.code == "missing" and verdict.slot not in (REST, f"0.{name}")


def _list_values(outcome: Outcome) -> dict[str, object]:
    steps = outcome.verdict.steps if isinstance(outcome.verdict, Plan) else ()
    return {each.param: each.value for each in steps[0].filled} if len(steps) == 1 else {}


def _show(outcome: Outcome, name: str) -> str:
    steps = outcome.verdict.steps if isinstance(outcome.verdict, Plan) else ()
    return next((f": {each.shown}" for step in steps[:1] for each in step.filled if each.param == name), "")


def _label(contract: Contract, name: str) -> str:
    return label_parameter(name, contract.properties[name], contract.annotation(name))
