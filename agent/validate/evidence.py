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
from collections.abc import Collection, Sequence
from typing import Any, Final

from agent.extract import enums
from agent.extract.parameter_spec import make_parameter_spec
from agent.extract.spans import money
from agent.extract.time import day_pairs, durations
from agent.pipeline import ComputedSource, ParameterValue, PromptSource, Span, grade_evidence
from agent.planning.proposal import Words
from agent.validate.questions import format_plain, list_members, quote_several
from agent.validate.slots import Parameter, Read, Slots, VerifiedSpan, format_parameter, read_words
from language import numerals
from language.fractions import is_fraction
from language.measures import CALENDAR, TIME, find_measure
from language.text import read_text
from registry.contract import Contract, Risk, SourceKind, Unit

_IDENTIFIER: Final = re.compile(r"(?:(?:^|_)(?:id|identifier|uuid)|(?<=[a-z])(?:Id|ID|Identifier|UUID))$")
_NAMED: Final = re.compile(r"\b(?:names?|titles?|usernames?|slugs?)\b", re.IGNORECASE)
_MONEY: Final = (Unit.MONEY, Unit.MONEY_MINOR)
_SAID: Final = 0.75  # how sure the reader of closed lists is of a member that is said as it is written, and not denied


def find_spans(words: Words | None) -> tuple[Span, ...]:
    """The span of the words in what was typed. Empty if they don't stand there."""
    if words is None or words.start is None:
        return ()
    return (Span(origin=words.origin, start=words.start, end=words.start + len(words.text), text=words.text),)


def prove(slots: Slots, parameter: Parameter, quote: Words | None, value: Any) -> PromptSource | None:
    """The source of a value: words that code reads the same way, or words that only the model reads so. None without
    words."""
    spans = find_spans(quote)
    if not spans:
        return None
    text = spans[0].text
    shown = format_parameter(parameter, value)
    how = "" if text in (shown, format_plain(value)) else f"{text} → {shown}"
    by_code = is_read_by_code(slots, parameter, VerifiedSpan(text, spans), value)
    return PromptSource(spans=spans, reading=how, read_by="code" if by_code else "model")


def is_read_by_code(slots: Slots, parameter: Parameter, words: VerifiedSpan, value: Any) -> bool:
    """Whether code's own readers read this value from those words."""
    if parameter.schema.get("format") == "date" and (pair := _find_pair(slots, parameter, words)) is not None:
        return value in pair
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
    if isinstance(value, str) and value in money.CODES and not list_members(parameter.schema):
        amounts = {each.currency for each in money.find(read_text(words.text)) if each.currency is not None}
        return amounts == {value} or money.find_currency(words.text) == value  # "20 euros", "euros"
    if list_members(parameter.schema) and _holds_member(parameter, words.text, value):
        return True
    read = read_words(parameter, words, slots.request.now)
    return isinstance(read, Read) and type(read.value) is type(value) and bool(read.value == value)


def _holds_member(parameter: Parameter, words: str, value: Any) -> bool:
    """Whether this is the only member of a closed list that the words say, beside others: "off sick" for 'sick'."""
    spec = make_parameter_spec(parameter.name, parameter.schema, parameter.annotation)
    said = enums.find(read_text(words), spec, list_members(parameter.schema))
    return {str(each.value) for each in said} == {str(value)} and all(each.weight >= _SAID for each in said)


def _find_pair(slots: Slots, parameter: Parameter, words: VerifiedSpan) -> tuple[str, ...] | None:
    """The day of a parameter for the first or last one that words say, with those around them: "from 1" of "from 1 to 3
    December". For another parameter both days, if the words have both. None if they have no such days."""
    span, today = words.spans[0], slots.request.now.date()
    first, last = day_pairs.find_day_parameters(slots.contract.properties, slots.annotation) or ("", "")
    ends = parameter.name in (first, last)
    text = read_text(slots.request.words(span.origin) if ends else words.text)
    named = day_pairs.name_day(last, slots.annotation(last)) if ends else ()
    pairs = day_pairs.find_of(text, today, named) or (day_pairs.find_periods(text, today) if ends else ())
    own = [each for each in pairs if not ends or (each.start < span.end and span.start < each.end)]
    if len(own) != 1:
        return None
    days = (own[0].first.isoformat(), own[0].last.isoformat())
    return (days[parameter.name == last],) if ends else days


def number_is_typed(number: Any, unit: str | None, words: Words | None) -> bool:
    """Whether code's own readers find this number in the words: the number itself, a fraction with it, or a length of
    time with this unit ("a week")."""
    if words is None or words.start is None:
        return False
    text = read_text(words.text)
    lengths = [each for each in durations.find(text) if each.unit and each.count == number]
    said = find_measure(unit) if unit is not None and lengths else None
    if said is not None and said.dimension in (TIME, CALENDAR):
        return said in (find_measure(each.unit) for each in lengths)
    values = (*(each.value for each in numerals.find(text)), *(each.amount for each in money.find(text)))
    return is_fraction(number, words.text) or number in values  # 0.50 of "50 cents"


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


def list_reasons_to_hold(filled: Sequence[ParameterValue], worded: Collection[str] = ()) -> list[str]:
    """The reasons why a person must look, whatever the contract's policy: values that code can't prove. ``worded`` are
    the parameters whose text a model may word."""
    read = [each for each in filled if grade_evidence(each.source) == "read"]
    proposed = [each for each in filled if grade_evidence(each.source) == "proposed" and each.param not in worded]
    own = [each for each in filled if grade_evidence(each.source) == "proposed" and each.param in worded]
    said: dict[str, list[ParameterValue]] = {}
    for each in read:
        spans = each.source.spans if isinstance(each.source, PromptSource | ComputedSource) else ()
        words = quote_several(list(dict.fromkeys(span.text for span in spans)))
        said.setdefault(words, []).append(each)
    made = [
        f"{_join_labels(each)} {'are' if len(each) > 1 else 'is'} read from {words}; check that it is what you mean."
        if words
        else f"Your words don't state {_join_labels(each)} outright; check that it is what you mean."
        for words, each in said.items()
    ]
    if proposed:
        made.append(f"The model proposed {_join_labels(proposed)}; no words of yours say so. Check or change it.")
    if own:
        made.append(f"The model worded {_join_labels(own)} for you. Check or change it.")
    return made


def _join_labels(filled: Sequence[ParameterValue]) -> str:
    names = list(dict.fromkeys(f"“{each.label}”" for each in filled))
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
