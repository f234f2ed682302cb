"""Unsent currencies: what somebody named beside an amount ("90 dollars") where the action takes a mere number."""

from __future__ import annotations

from collections.abc import Iterator

from agent.extract.spans import money
from agent.pipeline import ParameterValue, PromptSource, Request, Step
from agent.validate.questions import quote_words as quote
from language.text import read_text
from registry.contract import Contract


def list_unsent_currencies(request: Request, contract: Contract, step: Step) -> Iterator[str]:
    """What a person should look at before a step is sent: each currency that they named, where neither the contract nor
    a record of the call says in which one the amount is."""
    for filled in step.filled:
        note, schema = contract.annotation(filled.param), contract.properties.get(filled.param) or {}
        if schema.get("type") not in ("integer", "number") or note.currency or note.currency_from or note.record:
            continue
        told = {*_list_told(contract, f"{note.label or ''} {schema.get('description') or ''}"), *_list_held(step)}
        for said, words in _list_said(request, filled):
            if not any(money.agrees(said, each) for each in told):
                where = f"Nothing here says in which currency “{filled.label}” is"
                yield f"{where}: of {quote(words)} only the number is sent."


def _list_said(request: Request, filled: ParameterValue) -> Iterator[tuple[money.Money, str]]:
    """The amounts with a currency that a value was read from, and their words."""
    for span in filled.source.spans if isinstance(filled.source, PromptSource) else ():
        text = read_text(request.words(span.origin))
        for each in money.find(text):
            start, end = text.span(each.start, each.end)
            if each.currency is not None and start < span.end and span.start < end:
                yield each, request.words(span.origin)[start:end]


def _list_told(contract: Contract, about: str) -> Iterator[str]:
    """The currencies that the contract names in words."""
    for each in money.find_currencies(f"{about} {contract.description}"):
        if each.currency is not None:
            yield each.currency


def _list_held(step: Step) -> Iterator[str]:
    """The currencies that the call's other values and its records have."""
    values = (*(each.value for each in step.filled), *(value for pin in step.pins for value in pin.values.values()))
    yield from (each for each in values if isinstance(each, str) and each in money.CODES)
