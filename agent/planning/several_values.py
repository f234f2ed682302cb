"""Answers with several values: "squash 1, on Sunday at 5" under the question which court. Each value goes to the one
parameter that can be said so, and a card shows how each was read.

Words that may be divided in two ways, or of which one is left over, divide nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from agent.extract.answer_words import is_beside
from agent.extract.parameter_spec import make_parameter_spec
from agent.pipeline import Answer, Plan, Question, Span
from agent.planning.proposal import PlanResult
from agent.planning.task import Outcome, Task, hold
from agent.planning.unplaced_answers import find_contract
from agent.validate.questions import join, label_parameter, quote_words
from agent.validate.slots import Parameter, Read, VerifiedSpan, read_words
from language.stems import EMPTY
from language.text import Text, read_text
from registry.contract import Contract

Propose = Callable[[Task], Awaitable[Outcome]]

MOST_TOKENS: Final = 12
MOST_TRIED: Final = 8
"""Parameters that each run of words is tried for."""
_LONGEST: Final = 5  # words of one value
_ASKS: Final = ("missing", "ambiguous")
_TAKEN: Final = "Your answer was read as {values}. Check that it is what you mean."


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of tokens, and the parameter that it is a value of."""

    first: int
    last: int
    name: str


async def place_several(task: Task, propose: Propose) -> Outcome | None:
    """The outcome with each value of the last answer in the parameter of its own. None if its words can't be divided in
    exactly one way, or if that leads nowhere."""
    *before, told = task.request.answers
    contract, text = find_contract(task), told.text or ""
    at, _, asked = told.slot.partition(".")
    if contract is None or at != "0" or asked not in contract.properties:
        return None
    pieces = divide(contract, text, asked, _list_given(task, before), task.request.now)
    if not pieces:
        return None
    answers = tuple(Answer(slot=f"0.{name}", text=said) for name, said in pieces.items())
    made = await propose(replace(task, request=task.request.model_copy(update={"answers": (*before, *answers)})))
    verdict, placed = made.verdict, {each.slot for each in answers}
    leads = isinstance(verdict, Plan) or (
        isinstance(verdict, Question) and verdict.code in _ASKS and verdict.slot.partition("/")[0] not in placed
    )
    if not leads:
        return None
    values = [f"“{_label(contract, name)}”: {quote_words(said)}" for name, said in pieces.items()]
    return hold(replace(made, answers=(*before, *answers)), _TAKEN.format(values=join(values, "and")))


def divide(contract: Contract, text: str, asked: str, given: frozenset[str], now: datetime) -> dict[str, str]:
    """The words of an answer by parameter, in their order. Empty if there is not exactly one way to divide them into
    the fewest values.
    ``asked`` is the parameter that the question is about, ``given`` are those that have a value by now."""
    read = read_text(text)
    names = [name for name in contract.properties if name not in given and _is_typed(contract, name)][:MOST_TRIED]
    named = contract.annotation(asked).record is not None
    if not names or len(read.tokens) > MOST_TOKENS:
        return {}
    values = {
        (first, last): [name for name in names if _is_value(contract, name, read, text, first, last, now)]
        for first in range(len(read.tokens))
        for last in range(first, min(first + _LONGEST, len(read.tokens)))
        if not is_beside(read.tokens, first) and not is_beside(read.tokens, last)
    }
    ways = list(_cover(read, values, 0, (), asked if named else ""))
    found = [each for each in ways if len(each) == min(map(len, ways))]  # "court 2" is no court and a 2
    if len(found) != 1 or (len(found[0]) == 1 and found[0][0].name == asked):
        return {}
    starts = [read.tokens[each.last].end for each in found[0]]
    return {
        each.name: text[slice(*read.span(start, read.tokens[each.last].end))].strip(" ,;")
        for each, start in zip(found[0], (0, *starts), strict=False)
    }


def _cover(
    read: Text, values: dict[tuple[int, int], list[str]], at: int, made: tuple[Piece, ...], record: str
) -> Iterator[tuple[Piece, ...]]:
    """The ways to divide the tokens from ``at`` on. What is no value may be the name of the ``record`` asked for."""
    tokens = read.tokens
    if at == len(tokens):
        if made:
            yield made
        return
    if is_beside(tokens, at):
        yield from _cover(read, values, at + 1, made, record)
    taken = {each.name for each in made}
    for last in range(at, len(tokens)):
        for name in values.get((at, last), ()):
            if name not in taken:
                yield from _cover(read, values, last + 1, (*made, Piece(at, last, name)), record)
    if record and record not in taken and _may_name(read, values, at):
        last = at
        while last + 1 < len(tokens) and _may_name(read, values, last + 1):
            last += 1
        yield from _cover(read, values, last + 1, (*made, Piece(at, last, record)), record)


def _may_name(read: Text, values: dict[tuple[int, int], list[str]], at: int) -> bool:
    """Whether a token may belong to a name: no mark, no light word, and no value of something else."""
    begins = any(first == at and names for (first, _), names in values.items())
    return not begins and not is_beside(read.tokens, at) and read.tokens[at].low not in EMPTY


def _is_value(contract: Contract, name: str, read: Text, text: str, first: int, last: int, now: datetime) -> bool:
    start, end = read.span(read.tokens[first].start, read.tokens[last].end)
    words = text[start:end]
    parameter = Parameter(name, name, contract.properties[name], contract.annotation(name))
    span = Span(origin=1, start=start, end=end, text=words)
    return isinstance(read_words(parameter, VerifiedSpan(words, (span,)), now), Read)


def _is_typed(contract: Contract, name: str) -> bool:
    schema, annotation = contract.properties[name], contract.annotation(name)
    return annotation.record is None and "text" not in make_parameter_spec(name, schema, annotation).kinds


def _list_given(task: Task, before: Sequence[Answer]) -> frozenset[str]:
    """The parameters of the one call that have a value."""
    result = task.proposal.result if task.proposal is not None else None
    calls = result.calls if isinstance(result, PlanResult) else ()
    said = {name for each in calls for name in each.arguments}
    said |= {name for draft in task.drafts for name in draft.arguments}
    return frozenset(said | {each.slot.partition(".")[2].partition("/")[0] for each in before})


def _label(contract: Contract, name: str) -> str:
    return label_parameter(name, contract.properties[name], contract.annotation(name))
