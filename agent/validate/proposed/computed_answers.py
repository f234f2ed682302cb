"""Computed answers: "until 10 December". An answer may say a value as an order would, and code works it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from agent.extract.answer_words import is_beside
from agent.pipeline import Request
from agent.planning.proposal import Argument, ComputedArgument, Number, Words
from agent.resolve.rules.grammar.orders.action_words import read_action_words
from agent.resolve.rules.grammar.orders.interpretation import Stretch
from agent.resolve.rules.grammar.orders.interpreter import Interpreter
from agent.resolve.rules.grammar.reader import Reader
from agent.validate.coverage.weighty_patterns import ROUGH
from agent.validate.slots import Slots, Unread, find_answer, read_words
from registry.contract import Contract
from registry.offers.offer import make_offer
from registry.offers.shortlist import Shortlist
from registry.records import Kinds, RecordKind


def find_computed_answers(slots: Slots, contract: Contract, request: Request, kinds: Kinds) -> dict[str, Argument]:
    """The parameters whose answer is no plain value, but one that records or the calendar give."""
    made: dict[str, Argument] = {}
    for name, schema in contract.properties.items():
        if not isinstance(schema, Mapping) or schema.get("type") not in ("integer", "number"):
            continue
        answer = find_answer(request, slots.slot(name))
        if answer is None or answer[0].text is None or contract.annotation(name).record is not None:
            continue
        parameter, words = slots.parameter(name), answer[1]
        if isinstance(read_words(parameter, words, request.now), Unread):
            argument = read_computed(contract, kinds, request.now, name, words.text, words.spans[0].origin)
            made |= {name: argument} if argument is not None else {}
    return made


def read_computed(
    contract: Contract, kinds: Iterable[RecordKind], now: datetime, name: str, text: str, origin: int
) -> ComputedArgument | None:
    """What the words of an answer say of a parameter as an order would. None if they say anything else, or only
    roughly what."""
    if ROUGH.search(text):
        return None

    def place(start: int, end: int) -> Words:
        return Words(text=text[start:end], origin=origin, start=start)

    offer = make_offer(contract)
    reader = Reader(text, tuple(kinds), now, place)
    words = read_action_words(offer, Shortlist([offer]))
    read = Interpreter(reader, offer, words, Stretch(0, len(reader.tokens))).read()
    if len(read.calls) != 1 or read.doubtful or read.unexplained or read.unread:
        return None
    argument = read.calls[0].get(name)
    beside = all(at in read.covered or is_beside(reader.tokens, at) for at in range(len(reader.tokens)))
    if len(read.calls[0]) > 1 or not beside or not isinstance(argument, ComputedArgument):
        return None
    return argument if not isinstance(argument.expression, Number) else None
