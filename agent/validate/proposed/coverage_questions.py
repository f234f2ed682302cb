"""Questions about words of an order that its plan leaves out, may have misread, or that take a part: some of an amount,
or some of a set of records."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from agent.extract.wholes import find_whole
from agent.pipeline import Candidate, ComputedSource, PromptSource, Question, Step
from agent.planning.quotes import find_in_request
from agent.validate import questions
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.fragments import complete_fragments, quote_misread
from agent.validate.coverage.modifiers import REPEATED, WHEN
from agent.validate.coverage.order import Order
from agent.validate.coverage.ruled_out import find_ruled_out, stands_beside_set
from agent.validate.coverage.shares import find_shares
from agent.validate.coverage.told import find_direct
from agent.validate.questions import REST
from agent.validate.records.located import format_count
from core.display_text import begin_sentence
from registry.contract import Contract
from registry.records import RecordKind

_FEWEST_OF_SET: Final = 2
_NUMBERS: Final = ("integer", "number")
_LATER: Final = re.compile(rf"(?:(?:on|from|by|until|at)\s+)?(?:{patterns.DATE.pattern}|{WHEN.pattern})", re.IGNORECASE)
"""When a whole order is to be carried out."""


def ask_about_words(
    order: Order,
    steps: Sequence[Step],
    pieces: Sequence[str],
    kinds: Mapping[str, RecordKind],
    *,
    framed: bool,
    read_again: tuple[str, ...],
) -> Question:
    """Asks about the ``pieces`` of the request, and whether the plan is meant all the same. What they rule out is not
    offered. ``framed``: they all say that nothing is asked for. A model may read ``read_again`` once more."""
    fragments, does = complete_fragments(order, pieces), questions.preview_steps(steps)
    words = questions.quote_several(fragments)
    if (spared := _find_spared(order, steps, pieces, kinds)) is not None:
        text = f"You also wrote {words}, and I took it to be about {spared}. Say it in other words."
        return Question(slot=REST, code="unclear_action", text=text, free_text=True)
    if not framed and (share := _ask_share(order, steps, fragments, kinds)) is not None:
        return share
    label = "Yes, do that"
    if framed:
        say = "don't ask" if len(fragments) > 1 else "doesn't ask"
        text = f"Should I do this: {does}? {words} {say} for it."
    elif (count := _count_set(order, steps, pieces, kinds)) is not None:
        later = all(map(_LATER.fullmatch, pieces))
        unclear = "I can only do it now" if later else "I can't tell what that leaves out. Say it in other words"
        text = f"You also wrote {words}, and {unclear}. {'S' if later else 'Or s'}hould it be {count}?"
        label = begin_sentence(count)
    elif (unsure := quote_misread(order, pieces)) is not None:
        text = f"I'm not sure that I read {questions.quote_several(unsure)} as you mean it. Should I do this: {does}?"
    else:
        once = all(map(REPEATED.fullmatch, pieces))
        part = "that more than once" if once else "those parts" if len(fragments) > 1 else "that part"
        rest, label = f": {does}" if len(steps) == 1 else "", "Yes, without that"
        text = f"You also wrote {words}, and I can't do {part}. Should I do the rest{rest}?"
    return ask_whether(text, label, does).model_copy(update={"pieces": read_again})


def ask_whether(text: str, label: str, does: str) -> Question:
    """Asks whether what the plan does is meant after all."""
    offered = Candidate(id=REST, label=label, detail=does)
    return Question(slot=REST, code="unclear_action", text=text, candidates=(offered,), free_text=True)


def _find_spared(
    order: Order, steps: Sequence[Step], pieces: Sequence[str], kinds: Mapping[str, RecordKind]
) -> str | None:
    """A record of the plan that the words rule out."""
    labels = list(dict.fromkeys(pin.label for step in steps for pin in step.pins))
    nouns = {word.casefold() for kind in kinds.values() for noun in kind.nouns for word in noun.split()}
    return find_ruled_out(order.text, pieces, labels, nouns, order.find(find_direct(order)))


def _ask_share(
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
        text = f"You wrote {words}: what should “{label}” be?"
        return Question(slot=f"0.{name}", code="unreadable", text=text, param=name)
    if amounts:
        return None
    does = questions.preview_steps(steps)
    text = f"{words} is about a part, and this can only be done as a whole. Should I do all of it: {does}?"
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


def _count_set(
    order: Order, steps: Sequence[Step], words: Sequence[str], kinds: Mapping[str, RecordKind]
) -> str | None:
    """A whole set of records ("all 9 visits") that words beside it may narrow. None if they stand elsewhere."""
    pins = [step.pins[0] for step in steps if step.pins]
    kind = kinds.get(pins[0].record_kind) if pins else None
    if kind is None or len(pins) < len(steps) or len(steps) < _FEWEST_OF_SET or not stands_beside_set(order, words):
        return None
    told = format_count(len(steps), kind)
    return f"all {told}" if len(steps) > _FEWEST_OF_SET else f"both {told.partition(' ')[2]}"
