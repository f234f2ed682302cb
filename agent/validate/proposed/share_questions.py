"""Questions about words that take a part of what a plan is about: some of an amount, or some of a set of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from agent.extract.wholes import find_whole
from agent.pipeline import Candidate, ComputedSource, PromptSource, Question, Step
from agent.planning.quotes import find_in_request
from agent.validate import questions
from agent.validate.coverage.order import Order
from agent.validate.coverage.ruled_out import stands_beside_set
from agent.validate.coverage.shares import find_shares
from agent.validate.questions import REST
from agent.validate.records.located import format_count
from registry.contract import Contract
from registry.records import RecordKind

_FEWEST_OF_SET: Final = 2
_NUMBERS: Final = ("integer", "number")


def ask_share(
    order: Order, steps: Sequence[Step], pieces: Sequence[str], kinds: Mapping[str, RecordKind]
) -> Question | None:
    """Asks how much is meant, where one of the unread ``pieces`` takes a part: without these words it would be the
    whole. If the action takes no number, asks whether the whole is meant. None where a number is said."""
    places = [place for each in pieces if (place := find_in_request(each, order.request)) is not None]
    shares = [each for each in find_shares(order) if any(a < each[1] and each[0] < b for a, b in places)]
    if not shares:
        return None
    words = questions.quote_several(list(pieces))
    amounts = [name for each in order.contracts for name in _list_amounts(each)]
    if len(steps) == 1 and len(order.contracts) == 1 and amounts:
        contract = order.contracts[0]
        if (name := _find_amount(contract, amounts, steps[0], kinds)) is None:
            return None
        label = questions.label_parameter(name, contract.properties[name], contract.annotation(name))
        text = f"You wrote {words}: what shall “{label}” be?"
        return Question(slot=f"0.{name}", code="unreadable", text=text, param=name)
    if amounts:
        return None
    does = questions.preview_steps(steps)
    text = f"{words} is about a part, and this can only be done as a whole. Shall I do all of it: {does}?"
    offered = Candidate(id=REST, label="Yes, all of it", detail=does)
    return Question(slot=REST, code="unclear_action", text=text, candidates=(offered,), free_text=True)


def _list_amounts(contract: Contract) -> list[str]:
    """The numbers that words may say."""
    return [
        name
        for name, schema in contract.properties.items()
        if (schema or {}).get("type") in _NUMBERS
        if contract.annotation(name).record is None and contract.annotation(name).takes_words
    ]


def _find_amount(contract: Contract, amounts: Sequence[str], step: Step, kinds: Mapping[str, RecordKind]) -> str | None:
    """The number that says how much: one of which the record holds the whole, or else the only one that is not said."""
    said = {each.param for each in step.filled if isinstance(each.source, PromptSource | ComputedSource)}
    free = [name for name in amounts if name not in said]
    whole = [name for name in free if find_whole(contract, name, kinds) is not None]
    return whole[0] if whole else free[0] if len(free) == 1 else None


def count_set(order: Order, steps: Sequence[Step], words: Sequence[str], kinds: Mapping[str, RecordKind]) -> str | None:
    """A whole set of records ("all 9 visits") that words beside it may narrow. None if they stand elsewhere."""
    pins = [step.pins[0] for step in steps if step.pins]
    kind = kinds.get(pins[0].record_kind) if pins else None
    if kind is None or len(pins) < len(steps) or len(steps) < _FEWEST_OF_SET or not stands_beside_set(order, words):
        return None
    told = format_count(len(steps), kind)
    return f"all {told}" if len(steps) > _FEWEST_OF_SET else f"both {told.partition(' ')[2]}"
