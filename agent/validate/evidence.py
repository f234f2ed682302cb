"""Evidence: what supports a value, and what each class of it may do. One module, one table.

| evidence | what it is | without a card | never for |
| --- | --- | --- | --- |
| proven | code reads this value from those words, a record was found, or arithmetic over such | as the policy says | – |
| read | a model's reading of words that were typed, which code can't confirm | held | – |
| proposed | a model's own, with no words for it | held | money, identifiers, irreversible contracts: asked instead |
| default | the contract's | as the policy says | – |

Text that a contract lets a model word (``compose``) is proposed by its owner's leave, whatever the contract's risk. A
contract narrows this per parameter by ``sources``: without ``proposed`` in it nothing may be proposed, with ``proven``
in the place of ``prompt`` nothing that only a model reads is taken.
"""  # noqa: E501

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from agent.extract.spans import money
from agent.extract.time import day_pairs
from agent.pipeline import ParameterValue, PromptSource, Span, grade_evidence
from agent.planning.proposal import TypedValue, Words
from agent.validate.questions import format_plain, list_members
from agent.validate.slots import Parameter, Read, VerifiedSpan, read_words
from language import numerals
from language.fractions import is_fraction
from language.text import read_text
from registry.contract import Contract, Risk, SourceKind, Unit

_IDENTIFIER: Final = re.compile(r"(?:(?:^|_)(?:id|identifier|uuid)|(?<=[a-z])(?:Id|ID|Identifier|UUID))$")
_NAMED: Final = re.compile(r"\b(?:names?|titles?|usernames?|slugs?)\b", re.IGNORECASE)
_MONEY: Final = (Unit.MONEY, Unit.MONEY_MINOR)


def find_spans(words: Words | None) -> tuple[Span, ...]:
    """The span of the words in what was typed. Empty if they don't stand there."""
    if words is None or words.start is None:
        return ()
    return (Span(origin=words.origin, start=words.start, end=words.start + len(words.text), text=words.text),)


def prove(parameter: Parameter, argument: TypedValue, value: Any, now: datetime) -> PromptSource | None:
    """The source of a typed value: words that code reads the same way, or words that only the model reads so. None
    without words."""
    spans = find_spans(argument.quote)
    if not spans:
        return None
    text = spans[0].text
    how = "" if format_plain(value) == text else f"{text} → {format_plain(value)}"
    by_code = _read_by_code(parameter, value, VerifiedSpan(text, spans), now)
    return PromptSource(spans=spans, reading=how, read_by="code" if by_code else "model")


def _read_by_code(parameter: Parameter, value: Any, words: VerifiedSpan, now: datetime) -> bool:
    if isinstance(value, str) and not list_members(parameter.schema) and value == words.text:
        return True
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return all(each in words.text for each in value)
    if (
        list_members(parameter.schema)
        and isinstance(value, str)
        and value.replace("_", " ").casefold() == words.text.casefold()
    ):
        return True
    if (
        parameter.schema.get("format") == "date"
        and len(pairs := day_pairs.find(read_text(words.text), now.date())) == 1
    ):
        return value in (pairs[0].first.isoformat(), pairs[0].last.isoformat())
    if isinstance(value, str) and value in money.CODES and not list_members(parameter.schema):
        amounts = {each.currency for each in money.find(read_text(words.text)) if each.currency is not None}
        return amounts == {value} or money.find_currency(words.text) == value  # "20 euros", "euros"
    read = read_words(parameter, words, now)
    return isinstance(read, Read) and type(read.value) is type(value) and bool(read.value == value)


def number_is_typed(number: Any, words: Words | None) -> bool:
    """Whether code's own reader finds this number in the words, or a fraction with this number in it."""
    if words is None or words.start is None:
        return False
    if is_fraction(number, words.text):
        return True
    return any(each.value == number for each in numerals.find(read_text(words.text)))


def may_be_read(contract: Contract, name: str) -> bool:
    """Whether this parameter accepts a value that only a model read from typed words."""
    return SourceKind.PROMPT in contract.annotation(name).sources


def may_be_proposed(contract: Contract, name: str) -> bool:
    """Whether this parameter accepts a value that a model made up, for the card. Never for money, identifiers or
    anything irreversible."""
    annotation = contract.annotation(name)
    if annotation.compose:
        return True  # its owner lets a model word this text
    risky = annotation.unit in _MONEY or annotation.record is not None or contract.risk is Risk.IRREVERSIBLE
    return SourceKind.PROPOSED in annotation.sources and not risky


def is_called_by_name(parameter: Parameter, value: Any) -> bool:
    """Whether a phrase stands in for an identifier ("the blue one" for ``item_id``).

    That is a description, and only a look-up could find the identifier. A single word, or words that are all codes, may
    be an identifier.
    """
    if not isinstance(value, str) or parameter.annotation.record is not None or list_members(parameter.schema):
        return False
    by_name = _NAMED.search(str(parameter.schema.get("description", ""))) is not None
    words = value.split()
    wanted = _IDENTIFIER.search(parameter.name) is not None and not by_name
    return wanted and len(words) > 1 and any(len(each) > 2 and each.isalpha() for each in words)


def list_reasons_to_hold(filled: Sequence[ParameterValue]) -> list[str]:
    """The reasons why a person must look, whatever the contract's policy: values that code can't prove."""
    read = [each for each in filled if grade_evidence(each.source) == "read"]
    proposed = [each for each in filled if grade_evidence(each.source) == "proposed"]
    made = []
    if read:
        made.append(f"Your words don't state {_join_labels(read)} outright; check that it is what you mean.")
    if proposed:
        made.append(f"The model proposed {_join_labels(proposed)}; no words of yours say so. Check or change it.")
    return made


def _join_labels(filled: Sequence[ParameterValue]) -> str:
    names = list(dict.fromkeys(each.label for each in filled))
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
